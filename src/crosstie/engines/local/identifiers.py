"""Text ids to numbers and back, and holdings by company: from a register's columns to flat arrays."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import texts
from crosstie.engines.local.compiled import compiled

SMALLEST = 1 << 10
"""Places in a table of texts, at first."""
MANY = 1 << 18
"""From so many texts on they are shared out into parts."""
PARTS = 7
"""Bits of a hash that name a part."""
PIECE = 1 << 20
"""Texts that are shared out at once."""
SHORT = 1 << 31
"""Bytes of a piece that four bytes can count."""


@dataclass(frozen=True, slots=True)
class Names:
    """Every text once, in UTF-8: number *n* is ``data[begins[n]:begins[n+1]]`` less a closing byte."""

    begins: NDArray[np.int64]
    data: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.begins) - 1

    def __getitem__(self, number: int) -> str:
        return self.data[self.begins[number] : self.begins[number + 1] - 1].tobytes().decode()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some texts, sorted by part; their hashes become their numbers."""

    starts: NDArray[np.int64]
    codes: NDArray[np.uint64]
    rows: NDArray[np.int32]
    begins: NDArray[np.integer]
    data: NDArray[np.uint8]


def number_texts(columns: Sequence[Any]) -> tuple[list[NDArray[np.int32]], Names]:
    """Number the texts of several Arrow columns together: few ones in order of first mention.

    Examples
    --------
    >>> import pyarrow as pa
    >>> numbers, names = number_texts([pa.array(["ana", "beta"]), pa.array(["beta", "gamma"])])
    >>> [column.tolist() for column in numbers], names[2]
    ([[0, 1], [1, 2]], 'gamma')
    """
    return number_batches([columns])


def number_batches(batches: Iterable[Sequence[Any]]) -> tuple[list[NDArray[np.int32]], Names]:
    """The same for columns that come batch by batch: while one is read, those before are shared out.

    Examples
    --------
    >>> import pyarrow as pa
    >>> numbers, names = number_batches([[pa.array(["ana"])], [pa.array(["beta", "ana"])]])
    >>> [column.tolist() for column in numbers]
    [[0, 1, 0]]
    """
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        bits, shared = _share_all(pool, workers, iter(batches))
        pieces = [piece for batch in shared for column in batch for piece in column]
        cuts = [worker * (1 << bits) // workers for worker in range(workers + 1)]
        names = list(pool.map(partial(_number_parts, pieces), cuts[:-1], cuts[1:]))
        before = np.cumsum([0, *(len(each) for each in names[:-1])])
        bases = np.repeat(before, np.diff(cuts))
        columns = [[piece for column in same for piece in column] for same in zip(*shared, strict=True)]
        numbers = [pool.map(_put_back, column, [bases] * len(column)) for column in columns]
        found = [np.concatenate([np.zeros(0, np.int32), *column]) for column in numbers]
    return found, _joined(names)


def _share_all(
    pool: ThreadPoolExecutor, workers: int, batches: Iterator[Sequence[Any]]
) -> tuple[int, list[list[list[_Piece]]]]:
    """Share out texts into parts, if there are many: by batch, then by column."""
    first: list[Sequence[Any]] = []
    texts_seen = 0
    while texts_seen < MANY and (batch := next(batches, None)) is not None:
        first.append(batch)
        texts_seen += sum(len(column) for column in batch)
    bits = PARTS if texts_seen >= MANY else 0
    scratch: SimpleQueue[NDArray[np.uint64]] = SimpleQueue()
    for _ in range(workers):
        scratch.put(np.empty(PIECE, np.uint64))
    begun = [
        [[pool.submit(_share_out, *piece, bits, scratch) for piece in _pieces_of(column)] for column in batch]
        for batch in chain(first, batches)
    ]
    return bits, [[[piece.result() for piece in column] for column in batch] for batch in begun]


def _pieces_of(column: Any) -> Iterator[tuple[NDArray[Any], NDArray[np.uint8]]]:  # noqa: ANN401 (an Arrow column)
    """Offsets and bytes of some texts at a time."""
    import pyarrow as pa  # noqa: PLC0415 (heavy)

    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        wide = pa.types.is_large_string(chunk.type)
        _, offset_bytes, text_bytes = chunk.buffers()
        if not len(chunk):
            continue
        offsets = np.frombuffer(offset_bytes, np.int64 if wide else np.int32)
        offsets = offsets[chunk.offset : chunk.offset + len(chunk) + 1]
        data = np.frombuffer(text_bytes or b"", np.uint8)
        for begin in range(0, len(chunk), PIECE):
            yield offsets[begin : begin + PIECE + 1], data


def _share_out(
    offsets: NDArray[Any], data: NDArray[np.uint8], bits: int, scratch: SimpleQueue[NDArray[np.uint64]]
) -> _Piece:
    many, size = len(offsets) - 1, int(offsets[-1]) - int(offsets[0])
    piece = _Piece(
        np.empty((1 << bits) + 1, np.int64),
        np.empty(many, np.uint64),
        np.empty(many, np.int32),
        np.empty(many + 1, np.int32 if size < SHORT else np.int64),
        np.empty(size, np.uint8),
    )
    hashes = scratch.get()
    compiled(texts.share_out)(
        offsets, data, bits, hashes, piece.starts, piece.codes, piece.rows, piece.begins, piece.data
    )
    scratch.put(hashes)
    return piece


def _number_parts(pieces: Sequence[_Piece], first: int, last: int) -> Names:
    """Number the texts of some parts in all pieces: part by part, in order of first mention.

    Room for all texts as if no two were equal: memory that is not written to costs nothing.
    """
    rows = sum(int(piece.starts[last]) - int(piece.starts[first]) for piece in pieces)
    size = sum(int(piece.begins[piece.starts[last]] - piece.begins[piece.starts[first]]) for piece in pieces)
    begins, names = np.empty(rows + 1, np.int64), np.empty(size + rows, np.uint8)
    begins[0] = known = 0
    table = _zeros(texts.SLOT * SMALLEST)
    for part in range(first, last):
        table.fill(0)
        known, table = _number_part(pieces, part, table, begins, names, known)
    return Names(begins[: known + 1], names[: begins[known]])


def _number_part(  # noqa: PLR0913, PLR0917 (arrays)
    pieces: Sequence[_Piece],
    part: int,
    table: NDArray[np.uint64],
    begins: NDArray[np.int64],
    names: NDArray[np.uint8],
    known: int,
) -> tuple[int, NDArray[np.uint64]]:
    before = known
    for piece in pieces:
        at, last = int(piece.starts[part]), int(piece.starts[part + 1])
        while at < last:
            at, known = compiled(texts.number_texts)(
                piece.codes, piece.begins, piece.data, at, last,
                table, before, begins, names, known,
            )  # fmt: skip
            if at < last:
                wider = _zeros(2 * len(table))
                compiled(texts.grow)(table, wider)
                table = wider
    return known, table


def _put_back(piece: _Piece, bases: NDArray[np.int64]) -> NDArray[np.int32]:
    numbers = np.empty(len(piece.rows), np.int32)
    compiled(texts.put_back)(piece.starts, piece.rows, piece.codes, bases, numbers)
    return numbers


def _joined(names: Sequence[Names]) -> Names:
    """All names, one after the other."""
    shift = np.cumsum([0, *(int(each.begins[-1]) for each in names)])
    begins = [each.begins[:-1] + moved for each, moved in zip(names, shift[:-1], strict=True)]
    return Names(np.concatenate([*begins, shift[-1:]]), np.concatenate([each.data for each in names]))


def _zeros(length: int) -> NDArray[np.uint64]:
    """Zeros in large pages of memory, which ``np.zeros`` does not give."""
    array = np.empty(length, np.uint64)
    array.fill(0)
    return array


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
