"""What owners have of everybody's assets, at least and at most, where holdings are ranges."""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.ranged import ENDLESS, LOOSE, NEAR, NOWHERE, Desk, Holdings, choose, column_of
from crosstie.analyses.kernels.walks import walk, wipe


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
    wanted: Array,
) -> None:
    """Walk down from each owner: what it has of everybody's assets and its own, at least and at most.

    In a loop the owner's value comes back to it: it is divided by what does not come back.
    """
    scratch, order = np.zeros(desk.v.size, np.int64), np.zeros(desk.v.size, np.int64)
    e, v = np.zeros(desk.v.size, np.int64), np.zeros(desk.v.size)
    for at in range(owners.size):
        i = np.int64(owners[at])
        many = walk(net, desk, i, least, wanted)
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
                    column_of(net, i), net.low, net.high, e, v, 0, count, most, order, scratch
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
