"""``crosstie new``."""

from typing import Annotated

import typer

Folder = Annotated[str, typer.Argument(metavar="DIR", help="A folder, new or without .yaml files.")]


def new(folder: Folder) -> None:
    """Write a first small ledger to start from.

    Example: crosstie new my-ledger
    """
    from crosstie.questions.new import new_ledger  # noqa: PLC0415 (start-up)

    file = new_ledger(folder)
    print(f"written: {file}")
    print(f"Put your own statements in place of the examples, then: crosstie check {folder}")
