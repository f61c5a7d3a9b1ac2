"""Whether one group holds enough of a company: in floats where they are clear, else in whole numbers.

A sum within ``TIE`` of the threshold is not left to floats. Where shares come with whole numbers, or are
decimals of at most twelve digits, the whole numbers decide; else the company is *doubtful*.
"""

import numpy as np

from crosstie.analyses.kernels.groups import NOBODY, largest_groups, strongest
from crosstie.analyses.kernels.hints import Array, Whole

TIE = 1e-9
DIGITS = 1e12
DOUBTFUL = -2
YES, NO, OPEN = 1, 0, -1


def enough(
    amount: float,
    who: Whole,
    others: bool,
    j: Whole,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    head: Array,
    threshold: float,
    over: Whole,
    under: Whole,
) -> Whole:
    """Whether an amount of a company is more than the threshold: ``YES``, ``NO``, or ``OPEN``.

    It is what the group of head ``who`` holds, or with ``others`` what all but that group and unknown
    holders do. Within ``TIE`` of the threshold whole numbers decide, where there are any.
    """
    if amount > threshold + TIE:
        return YES
    if amount < threshold - TIE:
        return NO
    in_parts = whole.size > 0 and whole[j] > 0
    total: Whole = np.int64(0)
    one: Whole = np.int64(DIGITS)
    if in_parts:
        one = whole[j]
    for k in range(np.int64(start[j]), np.int64(start[j + 1])):
        h = head[holder[k]]
        if h == NOBODY or (h == who) == others:
            continue
        if in_parts:
            total += parts[k]
            continue
        digits = np.rint(share[k] * DIGITS)
        if digits / DIGITS != share[k]:
            return OPEN
        total += np.int64(digits)
    return YES if total * under > over * one else NO


def none_has_enough(
    j: Whole,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    head: Array,
    threshold: float,
    over: Whole,
    under: Whole,
) -> bool:
    """Whether each group has at most the threshold: asked where several are within ``TIE`` of it."""
    for k in range(np.int64(start[j]), np.int64(start[j + 1])):
        h = np.int64(head[holder[k]])
        if h < 0:
            continue
        s = 0.0
        for also in range(np.int64(start[j]), np.int64(start[j + 1])):
            if head[holder[also]] == h:
                s += share[also]
        if enough(s, h, False, j, start, holder, share, parts, whole, head, threshold, over, under) != NO:
            return False
    return True


def surely(
    j: Whole,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    head: Array,
    threshold: float,
    over: Whole,
    under: Whole,
) -> Whole:
    """The head of the group that has enough of a company where all others together could not have.

    Groups only grow, so that this holds whatever joins later. Where a group might have enough and none
    surely has: ``DOUBTFUL``; else ``NOBODY``.
    """
    best, who, second, _, total = strongest(j, start, holder, share, head)
    if best > threshold + TIE and total - best < threshold - TIE:
        return who
    if max(best, second) < threshold - TIE:
        return np.int64(NOBODY)
    best, who, second, _, _, total = largest_groups(j, start, holder, share, head)
    if who == NOBODY:
        return np.int64(NOBODY)
    has = enough(best, who, False, j, start, holder, share, parts, whole, head, threshold, over, under)
    if has == NO and (
        second < threshold - TIE
        or none_has_enough(j, start, holder, share, parts, whole, head, threshold, over, under)
    ):
        return np.int64(NOBODY)
    rest = enough(
        total - best, who, True, j, start, holder, share, parts, whole, head, threshold, over, under
    )
    return np.int64(who) if has == YES and rest == NO else np.int64(DOUBTFUL)


def decide(
    j: Whole,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    head: Array,
    threshold: float,
    over: Whole,
    under: Whole,
) -> Whole:
    """The head of the group that has enough of a company, once no group but open ones can change.

    ``over / under`` is the threshold in whole numbers.

    Returns
    -------
    int
        The head, where no second group has enough even with all that open ones hold, or not even all others together
        have; ``NOBODY``; or ``DOUBTFUL`` where a tie or an open group leaves it open, or where two groups have enough of
        stated shares above what there is.
    """
    best, who, second, doubt, _ = strongest(j, start, holder, share, head)
    if best > threshold + TIE and second + doubt < threshold - TIE:
        return who
    if max(best, second) + doubt < threshold - TIE:
        return np.int64(NOBODY)
    best, who, second, other, doubt, total = largest_groups(j, start, holder, share, head)
    if best + doubt < threshold - TIE:
        return np.int64(NOBODY)
    has, rival = NO, NO
    if who != NOBODY:
        has = enough(best, who, False, j, start, holder, share, parts, whole, head, threshold, over, under)
    if second + doubt >= threshold - TIE:
        amount, of, others = (total - best, who, True) if doubt > 0.0 else (second, other, False)
        rival = enough(
            amount, of, others, j, start, holder, share, parts, whole, head, threshold, over, under
        )
    if has == YES and rival == NO:
        return np.int64(who)
    if has != NO or doubt > 0.0:
        return np.int64(DOUBTFUL)
    if second >= threshold - TIE and not none_has_enough(
        j, start, holder, share, parts, whole, head, threshold, over, under
    ):
        return np.int64(DOUBTFUL)
    return np.int64(NOBODY)
