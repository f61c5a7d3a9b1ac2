"""What everybody is worth and what owners have of everything: amounts handed on, round by round, loops at once."""

from typing import TYPE_CHECKING

from crosstie.engines.spark.holdings import prepare
from crosstie.engines.spark.loops import KEEPS, UNBOUNDED, Loops, turn_loops
from crosstie.engines.spark.session import kept, number, sql
from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SETTLED = 1e-16
ROUNDS = 2_000
TOGETHER = 16
"""Rounds between two additions of all that has flowed."""


def look_through_values(holdings: "DataFrame", assets: "DataFrame", *, rounds: int = ROUNDS) -> "DataFrame":
    r"""Value of every party with any: its own assets and its part, at any depth, of everybody else's.

    Solves :math:`v = e + C v`: amounts are handed on from companies to holders, through each loop by its inverse.
    What flows into a group that owns itself stays with its members. Loops with stated shares above what there
    is have the value NaN, and so have their holders.

    Parameters
    ----------
    assets
        moment, party, amount.

    Raises
    ------
    CrosstieError
        A loop too large to invert did not settle in so many rounds: its members own nearly all of each other.
    """
    session = holdings.sparkSession
    found = turn_loops(kept(prepare(holdings)))
    start = sql(
        session,
        f"SELECT moment, party, amount FROM {{a}} UNION ALL SELECT moment, party, DOUBLE('NaN') FROM {{m}} WHERE does = '{UNBOUNDED}'",  # noqa: S608 (our own word)
        a=assets,
        m=found.members,
    )
    return _handed_on(
        start, kept(sql(session, _UP, o=found.outside, t=found.turned)), found.turned, "party", rounds
    )


_UP = """
    SELECT o.moment, coalesce(t.party, o.company) AS of, o.holder AS to, sum(o.share * coalesce(t.factor, 1)) AS share
    FROM {o} AS o LEFT JOIN {t} AS t ON t.moment = o.moment AND t.other = o.company
    GROUP BY o.moment, coalesce(t.party, o.company), o.holder"""
"""Of a unit that flows into ``of``, so much is handed on to ``to``, which is outside its loop."""
_DOWN = """
    SELECT o.moment, coalesce(t.other, o.holder) AS of, o.company AS to, sum(o.share * coalesce(t.factor, 1)) AS share
    FROM {o} AS o LEFT JOIN {t} AS t ON t.moment = o.moment AND t.party = o.holder
    GROUP BY o.moment, coalesce(t.other, o.holder), o.company"""
"""The same from holders to companies."""


def look_through_of(holdings: "DataFrame", owners: "DataFrame", *, rounds: int = ROUNDS) -> "DataFrame":
    r"""Look-through shares of some owners in every party they reach: moment, owner, party, amount.

    The chance that a share of the party, followed upwards, reaches the owner: the owner's row of
    :math:`V = (I - C)^{-1}` over :math:`V_{ii}`; the owner's own is one.

    Parameters
    ----------
    owners
        moment, owner.
    """
    session = holdings.sparkSession
    found = turn_loops(kept(prepare(holdings)))
    start = sql(session, _EACH_OWNER, o=owners, m=found.members)
    turned = sql(session, "SELECT moment, other AS party, party AS other, factor FROM {t}", t=found.turned)
    down = kept(sql(session, _DOWN, o=found.outside, t=found.turned))
    amounts = _handed_on(start, down, turned, "owner, party", rounds)
    return sql(
        session,
        """SELECT a.moment, a.owner, a.party, a.amount / own.amount AS amount
        FROM {a} AS a JOIN {a} AS own ON own.moment = a.moment AND own.owner = a.owner AND own.party = a.owner""",
        a=amounts,
    )


_EACH_OWNER = f"""
    WITH asked AS (SELECT DISTINCT moment, owner FROM {{o}})
    SELECT moment, owner, owner AS party, 1D AS amount FROM asked
    UNION ALL SELECT a.moment, a.owner, also.party, 1D
        FROM asked AS a JOIN {{m}} AS m ON m.moment = a.moment AND m.party = a.owner AND m.does = '{KEEPS}'
            JOIN {{m}} AS also ON also.moment = m.moment AND also.loop = m.loop AND also.party <> m.party
    UNION ALL SELECT a.moment, a.owner, m.party, DOUBLE('NaN')
        FROM asked AS a JOIN {{m}} AS m ON m.moment = a.moment AND m.does = '{UNBOUNDED}'"""  # noqa: S608 (our own words)
"""Whatever flows into a group that owns itself reaches each member."""


def _handed_on(
    start: "DataFrame", edges: "DataFrame", turned: "DataFrame", key: str, rounds: int
) -> "DataFrame":
    """All that ever flows into each party, turned in its loop."""
    session = start.sparkSession
    owner = "r.owner, " if "owner" in key else ""
    step = f"""SELECT r.moment, {owner}e.to AS party, sum(e.share * r.amount) AS amount FROM {{e}} AS e
        JOIN {{r}} AS r ON r.moment = e.moment AND r.party = e.of GROUP BY r.moment, {owner}e.to"""  # noqa: S608 (our own words)
    added = f"SELECT moment, {key}, sum(amount) AS amount FROM {{f}} GROUP BY ALL"  # noqa: S608 (our own words)
    rest = kept(start)
    largest = kept(sql(session, _LARGEST, r=rest))
    flowed = rest
    for turn in range(1, rounds + 1):
        rest = kept(sql(session, step, e=edges, r=rest))
        if not number(sql(session, _MOVING, r=rest, l=largest)):
            break
        flowed = flowed.union(rest)
        if turn % TOGETHER == 0:
            flowed = kept(sql(session, added, f=flowed))
    else:
        raise CrosstieError(f"loops did not settle in {rounds} rounds; ask one machine, which inverts them")
    last = f"""SELECT r.moment, {owner}coalesce(t.other, r.party) AS party, sum(r.amount * coalesce(t.factor, 1)) AS amount
        FROM {{r}} AS r LEFT JOIN {{t}} AS t ON t.moment = r.moment AND t.party = r.party
        GROUP BY r.moment, {owner}coalesce(t.other, r.party)"""  # noqa: S608 (our own words)
    return kept(sql(session, last, r=flowed, t=turned))


_LARGEST = "SELECT moment, max(abs(amount)) AS most FROM {r} WHERE NOT isnan(amount) GROUP BY moment"
_MOVING = f"""
    SELECT count(*) FROM (SELECT moment, max(abs(amount)) AS most FROM {{r}} GROUP BY moment) AS r
        LEFT JOIN {{l}} AS l ON l.moment = r.moment WHERE r.most > {SETTLED} * coalesce(l.most, 0)"""  # noqa: S608 (our own words)


def closed_groups(holdings: "DataFrame") -> "DataFrame":
    """Members of groups that own themselves and nobody outside any part of them: moment, party, loop."""
    found: Loops = turn_loops(kept(prepare(holdings)))
    query = f"SELECT moment, party, loop FROM {{m}} WHERE does = '{KEEPS}'"  # noqa: S608 (our own word)
    return sql(holdings.sparkSession, query, m=found.members)
