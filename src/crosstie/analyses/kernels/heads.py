"""Ultimate controllers of everybody in one pass from the top.

Parties stand held-first, so that walking backwards meets every holder before the companies it holds.
Each company is asked once: does one group hold enough of it? A group is known by its head, the party
at its top; only inside loops is the question repeated. A company left open by ``verdicts`` is *doubtful*, and so is every
company whose answer hangs on it. Where stated shares are above what there is, so is a company of which two groups have
enough.
"""

import numpy as np

from crosstie.analyses.kernels.groups import NOBODY
from crosstie.analyses.kernels.hints import Array, Whole, prange, prefetch
from crosstie.analyses.kernels.loop_heads import settle_loop
from crosstie.analyses.kernels.verdicts import DOUBTFUL, TIE, decide, surely

AHEAD = 48
SCAN = -3
PIECES = 64
"""Of a level, for as many processors as there may be."""


def lead_holders(
    start: Array, holder: Array, share: Array, nobody: Array, any_nobody: bool, threshold: float, lead: Array
) -> None:
    """The holder that has enough of a company alone; the company where all together have not; else ``SCAN``.

    ``nobody`` marks unknown holders, who never control; ``any_nobody`` says whether there are any.
    """
    for j in prange(lead.size):
        total, best, who = 0.0, 0.0, np.int64(NOBODY)
        for k in range(np.int64(start[j]), np.int64(start[j + 1])):
            s = share[k]
            if any_nobody and nobody[holder[k]]:
                continue
            total += s
            if s > best:
                best, who = s, np.int64(holder[k])
        if nobody[j] or total < threshold - TIE:
            lead[j] = j
        elif best > threshold + TIE and total - best < threshold - TIE:
            lead[j] = who
        else:
            lead[j] = SCAN


def heads_of_level(
    low: Whole,
    high: Whole,
    scan: Array,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    lead: Array,
    nobody: Array,
    threshold: float,
    over: Whole,
    under: Whole,
    head: Array,
) -> None:
    """Heads of places that hold nothing of each other, in pieces that may run at once.

    First those with one leading holder, with no branch for a processor to guess; then those in ``scan``.
    """
    for piece in prange(PIECES):
        a = low + (high - low) * piece // PIECES
        b = low + (high - low) * (piece + 1) // PIECES
        for j in range(a, b):
            prefetch(head, np.int64(max(lead[min(j + AHEAD, b - 1)], 0)))
            m = np.int64(lead[j])
            at = j if m < 0 else m
            above = head[at]
            own = NOBODY if nobody[j] else j
            head[j] = own if at == j else above
    for piece in prange(PIECES):
        a = scan.size * piece // PIECES
        b = scan.size * (piece + 1) // PIECES
        for turn in range(a, b):
            far = start[scan[min(turn + 12, b - 1)]]
            prefetch(holder, np.int64(far))
            prefetch(share, np.int64(far))
            near = scan[min(turn + 6, b - 1)]
            for k in range(np.int64(start[near]), min(start[near] + 6, start[near + 1])):
                prefetch(head, np.int64(holder[k]))
            one = np.int64(scan[turn])
            h = decide(one, start, holder, share, parts, whole, head, threshold, over, under)
            head[one] = one if h == NOBODY else h


def find_heads(
    level: Array,
    scan: Array,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    first: Array,
    size: Array,
    lead: Array,
    nobody: Array,
    threshold: float,
    over: Whole,
    under: Whole,
    head: Array,
    circular: Array,
) -> Whole:
    """The head of every party's group, by place; its own place where nobody controls it.

    ``head`` is ``DOUBTFUL`` where that is open and ``NOBODY`` for unknown holders; behind the places, it has what is
    known beforehand of holders outside. ``circular`` gets the heads that their own group controls: nobody stands
    above such a group. ``level`` bounds levels at the beginning whose parties hold nothing of each other; ``scan`` lists the places in them with several holders to ask.

    Returns
    -------
    int
        How many heads ``circular`` got.
    """
    last: Whole = lead.size
    found = 0
    for b in range(first.size - 1, -2, -1):
        low: Whole = np.int64(first[b]) + np.int64(size[b]) if b >= 0 else np.int64(level[level.size - 1])
        for back in range(last - low):
            j = last - 1 - back
            prefetch(head, np.int64(max(lead[max(j - AHEAD, low)], 0)))
            m = np.int64(lead[j])
            if m == j:
                head[j] = NOBODY if nobody[j] else j
            elif m >= 0:
                head[j] = head[m]
            else:
                h = decide(j, start, holder, share, parts, whole, head, threshold, over, under)
                head[j] = j if h == NOBODY else h
        if b < 0:
            break
        low = np.int64(first[b])
        last = low
        high = low + np.int64(size[b])
        settle_loop(low, high, start, holder, share, parts, whole, lead, nobody, threshold, over, under, head)
        for j in range(low, high):
            if head[j] != j or lead[j] == j:
                continue
            m = np.int64(lead[j])
            if m >= 0:
                h = np.int64(head[m])
            else:
                h = surely(j, start, holder, share, parts, whole, head, threshold, over, under)
            if h == j:
                circular[found] = j
                found += 1
    end: Whole = scan.size
    for s in range(level.size - 1, 0, -1):
        begin = np.searchsorted(scan, np.int64(level[s - 1]))
        heads_of_level(
            np.int64(level[s - 1]), np.int64(level[s]), scan[begin:end],
            start, holder, share, parts, whole, lead, nobody, threshold, over, under, head,
        )  # fmt: skip
        end = begin
    return found


def by_party(order: Array, head: Array, ultimate: Array, doubtful: Array) -> None:
    """Turn heads by place into controllers by party number."""
    safe = head.size - AHEAD
    for i in prange(head.size):
        if i < safe:
            prefetch(ultimate, np.int64(order[i + AHEAD]))
            soon = head[i + AHEAD]
            if soon >= 0:
                prefetch(order, np.int64(soon))
        h = head[i]
        ultimate[order[i]] = order[h] if h >= 0 else NOBODY
        doubtful[order[i]] = h == DOUBTFUL
