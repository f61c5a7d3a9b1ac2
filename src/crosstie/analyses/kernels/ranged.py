"""Holdings that are ranges, and the column of a company that is worth most, or least, to an owner.

A company's column may be any with every holding between its ends and the sum one. For given values of its holders the best is
greedy: everyone at the low end, the rest to the best (or, for the least, to the worst) holders first. Only holders that the
owner reaches are looked at; all others are worth nothing to it and count by their sums. Ends are whole numbers of the
company's ``whole``, so that what a column has room for is exact.
"""

from typing import NamedTuple

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole

LOW_OPEN, HIGH_OPEN, LOOSE, LOW_INEXACT, HIGH_INEXACT, ENDLESS = 1, 2, 4, 8, 16, 32
"""Of a bound: no column reaches its low (its high) end; it is sound but may not be sharp; its low (its high)
end went through rounding; its column, or one above, has more than there is in a loop, so that nothing bounds it."""
NEAR = 1e-12
NOWHERE = -1
UNSEEN, WAITING, DONE = 0, 1, 2


class Holdings(NamedTuple):
    """Ranges by place (see ``order``), and by holder the numbers of the same holdings.

    ``opens`` has ``LOW_OPEN`` and ``HIGH_OPEN`` of a holding; ``low_opens`` and ``high_opens`` count them by company.
    ``rough`` companies have ends that are rounded. ``loop_at`` is the loop of a place, ``begin`` where its members'
    ``inner`` (and ``steps``) starts. ``steps`` bounds how many a share takes inside before it leaves, whatever
    the columns, and ``grip`` what a member may hold of another. ``swell`` is how many times all there is a company's shares may come to, and ``others`` bounds what is held by
    parties that are held themselves, each weighed by its ``swell``; in a loop, by those outside it. ``above`` are the members of a large loop and all that is held above them; ``guess`` has
    two matrices for it (see ``first_guess``).
    """

    start: Array
    company: Array
    holder: Array
    low: Array
    high: Array
    opens: Array
    whole: Array
    rough: Array
    total_low: Array
    total_high: Array
    low_opens: Array
    high_opens: Array
    start_up: Array
    of_company: Array
    edge_up: Array
    first: Array
    size: Array
    begin: Array
    inner: Array
    loop_at: Array
    steps: Array
    grip: Array
    swell: Array
    others: Array
    above: Array
    above_at: Array
    guess: Array
    guess_at: Array


class Desk(NamedTuple):
    """What a walk writes on: by place, blank between walks; ``edge`` and ``next`` chain a company's reached holdings."""

    low: Array
    high: Array
    flags: Array
    fine_low: Array
    fine_high: Array
    head: Array
    state: Array
    touched: Array
    heap: Array
    edge: Array
    next: Array
    e: Array
    v: Array
    rank: Array
    chosen: Array
    good: Array
    links: Array
    marked: Array
    passed: Array


class Column(NamedTuple):
    """A company's column in numbers: what it is parts of, the sums of its ends, and how many of these are open."""

    whole: Whole
    low: Whole
    high: Whole
    lows: Whole
    highs: Whole
    mass: Whole


def column_of(net: Holdings, j: Whole) -> Column:
    """The column of a company. It adds up to the whole, unless what is stated forces more, or allows less."""
    whole, low, high = net.whole[j], net.total_low[j], net.total_high[j]
    mass = min(max(whole, low), high)
    return Column(whole, low, high, np.int64(net.low_opens[j]), np.int64(net.high_opens[j]), mass)


def mass(net: Holdings, j: Whole) -> Whole:
    """What a column adds up to."""
    return min(max(net.whole[j], net.total_low[j]), net.total_high[j])


def choose(
    column: Column,
    low: Array,
    high: Array,
    e: Array,
    v: Array,
    begin: Whole,
    many: Whole,
    most: bool,
    rank: Array,
    chosen: Array,
) -> Whole:
    """The column worth most (or least) when its reached holders are worth ``v``; what it is worth.

    Its holders are those ``many`` that ``begin`` there; ``rank`` numbers them from nothing.
    """
    if column.mass > column.low:
        by_value(v, begin, many, most, rank)
    else:
        for i in range(many):
            rank[begin + i] = i
    return fill(column, low, high, e, v, begin, many, most, rank, chosen)


def fill(
    column: Column,
    low: Array,
    high: Array,
    e: Array,
    v: Array,
    begin: Whole,
    many: Whole,
    most: bool,
    rank: Array,
    chosen: Array,
) -> Whole:
    """The same once the holders are in order."""
    rest = column.mass - column.low
    worth = 0.0
    if rest <= 0:
        for i in range(begin, begin + many):
            chosen[i] = low[e[i]]
            worth += chosen[i] / column.whole * v[i]
        return worth
    if not most:
        room = column.high - column.low
        for i in range(begin, begin + many):
            room -= high[e[i]] - low[e[i]]
        rest -= min(rest, room)
    for turn in range(begin, begin + many):
        i = begin + rank[turn]
        more = min(rest, high[e[i]] - low[e[i]]) if v[i] > 0.0 or not most else np.int64(0)
        chosen[i] = low[e[i]] + more
        rest -= more
        worth += chosen[i] / column.whole * v[i]
    return worth


def by_value(v: Array, begin: Whole, many: Whole, most: bool, rank: Array) -> None:
    """Positions from ``begin`` on, the largest value first, or the smallest (Shell's sort)."""
    for i in range(many):
        rank[begin + i] = i
    gap = np.int64(1)
    while gap < many // 3:
        gap = 3 * gap + 1
    while gap > 0:
        by_value_again(v, begin, many, most, rank, gap)
        gap //= 3


def by_value_again(v: Array, begin: Whole, many: Whole, most: bool, rank: Array, gap: Whole) -> None:
    """The same from an order that was right a moment ago, looking so far apart."""
    for i in range(begin + gap, begin + many):
        place = rank[i]
        value = v[begin + place]
        at = i
        while at - gap >= begin:
            other = v[begin + rank[at - gap]]
            if (other >= value) if most else (other <= value):
                break
            rank[at] = rank[at - gap]
            at -= gap
        rank[at] = place
