"""Print rows as a table, JSON or CSV: the answer alone on standard output, problems on standard error."""

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from itertools import chain, islice, starmap
from unicodedata import east_asian_width

from crosstie.cli.options import Form
from crosstie.reports.cells import PARTS, Row, cell, flat, flatten
from crosstie.text.problem import Problem


@contextmanager
def until_closed() -> Iterator[None]:
    """Whoever reads the answer may stop (``| head``): that is no failure, though the framework would take it for one."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


@until_closed()
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


MEASURED = 10_000
"""Rows of a streamed table by which its columns are made wide enough."""


@until_closed()
def stream_rows(rows: Iterator[Row], keys: Sequence[str], form: Form, ranged: AbstractSet[str]) -> None:
    """Print rows as they come, however many; ``ranged`` are the columns in which some row has a range.

    The same texts as ``print_rows`` prints, but for a table of more than ``MEASURED`` rows, whose later rows may be
    wider than its columns.
    """
    if form == "table":
        first = list(islice(rows, MEASURED))
        widths = _print_table(first, keys)
        for row in rows:
            cells = [cell(row.get(key), part=key in PARTS) for key in keys]
            print("  ".join(starmap(_pad, zip(cells, *widths, strict=True))).rstrip())
        return
    flat_rows = (flat(row, keys, ranged) for row in rows)
    columns = [
        name for key in keys for name in ((key, f"{key}_low", f"{key}_high") if key in ranged else (key,))
    ]
    if form == "json":
        _stream_json(flat_rows)
        return
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat_rows)


def _stream_json(rows: Iterator[dict[str, object]]) -> None:
    first = next(rows, None)
    if first is None:
        print("[]")
        return
    names = {key: json.dumps(key, ensure_ascii=False) for key in first}
    write, dumps = sys.stdout.write, json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    between = "["
    for row in chain([first], rows):
        cells = ",\n".join(f"  {names[key]}: {dumps(value)}" for key, value in row.items())
        write(f"{between}\n {{\n{cells}\n }}")
        between = ","
    write("\n]\n")


def _print_table(rows: Sequence[Row], keys: Sequence[str]) -> tuple[list[int], list[bool]]:
    """Print them, and answer how wide each column is and whether it stands to the right."""
    lines = [list(keys), *([cell(row.get(key), part=key in PARTS) for key in keys] for row in rows)]
    numeric = [
        bool(rows) and all(not isinstance(row.get(key), str) or row.get(key) is None for row in rows)
        for key in keys
    ]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(keys))]
    for line in lines:
        padded = starmap(_pad, zip(line, widths, numeric, strict=True))
        print("  ".join(padded).rstrip())
    return widths, numeric


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems on standard error, one line each."""
    for problem in problems:
        print(problem, file=sys.stderr)
