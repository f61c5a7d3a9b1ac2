"""Who owns how much of what through every chain: look-through ownership, and the sums it is confused with."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

import numpy as np

from crosstie.analyses import ranges
from crosstie.analyses.ceilings import worth_asking
from crosstie.analyses.columns import Columns, Numbers, of_network
from crosstie.analyses.extremes import ways_of
from crosstie.analyses.frames import to_frame
from crosstie.analyses.reach import from_company, of_company, of_owner, simple_paths, visits_of_owner
from crosstie.analyses.visits import ROUNDING, Plan, closed_groups, in_order, plan
from crosstie.ledger.amounts import Interval
from crosstie.network.network import Network
from crosstie.text.problem import CrosstieError, Problem

Measure = Literal["look-through", "walk-sum", "simple-path"]
Part = float | Fraction | Interval
SWOLLEN = 1_000  # visits from which on a loop with columns over 100 % is asked owner by owner


@dataclass(frozen=True, slots=True)
class Share:
    """One owner's share of one company. ``terminal`` owners of a company add up to one."""

    owner: str
    company: str
    direct: Part
    share: Part
    terminal: bool


@dataclass(frozen=True, slots=True)
class Ownership:
    """An answer: which measure it is, its rows, the groups that only own themselves, what went wrong."""

    measure: Measure
    rows: tuple[Share, ...]
    closed_groups: tuple[tuple[str, ...], ...] = ()
    problems: tuple[Problem, ...] = ()

    def __getitem__(self, pair: tuple[str, str]) -> Part:
        """The share of (owner, company), 0 where there is none."""
        return next((row.share for row in self.rows if (row.owner, row.company) == pair), 0.0)

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per row."""
        return to_frame(self.rows, Share)


def look_through(  # noqa: PLR0913 (the options of every measure, and whose)
    network: Network,
    *,
    owner: str | None = None,
    company: str | None = None,
    above: float | Fraction = 0,
    exact: bool = False,
    persons: bool = False,
) -> Ownership:
    r"""Follow every chain, loops included, counting no share twice.

    The least solution of :math:`x_j = \sum_k C_{kj} x_k,\ x_i = 1`, with *C* the outstanding shares
    (holders in rows): the chance that a share of *j*, followed upwards, reaches *i*. A network with
    ranges gives intervals, exact over everything the ranges allow.

    Parameters
    ----------
    owner, company
        Only this owner's holdings, only this company's owners; every pair by default.
    above
        Only shares greater than this (an interval when its upper end is).
    exact
        Answer in fractions.
    persons
        Only natural persons as owners.

    Raises
    ------
    UnknownPartyError
        No such owner or company; the message names the nearest.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> look_through(toys.ring())["ana", "beta"]
    0.1875
    >>> look_through(toys.ring(), exact=True)["ana", "beta"]
    Fraction(3, 16)

    References
    ----------
    Brioschi, Buzzacchi & Colombo (1989), Journal of Banking & Finance 13; Baldone, Brioschi & Paleari
    (1998), Giornale degli Economisti 57 (the self-ownership correction).
    """
    _check_threshold(above)
    if not network.capital.is_exact:
        return _ranged(network, owner, company, above, persons=persons)
    columns = of_network(network, exact=exact)
    if owner is None and company is None and above:
        pairs = _pairs_worth_asking(network, columns, float(above), persons=persons)
    else:
        pairs = _pairs(network, columns, owner, company)
    if persons:
        is_person = [party.type == "person" for party in network.parties]
        pairs = (pair for pair in pairs if is_person[pair[0]])
    return _answer(network, columns, "look-through", pairs, above)


def walk_sum(
    network: Network,
    *,
    owner: str | None = None,
    company: str | None = None,
    above: float | Fraction = 0,
    exact: bool = False,
) -> Ownership:
    r"""Add up every walk: :math:`(I − C)^{-1} − I`, which counts a loop again at each turn.

    Infinite through a closed group, which is then named; on networks without loops the same as
    :func:`look_through`.

    Raises
    ------
    CrosstieError
        The network has ranges, for which this measure is not bounded.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> walk_sum(toys.ring())["alpha", "beta"], look_through(toys.ring())["alpha", "beta"]
    (0.625, 0.5)
    """
    _check_threshold(above)
    columns = of_network(network, exact=exact)
    if company is not None:
        pairs = _upward(network, owner, company, lambda j: of_company(columns, j).visits)
    elif owner is not None:
        pairs = _column_pairs(network.index(owner), visits_of_owner(plan(columns), network.index(owner)))
    else:
        planned = plan(columns)
        pairs = _upward(network, owner, company, lambda j: from_company(planned, j).visits)
    return _answer(network, columns, "walk-sum", pairs, above)


def simple_path_sum(  # noqa: PLR0913 (the options of every measure, and its own limit)
    network: Network,
    *,
    owner: str | None = None,
    company: str | None = None,
    above: float | Fraction = 0,
    exact: bool = False,
    limit: int = 100_000,
) -> Ownership:
    """Add up the products along every chain that passes no company twice.

    Loops are left out, not solved: a lower bound of :func:`look_through`. At most ``limit`` steps are
    tried from each company; when that is not enough a problem says so and the sums are lower bounds.

    Raises
    ------
    CrosstieError
        The network has ranges.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> simple_path_sum(toys.ring(), exact=True)["ana", "beta"]
    Fraction(3, 20)
    """
    _check_threshold(above)
    columns = of_network(network, exact=exact)
    cut: list[int] = []

    def sums(company: int) -> Numbers:
        total, complete = simple_paths(columns, company, limit)
        if not complete:
            cut.append(company)
        return total

    pairs = list(_upward(network, owner, company, sums))
    answer = _answer(network, columns, "simple-path", pairs, above)
    problems = answer.problems + tuple(_cut_short(network, j, limit) for j in cut)
    return Ownership(answer.measure, answer.rows, answer.closed_groups, problems)


_Pair = tuple[int, int, Any]


def _pairs(network: Network, columns: Columns, owner: str | None, company: str | None) -> Iterator[_Pair]:
    over = _may_grow(columns)
    if over and (owner is not None or company is not None):
        return _one_by_one(network, columns, owner, company)
    if company is not None:
        return _upward(network, owner, company, lambda j: of_company(columns, j).chance)
    if owner is not None:
        return _column_pairs(network.index(owner), of_owner(columns, network.index(owner)))
    planned = plan(columns)
    if over and _is_swollen(planned):
        return _one_by_one(network, columns, owner, company)
    return _upward(network, owner, company, lambda j: from_company(planned, j).chance)


def _pairs_worth_asking(
    network: Network, columns: Columns, above: float, *, persons: bool
) -> Iterator[_Pair]:
    """The pairs of the owners and companies of whom somebody may have more than a part; others are not looked at."""
    owners = [i for i, party in enumerate(network.parties) if not persons or party.type == "person"]
    found = worth_asking(ways_of(network), above, owners)
    planned = plan(columns)
    if _may_grow(columns) and _is_swollen(planned):
        for i in sorted(found):
            yield from _column_pairs(i, of_owner(columns, i))
        return
    for j in sorted(set().union(*found.values())):
        value = from_company(planned, j).chance
        some = np.flatnonzero(value)
        yield from (
            (i, j, share) for i, share in zip(some.tolist(), value[some].tolist(), strict=True) if i != j
        )


def _may_grow(columns: Columns) -> bool:
    """Whether a column in a loop is over one: that loop may then grow without end for some owners and not for others."""
    totals = np.bincount(columns.issuers(), columns.share.astype(float), minlength=columns.size)
    over = totals > 1 + ROUNDING
    if not over.any():
        return False
    return any(len(members) > 1 and over[members].any() for members in in_order(columns).groups)


def _is_swollen(planned: Plan) -> bool:
    """Whether a loop grows without end, or so nearly that what comes of over 100 % is lost in rounding."""
    return any(group.kind == "growing" or group.visits.max() > SWOLLEN for group in planned.groups)


def _one_by_one(
    network: Network, columns: Columns, owner: str | None, company: str | None
) -> Iterator[_Pair]:
    only = None if company is None else network.index(company)
    for i in range(network.size) if owner is None else [network.index(owner)]:
        for pair in _column_pairs(i, of_owner(columns, i)):
            if only is None or pair[1] == only:
                yield pair


def _column_pairs(owner: int, value: Numbers) -> Iterator[_Pair]:
    return ((owner, j, share) for j, share in enumerate(value.tolist()) if share and j != owner)


def _upward(
    network: Network, owner: str | None, company: str | None, of: Callable[[int], Numbers]
) -> Iterator[_Pair]:
    only = None if owner is None else network.index(owner)
    held = np.flatnonzero(np.diff(network.start)) if company is None else [network.index(company)]
    for j in held:
        value = of(int(j))
        some = np.flatnonzero(value)
        for i, share in zip(some.tolist(), value[some].tolist(), strict=True):
            if i != j and (only is None or i == only):
                yield i, int(j), share


def _answer(
    network: Network, columns: Columns, measure: Measure, pairs: Iterable[_Pair], above: float | Fraction
) -> Ownership:
    ends = (~np.diff(columns.start).astype(bool)).tolist()
    names = [party.id for party in network.parties]
    direct = _direct(columns)
    rows = [
        Share(names[i], names[j], direct.get((i, j), columns.zero), value, ends[i])
        for i, j, value in pairs
        if value > above
    ]
    closed = tuple(tuple(names[m] for m in group) for group in closed_groups(in_order(columns)))
    if measure == "look-through":
        rows += _rows_of_closed(rows, closed)
    problems = tuple(_infinite(row, measure) for row in rows if row.share == float("inf"))
    return Ownership(measure, tuple(rows), closed, problems)


def _direct(columns: Columns) -> dict[tuple[int, int], Any]:
    issuers = columns.issuers()
    pairs = zip(columns.holder.tolist(), issuers.tolist(), strict=True)
    return dict(zip(pairs, columns.share.tolist(), strict=True))


def group_id(members: Iterable[str]) -> str:
    """The id of a closed group as an owner.

    >>> group_id(("alpha", "beta"))
    'closed group of alpha, beta'
    """
    return f"closed group of {', '.join(members)}"


def _rows_of_closed(rows: list[Share], closed: tuple[tuple[str, ...], ...]) -> list[Share]:
    found: list[Share] = []
    for members in closed:
        companies = dict.fromkeys(row.company for row in rows if row.owner in members)
        for company in companies:
            among = [row for row in rows if row.company == company and row.owner in members]
            direct: Any = sum(row.direct for row in among)
            found.append(Share(group_id(members), company, direct, among[0].share, terminal=True))
    return found


def _infinite(row: Share, measure: Measure) -> Problem:
    return Problem(
        f"the {measure} of {row.owner} in {row.company} has no end: a loop there adds up to 100% or more",
        kind="infinite",
        severity="warning",
    )


def _cut_short(network: Network, company: int, limit: int) -> Problem:
    return Problem(
        f"more than {limit:,} chains above {network.parties[company].id}: its simple-path sums are lower bounds",
        kind="cut-short",
        severity="warning",
    )


def _ranged(
    network: Network, owner: str | None, company: str | None, above: float | Fraction, *, persons: bool
) -> Ownership:
    direct = ranges.direct_shares(network)
    ends = ranges.terminal_owners(network)
    names = [party.id for party in network.parties]
    rows = [
        Share(names[i], names[j], direct.get((i, j), Interval.exactly(0)), interval, terminal=i in ends)
        for i, j, interval in ranges.look_through_bounds(
            network, owner=owner, company=company, above=above, persons=persons
        )
    ]
    closed = ranges.closed_groups(network)
    if owner is None and not persons:
        rows += [row for group in closed for row in _rows_of_group(network, group, company, above)]
    problems = tuple(_infinite(row, "look-through") for row in rows if _has_no_end(row.share))
    groups = tuple(tuple(names[m] for m in group) for group in closed)
    return Ownership("look-through", tuple(rows), groups, problems)


def _has_no_end(share: Part) -> bool:
    return isinstance(share, Interval) and share.high is None


def _rows_of_group(
    network: Network, group: tuple[int, ...], company: str | None, above: float | Fraction
) -> Iterator[Share]:
    names = [party.id for party in network.parties]
    direct = ranges.direct_shares(network)
    bounds = dict.fromkeys(group, Interval.exactly(1)) | ranges.bounds_of(network, group)
    for j, interval in bounds.items():
        if company in {None, names[j]} and (interval.high is None or interval.high > above):
            parts = [direct[m, j] for m in group if (m, j) in direct]
            together = reduce(Interval.plus, parts, Interval.exactly(0))
            yield Share(group_id(names[m] for m in group), names[j], together, interval, terminal=True)


def _check_threshold(above: float | Fraction) -> None:
    if not 0 <= above <= 1:
        raise CrosstieError(f"the threshold is {above}; it must lie between 0 and 1")
