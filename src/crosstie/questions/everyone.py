"""Questions to everybody at once: which LEDGERs are large enough, and how their holdings become arrays."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from crosstie.analyses.ballots import NOBODY, ballots
from crosstie.engines.register import everybody as bulk
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.network.edges import unknown_id
from crosstie.network.network import Network
from crosstie.questions import opening
from crosstie.questions.clocks import Clocks
from crosstie.questions.places import Places, places_of
from crosstie.text.problem import Problem

if TYPE_CHECKING:
    from crosstie.engines.register.joined import Joined

SHORTEST_LINE = 6
"""Bytes of the shortest line of an edge list."""


@dataclass(frozen=True, slots=True)
class Everyone:
    """Registers asked together, the day's holdings as arrays, and what the replayed part has: problems, parties."""

    together: "Joined"
    holdings: bulk.Everybody
    problems: tuple[Problem, ...]
    parties: frozenset[str] = frozenset()


@contextmanager
def at_once(path: str) -> "Iterator[Joined | None]":
    """The tables of a large register (or of several as one); ``None`` where the ledger is small or is none."""
    places = places_of(path)
    if not places.registers:
        yield None
        return
    with opening.opened_registers(places) as together:
        yield together if opening.size_of(together) >= opening.LARGE else None


@contextmanager
def everyone(path: str, clocks: Clocks) -> Iterator[Everyone | None]:
    """All holdings of a large register on a day; ``None`` where the ledger is small or must be replayed whole.

    A long edge list is asked like a register where DuckDB and the compiler are installed.
    """
    places = places_of(path)
    if not places.registers and not _is_long(places):
        yield None
        return
    with opening.opened_registers(places) as together:
        large = opening.size_of(together) >= opening.LARGE
        yield arrays(together, clocks) if large else None


def _is_long(places: Places) -> bool:
    bytes_ = sum(each.stat().st_size for each in places.tables)
    long = not places.text and len(places.tables) == 1 and bytes_ >= SHORTEST_LINE * opening.LARGE
    return long and all(find_spec(name) is not None for name in ("duckdb", "pyarrow", "numba"))


def arrays(together: "Joined", clocks: Clocks, only: frozenset[str] | None = None) -> Everyone | None:
    """All holdings on a day (with ``only``, in these companies); ``None`` where everything must be replayed."""
    moment = bulk.Moment(clocks.on, clocks.known, clocks.assume)
    plain = bulk.prepare(together, moment, only)
    if plain is None:
        return None
    if not plain.replayed:
        return Everyone(together, bulk.everybody(together, moment, plain, ()), together.problems)
    opened = opening.at(bulk.replayed_part(together, plain), clocks)
    stated = stated_in(opened.network, plain.replayed)
    if stated is None:
        return None
    known = frozenset(party.id for party in opened.network.parties if not party.unknown_of)
    return Everyone(together, bulk.everybody(together, moment, plain, stated), opened.problems, known)


def stated_in(network: Network, companies: frozenset[str]) -> list[bulk.Stated] | None:
    """The holdings of some companies; ``None`` where votes asleep are ranges, or holders act in concert."""
    if network.concerts:
        return None
    found: list[bulk.Stated] = []
    cast = ballots(network)
    for number, ballot in cast.of.items():
        company = network.parties[number].id
        if company not in companies:
            continue
        asleep = sum(
            (r.low for r, sleeps in zip(ballot.votes, ballot.suspended, strict=True) if sleeps), Fraction(0)
        )
        if any(ballot.suspended) and (ballot.awake is None or asleep >= 1):
            return None
        for r, sleeps in zip(ballot.votes, ballot.suspended, strict=True):
            holder = network.parties[int(network.holder[r.edge])].id
            votes = (
                ZERO if sleeps else Interval(r.low, r.high, r.low_open, r.high_open).scaled(1 / (1 - asleep))
            )
            by = unknown_id(company) if r.holder == NOBODY else network.parties[r.holder].id
            found.append(
                bulk.Stated(holder, company, network.exact_capital[r.edge], votes if by == holder else ZERO)
            )
            if by != holder:
                found.append(bulk.Stated(by, company, ZERO, votes))
    return found


def name(all_: bulk.Everybody, number: int) -> str:
    """The id of a party."""
    return str(all_.ids[int(number)].as_py())


def exactly(everyone_: Everyone, clocks: Clocks, companies: Iterable[str]) -> Everyone | None:
    """The same with exact numbers for these companies, read record by record; ``None`` where there are none."""
    moment = bulk.Moment(clocks.on, clocks.known, clocks.assume)
    plain = bulk.prepare(everyone_.together, moment)
    if plain is None:
        return None
    wider = replace(plain, replayed=plain.replayed | frozenset(companies))
    opened = opening.at(bulk.replayed_part(everyone_.together, wider), clocks)
    stated = stated_in(opened.network, wider.replayed)
    if stated is None:
        return None
    return Everyone(
        everyone_.together, bulk.everybody(everyone_.together, moment, wider, stated), opened.problems
    )


def over_100(all_: Everyone, clocks: Clocks, *, looked: bool = False) -> tuple[str, ...]:
    """The companies whose holders add up to more than there is; ``looked``: exact numbers were asked for already."""
    holdings = all_.holdings
    total = np.zeros(holdings.size, np.int64)
    np.add.at(total, holdings.companies(), holdings.capital.low)
    near = holdings.rounded & (np.abs(total - holdings.whole) < np.diff(holdings.start) + 1)
    found = [name(holdings, each) for each in np.flatnonzero((total > holdings.whole) & ~near).tolist()]
    unsure = frozenset(name(holdings, each) for each in np.flatnonzero(near).tolist())
    if not unsure or looked:
        return (*found, *sorted(unsure))
    exact = exactly(all_, clocks, sorted(unsure))
    if exact is None:
        return (*found, *sorted(unsure))
    return over_100(exact, clocks, looked=True)


def problems_of(together: "Joined", companies: frozenset[str], clocks: Clocks) -> tuple[Problem, ...]:
    """The problems of the columns of some companies."""
    from crosstie.engines.register.bearing import bearing_on  # noqa: PLC0415 (DuckDB is asked for only by a register)

    ledger = bearing_on(together, companies, "alone")
    return () if ledger is None else opening.at(ledger, clocks).problems


def number_of(all_: Everyone, asked: str) -> int:
    """The number of the party that a person means, -1 where that takes the small analysis to say."""
    import pyarrow.compute as pc  # noqa: PLC0415 (an extra)

    from crosstie.engines.register.bearing import named  # noqa: PLC0415 (DuckDB is asked for only by a register)

    meant = list(named(all_.together, asked))
    if len(meant) != 1:
        return -1
    found: int = pc.index(all_.holdings.ids, meant[0]).as_py()
    return found
