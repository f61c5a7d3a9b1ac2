"""``crosstie screen``: which companies listed persons' holdings reach."""

import sys
from typing import Annotated

import typer

from crosstie.cli.options import Assume, Format, Known, LedgerPath, On

ListPath = Annotated[
    str,
    typer.Argument(
        metavar="LIST", help="CSV with a column name (optionally scheme,id), or FollowTheMoney JSON lines."
    ),
]
Rule = Annotated[
    str, typer.Option("--rule", metavar="ofac|eu|uk", help="Whose rule of ownership and control.")
]
Folder = Annotated[
    str | None, typer.Option("--rules", metavar="DIR", help="Rules of your own that replace ours.")
]


def screen(  # noqa: PLR0917 (options are parameters)
    ledger: LedgerPath,
    list_path: ListPath,
    rule: Rule = "ofac",
    folder: Folder = None,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Which companies listed persons own or control, known and at worst. Not legal advice.

    Example: crosstie screen holdings.csv listed.csv --rule ofac
    """
    from typing import cast  # noqa: PLC0415 (only when asked)

    from crosstie.cli.output import print_problems, print_rows  # noqa: PLC0415
    from crosstie.cli.rules import shown  # noqa: PLC0415
    from crosstie.questions import screen as question  # noqa: PLC0415
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415
    from crosstie.text.problem import CrosstieError  # noqa: PLC0415

    if rule not in question.RULES:
        raise CrosstieError(f"--rule {rule!r}; write one of: {', '.join(question.RULES)}")
    name = cast("question.RuleName", rule)
    answer = question.screen_ledger(ledger, list_path, name, Clocks.of(on, known, assume), folder)
    rows = [
        {
            **{key: getattr(row, key) for key in question.KEYS},
            "known_share": shown(row.known_share, form),
            "worst_case": shown(row.worst_case, form),
            "through": ", ".join(row.through),
        }
        for row in answer.rows
    ]
    print_rows(rows, question.KEYS, form)
    for note in answer.notes:
        print(note, file=sys.stderr)
    print_problems(answer.problems)
