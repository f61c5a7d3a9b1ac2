"""Parties of several registers that are one: joined by identifier, or proposed by name and country.

An identifier joins two parties by itself where its scheme gives each party one value
(:mod:`crosstie.identity.identifiers`), nothing about the two contradicts it, and nobody has judged them apart.
Everything else is a proposal, which moves nothing until a person confirms it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from crosstie.identity.comparing import LEAST, Likeness, compare
from crosstie.identity.identifiers import Known, conflict, doubled, scheme_of, wrong
from crosstie.identity.judged import Judged, joined, members
from crosstie.identity.party import Described
from crosstie.ledger.statements import PartyId
from crosstie.text.problem import Problem

WRONG = "not of scheme "
"""How the kind of a problem begins that tells of an identifier with a wrong form or check digits."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two parties that are one, for certain (by identifier) or perhaps, with the sentence that says why."""

    one: Described
    other: Described
    score: float
    why: str
    certain: bool = False

    @property
    def since(self) -> str:
        """The day from which both were known, or nothing."""
        return max(self.one.since, self.other.since)


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found: parties joined, pairs proposed (the likeliest first), contradictions."""

    joined: tuple[Match, ...]
    proposed: tuple[Match, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of parties, by their positions, that are worth a look; see :mod:`crosstie.identity.blocking`.

    They share an identifier, or have names that may be alike.
    """

    sharing: Iterable[tuple[int, int]] = ()
    alike: Iterable[tuple[int, int]] = ()


def match(parties: Sequence[Described], pairs: Pairs, judged: Judged, *, least: float = LEAST) -> Matched:
    """Join pairs that share an identifier, and propose those whose names are alike."""
    problems: list[Problem] = [problem for each in parties for problem in _wrong(each)]
    two_valued = {each.party: two for each in parties if (two := doubled(each.known))}
    problems += [_two_values(each, two_valued[each.party]) for each in parties if each.party in two_valued]
    links: list[Match] = []
    doubted: list[Match] = []
    for i, j in pairs.sharing:
        one, other = _in_order(parties[i], parties[j])
        if one.party == other.party or judged.decided(one.party, other.party):
            continue
        against = _against(one, other, two_valued)
        (doubted if against else links).append(_by_identifier(one, other, against))
        problems += [_contradiction(one, other, against)] if against else []
    kept, more, told = _consistent(links)
    head = joined((*judged.group.items(), *((each.one.party, each.other.party) for each in kept)))
    told_of = {frozenset((each.one.party, each.other.party)) for each in (*doubted, *more)}
    by_rule = ((i, j, compare(parties[i], parties[j])) for i, j in pairs.alike)
    named = _named(parties, by_rule, judged, _Groups(head, _held(parties, head)), told_of)
    proposed = [*doubted, *more, *(each for each in named if each.score >= least)]
    proposed.sort(key=lambda each: (-each.score, each.one.party, each.other.party))
    return Matched(tuple(_spanning(kept)), tuple(proposed), tuple(dict.fromkeys((*problems, *told))))


def _in_order(one: Described, other: Described) -> tuple[Described, Described]:
    first, second = sorted((one, other), key=lambda each: (each.party, each.register, each.where))
    return first, second


@dataclass(frozen=True, slots=True)
class _Groups:
    """Parties that are one by identifier or judgement: each one's group, and the identifiers of a group."""

    head: dict[PartyId, PartyId]
    held: dict[PartyId, frozenset[Known]]

    def are_one(self, one: Described, other: Described) -> bool:
        return self._of(one) == self._of(other)

    def conflict(self, one: Described, other: Described) -> bool:
        mine, theirs = (self.held.get(self._of(each), frozenset()) | each.known for each in (one, other))
        return conflict(mine, theirs) is not None

    def _of(self, party: Described) -> PartyId:
        return self.head.get(party.party, party.party)


def _held(parties: Iterable[Described], head: dict[PartyId, PartyId]) -> dict[PartyId, frozenset[Known]]:
    found: dict[PartyId, frozenset[Known]] = {}
    for each in parties:
        group = head.get(each.party)
        if group:
            found[group] = found.get(group, frozenset()) | each.known
    return found


def _named(
    parties: Sequence[Described],
    likely: Iterable[tuple[int, int, Likeness | None]],
    judged: Judged,
    groups: _Groups,
    doubted: set[frozenset[PartyId]],
) -> Iterator[Match]:
    """Pairs by name, once each, that nobody has judged and no identifier has joined, put in doubt or ruled out."""
    best: dict[frozenset[PartyId], Match] = {}
    for i, j, likeness in likely:
        one, other = _in_order(parties[i], parties[j])
        pair = frozenset((one.party, other.party))
        if likeness is None or len(pair) < 2 or pair in doubted or judged.decided(one.party, other.party):
            continue
        if groups.are_one(one, other) or groups.conflict(one, other):
            continue
        if pair not in best or best[pair].score < likeness.score:
            best[pair] = Match(one, other, likeness.score, likeness.why)
    return iter(best.values())


def _by_identifier(one: Described, other: Described, against: str) -> Match:
    shared = ", ".join(map(str, sorted(one.known & other.known)))
    likeness = compare(one, other)
    names = likeness.why if likeness else f'the names differ, "{one.name}" and "{other.name}"'
    if against:
        return Match(one, other, 0.9, f"{shared} on both sides, but {against}")
    return Match(one, other, 1.0, f"{shared} on both sides; {names}", certain=True)


def _against(one: Described, other: Described, two_valued: dict[PartyId, tuple[Known, Known]]) -> str:
    """What speaks against two parties that share an identifier, or nothing."""
    clash = conflict(one.known, other.known)
    if clash:
        return f"one has {clash[0]}, the other {clash[1]}"
    shared = {each.scheme for each in one.known & other.known}
    for party in (one, other):
        two = two_valued.get(party.party)
        if two and shared <= {two[0].scheme}:
            return f"{party.party} has both {two[0]} and {two[1]}"
    if one.country and other.country and one.country != other.country:
        return f"one is of {one.country}, the other of {other.country}"
    if "person" in {one.kind, other.kind} and not {one.kind, other.kind} <= {"person", "unknown"}:
        return f"one is a {one.kind}, the other a {other.kind}"
    if one.register == other.register and one.name and other.name and compare(one, other) is None:
        return f'one register calls them "{one.name}" and "{other.name}"'
    return ""


def _contradiction(one: Described, other: Described, against: str) -> Problem:
    shared = min(one.known & other.known)
    message = f"{shared} is on {one.party} and on {other.party} ({other.where}), but {against}: not joined"
    return Problem(message, one.where, "identity", "warning")


def _two_values(party: Described, two: tuple[Known, Known]) -> Problem:
    message = f"{party.party} has two identifiers of which a party has one: {two[0]} and {two[1]}"
    return Problem(message, party.where, "identity", "warning")


def _wrong(party: Described) -> Iterator[Problem]:
    """Values that are none of their scheme; the problem's kind is the scheme's."""
    for each in party.identifiers:
        said, scheme = wrong(each), scheme_of(each.scheme)
        if said and scheme:
            message = f"{party.party}: {said}; it joins nobody"
            yield Problem(message, party.where, f"{WRONG}{scheme.name}", "warning")


def _consistent(links: Sequence[Match]) -> tuple[list[Match], list[Match], list[Problem]]:
    """Links whose groups hold no contradiction, links of the others as proposals, and the contradictions.

    In a group made by two schemes, members that never met may have different values of a third.
    """
    groups = joined((each.one.party, each.other.party) for each in links)
    parties = {each.party: each for link in links for each in (link.one, link.other)}
    bad: dict[PartyId, Problem] = {}
    for group in members(groups):
        for one, other in combinations((parties[party] for party in group), 2):
            clash = conflict(one.known, other.known)
            if clash:
                message = (
                    f"identifiers make {one.party} and {other.party} ({other.where}) one through others, "
                    f"but one has {clash[0]}, the other {clash[1]}: not joined"
                )
                bad[groups[one.party]] = Problem(message, one.where, "identity", "warning")
                break
    kept = [each for each in links if groups[each.one.party] not in bad]
    doubted = [
        Match(each.one, each.other, 0.9, f"{each.why}; others of their group contradict this")
        for each in links
        if groups[each.one.party] in bad
    ]
    return kept, doubted, list(bad.values())


def _spanning(links: Sequence[Match]) -> Iterator[Match]:
    """As many links as join the groups, in order: one less than each group has members."""
    group: dict[PartyId, PartyId] = {}

    def head(party: PartyId) -> PartyId:
        while group.setdefault(party, party) != party:
            party = group[party]
        return party

    for each in sorted(links, key=lambda link: (link.one.party, link.other.party)):
        one, other = head(each.one.party), head(each.other.party)
        if one != other:
            group[other] = one
            yield each
