"""The lines of a file, and what a fast JSON parser passes over in silence: numbers that are none, commas before nothing.

DuckDB takes ``NaN`` and ``Infinity`` in any case for numbers, and a comma before a closing bracket for nothing. The lines
that may hold such a thing are told, so that they are read one by one; a line that only looks like it is read all the same.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from crosstie.formats.bods.plain import LONG, NotPlainError, check_bytes

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Tell = Callable[[Bytes, Flags], None]
_PIECE = 2**19  # what the processor's cache holds
_BEFORE = 3  # bytes of the piece before that are looked at again, so that a word may lie across
_SHORT = 20
_MUCH = 2**31  # so many bytes are worth loading a compiler for
_NEWLINE, _SPACE, _COMMA, _COLON, _OPEN, _CLOSE, _LOWER = np.frombuffer(b"\n ,:[}\x20", np.uint8)
_A, _F, _I, _N = np.frombuffer(b"afin", np.uint8)


@dataclass(frozen=True, slots=True)
class FileLines:
    """Some lines of a file, blank ones left out: where each begins and ends, and which have to be read one by one."""

    file: int
    begins: Numbers
    ends: Numbers
    numbers: Numbers
    odd: Flags

    def line(self, nth: int) -> bytes:
        """One line."""
        return os.pread(self.file, int(self.ends[nth] - self.begins[nth]), int(self.begins[nth]))


@dataclass(slots=True)
class Looking:
    """A file that is looked through from its beginning on, as far as is asked for.

    ``ends`` and ``suspicious`` are what has been found behind the last line told; ``begin`` and ``number`` are the next line's.
    """

    file: int
    pieces: Iterator[tuple[Numbers, Numbers]]
    ends: list[Numbers] = field(default_factory=list)
    suspicious: list[Numbers] = field(default_factory=list)
    begin: int = 0
    number: int = 1

    @classmethod
    def through(cls, file: int) -> "Looking":
        """Begin to look through an open file."""
        return cls(file, _pieces(file))

    def next(self, count: int) -> FileLines:
        """The next so many lines that are not blank; fewer at the end of the file."""
        found: list[FileLines] = []
        while count:
            some = self._some(count)
            if some is None:
                break
            found.append(some)
            count -= len(some.begins)
        return _together(self.file, found)

    def _some(self, most: int) -> FileLines | None:
        """Lines whose ends are known, at most so many; nothing at the end of the file."""
        while sum(map(len, self.ends)) < most:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.ends.append(piece[0])
            self.suspicious.append(piece[1])
        ends = np.concatenate([np.zeros(0, np.int64), *self.ends])
        if not len(ends):
            return None
        places = np.concatenate([np.zeros(0, np.int64), *self.suspicious])
        now, later = ends[:most], ends[most:]
        lines = self._lines(now, places)
        self.ends = [later] if len(later) else []
        self.suspicious = [places[places > now[-1]]]
        return lines

    def _lines(self, ends: Numbers, suspicious: Numbers) -> FileLines:
        begins = np.concatenate([[self.begin], ends[:-1] + 1])
        odd = np.zeros(len(ends), np.bool_)
        odd[np.searchsorted(ends, suspicious[suspicious < ends[-1]])] = True
        numbers = np.arange(self.number, self.number + len(ends))
        self.begin, self.number = int(ends[-1]) + 1, self.number + len(ends)
        lines = FileLines(self.file, begins, ends, numbers, odd)
        for nth in np.flatnonzero(ends - begins > LONG).tolist():
            odd[nth] = odd[nth] or not _is_ordinary(lines.line(nth))
        blank = [
            nth for nth in np.flatnonzero(ends - begins < _SHORT).tolist() if not lines.line(nth).strip()
        ]
        return lines if not blank else _chosen(lines, np.delete(np.arange(len(ends)), blank))


def _chosen(lines: FileLines, rows: Numbers) -> FileLines:
    return FileLines(lines.file, lines.begins[rows], lines.ends[rows], lines.numbers[rows], lines.odd[rows])


def _together(file: int, some: list[FileLines]) -> FileLines:
    if len(some) == 1:
        return some[0]
    none = np.zeros(0, np.int64)
    begins, ends, numbers = (
        np.concatenate([none, *(getattr(each, name) for each in some)])
        for name in ("begins", "ends", "numbers")
    )
    return FileLines(file, begins, ends, numbers, np.concatenate([none > 0, *(each.odd for each in some)]))


def _is_ordinary(line: bytes) -> bool:
    try:
        check_bytes(line)
    except (NotPlainError, UnicodeDecodeError):
        return False
    return True


def _pieces(file: int) -> Iterator[tuple[Numbers, Numbers]]:
    """Piece by piece where lines end and where something is suspicious; the end of the file ends a line."""
    held, told = np.full(_BEFORE + _PIECE, _NEWLINE, np.uint8), np.zeros(_PIECE, np.bool_)
    tell, start = _way_to_tell(os.fstat(file).st_size), 0
    while size := os.preadv(file, [held[_BEFORE:].data], start):
        piece = held[: _BEFORE + size]
        tell(piece, told[:size])
        places = np.flatnonzero(told[:size])
        are_ends = piece[_BEFORE:][places] == _NEWLINE
        yield places[are_ends] + start, places[~are_ends] + start
        held[:_BEFORE] = piece[-_BEFORE:].copy()
        start += size
    if start and held[_BEFORE - 1] != _NEWLINE:
        yield np.array([start]), np.zeros(0, np.int64)


def _way_to_tell(size: int) -> Tell:
    if size >= _MUCH:
        with suppress(ImportError, RuntimeError):  # no compiler, or no place for what it makes
            return _compiled()
    return _Arrays().tell


@cache
def _compiled() -> Tell:
    import numba  # noqa: PLC0415 (heavy)

    tell: Tell = numba.njit(cache=True, nogil=True)(_tell)
    return tell


def _tell(piece: Bytes, told: Flags) -> None:
    """Tell which bytes, after the few before them, end a line, close a bracket after a comma or space, or end ``nan`` or ``inf``.

    What ends such a word counts after what may stand before a number. There are no branches, so that a compiler looks at many
    bytes at once.
    """
    for at in range(len(told)):
        before, first, second, last = piece[at], piece[at + 1] | _LOWER, piece[at + 2], piece[at + 3]
        middle, lower = second | _LOWER, last | _LOWER
        closes = (lower == _CLOSE) & ((second == _COMMA) | (second <= _SPACE))
        nan = (first == _N) & (middle == _A) & (lower == _N)
        inf = (first == _I) & (middle == _N) & (lower == _F)
        word = (nan | inf) & ((before == _OPEN) | (before <= _COLON))
        told[at] = (last == _NEWLINE) | closes | word


class _Arrays:
    """The same array by array: it takes three times as long, and no compiler has to be loaded first."""

    def __init__(self) -> None:  # made once: memory is dear to get and give back
        self.lower = np.zeros(_BEFORE + _PIECE, np.uint8)
        self.flags = np.zeros((4, _PIECE + 2), np.bool_)

    def tell(self, piece: Bytes, told: Flags) -> None:
        lower = np.bitwise_or(piece, _LOWER, out=self.lower[: len(piece)])
        np.equal(piece[3:], _NEWLINE, out=told)
        told |= self._closing(piece[2:-1], lower[3:])
        a, f, i, n = (
            self._flags(np.equal, lower[1:], letter, nth) for nth, letter in enumerate((_A, _F, _I, _N))
        )
        nan, inf = a[1:-1], i[:-2]
        nan &= n[:-2]
        nan &= n[2:]
        inf &= n[1:-1]
        inf &= f[2:]
        if nan.any() or inf.any():  # looking for any is far sooner done than asking where
            nan |= inf
            nan &= self._flags(np.equal, piece[:-3], _OPEN, 1) | self._flags(
                np.less_equal, piece[:-3], _COLON, 3
            )
            told |= nan

    def _closing(self, before: Bytes, lower: Bytes) -> Flags:
        found, after = self._flags(np.equal, lower, _CLOSE, 0), self._flags(np.equal, before, _COMMA, 1)
        after |= self._flags(np.less_equal, before, _SPACE, 2)
        found &= after
        return found

    def _flags(self, test: Callable[..., Flags], held: Bytes, byte: int, nth: int) -> Flags:
        return test(held, byte, out=self.flags[nth, : len(held)])
