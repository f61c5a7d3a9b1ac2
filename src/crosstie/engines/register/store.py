"""Open, fill and read a register file; an import that is cut off leaves it as it was."""

import importlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from crosstie.engines.register.columns import TABLES, Table, items_of
from crosstie.engines.register.content import HEADERS, draw_stamp
from crosstie.engines.register.filling import Imported, Item, Progress, fill
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Source, Statement
from crosstie.text.alone import alone, is_in_use
from crosstie.text.inputs import ordinary
from crosstie.text.problem import CrosstieError
from crosstie.text.shortage import shortage
from crosstie.text.unfinished import unfinished
from crosstie.text.writing import whole_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT = "1"
ENDINGS = (".duckdb", ".register")
MARK = "crosstie.parquet"
"""The file that makes a folder a register: its format."""
PLACE = "stored_as"
"""In a folder, the column that numbers the rows of a table; a database numbers them itself."""
_FETCHED = 50_000


def is_register(path: Path) -> bool:
    """Whether a path names a register: by its ending, by how a DuckDB file begins, or by a folder's format file."""
    if path.is_dir():
        return (path / MARK).is_file()
    if path.suffix.lower() in ENDINGS:
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(12)[8:12] == b"DUCK"


@contextmanager
def connect(path: Path, *, write: bool = False) -> Iterator["DuckDBPyConnection"]:
    """A connection to a register, made where it may be written and is not there yet.

    Raises
    ------
    CrosstieError
        No register there, not one of ours, in use by another process, or DuckDB is not installed.
    """
    duckdb = _duckdb()
    if not write and not path.exists():
        raise CrosstieError(f"{path}: no such register")
    if write and path.is_dir():
        raise CrosstieError(f"{path}: a register in a folder is only read; import into a .duckdb file")
    if path.exists() and not path.is_dir():
        ordinary(path)
        _begin_again(path, write=write)
    try:
        connection = _open_folder(path) if path.is_dir() else duckdb.connect(str(path), read_only=not write)
    except (
        duckdb.IOException,
        duckdb.CatalogException,
        duckdb.SerializationException,
        duckdb.InvalidInputException,
    ) as error:
        raise CrosstieError(f"{path}: {_why(error)}") from error
    try:
        connection.execute("SET enable_progress_bar = false")  # it would be printed among the answers
        _check_format(path, connection, write=write)
        yield connection
    except (duckdb.Error, MemoryError) as error:
        if not shortage(error) and not isinstance(error, duckdb.IOException):
            raise
        raise CrosstieError(f"{path}: {_why(error)}; nothing was changed") from error
    finally:
        connection.close()


def _open_folder(path: Path) -> "DuckDBPyConnection":
    """A database in memory whose tables are the folder's files; a kind without a file has no rows."""
    connection: DuckDBPyConnection = _duckdb().connect(":memory:")
    for name in (*TABLES, "crosstie"):
        file = path / f"{name}.parquet"
        if file.is_file():
            quoted = str(file).replace("'", "''")
            connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{quoted}')")  # noqa: S608 (a view takes no bound values)
        elif name in TABLES:
            columns = ", ".join(f'"{column.name}" {column.type}' for column in TABLES[name].columns)
            connection.execute(f'CREATE TABLE "{name}" ({columns}, "{PLACE}" BIGINT)')
    return connection


def place_column(path: Path) -> str:
    """What numbers the rows of a register's tables in the order in which they were stored."""
    return PLACE if path.is_dir() else "rowid"


def export_parquet(path: Path, folder: Path) -> None:
    """Write a register as a folder of Parquet, one file for each table that has rows; whole or not at all.

    Raises
    ------
    CrosstieError
        No register there, the folder is there already, or it cannot be written.
    """
    if folder.exists():
        raise CrosstieError(f"{folder}: is there already; name a new folder")
    with connect(path) as connection:
        place = place_column(path)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with whole_folder(folder) as inside:
                _copy_tables(connection, inside, place)
        except OSError as error:
            raise CrosstieError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _copy_tables(connection: "DuckDBPyConnection", folder: Path, place: str) -> None:
    quoted = str(folder).replace("'", "''")
    for table in TABLES.values():
        if _count(connection, table):
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            rows = f'SELECT {columns}, {place} AS {PLACE} FROM "{table.name}" ORDER BY {place}'  # noqa: S608 (our own names)
            connection.execute(f"COPY ({rows}) TO '{quoted}/{table.name}.parquet' (FORMAT parquet)")
    connection.execute(f"COPY crosstie TO '{quoted}/{MARK}' (FORMAT parquet)")


def _duckdb() -> Any:  # noqa: ANN401 (an extra)
    return _load_what_is_needed("duckdb")[0]


def _begin_again(path: Path, *, write: bool) -> None:
    """A file whose making was cut off within its headers holds nothing: it is made anew, or told."""
    with path.open("rb") as file:
        start = file.read(HEADERS)
    if len(start) == HEADERS or (start and start[8:12] != b"DUCK"):
        return
    if not write:
        raise CrosstieError(f"{path}: nothing in it: its first import was cut off; import again")
    path.unlink()


def _load_what_is_needed(*names: str) -> list[ModuleType]:
    try:
        return [importlib.import_module(name) for name in names]
    except ModuleNotFoundError as error:
        raise CrosstieError(f"registers need {error.name}: pip install 'crosstie[registers]'") from error


def _why(error: Exception) -> str:
    text = str(error)
    if "lock on file" in text:
        return "another process is using it"
    if short := shortage(error):
        return short
    if "not a valid DuckDB database" in text or "does not match" in text:
        return "not a register"
    return text.split("\n", 1)[0]


def _check_format(path: Path, connection: "DuckDBPyConnection", *, write: bool) -> None:
    names = {
        row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
    }
    if not names and write:
        _create(connection)
        return
    if not names:
        raise CrosstieError(f"{path}: nothing in it: its first import was cut off; import again")
    if "crosstie" not in names:
        raise CrosstieError(f"{path}: a DuckDB file, but not a register: it has no table 'crosstie'")
    found = connection.execute("SELECT value FROM crosstie WHERE name = 'format'").fetchall()
    if found != [(FORMAT,)]:
        stated = found[0][0] if found else "none"
        raise CrosstieError(f"{path}: register format {stated}; this Crosstie reads format {FORMAT}")


_KEPT_AS = {
    "id": " USING COMPRESSION uncompressed"
}  # mostly random: little is won, and an import takes longer


def _create(connection: "DuckDBPyConnection") -> None:
    connection.execute("BEGIN")
    for table in TABLES.values():
        columns = ", ".join(
            f'"{column.name}" {column.type}{_KEPT_AS.get(column.name, "")}' for column in table.columns
        )
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
    connection.execute("CREATE TABLE crosstie (name VARCHAR, value VARCHAR)")
    connection.execute("INSERT INTO crosstie VALUES ('format', ?)", [FORMAT])
    connection.execute("COMMIT")


def append(path: Path, items: Iterable[Item], progress: Progress | None = None) -> Imported:
    """Add statements and sources to a register, all or none; one whose id is there already is not added again.

    Problems, those among the items and what the added ones say against each other or against what is there
    (the same id with other words, a span that ends before it begins), are counted by kind, with the first few of each.
    """
    # libraries that end the process where memory is short do so before anything is begun
    _load_what_is_needed("numpy", "duckdb", "pyarrow", "pyarrow.compute")
    log, spilled = path.with_name(f"{path.name}.wal"), path.with_name(f"{path.name}.tmp")
    folder, new = path.resolve().parent, False
    with ExitStack() as ending, ExitStack() as changing, ExitStack() as opened:  # the last is left first
        try:
            with alone(folder):  # who finds no register makes it, and has it locked from then on
                new = not path.exists()
                debris = [each for each in ((path, log, spilled) if new else (spilled,)) if not each.exists()]
                changing.enter_context(unfinished(path, *debris))
                connection = opened.enter_context(connect(path, write=True))
            connection.execute("BEGIN")
            filled = fill(connection, items, progress)
            draw_stamp(connection)
            if not new:
                changing.enter_context(unfinished(path, sure=False))
            connection.execute("COMMIT")
        except BaseException:
            if new:
                ending.enter_context(alone(folder))
                ending.callback(_remove, path, log)
            raise
    return filled


def _remove(path: Path, log: Path) -> None:
    """Remove what was to be a register, unless another process is making it one."""
    if not is_in_use(path):
        path.unlink(missing_ok=True)
        log.unlink(missing_ok=True)


def _count(connection: "DuckDBPyConnection", table: Table) -> int:
    found = connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchall()  # noqa: S608 (our own names)
    return int(found[0][0])


def read(path: Path, issuers: Sequence[str] | None = None) -> Ledger:
    """The statements of a register as a ledger: all, or what bears on these companies' holders alone."""
    with connect(path) as connection:
        statements: list[Statement] = []
        sources: dict[Any, Source] = {}
        for table in TABLES.values():
            for item in _items(connection, table, issuers):
                if isinstance(item, Source):
                    sources[item.id] = item
                else:
                    statements.append(item)
    return Ledger(sources=MappingProxyType(sources), statements=tuple(statements), files=(str(path),))


def _items(
    connection: "DuckDBPyConnection", table: Table, issuers: Sequence[str] | None
) -> Iterator[Statement | Source]:
    names = [column.name for column in table.columns]
    columns = ", ".join(f'"{name}"' for name in names)
    item_of = items_of(table)
    query = f'SELECT {columns} FROM "{table.name}"'  # noqa: S608 (our own names)
    values: list[Any] = []
    if issuers is not None and "issuer" in names and table.name == "holding":
        query += " WHERE issuer IN (SELECT unnest(?::VARCHAR[]))"
        values = [list(issuers)]
    cursor = connection.execute(query, values)
    while batch := cursor.fetchmany(_FETCHED):
        yield from map(item_of, batch)
