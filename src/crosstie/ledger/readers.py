"""For each kind of statement, source and small record: which keys it may have, and how each is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crosstie.ledger.schema import HEAD, KINDS, PARTS, SHORTENED, SOURCE, Field, Kind
from crosstie.ledger.values import reader_of
from crosstie.text.nearest import did_you_mean
from crosstie.text.problem import cited
from crosstie.text.strict_yaml import Map, Value

Convert = Callable[[Value], Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """How to read one kind: the field and the converter behind each key that it may have."""

    kind: Kind
    fields: Mapping[str, tuple[Field, Convert]]
    of_head: frozenset[str]
    required: tuple[str, ...]
    defaults: Mapping[str, object]


def make_readers() -> Mapping[str, Reader]:
    """A reader for each kind of statement, ``source`` and the small records; equal texts are read once.

    >>> sorted(make_readers()["split"].required)
    ['ratio', 'share_class']
    """
    by_type: dict[Any, Convert] = {}
    readers: dict[str, Reader] = {}
    for record in (*PARTS.values(), SOURCE):
        readers[record.name] = _reader(record, by_type, readers, ())
    for name, kind in KINDS.items():
        readers[name] = _reader(kind, by_type, readers, HEAD)
    return readers


def _reader(
    kind: Kind, by_type: dict[Any, Convert], readers: Mapping[str, Reader], head: tuple[Field, ...]
) -> Reader:
    own = {field.name: (field, _convert(field, by_type, readers)) for field in kind.fields}
    if kind.key and kind.name in KINDS:
        own[kind.name] = own.pop(kind.key)
    above = {SHORTENED.get(f.name, f.name): (f, _convert(f, by_type, readers)) for f in head}
    return Reader(
        kind,
        above | own,
        frozenset(above.keys() - own.keys()),
        tuple(field.name for field in kind.fields if field.required),
        {field.name: field.default for field in (*head, *kind.fields)},
    )


def _convert(field: Field, by_type: dict[Any, Convert], readers: Mapping[str, Reader]) -> Convert:
    if field.type in PARTS:
        reader = readers[PARTS[field.type].name]
        return lambda value: _records(reader, value)
    one = by_type.get(field.type)
    if one is None:
        one = by_type[field.type] = _remembered(reader_of(field.type))
    return (lambda value: _each(one, value)) if field.many else one


def _remembered(read: Callable[[str], Any]) -> Convert:
    """Read a text once, however often it stands in the ledger."""
    known: dict[str, Any] = {}

    def convert(value: Value) -> Any:  # noqa: ANN401 (whatever the type's reader makes)
        if not isinstance(value, str):
            raise ValueError(_not_a_text(value))  # noqa: TRY004 (a mistake in data)
        found = known.get(value)
        if found is None:
            found = known[value] = read(value)
        return found

    return convert


def _not_a_text(value: Value) -> str:
    if value is None:
        return "no value; write one or remove the line"
    return f"a {'list' if isinstance(value, list) else 'mapping'} where one text should be"


def _each(one: Convert, value: Value) -> tuple[Any, ...]:
    if isinstance(value, list):
        return tuple([one(item) for item in value])
    return (one(value),)


def _records(reader: Reader, value: Value) -> tuple[Any, ...]:
    names = [field.name for field, _ in reader.fields.values()]
    if isinstance(value, Map) and not set(value.entries) <= set(names):
        pairs = value.entries.items()
        value = [Map(value.line, dict(zip(names, pair, strict=True)), [value.line] * 2) for pair in pairs]
    items = value if isinstance(value, list) else [value]
    return tuple([_record(reader, item) for item in items])


def _record(reader: Reader, item: Value) -> Any:  # noqa: ANN401 (a record of the reader's kind)
    if not isinstance(item, Map):
        raise ValueError(f"a text where a mapping should be; write {', '.join(reader.fields)}")  # noqa: TRY004 (a mistake in data)
    values = {}
    for key, value in item.entries.items():
        if key not in reader.fields:
            raise ValueError(unknown_field(key, reader))
        try:
            values[key] = reader.fields[key][1](value)
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
    missing = [name for name in reader.required if name not in values]
    if missing:
        raise ValueError(f"missing {', '.join(missing)}")
    return reader.kind.record(**values)


def unknown_field(key: str, reader: Reader) -> str:
    """The message about a key that a kind does not have."""
    near = did_you_mean(key[:100], reader.fields)
    return f"{reader.kind.name} has no field {cited(key)}{near or '; it has ' + ', '.join(reader.fields)}"
