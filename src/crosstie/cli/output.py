"""Print rows as a table, JSON or CSV: the answer alone on standard output, problems on standard error."""

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from itertools import islice, starmap
from types import MappingProxyType
from typing import Any
from unicodedata import east_asian_width

from crosstie.cli.options import Form
from crosstie.reports.cells import PARTS, Row, cell, columns_of, flatten, names_of
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
    batches = _batches(rows, keys, ranged)
    if form == "json":
        _stream_json(batches)
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names_of(keys, ranged))
    for columns in batches:
        writer.writerows(zip(*columns.values(), strict=True))


BATCH = 10_000
"""Rows of a streamed answer that are made into text at a time, column by column."""


def _batches(
    rows: Iterator[Row], keys: Sequence[str], ranged: AbstractSet[str]
) -> Iterator[dict[str, list[object]]]:
    while batch := list(islice(rows, BATCH)):
        yield columns_of(batch, keys, ranged)


def _stream_json(batches: Iterator[dict[str, list[object]]]) -> None:
    between = "["
    for columns in batches:
        cells = ",\n".join(f"  {json.dumps(key, ensure_ascii=False)}: %s" for key in columns)
        row = f"\n {{\n{cells}\n }}"
        texts = zip(*map(_json_texts, columns.values()), strict=True)
        sys.stdout.write(between + ",".join([row % each for each in texts]))
        between = ","
    print("[]" if between == "[" else "\n]")


_JSON: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        str: json.encoder.encode_basestring,
        float: float.__repr__,
        int: int.__repr__,
        bool: {True: "true", False: "false"}.__getitem__,
        type(None): {None: "null"}.__getitem__,
    }
)
"""How the usual plain values are written; numbers that JSON has no words for are none of them."""
_OTHER = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _json_texts(values: Iterable[object]) -> list[str]:
    return [_JSON.get(type(value), _OTHER)(value) for value in values]


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


_MOST_OF_A_KIND = 20


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems on standard error, one line each; of many of a kind the first few and how many more there are."""
    counts: Counter[str] = Counter()
    for problem in problems:
        counts[problem.kind] += 1
        if counts[problem.kind] <= _MOST_OF_A_KIND:
            print(problem, file=sys.stderr)
    for kind, count in counts.items():
        if count > _MOST_OF_A_KIND:
            print(
                f"{count - _MOST_OF_A_KIND:,} more of this kind ({kind}); `crosstie check` tells all that is wrong with a ledger",
                file=sys.stderr,
            )
