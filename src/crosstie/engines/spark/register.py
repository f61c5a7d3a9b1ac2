"""Read a register, written as a folder of Parquet, and its holdings on one day or many."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.steps import LONGEST_CHAIN, REPLAYED, steps
from crosstie.engines.register.store import MARK, PLACE
from crosstie.engines.spark.session import kept, number, sql
from crosstie.ledger.statements import Status
from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_KEPT = frozenset(
    {*(f"gone_{depth}" for depth in range(LONGEST_CHAIN + 1)), "event_word", "in_force", "latest_share"}
)
"""Steps that several later ones select from: Spark would do them again for each."""
ROWS = 1 << 40
"""Rows of the second folder are numbered from here, of the third from twice as much."""
_TYPES = {"VARCHAR": "STRING", "INTEGER": "INT"}


def open_tables(session: "SparkSession", folders: Sequence[str]) -> tuple[str, ...]:
    """Name the folders' tables in the session, as one register, and say which kinds it has.

    A statement that an earlier folder has too is taken once, as the earlier one has it. Kinds without a file have no
    rows.

    Raises
    ------
    CrosstieError
        Not such a folder, or it needs a replay record by record.
    """
    for folder in folders:
        if not (Path(folder) / MARK).is_file():
            raise CrosstieError(f"{folder}: not a register in a folder; write one with export_parquet")
    tables = [_tables(session, Path(folder), number) for number, folder in enumerate(folders)]
    found = tuple(name for name in TABLES if any(name in each for each in tables))
    for name in (*found, *({"holding", "retraction", "step"} - set(found))):
        parts = [_not_said_before(tables, number, name) for number, each in enumerate(tables) if name in each]
        empty = session.createDataFrame([], _schema(name))
        reduce(lambda a, b: a.union(b), parts or [empty]).createOrReplaceTempView(f"`{name}`")
    _refuse_replay(session, ", ".join(folders), found)
    return tuple(name for name in found if name != "source")


def _schema(name: str) -> str:
    columns = ", ".join(f"`{c.name}` {_TYPES.get(c.type, c.type)}" for c in TABLES[name].columns)
    return f"{columns}, `{PLACE}` BIGINT"


def _tables(session: "SparkSession", folder: Path, number: int) -> dict[str, "DataFrame"]:
    """The tables of one of several folders, their rows numbered after those of the folders before."""
    found = {}
    for name in TABLES:
        file = folder / f"{name}.parquet"
        if file.is_file():
            rows = session.read.schema(_schema(name)).parquet(str(file))
            found[name] = rows.withColumn(PLACE, rows[PLACE] + number * ROWS)
    return found


def _not_said_before(tables: Sequence[Mapping[str, "DataFrame"]], number: int, name: str) -> "DataFrame":
    """Rows of one table whose ids no table of an earlier folder has."""
    rows = tables[number][name]
    for earlier in tables[:number]:
        for kind, frame in earlier.items():
            if (kind == "source") == (name == "source"):
                rows = rows.join(frame.select("id"), "id", "left_anti")
    return rows.select(*(column.name for column in TABLES[name].columns), PLACE)


def _refuse_replay(session: "SparkSession", folder: str, found: Sequence[str]) -> None:
    needed = [kind for kind in REPLAYED if kind in found]
    links = "".join(
        f" JOIN retraction AS r{n} ON r{n}.retracts = r{n - 1}.id" for n in range(1, LONGEST_CHAIN + 1)
    )
    if "holding" in found and number(sql(session, "SELECT count(shares) FROM holding")):
        needed.append("holding counted in shares")
    if "retraction" in found and number(sql(session, f"SELECT count(*) FROM retraction AS r0{links}")):  # noqa: S608 (our own names)
        needed.append("long chain of retractions")
    if needed:
        raise CrosstieError(f"{folder}: has {', '.join(needed)}: ask it on one machine, where it is replayed")


def holdings(
    session: "SparkSession",
    folders: str | Sequence[str],
    moments: Sequence[tuple[date, date]],
    assume: Status = Status.COMPLETED,
) -> "DataFrame":
    """Who is stated to hold what, at each moment (true on, known on): moment, holder, company, low, high.

    Several folders are asked as one register. The first moment asked has the number 0.
    """
    kinds = open_tables(session, [folders] if isinstance(folders, str) else folders)
    asked = " UNION ALL ".join(
        f"SELECT {n} AS moment, :on{n} AS on_day, :known{n} AS seen_by" for n in range(len(moments))
    )
    bound: dict[str, object] = {"firmness": assume.firmness}
    for n, (on, known) in enumerate(moments):
        bound |= {f"on{n}": on, f"known{n}": known}
    made = steps(kinds, place=PLACE, asked=asked, firmness=":firmness")
    for name, step in made.items():
        frame = session.sql(step.replace('"', "`"), args=bound)
        (kept(frame) if name in _KEPT else frame).createOrReplaceTempView(name)
    return sql(session, "SELECT moment, holder, company, low, high FROM held")
