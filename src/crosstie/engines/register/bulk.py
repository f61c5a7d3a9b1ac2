"""The holdings of a register on one day as known on one day: SQL steps, each of which reads alone.

They say what :func:`crosstie.ledger.replay.as_of` says, for statements that are states. A register whose
shares are counted by events (issue, transfer, ...) is replayed record by record instead.
"""

from collections.abc import Iterator, Sequence
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

# Each step is a view that the next one selects from. $known, $on and $firmness are bound, never pasted.
_KNOWN_DAY = "CASE WHEN known_on IS NOT NULL THEN coalesce(known_on_latest, DATE '9999-12-31') " \
             "ELSE coalesce(true_on_latest, DATE '0001-01-01') END"  # fmt: skip
_FIRMNESS = "CASE coalesce(status, 'completed') " + " ".join(
    f"WHEN '{status.value}' THEN {status.firmness}" for status in Status
) + " END"  # fmt: skip

STEPS: tuple[tuple[str, str], ...] = (
    (
        "known_holding",
        f"SELECT *, {_KNOWN_DAY} AS known_day, {_FIRMNESS} AS firmness FROM holding WHERE {_KNOWN_DAY} <= $known",  # noqa: S608
    ),
    (
        "known_retraction",
        f"SELECT id, retracts FROM retraction WHERE {_KNOWN_DAY} <= $known AND {_FIRMNESS} >= $firmness",  # noqa: S608
    ),
    (
        "unretracted",
        "SELECT * FROM known_holding AS h WHERE NOT EXISTS (SELECT 1 FROM known_retraction AS r WHERE r.retracts = h.id "
        "AND NOT EXISTS (SELECT 1 FROM known_retraction AS again WHERE again.retracts = r.id))",
    ),
    (
        "one_per_event",
        "SELECT * FROM unretracted QUALIFY event IS NULL OR row_number() OVER (PARTITION BY event "
        "ORDER BY firmness DESC, known_day DESC, file DESC, line DESC) = 1",
    ),
    (
        "in_force",
        "SELECT * FROM one_per_event WHERE firmness >= $firmness AND coalesce(direct, 'yes') <> 'no' "
        "AND (true_on IS NULL OR true_on_latest <= $on) AND (until_latest IS NULL OR until_latest > $on)",
    ),
    (
        "latest_share",
        "SELECT holder, issuer, share_class, share_low, share_high, share_low_open, share_high_open, id "
        "FROM in_force WHERE share IS NOT NULL QUALIFY row_number() OVER (PARTITION BY holder, issuer, share_class "
        "ORDER BY coalesce(true_on_latest, DATE '0001-01-01') DESC, known_day DESC, file DESC, line DESC) = 1",
    ),
)


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
    with connect(path) as connection:
        bound = {"known": known, "on": on, "firmness": assume.firmness}
        query = (
            f"WITH {_with(STEPS)} SELECT holder, issuer AS company, sum(share_low) AS low, "  # noqa: S608
            "sum(coalesce(share_high, 1)) AS high FROM latest_share WHERE holder <> issuer "
            "GROUP BY ALL ORDER BY company, holder"
        )
        table = connection.execute(query, _used(query, bound)).to_arrow_table()
    return Holdings(
        table["holder"].combine_chunks(),
        table["company"].combine_chunks(),
        table["low"].to_numpy(),
        table["high"].to_numpy(),
    )


def _with(steps: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} AS ({query})" for name, query in steps)


def _used(query: str, bound: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in bound.items() if f"${name}" in query}


def diff(path: Path, one: tuple[date, date], other: tuple[date, date]) -> Iterator[dict[str, object]]:
    """What differs between two days (each true on, known on) over the whole register, pair by pair."""
    with connect(path) as connection:
        parts = []
        for side, (on, known) in (("a", one), ("b", other)):
            steps = _with(STEPS).replace("$known", f"DATE '{known}'").replace("$on", f"DATE '{on}'")
            query = steps.replace("$firmness", str(Status.COMPLETED.firmness))
            parts.append(f"{side} AS (WITH {query} SELECT * FROM latest_share)")
        cursor = connection.execute(
            f"WITH {', '.join(parts)} SELECT coalesce(a.holder, b.holder), coalesce(a.issuer, b.issuer), "  # noqa: S608
            "a.share_low, a.share_high, b.share_low, b.share_high, a.id, b.id FROM a FULL JOIN b "
            "ON a.holder = b.holder AND a.issuer = b.issuer AND a.share_class IS NOT DISTINCT FROM b.share_class "
            "WHERE a.id IS NULL OR b.id IS NULL OR a.share_low IS DISTINCT FROM b.share_low "
            "OR a.share_high IS DISTINCT FROM b.share_high ORDER BY 2, 1"
        )
        names = (
            "holder",
            "company",
            "before_low",
            "before_high",
            "after_low",
            "after_high",
            "before_id",
            "after_id",
        )
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                yield dict(zip(names, row, strict=True))
