"""``crosstie stats``: sizes, loops, ranges and problems."""

from crosstie.cli.options import Assume, Format, Known, LedgerPath, On
from crosstie.cli.output import print_problems, print_rows
from crosstie.questions.clocks import Clocks


def stats(
    ledger: LedgerPath,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Count what a ledger or register has: all stored statements, and with --on or --known one day of it.

    Example: crosstie stats register.duckdb --on 2024-01-01
    """
    from crosstie.questions.opening import READ_WHOLE  # noqa: PLC0415 (as below)
    from crosstie.questions.stats import stats as ask  # noqa: PLC0415 (NumPy is not needed for --help)

    rows, problems = ask(ledger, Clocks.of(on, known, assume) if on or known else None)
    print_rows(rows, ("measure", "value"), form)
    print_problems(each for each in problems if each.kind == READ_WHOLE)  # the others are counted
