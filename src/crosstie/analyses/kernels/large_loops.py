"""Bounds of the members of a large loop, closed in upon from the safe side."""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.loop_columns import Loop, choose_inside
from crosstie.analyses.kernels.ranged import (
    NEAR,
    NOWHERE,
    Holdings,
    choose,
    column_of,
)

STEPS = 500
SURE = 1.01
TURNS = 100
ROUNDS = 30
FINER = 1e-3
CLOSE, SHARP = 1e-11, 1e-10
"""How near to what is true values are brought, and how near they must be not to count as loose."""
FAR = 100
STILL = 1e-15
ROUNDING = 1e-15
"""What a sum of products of a column may be off by; values are at most one and so is a column."""


def steps_inside(net: Holdings, steps: Array, grip: Array) -> None:
    r"""Of every member of a loop, a bound of the steps inside: :math:`h = 1 + \max_C C^T h`.

    Found from below and raised by a hundredth, which bounds it once a round adds less than that; without end where the
    ranges let members hold all of each other, or hold nearly all. ``grip`` is the most that a member may hold of any other.
    """
    for b in range(net.first.size):
        low, many = np.int64(net.first[b]), np.int64(net.size[b])
        begin = net.begin[b]
        h = np.ones(many)
        sure = False
        for _ in range(STEPS):
            moved = 0.0
            for a in range(many):
                now = 1.0 + steps_from(net, low, low + a, np.int64(net.inner[begin + a]), h)
                moved = max(moved, now - h[a])
                h[a] = now
            if SURE * moved < SURE - 1.0:
                sure = True
                break
        for a in range(many):
            steps[begin + a] = SURE * h[a] if sure else np.inf
            for k in range(np.int64(net.inner[begin + a]), np.int64(net.start[low + a + 1])):
                at = begin + np.int64(net.holder[k]) - low
                grip[at] = max(grip[at], min(1.0, net.high[k] / net.whole[low + a]))


def steps_from(net: Holdings, low: Whole, j: Whole, inner: Whole, h: Array) -> Whole:
    """What a company's column can bring at most, when members of its loop are worth ``h`` and nobody else anything."""
    many = np.int64(net.start[j + 1]) - inner
    e, rank, chosen = np.empty(many, np.int64), np.empty(many, np.int64), np.empty(many, np.int64)
    v = np.empty(many)
    for i in range(many):
        e[i] = inner + i
        v[i] = h[np.int64(net.holder[inner + i]) - low]
    return choose(column_of(net, j), net.low, net.high, e, v, 0, many, True, rank, chosen)


def close_in(net: Holdings, loop: Loop, b: Whole, given: Array, most: bool) -> tuple[Array, bool]:
    """Values of a large loop's members from the safe side, and whether they may not be sharp."""
    steps = net.steps[net.begin[b] : net.begin[b] + loop.asked.size]
    if steps.max() < np.inf:
        return between_turns(net, loop, b, given, most, steps)
    return from_afar(net, loop, given, most)


def between_turns(
    net: Holdings, loop: Loop, b: Whole, given: Array, most: bool, steps: Array
) -> tuple[Array, bool]:
    r"""Where every share leaves the loop in the end: best columns for the values, then some rounds under these columns.

    Where the best columns would move no value *x* by more than *r*, none is further than :math:`r h` from where it belongs,
    *h* being the ``steps``: :math:`F(x + r h) \le F(x) + r \max_C C^T h \le x + r h`. What is left is added, or taken off.
    """
    x, rank = np.zeros(loop.asked.size), np.empty(loop.edge.size, np.int64)
    parts, outside = np.zeros(loop.edge.size), np.zeros(loop.asked.size)
    ends, whose = loop.begin[1:].copy(), np.zeros(loop.edge.size, np.int32)
    chosen, v = np.zeros(loop.edge.size, np.int64), given.copy()
    longest, last = steps.max(), np.inf
    best_columns(net, loop, given, most, True, x, v, rank, chosen, ends, whose, parts, outside)
    first_guess(net, b, most, outside, x)
    for a in range(x.size):
        x[a] *= loop.asked[a]
    off = np.inf
    for turn in range(TURNS):
        off = best_columns(net, loop, given, most, turn == 0, x, v, rank, chosen, ends, whose, parts, outside)
        if off * longest <= CLOSE or (off < NEAR and off > last / 2):
            break
        last = off
        go_round(loop, ends, whose, parts, outside, FINER * off, x)
    off += ROUNDING
    for a in range(x.size):
        if loop.asked[a]:
            x[a] = x[a] + off * steps[a] if most else max(0.0, x[a] - off * steps[a])
    return x, off * longest > SHARP


def first_guess(net: Holdings, b: Whole, most: bool, outside: Array, x: Array) -> None:
    """What comes in, passed on as under some columns that are good for many owners."""
    at = np.int64(net.guess_at[b])
    if at == NOWHERE:
        return
    many = x.size
    if not most:
        at += many * many
    for m in range(many):
        amount = outside[m]
        if amount > 0.0:
            for a in range(many):
                x[a] += amount * net.guess[at + m * many + a]


def some_columns(net: Holdings, b: Whole, most: bool, held: Array) -> None:
    """Columns of a large loop with as much inside as can be, or as little: what row *a* holds of column *m* of ``held``."""
    low, many = np.int64(net.first[b]), np.int64(net.size[b])
    for a in range(many):
        j = low + a
        inner = np.int64(net.inner[net.begin[b] + a])
        width = np.int64(net.start[j + 1]) - inner
        e, rank, chosen = np.empty(width, np.int64), np.empty(width, np.int64), np.empty(width, np.int64)
        for i in range(width):
            e[i] = inner + i
        choose(column_of(net, j), net.low, net.high, e, np.ones(width), 0, width, most, rank, chosen)
        for i in range(width):
            held[np.int64(net.holder[e[i]]) - low, a] += chosen[i] / net.whole[j]


def best_columns(
    net: Holdings,
    loop: Loop,
    given: Array,
    most: bool,
    fresh: bool,
    x: Array,
    v: Array,
    rank: Array,
    chosen: Array,
    ends: Array,
    whose: Array,
    parts: Array,
    outside: Array,
) -> Whole:
    """Put the best columns for the values there; how far they would move a value.

    Of a member's column, ``outside`` gets what it is worth by holders outside; ``parts`` and ``whose``, up to ``ends``, what other
    members hold of it.
    """
    off = 0.0
    for k in range(v.size):
        if loop.inside[k] != NOWHERE:
            v[k] = x[loop.inside[k]]
    for a in range(x.size):
        if not loop.asked[a]:
            continue
        worth = choose_inside(net, loop, a, v, most, fresh, rank, chosen)
        off = max(off, abs(worth - x[a]))
        outside[a] = 0.0
        each = 1.0 / net.whole[loop.low + a]
        at = loop.begin[a]
        for k in range(loop.begin[a], loop.begin[a + 1]):
            if loop.inside[k] == NOWHERE:
                outside[a] += chosen[k] * each * given[k]
            elif chosen[k] > 0:
                parts[at], whose[at] = chosen[k] * each, loop.inside[k]
                at += 1
        ends[a] = at
    return off


def go_round(
    loop: Loop, ends: Array, whose: Array, parts: Array, outside: Array, still: Whole, x: Array
) -> None:
    """Some rounds of values under columns that stay."""
    for _ in range(ROUNDS):
        moved = 0.0
        for a in range(x.size):
            now = outside[a]
            for k in range(loop.begin[a], ends[a]):
                now += parts[k] * x[whose[k]]
            moved = max(moved, abs(now - x[a]))
            x[a] = now
        if moved <= still:
            return


def from_afar(net: Holdings, loop: Loop, given: Array, most: bool) -> tuple[Array, bool]:
    """Where the ranges may close the loop: the least from below, the most from above, sharp if those from below meet them."""
    x = np.zeros(loop.asked.size)
    if not most:
        settled = approach(net, loop, given, most, x)
        return x, not settled
    top = 0.0
    for each in given:
        top = max(top, each)
    above = top * loop.asked
    approach(net, loop, given, most, above)
    approach(net, loop, given, most, x)
    apart = 0.0
    for a in range(x.size):
        apart = max(apart, above[a] - x[a])
    return above, apart > NEAR


def approach(net: Holdings, loop: Loop, given: Array, most: bool, x: Array) -> bool:
    """Put best columns for the values in place of the values until these stand still; whether they did."""
    chosen, rank = np.zeros(loop.edge.size, np.int64), np.empty(loop.edge.size, np.int64)
    v = given.copy()
    for turn in range(FAR):
        moved = 0.0
        for a in range(x.size):
            if not loop.asked[a]:
                continue
            for k in range(loop.begin[a], loop.begin[a + 1]):
                if loop.inside[k] != NOWHERE:
                    v[k] = x[loop.inside[k]]
            now = choose_inside(net, loop, a, v, most, turn == 0, rank, chosen)
            moved = max(moved, abs(now - x[a]))
            x[a] = now
        if moved <= STILL:
            return True
    return False
