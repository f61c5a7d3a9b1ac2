"""Load everything, report every problem, verify published figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, get_args

from crosstie.ledger.amounts import Interval
from crosstie.ledger.in_force import effective_day
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.replay import states_on
from crosstie.ledger.rounding import agrees, printed_step
from crosstie.ledger.standing import Standing, known_day, standing
from crosstie.ledger.statements import Check, Measure, PartyId, Status
from crosstie.questions.clocks import Clocks
from crosstie.questions.everyone import arrays, at_once, over_100, problems_of
from crosstie.questions.figures import Asked, Day, NoFigureError, figure
from crosstie.questions.formula import evaluate
from crosstie.questions.opening import at, load_ledger
from crosstie.text.problem import Problem, Severity

if TYPE_CHECKING:
    from crosstie.engines.register.joined import Joined

KEYS = ("file", "line", "severity", "kind", "message")
PARTS = ("of_issued", "of_outstanding", "of_theoretical", "of_exercisable", "of_free", "look_through")


@dataclass(frozen=True, slots=True)
class Checked:
    """Every problem in order of place; how many statements and published figures there are, how many agree."""

    problems: tuple[Problem, ...]
    statements: int
    figures: int
    agree: int

    @property
    def has_errors(self) -> bool:
        """Whether any problem is an error."""
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def summary(self) -> str:
        """One line: so many statements, so many figures agree."""
        figures = "1 published figure" if self.figures == 1 else f"{self.figures} published figures"
        if self.agree < self.figures:
            return f"{self.statements} statements, {self.agree} of {figures} agree"
        return f"{self.statements} statements, {figures} {'agrees' if self.figures == 1 else 'agree'}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one published figure."""

    check: Check
    agrees: bool
    problem: Problem | None = None


def check(path: str, clocks: Clocks) -> Checked:
    """Load a ledger and verify it.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that can be read.
    """
    with at_once(path) as together:
        found = None if together is None else _at_once(together, clocks)
    if found is not None:
        return found
    ledger = load_ledger(path)
    opened = at(ledger, clocks)
    return _checked(opened.problems, tuple(verify(ledger, clocks)), len(ledger.statements))


def _checked(problems: Iterable[Problem], verdicts: Sequence[Verdict], statements: int) -> Checked:
    expected = [verdict for verdict in verdicts if verdict.check.disagrees]
    told = (*problems, *(verdict.problem for verdict in verdicts if verdict.problem))
    return Checked(
        tuple(sorted(dict.fromkeys(told), key=lambda problem: problem.where)),
        statements,
        len(verdicts) - len(expected),
        sum(verdict.agrees for verdict in verdicts if not verdict.check.disagrees),
    )


BATCH = 5_000
"""Companies of a large register whose problems are told at a time."""


def _at_once(together: "Joined", clocks: Clocks) -> Checked | None:
    """The same of a large register: columns over 100 % are found over arrays, figures from what bears on them."""
    from crosstie.engines.register import bearing, counting  # noqa: PLC0415 (DuckDB is asked for only by a register)

    all_ = arrays(together, clocks)
    asked = 'SELECT issuer, holder, formula FROM "check"'
    figures = together.connection.execute(asked).fetchall()
    if all_ is None or any(formula or not issuer for issuer, _, formula in figures):
        return None
    problems = list(all_.problems)
    over = over_100(all_, clocks)
    for begin in range(0, len(over), BATCH):
        problems += problems_of(together, frozenset(over[begin : begin + BATCH]), clocks)
    verdicts: tuple[Verdict, ...] = ()
    if figures:
        names = {name for issuer, holder, _ in figures for name in (issuer, holder) if name}
        ledger = bearing.bearing_on(together, names, "above")
        if ledger is None:
            return None
        verdicts = tuple(verify(ledger, clocks))
    return _checked(problems, verdicts, counting.statements(together))


def verify(ledger: Ledger, clocks: Clocks) -> Iterator[Verdict]:
    """Verify each published figure on its own day.

    A figure is compared with all that is known on ``clocks.known``, so that a correction counts for days
    before it. A figure of a status weaker than completed tells of a plan: it is compared with what was
    known on its own day, counting statements of that status as done.
    """
    known = standing(ledger.statements, clocks.known)
    plain: dict[date, list[Check]] = {}
    for each in known.firm:
        if not isinstance(each, Check) or not each.head.status.firmness:
            continue
        day = effective_day(each.head)
        if day is None or day > clocks.on:
            continue
        if each.head.status is Status.COMPLETED:
            plain.setdefault(day if day > date.min else clocks.on, []).append(each)
        else:
            yield from _verify_plan(ledger, each, day)
    yield from _verify_all(known, plain, clocks)


def _verify_all(known: Standing, checks: dict[date, list[Check]], clocks: Clocks) -> Iterator[Verdict]:
    if not checks:
        return
    for state in states_on(known, checks, clocks.known):
        day = Day(state)
        for each in checks[state.true_on]:
            yield _verdict(day, each)


def _verify_plan(ledger: Ledger, planned: Check, day: date) -> Iterator[Verdict]:
    known_on = known_day(planned.head)
    selected = standing(ledger.statements, known_on, planned.head.status)
    for state in states_on(selected, [day], known_on, planned.head.status):
        yield _verdict(Day(state), planned)


def _verdict(day: Day, published: Check) -> Verdict:
    try:
        ours = _ours(day, published)
    except (NoFigureError, ValueError) as error:
        return Verdict(
            published, agrees=False, problem=_problem(published, f"not verified: {error}", "check")
        )
    found = compare(ours, published.value, published.rounding)
    told = f"{_said(published)} is published as {_show(published, published.value)}"
    computed = f"the ledger gives {_show(published, ours)}"
    if published.disagrees:
        if found is True:
            message = f"{told}, which agrees, although it is said to disagree ({published.disagrees})"
            return Verdict(published, agrees=True, problem=_problem(published, message, "check"))
        message = f"{told}, {computed}; as expected: {published.disagrees}"
        return Verdict(published, agrees=False, problem=_problem(published, message, "expected", "note"))
    if found is None:
        message = f"{told}, {computed}: cannot be decided"
        return Verdict(published, agrees=False, problem=_problem(published, message, "undecided", "warning"))
    if found:
        return Verdict(published, agrees=True)
    return Verdict(published, agrees=False, problem=_problem(published, f"{told}, {computed}", "check"))


def compare(ours: Interval, published: Interval, rounding: Fraction | None = None) -> bool | None:
    """Whether a published figure agrees with ours; ``None`` where our range does not decide it.

    A figure agrees when ours, rounded half up or cut to the printed step, is the one printed; a range
    when ours lies within it, ends rounded alike.

    >>> compare(Interval.parse("35.7089%"), Interval.parse("35.71%"))
    True
    >>> print(compare(Interval.parse("10-20%"), Interval.parse("15%")))
    None
    """
    step = rounding if rounding is not None else _step(published)
    if published.is_exact and ours.is_exact:
        return agrees(ours.low, published.low, step)
    if published.is_exact and ours.high is not None and agrees(ours.low, published.low, step):
        return True if agrees(ours.high, published.low, step) else None
    inside = _reaches(ours.low, published.low, step, up=True) and (
        published.high is None
        or (ours.high is not None and _reaches(ours.high, published.high, step, up=False))
    )
    if not published.is_exact and inside:
        return True
    below = ours.high is not None and not _reaches(ours.high, published.low, step, up=True)
    above = published.high is not None and not _reaches(ours.low, published.high, step, up=False)
    return False if below or above else None


def _step(published: Interval) -> Fraction:
    ends = [published.low] if published.high is None else [published.low, published.high]
    return min(printed_step(end) for end in ends)


def _reaches(ours: Fraction, end: Fraction, step: Fraction, *, up: bool) -> bool:
    return agrees(ours, end, step) or (ours >= end if up else ours <= end)


def _ours(day: Day, published: Check) -> Interval:
    if published.measure == "amount":
        return Interval.exactly(evaluate(published.formula, lambda name, who: _named(day, name, who)))
    if published.issuer is None:
        raise NoFigureError(f"{published.measure} is a figure of a company; name the issuer")
    return figure(
        day,
        Asked(published.measure, published.issuer, published.holder, published.share_class, published.group),
    )


def _named(day: Day, name: str, who: tuple[str, ...]) -> Fraction:
    measures = [each for each in get_args(Measure) if each != "amount"]
    if name not in measures or not 1 <= len(who) <= 2:
        raise ValueError(f"no such figure: {name}({', '.join(map(repr, who))}); one of {', '.join(measures)}")
    holder = PartyId(who[1]) if len(who) == 2 else None
    value = figure(day, Asked(name, PartyId(who[0]), holder))
    if not value.is_exact:
        raise NoFigureError(f"{name} of {who[0]} is a range, {value}")
    return value.low


def _said(published: Check) -> str:
    what = published.formula if published.measure == "amount" else published.measure
    who = f" of {published.holder} in" if published.holder else " of" if published.issuer else ""
    of = f"{who} {published.issuer}" if published.issuer else ""
    group = " with its group" if published.group else ""
    day = f" on {published.head.true_on.text}" if published.head.true_on else ""
    return f"{what}{of}{group}{day}"


def _show(published: Check, value: Interval) -> str:
    percent = published.measure in PARTS or (
        published.measure == "amount" and published.value.high is not None and published.value.high <= 1
    )

    def one(number: Fraction | None) -> str:
        if number is None:
            return "any number"
        if percent:
            return f"{float(number):.4%}"
        return f"{number.numerator:,}" if number.denominator == 1 else f"{float(number):,.2f}"

    return one(value.low) if value.is_exact else f"{one(value.low)} to {one(value.high)}"


def _problem(published: Check, message: str, kind: str, severity: Severity = "error") -> Problem:
    return Problem(message, published.head.where, kind, severity, published.head.id)


def rows(problems: Sequence[Problem]) -> Iterable[dict[str, object]]:
    """Problems as rows of their keys."""
    for problem in problems:
        yield {
            "file": problem.where.file,
            "line": problem.where.line,
            "severity": problem.severity,
            "kind": problem.kind,
            "message": problem.message,
        }


def line(problem: Problem) -> str:
    """A problem as one line; what is no error says so.

    >>> line(Problem("so it is", kind="expected", severity="note"))
    'note: so it is'
    """
    sort = "" if problem.severity == "error" else f"{problem.severity}: "
    place = f"{problem.where}: " if problem.where.file else ""
    return f"{place}{sort}{problem.message}"
