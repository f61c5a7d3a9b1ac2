"""Look-through shares of many owners under ranges, one walk down from each."""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole
from crosstie.analyses.kernels.marks import mark_above
from crosstie.analyses.kernels.ranged import ENDLESS, Desk, Holdings
from crosstie.analyses.kernels.scouting import scout
from crosstie.analyses.kernels.walks import walk, wipe


def shares_over(
    net: Holdings,
    desk: Desk,
    owners: Array,
    threshold: Whole,
    least: Whole,
    floor: Whole,
    all_below: Array,
    wanted: Array,
    room: Whole,
) -> tuple[Array, Array, Array, Array, Array]:
    """Walk down from each owner: owner, company, both ends and flags of every wanted pair that may reach the threshold.

    A scout goes first, and the walk then is only about companies of which the owner may have enough and those above them.
    With a ``floor`` of nothing no scout goes, nor from owners marked in ``all_below``. More than ``room`` pairs are too many: the
    rest is left.
    """
    owner, company = np.empty(1024, np.int32), np.empty(1024, np.int32)
    low, high, flags = np.empty(1024), np.empty(1024), np.empty(1024, np.uint8)
    enough, found = np.empty(desk.state.size, np.int32), np.empty(desk.state.size, np.int32)
    rows = 0
    for each in owners:
        i = np.int64(each)
        candidates, above = 0, 0
        scouted = floor > 0.0 and not all_below[i]
        if scouted:
            many = scout(net, desk, i, floor, wanted)
            for turn in range(1, many):
                j = desk.touched[turn]
                if desk.high[j] >= threshold:
                    enough[candidates] = j
                    candidates += 1
            wipe(net, desk, many)
            if candidates == 0:
                continue
            above = mark_above(net, enough, candidates, desk.marked, found)
        many = walk(net, desk, i, least, desk.marked if scouted else wanted)
        if rows + many > owner.size:
            wide = 2 * (rows + many)
            owner, company = wider(owner, rows, wide), wider(company, rows, wide)
            low, high, flags = wider(low, rows, wide), wider(high, rows, wide), wider(flags, rows, wide)
        for turn in range(1, many):
            j = desk.touched[turn]
            top = desk.high[j]
            if (top >= threshold and top > 0.0) or desk.flags[j] & ENDLESS:
                owner[rows], company[rows] = i, j
                low[rows], high[rows], flags[rows] = desk.low[j], top, desk.flags[j]
                rows += 1
        wipe(net, desk, many)
        for turn in range(above):
            desk.marked[found[turn]] = 0
        if rows > room:
            break
    return owner[:rows], company[:rows], low[:rows], high[:rows], flags[:rows]


def wider(array: Array, used: Whole, room: Whole) -> Array:
    """The same with more room."""
    fresh = np.empty(room, array.dtype)
    fresh[:used] = array[:used]
    return fresh
