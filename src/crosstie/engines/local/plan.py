"""The order in which a whole network is one pass, made once per snapshot."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import flow, order
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.edges import Edges

LARGEST_INVERSE = 3_000
"""Loops of more members are iterated: an inverse grows with the square."""
NOTHING_LEAVES = 1e-12
"""A loop that hands less than this to outsiders, in every member, is owned by itself alone."""


WIDE = 8_192
"""Levels of fewer parties are not worth sharing out among processors."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Holdings by place: held companies before their holders, loops side by side.

    Holdings stand twice, by company (``start``, ``company``, ``holder``, ``share``) and by holder (``start_up``,
    ``by_holder``, ``of_company``, ``its_share``; empty where no question about values is to be asked); these
    arrays end in padding. ``level`` bounds the first levels, wide ones, of parties that hold nothing of their
    own level, and nobody holds the parties from ``top[0]`` on. ``closed`` numbers the
    loops that nobody outside owns any part of, ``unbounded`` those whose stated shares exceed what
    there is, so that no finite answer exists.
    """

    order: NDArray[np.uint32]
    rank: NDArray[np.uint32]
    level: NDArray[np.int64]
    top: NDArray[np.int64]
    start: NDArray[np.uint32]
    company: NDArray[np.uint32]
    holder: NDArray[np.uint32]
    share: NDArray[np.float64]
    start_up: NDArray[np.uint32]
    by_holder: NDArray[np.uint32]
    of_company: NDArray[np.uint32]
    its_share: NDArray[np.float64]
    kind: NDArray[np.int8]
    first: NDArray[np.int32]
    size: NDArray[np.int32]
    inner: NDArray[np.uint32]
    offset: NDArray[np.int64]
    inverse: NDArray[np.float64]
    closed: NDArray[np.int32]
    unbounded: NDArray[np.int32]
    parts: NDArray[np.int64]
    whole: NDArray[np.int64]

    @property
    def parties(self) -> int:
        """How many parties."""
        return len(self.order)

    @property
    def holdings(self) -> int:
        """How many holdings."""
        return int(self.start[-1])

    def members(self, loop: int) -> NDArray[np.uint32]:
        """The parties of one loop, by number."""
        low = int(self.first[loop])
        return np.sort(self.order[low : low + int(self.size[loop])])

    def closed_groups(self) -> tuple[NDArray[np.uint32], ...]:
        """Groups owned whole by themselves: terminal owners that no person stands behind."""
        return tuple(self.members(int(loop)) for loop in self.closed)


@dataclass(frozen=True, slots=True)
class Order:
    """Places of parties: ``level``, ``first``, ``size`` and ``top`` as in a ``Plan``."""

    places: NDArray[np.uint32]
    level: NDArray[np.int64]
    first: NDArray[np.int32]
    size: NDArray[np.int32]
    top: NDArray[np.int64]


def make_plan(edges: Edges, *, invert_up_to: int | None = None, for_values: bool = True) -> Plan:
    """Order a network and invert its loops.

    Parameters
    ----------
    invert_up_to
        Members of the largest loop that is inverted, ``LARGEST_INVERSE`` by default. Others are iterated
        by questions about values and shares.
    for_values
        Whether values are to be asked of this plan. Control and screening need neither inverses nor the
        holdings by holder: without, both are left out.

    Examples
    --------
    >>> from crosstie.engines.local.edges import edges_of
    >>> from crosstie.network import toys
    >>> plan = make_plan(edges_of(toys.ring()))
    >>> [plan.members(loop).tolist() for loop in range(len(plan.first))]
    [[1, 2]]
    """
    found = in_order(edges.start, edges.holder)
    places, first, size = found.places, found.first, found.size
    rank, start = np.empty(edges.parties, np.uint32), np.empty(edges.parties + 1, np.uint32)
    compiled(order.rank_of)(places, rank)
    compiled(order.starts_in_order)(edges.start, places, start)
    company, holder, share = (room(len(edges.holder), kind) for kind in (np.uint32, np.uint32, np.float64))
    compiled(order.move_edges)(
        edges.start, edges.holder, edges.share, places, rank, start, company, holder, share
    )
    edge = _edge_numbers(edges, places, start)
    inner = np.zeros(int(size.sum()), np.uint32)
    compiled(order.outside_first)(start, holder, share, first, size, inner, edge)
    largest = LARGEST_INVERSE if invert_up_to is None else invert_up_to
    offset, inverse, closed, unbounded = _inverses(
        start, inner, holder, share, first, size, largest if for_values else 0
    )
    return Plan(
        places,
        rank,
        found.level,
        found.top,
        start,
        company,
        holder,
        share,
        *(_by_holder(start, company, holder, share) if for_values else _NOT_BY_HOLDER),
        edges.kind[places],
        first,
        size,
        inner,
        offset,
        inverse,
        closed,
        unbounded,
        edges.parts[edge] if len(edge) else edges.parts,
        edges.whole[places] if len(edges.whole) else edges.whole,
    )


def room(holdings: int, kind: type) -> Any:  # noqa: ANN401 (an array of that kind)
    """An array with its padding zero; not ``np.zeros``, whose memory comes in small pages."""
    array: NDArray[Any] = np.empty(holdings + flow.PADDING, kind)
    array[holdings:] = 0
    return array


def in_order(start: NDArray[np.uint32], holder: NDArray[np.uint32]) -> Order:
    """Held companies before their holders, loops side by side.

    Examples
    --------
    >>> in_order(np.array([0, 0, 1, 2], np.uint32), np.array([2, 0], np.uint32)).places.tolist()
    [1, 2, 0]
    """
    parties = len(start) - 1
    count = np.empty(parties, np.int32)
    compiled(order.count_holdings)(holder, count)
    places, level = np.empty(parties, np.uint32), np.empty(parties + 2, np.int32)
    placed, levels = compiled(order.peel)(start, holder, count, places, level)
    first, size, top = compiled(order.place_rest)(start, holder, count, places, placed)
    narrow = np.flatnonzero(np.diff(level[:levels]) < WIDE)
    wide = int(narrow[0]) if len(narrow) else levels - 1
    return Order(places, level[: wide + 1].astype(np.int64), first, size, np.array([top]))


_NOT_BY_HOLDER = (np.zeros(0, np.uint32), np.zeros(0, np.uint32), np.zeros(0, np.uint32), np.zeros(0))


def _by_holder(
    start: NDArray[np.uint32],
    company: NDArray[np.uint32],
    holder: NDArray[np.uint32],
    share: NDArray[np.float64],
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32], NDArray[np.float64]]:
    many = int(start[-1])
    count = np.empty(len(start) - 1, np.int32)
    compiled(order.count_holdings)(holder[:many], count)
    start_up = np.zeros(len(start), np.uint32)
    np.cumsum(count, out=start_up[1:])
    by_holder, of_company, its_share = (room(many, kind) for kind in (np.uint32, np.uint32, np.float64))
    compiled(order.turn_edges)(
        company, holder, share, many, start_up[:-1].copy(), by_holder, of_company, its_share
    )
    return start_up, by_holder, of_company, its_share


def _edge_numbers(edges: Edges, places: NDArray[np.uint32], start: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Which holding stands where, needed only to carry exact numerators along."""
    if not len(edges.parts):
        return np.zeros(0, np.int64)
    shift = edges.start[places].astype(np.int64) - start[:-1].astype(np.int64)
    return np.arange(len(edges.holder), dtype=np.int64) + np.repeat(shift, start[1:] - start[:-1])


def _inverses(  # noqa: PLR0913, PLR0917 (arrays)
    start: NDArray[np.uint32],
    inner: NDArray[np.uint32],
    holder: NDArray[np.uint32],
    share: NDArray[np.float64],
    first: NDArray[np.int32],
    size: NDArray[np.int32],
    largest: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    wide = size.astype(np.int64)
    cells = np.where(wide <= largest, wide * wide, 0)
    offset = np.cumsum(cells) - cells
    offset[cells == 0] = flow.GOES_ROUND
    matrices = np.zeros(int(cells.sum()))
    leaves = np.zeros(len(inner))
    compiled(flow.fill_loops)(start, inner, holder, share, first, size, offset, matrices, leaves)
    begin = np.cumsum(wide) - wide
    most = np.maximum.reduceat(leaves, begin) if len(begin) else np.zeros(0)
    is_closed = most <= NOTHING_LEAVES
    offset[is_closed] = flow.KEEPS
    unbounded = [_invert(matrices, offset, wide, int(many)) for many in np.unique(wide)]
    return (
        offset,
        matrices,
        np.flatnonzero(is_closed).astype(np.int32),
        np.sort(np.concatenate([*unbounded, np.zeros(0, np.int32)])).astype(np.int32),
    )


def _invert(
    matrices: NDArray[np.float64],
    offset: NDArray[np.int64],
    size: NDArray[np.int64],
    many: int,
) -> NDArray[np.int32]:
    """Invert all loops of one size in place, by columns; say which have no answer.

    Stated shares above what there is make the inverse partly negative: no sum of chains gives that,
    and the loop's amounts are NaN.
    """
    these = np.flatnonzero((size == many) & (offset >= 0))
    if not len(these):
        return np.zeros(0, np.int32)
    cell = offset[these, None] + np.arange(many * many)
    blocks = matrices[cell].reshape(-1, many, many)
    try:
        turned = np.linalg.inv(blocks)
    except np.linalg.LinAlgError:
        turned = np.stack([_inverse_or_nan(block) for block in blocks])
    with np.errstate(invalid="ignore"):
        sound = np.all(turned >= -1e-9, axis=(1, 2))
    turned[~sound] = np.nan
    matrices[cell] = turned.transpose(0, 2, 1).reshape(len(these), -1)
    without: NDArray[np.int32] = these[~sound].astype(np.int32)
    return without


def _inverse_or_nan(block: NDArray[np.float64]) -> NDArray[np.float64]:
    try:
        return np.asarray(np.linalg.inv(block), np.float64)
    except np.linalg.LinAlgError:
        return np.full_like(block, np.nan)
