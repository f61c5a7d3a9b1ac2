"""The bounds of all members of one loop: sharp by turns, large ones closed in upon."""

import numpy as np

from crosstie.analyses.kernels.attained import FINE
from crosstie.analyses.kernels.hints import Whole
from crosstie.analyses.kernels.large_loops import close_in
from crosstie.analyses.kernels.loop_columns import meet
from crosstie.analyses.kernels.policies import improve
from crosstie.analyses.kernels.ranged import (
    ENDLESS,
    HIGH_INEXACT,
    HIGH_OPEN,
    LOOSE,
    LOW_INEXACT,
    LOW_OPEN,
    NOWHERE,
    Desk,
    Holdings,
)

LARGEST = 64
"""Members of the largest loop whose columns are improved with a solution each time."""


def settle_loop(net: Holdings, desk: Desk, b: Whole) -> None:
    """The bounds of all members of a loop."""
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
            x, loose = close_in(net, loop, b, given, most)
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
