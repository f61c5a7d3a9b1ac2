"""Which companies a list of parties reaches: the aggregate rule, round by round from the list."""

from fractions import Fraction
from typing import TYPE_CHECKING

from crosstie.engines.spark.holdings import SUMMED, TIE, prepare
from crosstie.engines.spark.session import kept, sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

HALF = Fraction(1, 2)


def screen_everybody(holdings: "DataFrame", listed: "DataFrame", threshold: Fraction = HALF) -> "DataFrame":
    """Those reached (the listed included) or doubtful, by moment: party, ``doubtful``.

    As :func:`crosstie.engines.local.screening.screen_everybody`: at each step, those reached hold the threshold
    or more together. Who is not in the answer is clear.

    Parameters
    ----------
    listed
        moment, party.
    """
    session = holdings.sparkSession
    prepared = kept(prepare(holdings))
    reached = kept(sql(session, "SELECT DISTINCT moment, party FROM {l}", l=listed))
    fresh, sums = reached, None
    while not fresh.isEmpty():
        sums = kept(_sums(prepared, fresh, sums))
        fresh = kept(sql(session, _ENOUGH, _bound(threshold), s=sums, r=reached))
        reached = kept(reached.union(fresh))
    doubtful = _doubtful(prepared, reached, sums, threshold)
    return sql(
        session,
        "SELECT *, FALSE AS doubtful FROM {r} UNION ALL SELECT *, TRUE FROM {d}",
        r=reached,
        d=doubtful,
    )


def _bound(threshold: Fraction) -> dict[str, object]:
    return {"limit": float(threshold), "over": threshold.numerator, "under": threshold.denominator}


_ENOUGH = f"""SELECT moment, company AS party FROM {{s}} AS s
    LEFT ANTI JOIN {{r}} AS r ON r.moment = s.moment AND r.party = s.company
    WHERE held >= :limit + {TIE} OR (held > :limit - {TIE} AND parts * :under >= :over * whole)"""  # noqa: S608 (our own words)


def _sums(prepared: "DataFrame", fresh: "DataFrame", before: "DataFrame | None") -> "DataFrame":
    """What those reached hold of each company: what was known, and what the last round adds."""
    session = prepared.sparkSession
    more = sql(
        session,
        "SELECT h.moment, h.company, h.share, h.parts, h.whole FROM {h} AS h JOIN {f} AS f ON f.moment = h.moment AND f.party = h.holder",
        h=prepared,
        f=fresh,
    )
    if before is not None:
        more = more.union(
            sql(session, "SELECT moment, company, held AS share, parts, whole FROM {b}", b=before)
        )
    return sql(session, f"SELECT moment, company, {SUMMED} FROM {{m}} GROUP BY moment, company", m=more)  # noqa: S608 (our own words)


def _doubtful(
    prepared: "DataFrame", reached: "DataFrame", sums: "DataFrame | None", threshold: Fraction
) -> "DataFrame":
    """Sums that meet the threshold within rounding and have no whole numbers, and what hangs on them."""
    session = prepared.sparkSession
    if sums is None:
        return sql(session, "SELECT moment, party FROM {r} WHERE FALSE", r=reached)
    found = kept(
        sql(
            session,
            f"""SELECT moment, company AS party FROM {{s}} AS s
            LEFT ANTI JOIN {{r}} AS r ON r.moment = s.moment AND r.party = s.company
            WHERE parts IS NULL AND abs(held - :limit) <= {TIE}""",  # noqa: S608 (our own words)
            {"limit": float(threshold)},
            s=sums,
            r=reached,
        )
    )
    fresh, doubt = found, None
    while not fresh.isEmpty():
        doubt = kept(_sums(prepared, fresh, doubt))
        fresh = kept(
            sql(
                session,
                f"""SELECT d.moment, d.company AS party FROM {{d}} AS d
                    LEFT JOIN {{s}} AS s ON s.moment = d.moment AND s.company = d.company
                    LEFT ANTI JOIN {{k}} AS k ON k.moment = d.moment AND k.party = d.company
                WHERE coalesce(s.held, 0) + d.held >= :limit - {TIE}""",  # noqa: S608 (our own words)
                {"limit": float(threshold)},
                d=doubt,
                s=sums,
                k=reached.union(found),
            )
        )
        found = kept(found.union(fresh))
    return found
