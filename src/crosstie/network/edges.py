"""Make a network from a list of holdings: the one place that lays out the arrays."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from crosstie.ledger.amounts import ZERO, Interval
from crosstie.network.network import (
    Bounds,
    Cap,
    Concert,
    FloatArray,
    Network,
    Party,
    Totals,
    Voice,
    frozen,
)
from crosstie.text.problem import Problem


@dataclass(frozen=True, slots=True)
class Edge:
    """A direct holding: parts of the outstanding shares and of the votes less treasury's.

    ``votes`` unset is as the capital.
    """

    holder: str
    company: str
    capital: Interval
    votes: Interval | None = None
    suspended: bool = False
    statements: tuple[str, ...] = ()


def unknown_id(company: str) -> str:
    """The id of the party that stands for a company's unknown holders."""
    return f"unknown holders of {company}"


def make_network(  # noqa: PLR0913 (one keyword per kind of thing a network holds)
    edges: Iterable[Edge],
    parties: Sequence[Party] = (),
    *,
    totals: dict[str, tuple[float, float, float]] | None = None,
    caps: Sequence[tuple[str, str, Cap]] = (),
    voices: Sequence[tuple[str, str, str, Voice]] = (),
    concerts: Sequence[tuple[tuple[str, ...], str, Concert]] = (),
    problems: Sequence[Problem] = (),
) -> Network:
    """Lay holdings out as arrays, adding to each held company the unknown holders of its remainder.

    Parties that no record names become companies with no details. A column above one is a problem
    naming the statements that add up to it, and stands as stated. Several edges between the same
    two parties become one, their intervals added. An edge whose holder is ``unknown_id(company)``
    states how much the unknown holders have; nothing is then added for them (a share of 0 says that
    the stated holders are all there are).

    Parameters
    ----------
    edges
        The direct holdings.
    parties
        What is known of the parties; order is kept, then order of first mention.
    totals
        Per company: issued shares, treasury shares, theoretical votes (NaN where unknown).
    """
    merged = _merge(edges)
    known = {party.id: party for party in parties}
    for holder, company in merged:
        if holder == unknown_id(company):
            known.setdefault(holder, _unknown_holders(known.get(company) or Party(company)))
        known.setdefault(holder, Party(holder))
        known.setdefault(company, Party(company))
    for party in _named(caps, voices, concerts):
        known.setdefault(party, Party(party))
    columns: dict[str, list[Edge]] = defaultdict(list)
    for edge in merged.values():
        columns[edge.company].append(edge)
    found = list(problems)
    for company, column in columns.items():
        remainder, problem = _remainder(company, column)
        if problem:
            found.append(problem)
        if remainder is not None:
            column.append(remainder)
            known.setdefault(remainder.holder, _unknown_holders(known[company]))
    return _lay_out(known, columns, totals or {}, caps, voices, concerts, tuple(found))


def _named(
    caps: Sequence[tuple[str, str, Cap]],
    voices: Sequence[tuple[str, str, str, Voice]],
    concerts: Sequence[tuple[tuple[str, ...], str, Concert]],
) -> Iterable[str]:
    """Parties that only a cap, an instruction or a concert names: a right may be known before any holding."""
    for holder, company, _ in caps:
        yield from (holder, company)
    for holder, company, by, _ in voices:
        yield from (holder, company, *([by] if by else []))
    for holders, company, _ in concerts:
        yield from (*holders, *([company] if company else []))


def _unknown_holders(company: Party) -> Party:
    name = f"Unknown holders of {company.name or company.id}"
    return Party(unknown_id(company.id), name, "unknown", unknown_of=company.id)


def _merge(edges: Iterable[Edge]) -> dict[tuple[str, str], Edge]:
    merged: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        key = (edge.holder, edge.company)
        if edge.holder == edge.company:
            continue
        before = merged.get(key)
        if before is None:
            merged[key] = edge
            continue
        votes = None
        if before.votes is not None or edge.votes is not None:
            votes = (before.votes or before.capital).plus(edge.votes or edge.capital)
        merged[key] = Edge(
            edge.holder,
            edge.company,
            before.capital.plus(edge.capital),
            votes,
            before.suspended and edge.suspended,
            before.statements + edge.statements,
        )
    return merged


def _rest(parts: Sequence[Interval]) -> Interval:
    """What is left of one, never below zero."""
    low = sum((part.low for part in parts), Fraction(0))
    high = sum((Fraction(1) if part.high is None else part.high for part in parts), Fraction(0))
    low_open = any(part.low_open for part in parts)
    high_open = any(part.high_open for part in parts)
    if low >= 1:
        return ZERO
    rest_low = max(Fraction(0), 1 - high)
    return Interval(rest_low, 1 - low, high_open and rest_low == 1 - high, low_open)


def _remainder(company: str, column: Sequence[Edge]) -> tuple[Edge | None, Problem | None]:
    problem = _over_100(company, column)
    if any(edge.holder == unknown_id(company) for edge in column):
        return None, problem
    capital = _rest([edge.capital for edge in column])
    votes = capital
    if any(edge.votes is not None for edge in column):
        votes = _rest([edge.votes or edge.capital for edge in column])
    if capital == ZERO and votes == ZERO:
        return None, problem
    return Edge(unknown_id(company), company, capital, votes), problem


def _over_100(company: str, column: Sequence[Edge]) -> Problem | None:
    low = sum((edge.capital.low for edge in column), Fraction(0))
    if low < 1 or (low == 1 and not any(edge.capital.low_open for edge in column)):
        return None
    ids = ", ".join(sorted({s for edge in column for s in edge.statements}))
    return Problem(
        f"holders of {company} add up to {f'{float(low):.6%}, over' if low > 1 else 'more than'} 100%"
        + (f" (statements {ids})" if ids else "")
        + "; computed as stated",
        kind="over-100",
        severity="error",
        statement=next((edge.statements[0] for edge in reversed(column) if edge.statements), ""),
    )


def _lay_out(  # noqa: PLR0913, PLR0917 (as above)
    known: dict[str, Party],
    columns: dict[str, list[Edge]],
    totals: dict[str, tuple[float, float, float]],
    caps: Sequence[tuple[str, str, Cap]],
    voices: Sequence[tuple[str, str, str, Voice]],
    concerts: Sequence[tuple[tuple[str, ...], str, Concert]],
    problems: tuple[Problem, ...],
) -> Network:
    parties = tuple(known.values())
    index = {party.id: i for i, party in enumerate(parties)}
    rows = [
        edge for party in parties for edge in sorted(columns.get(party.id, ()), key=lambda e: index[e.holder])
    ]
    start = np.zeros(len(parties) + 1, np.int32)
    np.cumsum([len(columns.get(party.id, ())) for party in parties], out=start[1:])
    unknown = np.array([index.get(unknown_id(party.id), -1) for party in parties], np.int32)
    holder = np.array([index[edge.holder] for edge in rows], np.int32)
    suspended = np.array([edge.suspended for edge in rows], np.bool_)
    capital = tuple(edge.capital for edge in rows)
    votes = tuple(edge.votes or edge.capital for edge in rows)
    for array in (start, unknown, holder, suspended):
        frozen(array)
    return Network(
        parties,
        start,
        holder,
        bounds_of(capital),
        bounds_of(votes),
        suspended,
        unknown,
        _totals(parties, totals),
        capital,
        votes,
        tuple(edge.statements for edge in rows),
        tuple(replace(cap, holder=index[h], company=index[c]) for h, c, cap in caps),
        tuple(
            replace(voice, holder=index[h], company=index[c], by=index[by] if by else -1)
            for h, c, by, voice in voices
        ),
        tuple(
            replace(concert, holders=tuple(index[h] for h in hs), company=index[c] if c else -1)
            for hs, c, concert in concerts
        ),
        problems,
        index,
    )


def bounds_of(intervals: Sequence[Interval]) -> Bounds:
    """Exact intervals as four read-only float and bool arrays: the border to floating point."""
    bounds = Bounds(
        np.array([float(i.low) for i in intervals], np.float64),
        np.array([np.inf if i.high is None else float(i.high) for i in intervals], np.float64),
        np.array([i.low_open for i in intervals], np.bool_),
        np.array([i.high_open for i in intervals], np.bool_),
    )
    for array in (bounds.low, bounds.high, bounds.low_open, bounds.high_open):
        frozen(array)
    return bounds


def _totals(parties: Sequence[Party], totals: dict[str, tuple[float, float, float]]) -> Totals:
    nothing = (np.nan, np.nan, np.nan)
    table: FloatArray = np.array([totals.get(p.id, nothing) for p in parties], np.float64).reshape(-1, 3)
    frozen(table)
    return Totals(table[:, 0], table[:, 1], table[:, 2])
