"""CSV and tab-separated files with a header, streamed; a bad row is a problem, never fatal."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from crosstie.formats.streams import lines
from crosstie.text.problem import Place, Problem

Row = Mapping[str, str]


def rows(path: Path, delimiter: str = ",") -> Iterator[tuple[Place, Row | Problem]]:
    """Each row by its column names, with where it begins."""
    troubles: list[Problem] = []

    def texts() -> Iterator[str]:
        for line in lines(path):
            if isinstance(line, Problem):
                troubles.append(line)
            else:
                yield line[1] + "\n"

    reader = csv.DictReader(texts(), strict=True, delimiter=delimiter)
    while True:
        where = Place(str(path), reader.line_num + 1)
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield where, Problem(f"not CSV: {error}: skipped", where, "csv")
            continue
        while troubles:
            yield where, troubles.pop(0)
        if row is None:
            return
        if None in row or None in row.values():
            yield where, Problem("a row of another length than the header: skipped", where, "csv")
            continue
        yield where, row
