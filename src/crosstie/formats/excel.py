"""Edge lists in the first sheet of a workbook: the same columns as a CSV one, and the same words for shares."""

import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from crosstie.formats.archives import refuse_bomb
from crosstie.formats.cells import one_line, plain_number, text_of
from crosstie.formats.edge_list import (
    COLUMNS,
    REQUIRED,
    Cells,
    Edge,
    EdgeList,
    edges_of,
    of_cells,
    read_cells,
)
from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Holding
from crosstie.ledger.telling import Telling
from crosstie.ledger.values import show_interval
from crosstie.text.problem import CrosstieError, Place, Problem, cited
from crosstie.text.writing import whole_file

LOSES = (
    "every column but holder, issuer, share and votes; every sheet but the first",
    "formulas: their last value is read",
)
WRITTEN_LOSES = ("all but one day's direct holdings with a share of the outstanding ones, by id",)

_HEADER_WITHIN = 50
"""So many rows of a sheet are looked at for the one that names the columns; titles may stand above it."""
_BATCH = 65_536
_ROWS_A_SHEET = 1_048_576


def load(path: Path) -> EdgeList:
    """The first sheet of a workbook: a header ``holder, issuer, share`` and optionally ``votes``.

    Raises
    ------
    CrosstieError
        Not a workbook, one that would expand beyond reason, or the extra ``registers`` is not installed.
    """
    return of_cells(_rows(path), str(path))


def read(path: Path) -> Iterator[Entity | Holding | Problem]:
    """The parties, holdings and problems of a workbook's first sheet."""
    return read_cells(lambda: _rows(path), path)


def _rows(path: Path) -> Iterator[Cells | Problem]:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise CrosstieError("workbooks need openpyxl: pip install 'crosstie[registers]'") from error
    refuse_bomb(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles and extensions, of which nothing is read
            book = load_workbook(path, read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows() if book.worksheets else iter(())
        yield from _from_header(path, rows)
        book.close()
    except (CrosstieError, MemoryError):
        raise
    except Exception as error:
        raise CrosstieError(f"{path}: not a workbook: {one_line(error)}") from error


def _from_header(path: Path, rows: Iterator[Sequence[Any]]) -> Iterator[Cells]:
    """The rows from the one that names the columns on, as wide as it and without columns that have no name."""
    names: dict[int, str] = {}
    first: Cells | None = None
    for number, row in enumerate(rows, 1):
        place, cells = Place(str(path), number), [_cell(cell) for cell in row]
        if names:
            if any(cells):
                yield place, [cells[at] if at < len(cells) else "" for at in names]
        elif set(REQUIRED) <= {cell.strip() for cell in cells}:
            names = {at: cell.strip() for at, cell in enumerate(cells) if cell.strip()}
            yield place, list(names.values())
        elif any(cells):
            first = first or (place, [cell for cell in cells if cell])
            if number >= _HEADER_WITHIN:
                break
    if not names and first:
        yield first  # it names the wrong columns, and that is told


def _cell(cell: Any) -> str:  # noqa: ANN401 (openpyxl is an extra)
    """A cell as the text a person sees or would have typed; what is shown as 15% is 0.15 in the file."""
    value = cell.value
    if cell.data_type == "e":
        return str(value)  # #REF!, #DIV/0!: no share, and told as such
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return plain_number(format(value, ".15g"))  # a workbook keeps 15 digits
    return text_of(value).strip()


def write(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no dates)
    """Write a workbook with one sheet; texts stay texts whatever they begin with, so that nothing is run.

    Raises
    ------
    CrosstieError
        More holdings than a sheet has rows, an id that a workbook cannot have, or the extra ``registers`` is not installed.
    """
    try:
        from openpyxl import Workbook  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise CrosstieError("workbooks need openpyxl: pip install 'crosstie[registers]'") from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("holdings")
    try:
        _fill(sheet, said)
    except BaseException:
        sheet.close()  # what is left open complains when it is collected
        raise
    with whole_file(path) as file:
        book.save(file)
    return ()


def _fill(sheet: Any, said: Ledger | Telling) -> None:  # noqa: ANN401 (openpyxl is an extra)
    sheet.append(list(COLUMNS))
    for number, edge in enumerate(edges_of(said), 2):
        if number > _ROWS_A_SHEET:
            raise CrosstieError(f"over {_ROWS_A_SHEET:,} holdings do not fit a sheet; export --to parquet")
        sheet.append(_cells(sheet, edge))


_NOT_IN_A_WORKBOOK = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""What XML cannot have, and texts that a workbook takes for escaped ones."""


def _cells(sheet: Any, edge: Edge) -> list[Any]:  # noqa: ANN401 (openpyxl is an extra)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    cells = []
    for value in (edge.holder, edge.issuer, _part(edge.share), _part(edge.votes)):
        if isinstance(value, str) and _NOT_IN_A_WORKBOOK.search(value):
            raise CrosstieError(f"{cited(value)} cannot stand in a workbook; export --to parquet")
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"
        elif value is not None:
            cell.number_format = "0.00%"
        cells.append(cell)
    return cells


def _part(part: Interval | None) -> str | float | None:
    """A number where a workbook keeps it exactly, otherwise its text."""
    if part is None:
        return None
    if part.is_exact and Fraction(format(float(part.low), ".15g")) == part.low:
        return float(part.low)
    return show_interval(part)
