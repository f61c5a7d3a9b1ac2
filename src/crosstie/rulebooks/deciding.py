"""Exact, three-valued comparison of an interval with a threshold, and arithmetic on intervals."""

from fractions import Fraction

from crosstie.ledger.amounts import ZERO, Interval
from crosstie.rulebooks.rule import Comparator

NOTHING = ZERO
WHOLE = Interval.exactly(1)


def decide(value: Interval, threshold: Fraction, comparator: Comparator) -> bool | None:
    """Whether every number in the interval passes, none does, or that cannot be decided (``None``).

    >>> decide(Interval.parse("25%"), Fraction(1, 4), "at least")
    True
    >>> decide(Interval.parse("25%"), Fraction(1, 4), "more than")
    False
    >>> decide(Interval.parse("(25%, 50%]"), Fraction(1, 4), "more than")
    True
    >>> decide(Interval.parse("25-50%"), Fraction(1, 4), "more than") is None
    True
    """
    if comparator == "at least":
        surely = value.low >= threshold
        never = value.high is not None and (
            value.high < threshold or (value.high == threshold and value.high_open)
        )
    else:
        surely = value.low > threshold or (value.low == threshold and value.low_open)
        never = value.high is not None and value.high <= threshold
    return True if surely else False if never else None


def both(*answers: bool | None) -> bool | None:
    """All of them: false where one is, undecided where one is.

    >>> both(True, None), both(None, False)
    (None, False)
    """
    if False in answers:
        return False
    return None if None in answers else True


def either(*answers: bool | None) -> bool | None:
    """Any of them: true where one is, undecided where one is.

    >>> either(False, None), either(None, True)
    (None, True)
    """
    if True in answers:
        return True
    return None if None in answers else False


def at_most(value: Interval, top: Interval) -> Interval:
    """The interval cut off above a number known to bound it.

    >>> print(at_most(Interval.parse("25-50%"), Interval.parse("40%")))
    [1/4, 2/5]
    """
    if top.high is None or (value.high is not None and value.high <= top.high):
        return value
    high = max(top.high, value.low)
    return Interval(value.low, high, value.low_open and high > value.low, top.high_open and high > value.low)


def hull(one: Interval, other: Interval) -> Interval:
    """The least interval that holds both.

    >>> print(hull(Interval.parse("10%"), Interval.parse("15-20%")))
    [1/10, 1/5]
    """
    low = min(one, other, key=lambda each: (each.low, each.low_open))
    if one.high is None or other.high is None:
        return Interval(low.low, None, low.low_open)
    high = max(one, other, key=lambda each: (each.high or 0, not each.high_open))
    return Interval(low.low, high.high, low.low_open, high.high_open)


def minus(one: Interval, other: Interval) -> Interval:
    """One less the other, never below zero.

    >>> print(minus(Interval.exactly(1), Interval.parse("25-50%")))
    [1/2, 3/4]
    """
    low = Fraction(-1) if other.high is None else one.low - other.high
    high = None if one.high is None else one.high - other.low
    if high is not None and high <= 0:
        return NOTHING
    low_open = low >= 0 and other.high is not None and (one.low_open or other.high_open)
    low = max(Fraction(0), low)
    if high is not None and high <= low:
        return Interval.exactly(low)
    return Interval(low, high, low_open, one.high_open or other.low_open)


def part_of(value: Interval, whole: Interval) -> Interval:
    """The value as a part of a whole that it belongs to: at most one.

    Low end over the whole's high end and high over low: the part lies within, whatever the two are.

    >>> print(part_of(Interval.parse("30%"), Interval.parse("60-80%")))
    [3/8, 1/2]
    """
    low_whole, high_whole = whole.low, whole.high
    if not high_whole:
        return NOTHING
    low = value.low / high_whole
    high = Fraction(1) if value.high is None or not low_whole else min(Fraction(1), value.high / low_whole)
    if high <= low:
        return Interval.exactly(low)
    return Interval(
        low,
        high,
        value.low_open or (whole.high_open and value.low > 0),
        high < 1 and (value.high_open or whole.low_open),
    )
