"""A sentence as units: names, descriptions, pronouns, amounts, dates and plain words, each with its offsets.

Everything after this looks at kinds and plain words only, never at the letters of a name.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from crosstie.stories import lexicon
from crosstie.stories.moments import Moment, Tense
from crosstie.stories.names import Name, Role
from crosstie.stories.quantities import Amount
from crosstie.stories.triggers import VERBS

Kind = Literal["word", "name", "description", "pronoun", "amount", "moment", "role", "mark", "possessive"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a sentence; ``low`` is its text in small letters, or a sign of its kind for a name."""

    kind: Kind
    low: str
    start: int
    end: int
    party: str = ""
    amount: Amount | None = None
    moment: Moment | None = None
    noun: str = ""  # a description's head
    qualifiers: tuple[str, ...] = ()
    owner: str = ""  # "its" or the party before "'s"
    person: bool = False

    @property
    def is_noun_phrase(self) -> bool:
        """Whether it stands for a party."""
        return self.kind in ("name", "description", "pronoun")


_WORD = re.compile(
    r"['’]s(?!\w)|['’](?=\s)|(?<=s)['’]|[^\W_]+(?:[-.&/][^\W_]+|['’](?!s(?!\w))[^\W_]+)*|[^\w\s]", re.UNICODE
)
_PRONOUNS = frozenset("it its they their them he she his her him who which whom whose we both".split())
_DETERMINERS = frozenset("the a an its their his her this that each another both our".split())
_STOPS = frozenset(
    """of in on at by for from with without to into over under than as and or but which who that if while because after
    before when where is are was were be been being has have had will would may might could can should shall must did do does not
    said says say told n't it they he she until since between among about against per via then also so""".split()
)
_APPOSITIVE_NEXT = frozenset((",", ".", ";", ")", "—", "–", "--", ":"))


def tense_at(words: str) -> Tense:
    """How the words before (first choice) or after an offset speak of time: the nearest decisive word counts.

    >>> tense_at("will attend a so-called board meeting "), tense_at("de Meo said ")
    ('future', 'past')
    """
    lows = [word.lower() for word in re.findall(r"[\w’'-]+", words)]
    for at in range(len(lows) - 1, -1, -1):
        low, before = lows[at], lows[at - 1] if at else ""
        if low in _FUTURE:
            return "future"
        passive = before in ("be", "being")  # "may be signed" speaks by its auxiliary
        if not passive and (
            low in _PAST or (low.endswith("ed") and "-" not in low and low not in _ADJECTIVES)
        ):
            return "past"
    return "unknown"


_FUTURE = frozenset(
    """will would plan plans planning planned aims aim aiming intends intend expects expect expected due scheduled set
    targeting targets target targeted may might could should shall hopes hope wants want seeks seek seeking upcoming effective
    proposes propose must ll coming becomes until talks negotiating considering exploring weighing mulling""".split()
)
_PAST = frozenset(
    """was were had has have did said told bought sold took held made met came went became began won lost left quit fell rose
    saw gave cut struck withdrew paid brought ago after earlier previously last over won led""".split()
)
_ADJECTIVES = frozenset(
    "united limited unlisted listed need proceed combined red so-called based related".split()
)


def units_of(  # noqa: PLR0913 (all that it needs)
    text: str,
    start: int,
    end: int,
    *,
    names: Sequence[Name],
    roles: Sequence[Role],
    amounts: Sequence[Amount],
    moments: Sequence[Moment],
) -> tuple[Unit, ...]:
    """The units of one sentence, in order: found things first, words in the gaps, then descriptions joined."""
    made: list[Unit] = [
        *(Unit("amount", f"<{a.kind}>", a.start, a.end, amount=a) for a in amounts),
        *(Unit("moment", "<date>", m.start, m.end, moment=m) for m in moments),
        *(Unit("role", text[r.start : r.end].lower(), r.start, r.end) for r in roles),
        *(
            Unit("name", "<name>", n.start, n.end, n.party, person=n.kind == "person")
            for n in names
            if n.kind != "place"
        ),
        *(_place(text, n) for n in names if n.kind == "place"),
    ]
    kept: list[Unit] = []
    for unit in sorted(made, key=lambda u: (u.start, -u.end)):
        if start <= unit.start and unit.end <= end and (not kept or unit.start >= kept[-1].end):
            kept.append(unit)
    filled: list[Unit] = []
    at = start
    for unit in kept:
        filled.extend(_word(match) for match in _WORD.finditer(text, at, unit.start))
        filled.append(unit)
        at = unit.end
    filled.extend(_word(match) for match in _WORD.finditer(text, at, end))
    return _described(_without_modifiers(text, _without_origins(_without_asides(filled))))


_ACTS = re.compile(
    r"\s+(?:will|would|may|has|had|is|was|plans?|agreed|sold|bought|owns|holds|wants|intends|could|said)\b"
)


def _place(text: str, name: Name) -> Unit:
    """A place is a party only where it acts as a state: "Italy will sell"."""
    if _ACTS.match(text[name.end :]) and not re.search(
        r"\b(?:in|at|of|near|from|to|for)\s$", text[: name.start]
    ):
        return Unit("name", "<name>", name.start, name.end, name.party)
    return Unit("word", "<place>", name.start, name.end)


_PAIRS = MappingProxyType({"(": ")", "“": "”", '"': '"'})


def _without_asides(units: Sequence[Unit]) -> list[Unit]:
    """Leave short parentheses out: tickers, former names, glosses."""
    made: list[Unit] = []
    k = 0
    while k < len(units):
        shut = _PAIRS.get(units[k].low, "")
        ahead = range(k + 1, min(k + (16 if shut == ")" else 9), len(units))) if shut and k else ()
        close = next((j for j in ahead if units[j].low == shut), 0)
        if close and shut != ")" and not any(u.low in (",", ".") for u in units[k:close]):
            made.extend(units[k + 1 : close])  # a few quoted words inside a sentence
            k = close + 1
            continue
        close = close if shut == ")" else 0
        if not close:
            made.append(units[k])
        k = close + 1 if close else k + 1
    return made


def _without_origins(units: Sequence[Unit]) -> list[Unit]:
    """Leave "Korea's" before a name out: it says where the company comes from."""
    made: list[Unit] = []
    for unit in units:
        if (
            unit.kind == "name"
            and len(made) >= 2
            and made[-1].kind == "possessive"
            and made[-2].low in _ORIGINS
        ):
            del made[-2:]
        made.append(unit)
    return made


def _word(match: re.Match[str]) -> Unit:
    low = match[0].lower()
    if low in ("'s", "’s", "'", "’"):
        return Unit("possessive", "'s", match.start(), match.end())
    if low in _PRONOUNS:
        return Unit("pronoun", low, match.start(), match.end())
    return Unit(
        "word" if match[0][0].isalnum() else "mark", low.replace("’", "'"), match.start(), match.end()
    )


def _is_acronym(text: str, unit: Unit) -> bool:
    return unit.end - unit.start <= 4 and text[unit.start : unit.end].isupper()


def _without_modifiers(text: str, units: Sequence[Unit]) -> list[Unit]:
    """A name that only modifies a plain plural ("the A320 jets") is a word, not a party."""
    made = list(units)
    for i, (unit, following) in enumerate(itertools.pairwise(units)):
        plain = following.kind == "word" and following.low.isalpha() and following.start == unit.end + 1
        if (
            unit.kind == "name"
            and not unit.person
            and plain
            and (_is_acronym(text, unit) or following.low.endswith("s"))
            and following.low not in _AFTER_NAME | VERBS | _FOLLOWERS
            and not following.low.endswith(("ed", "ly"))
        ):
            made[i] = replace(unit, kind="word", low="<modifier>")
    return made


_ORIGINS = frozenset(("<place>", "u.s", "u.k", "uk", "us"))
_HOLDERS = frozenset(
    "promoters heirs descendants shareholders investors founders creditors employees workers executives officials bondholders directors owners".split()
)
_AFTER_NAME = (
    lexicon.COMMON_HEADS
    | lexicon.COMPANY_NOUNS
    | _STOPS
    | frozenset(
        """plans says owns holds sells buys agrees aims seeks wants expects intends considers bids offers acquires invests
    denies rejects approves names appoints hires cuts raises takes makes becomes gets drops scraps postpones delays signs
    completes closes explores weighs mulls confirms declines merges lists launches targets bets nears faces posts reports has
    was is does as its this us controls purchases remains needs operates adds leads talks negotiates sales
    spins splits exits divests unloads trims lifts boosts increases reduces backs clears blocks prepares proposes""".split()
    )
)


def _described(units: list[Unit]) -> tuple[Unit, ...]:
    """Join determiner, qualifiers and a company noun into one description; then settle appositions."""
    made: list[Unit] = []
    for i, unit in enumerate(units):
        made.append(unit)
        following = units[i + 1] if i + 1 < len(units) else None
        if unit.kind == "word" and unit.low in _HOLDERS and len(made) > 1 and made[-2].kind == "name":
            made[-2:] = [
                Unit(
                    "description",
                    "<indefinite>",
                    made[-2].start,
                    unit.end,
                    noun=unit.low,
                    owner=made[-2].party,
                )
            ]
        elif unit.kind == "name" and len(made) > 2 and made[-2].low == "of" and made[-3].low in _HOLDERS:
            made[-3:] = [
                Unit(
                    "description",
                    "<indefinite>",
                    made[-3].start,
                    unit.end,
                    noun=made[-3].low,
                    owner=unit.party,
                )
            ]
        elif unit.low in lexicon.PART_NOUNS and unit.kind == "word" and _is_owned_part(made):
            begin = len(made) - (3 if len(made) > 2 and made[-3].low in _DETERMINERS else 2)
            made[begin:] = [replace(_description(made[begin:], 1, made[-2].party), low="<description>")]
        elif unit.kind == "word" and unit.low in lexicon.COMPANY_NOUNS and _ends_phrase(following):
            _join(made)
    return tuple(_settled(made))


def _is_owned_part(made: Sequence[Unit]) -> bool:
    """Such as "the Alfa unit", not "Alfa's Beta unit", where Beta is the unit's own name."""
    if len(made) < 2 or made[-2].kind != "name" or made[-2].person:
        return False
    return len(made) < 3 or (made[-3].kind != "possessive" and made[-3].low not in ("its", "their"))


_PARTICIPLES = frozenset("holding listed combined controlled held proposed named backed owned".split())
_FOLLOWERS = frozenset(
    "not also now still then already became made kept took went began met gave held led itself themselves alone last next this".split()
)


def _ends_phrase(following: Unit | None) -> bool:
    """A head noun ends its phrase before a name, a mark, a function word or a verb, not before another noun."""
    if following is None or following.kind != "word":
        return True
    low = following.low
    if low in lexicon.COMPANY_NOUNS | lexicon.COMMON_HEADS:
        return False
    return (
        low in _STOPS
        or low in VERBS
        or low in _AFTER_NAME
        or low.endswith(("ed", "ly", "s", "n't"))
        or low in _FOLLOWERS
    )


def _join(made: list[Unit]) -> None:
    first = len(made) - 1
    while first > 0 and len(made) - first <= 7:
        before = made[first - 1]
        if before.kind == "possessive" or before.low in _DETERMINERS:
            break
        if (
            before.kind not in ("word", "role")
            or before.low in _STOPS
            or before.low in _AFTER_NAME - lexicon.COMPANY_NOUNS - _PARTICIPLES
            or before.low in VERBS - _PARTICIPLES
        ):
            if before.kind == "mark" and before.low == "-":
                first -= 1
                continue
            break
        first -= 1
    opener = made[first - 1] if first else None
    if opener is None or not (opener.kind == "possessive" or opener.low in _DETERMINERS):
        _join_bare(made, first)
        return
    owner, begin = opener.low if opener.low in ("its", "their", "his", "her") else "", first - 1
    if opener.kind == "possessive" and first >= 2 and made[first - 2].is_noun_phrase:
        owner, begin = made[first - 2].party or made[first - 2].low, first - 2
        if made[begin].kind == "description":
            owner = f"@{made[begin].noun}"
    whole = made[begin:]
    made[begin:] = [_description(whole, first - begin, owner)]


def _join_bare(made: list[Unit], first: int) -> None:
    """Such as "Swiss rival <name>": no determiner; kept only where a name follows, as that name's qualifiers."""
    if made[first:] and len(made) - first <= 6:
        whole = made[first:]
        joined = _description(whole, 0, "")
        made[first:] = [replace(joined, low="<bare>")]


def _description(whole: Sequence[Unit], first: int, owner: str) -> Unit:
    start, end = whole[0].start, whole[-1].end
    qualifiers = tuple(word.low for word in whole[first:-1] if word.kind == "word")
    definite = whole[0].low not in ("a", "an", "another")
    low = "<description>" if definite else "<indefinite>"
    return Unit(
        "description",
        low,
        start,
        end,
        noun=whole[-1].low,
        qualifiers=qualifiers,
        owner=owner,
        amount=None,
        party="",
    )


def _settled(units: list[Unit]) -> list[Unit]:
    """Settle appositions: a description beside a name is that name; bare ones elsewhere fall back to words."""
    made: list[Unit] = []
    i = 0
    while i < len(units):
        unit = units[i]
        skip = _apposition(units, i)
        if unit.kind == "name" and _modifies(units, i):
            made.append(replace(unit, kind="word", low="<modifier>"))
            i += 1
        elif _is_part_of(units, i):
            made.append(replace(unit, end=units[i + 2].end, owner=units[i + 2].party, party=""))
            i += 3
        elif unit.kind == "description" and skip:
            name = units[i + skip]
            made.append(
                replace(name, start=name.start, noun=unit.noun, qualifiers=unit.qualifiers, owner=unit.owner)
            )
            i += skip + 1 + (skip == 2 and i + 3 < len(units) and units[i + 3].low == ",")
        elif unit.kind == "description" and unit.low == "<bare>":
            made.append(replace(unit, kind="word", low=unit.noun))
            i += 1
        elif unit.kind == "name" and _trailing_apposition(units, i):
            description = units[i + 2]
            made.append(
                replace(
                    unit, noun=description.noun, qualifiers=description.qualifiers, owner=description.owner
                )
            )
            i += 3 + (i + 3 < len(units) and units[i + 3].low == ",")
        else:
            made.append(unit)
            i += 1
    return made


def _modifies(units: Sequence[Unit], i: int) -> bool:
    """Such as "Ontario toll road operator <name>": the first name only says where."""
    return (
        i + 2 < len(units)
        and units[i + 1].low == "<bare>"
        and units[i + 2].kind == "name"
        and not units[i].person
    )


def _is_part_of(units: Sequence[Unit], i: int) -> bool:
    """Such as "a unit of <name>"."""
    unit = units[i]
    if (
        unit.kind != "description"
        or unit.low != "<indefinite>"
        or unit.noun not in lexicon.PART_NOUNS
        or i + 2 >= len(units)
    ):
        return False
    return units[i + 1].low == "of" and units[i + 2].kind == "name" and (i == 0 or units[i - 1].low != ",")


def _apposition(units: Sequence[Unit], i: int) -> int:
    """How far ahead the name stands that a description introduces; 0 where there is none."""
    if units[i].kind != "description" or (units[i].noun.endswith("s") and units[i].noun != "sales"):
        return 0
    if i + 1 < len(units) and units[i + 1].kind == "name" and not units[i + 1].person:
        return 1
    closed = i + 3 >= len(units) or units[i + 3].low in _APPOSITIVE_NEXT
    if (
        i + 2 < len(units)
        and units[i + 1].low == ","
        and units[i + 2].kind == "name"
        and closed
        and units[i].low != "<bare>"
    ):
        return 0 if units[i + 2].person else 2
    return 0


def _trailing_apposition(units: Sequence[Unit], i: int) -> bool:
    """Such as "<name>, the Italian carmaker," or "<name>, a unit of": the description repeats the name."""
    if (
        i + 2 >= len(units)
        or units[i + 1].low != ","
        or units[i + 2].kind != "description"
        or units[i].person
    ):
        return False
    if units[i + 2].low == "<bare>" or units[i + 2].noun.endswith("s"):
        return False
    following = units[i + 3].low if i + 3 < len(units) else ","
    return following in (",", ".", ")", "of", "which", "that")
