"""What a command has begun and not finished, told beforehand to the process that watches it.

A process that is killed clears up nothing; who watches it then removes what it was told of.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

_watcher: ContextVar[int | None] = ContextVar("watcher", default=None)


@dataclass(frozen=True, slots=True)
class Left:
    """What an ended process left: what it was making, its debris, and what became of all that it was to write."""

    making: str = ""
    debris: tuple[str, ...] = ()
    became: str = "nothing was changed"


def tell(watcher: int | None) -> None:
    """From now on, what is begun and ended is written to this handle of a pipe, in lines."""
    _watcher.set(watcher)


@contextmanager
def unfinished(target: Path, *debris: Path, sure: bool = True) -> Iterator[None]:
    """While a target is made or changed: what is debris if the process is ended before the end.

    Whoever makes the target clears up after errors by itself, inside. Not ``sure`` is the moment in which the target
    changes, all at once: ended in it, it is as before or as after.

    >>> with unfinished(Path("a.csv"), Path(".a.csv.1.tmp")):
    ...     pass  # write the one, then rename it
    """
    _write("begun", str(target), [str(each.absolute()) for each in debris], sure)
    kept = False
    try:
        yield
        kept = True
    finally:
        _write("ended", kept)


def _write(*words: object) -> None:
    handle = _watcher.get()
    if handle is not None:
        import json  # noqa: PLC0415 (start-up)

        os.write(handle, json.dumps(words).encode() + b"\n")


def left_by(told: bytes) -> Left:
    r"""What lines that were told say of an ended process.

    >>> left_by(b'["begun", "a.csv", ["/b/.a.csv.1.tmp"], true]\n')
    Left(making='a.csv', debris=('/b/.a.csv.1.tmp',), became='nothing was changed')
    """
    import json  # noqa: PLC0415 (start-up)

    begun: list[tuple[str, list[str], bool]] = []
    made = False
    for line in told.split(b"\n")[:-1]:  # behind the last line there may be a part of one
        match json.loads(line):
            case ["begun", target, debris, sure]:
                begun.append((target, debris, sure))
            case [_, kept]:
                begun.pop()
                made |= kept
    became = "nothing was changed"
    if made:
        became = "what it had written before is whole"
    if not all(sure for *_, sure in begun):
        became = "all that was to be changed is changed, or nothing"
    return Left(
        begun[0][0] if begun else "", tuple(each for _, several, _ in begun for each in several), became
    )
