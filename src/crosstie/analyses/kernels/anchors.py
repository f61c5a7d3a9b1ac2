"""Where the chain of holders that alone have enough ends: the *anchor* of every party.

Of most companies one holder alone has enough. Following such leading holders upwards ends at a party that nobody
leads, or at a company of which several holders have to be asked: only these *open* ones need an order.
Anchors are codes: open company *i* is *i*, a party *j* at the top is *j* plus the number of parties.
"""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, prange, prefetch

NOBODY = -1
DOUBTFUL = -2
AHEAD = 48
PIECES = 64
"""Of all parties, for as many processors as there may be."""


def begin_chains(lead: Array, up: Array) -> None:
    """Each party points at its leading holder, or at ``~code`` where its chain ends. Open ones are for others to mark.

    >>> up = np.empty(3, np.int32)
    >>> begin_chains(np.array([0, 0, 1], np.int32), up)
    >>> up.tolist(), ~-4
    ([-4, 0, 1], 3)
    """
    for j in prange(lead.size):
        m = lead[j]
        up[j] = ~(lead.size + j) if m == j else m


def climb(up: Array) -> Whole:
    """Let every party point where the one it points at does: each turn doubles what is climbed.

    Pieces may run at once, as whatever they read of each other lies on the same chain.

    Returns
    -------
    int
        How many parties have come to the end of their chain.
    """
    arrived = 0
    for piece in prange(PIECES):
        a, b = up.size * piece // PIECES, up.size * (piece + 1) // PIECES
        for j in range(a, b):
            prefetch(up, np.int64(max(up[min(j + AHEAD, b - 1)], 0)))
            m = np.int64(up[j])
            if m >= 0:
                above = up[m]
                up[j] = above
                if above < 0:
                    arrived += 1
    return arrived


def copy_columns(
    open_: Array, begins: Array, holder: Array, up: Array, start: Array, anchored: Array, inner: Array
) -> None:
    """The anchors of the holders of each open company, side by side from ``start``; ``inner`` counts the open ones from place one.

    ``begins`` says where the holders of every party begin.
    """
    last = open_.size - 1
    for i in prange(open_.size):
        prefetch(begins, np.int64(open_[min(i + 24, last)]))
        prefetch(holder, np.int64(begins[open_[min(i + 16, last)]]))
        near = open_[min(i + 8, last)]
        for k in range(np.int64(begins[near]), min(begins[near] + 8, begins[near + 1])):
            prefetch(up, np.int64(holder[k]))
        many = 0
        to, begin = np.int64(start[i]), np.int64(begins[open_[i]])
        for k in range(np.int64(start[i + 1]) - to):
            code = ~up[holder[begin + k]]
            anchored[to + k] = code
            many += code < up.size
        inner[i + 1] = many


def open_holders(start: Array, anchored: Array, parties: Whole, begins: Array, holder: Array) -> None:
    """Of each open company's holders the open ones, side by side from ``begins``."""
    for i in prange(start.size - 1):
        at = np.int64(begins[i])
        for k in range(np.int64(start[i]), np.int64(start[i + 1])):
            if anchored[k] < parties:
                holder[at] = anchored[k]
                at += 1


def columns_in_order(
    open_: Array,
    begins: Array,
    share: Array,
    start: Array,
    anchored: Array,
    order: Array,
    rank: Array,
    moved: Array,
    parties: Whole,
    new_holder: Array,
    new_share: Array,
) -> None:
    """Write the columns of open companies in another order, open holders by their place in it."""
    last = order.size - 1
    for i in prange(order.size):
        prefetch(begins, np.int64(open_[order[min(i + 16, last)]]))
        prefetch(share, np.int64(begins[open_[order[min(i + 8, last)]]]))
        j = order[i]
        to, begin, its = np.int64(moved[i]), np.int64(start[j]), np.int64(begins[open_[j]])
        for k in range(np.int64(start[j + 1]) - begin):
            code = anchored[begin + k]
            new_holder[to + k] = rank[code] if code < parties else code
            new_share[to + k] = share[its + k]


def heads_at_top(nobody: Array, head: Array) -> None:
    """Who is at the top of a chain heads its own group, unless it is an unknown holder."""
    for j in prange(nobody.size):
        head[nobody.size + j] = NOBODY if nobody[j] else nobody.size + j


def answers(
    up: Array, nobody: Array, any_nobody: bool, opened: Array, ultimate: Array, doubtful: Array
) -> None:
    """The controller of every party, from its anchor; ``opened`` has the answer for each open company."""
    parties = up.size
    for j in prange(parties):
        code = np.int64(~up[j])
        if code < parties:
            h = np.int64(opened[code])
        else:
            h = code - parties
            if any_nobody and nobody[h]:
                h = np.int64(NOBODY)
        ultimate[j] = max(h, NOBODY)
        doubtful[j] = h == DOUBTFUL
