"""Dates that are not days: a day, month, quarter, half or year, a bound, or an interval of days."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

Grain = Literal["day", "month", "quarter", "half", "year", "not-before", "by", "interval", "unknown"]


@dataclass(frozen=True, slots=True)
class When:
    """The first and the last day on which something may have happened, and the text as written.

    ``None`` is no bound on that side.

    >>> When.parse("2023-Q4")
    When(earliest=datetime.date(2023, 10, 1), latest=datetime.date(2023, 12, 31), grain='quarter', text='2023-Q4')
    >>> When.parse("FY2023-Q4", year_end=(3, 31)).earliest     # the fiscal year that begins in April 2023
    datetime.date(2024, 1, 1)
    """

    earliest: date | None
    latest: date | None
    grain: Grain
    text: str

    @classmethod
    def on(cls, day: date) -> Self:
        """One day, known exactly."""
        return cls(day, day, "day", day.isoformat())

    @classmethod
    def parse(cls, text: str, *, year_end: tuple[int, int] = (12, 31)) -> Self:
        """Read a date as people write it; ``FY`` counts by the company's own fiscal year.

        Forms: ``2023-12-13``, ``2023-12``, ``2023-Q4``, ``2023-H2``, ``2023``, ``FY2023``, ``FY2023-Q4``,
        ``not before 2023-10-01``, ``by 2025-06-30``, ``2023-10-01..2023-12-31``, ``unknown``.
        A fiscal year is named by the calendar year in which it begins, as Japanese issuers do;
        for a year that ends on 31 December the two agree.

        Parameters
        ----------
        text
            The date as written.
        year_end
            Month and day on which the company's fiscal year ends.

        Raises
        ------
        ValueError
            No such form, or no such day in the calendar.
        """
        stripped = text.strip()
        earliest, latest, grain = _parse(stripped, year_end)
        if earliest and latest and earliest > latest:
            raise ValueError(f"the first day is after the last: {stripped!r}; write the earlier first")
        return cls(earliest, latest, grain, stripped)

    @property
    def is_day(self) -> bool:
        """Whether it is one day."""
        return self.earliest is not None and self.earliest == self.latest

    def certainly_by(self, day: date) -> bool:
        """Whether it has surely happened by the end of a day: its last day has come."""
        return self.latest is not None and self.latest <= day

    def possibly_by(self, day: date) -> bool:
        """Whether it may have happened by the end of a day: its first day has come."""
        return self.earliest is None or self.earliest <= day


_FORMS = "2023-12-13, 2023-12, 2023-Q4, 2023-H2, 2023, FY2023-Q4, not before DAY, by DAY, DAY..DAY or unknown"
_PERIOD = re.compile(r"(FY)?(\d{4})(?:-(?:Q([1-4])|H([12])|(\d{2})))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse_day(text: str) -> date:
    """Read one day, ``2023-12-13``, and nothing else.

    Raises
    ------
    ValueError
        Not of that form, or no such day.
    """
    if not _DAY.fullmatch(text):
        raise ValueError(f"not a day: {text!r}; write YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"no such day: {text!r}; {_possible(text)}") from error


def _possible(text: str) -> str:
    year, month = int(text[:4]), int(text[5:7])
    if year < 1 or not 1 <= month <= 12:
        return "years begin at 0001, months are 01 to 12"
    return f"that month ends on {year:04d}-{month:02d}-{monthrange(year, month)[1]}"


def _parse(text: str, year_end: tuple[int, int]) -> tuple[date | None, date | None, Grain]:
    if text == "unknown":
        return None, None, "unknown"
    if text.startswith("not before "):
        return _parse(text.removeprefix("not before ").strip(), year_end)[0], None, "not-before"
    if text.startswith("by "):
        return None, _parse(text.removeprefix("by ").strip(), year_end)[1], "by"
    if ".." in text:
        first, _, last = text.partition("..")
        return _parse(first.strip(), year_end)[0], _parse(last.strip(), year_end)[1], "interval"
    if _DAY.fullmatch(text):
        day = parse_day(text)
        return day, day, "day"
    return _parse_period(text, year_end)


def _parse_period(text: str, year_end: tuple[int, int]) -> tuple[date, date, Grain]:
    match = _PERIOD.fullmatch(text)
    if not match:
        raise ValueError(f"not a date: {text!r}; write {_FORMS}")
    fiscal, year_digits, quarter, half, month = match.groups()
    year = int(year_digits)
    if not 1 <= year <= 9998:
        raise ValueError(f"no such year: {text!r}")
    if month:
        if fiscal or not 1 <= int(month) <= 12:
            raise ValueError(f"no such month: {text!r}; months are 01 to 12")
        return date(year, int(month), 1), date(year, int(month), monthrange(year, int(month))[1]), "month"
    start = _fiscal_start(year, year_end) if fiscal else date(year, 1, 1)
    if quarter:
        first = add_months(start, 3 * (int(quarter) - 1))
        return first, add_months(first, 3) - timedelta(days=1), "quarter"
    if half:
        first = add_months(start, 6 * (int(half) - 1))
        return first, add_months(first, 6) - timedelta(days=1), "half"
    return start, add_months(start, 12) - timedelta(days=1), "year"


def _fiscal_start(year: int, year_end: tuple[int, int]) -> date:
    month, day = year_end
    before = year if (month, day) != (12, 31) else year - 1
    return date(before, month, min(day, monthrange(before, month)[1])) + timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where that month is shorter.

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
