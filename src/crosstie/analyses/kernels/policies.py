"""Bounds of the members of a loop by turns: best columns for the values, values of the columns (Howard's policy iteration)."""

import numpy as np

from crosstie.analyses.kernels.attained import open_ends
from crosstie.analyses.kernels.hints import Array
from crosstie.analyses.kernels.loop_columns import Loop, choose_inside, values_at
from crosstie.analyses.kernels.ranged import NEAR, NOWHERE, Desk, Holdings, mass


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
        choose_inside(net, loop, a, v, most, True, rank, chosen)
    while True:
        x = solve(net, loop, given, chosen, never)
        v = values_at(loop, given, x)
        better = False
        for a in range(members):
            if not loop.asked[a] or never[a]:
                continue
            worth = choose_inside(net, loop, a, v, most, True, order, fresh)
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
