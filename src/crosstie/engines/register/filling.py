"""Fill a register's tables in batches, beside the reading of what comes next; what is there already is left out."""

import gc
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crosstie.engines.register.columns import TABLES, Expanded, Table, arrow_of, arrow_type, row_of
from crosstie.engines.register.contradictions import among_added, same_id_other_words
from crosstie.ledger.batch import Batch
from crosstie.ledger.statements import Source, Statement
from crosstie.text.problem import Problem

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

_BATCH = 25_000
_PENDING = 8
_SETTINGS = (
    "threads = 1",  # what is read beside it needs the others
    "write_buffer_row_group_count = 1",  # so that little is left to be written at the end
)
_EXAMPLES = 3
_TOLD = 10_000  # statements between two words of progress

Item = Statement | Source | Problem | Batch
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Kindred:
    """Problems of one kind: how many, and the first few."""

    kind: str
    count: int
    examples: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought: rows by table, problems by kind."""

    rows: MappingProxyType[str, int]
    problems: tuple[Kindred, ...]

    @property
    def total(self) -> int:
        """Statements stored, sources not counted."""
        return sum(count for table, count in self.rows.items() if table != "source")


@dataclass(frozen=True, slots=True)
class _Told:
    """Problems met so far: how many of each kind, and the first few."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[str, list[Problem]] = field(default_factory=lambda: defaultdict(list))

    def add(self, problem: Problem) -> None:
        self.counts[problem.kind] += 1
        if len(self.examples[problem.kind]) < _EXAMPLES:
            self.examples[problem.kind].append(problem)

    def by_kind(self) -> tuple[Kindred, ...]:
        return tuple(
            Kindred(kind, self.counts[kind], tuple(self.examples[kind])) for kind in sorted(self.counts)
        )


class _Store:
    """The connection's own thread: some batches are stored while the next are read."""

    def __init__(self, connection: "DuckDBPyConnection") -> None:
        self.connection = connection
        self.thread = ThreadPoolExecutor(1)
        self.pending: deque[Future[None]] = deque()
        self.held: dict[str, list[pa.Table]] = defaultdict(list)

    def add(self, name: str, rows: "pa.Table") -> None:
        self.held[name].append(rows)
        if sum(each.num_rows for each in self.held[name]) >= _BATCH:
            self.send(name)

    def send(self, name: str) -> None:
        import pyarrow as pa  # noqa: PLC0415 (an extra)

        batch = pa.concat_tables(self.held.pop(name), promote_options="default")
        self.wait(_PENDING)
        self.pending.append(self.thread.submit(_insert, self.connection, name, batch))

    def wait(self, most: int = 0) -> None:
        """Until no more than so many batches are pending."""
        while len(self.pending) > most:
            self.pending.popleft().result()

    def finish(self) -> None:
        for name in tuple(self.held):
            self.send(name)
        self.wait()


def fill(connection: "DuckDBPyConnection", items: Iterable[Item], progress: Progress | None) -> Imported:
    """Add items to the tables; of those whose id is there already, from before or among them, the first stays.

    Problems, those among the items and what the added ones say against each other or against what was there,
    are counted by kind, with the first few of each.
    """
    told = _Told()
    last = {name: _last_row(connection, table) for name, table in TABLES.items()}
    rows: dict[str, int] = defaultdict(int)
    store = _Store(connection)
    often = gc.get_threshold()
    for setting in _SETTINGS:
        connection.execute(f"SET {setting}")
    gc.set_threshold(200_000, 20, 100)  # many small values are made, and most of them kept
    try:
        _read(items, store, rows, told, progress)
        store.finish()
    finally:
        gc.set_threshold(*often)
        store.thread.shutdown()
        for setting in _SETTINGS:
            connection.execute(f"RESET {setting.split()[0]}")
    for name in TABLES:
        if name in rows:
            rows[name] -= _leave_out(connection, TABLES[name], last[name], told)
    for problem in among_added(connection, last):
        told.add(problem)
    return Imported(MappingProxyType(dict(rows)), told.by_kind())


def _read(
    items: Iterable[Item], store: _Store, rows: dict[str, int], told: _Told, progress: Progress | None
) -> None:
    waiting: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    expanded = Expanded()
    count = 0
    for item in items:
        if isinstance(item, Problem):
            told.add(item)
            continue
        size = len(item.lines) if isinstance(item, Batch) else 1
        if isinstance(item, Batch):
            name = item.kind
            if name in waiting:  # what was said before is stored before
                store.add(name, _arrow(TABLES[name], waiting.pop(name)))
            store.add(name, arrow_of(item, expanded))
        else:
            name, row = row_of(item)
            waiting[name].append(row)
            if len(waiting[name]) >= _BATCH:
                store.add(name, _arrow(TABLES[name], waiting.pop(name)))
        rows[name] += size
        if progress and (count + size) // _TOLD > count // _TOLD:
            progress(count + size)
        count += size
    for name, batch in waiting.items():
        store.add(name, _arrow(TABLES[name], batch))


def _arrow(table: Table, batch: Sequence[tuple[Any, ...]]) -> "pa.Table":
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    columns = zip(table.columns, zip(*batch, strict=True), strict=True)
    return pa.table({column.name: pa.array(values, arrow_type(column)) for column, values in columns})


def _insert(connection: "DuckDBPyConnection", name: str, batch: "pa.Table") -> None:
    """Add these rows. DuckDB finds them by the name of the variable: what is registered it keeps until the transaction ends."""
    columns = ", ".join(f'"{column}"' for column in batch.column_names)
    connection.execute(f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM batch')  # noqa: S608 (our own names)


_REPEATED = """
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT id FROM "{table}" WHERE rowid > ? GROUP BY id HAVING count(*) > 1
UNION
SELECT id FROM "{table}" WHERE rowid <= ? AND id IN (SELECT id FROM "{table}" WHERE rowid > ?)
"""
_AGAIN = """
CREATE OR REPLACE TEMP TABLE again AS
SELECT place, first FROM (
    SELECT rowid AS place, min(rowid) OVER (PARTITION BY id) AS first
    FROM "{table}" WHERE id IN (SELECT id FROM repeated))
WHERE place > first
"""


def _leave_out(connection: "DuckDBPyConnection", table: Table, last: int, told: _Told) -> int:
    """Take out what was added although its id was there: how many. Imports may overlap; other words are told."""
    connection.execute(_REPEATED.format(table=table.name), [last, last, last])
    if not connection.execute("SELECT 1 FROM repeated LIMIT 1").fetchall():
        return 0
    connection.execute(_AGAIN.format(table=table.name))
    for problem in same_id_other_words(connection, table, "again"):
        told.add(problem)
    connection.execute(f'DELETE FROM "{table.name}" WHERE rowid IN (SELECT place FROM again)')  # noqa: S608 (our own names)
    return int(connection.execute("SELECT count(*) FROM again").fetchall()[0][0])


def _last_row(connection: "DuckDBPyConnection", table: Table) -> int:
    found = connection.execute(f'SELECT max(rowid) FROM "{table.name}"').fetchall()  # noqa: S608 (our own names)
    return -1 if found[0][0] is None else int(found[0][0])
