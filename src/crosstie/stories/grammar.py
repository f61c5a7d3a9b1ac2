"""Subjects, governing words and arguments of an event word, found by position: no parser, no names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crosstie.stories.triggers import TRIGGERS, VERBS
from crosstie.stories.units import Unit

AUXILIARIES = frozenset(
    """is are was were be been being am has have had having will would may might could can cannot should must shall do does did 's
    isn't aren't wasn't weren't hasn't haven't hadn't won't wouldn't couldn't can't shouldn't doesn't don't didn't""".split()
)
_FINITE = frozenset(
    """said says agreed agrees plans intends aims seeks wants expects hopes considers denied denies confirmed announced proposed
    signed decided began started completed closed dropped scrapped postponed delayed explores weighs reached struck held won
    launched rejected approved rose fell told needs remains became becomes made makes makes led leads gave went took entered
    postpones delays nears bids targets prepares""".split()
)
FOLLOWERS = frozenset(
    """the a an its their his her our this these those any some all
    and or but that which who not also now still then already became made kept took went began met gave held last next this if while when
    because than as together alone overall it he she they more less most least both either yet again ago soon later earlier first via plus who whose where
    this year month week today yesterday tomorrow per each all""".split()
)
_SUBORDINATORS = frozenset(
    "while because although though after before since when once as until if unless whereas but whether so".split()
)
PREPOSITIONS = frozenset(
    """of in with from by to at on for between among against than into about over under including through via within per without
    toward towards around like amid during behind alongside despite regarding concerning onto near""".split()
)
_CAUSATIVES = frozenset(
    "see sees saw seen let lets make makes help helps have want wants allow allows allowing require requires expects expect".split()
)
_HELD = frozenset(
    "shares stake portion part majority control ownership all most rest remainder remaining".split()
)
_RELATIVES = frozenset(("which", "who", "that", "whose"))
_CLAUSE_ENDS = frozenset((";", ":", "“", "”", '"', "—", "–", "(", ")"))


@dataclass(frozen=True, slots=True)
class Subject:
    """Subject phrases of an event word, the words that govern it, and where both begin."""

    units: tuple[Unit, ...]
    chain: str
    begin: int
    finite: bool


@dataclass(frozen=True, slots=True)
class Arguments:
    """What follows an event word up to the end of its clause."""

    objects: tuple[Unit, ...]
    by: dict[str, tuple[Unit, ...]] = field(default_factory=dict)
    amounts: tuple[tuple[str, Unit], ...] = ()  # each with the preposition before it
    moments: tuple[Unit, ...] = ()
    words: frozenset[str] = frozenset()
    end: int = 0


def words_between(units: Sequence[Unit], first: int, last: int) -> str:
    """The small letters of the units from first up to last."""
    return " ".join(unit.low for unit in units[max(first, 0) : last])


def subject_of(units: Sequence[Unit], at: int) -> Subject:
    """Who does it: the nearest phrase to the left that is no object and no part of a prepositional phrase."""
    found = _walk(units, at)
    finite = _is_finite(units, found + 1 if found >= 0 else 0, at)
    begin = found if found >= 0 else _clause_start(units, at)
    if found < 0:
        return Subject((), words_between(units, begin, at), begin, finite)
    subjects, first = _coordinated(units, found)
    chain_from = found + 1
    reach = _governors(units, first, finite=finite)
    joined = _joined_at(units, chain_from, at)
    chain = words_between(units, reach, first) + " " + words_between(units, chain_from, at)
    chain = words_between(units, joined, at) if joined else chain
    return Subject(subjects, chain.strip(), first if finite else min(reach, first), finite)


def _joined_at(units: Sequence[Unit], first: int, at: int) -> int:
    """Where a second predicate begins ("has dropped A and bought B", "and may buy"); 0 where there is none."""
    joint = next((k for k in range(at - 1, first - 1, -1) if units[k].low in ("and", "but")), -1)
    if joint < 0:
        return 0
    between = units[joint + 1 : at]
    plain = all(
        u.kind == "word"
        and (u.low in AUXILIARIES or u.low.endswith("ly") or u.low in ("also", "then", "now", "not", "to"))
        for u in between
    )
    own = (
        any(u.low in AUXILIARIES for u in between)
        or (not between and _is_finite(units, at, at))
        or (plain and _is_finite(units, at, at))
    )
    listed = bool(between) and any(u.is_noun_phrase for u in between)
    return (
        joint + 1 if own and not listed and (plain or any(u.low in AUXILIARIES for u in between[:2])) else 0
    )


def _walk(units: Sequence[Unit], at: int) -> int:  # noqa: C901 (one branch per way of saying it)
    k = at - 1
    while k >= 0:
        unit = units[k]
        if unit.low in _CLAUSE_ENDS or (unit.low == "," and _shuts(units, k, at)):
            return -1
        if (
            unit.low in _SUBORDINATORS
            and unit.kind == "word"
            and k + 1 < at
            and not units[k + 1].low.endswith("ing")
            and unit.low not in ("whether", "if", "so", "until")
        ):
            return -1
        if unit.low == "that" and k + 1 < at and k > 0 and not _is_verbal(units[k + 1]):
            return -1  # "told the meeting that the plan would": what is said has its own subject
        if unit.low == "," and k < at and not any(u.is_noun_phrase for u in units[k + 1 : at]):
            opened = _interposed(units, k)
            if opened:
                k = opened - 1
                continue
        if unit.low in _RELATIVES and unit.kind in ("pronoun", "word") and k > 0:
            before = k - 1 if units[k - 1].low != "," else k - 2
            if before >= 0 and units[before].is_noun_phrase:
                return before
            k -= 1
            continue
        if unit.is_noun_phrase and unit.low not in ("its", "their", "his", "her"):
            skip = _not_subject(units, k, at)
            if not skip:
                return k
            k -= skip
            continue
        k -= 1
    return -1


def _is_verbal(unit: Unit) -> bool:
    return (
        unit.low in AUXILIARIES or unit.low in VERBS or unit.low in _FINITE or unit.low.endswith(("ed", "ly"))
    )


def _interposed(units: Sequence[Unit], k: int) -> int:
    """The comma that opens ", 31 percent owned by Beta," after a name; 0 where there is none."""
    for j in range(k - 1, max(k - 22, 0), -1):
        if units[j].low == "," and units[j - 1].is_noun_phrase:
            opener = units[j + 1]
            participle = (
                opener.kind == "amount"
                or opener.low.endswith("ed")
                or any(t.form == "participle" for t in TRIGGERS.get(opener.low, ()))
            )
            return (
                j
                if participle
                or opener.low in ("which", "who", "whose", "based", "already", "part", "jointly", "now")
                else 0
            )
    return 0


def _shuts(units: Sequence[Unit], k: int, at: int) -> bool:
    """A comma closes the clause when a subordinate one begins right after it."""
    following = units[k + 1] if k + 1 < at else None
    return following is not None and following.low in _SUBORDINATORS


def _not_subject(units: Sequence[Unit], k: int, at: int) -> int:  # noqa: PLR0911 (one line per case)
    """How many units to step over because the phrase at k is an object or inside another phrase; 0 if a subject."""
    if k + 1 < len(units) and units[k + 1].kind == "possessive" and k + 2 <= at:
        return 0 if k + 2 == at else 1
    before = units[k - 1] if k else None
    if before is None:
        return 0
    if before.low == "for" and k + 1 < at and units[k + 1].low == "to":
        return 0
    j = _phrase_start(units, k) - 1
    if j < 0:
        return 0
    before = units[j]
    if k + 1 == at and units[at].low.endswith("ing") and before.low in ("of", "with", "from", "despite"):
        return 0
    if before.low == "of" and j and units[j - 1].low in _HELD:
        return 0
    if before.low in PREPOSITIONS and before.low != "than":
        return k - j + 1
    if before.low == "and" and j >= 1 and units[j - 1].is_noun_phrase:
        return k - j + 1 if _not_subject(units, j - 1, at) > 0 else 0
    verb = (
        before.low in VERBS and before.kind == "word" and any(t.form != "noun" for t in TRIGGERS[before.low])
    )
    if verb and before.low not in _CAUSATIVES and before.low not in AUXILIARIES:
        return k - j
    return 0


def _is_modifier(unit: Unit) -> bool:
    """A plain word before a name: no preposition, verb or conjunction."""
    low = unit.low
    return (
        unit.kind == "word"
        and low not in PREPOSITIONS | AUXILIARIES | _SUBORDINATORS | _FINITE
        and low not in VERBS
        and low not in ("and", "or", "that", "not", "to")
        and not low.endswith(("ed", "ly"))
    )


def _coordinated(units: Sequence[Unit], found: int) -> tuple[tuple[Unit, ...], int]:
    """All of "A, B and C", the first one's place beside them."""
    subjects, first = [units[found]], found
    while True:
        j = _phrase_start(units, first) - 1
        if j < 1 or units[j].low not in ("and", ",", "&") or not units[j - 1].is_noun_phrase:
            break
        if (units[j].low == "," and len(subjects) == 1) or _not_subject(units, j - 1, found):
            break
        first = j - 1
        subjects.insert(0, units[first])
    return tuple(subjects), first


def _phrase_start(units: Sequence[Unit], k: int) -> int:
    """Where the phrase of a name begins, its plain qualifiers included: "Italian jeweller Alfa"."""
    j = k
    while j > 0 and k - j < 5 and _is_modifier(units[j - 1]):
        j -= 1
    return j


def _is_finite(units: Sequence[Unit], first: int, at: int) -> bool:
    here = units[at]
    forms = {t.form for t in TRIGGERS.get(here.low, ())}
    if forms & {"past", "s"}:
        return True
    return any(
        unit.kind == "word"
        and (unit.low in AUXILIARIES or unit.low in _FINITE or _past_like(unit.low) or _is_past(unit.low))
        for unit in units[first:at]
    )


def _is_past(low: str) -> bool:
    return low.endswith("ed") and low not in (
        "based",
        "planned",
        "proposed",
        "listed",
        "united",
        "limited",
        "combined",
        "related",
    )


def _past_like(low: str) -> bool:
    return any(t.form in ("past", "s") for t in TRIGGERS.get(low, ())) and not any(
        t.form == "base" for t in TRIGGERS.get(low, ())
    )


def _governors(units: Sequence[Unit], first: int, *, finite: bool) -> int:
    """How far left the governing words reach: past the subject where it is embedded in another clause."""
    if first <= 0:
        return first
    before = units[first - 1]
    if before.low in ("if", "unless", "whether"):
        return first - 1
    if before.low == "that" or (before.low in ("said", "says") and not finite):
        return _clause_start(units, first - 1)
    if before.low == "for" or before.low in _CAUSATIVES or not finite:
        return _clause_start(units, first - 1)
    return first


def _clause_start(units: Sequence[Unit], at: int) -> int:
    """The first unit of the clause that holds ``at``."""
    k = at
    while k > 0:
        before = units[k - 1]
        if before.low in _CLAUSE_ENDS or before.low in (
            "while",
            "because",
            "although",
            "but",
            "after",
            "when",
            "since",
            "once",
        ):
            return k
        if before.low == "," and k < len(units) and not units[k].low.endswith("ing"):
            return k
        k -= 1
    return 0


def arguments_of(units: Sequence[Unit], after: int) -> Arguments:
    """What follows an event word: objects, phrases by their preposition, amounts and dates."""
    objects: list[Unit] = []
    by: dict[str, list[Unit]] = {}
    amounts: list[tuple[str, Unit]] = []
    moments: list[Unit] = []
    words: set[str] = set()
    slot, k = "", after
    while k < len(units):
        k = _past_contact_clause(units, k)
        if k >= len(units) or _ends(units, k, after):
            break
        unit = units[k]
        if unit.kind == "amount":
            amounts.append((slot, unit))
            slot = slot if slot in ("for", "to", "from") else ""
        elif unit.kind == "moment":
            moments.append(unit)
        elif unit.is_noun_phrase and unit.low not in ("its", "their", "his", "her"):
            _place(units, k, slot, objects, by)
        elif unit.kind == "word":
            slot = _slot(units, k, slot)
            words.add(unit.low)
        k += 1
    return Arguments(
        tuple(objects),
        {key: tuple(value) for key, value in by.items()},
        tuple(amounts),
        tuple(moments),
        frozenset(words),
        k,
    )


def _past_contact_clause(units: Sequence[Unit], k: int) -> int:
    """Step over "it does not already own" in "the shares it does not already own in Beta"."""
    unit = units[k]
    if (
        unit.is_noun_phrase
        and k + 2 < len(units)
        and units[k + 1].low in ("does", "do", "did", "doesn't", "don't", "didn't")
    ):
        return next(
            (
                j + 1
                for j in range(k + 2, min(k + 6, len(units)))
                if units[j].low in ("own", "hold", "control", "have")
            ),
            k,
        )
    return k


def _slot(units: Sequence[Unit], k: int, slot: str) -> str:
    low = units[k].low
    if low in ("of", "in", "into", "on", "about", "over", "at"):
        return "at" if low == "at" else "of" if slot in ("", "of") or low == "of" else slot
    if low in (
        "from",
        "by",
        "to",
        "with",
        "for",
        "between",
        "against",
        "through",
        "via",
        "than",
        "including",
        "under",
    ):
        return low
    return "" if low == "and" and not slot else slot


def _place(units: Sequence[Unit], k: int, slot: str, objects: list[Unit], by: dict[str, list[Unit]]) -> None:
    unit = units[k]
    following = units[k + 1] if k + 1 < len(units) else None
    if following is not None and following.kind == "possessive":
        by.setdefault("'s", []).append(unit)
        return
    if slot in ("", "of"):
        objects.append(unit)
    else:
        by.setdefault(slot, []).append(unit)


def _ends(units: Sequence[Unit], k: int, after: int) -> bool:
    unit = units[k]
    if unit.low in _CLAUSE_ENDS or unit.low in _CLAUSE_OPENERS:
        return (
            not (unit.low == "as" and k + 1 < len(units) and units[k + 1].low in ("part", "much", "soon"))
            and unit.kind != "moment"
        )
    if unit.low == ",":
        return not _listed(units, k)
    if unit.kind == "word" and (unit.low in AUXILIARIES or unit.low in _FINITE) and k > after:
        return True
    if unit.low == "to" and k + 1 < len(units) and units[k + 1].kind == "word":
        low = units[k + 1].low
        return low in VERBS or low not in _AFTER_TO
    described = units[k - 1].low in ("a", "an", "the", "its", "their")  # "a controlling stake"
    if unit.kind == "word" and unit.low in VERBS - _NOUNS_TOO and not described and k > after:
        return not any(t.form == "noun" for t in TRIGGERS[unit.low])
    return False


_CLAUSE_OPENERS = frozenset(
    "while because although but if when as after before since though once unless that which who where until".split()
)
_NOUNS_TOO = frozenset("back name place list hold holding holdings bid offer purchase increase".split())
_AFTER_TO = frozenset(
    "a an the its their his her more less about around at as up just almost nearly over between institutional private foreign local other investors clients existing".split()
)


def _listed(units: Sequence[Unit], k: int) -> bool:
    """A comma inside a list of parties or between a date and what follows."""
    if k + 1 >= len(units):
        return False
    following = units[k + 1]
    if (
        units[k - 1].is_noun_phrase
        and following.is_noun_phrase
        and k + 2 < len(units)
        and units[k + 2].low in (",", "and")
    ):
        return True
    return (
        following.low in ("from", "for")
        and k + 2 < len(units)
        and (units[k + 2].is_noun_phrase or units[k + 2].kind == "amount")
    )
