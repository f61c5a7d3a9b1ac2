"""Whose holdings count as whose: nobody's but one's own, those of controlled companies, chains, trusts."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction

from crosstie.analyses.ownership import Part, look_through
from crosstie.ledger.amounts import Interval
from crosstie.rulebooks.day import Day, column, share_of, short
from crosstie.rulebooks.deciding import decide
from crosstie.rulebooks.rule import Base

MAJORITY = Fraction(1, 2)
NEAR = 1e-9  # a sum of floats this near to one half is decided again exactly
VOTES = Base(numerator="votes", denominator="votes without treasury")
CASTABLE = Base(numerator="castable votes", denominator="exercisable votes")
CAPITAL = Base(numerator="capital", denominator="outstanding capital")


@dataclass(frozen=True, slots=True)
class Group:
    """Parties whose holdings count as one holder's: surely, and perhaps."""

    sure: frozenset[int]
    maybe: frozenset[int]


def alone(party: int) -> Group:
    """One party and nobody else."""
    return Group(frozenset({party}), frozenset({party}))


def majority_group(day: Day, party: int, *, base: Base = VOTES, trusts: bool = False) -> Group:
    """A party with all companies in which it and they together hold more than half of the votes.

    >>> from datetime import date
    >>> from crosstie.network import toys
    >>> from crosstie.rulebooks.day import day_of
    >>> net = toys.from_shares(("x", "h", "51%"), ("h", "y", "30%"), ("x", "y", "21%"), ("y", "z", "50%"))
    >>> group = majority_group(day_of(net, date(2024, 1, 1)), net.index("x"))
    >>> [net.parties[each].id for each in sorted(group.sure)]
    ['x', 'h', 'y']
    """
    sure, maybe = (
        _closure(day, party, lambda members, j: passes(day, members, j, base), sure=sure, trusts=trusts)
        for sure in (True, False)
    )
    return Group(sure, maybe)


def passes(day: Day, members: AbstractSet[int], company: int, base: Base) -> bool | None:
    """Whether the members hold more than half of a company: by floats where that is clear, else exactly."""
    low = high = 0.0
    for edge in column(day, company):
        if edge in day.kept or edge in day.doubtful:
            break
        if day.holder[edge] in members:
            low += float(day.network.votes.low[edge])
            high += float(day.network.votes.high[edge])
    else:
        if base.numerator != "capital" and not 0.5 - NEAR < low < 0.5 + NEAR:
            if low > 0.5:
                return True
            if high < 0.5 - NEAR:
                return False
    return decide(share_of(day, members, company, base), MAJORITY, "more than")


def _closure(
    day: Day,
    party: int,
    joins: Callable[[AbstractSet[int], int], bool | None],
    *,
    sure: bool,
    trusts: bool,
) -> frozenset[int]:
    members, waiting = {party}, [party]
    while waiting:
        for edge in day.held[waiting.pop()]:
            j = day.company[edge]
            if j in members:
                continue
            answer = benefits(day, members, j) if trusts else False
            if answer is not True and day.network.parties[j].type != "trust":
                answer = joins(members, j)
            if answer is True or (answer is None and not sure):
                members.add(j)
                waiting.append(j)
    return frozenset(members)


def with_trusts(day: Day, party: int) -> Group:
    """The party with the trusts it benefits from, and nothing it controls."""
    return Group(*(_closure(day, party, lambda _, __: False, sure=s, trusts=True) for s in (True, False)))


def benefits(day: Day, members: AbstractSet[int], party: int) -> bool | None:
    """Whether a party is a trust of which the members are beneficiaries for more than half."""
    if day.network.parties[party].type != "trust":
        return False
    return decide(share_of(day, members, party, CAPITAL), MAJORITY, "more than")


def majority_chain(day: Day, party: int) -> Group:
    """A party with all it reaches by links of which each alone is more than half of the votes.

    Unlike a group, holdings of several links are not added to make a majority.
    """
    return Group(*(_chain(day, party, sure=sure) for sure in (True, False)))


def _chain(day: Day, party: int, *, sure: bool) -> frozenset[int]:
    members, waiting = {party}, [party]
    while waiting:
        holder = waiting.pop()
        for edge in day.held[holder]:
            j = day.company[edge]
            answer = j not in members and passes(day, frozenset({holder}), j, VOTES)
            if answer is True or (answer is None and not sure):
                members.add(j)
                waiting.append(j)
    return frozenset(members)


def in_concert(day: Day, party: int, company: int) -> frozenset[int]:
    """The party and those it acts with at a company."""
    together = {party}
    for concert in day.network.concerts:
        if party in concert.holders and concert.company in {-1, company}:
            together.update(concert.holders)
    return frozenset(together)


def group_share(day: Day, group: Group, company: int, base: Base) -> Interval:
    """What a group holds of a company: at least what its sure members do, at most all that may belong."""
    low = share_of(day, group.sure - {company}, company, base)
    if group.sure == group.maybe:
        return low
    high = share_of(day, group.maybe - {company}, company, base)
    if high.high == low.low:
        return low
    return Interval(low.low, high.high, low.low_open, high.high_open)


def multiplied(day: Day, company: int, base: Base) -> dict[int, Interval]:
    """What every owner holds of a company when interests multiply along each chain and the chains are added.

    A loop is solved, not counted round and round: for persons, whom nobody owns, that is the sum over all
    chains.

    >>> from datetime import date
    >>> from crosstie.network import toys
    >>> from crosstie.rulebooks.day import day_of
    >>> net = toys.chain("50%", "50%")
    >>> print(multiplied(day_of(net, date(2028, 1, 1)), net.index("c2"), CAPITAL)[net.index("top")])
    1/4
    """
    network = day.network
    if base.numerator != "capital":
        network = replace(network, capital=network.votes, exact_capital=network.exact_votes)
    exact = network.is_exact and bool(network.exact_capital)
    answer = look_through(network, company=network.parties[company].id, exact=exact)
    return {network.index(row.owner): _interval(row.share) for row in answer.rows}


def _interval(share: Part) -> Interval:
    if isinstance(share, Interval):
        high = None if share.high is None else short(share.high)
        return Interval(short(share.low), high, share.low_open, share.high_open)
    return Interval.exactly(share if isinstance(share, Fraction) else short(share))
