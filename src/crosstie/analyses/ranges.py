"""Exact bounds of look-through ownership when shares are ranges.

Every company's column may be any with ``low ≤ c ≤ high`` and sum 1, its unknown holders included; the
bounds are the smallest and the largest least solution over all of them (reachability in an interval
Markov chain). Columns are chosen greedily for given values, values solved for given columns, in turn,
until no column can do better (Howard's policy iteration); nothing is ever inverted at its upper ends.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from crosstie.analyses.admissible import NEAR, fill
from crosstie.analyses.ceilings import worth_asking
from crosstie.analyses.columns import Numbers, check_shares
from crosstie.analyses.columns import above as upward
from crosstie.analyses.extremes import (
    Found,
    Ways,
    above_within,
    extreme_of,
    is_small_enough,
    possible,
    reached_from,
    ways_of,
)
from crosstie.analyses.visits import in_order
from crosstie.ledger.amounts import Interval
from crosstie.network.network import BoolArray, Bounds, IntArray, Network


@dataclass(frozen=True, slots=True)
class Extreme:
    """The lowest or highest look-through share of every company, the columns that give it, and where it is reached.

    ``reached`` marks the companies whose share can really be that number, no open end in the way.
    """

    value: Numbers
    shares: Numbers
    reached: frozenset[int]


def look_through_bounds(
    network: Network,
    *,
    owner: str | None = None,
    company: str | None = None,
    above: float | Fraction = 0,
    persons: bool = False,
) -> Iterator[tuple[int, int, Interval]]:
    """Every (owner, company, interval) with an upper end above zero, or ``above`` a part; ``persons``: of natural persons.

    Raises
    ------
    UnknownPartyError
        No such owner or company.

    Examples
    --------
    Three firms hold 30–70 % of each other and x 10–20 % of each:

    >>> from crosstie.network import toys
    >>> three = [(a, b, "30-70%") for a in "abc" for b in "abc" if a != b]
    >>> network = toys.from_shares(*three, *(("x", b, "10-20%") for b in "abc"))
    >>> print(*(interval for _, _, interval in look_through_bounds(network, owner="x", company="a")))
    [1/4, 1]
    """
    check_shares(network)
    only = None if company is None else network.index(company)
    near = network if only is None else only_columns(network, upward(possible(network), only))
    ways = ways_of(near)
    for i, wanted in _asked(near, ways, owner, above, persons=persons):
        for j, interval in _bounds(ways, (i,), wanted).items():
            if only in {None, j} and (interval.high is None or interval.high > above):
                yield i, j, interval


def _asked(
    network: Network, ways: Ways, owner: str | None, above: float | Fraction, *, persons: bool
) -> Iterator[tuple[int, Collection[int] | None]]:
    """Owners, each with the companies to be asked about; ``None``: all that it can reach."""
    owners = sorted({int(k) for k in network.holder}) if owner is None else [network.index(owner)]
    if persons:
        owners = [i for i in owners if network.parties[i].type == "person"]
    if owner is not None or not above:
        yield from ((i, None) for i in owners)
        return
    found = worth_asking(ways, float(above), owners)
    yield from ((i, found[i]) for i in owners if i in found)


def bounds_of(network: Network, owners: Collection[int]) -> dict[int, Interval]:
    """The look-through share of some owners together in every company they can reach."""
    return _bounds(ways_of(network), owners, None)


def _bounds(ways: Ways, owners: Collection[int], wanted: Collection[int] | None) -> dict[int, Interval]:
    companies = reached_from(ways, owners)
    if wanted is not None:
        companies = above_within(ways, wanted, companies)
    lowest, highest = (extreme_of(ways, owners, companies, highest=each) for each in (False, True))
    return {
        j: _interval(lowest, highest, j)
        for j in sorted(companies if wanted is None else companies.intersection(wanted))
        if j not in owners and highest.value.get(j, 0) > 0
    }


def _interval(lowest: Found, highest: Found, company: int) -> Interval:
    low, high = lowest.value[company], highest.value[company]
    if low == float("inf"):  # columns over one in a loop: no finite share at all
        return Interval(Fraction(0), None, low_open=True)
    if high == float("inf"):
        return Interval(Fraction(low), None, low_open=company in lowest.lost)
    if high - low <= NEAR:
        return Interval.exactly(Fraction(low))
    return Interval(Fraction(low), Fraction(high), company in lowest.lost, company in highest.lost)


def extreme(network: Network, owners: Collection[int], *, highest: bool) -> Extreme:
    """The extreme shares of these owners, in fractions where the network has them and its loops are small."""
    ways = ways_of(network)
    found = extreme_of(ways, owners, range(network.size), highest=highest)
    kind = object if found.columns is ways.exact else np.float64
    value, shares = np.zeros(network.size, kind), np.zeros(network.edge_count, kind)
    for j, number in found.value.items():
        value[j] = number
    for j, column in found.columns.items():
        shares[[r.edge for r in column]] = fill(column, found.orders[j])
    return Extreme(value, shares, frozenset(range(network.size)) - found.lost)


def direct_shares(network: Network) -> dict[tuple[int, int], Interval]:
    """Every holding as an interval."""
    pairs = zip(network.holder.tolist(), network.issuers().tolist(), strict=True)
    return {
        pair: _stated_interval(network, edge)
        for edge, pair in enumerate(pairs)
        if network.capital.high[edge] > 0
    }


def _stated_interval(network: Network, edge: int) -> Interval:
    if network.exact_capital:
        return network.exact_capital[edge]
    bounds = network.capital
    high = float(bounds.high[edge])
    return Interval(
        Fraction(float(bounds.low[edge])),
        None if high == float("inf") else Fraction(high),
        bool(bounds.low_open[edge]),
        bool(bounds.high_open[edge]),
    )


def terminal_owners(network: Network) -> frozenset[int]:
    """Those nobody can hold any part of."""
    held = np.unique(network.issuers()[network.capital.high > 0])
    return frozenset(range(network.size)) - frozenset(held.tolist())


def closed_groups(network: Network) -> tuple[tuple[int, ...], ...]:
    """Groups nobody outside can hold any part of, whatever the ranges."""
    columns = possible(network)
    order = in_order(columns)
    return tuple(
        tuple(members.tolist())
        for members in order.groups
        if len(members) > 1
        and all((order.group_of[columns.of(int(m))[0]] == order.group_of[m]).all() for m in members)
    )


def only_columns(network: Network, companies: IntArray) -> Network:
    """The same parties, only these companies held: what a question needs of a large network."""
    use = np.isin(network.issuers(), companies)
    edges = np.flatnonzero(use).tolist()
    counts = np.bincount(network.issuers()[use], minlength=network.size)
    return replace(
        network,
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        holder=network.holder[use],
        capital=_only(network.capital, use),
        votes=_only(network.votes, use),
        suspended=network.suspended[use],
        exact_capital=tuple(network.exact_capital[e] for e in edges) if network.exact_capital else (),
        exact_votes=tuple(network.exact_votes[e] for e in edges) if network.exact_votes else (),
        statements=tuple(network.statements[e] for e in edges) if network.statements else (),
    )


def _only(bounds: Bounds, use: BoolArray) -> Bounds:
    return Bounds(bounds.low[use], bounds.high[use], bounds.low_open[use], bounds.high_open[use])


def is_small(network: Network) -> bool:
    """Whether the network keeps exact shares and is small enough to be solved in fractions at once."""
    return is_small_enough(ways_of(network), range(network.size))
