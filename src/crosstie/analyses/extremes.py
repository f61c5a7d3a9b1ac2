"""The smallest and the largest least solution over all columns that ranges allow, group by group, holders first.

What is no loop takes one pass: when its holders' values are settled, a company's column is filled by
them. Inside a loop columns are chosen for given values and values solved for given columns, in turn,
until no column can do better (Howard's policy iteration). The work is that of the companies asked about.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

import numpy as np

from crosstie.analyses.admissible import NEAR, Range, Ranges, alike, fill, fits, mass
from crosstie.analyses.columns import Columns, Number, with_shares
from crosstie.analyses.reach import settled
from crosstie.analyses.visits import in_order
from crosstie.network.network import Network

LARGEST_EXACT_LOOP = 24  # companies in one loop up to which answers are fractions
MOST_EXACT_HOLDINGS = 1_000  # above these companies: denominators grow with every holding passed
SLIP = 1e-6  # a highest share never falls by more than rounding unless columns are over one


@dataclass(frozen=True, slots=True)
class Ways:
    """A network's columns as ranges, floating and (where it has them) exact, and its loops, good for any number of owners.

    ``group_of`` numbers each party's loop or the party alone, holders before what they hold; ``below``
    has the companies that each party may hold a part of.
    """

    rough: Ranges
    exact: Ranges
    group_of: list[int]
    below: list[list[int]]

    @property
    def stated(self) -> Ranges:
        """The columns in the best numbers there are."""
        return self.exact or self.rough


@dataclass(slots=True)
class Found:
    """One extreme while it is worked out: values and chosen orders, companies that need not and that cannot reach it."""

    highest: bool
    owners: Collection[int]
    columns: Ranges
    value: dict[int, Number]
    orders: dict[int, list[int]] = field(default_factory=dict)
    unsafe: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)


def ways_of(network: Network) -> Ways:
    """Lay out a network once, for all its owners."""
    columns = possible(network)
    below: list[list[int]] = [[] for _ in range(network.size)]
    for holder, company in zip(columns.holder.tolist(), columns.issuers().tolist(), strict=True):
        below[holder].append(company)
    exact = ranges_of(network, exact=True) if network.exact_capital else {}
    return Ways(ranges_of(network, exact=False), exact, in_order(columns).group_of.tolist(), below)


def possible(network: Network) -> Columns:
    """All holdings that can be more than nothing."""
    return with_shares(network, np.minimum(network.capital.high, 1.0))


def ranges_of(network: Network, *, exact: bool) -> Ranges:
    """Every column as ranges; one without an upper end reaches to one, or to its lower end."""
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
    holders, start = network.holder.tolist(), network.start.tolist()
    return {
        j: tuple(Range(holders[e], lows[e], highs[e], *opens[e], e) for e in range(start[j], start[j + 1]))
        for j in range(network.size)
        if start[j] < start[j + 1]
    }


def reached_from(ways: Ways, owners: Collection[int]) -> set[int]:
    """The owners and every company that their chains may reach."""
    seen, todo = set(owners), list(owners)
    for at in todo:  # grows while it is read
        for company in ways.below[at]:
            if company not in seen:
                seen.add(company)
                todo.append(company)
    return seen


def above_within(ways: Ways, companies: Collection[int], parties: Collection[int]) -> set[int]:
    """Of some parties those that are these companies or above them."""
    seen = {company for company in companies if company in parties}
    todo = list(seen)
    for at in todo:  # grows while it is read
        for r in ways.rough.get(at, ()):
            if r.high > 0 and r.holder in parties and r.holder not in seen:
                seen.add(r.holder)
                todo.append(r.holder)
    return seen


def is_small_enough(ways: Ways, companies: Collection[int]) -> bool:
    """Whether these companies have exact shares, few enough, and no large loop: then answers are fractions."""
    if not ways.exact or sum(len(ways.rough.get(j, ())) for j in companies) > MOST_EXACT_HOLDINGS:
        return False
    return max((len(members) for members in _groups(ways, companies)), default=0) <= LARGEST_EXACT_LOOP


def extreme_of(ways: Ways, owners: Collection[int], companies: Collection[int], *, highest: bool) -> Found:
    """The extreme share of these owners together in each of some companies, which have all those above them that matter."""
    exact = is_small_enough(ways, companies)
    one = Fraction(1) if exact else 1.0
    found = Found(highest, owners, ways.exact if exact else ways.rough, dict.fromkeys(owners, one))
    near = _distances(ways, owners, companies)
    found.orders = {j: _order(found.columns[j], near, highest) for j in owners if j in found.columns}
    for members in _groups(ways, companies):
        held = [j for j in members if j in ways.rough and j not in owners]
        if held:
            _settle(ways, found, held, near)
    return found


def _groups(ways: Ways, companies: Collection[int]) -> Iterator[list[int]]:
    """Companies loop by loop, holders first."""
    ranked = sorted(companies, key=ways.group_of.__getitem__)
    return (list(group) for _, group in groupby(ranked, key=ways.group_of.__getitem__))


def _distances(ways: Ways, owners: Collection[int], companies: Collection[int]) -> dict[int, float]:
    """Nearness to the owners, less at each step down: a first guess of the values."""
    near = dict.fromkeys(owners, 1.0)
    todo = [(owner, 1) for owner in owners]
    for at, steps in todo:  # grows while it is read
        for company in ways.below[at]:
            if company not in near and company in companies:
                near[company] = 1 / (steps + 1)
                todo.append((company, steps + 1))
    return near


def _settle(ways: Ways, found: Found, held: list[int], near: dict[int, float]) -> None:
    never = set[int]() if found.highest else _avoiding(ways, found, held)
    found.unsafe.update(j for j in held if j not in never)
    for j in held:
        column = found.columns[j]
        found.orders[j] = _safe_order(found, column) if j in never else _order(column, near, found.highest)
    free = [j for j in held if j not in never]
    found.value.update(dict.fromkeys(never, 0))
    if len(held) == 1:
        for j in free:
            _fill_once(found, j)
    elif free:
        _improve(ways, found, free)
    found.lost |= _not_reached(found, held)


def _avoiding(ways: Ways, found: Found, held: Sequence[int]) -> set[int]:
    """The companies all of whose shares may end elsewhere: the greatest set that can feed itself."""
    never, unsafe = set(held), found.unsafe.union(found.owners)
    while True:
        out = {j for j in never if not _can_stay(ways.stated[j], unsafe)}
        if not out:
            return never
        never -= out
        unsafe |= out


def _can_stay(column: Sequence[Range], unsafe: Collection[int]) -> bool:
    outside = [r for r in column if r.holder in unsafe]
    if not outside or any(r.low > 0 for r in outside):
        return not outside
    room = sum(r.high for r in column if r.holder not in unsafe)
    return bool(room >= mass(column) - (0 if isinstance(room, Fraction) else NEAR))


def _order(column: Sequence[Range], value: Mapping[int, Number], highest: bool) -> list[int]:  # noqa: FBT001 (which extreme)
    return sorted(range(len(column)), key=lambda at: value.get(column[at].holder, 0), reverse=highest)


def _safe_order(found: Found, column: Sequence[Range]) -> list[int]:
    return sorted(
        range(len(column)),
        key=lambda at: column[at].holder in found.unsafe or column[at].holder in found.owners,
    )


def _worth(column: Sequence[Range], order: Sequence[int], value: dict[int, Number]) -> Number:
    pairs = zip(fill(column, order), column, strict=True)
    return sum(c * value[r.holder] for c, r in pairs if c > 0 and value.get(r.holder))


def _fill_once(found: Found, company: int) -> None:
    column = found.columns[company]
    now = _worth(column, found.orders[company], found.value)
    better = _better(found, company, now)
    if better is not None:
        found.orders[company] = better
        now = _worth(column, better, found.value)
    found.value[company] = now


def _better(found: Found, company: int, now: Number) -> list[int] | None:
    column = found.columns[company]
    order = _order(column, found.value, found.highest)
    then = _worth(column, order, found.value)
    gain = then - now if found.highest else now - then
    return order if gain > (0 if isinstance(gain, Fraction) else NEAR) else None


def _improve(ways: Ways, found: Found, free: Sequence[int]) -> None:
    """Policy iteration in one loop: first in floats, then, where there are few companies, in fractions."""
    if found.columns is ways.exact:
        holders = {r.holder for j in free for r in ways.rough[j]}
        value = {k: float(found.value[k]) for k in holders if k in found.value}
        rough = Found(found.highest, found.owners, ways.rough, value, {j: found.orders[j] for j in free})
        _turn_by_turn(rough, free, exact=False)
        found.orders |= rough.orders
    _turn_by_turn(found, free, exact=found.columns is ways.exact)


def _turn_by_turn(found: Found, free: Sequence[int], *, exact: bool) -> None:
    before: dict[int, Number] = {}
    while True:
        value = _solved(found, free, exact=exact)
        fallen = [j for j, was in before.items() if value[j] < was - SLIP] if found.highest else []
        found.value |= value
        if (
            fallen
        ):  # a loop over 100 % was closed by what should raise it: on the way there it has no upper end
            found.value |= dict.fromkeys(fallen, float("inf"))
            return
        before = value
        better = {j: order for j in free if (order := _better(found, j, value[j])) is not None}
        if not better:
            return
        found.orders |= better


def _solved(found: Found, free: Sequence[int], *, exact: bool) -> dict[int, Number]:
    """The values in one loop when its columns are filled in their orders."""
    inside = set(free)
    chosen = [
        [
            (r.holder, c)
            for r, c in zip(found.columns[j], fill(found.columns[j], found.orders[j]), strict=True)
            if c > 0 and (r.holder in inside or found.value.get(r.holder))
        ]
        for j in free
    ]
    outside = sorted({k for column in chosen for k, _ in column} - inside)
    place = {k: at for at, k in enumerate((*free, *outside))}
    start = np.cumsum([0, *map(len, chosen), *[0] * len(outside)], dtype=np.int32)
    holder = np.array([place[k] for column in chosen for k, _ in column], np.int32)
    share = np.empty(len(holder), object if exact else np.float64)
    share[:] = [c for column in chosen for _, c in column]
    columns = Columns(start, holder, share)
    value = columns.zeros()
    value[len(free) :] = [found.value[k] for k in outside]
    settled(columns, value, range(len(free), len(place)))
    return dict(zip(free, value[: len(free)].tolist(), strict=True))


def _not_reached(found: Found, held: Sequence[int]) -> set[int]:
    """Where open ends stop the extreme: all but the greatest set whose columns can keep their value."""
    staying = [j for j in held if not (found.highest and found.value[j] == 0)]
    chosen = {j: fill(found.columns[j], found.orders[j]) for j in staying}
    lost = set[int]()
    while True:
        out = found.lost | lost
        links = {j: _keeping(found, j, chosen[j], out) for j in staying if j not in lost}
        gone = {j for j, kept in links.items() if kept is None}
        if not gone and found.highest:
            gone = _stranded({j: kept or [] for j, kept in links.items()})
        if not gone:
            return lost
        lost |= gone


def _keeping(found: Found, company: int, chosen: Sequence[Number], out: Collection[int]) -> list[int] | None:
    """The holders that may have a part when the column keeps its value without open ends; None if it cannot."""
    column, value = found.columns[company], found.value
    possible: list[int] = []
    for same in alike([value.get(r.holder, 0) for r in column]):
        total = sum(chosen[at] for at in same)
        kept = [column[at] for at in same if column[at].holder not in out]
        lost = [column[at] for at in same if column[at].holder in out]
        if any(r.low > 0 or r.low_open for r in lost) or not fits(kept, total):
            return None
        spare = total > sum(r.low for r in kept)
        possible += [r.holder for r in kept if r.low > 0 or (spare and r.high > 0)]
    return possible


def _stranded(links: dict[int, list[int]]) -> set[int]:
    """Companies of a loop that only feed each other: their value would be nought after all."""
    above: dict[int, list[int]] = {}
    for j, holders in links.items():
        for k in holders:
            above.setdefault(k, []).append(j)
    seen: set[int] = set()
    todo = [k for k in above if k not in links]
    for at in todo:  # grows while it is read
        for j in above.get(at, ()):
            if j not in seen:
                seen.add(j)
                todo.append(j)
    return set(links) - seen
