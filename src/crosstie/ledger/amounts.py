"""Exact amounts: fractions, intervals with open or closed ends, and money."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Self

from crosstie.ledger.currencies import CODES

Base = Literal["issued", "outstanding", "theoretical_votes", "exercisable_votes", "free_votes", "unstated"]


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from low to high; an open end leaves its own number out; ``high=None`` is unbounded.

    >>> print(Interval.parse("<=15%"), Interval.parse("25-50%"), Interval.parse("(25%, 50%]"))
    [0, 3/20] [1/4, 1/2] (1/4, 1/2]
    >>> Interval.parse("15%").is_exact
    True
    """

    low: Fraction
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if self.high is self.low and not (self.low_open or self.high_open):
            return  # one number; comparing it with itself would cost as much as all the rest
        if self.high is not None and (
            self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))
        ):
            raise ValueError(f"no number lies in {self}")

    @classmethod
    def exactly(cls, value: Fraction | int) -> Self:
        """The interval that holds one number."""
        number = Fraction(value)
        return cls(number, number)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``15%``, ``1/3``, ``0.15``, ``25-50%``, ``<=15%``, ``>25%``, ``(25%, 50%]``.

        Raises
        ------
        ValueError
            The text is none of these; the message says which forms there are.
        """
        low, high, low_open, high_open = _parse_interval(text)
        try:
            return cls(low, high, low_open, high_open)
        except ValueError as error:
            raise ValueError(f"no number lies in {text.strip()!r}; write the lower end first") from error

    @property
    def is_exact(self) -> bool:
        """Whether only one number lies in it."""
        return self.low is self.high or self.low == self.high

    def contains(self, value: Fraction | int) -> bool:
        """Whether the number lies in the interval, open ends respected."""
        above = value > self.low or (value == self.low and not self.low_open)
        if self.high is None:
            return above
        return above and (value < self.high or (value == self.high and not self.high_open))

    def scaled(self, factor: Fraction | int) -> "Interval":
        """Every number times a factor that is not negative."""
        high = None if self.high is None else self.high * factor
        return Interval(
            self.low * factor, high, self.low_open and factor != 0, self.high_open and factor != 0
        )

    def plus(self, other: "Interval") -> "Interval":
        """The sums of one number from each."""
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(
            self.low + other.low, high, self.low_open or other.low_open, self.high_open or other.high_open
        )

    def __str__(self) -> str:
        if self.is_exact:
            return str(self.low)
        high = "∞" if self.high is None else self.high
        close = ")" if self.high_open or self.high is None else "]"
        return f"{'(' if self.low_open else '['}{self.low}, {high}{close}"


ZERO = Interval.exactly(0)
ALL = Interval(Fraction(0), Fraction(1))

_NUMBER = r"\d[\d,]*(?:\.\d+)?(?:/\d+)?"
_PAIR = re.compile(rf"([\[(]?)\s*({_NUMBER})\s*(%?)\s*(?:-|–|,\s|\.\.|to)\s*({_NUMBER})\s*(%?)\s*([\])]?)")
_BOUND = re.compile(rf"(<=|>=|<|>|≤|≥)?\s*({_NUMBER})\s*(%?)")
_FORMS = "a number, 15%, 1/3, 25-50%, <=15%, >25% or (25%, 50%]"


def parse_number(text: str) -> Fraction:
    """Read a whole, decimal or fractional number exactly; commas may group thousands.

    >>> parse_number("1,326,231,327"), parse_number("0.15")
    (Fraction(1326231327, 1), Fraction(3, 20))
    """
    stripped = text.strip()
    if stripped.isascii() and stripped.isdigit():
        return Fraction(int(stripped))
    if not re.fullmatch(_NUMBER, stripped, re.ASCII) or not _groups_are_thousands(stripped):
        raise ValueError(f"not a number: {text!r}; write 211000000 or 211,000,000")
    return _fraction(stripped)


def _groups_are_thousands(text: str) -> bool:
    return "," not in text or re.match(r"\d{1,3}(,\d{3})+(?!\d)", text) is not None


def _fraction(digits: str) -> Fraction:
    numerator, _, denominator = digits.replace(",", "").partition("/")
    if denominator and int(denominator) == 0:
        raise ValueError(f"division by zero: {digits!r}; write a denominator above 0")
    whole, _, decimals = numerator.partition(".")
    return Fraction(int(whole + decimals), 10 ** len(decimals) * int(denominator or 1))


def _parse_interval(text: str) -> tuple[Fraction, Fraction | None, bool, bool]:
    bound = _BOUND.fullmatch(text.strip())
    if not bound:
        return _parse_pair(text)
    sign, digits, percent_sign = bound.groups()
    value = parse_number(digits) / 100 if percent_sign else parse_number(digits)
    top = Fraction(1) if percent_sign else None
    match sign:
        case None:
            return value, value, False, False
        case "<=" | "≤":
            return Fraction(0), value, False, False
        case "<":
            return Fraction(0), value, False, True
        case _:
            return value, top, sign == ">", False


def _parse_pair(text: str) -> tuple[Fraction, Fraction, bool, bool]:
    pair = _PAIR.fullmatch(text.strip())
    if not pair:
        raise ValueError(f"not an amount: {text!r}; write {_FORMS}")
    left, low, low_percent, high, high_percent, right = pair.groups()
    scale = Fraction(1, 100) if high_percent or low_percent else Fraction(1)
    return parse_number(low) * scale, parse_number(high) * scale, left == "(", right == ")"


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many shares, or a part of the outstanding (or, where it says so, issued) ones; the text is kept.

    >>> Quantity.parse("211,000,000").interval.low, Quantity.parse("<=15%").unit
    (Fraction(211000000, 1), 'fraction')
    >>> Quantity.parse("28.4% of issued").base
    'issued'
    """

    interval: Interval
    unit: Literal["shares", "fraction"]
    text: str
    base: Literal["outstanding", "issued"] = "outstanding"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a count of shares (``211,000,000``) or a part (``15%``, ``<=15%``, ``28.4% of issued``)."""
        if text.isdigit() and text.isascii():
            return cls(Interval.exactly(int(text)), "shares", text)
        amount, of, word = text.strip().partition(" of ")
        if of and word not in ("issued", "outstanding"):
            raise ValueError(f"a part of what? {text!r}; write 'of issued' or 'of outstanding'")
        unit: Literal["shares", "fraction"] = "fraction" if "%" in amount or "/" in amount else "shares"
        if of and unit == "shares":
            raise ValueError(f"a count is of nothing: {text!r}; write a part such as 15% of issued")
        base: Literal["outstanding", "issued"] = "issued" if word == "issued" else "outstanding"
        return cls(Interval.parse(amount), unit, text.strip(), base)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in an ISO 4217 currency; the interval keeps "up to" and "about".

    >>> Money.parse("<=600000000 EUR").currency
    'EUR'
    """

    interval: Interval
    currency: str
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``119953500000 JPY``, ``568.5 JPY`` or ``<=600000000 EUR``."""
        amount, _, currency = text.strip().rpartition(" ")
        if currency not in CODES:
            raise ValueError(f"not money: {text!r}; write an amount and an ISO 4217 code, such as 568.5 JPY")
        return cls(Interval.parse(amount), currency, text.strip())
