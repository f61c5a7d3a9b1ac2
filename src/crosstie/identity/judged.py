"""What persons have judged so far: which parties are one, which are not, and where that contradicts itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from crosstie.ledger.statements import PartyId, SameAs


@dataclass(frozen=True, slots=True)
class Judged:
    """Groups of parties that are one, by member, and the pairs judged apart."""

    group: MappingProxyType[PartyId, PartyId]
    apart: frozenset[frozenset[PartyId]]

    def decided(self, one: PartyId, other: PartyId) -> bool:
        """Whether nothing is left to judge: they are one already, or are (or belong to) parties judged apart.

        >>> from crosstie.ledger.statements import Head
        >>> said = [SameAs(head=Head(id="1"), party="a", other="b"),
        ...         SameAs(head=Head(id="2"), party="b", other="c", same=False)]
        >>> judged(said).decided("a", "c"), judged(said).decided("a", "d")
        (True, False)
        """
        mine, theirs = self.group.get(one, one), self.group.get(other, other)
        return mine == theirs or frozenset((mine, theirs)) in self.apart


def judged(standing: Iterable[SameAs]) -> Judged:
    """Judgements that stand, one for each pair, as groups and pairs apart."""
    kept = tuple(standing)
    groups = joined((each.party, each.other) for each in kept if each.same)
    apart = frozenset(
        frozenset((groups.get(each.party, each.party), groups.get(each.other, each.other)))
        for each in kept
        if not each.same
    )
    return Judged(MappingProxyType(groups), apart)


def joined(links: Iterable[tuple[PartyId, PartyId]]) -> dict[PartyId, PartyId]:
    """The first member, by the alphabet, of each linked party's group.

    >>> joined([("b", "c"), ("a", "b")])
    {'b': 'a', 'c': 'a', 'a': 'a'}
    """
    parent: dict[PartyId, PartyId] = {}

    def head(party: PartyId) -> PartyId:
        while parent.setdefault(party, party) != party:
            parent[party] = parent[parent[party]]
            party = parent[party]
        return party

    for one, other in links:
        low, high = sorted((head(one), head(other)))
        parent[high] = low
    return {party: head(party) for party in tuple(parent)}


def members(groups: dict[PartyId, PartyId]) -> Iterator[tuple[PartyId, ...]]:
    """Each group of more than one, its members in order."""
    found: dict[PartyId, list[PartyId]] = {}
    for party, head in groups.items():
        found.setdefault(head, []).append(party)
    return (tuple(sorted(each)) for _, each in sorted(found.items()) if len(each) > 1)
