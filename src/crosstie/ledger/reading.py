"""One statement or source from the mapping that a text ledger writes for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crosstie.ledger.dates import When
from crosstie.ledger.printing import content_hash, default_id, default_known_on
from crosstie.ledger.readers import Reader, unknown_field
from crosstie.ledger.schema import KINDS
from crosstie.ledger.statements import Head, Source, SourceId, Statement
from crosstie.ledger.values import read_id
from crosstie.text.nearest import did_you_mean
from crosstie.text.problem import Place, Problem, cited
from crosstie.text.strict_yaml import Map, Value


@dataclass(frozen=True, slots=True)
class Context:
    """What reading a statement needs from the rest of the ledger."""

    readers: Mapping[str, Reader]
    sources: Mapping[SourceId, Source]
    year_end: Callable[[Map], tuple[int, int] | None]


def read_statement(
    context: Context, item: Value, file: str, *, below: int = 0
) -> tuple[Statement | None, list[Problem]]:
    """One statement, unless a mistake leaves none, and the mistakes.

    A declaration (entity, share class, agreement, deal, step) with a mistake in a field that it can do
    without still declares its name; any other statement with a mistake is left out. ``below`` is the
    line of the statement above, for an item that has no line of its own.
    """
    problems: list[Problem] = []
    reader = _reader_for(context, item, file, below, problems)
    if reader is None:
        return None, problems
    assert isinstance(item, Map)  # noqa: S101 (only a mapping has a reader)
    head, own = _values(context, reader, item, file, problems)
    missing = [name for name in reader.required if name not in own]
    if missing and not problems:
        problems.append(_missing(reader, missing, Place(file, item.line)))
    if missing or (problems and not reader.kind.names_itself):
        return None, problems
    if "known_on" not in head:
        _set_known_on(context, item, head, file, problems)
    defaults = reader.defaults
    if "id" not in head:
        values = {name: value for name, value in (head | own).items() if value != defaults[name]}
        head["id"] = default_id(reader.kind, values)
    statement: Statement = reader.kind.record(head=Head(where=Place(file, item.line), **head), **own)
    return statement, problems


def _reader_for(
    context: Context, item: Value, file: str, below: int, problems: list[Problem]
) -> Reader | None:
    if not isinstance(item, Map) or not item.entries:
        line = item.line if isinstance(item, Map) else below
        found = f"{cited(item)} is no statement" if isinstance(item, str) else "no statement"
        message = f"{found}: write a mapping whose first key is its kind, such as 'entity: nissan'"
        problems.append(Problem(message, Place(file, line), kind="wrong-type"))
        return None
    kind = next(iter(item.entries))
    reader = context.readers.get(kind) if kind in KINDS else None
    if reader is None:
        near = did_you_mean(kind[:100], KINDS)
        message = f"no such kind of statement: {cited(kind)}{near or '; one of ' + ', '.join(KINDS)}"
        problems.append(Problem(message, Place(file, item.line), kind="unknown-kind"))
    return reader


def _values(
    context: Context, reader: Reader, item: Map, file: str, problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of the head and of the kind's own fields, as far as they can be read."""
    head: dict[str, Any] = {}
    own: dict[str, Any] = {}
    fields, of_head = reader.fields, reader.of_head
    for key, value in item.entries.items():
        entry = fields.get(key)
        if entry is None:
            if value is None and key == reader.kind.name:
                continue  # the id follows from the content
            _without_field(reader, key, value, item, file, head, problems)
            continue
        try:
            read = entry[1](value)
            if entry[0].type is When and "FY" in read.text:
                read = _fiscal(context, item, read)
        except ValueError as error:
            where = Place(file, item.line_of(key))
            problems.append(Problem(f"{key}: {error}", where, kind="bad-value", statement=_named(item)))
            continue
        (head if key in of_head else own)[entry[0].name] = read
    return head, own


def _without_field(  # noqa: PLR0913, PLR0917 (all that a message needs)
    reader: Reader,
    key: str,
    value: Value,
    item: Map,
    file: str,
    head: dict[str, Any],
    problems: list[Problem],
) -> None:
    """The kind's own name has the statement's id behind it, or nothing; any other key is a mistake."""
    where = Place(file, item.line_of(key))
    if key != reader.kind.name:
        message = unknown_field(key, reader)
        problems.append(Problem(message, where, kind="unknown-field", statement=_named(item)))
    elif isinstance(value, str) and value.strip():
        if "id" in item.entries:
            message = f"two ids: {cited(value)} behind {key!r} and 'id'; write one"
            problems.append(Problem(message, where, kind="bad-value", statement=value))
            return
        try:
            head["id"] = read_id(value)
        except ValueError as error:
            problems.append(Problem(f"{key}: {error}", where, kind="bad-value"))
    elif value is not None:
        message = (
            f"{key}: behind a kind stands the statement's id or nothing; its fields stand below, one a line"
        )
        problems.append(Problem(message, where, kind="wrong-type"))


def _named(item: Map) -> str:
    """What a problem calls a statement that may not load: its id as far as written."""
    named = item.entries.get("id") or next(iter(item.entries.values()))
    return named if isinstance(named, str) else ""


def _missing(reader: Reader, missing: list[str], where: Place) -> Problem:
    names = ", ".join(reader.kind.name if name == reader.kind.key else name for name in missing)
    return Problem(
        f"{reader.kind.name} has no {names}; add {'it' if len(missing) == 1 else 'them'}",
        where,
        kind="missing-field",
    )


def _set_known_on(
    context: Context, item: Map, head: dict[str, Any], file: str, problems: list[Problem]
) -> None:
    """Known from the source's date; without one from the day it was true, which is a guess."""
    when = default_known_on(head.get("sources", ()), context.sources)
    if when is None and "true_on" in head:
        when = head["true_on"]
        if any(source not in context.sources for source in head.get("sources", ())):
            head["known_on"] = when  # an unknown source is told by itself
            return
        message = "nothing says since when this is known; taken as known since true_on: add known_on or a dated source"
        where = Place(file, item.line)
        problems.append(
            Problem(message, where, kind="no-known-on", severity="warning", statement=_named(item))
        )
    if when is not None:
        head["known_on"] = when


def _fiscal(context: Context, item: Map, when: When) -> When:
    """A fiscal date counted by the year of the company that the statement is about."""
    year_end = context.year_end(item)
    return When.parse(when.text, year_end=year_end) if year_end else when


def read_source(
    reader: Reader, id_: str | None, item: Value, where: Place
) -> tuple[Source | None, list[Problem]]:
    """One source from its mapping; without an id it is named by a hash of its content."""
    if not isinstance(item, Map):
        message = "a source is a mapping with title, publisher, address, date, ..."
        return None, [Problem(message, where, kind="wrong-type")]
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for key, value in item.entries.items():
        place = Place(where.file, item.line_of(key))
        if key not in reader.fields:
            problems.append(Problem(unknown_field(key, reader), place, kind="unknown-field"))
            continue
        try:
            values[key] = reader.fields[key][1](value)
        except ValueError as error:
            problems.append(Problem(f"{key}: {error}", place, kind="bad-value"))
    try:
        named = read_id(id_) if id_ is not None else values.get("id") or content_hash("source", values)
    except ValueError as error:
        return None, [*problems, Problem(str(error), where, kind="bad-value")]
    return Source(**(values | {"id": named, "where": where})), problems
