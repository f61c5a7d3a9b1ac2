"""Print rows as a table, JSON or CSV: the answer alone on standard output, problems on standard error."""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from itertools import starmap
from unicodedata import east_asian_width

from crosstie.cli.options import Form
from crosstie.reports.cells import PARTS, Row, cell, flatten
from crosstie.text.problem import Problem


def print_rows(rows: Iterable[Row], keys: Sequence[str], form: Form) -> None:
    """Print rows with these columns.

    Values are texts, whole numbers, floats, booleans, ``None``, ``Fraction`` or ``Interval``. JSON and
    CSV are flat: a column ``x`` in which any row has an interval also has ``x_low`` and ``x_high``
    (``x`` itself is null where it is not one number). In a table fractions stay as given unless their
    column is a part (see ``PARTS``), which is shown in percent.
    """
    table = list(rows)
    if form == "table":
        _print_table(table, keys)
        return
    flat = list(flatten(table, keys))
    columns = list(flat[0]) if flat else list(keys)
    if form == "json":
        print(json.dumps(flat, ensure_ascii=False, indent=1, allow_nan=False))
        return
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)


def _print_table(rows: Sequence[Row], keys: Sequence[str]) -> None:
    lines = [list(keys), *([cell(row.get(key), part=key in PARTS) for key in keys] for row in rows)]
    numeric = [
        bool(rows) and all(not isinstance(row.get(key), str) or row.get(key) is None for row in rows)
        for key in keys
    ]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(keys))]
    for line in lines:
        padded = starmap(_pad, zip(line, widths, numeric, strict=True))
        print("  ".join(padded).rstrip())


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems on standard error, one line each."""
    for problem in problems:
        print(problem, file=sys.stderr)
