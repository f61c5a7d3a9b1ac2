"""The holdings of a register on one day as known on one day: SQL steps, each of which reads alone.

They say what :func:`crosstie.ledger.replay.as_of` says, for statements that are states. A register whose
shares are counted by events (issue, transfer, ...) is replayed record by record instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosstie.engines.register.store import connect
from crosstie.ledger.statements import Status

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EVENTS = ("opening", "issue", "transfer", "repurchase", "cancellation", "conversion", "split", "merger",
          "contribution", "distribution", "correction")  # fmt: skip
"""Kinds that only a replay can take in."""

_KNOWN_DAY = """CASE WHEN known_on IS NOT NULL THEN coalesce(known_on_latest, DATE '9999-12-31')
                 ELSE coalesce(true_on_latest, DATE '0001-01-01') END"""
_RANKS = " ".join(f"WHEN '{status.value}' THEN {status.firmness}" for status in Status)
_FIRMNESS = f"CASE coalesce(status, 'completed') {_RANKS} END"
_LATEST_FIRST = "known_day DESC, file DESC, line DESC"

# Each step is a view that the next one selects from; {on}, {known} and {firmness} name bound values.
_STEPS = f"""
known_holding AS (
    SELECT *, {_KNOWN_DAY} AS known_day, {_FIRMNESS} AS firmness
    FROM holding WHERE {_KNOWN_DAY} <= {{known}}
), known_retraction AS (
    SELECT id, retracts FROM retraction
    WHERE {_KNOWN_DAY} <= {{known}} AND {_FIRMNESS} >= {{firmness}}
), unretracted AS (
    SELECT * FROM known_holding AS said WHERE NOT EXISTS (
        SELECT 1 FROM known_retraction AS gone WHERE gone.retracts = said.id AND NOT EXISTS (
            SELECT 1 FROM known_retraction AS again WHERE again.retracts = gone.id))
), one_per_event AS (
    SELECT * FROM unretracted
    QUALIFY event IS NULL
        OR row_number() OVER (PARTITION BY event ORDER BY firmness DESC, {_LATEST_FIRST}) = 1
), in_force AS (
    SELECT * FROM one_per_event
    WHERE firmness >= {{firmness}} AND coalesce(direct, 'yes') <> 'no'
        AND (true_on IS NULL OR true_on_latest <= {{on}})
        AND (until_latest IS NULL OR until_latest > {{on}})
), latest_share AS (
    SELECT holder, issuer, share_class, share_low, share_high, id
    FROM in_force WHERE share IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY holder, issuer, share_class
        ORDER BY coalesce(true_on_latest, DATE '0001-01-01') DESC, {_LATEST_FIRST}) = 1
)"""  # noqa: S608 (our own words alone)


def _steps(side: str = "") -> str:
    """The steps with the names of their bound values, of one side of a comparison."""
    return _STEPS.format(on=f"$on{side}", known=f"$known{side}", firmness="$firmness")


@dataclass(frozen=True, slots=True)
class Holdings:
    """Columns of one day: holder and company by id, both ends of the share of outstanding shares."""

    holder: Any  # Arrow texts
    company: Any  # Arrow texts
    low: Any  # float64
    high: Any  # float64


def can_be_asked_in_bulk(path: Path) -> bool:
    """Whether no event, correction or judgement needs a replay."""
    with connect(path) as connection:
        return not any(_has_rows(connection, kind) for kind in (*EVENTS, "same_as"))


def _has_rows(connection: "DuckDBPyConnection", table: str) -> bool:
    return bool(connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchall())  # noqa: S608 (our own names)


def holdings_on(path: Path, on: date, known: date, assume: Status = Status.COMPLETED) -> Holdings:
    """Who is stated to hold what on a day, one row for each holder and company.

    A holding stated without a share has none that could be counted and is left out here; its row count
    is in ``crosstie stats``.
    """
    query = f"""
        WITH {_steps()}
        SELECT holder, issuer AS company, sum(share_low) AS low, sum(coalesce(share_high, 1)) AS high
        FROM latest_share WHERE holder <> issuer GROUP BY ALL ORDER BY company, holder"""  # noqa: S608
    bound = {"known": known, "on": on, "firmness": assume.firmness}
    with connect(path) as connection:
        table: Any = connection.sql(query, params=bound).to_arrow_table()
    return Holdings(
        table["holder"].combine_chunks(),
        table["company"].combine_chunks(),
        table["low"].to_numpy(),
        table["high"].to_numpy(),
    )


def diff(path: Path, one: tuple[date, date], other: tuple[date, date]) -> Iterator[dict[str, object]]:
    """What differs between two days (each true on, known on) over the whole register, pair by pair."""
    query = f"""
        WITH a AS (WITH {_steps("_a")} SELECT * FROM latest_share),
             b AS (WITH {_steps("_b")} SELECT * FROM latest_share)
        SELECT coalesce(a.holder, b.holder) AS holder, coalesce(a.issuer, b.issuer) AS company,
            a.share_low AS before_low, a.share_high AS before_high,
            b.share_low AS after_low, b.share_high AS after_high, a.id AS before_id, b.id AS after_id
        FROM a FULL JOIN b ON a.holder = b.holder AND a.issuer = b.issuer
            AND a.share_class IS NOT DISTINCT FROM b.share_class
        WHERE a.share_low IS DISTINCT FROM b.share_low OR a.share_high IS DISTINCT FROM b.share_high
        ORDER BY company, holder"""  # noqa: S608
    bound = {"on_a": one[0], "known_a": one[1], "on_b": other[0], "known_b": other[1]}
    with connect(path) as connection:
        found = connection.execute(query, {**bound, "firmness": Status.COMPLETED.firmness})
        names = [column[0] for column in found.description or ()]
        while rows := found.fetchmany(10_000):
            for row in rows:
                yield dict(zip(names, row, strict=True))
