"""The shape of a network: loops, groups, the bow-tie, common owners, close links, wedges, interlocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal

import numpy as np

from crosstie.analyses.chains import loops
from crosstie.analyses.control import control
from crosstie.analyses.extremes import possible
from crosstie.analyses.frames import Table, to_frame
from crosstie.analyses.ownership import Part, look_through
from crosstie.analyses.visits import in_order
from crosstie.ledger.amounts import Interval
from crosstie.network.network import IntArray, Network
from crosstie.text.problem import CrosstieError


@dataclass(frozen=True, slots=True)
class Ring:
    """Companies that hold each other in a ring, each the next."""

    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loops:
    """Strongly connected groups, largest first, and their elementary loops as far as counted."""

    groups: tuple[tuple[str, ...], ...]
    rings: tuple[Ring, ...]
    complete: bool

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per elementary loop."""
        return to_frame(self.rings, Ring)


def loops_of(network: Network, *, limit: int = 1_000) -> Loops:
    """Every group whose members hold each other, and at most ``limit`` loops in each.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> found = loops_of(toys.ring())
    >>> found.groups, [ring.parties for ring in found.rings]
    ((('alpha', 'beta'),), [('alpha', 'beta')])
    """
    order = in_order(possible(network))
    names = [party.id for party in network.parties]
    groups = sorted((m for m in order.groups if len(m) > 1), key=lambda m: (-len(m), int(m[0])))
    rings: list[Ring] = []
    complete = True
    for members in groups:
        found = list(loops(order, members.tolist(), limit=limit + 1))
        complete = complete and len(found) <= limit
        rings += [Ring(tuple(names[m] for m in ring)) for ring in found[:limit]]
    return Loops(tuple(tuple(names[m] for m in group) for group in groups), tuple(rings), complete)


Place = Literal["core", "in", "out", "tube or tendril", "apart"]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a party stands in the bow-tie."""

    party: str
    place: Place


@dataclass(frozen=True, slots=True)
class BowTie:
    """The bow-tie around the largest strongly connected group; unknown holders are left out."""

    rows: tuple[Placed, ...]

    def of(self, place: Place) -> tuple[str, ...]:
        """The parties in one place."""
        return tuple(row.party for row in self.rows if row.place == place)

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per party."""
        return to_frame(self.rows, Placed)


def bow_tie(network: Network) -> BowTie:
    """Core (the largest group of mutual holders), who holds into it, whom it holds, and the rest.

    A network without loops has no core: all its parties are apart.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("in", "a", "10%"), ("a", "b", "10%"), ("b", "a", "10%"), ("b", "out", "10%"))
    >>> tie = bow_tie(network)
    >>> tie.of("in"), tie.of("core"), tie.of("out")
    (('in',), ('a', 'b'), ('out',))

    References
    ----------
    Vitali, Glattfelder & Battiston (2011), PLoS ONE 6(10), e25995.
    """
    columns = possible(network)
    order = in_order(columns)
    core = max(order.groups, key=lambda m: (len(m), -int(m[0])), default=np.zeros(0, np.int32))
    seeds = set(core.tolist()) if len(core) > 1 else set()
    known = np.array([party.type != "unknown" for party in network.parties], bool)
    use = known[columns.holder] if network.size else np.zeros(0, bool)
    above, below = columns.holder[use], columns.issuers()[use]
    down, up = _spread(seeds, above, below), _spread(seeds, below, above)
    both = _spread(seeds, np.concatenate([above, below]), np.concatenate([below, above]))
    return BowTie(
        tuple(
            Placed(party.id, _place(i, seeds, up, down, both))
            for i, party in enumerate(network.parties)
            if known[i]
        )
    )


def _place(i: int, core: set[int], up: set[int], down: set[int], both: set[int]) -> Place:
    if i in core:
        return "core"
    if i in up:
        return "in"
    if i in down:
        return "out"
    return "tube or tendril" if i in both else "apart"


def _spread(seeds: set[int], sources: IntArray, targets: IntArray) -> set[int]:
    links: dict[int, list[int]] = {}
    for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
        links.setdefault(source, []).append(target)
    seen, stack = set(seeds), list(seeds)
    while stack:
        for target in links.get(stack.pop(), ()):
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return seen


@dataclass(frozen=True, slots=True)
class CommonOwner:
    """Somebody with a look-through share of both companies."""

    owner: str
    first: Part
    second: Part
    terminal: bool


def common_owners(
    network: Network, first: str, second: str, *, above: float | Fraction = 0
) -> Table[CommonOwner]:
    """Who owns more than a part of both companies, looked through, the largest smaller share first.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("ana", "a", "60%"), ("ana", "h", "50%"), ("h", "b", "50%"))
    >>> common_owners(network, "a", "b")[0]
    CommonOwner(owner='ana', first=0.6, second=0.25, terminal=True)
    """
    left = {row.owner: row for row in look_through(network, company=first, above=above).rows}
    right = {row.owner: row for row in look_through(network, company=second, above=above).rows}
    shared = [
        CommonOwner(owner, row.share, right[owner].share, row.terminal)
        for owner, row in left.items()
        if owner in right
    ]
    ranked = sorted(shared, key=lambda c: (-min(_low(c.first), _low(c.second)), c.owner))
    return Table(tuple(ranked), CommonOwner)


def _low(share: Part) -> float:
    return float(share.low if isinstance(share, Interval) else share)


def _high(share: Part) -> float | Fraction:
    if isinstance(share, Interval):
        return float("inf") if share.high is None else share.high
    return share


@dataclass(frozen=True, slots=True)
class CloseLink:
    """Two parties linked by ownership at the threshold or above, or by a third party in both.

    ``through`` names the third party; where ``decided`` is false the ranges leave it open.
    """

    first: str
    second: str
    kind: Literal["owns", "common owner"]
    through: str
    share: Part
    decided: bool


def close_links(network: Network, *, threshold: float | Fraction = Fraction(1, 5)) -> Table[CloseLink]:
    """Every close link: a look-through share of at least the threshold, or the same third party in both.

    Shares are looked through (multiplied along chains, added over chains); unknown holders link nobody.

    Raises
    ------
    CrosstieError
        The threshold does not lie over 0 and at most at 1.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("h", "a", "20%"), ("h", "b", "50%"), ("b", "c", "30%"))
    >>> [(link.first, link.second, link.through) for link in close_links(network)]
    [('h', 'a', ''), ('h', 'b', ''), ('b', 'c', ''), ('a', 'b', 'h')]

    References
    ----------
    Regulation (EU) 575/2013, article 4(1)(38); Atzeni et al. (2020), EDBT (close links in company graphs).
    """
    if not 0 < threshold <= 1:
        raise CrosstieError(f"the threshold is {threshold}; it must be over 0 and at most 1")
    known = {party.id for party in network.parties if party.type != "unknown"}
    exact = network.capital.is_exact and bool(network.exact_capital)
    bar = Fraction(repr(threshold)) if isinstance(threshold, float) else threshold
    rows = look_through(network, exact=exact).rows
    held = [row for row in rows if row.owner in known and _high(row.share) >= bar]
    sure = {(row.owner, row.company): _reaches(row.share, bar) for row in held}
    links = [
        CloseLink(row.owner, row.company, "owns", "", row.share, sure[row.owner, row.company])
        for row in held
        if _may_reach(row.share, bar)
    ]
    by_owner: dict[str, list[tuple[str, Part]]] = {}
    for row in held:
        if _may_reach(row.share, bar):
            by_owner.setdefault(row.owner, []).append((row.company, row.share))
    for owner, companies in by_owner.items():
        for (first, share), (second, other) in combinations(companies, 2):
            smaller = min(share, other, key=_low)
            decided = sure[owner, first] and sure[owner, second]
            links.append(CloseLink(first, second, "common owner", owner, smaller, decided))
    return Table(tuple(links), CloseLink)


def _reaches(share: Part, bar: Fraction) -> bool:
    return (share.low if isinstance(share, Interval) else share) >= bar


def _may_reach(share: Part, bar: Fraction) -> bool:
    if isinstance(share, Interval):
        return share.high is None or share.high > bar or (share.high == bar and not share.high_open)
    return share >= bar


@dataclass(frozen=True, slots=True)
class Wedge:
    """A controller's votes in a company beside its look-through share of the capital."""

    controller: str
    company: str
    votes: Interval
    cash_flow: Part
    wedge: float | None


def wedges(network: Network) -> Table[Wedge]:
    """Votes less cash-flow rights of every certain controller, widest first; None where ranges leave it open.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("f", "a", "51%"), ("a", "b", "51%"))
    >>> [(w.controller, w.company, round(w.wedge, 4)) for w in wedges(network)][0]
    ('f', 'b', 0.2499)
    """
    owned = {(row.owner, row.company): row.share for row in look_through(network).rows}
    rows = []
    for held in control(network).rows:
        if not held.decided:
            continue
        cash: Part = owned.get((held.controller, held.company), 0.0)
        fixed = held.votes.is_exact and not (isinstance(cash, Interval) and not cash.is_exact)
        gap = float(held.votes.low) - _low(cash) if fixed else None
        rows.append(Wedge(held.controller, held.company, held.votes, cash, gap))
    ranked = sorted(rows, key=lambda w: (-(w.wedge or 0), w.controller, w.company))
    return Table(tuple(ranked), Wedge)


@dataclass(frozen=True, slots=True)
class Interlock:
    """Two bodies that share persons."""

    first: str
    second: str
    persons: tuple[str, ...]


def interlocks(offices: Iterable[tuple[str, str]]) -> Table[Interlock]:
    """Pairs of bodies with persons in common, from (person, body) pairs, most persons first.

    Examples
    --------
    >>> interlocks([("ana", "renault"), ("ana", "nissan"), ("ben", "nissan")])[0]
    Interlock(first='nissan', second='renault', persons=('ana',))
    """
    seats: dict[str, set[str]] = {}
    for person, body in offices:
        seats.setdefault(body, set()).add(person)
    found = [
        Interlock(first, second, tuple(sorted(seats[first] & seats[second])))
        for first, second in combinations(sorted(seats), 2)
        if seats[first] & seats[second]
    ]
    ranked = sorted(found, key=lambda link: (-len(link.persons), link.first, link.second))
    return Table(tuple(ranked), Interlock)
