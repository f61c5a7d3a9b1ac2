"""Edge lists in Parquet and Excel: the same columns as a CSV one, and the same words for shares."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crosstie.formats.edge_list import EdgeList, of_cells
from crosstie.text.problem import CrosstieError, Place


def load_excel(path: Path) -> EdgeList:
    """The first sheet of a workbook: a header ``holder, issuer, share`` and optionally ``votes``.

    Raises
    ------
    CrosstieError
        Not a workbook, or the extra ``registers`` is not installed.
    """
    return of_cells(_excel_rows(path), str(path))


def _excel_rows(path: Path) -> Iterator[tuple[Place, list[str]]]:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise CrosstieError("workbooks need openpyxl: pip install 'crosstie[registers]'") from error
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise CrosstieError(f"{path}: not a workbook: {str(error) or type(error).__name__}") from error
    for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
        if any(value is not None for value in row):
            yield Place(str(path), number), [_text(value) for value in row]
    book.close()


def load_parquet(path: Path) -> EdgeList:
    """A Parquet file with columns ``holder``, ``issuer``, ``share`` and optionally ``votes``.

    Raises
    ------
    CrosstieError
        Not Parquet, or the extra ``registers`` is not installed.
    """
    return of_cells(_parquet_rows(path), str(path))


def _parquet_rows(path: Path) -> Iterator[tuple[Place, list[str]]]:
    try:
        import pyarrow as pa  # noqa: PLC0415 (an extra)
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise CrosstieError("Parquet needs pyarrow: pip install 'crosstie[registers]'") from error
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            yield Place(str(path), 1), [str(name) for name in names]
            number = 1
            for batch in file.iter_batches(batch_size=65_536):
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    yield Place(f"{path}#row", number - 1), [_text(value) for value in row]
    except (pa.ArrowInvalid, pa.ArrowException, OSError) as error:
        raise CrosstieError(f"{path}: not a whole Parquet file: {str(error).splitlines()[0]}") from error


def _text(value: Any) -> str:  # noqa: ANN401 (a cell)
    """A cell as the text a person would have typed; floats as their shortest digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)
