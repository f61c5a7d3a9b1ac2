"""Control read along chains: majority chains, the weakest link, critical thresholds."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from crosstie.analyses.ballots import Ballot, ballots, part
from crosstie.analyses.control import bar_of
from crosstie.analyses.frames import Table, to_frame
from crosstie.ledger.amounts import Interval
from crosstie.network.network import Network
from crosstie.text.problem import CrosstieError

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Attributed:
    """What a holder is taken to hold of a company's votes, its majority chains counted whole."""

    holder: str
    company: str
    votes: Interval
    through: tuple[str, ...]


def majority_attributed(
    network: Network, holder: str, *, threshold: float | Fraction = HALF
) -> Table[Attributed]:
    """Votes held directly and by every company at the end of a chain of majorities, each counted whole.

    Every link but the last must alone exceed the threshold; nothing is multiplied and minorities along
    the way are not added up (UK Companies Act 2006, Schedule 1A, paragraph 18). Under ranges a chain
    counts for the lower end only where it certainly is one.

    Raises
    ------
    UnknownPartyError
        No such holder.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("x", "h", "51%"), ("h", "y", "30%"))
    >>> [(a.company, str(a.votes), a.through) for a in majority_attributed(network, "x")]
    [('h', '51/100', ()), ('y', '3/10', ('h',))]
    """
    found = ballots(network)
    bar = bar_of(threshold).threshold
    start = network.index(holder)
    sure = _majorities(found.of, found.below, start, bar, certain=True)
    may = _majorities(found.of, found.below, start, bar, certain=False)
    rows = []
    for j in sorted({j for k in may for j in found.below.get(k, ())} - {start}):
        votes = part(found.of[j], sure - {j}, may - {j})
        through = sorted((may - {start, j}) & {r.holder for r in found.of[j].votes})
        rows.append(
            Attributed(holder, network.parties[j].id, votes, tuple(network.parties[k].id for k in through))
        )
    return Table(tuple(rows), Attributed)


def _majorities(
    of: Mapping[int, Ballot],
    below: Mapping[int, tuple[int, ...]],
    start: int,
    bar: Fraction,
    *,
    certain: bool,
) -> frozenset[int]:
    seen, stack = {start}, [start]
    while stack:
        k = stack.pop()
        for j in below.get(k, ()):
            votes = part(of[j], {k}, {k})
            if j not in seen and _exceeds(votes, bar, certain=certain):
                seen.add(j)
                stack.append(j)
    return frozenset(seen)


def _exceeds(votes: Interval, bar: Fraction, *, certain: bool) -> bool:
    if certain:
        return votes.low > bar or (votes.low == bar and votes.low_open)
    return votes.high is None or votes.high > bar


@dataclass(frozen=True, slots=True)
class Linked:
    """One chain and its weakest link."""

    parties: tuple[str, ...]
    weakest: Fraction


@dataclass(frozen=True, slots=True)
class WeakestLink:
    """Control rights by the weakest link: the sum over chains of each chain's smallest votes."""

    owner: str
    company: str
    rights: Fraction
    chains: tuple[Linked, ...]
    complete: bool

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per chain."""
        return to_frame(self.chains, Linked)


def weakest_link(
    network: Network, owner: str, company: str, *, cutoff: float | Fraction = 0, limit: int = 10_000
) -> WeakestLink:
    r"""Control rights as corporate finance counts them: :math:`\sum_{chains} \min(\text{votes along the chain})`.

    Links below ``cutoff`` break a chain (La Porta et al. use 10 or 20 %). It is a convention, not a
    majority rule: two chains through one last link count that link twice.

    Raises
    ------
    CrosstieError
        Votes are ranges.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> str(weakest_link(toys.from_shares(("f", "a", "11%"), ("a", "b", "21%")), "f", "b").rights)
    '11/100'

    References
    ----------
    La Porta, Lopez-de-Silanes & Shleifer (1999), Journal of Finance 54; Claessens, Djankov & Lang (2000),
    Journal of Financial Economics 58.
    """
    votes = _awake(network)
    start, end = network.index(company), network.index(owner)
    found: list[Linked] = []
    stack: list[tuple[tuple[int, ...], Fraction]] = [((start,), Fraction(1))]
    steps = 0
    while stack and steps < limit:
        path, weakest = stack.pop()
        for k, share in votes.get(path[0], {}).items():
            if k in path or share < cutoff or share == 0:
                continue
            steps += 1
            if k == end:
                names = tuple(network.parties[m].id for m in (k, *path))
                found.append(Linked(names, min(weakest, share)))
            else:
                stack.append(((k, *path), min(weakest, share)))
    rows = tuple(sorted(found, key=lambda c: (-c.weakest, c.parties)))
    return WeakestLink(owner, company, sum((c.weakest for c in rows), Fraction(0)), rows, not stack)


def _awake(network: Network) -> dict[int, dict[int, Fraction]]:
    """Each company's votes by voter, as parts of those that are awake."""
    if not network.votes.is_exact:
        raise CrosstieError("some votes are ranges; this measure is defined for single numbers only")
    found: dict[int, dict[int, Fraction]] = {}
    for j, ballot in ballots(network).of.items():
        voters = {
            r.holder
            for r, sleeps in zip(ballot.votes, ballot.suspended, strict=True)
            if not sleeps and r.holder >= 0
        }
        found[j] = {k: part(ballot, {k}, {k}).low for k in voters}
    return found


def critical_thresholds(network: Network, controller: str) -> dict[str, Fraction]:
    r"""For each company the highest threshold at which the controller still reaches it, loops not helping themselves.

    :math:`\max\{T : j \in S(T)\}` where :math:`S(T)` is the least set with
    :math:`j \in S(T) \iff` the controller and :math:`S(T)` together have at least *T* of *j*'s votes. Found in
    one pass: always take the company of which most is held.

    Raises
    ------
    CrosstieError
        Votes are ranges.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("f", "a", "60%"), ("a", "b", "30%"), ("f", "b", "10%"))
    >>> {j: str(t) for j, t in critical_thresholds(network, "f").items()}
    {'a': '3/5', 'b': '2/5'}
    """
    votes, start = _awake(network), network.index(controller)
    below = _below(votes)
    held: dict[int, Fraction] = {}
    waiting: list[tuple[Fraction, int]] = []
    threshold, found, at = Fraction(1), dict[str, Fraction](), start
    taken = {start}
    while True:
        for j in below.get(at, ()):
            if j not in taken:
                held[j] = held.get(j, Fraction(0)) + votes[j][at]
                heapq.heappush(waiting, (-held[j], j))
        while waiting and waiting[0][1] in taken:
            heapq.heappop(waiting)
        if not waiting:
            return found
        most, at = heapq.heappop(waiting)
        threshold = min(threshold, -most)
        taken.add(at)
        if threshold > 0:
            found[network.parties[at].id] = threshold


def critical_thresholds_greatest(network: Network, controller: str) -> dict[str, Fraction]:
    """The same by the greatest set, as Almeida and others define it: companies are dropped until none must be.

    Raises
    ------
    CrosstieError
        Votes are ranges.

    Examples
    --------
    A loop below holds itself up, so the family keeps both of its companies at 65 %, not at 55 %:

    >>> from crosstie.network import toys
    >>> loop = toys.from_shares(("f", "a", "10%"), ("f", "b", "10%"), ("a", "b", "55%"), ("b", "a", "55%"))
    >>> {j: str(t) for j, t in critical_thresholds_greatest(loop, "f").items()}
    {'a': '13/20', 'b': '13/20'}
    >>> {j: str(t) for j, t in critical_thresholds(loop, "f").items()}
    {'a': '1/10', 'b': '1/10'}

    References
    ----------
    Almeida, Park, Subrahmanyam & Wolfenzon (2011), Journal of Financial Economics 99.
    """
    votes, start = _awake(network), network.index(controller)
    left = _reached(_below(votes), start)
    threshold, found = Fraction(0), dict[int, Fraction]()
    while left:
        held = {
            j: sum((v for k, v in votes[j].items() if k in left or k == start), Fraction(0)) for j in left
        }
        weakest = min(left, key=lambda j: (held[j], j))
        threshold = max(threshold, held[weakest])
        left.discard(weakest)
        found[weakest] = threshold
    return {network.parties[j].id: found[j] for j in sorted(found) if found[j] > 0}


def _below(votes: Mapping[int, Mapping[int, Fraction]]) -> dict[int, list[int]]:
    below: dict[int, list[int]] = {}
    for j, voters in votes.items():
        for k in voters:
            below.setdefault(k, []).append(j)
    return below


def _reached(below: Mapping[int, list[int]], start: int) -> set[int]:
    seen, stack = {start}, [start]
    while stack:
        for j in below.get(stack.pop(), ()):
            if j not in seen:
                seen.add(j)
                stack.append(j)
    return seen - {start}
