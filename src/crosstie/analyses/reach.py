"""The chance that a share, followed upwards, reaches an owner: the numbers behind look-through ownership."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from crosstie.analyses.columns import Columns, Number, Numbers, above, below, part_of, without
from crosstie.analyses.visits import Group, Order, Plan, block, in_order, plan, solve
from crosstie.network.network import IntArray


@dataclass(frozen=True, slots=True)
class Upward:
    """From one company: the chance of reaching each party, and the expected number of visits to it."""

    chance: Numbers
    visits: Numbers


def of_company(columns: Columns, company: int) -> Upward:
    """The same as :func:`from_company` for one question: only what is above the company is solved."""
    parties, near = part_of(columns, above(columns, company))
    found = from_company(plan(near), int(np.searchsorted(parties, company)))
    chance, visits = columns.zeros(), columns.zeros()
    chance[parties], visits[parties] = found.chance, found.visits
    return Upward(chance, visits)


def from_company(planned: Plan, company: int) -> Upward:
    r"""Follow one company's share upwards to everybody, in one pass.

    The chance is :math:`V_{kj} / V_{kk}`; in a closed group every member is reached for certain once
    one of them is, and visited without end.
    """
    chance, visits, inflow = (planned.columns.zeros() for _ in range(3))
    inflow[company] = inflow[company] + 1
    first = int(planned.order.group_of[company])
    waiting, met = [-first], {first}  # holders have lower ranks: the highest of those met comes next
    while waiting:
        rank = -heappop(waiting)
        group = planned.groups[rank]
        entered = inflow[group.members]
        if not entered.any():
            continue
        _visit(group, entered, chance, visits)
        for above_it in _send(planned, rank, visits, inflow) - met:
            met.add(above_it)
            heappush(waiting, -above_it)
    return Upward(chance, visits)


def _visit(group: Group, entered: Numbers, chance: Numbers, visits: Numbers) -> None:
    if group.kind == "open":
        visits[group.members] = entered @ group.visits
        chance[group.members] = visits[group.members] / np.diagonal(group.visits)
    else:
        visits[group.members] = math.inf
        chance[group.members] = entered.sum() if group.kind == "closed" else math.inf


def _send(planned: Plan, rank: int, visits: Numbers, inflow: Numbers) -> frozenset[int]:
    """Let what visits a group flow on to its members' holders: the ranks of their groups."""
    exits = planned.groups[rank].exits
    np.add.at(inflow, exits.holder, visits[exits.member] * exits.share)
    return exits.ranks


def of_owner(columns: Columns, owner: int) -> Numbers:
    r"""The least solution of :math:`x_j = \sum_k C_{kj} x_k,\ x_i = 1` for one owner *i*, every *j*."""
    return of_any(columns, (owner,))


def of_any(columns: Columns, owners: Collection[int]) -> Numbers:
    """The chance that a share of each company, followed upwards, reaches one of these owners.

    Infinite where columns over 100 % let a loop grow without end.
    """
    chance = columns.zeros()
    chance[list(owners)] = columns.zero + 1
    parties, near = part_of(without(columns, owners), below(columns, owners))
    value = chance[parties]
    settled(near, value, np.flatnonzero(np.isin(parties, list(owners))).tolist())
    chance[parties] = value
    return chance


def settled(columns: Columns, value: Numbers, given: Collection[int]) -> None:
    r"""Work out :math:`x_j = \sum_k C_{kj} x_k` in place, holders first, where the values of some are given."""
    order, known = in_order(columns), set(given)
    for members in order.groups:
        if int(members[0]) not in known:
            _receive(order, members, value)


def _receive(order: Order, members: IntArray, value: Numbers) -> None:
    if len(members) == 1:
        holders, shares = order.columns.of(int(members[0]))
        if len(holders):
            value[members[0]] = shares @ value[holders]
        return
    entered = _entering(order, members, value)
    if entered.any():
        kind, solved = solve(*block(order, members), entered[:, None])
        value[members] = solved[:, 0] if kind == "open" else math.inf


def _entering(order: Order, members: IntArray, value: Numbers) -> Numbers:
    entered = order.columns.zeros()[: len(members)]
    for at, member in enumerate(members):
        holders, shares = order.columns.of(int(member))
        outside = order.group_of[holders] != order.group_of[member]
        if outside.any():
            entered[at] = (shares[outside] * value[holders[outside]]).sum()
    return entered


def visits_of_owner(planned: Plan, owner: int) -> Numbers:
    """Expected visits to one owner from every company: a row of ``V``; infinite in and below a closed group."""
    value = planned.columns.zeros()
    first = int(planned.order.group_of[owner])
    group = planned.groups[first]
    if group.kind == "open":
        value[group.members] = group.visits[:, int(np.flatnonzero(group.members == owner)[0])]
    else:
        value[group.members] = math.inf
    for group in planned.groups[first + 1 :]:
        entered = _entering(planned.order, group.members, value)
        if entered.any():
            value[group.members] = group.visits @ entered if group.kind == "open" else math.inf
    return value


def returns(planned: Plan) -> Numbers:
    r"""The chance that a share of each party comes back to it: :math:`1 − 1/V_{jj}`, 0 outside loops."""
    value = planned.columns.zeros()
    for group in planned.groups:
        if group.kind != "open":
            value[group.members] = 1 if group.kind == "closed" else math.inf
        elif len(group.members) > 1:
            value[group.members] = 1 - 1 / np.diagonal(group.visits)
    return value


def simple_paths(columns: Columns, company: int, limit: int) -> tuple[Numbers, bool]:
    """The sum over chains up from a company that pass nobody twice, and whether ``limit`` steps were enough."""
    total = columns.zeros()
    stack: list[tuple[int, Number, frozenset[int]]] = [(company, columns.zero + 1, frozenset([company]))]
    steps = 0
    while stack:
        at, product, passed = stack.pop()
        for k, share in zip(*columns.of(at), strict=True):
            if int(k) in passed:
                continue
            steps += 1
            if steps > limit:
                return total, False
            total[k] = total[k] + product * share
            stack.append((int(k), product * share, passed | {int(k)}))
    return total, True
