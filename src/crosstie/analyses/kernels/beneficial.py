"""Persons with at least some look-through share of a company, for every company at once.

From the top down, each company gets a short list of persons with a lower bound of their share, and
two numbers: no listed person has more than its listed share plus ``tight``, and nobody else more than
``slack``. Persons who could reach the threshold nowhere are left out from the beginning, at no cost in
either. Companies whose bounds leave a question open are walked again, as far up as the question needs.
"""

import numpy as np

from crosstie.analyses.kernels.flow import GOES_ROUND, KEEPS
from crosstie.analyses.kernels.hints import Array, Whole, prefetch

LISTED = 8
"""Persons per list."""
ROOM = 128
SMALLEST = 1e-3
"""Shares below this are left to the slack."""
TIE = 1e-9


def matter(
    start: Array,
    holder: Array,
    share: Array,
    person: Array,
    first: Array,
    size: Array,
    offset: Array,
    inverse: Array,
    threshold: Whole,
    stay: Array,
    most: Array,
) -> None:
    r"""Keep in ``person`` only those who might have the threshold of any company.

    A walk up from any company avoids a person with at least :math:`\prod (1 - c)` over its direct
    holdings, loops aside; a company in a loop may be passed again, so that there the bound is the sum of
    *c* times how often the company passes itself.
    """
    loop = 0
    for j in range(start.size - 1):
        while loop < first.size and np.int64(first[loop]) + np.int64(size[loop]) <= j:
            loop += 1
        again = 1.0
        inside = loop < first.size and np.int64(first[loop]) <= j
        if inside and offset[loop] >= 0:
            again = inverse[offset[loop] + (j - np.int64(first[loop])) * (np.int64(size[loop]) + 1)]
        elif inside and offset[loop] == GOES_ROUND:
            again = np.inf
        for k in range(np.int64(start[j]), np.int64(start[j + 1])):
            prefetch(stay, np.int64(holder[k + 32]))
            prefetch(most, np.int64(holder[k + 32]))
            h = holder[k]
            most[h] += share[k] * again
            stay[h] = -1.0 if inside else stay[h] * (1.0 - min(share[k], 1.0)) if stay[h] >= 0.0 else -1.0
    for h in range(person.size):
        if person[h]:
            bound = most[h] if stay[h] < 0.0 else 1.0 - stay[h]
            person[h] = bound >= threshold - TIE


def keep_best(
    who: Array, part: Array, ease: Array, many: Whole, most_listed: Whole, loose: Whole
) -> tuple[Whole, Whole, Whole]:
    """Leave the largest shares in front; say how many, and the bounds for those in the list and out of it.

    ``loose`` bounds what any person has besides; for those who were listed above, less by ``ease``.
    """
    kept = 0
    slack = loose
    for i in range(many):
        if part[i] >= SMALLEST:
            who[kept], part[kept], ease[kept] = who[i], part[i], ease[i]
            kept += 1
        else:
            slack = max(slack, part[i] + loose - ease[i])
    while kept > most_listed:
        least = 0
        for i in range(1, kept):
            if part[i] < part[least]:
                least = i
        slack = max(slack, part[least] + loose - ease[least])
        kept -= 1
        who[least], part[least], ease[least] = who[kept], part[kept], ease[kept]
    tight = 0.0
    for i in range(kept):
        tight = max(tight, loose - ease[i])
    return kept, tight, slack


def put(
    who: Array, part: Array, ease: Array, many: Whole, person: Whole, amount: Whole, eased: Whole
) -> Whole:
    """Add to a person's share in a short list; minus one where the list is full."""
    for i in range(many):
        if who[i] == person:
            part[i] += amount
            ease[i] += eased
            return many
    if many == who.size:
        return -1
    who[many], part[many], ease[many] = person, amount, eased
    return many + 1


def list_of(
    begin: Whole,
    end: Whole,
    holder: Array,
    share: Array,
    person: Array,
    at: Array,
    length: Array,
    tight: Array,
    slack: Array,
    names: Array,
    parts: Array,
    who: Array,
    part: Array,
    ease: Array,
) -> tuple[Whole, Whole]:
    """Add up the lists of some holders; say how many persons and how much slack."""
    many = 0
    loose = 0.0
    for k in range(begin, end):
        h = np.int64(holder[k])
        s = share[k]
        if person[h]:
            next_many = put(who, part, ease, many, h, s, 0.0)
            if next_many < 0:
                loose += s
            else:
                many = next_many
            continue
        loose += s * slack[h]
        eased = s * (slack[h] - tight[h])
        from_ = np.int64(at[h])
        for entry in range(from_, from_ + np.int64(length[h])):
            next_many = put(who, part, ease, many, names[entry], s * parts[entry], eased)
            if next_many < 0:
                loose += s * parts[entry]
            else:
                many = next_many
    return many, loose


def list_owners(
    start: Array,
    holder: Array,
    share: Array,
    person: Array,
    first: Array,
    size: Array,
    inner: Array,
    offset: Array,
    inverse: Array,
    at: Array,
    length: Array,
    tight: Array,
    slack: Array,
    names: Array,
    parts: Array,
    added: Array,
    eased: Array,
    out_at: Array,
    out_length: Array,
    out_tight: Array,
    out_slack: Array,
) -> Whole:
    """Lists of all companies: that of *j* is ``names[at[j]:at[j] + length[j]]`` with ``parts`` alike.

    Where the room for entries ends, slack is one: nothing is known. ``added`` and ``eased`` are scratch
    arrays of zeros. Of members of loops, by number of member, ``out_at`` and the like describe the list of
    what holders outside the loop bring.

    Returns
    -------
    int
        How many entries there are.
    """
    who, part, ease = np.empty(ROOM, np.int32), np.empty(ROOM), np.empty(ROOM)
    used = 0
    last: Whole = length.size
    member: Whole = inner.size
    for b in range(first.size - 1, -2, -1):
        low = np.int64(first[b]) + np.int64(size[b]) if b >= 0 else np.int64(0)
        for j in range(last - 1, low - 1, -1):
            begin, end = np.int64(start[j]), np.int64(start[j + 1])
            if j > low + 24:
                ahead = np.int64(start[j - 24])
                prefetch(at, np.int64(holder[ahead]))
                prefetch(length, np.int64(holder[ahead]))
                prefetch(slack, np.int64(holder[ahead]))
                prefetch(person, np.int64(holder[ahead]))
            if begin == end:
                continue
            if end - begin == 1 and share[begin] == 1.0 and not person[holder[begin]]:
                h = holder[begin]  # wholly owned: the same list
                at[j], length[j], tight[j], slack[j] = at[h], length[h], tight[h], slack[h]
                continue
            many, loose = list_of(
                begin, end, holder, share, person, at, length, tight, slack, names, parts, who, part, ease
            )
            many, near, far = keep_best(who, part, ease, many, LISTED, loose)
            used = store(j, many, near, far, who, part, at, length, tight, slack, names, parts, used)
        if b < 0:
            break
        many_members = np.int64(size[b])
        low = np.int64(first[b])
        last = low
        member -= many_members
        if offset[b] == KEEPS:
            continue
        if offset[b] == GOES_ROUND:
            slack[low : low + many_members] = 1.0
            tight[low : low + many_members] = 1.0
            continue
        used = list_loop(
            low, many_members, inner[member : member + many_members], np.int64(offset[b]), start, holder, share,
            person, inverse, at, length, tight, slack, names, parts, used, added, eased, who, part, ease,
            out_at[member : member + many_members], out_length[member : member + many_members],
            out_tight[member : member + many_members], out_slack[member : member + many_members],
        )  # fmt: skip
    return used


def store(
    j: Whole,
    many: Whole,
    near: Whole,
    far: Whole,
    who: Array,
    part: Array,
    at: Array,
    length: Array,
    tight: Array,
    slack: Array,
    names: Array,
    parts: Array,
    used: Whole,
) -> Whole:
    """Write a company's list down; without room, that nothing is known of it."""
    if used + many > names.size:
        tight[j], slack[j] = 1.0, 1.0
        return used
    at[j], length[j], tight[j], slack[j] = used, many, near, far
    for i in range(many):
        names[used + i], parts[used + i] = who[i], part[i]
    return used + many


def list_loop(
    low: Whole,
    many: Whole,
    inner: Array,
    offset: Whole,
    start: Array,
    holder: Array,
    share: Array,
    person: Array,
    inverse: Array,
    at: Array,
    length: Array,
    tight: Array,
    slack: Array,
    names: Array,
    parts: Array,
    used: Whole,
    added: Array,
    eased: Array,
    who: Array,
    part: Array,
    ease: Array,
    out_at: Array,
    out_length: Array,
    out_tight: Array,
    out_slack: Array,
) -> Whole:
    """Lists of a loop's members: what outsiders have of each member, as often as it is passed."""
    for m in range(many):
        found, loose = list_of(
            np.int64(start[low + m]), np.int64(inner[m]), holder, share, person,
            at, length, tight, slack, names, parts, who, part, ease,
        )  # fmt: skip
        found, near, far = keep_best(who, part, ease, found, ROOM, loose)
        used = store(
            m, found, near, far, who, part, out_at, out_length, out_tight, out_slack, names, parts, used
        )
    met = np.empty(many * ROOM, np.int32)
    for t in range(many):
        total = 0.0
        found = 0
        for m in range(many):
            passes = inverse[offset + t * many + m]
            if passes == 0.0:
                continue
            total += passes * out_slack[m]
            for entry in range(np.int64(out_at[m]), np.int64(out_at[m]) + np.int64(out_length[m])):
                p = names[entry]
                if added[p] == 0.0:
                    met[found] = p
                    found += 1
                added[p] += passes * parts[entry]
                eased[p] += passes * (out_slack[m] - out_tight[m])
        kept = 0
        out = total
        for i in range(found):
            p = met[i]
            if added[p] >= SMALLEST and kept < ROOM:
                who[kept], part[kept], ease[kept] = p, added[p], eased[p]
                kept += 1
            else:
                out = max(out, added[p] + total - eased[p])
            added[p], eased[p] = 0.0, 0.0
        kept, near, far = keep_best(who, part, ease, kept, ROOM, total)
        used = store(
            low + t, kept, near, max(far, out), who, part, at, length, tight, slack, names, parts, used
        )
    return used


def decide_all(
    start: Array,
    at: Array,
    length: Array,
    tight: Array,
    slack: Array,
    parts: Array,
    threshold: Whole,
    open_: Array,
) -> tuple[Whole, Whole]:
    """Count the pairs that the lists decide, and write down the companies they leave open."""
    pairs, many = 0, 0
    for j in range(length.size):
        if start[j] == start[j + 1]:
            continue
        certain, unclear = 0, slack[j] >= threshold - TIE
        for entry in range(np.int64(at[j]), np.int64(at[j]) + np.int64(length[j])):
            if parts[entry] >= threshold - TIE:
                certain += 1
            elif parts[entry] + tight[j] >= threshold - TIE:
                unclear = True
        if unclear:
            open_[many] = j
            many += 1
        else:
            pairs += certain
    return pairs, many


def collect(
    start: Array,
    at: Array,
    length: Array,
    tight: Array,
    names: Array,
    parts: Array,
    threshold: Whole,
    is_open: Array,
    company: Array,
    owner: Array,
    part: Array,
    within: Array,
) -> Whole:
    """Write the pairs that the lists decide."""
    pairs = 0
    for j in range(length.size):
        if start[j] == start[j + 1] or is_open[j]:
            continue
        for entry in range(np.int64(at[j]), np.int64(at[j]) + np.int64(length[j])):
            if parts[entry] >= threshold - TIE:
                company[pairs], owner[pairs] = j, names[entry]
                part[pairs], within[pairs] = parts[entry], tight[j]
                pairs += 1
    return pairs
