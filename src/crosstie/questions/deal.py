"""A deal before and after each of its steps: holdings, votes and look-through ownership."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from crosstie.analyses.ranges import look_through_bounds
from crosstie.analyses.vote_split import vote_split
from crosstie.deals.scenario import StepView, find_deal, steps_of, with_done, without
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.column import Column, Stake
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Deal
from crosstie.network.edges import unknown_id
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import Opened, at, load_ledger
from crosstie.text.problem import Problem

MEASURES = ("of_issued", "of_outstanding", "of_theoretical", "of_exercisable", "of_free", "look_through")
KEYS = ("step", "company", "holder", "measure", "before", "after", "low", "high")

Table = dict[tuple[str, str, str], Interval]


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one holder in one company that a step changes."""

    step: str
    company: str
    holder: str
    measure: str
    before: Interval
    after: Interval

    @property
    def row(self) -> dict[str, object]:
        """The row that a command prints; ``low`` and ``high`` bound ``after``."""
        return {
            "step": self.step,
            "company": self.company,
            "holder": self.holder,
            "measure": self.measure,
            "before": self.before,
            "after": self.after,
            "low": self.after.low,
            "high": self.after.high,
        }


@dataclass(frozen=True, slots=True)
class StepChanges:
    """One step, the worlds around it (``None`` where it is off), and what it changes."""

    view: StepView
    before: Opened | None
    after: Opened | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class DealAnswer:
    """A deal as known on a day, step by step."""

    deal: Deal
    ledger: Ledger
    steps: tuple[StepChanges, ...]
    problems: tuple[Problem, ...]

    @property
    def rows(self) -> list[dict[str, object]]:
        """All changes as rows."""
        return [change.row for step in self.steps for change in step.changes]


def deal(path: str, asked: str | None, clocks: Clocks) -> DealAnswer:
    """A deal of a ledger before and after each step, as known on ``clocks.known``.

    A step that has happened is shown on its own day, without it and with it. One that has not is added, with those before it
    in order, to what is true on ``clocks.on``: as if each were done a day after the other.

    Raises
    ------
    CrosstieError
        No deal is known on that day, or none of that name.
    """
    ledger = load_ledger(path)
    found = find_deal(ledger, clocks.known, asked)
    views = steps_of(ledger, found.deal, clocks.known)
    done = [view for view in views if view.is_done and view.day is not None and view.day <= clocks.on]
    now = at(ledger, clocks)
    answers: list[StepChanges] = []
    pending: list[StepView] = []
    before = now
    for view in views:
        if view.is_off or not view.statements:
            answers.append(StepChanges(view, None, None, ()))
        elif view in done:
            answers.append(_around(ledger, done[done.index(view) :], clocks))
        else:
            pending.append(view)
            day = clocks.on + timedelta(days=len(pending))
            scenario = with_done(ledger, pending, clocks.on, clocks.known)
            after = at(scenario, Clocks(day, clocks.known, clocks.assume))
            answers.append(StepChanges(view, before, after, _changes(view, before, after)))
            before = after
    return DealAnswer(found, ledger, tuple(answers), now.problems)


def _around(ledger: Ledger, steps: Sequence[StepView], clocks: Clocks) -> StepChanges:
    """The first of these steps on its own day, those after it left out."""
    view, *later = steps
    on_its_day = Clocks(view.day or clocks.on, clocks.known, clocks.assume)
    before, after = at(without(ledger, steps), on_its_day), at(without(ledger, later), on_its_day)
    return StepChanges(view, before, after, _changes(view, before, after))


def _changes(view: StepView, before: Opened, after: Opened) -> tuple[Change, ...]:
    old, new = measures(before), measures(after)
    return tuple(
        Change(view.step.step, company, holder, measure, old.get(key, ZERO), new.get(key, ZERO))
        for key in dict.fromkeys([*old, *new])
        for company, holder, measure in [key]
        if not _same(old.get(key, ZERO), new.get(key, ZERO))
    )


def _same(one: Interval, other: Interval) -> bool:
    """Equal but for rounding: look-through shares of large loops are floating point."""
    if one == other:
        return True
    highs = (one.high, other.high)
    if None in highs or (one.low_open, one.high_open) != (other.low_open, other.high_open):
        return False
    return abs(one.low - other.low) < 1e-12 and abs(highs[0] - highs[1]) < 1e-12  # type: ignore[operator]


def measures(opened: Opened) -> Table:
    """Every measure of every holder in every company, by company, holder and measure."""
    table: Table = {}
    for column in opened.columns.values():
        table.update(_parts(column))
    for company in range(opened.network.size):
        table.update(_votes(opened, company))
    parties = opened.network.parties
    for owner, company, share in look_through_bounds(opened.network):
        if not parties[owner].unknown_of:
            table[parties[company].id, parties[owner].id, "look_through"] = share
    return table


def _parts(column: Column) -> Iterator[tuple[tuple[str, str, str], Interval]]:
    for stake in (*column.stakes, column.unknown, column.treasury):
        holder = stake.holder or unknown_id(column.issuer)
        for measure, part in _stake_parts(stake):
            if part is not None:
                yield (column.issuer, holder, measure), part


def _stake_parts(stake: Stake) -> tuple[tuple[str, Interval | None], ...]:
    return (
        ("of_issued", stake.of_issued),
        ("of_outstanding", stake.of_outstanding),
        ("of_theoretical", stake.of_theoretical),
    )


def _votes(opened: Opened, company: int) -> Iterator[tuple[tuple[str, str, str], Interval]]:
    parties = opened.network.parties
    split = vote_split(opened.network, company)
    for row in split.rows:
        where = parties[company].id, parties[row.holder].id
        yield (*where, "of_exercisable"), split.of_exercisable(row)
        yield (*where, "of_free"), split.of_free(row)
