"""The holdings of a register on one day as known on one day, and what differs between two.

They are what :func:`crosstie.ledger.replay.as_of` and the columns made of it say, for statements that are states:
see :mod:`crosstie.engines.register.steps`. A register whose shares are counted by events (issue, transfer, ...)
is replayed record by record instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.steps import LONGEST_CHAIN, REPLAYED, as_one_query, steps
from crosstie.engines.register.store import connect, place_column
from crosstie.ledger.statements import Status

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ASKED = "SELECT 0 AS moment, $on AS on_day, $known AS seen_by"


@dataclass(frozen=True, slots=True)
class Holdings:
    """Columns of one day: holder and company by id, both ends of the share of outstanding shares."""

    holder: Any  # Arrow texts
    company: Any  # Arrow texts
    low: Any  # float64
    high: Any  # float64


def can_be_asked_in_bulk(path: Path) -> bool:
    """Whether nothing needs a replay: events, corrections, judgements, counts, long chains of retractions."""
    with connect(path) as connection:
        if any(_has_rows(connection, f'SELECT 1 FROM "{kind}"') for kind in REPLAYED):  # noqa: S608 (our own names)
            return False
        if _has_rows(connection, "SELECT 1 FROM holding WHERE shares IS NOT NULL"):
            return False
        links = "".join(
            f" JOIN retraction AS r{n} ON r{n}.retracts = r{n - 1}.id" for n in range(1, LONGEST_CHAIN + 1)
        )
        return not _has_rows(connection, f"SELECT 1 FROM retraction AS r0{links}")  # noqa: S608 (our own names)


def _has_rows(connection: "DuckDBPyConnection", query: str) -> bool:
    return bool(connection.execute(f"{query} LIMIT 1").fetchall())


def _telling(connection: "DuckDBPyConnection") -> tuple[str, ...]:
    """The kinds that tell of events in this register: few, so that the query stays short."""
    kinds = (kind for kind in TABLES if kind != "source")
    return tuple(
        kind
        for kind in kinds
        if _has_rows(connection, f'SELECT 1 FROM "{kind}" WHERE event IS NOT NULL')  # noqa: S608 (our own names)
    )


def holdings_on(path: Path, on: date, known: date, assume: Status = Status.COMPLETED) -> Holdings:
    """Who is stated to hold what on a day, one row for each holder and company.

    Shares are parts of the outstanding shares. A holder of whom votes or words alone are stated may have
    anything from nothing to all.
    """
    with connect(path) as connection:
        place = place_column(path)
        made = as_one_query(steps(_telling(connection), place=place, asked=_ASKED, firmness="$firmness"))
        query = f"{made} SELECT holder, company, low, high FROM held ORDER BY company, holder"  # noqa: S608 (our own words)
        bound = {"known": known, "on": on, "firmness": assume.firmness}
        table: Any = connection.sql(query, params=bound).to_arrow_table()
    return Holdings(
        table["holder"].combine_chunks(),
        table["company"].combine_chunks(),
        table["low"].to_numpy(),
        table["high"].to_numpy(),
    )


def diff(path: Path, one: tuple[date, date], other: tuple[date, date]) -> Iterator[dict[str, object]]:
    """What differs between two days (each true on, known on) over the whole register, pair by pair."""
    asked = "SELECT 0 AS moment, $on_a AS on_day, $known_a AS seen_by UNION ALL SELECT 1, $on_b, $known_b"
    bound = {"on_a": one[0], "known_a": one[1], "on_b": other[0], "known_b": other[1]}
    with connect(path) as connection:
        place = place_column(path)
        made = as_one_query(steps(_telling(connection), place=place, asked=asked, firmness="$firmness"))
        query = f"""
        {made}, a AS (SELECT * FROM latest_share WHERE moment = 0),
             b AS (SELECT * FROM latest_share WHERE moment = 1)
        SELECT coalesce(a.holder, b.holder) AS holder, coalesce(a.issuer, b.issuer) AS company,
            a.share_low AS before_low, a.share_high AS before_high,
            b.share_low AS after_low, b.share_high AS after_high, a.id AS before_id, b.id AS after_id
        FROM a FULL JOIN b ON a.holder = b.holder AND a.issuer = b.issuer
            AND a.share_class IS NOT DISTINCT FROM b.share_class
        WHERE a.share_low IS DISTINCT FROM b.share_low OR a.share_high IS DISTINCT FROM b.share_high
        ORDER BY company, holder"""  # noqa: S608 (our own words)
        found = connection.execute(query, {**bound, "firmness": Status.COMPLETED.firmness})
        names = [column[0] for column in found.description or ()]
        while rows := found.fetchmany(10_000):
            for row in rows:
                yield dict(zip(names, row, strict=True))
