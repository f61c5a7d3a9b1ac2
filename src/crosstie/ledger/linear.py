"""Amounts that depend on quantities of which only a range is known, and exact bounds of their ratios.

A sale of "up to N" leaves the seller with less by the very number by which treasury has more. An
amount therefore is a constant plus multiples of *unknown quantities*; every unknown quantity has one
range, kept aside, and bounds are taken only at the end.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crosstie.ledger.amounts import ALL, Interval

Exact = int | Fraction
Ranges = Sequence[Interval]


@dataclass(frozen=True, slots=True)
class Linear:
    """A constant plus multiples of unknown quantities, each named by its place in the list of ranges."""

    constant: Exact
    terms: tuple[tuple[int, Exact], ...]

    def __add__(self, other: "Amount") -> "Amount":
        return combine(self, other, 1)

    def __radd__(self, other: Exact) -> "Amount":
        return combine(self, other, 1)

    def __sub__(self, other: "Amount") -> "Amount":
        return combine(self, other, -1)

    def __rsub__(self, other: Exact) -> "Amount":
        return combine(-1 * self, other, 1)

    def __mul__(self, factor: Exact) -> "Amount":
        return Linear(self.constant * factor, tuple((k, c * factor) for k, c in self.terms))

    __rmul__ = __mul__


Amount = int | Fraction | Linear


def combine(left: Amount, right: Amount, sign: int) -> Amount:
    """The sum of the one and ``sign`` times the other; a plain number where the unknown parts cancel."""
    if not isinstance(left, Linear) and not isinstance(right, Linear):
        return left + sign * right
    terms: dict[int, Exact] = dict(terms_of(left))
    for key, factor in terms_of(right):
        terms[key] = terms.get(key, 0) + sign * factor
    constant = constant_of(left) + sign * constant_of(right)
    kept = tuple((key, factor) for key, factor in sorted(terms.items()) if factor != 0)
    return Linear(constant, kept) if kept else constant


def sum_of(amounts: Iterable[Amount]) -> Amount:
    """The sum of some amounts."""
    whole: Amount = 0
    for each in amounts:
        whole += each
    return whole


def constant_of(amount: Amount) -> Exact:
    """The known part."""
    return amount.constant if isinstance(amount, Linear) else amount


def terms_of(amount: Amount) -> tuple[tuple[int, Exact], ...]:
    """The multiples of unknown quantities."""
    return amount.terms if isinstance(amount, Linear) else ()


def interval_of(amount: Amount, ranges: Ranges) -> Interval:
    """All values the amount may have, never below zero.

    >>> str(interval_of(10 - Linear(0, ((0, 1),)), [Interval.parse("<=4")]))
    '[6, 10]'
    """
    if not isinstance(amount, Linear):
        return Interval.exactly(max(amount, 0))
    low, low_open = _extreme(amount, ranges, top=False)
    high, high_open = _extreme(amount, ranges, top=True)
    if low is None or low < 0:
        low, low_open = Fraction(0), False
    return interval_between(low, high, low_open, high_open)


def product(part: Interval, whole: Interval) -> Interval:
    """One number from each, multiplied.

    >>> str(product(Interval.parse("(0%, 15%]"), Interval.parse("200")))
    '(0, 30]'
    """
    top = None if whole.high is None or part.high is None else whole.high * part.high
    return interval_between(
        part.low * whole.low, top, part.low_open or whole.low_open, part.high_open or whole.high_open
    )


def interval_between(low: Fraction, high: Fraction | None, low_open: bool, high_open: bool) -> Interval:  # noqa: FBT001 (ends)
    """The interval of these ends; the one number itself where they meet."""
    if high is not None and high <= low:
        return Interval.exactly(max(low, high))
    return Interval(low, high, low_open, high_open)


def _extreme(amount: Linear, ranges: Ranges, *, top: bool) -> tuple[Fraction | None, bool]:
    value, is_open = Fraction(amount.constant), False
    for key, factor in amount.terms:
        span = ranges[key]
        end = span.high if (factor > 0) == top else span.low
        if end is None:
            return None, True
        value += factor * end
        is_open |= span.high_open if (factor > 0) == top else span.low_open
    return value, is_open


def ratio(part: Amount, whole: Amount, ranges: Ranges) -> Interval:
    r"""All values of ``part / whole`` over the ranges: tight, since both move together.

    A ratio of two linear forms over a box has its extremes at corners or along one unbounded side.
    The corner is found by Dinkelbach's iteration: the largest :math:`\lambda` with
    :math:`\max_q (part - \lambda\, whole) = 0`, exact in fractions. ``[0, 1]`` where the whole may be nothing.

    >>> bought = Linear(0, ((0, 1),))
    >>> str(ratio(40 - bought, 100 - bought, [Interval.parse("<=20")]))    # a buy-back from one holder
    '[1/4, 2/5]'

    References
    ----------
    Dinkelbach (1967), On nonlinear fractional programming, Management Science 13.
    """
    if not isinstance(part, Linear) and not isinstance(whole, Linear):
        if whole == 1:
            return Interval.exactly(part)
        return Interval.exactly(Fraction(part, whole)) if whole > 0 else ALL
    if interval_of(whole, ranges).low <= 0:
        return ALL
    high, high_open = _best(part, whole, ranges, max)
    low, low_open = _best(part, whole, ranges, min)
    if low < 0:
        low, low_open = Fraction(0), False
    return interval_between(low, high, low_open, high_open)


def _best(
    part: Amount, whole: Amount, ranges: Ranges, better: Callable[[Fraction, Fraction], Fraction]
) -> tuple[Fraction, bool]:
    tops, bottoms = dict(terms_of(part)), dict(terms_of(whole))
    keys = sorted({*tops, *bottoms})
    at = {key: ranges[key].low for key in keys}
    value = _at(part, at) / _at(whole, at)
    while True:
        slopes = {key: tops.get(key, 0) - value * bottoms.get(key, 0) for key in keys}
        at = {key: _end(ranges[key], slopes[key], better) for key in keys}
        found = better(value, _at(part, at) / _at(whole, at))
        if found == value:
            break
        value = found
    limits = [
        Fraction(tops.get(key, 0)) / bottoms[key]
        for key in keys
        if ranges[key].high is None and bottoms.get(key, 0) > 0
    ]
    for limit in limits:
        if better(value, limit) != value:
            return better(value, limit), True
    return value, any(_is_open(ranges[key], slopes[key], better) for key in keys)


def _end(span: Interval, slope: Exact, better: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
    upward = (slope > 0) == (better is max)
    return span.high if upward and slope != 0 and span.high is not None else span.low


def _is_open(span: Interval, slope: Exact, better: Callable[[Fraction, Fraction], Fraction]) -> bool:
    if slope == 0:
        return False
    return span.high_open if (slope > 0) == (better is max) else span.low_open


def _at(amount: Amount, at: dict[int, Fraction]) -> Fraction:
    return Fraction(constant_of(amount)) + sum((f * at[k] for k, f in terms_of(amount)), Fraction(0))
