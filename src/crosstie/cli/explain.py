"""``crosstie explain``."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from crosstie.cli.options import Assume, Form, Format, Known, LedgerPath, On
from crosstie.cli.output import print_problems, print_rows

NUMBERS = ("product", "loop_factor", "contribution")
SAID = ("owner", "company", "share", "statement", "certainty", "where", "source")

OwnerName = Annotated[str, typer.Argument(metavar="OWNER", help="Whose share: an id, name or identifier.")]
CompanyName = Annotated[
    str, typer.Argument(metavar="COMPANY", help="Of which company: an id, name or identifier.")
]
Most = Annotated[
    int, typer.Option("--chains", metavar="N", min=1, help="Name so many chains; the rest is the remainder.")
]


def explain(  # noqa: PLR0917 (typer reads options from the signature)
    ledger: LedgerPath,
    owner: OwnerName,
    company: CompanyName,
    chains: Most = 20,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Say which chains, loops and statements make a look-through share.

    Example: crosstie explain holdings.csv renault ampere
    """
    from crosstie.questions import explain as question  # noqa: PLC0415 (start-up)
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415 (start-up)

    found = question.explain_in_ledger(ledger, Clocks.of(on, known, assume), owner, company, most=chains)
    print_problems(found.problems)
    rows = list(question.rows(found))
    numbers = [key for name in NUMBERS for key in (name, f"{name}_low", f"{name}_high")]
    used = [key for key in numbers if any(key in row for row in rows)]
    if form == "table":
        _print_sections(rows, used, form)
        return
    print_rows(rows, ("kind", "chain", *used, *SAID), form)


def _print_sections(rows: Sequence[Mapping[str, object]], numbers: Sequence[str], form: Form) -> None:
    sums = [row for row in rows if row["kind"] in {"chain", "remainder", "total"}]
    ordered = sorted(sums, key=lambda row: row["kind"] == "total")
    print_rows(
        ({**row, "chain": row.get("chain", row["kind"])} for row in ordered), ("chain", *numbers), form
    )
    loops = [row for row in rows if row["kind"] == "loop"]
    if loops:
        print()
        keys = [key for key in numbers if not key.startswith("contribution")]
        print_rows(({**row, "loop": row["chain"]} for row in loops), ("loop", *keys), form)
    said = [row for row in rows if row["kind"] == "statement"]
    if said:
        print()
        shown = ({**row, "holder": row["owner"]} for row in said)
        print_rows(shown, ("holder", *SAID[1:]), form)
