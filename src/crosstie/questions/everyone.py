"""Questions to everybody at once: which LEDGERs are large enough, and how their holdings become arrays."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from crosstie.analyses.ballots import NOBODY, ballots
from crosstie.engines.register import everybody as bulk
from crosstie.engines.register.kept import Told, keep_day, read_day
from crosstie.engines.register.plain import Moment, Plain, replayed_part
from crosstie.engines.register.rows import rows_of
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
    told: Told

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the statements that were replayed."""
        return self.told.problems

    @property
    def parties(self) -> frozenset[str]:
        """The parties that the replayed statements name."""
        return self.told.parties


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
def everyone(path: str, clocks: Clocks, *, least: int | None = None) -> Iterator[Everyone | None]:
    """All holdings of a large register on a day; ``None`` where the ledger is small or must be replayed whole.

    A long edge list is asked like a register where DuckDB and the compiler are installed. ``least`` statements
    make a ledger large; with 0 any ledger is, text and short edge lists too.
    """
    places = places_of(path)
    least = opening.LARGE if least is None else least
    if not places.registers and not (_has_compiler() and (least == 0 or _is_long(places))):
        yield None
        return
    with opening.opened_registers(places) as together:
        large = opening.size_of(together) >= least
        yield arrays(together, clocks) if large else None


def _is_long(places: Places) -> bool:
    bytes_ = sum(each.stat().st_size for each in places.tables)
    return not places.text and len(places.tables) == 1 and bytes_ >= SHORTEST_LINE * opening.LARGE


def _has_compiler() -> bool:
    return all(find_spec(name) is not None for name in ("duckdb", "pyarrow", "numba"))


def arrays(together: "Joined", clocks: Clocks, only: frozenset[str] | None = None) -> Everyone | None:
    """All holdings on a day (with ``only``, in these companies); ``None`` where everything must be replayed.

    They are kept for the next question on the same day of the same registers.
    """
    moment = moment_of(clocks)
    kept = read_day(together, moment)
    if kept is not None:
        all_: Everyone | None = Everyone(together, *kept)
    else:
        all_ = _made(together, clocks)
        if all_ is not None:
            keep_day(together, moment, all_.holdings, all_.told)
    return all_ if all_ is None or only is None else _only(all_, clocks, only)


def moment_of(clocks: Clocks) -> Moment:
    """The clocks as the engine takes them."""
    return Moment(clocks.on, clocks.known, clocks.assume)


def _made(together: "Joined", clocks: Clocks, more: Iterable[str] = ()) -> Everyone | None:
    """The day's arrays; the columns of ``more`` companies too are made record by record."""
    rows = rows_of(together)
    day = None if rows is None else bulk.day_of(together, moment_of(clocks), rows)
    if day is None:
        return None
    plain = replace(day.plain, replayed=day.plain.replayed | frozenset(more))
    part = _replayed(together, clocks, plain)
    if part is None:
        return None
    told, stated = part
    return Everyone(together, bulk.everybody(together, day, plain, stated), told)


def _replayed(together: "Joined", clocks: Clocks, plain: Plain) -> tuple[Told, Sequence[bulk.Stated]] | None:
    """What is told of the companies that are not plain; ``None`` where arrays cannot say it."""
    if not plain.replayed:
        return Told(plain, together.problems), ()
    opened = opening.at(replayed_part(together, plain), clocks)
    stated = stated_in(opened.network, plain.replayed)
    if stated is None:
        return None
    known = frozenset(party.id for party in opened.network.parties if not party.unknown_of)
    return Told(plain, opened.problems, known), stated


def _only(all_: Everyone, clocks: Clocks, only: frozenset[str]) -> Everyone | None:
    """The holdings in some companies, and what is told of these alone."""
    used = frozenset(all_.told.plain.same.get(each, each) for each in only)
    plain = replace(all_.told.plain, replayed=all_.told.plain.replayed & used)
    part = _replayed(all_.together, clocks, plain)
    if part is None:
        return None
    ids, companies = all_.holdings.ids, np.zeros(all_.holdings.size, np.bool_)
    numbers = ids.find_all(used)
    companies[numbers[numbers >= 0]] = True
    return Everyone(all_.together, bulk.restricted(all_.holdings, companies), part[0])


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
    return all_.ids[int(number)]


def exactly(everyone_: Everyone, clocks: Clocks, companies: Iterable[str]) -> Everyone | None:
    """The same with exact numbers for these companies, read record by record; ``None`` where there are none."""
    return _made(everyone_.together, clocks, companies)


def over_100(all_: Everyone, clocks: Clocks, *, looked: bool = False) -> tuple[str, ...]:
    """The companies whose holders add up to more than there is; ``looked``: exact numbers were asked for already."""
    holdings = all_.holdings
    companies, capital = holdings.companies(), holdings.capital
    total, more = np.zeros(holdings.size, np.int64), np.zeros(holdings.size, np.bool_)
    np.add.at(total, companies, capital.low)
    more[companies[capital.low_open]] = True  # than its low ends add up to
    near = holdings.rounded & (np.abs(total - holdings.whole) < np.diff(holdings.start) + 1)
    over = (total > holdings.whole) | (more & (total == holdings.whole))
    found = [name(holdings, each) for each in np.flatnonzero(over & ~near).tolist()]
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
    from crosstie.engines.register.finding import named  # noqa: PLC0415 (DuckDB is asked for only by a register)

    meant = list(named(all_.together, asked))
    return all_.holdings.ids.find(meant[0]) if len(meant) == 1 else -1
