"""``crosstie match``: parties of several ledgers and registers that are one."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from crosstie.cli.options import Format

Ledgers = Annotated[
    list[str],
    typer.Argument(
        metavar="LEDGER", help="One or more ledgers or registers, files of judgements among them."
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write judgements as a ledger, or add the new ones to it; joins alone into a register.",
    ),
]
Least = Annotated[
    float, typer.Option("--least", metavar="SCORE", help="Propose pairs of this score or more.")
]


def match(ledgers: Ledgers, output: Output = "", least: Least = 0.8, form: Format = "table") -> None:
    """Join parties by identifier; propose others by name and country, for 'crosstie review' to decide.

    A proposal changes no answer. What was decided in FILE is not proposed again.

    Example: crosstie match uk.duckdb lei.duckdb -o judgements.yaml
    """
    from pathlib import Path  # noqa: PLC0415 (start-up)

    from crosstie.cli.output import print_rows  # noqa: PLC0415
    from crosstie.questions import judging  # noqa: PLC0415
    from crosstie.questions import match as question  # noqa: PLC0415
    from crosstie.questions.importing import goes_into_register  # noqa: PLC0415

    known = (
        [output] if output and Path(output).exists() and output not in "+".join(ledgers).split("+") else []
    )
    seen = sys.stderr.isatty()
    found = question.match_ledgers([*ledgers, *known], least=least, progress=_show_progress if seen else None)
    if seen:
        print("\r\033[K", end="", file=sys.stderr)
    for line in question.told(found.problems):
        print(line, file=sys.stderr)
    if output and goes_into_register(output):
        joined = judging.write_into_register(found, output, datetime.now(UTC).astimezone().date())
        print(
            f"{output}: {joined} joined by identifier are new; {len(found.proposed)} proposed: decide them in a file, -o FILE.yaml"
        )
        return
    if output:
        joined, proposed = judging.write(found, output, datetime.now(UTC).astimezone().date())
        print(
            f"{output}: {joined} joined by identifier, {proposed} proposed are new; decide with: crosstie review {output}"
        )
        return
    shown = question.KEYS if form != "table" else ("party", "other", "score", "joined", "why")
    print_rows(question.rows(found), shown, form)
    print(question.summary(found), file=sys.stderr)


def _show_progress(done: int) -> None:
    print(f"\r{done:,} parties read", end="", file=sys.stderr, flush=True)
