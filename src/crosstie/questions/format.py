"""Bring the text of a ledger into its canonical form."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crosstie.formats.ledger_printing import canonical
from crosstie.formats.ledger_text import load
from crosstie.text.problem import CrosstieError, ProblemError
from crosstie.text.strict_yaml import decode
from crosstie.text.writing import write_atomically


@dataclass(frozen=True, slots=True)
class Formatted:
    """One file of a ledger, as it is and in canonical form."""

    file: str
    before: str
    after: str

    @property
    def is_canonical(self) -> bool:
        """Whether nothing would change."""
        return self.before == self.after


def format_ledger(path: str) -> tuple[Formatted, ...]:
    """Every file of a ledger in canonical form; nothing is written.

    Raises
    ------
    CrosstieError
        Nothing there, or a file that does not load whole: formatting it would lose something.
    """
    ledger = load(Path(path))
    for problem in ledger.problems:
        if problem.severity == "error":
            raise ProblemError(problem)
    return tuple(
        Formatted(file, decode(Path(file).read_bytes(), file)[0], canonical(Path(file), ledger))
        for file in ledger.files
    )


def write_formatted(files: tuple[Formatted, ...]) -> Iterator[str]:
    """Write the files that are not canonical yet, one after another, and name each.

    Raises
    ------
    CrosstieError
        A file has changed since it was read; it is left as it is.
    """
    for each in files:
        if not each.is_canonical:
            path = Path(each.file)
            if decode(path.read_bytes(), each.file)[0] != each.before:
                raise CrosstieError(
                    f"{each.file}: changed while it was being formatted; run the command again"
                )
            write_atomically(path, each.after)
            yield each.file
