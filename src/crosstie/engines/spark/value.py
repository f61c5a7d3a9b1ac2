"""What everybody is worth and what owners have of everything: amounts handed on, round by round."""

from typing import TYPE_CHECKING

from crosstie.engines.spark.holdings import prepare
from crosstie.engines.spark.session import kept, number, sql
from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NOTHING_LEAVES = 1e-12
SETTLED = 1e-16
ROUNDS = 2_000
TOGETHER = 8
"""Rounds between two looks at whether anything still moves: each look is a job of its own."""


def look_through_values(holdings: "DataFrame", assets: "DataFrame", *, rounds: int = ROUNDS) -> "DataFrame":
    r"""Value of every party with any: its own assets and its part, at any depth, of everybody else's.

    Sums :math:`v = e + C e + C^2 e + \dots` until a round moves less than 1e-16 of the largest amount. What flows
    into a group that owns itself stays with its members.

    Parameters
    ----------
    assets
        moment, party, amount.

    Raises
    ------
    CrosstieError
        The loops did not settle in so many rounds: their members own nearly all of each other.
    """
    session = holdings.sparkSession
    prepared = prepare(holdings)
    open_ones = kept(
        sql(
            session,
            "SELECT h.* FROM {h} AS h LEFT ANTI JOIN {c} AS c ON c.moment = h.moment AND c.party = h.company",
            h=prepared,
            c=closed_groups(prepared),
        )
    )
    step = """SELECT h.moment, h.holder AS party, sum(h.share * r.amount) AS amount FROM {h} AS h
        JOIN {r} AS r ON r.moment = h.moment AND r.party = h.company GROUP BY h.moment, h.holder"""
    return _handed_on(assets.select("moment", "party", "amount"), open_ones, step, "moment, party", rounds)


def look_through_of(holdings: "DataFrame", owners: "DataFrame", *, rounds: int = ROUNDS) -> "DataFrame":
    """Look-through shares of some owners in every party they reach: moment, owner, party, amount.

    The chance that a share of the party, followed upwards, first reaches the owner; the owner's own is one.

    Parameters
    ----------
    owners
        moment, owner.
    """
    session = holdings.sparkSession
    prepared = prepare(holdings)
    start = sql(session, "SELECT DISTINCT moment, owner, owner AS party, 1D AS amount FROM {o}", o=owners)
    step = """SELECT h.moment, r.owner, h.company AS party, sum(h.share * r.amount) AS amount FROM {h} AS h
        JOIN {r} AS r ON r.moment = h.moment AND r.party = h.holder
        WHERE h.company <> r.owner GROUP BY h.moment, r.owner, h.company"""
    return _handed_on(start, prepared, step, "moment, owner, party", rounds)


def _handed_on(start: "DataFrame", holdings: "DataFrame", step: str, key: str, rounds: int) -> "DataFrame":
    session = holdings.sparkSession
    rest = total = kept(start)
    largest = number(sql(session, "SELECT max(abs(amount)) FROM {r}", r=rest))
    query = f"SELECT {key}, sum(amount) AS amount FROM {{t}} GROUP BY {key}"  # noqa: S608 (our own words)
    for _ in range(0, rounds, TOGETHER):
        added = total
        for _ in range(TOGETHER):
            rest = kept(sql(session, step, h=holdings, r=rest))
            added = added.union(rest)
        total = kept(sql(session, query, t=added))
        if number(sql(session, "SELECT max(abs(amount)) FROM {r}", r=rest)) <= SETTLED * largest:
            return total
    raise CrosstieError(f"loops did not settle in {rounds} rounds; ask one machine, which inverts them")


def closed_groups(prepared: "DataFrame") -> "DataFrame":
    """Members of groups that own themselves and nobody outside any part of them: moment, party.

    First those whose holders, and theirs, never lead outside (a greatest fixed point); of them, those whom each
    of their own holders at any depth is held by in turn.
    """
    session = prepared.sparkSession
    inside = kept(
        sql(
            session,
            f"SELECT moment, company AS party FROM {{h}} GROUP BY moment, company HAVING sum(share) >= 1 - {NOTHING_LEAVES}",  # noqa: S608 (our own words)
            h=prepared,
        )
    )
    while True:
        fewer = kept(
            sql(
                session,
                """SELECT i.* FROM {i} AS i LEFT ANTI JOIN (
                    SELECT h.moment, h.company FROM {h} AS h
                        LEFT ANTI JOIN {i} AS k ON k.moment = h.moment AND k.party = h.holder) AS out
                    ON out.moment = i.moment AND out.company = i.party""",
                i=inside,
                h=prepared,
            )
        )
        if fewer.count() == inside.count():
            break
        inside = fewer
    return _held_in_turn(prepared, inside)


def _held_in_turn(prepared: "DataFrame", inside: "DataFrame") -> "DataFrame":
    session = prepared.sparkSession
    above = kept(
        sql(
            session,
            """SELECT DISTINCT h.moment, h.company AS party, h.holder AS by FROM {h} AS h
            JOIN {i} AS i ON i.moment = h.moment AND i.party = h.company""",
            h=prepared,
            i=inside,
        )
    )
    before = -1
    while (found := above.count()) != before:
        before = found
        above = kept(
            sql(
                session,
                """SELECT moment, party, by FROM {a} UNION
                SELECT a.moment, a.party, b.by FROM {a} AS a JOIN {a} AS b ON b.moment = a.moment AND b.party = a.by""",
                a=above,
            )
        )
    return sql(
        session,
        """SELECT i.* FROM {i} AS i LEFT ANTI JOIN (
            SELECT a.moment, a.party FROM {a} AS a
                LEFT ANTI JOIN {a} AS b ON b.moment = a.moment AND b.party = a.by AND b.by = a.party) AS one_way
            ON one_way.moment = i.moment AND one_way.party = i.party""",
        i=inside,
        a=above,
    )
