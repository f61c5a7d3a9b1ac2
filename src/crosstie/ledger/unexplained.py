"""Where events give a count, what is stated is a check: the gap between the two, in words."""

from collections.abc import Sequence
from fractions import Fraction

from crosstie.ledger.amounts import Interval
from crosstie.ledger.books import Book, count
from crosstie.ledger.linear import Amount, interval_of, ratio, sum_of
from crosstie.ledger.rounding import agrees
from crosstie.ledger.statements import Holding


def gap_in_count(holding: Holding, held: Amount, ranges: list[Interval]) -> str:
    """How a stated count differs from the events'; empty where it does not."""
    stated = holding.shares
    if stated is None or stated.unit != "shares":
        return ""
    ours = interval_of(held, ranges)
    if meets(ours, stated.interval):
        return ""
    gap = stated.interval.low - ours.low
    return f"{count(held, ranges)} by its events, {stated.text} stated ({_signed(gap)})"


def _signed(gap: Fraction) -> str:
    return f"{'+' if gap > 0 else '-'}{count(abs(gap), [])}"


def gap_in_part(holding: Holding, held: Amount, books: Sequence[Book], ranges: list[Interval]) -> str:
    """How a stated part differs from the events'; without a stated base either base may agree."""
    stated = holding.share
    if stated is None or holding.base not in {"issued", "outstanding", "unstated"}:
        return ""
    issued = sum_of(book.issued for book in books)
    left = issued - sum_of(book.treasury for book in books)
    wholes = {"issued": [issued], "outstanding": [left], "unstated": [left, issued]}[holding.base]
    ours = [ratio(held, whole, ranges) for whole in wholes]
    if any(meets(each, stated) for each in ours):
        return ""
    gap = float(stated.low - ours[0].low)
    return f"{_percent(ours[0])} by its events, {_percent(stated)} stated ({gap:+.4%})"


def _percent(span: Interval) -> str:
    low = f"{float(span.low):.4%}"
    return low if span.is_exact else f"{low} to {float(span.high or 1):.4%}"


def meets(ours: Interval, stated: Interval) -> bool:
    """Whether what is computed can be what is stated, printed digits taken as rounded or cut."""
    if stated.is_exact and ours.is_exact:
        return agrees(ours.low, stated.low)
    below = ours.high is not None and ours.high < stated.low
    above = stated.high is not None and ours.low > stated.high
    return not below and not above
