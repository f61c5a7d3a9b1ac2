"""Which companies an owner may have enough of: upper bounds alone, and only where they are worth following.

Every party that is held itself may count for a *floor* times its ``swell`` without being looked at: as columns add up to all there is,
nobody below has more of it than that either. Only what an owner may have more of is followed, so that a walk ends soon however
much lies below.
"""

import numpy as np

from crosstie.analyses.kernels.heap import pop
from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.loop_columns import choose_inside, meet
from crosstie.analyses.kernels.ranged import (
    DONE,
    NOWHERE,
    Desk,
    Holdings,
    choose,
    column_of,
    mass,
)
from crosstie.analyses.kernels.walks import hand_on

LARGE = 64
ROOMY = 2.5
"""Of loops with more members than that, so many times as much may go unseen as of what is above them."""
CALM = 0.01
PASSES = 6


def weigh(net: Holdings, swell: Array, others: Array, e: Array, v: Array, rank: Array, chosen: Array) -> None:
    """Fill ``swell`` and ``others`` from the top down, holders first (see ``Holdings``)."""
    for back in range(swell.size):
        j = swell.size - 1 - back
        largest = 1.0
        many = 0
        loop = net.loop_at[j]
        for k in range(np.int64(net.start[j]), np.int64(net.start[j + 1])):
            h = np.int64(net.holder[k])
            if (loop == NOWHERE or net.loop_at[h] != loop) and net.start[h] < net.start[h + 1]:
                largest = max(largest, swell[h])
                e[many], v[many] = k, swell[h]
                many += 1
        swell[j] = largest * max(1.0, mass(net, j) / net.whole[j])
        others[j] = choose(column_of(net, j), net.low, net.high, e, v, 0, many, True, rank, chosen)
        if loop != NOWHERE and j == net.first[loop]:  # the last of its members
            for member in range(j, j + np.int64(net.size[loop])):
                largest = max(largest, swell[member])
            if net.size[loop] > LARGE:
                largest *= ROOMY
            for member in range(j, j + np.int64(net.size[loop])):
                swell[member] = largest


def scout(net: Holdings, desk: Desk, owner: Whole, floor: Whole, wanted: Array) -> Whole:
    """Put bounds of what the owner has of companies below it in ``high``; how many places were ``touched``.

    Of a company not touched it has at most the floor times ``swell``. What all parties count for unseen is in ``others``, once
    and for all owners; what is added to that by those followed is walked down.
    """
    start_up, of_company, edge_up, loop_at = net.start_up, net.of_company, net.edge_up, net.loop_at
    holder, at_low, at_high = net.holder, net.low, net.high
    state, heap, head, edge, next_ = desk.state, desk.heap, desk.head, desk.edge, desk.next
    high, touched, e, v, rank, chosen = desk.high, desk.touched, desk.e, desk.v, desk.rank, desk.chosen
    high[owner] = 1.0
    state[owner] = DONE
    touched[0] = owner
    many = 1
    size, nodes = hand_on(
        owner, 0, 0, start_up, of_company, edge_up, loop_at, state, wanted, heap, head, edge, next_
    )
    while size > 0:
        j = -np.int64(pop(heap, size))
        size -= 1
        if state[j] == DONE:
            continue
        b = np.int64(loop_at[j])
        first, last = j, j + 1
        if b == NOWHERE:
            count = 0
            node = head[j]
            while node != NOWHERE:
                e[count], v[count] = edge[node], excess(net, desk, floor, np.int64(holder[edge[node]]))
                node = next_[node]
                count += 1
            worth = choose(column_of(net, j), at_low, at_high, e, v, 0, count, True, rank, chosen)
            high[j] = worth + floor * net.others[j]
        elif not desk.passed[b]:
            if brings_little(net, desk, b, floor):
                desk.passed[b] = True  # its members count for what is unseen
            else:
                first = np.int64(net.first[b])
                last = first + np.int64(net.size[b])
                lower(net, desk, b, floor)
        before = many
        for each in range(first, last):
            if state[each] != DONE:
                state[each] = DONE
                touched[many] = each
                many += 1
        for turn in range(before, many):
            place = np.int64(touched[turn])
            if high[place] > floor * net.swell[place]:
                size, nodes = hand_on(
                    place, size, nodes, start_up, of_company, edge_up, loop_at, state, wanted, heap, head, edge, next_
                )  # fmt: skip
    return many


def excess(net: Holdings, desk: Desk, floor: Whole, h: Whole) -> Whole:
    """What the owner may have of a party beyond what it counts for unseen."""
    return desk.high[h] - floor * net.swell[h] if net.start[h] < net.start[h + 1] else desk.high[h]


def brings_little(net: Holdings, desk: Desk, b: Whole, floor: Whole) -> bool:
    """Whether the owner has of no member of a loop more than it counts for unseen; else bounds to begin with in ``high``.

    A share of a member takes at most its steps less one inside after the first, and each is to a member with at most its
    ``grip``: so a member passes on what comes in to itself, and that many times what comes in to all, each by its grip.
    """
    low: Whole = np.int64(net.first[b])
    many: Whole = np.int64(net.size[b])
    begin = net.begin[b]
    most, unseen, longest, gripped = 0.0, 0.0, 0.0, 0.0
    member = False
    for a in range(many):
        j = low + a
        comes = 0.0
        node = desk.head[j]
        while node != NOWHERE:
            k = desk.edge[node]
            comes += net.high[k] / net.whole[j] * excess(net, desk, floor, np.int64(net.holder[k]))
            node = desk.next[node]
        member = member or desk.state[j] == DONE
        if desk.state[j] != DONE:
            desk.high[j] = comes
        most, unseen = max(most, comes), max(unseen, floor * net.others[j])
        gripped += net.grip[begin + a] * comes
        longest = max(longest, net.steps[begin + a])
    counts = floor * net.swell[low]
    unseen = counts / ROOMY if many > LARGE else unseen * longest
    if not member and most + (longest - 1.0) * gripped + unseen <= counts:
        for place in range(low, low + many):
            desk.high[place] = 0.0
        return True
    for a in range(many):
        j = low + a
        if desk.state[j] != DONE:
            bound = desk.high[j] + (net.steps[begin + a] - 1.0) * gripped + unseen
            desk.high[j] = (
                1.0 * net.swell[low] if member or np.isnan(bound) else min(1.0 * net.swell[low], bound)
            )
    return False


def lower(net: Holdings, desk: Desk, b: Whole, floor: Whole) -> None:
    """Put best columns in place of bounds until little changes, or all are low enough not to be followed."""
    loop = meet(net, desk, b)
    members = loop.asked.size
    v, rank = np.zeros(loop.edge.size), np.empty(loop.edge.size, np.int64)
    chosen = np.empty(loop.edge.size, np.int64)
    for turn in range(PASSES):
        most, moved = 0.0, 0.0
        for a in range(members):
            if not loop.asked[a]:
                continue
            j = loop.low + a
            for k in range(loop.begin[a], loop.begin[a + 1]):
                h = np.int64(net.holder[loop.edge[k]])
                v[k] = desk.high[h] if net.loop_at[h] == b else excess(net, desk, floor, h)
            worth = choose_inside(net, loop, a, v, True, turn == 0, rank, chosen) + floor * net.others[j]
            moved = max(moved, desk.high[j] - worth)
            desk.high[j] = min(desk.high[j], worth)
            most = max(most, desk.high[j])
        if moved <= CALM * floor or most <= floor * net.swell[loop.low]:
            return


def may_matter(net: Holdings, owner: Array, swell: Whole, threshold: Whole, stay: Array, most: Array) -> None:
    r"""Keep in ``owner`` only those who might have the threshold of any company.

    A walk up from any company avoids an owner with at least :math:`\prod (1 - c)` over its direct holdings, loops
    aside; a company in a loop may be passed again, as often as ``steps`` allows.
    """
    for j in range(owner.size):
        again = 1.0
        loop = net.loop_at[j]
        if loop != NOWHERE:
            again = longest_of(net, loop)
        for k in range(np.int64(net.start[j]), np.int64(net.start[j + 1])):
            h = net.holder[k]
            part = min(1.0, net.high[k] / net.whole[j])
            if loop == NOWHERE:
                stay[h] *= 1.0 - part
            else:
                most[h] += part * again
    for h in range(owner.size):
        if owner[h]:
            owner[h] = swell * (1.0 - stay[h] + most[h]) >= threshold


def longest_of(net: Holdings, b: Whole) -> Whole:
    """The most steps inside a loop from any member."""
    longest = 0.0
    for a in range(net.begin[b], net.begin[b] + np.int64(net.size[b])):
        longest = max(longest, net.steps[a])
    return longest
