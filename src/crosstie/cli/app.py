"""The command line: a table of commands, each loaded only when it is asked for."""

import gc
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from crosstie.text.problem import CrosstieError
from crosstie.text.shortage import is_limited, shortage

# name -> (module:function, one line of help); the module is imported on first use
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "crosstie.cli.demo:demo",
        "Write the alliance case into a folder; print its deal before and after.",
    ),
    "new": ("crosstie.cli.new:new", "Start a ledger of your own."),
    "check": ("crosstie.cli.check:check", "Load everything, report every problem, verify published figures."),
    "holders": ("crosstie.cli.holders:holders", "Who holds a company directly."),
    "own": ("crosstie.cli.own:own", "Look-through ownership."),
    "control": ("crosstie.cli.control:control", "Who controls what, directly or through others."),
    "power": ("crosstie.cli.power:power", "Voting power in one company, or of given weights."),
    "value": ("crosstie.cli.value:value", "Equity values with cross-holdings and debts."),
    "explain": ("crosstie.cli.explain:explain", "Chains, loops and statements behind a number."),
    "diff": ("crosstie.cli.diff:diff", "What changed between two dates, and why."),
    "deal": ("crosstie.cli.deal:deal", "Before and after each step of a deal."),
    "rules": ("crosstie.cli.rules:rules", "Which legal tests are met, by whom, why."),
    "screen": ("crosstie.cli.screen:screen", "Which companies listed persons' holdings reach."),
    "read": ("crosstie.cli.read:read", "Read a news story into draft statements."),
    "review": (
        "crosstie.cli.review:review",
        "Confirm, edit or reject draft statements; decide proposed matches.",
    ),
    "match": ("crosstie.cli.match:match", "Which parties of several ledgers or registers are one."),
    "import": ("crosstie.cli.import_:import_", "Load a register or a file into a register or a ledger."),
    "export": ("crosstie.cli.export:export", "Write a ledger or register in another format."),
    "stats": ("crosstie.cli.stats:stats", "Sizes, loops, ranges and problems."),
    "format": ("crosstie.cli.format:format_", "Print a ledger in canonical form."),
    "chart": ("crosstie.cli.chart:chart", "Draw the structure or a deal's steps."),
    "report": ("crosstie.cli.report:report", "Write all pictures and tables of a case."),
}


def load(command: str) -> Callable[..., None]:
    """The function behind a command, imported now."""
    module, _, function = COMMANDS[command][0].partition(":")
    loaded: Callable[..., None] = getattr(importlib.import_module(module), function)
    return loaded


def make_app(asked: str = "") -> typer.Typer:
    """The application; only the asked command is imported, the others are names and one line of help."""
    app = typer.Typer(
        help="Who owns, votes, controls and profits from what: on any date, as known on any date.",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback(invoke_without_command=True)(_options)
    for name, (_, line) in COMMANDS.items():
        if name == asked:
            app.command(name, short_help=line)(load(name))
        else:
            app.command(name, short_help=line)(_not_asked)
    return app


def _not_asked() -> None:
    """Stand for a command whose module is not needed."""


def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed  # noqa: PLC0415 (slow, rarely asked)

        print(f"crosstie {installed('crosstie')}")
        raise typer.Exit


_AGAIN = 1.0
"""Seconds in which a second signal is the first, told twice: to a group of processes, and by the one to the other."""


def main() -> None:
    """Run the command line in this process; every failure a user can cause is one line and exit status 2."""
    gc.set_threshold(200_000, 20, 100)  # a command makes many small values, keeps them and ends
    stopped = _leave_when_told()
    sys.unraisablehook = _quiet_about_memory
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # more save nothing here, and wait for ever for memory refused
    try:
        if asked in COMMANDS and is_limited():
            from crosstie.cli.scarce import prepare  # noqa: PLC0415 (rarely needed)

            prepare()
        make_app(asked)()
    except CrosstieError as error:
        _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except RecursionError:
        _fail("the input is nested too deeply")
    except Exception as error:  # noqa: BLE001 (a mistake of ours: told in one line, with where it is)
        if stopped:  # a library has made an error of it
            raise SystemExit(128 + stopped[-1]) from None
        if short := shortage(error):
            _fail(short if not getattr(error, "filename", None) else f"{error.filename}: {short}")  # type: ignore[attr-defined]
        if isinstance(error, OSError):
            _fail(f"{error.filename or 'input'}: {error.strerror or error}")
        _fail(f"a mistake in Crosstie itself, please report it: {type(error).__name__}: {_one_line(error)}")


def _leave_when_told() -> list[int]:
    """Have Ctrl-C and SIGTERM leave as a shell expects, through every clean-up on the way; which of them came."""
    stopped: list[int] = []
    since = -_AGAIN

    def stop(number: int, _: object) -> None:
        nonlocal since
        if time.monotonic() < since + _AGAIN:
            return
        since = time.monotonic()
        stopped.append(number)
        raise SystemExit(128 + number)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    return stopped


def _quiet_about_memory(told: "sys.UnraisableHookArgs") -> None:
    """What cannot be raised is printed, unless it is what the one line about memory says anyway."""
    if not isinstance(told.exc_value, MemoryError):
        sys.__unraisablehook__(told)


def _one_line(error: Exception) -> str:
    """What went wrong and the last of our own lines it went through."""
    place = error.__traceback__
    where = ""
    while place is not None:
        file = place.tb_frame.f_code.co_filename
        if "crosstie" in file:
            where = f" ({file.rsplit('crosstie', 1)[-1].lstrip('/')}:{place.tb_lineno})"
        place = place.tb_next
    return " ".join(str(error).split())[:300] + where


def _fail(line: str) -> NoReturn:
    sys.unraisablehook = lambda _: None  # what libraries leave unfinished on the way out is no news any more
    print(f"crosstie: {line}", file=sys.stderr)
    raise SystemExit(2) from None
