"""``crosstie control``."""

from typing import Annotated, Literal

import typer

from crosstie.cli.options import Assume, Format, Known, LedgerPath, On
from crosstie.cli.output import print_problems, print_rows

KEYS = ("company", "controller", "ultimate", "votes", "decided")

Threshold = Annotated[
    str, typer.Option("--threshold", metavar="PART", help="More than this part of the votes controls.")
]
SemanticsName = Annotated[
    Literal["least", "greatest"],
    typer.Option(
        "--semantics", help="Least: loops do not control themselves into being. Greatest: they may."
    ),
]


def control(  # noqa: PLR0917 (typer reads options from the signature)
    ledger: LedgerPath,
    threshold: Threshold = "0.5",
    semantics: SemanticsName = "least",
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Say who controls what, directly or through the companies it controls.

    Example: crosstie control holdings.csv --threshold 50%
    """
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415 (start-up)
    from crosstie.questions.control import control_in_ledger  # noqa: PLC0415 (start-up)
    from crosstie.questions.own import part  # noqa: PLC0415 (start-up)

    clocks = Clocks.of(on, known, assume)
    answer, problems = control_in_ledger(ledger, clocks, part(threshold), semantics)
    print_problems(problems)
    rows = sorted(answer.rows, key=lambda row: (row.company, not row.ultimate, row.controller))
    print_rows(({key: getattr(row, key) for key in KEYS} for row in rows), KEYS, form)
