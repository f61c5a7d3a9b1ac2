"""A scenario is a ledger in which some steps of a deal count as done."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import (
    Correction,
    Deal,
    DealId,
    EventId,
    Head,
    Statement,
    StatementId,
    Status,
    Step,
    StepId,
)
from crosstie.text.problem import CrosstieError

_DATES = ("until", "true_on")
_ENDED = (Status.DENIED, Status.WITHDRAWN, Status.POSTPONED)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as known on a day.

    ``statements`` are what would happen, ``done`` whether all of it has, ``status`` how far along the
    least far of it is, ``day`` the last day of what is done.
    """

    step: Step
    statements: tuple[Statement, ...]
    status: Status
    day: date | None

    @property
    def is_done(self) -> bool:
        """Whether everything in it has happened."""
        return self.status is Status.COMPLETED

    @property
    def is_off(self) -> bool:
        """Whether nothing of it stands any more: denied, withdrawn or postponed."""
        return not self.status.firmness


def is_known(head: Head, known: date) -> bool:
    """Whether a statement is surely known on a day; one that does not say is known when true."""
    when = head.known_on or head.true_on
    return when is None or when.latest is None or when.certainly_by(known)


def deals_of(ledger: Ledger, known: date) -> tuple[Deal, ...]:
    """The deals known on a day, each as last said by then, in ledger order."""
    versions: dict[DealId, list[Deal]] = {}
    for statement in ledger.statements:
        if isinstance(statement, Deal) and is_known(statement.head, known):
            versions.setdefault(statement.deal, []).append(statement)
    return tuple(max(said, key=lambda deal: _known(deal.head)) for said in versions.values())


def find_deal(ledger: Ledger, known: date, asked: str | None) -> Deal:
    """The deal of that id, or the only one.

    Raises
    ------
    CrosstieError
        None known on that day, several and none asked for, or no such deal.
    """
    deals = deals_of(ledger, known)
    names = ", ".join(deal.deal for deal in deals)
    if not deals:
        raise CrosstieError(f"no deal is known on {known}")
    if asked is None and len(deals) > 1:
        raise CrosstieError(f"several deals: say which of {names}")
    found = next((deal for deal in deals if asked in {None, deal.deal, deal.title}), None)
    if found is None:
        raise CrosstieError(f"no such deal: {asked!r}; there are {names}")
    return found


def steps_of(ledger: Ledger, deal: DealId, known: date) -> tuple[StepView, ...]:
    """The steps of a deal as known on a day, in their order.

    Of the statements about one event only those that may stand for it are kept: the firmest, unless
    a later one denies, withdraws or postpones it.
    """
    versions: dict[StepId, list[Step]] = defaultdict(list)
    for statement in ledger.statements:
        if isinstance(statement, Step) and statement.deal == deal and is_known(statement.head, known):
            versions[statement.step].append(statement)
    by_step = _standing(ledger, known, versions)
    latest = [max(said, key=lambda step: _known(step.head)) for said in versions.values()]
    return tuple(_view(step, by_step[step.step]) for step in sorted(latest, key=lambda step: step.order))


def _standing(ledger: Ledger, known: date, steps: Collection[StepId]) -> dict[StepId, list[Statement]]:
    step_of_event: dict[EventId, StepId] = {}
    for statement in ledger.statements:
        if statement.head.event and statement.head.step in steps:
            step_of_event.setdefault(statement.head.event, statement.head.step)
    events: dict[EventId | StatementId, list[Statement]] = defaultdict(list)
    for statement in ledger.statements:
        belongs = statement.head.step in steps or statement.head.event in step_of_event
        if belongs and is_known(statement.head, known) and not isinstance(statement, Step):
            events[statement.head.event or statement.head.id].append(statement)
    found: dict[StepId, list[Statement]] = defaultdict(list)
    for versions in events.values():
        kept = stands_for(versions)
        step = kept.head.step or step_of_event[kept.head.event]
        found[step].append(kept)
    return found


def stands_for(versions: Iterable[Statement]) -> Statement:
    """The statement that stands for an event: the latest end of it, else the firmest, then latest known."""
    ordered = sorted(versions, key=lambda s: _known(s.head))
    firmest = max(ordered, key=lambda s: (s.head.status.firmness, _known(s.head)))
    ends = [s for s in ordered if s.head.status in _ENDED and _known(s.head) >= _known(firmest.head)]
    return ends[-1] if ends and firmest.head.status is not Status.COMPLETED else firmest


def _known(head: Head) -> date:
    when = head.known_on or head.true_on
    return (when.latest or when.earliest or date.min) if when else date.min


def _view(step: Step, statements: list[Statement]) -> StepView:
    statuses = [statement.head.status for statement in statements] or [step.head.status]
    counting = [status for status in statuses if status.firmness]
    status = min(counting, key=lambda s: s.firmness) if counting else statuses[0]
    days = [day for statement in statements if (day := _day(statement))]
    return StepView(step, tuple(statements), status, max(days, default=None))


def _day(statement: Statement) -> date | None:
    """The last day on which it happens; a correction of a date happens on the date it gives."""
    if isinstance(statement, Correction) and statement.field in _DATES:
        return When.parse(statement.value).latest
    when = statement.head.true_on or statement.head.known_on
    return when.latest if when else None


def with_done(ledger: Ledger, steps: Iterable[StepView], day: date, known: date) -> Ledger:
    """The ledger in which these steps happen one day after the other, from the day after ``day`` on.

    What has happened already stays as it is. All of it counts as known on ``known``.
    """
    moved: dict[StatementId, Statement] = {}
    for number, view in enumerate(steps, 1):
        for statement in view.statements:
            if statement.head.status.firmness and statement.head.status is not Status.COMPLETED:
                moved[statement.head.id] = _done(statement, day + timedelta(days=number), known)
    return replace(ledger, statements=tuple(moved.get(s.head.id, s) for s in ledger.statements))


def without(ledger: Ledger, steps: Iterable[StepView]) -> Ledger:
    """The ledger in which these steps did not happen: nothing of what stands for them is there."""
    gone = {statement.head.id for view in steps for statement in view.statements}
    return replace(ledger, statements=tuple(s for s in ledger.statements if s.head.id not in gone))


def _done(statement: Statement, day: date, known: date) -> Statement:
    when = When.on(day)
    head = replace(
        statement.head, status=Status.COMPLETED, true_on=when, known_on=When.on(known), step=StepId("")
    )
    if isinstance(statement, Correction) and statement.field in _DATES:
        return replace(statement, head=head, value=when.text)
    return replace(statement, head=head)
