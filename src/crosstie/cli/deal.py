"""``crosstie deal``: before and after each step of a deal."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from crosstie.cli.options import Assume, Format, Known, LedgerPath, On
from crosstie.cli.output import print_problems, print_rows
from crosstie.questions.clocks import Clocks

if TYPE_CHECKING:
    from crosstie.questions.deal import DealAnswer, StepChanges


def deal(  # noqa: PLR0917 (a command's options)
    ledger: LedgerPath,
    deal: Annotated[
        str | None, typer.Argument(metavar="[DEAL]", help="Which deal, where there are several.")
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", help="Only this measure (again for more), such as look_through."),
    ] = None,
    company: Annotated[
        list[str] | None, typer.Option("--company", help="Only this company (again for more).")
    ] = None,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Show holdings, votes and look-through ownership before and after each step of a deal.

    Example: crosstie deal cases/alliance --known 2023-06-28
    """
    from crosstie.questions.deal import KEYS, MEASURES  # noqa: PLC0415 (NumPy is not needed for --help)
    from crosstie.questions.deal import deal as ask  # noqa: PLC0415
    from crosstie.text.problem import CrosstieError  # noqa: PLC0415

    wrong = [word for word in measure or () if word not in MEASURES]
    if wrong:
        raise CrosstieError(f"no such measure: {wrong[0]!r}; one of {', '.join(MEASURES)}")
    answer = ask(ledger, deal, Clocks.of(on, known, assume))
    rows = [
        row
        for row in answer.rows
        if (not measure or row["measure"] in measure) and (not company or row["company"] in company)
    ]
    if form == "table":
        _print_steps(answer, rows)
    else:
        print_rows(rows, KEYS, form)
    print_problems(answer.problems)
    _tell_of_steps(answer.steps)


def _print_steps(answer: "DealAnswer", rows: Sequence[dict[str, object]]) -> None:
    print(answer.deal.title or answer.deal.deal)
    for number, step in enumerate(answer.steps, 1):
        view = step.view
        window = f", {view.step.window.text}" if view.step.window else ""
        print(f"\n{number}. {view.step.title or view.step.step} ({view.status.replace('_', ' ')}{window})")
        own = [row for row in rows if row["step"] == view.step.step]
        if own:
            print_rows(own, ("company", "holder", "measure", "before", "after"), "table")
        elif view.statements and not view.is_off:
            print("   changes nothing asked for" if step.changes else "   changes no holding or vote")


def _tell_of_steps(steps: "Sequence[StepChanges]") -> None:
    for step in steps:
        name = step.view.step.step
        if step.view.is_off and step.view.statements:
            print(f"{name}: {step.view.status}; not counted", file=sys.stderr)
        elif not step.view.statements:
            print(
                f"{name}: nothing says how many shares or votes it moves: cannot be decided", file=sys.stderr
            )
        elif companies := _undecided(step):
            print(
                f"{name}: of unknown size; who holds how much of {companies} cannot be decided",
                file=sys.stderr,
            )


def _undecided(step: "StepChanges") -> str:
    """The companies that leave a holder with anything between nothing and all."""
    found = [
        c for c in step.changes if c.measure == "of_outstanding" and c.after.low == 0 and c.after.high == 1
    ]
    return ", ".join(dict.fromkeys(change.company for change in found))
