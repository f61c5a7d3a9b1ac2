"""CSV and tab-separated files with a header, streamed; a bad row is a problem, never fatal."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from crosstie.formats.streams import lines
from crosstie.text.problem import CrosstieError, Place, Problem, cited

Row = Mapping[str, str]
_MOST_COLUMNS = 4_096  # GLEIF's golden copy, the widest there is, has under 400


def rows(path: Path, delimiter: str = ",") -> Iterator[tuple[Place, Row | Problem]]:
    """Each row by its column names, with where it begins.

    Raises
    ------
    CrosstieError
        The first line names no columns, one twice, or thousands.
    """
    troubles: list[Problem] = []

    def texts() -> Iterator[str]:
        for line in lines(path):
            if isinstance(line, Problem):
                troubles.append(line)
                yield "\n"  # so that the numbers of the other lines stay right
            else:
                yield line[1] + "\n"

    reader = csv.DictReader(texts(), strict=True, delimiter=delimiter)
    _check_header(path, reader, troubles)
    while True:
        where = Place(str(path), reader.line_num + 1)
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield where, Problem(f"not CSV: {error}: skipped", where, "csv")
            continue
        yield from ((trouble.where, trouble) for trouble in troubles)
        troubles.clear()
        if row is None:
            return
        if None in row or None in row.values():
            yield where, Problem("a row of another length than the header: skipped", where, "csv")
            continue
        yield where, row


def _check_header(path: Path, reader: "csv.DictReader[str]", troubles: list[Problem]) -> None:
    try:
        names = reader.fieldnames or ()
    except csv.Error as error:
        raise CrosstieError(f"{path}:1: not CSV: {error}") from error
    if troubles:
        raise CrosstieError(f"{troubles[0]}; the first line must name the columns")
    if not names:
        raise CrosstieError(f"{path}: empty; the first line must name the columns")
    if len(names) > _MOST_COLUMNS:
        raise CrosstieError(f"{path}:1: {len(names):,} columns, over {_MOST_COLUMNS:,}: not read")
    if len(set(names)) < len(names):
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise CrosstieError(f"{path}:1: two columns named {cited(twice)}; give each its own name")
