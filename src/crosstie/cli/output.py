"""Print rows as a table, JSON or CSV: the answer alone on standard output, problems on standard error."""

import csv
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import starmap
from unicodedata import east_asian_width

from crosstie.cli.options import Form
from crosstie.ledger.amounts import Interval
from crosstie.text.problem import Problem

Row = Mapping[str, object]


def print_rows(rows: Iterable[Row], keys: Sequence[str], form: Form) -> None:
    """Print rows with these columns.

    Values are texts, whole numbers, floats, booleans, ``None``, ``Fraction`` or ``Interval``. JSON and
    CSV are flat: a column ``x`` in which any row has an interval also has ``x_low`` and ``x_high``
    (``x`` itself is null where it is not one number). In a table fractions stay as given unless their
    column is a part (see ``_PARTS``), which is shown in percent.
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


def flatten(rows: Sequence[Row], keys: Sequence[str]) -> Iterable[dict[str, object]]:
    """Rows of plain numbers and texts, intervals as two further columns."""
    ranged = {key for key in keys for row in rows if _is_range(row.get(key))}
    for row in rows:
        flat: dict[str, object] = {}
        for key in keys:
            value = row.get(key)
            flat[key] = _plain(value)
            if key in ranged:
                low, high = _ends(value)
                flat[f"{key}_low"], flat[f"{key}_high"] = low, high
        yield flat


def _is_range(value: object) -> bool:
    return isinstance(value, Interval) and not value.is_exact


def _ends(value: object) -> tuple[object, object]:
    if isinstance(value, Interval):
        return _number(value.low), None if value.high is None else _number(value.high)
    plain = _plain(value)
    return plain, plain


def _plain(value: object) -> object:
    if isinstance(value, Interval):
        return _number(value.low) if value.is_exact else None
    if isinstance(value, Fraction):
        return _number(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


_PARTS = {
    "of_issued", "of_outstanding", "of_theoretical", "of_exercisable", "of_free", "direct", "look_through",
    "share", "votes", "threshold", "walk_sum", "simple_path", "product", "product_low", "product_high",
    "contribution_low", "contribution_high", "before", "after", "low", "high", "contribution",
}  # fmt: skip


def cell(value: object, *, part: bool) -> str:  # noqa: PLR0911 (one line per kind of value)
    """One value as a person reads it.

    >>> cell(0.15, part=True), cell(Interval.parse("(25%, 50%]"), part=True), cell(1326231327, part=False)
    ('15.00%', '(25.00%, 50.00%]', '1,326,231,327')
    """
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case Interval() if value.is_exact:
            return cell(value.low, part=part)
        case Interval():
            low, high = cell(value.low, part=part), "∞" if value.high is None else cell(value.high, part=part)
            shut = ")" if value.high_open or value.high is None else "]"
            return low if low == high else f"{'(' if value.low_open else '['}{low}, {high}{shut}"
        case float() if math.isinf(value):
            return "∞"
        case int() | float() | Fraction() if part:
            return f"{float(value):.2%}"
        case Fraction() if value.denominator == 1:
            return f"{int(value):,}"
        case int():
            return f"{value:,}"
        case float() | Fraction():
            return f"{float(value):,.1f}" if abs(float(value)) >= 100_000 else f"{float(value):,.6g}"
        case _:
            return str(value)


def _print_table(rows: Sequence[Row], keys: Sequence[str]) -> None:
    lines = [list(keys), *([cell(row.get(key), part=key in _PARTS) for key in keys] for row in rows)]
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
