"""Dates of many statements at once: most are days, which need no reading one by one."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crosstie.formats.bods.reading import day_of
from crosstie.formats.malformed import MALFORMED
from crosstie.ledger.batch import Coded, Dated
from crosstie.ledger.dates import When

_DAY = r"\A\d{4}-\d{2}-\d{2}\z"
_FIRST, _LAST = (pa.scalar(day, pa.date32()) for day in (date.min, date.max))


def dated(texts: pa.Array) -> tuple[Dated, NDArray[np.bool_]]:
    """What these texts say, and which of them can be read; no text is no date."""
    fine = np.ones(len(texts), np.bool_)
    days = _days(texts)
    if days is not None:
        return Dated(texts, days, days), fine
    is_day = pc.fill_null(pc.match_substring_regex(texts, _DAY), True)
    days = _days(pc.if_else(is_day, texts, None))
    if days is None:  # a day that is in no calendar
        is_day, days = pa.repeat(False, len(texts)), pa.nulls(len(texts), pa.date32())
    others = np.flatnonzero(~is_day.to_numpy(zero_copy_only=False))
    values = []
    for row, text in zip(others, texts.take(pa.array(others)).to_pylist(), strict=True):
        try:
            values.append(_day_of(text))
        except MALFORMED:
            values.append(None)
            fine[row] = False
    return _put(Dated(pc.if_else(is_day, texts, None), days, days), ~np.asarray(is_day), values), fine


_day_of = lru_cache(100_000)(day_of)  # months and times repeat


def _days(texts: pa.Array) -> pa.Array | None:
    """The days that all of these texts are; nothing if one is none, or before the year 1."""
    try:
        days = texts.cast(pa.date32())
    except pa.ArrowInvalid:
        return None
    return days if pc.all(pc.greater_equal(days, _FIRST)).as_py() is not False else None


def _put(column: Dated, which: NDArray[np.bool_], values: Sequence[When | None]) -> Dated:
    """The column with these values where it is so."""
    return Dated(*(
        pc.replace_with_mask(old, pa.array(which), new)
        for old, new in zip(_arrays(column), _arrays(_of(values)), strict=True)
    ))  # fmt: skip


def _arrays(column: Dated) -> tuple[Any, ...]:
    return column.text, column.earliest, column.latest


def _of(values: Sequence[When | None]) -> Dated:
    return Dated(
        pa.array([None if each is None else each.text for each in values], pa.string()),
        *(
            pa.array([None if each is None else getattr(each, name) for each in values], pa.date32())
            for name in ("earliest", "latest")
        ),
    )


def until(ends: Dated, closed: pa.Array, statements: Dated) -> Dated:
    """From when on it is no longer so: the day after the last, or the day of the statement that closes the record."""
    last = pc.if_else(pc.less(ends.latest, _LAST), ends.latest, None)
    after = pc.add(last.cast(pa.int32()), pa.scalar(1, pa.int32())).cast(pa.date32())
    return Dated(*(
        pc.coalesce(one, pc.if_else(closed, other, None))
        for one, other in zip((after.cast(pa.string()), after, after), _arrays(statements), strict=True)
    ))  # fmt: skip


def without(column: Dated, which: pa.Array) -> Dated:
    """The column with no date where it is so."""
    return Dated(*(pc.if_else(which, None, each) for each in _arrays(column)))


def take(column: Dated, rows: NDArray[Any]) -> Dated:
    """Some rows of a column."""
    at = pa.array(rows)
    return Dated(*(each.take(at) for each in _arrays(column)))


def concatenated(*columns: Coded | Dated) -> Dated:
    """The columns one after the other."""
    found = [_spelled_out(each) if isinstance(each, Coded) else each for each in columns]
    return Dated(*(pa.concat_arrays(each) for each in zip(*map(_arrays, found), strict=True)))


def _spelled_out(column: Coded) -> Dated:
    found, codes = np.unique(np.asarray(column.codes), return_inverse=True)
    return take(_of([column.values[code] for code in found.tolist()]), codes)
