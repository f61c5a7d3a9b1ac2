"""Parties of several ledgers and registers that are one: joined by identifier, proposed by name and country."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crosstie.identity.blocking import Keys, Paired, name_keys, numbered
from crosstie.identity.blocking import pairs as sharing
from crosstie.identity.comparing import COUNTRY_OTHER, LEAST
from crosstie.identity.identifiers import doubled, wrong
from crosstie.identity.judged import Judged, judged
from crosstie.identity.matching import WRONG, Match, Matched, Pairs, match
from crosstie.identity.party import Described, described
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.standing import judgements, standing
from crosstie.ledger.statements import Entity, Holding, Office, PartyId, Retraction, SameAs, Statement
from crosstie.questions.opening import load_ledger
from crosstie.questions.places import places_of
from crosstie.text.problem import CrosstieError, Problem

KEYS = ("party", "other", "score", "joined", "name", "other_name", "why", "where", "other_where")

_EXAMPLES = 3

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the ledgers compared: its parties, read anew each time they are asked for, and its judgements."""

    parties: Callable[[], Iterator[Described]]
    judgements: tuple[Statement, ...]
    problems: tuple[Problem, ...] = ()


def match_ledgers(
    paths: Sequence[str],
    *,
    least: float = LEAST,
    progress: Progress | None = None,
) -> Matched:
    """What parties of these ledgers and registers are one, and which may be.

    Judgements in any of them count: what a person has decided is not proposed again.

    Raises
    ------
    CrosstieError
        A path that is no ledger, or a score that is none.
    """
    if not 0 < least <= 1:
        raise CrosstieError(f"--least {least:g}; write a score above 0 and up to 1, for example {LEAST}")
    parts = [part for path in paths for part in _parts(path)]
    said = [each for part in parts for each in part.judgements]
    found = _match(parts, _judged(said), least, progress)
    loaded = (problem for part in parts for problem in part.problems)
    return replace(found, problems=tuple(dict.fromkeys((*loaded, *found.problems))))


def _judged(said: Sequence[Statement]) -> Judged:
    stands = standing(said, date.max)
    return judged(judgements(stands.firm))


def _match(parts: Sequence[Part], earlier: Judged, least: float, progress: Progress | None) -> Matched:
    """Two passes: keys of every party, then the few parties that share one."""
    names, numbers, flagged = Keys(), Keys(), set[int]()
    countries: list[str] = []
    for count, party in enumerate(_all(parts)):
        held = party.known
        names.add(count, name_keys(party, least=least))
        numbers.add(count, map(str, held))
        countries.append(party.country)
        if doubled(held) or (len(held) < len(party.identifiers) and any(map(wrong, party.identifiers))):
            flagged.add(count)
        if progress and count % 10_000 == 0:
            progress(count)
    apart = numbered(countries) if least > COUNTRY_OTHER else None
    return _second(parts, earlier, _Found(sharing(numbers), sharing(names, apart), flagged), least)


@dataclass(frozen=True, slots=True)
class _Found:
    """Pairs of parties by their numbers, and parties that have a problem of their own."""

    sharing: Paired
    alike: Paired
    flagged: set[int]


def _second(parts: Sequence[Part], earlier: Judged, found: _Found, least: float) -> Matched:
    wanted = {*found.sharing.pairs.ravel().tolist(), *found.alike.pairs.ravel().tolist(), *found.flagged}
    wanted |= {party for paired in (found.sharing, found.alike) for party, _ in paired.crowds}
    place = {number: at for at, number in enumerate(sorted(wanted))}
    parties = [party for number, party in enumerate(_all(parts)) if number in place]
    pairs = Pairs(
        sharing=((place[i], place[j]) for i, j in found.sharing.pairs.tolist()),
        alike=((place[i], place[j]) for i, j in found.alike.pairs.tolist()),
    )
    matched = match(parties, pairs, earlier, least=least)
    crowds = [
        _crowd(parties[place[party]], size, what)
        for paired, what in ((found.sharing, "an identifier"), (found.alike, "a name or nearly"))
        for party, size in paired.crowds
    ]
    return replace(matched, problems=(*matched.problems, *crowds))


def _crowd(party: Described, size: int, what: str) -> Problem:
    message = (
        f"{size:,} parties share {what} with {party.party}, {party.name!r}: too many to be one, not compared"
    )
    return Problem(message, party.where, "identity", "warning")


def _all(parts: Iterable[Part]) -> Iterator[Described]:
    return (party for part in parts for party in part.parties())


def _parts(path: str) -> Iterator[Part]:
    """Each ledger and register that a LEDGER names, as a part of its own."""
    places = places_of(path)
    for register in places.registers:
        yield _register(register)
    for text in places.text:
        yield _text(text)
    for table in places.tables:
        yield _said(load_ledger(str(table)), str(table))


def _register(place: Path) -> Part:
    from crosstie.engines.register import parties  # noqa: PLC0415 (DuckDB is asked for only by a register)

    return Part(lambda: parties.parties(place), parties.judgements(place))


def _text(place: Path) -> Part:
    """A text ledger, which may speak of parties that another of the ledgers declares."""
    from crosstie.formats import ledger_text  # noqa: PLC0415 (an edge list needs no YAML)

    return _said(ledger_text.load(place, elsewhere=lambda _, names: names), str(place))


def _said(ledger: Ledger, name: str) -> Part:
    kept = tuple(each for each in ledger.statements if isinstance(each, SameAs | Retraction))
    entities = (each for each in ledger.statements if isinstance(each, Entity))
    found = _tied(described(entities, name), ledger)
    return Part(lambda: iter(found), kept, ledger.problems)


def _tied(found: Sequence[Described], ledger: Ledger) -> tuple[Described, ...]:
    """The parties, persons among them with the companies that they have something to do with."""
    ties: dict[PartyId, set[str]] = {}
    for each in ledger.statements:
        if isinstance(each, Holding):
            ties.setdefault(each.holder, set()).add(each.issuer)
        elif isinstance(each, Office):
            ties.setdefault(each.person, set()).add(each.body)
    return tuple(
        replace(each, tied_to=frozenset(ties.get(each.party, ())))
        if each.kind in {"person", "unknown"}
        else each
        for each in found
    )


def rows(found: Matched) -> Iterator[dict[str, object]]:
    """Joined and proposed pairs as rows of their keys."""
    for each in (*found.joined, *found.proposed):
        yield {
            "party": each.one.party,
            "other": each.other.party,
            "score": each.score,
            "joined": each.certain,
            "name": each.one.name,
            "other_name": each.other.name,
            "why": each.why,
            "where": str(each.one.where),
            "other_where": str(each.other.where),
        }


def told(problems: Iterable[Problem]) -> Iterator[str]:
    """Problems as lines; of wrong identifiers the first three of each scheme, and how many more there are.

    >>> wrong = [Problem(f"no LEI: {number}", kind="not of scheme LEI") for number in range(5)]
    >>> list(told(wrong))[2:]
    ['no LEI: 2', '2 more values that are no LEI']
    """
    seen: Counter[str] = Counter()
    for each in problems:
        seen[each.kind] += 1
        if not each.kind.startswith(WRONG) or seen[each.kind] <= _EXAMPLES:
            yield str(each)
    for kind, count in seen.items():
        if kind.startswith(WRONG) and count > _EXAMPLES:
            yield f"{count - _EXAMPLES} more values that are no {kind.removeprefix(WRONG)}"


def summary(found: Matched) -> str:
    """One line on what was found.

    >>> summary(Matched((), (), ()))
    '0 pairs joined by identifier, 0 proposed by name and country'
    """
    doubted = sum(1 for each in found.proposed if _by_identifier(each))
    more = f", {doubted} with an identifier in doubt" if doubted else ""
    joined = f"{len(found.joined)} pair{'' if len(found.joined) == 1 else 's'} joined by identifier"
    return f"{joined}, {len(found.proposed) - doubted} proposed by name and country{more}"


def _by_identifier(each: Match) -> bool:
    return bool(each.one.known & each.other.known)
