"""Group heads inside one loop, where the question is repeated until nothing changes."""

import numpy as np

from crosstie.analyses.kernels.groups import NOBODY, largest_groups
from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.verdicts import DOUBTFUL, TIE, decide, surely

MARKED = -10
"""A head *j* of a loop is written ``MARKED - j`` while it is open. Every head below ``NOBODY`` is open."""


def settle_loop(
    low: Whole,
    high: Whole,
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
    """Join the members of one loop to the groups that control them, from nobody controlled upwards.

    First all that is sure, in any order. What is left open then is marked, with what hangs on it; of that
    can be decided what needs to know of marked groups only how much they hold together. Each such join leaves less
    open, so all is asked again. What stays marked in the end is ``DOUBTFUL``.
    """
    for j in range(low, high):
        head[j] = NOBODY if nobody[j] else j
    joined = True
    while joined:
        changed = True
        while changed:
            changed = False
            for j in range(high - 1, low - 1, -1):
                if head[j] != j or lead[j] == j:
                    continue
                m = np.int64(lead[j])
                if m >= 0:
                    h = np.int64(head[m])
                else:
                    h = surely(j, start, holder, share, parts, whole, head, threshold, over, under)
                if h >= 0 and h != j:
                    relabel(low, high, j, h, head)
                    changed = True
        if is_settled(low, high, lead, head):
            return
        mark_open(low, high, start, holder, share, parts, whole, lead, threshold, over, under, head)
        joined = False
        for j in range(low, high):
            if head[j] != MARKED - j:
                continue
            h = decide(j, start, holder, share, parts, whole, head, threshold, over, under)
            if h >= 0:
                relabel(low, high, MARKED - j, h, head)
                joined = True
        for j in range(low, high):
            if head[j] <= MARKED:
                head[j] = MARKED - head[j] if joined else DOUBTFUL


def is_settled(low: Whole, high: Whole, lead: Array, head: Array) -> bool:
    """Whether no head of a loop has several holders to ask, or a leading one whose group is open."""
    for j in range(low, high):
        if head[j] != j or lead[j] == j:
            continue
        if lead[j] < 0 or head[lead[j]] < NOBODY:
            return False
    return True


def relabel(low: Whole, high: Whole, one: Whole, other: Whole, head: Array) -> None:
    """Put the group of one head under another."""
    for m in range(low, high):
        if head[m] == one:
            head[m] = other


def mark_open(
    low: Whole,
    high: Whole,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    lead: Array,
    threshold: float,
    over: Whole,
    under: Whole,
    head: Array,
) -> None:
    """Turn a head *j* that is open, or hangs on one that is, into ``MARKED - j``."""
    changed = True
    while changed:
        changed = False
        for j in range(low, high):
            if head[j] != j or lead[j] == j:
                continue
            best, _, _, _, doubt, _ = largest_groups(j, start, holder, share, head)
            if best + doubt < threshold - TIE:
                continue
            h = surely(j, start, holder, share, parts, whole, head, threshold, over, under)
            if h == DOUBTFUL or (h != j and doubt > 0.0):
                relabel(low, high, j, MARKED - j, head)
                changed = True
