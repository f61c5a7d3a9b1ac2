"""Groups that control: those that hold themselves, and those who act together."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from crosstie.analyses.ballots import Ballots, ballots, passes
from crosstie.analyses.control import Bar, bar_of, closure
from crosstie.network.network import Network


def self_controlled_groups(
    network: Network, *, threshold: float | Fraction = Fraction(1, 2)
) -> tuple[tuple[str, ...], ...]:
    """Groups that certainly hold more than the threshold of each member, and that nobody else controls.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> ring = [(a, b, "30%") for a in "abc" for b in "abc" if a != b]
    >>> self_controlled_groups(toys.from_shares(*ring, ("x", "a", "40%")))
    (('a', 'b', 'c'),)
    """
    return tuple(_self_controlled(network, ballots(network), bar_of(threshold)))


def _self_controlled(network: Network, found: Ballots, bar: Bar) -> Iterator[tuple[str, ...]]:
    others = [i for i, party in enumerate(network.parties) if party.type != "unknown" and i in found.below]
    grasp = {i: closure(found, {i}, bar, certain=False) for i in others}
    under = {j for i in others if i not in found.of for j in grasp[i]}
    for members in _kept_together(found, set(found.of) - under, bar):
        if not any(grasp[i] & members for i in others if i not in members):
            yield tuple(network.parties[m].id for m in sorted(members))


def _kept_together(found: Ballots, candidates: set[int], bar: Bar) -> Iterator[set[int]]:
    left = set(candidates)
    while out := {
        j for j in left if not passes(found.of[j], left, bar.threshold, certain=True, reaching=bar.reaching)
    }:
        left -= out
    groups = _strong(found, left)
    if len(groups) == 1:
        yield left
        return
    for group in groups:
        yield from _kept_together(found, group, bar)


def _strong(found: Ballots, members: set[int]) -> list[set[int]]:
    above = {j: {r.holder for r in found.of[j].votes if r.high > 0} & members for j in members}
    below: dict[int, set[int]] = {j: set() for j in members}
    for j, holders in above.items():
        for k in holders:
            below[k].add(j)
    groups: list[set[int]] = []
    left = set(members)
    while left:
        start = min(left)
        group = _spread(above, start) & _spread(below, start)
        groups.append(group)
        left -= group
    return groups


def _spread(links: dict[int, set[int]], start: int) -> set[int]:
    seen, stack = {start}, [start]
    while stack:
        new = links[stack.pop()] - seen
        seen |= new
        stack.extend(new)
    return seen


def together(
    network: Network,
    holders: Iterable[str],
    *,
    threshold: float | Fraction = Fraction(1, 2),
    reaching: bool = False,
) -> frozenset[str]:
    """The companies that some parties certainly control when they act as one.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("a", "c", "30%"), ("b", "c", "30%"), ("c", "d", "51%"))
    >>> sorted(together(network, ["a", "b"])), sorted(together(network, ["a"]))
    (['c', 'd'], [])
    """
    members = frozenset(network.index(holder) for holder in holders)
    bar = bar_of(threshold, reaching=reaching)
    controlled = closure(ballots(network), members, bar, certain=True)
    return frozenset(network.parties[j].id for j in controlled)
