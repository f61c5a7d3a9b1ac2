"""Which groups hold most of a company, whose holders are put together by their heads."""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, prefetch

SOON = 16
"""So many holdings ahead: fewer than their arrays are padded by."""
NOBODY = -1
FEW = 12
"""Up to so many holders, adding up again for each is faster than sorting."""


def strongest(
    j: Whole, start: Array, holder: Array, share: Array, head: Array
) -> tuple[float, Whole, float, float, float]:
    """A head and what its group holds, the most that any other group can hold, what open groups do, and all.

    The first pass sets shares of different heads against each other until those of one head are left over (Boyer
    and Moore 1991): any other head has at most half of what was set off. Unknown holders do not count.
    """
    begin, end = np.int64(start[j]), np.int64(start[j + 1])
    doubt, left, who = 0.0, 0.0, np.int64(NOBODY)
    for k in range(begin, end):
        prefetch(head, np.int64(holder[k + SOON]))
        h = np.int64(head[holder[k]])
        if h < NOBODY:
            doubt += share[k]
        if h < 0:
            continue
        if h == who:
            left += share[k]
        elif share[k] > left:
            left, who = share[k] - left, h
        else:
            left -= share[k]
    most, rest = 0.0, 0.0
    for k in range(begin, end):
        h = np.int64(head[holder[k]])
        if h == who:
            most += share[k]
        elif h >= 0:
            rest += share[k]
    if who == NOBODY:
        most = 0.0
    return most, who, min(rest, (most + rest - left) / 2), doubt, most + rest + doubt


def largest_of_few(
    begin: Whole, end: Whole, holder: Array, share: Array, head: Array
) -> tuple[float, Whole, float, Whole]:
    """The two groups that hold most of a company: what each holds and its head. Open groups do not count."""
    best, second, who, other = 0.0, 0.0, np.int64(NOBODY), np.int64(NOBODY)
    for k in range(begin, end):
        h = np.int64(head[holder[k]])
        if h < 0 or h == who or h == other:  # noqa: PLR1714, SIM109 (a set would be made each time)
            continue
        s = 0.0
        for also in range(begin, end):
            if head[holder[also]] == h:
                s += share[also]
        if s > best:
            best, second, who, other = s, best, h, who
        elif s > second:
            second, other = s, h
    return best, who, second, other


def largest_of_many(
    begin: Whole, end: Whole, holder: Array, share: Array, head: Array
) -> tuple[float, Whole, float, Whole]:
    """The same, with the holders sorted by their heads."""
    heads = np.empty(end - begin, np.int64)
    for k in range(begin, end):
        heads[k - begin] = head[holder[k]]
    by_head = np.argsort(heads)
    best, second, who, other = 0.0, 0.0, np.int64(NOBODY), np.int64(NOBODY)
    at = 0
    while at < heads.size:
        h = heads[by_head[at]]
        s = 0.0
        while at < heads.size and heads[by_head[at]] == h:
            s += share[begin + by_head[at]]
            at += 1
        if h < 0:
            continue
        if s > best:
            best, second, who, other = s, best, h, who
        elif s > second:
            second, other = s, h
    return best, who, second, other


def largest_groups(
    j: Whole, start: Array, holder: Array, share: Array, head: Array
) -> tuple[float, Whole, float, Whole, float, float]:
    """The two largest groups, then what open groups hold together, then everybody but unknown holders."""
    begin, end = np.int64(start[j]), np.int64(start[j + 1])
    doubt, total = 0.0, 0.0
    for k in range(begin, end):
        if head[holder[k]] != NOBODY:
            total += share[k]
        if head[holder[k]] < NOBODY:
            doubt += share[k]
    best, who, second, other = (
        largest_of_few(begin, end, holder, share, head)
        if end - begin <= FEW
        else largest_of_many(begin, end, holder, share, head)
    )
    return best, who, second, other, doubt, total
