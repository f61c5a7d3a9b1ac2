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
