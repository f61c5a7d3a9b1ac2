"""``crosstie own``."""

from typing import Annotated, Literal

import typer

from crosstie.cli.options import Assume, Format, Known, LedgerPath, On
from crosstie.cli.output import print_problems, stream_rows

Owner = Annotated[str | None, typer.Option("--owner", metavar="OWNER", help="Only what this party owns.")]
Company = Annotated[
    str | None, typer.Option("--company", metavar="COMPANY", help="Only who owns this company.")
]
MeasureName = Annotated[
    Literal["look-through", "walk-sum", "simple-path"],
    typer.Option(
        "--measure", help="Look-through counts no share twice; the two others are what it is confused with."
    ),
]
Exact = Annotated[bool, typer.Option("--exact", help="Answer in fractions.")]
Threshold = Annotated[
    str, typer.Option("--threshold", metavar="PART", help="Only shares greater than this part (default: 0).")
]
Base = Annotated[
    Literal["outstanding", "issued"],
    typer.Option("--base", help="Parts of outstanding shares, or of issued ones with treasury as a row."),
]
OrMore = Annotated[bool, typer.Option("--or-more", help="Shares of just the threshold count too.")]
Persons = Annotated[bool, typer.Option("--persons", help="Only natural persons as owners.")]


def own(  # noqa: PLR0917 (typer reads options from the signature)
    ledger: LedgerPath,
    owner: Owner = None,
    company: Company = None,
    measure: MeasureName = "look-through",
    exact: Exact = False,
    threshold: Threshold = "0",
    or_more: OrMore = False,
    base: Base = "outstanding",
    persons: Persons = False,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Say who owns how much of what, through every chain, loops included.

    Example: crosstie own holdings.csv --company ampere
    """
    from crosstie.questions import own as question  # noqa: PLC0415 (start-up)
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415 (start-up)

    asked = question.Asked(owner, company, measure, exact, question.part(threshold), base, persons, or_more)
    answer = question.owned(ledger, Clocks.of(on, known, assume), asked)
    print_problems(answer.problems)
    told = ("decided",) if asked.told else ()
    keys = ("owner", "company", "direct", question.key_of(measure), "base", "terminal", *told)
    stream_rows(answer.rows, keys, form, answer.ranged)
