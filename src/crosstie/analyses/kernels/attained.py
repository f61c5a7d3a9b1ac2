"""Which ends of bounds are reached by columns without open ends, and which went through no rounding."""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.loop_columns import Loop
from crosstie.analyses.kernels.ranged import (
    HIGH_OPEN,
    LOW_OPEN,
    NOWHERE,
    Column,
    Desk,
    Holdings,
    by_value,
    column_of,
)

SAME = 1e-11
"""Values this near are the same when ties decide whether an end is reached."""
GRID = 12
"""Parts that are whole numbers of 1/4096 are exact in binary, and so are products of a few."""
FINE = 52


def part_is_fine(part: Whole, whole: Whole) -> Whole:
    """The least *g* for which a part is a whole number of :math:`2^{-g}`, more than ``FINE`` where there is none."""
    for g in range(GRID + 1):
        if (part << g) % whole == 0:
            return g
    return FINE + 1


def fineness(
    whole: Whole, e: Array, many: Whole, chosen: Array, v: Array, holder: Array, fine: Array
) -> Whole:
    """How fine a sum of products is; more than ``FINE``: it may be rounded."""
    most = 0
    for i in range(many):
        if chosen[i] > 0 and v[i] > 0.0:
            each = part_is_fine(chosen[i], whole) + np.int64(fine[holder[e[i]]])
            most = max(most, each)
    return min(most, FINE + 1)


def is_attained(
    column: Column,
    at_low: Array,
    at_high: Array,
    opens: Array,
    e: Array,
    v: Array,
    many: Whole,
    rank: Array,
    chosen: Array,
    good: Array,
    links: Array,
) -> bool:
    """Whether some column without its open ends is worth as much; ``links`` marks reached holders it may pass.

    Holders worth the same share what they have together. ``links[many]`` is for the holders not reached.
    """
    by_value(v, 0, many, True, rank)
    rest = column.mass
    u_low, u_high, u_lows, u_highs = column.low, column.high, column.lows, column.highs
    for i in range(many):
        u_low -= at_low[e[i]]
        u_high -= at_high[e[i]]
        u_lows -= (opens[e[i]] & LOW_OPEN) != 0
        u_highs -= (opens[e[i]] & HIGH_OPEN) != 0
        links[i] = False
    links[many] = False
    begin = 0
    zero_seen = False
    while begin < many or not zero_seen:
        at_zero = begin == many or v[rank[begin]] <= SAME
        end = begin
        while end < many and abs(v[rank[end]] - v[rank[begin]]) <= SAME:
            end += 1
        low, high, lows, highs = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
        total = np.int64(0)
        if at_zero:
            zero_seen = True
            low, high, lows, highs = u_low, u_high, u_lows, u_highs
            total = rest
            for turn in range(many):
                if turn < begin or turn >= end:
                    total -= chosen[rank[turn]]
        else:
            for turn in range(begin, end):
                total += chosen[rank[turn]]
        for turn in range(begin, end):
            i = rank[turn]
            if not good[i]:
                if at_low[e[i]] > 0 or opens[e[i]] & LOW_OPEN:
                    return False
                continue
            low += at_low[e[i]]
            high += at_high[e[i]]
            lows += (opens[e[i]] & LOW_OPEN) != 0
            highs += (opens[e[i]] & HIGH_OPEN) != 0
        if total < low or total > high or (total == low and lows > 0) or (total == high and highs > 0):
            return False
        for turn in range(begin, end):
            i = rank[turn]
            links[i] = good[i] and (at_low[e[i]] > 0 or (total > low and at_high[e[i]] > 0))
        if at_zero:
            links[many] = u_low > 0 or (total > low and u_high > 0)
        begin = end
    return True


def open_ends(
    net: Holdings, desk: Desk, loop: Loop, v: Array, x: Array, rank: Array, chosen: Array, most: bool
) -> Array:
    """Members whose value no columns without open ends have: all outside the greatest set that keeps its own."""
    members = loop.asked.size
    bit = HIGH_OPEN if most else LOW_OPEN
    good = loop.asked.copy()
    widest = 0
    for a in range(members):
        widest = max(widest, loop.begin[a + 1] - loop.begin[a])
    fits, links = np.empty(loop.edge.size, np.bool_), np.empty(widest + 1, np.bool_)
    passes = np.zeros(loop.edge.size, np.bool_)
    leaves = np.zeros(members, np.bool_)
    while True:
        lost = False
        for k in range(loop.edge.size):
            inside = loop.inside[k]
            fits[k] = good[inside] if inside != NOWHERE else not desk.flags[net.holder[loop.edge[k]]] & bit
        keeps = good.copy()
        for a in range(members):
            if not good[a] or (most and x[a] == 0.0):
                leaves[a] = True
                continue
            i, end = loop.begin[a], loop.begin[a + 1]
            many = end - i
            keeps[a] = is_attained(
                column_of(net, loop.low + a), net.low, net.high, net.opens, loop.edge[i:end], v[i:end], many, rank[i:end], chosen[i:end], fits[i:end], links
            )  # fmt: skip
            lost = lost or not keeps[a]
            passes[i:end] = links[:many]
            leaves[a] = links[many]
        if not lost and most:
            grounded = ground(loop, leaves, passes)
            for a in range(members):
                if good[a] and not grounded[a]:
                    keeps[a] = False
                    lost = True
        good = keeps
        if not lost:
            return loop.asked & ~good


def ground(loop: Loop, leaves: Array, passes: Array) -> Array:
    """Members from which something leaves the loop, whatever way it goes round before."""
    grounded = leaves.copy()
    changed = True
    while changed:
        changed = False
        for a in range(grounded.size):
            for k in range(loop.begin[a], loop.begin[a + 1]):
                inside = loop.inside[k]
                if not grounded[a] and passes[k] and (inside == NOWHERE or grounded[inside]):
                    grounded[a] = True
                    changed = True
    return grounded
