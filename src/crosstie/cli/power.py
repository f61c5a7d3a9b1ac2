"""``crosstie power``."""

from typing import Annotated

import typer

from crosstie.cli.options import Assume, Format, Known, On
from crosstie.cli.output import print_problems, print_rows
from crosstie.text.problem import CrosstieError

KEYS = ("holder", "weight", "power", "method", "standard_error")

MaybeLedger = Annotated[
    str | None,
    typer.Argument(
        metavar="LEDGER", help="A .yaml file, a folder of them, a register file, or a CSV edge list."
    ),
]
MaybeCompany = Annotated[str | None, typer.Argument(metavar="COMPANY", help="Whose votes: an id.")]
Weights = Annotated[
    str | None,
    typer.Option(
        "--weights", metavar='"QUOTA; W,W,..."', help='Weights instead of a ledger: "68; 50,20,21".'
    ),
]
IndexName = Annotated[
    str,
    typer.Option(
        "--index",
        metavar="NAME",
        help="shapley-shubik, banzhaf, banzhaf-absolute, deegan-packel, holler or johnston.",
    ),
]
Quota = Annotated[
    str | None,
    typer.Option("--quota", metavar="PART", help="More than this part of the votes carries (default: 0.5)."),
]
Treatment = Annotated[
    str,
    typer.Option(
        "--unknown",
        metavar="AS",
        help="Unknown holders as an ocean of small ones, as one holder, absent, or any of these (bounds).",
    ),
]


ThroughChains = Annotated[
    bool,
    typer.Option(
        "--through-chains", help="Power of whoever decides through chains of companies (random orders)."
    ),
]


def power(  # noqa: PLR0917 (typer reads options from the signature)
    ledger: MaybeLedger = None,
    company: MaybeCompany = None,
    weights: Weights = None,
    index: IndexName = "shapley-shubik",
    quota: Quota = None,
    unknown: Treatment = "ocean",
    through_chains: ThroughChains = False,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Say how often each holder's votes decide.

    Example: crosstie power --weights "68; 50,20,21" --index banzhaf
    """
    from crosstie.questions import power as question  # noqa: PLC0415 (start-up)
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415 (start-up)

    if weights is not None:
        if ledger is not None:
            raise CrosstieError("give either LEDGER COMPANY or --weights, not both")
        found = question.power_of_weights(weights, index, quota)
    elif ledger is None or company is None:
        raise CrosstieError('give LEDGER COMPANY, or --weights "68; 50,20,21"')
    else:
        asked = question.Asked.of(index, quota if quota is not None else "0.5", unknown)
        answer = question.chain_power_in_ledger if through_chains else question.power_in_ledger
        found, problems = answer(ledger, company, Clocks.of(on, known, assume), asked)
        print_problems(problems)
    print_rows(({key: getattr(row, key) for key in KEYS} for row in found.rows()), KEYS, form)
