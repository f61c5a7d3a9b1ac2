"""Held companies before their holders, and the loops where no such order exists.

Parties are numbers; the holders of company *j* are ``holder[start[j]:start[j+1]]``. Almost every
network is nearly all trees: taking away, again and again, the parties that hold nothing any more
leaves a few percent, and only that rest is searched for loops.
"""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, prange, prefetch

AHEAD = 24
"""How many turns ahead memory is asked for: some hundred nanoseconds of work."""


def count_holdings(holder: Array, count: Array) -> None:
    """In how many companies each party holds shares.

    >>> count = np.empty(3, np.int32)
    >>> count_holdings(np.array([2, 2, 0], np.int32), count)
    >>> count.tolist()
    [1, 0, 2]
    """
    count[:] = 0
    safe = max(0, holder.size - AHEAD)
    for k in range(safe):
        prefetch(count, np.int64(holder[k + AHEAD]))
        count[holder[k]] += 1
    for k in range(safe, holder.size):
        count[holder[k]] += 1


def peel(start: Array, holder: Array, count: Array, order: Array, level: Array) -> tuple[Whole, Whole]:
    """Order every party that is in no loop and holds, at any depth, nothing that is in one.

    Parties that hold nothing come first; a holder follows once the last company it holds has been
    placed. So parties stand in levels, and hold shares in parties of lower levels only. ``level`` gets
    the place where each begins and where the last ends. ``count`` is used up: what stays above zero was not
    placed.

    Returns
    -------
    tuple
        How many leading places of ``order`` were filled, and how many places ``level`` got.
    """
    placed = 0
    for j in range(count.size):
        if count[j] == 0:
            order[placed] = j
            placed += 1
    level[0] = 0
    levels = 1
    next_begins = placed
    turn = 0
    while turn < placed:
        if turn == next_begins:
            level[levels] = turn
            levels += 1
            next_begins = placed
        if turn + AHEAD < placed:
            prefetch(start, np.int64(order[turn + AHEAD]))
        if turn + 16 < placed:
            prefetch(holder, np.int64(start[order[turn + 16]]))
        if turn + 8 < placed:
            soon = order[turn + 8]
            for k in range(np.int64(start[soon]), min(start[soon] + 4, start[soon + 1])):
                prefetch(count, np.int64(holder[k]))
        j = order[turn]
        turn += 1
        for k in range(np.int64(start[j]), np.int64(start[j + 1])):
            h = holder[k]
            count[h] -= 1
            if count[h] == 0:
                order[placed] = h
                placed += 1
    level[levels] = placed
    return placed, levels + 1


def place_rest(
    start: Array, holder: Array, count: Array, order: Array, placed: Whole
) -> tuple[Array, Array, Whole]:
    """Order what ``peel`` left: loops whole and held-first, then the parties nobody holds.

    The others are few: numbered anew, all about them fits a processor's cache. ``count`` is used up.

    Returns
    -------
    tuple
        First place and size of every loop, in order, and where the parties that nobody holds begin.
    """
    tail = count.size
    named = np.empty(count.size - placed, np.int32)
    middle = 0
    room = np.int64(0)
    for j in range(count.size):
        if count[j] <= 0:
            continue
        if start[j] == start[j + 1]:
            tail -= 1
            order[tail] = j
            count[j] = 0
        else:
            named[middle] = j
            middle += 1
            count[j] = middle
            room += np.int64(start[j + 1]) - np.int64(start[j])
    begins, above = np.empty(middle + 1, np.int64), np.empty(room, np.int32)
    filled = np.int64(0)
    for i in range(middle):
        begins[i] = filled
        far = named[min(i + AHEAD, middle - 1)]
        prefetch(holder, np.int64(start[far]))
        near = named[min(i + AHEAD // 2, middle - 1)]
        for k in range(np.int64(start[near]), min(start[near] + 6, start[near + 1])):
            prefetch(count, np.int64(holder[k]))
        for k in range(np.int64(start[named[i]]), np.int64(start[named[i] + 1])):
            number = count[holder[k]]
            if number > 0:
                above[filled] = number - 1
                filled += 1
    begins[middle] = filled
    first, size = loops_last_first(begins, above, named, order[:tail])
    return first[::-1].copy(), size[::-1].copy(), tail


def loops_last_first(start: Array, holder: Array, named: Array, order: Array) -> tuple[Array, Array]:
    """Fill an order from its back with components, those that hold first; first place and size of every loop.

    Tarjan's components, followed from company to holder, come out holders first.

    References
    ----------
    Tarjan (1972), SIAM Journal on Computing 1(2).
    """
    parties = start.size - 1
    done = np.int32(2147483647)
    low = np.zeros(parties, np.int32)  # 0 not seen, ``done`` placed, else Tarjan's lowest
    entered, at = np.empty(parties, np.int32), np.empty(parties, np.int64)
    path, waiting = np.empty(parties + 1, np.int32), np.empty(parties + 1, np.int32)
    first, size = np.empty(parties + 1, np.int32), np.empty(parties + 1, np.int32)
    back = order.size
    depth, height, clock, loops = 0, 0, 0, 0
    for root in range(parties):
        if low[root] != 0:
            continue
        path[0] = root
        depth = 1
        while depth > 0:
            j = path[depth - 1]
            if low[j] == 0:
                clock += 1
                low[j] = clock
                entered[j] = clock
                at[j] = start[j]
                waiting[height] = j
                height += 1
            k = at[j]
            end = start[j + 1]
            lowest = low[j]
            down = np.int64(-1)
            while k < end:
                h = holder[k]
                if low[h] == 0:
                    down = np.int64(h)
                    break
                lowest = min(lowest, low[h])
                k += 1
            at[j] = k
            low[j] = lowest
            if down >= 0:
                path[depth] = down
                depth += 1
                continue
            depth -= 1
            if lowest != entered[j]:
                continue
            members = 0
            while True:
                height -= 1
                member = waiting[height]
                low[member] = done
                back -= 1
                order[back] = named[member]
                members += 1
                if member == j:
                    break
            if members > 1 or holds_itself(j, start, holder):
                first[loops] = back
                size[loops] = members
                loops += 1
    return first[:loops], size[:loops]


def holds_itself(j: Whole, start: Array, holder: Array) -> bool:
    """Whether a party is among its own holders."""
    for k in range(start[j], start[j + 1]):  # noqa: SIM110 (compiled)
        if holder[k] == j:
            return True
    return False


def rank_of(order: Array, rank: Array) -> None:
    """The place of every party in the order."""
    safe = max(0, order.size - AHEAD)
    for i in range(safe):
        prefetch(rank, np.int64(order[i + AHEAD]))
        rank[order[i]] = i
    for i in range(safe, order.size):
        rank[order[i]] = i


def starts_in_order(start: Array, order: Array, moved: Array) -> None:
    """Where each party's holders begin once companies stand in this order."""
    moved[0] = 0
    total = np.int64(0)
    safe = max(0, order.size - AHEAD)
    for i in range(order.size):
        if i < safe:
            prefetch(start, np.int64(order[i + AHEAD]))
        j = order[i]
        total += np.int64(start[j + 1]) - np.int64(start[j])
        moved[i + 1] = total


def move_edges(
    start: Array,
    holder: Array,
    share: Array,
    order: Array,
    rank: Array,
    moved: Array,
    new_company: Array,
    new_holder: Array,
    new_share: Array,
) -> None:
    """Write every holding with the places of its company and holder, companies in order."""
    safe = order.size - AHEAD
    for i in prange(order.size):
        if i < safe:
            prefetch(start, np.int64(order[i + AHEAD]))
            soon = np.int64(start[order[i + 18]])
            prefetch(holder, soon)
            prefetch(share, soon)
            near = order[i + 10]
            for k in range(np.int64(start[near]), min(start[near] + 4, start[near + 1])):
                prefetch(rank, np.int64(holder[k]))
        j = order[i]
        to = np.int64(moved[i])
        for k in range(np.int64(start[j]), np.int64(start[j + 1])):
            new_holder[to] = rank[holder[k]]
            new_share[to] = share[k]
            new_company[to] = i
            to += 1


def outside_first(
    start: Array,
    holder: Array,
    share: Array,
    first: Array,
    size: Array,
    inner: Array,
    edge: Array,
) -> None:
    """Within each company of a loop, put holders outside the loop before those inside.

    ``inner`` gets, per member in order, where the inside begins; ``edge`` is carried along with the
    holdings (empty: nothing to carry).
    """
    member = 0
    for loop in range(first.size):
        low = np.int64(first[loop])
        high = low + np.int64(size[loop])
        for j in range(low, high):
            front = np.int64(start[j])
            for k in range(np.int64(start[j]), np.int64(start[j + 1])):
                if low <= np.int64(holder[k]) < high:
                    continue
                h, s = holder[k], share[k]
                holder[k], share[k] = holder[front], share[front]
                holder[front], share[front] = h, s
                if edge.size > 0:
                    moved = edge[k]
                    edge[k] = edge[front]
                    edge[front] = moved
                front += 1
            inner[member] = front
            member += 1


def turn_edges(
    company: Array,
    holder: Array,
    share: Array,
    many: Whole,
    fill: Array,
    by_holder: Array,
    of_company: Array,
    its_share: Array,
) -> None:
    """Write every holding once more, holders in order, and companies of one holder in order.

    ``fill`` says where each holder begins, and is used up.
    """
    far = max(0, many - 2 * AHEAD)
    for k in range(many):
        if k < far:
            prefetch(fill, np.int64(holder[k + 2 * AHEAD]))
            soon = np.int64(fill[holder[k + AHEAD]])
            prefetch(by_holder, soon)
            prefetch(of_company, soon)
            prefetch(its_share, soon)
        h = holder[k]
        at = np.int64(fill[h])
        fill[h] = at + 1
        by_holder[at] = h
        of_company[at] = company[k]
        its_share[at] = share[k]
