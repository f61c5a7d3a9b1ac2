"""Certified bounds for weights as large as real share counts, by rounding them to cells.

Other holders' votes are *u* times their cells plus an error: the sum over those who are in of what
rounding left. Hoeffding's inequality keeps that error within δ of its mean except with chance ε, at
any chance *t* of being in. A holder decides surely when the cells lie δ inside its window, and only
possibly when they lie within δ of it; both chances are computed up to rounding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosstie.analyses.power import quadrature
from crosstie.network.network import FloatArray

MISS = 1e-10  # the chance, per holder, that Hoeffding's bound leaves out; it is added to each bound


@dataclass(frozen=True, slots=True)
class Cells:
    """Weights in cells of ``width`` votes, and per holder how far off the others' sum may be."""

    width: float
    counts: tuple[int, ...]
    slack: FloatArray


@dataclass(frozen=True, slots=True)
class Bounded:
    """An estimate between certified bounds, per holder."""

    values: FloatArray
    low: FloatArray
    high: FloatArray


def to_cells(units: Sequence[int], count: int) -> Cells:
    """Round weights to about so many cells, keeping their sum to within one cell.

    Examples
    --------
    >>> to_cells([501, 299, 200], 10).counts
    (5, 3, 2)
    """
    width = sum(units) / count
    scaled = np.array([unit / width for unit in units])
    counts = np.floor(scaled).astype(np.int64)
    lacking = round(float(scaled.sum())) - int(counts.sum())
    counts[np.argsort(counts - scaled, kind="stable")[: max(lacking, 0)]] += 1
    left = scaled - counts
    spread = math.sqrt(float(np.dot(left, left)) / 2 * math.log(2 / MISS))
    slack = spread + np.abs(left) + abs(float(left.sum())) + 1e-6
    return Cells(width, tuple(counts.tolist()), slack)


def shapley_bounds(units: Sequence[int], quota: int, cells: int) -> Bounded:
    """Shapley–Shubik power within certified bounds.

    Examples
    --------
    >>> found = shapley_bounds([600_000_001, 299_999_999, 100_000_000], 500_000_001, 1000)
    >>> found.low.round(6).tolist(), found.high.round(6).tolist()
    ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0])
    """
    rounded = to_cells(units, cells)
    dual = sum(units) - quota + 1

    def chance(slack: float) -> FloatArray:
        return quadrature.average_over_chances(
            rounded.counts,
            lambda mirrored: _windows(rounded, units, dual if mirrored else quota, slack),
            len(units),
        )

    value = chance(0.0)
    return _bounded(chance(-1.0), value / value.sum(), chance(1.0))


def banzhaf_bounds(units: Sequence[int], quota: int, cells: int) -> Bounded:
    """Absolute Banzhaf power within certified bounds."""
    rounded = to_cells(units, cells)
    sums = quadrature.Sums.of(rounded.counts, 0.5)

    def chance(slack: float) -> FloatArray:
        return quadrature.all_between(sums, _windows(rounded, units, quota, slack))

    return _bounded(chance(-1.0), chance(0.0), chance(1.0))


def _bounded(low: FloatArray, value: FloatArray, high: FloatArray) -> Bounded:
    low = np.clip(low - 2 * MISS, 0.0, 1.0)
    high = np.clip(high + 2 * MISS, 0.0, 1.0)
    return Bounded(np.clip(value, low, high), low, high)


def _windows(cells: Cells, units: Sequence[int], quota: int, side: float) -> quadrature.Windows:
    """Windows in cells: narrowed by the slack (−1), as they are (0), widened by it (+1)."""
    windows = []
    for unit, count, slack in zip(units, cells.counts, cells.slack.tolist(), strict=True):
        start = (quota - unit) / cells.width - side * slack
        stop = (quota - 1) / cells.width + side * slack
        windows.append((count, max(math.ceil(start), 0), math.floor(stop) + 1))
    return windows
