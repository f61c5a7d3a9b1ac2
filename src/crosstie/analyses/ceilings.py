"""Who may have more than a part of what, for everybody at once: ceilings that no look-through share passes.

Each company keeps a list of the owners who may have more than a little of it, with a ceiling for each, and
one ceiling for everybody else: a company's column is filled by its holders' ceilings, highest first. Inside a
loop ceilings begin at all there is and are lowered round by round, so that they are safe whenever one stops.
What is under the threshold by its ceiling need not be worked out.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.admissible import Range, mass
from crosstie.analyses.extremes import Ways, reached_from

LITTLE = 1 / 16
"""Owners whose ceiling is under this part of the threshold are no longer told apart."""
ROUNDS = 40
LARGEST = 4_000_000
"""Loops with more members times owners than this are not bounded at all."""
SLACK = 1e-9
"""What rounding may take off a ceiling."""

Ceilings = dict[int, float]


@dataclass(slots=True)
class _Lists:
    """The ceilings of owners in each company, and of those not listed in it."""

    wanted: Callable[[int], bool]
    little: float
    of: dict[int, Ceilings] = field(default_factory=dict)
    rest: dict[int, float] = field(default_factory=dict)

    def seen_from(self, holder: int) -> Ceilings:
        """The list of a holder, who has all of itself."""
        own = {holder: 1.0} if self.wanted(holder) else {}
        return self.of.get(holder, {}) | own

    def keep(self, company: int, ceilings: Ceilings, rest: float) -> None:
        """Let those go who are under a little, or no higher than those not listed."""
        low = max(rest, self.little)
        self.of[company] = {owner: most for owner, most in ceilings.items() if most > low}
        self.rest[company] = max(rest, max((most for most in ceilings.values() if most <= low), default=0.0))


def worth_asking(ways: Ways, threshold: float, owners: Collection[int]) -> dict[int, set[int]]:
    """The companies of which each of some owners may have more than a part; all others surely have no more.

    Examples
    --------
    Ana may have at most 30 % of half of c:

    >>> from crosstie.analyses.extremes import ways_of
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("ana", "b", "20-30%"), ("b", "c", "40-50%"))
    >>> found = worth_asking(ways_of(network), 0.25, [network.index("ana")])
    >>> [network.parties[j].id for j in found[network.index("ana")]]
    ['b']
    """
    some = set(owners)
    lists = _Lists(some.__contains__, threshold * LITTLE)
    held = sorted(ways.rough, key=ways.group_of.__getitem__)
    for _, group in groupby(held, key=ways.group_of.__getitem__):
        members = list(group)
        if len(members) == 1:
            column = ways.rough[members[0]]
            lists.keep(members[0], *_filled(lists, column))
        else:
            _loop(lists, ways, members)
    found: dict[int, set[int]] = {}
    for company, owner in _over(ways, lists, threshold - SLACK, some):
        if owner != company:
            found.setdefault(owner, set()).add(company)
    return found


def _over(ways: Ways, lists: _Lists, over: float, owners: Collection[int]) -> Iterator[tuple[int, int]]:
    for company, ceilings in lists.of.items():
        yield from ((company, owner) for owner, most in ceilings.items() if most > over)
    unlisted = {company for company, rest in lists.rest.items() if rest > over}
    for owner in owners if unlisted else ():
        yield from ((company, owner) for company in reached_from(ways, (owner,)) & unlisted)


def _filled(lists: _Lists, column: Sequence[Range]) -> tuple[Ceilings, float]:
    """The ceilings in a company of all owners that its holders list, and of all others."""
    others = {
        r.holder: (lists.rest[r.holder], r.low, r.high - r.low) for r in column if lists.rest.get(r.holder)
    }
    parts: dict[int, dict[int, tuple[float, float, float]]] = {}
    for r in column:
        for owner, most in lists.seen_from(r.holder).items():
            parts.setdefault(owner, {})[r.holder] = (most, r.low, r.high - r.low)
    free = mass(column) - sum(r.low for r in column)
    ceilings = {owner: _best((others | own).values(), free) for owner, own in parts.items()}
    return ceilings, _best(others.values(), free)


def _best(parts: Collection[tuple[float, float, float]], free: float) -> float:
    """What parts are worth at most: each at its low end, the free rest to the highest first."""
    total = 0.0
    for most, low, room in sorted(parts, reverse=True):
        part = low + min(room, free)
        free -= min(room, free)
        if part > 0:  # nothing of what has no ceiling is nothing
            total += most * part
    return total


def _loop(lists: _Lists, ways: Ways, members: Sequence[int]) -> None:
    inside = {member: at for at, member in enumerate(members)}
    columns = [ways.rough[member] for member in members]
    outside = {r.holder for column in columns for r in column} - inside.keys()
    listed = {holder: lists.seen_from(holder) for holder in outside}
    rest = max((lists.rest.get(holder, 0.0) for holder in outside), default=0.0)
    owners = sorted(
        {owner for each in listed.values() for owner in each}.union(filter(lists.wanted, members))
    )
    over = rest == float("inf") or any(mass(column) > 1 + SLACK for column in columns)
    if over or len(members) * len(owners) > LARGEST:
        for member in members:
            lists.keep(member, {}, float("inf"))
        return
    place = {owner: at for at, owner in enumerate(owners)}
    top = np.full(len(owners) + 1, max(1.0, rest))  # the last column is anybody not listed
    given: dict[int, NDArray[np.float64]] = {}
    for holder, ceilings in listed.items():
        given[holder] = np.full(len(owners) + 1, lists.rest.get(holder, 0.0))
        given[holder][[place[owner] for owner in ceilings]] = list(ceilings.values())
        np.maximum(top, given[holder], out=top)
    most = _lowered(columns, inside, given, top, place)
    for member, at in inside.items():
        lists.keep(member, dict(zip(owners, most[at, :-1].tolist(), strict=True)), float(most[at, -1]))


def _lowered(
    columns: Sequence[Sequence[Range]],
    inside: dict[int, int],
    given: dict[int, NDArray[np.float64]],
    top: NDArray[np.float64],
    place: dict[int, int],
) -> NDArray[np.float64]:
    """Ceilings of every owner (columns) in every member of a loop (rows), lowered from all there is."""
    most = np.tile(top, (len(columns), 1))
    own = [(at, place[member]) for member, at in inside.items() if member in place]
    for _ in range(ROUNDS):
        before = most.copy()
        for at, column in enumerate(columns):
            held = np.array(
                [most[inside[r.holder]] if r.holder in inside else given[r.holder] for r in column]
            )
            np.minimum(most[at], _highest_first(column, held), out=most[at])
            for row, owner in own:
                if row == at:
                    most[row, owner] = 1.0
        if (before - most).max(initial=0.0) < LITTLE * LITTLE:
            break
    return most


def _highest_first(column: Sequence[Range], held: NDArray[np.float64]) -> NDArray[np.float64]:
    """A column filled by its holders' ceilings, highest first, for every owner."""
    low = np.array([r.low for r in column])[:, None]
    room = np.array([r.high for r in column])[:, None] - low
    order = np.argsort(-held, axis=0, kind="stable")
    ranked, room = (
        np.take_along_axis(held, order, 0),
        np.take_along_axis(np.broadcast_to(room, held.shape), order, 0),
    )
    free = mass(column) - float(low.sum())
    before = np.cumsum(room, axis=0) - room
    more = np.clip(free - before, 0, room)
    return np.asarray((low * held).sum(axis=0) + (more * ranked).sum(axis=0))
