"""What is said, in the orders in which formats write it: of a ledger in memory, or of a register piece by piece."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.standing import standing
from crosstie.ledger.statements import (
    Entity,
    Holding,
    PartyId,
    Retraction,
    Source,
    SourceId,
    Statement,
    StatementId,
)

Record = tuple[PartyId, PartyId, str]
"""Holder, issuer and share class: what statements of one holding have in common."""


class Telling(Protocol):
    """Everything that was said; each way through it starts anew and need not keep what it has passed."""

    @property
    def sources(self) -> Mapping[SourceId, Source]:
        """Sources by id."""
        ...

    def stated(self, *kinds: type) -> Iterator[Statement]:
        """Statements of some kinds, in order."""
        ...

    def count(self, *kinds: type) -> int:
        """How many statements of some kinds there are."""
        ...

    def parties(self) -> Iterator[Sequence[Entity]]:
        """What describes one party, in order; the parties in the order in which they are first described."""
        ...

    def undescribed(self) -> Iterator[PartyId]:
        """Holders and issuers that nothing describes, in the order of the holdings, the holder first."""
        ...

    def records(self) -> Iterator[tuple[Record, Sequence[Holding]]]:
        """Holdings of one record, in order; the records in the order of their first holdings."""
        ...

    def words(self) -> Iterator[tuple[PartyId, str]]:
        """Issuer and words of the holdings that have words, in order."""
        ...

    def taken_back(self) -> Mapping[StatementId, When | None]:
        """Retracted statements, and when it was known; of several retractions the last counts."""
        ...

    def standing_on(self, known_on: date) -> "Telling":
        """The same, but only what stands as known on a day: see :func:`crosstie.ledger.standing.standing`."""
        ...


@dataclass(frozen=True, slots=True)
class _InMemory:
    """A ledger's telling."""

    ledger: Ledger

    @property
    def sources(self) -> Mapping[SourceId, Source]:
        return self.ledger.sources

    def stated(self, *kinds: type) -> Iterator[Statement]:
        return (each for each in self.ledger.statements if isinstance(each, kinds))

    def count(self, *kinds: type) -> int:
        return sum(isinstance(each, kinds) for each in self.ledger.statements)

    def parties(self) -> Iterator[Sequence[Entity]]:
        found: dict[PartyId, list[Entity]] = defaultdict(list)
        for each in self.ledger.statements:
            if isinstance(each, Entity):
                found[each.party].append(each)
        yield from found.values()

    def undescribed(self) -> Iterator[PartyId]:
        described = {each.party for each in self.ledger.statements if isinstance(each, Entity)}
        holdings = [each for each in self.ledger.statements if isinstance(each, Holding)]
        ends = dict.fromkeys(end for each in holdings for end in (each.holder, each.issuer))
        return (end for end in ends if end not in described)

    def records(self) -> Iterator[tuple[Record, Sequence[Holding]]]:
        found: dict[Record, list[Holding]] = defaultdict(list)
        for each in self.ledger.statements:
            if isinstance(each, Holding):
                found[each.holder, each.issuer, each.share_class or ""].append(each)
        yield from found.items()

    def words(self) -> Iterator[tuple[PartyId, str]]:
        holdings = (each for each in self.ledger.statements if isinstance(each, Holding))
        return ((each.issuer, each.words) for each in holdings if each.words)

    def taken_back(self) -> Mapping[StatementId, When | None]:
        return {
            each.retracts: each.head.known_on
            for each in self.ledger.statements
            if isinstance(each, Retraction)
        }

    def standing_on(self, known_on: date) -> Telling:
        return _InMemory(replace(self.ledger, statements=standing(self.ledger.statements, known_on).firm))


def telling(said: Ledger | Telling) -> Telling:
    """How a ledger tells what it says; what can tell already does.

    >>> list(telling(Ledger()).parties())
    []
    """
    return _InMemory(said) if isinstance(said, Ledger) else said
