"""What everybody controls, under ranges too: the least fixed point of control, owner by owner.

An owner's votes in a company are added up as its group grows, so that each holding is met once an owner. Shares
are whole numbers of a whole that each company has for itself, so that sums at the threshold are decided,
open ends included. A company whose shares are not such numbers (``rounded``) and whose sum comes within
``TIE`` of the threshold is marked as doubtful instead, for the caller to find exact numbers.
"""

from crosstie.analyses.kernels.hints import Array, Whole

TIE = 1e-9


def add_up(start: Array, low: Array, high: Array, low_open: Array, high_open: Array, sums: Array) -> None:
    """Four sums a company: both ends, and how many ranges have an open end, below and above."""
    for j in range(start.size - 1):
        for k in range(start[j], start[j + 1]):
            sums[j, 0] += low[k]
            sums[j, 1] += high[k]
            if low[k] < high[k]:
                sums[j, 2] += low_open[k]
                sums[j, 3] += high_open[k]


def fewest(j: Whole, mine: Array, sums: Array, whole: Array) -> Whole:
    """What the group has at least: the others have as much as they can."""
    mass = min(max(whole[j], sums[j, 0]), sums[j, 1])
    others = (sums[j, 1] - mine[j, 1]) - (sums[j, 0] - mine[j, 0])
    return mine[j, 0] + max(0, mass - sums[j, 0] - others)


def most(j: Whole, mine: Array, sums: Array, whole: Array) -> Whole:
    """What the group has at most."""
    mass = min(max(whole[j], sums[j, 0]), sums[j, 1])
    return mine[j, 0] + min(mine[j, 1] - mine[j, 0], mass - sums[j, 0])


def is_met(j: Whole, total: Whole, mine: Array, sums: Array, whole: Array) -> Whole:
    """Whether the group can have just this much, without the open ends of its ranges and of the others'.

    Where there is only one column, or none, it is taken as stated, and open ends mean nothing.
    """
    if sums[j, 0] >= whole[j] or sums[j, 1] <= whole[j]:
        return True
    rest = min(max(whole[j], sums[j, 0]), sums[j, 1]) - total
    if total <= mine[j, 0] and mine[j, 2] > 0:
        return False
    if total >= mine[j, 1] and mine[j, 3] > 0:
        return False
    if rest <= sums[j, 0] - mine[j, 0] and sums[j, 2] > mine[j, 2]:
        return False
    return not (rest >= sums[j, 1] - mine[j, 1] and sums[j, 3] > mine[j, 3])


def surely(
    j: Whole, mine: Array, sums: Array, whole: Array, rounded: Array, over: Whole, under: Whole
) -> Whole:
    """Whether the group has more than the threshold whatever the ranges: 1, 0, or -1 where rounding hides it."""
    total = fewest(j, mine, sums, whole)
    if rounded[j] and abs(total / whole[j] - over / under) < TIE:
        return -1
    if total * under != over * whole[j]:
        return 1 if total * under > over * whole[j] else 0
    return 0 if is_met(j, total, mine, sums, whole) else 1  # just the threshold, and not reached: more


def maybe(
    j: Whole, mine: Array, sums: Array, whole: Array, rounded: Array, over: Whole, under: Whole
) -> Whole:
    """Whether some numbers that the ranges allow give the group more than the threshold."""
    total = most(j, mine, sums, whole)
    if rounded[j] and abs(total / whole[j] - over / under) < TIE:
        return -1
    return 1 if total * under > over * whole[j] else 0


def control_from(
    seat: Whole,
    last: Whole,
    asked: Array,
    below: Array,
    below_edge: Array,
    company: Array,
    low: Array,
    high: Array,
    low_open: Array,
    high_open: Array,
    sums: Array,
    whole: Array,
    rounded: Array,
    over: Whole,
    under: Whole,
    mine: Array,
    met: Array,
    inside: Array,
    touched: Array,
    queue: Array,
    least: Array,
    doubtful: Array,
    owner: Array,
    held: Array,
    decided: Array,
    votes: Array,
) -> Whole:
    """The companies that owners ``seat`` to ``last`` control, or may; stops where the rows may not fit.

    ``asked`` marks the owners; ``below_edge[below[k]:below[k + 1]]`` are the holdings of *k*. Scratch by
    party: ``mine`` (four sums), ``met``, ``inside`` (of zeros: left so), ``touched``, ``queue``, ``least``.

    Returns
    -------
    tuple
        The first owner not asked, and how many rows are filled: ``votes`` has the lower and the upper end
        and whether each is reached.
    """
    rows = 0
    while seat <= last:
        if not asked[seat]:
            seat += 1
            continue
        inside[seat] = 2
        queue[0] = seat
        waiting, count, begun = 1, 0, 0
        for certain in (True, False):
            if not certain:
                # the ends and doubts of the sure group, before what ranges may add
                for n in range(count):
                    j = touched[n]
                    least[j, 0] = fewest(j, mine, sums, whole)
                    least[j, 1] = is_met(j, least[j, 0], mine, sums, whole)
                    if inside[j] == 0:
                        verdict = maybe(j, mine, sums, whole, rounded, over, under)
                        if verdict < 0:
                            doubtful[j] = True
                        elif verdict:
                            inside[j] = 1
                            queue[waiting] = j
                            waiting += 1
            while begun < waiting:
                k = queue[begun]
                begun += 1
                for n in range(below[k], below[k + 1]):
                    e = below_edge[n]
                    j = company[e]
                    if met[j] == 0:
                        met[j] = 1
                        touched[count] = j
                        count += 1
                        mine[j, 0], mine[j, 1], mine[j, 2], mine[j, 3] = 0, 0, 0, 0
                        least[j, 0], least[j, 1] = 0, 1 if certain else is_met(j, 0, mine, sums, whole)
                    mine[j, 0] += low[e]
                    mine[j, 1] += high[e]
                    if low[e] < high[e]:
                        mine[j, 2] += low_open[e]
                        mine[j, 3] += high_open[e]
                    if inside[j] != 0:
                        continue
                    if certain:
                        verdict = surely(j, mine, sums, whole, rounded, over, under)
                    else:
                        verdict = maybe(j, mine, sums, whole, rounded, over, under)
                    if verdict < 0:
                        doubtful[j] = True
                    elif verdict:
                        inside[j] = 2 if certain else 1
                        queue[waiting] = j
                        waiting += 1
        if rows + waiting > owner.size:
            for n in range(count):
                met[touched[n]] = 0
                inside[touched[n]] = 0
            inside[seat] = 0
            return seat, rows
        for n in range(1, waiting):
            j = queue[n]
            top = most(j, mine, sums, whole)
            owner[rows], held[rows], decided[rows] = seat, j, inside[j] == 2
            votes[rows, 0] = least[j, 0] / whole[j]
            votes[rows, 1] = top / whole[j]
            votes[rows, 2] = least[j, 1]
            votes[rows, 3] = is_met(j, top, mine, sums, whole)
            rows += 1
        for n in range(count):
            met[touched[n]] = 0
            inside[touched[n]] = 0
        inside[seat] = 0
        seat += 1
    return seat, rows


def outside_of(
    start: Array,
    holder: Array,
    low: Array,
    high: Array,
    low_open: Array,
    high_open: Array,
    sums: Array,
    whole: Array,
    over: Whole,
    under: Whole,
    left: Array,
    mine: Array,
) -> Whole:
    """Take out of ``left`` the companies of which those left surely have no more than the threshold; how many."""
    out = 0
    for j in range(left.size):
        if not left[j]:
            continue
        mine[j, 0], mine[j, 1], mine[j, 2], mine[j, 3] = 0, 0, 0, 0
        for k in range(start[j], start[j + 1]):
            if left[holder[k]]:
                mine[j, 0] += low[k]
                mine[j, 1] += high[k]
                if low[k] < high[k]:
                    mine[j, 2] += low_open[k]
                    mine[j, 3] += high_open[k]
        total = fewest(j, mine, sums, whole)
        if total * under <= over * whole[j] and not (
            total * under == over * whole[j] and not is_met(j, total, mine, sums, whole)
        ):
            left[j] = False
            out += 1
    return out
