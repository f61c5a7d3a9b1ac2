"""What a compiler may make use of and plain Python ignores."""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Whole = Any
"""A whole number of whatever width the array it comes from has."""

prange = range
"""A range whose turns do not depend on each other."""


def prefetch(array: Any, index: Any) -> None:  # noqa: ANN401 (any array: replaced when compiled)
    """Say that this element is read soon, so that memory can be asked for it early."""


def word(value: Whole) -> Whole:
    """A whole number without sign; compiled, one of 64 bits."""
    return int(value)


def eight(data: Array, at: Whole) -> Whole:
    """Eight bytes from a place on as one number, the first ones lowest.

    >>> import numpy as np
    >>> eight(np.array([9, 1, 2, 0, 0, 0, 0, 0, 0], np.uint8), 1)
    513
    """
    return int.from_bytes(data[at : at + 8].tobytes(), "little")


def put_eight(data: Array, at: Whole, value: Whole) -> None:
    """Write what ``eight`` reads."""
    data[at : at + 8] = list(int(value).to_bytes(8, "little"))
