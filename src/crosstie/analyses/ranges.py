"""Exact bounds of look-through ownership when shares are ranges.

Every company's column may be any with ``low ≤ c ≤ high`` and sum 1, its unknown holders included; the
bounds are the smallest and the largest least solution over all of them (reachability in an interval
Markov chain). Columns are chosen greedily for given values, values solved for given columns, in turn,
until no column can do better (Howard's policy iteration); nothing is ever inverted at its upper ends.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from crosstie.analyses.admissible import NEAR, Range, Ranges, alike, fill, fits, mass
from crosstie.analyses.columns import Columns, Number, Numbers, above, below, check_shares, with_shares
from crosstie.analyses.reach import of_any
from crosstie.analyses.visits import in_order
from crosstie.ledger.amounts import Interval
from crosstie.network.network import BoolArray, Bounds, IntArray, Network

LARGEST_EXACT_LOOP = 24  # companies in one loop up to which answers are fractions
SLIP = 1e-6  # a highest share never falls by more than rounding unless columns are over one
MOST_EXACT_HOLDINGS = 1_000  # above these companies: denominators grow with every holding passed


@dataclass(frozen=True, slots=True)
class Extreme:
    """The lowest or highest look-through share of every company, the columns that give it, and where it is reached.

    ``reached`` marks the companies whose share can really be that number, no open end in the way.
    """

    value: Numbers
    shares: Numbers
    reached: frozenset[int]


def look_through_bounds(
    network: Network, *, owner: str | None = None, company: str | None = None
) -> Iterator[tuple[int, int, Interval]]:
    """Every (owner, company, interval) with an upper end above zero.

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
    near = network if only is None else only_columns(network, above(possible(network), only))
    owners = [network.index(owner)] if owner is not None else sorted({int(k) for k in near.holder})
    for i in owners:
        for j, interval in bounds_of(near, (i,)).items():
            if only in {None, j} and interval.high != 0:
                yield i, j, interval


def bounds_of(network: Network, owners: Collection[int]) -> dict[int, Interval]:
    """The look-through share of some owners together in every company they can reach."""
    network = only_columns(network, below(possible(network), owners))
    lowest, highest = extreme(network, owners, highest=False), extreme(network, owners, highest=True)
    return {
        j: _interval(lowest, highest, j)
        for j in np.flatnonzero(highest.value > 0).tolist()
        if j not in owners
    }


def _interval(lowest: Extreme, highest: Extreme, company: int) -> Interval:
    low, high = lowest.value[company], highest.value[company]
    if low == float("inf"):  # columns over one in a loop: no finite share at all
        return Interval(Fraction(0), None, low_open=True)
    if high == float("inf"):
        return Interval(Fraction(low), None, low_open=company not in lowest.reached)
    if high - low <= NEAR:
        return Interval.exactly(Fraction(low))
    low_open, high_open = company not in lowest.reached, company not in highest.reached
    return Interval(Fraction(low), Fraction(high), low_open, high_open)


@dataclass(frozen=True, slots=True)
class _Question:
    """Which extreme of whose shares; companies in ``never`` need not be reached at all and are left alone."""

    network: Network
    owners: Collection[int]
    never: frozenset[int]
    highest: bool


Orders = dict[int, list[int]]


def extreme(network: Network, owners: Collection[int], *, highest: bool) -> Extreme:
    """The extreme shares of these owners, in fractions where the network has them and its loops are small."""
    columns = _ranges(network, exact=False)
    never = frozenset() if highest else _avoiding(_stated(network), owners)
    question = _Question(network, owners, never, highest)
    orders, value = _improved(question, columns, _first_orders(question, columns))
    if is_small(network):
        columns = _ranges(network, exact=True)
        orders, value = _improved(question, columns, orders)
    reached = _reached(question, columns, value, orders)
    return Extreme(value, _chosen(network, columns, orders), reached)


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


def possible(network: Network) -> Columns:
    """All holdings that can be more than nothing."""
    return with_shares(network, np.minimum(network.capital.high, 1.0))


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
    if not network.exact_capital or network.edge_count > MOST_EXACT_HOLDINGS:
        return False
    sizes = (len(members) for members in in_order(possible(network)).groups)
    return max(sizes, default=0) <= LARGEST_EXACT_LOOP


def _ranges(network: Network, *, exact: bool) -> Ranges:
    lows: Sequence[Number]
    if exact:
        lows = [i.low for i in network.exact_capital]
        highs = [max(i.low, Fraction(1)) if i.high is None else i.high for i in network.exact_capital]
    else:
        lows = network.capital.low.tolist()
        highs = [
            max(low, 1.0) if h == float("inf") else h
            for low, h in zip(lows, network.capital.high.tolist(), strict=True)
        ]
    opens = list(zip(network.capital.low_open.tolist(), network.capital.high_open.tolist(), strict=True))
    holders = network.holder.tolist()
    return {
        j: tuple(
            Range(holders[e], lows[e], highs[e], *opens[e], e)
            for e in range(int(network.start[j]), int(network.start[j + 1]))
        )
        for j in range(network.size)
        if network.start[j] < network.start[j + 1]
    }


def _stated(network: Network) -> Ranges:
    return _ranges(network, exact=bool(network.exact_capital))


def _chosen(network: Network, columns: Ranges, orders: dict[int, list[int]]) -> Numbers:
    exact = any(isinstance(r.low, Fraction) for column in columns.values() for r in column)
    shares = np.zeros(network.edge_count, object if exact else np.float64)
    for j, column in columns.items():
        shares[[r.edge for r in column]] = fill(column, orders[j])
    return shares


def _avoiding(columns: Ranges, owners: Collection[int]) -> frozenset[int]:
    """The companies all of whose shares may end elsewhere: the greatest set that can feed itself."""
    never = set(columns) - set(owners)
    ends = {r.holder for column in columns.values() for r in column} - set(columns) - set(owners)
    while True:
        safe = never | ends
        out = {j for j in never if not _can_stay(columns[j], safe)}
        if not out:
            return frozenset(never)
        never -= out


def _can_stay(column: Sequence[Range], safe: Collection[int]) -> bool:
    outside = [r for r in column if r.holder not in safe]
    if not outside or any(r.low > 0 for r in outside):
        return not outside
    room = sum(r.high for r in column if r.holder in safe)
    return bool(room >= mass(column) - (0 if isinstance(room, Fraction) else NEAR))


def _distance(network: Network, columns: Ranges, owners: Collection[int]) -> Numbers:
    """Nearness to the owners, halved at each step down: a first guess of the values."""
    near = np.zeros(network.size)
    near[list(owners)] = 1.0
    below: dict[int, list[int]] = {}
    for j, column in columns.items():
        for r in column:
            if r.high > 0:
                below.setdefault(r.holder, []).append(j)
    queue = list(owners)
    for k in queue:  # grows while it is read
        for j in below.get(k, ()):
            if near[j] == 0:
                near[j] = near[k] / 2
                queue.append(j)
    return near


def _first_orders(question: _Question, columns: Ranges) -> Orders:
    near = _distance(question.network, columns, question.owners)
    return {
        j: _safe_order(question, column, columns)
        if j in question.never
        else _order(column, near, highest=question.highest)
        for j, column in columns.items()
    }


def _order(column: Sequence[Range], value: Numbers, *, highest: bool) -> list[int]:
    return sorted(range(len(column)), key=lambda at: value[column[at].holder], reverse=highest)


def _safe_order(question: _Question, column: Sequence[Range], columns: Ranges) -> list[int]:
    unsafe = (set(columns) - question.never) | set(question.owners)
    return sorted(range(len(column)), key=lambda at: column[at].holder in unsafe)


def _improved(question: _Question, columns: Ranges, orders: Orders) -> tuple[Orders, Numbers]:
    fixed = question.never | set(question.owners)
    before: Numbers | None = None
    while True:
        shares = _chosen(question.network, columns, orders)
        value = of_any(with_shares(question.network, shares), question.owners)
        if before is not None and question.highest and (value < before - SLIP).any():
            return orders, _without_end(before, value)
        before = value
        better = {
            j: order
            for j, column in columns.items()
            if j not in fixed
            and (order := _better(column, value, value[j], highest=question.highest)) is not None
        }
        if not better:
            return orders, value
        orders |= better


def _without_end(before: Numbers, value: Numbers) -> Numbers:
    """A loop over 100 % was closed by what should raise it: on the way there its share has no upper end."""
    grown = value.copy()
    grown[value < before - SLIP] = float("inf")
    return grown


def _better(column: Sequence[Range], value: Numbers, now: Number, *, highest: bool) -> list[int] | None:
    order = _order(column, value, highest=highest)
    pairs = zip(fill(column, order), column, strict=True)
    then = sum(c * value[r.holder] for c, r in pairs if c > 0)
    gain = then - now if highest else now - then
    return order if gain > (0 if isinstance(gain, Fraction) else NEAR) else None


def _reached(question: _Question, columns: Ranges, value: Numbers, orders: Orders) -> frozenset[int]:
    """Where open ends do not stop the extreme: the greatest set whose columns can all keep their value."""
    good = set(range(len(value)))
    asked = [j for j in columns if j not in question.owners and not (question.highest and value[j] == 0)]
    while True:
        links = {
            j: _keeping(columns[j], fill(columns[j], orders[j]), value, good) for j in asked if j in good
        }
        lost = {j for j, kept in links.items() if kept is None}
        if not lost and question.highest:
            lost = _stranded({j: kept or [] for j, kept in links.items()}, good)
        if not lost:
            return frozenset(good)
        good -= lost


def _keeping(
    column: Sequence[Range], chosen: Sequence[Number], value: Numbers, good: Collection[int]
) -> list[int] | None:
    """The holders that may have a part when the column keeps its value without open ends; None if it cannot."""
    possible: list[int] = []
    for same in alike([value[r.holder] for r in column]):
        total = sum(chosen[at] for at in same)
        kept = [column[at] for at in same if column[at].holder in good]
        lost = [column[at] for at in same if column[at].holder not in good]
        if any(r.low > 0 or r.low_open for r in lost) or not fits(kept, total):
            return None
        spare = total > sum(r.low for r in kept)
        possible += [r.holder for r in kept if r.low > 0 or (spare and r.high > 0)]
    return possible


def _stranded(links: dict[int, list[int]], good: Collection[int]) -> set[int]:
    """Companies that only feed each other: their value would be nought after all."""
    ends = set(good) - set(links)
    above: dict[int, list[int]] = {}
    for j, holders in links.items():
        for k in holders:
            above.setdefault(k, []).append(j)
    seen, stack = set(ends), list(ends)
    while stack:
        for j in above.get(stack.pop(), ()):
            if j not in seen:
                seen.add(j)
                stack.append(j)
    return set(links) - seen
