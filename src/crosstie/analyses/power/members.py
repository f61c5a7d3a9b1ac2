"""Coalitions by their members: minimal winning ones, and those somebody can break.

One pass forward over the holders, heaviest first, counts the coalitions so far by their votes; one
pass backward counts how each can be completed. Everything added is positive, so floats lose nothing
to cancellation, and with whole numbers the count is exact. Each member carries a factor *x*, which
tells sizes apart: a packed whole number, or a node of a quadrature over 1/size = ∫ xˢⁱᶻᵉ⁻¹ dx.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[Any]
Ends = Callable[[int], Table]


def minimal_winning(units: Sequence[int], quota: int, x: float) -> list[Any]:
    r"""For each holder, :math:`\sum x^{|S|}` over the minimal winning coalitions *S* with it.

    Examples
    --------
    >>> minimal_winning([10, 9, 6, 5], 16, 1)          # {1,2}, {1,3}, {2,3,4}
    [2, 2, 2, 1]
    """
    order, heavy = _heaviest_first(units)
    length = quota + (heavy[0] if heavy else 0)
    done: Table = np.zeros(length, dtype=_kind(x))
    done[quota:] = 1
    before = _prefixes(heavy, quota, x)
    found: list[Any] = [0] * len(units)
    after = done.copy()
    for j in range(len(heavy) - 1, -1, -1):
        found[order[j]] = _dot(before[j], after[heavy[j] :], quota) * x
        after[:quota] = after[:quota] + after[heavy[j] : heavy[j] + quota] * x
    return found


def broken(units: Sequence[int], quota: int, x: float) -> list[Any]:
    r"""For each holder, :math:`\sum x^{c(S)}` over winning *S* that it can break; *c* counts who can.

    A member of a coalition with *e* votes above the quota can break it when it has more than *e*
    votes: those are the heaviest, so the coalition is a choice among the heavier (each with
    a factor *x*) and one among the lighter.

    Examples
    --------
    >>> broken([2, 1, 1], 3, 1)         # {1,2}, {1,3}, {1,2,3}
    [3, 1, 1]
    """
    order, heavy = _heaviest_first(units)
    length = quota + (heavy[0] if heavy else 0)
    before = _prefixes(heavy, length, x)
    lighter: Table = np.zeros(length + 1, dtype=_kind(x))
    lighter[0] = 1
    after: Table = np.zeros(length, dtype=_kind(x))
    found: list[Any] = [0] * len(units)
    zeros = sum(unit == 0 for unit in units)
    lighter = lighter * 2**zeros
    for j in range(len(heavy) - 1, -1, -1):
        unit = heavy[j]
        after = after + _ways(lighter, quota, heavy[j + 1] if j + 1 < len(heavy) else 0, unit, length)
        shifted = np.zeros(length, dtype=after.dtype)
        shifted[: length - unit] = after[unit:]
        found[order[j]] = _dot(before[j], shifted, length) * x
        after = after + shifted * x
        lighter[unit:] = lighter[unit:] + lighter[:-unit].copy()
    return found


def _ways(lighter: Table, quota: int, least: int, most: int, length: int) -> Table:
    """For each sum of the heavier, the choices among the lighter that end ``least`` ≤ votes − quota < ``most``."""
    below = np.zeros(length + 2, dtype=lighter.dtype)
    below[1:] = np.cumsum(lighter)
    return _falling(below, quota + most, length) - _falling(below, quota + least, length)


def _falling(below: Table, top: int, length: int) -> Table:
    """``below`` at top, top − 1, ..., and zero where that ends."""
    found: Table = np.zeros(length, dtype=below.dtype)
    reached = min(length, top + 1)
    found[:reached] = below[top + 1 - reached : top + 1][::-1]
    return found


def _prefixes(heavy: Sequence[int], length: int, x: float) -> list[Table]:
    """Before each holder, the coalitions of the heavier ones by votes below ``length``."""
    table: Table = np.zeros(length, dtype=_kind(x))
    table[0] = 1
    tables = []
    for unit in heavy:
        tables.append(table)
        grown = table.copy()
        if unit < length:
            grown[unit:] = grown[unit:] + table[: length - unit] * x
        table = grown
    return tables


def _heaviest_first(units: Sequence[int]) -> tuple[list[int], list[int]]:
    order = sorted((i for i, unit in enumerate(units) if unit), key=lambda i: -units[i])
    return order, [units[i] for i in order]


def _dot(left: Table, right: Table, length: int) -> Any:  # noqa: ANN401 (a whole number or a float, as the tables)
    return np.dot(left[:length], right[:length])


def _kind(x: float) -> type:
    return object if isinstance(x, int) else np.float64
