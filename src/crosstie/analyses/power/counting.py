"""Count coalitions exactly: whole numbers of any length, one per sum of votes.

A polynomial in *y* (one power of *y* per member) is one long whole number: *y* stands for a power
of two so large that no coefficient reaches the next. With *y* = 1 sizes are not told apart.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.object_]


def coalition_sums(units: Sequence[int], top: int, shift: int = 0) -> Table:
    r"""How many coalitions have each sum below ``top``: coefficients of :math:`\prod_i (1 + y x^{w_i})`.

    Parameters
    ----------
    units
        Whole weights.
    top
        Sums from 0 up to but not including this are counted.
    shift
        Bits per coefficient of *y*; 0 counts all sizes together.

    Examples
    --------
    >>> list(coalition_sums([2, 1, 1], 4))
    [1, 2, 2, 2]
    """
    table: Table = np.zeros(top, dtype=object)
    table[0] = 1
    for unit in units:
        if unit == 0:
            table = table + (table << shift)
        elif unit < top:
            table[unit:] = table[unit:] + (table[:-unit] << shift)
    return table


def swings(units: Sequence[int], quota: int, shift: int = 0) -> list[int]:
    r"""In how many coalitions each holder turns losing into winning, exactly.

    With :math:`F(x)` the coalitions of all holders below *x* votes and :math:`A(x)` those without
    holder *i*, :math:`F(x) = A(x) + y A(x - w_i)`; so :math:`A(x) = \sum_j (-y)^j F(x - j w_i)` and
    the swings are :math:`A(q) - A(q - w_i)`. Nothing cancels: all are whole numbers.

    Examples
    --------
    >>> swings([50, 49, 1], 51)
    [3, 1, 1]
    """
    below: Table = np.zeros(quota + 1, dtype=object)
    below[1:] = np.cumsum(coalition_sums(units, quota, shift))
    found = {unit: _swings_of(unit, quota, below, shift) for unit in set(units)}
    return [found[unit] for unit in units]


def _swings_of(unit: int, quota: int, below: Table, shift: int) -> int:
    if unit == 0:
        return 0
    return _without(unit, quota, below, shift) - _without(unit, quota - unit, below, shift)


def _without(unit: int, votes: int, below: Table, shift: int) -> int:
    """Coalitions below so many votes that lack one holder of this weight."""
    total = 0
    for position in range(votes % unit, votes + 1, unit) if votes > 0 else ():
        total = int(below[position]) - (total << shift)
    return total


def coefficients(packed: int, shift: int, count: int) -> list[int]:
    """Take a packed polynomial apart.

    >>> coefficients(3 + (5 << 8), 8, 2)
    [3, 5]
    """
    mask = (1 << shift) - 1
    return [(packed >> (shift * i)) & mask for i in range(count)]


def shapley_values(units: Sequence[int], quota: int) -> list[Fraction]:
    r"""Shapley–Shubik power from swings by size: :math:`\sum_k s_k \, k!\,(n-1-k)!/n!`.

    A game and its dual (win by blocking) give each holder the same power; the one with the smaller
    table is counted.

    Examples
    --------
    >>> shapley_values([50, 49, 1], 51)
    [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]
    """
    n = len(units)
    smaller = min(quota, sum(units) - quota + 1)
    shift = n + 1
    sizes = swings(units, smaller, shift)
    weight = [Fraction(1, n * comb(n - 1, k)) for k in range(n)]
    found = {
        packed: sum(
            (c * w for c, w in zip(coefficients(packed, shift, n), weight, strict=True) if c), Fraction(0)
        )
        for packed in set(sizes)
    }
    return [found[packed] for packed in sizes]
