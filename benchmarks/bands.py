"""Shares told as bands, as registers do."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BRITISH = (0.25, 0.5, 0.75, 1.0)
DANISH = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3333, 0.5, 0.6667, 0.9, 1.0)
PARTS = 10**8
"""What a share is a whole number of."""


class Bands(NamedTuple):
    """Ends of every holding as whole numbers of ``PARTS``, and which of them are left out."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    low_open: NDArray[np.bool_]
    high_open: NDArray[np.bool_]


def british(share: NDArray[np.float64]) -> Bands:
    """More than 25 and up to 50, more than 50 and less than 75, 75 to 100 %; smaller ones as they are."""
    part = np.maximum(np.floor(share * PARTS), 1).astype(np.int64)
    limits = (np.array(BRITISH) * PARTS).astype(np.int64)
    band = np.where(part >= limits[2], 2, np.where(part > limits[1], 1, np.where(part > limits[0], 0, -1)))
    stated = band < 0
    low, high = np.where(stated, part, limits[band]), np.where(stated, part, limits[band + 1])
    return Bands(low, high, (band == 0) | (band == 1), band == 1)


def danish(share: NDArray[np.float64]) -> Bands:
    """From a limit to less than the next: 5, 10, 15, 20, 25, 33.33, 50, 66.67, 90 %; 90 to 100 %, ends included."""
    part = np.maximum(np.floor(share * PARTS), 1).astype(np.int64)
    limits = np.round(np.array(DANISH) * PARTS).astype(np.int64)
    band = np.minimum(np.searchsorted(limits, part, side="right") - 1, len(limits) - 2)
    low, high = limits[band], limits[band + 1]
    return Bands(low, high, low == 0, high < PARTS)
