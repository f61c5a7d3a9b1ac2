"""Equity values of all companies of a large register at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.local import value
from crosstie.engines.local.edges import UNKNOWN
from crosstie.engines.local.plan import Plan, make_plan
from crosstie.formats.accounts import OutsideAssets
from crosstie.questions.everyone import Everyone, name, number_of
from crosstie.questions.own_at_once import edges_of
from crosstie.text.problem import CrosstieError, Problem

Row = dict[str, object]
_BATCH = 50_000
_NAMED = 20
"""So many members of a group are named."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Outside assets and equity by party, and which parties have rows; NaN where nothing determines a value."""

    assets: NDArray[np.float64]
    equity: NDArray[np.float64]
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
        Some holdings are ranges, or a company is on two lines under two names.
    """
    holdings = all_.holdings
    if not holdings.capital.is_exact:
        raise CrosstieError(
            "some holdings of this register are ranges: values of everybody at once need single numbers; "
            "ask for a smaller ledger, whose values are bounded"
        )
    assets, has_assets, strangers = _assets(all_, lines)
    plan = make_plan(edges_of(holdings))
    equity = value.look_through_values(plan, assets)
    for group in plan.closed_groups():
        equity[group] = np.nan
    held = np.diff(holdings.start) > 0
    valued = (held | has_assets) & (holdings.kind != UNKNOWN)
    return Worth(assets, equity, valued, strangers, tuple(_open(all_, plan)))


def _assets(
    all_: Everyone, lines: Sequence[OutsideAssets]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], tuple[OutsideAssets, ...]]:
    """Amounts by party; lines about companies that the register does not know are strangers."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)
    import pyarrow.compute as pc  # noqa: PLC0415 (an extra)

    ids = all_.holdings.ids
    by_id = pc.index_in(pa.array([line.company for line in lines], pa.string()), ids.cast(pa.string()))
    amounts, has = np.zeros(all_.holdings.size), np.zeros(all_.holdings.size, np.bool_)
    strangers = []
    for line, at in zip(lines, by_id.to_pylist(), strict=True):
        number = number_of(all_, line.company) if at is None else int(at)
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


def _names(all_: Everyone, members: NDArray[np.uint32]) -> str:
    shown = ", ".join(name(all_.holdings, each) for each in members[:_NAMED].tolist())
    more = len(members) - _NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown


def rows(all_: Everyone, worth: Worth) -> Iterator[Row]:
    """The rows of the small analysis, companies by id and strangers last: assets, equity, what goes to outsiders."""
    holdings = all_.holdings
    inside = worth.valued[holdings.holder]
    part = holdings.capital.low / holdings.whole[holdings.companies()]
    outside = 1.0 - np.bincount(holdings.companies(), part * inside, minlength=holdings.size)
    numbers = np.flatnonzero(worth.valued)
    for begin in range(0, len(numbers), _BATCH):
        these = numbers[begin : begin + _BATCH]
        columns = (worth.assets[these], worth.equity[these], worth.equity[these] * outside[these])
        shown = ([None if np.isnan(each) else each for each in column.tolist()] for column in columns)
        for row in zip(holdings.ids.take(these).to_pylist(), *shown, strict=True):
            yield dict(zip(("company", "outside_assets", "equity", "to_outside_holders"), row, strict=True))
    for line in sorted(worth.strangers, key=lambda each: each.company):
        amount = float(line.amount)
        yield {
            "company": line.company,
            "outside_assets": amount,
            "equity": amount,
            "to_outside_holders": amount,
        }


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
