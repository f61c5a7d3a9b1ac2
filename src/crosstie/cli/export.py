"""``crosstie export``: write a ledger in another format."""

import sys
from typing import Annotated

import typer

from crosstie.cli.options import Assume, Known, LedgerPath, On
from crosstie.cli.output import print_problems
from crosstie.questions.clocks import Clocks


def export(  # noqa: PLR0917 (a command's options)
    ledger: LedgerPath,
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="See crosstie import --list.")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="The file to write.")],
    company: Annotated[
        str | None, typer.Option("--company", metavar="ID", help="Only what is said of one company's shares.")
    ] = None,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
) -> None:
    """Write a ledger or register in another format: all that was said, or with --on or --known one day of it.

    Example: crosstie export cases/alliance --to bods -o alliance.json --on 2023-06-28
    """
    from crosstie.questions.export import export as ask  # noqa: PLC0415 (NumPy is not needed for --help)

    clocks = Clocks.of(on, known, assume) if on or known else None
    count, problems = ask(ledger, to, output, clocks, company=company)
    print_problems(problems)
    print(f"{output}: {count:,} statements", file=sys.stderr)
