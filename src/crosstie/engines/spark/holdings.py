"""The rows that questions take: who holds what part of which company at which moment, exact where it can be."""

from typing import TYPE_CHECKING

from crosstie.engines.spark.session import number, sql
from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TIE = 1e-9
"""Sums so near a threshold are decided in whole numbers."""


_NO_CONSTRAINTS = ("spark.sql.constraintPropagation.enabled", "false")
"""Spark 4.3 fails ("key not found") to carry constraints through a union of kept frames of one origin."""


def exact(holdings: "DataFrame") -> "DataFrame":
    """From a register's holdings: shares that are numbers.

    Raises
    ------
    CrosstieError
        Some are ranges: questions to everybody at once take numbers.
    """
    session = holdings.sparkSession
    ranges = number(sql(session, "SELECT count(*) FROM {h} WHERE low <> high", h=holdings))
    if ranges:
        raise CrosstieError(f"{int(ranges)} holdings are ranges; questions to everybody at once take numbers")
    return sql(session, "SELECT moment, holder, company, low AS share FROM {h}", h=holdings)


def prepare(holdings: "DataFrame") -> "DataFrame":
    """Add the shares in whole numbers: ``parts`` of ``whole``, as given, else decimals of up to 12 digits.

    Shares that a company holds in itself are left out.
    """
    session = holdings.sparkSession
    session.conf.set(*_NO_CONSTRAINTS)
    given = {"parts", "whole"} <= set(holdings.columns)
    own = "parts, whole" if given else "CAST(NULL AS BIGINT) AS parts, CAST(NULL AS BIGINT) AS whole"
    return sql(
        session,
        f"""SELECT moment, holder, company, share,
                CASE WHEN whole > 0 THEN parts
                    WHEN rint(share * 1e12D) / 1e12D = share THEN CAST(rint(share * 1e12D) AS BIGINT) END AS parts,
                CASE WHEN whole > 0 THEN whole ELSE 1000000000000 END AS whole
            FROM (SELECT moment, holder, company, CAST(share AS DOUBLE) AS share, {own} FROM {{h}})
            WHERE holder <> company AND share > 0""",  # noqa: S608 (our own words)
        h=holdings,
    )


def parties(holdings: "DataFrame") -> "DataFrame":
    """Everybody who holds or is held: moment, party."""
    return sql(
        holdings.sparkSession,
        "SELECT moment, holder AS party FROM {h} UNION SELECT moment, company FROM {h}",
        h=holdings,
    )


SUMMED = """sum(share) AS held, max(whole) AS whole,
    CASE WHEN count(parts) = count(*) THEN sum(parts) END AS parts"""
"""What some holders have of one company together."""
