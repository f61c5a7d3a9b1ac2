"""``crosstie chart``: draw the structure, or a deal's steps."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from crosstie.cli.options import Assume, Known, LedgerPath, On
from crosstie.cli.output import print_problems
from crosstie.questions.clocks import Clocks


def chart(  # noqa: PLR0917 (a command's options)
    ledger: LedgerPath,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="Ends in .svg, .png, .html, .pptx or .xlsx."),
    ],
    party: Annotated[
        list[str] | None,
        typer.Option("--party", help="Only this party and all above and below it (again for more)."),
    ] = None,
    steps: Annotated[bool, typer.Option("--steps", help="Before and after each step of the deal.")] = False,
    deal: Annotated[
        str | None, typer.Option("--deal", help="Which deal's steps, where there are several.")
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="Draw on dark paper (.svg and .png).")] = False,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
) -> None:
    """Draw who holds what: boxes by kind of party, shares on arrows, votes where they differ.

    Example: crosstie chart cases/alliance --known 2023-06-28 -o alliance.svg
    """
    from crosstie.questions.chart import chart as ask  # noqa: PLC0415 (NumPy is not needed for --help)
    from crosstie.reports.charts import write  # noqa: PLC0415

    answer = ask(
        ledger,
        Clocks.of(on, known, assume),
        around=tuple(party or ()),
        steps=deal,
        with_steps=steps or deal is not None,
    )
    size = write(answer, output, theme="dark" if dark else "auto")
    print_problems(answer.problems)
    print(f"{output}: {size:,} bytes", file=sys.stderr)
