"""Equity values of all companies of a large register at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.local import bounds, value
from crosstie.engines.local.edges import UNKNOWN
from crosstie.engines.local.plan import Plan, make_plan
from crosstie.formats.accounts import OutsideAssets
from crosstie.ledger.amounts import Interval
from crosstie.questions.bounds_at_once import ranged_of
from crosstie.questions.everyone import Everyone, name, number_of
from crosstie.questions.own_at_once import edges_of
from crosstie.text.problem import CrosstieError, Problem, Severity

Row = dict[str, object]
_BATCH = 50_000
_SAME = 1e-14
_NAMED = 20
"""So many members of a group are named."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Outside assets and equity by party, and which parties have rows; NaN where nothing determines a value.

    ``most`` is the upper end of equity where holdings are ranges, the same array as ``equity`` where none is.
    """

    assets: NDArray[np.float64]
    equity: NDArray[np.float64]
    most: NDArray[np.float64]
    valued: NDArray[np.bool_]
    strangers: tuple[OutsideAssets, ...]
    problems: tuple[Problem, ...]


def worth_of_everybody(all_: Everyone, lines: Sequence[OutsideAssets]) -> Worth:
    """Value all companies without debts: :math:`v = e + C v`, loops by their inverses.

    Companies that hold all of each other, and loops with more than there is, have no value that anything outside determines:
    they are told, and theirs is left open with that of their holders.

    Raises
    ------
    CrosstieError
        A company is on two lines under two names.
    """
    holdings = all_.holdings
    assets, has_assets, strangers = _assets(all_, lines)
    held = np.diff(holdings.start) > 0
    valued = (held | has_assets) & (holdings.kind != UNKNOWN)
    if not holdings.capital.is_exact:
        return _bounded(all_, assets, valued, strangers)
    plan = make_plan(edges_of(holdings))
    equity = value.look_through_values(plan, assets)
    for group in plan.closed_groups():
        equity[group] = np.nan
    return Worth(assets, equity, equity, valued, strangers, tuple(_open(all_, plan)))


def _bounded(
    all_: Everyone,
    assets: NDArray[np.float64],
    valued: NDArray[np.bool_],
    strangers: tuple[OutsideAssets, ...],
) -> Worth:
    """The same where holdings are ranges: at least and at most."""
    found = bounds.value_bounds(ranged_of(all_.holdings), assets)
    low, high = found.low.copy(), found.high.copy()
    low[found.endless] = high[found.endless] = np.nan
    low[np.isinf(low)] = np.nan
    return Worth(assets, low, high, valued, strangers, tuple(_doubts(all_, found, valued)))


_CLOSE = "the ranges let companies hold all of each other, so nothing bounds their value from above"
_OVER = "stated shares in a loop above or among them are more than there is, so nothing bounds their value"
_WIDE = "their values are bounded safely and may be narrower: of assets below zero, or through a loop of many companies"


def _doubts(all_: Everyone, found: bounds.Worth, valued: NDArray[np.bool_]) -> Iterator[Problem]:
    endless = np.isinf(found.high) | np.isinf(found.low)
    for these, message, kind in (
        (endless & ~found.endless, _CLOSE, "closed-group"),
        (found.endless, _OVER, "over-100"),
        (found.loose, _WIDE, "wide-bounds"),
    ):
        numbers = np.flatnonzero(these & valued)
        if len(numbers):
            severity: Severity = "note" if these is found.loose else "warning"
            yield Problem(f"{_names(all_, numbers)}: {message}", kind=kind, severity=severity)


def _assets(
    all_: Everyone, lines: Sequence[OutsideAssets]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], tuple[OutsideAssets, ...]]:
    """Amounts by party; lines about companies that the register does not know are strangers."""
    amounts, has = np.zeros(all_.holdings.size), np.zeros(all_.holdings.size, np.bool_)
    strangers = []
    for line in lines:
        at = all_.holdings.ids.find(line.company)
        number = number_of(all_, line.company) if at < 0 else at
        if number < 0:
            strangers.append(line)
        elif has[number]:
            raise CrosstieError(f"{line.where}: {line.company} is also on another line under another name")
        else:
            amounts[number], has[number] = float(line.amount), True
    return amounts, has, tuple(strangers)


def _open(all_: Everyone, plan: Plan) -> Iterator[Problem]:
    for group in plan.closed_groups():
        yield Problem(
            f"{_names(all_, group)}: they hold all of each other, so nothing outside determines their value",
            kind="closed-group",
            severity="warning",
        )
    for loop in plan.unbounded.tolist():
        yield Problem(
            f"{_names(all_, plan.members(loop))}: their stated shares in each other are more than there is, "
            "so no value solves them",
            kind="over-100",
            severity="warning",
        )


def _names(all_: Everyone, members: NDArray[np.integer]) -> str:
    shown = ", ".join(name(all_.holdings, each) for each in members[:_NAMED].tolist())
    more = len(members) - _NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown


def rows(all_: Everyone, worth: Worth) -> Iterator[Row]:
    """The rows of the small analysis, companies by id and strangers last: assets, equity, what goes to outsiders."""
    holdings = all_.holdings
    least, most = _outside(all_, worth)
    numbers = np.flatnonzero(worth.valued)
    for begin in range(0, len(numbers), _BATCH):
        these = numbers[begin : begin + _BATCH]
        low, high = worth.equity[these], worth.most[these]
        shown = (
            [None if np.isnan(each) else each for each in worth.assets[these].tolist()],
            map(_amount, low.tolist(), high.tolist()),
            map(_amount, (low * least[these]).tolist(), (high * most[these]).tolist()),
        )
        for row in zip(holdings.ids.take(these), *shown, strict=True):
            yield dict(zip(("company", "outside_assets", "equity", "to_outside_holders"), row, strict=True))
    for line in sorted(worth.strangers, key=lambda each: each.company):
        amount = float(line.amount)
        yield {
            "company": line.company,
            "outside_assets": amount,
            "equity": amount,
            "to_outside_holders": amount,
        }


def _outside(all_: Everyone, worth: Worth) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and the most of every company that is held by nobody valued."""
    holdings = all_.holdings
    company, inside = holdings.companies(), worth.valued[holdings.holder]
    sums: dict[tuple[str, bool], NDArray[np.float64]] = {}
    for side in ("low", "high"):
        part = np.minimum(
            getattr(holdings.capital, side) / holdings.whole[company], 1.0 if side == "high" else np.inf
        )
        for at, these in ((True, inside), (False, ~inside)):
            sums[side, at] = np.bincount(company, part * these, holdings.size).astype(np.float64)
    if holdings.capital.is_exact:
        outside: NDArray[np.float64] = 1.0 - sums["low", True]
        return outside, outside
    held = np.diff(holdings.start) > 0
    inside_least = np.maximum(sums["low", True], np.where(held, 1.0 - sums["high", False], 0.0))
    inside_most = np.minimum(sums["high", True], 1.0 - sums["low", False])
    most: NDArray[np.float64] = np.minimum(1.0, 1.0 - inside_least)
    least: NDArray[np.float64] = np.maximum(0.0, 1.0 - inside_most)
    return least, most


def _amount(low: float, high: float) -> object:
    """One number, a range, or nothing where not even a lower end is known."""
    if np.isnan(low) or np.isnan(high):
        return None
    if np.isinf(high):
        return Interval(Fraction(low), None)
    return low if high - low <= _SAME * max(1.0, abs(high)) else Interval(Fraction(low), Fraction(high))


def problems_of(all_: Everyone, worth: Worth) -> tuple[Problem, ...]:
    """Everything doubtful: the day's problems, strangers in the file, what has no value."""
    unknown = (
        Problem(
            f"no such party: {line.company!r}; valued as a company that nobody is stated to hold",
            line.where,
            "unknown-party",
            "warning",
        )
        for line in worth.strangers
    )
    return (*all_.problems, *worth.problems, *unknown)
