"""Everybody above one company: walk up from it and touch nothing else.

Places are held-first, so that a heap of places meets each holder after everything of it has arrived.
Only parties that are held themselves enter the heap; persons are just written down.
"""

import numpy as np

from crosstie.analyses.kernels.flow import GOES_ROUND, KEEPS
from crosstie.analyses.kernels.heap import pop, push
from crosstie.analyses.kernels.hints import Array, Whole, prefetch

AHEAD = 16
NOTHING = 1e-17
"""Less than this is not sent round a loop that has no inverse."""


def spread(
    begin: Whole,
    end: Whole,
    amount: Whole,
    start: Array,
    holder: Array,
    share: Array,
    light: Array,
    cut: Whole,
    reached: Array,
    touched: Array,
    many: Whole,
    heap: Array,
    waiting: Whole,
) -> tuple[Whole, Whole]:
    """Hand an amount to some holders; write down who is met for the first time.

    Holders that are ``light`` are left out where they would get less than ``cut``.
    """
    for k in range(begin, end):
        soon = np.int64(holder[k + AHEAD])
        if cut == 0.0 or not light[soon]:
            prefetch(reached, soon)
        h = np.int64(holder[k])
        part = share[k] * amount
        if part < cut and light[h]:
            continue
        if reached[h] == 0.0:
            touched[many] = h
            many += 1
            if start[h] != start[h + 1]:
                push(heap, waiting, h)
                waiting += 1
        reached[h] += part
    return many, waiting


def go_round(low: Whole, size: Whole, at: Whole, inverse: Array, reached: Array) -> None:
    """Replace what flowed into a loop by how often each member is passed."""
    passed = np.zeros(size)
    for j in range(size):
        amount = reached[low + j]
        if amount != 0.0:
            column = inverse[at + j * size : at + (j + 1) * size]
            for i in range(size):
                passed[i] += column[i] * amount
    for i in range(size):
        reached[low + i] = passed[i]


def go_round_until(
    low: Whole,
    size: Whole,
    start: Array,
    inner: Array,
    holder: Array,
    share: Array,
    floor: Whole,
    reached: Array,
    rest: Array,
) -> Whole:
    """The same without an inverse: amounts below ``floor`` stay where they are.

    Returns
    -------
    float
        How much was not followed.
    """
    queue = np.empty(size, np.int32)
    waits = np.zeros(size, np.int8)
    head, tail, left_over = 0, 0, 0.0
    for i in range(size):
        rest[low + i] = reached[low + i]
        reached[low + i] = 0.0
        if rest[low + i] >= floor:
            queue[tail] = i
            tail += 1
            waits[i] = 1
    waiting = tail
    tail %= size
    while waiting > 0:
        j = queue[head]
        head = (head + 1) % size
        waiting -= 1
        waits[j] = 0
        amount = rest[low + j]
        rest[low + j] = 0.0
        reached[low + j] += amount
        for k in range(np.int64(inner[j]), np.int64(start[low + j + 1])):
            h = np.int64(holder[k])
            rest[h] += share[k] * amount
            if rest[h] >= floor and waits[h - low] == 0:
                waits[h - low] = 1
                queue[tail] = h - low
                tail = (tail + 1) % size
                waiting += 1
    for j in range(low, low + size):
        reached[j] += rest[j]
        left_over += rest[j]
        rest[j] = 0.0
    return left_over


def owners_above(
    target: Whole,
    start: Array,
    holder: Array,
    share: Array,
    first: Array,
    size: Array,
    before: Array,
    inner: Array,
    offset: Array,
    inverse: Array,
    most: Array,
    light: Array,
    within: Whole,
    floor: Whole,
    cut: Whole,
    reached: Array,
    rest: Array,
    touched: Array,
    heap: Array,
) -> tuple[Whole, Whole]:
    """How often a walk up from a company passes each party above it.

    ``reached`` and ``rest`` come as zeros; ``before`` counts the loop members before each loop. With a
    ``floor`` above zero, a party is not followed further where that would bring nobody ``floor``, as long as all
    that is missed so stays ``within``: ``most`` says what part of what reaches a party any other can get of it.
    ``light`` parties are left out where they would get less than ``cut`` at once.

    Returns
    -------
    tuple
        How many parties are in ``touched``, and how much is missing: no party is passed more often than
        ``reached`` says plus that, and what was cut off light ones.
    """
    reached[target] = 1.0
    touched[0] = target
    heap[0] = target
    many, waiting = 1, 1
    skip_to = np.int64(-1)
    left_over = 0.0
    while waiting > 0:
        j = np.int64(pop(heap, waiting))
        waiting -= 1
        if j < skip_to:
            continue
        loop = np.searchsorted(first, j, side="right") - 1
        if loop < 0 or j >= np.int64(first[loop]) + np.int64(size[loop]):
            missed = reached[j] * most[j]
            if missed < floor and left_over + missed <= within:
                left_over += missed
                continue
            many, waiting = spread(
                np.int64(start[j]), np.int64(start[j + 1]), reached[j],
                start, holder, share, light, cut, reached, touched, many, heap, waiting,
            )  # fmt: skip
            continue
        low, members = np.int64(first[loop]), np.int64(size[loop])
        skip_to = low + members
        inside = inner[before[loop] : before[loop] + members]
        if offset[loop] == KEEPS:  # what flows in reaches each member, and goes no further
            flown = 0.0
            for i in range(low, skip_to):
                flown += reached[i]
            for i in range(low, skip_to):
                if reached[i] == 0.0:
                    touched[many] = i
                    many += 1
                reached[i] = flown
            continue
        for i in range(low, skip_to):  # every member is passed now: write them all down
            if reached[i] == 0.0:
                touched[many] = i
                many += 1
        if offset[loop] == GOES_ROUND:
            left_over += go_round_until(low, members, start, inside, holder, share, NOTHING, reached, rest)
        else:
            go_round(low, members, np.int64(offset[loop]), inverse, reached)
        for i in range(members):
            missed = reached[low + i] * most[low + i]
            if missed < floor and left_over + missed <= within:
                left_over += missed
            elif reached[low + i] > 0.0:
                many, waiting = spread(
                    np.int64(start[low + i]), np.int64(inside[i]), reached[low + i],
                    start, holder, share, light, cut, reached, touched, many, heap, waiting,
                )  # fmt: skip
    return many, left_over
