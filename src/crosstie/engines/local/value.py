"""What everybody is worth, and what one owner has of everything."""

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import flow
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.plan import Plan


def flow_up(plan: Plan, amounts: NDArray[np.float64]) -> int:
    """Solve *x = e + C x* in place, amounts by place; the number of loops that did not settle."""
    return int(
        compiled(flow.flow_up)(
            plan.level,
            int(plan.top[0]),
            plan.start_up,
            plan.by_holder,
            plan.of_company,
            plan.its_share,
            plan.start,
            plan.holder,
            plan.share,
            plan.first,
            plan.size,
            plan.inner,
            plan.offset,
            plan.inverse,
            amounts,
        )
    )


def flow_down(plan: Plan, amounts: NDArray[np.float64]) -> int:
    """Solve *x = e + Cᵀ x* in place, amounts by place; the number of loops that did not settle."""
    return int(
        compiled(flow.flow_down)(
            plan.level,
            plan.start,
            plan.company,
            plan.holder,
            plan.share,
            plan.first,
            plan.size,
            plan.inner,
            plan.offset,
            plan.inverse,
            amounts,
        )
    )


def look_through_values(plan: Plan, assets: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""Value of every party: its own assets and its part, at any depth, of everybody else's.

    Solves :math:`v = e + C v` to rounding. What flows into a group that owns itself stays with its
    members; the group is listed in ``plan.closed``. Loops with stated shares above what there is
    give NaN, and so do their holders.

    Parameters
    ----------
    assets
        Outside assets by party.

    Examples
    --------
    >>> from crosstie.engines.local.edges import edges_of
    >>> from crosstie.engines.local.plan import make_plan
    >>> from crosstie.network import toys
    >>> plan = make_plan(edges_of(toys.ring("50%", "40%", "30%")))
    >>> [round(float(v), 6) for v in look_through_values(plan, np.array([0.0, 100.0, 0.0, 0.0, 0.0]))]
    [37.5, 125.0, 50.0, 37.5, 25.0]

    References
    ----------
    Brioschi, Buzzacchi & Colombo (1989), Journal of Banking and Finance 13.
    """
    amounts = assets[plan.order]
    flow_up(plan, amounts)
    return amounts[plan.rank]


def look_through_of(plan: Plan, owner: int) -> NDArray[np.float64]:
    r"""Look-through share of one owner in every party.

    The chance that a share of the party, followed upwards, reaches the owner: the owner's row of
    :math:`V = (I - C)^{-1}` over :math:`V_{ii}`, so that no loop counts twice. The owner's own place is one.
    Loops with stated shares above what there is give NaN, and so does what they hold.
    """
    amounts = np.zeros(plan.parties)
    place = int(plan.rank[owner])
    group = _closed_group(plan, place)
    amounts[group] = 1.0
    flow_down(plan, amounts)
    np.divide(amounts, amounts[place], out=amounts, where=amounts != 0.0)
    return amounts[plan.rank]


def _closed_group(plan: Plan, place: int) -> slice:
    """The places of a group that owns itself: whatever flows in reaches each member; else one place."""
    loop = int(np.searchsorted(plan.first, place, side="right")) - 1
    if loop in plan.closed and place < plan.first[loop] + plan.size[loop]:
        return slice(int(plan.first[loop]), int(plan.first[loop] + plan.size[loop]))
    return slice(place, place + 1)
