"""Control decides which votes sleep, and sleeping votes decide control: settle the two by law."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from crosstie.analyses.sleep import settle
from crosstie.network.network import Network
from crosstie.rulebooks.day import Day, Suspension, edge_of

Derive = Callable[[Day], tuple[Suspension, ...]]


@dataclass(frozen=True, slots=True)
class Settled:
    """How many outcomes are consistent, whether all were tried, and what sleeps surely or perhaps."""

    outcomes: int
    all_tried: bool
    suspensions: tuple[Suspension, ...] = ()

    @property
    def is_stable(self) -> bool:
        """Whether there is one outcome and no other."""
        return self.outcomes == 1

    def __str__(self) -> str:
        said = {0: "no outcome is consistent", 1: "one outcome is consistent"}
        words = said.get(self.outcomes, f"{self.outcomes} outcomes are consistent")
        return words if self.all_tried else f"{words}, as far as was tried"


def settle_by_law(day: Day, derive: Derive) -> Settled:
    """What sleeps when the rules are applied until they confirm themselves.

    What sleeps in every outcome surely does; what sleeps in some, or comes and goes where there is none,
    may. Where votes are ranges, whatever may sleep is left in doubt and the rules are applied once: then
    what they say surely is so whatever sleeps.

    >>> from datetime import date
    >>> from crosstie.network import toys
    >>> from crosstie.rulebooks.day import day_of
    >>> str(settle_by_law(day_of(toys.chain("60%"), date(2024, 1, 1)), lambda _: ()))
    'one outcome is consistent'
    """
    if not day.network.votes.is_exact:
        return _in_doubt(day, derive)
    found = settle(day.network, [lambda network: _asleep(day, network, derive)])
    start = {
        (day.network.parties[int(day.network.holder[edge])].id, day.network.parties[day.company[edge]].id)
        for edge in range(day.network.edge_count)
        if day.network.suspended[edge]
    }
    sets = [set(outcome.asleep) - start for outcome in found.outcomes] or [set(), set(found.contested)]
    common, union = set.intersection(*sets), set.union(*sets)
    said = tuple(Suspension(*pair, "settled", surely=pair in common) for pair in sorted(union))
    return Settled(len(found.outcomes), found.all_tried, said)


def _asleep(day: Day, network: Network, derive: Derive) -> frozenset[int]:
    asleep = {edge: Fraction(0) for edge in network.suspended.nonzero()[0].tolist()}
    now = replace(day, network=network, kept=MappingProxyType({**day.kept, **asleep}))
    edges = (
        edge_of(now, network.index(each.holder), network.index(each.company))
        for each in derive(now)
        if each.surely
    )
    return frozenset(edge for edge in edges if edge is not None)


def _in_doubt(day: Day, derive: Derive) -> Settled:
    named = {edge for each in derive(day) if (edge := _edge(day, each)) is not None}
    doubtful = frozenset(
        edge for edge in range(day.network.edge_count) if day.company[edge] in day.on_loops
    ) | frozenset(named)
    again = derive(replace(day, doubtful=day.doubtful | (doubtful - set(day.kept))))
    return Settled(1, all_tried=True, suspensions=again)


def _edge(day: Day, suspension: Suspension) -> int | None:
    return edge_of(day, day.network.index(suspension.holder), day.network.index(suspension.company))
