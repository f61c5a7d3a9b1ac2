"""Between texts and values: one reader and one writer for each type that a field may have."""

import re
from collections.abc import Callable
from enum import EnumType
from fractions import Fraction
from typing import Any, Literal, get_args, get_origin

from crosstie.ledger.amounts import Interval, Money, Quantity, parse_number
from crosstie.ledger.dates import When
from crosstie.ledger.schema import is_id
from crosstie.text.nearest import did_you_mean
from crosstie.text.problem import cited

LONGEST_ID = 200
LONGEST_AMOUNT = 100  # digits and signs; longer numbers are attacks or slips
_AS_WRITTEN = (When, Quantity, Money)  # types that keep their text
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def reader_of(type_: Any) -> Callable[[str], Any]:  # noqa: ANN401, PLR0911 (a type of any form; one line per type)
    """The function that reads one value of a type from its text.

    It raises ``ValueError`` with a message that says what would be right.

    >>> reader_of(bool)("true"), reader_of(int)("1,326,231,327")
    (True, 1326231327)
    """
    if is_id(type_):
        return read_id
    if get_origin(type_) is Literal:
        return lambda text: _chosen(text, get_args(type_))
    if isinstance(type_, EnumType):
        return lambda text: type_(
            _chosen(text, tuple(type_.__members__[name].value for name in type_.__members__))
        )
    if type_ is bool:
        return lambda text: _chosen(text, ("true", "false")) == "true"
    if type_ is str:
        return read_text
    if type_ is int:
        return _whole
    if type_ is Fraction:
        return _fraction
    if type_ is Interval:
        return _interval
    if type_ in (Money, Quantity, When):
        return lambda text: type_.parse(_short(text))
    raise TypeError(f"no reader for {type_}")


def read_id(text: str) -> str:
    """A name of something: one line, neither empty nor very long."""
    name = text.strip()
    if not name or len(name) > LONGEST_ID or (not name.isprintable() and _CONTROL.search(name)):
        raise ValueError(f"not an id: {cited(text)}; write one line of 1 to {LONGEST_ID} characters")
    return name


def read_text(text: str) -> str:
    """Any text; space around it does not count."""
    if text.isprintable():  # most are, and this is found soonest
        return text.strip()
    if _NOT_TEXT.search(text):
        raise ValueError(f"a control character in {cited(text)}; remove it")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def clean_text(text: str) -> str:
    r"""Any text as :func:`read_text` takes it: what it would refuse becomes U+FFFD.

    >>> clean_text(" a\x00b\r\n")
    'a\ufffdb'
    """
    if text.isprintable() and text == text.strip():
        return text
    return read_text(_NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))


def _short(text: str) -> str:
    if len(text) > LONGEST_AMOUNT:
        raise ValueError(f"{cited(text)} has {len(text):,} characters; at most {LONGEST_AMOUNT} are read")
    return text


def _chosen(text: str, choices: tuple[str, ...]) -> str:
    if text in choices:
        return text
    raise ValueError(f"{cited(text)} is none of {', '.join(choices)}{did_you_mean(text[:100], choices)}")


def _whole(text: str) -> int:
    number = parse_number(_short(text))
    if number.denominator != 1:
        raise ValueError(f"not a whole number: {text!r}")
    return int(number)


def _interval(text: str) -> Interval:
    interval = Interval.parse(_short(text))
    if len(text) > LONGEST_AMOUNT // 2:
        _short(show_interval(interval))  # what is read can be written and read again
    return interval


def _fraction(text: str) -> Fraction:
    interval = _interval(text)
    if not interval.is_exact:
        raise ValueError(f"not one number: {text!r}; write a number, a part such as 15% or 1/3")
    return interval.low


def show(value: object) -> str | bool:
    """A value as a text ledger writes it; reading it gives an equal value.

    >>> show(Interval.parse("(25%, 50%]")), show(Fraction(1, 3)), show(When.parse("2023-Q4")), show(True)
    ('(25%, 50%]', '1/3', '2023-Q4', True)
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, _AS_WRITTEN):
        return value.text
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, Interval):
        return show_interval(value)
    assert isinstance(value, Fraction)  # noqa: S101 (no field has values of another type)
    return show_number(value)


def show_number(number: Fraction) -> str:
    """A decimal where it ends, otherwise a fraction.

    >>> show_number(Fraction(1137, 2)), show_number(Fraction(2, 3))
    ('568.5', '2/3')
    """
    return _decimal(number) or str(number)


def show_rounding(step: Fraction) -> str:
    """A printed step: that of a percentage in percent.

    >>> show_rounding(Fraction(1, 10000)), show_rounding(Fraction(1, 10)), show_rounding(Fraction(1000))
    ('0.01%', '0.1', '1000')
    """
    percent = _decimal(step * 100)
    return f"{percent}%" if percent and 0 < step <= Fraction(1, 100) else show_number(step)


def _decimal(number: Fraction) -> str:
    """The decimal of a number, or nothing where it does not end."""
    twos, fives = 0, 0
    rest = number.denominator
    if rest == 1:
        return str(number.numerator)
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1:
        return ""
    whole, part = divmod(number.numerator * 10**places // number.denominator, 10**places)
    return f"{whole}.{part:0{places}d}"


def show_interval(interval: Interval) -> str:  # noqa: PLR0911 (one line per form)
    """An interval as people write it: parts in percent, an end left out by its sign.

    >>> show_interval(Interval.parse("<=15%")), show_interval(Interval.parse("1326231327"))
    ('<=15%', '1326231327')
    """
    low, high = interval.low, interval.high
    if high is None:
        return f"{'>' if interval.low_open else '>='}{show_number(low)}"
    if low is high:
        return _part(low)
    low_text, high_text = _pair(low, high)
    if low == high:
        return low_text
    if high == 1 and not interval.high_open and low_text.endswith("%"):
        return f"{'>' if interval.low_open else '>='}{low_text}"
    if low == 0 and not interval.low_open:
        return f"{'<' if interval.high_open else '<='}{high_text}"
    if not interval.low_open and not interval.high_open:
        return f"{low_text.removesuffix('%')}-{high_text}"
    return f"{'(' if interval.low_open else '['}{low_text}, {high_text}{')' if interval.high_open else ']'}"


def _part(number: Fraction) -> str:
    """One number, in percent where it is a part and ends as a decimal."""
    percent = _decimal(number * 100) if 0 < number.numerator <= number.denominator else ""
    return f"{percent}%" if percent else show_number(number)


def _pair(low: Fraction, high: Fraction) -> tuple[str, str]:
    """Both ends in percent where they are parts and end as decimals."""
    if 0 < high <= 1:
        percents = _decimal(low * 100), _decimal(high * 100)
        if all(percents):
            return f"{percents[0]}%", f"{percents[1]}%"
    return show_number(low), show_number(high)
