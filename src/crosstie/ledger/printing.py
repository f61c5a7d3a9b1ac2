"""A statement or source as the plain texts, lists and mappings that a text ledger writes for it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from json.encoder import encode_basestring_ascii
from typing import TypeAlias

from crosstie.ledger.dates import When
from crosstie.ledger.schema import HEAD, KIND_OF, PARTS, RECORDS, SHORTENED, SOURCE, Field, Kind
from crosstie.ledger.statements import Identifier, Part, Source, SourceId, Statement
from crosstie.ledger.values import show, show_rounding

Plain: TypeAlias = "str | bool | list[Plain] | dict[str, Plain] | None"

_LONGEST_KEY = 100  # YAML keys end at 1,024 characters
_CLOCKS = ("true_on", "until", "known_on")


def statement_plain(statement: Statement, sources: Mapping[SourceId, Source]) -> dict[str, Plain]:
    """The canonical mapping of a statement: kind first, then id and clocks, its own fields, the rest.

    What equals its default is left out, also an id that follows from the content and a ``known_on``
    that is the source's date.
    """
    kind = KIND_OF[type(statement)]
    values = values_of(statement)
    head = statement.head
    behind = show(getattr(statement, kind.key)) if kind.key else None
    plain: dict[str, Plain] = {kind.name: behind}
    named = default_id(kind, values)
    if head.id != named:
        plain["id" if kind.key else kind.name] = str(head.id)
    if head.known_on == default_known_on(head.sources, sources):
        values.pop("known_on", None)
    for field in _ordered(kind):
        if field.name in values and field.name != kind.key:
            plain[SHORTENED.get(field.name, field.name)] = shown(field, values[field.name])
    return plain


def source_plain(source: Source) -> dict[str, Plain]:
    """The canonical mapping of a source without its id."""
    return {
        field.name: shown(field, value)
        for field in SOURCE.fields
        if field.name != "id" and (value := getattr(source, field.name)) != field.default
    }


def _ordered(kind: Kind) -> Iterable[Field]:
    """Clocks, own fields, the rest of the head; a declaration says what it is before its clocks."""
    own = {field.name for field in kind.fields}
    clocks = [field for field in HEAD if field.name in _CLOCKS]
    yield from (*kind.fields, *clocks) if kind.key else (*clocks, *kind.fields)
    yield from (f for f in HEAD if f.name not in _CLOCKS and f.name != "id" and f.name not in own)


def values_of(statement: Statement) -> dict[str, object]:
    """The values of a statement that are not their defaults, by field, without its id."""
    kind = KIND_OF[type(statement)]
    head = ((field, getattr(statement.head, field.name)) for field in HEAD if field.name != "id")
    own = ((field, getattr(statement, field.name)) for field in kind.fields)
    values = {field.name: value for field, value in head if value != field.default}
    return values | {field.name: value for field, value in own if value != field.default}


def shown(field: Field, value: object) -> Plain:
    """One field's value as plain text, list or mapping."""
    if field.type in PARTS:
        assert isinstance(value, tuple)  # noqa: S101 (records stand in lists)
        return _shown_records(value)
    if field.name == "rounding" and isinstance(value, Fraction):
        return show_rounding(value)
    if field.name == "sources" and isinstance(value, tuple) and len(value) == 1:
        return show(value[0])
    if field.many:
        assert isinstance(value, tuple)  # noqa: S101 (the schema says so)
        return [show(item) for item in value]
    return show(value)


def _shown_records(records: tuple[Identifier | Part, ...]) -> Plain:
    if all(isinstance(record, Identifier) for record in records):
        pairs = {record.scheme: record.value for record in records}  # type: ignore[union-attr]  # the line above
        short = all(len(scheme) <= _LONGEST_KEY for scheme in pairs)
        if short and len(pairs) == len(records) and not set(pairs) <= {"scheme", "value"}:
            return dict(pairs)
    return [_shown_record(record) for record in records]


def _shown_record(record: Identifier | Part) -> Plain:
    return {
        field.name: show(value)
        for field in PARTS[type(record)].fields
        if (value := getattr(record, field.name)) != field.default
    }


def default_id(kind: Kind, values: Mapping[str, object]) -> str:
    """The id of a statement that has no other: its key, or a hash of its content.

    The hash is the first 16 hexadecimal digits of SHA-256 over the canonical JSON of kind and values.
    """
    if kind.names_itself:
        return str(values[kind.key])
    return content_hash(kind.name, values)


def content_hash(kind: str, values: Mapping[str, object]) -> str:
    """Sixteen hexadecimal digits that follow from a kind and its values.

    >>> content_hash("split", {"ratio": 2}) == content_hash("split", {"ratio": 3})
    False
    """
    fields = ",".join([f'"{name}":{_json(values[name])}' for name in sorted(values)])
    return hashlib.sha256(f'["{kind}",{{{fields}}}]'.encode("ascii")).hexdigest()[:16]


def _json(value: object) -> str:
    """Canonical JSON of a value: sorted keys, no spaces, only ASCII."""
    if isinstance(value, str):
        return encode_basestring_ascii(str(value))
    if isinstance(value, tuple):
        return f"[{','.join([_json(item) for item in value])}]"
    if isinstance(value, RECORDS):
        return json.dumps(_shown_record(value), sort_keys=True, separators=(",", ":"))
    plain = show(value)
    return encode_basestring_ascii(plain) if isinstance(plain, str) else json.dumps(plain)


def default_known_on(ids: Sequence[SourceId], sources: Mapping[SourceId, Source]) -> When | None:
    """The date of the source that was out first: from then on one could know."""
    if len(ids) == 1 and ids[0] in sources:
        when = sources[ids[0]].date
        return when if when and when.latest else None
    dated = [when for each in ids if each in sources and (when := sources[each].date) and when.latest]
    return min(dated, key=lambda when: when.latest) if dated else None  # type: ignore[arg-type, return-value]  # has one
