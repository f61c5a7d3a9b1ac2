"""Holdings that are ranges, put in order once: good for any number of questions about bounds."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import large_loops, marks, order, scouting
from crosstie.analyses.kernels import ranged as kernel
from crosstie.analyses.kernels.ranged import NOWHERE, Holdings
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.edges import kinds_of, make_edges
from crosstie.engines.local.plan import Plan, make_plan
from crosstie.engines.register.everybody import Ends
from crosstie.network.network import Network
from crosstie.text.problem import CrosstieError

LARGEST_WHOLE = 1 << 40
MOST_GUESSED = 5_000
"""Companies in a loop up to which two matrices are kept for it."""


@dataclass(frozen=True, slots=True)
class Ranged:
    """A network of ranges, ordered once: good for any number of questions."""

    plan: Plan
    net: Holdings

    @property
    def parties(self) -> int:
        """How many parties."""
        return self.plan.parties


def make_ranged(  # noqa: PLR0913 (one array per column)
    start: NDArray[np.integer],
    holder: NDArray[np.integer],
    ends: Ends,
    whole: NDArray[np.int64],
    kind: NDArray[np.int8],
    *,
    rounded: NDArray[np.bool_] | None = None,
) -> Ranged:
    """Order holdings that are ranges; those that can only be nothing are left out.

    Parameters
    ----------
    whole
        By company, what the ends are parts of. A column adds up to it, unknown holders included.
    rounded
        Companies of whom some end was rounded to such a part.

    Raises
    ------
    CrosstieError
        Lengths do not fit, a holder is no party, an end is below zero or above the other, or a company holds itself.
    """
    if len(ends.low) and not (int(ends.low.min()) >= 0 and np.all(ends.low <= ends.high)):
        raise CrosstieError("a range of shares begins below zero or ends before it begins")
    some = ends.high > 0
    company = np.repeat(np.arange(len(start) - 1), np.diff(start))[some]
    begin = np.zeros(len(start), np.int64)
    np.cumsum(np.bincount(company, minlength=len(start) - 1), out=begin[1:])
    numbers = np.arange(len(company), dtype=np.float64)  # carried as shares: which holding stands where
    plan = make_plan(make_edges(begin, holder[some], numbers, kind), for_values=False)
    rough = np.zeros(plan.parties, np.bool_) if rounded is None else rounded
    return Ranged(
        plan, _laid_out(plan, Ends(*(getattr(ends, name)[some] for name in Ends.__slots__)), whole, rough)
    )


def _laid_out(plan: Plan, ends: Ends, whole: NDArray[np.int64], rough: NDArray[np.bool_]) -> Holdings:
    many = plan.holdings
    edge = plan.share[:many].astype(np.int64)
    company = plan.company[:many]
    low, high, low_open, high_open = (getattr(ends, name)[edge] for name in Ends.__slots__)
    size = plan.size.astype(np.int64)
    loop_at = np.full(plan.parties, NOWHERE, np.int32)
    members = np.repeat(np.arange(len(size)), size)
    begin = np.cumsum(size) - size
    loop_at[np.repeat(plan.first - begin, size) + np.arange(len(members))] = members
    start_up, of_company, edge_up = _by_holder(plan)
    net = Holdings(
        plan.start, company, plan.holder[:many], low, high,
        (low_open * kernel.LOW_OPEN + high_open * kernel.HIGH_OPEN).astype(np.uint8),
        whole[plan.order], rough[plan.order],
        _sum(plan, low), _sum(plan, high), _sum(plan, low_open & (low < high)), _sum(plan, high_open & (low < high)),
        start_up, of_company, edge_up, plan.first, plan.size, begin, plan.inner, loop_at,
        np.zeros(len(plan.inner)), np.zeros(len(plan.inner)), np.ones(plan.parties), np.zeros(plan.parties), np.empty(0, np.int32), np.zeros(len(plan.first) + 1, np.int64), np.empty(0), np.full(len(plan.first), NOWHERE, np.int64),
    )  # fmt: skip
    compiled(large_loops.steps_inside)(net, net.steps, net.grip)
    widest = int(np.diff(plan.start.astype(np.int64)).max(initial=0))
    numbers = np.empty(widest, np.int64)
    compiled(scouting.weigh)(
        net, net.swell, net.others, numbers, np.empty(widest), numbers.copy(), numbers.copy()
    )
    return _with_guesses(_with_above(net))


def _with_above(net: Holdings) -> Holdings:
    """Of every large loop, its members and all above them that is held itself."""
    count, lists = np.zeros(len(net.size), np.int64), [net.above]
    marked, found = np.zeros(len(net.whole), np.uint8), np.empty(len(net.whole), np.int32)
    for loop in np.flatnonzero(net.size > scouting.LARGE).tolist():
        many = compiled(marks.mark_above)(net, net.first[[loop]].astype(np.int32), 1, marked, found)
        lists.append(found[:many].copy())
        marked[lists[-1]] = 0
        count[loop] = many
    return net._replace(above=np.concatenate(lists), above_at=np.concatenate([[0], np.cumsum(count)]))


def _with_guesses(net: Holdings) -> Holdings:
    """Of every large loop that all shares leave in the end, what is passed on inside under the most and the least columns."""
    at, parts = np.full(len(net.size), NOWHERE, np.int64), [np.empty(0)]
    for loop in np.flatnonzero(net.size > scouting.LARGE).tolist():
        many, begin = int(net.size[loop]), int(net.begin[loop])
        if many > MOST_GUESSED or np.isinf(net.steps[begin : begin + many]).any():
            continue
        at[loop] = sum(len(each) for each in parts)
        for most in (True, False):
            held = np.zeros((many, many))
            compiled(large_loops.some_columns)(net, loop, most, held)
            parts.append(np.linalg.inv(np.eye(many) - held).ravel().astype(np.float64))
    return net._replace(guess=np.concatenate(parts), guess_at=at)


def _sum(plan: Plan, values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Whole numbers added up by company, exactly: where the running sum wraps round, so do the differences."""
    total = np.concatenate([[0], np.cumsum(values.astype(np.int64))])
    found: NDArray[np.int64] = (
        total[plan.start[1:].astype(np.int64)] - total[plan.start[:-1].astype(np.int64)]
    )
    return found


def _by_holder(plan: Plan) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int64]]:
    many = plan.holdings
    count = np.empty(plan.parties, np.int32)
    compiled(order.count_holdings)(plan.holder[:many], count)
    start = np.zeros(plan.parties + 1, np.uint32)
    np.cumsum(count, out=start[1:])
    by_holder, of_company, edge = np.empty(many, np.uint32), np.empty(many, np.uint32), np.empty(many)
    numbers = np.arange(many, dtype=np.float64)
    compiled(order.turn_edges)(
        plan.company, plan.holder, numbers, many, start[:-1].copy(), by_holder, of_company, edge
    )
    return start, of_company, edge.astype(np.int64)


def ranged_of(network: Network) -> Ranged:
    """The capital of a network as ranges of whole numbers.

    Raises
    ------
    CrosstieError
        The network keeps no exact shares.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> ranged_of(toys.from_shares(("a", "b", "20-40%"))).net.total_high.max()
    np.int64(6)
    """
    if network.edge_count and not network.exact_capital:
        raise CrosstieError("this network keeps no exact shares; bounds need them")
    whole, rounded = np.ones(network.size, np.int64), np.zeros(network.size, np.bool_)
    low, high = np.zeros(network.edge_count, np.int64), np.zeros(network.edge_count, np.int64)
    for company in np.flatnonzero(np.diff(network.start)).tolist():
        column = network.column(company)
        intervals = network.exact_capital[column]
        tops = [max(i.low, Fraction(1)) if i.high is None else i.high for i in intervals]
        common = 1
        for end in (*tops, *(i.low for i in intervals)):
            common = int(np.lcm(common, end.denominator)) if common < LARGEST_WHOLE else common
        rounded[company] = common >= LARGEST_WHOLE
        whole[company] = common = common if common < LARGEST_WHOLE else 10**12
        low[column] = [round(i.low * common) for i in intervals]
        high[column] = [round(top * common) for top in tops]
    ends = Ends(low, high, network.capital.low_open, network.capital.high_open)
    return make_ranged(network.start, network.holder, ends, whole, kinds_of(network), rounded=rounded)


def closed_groups(ranged: Ranged) -> tuple[NDArray[np.uint32], ...]:
    """Groups of whom nobody outside can hold anything: terminal owners that no person stands behind."""
    net, found = ranged.net, []
    for loop, (first, size) in enumerate(zip(net.first.tolist(), net.size.tolist(), strict=True)):
        inner = net.inner[net.begin[loop] : net.begin[loop] + size]
        if np.array_equal(inner, net.start[first : first + size]):
            found.append(ranged.plan.members(loop))
    return tuple(found)
