"""Read a register, written as a folder of Parquet, and its holdings on one day or many."""

from collections.abc import Sequence
from datetime import date
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
_TYPES = {"VARCHAR": "STRING", "INTEGER": "INT"}


def open_tables(session: "SparkSession", folder: str) -> tuple[str, ...]:
    """Name the folder's tables in the session and say which kinds it has; kinds without a file have no rows.

    Raises
    ------
    CrosstieError
        Not such a folder, or it needs a replay record by record.
    """
    place = Path(folder)
    if not (place / MARK).is_file():
        raise CrosstieError(f"{folder}: not a register in a folder; write one with export_parquet")
    found = tuple(name for name in TABLES if (place / f"{name}.parquet").is_file())
    for name, table in TABLES.items():
        columns = ", ".join(f"`{c.name}` {_TYPES.get(c.type, c.type)}" for c in table.columns)
        schema = f"{columns}, `{PLACE}` BIGINT"
        if name in found:
            file = str(place / f"{name}.parquet")
            session.read.schema(schema).parquet(file).createOrReplaceTempView(f"`{name}`")
        elif name in {"holding", "retraction", "step"}:
            session.createDataFrame([], schema).createOrReplaceTempView(f"`{name}`")
    _refuse_replay(session, folder, found)
    return tuple(name for name in found if name != "source")


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
    folder: str,
    moments: Sequence[tuple[date, date]],
    assume: Status = Status.COMPLETED,
) -> "DataFrame":
    """Who is stated to hold what, at each moment (true on, known on): moment, holder, company, low, high.

    The first moment asked has the number 0.
    """
    kinds = open_tables(session, folder)
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
