"""The ultimate controller of everybody: whole groups join the group that holds more than the threshold of their head."""

from fractions import Fraction
from typing import TYPE_CHECKING

from crosstie.engines.spark.holdings import SUMMED, TIE, parties, prepare
from crosstie.engines.spark.session import kept, number, sql
from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

HALF = Fraction(1, 2)


def ultimate_controllers(
    holdings: "DataFrame", nobody: "DataFrame | None" = None, threshold: Fraction = HALF
) -> "DataFrame":
    """By moment and party: ``ultimate`` (itself where nobody controls it), ``doubtful``, ``circular``.

    The least fixed point of control, as in :func:`crosstie.engines.local.control.ultimate_controllers`.
    ``ultimate`` is null for unknown holders and where it is doubtful. Of a group that controls itself, the
    member whose id comes first is named, and is ``circular``. A column above 100 % decides only where nobody
    else could have enough too; else it is doubtful.

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
    all_of_them = prepare(holdings)
    none = sql(session, "SELECT DISTINCT moment, holder AS party FROM {h} WHERE FALSE", h=all_of_them)
    nobody = none if nobody is None else nobody
    voting = _voting(all_of_them, nobody)
    heads = kept(sql(session, "SELECT *, party AS head FROM {p}", p=parties(all_of_them)))
    while True:
        sums = kept(_sums(voting, heads, threshold))
        jumps = kept(
            sql(
                session,
                "SELECT moment, company AS party, head AS next FROM {s} WHERE enough AND head <> company",
                s=sums,
            )
        )
        if jumps.isEmpty():
            break
        heads = kept(
            sql(
                session,
                """SELECT h.moment, h.party, coalesce(r.root, h.head) AS head
                FROM {h} AS h LEFT JOIN {r} AS r ON r.moment = h.moment AND r.party = h.head""",
                h=heads,
                r=roots(jumps),
            )
        )
    doubtful = _doubtful(voting, heads, sums, threshold)
    return sql(
        session,
        """SELECT h.moment, h.party, CASE WHEN n.party IS NULL AND d.party IS NULL THEN h.head END AS ultimate,
            d.party IS NOT NULL AS doubtful, c.company IS NOT NULL AND d.party IS NULL AS circular
        FROM {h} AS h LEFT JOIN {n} AS n ON n.moment = h.moment AND n.party = h.party
            LEFT JOIN {d} AS d ON d.moment = h.moment AND d.party = h.head
            LEFT JOIN (SELECT moment, company FROM {s} WHERE enough AND head = company) AS c
                ON c.moment = h.moment AND c.company = h.party""",
        h=heads,
        n=nobody,
        d=doubtful,
        s=sums,
    )


def _voting(holdings: "DataFrame", nobody: "DataFrame") -> "DataFrame":
    """Holdings of everybody but unknown holders, with what is stated of the company in all."""
    return kept(
        sql(
            holdings.sparkSession,
            """SELECT h.*, t.stated FROM {h} AS h
            JOIN (SELECT moment, company, sum(share) AS stated FROM {h} GROUP BY moment, company) AS t
                ON t.moment = h.moment AND t.company = h.company
            LEFT ANTI JOIN {n} AS n ON n.moment = h.moment AND n.party = h.holder""",
            h=holdings,
            n=nobody,
        )
    )


def _sums(voting: "DataFrame", heads: "DataFrame", threshold: Fraction) -> "DataFrame":
    """What each group holds of each company that heads a group, and whether it is enough."""
    return sql(
        voting.sparkSession,
        f"""SELECT moment, company, head, held, stated, abs(held - :limit) <= {TIE} AND parts IS NULL AS is_open,
            CASE WHEN stated > 1 + {TIE} THEN held > :limit + {TIE} AND stated - held < :limit - {TIE}
                WHEN abs(held - :limit) <= {TIE} THEN coalesce(parts * :under > :over * whole, FALSE)
                ELSE held > :limit END AS enough
        FROM (SELECT v.moment, v.company, h.head, max(v.stated) AS stated, {SUMMED}
            FROM {{v}} AS v JOIN {{h}} AS h ON h.moment = v.moment AND h.party = v.holder
            JOIN (SELECT moment, party FROM {{h}} WHERE head = party) AS top
                ON top.moment = v.moment AND top.party = v.company
            GROUP BY v.moment, v.company, h.head)""",  # noqa: S608 (our own words)
        {"limit": float(threshold), "over": threshold.numerator, "under": threshold.denominator},
        v=voting,
        h=heads,
    )


def roots(jumps: "DataFrame") -> "DataFrame":
    """Where following ``next`` from each party ends: by pointer doubling; a circle ends at its first id.

    After 2^k steps those not at an end are *open*. Once doubling closes no more, only circles and what leads
    into them are open; once 2^k is their number or more, each has arrived in its circle and been around it.
    """
    session = jumps.sparkSession
    state = kept(
        sql(session, "SELECT moment, party, next AS at, least(party, next) AS first FROM {j}", j=jumps)
    )
    steps, before = 1, -1
    while True:
        is_open = """SELECT count(*) FROM {s} AS s
            WHERE EXISTS (SELECT 1 FROM {j} AS j WHERE j.moment = s.moment AND j.party = s.at)"""
        left = int(number(sql(session, is_open, s=state, j=jumps)))
        if left == 0 or (left == before and steps >= left):
            break
        state = kept(
            sql(
                session,
                """SELECT s.moment, s.party, coalesce(t.at, s.at) AS at, least(s.first, coalesce(t.first, s.first)) AS first
                FROM {s} AS s LEFT JOIN {s} AS t ON t.moment = s.moment AND t.party = s.at""",
                s=state,
            )
        )
        steps, before = 2 * steps, left
    return kept(
        sql(
            session,
            """SELECT s.moment, s.party, coalesce(t.first, s.at) AS root
            FROM {s} AS s LEFT JOIN {s} AS t ON t.moment = s.moment AND t.party = s.at""",
            s=state,
        )
    )


def _doubtful(voting: "DataFrame", heads: "DataFrame", sums: "DataFrame", threshold: Fraction) -> "DataFrame":
    """Heads whose controller is open, and those for whom it hangs on such a group."""
    session = voting.sparkSession
    limit = float(threshold)
    found = kept(
        sql(
            session,
            f"""SELECT DISTINCT moment, company AS party FROM {{s}}
            WHERE NOT enough AND (is_open OR (stated > 1 + {TIE} AND held > :limit - {TIE}))""",  # noqa: S608 (our own words)
            {"limit": limit},
            s=sums,
        )
    )
    fresh = found
    while not fresh.isEmpty():
        fresh = kept(
            sql(
                session,
                f"""WITH part AS (
                    SELECT v.moment, v.company, h.head, v.share, d.party IS NOT NULL AS is_open
                    FROM {{v}} AS v JOIN {{h}} AS h ON h.moment = v.moment AND h.party = v.holder
                        JOIN {{h}} AS top ON top.moment = v.moment AND top.party = v.company AND top.head = top.party
                        LEFT JOIN {{d}} AS d ON d.moment = h.moment AND d.party = h.head
                ), doubt AS (
                    SELECT moment, company, sum(share) AS doubt FROM part WHERE is_open GROUP BY moment, company
                ), sure AS (
                    SELECT moment, company, max(held) AS best FROM (
                        SELECT moment, company, head, sum(share) AS held FROM part WHERE NOT is_open
                        GROUP BY moment, company, head) GROUP BY moment, company
                )
                SELECT doubt.moment, doubt.company AS party FROM doubt
                    LEFT JOIN sure ON sure.moment = doubt.moment AND sure.company = doubt.company
                    LEFT ANTI JOIN {{d}} AS d ON d.moment = doubt.moment AND d.party = doubt.company
                WHERE coalesce(best, 0) + doubt >= :limit - {TIE}""",  # noqa: S608 (our own words)
                {"limit": limit},
                v=voting,
                h=heads,
                d=found,
            )
        )
        found = kept(found.union(fresh))
    return found
