"""``crosstie control``."""

from typing import Annotated, Literal

import typer

from crosstie.cli.options import Assume, Format, Known, LedgerPath, On
from crosstie.cli.output import print_problems, stream_rows

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
    from crosstie.questions.control import KEYS, controls  # noqa: PLC0415 (start-up)
    from crosstie.questions.own import part  # noqa: PLC0415 (start-up)

    answer = controls(ledger, Clocks.of(on, known, assume), part(threshold), semantics)
    print_problems(answer.problems)
    stream_rows(answer.rows, KEYS, form, frozenset({"votes"}) if answer.ranged else frozenset())
