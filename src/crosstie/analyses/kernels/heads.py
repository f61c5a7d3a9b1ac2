"""Ultimate controllers of everybody in one pass from the top.

Parties stand held-first, so that walking backwards meets every holder before the companies it holds.
Each company is asked once: does one group hold enough of it? A group is known by its head, the party
at its top; only inside loops is the question repeated, until nothing changes.

A sum within ``TIE`` of the threshold is not left to floats. Where shares come with whole numbers,
or are decimals of at most twelve digits, the whole numbers decide; else the company is *doubtful*,
and so is every company whose answer hangs on it. Where stated shares are above what there is, so is a
company of which two groups have enough.
"""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, prange, prefetch

TIE = 1e-9
DIGITS = 1e12
AHEAD = 48
SOON = 16
"""So many holdings ahead: fewer than their arrays are padded by."""
PIECES = 64
"""Of a level, for as many processors as there may be."""
NOBODY = -1
DOUBTFUL = -2
SCAN = -3
MARKED = -10
"""A head *j* of a loop is written ``MARKED - j`` while it is open. Every head below ``NOBODY`` is open."""
YES, NO, OPEN = 1, 0, -1
FEW = 12
"""Up to so many holders, adding up again for each is faster than sorting."""


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
