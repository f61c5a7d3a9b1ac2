"""Everything a report of a case shows: charts, the deals' steps, and the tables of every company."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from crosstie.deals.scenario import deals_of, steps_of
from crosstie.questions import holders
from crosstie.questions.chart import ChartAnswer, chart
from crosstie.questions.check import check
from crosstie.questions.clocks import Clocks
from crosstie.questions.control import control_in_ledger
from crosstie.questions.opening import open_ledger
from crosstie.text.problem import CrosstieError, Problem

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """The structure, a chart for each deal with a step that stands, tables by name, problems."""

    structure: ChartAnswer
    deals: tuple[ChartAnswer, ...]
    tables: tuple[tuple[str, tuple[Row, ...]], ...]
    problems: tuple[Problem, ...]


def report(path: str, clocks: Clocks) -> ReportAnswer:
    """All pictures and tables of a ledger on a day.

    Raises
    ------
    CrosstieError
        Nothing there, or nobody holds anything on that day.
    """
    structure = chart(path, clocks)
    opened = open_ledger(path, clocks)
    tables: list[tuple[str, tuple[Row, ...]]] = []
    for issuer, column in sorted(opened.columns.items()):
        rows = holders.company_rows(opened.network, column)
        tables.append((f"holders of {issuer}", tuple({k: getattr(r, k) for k in holders.KEYS} for r in rows)))
    found, _ = control_in_ledger(path, clocks, Fraction(1, 2), "least")
    keys = ("company", "controller", "ultimate", "votes", "decided")
    tables.append(("control", tuple({key: getattr(row, key) for key in keys} for row in found.rows)))
    checked = check(path, clocks)
    told: tuple[Row, ...] = tuple(
        {"where": str(p.where), "severity": p.severity, "message": p.message} for p in checked.problems
    )
    tables.append(("checks and problems", told))
    return ReportAnswer(
        structure, tuple(_deals(path, clocks)), tuple(t for t in tables if t[1]), opened.problems
    )


def _deals(path: str, clocks: Clocks) -> Iterator[ChartAnswer]:
    ledger = open_ledger(path, clocks).ledger
    for each in deals_of(ledger, clocks.known):
        if any(view.statements and not view.is_off for view in steps_of(ledger, each.deal, clocks.known)):
            try:
                yield chart(path, clocks, steps=each.deal, with_steps=True)
            except CrosstieError:  # none of its steps moves anything
                continue
