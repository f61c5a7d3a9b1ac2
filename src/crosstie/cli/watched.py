"""The command line as it is installed: a child process works, this one sees to it that its end is told and clean.

Where memory is short the kernel kills, and libraries end the process that they are in. Nothing can then be said or
cleared up from within, so it is done from outside. All else is as if there were one process.
"""

import os
import signal
import sys
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from crosstie.text.unfinished import Left

_DONE = b'"done"\n'
STOPS = frozenset({signal.SIGINT, signal.SIGTERM})


def main() -> None:
    """Run the command line in a child process, where the kernel can bind the child's life to this one's (Linux)."""
    told = None
    if sys.platform == "linux":
        told_to, told = os.pipe()  # what the child begins and ends
        here, there = os.pipe()  # closed when this process is gone
        held = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        child = os.fork()  # nothing else is loaded yet: less to copy, and no threads
        if child:
            os.close(told)
            _watch(child, told_to, held)  # never returns
        os.close(there)
        _die_with_parent(here)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    _work(told)


def _work(told: int | None) -> None:
    try:
        from crosstie.cli.app import main as command  # noqa: PLC0415 (the watching process needs none of it)
        from crosstie.text import unfinished  # noqa: PLC0415

        unfinished.tell(told)
        command()
    finally:
        if told is not None:
            os.write(told, _DONE)


def _die_with_parent(pipe: int) -> None:
    """Have the kernel kill this process once nobody holds the other end of a pipe any more."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 (not on Windows)

        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(pipe, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        try:
            os.read(pipe, 1)
        except BlockingIOError:
            return
        os._exit(1)  # it was gone before


def _watch(child: int, told_to: int, held: AbstractSet[signal.Signals | int]) -> NoReturn:
    """Wait for the child, pass on what would stop it, and end as it ended."""
    stopped: list[int] = []

    def pass_on(number: int, _: object) -> None:
        stopped.append(number)
        os.kill(child, number)

    for each in STOPS:
        signal.signal(each, pass_on)
    signal.pthread_sigmask(signal.SIG_SETMASK, held)
    words = b""
    while not words.endswith(_DONE) and (more := os.read(told_to, 65_536)):
        words += more
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # from here on its number may be another's
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if -code in stopped and words.endswith(_DONE):  # told twice, by its group and by this one
        code = 128 - code
    elif -code in _CAUSES or not words.endswith(_DONE):
        code = _cut_off(code, words, stopped)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
        os.kill(os.getpid(), -code)
    os._exit(code)


_LIBRARY = "a library ended it, probably out of memory"
_CRASH = "a library crashed in it, perhaps out of memory; if it happens again with memory to spare, please report it"
_CAUSES = {9: "killed, probably by the system, which was out of memory", 6: _LIBRARY,
           **dict.fromkeys((4, 5, 7, 8, 11, 31), _CRASH)}  # fmt: skip
"""By the number of the signal on Linux, of those that nobody sends to stop a command."""


def _cut_off(code: int, words: bytes, stopped: list[int]) -> int:
    """Clear up after a child that did not come to its own end, and say what ended it if its user did not; its code."""
    from crosstie.text.unfinished import left_by  # noqa: PLC0415 (rarely needed)

    left = left_by(words)
    _clear_up(left)
    if code < 0 and -code not in _CAUSES:
        return code
    if stopped:
        return 128 + stopped[-1]
    what = left.making or " ".join(sys.argv[1:3]) or "crosstie"
    cause = _CAUSES[-code] if code < 0 else _LIBRARY
    line = f"crosstie: {what}: {cause}; {left.became}\n"
    begin = "\r\033[K" if os.isatty(2) else ""  # a line that shows progress may stand there
    os.write(2, (begin + line).encode("utf-8", errors="backslashreplace"))
    return 2


def _clear_up(left: "Left") -> None:
    """Remove what the child has begun and cannot finish any more, unless another process has gone on with it."""
    if not left.debris:
        return
    from crosstie.text.alone import alone, is_in_use  # noqa: PLC0415 (rarely needed)

    with alone(os.path.dirname(left.debris[0])):  # noqa: PTH120 (start-up)
        if any(is_in_use(each) for each in left.debris):
            return
        for each in left.debris:
            if os.path.isdir(each):  # noqa: PTH112 (start-up)
                import shutil  # noqa: PLC0415 (start-up)

                shutil.rmtree(each, ignore_errors=True)
            elif os.path.lexists(each):
                os.unlink(each)  # noqa: PTH108 (start-up)
