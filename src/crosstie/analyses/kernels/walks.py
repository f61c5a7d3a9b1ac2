"""Bounds of one owner's look-through shares under ranges: a walk down from the owner, loops solved whole.

Holders come before what they hold, so a company's best column is greedy in values that are final.
"""

import numpy as np

from crosstie.analyses.kernels.attained import FINE, fineness, is_attained
from crosstie.analyses.kernels.heap import pop, push
from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.loop_bounds import settle_loop
from crosstie.analyses.kernels.ranged import (
    DONE,
    ENDLESS,
    HIGH_INEXACT,
    HIGH_OPEN,
    LOOSE,
    LOW_INEXACT,
    LOW_OPEN,
    NOWHERE,
    UNSEEN,
    WAITING,
    Column,
    Desk,
    Holdings,
    choose,
)


def hand_on(
    k: Whole,
    size: Whole,
    nodes: Whole,
    start_up: Array,
    of_company: Array,
    edge_up: Array,
    loop_at: Array,
    state: Array,
    wanted: Array,
    heap: Array,
    head: Array,
    edge: Array,
    next_: Array,
) -> tuple[Whole, Whole]:
    """Tell the companies that a party holds, and has not told, that the owner reaches them through it."""
    loop = loop_at[k]
    for t in range(np.int64(start_up[k]), np.int64(start_up[k + 1])):
        j = np.int64(of_company[t])
        if state[j] == DONE or not wanted[j]:
            continue
        if loop == NOWHERE or loop_at[j] != loop:
            edge[nodes] = edge_up[t]
            next_[nodes] = head[j]
            head[j] = nodes
            nodes += 1
        if state[j] == UNSEEN:
            state[j] = WAITING
            push(heap, size, -j)
            size += 1
    return size, nodes


def settle(
    j: Whole,
    column: Column,
    rough: bool,
    holder: Array,
    at_low: Array,
    at_high: Array,
    opens: Array,
    head: Array,
    edge: Array,
    next_: Array,
    low: Array,
    high: Array,
    flags: Array,
    fine_low: Array,
    fine_high: Array,
    e: Array,
    v: Array,
    rank: Array,
    chosen: Array,
    good: Array,
    links: Array,
) -> None:
    """The bounds of a company outside loops, its holders' being final."""
    many = 0
    flag: Whole = 0
    node = head[j]
    while node != NOWHERE:
        e[many] = edge[node]
        flag |= flags[holder[edge[node]]] & (LOOSE | ENDLESS)
        node = next_[node]
        many += 1
    inexact = rough or column.mass > column.whole
    for most in (False, True):
        bit = HIGH_OPEN if most else LOW_OPEN
        some_open = column.lows + column.highs > 0
        for i in range(many):
            h = holder[e[i]]
            v[i] = high[h] if most else low[h]
            good[i] = not flags[h] & bit
            some_open = some_open or not good[i]
        worth = choose(column, at_low, at_high, e, v, 0, many, most, rank, chosen)
        if some_open and not is_attained(
            column, at_low, at_high, opens, e, v, many, rank, chosen, good, links
        ):
            flag |= bit
        fine = fineness(column.whole, e, many, chosen, v, holder, fine_high if most else fine_low)
        if inexact:
            fine = FINE + 1
        if most:
            high[j], fine_high[j] = worth, fine
            flag |= HIGH_INEXACT if fine > FINE else 0
        else:
            low[j], fine_low[j] = worth, fine
            flag |= LOW_INEXACT if fine > FINE else 0
    flags[j] = flag


def walk(net: Holdings, desk: Desk, owner: Whole, least: Whole, wanted: Array) -> Whole:
    """Bound the owner's share of everything wanted below it; how many places were ``touched``, holders before companies.

    Companies with at most ``least`` are not followed further.
    """
    start_up, of_company, edge_up, loop_at = net.start_up, net.of_company, net.edge_up, net.loop_at
    holder, at_low, at_high, opens = net.holder, net.low, net.high, net.opens
    wholes, lows, highs, low_opens, high_opens = (
        net.whole, net.total_low, net.total_high, net.low_opens, net.high_opens,
    )  # fmt: skip
    state, heap, head, edge, next_ = desk.state, desk.heap, desk.head, desk.edge, desk.next
    low_end, high_end, flags, touched, rough = desk.low, desk.high, desk.flags, desk.touched, net.rough
    fine_low, fine_high, e, v, rank = desk.fine_low, desk.fine_high, desk.e, desk.v, desk.rank
    chosen, good, links = desk.chosen, desk.good, desk.links
    desk.low[owner], desk.high[owner], desk.flags[owner] = 1.0, 1.0, 0
    desk.fine_low[owner], desk.fine_high[owner] = 0, 0
    desk.state[owner] = DONE
    desk.touched[0] = owner
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
            mass = min(max(wholes[j], lows[j]), highs[j])
            column = Column(
                wholes[j], lows[j], highs[j], np.int64(low_opens[j]), np.int64(high_opens[j]), mass
            )
            settle(
                j, column, rough[j], holder, at_low, at_high, opens, head, edge, next_, low_end, high_end, flags,
                fine_low, fine_high, e, v, rank, chosen, good, links,
            )  # fmt: skip
        else:
            first = np.int64(net.first[b])
            last = first + np.int64(net.size[b])
            settle_loop(net, desk, b)
        before = many
        for each in range(first, last):
            if state[each] != DONE:
                state[each] = DONE
                touched[many] = each
                many += 1
        for turn in range(before, many):
            place = np.int64(touched[turn])
            if high_end[place] > least or flags[place] & ENDLESS:
                size, nodes = hand_on(
                    place,
                    size,
                    nodes,
                    start_up,
                    of_company,
                    edge_up,
                    loop_at,
                    state,
                    wanted,
                    heap,
                    head,
                    edge,
                    next_,
                )
    return many


def wipe(net: Holdings, desk: Desk, many: Whole) -> None:
    """Blank what a walk has touched."""
    for turn in range(many):
        place = desk.touched[turn]
        if net.loop_at[place] != NOWHERE:
            desk.passed[net.loop_at[place]] = False
        desk.low[place], desk.high[place], desk.flags[place] = 0.0, 0.0, 0
        desk.head[place] = NOWHERE
        desk.state[place] = UNSEEN
