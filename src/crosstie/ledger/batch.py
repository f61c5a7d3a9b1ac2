"""Statements of one kind as columns: what bulk readers hand over instead of records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Coded:
    """A column whose values repeat: for each row the number of its value.

    >>> Coded((0, 1, 0), ("first_hand", "recalled")).values[1]
    'recalled'
    """

    codes: Sequence[int]
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Statements of one kind (or sources) from one file, in the order in which they stood there.

    ``columns`` has for each field either values as a record has them, coded, or one text for each row: as a text
    ledger shows the value, a list as JSON, and ``None`` for the field's default. ``same`` has the fields that
    are equal in all rows; a field that is in neither has its default.
    """

    kind: str
    file: str
    lines: Sequence[int]
    columns: Mapping[str, Sequence[str | None] | Coded]
    same: Mapping[str, Any] = field(default_factory=dict)
