"""Options that every question command has, with the same words."""

from typing import Annotated, Literal

import typer

Form = Literal["table", "json", "csv"]
LedgerPath = Annotated[
    str,
    typer.Argument(
        metavar="LEDGER",
        help="A .yaml file, a folder of them, a register, a CSV edge list, or several with + between.",
    ),
]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="True on this day (default: --known).")]
Known = Annotated[
    str | None, typer.Option("--known", metavar="DATE", help="As known on this day (default: today).")
]
Assume = Annotated[
    str, typer.Option("--assume", metavar="STATUS", help="Count statements of this status or firmer as done.")
]
Format = Annotated[Form, typer.Option("--format", help="How to print the answer.")]
