"""Power by random orders, with its standard error."""

from collections.abc import Sequence

import numpy as np

from crosstie.network.network import FloatArray

_AT_ONCE = 2_000_000  # random numbers held at a time
_DRAWN = 10**8  # random numbers in all


def shapley_sample(
    units: Sequence[int], quota: int, *, orders: int = 200_000, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """How often each holder decides when all come in random order, and the standard error of that.

    Examples
    --------
    >>> values, errors = shapley_sample([50, 49, 1], 51, orders=20_000, seed=1)
    >>> bool(abs(values[0] - 2 / 3) < 4 * errors[0])
    True
    """
    random = np.random.default_rng(seed)
    votes = whole_array(units)
    pivots = np.zeros(len(votes), np.int64)
    left = orders
    while left:
        batch = min(left, max(1, _AT_ONCE // len(votes)))
        order = np.argsort(random.random((batch, len(votes))), axis=1)
        reached = np.cumsum(votes[order], axis=1) >= quota
        deciding = order[np.arange(batch), reached.argmax(axis=1)]
        pivots += np.bincount(deciding, minlength=len(votes))
        left -= batch
    return with_error(pivots / orders, orders)


def johnston_sample(
    units: Sequence[int], quota: int, *, coalitions: int = 200_000, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    r"""Johnston power from random coalitions, and its standard error.

    In each coalition that *c* members can break, each of these scores 1/*c*; the index is a holder's part of
    all scores. The error is that of a ratio of means (delta method):
    :math:`\sqrt{\sum_k (x_{ik} - p_i y_k)^2} / \sum_k y_k`, with *y* telling whether anybody scores.

    Examples
    --------
    >>> values, errors = johnston_sample([3, 2, 1], 4, coalitions=20_000, seed=1)
    >>> bool(abs(values[0] - 2 / 3) < 4 * errors[0])
    True
    """
    random = np.random.default_rng(seed)
    votes = whole_array(units)
    first, second = np.zeros(len(votes)), np.zeros(len(votes))
    broken, left = 0, coalitions
    while left:
        batch = min(left, max(1, _AT_ONCE // len(votes)))
        inside = random.random((batch, len(votes))) < 0.5
        total = inside @ votes
        able = inside & (total >= quota)[:, None] & ((total[:, None] - votes[None, :]) < quota)
        count = able.sum(axis=1)
        scores = able / np.maximum(count, 1)[:, None]
        first += scores.sum(axis=0)
        second += (scores**2).sum(axis=0)
        broken += int(np.count_nonzero(count))
        left -= batch
    if not broken:
        return np.full(len(votes), np.nan), np.full(len(votes), np.nan)
    part = first / broken
    spread = np.maximum(second - broken * part**2, 1 / len(votes))
    return part, np.sqrt(spread) / broken


def with_error(part: FloatArray, sample: int) -> tuple[FloatArray, FloatArray]:
    r"""A frequency and its standard error; Laplace's rule keeps it above zero where nothing was seen.

    :math:`\sqrt{p(1-p)/N}` with :math:`p` moved to :math:`(k+1)/(N+2)`.
    """
    moved = (part * sample + 1) / (sample + 2)
    return part, np.sqrt(moved * (1 - moved) / sample)


def whole_array(units: Sequence[int]) -> "np.ndarray":
    """Whole numbers as an array that never overflows when they are summed."""
    return np.array(units, dtype=np.int64 if sum(units) < 2**62 else object)


def draws_for(holders: int, most: int) -> int:
    """So many random orders or coalitions, at most, that an answer takes seconds.

    >>> draws_for(200, 200_000), draws_for(2_000, 200_000)
    (200000, 50000)
    """
    return max(5_000, min(most, _DRAWN // holders))
