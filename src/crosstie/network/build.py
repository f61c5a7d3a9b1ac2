"""Statements become edges here and nowhere else."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.column import Column, Pairs, Stake, columns_of
from crosstie.ledger.in_force import effective_day
from crosstie.ledger.standing import known_day
from crosstie.ledger.state import State
from crosstie.ledger.statements import Contribution, Entity, PartyId, Right, StatementId
from crosstie.network.edges import Edge, make_network, unknown_id
from crosstie.network.network import Cap, Concert, Network, Party, Voice
from crosstie.text.problem import NOWHERE, Problem

Denominator = Literal["outstanding", "issued"]
Voiced = tuple[str, str, str, Voice]
WHOLE = Interval.exactly(1)


@dataclass(frozen=True, slots=True)
class Built:
    """A network and the columns of counts that its parts were taken from."""

    network: Network
    columns: Mapping[str, Column]


def treasury_id(company: str) -> str:
    """The id of the row that stands for a company's treasury."""
    return f"treasury of {company}"


def build(state: State, *, base: Denominator = "outstanding", suspended: Pairs = ()) -> Built:
    """Make the network of a day.

    Capital is a part of the outstanding shares; with ``base="issued"`` of the issued ones, and treasury
    is a row of its own that votes nothing. Trusts are held by their beneficiaries, who have their
    votes only where they instruct them on all matters. ``suspended`` adds (holder, company) pairs
    whose votes sleep by law.
    """
    columns = columns_of(state, suspended)
    edges = [edge for column in columns for edge in _edges(column, base)]
    edges += _trust_edges(state, {column.issuer for column in columns})
    network = make_network(
        edges,
        _parties(state, columns, base, {each for edge in edges for each in (edge.holder, edge.company)}),
        totals={column.issuer: _totals(column) for column in columns},
        caps=_caps(state.rights),
        voices=_voices(state.rights),
        concerts=[
            (_together(right), right.issuer or "", Concert((), statement=right.head.id))
            for right in state.rights
            if right.right == "acting_in_concert"
        ],
        problems=[*state.problems, *(problem for column in columns for problem in column.problems)],
    )
    placed = tuple(_placed(problem, state) for problem in network.problems)
    return Built(replace(network, problems=placed), {column.issuer: column for column in columns})


def _placed(problem: Problem, state: State) -> Problem:
    """A problem of a whole column stands where the last statement behind it was written."""
    said = state.statements.get(StatementId(problem.statement))
    return replace(problem, where=said.head.where) if said and problem.where == NOWHERE else problem


def _together(right: Right) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*([right.holder] if right.holder else []), *right.parties]))


def _edges(column: Column, base: Denominator) -> Iterable[Edge]:
    for stake in column.stakes:
        yield _edge(stake.holder, column, stake, base)
    unknown = column.unknown
    said = any(
        stake.holder == unknown_id(column.issuer) for stake in column.stakes
    )  # then nothing is added for them
    parts = (stake.of_outstanding for stake in (*column.stakes, unknown))
    some = unknown.of_outstanding != ZERO or unknown.of_votes != ZERO or not all(p.is_exact for p in parts)
    if some and not said:
        yield _edge(unknown_id(column.issuer), column, unknown, base)
    if base == "issued" and column.treasury.of_issued not in (None, ZERO):
        treasury = column.treasury
        assert treasury.of_issued is not None  # noqa: S101 (the line above)
        yield Edge(
            treasury_id(column.issuer),
            column.issuer,
            treasury.of_issued,
            ZERO,
            statements=treasury.statements,
        )


def _edge(holder: str, column: Column, stake: Stake, base: Denominator) -> Edge:
    capital = stake.of_outstanding
    if base == "issued" and stake.of_issued is not None:
        capital = stake.of_issued
    return Edge(holder, column.issuer, capital, stake.of_votes, stake.suspended, stake.statements)


def _totals(column: Column) -> tuple[float, float, float]:
    return (_float(column.issued), _float(column.treasury.shares), _float(column.theoretical_votes))


def _float(count: Interval | None) -> float:
    return float(count.low) if count is not None and count.is_exact else np.nan


def _trust_edges(state: State, held: set[PartyId]) -> Iterable[Edge]:
    """Beneficiaries hold a trust; where nobody names them, its settlors do, in equal parts."""
    trusts = beneficiaries_of(state)
    for trust, parts in trusts.items():
        if trust in held:
            continue
        voices = {
            right.instructed_by
            for right in state.rights
            if right.right == "voting_instruction" and right.holder == trust and right.matter == "all"
        }
        for holder, (share, ids) in parts.items():
            yield Edge(holder, trust, share, WHOLE if voices == {holder} else ZERO, statements=ids)
        total = sum((share.low for share, _ in parts.values()), Fraction(0))
        if total == 1:
            yield Edge(unknown_id(trust), trust, ZERO, ZERO)


def beneficiaries_of(
    state: State,
) -> dict[PartyId, dict[PartyId, tuple[Interval, tuple[StatementId, ...]]]]:
    """Who takes what part of each trust: as stated, else the settlors that contributed to it."""
    found: dict[PartyId, dict[PartyId, tuple[Interval, tuple[StatementId, ...]]]] = defaultdict(dict)
    for each in state.beneficiaries:
        if each.role == "beneficiary":
            found[each.trust][each.holder] = (each.share, (each.head.id,))
    settlors: dict[PartyId, dict[PartyId, list[StatementId]]] = defaultdict(lambda: defaultdict(list))
    for said in state.statements.values():
        if isinstance(said, Contribution) and said.trust not in found:
            day = effective_day(said.head, state.steps.get(said.head.step))
            if day is not None and day <= state.true_on:
                settlors[said.trust][said.settlor].append(said.head.id)
    for trust, who in settlors.items():
        part = Interval.exactly(Fraction(1, len(who)))
        found[trust] = {settlor: (part, tuple(ids)) for settlor, ids in who.items()}
    return found


def _parties(
    state: State, columns: Sequence[Column], base: Denominator, holding: Collection[str]
) -> list[Party]:
    """Every party known of on the day, and those in an edge although they are described only later."""
    aliases: dict[PartyId, list[str]] = defaultdict(list)
    for name, used in state.same.items():
        aliases[used].append(name)
    parties = [
        _party(entity, aliases.get(entity.party, []))
        for entity in state.entities.values()
        if entity.party not in state.same
        and (entity.party in holding or known_day(entity.head) <= state.known_on)
    ]
    if base == "issued":
        names = {party.id: party.name for party in parties}
        parties += [
            Party(
                treasury_id(column.issuer),
                f"Treasury of {names.get(column.issuer) or column.issuer}",
                "unknown",
                unknown_of=column.issuer,
            )
            for column in columns
            if column.treasury.of_issued not in (None, ZERO)
        ]
    return parties


def _party(entity: Entity, aliases: Sequence[str]) -> Party:
    return Party(
        entity.party,
        entity.name,
        entity.type,
        entity.jurisdiction,
        entity.listed,
        identifiers=tuple((each.scheme, each.value) for each in entity.identifiers),
        names=(*entity.names, *aliases),
    )


def _caps(rights: Iterable[Right]) -> list[tuple[str, str, Cap]]:
    """A cap known as a range binds at its lower end, where it surely binds."""
    return [
        (
            right.holder,
            right.issuer,
            Cap(
                -1,
                -1,
                right.limit.high
                if right.limit.low == 0 and right.limit.high is not None
                else right.limit.low,
                "theoretical_votes" if right.base == "theoretical_votes" else "exercisable_votes",
                right.excess,
                right.matter,
                right.head.id,
            ),
        )
        for right in rights
        if right.right == "vote_cap" and right.holder and right.issuer and right.limit is not None
    ]


def _voices(rights: Iterable[Right]) -> list[Voiced]:
    return [
        (
            right.holder,
            right.issuer,
            right.instructed_by or "",
            Voice(-1, -1, right.matter, -1, right.how, right.head.id),
        )
        for right in rights
        if right.right == "voting_instruction" and right.holder and right.issuer
    ]
