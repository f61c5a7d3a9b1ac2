"""The layout of a story: its day of publication, its body, and the lines that are not part of it.

Nothing is cut out of the text: lines that are no story are left aside by their offsets.
"""

import re
from dataclasses import dataclass
from datetime import date

from crosstie.ledger.dates import parse_day
from crosstie.stories.moments import find_moments


@dataclass(frozen=True, slots=True)
class Layout:
    """Spans of body paragraphs and of boilerplate; the day of publication and the words it was read from."""

    body: tuple[tuple[int, int], ...]
    boilerplate: tuple[tuple[int, int], ...]
    published: date | None
    published_from: str = ""
    publisher: str = ""


_BOILERPLATE = re.compile(
    r"\s*(?:[-–—•*]+\s*)?(?:read (?:more|also|next)\b|related\b[^.]{0,40}:|see also|also read|more from|©|\(c\)\s|copyright\b|all rights reserved"
    r"|sign up|subscribe|follow us|click here|advertisement|photo(?:graph)?(?: by)?:|image:|source:|share this"
    r"|\(?(?:additional )?(?:reporting|writing|editing|compiled|edited|written) by\b|--?\s?with assistance from"
    r"|to contact the (?:reporter|editor|author)|our standards:|this (?:story|article) (?:was|has been|is)\b[^.]{0,60}(?:published|generated|produced|updated|syndicated|translated)"
    r"|for more (?:information|stories|articles)|disclaimer|\(?corrects\b|\(?refiles\b|\(?updates?\b|\(?adds\b|correction:|\[?(?:email|e-mail)|by [A-Z][\w.]+ [A-Z]\w+(?: and [A-Z]\w+ [A-Z]\w+)?\s*$"
    r"|media contacts?:|contacts?:|about [A-Z][\w .&-]{2,40}$|forward-looking statements|cookies?\b|log in|newsletter)",
    re.IGNORECASE,
)
_MONTH = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
_DAY = rf"(?:(?:19|20)\d\d-\d\d-\d\d|{_MONTH}\s+\d{{1,2}}(?:,?\s+(?:19|20)\d\d)?|\d{{1,2}}\s+{_MONTH}(?:,?\s+(?:19|20)\d\d)?)"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+)?"
_DATELINE = re.compile(
    rf"\s*(?:date\s+)?(?:(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ.’'/-]*(?:[ ,/]+[A-ZÀ-Þ][\w.’'-]*){{0,5}}?)[,\s]*)?(?:{_WEEKDAY}(?P<day>{_DAY}),?\s*)?"
    r"(?:[(/](?P<agency>[A-Z][\w &./-]{1,40})[)/]\s*)?(?:--+|—|–|-)\s+(?=[\"“A-ZÀ-Þ0-9])"
)
_DATE_LINE = re.compile(
    rf"\s*(?:(?:published|updated|posted|date|dated|released)\s*(?:on|:)?\s*)?{_WEEKDAY}(?P<day>{_DAY})[,.]?\s*(?:(?:at\s+)?\d\d?[:.]\d\d.*)?",
    re.IGNORECASE,
)
_YEAR_HINT = re.compile(r"(?:©|\(c\)|copyright)\s*(?P<year>(?:19|20)\d\d)", re.IGNORECASE)


def lay_out(text: str, published: date | None = None) -> Layout:
    r"""Find body, boilerplate and day of publication of a story; a day given from outside stands.

    >>> layout = lay_out("OSLO, March 12, 2024 (Wire) -- Alfa ASA bought Beta AS.\n\nRead more: Gamma")
    >>> layout.published, layout.publisher, layout.body
    (datetime.date(2024, 3, 12), 'Wire', ((31, 55),))
    """
    paragraphs = _paragraphs(text)
    body: list[tuple[int, int]] = []
    aside: list[tuple[int, int]] = []
    day_words, publisher = "", ""
    for start, end in paragraphs:
        line = text[start:end]
        dated, opened = _DATE_LINE.fullmatch(line), _DATELINE.match(line)
        if dated:
            day_words = day_words or dated["day"]
            aside.append((start, end))
        elif opened and len(body) < 3 and _is_dateline(opened):
            day_words, publisher = day_words or opened["day"] or "", publisher or opened["agency"] or ""
            body.append((start + opened.end(), end))
        elif _is_aside(line):
            aside.append((start, end))
        else:
            body.append((start, end))
    read = published or _day(day_words, text)
    return Layout(tuple(body), tuple(aside), read, "given" if published else day_words, publisher)


def _paragraphs(text: str) -> tuple[tuple[int, int], ...]:
    """Blocks between blank lines; where each line of a block ends its own sentence, each line."""
    spans = []
    for block in re.finditer(r"\S[^\n]*(?:\n(?!\s*\n)[^\n]*)*", text):
        lines = list(re.finditer(r"[^\n]*\S[^\n]*", block[0]))
        ends = [line for line in lines if re.search(r"[.!?:\"”’)]\s*$", line[0])]
        separate = (
            len(ends) == len(lines)
            or len(block[0]) / len(lines) > 120
            or _BOILERPLATE.match(lines[-1][0])
            or _is_title(lines[0][0])
        )
        pieces = [line.span() for line in lines] if separate else [(0, len(block[0]))]
        spans += [_trimmed(text, block.start() + start, block.start() + end) for start, end in pieces]
    return tuple(spans)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _is_title(line: str) -> bool:
    words = re.findall(r"[^\W\d_]{4,}", line)
    return (
        len(words) >= 3
        and not re.search(r"[.!?]\s*$", line)
        and sum(w[0].isupper() for w in words) > 0.7 * len(words)
    )


def _is_aside(line: str) -> bool:
    """Boilerplate, headings and headlines: a line that does not end as a sentence does."""
    if _BOILERPLATE.match(line):
        return True
    ended = re.search(r"[.!?…][\"”’')\]]*$|[,;][\"”’']$", line)
    return not ended and len(line.split()) < 25


def _is_dateline(match: re.Match[str]) -> bool:
    place = match["place"] or ""
    return bool(match["day"] or match["agency"] or (place and place.split()[0].rstrip(",").isupper()))


def _day(words: str, text: str) -> date | None:
    """The dateline's day; a year that it lacks is taken from a copyright line, never guessed."""
    if not words:
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
        try:
            return parse_day(words)
        except ValueError:
            return None
    year = _YEAR_HINT.search(text)
    full = words if re.search(r"\d{4}", words) else f"{words}, {year['year']}" if year else ""
    moments = find_moments(full, None, lambda _: "unknown")
    return moments[0].when.earliest if moments and moments[0].when.is_day else None
