"""``crosstie import``: load files into a register, or into a ledger as text."""

import sys
from typing import Annotated

import typer

from crosstie.text.problem import CrosstieError


def import_(
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="bods, ftm, psc, ...: see --list")
    ] = "",
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE... TARGET", help="Files, then a .duckdb register or a new folder."),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Print problems by kind with the first examples.")
    ] = False,
    list_formats: Annotated[
        bool, typer.Option("--list", help="List the formats and what each loses.")
    ] = False,
) -> None:
    """Load files of a format into a register (TARGET ends in .duckdb) or into a new folder as a text ledger.

    A bad line is reported and skipped; an import that is cut off leaves the register as it was.

    Example: crosstie import bods statements.jsonl register.duckdb --report
    """
    if list_formats:
        _print_formats()
        return
    if not format_name or not paths or len(paths) < 2:
        raise CrosstieError("write: crosstie import FORMAT FILE... TARGET (formats: crosstie import --list)")
    *files, target = paths
    from crosstie.questions import importing  # noqa: PLC0415 (NumPy is not needed for --help)

    if importing.goes_into_register(target):
        _into_register(format_name, files, target, report=report)
    else:
        answer = importing.into_text(format_name, files, target)
        for problem in answer.problems:
            print(problem, file=sys.stderr)
        print(f"{answer.file}: {answer.statements:,} statements")


def _into_register(format_name: str, files: list[str], target: str, *, report: bool) -> None:
    from crosstie.questions import importing  # noqa: PLC0415

    answer = importing.into_register(
        format_name, files, target, _show_progress if sys.stderr.isatty() else None
    )
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    counts = ", ".join(
        f"{count:,} {table}" for table, count in sorted(answer.rows.items()) if table != "source"
    )
    print(f"{target}: {answer.total:,} statements added ({counts or 'none'})")
    total = sum(kindred.count for kindred in answer.problems)
    if total:
        print(f"{total:,} problems", file=sys.stderr)
    for kindred in answer.problems if report or total <= 20 else ():
        print(f"{kindred.kind}: {kindred.count:,}", file=sys.stderr)
        for problem in kindred.examples:
            print(f"  {problem}", file=sys.stderr)


def _show_progress(done: int) -> None:
    print(f"\r{done:,} statements read", end="", file=sys.stderr, flush=True)


def _print_formats() -> None:
    from crosstie.formats.catalogue import FORMATS  # noqa: PLC0415

    for each in FORMATS.values():
        ways = " and ".join(way for way, able in (("in", each.reader), ("out", each.writer)) if able)
        print(f"{each.name:8} {ways:11} {each.title}")
        read, written = (
            (f"loses {loss}" for loss in each.loses),
            (f"out: loses {loss}" for loss in each.written_loses),
        )
        for said in (*((each.tried,) if each.tried else ()), *read, *written):
            print(f"{'':21}{said}")
