"""Follow shares through a whole network in one pass, loops by their inverses.

Places are held-first (see ``order``): everything a company is worth has arrived before it is handed
on to its holders. Loop *b* is the places ``first[b]:first[b]+size[b]``, and ``inverse`` holds
the columns of
:math:`(I - C_{bb})^{-1}` one after the other from ``offset[b]``; a loop
too large for that has the offset ``GOES_ROUND`` and is iterated, one that owns itself has ``KEEPS``: what
flows in stays, as with any owner.
"""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, prange, prefetch

AHEAD = 48
PADDING = 64
"""Unused places at the end of edge arrays, so that looking ahead needs no test."""
PIECES = 64
"""Of a level, for as many processors as there may be."""
GOES_ROUND = -1
KEEPS = -2
ROUNDS = 100_000
CLOSE = 1e-16


def stream(to: Array, of: Array, share: Array, begin: Whole, end: Whole, x: Array) -> None:
    """Hand amounts on, edge by edge: what ``of`` has is final, and edges of one ``to`` lie side by side.

    Slices, so that counting from zero tells a compiler that no index is negative.
    """
    edge_to, edge_of, part = to[begin:end], of[begin : end + PADDING], share[begin:end]
    for k in range(end - begin):
        prefetch(x, np.int64(edge_of[k + AHEAD]))
        x[edge_to[k]] += part[k] * x[edge_of[k]]


def stream_level(to: Array, of: Array, share: Array, start: Array, low: Whole, high: Whole, x: Array) -> None:
    """The same for places that need not wait for each other, in pieces that may run at once."""
    for piece in prange(PIECES):
        a = low + (high - low) * piece // PIECES
        b = low + (high - low) * (piece + 1) // PIECES
        stream(to, of, share, np.int64(start[a]), np.int64(start[b]), x)


def stream_back(to: Array, of: Array, share: Array, begin: Whole, end: Whole, x: Array) -> None:
    """As ``stream``, from the last edge to the first."""
    edge_to, edge_of, part = to[begin:end], of[begin:end], share[begin:end]
    many = end - begin
    far = max(many - AHEAD, 0)
    for turn in range(far):
        k = many - 1 - turn
        prefetch(x, np.int64(edge_of[k - AHEAD]))
        x[edge_to[k]] += part[k] * x[edge_of[k]]
    for turn in range(far, many):
        k = many - 1 - turn
        x[edge_to[k]] += part[k] * x[edge_of[k]]


def apply_inverse(inverse: Array, offset: Whole, low: Whole, size: Whole, turned: bool, x: Array) -> None:
    """Replace what flowed into a loop by what it comes to once it has gone round for ever."""
    if size == 2:
        a, b = x[low], x[low + 1]
        p, q = inverse[offset + 2], inverse[offset + 1]
        if turned:
            p, q = q, p
        x[low] = inverse[offset] * a + p * b
        x[low + 1] = q * a + inverse[offset + 3] * b
        return
    inflow = x[low : low + size].copy()
    result = x[low : low + size]
    result[:] = 0.0
    for j in range(size):
        column = inverse[offset + j * size : offset + (j + 1) * size]
        if turned:
            total = 0.0
            for i in range(size):
                total += column[i] * inflow[i]
            result[j] = total
        elif inflow[j] != 0.0 or inverse[offset] != inverse[offset]:
            amount = inflow[j]
            for i in range(size):
                result[i] += column[i] * amount


def iterate_up(
    start: Array, inner: Array, holder: Array, share: Array, low: Whole, size: Whole, x: Array
) -> bool:
    """Send round what flows into a loop until nothing is left to send.

    Returns
    -------
    bool
        Whether it died out.
    """
    moving = x[low : low + size].copy()
    for _ in range(ROUNDS):
        arriving = np.zeros(size)
        for j in range(size):
            if moving[j] == 0.0:
                continue
            for k in range(np.int64(inner[j]), np.int64(start[low + j + 1])):
                arriving[np.int64(holder[k]) - low] += share[k] * moving[j]
        most = 0.0
        for j in range(size):
            x[low + j] += arriving[j]
            most = max(most, abs(arriving[j]) - CLOSE * abs(x[low + j]))
        moving = arriving
        if most <= 0.0:
            return True
    return False


def iterate_down(
    start: Array, inner: Array, holder: Array, share: Array, low: Whole, size: Whole, x: Array
) -> bool:
    """The same, from holders to companies."""
    moving = x[low : low + size].copy()
    for _ in range(ROUNDS):
        arriving = np.zeros(size)
        most = 0.0
        for j in range(size):
            for k in range(np.int64(inner[j]), np.int64(start[low + j + 1])):
                arriving[j] += share[k] * moving[np.int64(holder[k]) - low]
            x[low + j] += arriving[j]
            most = max(most, abs(arriving[j]) - CLOSE * abs(x[low + j]))
        moving = arriving
        if most <= 0.0:
            return True
    return False


def flow_up(
    level: Array,
    top: Whole,
    start_up: Array,
    by_holder: Array,
    of_company: Array,
    its_share: Array,
    start: Array,
    holder: Array,
    share: Array,
    first: Array,
    size: Array,
    inner: Array,
    offset: Array,
    inverse: Array,
    x: Array,
) -> Whole:
    r"""Solve :math:`x = e + C x` in place: ``x`` comes as *e*, what each party has of its own.

    Each holder takes its parts of what it holds. ``start_up`` says where the holdings of each holder begin in
    ``by_holder``, ``of_company`` and ``its_share``. Parties of one ``level``, and those from ``top`` on, take
    from others alone, and so at once.

    Returns
    -------
    int
        How many loops did not settle; their parties and holders are NaN.
    """
    for s in range(level.size - 1):
        stream_level(
            by_holder, of_company, its_share, start_up, np.int64(level[s]), np.int64(level[s + 1]), x
        )
    done: Whole = np.int64(level[level.size - 1])
    member: Whole = 0
    unsettled = 0
    for b in range(first.size):
        low, many = np.int64(first[b]), np.int64(size[b])
        stream(by_holder, of_company, its_share, np.int64(start_up[done]), np.int64(start_up[low]), x)
        for k in range(np.int64(start_up[low]), np.int64(start_up[low + many])):
            if of_company[k] < low:
                x[by_holder[k]] += its_share[k] * x[of_company[k]]
        if offset[b] >= 0:
            apply_inverse(inverse, np.int64(offset[b]), low, many, False, x)
        elif offset[b] == GOES_ROUND and not iterate_up(
            start, inner[member : member + many], holder, share, low, many, x
        ):
            x[low : low + many] = np.nan
            unsettled += 1
        member += many
        done = low + many
    stream(by_holder, of_company, its_share, np.int64(start_up[done]), np.int64(start_up[top]), x)
    stream_level(by_holder, of_company, its_share, start_up, top, np.int64(start_up.size - 1), x)
    return unsettled


def flow_down(
    level: Array,
    start: Array,
    company: Array,
    holder: Array,
    share: Array,
    first: Array,
    size: Array,
    inner: Array,
    offset: Array,
    inverse: Array,
    x: Array,
) -> Whole:
    r"""Solve :math:`x = e + C^T x` in place: what each company has of holders who start with *e*.

    Returns
    -------
    int
        How many loops did not settle.
    """
    last: Whole = np.int64(start[start.size - 1])
    member: Whole = inner.size
    unsettled = 0
    for b in range(first.size - 1, -1, -1):
        low, many = np.int64(first[b]), np.int64(size[b])
        stream_back(company, holder, share, np.int64(start[low + many]), last, x)
        member -= many
        for j in range(low + many - 1, low - 1, -1):
            stream_back(company, holder, share, np.int64(start[j]), np.int64(inner[member + j - low]), x)
        if offset[b] >= 0:
            apply_inverse(inverse, np.int64(offset[b]), low, many, True, x)
        elif offset[b] == GOES_ROUND and not iterate_down(
            start, inner[member : member + many], holder, share, low, many, x
        ):
            x[low : low + many] = np.nan
            unsettled += 1
        last = np.int64(start[low])
    stream_back(company, holder, share, np.int64(start[level[level.size - 1]]), last, x)
    for s in range(level.size - 1, 0, -1):
        stream_level(company, holder, share, start, np.int64(level[s - 1]), np.int64(level[s]), x)
    return unsettled


def fill_loops(
    start: Array,
    inner: Array,
    holder: Array,
    share: Array,
    first: Array,
    size: Array,
    offset: Array,
    matrices: Array,
    leaves: Array,
) -> None:
    r"""Write :math:`I - C_{bb}` of every loop, and what part of its shares leaves each member.

    ``leaves`` of a member is what its own loop lacks of all its shares, or has above them, never less
    than what named outside holders have.
    """
    member = 0
    for b in range(first.size):
        low, many = np.int64(first[b]), np.int64(size[b])
        for j in range(many):
            inside = 0.0
            outside = 0.0
            for k in range(np.int64(start[low + j]), np.int64(inner[member])):
                outside += share[k]
            for k in range(np.int64(inner[member]), np.int64(start[low + j + 1])):
                inside += share[k]
                if offset[b] >= 0:
                    matrices[offset[b] + (np.int64(holder[k]) - low) * many + j] -= share[k]
            if offset[b] >= 0:
                matrices[offset[b] + j * many + j] += 1.0
            leaves[member] = max(outside, abs(1.0 - inside))
            member += 1
