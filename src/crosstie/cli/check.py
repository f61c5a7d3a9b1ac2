"""``crosstie check``: load everything, report every problem, verify published figures."""

import sys

import typer

from crosstie.cli.options import Format, Known, LedgerPath, On


def check(ledger: LedgerPath, on: On = None, known: Known = None, form: Format = "table") -> None:
    """Load everything, report every problem as file:line: message, verify published figures.

    Exit status 1 where a problem is an error; a figure said to disagree, with its reason, is a note.

    Example: crosstie check cases/alliance
    """
    from crosstie.cli.output import print_rows  # noqa: PLC0415 (only when asked)
    from crosstie.questions import check as question  # noqa: PLC0415
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415

    found = question.check(ledger, Clocks.of(on, known))
    if form == "table":
        for problem in found.problems:
            print(question.line(problem))
        print(found.summary)
    else:
        print_rows(question.rows(found.problems), question.KEYS, form)
        print(found.summary, file=sys.stderr)
    if found.has_errors:
        raise typer.Exit(1)
