"""``crosstie report``: all pictures and tables of a case."""

from pathlib import Path
from typing import Annotated

import typer

from crosstie.cli.options import Assume, Known, LedgerPath, On


def report(
    ledger: LedgerPath,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder to write into.")],
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
) -> None:
    """Write a page with the structure, every company's holders, control and checks; each deal's steps; tables as CSV.

    Example: crosstie report cases/alliance -o alliance-report --known 2023-06-28
    """
    from crosstie.cli.output import print_problems  # noqa: PLC0415 (only when asked)
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415
    from crosstie.questions.report import report as ask  # noqa: PLC0415
    from crosstie.reports.case import write_report  # noqa: PLC0415

    answer = ask(ledger, Clocks.of(on, known, assume))
    for file in write_report(answer, output):
        print(file)
    print_problems(answer.problems)
