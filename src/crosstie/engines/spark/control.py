"""The ultimate controller of everybody: whole groups join the group that holds more than the threshold of their head.

The rules are those of :mod:`crosstie.analyses.kernels.heads`, asked of all columns at once: first all that is sure
whatever joins later; then, of what is left open, what needs to know of open groups only how much they hold together.
"""

from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from crosstie.engines.spark.holdings import TIE, parties, prepare
from crosstie.engines.spark.session import kept, sql
from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

HALF = Fraction(1, 2)


def ultimate_controllers(
    holdings: "DataFrame", nobody: "DataFrame | None" = None, threshold: Fraction = HALF
) -> "DataFrame":
    """By moment and party: ``ultimate`` (itself where nobody controls it), ``doubtful``, ``circular``.

    The least fixed point of control, as in :func:`crosstie.engines.local.control.ultimate_controllers`.
    ``ultimate`` is null for unknown holders and where it is doubtful. Of a group that controls itself, one member
    at its top is named, and is ``circular``.

    Parameters
    ----------
    holdings
        moment, holder, company, share; ``parts`` of ``whole`` too where shares come in whole numbers.
    nobody
        moment, party: unknown holders, who never control.

    Raises
    ------
    CrosstieError
        A threshold below one half: several holders could control one company.
    """
    if not HALF <= threshold < 1:
        raise CrosstieError(f"a threshold of {float(threshold):g}: want at least 0.5 and less than 1")
    session = holdings.sparkSession
    everybody = parties(holdings)
    voting = prepare(holdings)
    if nobody is None:
        nobody = sql(session, "SELECT moment, party FROM {p} WHERE FALSE", p=everybody)
    else:
        voting = sql(session, _BUT_UNKNOWN, h=voting, n=nobody)
    columns = _columns(voting, threshold)
    joined = [sql(session, "SELECT moment, party, party AS root FROM {n} WHERE FALSE", n=nobody)]
    while True:
        jumps, open_ones = kept(_sure_joins(columns, threshold)), None
        if jumps.isEmpty():
            open_ones = _open_ones(columns, threshold)
            jumps = kept(_joins_beside(columns, open_ones, threshold))
            if jumps.isEmpty():
                break
        joined.append(roots(jumps))
        columns = _joined(columns, joined[-1])
    heads = reduce(lambda a, b: a.union(b), joined)
    if len(joined) > 2:
        heads = roots(heads.withColumnRenamed("root", "next"))
    return sql(session, _ANSWER, p=everybody, h=heads, n=nobody, o=open_ones, c=_circular(columns, threshold))


_ANSWER = """
    SELECT t.moment, t.party, CASE WHEN n.party IS NULL AND o.party IS NULL THEN t.head END AS ultimate,
        o.party IS NOT NULL AS doubtful, c.party IS NOT NULL AS circular
    FROM (SELECT p.moment, p.party, coalesce(h.root, p.party) AS head
            FROM {p} AS p LEFT JOIN {h} AS h ON h.moment = p.moment AND h.party = p.party) AS t
        LEFT JOIN (SELECT DISTINCT moment, party FROM {n}) AS n ON n.moment = t.moment AND n.party = t.party
        LEFT JOIN {o} AS o ON o.moment = t.moment AND o.party = t.head
        LEFT JOIN {c} AS c ON c.moment = t.moment AND c.party = t.party"""


_BUT_UNKNOWN = """
    SELECT h.* FROM {h} AS h
        LEFT ANTI JOIN {n} AS n ON n.moment = h.moment AND n.party = h.holder
        LEFT ANTI JOIN {n} AS m ON m.moment = h.moment AND m.party = h.company"""


def _more(amount: str, parts: str) -> str:
    """Whether an amount is more than the threshold; null where a tie has no whole numbers to decide it."""
    return f"""CASE WHEN {amount} > :limit + {TIE} THEN TRUE WHEN {amount} < :limit - {TIE} THEN FALSE
        ELSE {parts} * :under > :over * whole END"""


_ENOUGH = _more("share", "if(lacks = 0, parts, NULL)")
_OTHERS = _more("(named - share)", "if(named_lacks = lacks, named_parts - parts, NULL)")
_SURE = f"({_ENOUGH}) IS TRUE AND ({_OTHERS}) IS FALSE"


def _bound(threshold: Fraction) -> dict[str, object]:
    return {"limit": float(threshold), "over": threshold.numerator, "under": threshold.denominator}


def _columns(voting: "DataFrame", threshold: Fraction) -> "DataFrame":
    """Who holds what of companies of which all but unknown holders might have enough together (``named``)."""
    return kept(
        sql(
            voting.sparkSession,
            f"""SELECT * FROM (
            SELECT *, sum(share) OVER company AS named, sum(parts) OVER company AS named_parts,
                sum(lacks) OVER company AS named_lacks
            FROM (SELECT moment, company, holder, {_TOGETHER} FROM (
                SELECT moment, company, holder, share, coalesce(parts, 0) AS parts, whole,
                    if(parts IS NULL, 1L, 0L) AS lacks
                FROM {{v}} DISTRIBUTE BY moment, company)
                GROUP BY moment, company, holder)
            WINDOW company AS (PARTITION BY moment, company))
            WHERE named >= :limit - {TIE}""",  # noqa: S608 (our own words)
            {"limit": float(threshold)},
            v=voting,
        )
    )


_TOGETHER = "sum(share) AS share, sum(parts) AS parts, max(whole) AS whole, sum(lacks) AS lacks"
"""What some holders have of one company; ``lacks`` of their shares do not come in whole numbers."""


def _sure_joins(columns: "DataFrame", threshold: Fraction) -> "DataFrame":
    """Companies of which one group has enough where all others together could not have: party, next."""
    query = f"SELECT moment, company AS party, holder AS next FROM {{c}} WHERE holder <> company AND {_SURE}"  # noqa: S608 (our own words)
    return sql(columns.sparkSession, query, _bound(threshold), c=columns)


def _circular(columns: "DataFrame", threshold: Fraction) -> "DataFrame":
    """Heads of which their own group surely has enough."""
    query = f"SELECT moment, company AS party FROM {{c}} WHERE holder = company AND {_SURE}"  # noqa: S608 (our own words)
    return sql(columns.sparkSession, query, _bound(threshold), c=columns)


def _joined(columns: "DataFrame", moved: "DataFrame") -> "DataFrame":
    """The columns of those still at the top of a group, held by heads."""
    return kept(
        sql(
            columns.sparkSession,
            f"""SELECT moment, company, holder, {_TOGETHER}, max(named) AS named, max(named_parts) AS named_parts,
                max(named_lacks) AS named_lacks
            FROM (SELECT c.moment, c.company, coalesce(m.root, c.holder) AS holder, c.share, c.parts, c.whole, c.lacks,
                    c.named, c.named_parts, c.named_lacks
                FROM {{c}} AS c LEFT JOIN {{m}} AS m ON m.moment = c.moment AND m.party = c.holder
                    LEFT ANTI JOIN {{m}} AS gone ON gone.moment = c.moment AND gone.party = c.company)
            GROUP BY moment, company, holder""",  # noqa: S608 (our own words)
            c=columns,
            m=moved,
        )
    )


def roots(jumps: "DataFrame") -> "DataFrame":
    """Where following ``next`` from each party ends, if not at itself: by pointer doubling; a circle ends at its first id.

    After 2^k steps those not at an end are *open*. Once doubling closes no more, only circles and what leads
    into them are open; once 2^k is their number or more, each has arrived in its circle and been around it.
    """
    session = jumps.sparkSession
    query = "SELECT moment, party, next AS at, least(party, next) AS first FROM {j}"
    state = kept(sql(session, query, j=jumps))
    steps, before = 1, -1
    while True:
        state = kept(sql(session, _DOUBLED, s=state))
        left = state.where("is_open").count()
        if left == 0 or (left == before and steps >= left):
            break
        steps, before = 2 * steps, left
    if left == 0:
        return sql(session, "SELECT moment, party, at AS root FROM {s}", s=state)
    return kept(
        sql(
            session,
            """SELECT * FROM (SELECT s.moment, s.party, coalesce(t.first, s.at) AS root
            FROM {s} AS s LEFT JOIN {s} AS t ON t.moment = s.moment AND t.party = s.at) WHERE root <> party""",
            s=state,
        )
    )


_DOUBLED = """SELECT s.moment, s.party, coalesce(t.at, s.at) AS at, t.party IS NOT NULL AS is_open,
        least(s.first, coalesce(t.first, s.first)) AS first
    FROM {s} AS s LEFT JOIN {s} AS t ON t.moment = s.moment AND t.party = s.at"""


def _open_ones(columns: "DataFrame", threshold: Fraction) -> "DataFrame":
    """Heads of which some group might have enough and none surely has, and those for whom it hangs on such."""
    session, bound = columns.sparkSession, _bound(threshold)
    found = kept(
        sql(
            session,
            f"SELECT DISTINCT moment, company AS party FROM {{c}} WHERE ({_ENOUGH}) IS NOT FALSE AND NOT ({_SURE})",  # noqa: S608 (our own words)
            bound,
            c=columns,
        )
    )
    fresh = found
    while not fresh.isEmpty():
        fresh = kept(sql(session, _HANGING, bound, c=columns, o=found))
        found = kept(found.union(fresh))
    return found


_HANGING = f"""
    SELECT s.moment, s.company AS party FROM (
        SELECT c.moment, c.company, sum(CASE WHEN o.party IS NOT NULL THEN c.share END) AS doubt,
            max(CASE WHEN o.party IS NULL THEN c.share ELSE 0 END) AS best, bool_or(c.is_sure) AS is_sure
        FROM (SELECT *, {_SURE} AS is_sure FROM {{c}}) AS c
            LEFT JOIN {{o}} AS o ON o.moment = c.moment AND o.party = c.holder
        GROUP BY c.moment, c.company) AS s
        LEFT ANTI JOIN {{o}} AS k ON k.moment = s.moment AND k.party = s.company
    WHERE doubt IS NOT NULL AND NOT is_sure AND best + doubt >= :limit - {TIE}"""  # noqa: S608 (our own words)


def _joins_beside(columns: "DataFrame", open_ones: "DataFrame", threshold: Fraction) -> "DataFrame":
    """Open ones of which one group has enough, and no second one even with all that open groups hold."""
    return sql(columns.sparkSession, _BESIDE, _bound(threshold), c=columns, o=open_ones)


_BESIDE = f"""
    SELECT moment, company AS party, holder AS next FROM (
        SELECT *, row_number() OVER by_share AS turn, lead(share) OVER by_share AS second,
            if(lead(lacks) OVER by_share = 0, lead(parts) OVER by_share, NULL) AS second_parts, lead(is_open, 1, TRUE) OVER by_share AS no_second,
            sum(CASE WHEN is_open THEN share ELSE 0 END) OVER (PARTITION BY moment, company) AS doubt
        FROM (SELECT c.*, h.party IS NOT NULL AS is_open FROM {{c}} AS c
            LEFT SEMI JOIN {{o}} AS o ON o.moment = c.moment AND o.party = c.company
            LEFT JOIN {{o}} AS h ON h.moment = c.moment AND h.party = c.holder)
        WINDOW by_share AS (PARTITION BY moment, company ORDER BY is_open, share DESC, holder))
    WHERE turn = 1 AND NOT is_open AND ({_ENOUGH}) IS TRUE
        AND CASE WHEN doubt > 0 THEN if(no_second, 0, second) + doubt < :limit - {TIE}
            WHEN no_second THEN TRUE ELSE ({_more("second", "second_parts")}) IS FALSE END"""  # noqa: S608 (our own words)
