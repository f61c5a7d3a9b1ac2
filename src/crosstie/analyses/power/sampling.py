"""Power by random orders, with its standard error."""

import math
from collections.abc import Sequence

import numpy as np

from crosstie.network.network import FloatArray

_AT_ONCE = 2_000_000  # random numbers held at a time


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


def with_error(part: FloatArray, sample: int) -> tuple[FloatArray, FloatArray]:
    r"""A frequency and its standard error; Laplace's rule keeps it above zero where nothing was seen.

    :math:`\sqrt{p(1-p)/N}` with :math:`p` moved to :math:`(k+1)/(N+2)`.
    """
    moved = (part * sample + 1) / (sample + 2)
    return part, np.sqrt(moved * (1 - moved) / sample)


def whole_array(units: Sequence[int]) -> "np.ndarray":
    """Whole numbers as an array that never overflows when they are summed."""
    return np.array(units, dtype=np.int64 if sum(units) < 2**62 else object)


def orders_for(error: float) -> int:
    """How many orders keep every standard error below this.

    >>> orders_for(0.001)
    250000
    """
    return math.ceil(0.25 / error**2)
