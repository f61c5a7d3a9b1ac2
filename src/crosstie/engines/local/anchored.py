"""Control of everybody straight from the holdings, with an order of only those companies that need one.

A plan orders all there is, for any question. Control asks little of most companies: one holder alone has
enough of them, or all together have not. Chains of the former are climbed in a few rounds; what is left, companies of which
several holders have to be asked, is a small network of its own.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import anchors, heads, order
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.control import HALF, Controllers, check_threshold
from crosstie.engines.local.edges import UNKNOWN, Edges
from crosstie.engines.local.plan import Order, in_order, room


@dataclass(frozen=True, slots=True)
class _Open:
    """Companies that stay open, the open one that leads each or ``SCAN``, and their columns: ``anchored`` holders of *i* in ``start[i]:start[i+1]``."""

    party: NDArray[np.int32]
    lead: NDArray[np.int32]
    start: NDArray[np.uint32]
    anchored: NDArray[np.uint32]
    order: Order


def ultimate_controllers(edges: Edges, threshold: Fraction = HALF) -> Controllers:
    """The ultimate controller of everybody, as in :func:`crosstie.engines.local.control.ultimate_controllers`, without a plan.

    Raises
    ------
    CrosstieError
        A threshold below one half: several holders could control one company.

    Examples
    --------
    >>> from crosstie.engines.local.edges import edges_of
    >>> from crosstie.network import toys
    >>> ultimate_controllers(edges_of(toys.chain("100%", "51%"))).ultimate.tolist()
    [0, 0, 0, -1]
    """
    check_threshold(threshold)
    nobody = edges.kind == UNKNOWN
    any_nobody = bool(nobody.any())
    lead, up = np.empty(edges.parties, np.int32), np.empty(edges.parties, np.int32)
    compiled(heads.lead_holders)(
        edges.start, edges.holder, edges.share, nobody, any_nobody, float(threshold), lead
    )
    open_ = _open_columns(edges, _climbed(lead, up), lead, up)
    opened, circular = _decided(edges, open_, nobody, threshold)
    ultimate, doubtful = np.empty(edges.parties, np.int32), np.empty(edges.parties, np.bool_)
    compiled(anchors.answers)(up, nobody, any_nobody, opened, ultimate, doubtful)
    return Controllers(ultimate, doubtful, circular)


def _climbed(lead: NDArray[np.int32], up: NDArray[np.int32]) -> NDArray[np.int32]:
    """Find all anchors; say which companies are open: several holders to ask, or their leaders go round."""
    compiled(anchors.begin_chains)(lead, up)
    several = np.flatnonzero(lead == heads.SCAN).astype(np.int32)
    up[several] = ~np.arange(len(several), dtype=np.int32)
    while compiled(anchors.climb)(up):
        pass
    round_ = np.flatnonzero(up >= 0).astype(np.int32)
    up[round_] = ~np.arange(len(several), len(several) + len(round_), dtype=np.int32)
    return np.concatenate([several, round_])


def _open_columns(
    edges: Edges, party: NDArray[np.int32], lead: NDArray[np.int32], up: NDArray[np.int32]
) -> _Open:
    its_lead = lead[party]
    led = its_lead >= 0
    its_lead[led] = ~up[its_lead[led]]
    start, begins = np.zeros(len(party) + 1, np.uint32), np.zeros(len(party) + 1, np.uint32)
    np.cumsum(edges.start[party + 1] - edges.start[party], out=start[1:])
    anchored = np.empty(int(start[-1]), np.uint32)
    compiled(anchors.copy_columns)(party, edges.start, edges.holder, up, start, anchored, begins)
    np.cumsum(begins, out=begins)
    holder = np.empty(int(begins[-1]), np.uint32)
    compiled(anchors.open_holders)(start, anchored, edges.parties, begins, holder)
    return _Open(party, its_lead, start, anchored, in_order(begins, holder))


def _decided(
    edges: Edges,
    open_: _Open,
    nobody: NDArray[np.bool_],
    threshold: Fraction,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The controller of every open company, ``DOUBTFUL`` where open for good, and who goes round at a top."""
    places, many = open_.order.places, len(open_.party)
    rank, start = np.empty(many, np.uint32), np.empty(many + 1, np.uint32)
    compiled(order.rank_of)(places, rank)
    compiled(order.starts_in_order)(open_.start, places, start)
    holder, share = room(int(start[-1]), np.uint32), room(int(start[-1]), np.float64)
    compiled(anchors.columns_in_order)(
        open_.party, edges.start, edges.share, open_.start, open_.anchored,
        places, rank, start, edges.parties, holder, share,
    )  # fmt: skip
    party, lead = open_.party[places], open_.lead[places]
    lead[lead >= 0] = rank[lead[lead >= 0]]
    head, circular = np.empty(2 * edges.parties, np.int32), np.empty(many, np.int32)
    compiled(anchors.heads_at_top)(nobody, head)
    found = compiled(heads.find_heads)(
        open_.order.level,
        np.flatnonzero(lead[: open_.order.level[-1]] == heads.SCAN).astype(np.int32),
        start,
        holder,
        share,
        edges.parts[_edges_of(party, edges.start)] if len(edges.parts) else edges.parts,
        edges.whole[party] if len(edges.whole) else edges.whole,
        open_.order.first,
        open_.order.size,
        lead,
        np.zeros(many, np.bool_),
        float(threshold),
        threshold.numerator,
        threshold.denominator,
        head,
        circular,
    )
    opened = np.empty(many, np.int32)
    opened[places] = _parties_of(head[:many], party, edges.parties)
    return opened, party[circular[:found]]


def _parties_of(head: NDArray[np.int32], party: NDArray[np.int32], parties: int) -> NDArray[np.int32]:
    """Party numbers of heads, of which open ones are places and others count from ``parties``."""
    within = (head >= 0) & (head < parties)
    return np.where(within, party[np.where(within, head, 0)], np.where(head < 0, head, head - parties))


def _edges_of(party: NDArray[np.int32], start: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Which holdings are those of some companies, in their order."""
    begin, many = start[party].astype(np.int64), (start[party + 1] - start[party]).astype(np.int64)
    before = np.cumsum(many) - many
    found: NDArray[np.int64] = np.arange(int(many.sum()), dtype=np.int64) + np.repeat(begin - before, many)
    return found
