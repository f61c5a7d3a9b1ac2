"""Several registers, and a ledger in memory, as the tables of one: asked together, each left as it is."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crosstie.engines.keeping import Keep
from crosstie.engines.register.columns import TABLES, Table, items_of, row_of
from crosstie.engines.register.content import content_of, stamp_of
from crosstie.engines.register.store import PLACE, connect, place_column
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.schema import KINDS, declared_by
from crosstie.ledger.statements import PartyId, Source, SourceId, Statement, StatementId
from crosstie.text.problem import CrosstieError, Place, Problem

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS = 1 << 40
"""Row numbers of the second part begin here, of the third at twice as much: an order across all parts."""
_TYPES = {"VARCHAR": "string", "DATE": "date32", "DOUBLE": "float64", "BOOLEAN": "bool_", "INTEGER": "int32"}
_LEFT_OUT = "SELECT id FROM left_out WHERE part ="
_PARTIES = (("entity", "party"), ("holding", "holder"), ("holding", "issuer"))


@dataclass(frozen=True, slots=True)
class Joined:
    """A connection whose tables hold all statements, what numbers their rows, and what clashes.

    ``keep`` is where what follows from all these statements is kept, of registers of which ``told`` is what is in them.
    """

    connection: "DuckDBPyConnection"
    place: str
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    keep: Keep | None = None
    told: tuple[tuple[Path, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One of several: its name for people, the tables it is read from, and what numbers their rows."""

    title: str
    prefix: str
    place: str


@contextmanager
def joined(
    registers: Sequence[Path], ledger: Ledger | None = None, keep: Keep | None = None
) -> Iterator[Joined]:
    """Registers and a ledger as one; statements that a ledger in memory makes come first.

    A statement or source that stands in two of them is taken once; where two say different things under
    one id, the first stands and a problem names both places.

    Parameters
    ----------
    keep
        Where to keep what is made of them between questions.

    Raises
    ------
    CrosstieError
        Not a register, or DuckDB is not installed.
    """
    files = tuple(str(each) for each in registers)
    told = tuple((each, content_of(each)) for each in registers) if keep else ()
    if ledger is None and len(registers) == 1:
        with connect(registers[0]) as connection:
            found = Joined(connection, place_column(registers[0]), files=files, told=told)
            yield _keeping(found, keep, [stamp_of(connection)])
        return
    said = []
    for register in registers:
        with connect(register) as connection:  # whether it is one, told in the store's own words
            said.append(f"{register} {stamp_of(connection)}")
    with _in_memory() as connection:
        parts = [] if ledger is None else [_take_in(connection, ledger)]
        if keep and ledger is not None:
            said.append(_said_in_memory(connection))
        parts += [_attach(connection, number, path) for number, path in enumerate(registers)]
        _make_views(connection, parts)
        problems = tuple(_clashes(connection, parts))
        _make_views(connection, parts)
        yield _keeping(Joined(connection, PLACE, problems, files, told=told), keep, said)


def _keeping(found: Joined, keep: Keep | None, said: Sequence[str]) -> Joined:
    """With where to keep what is made of all this, if it can be told that it is what it was before it was opened."""
    if keep is None or not is_unchanged(found):
        return found
    content = json.dumps([[content for _, content in found.told], list(said)])
    return replace(found, keep=keep.of(hashlib.sha256(content.encode()).hexdigest()))


def is_unchanged(together: Joined) -> bool:
    """Whether there is in the registers what there was when they were opened."""
    return all(content and content == content_of(path) for path, content in together.told)


def _said_in_memory(connection: "DuckDBPyConnection") -> str:
    """All that the ledger in memory says, as a hash."""
    digest = hashlib.sha256()
    for name in TABLES:
        rows: Any = connection.sql(f'SELECT * FROM "memory {name}" ORDER BY {PLACE}').to_arrow_table()  # noqa: S608 (our own names)
        digest.update(f"{name} {rows.num_rows}\n".encode())
        for batch in rows.to_batches():
            digest.update(batch.serialize())
    return digest.hexdigest()


@contextmanager
def _in_memory() -> Iterator["DuckDBPyConnection"]:
    import duckdb  # noqa: PLC0415 (an extra)

    connection = duckdb.connect(":memory:")
    connection.execute("SET enable_progress_bar = false")
    try:
        connection.execute("CREATE TEMP TABLE left_out (part INTEGER, id VARCHAR)")
        yield connection
    except duckdb.IOException as error:
        raise CrosstieError(str(error).split("\n", 1)[0]) from error
    except duckdb.OutOfMemoryException as error:
        raise CrosstieError("out of memory") from error
    finally:
        connection.close()


def _take_in(connection: "DuckDBPyConnection", ledger: Ledger) -> _Part:
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
    for number, item in enumerate((*ledger.sources.values(), *ledger.statements)):
        table, row = row_of(item)
        rows[table].append((*row, number))
    for name, kind in TABLES.items():
        made = [pa.field(column.name, getattr(pa, _TYPES[column.type])()) for column in kind.columns]
        fields = [*made, pa.field(PLACE, pa.int64())]
        columns = list(zip(*rows[name], strict=True)) or [() for _ in fields]
        arrays = [pa.array(values, each.type) for values, each in zip(columns, fields, strict=True)]
        arrow = pa.table(arrays, names=[each.name for each in fields])
        connection.register("made", arrow)
        connection.execute(f'CREATE TEMP TABLE "memory {name}" AS SELECT * FROM made')  # noqa: S608 (our own names)
        connection.unregister("made")
    return _Part(", ".join(ledger.files) or "the text", "memory ", PLACE)


def _attach(connection: "DuckDBPyConnection", number: int, path: Path) -> _Part:
    quoted = str(path).replace("'", "''")
    prefix = f"register {number} "
    if not path.is_dir():
        connection.execute(f"ATTACH '{quoted}' AS \"register {number}\" (READ_ONLY)")
    for name, table in TABLES.items():
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        if not path.is_dir():
            rows = f'SELECT {columns}, rowid AS {PLACE} FROM "register {number}"."{name}"'  # noqa: S608 (our own names)
        elif (path / f"{name}.parquet").is_file():
            rows = f"SELECT {columns}, {PLACE} FROM read_parquet('{quoted}/{name}.parquet')"  # noqa: S608 (a view takes no bound values)
        else:
            nothing = ", ".join(f'CAST(NULL AS {column.type}) AS "{column.name}"' for column in table.columns)
            rows = f"SELECT {nothing}, CAST(NULL AS BIGINT) AS {PLACE} WHERE FALSE"
        connection.execute(f'CREATE TEMP VIEW "{prefix}{name}" AS {rows}')
    return _Part(str(path), prefix, PLACE)


def _make_views(connection: "DuckDBPyConnection", parts: Sequence[_Part]) -> None:
    """Each kind's rows of all parts under its plain name, without those that an earlier part has said."""
    out = {row[0] for row in connection.execute("SELECT DISTINCT part FROM left_out").fetchall()}
    for name, table in TABLES.items():
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        selected = []
        for number, part in enumerate(parts):
            kept = f"WHERE id NOT IN ({_LEFT_OUT} {number})" if number in out else ""
            selected.append(
                f'SELECT {columns}, {PLACE} + {number * ROWS} AS {PLACE} FROM "{part.prefix}{name}" {kept}'  # noqa: S608 (our own names)
            )
        connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {" UNION ALL ".join(selected)}')


def _clashes(connection: "DuckDBPyConnection", parts: Sequence[_Part]) -> Iterator[Problem]:
    """Leave out what an earlier part says under the same id; tell where the two differ."""
    kinds = [name for name in TABLES if name != "source"]
    for number in range(1, len(parts)):
        earlier = parts[:number]
        for group in (kinds, ["source"]):
            before = _ids(earlier, group)
            again = f"SELECT DISTINCT id FROM ({_ids([parts[number]], group)}) WHERE id IN (SELECT id FROM ({before}))"  # noqa: S608 (our own names)
            connection.execute(f"CREATE OR REPLACE TEMP TABLE again AS {again}")
            if not connection.execute("SELECT 1 FROM again LIMIT 1").fetchall():
                continue
            for first in earlier:
                yield from _differences(connection, first, parts[number], group)
            connection.execute(f"INSERT INTO left_out SELECT {number}, id FROM again")  # noqa: S608 (our own number)


def _ids(parts: Iterable[_Part], kinds: Iterable[str]) -> str:
    return " UNION ALL ".join(f'SELECT id FROM "{part.prefix}{kind}"' for part in parts for kind in kinds)  # noqa: S608 (our own names)


def _differences(
    connection: "DuckDBPyConnection", first: _Part, second: _Part, kinds: Sequence[str]
) -> Iterator[Problem]:
    """Ids under which two parts say different things, whether of one kind or of two."""
    firsts, seconds = _contents(first, kinds), _contents(second, kinds)
    found = connection.execute(f"""
        SELECT b.id, a.file, a.line, b.file, b.line FROM ({firsts}) AS a JOIN ({seconds}) AS b ON a.id = b.id
        WHERE a.kind <> b.kind OR a.content <> b.content ORDER BY b.{PLACE}, b.kind, a.kind""").fetchall()  # noqa: S608 (our own names)
    what = "source" if kinds == ["source"] else "id"
    for id_, file_a, line_a, file_b, line_b in found:
        one, other = _where(first, file_a, line_a), _where(second, file_b, line_b)
        message = f"{what} {id_!r} twice, saying different things: first in {one}, which stands; this one is left out"
        yield Problem(message, other, kind="duplicate-id", statement=id_ if what == "id" else "")


def _contents(part: _Part, kinds: Sequence[str]) -> str:
    """All that rows whose ids came again say, as one text each, but for where they were written."""
    made = []
    for kind in kinds:
        said = [column.name for column in TABLES[kind].columns if column.name not in {"file", "line"}]
        row = ", ".join(f'"{name}"' for name in said)
        made.append(
            f"SELECT id, '{kind}' AS kind, CAST(row({row}) AS VARCHAR) AS content, file, line, {PLACE}"  # noqa: S608 (our own names)
            f' FROM "{part.prefix}{kind}" WHERE id IN (SELECT id FROM again)'
        )
    return " UNION ALL ".join(made)


def _where(part: _Part, file: str | None, line: int | None) -> Place:
    """Where it was written, and for what was imported in which register it lies."""
    if part.prefix == "memory ":
        return Place(file or part.title, line or 0)
    return Place(f"{part.title} ({file})" if file else part.title, line or 0)


def declared(together: Joined, type_: object, names: frozenset[str]) -> frozenset[str]:
    """Of these names of one type, those that the registers declare (a party: or use)."""
    places = _declaring(type_)
    if not places:
        return frozenset()
    asked = sorted(names)
    found: set[str] = set()
    for table, column in places:
        query = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IN (SELECT unnest($names::VARCHAR[]))'  # noqa: S608 (our own names)
        found |= {row[0] for row in together.connection.execute(query, {"names": asked}).fetchall()}
    return frozenset(found)


def _declaring(type_: object) -> Sequence[tuple[str, str]]:
    if type_ is PartyId:
        return _PARTIES
    if type_ is StatementId:
        return [(name, "id") for name in TABLES if name != "source"]
    if type_ is SourceId:
        return [("source", "id")]
    return [
        (kind.name, kind.key) for kind in KINDS.values() if kind.names_itself and declared_by(kind) is type_
    ]


def selected(
    together: Joined, table: Table, where: str = "TRUE", bound: dict[str, Any] | None = None
) -> Iterator[Statement | Source]:
    """What the rows of a table say for which a condition of ours holds, in the order in which they were stored."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    item_of = items_of(table)
    query = f'SELECT {columns} FROM "{table.name}" AS said WHERE {where} ORDER BY {together.place}'  # noqa: S608 (our own words)
    cursor = together.connection.execute(query, bound or {})
    while batch := cursor.fetchmany(20_000):
        yield from map(item_of, batch)


def everything(together: Joined) -> Ledger:
    """All that is said, record by record."""
    return ledger_of(together, [item for table in TABLES.values() for item in selected(together, table)])


def ledger_of(together: Joined, items: Iterable[Statement | Source]) -> Ledger:
    """Statements and sources of the parts as a ledger, with what clashes."""
    found = list(items)
    return Ledger(
        sources=MappingProxyType({each.id: each for each in found if isinstance(each, Source)}),
        statements=tuple(each for each in found if not isinstance(each, Source)),
        problems=together.problems,
        files=together.files,
    )
