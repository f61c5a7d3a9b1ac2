"""Everybody's bounds when holdings are ranges: look-through shares and values, at least and at most."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import marks, scouting, shares, values
from crosstie.analyses.kernels import ranged as kernel
from crosstie.analyses.kernels.ranged import NOWHERE, Desk
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.ranged import Ranged
from crosstie.text.problem import CrosstieError

NOTHING = 1e-13
"""Shares below this are not followed further: they are lost in rounding."""
FLOOR, HIGHEST = 0.3, 0.8
"""Of the threshold: what a party may count for unseen when a scout looks who may have enough of what, and at most."""
TIE = 1e-9
MOST_PAIRS = 20_000_000


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
        np.zeros(parties, np.uint8), np.zeros(len(ranged.net.first), np.bool_),
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

    Raises
    ------
    CrosstieError
        More pairs than anybody could read may reach the threshold.

    Examples
    --------
    >>> from crosstie.engines.local.ranged import ranged_of
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("a", "b", "25-50%"), ("b", "c", "75-100%"))
    >>> found = look_through_bounds(ranged_of(network), np.array([network.index("a")]))
    >>> [(network.parties[c].id, low, high) for c, low, high in zip(found.company, found.low, found.high)]
    [('b', np.float64(0.25), np.float64(0.5)), ('c', np.float64(0.1875), np.float64(0.5))]

    References
    ----------
    Škulj (2009), International Journal of Approximate Reasoning 50(8), on Markov chains with ranges.
    """
    least = float(threshold) - TIE
    asked = _asked(ranged, least, company)
    parts = _shared_out(partial(_ask, ranged, asked), _who_matter(ranged, owners, least))
    if sum(len(part[0]) for part in parts) > MOST_PAIRS:
        raise CrosstieError(_too_many(ranged, threshold))
    owner, held, low, high, flags = (np.concatenate(column) for column in zip(*parts, strict=True))
    if company is not None:
        these = held == ranged.plan.rank[company]
        owner, held, low, high, flags = (column[these] for column in (owner, held, low, high, flags))
    same = high - low <= kernel.NEAR
    return Bounds(
        ranged.plan.order[owner].astype(np.int64), ranged.plan.order[held].astype(np.int64),
        low, np.where(same, low, high),
        (flags & kernel.LOW_OPEN > 0) & ~same, (flags & kernel.HIGH_OPEN > 0) & ~same,
        *(flags & bit > 0 for bit in (kernel.LOOSE, kernel.ENDLESS)),
        *(flags & bit == 0 for bit in (kernel.LOW_INEXACT, kernel.HIGH_INEXACT)),
    )  # fmt: skip


def _who_matter(ranged: Ranged, owners: NDArray[np.integer], least: float) -> NDArray[np.int64]:
    """The places of owners who might have so much of anything, in order."""
    asked = np.zeros(ranged.parties, np.bool_)
    asked[ranged.plan.rank[owners]] = True
    if least > 0:
        stay, most = np.ones(ranged.parties), np.zeros(ranged.parties)
        net = ranged.net
        over = bool((net.total_low > net.whole).any())
        swell = float(net.swell.max(initial=1.0)) if over else 1.0
        compiled(scouting.may_matter)(net, asked, swell, least, stay, most)
    return np.flatnonzero(asked)


def _shared_out(
    ask: Callable[[NDArray[np.int64]], tuple[NDArray[np.generic], ...]], places: NDArray[np.int64]
) -> list[tuple[NDArray[np.generic], ...]]:
    workers = max(1, min(os.cpu_count() or 1, len(places)))
    hands = [places[turn::workers].copy() for turn in range(workers)]  # neighbours take about as long
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(ask, hands))


@dataclass(frozen=True, slots=True)
class _Asked:
    """From which share on, whom a scout leaves to a walk through everything, and which companies count."""

    least: float
    floor: float
    all_below: NDArray[np.bool_]
    wanted: NDArray[np.uint8]


def _asked(ranged: Ranged, least: float, company: int | None) -> _Asked:
    net, none = ranged.net, np.zeros(ranged.parties, np.bool_)
    if company is not None:
        wanted, found = np.zeros(ranged.parties, np.uint8), np.empty(ranged.parties, np.int32)
        compiled(marks.mark_above)(net, ranged.plan.rank[[company]].astype(np.int32), 1, wanted, found)
        return _Asked(least, 0.0, none, wanted)
    over = (net.loop_at != NOWHERE) & (net.total_low > net.whole)
    if over.any():
        compiled(values.has_below)(net, over.astype(np.float64), none)
    floor = max(0.0, least) * min(FLOOR, HIGHEST / float(net.swell.max(initial=1.0)))
    return _Asked(least, floor, none, np.ones(ranged.parties, np.uint8))


def _ask(ranged: Ranged, asked: _Asked, places: NDArray[np.int64]) -> tuple[NDArray[np.generic], ...]:
    found: tuple[NDArray[np.generic], ...] = compiled(shares.shares_over)(
        ranged.net, make_desk(ranged), places, asked.least, NOTHING, asked.floor, asked.all_below, asked.wanted,
        MOST_PAIRS,
    )  # fmt: skip
    return found


def _too_many(ranged: Ranged, threshold: Fraction) -> str:
    steps = ranged.net.steps
    why = ""
    if np.isinf(steps).any():
        size = int(ranged.plan.size.max())
        why = f" (in loops, of up to {size:,} companies, the ranges let companies hold all of each other)"
    return (
        f"more than {MOST_PAIRS:,} pairs may have more than {float(threshold):.4g}{why}:"
        " ask with --owner or --company, or with a higher threshold"
    )


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
    >>> from crosstie.engines.local.ranged import ranged_of
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
    compiled(values.has_below)(ranged.net, by_place, holds)
    ask = partial(_value, ranged, by_place)
    for places, *found in _shared_out(ask, np.flatnonzero(holds)):
        low[places], high[places], flags[places] = found
    rank = ranged.plan.rank
    return Worth(low[rank], high[rank], *((flags[rank] & bit) > 0 for bit in (kernel.LOOSE, kernel.ENDLESS)))


def _value(
    ranged: Ranged, assets: NDArray[np.float64], places: NDArray[np.int64]
) -> tuple[NDArray[np.generic], ...]:
    many = len(places)
    low, high, flags = np.empty(many), np.empty(many), np.empty(many, np.uint8)
    compiled(values.values_of)(
        ranged.net,
        make_desk(ranged),
        places,
        assets,
        NOTHING,
        low,
        high,
        flags,
        np.ones(ranged.parties, np.uint8),
    )
    return places, low, high, flags
