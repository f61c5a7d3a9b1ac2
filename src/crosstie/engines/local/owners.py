"""Owners of one company, at any depth, without looking at the rest of the world."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import flow, near
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.plan import Plan
from crosstie.engines.local.value import flow_down

STEP = 30.0
"""What brings nobody the wanted accuracy over this is not followed, as long as all of it stays within the half."""
LIGHT = 4
"""Parties that nobody holds, with so few holdings, are left out where they would get hardly anything."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What questions about single companies need, made once: scratch memory, left clean by each, and bounds.

    Of what reaches a party, no other gets a larger part than ``most`` of it. ``light`` parties are held by nobody
    and hold next to nothing.
    """

    most: NDArray[np.float64]
    light: NDArray[np.bool_]

    reached: NDArray[np.float64]
    rest: NDArray[np.float64]
    touched: NDArray[np.int32]
    heap: NDArray[np.int32]
    before: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Owners:
    """Look-through shares of the parties above a company; no share is off by more than ``within``."""

    owner: NDArray[np.uint32]
    share: NDArray[np.float64]
    terminal: NDArray[np.bool_]
    within: float


def make_desk(plan: Plan) -> Desk:
    """What single companies' owners need of a plan, found for all companies in one pass."""
    parties = plan.parties
    size = plan.size.astype(np.int64)
    return Desk(
        _most(plan),
        (plan.start[1:] == plan.start[:-1]) & (np.diff(plan.start_up) <= LIGHT),
        np.zeros(parties),
        np.zeros(parties),
        np.empty(parties + near.AHEAD, np.int32),
        np.empty(parties, np.int32),
        np.cumsum(size) - size,
    )


def _most(plan: Plan) -> NDArray[np.float64]:
    r"""An upper bound, by place, of what part of a party any other owns, at any depth.

    Where :math:`a_j` is the largest part that anybody holds directly, :math:`m = a + C^T m` bounds it: the largest holder's
    own part and, of each holder's part, what anybody gets of that holder. Nobody gets more than all.
    """
    most = np.zeros(plan.parties)
    held = np.flatnonzero(plan.start[1:] != plan.start[:-1])
    if len(held):
        most[held] = np.maximum.reduceat(plan.share[: plan.holdings], plan.start[held].astype(np.int64))
    for loop in plan.closed:  # what reaches one member reaches all
        low = int(plan.first[loop])
        most[low : low + int(plan.size[loop])] = 1.0
    flow_down(plan, most)
    return np.minimum(np.nan_to_num(most, copy=False, nan=1.0, posinf=1.0), 1.0, out=most)


def owners_of(plan: Plan, desk: Desk, company: int, *, within: float = 0.0) -> Owners:
    """Every owner of a company, at any depth, with its look-through share.

    A share is the chance that a share of the company, followed upwards, reaches the owner. With
    ``within`` above zero, shares are lower bounds short by at most that much.

    Examples
    --------
    >>> from crosstie.engines.local.edges import edges_of
    >>> from crosstie.engines.local.plan import make_plan
    >>> from crosstie.network import toys
    >>> plan = make_plan(edges_of(toys.chain("60%", "50%")))
    >>> found = owners_of(plan, make_desk(plan), 2)
    >>> dict(zip(found.owner.tolist(), found.share.tolist()))
    {1: 0.5, 4: 0.5, 0: 0.3, 3: 0.2}
    """
    place = int(plan.rank[company])
    many, left_over = _walk(plan, desk, place, within)
    touched = desk.touched[:many]
    passed = desk.reached[touched]
    desk.reached[touched] = 0.0
    passed[0] = 0.0
    found = touched[1:].copy()
    share = passed[1:]
    _once_only(plan, found, share)
    return Owners(plan.order[found], share, plan.start[found] == plan.start[found + 1], left_over)


def _walk(plan: Plan, desk: Desk, place: int, within: float) -> tuple[int, float]:
    """Half of what may be missed goes to light parties, half to what is not followed."""
    many, left_over = compiled(near.owners_above)(
        place,
        plan.start,
        plan.holder,
        plan.share,
        plan.first,
        plan.size,
        desk.before,
        plan.inner,
        plan.offset,
        plan.inverse,
        desk.most,
        desk.light,
        within / 2,
        within / STEP,
        within / 2 / LIGHT,
        desk.reached,
        desk.rest,
        desk.touched,
        desk.heap,
    )
    return int(many), float(left_over) + within / 2


def _once_only(plan: Plan, found: NDArray[np.int32], share: NDArray[np.float64]) -> None:
    """Members of loops are passed again and again: divide by how often each passes itself."""
    if not len(plan.first):
        return
    loop = np.searchsorted(plan.first, found, side="right") - 1
    inside = np.flatnonzero((loop >= 0) & (found < plan.first[loop] + plan.size[loop]))
    for b in np.unique(loop[inside]):
        these = inside[loop[inside] == b]
        low, many, at = int(plan.first[b]), int(plan.size[b]), int(plan.offset[b])
        if at == flow.KEEPS:
            continue
        if at >= 0:
            own = np.arange(many) * (many + 1) + at
            share[these] /= plan.inverse[own][found[these] - low]
        else:
            share[these] /= _returns(plan, found[these])


def _returns(plan: Plan, members: NDArray[np.int32]) -> NDArray[np.float64]:
    passes = np.empty(len(members))
    for turn, member in enumerate(members):
        amounts = np.zeros(plan.parties)
        amounts[member] = 1.0
        flow_down(plan, amounts)
        passes[turn] = amounts[member]
    return passes
