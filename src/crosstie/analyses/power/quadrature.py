"""Power in floating point, for tables too large to count in whole numbers.

Shapley–Shubik power is an integral over the chance *t* that each other holder is in (Owen's
multilinear extension), a polynomial of degree below the number of holders: Gauss–Legendre with half
as many nodes is exact up to rounding. For *t* at most one half, taking one holder out of the
distribution of sums divides by 1 − t with an alternating series of ratio t/(1 − t) ≤ 1, so no error
grows; *t* above one half is the dual game at 1 − t.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from crosstie.network.network import FloatArray

_TINY = -45.0  # the logarithm below which a power of the ratio changes nothing

Windows = Sequence[tuple[int, int, int]]  # per holder: units, and the others' sums from .. up to (excluded)


def sums_below(units: Sequence[int], chance: float) -> FloatArray:
    """The chance that the sum of randomly chosen holders is below 0, 1, ..., total + 1.

    >>> sums_below([1, 2], 0.5).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    total = sum(units)
    table, buffer = np.zeros(total + 1), np.empty(total + 1)
    table[0] = 1.0
    reached = 0
    for unit in sorted(units):
        if unit == 0:
            continue
        np.multiply(table[: reached + 1], chance, out=buffer[: reached + 1])
        table[: reached + 1] *= 1 - chance
        table[unit : reached + unit + 1] += buffer[: reached + 1]
        reached += unit
    below = np.zeros(total + 2)
    np.cumsum(table, out=below[1:])
    return below


@dataclass(frozen=True, slots=True)
class Sums:
    """The distribution of the sum of randomly chosen holders, ready for taking one of them out.

    ``signed`` are the powers of −t/(1 − t) until they are too small to count.
    """

    chance: float
    below: FloatArray
    signed: FloatArray

    @classmethod
    def of(cls, units: Sequence[int], chance: float) -> "Sums":
        """Each holder in with this chance, at most one half."""
        below = sums_below(units, chance)
        ratio = chance / (1 - chance)
        most = len(below) if ratio >= 1 else min(len(below), 2 + math.ceil(_TINY / math.log(ratio)))
        return cls(chance, below, np.power(-ratio, np.arange(most), dtype=np.float64))


def chance_between(sums: Sums, window: tuple[int, int, int]) -> float:
    """The chance that the others' sum lies in a window, for one holder taken out of the distribution."""
    unit, start, stop = window
    if stop <= start:
        return 0.0
    if unit == 0:
        return float(_at(sums.below, stop) - _at(sums.below, start))
    return _without(sums, unit, stop) - _without(sums, unit, start)


def _at(below: FloatArray, position: int) -> float:
    return float(below[min(max(position, 0), len(below) - 1)])


def _without(sums: Sums, unit: int, position: int) -> float:
    if position <= 0:
        return 0.0
    if position >= len(sums.below) - unit:
        return 1.0
    steps = sums.below[position::-unit][: len(sums.signed)]
    return float(np.dot(steps, sums.signed[: len(steps)])) / (1 - sums.chance)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Chances up to one half with their weights; the upper half is the mirror image."""

    chances: FloatArray
    weights: FloatArray

    @classmethod
    def for_holders(cls, count: int) -> "Nodes":
        """Enough nodes for polynomials of degree count − 1."""
        points, weights = np.polynomial.legendre.leggauss(max(1, (count + 1) // 2))
        half = points <= 1e-15
        middle = np.abs(points[half]) < 1e-15
        return cls((points[half] + 1) / 2, np.where(middle, weights[half] / 4, weights[half] / 2))


def average_over_chances(units: Sequence[int], windows: Callable[[bool], Windows], count: int) -> FloatArray:
    """Integrate over all chances the chance that each holder's window is met.

    Parameters
    ----------
    units
        Whole weights of all holders.
    windows
        The window of each holder in the game (``False``) and in its dual (``True``).
    count
        How many holders there are: the polynomial's degree plus one.
    """
    nodes = Nodes.for_holders(count)
    ours, theirs = windows(False), windows(True)
    totals = np.zeros(len(ours))
    for chance, weight in zip(nodes.chances.tolist(), nodes.weights.tolist(), strict=True):
        sums = Sums.of(units, chance)
        totals += weight * all_between(sums, ours)
        totals += weight * all_between(sums, theirs)
    return totals


def all_between(sums: Sums, windows: Windows) -> FloatArray:
    """The same for every holder's window; equal ones are computed once."""
    found = {window: chance_between(sums, window) for window in set(windows)}
    return np.array([found[window] for window in windows])


def pivot_windows(units: Sequence[int], quota: int) -> Windows:
    """The others' sums with which each holder decides.

    >>> pivot_windows([3, 1], 3)
    [(3, 0, 3), (1, 2, 3)]
    """
    return [(unit, max(quota - unit, 0), quota) for unit in units]


def shapley_floats(units: Sequence[int], quota: int) -> FloatArray:
    """Shapley–Shubik power up to rounding, for totals that fit in memory.

    >>> shapley_floats([50, 49, 1], 51).round(12).tolist()
    [0.666666666667, 0.166666666667, 0.166666666667]
    """
    dual = sum(units) - quota + 1
    return average_over_chances(
        units, lambda mirrored: pivot_windows(units, dual if mirrored else quota), len(units)
    )


def banzhaf_floats(units: Sequence[int], quota: int) -> FloatArray:
    """Absolute Banzhaf power up to rounding.

    >>> banzhaf_floats([50, 49, 1], 51).tolist()
    [0.75, 0.25, 0.25]
    """
    return all_between(Sums.of(units, 0.5), pivot_windows(units, quota))


def nodes_for_sizes(holders: int) -> int:
    """Nodes for ∫ xˢ⁻¹ dx, s up to the number of holders: half of them, or enough for 1e-15.

    In cosines, xᵐ has coefficients below 2 exp(−k²/m); with K nodes only those from 2K on are missed.

    >>> nodes_for_sizes(9), nodes_for_sizes(500)
    (5, 79)
    """
    return min((holders + 1) // 2, math.ceil(math.sqrt(10 * holders)) + 8)
