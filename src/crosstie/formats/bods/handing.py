"""What has been read of BODS, together and one by one, as batches in the order of the lines."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crosstie.formats.bods import dates
from crosstie.formats.bods.plain import Part, Pile, Row
from crosstie.ledger.batch import Batch, Coded, Dated
from crosstie.ledger.statements import Certainty

Columns = tuple[NDArray[Any], dict[str, Any]]
"""The lines of rows, and their columns."""

_MOST_CODES = 50_000
_HEAD = ("id", "known_on", "sources", "line")
_NAMES = {
    "entity": (*_HEAD, "true_on", "note", "party", "name", "type", "jurisdiction", "names", "identifiers"),
    "holding": (*_HEAD, "true_on", "note", "until", "holder", "issuer", "amounts", "direct"),
    "retraction": (*_HEAD, "retracts"),
}


def hand_over(pile: Pile, taken: dict[str, Columns]) -> Iterator[Batch]:
    """What was taken together and all that lies on the pile, as one batch for each kind."""
    for kind, rows in (
        ("entity", pile.entities),
        ("holding", pile.holdings),
        ("retraction", pile.retractions),
    ):
        if rows or kind in taken:
            yield batch_of(kind, taken.get(kind), rows, pile)
            rows.clear()
    for codes in (pile.days, pile.ends, pile.amounts):
        if len(codes.values) > _MOST_CODES:
            codes.codes, codes.values = {}, []
    if not pile.amounts.values:
        pile.parts = (Part(), Part(), Part())
    if len(pile.cited) > _MOST_CODES:
        pile.cited.clear()


def batch_of(kind: str, taken: Columns | None, rows: list[Row], pile: Pile) -> Batch:
    """What was taken together and rows that were put one by one, in the order of their lines."""
    lines, columns = _merged(taken, _columns(kind, rows, pile) if rows else None)
    if "amounts" in columns:
        columns |= _parts(columns.pop("amounts"), pile)
    return Batch(kind, pile.file, lines, columns, {"certainty": Certainty.FIRST_HAND})


def _parts(amounts: Coded, pile: Pile) -> dict[str, Coded]:
    """Share, votes and words, each with its own values."""
    if new := pile.amounts.values[len(pile.parts[0].of_amounts) :]:
        for part, values in zip(pile.parts, zip(*new, strict=True), strict=True):
            part.add(values)
    return {
        name: Coded(part.of_amounts[amounts.codes], part.values)
        for name, part in zip(("share", "votes", "words"), pile.parts, strict=True)
    }


def _columns(kind: str, rows: list[Row], pile: Pile) -> Columns:
    """The lines and the columns of rows that were put one by one."""
    values = {"known_on": pile.days, "true_on": pile.days, "until": pile.ends, "amounts": pile.amounts}
    columns: dict[str, Any] = dict(zip(_NAMES[kind], zip(*rows, strict=True), strict=True))
    lines = np.array(columns.pop("line"), np.int64)
    for name, column in columns.items():
        columns[name] = (
            Coded(np.array(column, np.int64), values[name].values)
            if name in values
            else pa.array(column, pa.string())
        )
    return lines, columns


def _merged(one: Columns | None, other: Columns | None) -> Columns:
    """The rows of both in the order of their lines."""
    if one is None or other is None:
        found = one or other
        assert found is not None  # noqa: S101 (there are rows)
        return found
    lines = np.concatenate([one[0], other[0]])
    order = np.argsort(lines, kind="stable")
    columns: dict[str, Any] = {}
    for name, column in one[1].items():
        second = other[1][name]
        if isinstance(column, Dated):
            columns[name] = dates.take(dates.concatenated(column, second), order)
        elif isinstance(column, Coded):
            columns[name] = Coded(np.concatenate([column.codes, second.codes])[order], column.values)
        else:
            columns[name] = pa.concat_arrays([column, second]).take(pa.array(order))
    return lines[order], columns


def take(column: Any, which: NDArray[Any]) -> Any:  # noqa: ANN401 (a column of any form)
    """Some rows of a column."""
    if isinstance(column, Coded):
        return Coded(np.asarray(column.codes)[which], column.values)
    if isinstance(column, Dated):
        return dates.take(column, which)
    return column.take(pa.array(which))
