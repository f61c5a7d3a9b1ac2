"""Chains from an owner down to a company, strongest first, loops as a geometric factor."""

import heapq
import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from crosstie.analyses.columns import Columns, Number, Numbers, of_network, without
from crosstie.analyses.frames import to_frame
from crosstie.analyses.reach import of_owner
from crosstie.analyses.visits import Order, block, in_order, solve
from crosstie.network.network import IntArray, Network


@dataclass(frozen=True, slots=True)
class Chain:
    """One way from owner (first) to company (last).

    ``contribution`` is ``product`` (of the shares along it) times ``loop_factor``: all walks that
    turn any number of times in the loops met on the way, 1 where there is none.
    """

    parties: tuple[str, ...]
    product: Number
    loop_factor: Number
    contribution: Number


@dataclass(frozen=True, slots=True)
class Chains:
    """The chains found, strongest first; contributions and ``remainder`` add up to ``share``."""

    owner: str
    company: str
    share: Number
    chains: tuple[Chain, ...]
    remainder: Number
    complete: bool

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per chain."""
        return to_frame(self.chains, Chain)


def chains(network: Network, owner: str, company: str, *, exact: bool = False, limit: int = 1_000) -> Chains:
    r"""Split a look-through share into its chains.

    A walk up from the company is the chain that is left when its loops are cut out; all walks with
    the same chain :math:`p_m \to \dots \to p_0` together contribute
    :math:`\prod_t C_{p_t p_{t+1}} \cdot \det(I − C_{D∖p}) / \det(I − C_D)`, *D* all companies but the owner.

    Parameters
    ----------
    limit
        Stop after so many chains, strongest products first; what they leave is the remainder.

    Raises
    ------
    UnknownPartyError
        No such owner or company.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> found = chains(toys.ring(), "ana", "beta", exact=True)
    >>> [(c.parties, str(c.product), str(c.loop_factor), str(c.contribution)) for c in found.chains]
    [(('ana', 'alpha', 'beta'), '3/20', '5/4', '3/16')]

    References
    ----------
    Lawler (1980), Duke Mathematical Journal 47 (loop-erased walks).
    """
    return chains_in(network, of_network(network, exact=exact), owner, company, limit=limit)


def chains_in(network: Network, columns: Columns, owner: str, company: str, *, limit: int = 1_000) -> Chains:
    """The same for other shares than the network's own, such as those that make a range's extreme."""
    i, j = network.index(owner), network.index(company)
    value = of_owner(columns, i)
    order = in_order(without(columns, (i,)))
    names = [party.id for party in network.parties]
    found, complete = _best_first(order.columns, value, i, j, limit)
    factors = loop_factors(order, [path[1:] for path, _ in found])
    rows = sorted(
        (
            Chain(tuple(names[p] for p in path), product, factor, product * factor)
            for (path, product), factor in zip(found, factors, strict=True)
        ),
        key=_strength,
    )
    left = value[j] - sum(chain.contribution for chain in rows)
    return Chains(owner, company, value[j : j + 1].tolist()[0], tuple(rows), left, complete)


def _strength(chain: Chain) -> tuple[Number, int, tuple[str, ...]]:
    return -chain.contribution, len(chain.parties), chain.parties


def _best_first(
    columns: Columns,
    value: Numbers,
    owner: int,
    company: int,
    limit: int,
) -> tuple[list[tuple[tuple[int, ...], Number]], bool]:
    """Simple chains in falling order of product; a partial one can gain no more than its end's own share."""
    found: list[tuple[tuple[int, ...], Number]] = []
    waiting: list[tuple[Number, tuple[int, ...], Number]] = []
    if owner != company and value[company] > 0:
        waiting.append((-value[company], (company,), columns.zero + 1))
    steps = 0
    while waiting and len(found) < limit and steps < 100 * limit:
        _, path, product = heapq.heappop(waiting)
        steps += 1
        if path[0] == owner:
            found.append((path, product))
            continue
        holders, shares = columns.of(path[0])
        for k, share in zip(holders.tolist(), shares.tolist(), strict=True):
            if k not in path and value[k] > 0:
                best = 1 if k == owner else min(value[k], 1)
                heapq.heappush(waiting, (-product * share * best, (k, *path), product * share))
    return found, not waiting


LARGE_LOOP = 24
"""Loops of more members are inverted once for all chains."""
MOST_VISITS = 1e6
"""With more returns to a member an inverse would lose too many digits: then each chain is solved by itself."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A loop's members, who holds whom among them, what leaves, and (of a large one) how often each meets each."""

    members: list[int]
    held: Numbers
    escape: Numbers
    visits: Numbers | None


def loop_factors(order: Order, paths: Sequence[Sequence[int]]) -> list[Number]:
    r"""For each path of companies the geometric factor of the loops through them: :math:`\prod_t 1/(1 − r_t)`.

    :math:`r_t` is the chance to come back to the *t*-th company without meeting an earlier one. With :math:`V` the
    visits of the members to each other the product is :math:`\det V_{pp}`, which large loops are asked by.
    """
    passed = {int(order.group_of[member]) for path in paths for member in path}
    blocks = {rank: _block(order, order.groups[rank]) for rank in passed if len(order.groups[rank]) > 1}
    return [_loop_factor(order, blocks, path) for path in paths]


def _block(order: Order, members: IntArray) -> _Block:
    held, escape = block(order, members)
    visits = None if order.columns.is_exact or len(members) <= LARGE_LOOP else _visits(held)
    return _Block(members.tolist(), held, escape, visits)


def _visits(held: Numbers) -> Numbers | None:
    """The inverse, where it has digits enough."""
    try:
        visits = np.linalg.inv(np.eye(len(held)) - held)
    except np.linalg.LinAlgError:
        return None
    sound = np.isfinite(visits).all() and visits.min() >= -1e-9 and visits.max() <= MOST_VISITS
    return visits if sound else None


def _loop_factor(order: Order, blocks: Mapping[int, _Block], path: Sequence[int]) -> Number:
    factor = order.columns.zero + 1
    by_group: dict[int, list[int]] = {}
    for member in path:
        by_group.setdefault(int(order.group_of[member]), []).append(member)
    for rank, passed in by_group.items():
        if rank in blocks:
            factor *= _group_factor(order, blocks[rank], passed)
    return factor


def _group_factor(order: Order, found: _Block, passed: list[int]) -> Number:
    held, escape, left = found.held, found.escape, list(found.members)
    if found.visits is not None:
        places = [left.index(member) for member in passed]
        return float(np.linalg.det(found.visits[np.ix_(places, places)]))
    factor = order.columns.zero + 1
    for member in passed:
        at = left.index(member)
        unit = np.full((len(left), 1), order.columns.zero, held.dtype)
        unit[at] = order.columns.zero + 1
        kind, visits = solve(held, escape, unit)
        if kind != "open":
            return math.inf
        factor *= visits[at, 0]
        keep = np.arange(len(left)) != at
        escape = escape[keep] + held[keep, at]
        held = held[np.ix_(keep, keep)]
        left.pop(at)
    return factor


def loops(
    order: Order, members: Iterable[int], *, limit: int = 1_000, steps: int | None = None
) -> Iterator[tuple[int, ...]]:
    """Elementary loops among the members, each once, from its smallest member, short ones first, at most ``limit``.

    ``steps`` ends the search after so many ways looked at: in large groups there is no end of them.
    """
    inside = sorted(set(members))
    below: dict[int, list[int]] = {}
    for j in inside:
        for k in order.columns.of(j)[0].tolist():
            below.setdefault(k, []).append(j)
    ways = islice(_ways(below, inside), steps)
    return islice((path for path, closes in ways if closes), limit)


def _ways(below: Mapping[int, list[int]], members: Sequence[int]) -> Iterator[tuple[tuple[int, ...], bool]]:
    """Each way down from a member through later ones, and whether its last is above the first again."""
    for first in members:
        waiting: deque[tuple[int, ...]] = deque([(first,)])
        while waiting:
            path = waiting.popleft()
            held = below.get(path[-1], ())
            yield path, first in held
            waiting.extend((*path, j) for j in held if j > first and j not in path)
