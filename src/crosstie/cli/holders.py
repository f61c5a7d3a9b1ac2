"""``crosstie holders``: who holds a company directly."""

import sys
from typing import Annotated

import typer

from crosstie.cli.options import Assume, Format, Known, LedgerPath, On


def holders(  # noqa: PLR0917 (options are parameters)
    ledger: LedgerPath,
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="An id, a name or an identifier.")],
    group: Annotated[
        bool, typer.Option("--group", help="Add trusts and subsidiaries to whom they belong to.")
    ] = False,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Who holds a company directly: shares, votes, and what each is a part of.

    Example: crosstie holders cases/alliance nissan --on 2024-10-03 --group
    """
    from crosstie.cli.output import print_problems, print_rows  # noqa: PLC0415 (only when asked)
    from crosstie.questions import holders as question  # noqa: PLC0415
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415

    found = question.holders(ledger, company, Clocks.of(on, known, assume), group=group)
    print_rows([{key: getattr(row, key) for key in question.KEYS} for row in found.rows], question.KEYS, form)
    for note in found.notes:
        print(note, file=sys.stderr)
    print_problems(found.problems)
