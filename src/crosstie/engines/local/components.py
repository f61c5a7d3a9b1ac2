"""Which parties hang together at all, and which hold each other in loops."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from crosstie.engines.local.edges import Edges
from crosstie.engines.local.plan import Plan

NO_LOOP = -1


@dataclass(frozen=True, slots=True)
class Components:
    """By party: the first party of all that hang together with it, and the first of its loop (-1: in none)."""

    together: NDArray[np.int32]
    loop: NDArray[np.int32]


def components(edges: Edges, plan: Plan) -> Components:
    """Weak components, and loops: groups in which each member holds, at some depth, every other.

    A component or loop is named by its member with the lowest number. Holdings of nothing connect as
    holdings of something do.

    Parameters
    ----------
    plan
        Of these holdings, with or without inverses.

    Examples
    --------
    >>> from crosstie.engines.local.edges import edges_of
    >>> from crosstie.engines.local.plan import make_plan
    >>> from crosstie.network import toys
    >>> edges = edges_of(toys.ring())
    >>> found = components(edges, make_plan(edges))
    >>> found.together.tolist(), found.loop.tolist()
    ([0, 0, 0, 0, 0], [-1, 1, 1, -1, -1])

    References
    ----------
    Tarjan (1972), SIAM Journal on Computing 1.
    """
    return Components(_together(edges), _loops(plan))


def _together(edges: Edges) -> NDArray[np.int32]:
    linked = csr_array(
        (np.ones(len(edges.holder), np.int8), edges.holder.astype(np.int32), edges.start.astype(np.int32)),
        shape=(edges.parties, edges.parties),
    )
    _, label = connected_components(linked, directed=True, connection="weak")
    _, first, which = np.unique(label, return_index=True, return_inverse=True)
    return np.asarray(first[which], np.int32)


def _loops(plan: Plan) -> NDArray[np.int32]:
    by_place = np.full(plan.parties, NO_LOOP, np.int32)
    for low, many in zip(plan.first.tolist(), plan.size.tolist(), strict=True):
        by_place[low : low + many] = plan.order[low : low + many].min()
    return by_place[plan.rank]
