"""What a comparison needs of a party: names, kind, country, identifiers, and where each was said."""

from collections.abc import Iterable
from dataclasses import dataclass

from crosstie.identity.identifiers import Known, known
from crosstie.identity.names import ReadName, read_name, read_person
from crosstie.ledger.standing import known_day
from crosstie.ledger.statements import Entity, Identifier, PartyId
from crosstie.text.problem import NOWHERE, Place

_COUNTRIES = {"UK": "GB", "EL": "GR"}  # the European Union's own codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A party as one register describes it, whatever the number of statements that do.

    ``since`` is the day, as text, from which one could know it. ``tied_to`` are the companies in which a
    person has something, by id.
    """

    party: PartyId
    register: str
    kind: str = "company"
    name: str = ""
    names: tuple[str, ...] = ()
    jurisdiction: str = ""
    identifiers: tuple[Identifier, ...] = ()
    where: Place = NOWHERE
    since: str = ""
    tied_to: frozenset[str] = frozenset()

    @property
    def country(self) -> str:
        """The country of the jurisdiction: ``US`` of ``US-DE``; nothing where it is not said."""
        code = self.jurisdiction.strip().upper()[:2]
        return _COUNTRIES.get(code, code)

    @property
    def known(self) -> frozenset[Known]:
        """The identifiers that join parties, in one spelling."""
        return frozenset(found for each in self.identifiers if (found := known(each)))

    @property
    def readings(self) -> tuple[ReadName, ...]:
        """Every name as it is compared."""
        read = read_person if self.kind == "person" else read_name
        return tuple(reading for name in (self.name, *self.names) if name for reading in read(name))


def described(entities: Iterable[Entity], register: str) -> tuple[Described, ...]:
    """The parties of one register; several statements about one party are put together.

    The first jurisdiction and kind that is said stands; names and identifiers add up.
    """
    found: dict[PartyId, Described] = {}
    for entity in entities:
        new = _described(entity, register)
        old = found.get(entity.party)
        found[entity.party] = together(old, new) if old else new
    return tuple(found.values())


def _described(entity: Entity, register: str) -> Described:
    day = known_day(entity.head)
    return Described(
        party=entity.party,
        register=register,
        kind=entity.type,
        name=entity.name,
        names=entity.names,
        jurisdiction=entity.jurisdiction,
        identifiers=entity.identifiers,
        where=entity.head.where,
        since=day.isoformat() if day.year > 1 else "",
    )


def together(old: Described, new: Described) -> Described:
    """Two descriptions of one party in one: the first word on each thing stands, lists add up."""
    names = dict.fromkeys(name for name in (*old.names, new.name, *new.names) if name and name != old.name)
    return Described(
        party=old.party,
        register=old.register,
        kind=old.kind,
        name=old.name or new.name,
        names=tuple(names) if old.name else new.names,
        jurisdiction=old.jurisdiction or new.jurisdiction,
        identifiers=tuple(dict.fromkeys((*old.identifiers, *new.identifiers))),
        where=old.where,
        since=min(old.since, new.since),
        tied_to=old.tied_to | new.tied_to,
    )
