"""Equity bounds when holdings are known only within ranges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from crosstie.analyses.frames import to_frame
from crosstie.ledger.amounts import Interval
from crosstie.network.network import FloatArray, Network
from crosstie.text.problem import CrosstieError

MOST = 500  # parties: each company's bounds are some dense solutions


class TooManyPartiesError(CrosstieError):
    """More parties than bounds are worked out for one by one."""


@dataclass(frozen=True, slots=True)
class ValueBounds:
    """One company's outside assets, and the least and the most its shares may be worth."""

    company: str
    outside_assets: Fraction | float
    equity: Interval
    to_outside_holders: Interval


@dataclass(frozen=True, slots=True)
class EquityBounds:
    """Bounds for each company: the ends of equity are reached, though not all at once."""

    bounds: tuple[ValueBounds, ...]

    def __getitem__(self, company: str) -> Interval:
        """The bounds of one company's equity."""
        return next(row.equity for row in self.bounds if row.company == company)

    def rows(self) -> Iterator[ValueBounds]:
        """One row per company."""
        yield from self.bounds

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """A pandas data frame, one row per company, with the ends of each interval."""
        return to_frame(self.bounds, ValueBounds)


def has_ranges(network: Network) -> bool:
    """Whether any named holding of shares is a range.

    >>> from crosstie.network import toys
    >>> has_ranges(toys.ring()), has_ranges(toys.from_shares(("a", "b", "5-10%")))
    (False, True)
    """
    return not network.capital.is_exact


def equity_bounds(network: Network, assets: Mapping[str, Fraction | float]) -> EquityBounds:
    r"""Bound :math:`v_j` in :math:`v = e + C v` over all holdings within their ranges, columns summing to one.

    :math:`v_j = \sum_k e_k u_k`, where :math:`u_k` counts how often a share of *k*, followed upwards, passes *j*:
    :math:`u = 1_j + C^\top u`. Each company's column is chosen to make *u* least or most, greedily: what
    must be held is, and the rest goes to the holders with the best *u* first; solved again until no column
    changes (policy iteration). For outside assets that are not negative.

    Raises
    ------
    CrosstieError
        Negative outside assets, ranges that let companies hold all of each other, or over 500 parties.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> found = equity_bounds(toys.from_shares(("a", "b", "20-40%")), {"a": 100, "b": 50})
    >>> [float(end) for end in (found["a"].low, found["a"].high)]
    [110.0, 120.0]
    """
    if network.size > MOST:
        raise TooManyPartiesError(
            f"values within ranges are computed for at most {MOST} parties, not {network.size:,}"
        )
    for name, amount in assets.items():
        if amount < 0:
            raise CrosstieError(
                f"{name} has negative outside assets and some holdings are ranges: state single numbers"
            )
    worth = np.array([float(assets.get(party.id, 0)) for party in network.parties])
    missing = [name for name in assets if name not in {party.id for party in network.parties}]
    lengths = np.diff(network.start)
    rows = [
        _bounds_of(network, j, worth)
        for j, party in enumerate(network.parties)
        if not party.unknown_of and (party.id in assets or lengths[j])
    ]
    alone = [ValueBounds(n, assets[n], *[Interval.exactly(Fraction(assets[n]))] * 2) for n in missing]
    return EquityBounds((*rows, *alone))


def _bounds_of(network: Network, company: int, worth: FloatArray) -> ValueBounds:
    ends = [float(worth @ _visits(network, company, sign)) for sign in (1, -1)]
    low, high = Fraction(ends[0]), Fraction(max(ends))
    least, most = _outside(network, company, worth)
    equity = Interval(low, high)
    outside = Interval(low * Fraction(least), max(low * Fraction(least), high * Fraction(most)))
    return ValueBounds(network.parties[company].id, float(worth[company]), equity, outside)


def _outside(network: Network, company: int, worth: FloatArray) -> tuple[float, float]:
    """The least and the most of a company that is held by nobody valued here."""
    lengths = np.diff(network.start)
    column = network.column(company)
    valued = np.array([bool(lengths[h]) or worth[h] > 0 for h in network.holder[column]], dtype=np.bool_)
    low, high = network.capital.low[column], np.minimum(network.capital.high[column], 1)
    if not len(valued):
        return 1.0, 1.0
    inside_least = max(float(low[valued].sum()), 1 - float(high[~valued].sum()))
    inside_most = min(float(high[valued].sum()), 1 - float(low[~valued].sum()))
    return max(0.0, 1 - inside_most), min(1.0, 1 - inside_least)


def _visits(network: Network, company: int, sign: int) -> FloatArray:
    """How often each company's share, followed upwards, passes this one: least (1) or most (−1)."""
    size = network.size
    parts = _greedy(network, np.zeros(size))
    target = np.zeros(size)
    target[company] = 1.0
    issuers = network.issuers()
    for _ in range(10 * size + 100):
        held = np.zeros((size, size))
        np.add.at(held, (network.holder, issuers), parts)
        visits = _solved(held, target)
        better = _greedy(network, sign * visits)
        gain = sign * (_flow(network, better, visits) - _flow(network, parts, visits))
        if gain.min(initial=0.0) > -1e-12 * (1 + np.abs(visits).max()):
            return visits
        improves = gain[issuers] < -1e-14
        parts = np.where(improves, better, parts)
    raise CrosstieError(
        "the bounds of equity did not settle: some ranges let companies hold all of each other"
    )


def _solved(held: FloatArray, target: FloatArray) -> FloatArray:
    try:
        visits = np.linalg.solve(np.eye(len(target)) - held.T, target)
    except np.linalg.LinAlgError:
        visits = np.array([np.inf])
    if not np.all(np.isfinite(visits)) or visits.min() < -1e-9 or visits.max() > 1e12:
        raise CrosstieError("some ranges let companies hold all of each other: their value has no bound")
    return np.asarray(visits)


def _flow(network: Network, parts: FloatArray, visits: FloatArray) -> FloatArray:
    found = np.bincount(network.issuers(), parts * visits[network.holder], minlength=network.size)
    return np.asarray(found, dtype=np.float64)


def _greedy(network: Network, cost: FloatArray) -> FloatArray:
    """Fill each column up to one, the cheapest holders first."""
    parts = network.capital.low.copy()
    for company in range(network.size):
        column = network.column(company)
        room = np.minimum(network.capital.high[column], 1) - parts[column]
        left = 1 - parts[column].sum()
        for edge in np.argsort(cost[network.holder[column]], kind="stable").tolist():
            if left <= 0:
                break
            added = min(room[edge], left)
            parts[column.start + edge] += added
            left -= added
    return parts
