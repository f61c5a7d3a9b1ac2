"""Bounds on power beside an ocean when votes are known only within ranges."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np

from crosstie.analyses.power import coalitions
from crosstie.analyses.power.result import Power
from crosstie.ledger.amounts import Interval
from crosstie.network.network import FloatArray
from crosstie.text.problem import CrosstieError

_MOST = 14  # holders whose coalitions are listed


@dataclass(frozen=True, slots=True)
class _Sums:
    """Per coalition of the other holders: the least and most votes of those in, and of those out."""

    low_in: FloatArray
    high_in: FloatArray
    low_out: FloatArray
    high_out: FloatArray


def shapley_shubik_ocean_bounds(holders: Sequence[str], votes: Sequence[Interval], quota: Fraction) -> Power:
    r"""Bounds of Shapley–Shubik power when what the named leave of all votes is an ocean.

    When *i* arrives at *t* after *S*, the votes are :math:`x = w(S) + t\,(1 - w(S) - w_i - w(R))`, with *R*
    still to come. Each orders *i* surely decides in keeps even the largest *x* at the quota or below and
    the smallest :math:`x + w_i` above it; possibly, the other way round.

    Examples
    --------
    >>> found = shapley_shubik_ocean_bounds(["a"], [Interval.parse("40-50%")], Fraction(1, 2))
    >>> [round(float(end), 6) for end in (found.low[0], found.high[0])]      # 2/3 at 40%, 1 at 50%
    [0.666667, 1.0]
    """
    if len(holders) > _MOST:
        raise CrosstieError(
            f"bounds over ranges of votes are found for at most {_MOST} holders, not {len(holders)}"
        )
    ends = [_ends(votes, i, float(quota)) for i in range(len(holders))]
    low, high = tuple(end[0] for end in ends), tuple(end[1] for end in ends)
    values = tuple(a if a == b else None for a, b in zip(low, high, strict=True))
    shown = tuple(part.low if part.is_exact else part for part in votes)
    method = "bounds over the ranges of votes, beside an ocean"
    return Power("shapley-shubik", tuple(holders), shown, values, method, low=low, high=high)


def _ends(votes: Sequence[Interval], holder: int, quota: float) -> tuple[float, float]:
    others = [part for i, part in enumerate(votes) if i != holder]
    mine_low, mine_high = _floats(votes[holder])
    if mine_high == 0:
        return 0.0, 0.0
    sums = _sums(others)
    most_in = np.minimum(sums.high_in, 1 - mine_low - sums.low_out)
    before_low = (sums.low_in, np.maximum(0, 1 - sums.low_in - mine_high - sums.high_out))
    before_high = (most_in, np.maximum(0, 1 - most_in - mine_low - sums.low_out))
    with_low = sums.low_in + mine_low
    with_high = np.minimum(sums.high_in + mine_high, 1 - sums.low_out)
    after_low = (with_low, np.maximum(0, 1 - with_low - sums.high_out))
    after_high = (with_high, np.maximum(0, 1 - with_high - sums.low_out))
    sizes = coalitions.sizes(len(others))
    surely = _integral(sizes, _reaches(after_low, quota), _reaches(before_high, quota))
    possibly = _integral(sizes, _reaches(after_high, quota), _reaches(before_low, quota))
    return surely, max(surely, possibly)


def _reaches(line: tuple[FloatArray, FloatArray], quota: float) -> FloatArray:
    """The time from which start + t × speed is above the quota, between 0 and 1."""
    start, speed = line
    lacking = quota - start
    with np.errstate(divide="ignore", invalid="ignore"):
        time = np.where(speed > 0, lacking / speed, np.where(lacking < 0, 0.0, 1.0))
    return np.asarray(np.clip(time, 0.0, 1.0))


def _integral(sizes: "np.ndarray", start: FloatArray, stop: FloatArray) -> float:
    """Integrate over the times between start and stop the chance of each coalition."""
    from scipy.special import betainc  # noqa: PLC0415 (start-up)

    count = int(sizes.max()) + 1
    scale = np.array([1 / (count * comb(count - 1, k)) for k in range(count)])
    inside = betainc(sizes + 1, count - sizes, stop) - betainc(sizes + 1, count - sizes, start)
    return float(np.dot(np.maximum(inside, 0.0), scale[sizes]))


def _sums(parts: Sequence[Interval]) -> _Sums:
    low, high = np.zeros(1), np.zeros(1)
    for part in parts:
        least, most = _floats(part)
        low, high = np.concatenate([low, low + least]), np.concatenate([high, high + most])
    return _Sums(low, high, low[::-1], high[::-1])


def _floats(part: Interval) -> tuple[float, float]:
    return float(part.low), 1.0 if part.high is None else float(part.high)
