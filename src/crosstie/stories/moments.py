"""Dates in running text: each to its earliest and latest day, with its grain, the rule used and the alternatives."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from crosstie.ledger.dates import Grain, When, add_months

Tense = Literal["past", "future", "unknown"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A date expression: its span, the days it may mean, the rule that read it, and other readings."""

    start: int
    end: int
    when: When
    rule: str
    alternatives: tuple[str, ...] = ()


MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "last": 4, "1st": 1, "2nd": 2, "3rd": 3,
             "4th": 4}  # fmt: skip
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
           "nine": 9, "ten": 10, "twelve": 12, "eighteen": 18}  # fmt: skip
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_YEAR = r"(?:19|20)\d\d"
_WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_LEAD = (
    r"(?P<lead>(?:as (?:soon|early) as|no (?:earlier|sooner) than|not before|starting(?: from| in| on)?|beginning(?: in| on)?"
    r"|effective(?: from| on)?|from|since|after|as of"
    r"|by(?: the)?(?: end of| start of| middle of)?|before(?: the)?(?: end of)?|until|no later than|within"
    r"|(?:by |before )?(?:at |in )?(?:the )?(?:end|close) of|later(?: in)?|early(?: in)?|late(?: in)?|mid)[\s-]+"
    r"(?:(?:as (?:soon|early) as|the|in|on|early|late|mid)\s+)*)?"
)
_QUARTER = (
    r"(?:(?P<fiscal>fiscal[- ])?(?P<qword>first|second|third|fourth|final|last|1st|2nd|3rd|4th)[\s-]+"
    r"(?P<qfiscal>fiscal[- ])?(?P<qunit>quarter|half)|\bQ(?P<qdigit>[1-4])|\bH(?P<hdigit>[12]))"
    rf"(?:\s+(?:of\s+)?(?P<qyear>{_YEAR}|(?:this|next|last)\s+(?:fiscal\s+)?year|the\s+(?:year|following year)))?"
)
_FORMS: tuple[tuple[str, str], ...] = (
    ("iso", rf"(?P<iso>{_YEAR}-\d\d-\d\d)"),
    ("day", rf"(?:{_WEEKDAY},?\s+)?(?P<dmonth>{_MONTH})\s+(?P<dday>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|\s*%)(?:,?\s+(?P<dyear>{_YEAR}))?"),
    ("day", rf"(?:{_WEEKDAY},?\s+)?(?P<eday>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<emonth>{_MONTH})\b(?:,?\s+(?P<eyear>{_YEAR}))?"),
    ("quarter", _QUARTER),
    ("month", rf"(?P<mwhich>last|next|this)?\s*(?P<month>{_MONTH})\b(?:,?\s+(?:of\s+)?(?P<myear>{_YEAR}))?(?P<myearword>\s+(?:this|next|last|of this|of next|of last)\s+year)?"),
    ("relative", r"(?P<which>this|next|last|the coming|the previous|the following|the past|earlier this|later this)\s+(?P<runit>(?:fiscal\s+)?year|quarter|month|week|weekend|half)"),
    ("relative", r"(?<=end of )(?P<which>the) (?P<runit>year|quarter|month|week|half)|(?P<yearend>year[- ]end)"),
    ("weekday", rf"(?P<wwhich>next|last|this|the following)?\s*(?P<weekday>{_WEEKDAY})\b"),
    ("ago", r"(?P<ago>\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?P<agounit>day|week|month|year)s?\s+(?:ago|earlier)"),
    ("span", r"(?:the\s+next\s+)?(?P<span>\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen)\s+(?P<spanunit>day|week|month|year)s?"),
    ("word", r"(?P<word>today|yesterday|tomorrow|tonight|overnight)"),
    ("fiscalyear", rf"(?P<fy>fiscal(?:\s+year)?|FY)\s*(?P<fyear>{_YEAR}|\d\d)"),
    ("year", rf"(?P<year>{_YEAR})(?![\d-]|\s+(?:shares|people|jobs|workers|employees))"),
)  # fmt: skip
_LEADING = re.compile(_LEAD + r"$", re.IGNORECASE)
_BODIES = tuple((name, re.compile(r"(?<![\w-])" + form + r"(?![\w%])")) for name, form in _FORMS)
_LEAD_SEARCH = re.compile(r"(?:(?:[A-Za-z]+)[\s-]+){0,5}$")
_BARE_MONTH_BEFORE = re.compile(
    r"\b(?:in|since|by|until|till|from|last|next|this|late|early|mid|of|for|and|through|before|after|between|ended|to)[\s-]+$"
)


def find_moments(text: str, published: date | None, tense: Callable[[int], Tense]) -> tuple[Moment, ...]:
    """Every date in a text, relative ones against the day of publication.

    ``tense(offset)`` says how the words around an offset speak, which decides between "last Thursday" and
    "next Thursday". Without a day of publication a relative date stays unknown.

    >>> day = date(2023, 6, 28)
    >>> [(m.when.text, m.rule) for m in find_moments("will meet Thursday", day, lambda offset: "future")]
    [('2023-06-29', 'first Thursday after publication (future tense)')]
    >>> find_moments("as soon as the fourth quarter", day, lambda offset: "future")[0].when.text
    'not before 2023-Q4'
    """
    found: list[Moment] = []
    for name, pattern in _BODIES:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            moment = _read(name, match, published, tense(match.start()))
            if moment:
                found.append(_led(text, moment))
    return tuple(sorted(found, key=lambda moment: moment.start))


def _read(name: str, match: re.Match[str], published: date | None, tense: Tense) -> Moment | None:
    if name == "month" and not _is_month(match):
        return None
    if name == "span" and not re.search(
        r"\b(?:within|in|over)\s+(?:the\s+next\s+)?$", match.string[: match.start()]
    ):
        return None
    reader = _READERS[name]
    if published is None and name not in ("iso", "year", "fiscalyear") and not _has_year(match):
        return Moment(
            match.start(), match.end(), When(None, None, "unknown", "unknown"), "no day of publication"
        )
    read = reader(match, published or date(1, 1, 1), tense)
    return replace(read, start=match.start(), end=match.end()) if read else None


def _has_year(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    return any(re.fullmatch(_YEAR, groups.get(key) or "") for key in ("dyear", "eyear", "qyear", "myear"))


def _is_month(match: re.Match[str]) -> bool:
    """A bare month needs a preposition or a year: "May" and "March" are also words."""
    if match["myear"] or match["mwhich"] or match["myearword"]:
        return True
    return bool(_BARE_MONTH_BEFORE.search(match.string[: match.start()]))


def _made(text: str, rule: str, *alternatives: str) -> Moment:
    return Moment(0, 0, When.parse(text), rule, tuple(alternatives))


def _iso(match: re.Match[str], _: date, __: Tense) -> Moment | None:
    try:
        return _made(match["iso"], "written in full")
    except ValueError:
        return None


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(name.lower().rstrip(".")[:3]))


def _day(match: re.Match[str], published: date, tense: Tense) -> Moment | None:
    groups = match.groupdict()
    month = _month_number(groups.get("dmonth") or groups["emonth"])
    number = int(groups.get("dday") or groups["eday"])
    year = groups.get("dyear") or groups.get("eyear")
    years = [int(year)] if year else _near_years(published, month, number, tense)
    days = [date(y, month, number) for y in dict.fromkeys(years) if 1 <= number <= monthrange(y, month)[1]]
    if not days:
        return None
    rule = "written in full" if year else f"nearest such day to publication ({tense} tense)"
    return _made(days[0].isoformat(), rule, *(day.isoformat() for day in days[1:]))


def _near_years(published: date, month: int, number: int, tense: Tense) -> list[int]:
    """The likely year first: the nearest one that the tense allows, then the other."""
    this, after = published.year, (month, number) >= (published.month, published.day)
    forward, backward = (this if after else this + 1), (this - 1 if after else this)
    if (month, number) == (published.month, published.day):
        backward = this
    gap = abs((published - date(forward, month, 1)).days), abs((published - date(backward, month, 1)).days)
    if tense == "future" and (gap[0] < 300 or gap[1] > 60):
        return [forward, backward]
    if tense == "past" and (gap[1] < 300 or gap[0] > 60):
        return [backward, forward]
    return [forward, backward] if gap[0] <= gap[1] else [backward, forward]


def _period(kind: str, index: int, year: int, fiscal: bool) -> str:  # noqa: FBT001 (a fact, not an option)
    return f"{'FY' if fiscal else ''}{year}-{'Q' if kind == 'quarter' else 'H'}{index}"


def _quarter(match: re.Match[str], published: date, tense: Tense) -> Moment | None:
    groups = match.groupdict()
    kind = "quarter" if groups["qunit"] == "quarter" or groups["qdigit"] else "half"
    index = int(groups["qdigit"] or groups["hdigit"] or _ORDINALS[(groups["qword"] or "first").lower()])
    if kind == "half":
        index = min(index, 2)
    fiscal = bool(groups["fiscal"] or groups["qfiscal"] or "fiscal" in (groups["qyear"] or ""))
    year, rule = _quarter_year(groups["qyear"] or "", kind, index, published, tense)
    calendar = _period(kind, index, year, fiscal=False)
    if fiscal:
        return _made(
            calendar, f"{rule}; a fiscal {kind}, read as the calendar's", f"fiscal {kind} {index} of {year}"
        )
    return _made(calendar, rule)


def _quarter_year(words: str, kind: str, index: int, published: date, tense: Tense) -> tuple[int, str]:
    if re.fullmatch(_YEAR, words):
        return int(words), "year written"
    if words.split()[:1] in (["next"], ["last"], ["this"]):
        step = {"next": 1, "last": -1, "this": 0}[words.split(maxsplit=1)[0]]
        return published.year + step, f"{words}, from publication"
    if words == "the following year":
        return published.year + 1, words
    month = (index - 1) * (3 if kind == "quarter" else 6) + 1
    length = 3 if kind == "quarter" else 6
    start = date(published.year, month, 1)
    if tense == "past":
        year = published.year if start <= published else published.year - 1
        return year, f"latest such {kind} begun by publication (past tense)"
    over = add_months(start, length) <= published
    if tense == "unknown" and over and (published - add_months(start, length)).days < 90:
        return published.year, f"the {kind} that ended last before publication"
    return (published.year + 1 if over else published.year), f"first such {kind} not over at publication"


def _relative(match: re.Match[str], published: date, _: Tense) -> Moment | None:
    groups = match.groupdict()
    if groups.get("yearend"):
        return _made(f"{published.year}-12-31", "the last day of the year of publication")
    which, unit = groups["which"].lower(), groups["runit"].lower().split()[-1]
    fiscal = "fiscal" in groups["runit"].lower()
    step = (
        1
        if re.search("next|coming|following", which)
        else -1
        if re.search("last|previous|past", which)
        else 0
    )
    made = _shifted(unit, step, published)
    rule = f"{match[0]}, counted from publication"
    if which.startswith("earlier") and made.when.earliest:
        last = published
        made = Moment(
            0, 0, replace(made.when, latest=last, grain="interval", text=f"{made.when.earliest}..{last}"), ""
        )
    if which.startswith("later this") and made.when.latest:
        made = Moment(
            0,
            0,
            replace(made.when, earliest=published, grain="interval", text=f"{published}..{made.when.latest}"),
            "",
        )
    return replace(made, rule=rule, alternatives=("the company's own fiscal year",) if fiscal else ())


def _shifted(unit: str, step: int, published: date) -> Moment:
    if unit == "year":
        return _made(str(published.year + step), "")
    if unit == "half":
        index = published.year * 2 + (published.month > 6) + step
        return _made(f"{index // 2}-H{index % 2 + 1}", "")
    if unit == "quarter":
        index = published.year * 4 + (published.month - 1) // 3 + step
        return _made(f"{index // 4}-Q{index % 4 + 1}", "")
    if unit == "month":
        first = add_months(published.replace(day=1), step)
        return _made(f"{first:%Y-%m}", "")
    monday = published - timedelta(days=published.weekday()) + timedelta(weeks=step)
    if unit == "weekend":
        return _made(f"{monday + timedelta(days=5)}..{monday + timedelta(days=6)}", "")
    return _made(f"{monday}..{monday + timedelta(days=6)}", "")


def _weekday(match: re.Match[str], published: date, tense: Tense) -> Moment | None:
    name = match["weekday"]
    index, which = WEEKDAYS.index(name.lower()), (match["wwhich"] or "").lower()
    ahead = (index - published.weekday()) % 7
    forward, backward = published + timedelta(days=ahead), published - timedelta(days=(7 - ahead) % 7)
    if which == "next" or (tense == "future" and which != "last"):
        later = forward if ahead or tense == "future" else forward + timedelta(days=7)
        return _made(
            later.isoformat(),
            f"first {name} after publication ({'next' if which else 'future tense'})",
            (later + timedelta(days=7)).isoformat(),
        )
    if which == "last" and not ahead:
        backward -= timedelta(days=7)
    return _made(
        backward.isoformat(),
        f"last {name} up to publication ({'last' if which else tense + ' tense'})",
        forward.isoformat(),
    )


def _month(match: re.Match[str], published: date, tense: Tense) -> Moment | None:
    month = _month_number(match["month"])
    words = (match["myearword"] or "").split()
    if match["myear"]:
        return _made(f"{match['myear']}-{month:02d}", "year written")
    if words:
        year = published.year + {"this": 0, "next": 1, "last": -1}[words[-2]]
        return _made(f"{year}-{month:02d}", f"{words[-2]} year, from publication")
    past = published.year if month <= published.month else published.year - 1
    future = published.year if month >= published.month else published.year + 1
    which = (match["mwhich"] or "").lower()
    if which == "next" or (tense == "future" and which != "last"):
        return _made(
            f"{future}-{month:02d}", "first such month not over at publication", f"{past}-{month:02d}"
        )
    return _made(f"{past}-{month:02d}", "latest such month begun by publication", f"{future}-{month:02d}")


def _counted(words: str) -> int:
    return int(words) if words.isdigit() else _COUNTS[words.lower()]


def _moved(day: date, count: int, unit: str) -> date:
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    return add_months(day, count * (12 if unit == "year" else 1))


def _ago(match: re.Match[str], published: date, _: Tense) -> Moment | None:
    unit = match["agounit"]
    day = _moved(published, -_counted(match["ago"]), unit)
    text = {"year": str(day.year), "month": f"{day:%Y-%m}", "week": _shifted("week", 0, day).when.text}
    return _made(text.get(unit, day.isoformat()), f"{match[0]}, counted from publication")


def _span(match: re.Match[str], published: date, _: Tense) -> Moment | None:
    day = _moved(published, _counted(match["span"]), match["spanunit"])
    return _made(f"{published}..{day}", f"within {match[0]} of publication")


def _word(match: re.Match[str], published: date, _: Tense) -> Moment | None:
    word = match["word"].lower()
    step = {"yesterday": -1, "tomorrow": 1}.get(word, 0)
    day = published + timedelta(days=step)
    if word == "overnight":
        return _made(f"{published - timedelta(days=1)}..{published}", "the night before publication")
    return _made(day.isoformat(), f"{word}, from publication")


def _fiscal_year(match: re.Match[str], _: date, __: Tense) -> Moment | None:
    year = int(match["fyear"]) + (2000 if len(match["fyear"]) == 2 else 0)
    return _made(str(year), "a fiscal year, read as the calendar's", f"FY{year}", f"FY{year - 1}")


def _year(match: re.Match[str], _: date, __: Tense) -> Moment | None:
    return _made(match["year"], "year written")


_READERS: dict[str, Callable[[re.Match[str], date, Tense], Moment | None]] = {
    "iso": _iso,
    "day": _day,
    "quarter": _quarter,
    "relative": _relative,
    "weekday": _weekday,
    "month": _month,
    "ago": _ago,
    "span": _span,
    "word": _word,
    "fiscalyear": _fiscal_year,
    "year": _year,
}

_NOT_BEFORE = re.compile(
    r"^(?:as (?:soon|early) as|no (?:earlier|sooner) than|not before|starting|beginning|from|after|since|effective from|as of)\b"
)
_BY = re.compile(r"^(?:by|before|until|no later than)\b")
_END = re.compile(r"\b(?:end|close) of\b")
_PART = re.compile(r"\b(early|mid|late)\b")


def _led(text: str, moment: Moment) -> Moment:
    """Apply the words before a date: as soon as, by, the end of, early, late."""
    before = _LEAD_SEARCH.search(text[: moment.start])
    lead = ""
    for words in _tails(before[0] if before else ""):
        if _LEADING.fullmatch(words):
            lead = words
            break
    low = " ".join(lead.lower().replace("-", " ").split())
    if not low or moment.when.earliest is None:
        return moment
    started = replace(moment, start=moment.start - len(lead), rule=f"{moment.rule}; {low}")
    return replace(started, when=_bounded(low, moment.when))


def _tails(words: str) -> Iterator[str]:
    """The longest run of words first."""
    for found in re.finditer(r"(?<!\w)\w", words):
        yield words[found.start() :]


def _bounded(low: str, when: When) -> When:
    earliest, latest = when.earliest, when.latest
    if _NOT_BEFORE.match(low):
        return When(earliest, None, "not-before", f"not before {_first(when)}")
    if _END.search(low) and not _BY.match(low):
        return _ending(when)
    if _BY.match(low):
        whole = _END.search(low) or not low.startswith("before")
        last = latest if whole else earliest - timedelta(days=1) if earliest else None
        return When(None, last, "by", f"by {last}")
    if low.startswith("within"):
        return When(None, latest, "by", f"by {latest}")
    part = _PART.search(low)
    return _part_of(part[1], when) if part else when


def _first(when: When) -> str:
    return when.text.partition("..")[0] if when.grain == "interval" else when.text


def _ending(when: When) -> When:
    """The end of a period: its last month (of a month, its last ten days)."""
    if when.latest is None or when.grain not in ("year", "half", "quarter", "month"):
        return when
    last = when.latest
    first = last.replace(day=1) if when.grain != "month" else last - timedelta(days=9)
    return When(first, last, "interval", f"{first}..{last}")


def _part_of(part: str, when: When) -> When:
    """Early, mid or late: the first, middle or last third of a period."""
    earliest, latest = when.earliest, when.latest
    if earliest is None or latest is None or when.is_day:
        return when
    third = (latest - earliest) / 3
    first = {"early": earliest, "mid": earliest + third, "late": latest - third}[part]
    last = {"early": earliest + third, "mid": latest - third, "late": latest}[part]
    grain: Grain = "interval"
    return When(first, last, grain, f"{first}..{last}")
