"""Quantities in running text: parts of a company, counts of shares and money, with their hedges as bounds.

A hedge makes an interval: "as much as 15%" is [0, 15%], "more than 50%" is (50%, 100%]; "about 15%"
stays open on both sides, a tenth of the value either way, and says so in its hedge.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from crosstie.ledger.amounts import Interval, parse_number

Kind = Literal["share", "shares", "money", "per_share"]
Bound = Literal["", "<=", "<", ">=", ">", "~", ">~", "<~"]


@dataclass(frozen=True, slots=True)
class Amount:
    """One quantity in a text: its span (hedge included), kind, interval, and the hedge as written."""

    start: int
    end: int
    kind: Kind
    interval: Interval
    hedge: str = ""
    currency: str = ""

    @property
    def is_about(self) -> bool:
        """Whether the words give a value without bounds ("about")."""
        return _bound(self.hedge) == "~"


_HEDGES: tuple[tuple[Bound, str], ...] = (
    (
        "<=",
        (
            r"as (?:much|many|high|large) as|up to|at most|no more than|not more than|a maximum of|maximum"
            r"|not exceeding|capped at|at or below"
        ),
    ),
    (
        ">=",
        (
            r"at least|no less than|not less than|no fewer than|not fewer than|a minimum of|minimum"
            r"|as little as|at or above"
        ),
    ),
    ("<", r"less than|fewer than|under|below|just under|just below|slightly less than|slightly under"),
    (
        ">",
        (
            r"(?:slightly |just |well |far |a little )?(?:more than|over|above)|upwards? of|in excess of|exceeding"
            r"|(?:slightly |just )?north of|topping"
        ),
    ),
    ("<~", r"nearly|almost|close to|shy of|just shy of"),
    (
        "~",
        r"about|around|roughly|approximately|some|circa|c\.|ca\.|approx\.?|an estimated|estimated|or so|in the region of",
    ),
)
_HEDGE = r"(?P<hedge>" + "|".join(words for _, words in _HEDGES) + r")\s+(?:an?\s+(?:further|additional)\s+)?"
_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORD_NUMBER = rf"(?:{_TENS})-(?:one|two|three|four|five|six|seven|eight|nine)|" + "|".join(
    w for w in _WORDS if len(w) > 2
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = rf"(?:{_DIGITS}|(?:{_WORD_NUMBER})\b)"
_PERCENT = r"(?:\s*%|[\s-]*(?:per\s?cent|percent|pct|pc)\b\.?|\s*percentage points?\b)"
_PARTS = {
    "half": Fraction(1, 2), "third": Fraction(1, 3), "thirds": Fraction(1, 3), "quarter": Fraction(1, 4),
    "quarters": Fraction(1, 4), "fourth": Fraction(1, 4), "fifth": Fraction(1, 5), "fifths": Fraction(1, 5),
    "sixth": Fraction(1, 6), "seventh": Fraction(1, 7), "eighth": Fraction(1, 8), "tenth": Fraction(1, 10),
    "twentieth": Fraction(1, 20),
}  # fmt: skip
_MAGNITUDES = {
    "k": 3, "thousand": 3, "m": 6, "mn": 6, "mln": 6, "mio": 6, "million": 6, "millions": 6, "b": 9, "bn": 9,
    "bln": 9, "billion": 9, "billions": 9, "tn": 12, "trn": 12, "trillion": 12, "crore": 7, "lakh": 5,
}  # fmt: skip
_MAGNITUDE = (
    r"(?:[\s-]*(?P<{0}>million|billion|trillion|thousand|crore|lakh|mln|bln|mio|trn|mn|bn|tn|[mbk])\b\.?)"
)
_SIGNS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "NZ$": "NZD", "S$": "SGD",
    "R$": "BRL", "NT$": "TWD", "MX$": "MXN", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW",
    "₹": "INR", "₽": "RUB", "₺": "TRY", "₫": "VND", "฿": "THB", "₱": "PHP", "zł": "PLN", "RM": "MYR",
    "Rs": "INR", "Rp": "IDR", "SFr": "CHF", "Fr": "CHF",
}  # fmt: skip
_UNITS = (
    (r"U\.?S\.? dollars?|dollars?", "USD"), (r"Australian dollars?", "AUD"), (r"Canadian dollars?", "CAD"),
    (r"Hong Kong dollars?", "HKD"), (r"Singapore dollars?", "SGD"), (r"New Zealand dollars?", "NZD"),
    (r"Taiwan dollars?", "TWD"), (r"euros?", "EUR"), (r"pounds?(?: sterling)?|sterling", "GBP"), (r"yen", "JPY"),
    (r"yuan|renminbi", "CNY"), (r"won", "KRW"), (r"(?:Indian )?rupees?", "INR"), (r"roubles?|rubles?", "RUB"),
    (r"Swiss francs?|francs?", "CHF"), (r"Swedish (?:krona|kronor|crowns?)|kronor|krona", "SEK"),
    (r"Danish (?:krone|kroner|crowns?)", "DKK"), (r"Norwegian (?:krone|kroner|crowns?)|kroner|krone", "NOK"),
    (r"zlot(?:y|ys|ych)", "PLN"), (r"forints?", "HUF"), (r"koruna|Czech crowns?", "CZK"),
    (r"(?:Turkish )?lira", "TRY"), (r"reais|real", "BRL"), (r"(?:Mexican )?pesos?", "MXN"), (r"rand", "ZAR"),
    (r"riyals?", "SAR"), (r"dirhams?", "AED"), (r"ringgit", "MYR"), (r"baht", "THB"), (r"rupiah", "IDR"),
    (r"shekels?", "ILS"),
)  # fmt: skip
_CODES = (
    "USD|EUR|GBP|JPY|CHF|CNY|KRW|INR|RUB|SEK|NOK|DKK|PLN|HUF|CZK|TRY|BRL|MXN|ZAR|SAR|AED|MYR|THB|IDR|ILS|AUD|CAD"
    "|HKD|NZD|SGD|TWD"
)
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_UNIT = "|".join(rf"(?:{words})" for words, _ in sorted(_UNITS, key=lambda unit: -len(unit[0])))
_PER = r"(?P<per>\s+(?:an?|per|each|for each|for every)\s+(?:ordinary\s+|common\s+|new\s+)?(?:share|unit)s?\b|\s+(?:each|apiece)\b|-a-share\b)?"

_SHARE = re.compile(
    rf"(?:{_HEDGE})?(?:(?:between|from)\s+)?"
    rf"(?<![\w.,])(?:(?P<low>{_NUMBER})(?:{_PERCENT})?\s*(?:-|–|—|to|and)\s*)?(?P<value>{_NUMBER}){_PERCENT}",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"(?:{_HEDGE})?\b(?:(?P<count>an?|one|two|three|four|five)[\s-]+)(?P<part>{'|'.join(_PARTS)})\b"
    r"(?=\s+(?:of|stake|share|interest|holding|ownership)\b|[\s-]stake)",
    re.IGNORECASE,
)
_HALF = re.compile(rf"(?:{_HEDGE})?\bhalf(?=\s+(?:of\s+)?(?:the|its|their|all|[A-Z]))")
_MONEY = re.compile(
    rf"(?:{_HEDGE})?(?:(?:between|from)\s+)?"
    rf"(?:(?P<sign>(?<![\w$])(?:(?:{_CODES})\s?)?(?:{_SIGN})|(?<![\w$])(?:{_CODES})\s)\s?(?:(?P<slow>{_DIGITS}){_MAGNITUDE.format('slowmag')}?\s*(?:-|–|to|and)\s*(?:{_SIGN})?)?"
    rf"(?P<svalue>{_DIGITS}){_MAGNITUDE.format('smag')}?"
    rf"|(?<![\w.,$€£¥])(?:(?P<ulow>{_DIGITS}){_MAGNITUDE.format('ulowmag')}?\s*(?:-|–|to|and)\s*)?(?P<uvalue>{_NUMBER}){_MAGNITUDE.format('umag')}?"
    rf"[\s-]+(?P<unit>(?:{_UNIT}|{_CODES}|pence|cents|p\b|[Ee]uro cents))\b){_PER}",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?:{_HEDGE})?(?<![\w.,$€£¥])(?P<value>{_DIGITS}){_MAGNITUDE.format('mag')}?\s+"
    r"(?:(?:new|ordinary|common|preferred|class [ab]|treasury|existing|of its|of the company's|own)\s+){0,3}shares\b",
    re.IGNORECASE,
)


def find_amounts(text: str) -> tuple[Amount, ...]:
    """Every quantity in a text, in order, none overlapping.

    >>> [(a.kind, str(a.interval), a.hedge) for a in find_amounts("buy as much as 15% for about $1.2 bln")]
    [('share', '[0, 3/20]', 'as much as'), ('money', '[1080000000, 1320000000]', 'about')]
    >>> [str(a.interval) for a in find_amounts("a third of Alfa, more than 50 pct of Beta, 10% to 20% of Gamma")]
    ['1/3', '(1/2, 1]', '[1/10, 1/5]']
    >>> [str(a.interval) for a in find_amounts("raised its stake from 49 percent to 75 percent")]
    ['49/100', '3/4']
    """
    found = [*_money(text), *_shares(text), *_parts(text), *_counts(text)]
    kept: list[Amount] = []
    for amount in sorted(found, key=lambda item: (item.start, -item.end)):
        if not kept or amount.start >= kept[-1].end:
            kept.append(amount)
    return tuple(kept)


def _bound(hedge: str) -> Bound:
    low = " ".join(hedge.lower().split())
    return next((bound for bound, words in _HEDGES if low and re.fullmatch(words, low)), "")


def _hedged(value: Fraction, hedge: str, top: Fraction | None) -> Interval:  # noqa: PLR0911 (one line per case)
    match _bound(hedge):
        case "<=":
            return Interval(Fraction(0), value)
        case "<":
            return Interval(Fraction(0), value, high_open=True)
        case ">=":
            return Interval(value, _above(value, top))
        case ">":
            above = _above(value, top)
            return Interval(value, above, low_open=above != value)
        case "<~":
            return Interval(value * Fraction(9, 10), value, high_open=True)
        case "~":
            above = value * Fraction(11, 10)
            return Interval(value * Fraction(9, 10), above if top is None or value > top else min(above, top))
        case _:
            return Interval.exactly(value)


def _above(value: Fraction, top: Fraction | None) -> Fraction | None:
    return top if top is None or top >= value else value


def _number(words: str) -> Fraction:
    low = words.lower()
    if low[0].isdigit():
        return parse_number(words)
    return Fraction(sum(_WORDS[part] for part in low.split("-")))


def _shares(text: str) -> Iterator[Amount]:
    for match in _SHARE.finditer(text):
        hedge = match["hedge"] or ""
        value = _number(match["value"]) / 100
        interval = _hedged(value, hedge, Fraction(1))
        start = match.start()
        bare = re.match(r"(?:from|between)\s+", match[0], re.IGNORECASE)
        if bare and not match["low"]:
            start += bare.end()  # "from 9.1%": the word tells what the number is
        if match["low"]:
            low, link = _number(match["low"]) / 100, re.search(r"\s+to\s+", match[0])
            if link and re.match(r"from\b", match[0], re.IGNORECASE):  # "from 49% to 75%": a change, no range
                yield Amount(match.start("low"), start + link.start(), "share", Interval.exactly(low))
                start += link.end()
            else:
                interval = Interval(low, value) if low < value else Interval.exactly(value)
        yield Amount(start, match.end(), "share", interval, hedge)


def _parts(text: str) -> Iterator[Amount]:
    for match in _PART.finditer(text):
        value = _WORDS[match["count"].lower()] * _PARTS[match["part"].lower()]
        hedge = match["hedge"] or ""
        yield Amount(match.start(), match.end(), "share", _hedged(value, hedge, Fraction(1)), hedge)
    for match in _HALF.finditer(text):
        hedge = match["hedge"] or ""
        yield Amount(match.start(), match.end(), "share", _hedged(Fraction(1, 2), hedge, Fraction(1)), hedge)


def _money(text: str) -> Iterator[Amount]:
    for match in _MONEY.finditer(text):
        side = "s" if match["svalue"] else "u"
        magnitude = match[f"{side}mag"]
        value = _scaled(match[f"{side}value"], magnitude)
        currency, cents = _currency((match["sign"] or match["unit"]).strip())
        interval = _hedged(value, match["hedge"] or "", None)
        low_words = match[f"{side}low"]
        if low_words:
            low = _scaled(low_words, match[f"{side}lowmag"] or magnitude)
            interval = Interval(low, value) if low < value else interval
        kind: Kind = "per_share" if match["per"] else "money"
        scaled = interval.scaled(Fraction(1, 100)) if cents else interval
        yield Amount(match.start(), match.end(), kind, scaled, match["hedge"] or "", currency)


def _scaled(words: str, magnitude: str | None) -> Fraction:
    return _number(words) * (10 ** _MAGNITUDES[magnitude.lower()] if magnitude else 1)


def _currency(words: str) -> tuple[str, bool]:
    if words.lower() in ("pence", "p"):
        return "GBP", True
    if words.lower() in ("cents", "euro cents"):
        return ("EUR" if "euro" in words.lower() else "USD"), True
    coded = re.match(rf"(?:{_CODES})\b", words.upper())
    if coded:
        return coded[0], False
    signs = {sign.lower(): code for sign, code in _SIGNS.items()}
    if words.lower() in signs:
        return signs[words.lower()], False
    return next(code for unit, code in _UNITS if re.fullmatch(unit, words, re.IGNORECASE)), False


def _counts(text: str) -> Iterator[Amount]:
    for match in _COUNT.finditer(text):
        hedge = match["hedge"] or ""
        yield Amount(
            match.start(),
            match.end(),
            "shares",
            _hedged(_scaled(match["value"], match["mag"]), hedge, None),
            hedge,
        )
