"""``crosstie read``: a news story into draft statements."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from crosstie.cli.options import Format
from crosstie.text.problem import CrosstieError

Story = Annotated[
    str, typer.Argument(metavar="STORY", help="Text, HTML or PDF; a folder of them; - for standard input.")
]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the drafts for 'crosstie review' (a folder for several stories).",
    ),
]
Published = Annotated[
    str, typer.Option("--published", metavar="DATE", help="Day of publication, where the story does not say.")
]
Known = Annotated[
    str, typer.Option("--ledger", metavar="LEDGER", help="Know this ledger's parties by their names.")
]
Second = Annotated[
    str,
    typer.Option(
        "--second",
        metavar="SETTINGS",
        help="Let a language model second the drafts; a YAML file with address, model, key_from.",
    ),
]

History = Annotated[
    bool,
    typer.Option(
        "--history", help="Line several stories up: what each adds, repeats or contradicts, deal by deal."
    ),
]


def read(  # noqa: PLR0917 (all that it needs)
    story: Story,
    output: Output = "",
    published: Published = "",
    ledger: Known = "",
    second: Second = "",
    history: History = False,
    form: Format = "table",
) -> None:
    """Read a news story into draft statements, each with the words it rests on.

    Drafts never reach a calculation: 'crosstie review' confirms them into a ledger.

    Example: crosstie read story.txt -o draft.yaml
    """
    from crosstie.cli.output import print_problems, print_rows  # noqa: PLC0415 (start-up)
    from crosstie.ledger.dates import parse_day  # noqa: PLC0415
    from crosstie.questions import read as question  # noqa: PLC0415
    from crosstie.stories.drafts import KEYS, rows  # noqa: PLC0415

    try:
        day = parse_day(published) if published else None
    except ValueError as error:
        raise CrosstieError(f"--published: {error}") from error
    found = question.read(
        story, published=day, ledger=ledger, progress=_progress if sys.stderr.isatty() else None
    )
    if second:
        found = question.seconded(found, story, second)
    print_problems(found.problems)
    if history:
        from crosstie.stories import lining  # noqa: PLC0415 (only when asked)

        shown = lining.KEYS if form != "table" else lining.KEYS[:-1]
        print_rows(lining.rows(lining.line_up(found.files)), shown, form)
        return
    if output:
        _write(found, Path(output))
        return
    entries = [entry for file in found.files for entry in file.entries]
    keys = (
        KEYS if form != "table" else ("kind", "status", "share", "true_on", "attribution", "parties", "quote")
    )
    print_rows(rows(entries), keys, form)


def _write(found: "object", path: Path) -> None:
    from crosstie.questions.read import ReadStories, write  # noqa: PLC0415 (start-up)

    assert isinstance(found, ReadStories)  # noqa: S101 (typing without importing at start-up)
    if len(found.files) == 1:
        write(found.files[0], path)
        print(
            f"written: {path}: {len(found.files[0].entries)} drafts; confirm them with: crosstie review {path} LEDGER"
        )
        return
    path.mkdir(parents=True, exist_ok=True)
    for file in found.files:
        write(file, path / f"{Path(file.story.name).stem}.draft.yaml")
    print(f"written: {path}: drafts of {len(found.files)} stories")


def _progress(number: int, of: int) -> None:
    if of > 1:
        print(f"\rreading {number} of {of}", end="\n" if number == of else "", file=sys.stderr)
