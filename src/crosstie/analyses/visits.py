"""The walk of one share up to its holders: loops solved inside, everything else in one ordered pass.

Start at company *j* and follow a random share of it upwards: to holder *k* with chance ``C[k, j]``.
The expected number of visits to *k* is ``V[k, j]`` of ``V = (I − C)⁻¹``; the chance of ever reaching
*k* is ``V[k, j] / V[k, k]``. Elimination adds and never subtracts (Grassmann, Taksar & Heyman 1985,
Operations Research 33), so a loop with one share in a billion outside is as accurate as any other.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from crosstie.analyses.columns import Columns, Numbers
from crosstie.network.network import IntArray

ROUNDING = 1e-12  # column sums this near to one are one
FULL = 4  # times as many cells of a block as are filled make it worth picking them out


@dataclass(frozen=True, slots=True)
class Order:
    """Strongly connected groups, holders before what they hold, and the group of each party."""

    columns: Columns
    groups: tuple[IntArray, ...]
    group_of: IntArray


Kind = Literal["open", "closed", "growing"]


@dataclass(frozen=True, slots=True)
class Group:
    """A strongly connected group: each member holds part of each other, directly or through members.

    ``visits[a, b]`` is the expected number of visits to member *b* of a walk from member *a*, inside
    the group. A ``closed`` group has no holder outside: the walk never leaves. A ``growing`` one has
    columns over 100 % that make the sum of all walks infinite.
    """

    members: IntArray
    kind: Kind
    visits: Numbers
    exits: "Exits"


@dataclass(frozen=True, slots=True)
class Exits:
    """The holdings through which walks leave a group, member by member, and the groups that they come to."""

    member: IntArray
    holder: IntArray
    share: Numbers
    ranks: frozenset[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """An order with every group solved: good for any number of questions."""

    order: Order
    groups: tuple[Group, ...]

    @property
    def columns(self) -> Columns:
        """The shares it was made from."""
        return self.order.columns


def plan(columns: Columns) -> Plan:
    """Find the groups, order them, solve each."""
    order = in_order(columns)
    return Plan(order, tuple(_solve(order, members) for members in order.groups))


def in_order(columns: Columns) -> Order:
    """Find the groups and order them."""
    count, label = _strong_components(columns)
    ranked = _holders_first(columns, count, label)
    members = _members(count, label)
    rank = np.empty(count, np.int32)
    rank[ranked] = np.arange(count, dtype=np.int32)
    return Order(columns, tuple(members[g] for g in ranked), rank[label])


def _strong_components(columns: Columns) -> tuple[int, IntArray]:
    from scipy.sparse import csr_array  # noqa: PLC0415 (heavy)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 (heavy)

    ones = np.ones(len(columns.holder), np.int8)
    graph = csr_array((ones, columns.holder, columns.start), shape=(columns.size, columns.size))
    count, label = connected_components(graph, directed=True, connection="strong")
    return int(count), label.astype(np.int32)


def _members(count: int, label: IntArray) -> list[IntArray]:
    order = np.argsort(label, kind="stable").astype(np.int32)
    return np.split(order, np.searchsorted(label[order], np.arange(1, count))) if count else []


def _holders_first(columns: Columns, count: int, label: IntArray) -> list[int]:
    above, below = label[columns.holder], label[columns.issuers()]
    outside = above != below
    pairs = np.unique(np.stack([above[outside], below[outside]]), axis=1)
    waiting = np.bincount(pairs[1], minlength=count)
    first = np.searchsorted(pairs[0], np.arange(count + 1))
    order = [int(g) for g in np.flatnonzero(waiting == 0)]
    for group in order:  # grows while it is read
        for held in pairs[1, first[group] : first[group + 1]]:
            waiting[held] -= 1
            if waiting[held] == 0:
                order.append(int(held))
    return order


def closed_groups(order: Order) -> tuple[IntArray, ...]:
    """The groups that nobody outside holds any part of."""
    return tuple(
        members for members in order.groups if len(members) > 1 and not block(order, members)[1].any()
    )


def _solve(order: Order, members: IntArray) -> Group:
    zero, kind = order.columns.zero, order.columns.share.dtype
    if len(members) == 1:
        return Group(members, "open", np.full((1, 1), zero + 1, kind), _exits(order, members))
    unit = np.full((len(members), len(members)), zero, kind)
    np.fill_diagonal(unit, zero + 1)
    return Group(members, *solve(*block(order, members), unit), _exits(order, members))


def _exits(order: Order, members: IntArray) -> Exits:
    columns, rank = order.columns, order.group_of[members[0]]
    edges = np.concatenate([np.arange(columns.start[m], columns.start[m + 1]) for m in members])
    edges = edges[order.group_of[columns.holder[edges]] != rank]
    member = np.searchsorted(columns.start, edges, side="right").astype(np.int32) - 1
    holder = columns.holder[edges]
    return Exits(member, holder, columns.share[edges], frozenset(order.group_of[holder].tolist()))


def block(order: Order, members: IntArray) -> tuple[Numbers, Numbers]:
    """Who holds whom inside a group (row: company, column: holder), and what is held from outside it."""
    columns = order.columns
    place = {int(member): at for at, member in enumerate(members)}
    held = np.full((len(members), len(members)), columns.zero, columns.share.dtype)
    escape = np.full(len(members), columns.zero, columns.share.dtype)
    for at, member in enumerate(members):
        holders, shares = columns.of(int(member))
        inside = order.group_of[holders] == order.group_of[member]
        held[at, [place[int(k)] for k in holders[inside]]] = shares[inside]
        gap = 1 - shares.sum()  # not zero: over 100 %, or holders left out on purpose
        rounding = 0 if columns.is_exact else ROUNDING
        escape[at] = shares[~inside].sum() + (gap if abs(gap) > rounding else 0)
    return held, escape


def solve(held: Numbers, escape: Numbers, right: Numbers) -> tuple[Kind, Numbers]:
    """Solve ``(I − held) x = right`` where each row of ``held`` and its ``escape`` sum to one.

    Members are taken out one by one, their walks given to the rest; each pivot is a sum of what leaves.
    """
    rest, out, pivots, gain = held.copy(), escape.copy(), escape.copy(), right.copy()
    for k in range(len(escape) - 1, -1, -1):
        pivots[k] = out[k] + rest[k, :k].sum()
        if pivots[k] <= 0:
            return ("growing" if np.any(escape) else "closed"), right
        into, across = np.flatnonzero(rest[:k, k]), np.flatnonzero(rest[k, :k])
        weight = rest[into, k] / pivots[k]  # nothing comes from the others: large loops are mostly empty
        if len(into) * len(across) * FULL < k * k:
            rest[into[:, None], across] += np.outer(weight, rest[k, across])
        else:
            rest[into, :k] += np.outer(weight, rest[k, :k])
        out[into] += weight * out[k]
        gain[into] += np.outer(weight, gain[k])
    gain[0] = gain[0] / pivots[0]
    for k in range(1, len(pivots)):
        across = np.flatnonzero(rest[k, :k])  # nothing of what is without end is nothing
        gain[k] = (gain[k] + rest[k, across] @ gain[across]) / pivots[k]
    return "open", gain
