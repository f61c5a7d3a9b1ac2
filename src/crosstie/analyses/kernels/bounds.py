r"""Bounds of one owner's look-through shares under ranges: a walk down from the owner, loops solved whole.

A company's column may be any with every holding between its ends and the sum one. Holders come before what they
hold, so a company's best column is greedy in values that are final: everyone at the low end, the rest to
the best (or, for the least, to the worst) holders first. Only holders that the owner reaches are looked at; all others
are worth nothing to it and count by their sums. Ends are whole numbers of the company's ``whole``, so that
what a column has room for is exact. In loops columns and values are improved in turn (Howard's policy
iteration); loops too large for that are approached from the safe side.
"""

from typing import NamedTuple

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole

LOW_OPEN, HIGH_OPEN, LOOSE, LOW_INEXACT, HIGH_INEXACT, ENDLESS = 1, 2, 4, 8, 16, 32
"""Of a bound: no column reaches its low (its high) end; it is sound but may not be sharp; its low (its high)
end went through rounding; its column, or one above, has more than there is in a loop, so that nothing bounds it."""
NEAR = 1e-12
SAME = 1e-11
"""Values this near are the same when ties decide whether an end is reached."""
LARGEST = 64
"""Members of the largest loop whose columns are improved with a solution each time."""
SMALL = 8
"""Loops up to here are solved for every owner who comes in, however little of it."""
ROUNDS = 5_000
STILL = 1e-15
SURE = 1.01
SHORT = 32
"""Lists up to here are sorted by insertion."""
GRID = 12
"""Parts that are whole numbers of 1/4096 are exact in binary, and so are products of a few."""
FINE = 52
NOWHERE = -1
UNSEEN, WAITING, DONE = 0, 1, 2


class Holdings(NamedTuple):
    """Ranges by place (see ``order``), and by holder the numbers of the same holdings.

    ``opens`` has ``LOW_OPEN`` and ``HIGH_OPEN`` of a holding; ``low_opens`` and ``high_opens`` count them by company.
    ``rough`` companies have ends that are rounded. ``loop_at`` is the loop of a place, ``begin`` where its members'
    ``inner`` (and ``steps``) starts. ``steps`` bounds how many a share takes inside before it leaves, whatever
    the columns.
    """

    start: Array
    company: Array
    holder: Array
    low: Array
    high: Array
    opens: Array
    whole: Array
    rough: Array
    total_low: Array
    total_high: Array
    low_opens: Array
    high_opens: Array
    start_up: Array
    of_company: Array
    edge_up: Array
    first: Array
    size: Array
    begin: Array
    inner: Array
    loop_at: Array
    steps: Array


class Desk(NamedTuple):
    """What a walk writes on: by place, blank between walks; ``edge`` and ``next`` chain a company's reached holdings."""

    low: Array
    high: Array
    flags: Array
    fine_low: Array
    fine_high: Array
    head: Array
    state: Array
    touched: Array
    heap: Array
    edge: Array
    next: Array
    e: Array
    v: Array
    rank: Array
    chosen: Array
    good: Array
    links: Array
    passed: Array


def push(heap: Array, size: Whole, place: Whole) -> Whole:
    """Add a place to a heap whose largest comes first."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above] >= place:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = place
    return size + 1


def pop(heap: Array, size: Whole) -> Whole:
    """Take the largest place away."""
    size -= 1
    last = heap[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] > heap[below]:
            below += 1
        if heap[below] <= last:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = last
    return size


def hand_on(
    k: Whole,
    size: Whole,
    nodes: Whole,
    start_up: Array,
    of_company: Array,
    edge_up: Array,
    loop_at: Array,
    state: Array,
    heap: Array,
    head: Array,
    edge: Array,
    next_: Array,
) -> tuple[Whole, Whole]:
    """Tell the companies that a party holds, and has not told, that the owner reaches them through it."""
    loop = loop_at[k]
    for t in range(np.int64(start_up[k]), np.int64(start_up[k + 1])):
        j = np.int64(of_company[t])
        if state[j] == DONE:
            continue
        if loop == NOWHERE or loop_at[j] != loop:
            edge[nodes] = edge_up[t]
            next_[nodes] = head[j]
            head[j] = nodes
            nodes += 1
        if state[j] == UNSEEN:
            state[j] = WAITING
            size = push(heap, size, j)
    return size, nodes


def by_value(v: Array, many: Whole, most: bool, rank: Array) -> None:
    """Positions, the largest value first, or the smallest."""
    if many > SHORT:
        order = np.argsort(v[:many])
        for i in range(many):
            rank[i] = order[many - 1 - i] if most else order[i]
        return
    for i in range(many):
        at = i
        while at > 0 and (v[rank[at - 1]] < v[i] if most else v[rank[at - 1]] > v[i]):
            rank[at] = rank[at - 1]
            at -= 1
        rank[at] = i


class Column(NamedTuple):
    """A company's column in numbers: what it is parts of, the sums of its ends, and how many of these are open."""

    whole: Whole
    low: Whole
    high: Whole
    lows: Whole
    highs: Whole
    mass: Whole


def column_of(net: Holdings, j: Whole) -> Column:
    """The column of a company. It adds up to the whole, unless what is stated forces more, or allows less."""
    whole, low, high = net.whole[j], net.total_low[j], net.total_high[j]
    mass = min(max(whole, low), high)
    return Column(whole, low, high, np.int64(net.low_opens[j]), np.int64(net.high_opens[j]), mass)


def mass(net: Holdings, j: Whole) -> Whole:
    """What a column adds up to."""
    return min(max(net.whole[j], net.total_low[j]), net.total_high[j])


def choose(
    column: Column,
    low: Array,
    high: Array,
    e: Array,
    v: Array,
    many: Whole,
    most: bool,
    rank: Array,
    chosen: Array,
) -> Whole:
    """The column worth most (or least) when its reached holders are worth ``v``; what it is worth."""
    rest = column.mass - column.low
    if not most and rest > 0:
        room = column.high - column.low
        for i in range(many):
            room -= high[e[i]] - low[e[i]]
        rest -= min(rest, room)
    worth = 0.0
    if rest <= 0:
        for i in range(many):
            chosen[i] = low[e[i]]
            worth += chosen[i] / column.whole * v[i]
        return worth
    by_value(v, many, most, rank)
    for turn in range(many):
        i = rank[turn]
        more = min(rest, high[e[i]] - low[e[i]]) if v[i] > 0.0 or not most else np.int64(0)
        chosen[i] = low[e[i]] + more
        rest -= more
        worth += chosen[i] / column.whole * v[i]
    return worth


def part_is_fine(part: Whole, whole: Whole) -> Whole:
    """The least *g* for which a part is a whole number of :math:`2^{-g}`, more than ``FINE`` where there is none."""
    for g in range(GRID + 1):
        if (part << g) % whole == 0:
            return g
    return FINE + 1


def fineness(
    whole: Whole, e: Array, many: Whole, chosen: Array, v: Array, holder: Array, fine: Array
) -> Whole:
    """How fine a sum of products is; more than ``FINE``: it may be rounded."""
    most = 0
    for i in range(many):
        if chosen[i] > 0 and v[i] > 0.0:
            each = part_is_fine(chosen[i], whole) + np.int64(fine[holder[e[i]]])
            most = max(most, each)
    return min(most, FINE + 1)


def is_attained(
    column: Column,
    at_low: Array,
    at_high: Array,
    opens: Array,
    e: Array,
    v: Array,
    many: Whole,
    rank: Array,
    chosen: Array,
    good: Array,
    links: Array,
) -> bool:
    """Whether some column without its open ends is worth as much; ``links`` marks reached holders it may pass.

    Holders worth the same share what they have together. ``links[many]`` is for the holders not reached.
    """
    by_value(v, many, True, rank)
    rest = column.mass
    u_low, u_high, u_lows, u_highs = column.low, column.high, column.lows, column.highs
    for i in range(many):
        u_low -= at_low[e[i]]
        u_high -= at_high[e[i]]
        u_lows -= (opens[e[i]] & LOW_OPEN) != 0
        u_highs -= (opens[e[i]] & HIGH_OPEN) != 0
        links[i] = False
    links[many] = False
    begin = 0
    zero_seen = False
    while begin < many or not zero_seen:
        at_zero = begin == many or v[rank[begin]] <= SAME
        end = begin
        while end < many and abs(v[rank[end]] - v[rank[begin]]) <= SAME:
            end += 1
        low, high, lows, highs = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
        total = np.int64(0)
        if at_zero:
            zero_seen = True
            low, high, lows, highs = u_low, u_high, u_lows, u_highs
            total = rest
            for turn in range(many):
                if turn < begin or turn >= end:
                    total -= chosen[rank[turn]]
        else:
            for turn in range(begin, end):
                total += chosen[rank[turn]]
        for turn in range(begin, end):
            i = rank[turn]
            if not good[i]:
                if at_low[e[i]] > 0 or opens[e[i]] & LOW_OPEN:
                    return False
                continue
            low += at_low[e[i]]
            high += at_high[e[i]]
            lows += (opens[e[i]] & LOW_OPEN) != 0
            highs += (opens[e[i]] & HIGH_OPEN) != 0
        if total < low or total > high or (total == low and lows > 0) or (total == high and highs > 0):
            return False
        for turn in range(begin, end):
            i = rank[turn]
            links[i] = good[i] and (at_low[e[i]] > 0 or (total > low and at_high[e[i]] > 0))
        if at_zero:
            links[many] = u_low > 0 or (total > low and u_high > 0)
        begin = end
    return True


def settle(
    j: Whole,
    column: Column,
    rough: bool,
    holder: Array,
    at_low: Array,
    at_high: Array,
    opens: Array,
    head: Array,
    edge: Array,
    next_: Array,
    low: Array,
    high: Array,
    flags: Array,
    fine_low: Array,
    fine_high: Array,
    e: Array,
    v: Array,
    rank: Array,
    chosen: Array,
    good: Array,
    links: Array,
) -> None:
    """The bounds of a company outside loops, its holders' being final."""
    many = 0
    flag: Whole = 0
    node = head[j]
    while node != NOWHERE:
        e[many] = edge[node]
        flag |= flags[holder[edge[node]]] & (LOOSE | ENDLESS)
        node = next_[node]
        many += 1
    inexact = rough or column.mass > column.whole
    for most in (False, True):
        bit = HIGH_OPEN if most else LOW_OPEN
        some_open = column.lows + column.highs > 0
        for i in range(many):
            h = holder[e[i]]
            v[i] = high[h] if most else low[h]
            good[i] = not flags[h] & bit
            some_open = some_open or not good[i]
        worth = choose(column, at_low, at_high, e, v, many, most, rank, chosen)
        if some_open and not is_attained(
            column, at_low, at_high, opens, e, v, many, rank, chosen, good, links
        ):
            flag |= bit
        fine = fineness(column.whole, e, many, chosen, v, holder, fine_high if most else fine_low)
        if inexact:
            fine = FINE + 1
        if most:
            high[j], fine_high[j] = worth, fine
            flag |= HIGH_INEXACT if fine > FINE else 0
        else:
            low[j], fine_low[j] = worth, fine
            flag |= LOW_INEXACT if fine > FINE else 0
    flags[j] = flag


def walk(net: Holdings, desk: Desk, owner: Whole, least: Whole, little: Whole) -> tuple[Whole, Whole]:
    """Bound the owner's share of everything below it; how many places were ``touched``, holders before companies.

    Companies with at most ``least`` are not followed further, nor are loops that are not small of whose members nobody can
    have more than ``little``; what they could bring at most.
    """
    start_up, of_company, edge_up, loop_at = net.start_up, net.of_company, net.edge_up, net.loop_at
    holder, at_low, at_high, opens = net.holder, net.low, net.high, net.opens
    wholes, lows, highs, low_opens, high_opens = (
        net.whole, net.total_low, net.total_high, net.low_opens, net.high_opens,
    )  # fmt: skip
    state, heap, head, edge, next_ = desk.state, desk.heap, desk.head, desk.edge, desk.next
    low_end, high_end, flags, touched, rough = desk.low, desk.high, desk.flags, desk.touched, net.rough
    fine_low, fine_high, e, v, rank = desk.fine_low, desk.fine_high, desk.e, desk.v, desk.rank
    chosen, good, links = desk.chosen, desk.good, desk.links
    passed = 0.0
    desk.low[owner], desk.high[owner], desk.flags[owner] = 1.0, 1.0, 0
    desk.fine_low[owner], desk.fine_high[owner] = 0, 0
    desk.state[owner] = DONE
    desk.touched[0] = owner
    many = 1
    size, nodes = hand_on(owner, 0, 0, start_up, of_company, edge_up, loop_at, state, heap, head, edge, next_)
    while size > 0:
        j = np.int64(heap[0])
        size = pop(heap, size)
        if state[j] == DONE:
            continue
        b = np.int64(loop_at[j])
        first, last = j, j + 1
        if b == NOWHERE:
            mass = min(max(wholes[j], lows[j]), highs[j])
            column = Column(
                wholes[j], lows[j], highs[j], np.int64(low_opens[j]), np.int64(high_opens[j]), mass
            )
            settle(
                j, column, rough[j], holder, at_low, at_high, opens, head, edge, next_, low_end, high_end, flags,
                fine_low, fine_high, e, v, rank, chosen, good, links,
            )  # fmt: skip
        elif not desk.passed[b]:
            bound = comes_to(net, desk, b)
            if bound <= little:
                passed += bound
                desk.passed[b] = True
            else:
                first = np.int64(net.first[b])
                last = first + np.int64(net.size[b])
                settle_loop(net, desk, b)
        before = many
        for each in range(first, last):
            if state[each] != DONE:
                state[each] = DONE
                touched[many] = each
                many += 1
        for turn in range(before, many):
            place = np.int64(touched[turn])
            if high_end[place] > least or flags[place] & ENDLESS:
                size, nodes = hand_on(
                    place, size, nodes, start_up, of_company, edge_up, loop_at, state, heap, head, edge, next_
                )
    return many, passed


def comes_to(net: Holdings, desk: Desk, b: Whole) -> Whole:
    """A bound of what an owner can have of any member of a loop that is not small; without end where there is none."""
    low, many = np.int64(net.first[b]), np.int64(net.size[b])
    most: Whole = 0.0
    longest: Whole = 0.0
    if many <= SMALL:
        return np.inf
    for j in range(low, low + many):
        if desk.state[j] == DONE:
            return np.inf  # the owner is a member
        longest = max(longest, net.steps[net.begin[b] + j - low])
        comes = 0.0
        node = desk.head[j]
        while node != NOWHERE:
            k = desk.edge[node]
            comes += net.high[k] / net.whole[j] * desk.high[net.holder[k]]
            node = desk.next[node]
        most = max(most, comes)
    return most * longest


def wipe(net: Holdings, desk: Desk, many: Whole) -> None:
    """Blank what a walk has touched."""
    for turn in range(many):
        place = desk.touched[turn]
        if net.loop_at[place] != NOWHERE:
            desk.passed[net.loop_at[place]] = False
        desk.low[place], desk.high[place], desk.flags[place] = 0.0, 0.0, 0
        desk.head[place] = NOWHERE
        desk.state[place] = UNSEEN


class Loop(NamedTuple):
    """A loop as an owner meets it: of every open member the holders that count, and where these stand.

    The holders of member *a* are ``begin[a]:begin[a + 1]``; ``inside`` is a holder's position among the members, or
    ``NOWHERE`` for one whose value is final.
    """

    low: Whole
    asked: Array
    begin: Array
    edge: Array
    inside: Array


def meet(net: Holdings, desk: Desk, b: Whole) -> Loop:
    """Lay a loop out: its own holdings, and those through which the owner comes in."""
    low, many = np.int64(net.first[b]), np.int64(net.size[b])
    asked = np.empty(many, np.bool_)
    begin = np.zeros(many + 1, np.int64)
    for a in range(many):
        j = low + a
        asked[a] = desk.state[j] != DONE
        count = np.int64(net.start[j + 1]) - np.int64(net.inner[net.begin[b] + a])
        node = desk.head[j]
        while node != NOWHERE:
            count += 1
            node = desk.next[node]
        begin[a + 1] = begin[a] + (count if asked[a] else 0)
    edge = np.empty(begin[many], np.int64)
    inside = np.empty(begin[many], np.int64)
    for a in range(many):
        if not asked[a]:
            continue
        j = low + a
        at = begin[a]
        for k in range(np.int64(net.inner[net.begin[b] + a]), np.int64(net.start[j + 1])):
            edge[at] = k
            member = np.int64(net.holder[k]) - low
            inside[at] = member if asked[member] else NOWHERE
            at += 1
        node = desk.head[j]
        while node != NOWHERE:
            edge[at] = desk.edge[node]
            inside[at] = NOWHERE
            node = desk.next[node]
            at += 1
    return Loop(low, asked, begin, edge, inside)


def settle_loop(net: Holdings, desk: Desk, b: Whole) -> None:
    """The bounds of all members of a loop."""
    limit = comes_to(net, desk, b)
    loop = meet(net, desk, b)
    members = loop.asked.size
    flags = LOW_INEXACT | HIGH_INEXACT
    for a in range(members):
        if loop.asked[a] and net.total_low[loop.low + a] > net.whole[loop.low + a]:
            flags |= ENDLESS
        for k in range(loop.begin[a], loop.begin[a + 1]):
            if loop.inside[k] == NOWHERE:
                flags |= desk.flags[net.holder[loop.edge[k]]] & (LOOSE | ENDLESS)
    given = np.zeros(loop.edge.size)
    for most in (False, True):
        for k in range(loop.edge.size):
            h = net.holder[loop.edge[k]]
            given[k] = 0.0 if loop.inside[k] != NOWHERE else desk.high[h] if most else desk.low[h]
        if flags & ENDLESS:
            x = np.ones(members) if most else np.zeros(members)
            opened = np.zeros(members, np.bool_)
        elif members > LARGEST:
            x, loose = approach(net, loop, given, most, limit)
            flags |= LOOSE if loose else 0
            opened = np.zeros(members, np.bool_)
        else:
            x, opened = improve(net, desk, loop, given, most)
        for a in range(members):
            if not loop.asked[a]:
                continue
            j = loop.low + a
            if most:
                desk.high[j], desk.fine_high[j] = x[a], FINE + 1
                desk.flags[j] |= HIGH_OPEN if opened[a] else 0
            else:
                desk.low[j], desk.fine_low[j] = x[a], FINE + 1
                desk.flags[j] = LOW_OPEN if opened[a] else 0
    for a in range(members):
        if loop.asked[a]:
            desk.flags[loop.low + a] |= flags


def values_at(loop: Loop, given: Array, x: Array) -> Array:
    """What each holder in a loop is worth."""
    v = given.copy()
    for k in range(v.size):
        if loop.inside[k] != NOWHERE:
            v[k] = x[loop.inside[k]]
    return v


def choose_inside(
    net: Holdings, loop: Loop, a: Whole, v: Array, most: bool, rank: Array, chosen: Array
) -> Whole:
    """The best column of one member for the values of its holdings, and its worth."""
    i, end = loop.begin[a], loop.begin[a + 1]
    column = column_of(net, loop.low + a)
    return choose(
        column, net.low, net.high, loop.edge[i:end], v[i:end], end - i, most, rank[i:end], chosen[i:end]
    )


def nearness(net: Holdings, loop: Loop, given: Array) -> Array:
    """How near each member is to what comes in from outside, halved at each step: the first guess of its value."""
    members = loop.asked.size
    near = np.zeros(members)
    for a in range(members):
        for k in range(loop.begin[a], loop.begin[a + 1]):
            if loop.inside[k] == NOWHERE and given[k] > 0.0 and net.high[loop.edge[k]] > 0:
                near[a] = 0.5
    step = 0.5
    found = True
    while found:
        found = False
        for a in range(members):
            if near[a] > 0.0:
                continue
            for k in range(loop.begin[a], loop.begin[a + 1]):
                if loop.inside[k] != NOWHERE and near[loop.inside[k]] == step:
                    near[a] = step / 2
                    found = True
        step /= 2
    return near


def never_reached(net: Holdings, loop: Loop, given: Array) -> Array:
    """Members all of whose shares may end elsewhere: the greatest set that can feed itself."""
    members = loop.asked.size
    never = loop.asked.copy()
    changed = True
    while changed:
        changed = False
        for a in range(members):
            if not never[a]:
                continue
            j = loop.low + a
            room = net.total_high[j]
            stays = True
            for k in range(loop.begin[a], loop.begin[a + 1]):
                inside = loop.inside[k]
                safe = given[k] <= 0.0 if inside == NOWHERE else never[inside]
                if not safe:
                    room -= net.high[loop.edge[k]]
                    stays = stays and net.low[loop.edge[k]] == 0
            if not stays or room < mass(net, j):
                never[a] = False
                changed = True
    return never


def improve(net: Holdings, desk: Desk, loop: Loop, given: Array, most: bool) -> tuple[Array, Array]:
    """Values of a loop's members by turns: best columns for the values, values of the columns; and open ends."""
    members = loop.asked.size
    chosen, rank = np.zeros(loop.edge.size, np.int64), np.zeros(loop.edge.size, np.int64)
    fresh, order = chosen.copy(), rank.copy()
    never = np.zeros(members, np.bool_) if most else never_reached(net, loop, given)
    x = nearness(net, loop, given)
    v = given.copy()
    for k in range(v.size):
        inside = loop.inside[k]
        if inside == NOWHERE:
            v[k] = 1.0 if given[k] > 0.0 else 0.0
        else:
            v[k] = 0.0 if never[inside] else x[inside]
    for a in range(members):
        choose_inside(net, loop, a, v, most, rank, chosen)
    while True:
        x = solve(net, loop, given, chosen, never)
        v = values_at(loop, given, x)
        better = False
        for a in range(members):
            if not loop.asked[a] or never[a]:
                continue
            worth = choose_inside(net, loop, a, v, most, order, fresh)
            if (worth - x[a] if most else x[a] - worth) > NEAR:
                better = True
                i, end = loop.begin[a], loop.begin[a + 1]
                chosen[i:end] = fresh[i:end]
        if not better:
            break
    return x, open_ends(net, desk, loop, v, x, rank, chosen, most)


def solve(net: Holdings, loop: Loop, given: Array, chosen: Array, never: Array) -> Array:
    """Values under chosen columns: members are taken out one by one, adding and never subtracting (see ``visits``)."""
    members = loop.asked.size
    held = np.zeros((members, members))
    out, gain = np.ones(members), np.zeros(members)
    for a in range(members):
        j = loop.low + a
        if not loop.asked[a] or never[a]:
            continue
        left = net.whole[j]
        for k in range(loop.begin[a], loop.begin[a + 1]):
            part = chosen[k] / net.whole[j]
            if loop.inside[k] == NOWHERE:
                gain[a] += part * given[k]
            else:
                held[a, loop.inside[k]] += part
                left -= chosen[k]
        out[a] = left / net.whole[j]
    for k in range(members - 1, -1, -1):
        pivot = out[k]
        for a in range(k):
            pivot += held[k, a]
        if pivot <= 0.0:  # these columns close a group: nothing reaches it
            held[k, :k] = 0.0
            gain[k] = 0.0
            continue
        for a in range(k):
            weight = held[a, k] / pivot
            if weight > 0.0:
                for c in range(k):
                    held[a, c] += weight * held[k, c]
                out[a] += weight * out[k]
                gain[a] += weight * gain[k]
                held[a, a] = 0.0
        gain[k] /= pivot
        held[k, :k] /= pivot
    for k in range(1, members):
        for a in range(k):
            gain[k] += held[k, a] * gain[a]
    return gain


def open_ends(
    net: Holdings, desk: Desk, loop: Loop, v: Array, x: Array, rank: Array, chosen: Array, most: bool
) -> Array:
    """Members whose value no columns without open ends have: all outside the greatest set that keeps its own."""
    members = loop.asked.size
    bit = HIGH_OPEN if most else LOW_OPEN
    good = loop.asked.copy()
    widest = 0
    for a in range(members):
        widest = max(widest, loop.begin[a + 1] - loop.begin[a])
    fits, links = np.empty(loop.edge.size, np.bool_), np.empty(widest + 1, np.bool_)
    passes = np.zeros(loop.edge.size, np.bool_)
    leaves = np.zeros(members, np.bool_)
    while True:
        lost = False
        for k in range(loop.edge.size):
            inside = loop.inside[k]
            fits[k] = good[inside] if inside != NOWHERE else not desk.flags[net.holder[loop.edge[k]]] & bit
        keeps = good.copy()
        for a in range(members):
            if not good[a] or (most and x[a] == 0.0):
                leaves[a] = True
                continue
            i, end = loop.begin[a], loop.begin[a + 1]
            many = end - i
            keeps[a] = is_attained(
                column_of(net, loop.low + a), net.low, net.high, net.opens, loop.edge[i:end], v[i:end], many, rank[i:end], chosen[i:end], fits[i:end], links
            )  # fmt: skip
            lost = lost or not keeps[a]
            passes[i:end] = links[:many]
            leaves[a] = links[many]
        if not lost and most:
            grounded = ground(loop, leaves, passes)
            for a in range(members):
                if good[a] and not grounded[a]:
                    keeps[a] = False
                    lost = True
        good = keeps
        if not lost:
            return loop.asked & ~good


def ground(loop: Loop, leaves: Array, passes: Array) -> Array:
    """Members from which something leaves the loop, whatever way it goes round before."""
    grounded = leaves.copy()
    changed = True
    while changed:
        changed = False
        for a in range(grounded.size):
            for k in range(loop.begin[a], loop.begin[a + 1]):
                inside = loop.inside[k]
                if not grounded[a] and passes[k] and (inside == NOWHERE or grounded[inside]):
                    grounded[a] = True
                    changed = True
    return grounded


def approach(net: Holdings, loop: Loop, given: Array, most: bool, limit: Whole) -> tuple[Array, bool]:
    """Values of a large loop from the safe side, and whether they may not be sharp.

    The least come from below. The most come from above: from ``limit``, where every share leaves in the end and so only one
    answer exists; else from what comes in, and are sharp if those from below meet them.
    """
    x = np.zeros(loop.asked.size)
    if not most:
        settled = approached(net, loop, given, most, x)
        return x, not settled
    top = 1.0
    for each in given:
        top = max(top, each)
    above = min(top, limit) * loop.asked
    settled = approached(net, loop, given, most, above)
    if limit < np.inf:
        return above, not settled
    approached(net, loop, given, most, x)
    apart = 0.0
    for a in range(x.size):
        apart = max(apart, above[a] - x[a])
    return above, apart > NEAR


def approached(net: Holdings, loop: Loop, given: Array, most: bool, x: Array) -> bool:
    """Put best columns for the values in place of the values until these stand still; whether they did."""
    chosen, rank = np.zeros(loop.edge.size, np.int64), np.zeros(loop.edge.size, np.int64)
    v = np.zeros(loop.edge.size)
    free, part, fixed = np.empty(x.size, np.bool_), np.empty(loop.edge.size), np.zeros(x.size)
    for a in range(x.size):
        j = loop.low + a
        free[a] = mass(net, j) > net.total_low[j]
        for k in range(loop.begin[a], loop.begin[a + 1]):
            part[k] = net.low[loop.edge[k]] / net.whole[j]
            if loop.inside[k] == NOWHERE:
                fixed[a] += part[k] * given[k]
    for _ in range(ROUNDS):
        moved = 0.0
        for a in range(x.size):
            if not loop.asked[a]:
                continue
            i, end = loop.begin[a], loop.begin[a + 1]
            if not free[a]:
                now = fixed[a]
                for k in range(i, end):
                    if loop.inside[k] != NOWHERE:
                        now += part[k] * x[loop.inside[k]]
                moved = max(moved, abs(now - x[a]))
                x[a] = now
                continue
            for k in range(i, end):
                v[k] = given[k] if loop.inside[k] == NOWHERE else x[loop.inside[k]]
            now = choose_inside(net, loop, a, v, most, rank, chosen)
            moved = max(moved, abs(now - x[a]))
            x[a] = now
        if moved <= STILL:
            return True
    return False


def steps_inside(net: Holdings, steps: Array) -> None:
    r"""Of every member of loops that are not small, a bound of the steps inside: :math:`h = 1 + \max_C C^T h`.

    Found from below and raised by a hundredth, which bounds it once a round adds less than that; without end where the
    ranges let members hold all of each other, or hold nearly all.
    """
    for b in range(net.first.size):
        low, many = np.int64(net.first[b]), np.int64(net.size[b])
        begin = net.begin[b]
        if many <= SMALL:
            continue
        h = np.ones(many)
        sure = False
        for _ in range(ROUNDS // 10):
            moved = 0.0
            for a in range(many):
                now = 1.0 + steps_from(net, low, low + a, np.int64(net.inner[begin + a]), h)
                moved = max(moved, now - h[a])
                h[a] = now
            if SURE * moved < SURE - 1.0:
                sure = True
                break
        for a in range(many):
            steps[begin + a] = SURE * h[a] if sure else np.inf


def steps_from(net: Holdings, low: Whole, j: Whole, inner: Whole, h: Array) -> Whole:
    """What a company's column can bring at most, when members of its loop are worth ``h`` and nobody else anything."""
    many = np.int64(net.start[j + 1]) - inner
    e, rank, chosen = np.empty(many, np.int64), np.empty(many, np.int64), np.empty(many, np.int64)
    v = np.empty(many)
    for i in range(many):
        e[i] = inner + i
        v[i] = h[np.int64(net.holder[inner + i]) - low]
    return choose(column_of(net, j), net.low, net.high, e, v, many, True, rank, chosen)


def swelling(
    net: Holdings, swell: Array, under: Array, e: Array, v: Array, rank: Array, chosen: Array
) -> None:
    """By company: how many times all there is its shares may come to, and the most that members of large loops may have.

    From the top down, holders first.
    """
    for back in range(swell.size):
        j = swell.size - 1 - back
        largest = 1.0
        many = 0
        loop = net.loop_at[j]
        for k in range(np.int64(net.start[j]), np.int64(net.start[j + 1])):
            h = net.holder[k]
            if loop == NOWHERE or net.loop_at[h] != loop:
                largest = max(largest, swell[h])
                if under[h] > 0.0:
                    e[many], v[many] = k, under[h]
                    many += 1
        swell[j] = largest * max(1.0, mass(net, j) / net.whole[j])
        under[j] = 1.0 if many > 0 else 0.0
        if loop == NOWHERE and many > 0:
            under[j] = choose(column_of(net, j), net.low, net.high, e, v, many, True, rank, chosen)
        if loop != NOWHERE and j == net.first[loop]:  # the last of its members
            end = j + np.int64(net.size[loop])
            below = 1.0 if net.size[loop] > SMALL else 0.0
            for member in range(j, end):
                largest, below = max(largest, swell[member]), max(below, under[member])
            for member in range(j, end):
                swell[member], under[member] = largest, below


def may_matter(net: Holdings, owner: Array, swell: Whole, threshold: Whole, stay: Array, most: Array) -> None:
    r"""Keep in ``owner`` only those who might have the threshold of any company.

    A walk up from any company avoids an owner with at least :math:`\prod (1 - c)` over its direct holdings, loops
    aside; a company in a loop may be passed again, as often as ``steps`` allows.
    """
    for j in range(owner.size):
        again = 1.0
        loop = net.loop_at[j]
        if loop != NOWHERE:
            again = np.inf if net.size[loop] <= SMALL else longest_of(net, loop)
        for k in range(np.int64(net.start[j]), np.int64(net.start[j + 1])):
            h = net.holder[k]
            part = min(1.0, net.high[k] / net.whole[j])
            if loop == NOWHERE:
                stay[h] *= 1.0 - part
            else:
                most[h] += part * again
    for h in range(owner.size):
        if owner[h]:
            owner[h] = swell * (1.0 - stay[h] + most[h]) >= threshold


def longest_of(net: Holdings, b: Whole) -> Whole:
    """The most steps inside a loop from any member."""
    longest = 0.0
    for a in range(net.begin[b], net.begin[b] + np.int64(net.size[b])):
        longest = max(longest, net.steps[a])
    return longest


def shares_over(
    net: Holdings,
    desk: Desk,
    owners: Array,
    only: Whole,
    threshold: Whole,
    least: Whole,
    little: Whole,
    swell: Array,
    under: Array,
) -> tuple[Array, Array, Array, Array, Array]:
    """Walk down from each owner: owner, company, both ends and flags of every pair that may reach the threshold.

    A loop that can bring an owner no more than ``little`` is passed by, and what it may bring is added to the upper ends
    under it, which are loose then. Where that leaves a pair undecided the owner walks again, through everything.
    """
    owner, company = np.empty(1024, np.int32), np.empty(1024, np.int32)
    low, high, flags = np.empty(1024), np.empty(1024), np.empty(1024, np.uint8)
    rows = 0
    largest = swell.max()
    for each in owners:
        many, passed = walk(net, desk, np.int64(each), least, little)
        passed *= largest
        if passed > 0.0 and is_unsure(desk, many, threshold, passed, under):
            wipe(net, desk, many)
            many, passed = walk(net, desk, np.int64(each), least, 0.0)
        if rows + many > owner.size:
            room = 2 * (rows + many)
            owner, company = wider(owner, rows, room), wider(company, rows, room)
            low, high, flags = wider(low, rows, room), wider(high, rows, room), wider(flags, rows, room)
        for turn in range(1, many):
            j = desk.touched[turn]
            more = passed * under[j]
            top = desk.high[j] + more
            if only != NOWHERE and only != j:  # noqa: PLR1714 (the compiler wants numbers of one kind)
                continue
            if (top >= threshold and top > 0.0) or desk.flags[j] & ENDLESS:
                owner[rows], company[rows] = each, j
                low[rows], high[rows], flags[rows] = desk.low[j], top, desk.flags[j]
                if more > 0.0:
                    flags[rows] |= LOOSE | LOW_INEXACT | HIGH_INEXACT
                rows += 1
        wipe(net, desk, many)
    return owner[:rows], company[:rows], low[:rows], high[:rows], flags[:rows]


def is_unsure(desk: Desk, many: Whole, threshold: Whole, passed: Whole, under: Array) -> bool:
    """Whether what loops passed by may bring leaves some pair undecided that would not be."""
    if passed >= threshold:
        return True
    for turn in range(1, many):
        j = desk.touched[turn]
        more = passed * under[j]
        if more > 0.0 and (
            desk.high[j] < threshold <= desk.high[j] + more or desk.low[j] < threshold <= desk.low[j] + more
        ):
            return True
    return False


def wider(array: Array, used: Whole, room: Whole) -> Array:
    """The same with more room."""
    fresh = np.empty(room, array.dtype)
    fresh[:used] = array[:used]
    return fresh


def has_below(net: Holdings, assets: Array, holds: Array) -> None:
    """Mark parties that hold, at some depth, a company with assets, or are such a company in a loop."""
    for j in range(holds.size):
        for t in range(np.int64(net.start_up[j]), np.int64(net.start_up[j + 1])):
            k = net.of_company[t]
            holds[j] = holds[j] or holds[k] or assets[k] != 0.0
        loop = net.loop_at[j]
        if loop != NOWHERE and j == np.int64(net.first[loop]) + np.int64(net.size[loop]) - 1:
            some = False
            for member in range(np.int64(net.first[loop]), j + 1):
                some = some or holds[member] or assets[member] != 0.0
            for member in range(np.int64(net.first[loop]), j + 1):
                holds[member] = some


def values_of(
    net: Holdings,
    desk: Desk,
    owners: Array,
    assets: Array,
    least: Whole,
    low: Array,
    high: Array,
    flags: Array,
) -> None:
    """Walk down from each owner: what it has of everybody's assets and its own, at least and at most.

    In a loop the owner's value comes back to it: it is divided by what does not come back.
    """
    scratch, order = np.zeros(desk.v.size, np.int64), np.zeros(desk.v.size, np.int64)
    e, v = np.zeros(desk.v.size, np.int64), np.zeros(desk.v.size)
    for at in range(owners.size):
        i = np.int64(owners[at])
        many, _ = walk(net, desk, i, least, 0.0)
        lowest, highest = 0.0, 0.0
        flag = 0
        for turn in range(many):
            j = desk.touched[turn]
            amount = assets[j]
            if amount != 0.0:
                lowest += amount * (desk.low[j] if amount > 0.0 else desk.high[j])
                highest += amount * (desk.high[j] if amount > 0.0 else desk.low[j])
                flag |= desk.flags[j] & (LOOSE | ENDLESS)
                flag |= LOOSE if amount < 0.0 and desk.low[j] < desk.high[j] else 0
        if net.loop_at[i] != NOWHERE:
            back = np.zeros(2)
            for most in (False, True):
                count = 0
                for k in range(np.int64(net.start[i]), np.int64(net.start[i + 1])):
                    h = net.holder[k]
                    if desk.high[h] > 0.0:
                        e[count], v[count] = k, desk.high[h] if most else desk.low[h]
                        flag |= desk.flags[h] & (LOOSE | ENDLESS)
                        count += 1
                back[1 if most else 0] = choose(
                    column_of(net, i), net.low, net.high, e, v, count, most, order, scratch
                )
            low_keeps, high_keeps = 1.0 - back[0], 1.0 - back[1]
            lowest = over(lowest, low_keeps if lowest >= 0.0 else high_keeps)
            highest = over(highest, high_keeps if highest >= 0.0 else low_keeps)
        low[at], high[at], flags[at] = lowest, highest, flag
        wipe(net, desk, many)


def over(amount: Whole, keeps: Whole) -> Whole:
    """An amount that comes back again and again, all but what it keeps each time; without end where it keeps nothing."""
    if amount == 0.0:
        return 0.0
    if keeps <= NEAR:
        return np.inf if amount > 0.0 else -np.inf
    return amount / keeps
