"""Who controls whom: fixed points of "holds, with all it controls, more than half of the votes"."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, Protocol

from crosstie.analyses.ballots import Ballot, Ballots, ballots, part, passes, written
from crosstie.analyses.frames import to_frame
from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Matter
from crosstie.network.network import Network
from crosstie.text.problem import CrosstieError

Semantics = Literal["least", "greatest"]
NOTHING: Mapping[int, frozenset[int]] = {}


@dataclass(frozen=True, slots=True)
class Control:
    """A controller and a company it controls.

    ``votes`` is the part that the controller and all it controls have of the votes that are awake;
    ``ultimate`` says that nobody controls the controller (None: cannot be decided); where ``decided``
    is false, the ranges allow control and allow its absence.
    """

    company: str
    controller: str
    ultimate: bool | None
    votes: Interval
    decided: bool


@dataclass(frozen=True, slots=True)
class Controls:
    """An answer: by which fixed point, over which threshold, and every pair."""

    semantics: Semantics
    threshold: Fraction
    rows: tuple[Control, ...]

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The decided pairs (controller, company)."""
        return frozenset((row.controller, row.company) for row in self.rows if row.decided)

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per pair."""
        return to_frame(self.rows, Control)


@dataclass(frozen=True, slots=True)
class Bar:
    """What control needs: more than a threshold of the votes, or at least it."""

    threshold: Fraction
    reaching: bool = False


ANY = Bar(Fraction(0))


@dataclass(frozen=True, slots=True)
class _Seat:
    """Somebody who may control: parties that act as one, everywhere or in one company only."""

    name: str
    members: frozenset[int]
    pooled: Mapping[int, frozenset[int]] = field(default_factory=dict)


def control(
    network: Network,
    *,
    threshold: float | Fraction = Fraction(1, 2),
    reaching: bool = False,
    matter: Matter = "ordinary",
) -> Controls:
    r"""Every controller and company, by the least fixed point.

    *i* controls *j* when *i* and all it controls together hold more than ``threshold`` of *j*'s votes
    that are awake; a loop does not control itself into being. Under ranges each pair is certain,
    impossible (left out) or undecided, and both ends are exact. Concerts act as one, a trust's
    votes are those of whoever instructs it, and unknown holders never control.

    Parameters
    ----------
    threshold
        A part of the votes, over 0 and at most 1.
    reaching
        Whether exactly the threshold is enough.

    Raises
    ------
    CrosstieError
        The threshold is no such part.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("a", "b", "80%"), ("b", "c", "80%"), ("c", "a", "20%"))
    >>> sorted(control(network).pairs)
    [('a', 'b'), ('a', 'c'), ('b', 'c')]

    References
    ----------
    Ceri, Gottlob & Tanca (1990), Logic Programming and Databases (company control).
    """
    found = ballots(network, matter=matter)
    return _answer(network, found, "least", bar_of(threshold, reaching=reaching), closure)


def control_greatest(
    network: Network,
    *,
    threshold: float | Fraction = Fraction(1, 2),
    reaching: bool = False,
    matter: Matter = "ordinary",
) -> Controls:
    """The same by the greatest fixed point: all that is consistent with control, loops sustaining themselves.

    Only companies that the controller's chains of votes reach are asked about.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> loop = toys.from_shares(("a", "b", "60%"), ("b", "a", "60%"), ("x", "a", "10%"))
    >>> sorted(control_greatest(loop).pairs - control(loop).pairs)
    [('x', 'a'), ('x', 'b')]
    """
    found = ballots(network, matter=matter)
    return _answer(network, found, "greatest", bar_of(threshold, reaching=reaching), kernel)


def bar_of(threshold: float | Fraction, *, reaching: bool = False) -> Bar:
    """A threshold checked and made exact.

    Raises
    ------
    CrosstieError
        It does not lie over 0 and at most at 1.
    """
    if not 0 < threshold <= 1:
        raise CrosstieError(f"the threshold is {threshold}; it must be over 0 and at most 1")
    return Bar(written(threshold), reaching)


def closure(
    found: Ballots,
    members: Collection[int],
    bar: Bar,
    *,
    certain: bool,
    pooled: Mapping[int, frozenset[int]] = NOTHING,
) -> frozenset[int]:
    """The least set of companies that the members control together, what they control helping.

    ``pooled`` adds voters in single companies.
    """
    below = found.below
    mine, controlled = set(members), set[int]()
    waiting = {j for k in mine for j in below.get(k, ())} | set(pooled)
    while waiting:
        j = waiting.pop()
        voters = mine | pooled.get(j, frozenset())
        if j in mine or not passes(
            found.of[j], voters, bar.threshold, certain=certain, reaching=bar.reaching
        ):
            continue
        mine.add(j)
        controlled.add(j)
        waiting.update(below.get(j, ()))
    return frozenset(controlled)


def kernel(
    found: Ballots,
    members: Collection[int],
    bar: Bar,
    *,
    certain: bool,
    pooled: Mapping[int, frozenset[int]] = NOTHING,
) -> frozenset[int]:
    """The greatest set of companies below the members that they and the set itself control.

    Below is where the members, or those below them, have any votes: in every admissible column, or in some.
    """
    left = {*closure(found, members, ANY, certain=certain, pooled=pooled), *pooled}
    changed = True
    while changed:
        mine = left | set(members)
        out = {
            j
            for j in left
            if not passes(
                found.of[j],
                mine | pooled.get(j, frozenset()),
                bar.threshold,
                certain=certain,
                reaching=bar.reaching,
            )
        }
        left -= out
        changed = bool(out)
    return frozenset(left - set(members))


def _seats(network: Network, found: Ballots) -> Iterator[_Seat]:
    for i, party in enumerate(network.parties):
        if party.type != "unknown" and i in found.below:
            yield _Seat(party.id, frozenset([i]))
    for concert in network.concerts:
        members = frozenset(concert.holders)
        names = " + ".join(network.parties[m].id for m in concert.holders)
        pooled = {concert.company: members} if concert.company >= 0 else {}
        yield _Seat(f"{names} (in concert)", frozenset() if pooled else members, pooled)


@dataclass(frozen=True, slots=True)
class _Grasp:
    """What a seat controls for certain, and what the ranges allow it to control."""

    seat: _Seat
    sure: frozenset[int]
    may: frozenset[int]


class _FixedPoint(Protocol):
    def __call__(
        self,
        found: Ballots,
        members: Collection[int],
        bar: Bar,
        *,
        certain: bool,
        pooled: Mapping[int, frozenset[int]] = ...,
    ) -> frozenset[int]: ...


def _answer(network: Network, found: Ballots, semantics: Semantics, bar: Bar, solve: _FixedPoint) -> Controls:
    grasps = [_grasp(network, found, seat, bar, solve) for seat in _seats(network, found)]
    sure: frozenset[int] = frozenset().union(*(grasp.sure for grasp in grasps))
    may: frozenset[int] = frozenset().union(*(grasp.may for grasp in grasps))
    told: _Told = {}
    rows = tuple(
        row
        for grasp in grasps
        for row in _rows(network, found, grasp, _is_ultimate(grasp.seat, sure, may), told)
    )
    return Controls(semantics, bar.threshold, rows)


def _grasp(network: Network, found: Ballots, seat: _Seat, bar: Bar, solve: _FixedPoint) -> _Grasp:
    pooled = {
        j: voters.union(*(solve(found, {voter}, bar, certain=True) for voter in voters))
        for j, voters in seat.pooled.items()
    }
    sure = solve(found, seat.members, bar, certain=True, pooled=pooled)
    if network.votes.is_exact:
        return _Grasp(seat, sure, sure)
    return _Grasp(seat, sure, solve(found, seat.members, bar, certain=False, pooled=pooled))


_Told = dict[tuple[int, frozenset[int], frozenset[int]], Interval]
"""The parts of a company's votes that were worked out, by its holders among the fewest and the most voters."""


def _part(
    ballot: Ballot, company: int, fewest: frozenset[int], most: frozenset[int], told: _Told
) -> Interval:
    """What voters have; all along a chain the same few of them vote in a company."""
    if ballot.awake is not None:
        return part(ballot, fewest, most)
    holders = [r.holder for r in ballot.votes]
    key = (company, fewest.intersection(holders), most.intersection(holders))
    if key not in told:
        told[key] = part(ballot, *key[1:])
    return told[key]


def _rows(
    network: Network,
    found: Ballots,
    grasp: _Grasp,
    ultimate: bool | None,  # noqa: FBT001 (an answer of three values)
    told: _Told,
) -> Iterator[Control]:
    for j in sorted(grasp.may):
        extra = grasp.seat.members | grasp.seat.pooled.get(j, frozenset())
        sure = grasp.sure | extra
        votes = _part(found.of[j], j, sure, sure if grasp.may is grasp.sure else grasp.may | extra, told)
        yield Control(network.parties[j].id, grasp.seat.name, ultimate, votes, decided=j in grasp.sure)


def _is_ultimate(seat: _Seat, sure: frozenset[int], may: frozenset[int]) -> bool | None:
    """Whether nobody controls the seat; ``sure`` and ``may`` are all controlled companies."""
    own = next(iter(seat.members)) if len(seat.members) == 1 else None
    if own is None or own not in may:
        return True
    return False if own in sure else None
