"""Turn typed results into data frames."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from crosstie.ledger.amounts import Interval
from crosstie.text.problem import CrosstieError

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """An answer of rows of one kind, to read one by one or as a data frame.

    >>> from crosstie.analyses.structure import interlocks
    >>> len(interlocks([("ana", "x"), ("ana", "y")]))
    1
    """

    rows: tuple[Row, ...]
    row_type: type[Row]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: int) -> Row:
        return self.rows[at]

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per row."""
        return to_frame(self.rows, self.row_type)


def to_frame(rows: Iterable[object], row_type: type) -> Any:  # noqa: ANN401 (pandas is optional)
    """A pandas data frame with one column per field of a row; an interval becomes ``x_low`` and ``x_high``.

    Parameters
    ----------
    rows
        Frozen records of one kind.
    row_type
        Their class: it names the columns of an empty answer.

    Raises
    ------
    CrosstieError
        pandas is not installed; the message names the command that installs it.
    """
    try:
        import pandas as pd  # noqa: PLC0415 (heavy and optional)
    except ImportError as error:
        raise CrosstieError("data frames need pandas: pip install pandas") from error
    names = [f.name for f in fields(row_type)]
    table = [{name: getattr(row, name) for name in names} for row in rows]
    ranged = {name for name in names for line in table if _is_range(line[name])}
    columns = [column for name in names for column in _columns(name, name in ranged)]
    return pd.DataFrame([dict(_cells(line, ranged)) for line in table], columns=columns)


def _is_range(value: object) -> bool:
    return isinstance(value, Interval) and not value.is_exact


def _columns(name: str, ranged: bool) -> tuple[str, ...]:  # noqa: FBT001 (one of two shapes of a column)
    return (f"{name}_low", f"{name}_high") if ranged else (name,)


def _cells(line: dict[str, object], ranged: set[str]) -> Iterator[tuple[str, object]]:
    for name, value in line.items():
        if isinstance(value, Interval):
            low = float(value.low)
            high = None if value.high is None else float(value.high)
        else:
            low = high = value  # type: ignore[assignment]
        if name in ranged:
            yield f"{name}_low", low
            yield f"{name}_high", high
        else:
            yield name, low
