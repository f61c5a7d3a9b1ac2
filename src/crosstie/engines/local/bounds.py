"""Everybody's bounds when holdings are ranges: look-through shares and values, at least and at most."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import bounds, order
from crosstie.analyses.kernels.bounds import NOWHERE, Desk, Holdings
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.edges import kinds_of, make_edges
from crosstie.engines.local.plan import Plan, make_plan
from crosstie.engines.register.everybody import Ends
from crosstie.network.network import Network
from crosstie.text.problem import CrosstieError

NOTHING = 1e-13
"""Shares below this are not followed further: they are lost in rounding."""
PASSED_BY = 0.4
"""Large loops that bring an owner less than this part of the threshold are bounded and not solved."""
TIE = 1e-9
LARGEST_WHOLE = 1 << 40


@dataclass(frozen=True, slots=True)
class Ranged:
    """A network of ranges, ordered once: good for any number of questions."""

    plan: Plan
    net: Holdings
    swell: NDArray[np.float64]
    under: NDArray[np.float64]

    @property
    def parties(self) -> int:
        """How many parties."""
        return self.plan.parties


@dataclass(frozen=True, slots=True)
class Bounds:
    """One row a pair: both ends of a look-through share, and how far they go.

    ``low_open`` and ``high_open``: no allowed columns reach the end. ``loose``: sound, but narrower ends may
    hold (below loops too large to be improved column by column). ``endless``: a loop there has more than there is, so that
    nothing bounds the share. ``low_exact`` and ``high_exact``: the end went through no rounding.
    """

    owner: NDArray[np.int64]
    company: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    low_open: NDArray[np.bool_]
    high_open: NDArray[np.bool_]
    loose: NDArray[np.bool_]
    endless: NDArray[np.bool_]
    low_exact: NDArray[np.bool_]
    high_exact: NDArray[np.bool_]

    def at(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> "Bounds":
        """Only these rows, in this order."""
        return Bounds(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Worth:
    """By party what it is worth at least and at most; infinite where companies may hold all of each other.

    ``loose`` ends are sound and may not be sharp; ``endless`` ones are not bounded.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    loose: NDArray[np.bool_]
    endless: NDArray[np.bool_]


def make_ranged(  # noqa: PLR0913 (one array per column)
    start: NDArray[np.integer],
    holder: NDArray[np.integer],
    ends: Ends,
    whole: NDArray[np.int64],
    kind: NDArray[np.int8],
    *,
    rounded: NDArray[np.bool_] | None = None,
) -> Ranged:
    """Order holdings that are ranges; those that can only be nothing are left out.

    Parameters
    ----------
    whole
        By company, what the ends are parts of. A column adds up to it, unknown holders included.
    rounded
        Companies of whom some end was rounded to such a part.

    Raises
    ------
    CrosstieError
        Lengths do not fit, a holder is no party, an end is below zero or above the other, or a company holds itself.
    """
    if len(ends.low) and not (int(ends.low.min()) >= 0 and np.all(ends.low <= ends.high)):
        raise CrosstieError("a range of shares begins below zero or ends before it begins")
    some = ends.high > 0
    company = np.repeat(np.arange(len(start) - 1), np.diff(start))[some]
    begin = np.zeros(len(start), np.int64)
    np.cumsum(np.bincount(company, minlength=len(start) - 1), out=begin[1:])
    numbers = np.arange(len(company), dtype=np.float64)  # carried as shares: which holding stands where
    plan = make_plan(make_edges(begin, holder[some], numbers, kind), for_values=False)
    rough = np.zeros(plan.parties, np.bool_) if rounded is None else rounded
    net = _laid_out(plan, Ends(*(getattr(ends, name)[some] for name in Ends.__slots__)), whole, rough)
    swell, under = np.ones(plan.parties), np.zeros(plan.parties)
    widest = int(np.diff(plan.start.astype(np.int64)).max(initial=0))
    numbers = np.empty(widest, np.int64)
    compiled(bounds.swelling)(net, swell, under, numbers, np.empty(widest), numbers.copy(), numbers.copy())
    return Ranged(plan, net, swell, under)


def _laid_out(plan: Plan, ends: Ends, whole: NDArray[np.int64], rough: NDArray[np.bool_]) -> Holdings:
    many = plan.holdings
    edge = plan.share[:many].astype(np.int64)
    company = plan.company[:many]
    low, high, low_open, high_open = (getattr(ends, name)[edge] for name in Ends.__slots__)
    size = plan.size.astype(np.int64)
    loop_at = np.full(plan.parties, NOWHERE, np.int32)
    members = np.repeat(np.arange(len(size)), size)
    begin = np.cumsum(size) - size
    loop_at[np.repeat(plan.first - begin, size) + np.arange(len(members))] = members
    start_up, of_company, edge_up = _by_holder(plan)
    net = Holdings(
        plan.start, company, plan.holder[:many], low, high,
        (low_open * bounds.LOW_OPEN + high_open * bounds.HIGH_OPEN).astype(np.uint8),
        whole[plan.order], rough[plan.order],
        _sum(plan, low), _sum(plan, high), _sum(plan, low_open & (low < high)), _sum(plan, high_open & (low < high)),
        start_up, of_company, edge_up, plan.first, plan.size, begin, plan.inner, loop_at,
        np.zeros(len(plan.inner)),
    )  # fmt: skip
    compiled(bounds.steps_inside)(net, net.steps)
    return net


def _sum(plan: Plan, values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Whole numbers added up by company, exactly: where the running sum wraps round, so do the differences."""
    total = np.concatenate([[0], np.cumsum(values.astype(np.int64))])
    found: NDArray[np.int64] = (
        total[plan.start[1:].astype(np.int64)] - total[plan.start[:-1].astype(np.int64)]
    )
    return found


def _by_holder(plan: Plan) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int64]]:
    many = plan.holdings
    count = np.empty(plan.parties, np.int32)
    compiled(order.count_holdings)(plan.holder[:many], count)
    start = np.zeros(plan.parties + 1, np.uint32)
    np.cumsum(count, out=start[1:])
    by_holder, of_company, edge = np.empty(many, np.uint32), np.empty(many, np.uint32), np.empty(many)
    numbers = np.arange(many, dtype=np.float64)
    compiled(order.turn_edges)(
        plan.company, plan.holder, numbers, many, start[:-1].copy(), by_holder, of_company, edge
    )
    return start, of_company, edge.astype(np.int64)


def ranged_of(network: Network) -> Ranged:
    """The capital of a network as ranges of whole numbers.

    Raises
    ------
    CrosstieError
        The network keeps no exact shares.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> ranged_of(toys.from_shares(("a", "b", "20-40%"))).net.total_high.max()
    np.int64(6)
    """
    if network.edge_count and not network.exact_capital:
        raise CrosstieError("this network keeps no exact shares; bounds need them")
    whole, rounded = np.ones(network.size, np.int64), np.zeros(network.size, np.bool_)
    low, high = np.zeros(network.edge_count, np.int64), np.zeros(network.edge_count, np.int64)
    for company in np.flatnonzero(np.diff(network.start)).tolist():
        column = network.column(company)
        intervals = network.exact_capital[column]
        tops = [max(i.low, Fraction(1)) if i.high is None else i.high for i in intervals]
        common = 1
        for end in (*tops, *(i.low for i in intervals)):
            common = int(np.lcm(common, end.denominator)) if common < LARGEST_WHOLE else common
        rounded[company] = common >= LARGEST_WHOLE
        whole[company] = common = common if common < LARGEST_WHOLE else 10**12
        low[column] = [round(i.low * common) for i in intervals]
        high[column] = [round(top * common) for top in tops]
    ends = Ends(low, high, network.capital.low_open, network.capital.high_open)
    return make_ranged(network.start, network.holder, ends, whole, kinds_of(network), rounded=rounded)


def make_desk(ranged: Ranged) -> Desk:
    """Room to walk in, blank."""
    parties, many = ranged.parties, ranged.plan.holdings
    widest = int(np.diff(ranged.net.start.astype(np.int64)).max(initial=0))
    return Desk(
        np.zeros(parties), np.zeros(parties), np.zeros(parties, np.uint8), np.zeros(parties, np.uint8),
        np.zeros(parties, np.uint8), np.full(parties, NOWHERE, np.int32), np.zeros(parties, np.uint8),
        np.empty(parties, np.int32), np.empty(parties, np.int32), np.empty(many, np.int32),
        np.empty(many, np.int32), np.empty(widest, np.int64), np.empty(widest), np.empty(widest, np.int64),
        np.empty(widest, np.int64), np.empty(widest, np.bool_), np.empty(widest + 1, np.bool_),
        np.zeros(len(ranged.net.first), np.bool_),
    )  # fmt: skip


def look_through_bounds(
    ranged: Ranged,
    owners: NDArray[np.integer],
    threshold: Fraction = Fraction(0),
    *,
    company: int | None = None,
) -> Bounds:
    r"""The least and the greatest look-through share of each owner in every company (or in one).

    Over all columns that the ranges allow: :math:`x_j = \sum_k C_{kj} x_k, x_i = 1`, least solution.
    Pairs whose greatest share may reach the threshold have a row.

    Parameters
    ----------
    owners
        Party numbers.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("a", "b", "25-50%"), ("b", "c", "75-100%"))
    >>> found = look_through_bounds(ranged_of(network), np.array([network.index("a")]))
    >>> [(network.parties[c].id, low, high) for c, low, high in zip(found.company, found.low, found.high)]
    [('b', np.float64(0.25), np.float64(0.5)), ('c', np.float64(0.1875), np.float64(0.5))]

    References
    ----------
    Škulj (2009), International Journal of Approximate Reasoning 50(8), on Markov chains with ranges.
    """
    only = NOWHERE if company is None else int(ranged.plan.rank[company])
    places = _who_matter(ranged, owners, float(threshold) - TIE)
    ask = partial(_ask, ranged, only, float(threshold) - TIE)
    parts = _shared_out(ask, places)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    owner, held, low, high, flags = columns
    same = high - low <= bounds.NEAR
    return Bounds(
        ranged.plan.order[owner].astype(np.int64), ranged.plan.order[held].astype(np.int64),
        low, np.where(same, low, high),
        (flags & bounds.LOW_OPEN > 0) & ~same, (flags & bounds.HIGH_OPEN > 0) & ~same,
        *(flags & bit > 0 for bit in (bounds.LOOSE, bounds.ENDLESS)),
        *(flags & bit == 0 for bit in (bounds.LOW_INEXACT, bounds.HIGH_INEXACT)),
    )  # fmt: skip


def _who_matter(ranged: Ranged, owners: NDArray[np.integer], least: float) -> NDArray[np.int64]:
    """The places of owners who might have so much of anything, in order."""
    asked = np.zeros(ranged.parties, np.bool_)
    asked[ranged.plan.rank[owners]] = True
    if least > 0:
        stay, most = np.ones(ranged.parties), np.zeros(ranged.parties)
        compiled(bounds.may_matter)(
            ranged.net, asked, float(ranged.swell.max(initial=1.0)), least, stay, most
        )
    return np.flatnonzero(asked)


def _shared_out(
    ask: Callable[[NDArray[np.int64]], tuple[NDArray[np.generic], ...]], places: NDArray[np.int64]
) -> list[tuple[NDArray[np.generic], ...]]:
    workers = max(1, min(os.cpu_count() or 1, len(places)))
    hands = [places[turn::workers].copy() for turn in range(workers)]  # neighbours take about as long
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(ask, hands))


def _ask(
    ranged: Ranged, only: int, least: float, places: NDArray[np.int64]
) -> tuple[NDArray[np.generic], ...]:
    found: tuple[NDArray[np.generic], ...] = compiled(bounds.shares_over)(
        ranged.net,
        make_desk(ranged),
        places,
        only,
        least,
        NOTHING,
        max(0.0, PASSED_BY * least),
        ranged.swell,
        ranged.under,
    )
    return found


def closed_groups(ranged: Ranged) -> tuple[NDArray[np.uint32], ...]:
    """Groups of whom nobody outside can hold anything: terminal owners that no person stands behind."""
    net, found = ranged.net, []
    for loop, (first, size) in enumerate(zip(net.first.tolist(), net.size.tolist(), strict=True)):
        inner = net.inner[net.begin[loop] : net.begin[loop] + size]
        if np.array_equal(inner, net.start[first : first + size]):
            found.append(ranged.plan.members(loop))
    return tuple(found)


def value_bounds(ranged: Ranged, assets: NDArray[np.float64]) -> Worth:
    r"""What every party is worth at least and at most: its own assets and its part, at any depth, of everybody else's.

    Bounds of :math:`v = e + C v` over all columns that the ranges allow, for each party by itself: ends are reached, though
    not all at once. With assets below zero they are sound and may not be.

    Parameters
    ----------
    assets
        Outside assets by party.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("a", "b", "20-40%"))
    >>> worth = value_bounds(ranged_of(network), np.array([100.0, 50.0, 0.0]))
    >>> float(worth.low[0]), float(worth.high[0])
    (110.0, 120.0)
    """
    by_place = assets[ranged.plan.order]
    low, high = by_place.copy(), by_place.copy()
    flags = np.zeros(ranged.parties, np.uint8)
    holds = np.zeros(ranged.parties, np.bool_)
    compiled(bounds.has_below)(ranged.net, by_place, holds)
    ask = partial(_value, ranged, by_place)
    for places, *found in _shared_out(ask, np.flatnonzero(holds)):
        low[places], high[places], flags[places] = found
    rank = ranged.plan.rank
    return Worth(low[rank], high[rank], *((flags[rank] & bit) > 0 for bit in (bounds.LOOSE, bounds.ENDLESS)))


def _value(
    ranged: Ranged, assets: NDArray[np.float64], places: NDArray[np.int64]
) -> tuple[NDArray[np.generic], ...]:
    many = len(places)
    low, high, flags = np.empty(many), np.empty(many), np.empty(many, np.uint8)
    compiled(bounds.values_of)(ranged.net, make_desk(ranged), places, assets, NOTHING, low, high, flags)
    return places, low, high, flags
