"""Cells of tables as the texts that a person would have typed."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from crosstie.text.problem import shortened


def text_of(value: Any) -> str:  # noqa: ANN401 (a value of any type)
    """A value as the text a person would have typed; floats as their shortest digits, without an exponent."""
    if value is None:
        return ""
    if isinstance(value, float):
        whole = value == value and abs(value) < 1e15 and value == int(value)  # noqa: PLR0124 (NaN)
        return str(int(value)) if whole else plain_number(repr(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def plain_number(text: str) -> str:
    """A number without an exponent."""
    return format(Decimal(text), "f") if "e" in text.lower() else text


def one_line(error: Exception) -> str:
    """What an error of another library says, in one line."""
    lines = str(error).splitlines()
    return shortened(lines[0]) if lines and lines[0] else type(error).__name__
