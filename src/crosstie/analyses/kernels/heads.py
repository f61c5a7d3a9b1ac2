"""Ultimate controllers of everybody in one pass from the top.

Parties stand held-first, so that walking backwards meets every holder before the companies it holds.
Each company is asked once: does one group hold enough of it? A group is known by its head, the party
at its top; only inside loops is the question repeated, until nothing changes.

A sum within ``TIE`` of the threshold is not left to floats. Where shares come with whole numbers,
or are decimals of at most twelve digits, the whole numbers decide; else the company is *doubtful*,
and so is every company whose answer hangs on it.
"""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, prange, prefetch

TIE = 1e-9
DIGITS = 1e12
AHEAD = 48
NOBODY = -1
DOUBTFUL = -2
SCAN = -3
FEW = 12
"""Up to so many holders, adding up again for each is faster than a scratch array."""


def lead_holders(
    start: Array, holder: Array, share: Array, nobody: Array, threshold: float, lead: Array
) -> None:
    """The holder that has enough of a company alone; ``NOBODY`` where all together have not; else ``SCAN``.

    ``nobody`` marks unknown holders, who never control.
    """
    for j in range(lead.size):
        total, best, who = 0.0, 0.0, np.int64(NOBODY)
        stated = 0.0
        for k in range(np.int64(start[j]), np.int64(start[j + 1])):
            s = share[k]
            stated += s
            if nobody[holder[k]]:
                continue
            total += s
            if s > best:
                best, who = s, np.int64(holder[k])
        if total < threshold - TIE:
            lead[j] = NOBODY
        elif best > threshold + TIE and stated <= 1 + TIE:
            lead[j] = who
        else:
            lead[j] = SCAN


def decide(
    j: Whole,
    start: Array,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    head: Array,
    held: Array,
    threshold: float,
    over: Whole,
    under: Whole,
) -> Whole:
    """The head of the group that holds more than the threshold of a company.

    ``held`` is a scratch array of zeros, left so. ``over / under`` is the threshold in whole numbers.

    Returns
    -------
    int
        The head, ``NOBODY``, or ``DOUBTFUL`` where a tie or a doubtful holder leaves it open, or where
        stated shares above what there is give two groups enough.
    """
    begin, end = np.int64(start[j]), np.int64(start[j + 1])
    few = end - begin <= FEW
    doubt = 0.0
    for k in range(begin, end):
        h = head[holder[k]]
        if h == DOUBTFUL:
            doubt += share[k]
        elif h >= 0 and not few:
            held[h] += share[k]
    best, second, who = 0.0, 0.0, np.int64(NOBODY)
    for k in range(begin, end):
        h = head[holder[k]]
        if h < 0 or h == who:
            continue
        s = 0.0
        if few:
            for other in range(begin, end):
                if head[holder[other]] == h:
                    s += share[other]
        else:
            s = held[h]
            held[h] = 0.0
        if s > best:
            best, second, who = s, best, np.int64(h)
        elif s > second:
            second = s
    if not few and who >= 0:
        held[who] = 0.0
    if best > threshold + TIE and second + doubt < threshold - TIE:
        return who
    if best + doubt < threshold - TIE:
        return np.int64(NOBODY)
    if doubt > TIE or second > threshold - TIE:
        # two groups with enough, or whole numbers that cannot settle what the doubtful ones add
        if doubt <= TIE and abs(best - threshold) <= TIE and abs(second - threshold) <= TIE:
            return decide_exactly(who, begin, end, j, holder, share, parts, whole, head, over, under, True)
        return np.int64(DOUBTFUL)
    return decide_exactly(who, begin, end, j, holder, share, parts, whole, head, over, under, False)


def decide_exactly(
    who: Whole,
    begin: Whole,
    end: Whole,
    j: Whole,
    holder: Array,
    share: Array,
    parts: Array,
    whole: Array,
    head: Array,
    over: Whole,
    under: Whole,
    level: bool,
) -> Whole:
    """The same by whole numbers, for a sum within ``TIE`` of the threshold.

    ``level``: another group has as much within ``TIE``, so only a tie of both can be told apart.
    """
    total: Whole = np.int64(0)
    one: Whole = np.int64(DIGITS)
    if whole.size > 0 and whole[j] > 0:
        for k in range(begin, end):
            if head[holder[k]] == who:
                total += parts[k]
        one = whole[j]
    else:
        for k in range(begin, end):
            if head[holder[k]] == who:
                digits = np.rint(share[k] * DIGITS)
                if digits / DIGITS != share[k]:
                    return np.int64(DOUBTFUL)
                total += np.int64(digits)
    if total * under > over * one:
        return np.int64(DOUBTFUL) if level else np.int64(who)
    return np.int64(NOBODY)


def find_heads(
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
    held: Array,
    circular: Array,
) -> Whole:
    """The head of every party's group, by place; its own place where nobody controls it.

    ``head`` is ``DOUBTFUL`` where that is open and ``NOBODY`` for unknown holders. ``circular`` gets the
    heads that their own group controls: nobody stands above such a group.

    Returns
    -------
    int
        How many heads ``circular`` got.
    """
    last: Whole = head.size
    found = 0
    for b in range(first.size - 1, -2, -1):
        low = np.int64(first[b]) + np.int64(size[b]) if b >= 0 else np.int64(0)
        for back in range(last - low):
            j = last - 1 - back
            if j >= low + AHEAD:
                soon = lead[j - AHEAD]
                if soon >= 0:
                    prefetch(head, np.int64(soon))
                elif soon == SCAN:
                    prefetch(holder, np.int64(start[j - AHEAD]))
                    prefetch(share, np.int64(start[j - AHEAD]))
                near = j - AHEAD // 2
                if lead[near] == SCAN:
                    for k in range(np.int64(start[near]), min(start[near] + 6, start[near + 1])):
                        prefetch(head, np.int64(holder[k]))
            m = lead[j]
            if m == NOBODY:
                head[j] = NOBODY if nobody[j] else j
            elif m >= 0:
                h = head[m]
                head[j] = j if h == NOBODY else h
            else:
                h = decide(j, start, holder, share, parts, whole, head, held, threshold, over, under)
                head[j] = j if h == NOBODY else h
        if b < 0:
            break
        low = np.int64(first[b])
        last = low
        high = low + np.int64(size[b])
        settle_loop(low, high, start, holder, share, parts, whole, lead, threshold, over, under, head, held)
        for j in range(low, high):
            if head[j] != j or lead[j] == NOBODY:
                continue
            if decide(j, start, holder, share, parts, whole, head, held, threshold, over, under) == j:
                circular[found] = j
                found += 1
    return found


def settle_loop(
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
    held: Array,
) -> None:
    """Join the members of one loop to the groups that control them, from nobody controlled upwards.

    What is certain comes first; then members that a tie or a doubtful holder leaves open take
    everything under them along.
    """
    for j in range(low, high):
        head[j] = j
    changed = True
    while changed:
        changed = False
        for j in range(high - 1, low - 1, -1):
            if head[j] != j or lead[j] == NOBODY:
                continue
            h = decide(j, start, holder, share, parts, whole, head, held, threshold, over, under)
            if h >= 0 and h != j:
                for m in range(low, high):
                    if head[m] == j:
                        head[m] = h
                changed = True
    for j in range(low, high):
        if head[j] == j or lead[j] != SCAN:
            continue
        if decide(j, start, holder, share, parts, whole, head, held, threshold, over, under) == DOUBTFUL:
            for m in range(low, high):  # joined before a second group had enough: what hangs on it is unknown
                if lead[m] != NOBODY:
                    head[m] = DOUBTFUL
            return
    changed = True
    while changed:
        changed = False
        for j in range(low, high):
            if head[j] != j or lead[j] == NOBODY:
                continue
            h = decide(j, start, holder, share, parts, whole, head, held, threshold, over, under)
            if h == DOUBTFUL:
                for m in range(low, high):
                    if head[m] == j:
                        head[m] = DOUBTFUL
                changed = True


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
