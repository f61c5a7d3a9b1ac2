"""``crosstie format``."""

from typing import Annotated

import typer

from crosstie.text.problem import CrosstieError

TextLedger = Annotated[str, typer.Argument(metavar="LEDGER", help="A .yaml file or a folder of them.")]
Check = Annotated[bool, typer.Option("--check", help="Print nothing; fail if a file is not canonical.")]
Write = Annotated[bool, typer.Option("--write", help="Rewrite the files that are not canonical.")]


def format_(ledger: TextLedger, check: Check = False, write: Write = False) -> None:
    """Print a ledger in canonical form, comments kept.

    Example: crosstie format my-ledger --write
    """
    from crosstie.questions.format import format_ledger, write_formatted  # noqa: PLC0415 (start-up)

    if check and write:
        raise CrosstieError("give either --check or --write, not both")
    files = format_ledger(ledger)
    if write:
        for name in write_formatted(files):
            print(f"rewritten: {name}")
        return
    if check:
        other = [each.file for each in files if not each.is_canonical]
        if other:
            names = ", ".join(other)
            raise CrosstieError(f"not in canonical form: {names}; 'crosstie format --write' rewrites")
        return
    for each in files:
        if len(files) > 1:
            print(f"# {each.file}")
        print(each.after, end="" if each is files[-1] else "\n")
