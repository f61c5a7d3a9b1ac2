"""``crosstie rules``: which legal tests are met, by whom, why."""

import sys
from typing import Annotated, Any

import typer

from crosstie.cli.options import Assume, Form, Format, Known, On

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[RULE]...", help="Rules by id, such as FR-1 JP-1.")
]
Ledger = Annotated[
    str | None,
    typer.Argument(
        metavar="LEDGER", help="A .yaml file, a folder of them, a register file, or a CSV edge list."
    ),
]
Subject = Annotated[str | None, typer.Option("--subject", metavar="PARTY", help="Only this party's tests.")]
Folder = Annotated[
    str | None,
    typer.Option("--rules", metavar="DIR", help="Rules of your own; one of the same id replaces ours."),
]
Anywhere = Annotated[
    bool, typer.Option("--anywhere", help="As if every company were one that the rules reach.")
]
Fact = Annotated[
    list[str] | None,
    typer.Option(
        "--fact", metavar="NAME=NUMBER", help="A number no ledger holds: turnout=80%, EU-4/turnover=..."
    ),
]
Crossed = Annotated[
    tuple[str, str] | None,
    typer.Option("--crossed", metavar="A B", help="Thresholds crossed from day A to day B."),
]
Owners = Annotated[
    str | None,
    typer.Option(
        "--beneficial-owners", metavar="COMPANY", help="Its beneficial owners under each law, side by side."
    ),
]


def rules(  # noqa: PLR0917 (options are parameters)
    ledger: Ledger = None,
    names: Names = None,
    subject: Subject = None,
    crossed: Crossed = None,
    beneficial_owners: Owners = None,
    folder: Folder = None,
    anywhere: Anywhere = False,
    fact: Fact = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why: chain, quoted words, last checked.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the rules; needs no ledger.")] = False,
    on: On = None,
    known: Known = None,
    assume: Assume = "completed",
    form: Format = "table",
) -> None:
    """Which legal tests are met, by whom, with value, threshold and citation. Not legal advice.

    Example: crosstie rules cases/alliance FR-1 JP-1 --on 2022-10-31
    """
    from crosstie.cli.output import print_problems, print_rows  # noqa: PLC0415 (only when asked)
    from crosstie.questions import rules as question  # noqa: PLC0415
    from crosstie.questions.clocks import Clocks  # noqa: PLC0415
    from crosstie.text.problem import CrosstieError  # noqa: PLC0415

    clocks = Clocks.of(on if not crossed else crossed[0], known, assume)
    asked = question.Asked(tuple(names or ()), subject, folder, anywhere, tuple(fact or ()))
    if listed:
        asked = question.Asked((*([ledger] if ledger else []), *asked.rules), folder=folder)
        print_rows(question.listed_rules(asked, clocks.on), question.LIST_KEYS, form)
        return
    if ledger is None:
        raise CrosstieError("give a LEDGER, or --list for the rules alone")
    if crossed:
        until = Clocks.of(crossed[1], known, assume).on
        answer = question.crossed_in_ledger(ledger, clocks, until, asked)
        _print_crossed(answer, form)
    elif beneficial_owners:
        answer = question.beneficial_owners(ledger, clocks, beneficial_owners, asked)
        _print_findings(answer, form, explain=explain)
    else:
        answer = question.rules_of_ledger(ledger, clocks, asked)
        _print_findings(answer, form, explain=explain)
    for note in answer.notes:
        print(note, file=sys.stderr)
    print_problems(answer.problems)


def _print_findings(answer: Any, form: Form, *, explain: bool) -> None:  # noqa: ANN401 (an answer of questions, loaded late)
    from crosstie.cli.output import print_rows  # noqa: PLC0415
    from crosstie.questions.rules import KEYS  # noqa: PLC0415

    keys = (*KEYS, "why", "chain", "duty", "words") if explain else KEYS
    if explain and form == "table":
        _print_explained(answer)
        return
    rows = [
        {
            **{key: getattr(line, key, None) for key in keys},
            "value": shown(line.value, form, line.unit),
            "threshold": shown(line.threshold, form, line.unit),
            "chain": " > ".join(line.chain),
            "words": " | ".join(each.words for each in line.references if each.words),
        }
        for line in answer.findings
    ]
    print_rows(rows, keys, form)


def shown(value: object, form: Form, unit: str = "share") -> object:
    """A part in percent and a number in full where a person reads them; as they are elsewhere."""
    from crosstie.reports.cells import cell  # noqa: PLC0415

    return cell(value, part=unit in {"share", "points"}) if form == "table" and value is not None else value


def _print_explained(answer: Any) -> None:  # noqa: ANN401 (an answer of questions, loaded late)
    from crosstie.reports.cells import cell  # noqa: PLC0415

    for line in answer.findings:
        part = line.unit in {"share", "points"}
        value = "" if line.value is None else f", {cell(line.value, part=part)}"
        threshold = (
            "" if line.threshold is None else f" ({line.comparator} {cell(line.threshold, part=part)})"
        )
        print(f"{line.rule}  {line.title}: {line.subject} in {line.object}: {line.met}{value}{threshold}")
        for name, text in (
            ("base", line.base),
            ("chain", " > ".join(line.chain)),
            ("why", line.why),
            ("then", line.duty),
            ("law", line.citation),
        ):
            if text:
                print(f"  {name}: {text}")
        for each in line.references:
            words = f': "{each.words}"' if each.words else ""
            print(f"  source: {each.title}{words} {each.href}".rstrip())


def _print_crossed(answer: Any, form: Form) -> None:  # noqa: ANN401 (an answer of questions, loaded late)
    from crosstie.cli.output import print_rows  # noqa: PLC0415
    from crosstie.questions.rules import CROSSED_KEYS  # noqa: PLC0415

    rows = [{key: getattr(line, key) for key in CROSSED_KEYS} for line in answer.crossings]
    rows += [
        {
            "rule": line.rule, "subject": line.subject, "object": line.object, "direction": line.met,
            "threshold": line.threshold, "before": None, "after": line.value, "traded": None,
            "base": f"{line.base}; {line.why}" if line.why else line.base, "duty": line.duty,
            "citation": line.citation,
        }
        for line in answer.findings
    ]  # fmt: skip
    print_rows(rows, CROSSED_KEYS, form)
