"""Owners of one company, at any depth, without looking at the rest of the world."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import flow, near
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.plan import Plan

STEP = 20.0
"""What is below the wanted accuracy over this is not followed at first."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Scratch memory for questions about single companies: made once, left clean by each."""

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
    """Scratch memory for a plan."""
    parties = plan.parties
    size = plan.size.astype(np.int64)
    return Desk(
        np.zeros(parties),
        np.zeros(parties),
        np.empty(parties + near.AHEAD, np.int32),
        np.empty(parties, np.int32),
        np.cumsum(size) - size,
    )


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
    many, left_over = _walk(plan, desk, place, within / STEP)
    if left_over > within > 0:  # spread too thin to be cut off: walk it all, once
        desk.reached[desk.touched[:many]] = 0.0
        many, left_over = _walk(plan, desk, place, 0.0)
    touched = desk.touched[:many]
    passed = desk.reached[touched]
    desk.reached[touched] = 0.0
    passed[0] = 0.0
    found = touched[1:].copy()
    share = passed[1:]
    _once_only(plan, found, share)
    return Owners(plan.order[found], share, plan.start[found] == plan.start[found + 1], left_over)


def _walk(plan: Plan, desk: Desk, place: int, floor: float) -> tuple[int, float]:
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
        floor,
        desk.reached,
        desk.rest,
        desk.touched,
        desk.heap,
    )
    return int(many), float(left_over)


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
    from crosstie.engines.local.value import flow_down  # noqa: PLC0415 (only for loops without an inverse)

    passes = np.empty(len(members))
    for turn, member in enumerate(members):
        amounts = np.zeros(plan.parties)
        amounts[member] = 1.0
        flow_down(plan, amounts)
        passes[turn] = amounts[member]
    return passes
