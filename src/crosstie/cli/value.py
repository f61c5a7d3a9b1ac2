"""``crosstie value``."""

from typing import Annotated

import typer

from crosstie.cli.options import Assume, Format, Known, LedgerPath, On
from crosstie.cli.output import print_problems, stream_rows
from crosstie.text.problem import CrosstieError

Assets = Annotated[
    str, typer.Option("--assets", metavar="FILE", help="CSV with the columns company,outside_assets.")
]
Debts = Annotated[
    str | None,
    typer.Option("--debts", metavar="FILE", help="CSV with the columns debtor,creditor,amount,seniority."),
]
EqualRanks = Annotated[
    bool, typer.Option("--equal-ranks", help="All debts rank equally, whatever their seniority says.")
]
KeepAssets = Annotated[
    str,
    typer.Option("--keep-assets", metavar="PART", help="The part of outside assets that bankruptcy leaves."),
]
KeepClaims = Annotated[
    str,
    typer.Option(
        "--keep-claims",
        metavar="PART",
        help="The part of shares in and payments by others that bankruptcy leaves.",
    ),
]


def value(  # noqa: PLR0917 (typer reads options from the signature)
    ledger: LedgerPath,
    assets: Assets,
    debts: Debts = None,
    equal_ranks: EqualRanks = False,
    keep_assets: KeepAssets = "1",
    keep_claims: KeepClaims = "1",
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Value companies that hold each other's shares and owe each other debts.

    Example: crosstie value group.csv --assets assets.csv --debts debts.csv
    """
    from crosstie.analyses.value.clearing import Recovery  # noqa: PLC0415 (start-up)
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415 (start-up)
    from crosstie.questions.value import KEYS, Terms, valued  # noqa: PLC0415 (start-up)

    if debts is None and (equal_ranks or (keep_assets, keep_claims) != ("1", "1")):
        raise CrosstieError(
            "--equal-ranks, --keep-assets and --keep-claims say how --debts are paid: give --debts FILE"
        )
    terms = Terms(equal_ranks, Recovery.of(keep_assets, keep_claims))
    answer = valued(ledger, Clocks.of(on, known, assume), assets, debts, terms)
    print_problems(answer.problems)
    stream_rows(answer.rows, KEYS, form, answer.ranged)
