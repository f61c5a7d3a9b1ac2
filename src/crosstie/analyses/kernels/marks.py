"""Companies that bear on a question: some, and all that is above them."""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.ranged import NOWHERE, Holdings

YET, SEEN = 1, 2
"""Marked; marked with everything above it."""


def mark_above(net: Holdings, companies: Array, many: Whole, marked: Array, found: Array) -> Whole:
    """Mark the first so many companies and all that is above them and held itself, loops whole; how many are ``found``."""
    for turn in range(many):
        marked[companies[turn]] = YET
        found[turn] = companies[turn]
    turn = 0
    while turn < many:
        j = np.int64(found[turn])
        turn += 1
        if marked[j] == SEEN:
            continue
        loop = net.loop_at[j]
        if loop != NOWHERE:
            many = mark_loop(net, loop, marked, found, many)
        if marked[j] == YET:
            many = mark_holders(net, j, marked, found, many)
            marked[j] = SEEN
    return many


def mark_loop(net: Holdings, loop: Whole, marked: Array, found: Array, many: Whole) -> Whole:
    """Mark a loop's members; those of a large one with everything above, which is known."""
    if net.above_at[loop] < net.above_at[loop + 1]:
        for at in range(np.int64(net.above_at[loop]), np.int64(net.above_at[loop + 1])):
            j: Whole = np.int64(net.above[at])
            if not marked[j]:
                found[many] = j
                many += 1
            marked[j] = SEEN
        return many
    first: Whole = np.int64(net.first[loop])
    for j in range(first, first + np.int64(net.size[loop])):
        if not marked[j]:
            marked[j] = YET
            found[many] = j
            many += 1
    return many


def mark_holders(net: Holdings, j: Whole, marked: Array, found: Array, many: Whole) -> Whole:
    """Mark those who hold a company and are held themselves."""
    for k in range(np.int64(net.start[j]), np.int64(net.start[j + 1])):
        h = np.int64(net.holder[k])
        if not marked[h] and net.start[h] < net.start[h + 1]:
            marked[h] = YET
            found[many] = h
            many += 1
    return many
