"""``crosstie diff``: what changed between two dates, and why."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from crosstie.cli.options import Assume, Form, Format, Known, LedgerPath, On

if TYPE_CHECKING:
    from crosstie.questions.diff import Change

To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="True on this later day.")]
KnownTo = Annotated[
    str | None, typer.Option("--known-to", metavar="DATE", help="As known on this later day.")
]


def diff(  # noqa: PLR0917 (options are parameters)
    ledger: LedgerPath,
    on: On = None,
    to: To = None,
    known: Known = None,
    known_to: KnownTo = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """What changed in shares, votes and what they are parts of, and which statements did it.

    Give --on and --to (two days as known on one), or --known and --known-to (what became known).

    Example: crosstie diff cases/alliance --on 2023-11-07 --to 2023-11-08
    """
    from crosstie.cli.output import print_problems, stream_rows  # noqa: PLC0415 (only when asked)
    from crosstie.questions import diff as question  # noqa: PLC0415
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415
    from crosstie.text.problem import CrosstieError  # noqa: PLC0415

    if not (on and to) and not (known and known_to):
        raise CrosstieError("diff compares two days: give --on and --to, or --known and --known-to")
    before = Clocks.of(on, known, assume)
    after = Clocks.of(to or on, known_to or known, assume)
    with question.streamed(ledger, before, after) as found:
        ranged = frozenset({"before", "after"}) if found.ranged else frozenset()
        stream_rows(map(partial(_row, form), found.rows), question.KEYS, form, ranged)
        print_problems(found.problems)


def _row(form: Form, change: "Change") -> Mapping[str, object]:
    from crosstie.questions.diff import shown  # noqa: PLC0415 (start-up)
    from crosstie.reports.cells import cell  # noqa: PLC0415 (start-up)

    row = dict(shown(change))
    if form == "table":
        part = str(row["measure"]).startswith("of_")
        row |= {key: cell(row[key], part=part) for key in ("before", "after")}
    return row
