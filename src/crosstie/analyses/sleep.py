"""Control puts votes to sleep, and sleeping votes undo control: every outcome that agrees with itself."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import numpy as np

from crosstie.analyses.ballots import ballots
from crosstie.analyses.control import Controls, bar_of, closure, control
from crosstie.analyses.frames import to_frame
from crosstie.network.network import Network, frozen
from crosstie.text.problem import CrosstieError

Rule = Callable[[Network], frozenset[int]]  # the edges whose votes sleep, given those that sleep now

MOST_TRIED = 12  # edges: 4,096 cases


@dataclass(frozen=True, slots=True)
class Sleeping:
    """The votes of one holder in one company, asleep in one outcome (counted from 1)."""

    outcome: int
    holder: str
    company: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One set of sleeping votes that the rules confirm, and the network in which they sleep."""

    asleep: frozenset[tuple[str, str]]
    network: Network

    def controls(self) -> Controls:
        """Who controls whom in this outcome."""
        return control(self.network)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """No, one or several consistent outcomes.

    ``all_tried`` says that no other can exist; ``contested`` are the votes that fall asleep and wake again
    where there is no outcome.
    """

    outcomes: tuple[Outcome, ...]
    all_tried: bool
    contested: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        count = len(self.outcomes)
        said = {0: "no consistent outcome", 1: "one consistent outcome"}.get(
            count, f"{count} consistent outcomes"
        )
        return said if self.all_tried else f"{said} found, not all cases tried"

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """A pandas data frame, one row per outcome and sleeping holding."""
        rows = [
            Sleeping(number, holder, company)
            for number, outcome in enumerate(self.outcomes, 1)
            for holder, company in sorted(outcome.asleep)
        ]
        return to_frame(rows, Sleeping)


def controlled_holders(*, threshold: float | Fraction = Fraction(1, 2), reaching: bool = False) -> Rule:
    """The rule that a holder's votes sleep in a company that controls it, alone or through others.

    Control is measured with the votes that are awake, as under French law (Code de commerce L.233-31).

    Examples
    --------
    >>> from crosstie.network import toys
    >>> loop = toys.from_shares(("a", "b", "60%"), ("b", "a", "30%"))
    >>> [loop.parties[loop.holder[e]].id for e in controlled_holders()(loop)]
    ['b']
    """
    bar = bar_of(threshold, reaching=reaching)

    def rule(network: Network) -> frozenset[int]:
        found = ballots(network)
        issuers = network.issuers().tolist()
        held = {company: closure(found, {company}, bar, certain=True) for company in set(issuers)}
        return frozenset(
            edge
            for edge, (holder, company) in enumerate(zip(network.holder.tolist(), issuers, strict=True))
            if holder in held[company]
        )

    return rule


def counter_holders(*, part: Fraction = Fraction(1, 4), reaching: bool = True) -> Rule:
    """The rule that a holder's votes sleep in a company that, with all it controls, has a part of the holder.

    The part is of the holder's votes, sleeping ones included, as under the Japanese Companies Act (308(1)).

    Examples
    --------
    >>> from crosstie.network import toys
    >>> loop = toys.from_shares(("a", "b", "40%"), ("b", "a", "25%"))
    >>> sorted(loop.parties[loop.holder[e]].id for e in counter_holders()(loop))
    ['a', 'b']
    """
    majority = bar_of(Fraction(1, 2))

    def rule(network: Network) -> frozenset[int]:
        found = ballots(network)
        issuers = network.issuers()
        asleep = set()
        for company in np.unique(issuers).tolist():
            group = {company, *closure(found, {company}, majority, certain=True)}
            for edge in range(network.start[company], network.start[company + 1]):
                held = _held(network, int(network.holder[edge]), group)
                if held > part or (reaching and held == part):
                    asleep.add(edge)
        return frozenset(asleep)

    return rule


def settle(network: Network, rules: Sequence[Rule]) -> Outcomes:
    r"""Every set *S* of sleeping votes that the rules, applied while *S* sleeps, name again.

    Control is measured after suspension, so rules and control chase each other: there may be no, one or
    several such sets. Candidates are the votes on loops (only there can a company reach its own holder)
    and whatever the rules name with all of these awake or asleep. Up to 12 candidates every set is tried;
    beyond that the rules are followed from both ends, and the answer says so. Votes that already sleep
    in the network stay asleep.

    Raises
    ------
    CrosstieError
        Some votes are ranges, so that control is not decided.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> both = toys.from_shares(("a", "b", "60%"), ("b", "a", "60%"))
    >>> found = settle(both, [controlled_holders()])
    >>> str(found), [sorted(outcome.asleep) for outcome in found.outcomes]
    ('2 consistent outcomes', [[('a', 'b')], [('b', 'a')]])
    """
    if not network.votes.is_exact:
        raise CrosstieError("some votes are ranges: outcomes need single numbers; state one end or the other")
    start = frozenset(np.flatnonzero(network.suspended).tolist())
    loops = frozenset(_on_loops(network)) - start
    named = _apply(network, rules, start) | _apply(network, rules, start | loops)
    candidates = sorted((loops | named) - start)
    if len(candidates) <= MOST_TRIED:
        tried = chain.from_iterable(combinations(candidates, size) for size in range(len(candidates) + 1))
        sets = [start | set(each) for each in tried]
        found = [each for each in sets if _apply(network, rules, each) == each]
        return _outcomes(network, rules, found, start, all_tried=True)
    ends = {_follow(network, rules, first)[0] for first in (start, start | frozenset(candidates))}
    return _outcomes(network, rules, [end for end in ends if end is not None], start, all_tried=False)


def apply_once(network: Network, rules: Sequence[Rule]) -> Outcome:
    """What sleeps when control is measured before any suspension: always one outcome.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> both = toys.from_shares(("a", "b", "60%"), ("b", "a", "60%"))
    >>> sorted(apply_once(both, [controlled_holders()]).asleep)
    [('a', 'b'), ('b', 'a')]
    """
    start = frozenset(np.flatnonzero(network.suspended).tolist())
    return _outcome(network, _apply(network, rules, start))


def _outcomes(
    network: Network,
    rules: Sequence[Rule],
    found: Collection[frozenset[int]],
    start: frozenset[int],
    *,
    all_tried: bool,
) -> Outcomes:
    outcomes = tuple(
        sorted((_outcome(network, each) for each in found), key=lambda outcome: sorted(outcome.asleep))
    )
    contested = frozenset[int]() if found else _follow(network, rules, start)[1]
    return Outcomes(outcomes, all_tried, frozenset(_pairs(network, contested)))


def _outcome(network: Network, edges: frozenset[int]) -> Outcome:
    return Outcome(frozenset(_pairs(network, edges)), _put_to_sleep(network, edges))


def _apply(network: Network, rules: Sequence[Rule], asleep: frozenset[int]) -> frozenset[int]:
    """What sleeps when the rules are read while these sleep; what slept from the outset stays asleep."""
    first = frozenset(np.flatnonzero(network.suspended).tolist())
    now = _put_to_sleep(network, asleep)
    return first.union(*(rule(now) for rule in rules))


def _put_to_sleep(network: Network, edges: frozenset[int]) -> Network:
    suspended = np.zeros(network.edge_count, np.bool_)
    suspended[sorted(edges)] = True
    frozen(suspended)
    return replace(network, suspended=suspended)


def _follow(
    network: Network, rules: Sequence[Rule], asleep: frozenset[int]
) -> tuple[frozenset[int] | None, frozenset[int]]:
    """Apply the rules again and again: where it ends, or what comes and goes in its round."""
    seen: list[frozenset[int]] = []
    while asleep not in seen:
        seen.append(asleep)
        asleep = _apply(network, rules, asleep)
    around = seen[seen.index(asleep) :]
    if len(around) == 1:
        return asleep, frozenset()
    return None, frozenset.union(*around) - frozenset.intersection(*around)


def _pairs(network: Network, edges: Collection[int]) -> Iterator[tuple[str, str]]:
    issuers = network.issuers()
    for edge in edges:
        yield network.parties[network.holder[edge]].id, network.parties[issuers[edge]].id


def _on_loops(network: Network) -> list[int]:
    """The edges whose holder and company reach each other."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 (start-up)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 (start-up)

    issuers = network.issuers()
    ones = np.ones(network.edge_count, np.int8)
    graph = csr_matrix((ones, (network.holder, issuers)), shape=(network.size, network.size))
    _, label = connected_components(graph, connection="strong")
    same: list[int] = np.flatnonzero(label[network.holder] == label[issuers]).tolist()
    return same


def _held(network: Network, company: int, group: Collection[int]) -> Fraction:
    """The part of a company's votes that a group has, sleeping ones included."""
    column = network.column(company)
    mine = [edge for edge in range(column.start, column.stop) if int(network.holder[edge]) in group]
    if network.exact_votes:
        return sum((network.exact_votes[edge].low for edge in mine), Fraction(0))
    return sum((Fraction(repr(float(network.votes.low[edge]))) for edge in mine), Fraction(0))
