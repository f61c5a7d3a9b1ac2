"""Statements of one kind as columns: what bulk readers hand over instead of records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Numbers = Any
"""Whole numbers: a sequence, or an array of another package; this room knows none."""
Array = Any
"""A column of one value for each row, an array of another package."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column whose values repeat: for each row the number of its value.

    >>> Coded((0, 1, 0), ("first_hand", "recalled")).values[1]
    'recalled'
    """

    codes: Numbers
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Dated:
    """A column of dates: as a text ledger shows them, and the first and last day that each can be."""

    text: Array
    earliest: Array
    latest: Array


@dataclass(frozen=True, slots=True)
class Batch:
    """Statements of one kind (or sources) from one file, in the order in which they stood there.

    ``columns`` has for each field either values as a record has them, coded, or dates, or one text for each row: as a
    text ledger shows the value, a list as JSON, and ``None`` for the field's default. ``same`` has the fields that
    are equal in all rows; a field that is in neither has its default.
    """

    kind: str
    file: str
    lines: Numbers
    columns: Mapping[str, Any]
    same: Mapping[str, Any] = field(default_factory=dict)
