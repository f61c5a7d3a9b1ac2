"""What the ledger says of one day, as known on one day: read-only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from crosstie.ledger.amounts import Interval
from crosstie.ledger.books import Position
from crosstie.ledger.statements import (
    Agreement,
    Beneficiary,
    Check,
    Entity,
    HolderBound,
    Holding,
    Instrument,
    Office,
    PartyId,
    Right,
    ShareClass,
    ShareClassId,
    Statement,
    StatementId,
    Status,
    Step,
    StepId,
    VoteTotal,
)
from crosstie.text.problem import Problem


@dataclass(frozen=True, slots=True)
class CountedVotes:
    """A published vote total beside what the ledger says of that same day."""

    total: VoteTotal
    positions: tuple[Position, ...]
    classes: Mapping[ShareClassId, ShareClass]
    holdings: tuple[Holding, ...]
    rights: tuple[Right, ...]
    counted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Positions by events, states in force, and the rights and agreements of the day.

    ``positions`` and their ``ranges`` come from events; ``holdings`` are the stated ones of holders whom
    no event counts. ``same`` maps further names of a party to the one used. ``statements`` are all that
    stand (of whatever day), by id.
    """

    true_on: date
    known_on: date
    assume: Status = Status.COMPLETED
    entities: Mapping[PartyId, Entity] = field(default_factory=lambda: MappingProxyType({}))
    classes: Mapping[ShareClassId, ShareClass] = field(default_factory=lambda: MappingProxyType({}))
    positions: tuple[Position, ...] = ()
    ranges: tuple[Interval, ...] = ()
    holdings: tuple[Holding, ...] = ()
    indirect: tuple[Holding, ...] = ()
    bounds: tuple[HolderBound, ...] = ()
    beneficiaries: tuple[Beneficiary, ...] = ()
    rights: tuple[Right, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    offices: tuple[Office, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    vote_totals: tuple[CountedVotes, ...] = ()
    checks: tuple[Check, ...] = ()
    steps: Mapping[StepId, Step] = field(default_factory=lambda: MappingProxyType({}))
    same: Mapping[PartyId, PartyId] = field(default_factory=lambda: MappingProxyType({}))
    statements: Mapping[StatementId, Statement] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()

    def positions_by_issuer(self) -> dict[PartyId, tuple[Position, ...]]:
        """The positions of each company's classes."""
        found: dict[PartyId, tuple[Position, ...]] = {}
        for position in self.positions:
            found[position.issuer] = (*found.get(position.issuer, ()), position)
        return found
