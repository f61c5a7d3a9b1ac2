"""The columns of a register, derived from the same records that the text ledger is read into.

Every field is one text column in the ledger's own words, from which the record can be read back. Dates
have two further columns (first and last possible day), shares four (both ends, and whether they are open):
what bulk questions calculate with.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crosstie.ledger.amounts import Interval
from crosstie.ledger.batch import Batch, Coded, Dated
from crosstie.ledger.dates import When
from crosstie.ledger.schema import HEAD, KIND_OF, KINDS, PARTS, SOURCE, Field, Kind, is_id
from crosstie.ledger.statements import Head, Source, Statement
from crosstie.ledger.values import reader_of, show
from crosstie.text.problem import Place

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name and its type in SQL."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of one kind of statement (or of sources)."""

    name: str
    kind: Kind
    columns: tuple[Column, ...]


_PLACE = (Column("file", "VARCHAR"), Column("line", "INTEGER"))


def _columns(field: Field) -> Iterator[Column]:
    yield Column(field.name, "VARCHAR")
    if field.many:
        return
    if field.type is When:
        yield Column(f"{field.name}_earliest", "DATE")
        yield Column(f"{field.name}_latest", "DATE")
    if field.type is Interval:
        yield Column(f"{field.name}_low", "DOUBLE")
        yield Column(f"{field.name}_high", "DOUBLE")
        yield Column(f"{field.name}_low_open", "BOOLEAN")
        yield Column(f"{field.name}_high_open", "BOOLEAN")


def _head(kind: Kind) -> tuple[Field, ...]:
    """The head's fields, but for one that the kind has of its own: a step does not belong to a step."""
    own = {field.name for field in kind.fields}
    return () if kind is SOURCE else tuple(field for field in HEAD if field.name not in own)


def _table(kind: Kind) -> Table:
    columns = [column for field in (*_head(kind), *kind.fields) for column in _columns(field)]
    return Table(kind.name, kind, (*columns, *_PLACE))


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        **{kind.name: _table(kind) for kind in KINDS.values()},
        "source": _table(SOURCE),
    }
)


_Plan = tuple[tuple[Field, tuple[None, ...]], ...]


def _plan(fields: Sequence[Field]) -> _Plan:
    """Each field, and what its columns hold where nothing is said."""
    return tuple((field, (None,) * len(tuple(_columns(field)))) for field in fields)


_HEADS: Mapping[str, _Plan] = MappingProxyType({name: _plan(_head(t.kind)) for name, t in TABLES.items()})
_OWN: Mapping[str, _Plan] = MappingProxyType({name: _plan(t.kind.fields) for name, t in TABLES.items()})


def row_of(item: Statement | Source) -> tuple[str, tuple[Any, ...]]:
    """The table of a statement or source, and its row in the table's order of columns."""
    values: list[Any] = []
    if isinstance(item, Source):
        name, where = "source", item.where
    else:
        name, where = KIND_OF[type(item)].name, item.head.where
        _say(item.head, _HEADS[name], values)
    _say(item, _OWN[name], values)
    values += (where.file or None, where.line or None)
    return name, tuple(values)


def _say(record: object, plan: _Plan, values: list[Any]) -> None:
    for field, nothing in plan:
        value = getattr(record, field.name)
        if value is None or (value is field.default and len(nothing) == 1):
            values += nothing
        elif value.__class__ is str:  # most are; it stands as it is
            values.append(None if value == field.default else value)
        else:
            values += _values(field, value)


@dataclass(slots=True)
class Expanded:
    """What coded values become in a register, kept from one batch to the next while their list only grows."""

    known: dict[tuple[int, str], tuple[Sequence[Any], tuple["pa.Array", ...]]] = dataclasses.field(
        default_factory=dict
    )

    def of(self, field: Field, values: Sequence[Any]) -> tuple["pa.Array", ...]:
        """The values' columns."""
        import pyarrow as pa  # noqa: PLC0415 (an extra)

        key = id(values), str(field.type) + str(field.default)
        held, columns = self.known.get(key, (values, ()))
        done = len(columns[0]) if columns and held is values else 0
        if done < len(values):
            rows = [_values(field, value) for value in values[done:]]
            new = [
                pa.array(each, arrow_type(column))
                for column, each in zip(_columns(field), zip(*rows, strict=True), strict=True)
            ]
            columns = (
                tuple(pa.concat_arrays([old, each]) for old, each in zip(columns, new, strict=True))
                if done
                else tuple(new)
            )
            self.known[key] = values, columns
        return columns


def arrow_of(batch: Batch, expanded: Expanded) -> "pa.Table":
    """The columns of a register that a batch fills."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    kind = TABLES[batch.kind].kind
    fields = {field.name: field for field in (*_head(kind), *kind.fields)}
    columns: dict[str, Any] = {}
    for name, said in batch.columns.items():
        if isinstance(said, Coded):
            codes = pa.array(said.codes, pa.int32())
            parts = zip(_columns(fields[name]), expanded.of(fields[name], said.values), strict=True)
            columns |= {column.name: values.take(codes) for column, values in parts}
        elif isinstance(said, Dated):
            columns |= {name: said.text, f"{name}_earliest": said.earliest, f"{name}_latest": said.latest}
        else:
            columns[name] = pa.array(said, pa.string())
    for name, value in batch.same.items():
        texts = zip(_columns(fields[name]), _values(fields[name], value), strict=True)
        columns |= {
            column.name: pa.repeat(pa.scalar(text, arrow_type(column)), len(batch.lines))
            for column, text in texts
        }
    columns["file"] = pa.repeat(batch.file, len(batch.lines))
    columns["line"] = pa.array(batch.lines, pa.int32())
    return pa.table(columns)


def arrow_type(column: Column) -> "pa.DataType":
    """The type of a column outside the database."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    types = {"VARCHAR": pa.string(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(),
             "INTEGER": pa.int32()}  # fmt: skip
    return types[column.type]


def _values(field: Field, value: Any) -> tuple[Any, ...]:  # noqa: ANN401 (a field of any type)
    if field.many:
        return (_list_text(field, value) if value else None,)
    if field.type is When:
        return (None, None, None) if value is None else (value.text, value.earliest, value.latest)
    if field.type is Interval:
        return _interval_values(value)
    return (None if value is None or value == field.default else _text(value),)


def _interval_values(value: Interval | None) -> tuple[Any, ...]:
    if value is None:
        return (None,) * 5
    high = None if value.high is None else float(value.high)
    return show(value), float(value.low), high, value.low_open, value.high_open


def _text(value: object) -> str:
    shown = show(value)
    return ("true" if shown else "false") if isinstance(shown, bool) else shown


def _list_text(field: Field, values: Sequence[Any]) -> str:
    if field.type in PARTS:
        part = PARTS[field.type]
        return _WRITE(
            [
                {f.name: _text(v) for f in part.fields if (v := getattr(each, f.name)) is not None}
                for each in values
            ]
        )
    return _WRITE([_text(value) for value in values])


_WRITE = json.JSONEncoder(ensure_ascii=False).encode


def items_of(table: Table) -> Callable[[Sequence[Any]], Any]:
    """What makes the statement or source behind a row, given in the table's order of columns.

    Values that repeat are read once: a function serves one pass over rows, and forgets when it has met many.
    """
    at = {column.name: number for number, column in enumerate(table.columns)}
    known: dict[Any, Any] = {}
    head = _readers(_head(table.kind), at, known)
    own = _readers(table.kind.fields, at, known)
    file, line = at["file"], at["line"]
    record: Any = table.kind.record

    def item(row: Sequence[Any]) -> Any:  # noqa: ANN401 (a record of any kind)
        where = Place(row[file] or "", row[line] or 0)
        if len(known) > _REMEMBERED:
            known.clear()
        said = {name: read(row) for name, number, read in own if row[number] is not None}
        if record is Source:
            return Source(**said, where=where)
        told = {name: read(row) for name, number, read in head if row[number] is not None}
        return record(head=Head(**told, where=where), **said)

    return item


_REMEMBERED = 50_000
_Reader = tuple[str, int, Callable[[Sequence[Any]], Any]]


def _readers(fields: Sequence[Field], at: Mapping[str, int], known: dict[Any, Any]) -> tuple[_Reader, ...]:
    """Each field, its column, and what reads it from a row where something is said."""
    return tuple((field.name, at[field.name], _reader(field, at, known)) for field in fields)


def _reader(field: Field, at: Mapping[str, int], known: dict[Any, Any]) -> Callable[[Sequence[Any]], Any]:
    number, name = at[field.name], field.name
    if field.type is When and not field.many:
        first, last = at[f"{name}_earliest"], at[f"{name}_latest"]
        return _once(known, lambda row: (row[number], row[first], row[last]), lambda key: _when(*key))
    if field.many:
        one = _part_reader(field) if field.type in PARTS else reader_of(field.type)
        return lambda row: tuple(one(each) for each in _LOAD(row[number]))
    read = reader_of(field.type)
    if field.type is str or is_id(field.type):
        return lambda row: read(row[number])
    return _once(known, lambda row: (name, row[number]), lambda key: read(key[1]))


def _once(
    known: dict[Any, Any], key_of: Callable[[Sequence[Any]], Any], read: Callable[[Any], Any]
) -> Callable[[Sequence[Any]], Any]:
    def value(row: Sequence[Any]) -> Any:  # noqa: ANN401 (of any type)
        key = key_of(row)
        found = known.get(key)
        if found is None:
            found = known[key] = read(key)
        return found

    return value


_LOAD = json.JSONDecoder().decode


def _when(text: str, earliest: date | None, latest: date | None) -> When:
    """As stored: a fiscal quarter's days depend on the company's year, which the text does not say."""
    try:
        read = When.parse(text)
    except ValueError:
        return When(earliest, latest, "interval", text)
    return When(earliest, latest, read.grain, text)


def _part_reader(field: Field) -> Callable[[Mapping[str, str]], Any]:
    part = PARTS[field.type]
    readers = {each.name: reader_of(each.type) for each in part.fields}
    return lambda value: part.record(**{name: readers[name](text) for name, text in value.items()})
