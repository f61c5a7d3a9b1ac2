"""Chains from an owner down to a company, strongest first, loops as a geometric factor."""

import heapq
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    rows = sorted((_chain(order, names, path, product) for path, product in found), key=_strength)
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


def _chain(order: Order, names: list[str], path: tuple[int, ...], product: Number) -> Chain:
    factor = loop_factor(order, path[1:])
    return Chain(tuple(names[p] for p in path), product, factor, product * factor)


def loop_factor(order: Order, path: Iterable[int]) -> Number:
    r"""The geometric factor of the loops through these companies: :math:`\prod_t 1/(1 − r_t)`.

    :math:`r_t` is the chance to come back to the *t*-th company without meeting an earlier one.
    """
    factor = order.columns.zero + 1
    by_group: dict[int, list[int]] = {}
    for member in path:
        by_group.setdefault(int(order.group_of[member]), []).append(member)
    for rank, passed in by_group.items():
        members = order.groups[rank]
        if len(members) > 1:
            factor *= _group_factor(order, members, passed)
    return factor


def _group_factor(order: Order, members: IntArray, passed: list[int]) -> Number:
    held, escape = block(order, members)
    left = members.tolist()
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


def loops(order: Order, members: Iterable[int], *, limit: int = 1_000) -> Iterator[tuple[int, ...]]:
    """Elementary loops among the members, each once, from its smallest member, at most ``limit``."""
    inside = set(members)
    below: dict[int, list[int]] = {}
    for j in sorted(inside):
        for k in order.columns.of(j)[0].tolist():
            if k in inside:
                below.setdefault(k, []).append(j)
    count = 0
    for first in sorted(inside):
        stack: list[tuple[int, tuple[int, ...]]] = [(first, (first,))]
        while stack:
            at, path = stack.pop()
            for j in below.get(at, ()):
                if j == first:
                    yield path
                    count += 1
                    if count >= limit:
                        return
                elif j > first and j not in path:
                    stack.append((j, (*path, j)))
