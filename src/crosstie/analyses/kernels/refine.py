"""Companies that short lists leave open, walked up as far as the question needs.

The walk is that of ``near``; where a party's own list is good enough for what flows to it, the list
stands for everything above. What is good enough gets finer until the answer is certain; at the end only
lists without slack are used, and the answer is exact.
"""

import numpy as np

from crosstie.analyses.kernels.flow import GOES_ROUND, KEEPS
from crosstie.analyses.kernels.heap import pop, push
from crosstie.analyses.kernels.hints import Array, Whole

TIE = 1e-9
START = 8.0
FINER = 32.0


def spread(
    begin: Whole,
    end: Whole,
    amount: Whole,
    start: Array,
    holder: Array,
    share: Array,
    person: Array,
    reached: Array,
    touched: Array,
    many: Whole,
    heap: Array,
    waiting: Whole,
) -> tuple[Whole, Whole]:
    """Hand an amount to the holders that matter: persons that may qualify, and companies."""
    for k in range(begin, end):
        h = np.int64(holder[k])
        held = start[h] != start[h + 1]
        if not held and not person[h]:
            continue
        if reached[h] == 0.0:
            touched[many] = h
            many += 1
            if held:
                push(heap, waiting, h)
                waiting += 1
        reached[h] += share[k] * amount
    return many, waiting


def take_list(
    amount: Whole,
    begin: Whole,
    length: Whole,
    easing: Whole,
    names: Array,
    parts: Array,
    reached: Array,
    eased: Array,
    touched: Array,
    many: Whole,
) -> Whole:
    """Let a list stand for everything above a party; say how many are touched."""
    for entry in range(np.int64(begin), np.int64(begin) + np.int64(length)):
        p = names[entry]
        if reached[p] == 0.0:
            touched[many] = p
            many += 1
        reached[p] += amount * parts[entry]
        eased[p] += amount * easing
    return many


def walk(
    target: Whole,
    floor: Whole,
    start: Array,
    holder: Array,
    share: Array,
    person: Array,
    first: Array,
    size: Array,
    before: Array,
    inner: Array,
    offset: Array,
    inverse: Array,
    at: Array,
    length: Array,
    tight: Array,
    slack: Array,
    names: Array,
    parts: Array,
    out_at: Array,
    out_length: Array,
    out_tight: Array,
    out_slack: Array,
    reached: Array,
    eased: Array,
    touched: Array,
    heap: Array,
) -> tuple[Whole, Whole]:
    """Shares of the persons above a company in ``reached``; how many are touched, and the slack.

    A person has at most its share plus the slack less ``eased``.
    """
    reached[target] = 1.0
    touched[0] = target
    heap[0] = target
    many, waiting = 1, 1
    loose = 0.0
    while waiting > 0:
        j = np.int64(pop(heap, waiting))
        waiting -= 1
        amount = reached[j]
        if amount == 0.0:
            continue
        if j != target and amount * slack[j] <= floor:
            loose += amount * slack[j]
            many = take_list(
                amount, at[j], length[j], slack[j] - tight[j], names, parts, reached, eased, touched, many
            )
            continue
        loop = np.searchsorted(first, j, side="right") - 1
        if loop < 0 or j >= np.int64(first[loop]) + np.int64(size[loop]):
            many, waiting = spread(
                np.int64(start[j]), np.int64(start[j + 1]), amount,
                start, holder, share, person, reached, touched, many, heap, waiting,
            )  # fmt: skip
            continue
        low, members = np.int64(first[loop]), np.int64(size[loop])
        if offset[loop] == KEEPS:
            continue
        if offset[loop] == GOES_ROUND:
            loose += amount
            continue
        # what the walk passes of the whole loop after entering here
        for m in range(members):
            passes = amount * inverse[offset[loop] + (j - low) * members + m]
            if passes == 0.0:
                continue
            member = before[loop] + m
            if passes * out_slack[member] <= floor:
                loose += passes * out_slack[member]
                many = take_list(
                    passes, out_at[member], out_length[member], out_slack[member] - out_tight[member],
                    names, parts, reached, eased, touched, many,
                )  # fmt: skip
                continue
            many, waiting = spread(
                np.int64(start[low + m]), np.int64(inner[member]), passes,
                start, holder, share, person, reached, touched, many, heap, waiting,
            )  # fmt: skip
    return many, loose


def settle(
    open_: Array,
    threshold: Whole,
    start: Array,
    holder: Array,
    share: Array,
    person: Array,
    first: Array,
    size: Array,
    before: Array,
    inner: Array,
    offset: Array,
    inverse: Array,
    at: Array,
    length: Array,
    tight: Array,
    slack: Array,
    names: Array,
    parts: Array,
    out_at: Array,
    out_length: Array,
    out_tight: Array,
    out_slack: Array,
    reached: Array,
    eased: Array,
    touched: Array,
    heap: Array,
    company: Array,
    owner: Array,
    part: Array,
    within: Array,
) -> tuple[Whole, Whole]:
    """Decide every open company; write its owners down.

    Returns
    -------
    tuple
        How many pairs, and how many companies stay undecided: only those below loops too large to
        invert, or with more owners than there was room for.
    """
    pairs, undecided = 0, 0
    for turn in range(open_.size):
        target = np.int64(open_[turn])
        floor = threshold / START
        while True:
            many, loose = walk(
                target, floor, start, holder, share, person, first, size, before, inner, offset, inverse,
                at, length, tight, slack, names, parts,
                out_at, out_length, out_tight, out_slack, reached, eased, touched, heap,
            )  # fmt: skip
            unclear = loose >= threshold - TIE
            for i in range(1, many):
                h = touched[i]
                if person[h] and reached[h] < threshold - TIE <= reached[h] + loose - eased[h]:
                    unclear = True
            if not unclear or floor == 0.0:
                break
            for i in range(many):
                reached[touched[i]], eased[touched[i]] = 0.0, 0.0
            floor = floor / FINER if floor > 1e-7 else 0.0
        if unclear:
            undecided += 1
        for i in range(many):
            h = touched[i]
            if i > 0 and person[h] and reached[h] >= threshold - TIE and pairs < company.size:
                company[pairs], owner[pairs] = target, h
                part[pairs], within[pairs] = reached[h], loose - eased[h]
                pairs += 1
            reached[h], eased[h] = 0.0, 0.0
    return pairs, undecided
