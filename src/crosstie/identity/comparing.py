"""Two parties compared: how likely one, and the sentence that says why.

Scores are an order for a person's attention, not probabilities: what names give, times a factor for
each thing that weakens them. ``docs/identity.md`` has the table and what was measured with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from crosstie.identity.identifiers import conflict
from crosstie.identity.names import ReadName, telling_apart
from crosstie.identity.party import Described

LEAST = 0.8
"""From which score on a pair is proposed."""

ORDER, SPACES, TYPO, GENERAL = 0.98, 0.97, 0.92, 0.78
FORM_MISSING, FORM_OTHER = 0.96, 0.86
COUNTRY_MISSING, COUNTRY_OTHER = 0.9, 0.5
KIND_OTHER = 0.95
PERSON_ALONE, PERSON_TIED = 0.6, 0.9
SHORTEST_TYPO = 5
"""Letters that a word must have for one of them to be taken for a slip."""

GENERAL_WORDS = frozenset(
    {
        "holding",
        "holdings",
        "group",
        "groupe",
        "gruppe",
        "grupo",
        "gruppo",
        "international",
        "global",
        "worldwide",
    }
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two parties are, from 0 to 1, and why, in words."""

    score: float
    why: str


@dataclass(frozen=True, slots=True)
class _Names:
    score: float
    one: ReadName
    other: ReadName
    how: str


def compare(one: Described, other: Described) -> Likeness | None:
    """How alike two parties are by name and country; ``None`` where they cannot be one.

    They cannot where one is a person and the other is not, where identifiers of one scheme conflict,
    or where no name of the one is like any of the other. The order of the two does not matter.

    >>> from crosstie.ledger.statements import PartyId
    >>> acme = Described(party=PartyId("a"), register="r", name="Acme Trading Ltd", jurisdiction="GB")
    >>> same = Described(party=PartyId("b"), register="s", name="ACME TRADING LIMITED", jurisdiction="GB")
    >>> compare(acme, same).score
    1.0
    >>> other = Described(party=PartyId("b"), register="s", name="Acme Trading SA", jurisdiction="FR")
    >>> compare(acme, other).score
    0.43
    """
    persons = [each.kind == "person" for each in (one, other)]
    maybe = [each.kind in {"person", "unknown"} for each in (one, other)]
    if any(persons) and not all(maybe):
        return None
    if conflict(one.known, other.known):
        return None
    return _persons(one, other) if any(persons) else _companies(one, other)


def _companies(one: Described, other: Described) -> Likeness | None:
    names = _best(_names(a, b) for a, b in product(one.readings, other.readings))
    if names is None:
        return None
    form, forms = _forms(names.one, names.other)
    place, country = _countries(one, other)
    kind = 1.0 if one.kind == other.kind or "unknown" in {one.kind, other.kind} else KIND_OTHER
    kinds = "" if kind == 1 else f"of the kinds {' and '.join(sorted((one.kind, other.kind)))}"
    score = names.score * form * place * kind
    why = [names.how, forms, country, kinds, _identifiers(one, other)]
    return Likeness(round(score, 2), "; ".join(part for part in why if part))


def _persons(one: Described, other: Described) -> Likeness | None:
    """The same words in any order, and nothing that a name alone could decide: no birth date is stored."""
    alike = [(a, b) for a, b in product(one.readings, other.readings) if a.sorted == b.sorted]
    same = min((_quoted(a, b) for a, b in alike if len(a.words) >= 2), default="")
    if not same:
        return None
    place, country = _countries(one, other)
    shared = sorted(one.tied_to & other.tied_to)
    tied = f"both have to do with {shared[0]}" if shared else "nothing but the name speaks for it"
    score = (PERSON_TIED if shared else PERSON_ALONE) * (place if place < COUNTRY_MISSING else 1)
    why = (
        f"the same words of a person's name, {same}",
        tied,
        country,
        "no birth date to compare",
    )
    return Likeness(round(score, 2), "; ".join(part for part in why if part))


def _best(found: Iterable[_Names | None]) -> _Names | None:
    """The best pair of names; of two that are as good, the first by their words."""
    named = [each for each in found if each is not None]
    return min(
        named,
        key=lambda each: (
            -each.score * _forms(each.one, each.other)[0],
            sorted((each.one.written, each.other.written)),
        ),
        default=None,
    )


def _names(one: ReadName, other: ReadName) -> _Names | None:
    """How two names are alike, by the first of these that holds; see the module's numbers."""
    if one.sorted == other.sorted or one.squeezed == other.squeezed:
        score, how = _same(one, other)
    elif telling_apart(one.words) != telling_apart(other.words):
        return None
    elif slip := _slip(one, other):
        score, how = TYPO, f"one letter apart ({slip})"
    elif bare(one) == bare(other):
        score, how = GENERAL, "the same but for general words"
    else:
        return None
    return _Names(score, one, other, f"{how}, {_quoted(one, other)}")


def _same(one: ReadName, other: ReadName) -> tuple[float, str]:
    if one.words == other.words:
        return 1.0, "the same name" if one.written == other.written else "the same name once written alike"
    if one.sorted == other.sorted:
        return ORDER, "the same words in another order"
    return SPACES, "the same letters, other spaces"


def bare(name: ReadName) -> tuple[str, ...]:
    """The words in order of the alphabet without general ones ("group"), unless there are no others."""
    return tuple(word for word in name.sorted if word not in GENERAL_WORDS) or name.sorted


def _slip(one: ReadName, other: ReadName) -> str:
    """The words around one letter more, less, other or swapped; nothing where more differs."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (start-up)

    for mine, theirs in ((one.words, other.words), (one.sorted, other.sorted)):
        a, b = _without_shared(mine, theirs)
        short = min(len("".join(a)), len("".join(b)))
        if short >= SHORTEST_TYPO and OSA.distance("".join(a), "".join(b), score_cutoff=1) <= 1:
            return " / ".join(sorted((" ".join(a), " ".join(b))))
    return ""


def _without_shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Two names without the words that they begin and end with alike."""
    front = 0
    while front < min(len(one), len(other)) and one[front] == other[front]:
        front += 1
    one, other = one[front:], other[front:]
    back = 0
    while back < min(len(one), len(other)) and one[-1 - back] == other[-1 - back]:
        back += 1
    return one[: len(one) - back], other[: len(other) - back]


def _forms(one: ReadName, other: ReadName) -> tuple[float, str]:
    mine, theirs = ", ".join(one.forms), ", ".join(other.forms)
    if mine == theirs:
        return 1.0, f"legal form {mine} set apart on both sides" if mine else ""
    if not mine or not theirs:
        return FORM_MISSING, f"legal form {mine or theirs} on one side only"
    return FORM_OTHER, f"legal forms differ: {' / '.join(sorted((mine, theirs)))}"


def _countries(one: Described, other: Described) -> tuple[float, str]:
    if one.country and one.country == other.country:
        return 1.0, f"both of {one.country}"
    if one.country and other.country:
        return COUNTRY_OTHER, f"of {' and '.join(sorted((one.country, other.country)))}"
    said = one.country or other.country
    return (
        COUNTRY_MISSING,
        f"of {said} on one side, no country on the other" if said else "no country on either side",
    )


def _identifiers(one: Described, other: Described) -> str:
    mine, theirs = one.known, other.known
    if mine & theirs:
        return ""  # said first, by whoever joins by it
    loose = {each.value.casefold() for each in one.identifiers} & {
        each.value.casefold() for each in other.identifiers
    }
    if loose:
        return f"the number {min(loose)} on both sides, of lists that do not say enough"
    if mine and theirs:
        return "no identifier of one scheme on both sides"
    return "no identifier to compare"


def _quoted(one: ReadName, other: ReadName) -> str:
    written = sorted({one.written, other.written})
    return " and ".join(f'"{text}"' for text in written)
