"""Problems in data are values: what, where, and what would be right."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was written: a file and a line counted from 1.

    >>> str(Place("nissan.yaml", 12))
    'nissan.yaml:12'
    """

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in data: never raised, always returned beside what did load.

    >>> str(Problem("no such party: 'nisan'; did you mean 'nissan'?", Place("a.yaml", 3), kind="unknown-party"))
    "a.yaml:3: no such party: 'nisan'; did you mean 'nissan'?"
    """

    message: str
    where: Place = NOWHERE
    kind: str = "problem"
    severity: Severity = "error"
    statement: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where != NOWHERE else self.message


def cited(text: str, longest: int = 40) -> str:
    """A user's text as a message cites it: in quotes, its end left out where it is long.

    >>> cited("nisan"), cited("a" * 99, 9)
    ("'nisan'", "'aaaaaa...'")
    """
    return repr(text if len(text) <= longest else f"{text[: longest - 3]}...")


def shortened(text: str, longest: int = 200) -> str:
    r"""A user's text in one line, its end left out where it is long.

    >>> shortened("a\nb"), shortened("a" * 99, 9)
    ('a b', 'aaaaaa...')
    """
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


class CrosstieError(Exception):
    """A question that cannot be answered: wrong usage or unreadable input; its text is one clear line."""


class ProblemError(CrosstieError):
    """A problem that leaves nothing to work on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
