"""Names compared: the same once written alike, or only similar, with a score."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosstie.identity.forms import FORMS
from crosstie.identity.identifiers import known
from crosstie.identity.names import read_name
from crosstie.ledger.statements import Identifier

_KINDS = frozenset(word for form in FORMS.values() for word in form.split())
SIMILAR = 88.0


@dataclass(frozen=True, slots=True)
class Listed:
    """One listed person: its names, and identifiers as (scheme, value)."""

    name: str
    other_names: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A party that is, or may be, a listed person; ``certain`` by identifier or by the same name."""

    party: int
    listed: str
    by: str
    score: float

    @property
    def certain(self) -> bool:
        """Whether it is the same name once written alike, or the same identifier."""
        return self.by != "similar name"


def written_alike(name: str) -> str:
    """A name without case, accents and punctuation, its company form in one spelling.

    >>> written_alike("Société Générale S.A."), written_alike("Acme Trading Co., Limited")
    ('societe generale sa', 'acme trading co ltd')
    """
    reading = next(iter(read_name(name)), None)
    return " ".join((*reading.words, *reading.forms)) if reading else ""


def matches(
    parties: Sequence[tuple[Sequence[str], Sequence[tuple[str, str]]]],
    listed: Iterable[Listed],
    *,
    similar: float = SIMILAR,
) -> tuple[Match, ...]:
    """Who of the parties (their names, their identifiers) is listed, surely or perhaps.

    The same identifier, or the same name once written alike, is certain. A name that is only similar
    (100 times the normalised edit similarity of its words in order of the alphabet, form of company
    left out) is told with its score, and is for a person to judge.

    >>> found = matches([(["Acme Ltd"], []), (["Acme Holding"], [])], [Listed("ACME Limited")])
    >>> [(match.party, match.by, match.certain) for match in found]
    [(0, 'name', True)]
    """
    by_name: dict[str, list[int]] = {}
    by_id: dict[tuple[str, str], list[int]] = {}
    for party, (names, identifiers) in enumerate(parties):
        for name in {written_alike(each) for each in names} - {""}:
            by_name.setdefault(name, []).append(party)
        for pair in identifiers:
            by_id.setdefault(_key(pair), []).append(party)
    sorted_names: dict[str, list[str]] = {}
    for name in by_name:
        sorted_names.setdefault(_in_order(name), []).append(name)
    found: list[Match] = []
    for person in listed:
        found.extend(_matches_of(person, by_name, by_id, sorted_names, similar))
    return tuple(found)


def _matches_of(
    person: Listed,
    by_name: Mapping[str, list[int]],
    by_id: Mapping[tuple[str, str], list[int]],
    sorted_names: Mapping[str, list[str]],
    similar: float,
) -> list[Match]:
    certain: dict[int, Match] = {}
    for pair in person.identifiers:
        for party in by_id.get(_key(pair), ()):
            certain.setdefault(party, Match(party, person.name, f"{pair[0]} {pair[1]}", 100.0))
    alike = {written_alike(name) for name in (person.name, *person.other_names)} - {""}
    for name in alike:
        for party in by_name.get(name, ()):
            certain.setdefault(party, Match(party, person.name, "name", 100.0))
    possible: dict[int, Match] = {}
    for name in alike:
        for near, score in _near(_in_order(name), sorted_names, similar):
            for party in (each for written in sorted_names[near] for each in by_name[written]):
                best = possible.get(party)
                if party not in certain and (best is None or best.score < score):
                    possible[party] = Match(party, person.name, "similar name", score)
    return [*certain.values(), *possible.values()]


def _near(name: str, names: Mapping[str, list[str]], similar: float) -> list[tuple[str, float]]:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (start-up counts)

    found = process.extract(name, names.keys(), scorer=fuzz.ratio, score_cutoff=similar, limit=5)
    return [(str(near), round(float(score), 1)) for near, score, _ in found]


def _in_order(name: str) -> str:
    """The words in order of the alphabet, without the form of company unless nothing else is left."""
    words = sorted(name.split())
    return " ".join([word for word in words if word not in _KINDS] or words)


def _key(pair: tuple[str, str]) -> tuple[str, str]:
    """An identifier in one spelling: of a list that we know, or as written but for case and spaces."""
    one = known(Identifier(scheme=pair[0], value=pair[1]))
    if one:
        return one.scheme, one.value
    scheme = re.sub(r"[\W_]+", "", pair[0].casefold()).removesuffix("code").removesuffix("id")
    return scheme, re.sub(r"\s+", "", pair[1].casefold())
