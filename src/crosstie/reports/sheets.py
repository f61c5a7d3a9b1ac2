"""Tables as an Excel workbook; text is always text, never a formula."""

import io
from collections.abc import Mapping, Sequence
from fractions import Fraction

from crosstie.ledger.amounts import Interval
from crosstie.text.problem import CrosstieError


def workbook(tables: Mapping[str, Sequence[Mapping[str, object]]]) -> bytes:
    """A workbook with one sheet for each table, the first row its column names.

    Raises
    ------
    CrosstieError
        The extra ``reports`` is not installed.
    """
    try:
        from openpyxl import Workbook  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise CrosstieError("workbooks need openpyxl: pip install 'crosstie[reports]'") from error
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name[:31])
        columns = list(rows[0]) if rows else ["(nothing)"]
        lines: list[list[object]] = [list(columns), *([row[c] for c in columns] for row in rows)]
        for row_number, values in enumerate(lines, 1):
            for column, value in enumerate(values, 1):
                _write(sheet.cell(row_number, column), value)
        sheet.freeze_panes = "A2"
        for i in range(len(columns)):
            widest = max(len(str(values[i])) for values in lines)
            sheet.column_dimensions[sheet.cell(1, i + 1).column_letter].width = min(60, widest + 2)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: object, value: object) -> None:
    plain = _plain(value)
    cell.value = plain  # type: ignore[attr-defined]
    if isinstance(plain, str):
        cell.data_type = "s"  # type: ignore[attr-defined]  # "=1+1" from a register stays a text
    if isinstance(plain, float) and abs(plain) <= 1:
        cell.number_format = "0.00%"  # type: ignore[attr-defined]


def _plain(value: object) -> object:
    match value:
        case Fraction():
            return int(value) if value.denominator == 1 and value > 1 else float(value)
        case Interval():
            return float(value.low) if value.is_exact else str(value)
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
