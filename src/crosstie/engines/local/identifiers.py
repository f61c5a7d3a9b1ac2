"""Text ids to numbers and back, and holdings by company: from a register's columns to flat arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import texts
from crosstie.engines.local.compiled import compiled

SMALLEST = 1 << 12


@dataclass(frozen=True, slots=True)
class Names:
    """Every text once, in UTF-8: number *n* is ``data[begins[n]:begins[n+1]]`` less a closing byte."""

    begins: NDArray[np.int64]
    data: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.begins) - 1

    def __getitem__(self, number: int) -> str:
        return self.data[self.begins[number] : self.begins[number + 1] - 1].tobytes().decode()


@dataclass(slots=True)
class _Table:
    """What grows while texts are numbered; see the kernel."""

    table: NDArray[np.uint64]
    begins: NDArray[np.int64]
    names: NDArray[np.uint8]
    known: int = 0


def number_texts(columns: Sequence[Any]) -> tuple[list[NDArray[np.int32]], Names]:
    """Number the texts of several Arrow columns together, in order of first mention.

    Examples
    --------
    >>> import pyarrow as pa
    >>> numbers, names = number_texts([pa.array(["ana", "beta"]), pa.array(["beta", "gamma"])])
    >>> [column.tolist() for column in numbers], names[2]
    ([[0, 1], [1, 2]], 'gamma')
    """
    rows = sum(len(column) for column in columns)
    size = SMALLEST
    while size < rows // 2:
        size *= 2
    table = _Table(_zeros(texts.SLOT * size), np.zeros(size + 1, np.int64), np.empty(16 * size, np.uint8))
    numbers = [_number_column(table, column) for column in columns]
    begins = table.begins[: table.known + 1].copy()
    return numbers, Names(begins, table.names[: begins[-1]].copy())


def _number_column(table: _Table, column: Any) -> NDArray[np.int32]:  # noqa: ANN401 (an Arrow column)
    import pyarrow as pa  # noqa: PLC0415 (heavy)

    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    numbers = np.empty(len(column), np.int32)
    done = 0
    for chunk in chunks:
        wide = pa.types.is_large_string(chunk.type)
        _, offset_bytes, text_bytes = chunk.buffers()
        offsets = np.frombuffer(offset_bytes, np.int64 if wide else np.int32)
        offsets = offsets[chunk.offset : chunk.offset + len(chunk) + 1]
        data = np.frombuffer(text_bytes or b"", np.uint8)
        _number_chunk(table, offsets, data, numbers[done : done + len(chunk)])
        done += len(chunk)
    return numbers


def _number_chunk(
    table: _Table, offsets: NDArray[Any], data: NDArray[np.uint8], numbers: NDArray[np.int32]
) -> None:
    row, rows = 0, len(numbers)
    while row < rows:
        row, table.known = compiled(texts.number_texts)(
            offsets, data, row, rows, table.table, table.begins, table.names, table.known, numbers
        )
        if row < rows:
            _make_room(table, int(offsets[min(row + texts.BLOCK, rows)]) - int(offsets[row]) + texts.BLOCK)


def _make_room(table: _Table, bytes_ahead: int) -> None:
    """Twice the places, or twice the bytes for names, whichever is short."""
    if int(table.begins[table.known]) + bytes_ahead > len(table.names):
        table.names = _longer(table.names, 2 * len(table.names) + bytes_ahead)
        return
    wider = _zeros(2 * len(table.table))
    compiled(texts.grow)(table.table, wider)
    table.table = wider
    table.begins = _longer(table.begins, len(wider) // texts.SLOT + 1)


def _zeros(length: int) -> NDArray[np.uint64]:
    """Zeros in large pages of memory, which ``np.zeros`` does not give."""
    array = np.empty(length, np.uint64)
    array.fill(0)
    return array


def _longer(array: NDArray[Any], length: int) -> NDArray[Any]:
    longer = np.empty(length, array.dtype)
    longer[: len(array)] = array
    return longer


def group_by_company(
    holder: NDArray[np.int32], company: NDArray[np.int32], share: NDArray[np.float64], parties: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.float64]]:
    """Holdings in any order as ``start``, ``holder`` and ``share`` by company.

    >>> [a.tolist() for a in group_by_company(np.array([0, 0]), np.array([2, 1]), np.array([0.5, 0.7]), 3)]
    [[0, 0, 1, 2], [0, 0], [0.7, 0.5]]
    """
    start = np.zeros(parties + 1, np.uint32)
    compiled(texts.count_holders)(company, start)
    np.cumsum(start, out=start)
    to_holder, to_share = np.empty(len(holder), np.uint32), np.empty(len(holder))
    fill = start[:-1].copy()
    compiled(texts.group_by_company)(company, holder, share, fill, to_holder, to_share)
    return start, to_holder, to_share
