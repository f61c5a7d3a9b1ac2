"""All coalitions of a few holders, one by one: weights of any size."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb

import numpy as np

from crosstie.analyses.power.sampling import whole_array
from crosstie.network.network import BoolArray, IntArray

MOST = 20  # holders: a million coalitions


def winning(units: Sequence[int], quota: int) -> BoolArray:
    """Which of the 2ⁿ coalitions win; bit *i* of a coalition's number is holder *i*.

    >>> winning([2, 1], 2).tolist()       # nobody, the first, the second, both
    [False, True, False, True]
    """
    votes = whole_array([0])
    for unit in units:
        votes = np.concatenate([votes, votes + unit])
    return np.asarray(votes >= quota, dtype=np.bool_)


def sizes(count: int) -> IntArray:
    """How many members each coalition has."""
    found = np.zeros(1, np.int32)
    for _ in range(count):
        found = np.concatenate([found, found + 1])
    return found


def gains(wins: BoolArray, holder: int) -> IntArray:
    """The coalitions without this holder that lose, and win with it."""
    pairs = wins.reshape(-1, 2, 1 << holder)
    swing = pairs[:, 1] & ~pairs[:, 0]
    high, low = np.nonzero(swing)
    return np.asarray((high << (holder + 1)) + low, dtype=np.int64)


def shapley_of(wins: BoolArray) -> list[Fraction]:
    r"""Shapley–Shubik power in any monotone simple game: :math:`\sum_S |S|!(n-1-|S|)!/n!` over gains.

    Examples
    --------
    >>> shapley_of(winning([50, 49, 1], 51))
    [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]
    """
    count = len(wins).bit_length() - 1
    members = sizes(count)
    found = []
    for holder in range(count):
        by_size = np.bincount(members[gains(wins, holder)], minlength=count).tolist()
        found.append(
            sum((Fraction(c, count * comb(count - 1, k)) for k, c in enumerate(by_size) if c), Fraction(0))
        )
    return found


def swing_counts(wins: BoolArray) -> list[int]:
    """How many coalitions each holder turns from losing to winning."""
    count = len(wins).bit_length() - 1
    return [len(gains(wins, holder)) for holder in range(count)]


def breakers(wins: BoolArray) -> tuple[list[list[int]], list[list[int]]]:
    """Winning coalitions that somebody can break, told by holder and by how many can.

    Returns
    -------
    tuple
        For each holder, the count of such coalitions in which it is one of *c* who can (index *c*);
        and, for each holder, the count of minimal winning coalitions of *c* members.
    """
    count = len(wins).bit_length() - 1
    members = sizes(count)
    able = np.zeros(len(wins), np.int32)
    for holder in range(count):
        able[gains(wins, holder) | (1 << holder)] += 1
    minimal = wins & (able == members) & (members > 0)
    by_break, by_size = [], []
    for holder in range(count):
        mine = gains(wins, holder) | (1 << holder)
        by_break.append(np.bincount(able[mine], minlength=count + 1).tolist())
        by_size.append(np.bincount(members[mine[minimal[mine]]], minlength=count + 1).tolist())
    return by_break, by_size


def minimal_coalitions(wins: BoolArray) -> list[tuple[int, ...]]:
    """The minimal winning coalitions, as positions, smallest first.

    >>> minimal_coalitions(winning([10, 9, 6, 5], 16))
    [(0, 1), (0, 2), (1, 2, 3)]
    """
    count = len(wins).bit_length() - 1
    minimal = wins.copy()
    numbers = np.arange(len(wins))
    for holder in range(count):
        inside = (numbers >> holder) & 1 == 1
        minimal[inside] &= ~wins[numbers[inside] ^ (1 << holder)]
    chosen = [tuple(i for i in range(count) if n >> i & 1) for n in np.nonzero(minimal)[0].tolist()]
    return sorted(chosen, key=lambda members: (len(members), members))
