"""Text ids to numbers and back: from a register's columns to flat arrays."""

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
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
"""Bits of a hash that name a part: at most eight."""
PIECE = 1 << 20
"""Rows that are shared out at once."""
BACKLOG = 3
"""Pieces that may wait to be shared out: more would only fill memory."""
BLOCK = 1 << 26
"""Bytes of memory asked for at once: much of it comes in large pages, which is quicker than many small ones."""
SHORT = 1 << 31
"""Bytes of a piece that four bytes can count."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Texts side by side in UTF-8: text *n* is ``data[begins[n]:begins[n+1]]``."""

    begins: NDArray[np.int64]
    data: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.begins) - 1


@dataclass(frozen=True, slots=True)
class Names:
    """Every text once, on several shelves: those of shelf *s* have the numbers from ``firsts[s]`` on."""

    firsts: tuple[int, ...]
    shelves: tuple[Shelf, ...]

    def __len__(self) -> int:
        return self.firsts[-1]

    def __getitem__(self, number: int) -> str:
        at = number + len(self) if number < 0 else number
        if not 0 <= at < len(self):
            raise IndexError(number)
        which = bisect_right(self.firsts, at) - 1
        shelf, nth = self.shelves[which], at - self.firsts[which]
        return shelf.data[shelf.begins[nth] : shelf.begins[nth + 1]].tobytes().decode()


@dataclass(slots=True)
class Room:
    """Memory for many arrays, block by block."""

    blocks: list[NDArray[np.uint8]] = field(default_factory=list)
    nth: int = 0
    used: int = 0

    def take(self, many: int, kind: type) -> Any:  # noqa: ANN401 (an array of that kind)
        """An array with whatever there was before."""
        size = many * np.dtype(kind).itemsize
        while self.nth < len(self.blocks) and self.used + size > len(self.blocks[self.nth]):
            self.nth, self.used = self.nth + 1, 0
        if self.nth == len(self.blocks):
            self.blocks.append(np.empty(max(BLOCK, size), np.uint8))
        begin = self.used
        self.used += -(-size // 64) * 64
        return self.blocks[self.nth][begin : begin + size].view(kind)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a column, sorted by part; row *i* is of part ``parts[i]``. Hashes, ``codes``, become numbers."""

    starts: NDArray[np.int64]
    parts: NDArray[np.uint8]
    codes: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of a piece, sorted by part: let go once they are numbered."""

    piece: Piece
    begins: NDArray[np.integer]
    data: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Numbered:
    """Columns in pieces, whose numbers count from ``bases`` by part; workers do the parts between two ``cuts``.

    ``room`` is what the texts left: memory that was used once costs less than new one.
    """

    columns: tuple[tuple[Piece, ...], ...]
    bases: NDArray[np.int64]
    cuts: tuple[int, ...]
    names: Names
    room: Room


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
    with worker_pool() as pool:
        found = number_pieces(pool, batches)
        numbers = [list(pool.map(partial(_put_back, found.bases), column)) for column in found.columns]
    return [np.concatenate([np.zeros(0, np.int32), *column]) for column in numbers], found.names


def worker_pool() -> ThreadPoolExecutor:
    """A thread for each processor: kernels run beside each other."""
    return ThreadPoolExecutor(os.cpu_count() or 1)


def number_pieces(pool: ThreadPoolExecutor, batches: Iterable[Sequence[Any]]) -> Numbered:
    """Number texts, but leave them shared out."""
    workers = os.cpu_count() or 1
    room = Room()
    bits, shared = _share_all(pool, workers, iter(batches), room)
    columns = tuple(tuple(each.piece for each in column) for column in zip(*shared, strict=True))
    pieces = [each for rows in shared for each in rows]
    cuts = tuple(worker * (1 << bits) // workers for worker in range(workers + 1))
    shelves = tuple(pool.map(partial(_number_parts, pieces), cuts[:-1], cuts[1:]))
    firsts = np.cumsum([0, *(len(shelf) for shelf in shelves)])
    bases = np.repeat(firsts[:-1], np.diff(cuts))
    return Numbered(columns, bases, cuts, Names(tuple(firsts.tolist()), shelves), Room(room.blocks))


def _share_all(
    pool: ThreadPoolExecutor, workers: int, batches: Iterator[Sequence[Any]], let_go: Room
) -> tuple[int, list[list[_Texts]]]:
    """Share out texts into parts, if there are many: rows by rows, one piece a column."""
    first: list[Sequence[Any]] = []
    texts_seen = 0
    while texts_seen < MANY and (batch := next(batches, None)) is not None:
        first.append(batch)
        texts_seen += sum(len(column) for column in batch)
    bits = PARTS if texts_seen >= MANY else 0
    scratch: SimpleQueue[NDArray[np.uint32]] = SimpleQueue()
    for _ in range(workers):
        scratch.put(np.empty(PIECE, np.uint32))
    kept = Room()
    begun: list[list[Future[_Texts]]] = []
    for rows in (rows for batch in chain(first, batches) for rows in some_rows(batch)):
        if len(begun) >= BACKLOG:
            wait(begun[-BACKLOG])
        made = [_room_for(*_text_buffers(column), bits, kept, let_go) for column in rows]
        begun.append([pool.submit(_share_out, *each, bits, scratch) for each in made])
    return bits, [[piece.result() for piece in rows] for rows in begun]


def some_rows(batch: Sequence[Any]) -> Iterator[list[Any]]:
    """Some rows of several columns at a time."""
    for begin in range(0, max(len(batch[0]), 1), PIECE):
        yield [column[begin : begin + PIECE] for column in batch]


def _text_buffers(column: Any) -> tuple[NDArray[Any], NDArray[np.uint8]]:  # noqa: ANN401 (an Arrow column)
    """Offsets and bytes of the texts of a column."""
    import pyarrow as pa  # noqa: PLC0415 (heavy)

    if not len(column):
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = column.cast(pa.large_string())
    _, offset_bytes, text_bytes = column.buffers()
    offsets = np.frombuffer(offset_bytes, np.int64 if pa.types.is_large_string(column.type) else np.int32)
    return offsets[column.offset : column.offset + len(column) + 1], np.frombuffer(
        text_bytes or b"", np.uint8
    )


def _room_for(
    offsets: NDArray[Any], data: NDArray[np.uint8], bits: int, kept: Room, let_go: Room
) -> tuple[NDArray[Any], NDArray[np.uint8], _Texts]:
    many, size = len(offsets) - 1, int(offsets[-1]) - int(offsets[0])
    piece = Piece(np.empty((1 << bits) + 1, np.int64), kept.take(many, np.uint8), kept.take(many, np.uint32))
    begins = let_go.take(many + 1, np.int32 if size < SHORT else np.int64)
    return offsets, data, _Texts(piece, begins, let_go.take(size, np.uint8))


def _share_out(
    offsets: NDArray[Any],
    data: NDArray[np.uint8],
    found: _Texts,
    bits: int,
    scratch: SimpleQueue[NDArray[np.uint32]],
) -> _Texts:
    hashes, piece = scratch.get(), found.piece
    compiled(texts.share_out)(
        offsets, data, bits, hashes, piece.starts, piece.parts, piece.codes, found.begins, found.data
    )
    scratch.put(hashes)
    return found


def _number_parts(pieces: Sequence[_Texts], first: int, last: int) -> Shelf:
    """Number the texts of some parts in all pieces: part by part, in order of first mention.

    Room for all texts as if no two were equal: memory that is not written to costs nothing.
    """
    ends = [(each, each.piece.starts[first], each.piece.starts[last]) for each in pieces]
    rows = sum(int(end - begin) for _, begin, end in ends)
    size = sum(int(each.begins[end] - each.begins[begin]) for each, begin, end in ends)
    begins, names = np.empty(rows + 1, np.int64), np.empty(size, np.uint8)
    begins[0] = known = 0
    table = _zeros(texts.SLOT * SMALLEST)
    for part in range(first, last):
        table.fill(0)
        known, table = _number_part(pieces, part, table, begins, names, known)
    return Shelf(begins[: known + 1], names[: begins[known]])


def _number_part(  # noqa: PLR0913, PLR0917 (arrays)
    pieces: Sequence[_Texts],
    part: int,
    table: NDArray[np.uint64],
    begins: NDArray[np.int64],
    names: NDArray[np.uint8],
    known: int,
) -> tuple[int, NDArray[np.uint64]]:
    before = known
    for each in pieces:
        at, last = int(each.piece.starts[part]), int(each.piece.starts[part + 1])
        while at < last:
            at, known = compiled(texts.number_texts)(
                each.piece.codes, each.begins, each.data, at, last,
                table, before, begins, names, known,
            )  # fmt: skip
            if at < last:
                wider = _zeros(2 * len(table))
                compiled(texts.grow)(table, wider)
                table = wider
    return known, table


def _put_back(bases: NDArray[np.int64], piece: Piece) -> NDArray[np.int32]:
    numbers = np.empty(len(piece.parts), np.int32)
    compiled(texts.put_back)(piece.starts, piece.parts, piece.codes, bases, numbers)
    return numbers


def _zeros(length: int) -> NDArray[np.uint64]:
    """Zeros in large pages of memory, which ``np.zeros`` does not give."""
    array = np.empty(length, np.uint64)
    array.fill(0)
    return array
