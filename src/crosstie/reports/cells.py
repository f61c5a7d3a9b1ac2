"""One value as a person reads it, and rows as plain numbers and texts."""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import Final

from crosstie.ledger.amounts import Interval

Row = Mapping[str, object]


def flatten(rows: Sequence[Row], keys: Sequence[str]) -> Iterable[dict[str, object]]:
    """Rows of plain numbers and texts, intervals as two further columns."""
    ranged = frozenset(key for key in keys for row in rows if _is_range(row.get(key)))
    return (flat(row, keys, ranged) for row in rows)


def flat(row: Row, keys: Sequence[str], ranged: AbstractSet[str]) -> dict[str, object]:
    """One row of plain numbers and texts; the columns ``ranged`` have both their ends too."""
    plain: dict[str, object] = {}
    for key in keys:
        value = row.get(key)
        plain[key] = _plain(value)
        if key in ranged:
            plain[f"{key}_low"], plain[f"{key}_high"] = _ends(value)
    return plain


def names_of(keys: Sequence[str], ranged: AbstractSet[str]) -> list[str]:
    """The columns of flat rows: those ``ranged`` have both their ends too.

    >>> names_of(["company", "votes"], {"votes"})
    ['company', 'votes', 'votes_low', 'votes_high']
    """
    ends = ("", "_low", "_high")
    return [f"{key}{end}" for key in keys for end in (ends if key in ranged else ("",))]


def columns_of(rows: Sequence[Row], keys: Sequence[str], ranged: AbstractSet[str]) -> dict[str, list[object]]:
    """Many rows as :func:`flat` makes each, column by column.

    >>> columns_of([{"votes": Interval.parse("25-50%")}, {"votes": 1}], ["votes"], {"votes"})
    {'votes': [None, 1], 'votes_low': [0.25, 1], 'votes_high': [0.5, 1]}
    """
    columns: dict[str, list[object]] = {}
    for key in keys:
        values = [row.get(key) for row in rows]
        as_they_are = _AS_THEY_ARE.issuperset(map(type, values))
        columns[key] = values if as_they_are else [_plain(value) for value in values]
        if key in ranged:
            ends = [_ends(value) for value in values]
            columns[f"{key}_low"] = [low for low, _ in ends]
            columns[f"{key}_high"] = [high for _, high in ends]
    return columns


_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


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


PARTS: Final = frozenset({
    "of_issued", "of_outstanding", "of_theoretical", "of_exercisable", "of_free", "direct", "look_through",
    "share", "votes", "threshold", "walk_sum", "simple_path", "product", "product_low", "product_high",
    "contribution_low", "contribution_high", "before", "after", "low", "high", "contribution",
})  # fmt: skip


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
