"""Questions to everybody at once: which LEDGERs are large enough, and how their holdings become arrays."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from crosstie.analyses.ballots import NOBODY, ballots
from crosstie.engines.register import everybody as bulk
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.network.edges import unknown_id
from crosstie.network.network import Network
from crosstie.questions import opening
from crosstie.questions.clocks import Clocks
from crosstie.questions.places import places_of
from crosstie.text.problem import Problem

if TYPE_CHECKING:
    from crosstie.engines.register.joined import Joined


@dataclass(frozen=True, slots=True)
class Everyone:
    """Registers asked together, the day's holdings as arrays, and the problems of the parts that were replayed."""

    together: "Joined"
    holdings: bulk.Everybody
    problems: tuple[Problem, ...]


@contextmanager
def everyone(path: str, clocks: Clocks) -> Iterator[Everyone | None]:
    """All holdings of a large register on a day; ``None`` where the ledger is small or must be replayed whole."""
    places = places_of(path)
    if not places.registers:
        yield None
        return
    with opening.opened_registers(places) as together:
        yield _arrays(together, clocks) if opening.size_of(together) >= opening.LARGE else None


def _arrays(together: "Joined", clocks: Clocks) -> Everyone | None:
    moment = bulk.Moment(clocks.on, clocks.known, clocks.assume)
    plain = bulk.prepare(together, moment)
    if plain is None:
        return None
    if not plain.replayed:
        return Everyone(together, bulk.everybody(together, moment, plain, ()), together.problems)
    opened = opening.at(bulk.replayed_part(together, plain), clocks)
    stated = stated_in(opened.network, plain.replayed)
    if stated is None:
        return None
    return Everyone(together, bulk.everybody(together, moment, plain, stated), opened.problems)


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


def exactly(everyone_: Everyone, clocks: Clocks, numbers: list[int]) -> Everyone | None:
    """The same with exact numbers for these companies, read record by record; ``None`` where there are none."""
    moment = bulk.Moment(clocks.on, clocks.known, clocks.assume)
    plain = bulk.prepare(everyone_.together, moment)
    if plain is None:
        return None
    names = frozenset(name(everyone_.holdings, each) for each in numbers)
    wider = replace(plain, replayed=plain.replayed | names)
    opened = opening.at(bulk.replayed_part(everyone_.together, wider), clocks)
    stated = stated_in(opened.network, wider.replayed)
    if stated is None:
        return None
    return Everyone(
        everyone_.together, bulk.everybody(everyone_.together, moment, wider, stated), opened.problems
    )
