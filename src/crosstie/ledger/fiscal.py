"""Which company's fiscal year a statement's ``FY2023-Q4`` counts by."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from crosstie.text.strict_yaml import Map, Value

MonthDay = tuple[int, int]

_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_SUBJECTS = (
    "issuer",
    "entity",
    "party",
    "body",
    "trust",
    "about",
    "parties",
    "share_class",
    "deal",
    "step",
    "holder",
)


@dataclass(slots=True)
class _Calendar:
    """What of a ledger says whose fiscal year ends when."""

    year_ends: dict[str, MonthDay] = field(default_factory=dict)
    subjects: dict[tuple[str, str], str] = field(default_factory=dict)  # of a share class, deal or step


def month_day(text: str) -> MonthDay | None:
    """The day on which fiscal years end, ``03-31``.

    >>> month_day("03-31"), month_day("31-03"), month_day("02-30")
    ((3, 31), None, None)
    """
    match = _MONTH_DAY.fullmatch(text.strip())
    if not match:
        return None
    month, day = int(match[1]), int(match[2])
    return (month, day) if day <= (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1] else None


def fiscal_years(items: Iterable[Map]) -> Callable[[Map], MonthDay | None]:
    """The function that tells when the fiscal year ends of the company that a statement is about.

    That company is the issuer, party, body or trust it names, else the first of its parties, else the
    issuer of its share class, else the first party of its deal.
    """
    calendar = _Calendar()
    for item in items:
        kind = next(iter(item.entries), "")
        name = item.entries.get(kind)
        if not isinstance(name, str):
            continue
        end = item.entries.get("year_end")
        if kind == "entity" and isinstance(end, str) and (day := month_day(end)):
            calendar.year_ends[name] = day
        elif kind in ("share_class", "deal", "step"):
            subject = item.entries.get({"share_class": "issuer", "deal": "parties", "step": "deal"}[kind])
            calendar.subjects[kind, name] = _first(subject)
    return lambda item: _year_end(calendar, item.entries)


def _first(value: Value) -> str:
    if isinstance(value, list):
        return _first(value[0]) if value else ""
    return value if isinstance(value, str) else ""


def _year_end(calendar: _Calendar, entries: Mapping[str, Value]) -> MonthDay | None:
    for key in _SUBJECTS:
        name = _first(entries.get(key))
        if key == "step":
            key, name = "deal", calendar.subjects.get(("step", name), "")  # noqa: PLW2901 (a step stands for its deal)
        if key in ("share_class", "deal"):
            name = calendar.subjects.get((key, name), "")
        if name in calendar.year_ends:
            return calendar.year_ends[name]
    return None
