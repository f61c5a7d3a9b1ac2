"""``crosstie demo``."""

import importlib
import io
import shlex
import sys
from typing import Annotated

import typer

Folder = Annotated[str, typer.Argument(metavar="DIR", help="A new folder for the case.")]

MEASURES = " ".join(
    f"--measure {name}" for name in ("of_issued", "of_exercisable", "of_free", "look_through")
)

# heading, what to look at, the commands (the ledger stands for LEDGER)
CHAPTERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "28 June 2023, as known on that day: who holds and votes what",
        "Renault has 43.4 % of Nissan; Nissan has 15 % of Renault, whose votes are asleep by French law.",
        ("holders LEDGER nissan --known 2023-06-28", "holders LEDGER renault --known 2023-06-28"),
    ),
    (
        "Who controls whom, and who owns Ampere through every chain",
        "The loop between Renault and Nissan is counted once.",
        ("control LEDGER --known 2023-06-28", "own LEDGER --company ampere --known 2023-06-28"),
    ),
    (
        "What the deal then planned would change, step by step",
        '"As much as 15 %" of Ampere stays a range; a listing of unknown size decides nothing.',
        (f"deal LEDGER --known 2023-06-28 {MEASURES}",),
    ),
    (
        "What happened: the votes woke, and the State's weight fell without a trade",
        "Before and after 8 November 2023.",
        ("holders LEDGER renault --on 2022-10-31", "holders LEDGER renault --on 2024-04-30"),
    ),
    (
        "What happened: Nissan bought and cancelled its own shares, three times",
        "Renault's direct part drifts from 15.00 to 17.05 % without a trade.",
        ("holders LEDGER nissan --on 2023-11-08", "holders LEDGER nissan --on 2024-10-03"),
    ),
    (
        "Every published figure, verified",
        "Those that are known to disagree say why.",
        ("check LEDGER",),
    ),
)


def demo(folder: Folder = "crosstie-demo") -> None:
    """Write the alliance case into a folder; print the deal of 2023 before and after.

    Example: crosstie demo my-alliance
    """
    from crosstie.questions.demo import write_case  # noqa: PLC0415 (start-up)

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # so that answers and what is told of them stay in order
    files = write_case(folder)
    print(f"The alliance of Renault, Nissan and Mitsubishi Motors: {len(files)} files in {folder}.")
    for number, (heading, look, commands) in enumerate(CHAPTERS, 1):
        print(f"\n{number}. {heading}\n   {look}")
        for words in commands:
            _show(words.replace("LEDGER", shlex.quote(folder)))
    print(f"\nNow ask your own: crosstie explain {folder} nissan ampere --known 2023-06-28")


def _show(words: str) -> None:
    """Print a command and what it answers."""
    print(f"\n$ crosstie {words}", flush=True)
    name, *rest = shlex.split(words)
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(getattr(importlib.import_module(f"crosstie.cli.{name}"), name))
    app(rest, standalone_mode=False)
