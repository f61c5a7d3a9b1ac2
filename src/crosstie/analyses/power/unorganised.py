"""Bounds on power whatever the unknown holders are, and whatever a range of votes turns out to be."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb

import numpy as np

from crosstie.analyses.power import coalitions
from crosstie.analyses.power.result import Index, Power
from crosstie.ledger.amounts import Interval
from crosstie.network.network import BoolArray
from crosstie.text.problem import CrosstieError

_MOST = 14  # holders whose coalitions are listed


def shapley_shubik_bounds(holders: Sequence[str], votes: Sequence[Interval], quota: Fraction) -> Power:
    r"""Bounds of Shapley–Shubik power over every way the other votes may be held and cast.

    However the unknown votes are split into holders, the named ones still arrive in every order equally
    often. Holder *i* surely decides after *S* when *S* loses with all other votes and :math:`S + i` wins with
    none; it possibly decides when *S* can lose with none and :math:`S + i` can win with all.

    Parameters
    ----------
    holders, votes
        The named holders and their parts of the votes, ranges allowed; what they leave of one is unknown.
    quota
        More than this part of all votes wins.

    Examples
    --------
    >>> found = shapley_shubik_bounds(["a", "b"], [Interval.parse("60%"), Interval.parse("10%")], Fraction(1, 2))
    >>> found.low, found.high
    ((Fraction(1, 1), Fraction(0, 1)), (Fraction(1, 1), Fraction(0, 1)))
    """
    weights = [Fraction(1, len(holders) * comb(len(holders) - 1, k)) for k in range(len(holders))]
    return _bounds("shapley-shubik", holders, votes, quota, weights)


def banzhaf_absolute_bounds(holders: Sequence[str], votes: Sequence[Interval], quota: Fraction) -> Power:
    """Bounds of absolute Banzhaf power over every way the other votes may be held and cast."""
    weights = [Fraction(1, 2 ** (len(holders) - 1))] * len(holders)
    return _bounds("banzhaf-absolute", holders, votes, quota, weights)


def _bounds(
    index: Index,
    holders: Sequence[str],
    votes: Sequence[Interval],
    quota: Fraction,
    weights: Sequence[Fraction],
) -> Power:
    if len(holders) > _MOST:
        raise CrosstieError(
            f"bounds over unknown holders are found for at most {_MOST} named holders, not {len(holders)}"
        )
    surely, possibly = _certain_wins([part.low for part in votes], quota)
    able = [part.high != 0 for part in votes]
    low = tuple(_weigh(~possibly, surely, i, weights) for i in range(len(holders)))
    high = tuple(
        _weigh(~surely, possibly, i, weights) if able[i] else Fraction(0) for i in range(len(holders))
    )
    values = tuple(a if a == b else None for a, b in zip(low, high, strict=True))
    shown = tuple(part.low if part.is_exact else part for part in votes)
    method = "bounds over every way the unknown holders may be organised, and every vote within its range"
    return Power(index, tuple(holders), shown, values, method, low=low, high=high)


def _certain_wins(lows: Sequence[Fraction], quota: Fraction) -> tuple[BoolArray, BoolArray]:
    """Coalitions that win whatever the rest do, and those that win if all the rest may help."""
    sums = _sums(lows)
    if quota == 1:
        return np.array([s >= 1 for s in sums]), np.array([s <= 0 for s in sums[::-1]])
    # beside a coalition, the others hold at least their lowest votes; read backwards, the others' sum
    return np.array([s > quota for s in sums]), np.array([s < 1 - quota for s in sums[::-1]])


def _sums(parts: Sequence[Fraction]) -> list[Fraction]:
    sums = [Fraction(0)]
    for part in parts:
        sums += [s + part for s in sums]
    return sums


def _weigh(loses: BoolArray, wins: BoolArray, holder: int, weights: Sequence[Fraction]) -> Fraction:
    """Add the orders in which the holder makes a losing coalition win."""
    count = len(wins).bit_length() - 1
    pairs = (loses.reshape(-1, 2, 1 << holder)[:, 0]) & (wins.reshape(-1, 2, 1 << holder)[:, 1])
    members = coalitions.sizes(count).reshape(-1, 2, 1 << holder)[:, 0]
    by_size = np.bincount(members[pairs], minlength=count)
    return sum((int(c) * w for c, w in zip(by_size.tolist(), weights, strict=True) if c), Fraction(0))
