"""The columns that ranges allow: every holding between its ends, all of them adding up to one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from crosstie.analyses.columns import Number

NEAR = 1e-12  # floating values this near are the same


@dataclass(frozen=True, slots=True)
class Range:
    """One holding as a range of numbers, floating or exact."""

    holder: int
    low: Number
    high: Number
    low_open: bool
    high_open: bool
    edge: int


Ranges = dict[int, tuple[Range, ...]]


def mass(column: Sequence[Range]) -> Number:
    """What a column adds up to: one, unless what is stated forces more, or allows less."""
    return min(max(1, sum(r.low for r in column)), sum(r.high for r in column))


def fill(column: Sequence[Range], order: Sequence[int]) -> list[Number]:
    """Everyone at least at the low end, the rest of the column to the first in order, up to the high ends."""
    chosen = [r.low for r in column]
    low = sum(chosen)
    rest = min(max(1, low), sum(r.high for r in column)) - low  # the mass of the column less what is taken
    for at in order:
        if rest <= (0 if isinstance(rest, Fraction) else NEAR):
            break
        more = min(rest, column[at].high - column[at].low)
        if more <= (0 if isinstance(more, Fraction) else NEAR):
            continue
        chosen[at] += more
        rest -= more
    return chosen


def is_forced(column: Sequence[Range]) -> bool:
    """Whether there is only one column, or none: then it is taken as stated, and open ends mean nothing."""
    return bool(sum(r.low for r in column) >= 1 or sum(r.high for r in column) <= 1)


def is_reached(column: Sequence[Range], chosen: Sequence[Number], weights: Sequence[Number]) -> bool:
    """Whether some column without its open ends weighs as much as the chosen one."""
    if is_forced(column):
        return True
    return all(fits([column[at] for at in same], sum(chosen[at] for at in same)) for same in alike(weights))


def alike(weights: Sequence[Number]) -> Iterator[list[int]]:
    """Positions grouped by equal weight, lightest first."""
    ranked = sorted(range(len(weights)), key=lambda at: weights[at])
    for _, same in groupby(ranked, key=lambda at: _rounded(weights[at])):
        yield list(same)


def _rounded(number: Number) -> Number:
    return number if isinstance(number, Fraction) else round(number, 11)


def fits(column: Sequence[Range], total: Number) -> bool:
    """Whether these holdings can add up to a total without their open ends."""
    low, high = sum(r.low for r in column), sum(r.high for r in column)
    near = 0 if isinstance(total, Fraction) else NEAR
    if total < low - near or total > high + near:
        return False
    at_low, at_high = total <= low + near, total >= high - near
    if at_low and any(r.low_open for r in column if r.low < r.high):
        return False
    return not (at_high and any(r.high_open for r in column if r.low < r.high))
