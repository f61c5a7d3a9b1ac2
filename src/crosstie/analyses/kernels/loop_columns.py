"""A loop as an owner meets it, laid out in arrays of its own."""

from typing import NamedTuple

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.ranged import (
    DONE,
    NOWHERE,
    Desk,
    Holdings,
    by_value_again,
    choose,
    column_of,
    fill,
)


class Loop(NamedTuple):
    """A loop as an owner meets it: of every open member the holders that count, and where these stand.

    The holders of member *a* are ``begin[a]:begin[a + 1]``; ``inside`` is a holder's position among the members, or
    ``NOWHERE`` for one whose value is final.
    """

    low: Whole
    asked: Array
    begin: Array
    edge: Array
    inside: Array


def meet(net: Holdings, desk: Desk, b: Whole) -> Loop:
    """Lay a loop out: its own holdings, and those through which the owner comes in."""
    low, many = np.int64(net.first[b]), np.int64(net.size[b])
    asked = np.empty(many, np.bool_)
    begin = np.zeros(many + 1, np.int64)
    for a in range(many):
        j = low + a
        asked[a] = desk.state[j] != DONE
        count = np.int64(net.start[j + 1]) - np.int64(net.inner[net.begin[b] + a])
        node = desk.head[j]
        while node != NOWHERE:
            count += 1
            node = desk.next[node]
        begin[a + 1] = begin[a] + (count if asked[a] else 0)
    edge = np.empty(begin[many], np.int64)
    inside = np.empty(begin[many], np.int64)
    for a in range(many):
        if not asked[a]:
            continue
        j = low + a
        at = begin[a]
        for k in range(np.int64(net.inner[net.begin[b] + a]), np.int64(net.start[j + 1])):
            edge[at] = k
            member = np.int64(net.holder[k]) - low
            inside[at] = member if asked[member] else NOWHERE
            at += 1
        node = desk.head[j]
        while node != NOWHERE:
            edge[at] = desk.edge[node]
            inside[at] = NOWHERE
            node = desk.next[node]
            at += 1
    return Loop(low, asked, begin, edge, inside)


def values_at(loop: Loop, given: Array, x: Array) -> Array:
    """What each holder in a loop is worth."""
    v = given.copy()
    for k in range(v.size):
        if loop.inside[k] != NOWHERE:
            v[k] = x[loop.inside[k]]
    return v


def choose_inside(
    net: Holdings, loop: Loop, a: Whole, v: Array, most: bool, fresh: bool, rank: Array, chosen: Array
) -> Whole:
    """The best column of one member for the values of its holdings, and its worth; not ``fresh``: nearly in order."""
    i = loop.begin[a]
    many = loop.begin[a + 1] - i
    column = column_of(net, loop.low + a)
    if fresh:
        return choose(column, net.low, net.high, loop.edge, v, i, many, most, rank, chosen)
    if column.mass > column.low:
        by_value_again(v, i, many, most, rank, 1)
    return fill(column, net.low, net.high, loop.edge, v, i, many, most, rank, chosen)
