"""Which companies the listed persons' holdings reach, for everybody in one pass from the top.

A company is reached when the listed and the reached together hold at least the threshold of it, in the
aggregate, at each step anew.
"""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, prefetch

TIE = 1e-9
DIGITS = 1e12
CLEAR, REACHED, DOUBTFUL = 0, 1, 2


def reaches(
    j: Whole,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    state: Array,
    threshold: Whole,
    over: Whole,
    under: Whole,
) -> Whole:
    """What a company is, given its holders: ``CLEAR``, ``REACHED`` or ``DOUBTFUL``.

    A sum within ``TIE`` of the threshold is decided in whole numbers, as in ``heads``.
    """
    begin, end = np.int64(start[j]), np.int64(start[j + 1])
    held, doubt = 0.0, 0.0
    for k in range(begin, end):
        if state[holder[k]] == REACHED:
            held += share[k]
        elif state[holder[k]] == DOUBTFUL:
            doubt += share[k]
    if held >= threshold + TIE:
        return REACHED
    if held + doubt < threshold - TIE:
        return CLEAR
    if doubt > TIE and held < threshold - TIE:
        return DOUBTFUL
    total: Whole = np.int64(0)
    one: Whole = np.int64(DIGITS)
    in_parts = whole.size > 0 and whole[j] > 0
    if in_parts:
        one = whole[j]
    for k in range(begin, end):
        if state[holder[k]] != REACHED:
            continue
        if in_parts:
            total += parts[k]
            continue
        digits = np.rint(share[k] * DIGITS)
        if digits / DIGITS != share[k]:
            return DOUBTFUL
        total += np.int64(digits)
    if total * under >= over * one:
        return REACHED
    return DOUBTFUL if doubt > 0.0 else CLEAR


def cascade(
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    first: Array,
    size: Array,
    threshold: Whole,
    over: Whole,
    under: Whole,
    state: Array,
) -> None:
    """Follow a list down: ``state`` comes with the listed parties ``REACHED`` and all else ``CLEAR``.

    Inside a loop the question is repeated until nobody more is reached (the least answer).
    """
    last: Whole = state.size
    for b in range(first.size - 1, -2, -1):
        low = np.int64(first[b]) + np.int64(size[b]) if b >= 0 else np.int64(0)
        for j in range(last - 1, low - 1, -1):
            if j > low + 48:
                prefetch(state, np.int64(holder[np.int64(start[j - 48])]))
            if state[j] == CLEAR and start[j] != start[j + 1]:
                state[j] = reaches(j, start, holder, share, parts, whole, state, threshold, over, under)
        if b < 0:
            break
        low = np.int64(first[b])
        last = low
        high = low + np.int64(size[b])
        for wanted in (REACHED, DOUBTFUL):
            changed = True
            while changed:
                changed = False
                for j in range(low, high):
                    if state[j] != CLEAR:
                        continue
                    found = reaches(j, start, holder, share, parts, whole, state, threshold, over, under)
                    if found == wanted:
                        state[j] = found
                        changed = True
