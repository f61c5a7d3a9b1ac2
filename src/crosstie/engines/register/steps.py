"""The SQL steps from a register's statements to the holdings of days, the same for every engine.

Each step is a table that the next ones select from. They use what DuckDB and Spark share: no ``QUALIFY``, no
recursion, values bound by name. Days are rows of ``asked`` (a moment's number, the day on which it is true, the
day by which it is known), so one day and many are one query. The rules are those of
:mod:`crosstie.ledger.standing` and :mod:`crosstie.ledger.in_force`.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from crosstie.ledger.schema import KIND_OF, KINDS
from crosstie.ledger.standing import ALWAYS, STOPS
from crosstie.ledger.statements import Remark, Status

REPLAYED = ("opening", "issue", "transfer", "repurchase", "cancellation", "conversion", "split", "merger",
            "contribution", "distribution", "correction", "same_as", "vote_total", "beneficiary")  # fmt: skip
"""Kinds that only a replay can take in."""

LONGEST_CHAIN = 4
"""Retractions of retractions of retractions that the steps follow; longer chains are replayed."""

SILENT = frozenset(KIND_OF[kind].name for kind in (*ALWAYS, Remark))
"""Kinds that never stand for an event."""

KNOWN_DAY = """CASE WHEN known_on IS NOT NULL THEN coalesce(known_on_latest, DATE '9999-12-31')
            ELSE coalesce(true_on_latest, DATE '0001-01-01') END"""
"""The day from which a statement is known: by its own day of knowledge, otherwise since it is true."""
_RANKS = " ".join(f"WHEN '{status.value}' THEN {status.firmness}" for status in Status)
_STOPS = ", ".join(f"'{status.value}'" for status in sorted(STOPS))
_LATEST = "known_day DESC, file DESC, line DESC"
_ORDERS = tuple(KINDS)


def _known(table: str, columns: str, place: str) -> str:
    """Rows of one table known at each moment, with the order in which they were said."""
    return f"""SELECT said.*, asked.moment, asked.on_day FROM (
        SELECT {columns}, coalesce(status, 'completed') AS state,
            CASE coalesce(status, 'completed') {_RANKS} END AS firmness, {KNOWN_DAY} AS known_day,
            coalesce(file, '') AS file, coalesce(line, 0) AS line, {place} AS stands_at
        FROM "{table}") AS said
    JOIN asked ON said.known_day <= asked.seen_by"""  # noqa: S608 (our own words alone)


def _gone(depth: int) -> str:
    """Retractions that hold at one depth: no later one, holding at the depth before, retracts them."""
    return f"""SELECT * FROM gone_0 AS one WHERE NOT EXISTS (
        SELECT 1 FROM gone_{depth - 1} AS later WHERE later.moment = one.moment AND later.retracts = one.id
            AND (later.known_day > one.known_day OR (later.known_day = one.known_day
                AND (later.file > one.file OR (later.file = one.file
                AND (later.line > one.line OR (later.line = one.line
                AND later.stands_at < one.stands_at)))))))"""  # noqa: S608 (as above)


def _standing(kind: str, columns: str, place: str, where: str = "TRUE") -> str:
    return f"""SELECT * FROM ({_known(kind, columns, place)}) AS told WHERE {where} AND NOT EXISTS (
        SELECT 1 FROM gone_{LONGEST_CHAIN} AS gone
        WHERE gone.retracts = told.id AND gone.moment = told.moment)"""  # noqa: S608 (as above)


def _event_words(kinds: Iterable[str], place: str) -> str:
    """What is said of events, by statements of any kind."""
    parts = []
    for kind in kinds:
        step = "CAST(NULL AS VARCHAR(1)) AS step" if kind == "step" else "step"
        dates = "known_on, known_on_latest, true_on_latest"
        columns = f"id, event, {step}, status, {dates}, '{kind}' AS kind, {_ORDERS.index(kind)} AS kind_order"
        parts.append(_standing(kind, columns, place, "event IS NOT NULL"))
    return "\n    UNION ALL ".join(parts)


_STOPPED = """LEFT JOIN stopped_event AS stop ON stop.moment = said.moment AND stop.event = said.event
        LEFT JOIN stopped_step AS halt ON halt.moment = said.moment AND halt.step = said.step
    WHERE (said.state = 'completed' OR NOT (
        coalesce(said.known_day <= stop.stopped_on, FALSE)
        OR coalesce(said.known_day < halt.known_day OR (said.known_day = halt.known_day
            AND (said.file < halt.file OR (said.file = halt.file AND said.line <= halt.line))), FALSE)))"""

_REST: Mapping[str, str] = MappingProxyType(
    {
        "stopped_event": f"""
    SELECT moment, event, max(known_day) AS stopped_on
    FROM event_word WHERE state IN ({_STOPS}) GROUP BY moment, event""",  # noqa: S608 (our own words)
        "latest_step": f"""
    SELECT *, row_number() OVER (PARTITION BY moment, step ORDER BY {_LATEST}, stands_at DESC) AS turn
    FROM step_word""",  # noqa: S608 (our own words)
        "stopped_step": f"""
    SELECT moment, step, known_day, file, line FROM latest_step WHERE turn = 1 AND state IN ({_STOPS})""",  # noqa: S608 (our own words)
        "rival": f"""
    SELECT said.moment, said.kind, said.id, row_number() OVER (PARTITION BY said.moment, said.event
        ORDER BY said.firmness DESC, said.known_day DESC, said.file DESC, said.line DESC,
            said.kind_order, said.stands_at) AS turn
    FROM (SELECT * FROM event_word WHERE firmness > 0 AND kind NOT IN ({{silent}})) AS said
        {_STOPPED}""",  # noqa: S608 (our own words)
        "firm_holding": f"""
    SELECT said.* FROM standing_holding AS said
        LEFT JOIN rival ON rival.kind = 'holding' AND rival.moment = said.moment AND rival.id = said.id
        {_STOPPED}
        AND said.firmness >= {{firmness}} AND (said.event IS NULL OR rival.turn = 1)""",  # noqa: S608 (our own words)
        "in_force": """
    SELECT *, CASE WHEN true_on IS NULL THEN DATE '0001-01-01' ELSE true_on_latest END AS since
    FROM firm_holding
    WHERE coalesce(direct, 'yes') <> 'no' AND (true_on IS NULL OR true_on_latest <= on_day)
        AND (until_latest IS NULL OR until_latest > on_day)""",
        "share_word": f"""
    SELECT *, row_number() OVER (PARTITION BY moment, holder, issuer, share_class
        ORDER BY since DESC, {_LATEST}, stands_at DESC) AS turn
    FROM in_force WHERE share IS NOT NULL""",  # noqa: S608 (our own words)
        "latest_share": """
    SELECT * FROM share_word WHERE turn = 1""",
        "treasury": """
    SELECT moment, issuer, 1 - least(1, sum(coalesce(share_high, 1))) AS least,
        1 - least(1, sum(share_low)) AS most
    FROM latest_share WHERE holder = issuer GROUP BY moment, issuer""",
        "stated": """
    SELECT said.moment, said.holder, said.issuer AS company, coalesce(said.base, 'unstated') AS base,
        said.share_low AS low, coalesce(said.share_high, 1) AS high, said.share_high = said.share_low AS is_exact,
        coalesce(own.least, 1) AS least, coalesce(own.most, 1) AS most
    FROM latest_share AS said
        LEFT JOIN treasury AS own ON own.moment = said.moment AND own.issuer = said.issuer
    WHERE said.holder <> said.issuer""",
        "part": """
    SELECT moment, holder, company,
        CASE WHEN base = 'issued' THEN coalesce(low / nullif(most, 0), 0)
            WHEN is_exact OR least = most THEN low ELSE low * least / nullif(most, 0) END AS low,
        CASE WHEN base = 'issued' THEN coalesce(high / nullif(least, 0), 1)
            WHEN is_exact OR least = most THEN high ELSE coalesce(high * most / nullif(least, 0), 1) END AS high
    FROM stated WHERE base IN ('issued', 'outstanding', 'unstated')""",
        "shareless": """
    SELECT DISTINCT said.moment, said.holder, said.issuer AS company
    FROM in_force AS said
    WHERE said.holder <> said.issuer AND (said.votes IS NOT NULL OR said.words IS NOT NULL) AND NOT EXISTS (
        SELECT 1 FROM latest_share AS word WHERE word.moment = said.moment AND word.holder = said.holder
            AND word.issuer = said.issuer)""",
        "anything": """
    SELECT said.moment, said.holder, said.company, 0 AS low,
        coalesce(own.most / nullif(own.least, 0), 1) AS high
    FROM shareless AS said
        LEFT JOIN treasury AS own ON own.moment = said.moment AND own.issuer = said.company""",
        "held": """
    SELECT moment, holder, company, sum(low) AS low, sum(high) AS high
    FROM (SELECT * FROM part UNION ALL SELECT * FROM anything) AS both_kinds
    GROUP BY moment, holder, company
    HAVING sum(high) > 0""",
    }
)

_HEADS = "id, event, step, status, true_on, known_on, known_on_latest, true_on_latest"
_SHARES = "share, share_low, share_high, share_low_open, share_high_open"
_VOTES = "shares, votes, votes_low, votes_high, votes_low_open, votes_high_open"
_HOLDING = f"{_HEADS}, until_latest, holder, issuer, share_class, {_SHARES}, {_VOTES}, words, base, direct"
_STEP = "id, step, status, known_on, known_on_latest, true_on_latest"


def steps(kinds: Sequence[str], *, place: str, asked: str, firmness: str) -> dict[str, str]:
    """The steps by name, up to ``latest_share`` (single statements) and ``held`` (parts of outstanding shares).

    Parameters
    ----------
    kinds
        Kinds of statement that tell of events; holdings always do.
    place
        The column that numbers the rows of a table in the order in which they were stored.
    asked
        A query of ``moment``, ``on_day``, ``seen_by``.
    firmness
        The marker of the bound firmness from which a statement counts.
    """
    telling = [kind for kind in _ORDERS if kind == "holding" or kind in kinds]
    silent = ", ".join(f"'{kind}'" for kind in sorted(SILENT))
    columns = "id, retracts, status, known_on, known_on_latest, true_on_latest"
    firm = (
        f"SELECT * FROM ({_known('retraction', columns, place)}) AS all_of_them WHERE firmness >= {firmness}"  # noqa: S608 (as above)
    )
    return {
        "asked": asked,
        "gone_0": firm,
        **{f"gone_{depth}": _gone(depth) for depth in range(1, LONGEST_CHAIN + 1)},
        "event_word": _event_words(telling, place),
        "step_word": _standing("step", _STEP, place),
        "standing_holding": _standing("holding", _HOLDING, place),
        **{name: step.format(silent=silent, firmness=firmness) for name, step in _REST.items()},
    }


def as_one_query(made: Mapping[str, str]) -> str:
    """All steps as the beginning of one query."""
    return "WITH " + ",\n".join(f"{name} AS ({step})" for name, step in made.items())
