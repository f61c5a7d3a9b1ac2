"""Which ids and records may have been named before, by their hashes: a small part of the memory that the texts take.

What has not been named before is surely new, and most of a file is. Of what may have been named before the texts are
told to the exact :class:`~crosstie.formats.bods.reading.Memory`, and that decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crosstie.formats.bods.reading import Memory
from crosstie.formats.bods.together import Numbers, Statements, flags

Flags = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
_TOLD = -1  # what memory knows exactly
_FIRST_SIZE = 2**16
_AT_ONCE = 2**14  # more is slower: memory is dear to get


@dataclass(slots=True)
class _Table:
    """Hashes one after the other, each with a row, and where they are found again.

    ``places`` has one more than the number of a hash, or 0: at the place that the hash's first bits say, or after it.
    """

    hashes: Hashes = field(default_factory=lambda: np.zeros(_FIRST_SIZE // 2, np.uint64))
    rows: NDArray[np.int32] = field(default_factory=lambda: np.zeros(_FIRST_SIZE // 2, np.int32))
    places: NDArray[np.int32] = field(default_factory=lambda: np.zeros(_FIRST_SIZE, np.int32))
    count: int = 0

    def numbers(self, hashes: Hashes) -> Numbers:
        """The numbers of these; -1 where one is not there."""
        found, left = np.full(len(hashes), -1), np.arange(len(hashes))
        at = self._first(hashes)
        while len(left):
            there = self.places.take(at)
            further = np.flatnonzero(there)  # mostly few
            left, at, there = left[further], at[further], there[further] - 1
            same = self.hashes[there] == hashes[left]
            found[left[same]] = there[same]
            left, at = left[~same], (at[~same] + 1) & (len(self.places) - 1)
        return found

    def put(self, hashes: Hashes, rows: Numbers) -> None:
        """Put different hashes that are not there."""
        first, self.count = self.count, self.count + len(hashes)
        if self.count > len(self.hashes):
            size = 2 ** int(2 * self.count).bit_length()
            self.hashes, self.rows = (_lengthened(each, first, size) for each in (self.hashes, self.rows))
            self.places = np.zeros(2 * size, np.int32)
            for begin in range(0, first, _AT_ONCE):
                self._place(begin, min(begin + _AT_ONCE, first))
        self.hashes[first : self.count] = hashes
        self.rows[first : self.count] = rows
        self._place(first, self.count)

    def _place(self, first: int, last: int) -> None:
        numbers = np.arange(first + 1, last + 1, dtype=np.int32)
        at = self._first(self.hashes[first:last])
        while len(numbers):
            there = self.places.take(at)
            self.places[at] = np.where(there == 0, numbers, there)  # of several that meet here, one stays
            left = np.flatnonzero(self.places.take(at) != numbers)
            numbers, at = numbers[left], (at[left] + 1) & (len(self.places) - 1)

    def _first(self, hashes: Hashes) -> Numbers:
        return (hashes >> np.uint64(65 - len(self.places).bit_length())).astype(np.int64)


def _lengthened(array: NDArray[Any], count: int, size: int) -> NDArray[Any]:
    found = np.zeros(size, array.dtype)
    found[:count] = array[:count]
    return found


@dataclass(frozen=True, slots=True)
class _Kept:
    """The texts of some statements: their ids, and of those that are relationships which, and their records."""

    ids: pa.Array
    of: Numbers
    records: pa.Array


@dataclass(frozen=True, slots=True)
class Again:
    """What of some statements may have been named before: which by their id, and which relationships by their record."""

    rows: Numbers
    ids: list[str]
    relations: Numbers
    records: list[str]
    own: list[str]
    """The ids of the same statements as ``records``."""
    new: tuple["_New", "_New"] | None
    """The hashes of ids and of records that are to be remembered."""


@dataclass(frozen=True, slots=True)
class _New:
    """Hashes that were not known: of these rows, which have one each, and of rows that have the same."""

    rows: Numbers
    hashes: Hashes
    repeated: Hashes


@dataclass(slots=True)
class Recalled:
    """All that was named so far, as far as memory does not know it. ``blind`` when only memory can tell."""

    ids: _Table = field(default_factory=_Table)
    records: _Table = field(default_factory=_Table)
    kept: list[_Kept] = field(default_factory=list)
    first: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)])
    blind: bool = False

    def again(self, said: Statements, memory: Memory) -> Again:
        """What may have been named before, or twice among these; all of that is told to memory."""
        hashes = None if self.blind else _hashes(said)
        of = said.holdings.of
        if hashes is None:
            self._become_blind(memory)
            new, rows, relations = None, np.arange(len(said.ids)), of
        else:
            ids, rows = self._split(self.ids, hashes[0], memory)
            records, known = self._split(self.records, hashes[1], memory)
            relates = np.zeros(len(said.ids), np.bool_)
            relates[of] = True
            new, relations = (ids, records), known[relates[known]]
        at = pa.array(relations)
        texts = said.ids.take(pa.array(rows)), said.records.take(at), said.ids.take(at)
        one, other, third = (each.to_pylist() for each in texts)
        return Again(rows, one, relations, other, third, new)

    def remember(self, said: Statements, again: Again, taken: Flags) -> None:
        """Remember what was named, as ``again`` found it; the texts of what was taken are kept."""
        if again.new is None:
            return
        ids, records = again.new
        first, first_holding = self.first[-1]
        of = said.holdings.of
        self.ids.put(ids.hashes, np.where(taken[ids.rows], first + ids.rows, _TOLD))
        self.ids.put(ids.repeated, np.full(len(ids.repeated), _TOLD))
        holding = np.full(len(taken), _TOLD)
        holding[of] = np.where(taken[of], first_holding + np.arange(len(of)), _TOLD)
        self.records.put(records.hashes, holding[records.rows])
        self.records.put(records.repeated, np.full(len(records.repeated), _TOLD))
        self.kept.append(_Kept(said.ids, of, said.records.take(pa.array(of))))
        self.first.append((first + len(said.ids), first_holding + len(of)))

    def _split(self, table: _Table, hashes: Hashes, memory: Memory) -> tuple[_New, Numbers]:
        """What is not in a table, and the rows that are in it or have the same; memory is told what those are."""
        numbers = table.numbers(hashes)
        known = numbers >= 0
        self._tell(table, np.unique(numbers[known]), memory)
        new = ~known & (hashes != 0)
        repeated = _repeated(hashes[new])
        same = np.isin(hashes, repeated) & new if len(repeated) else np.zeros(len(hashes), np.bool_)
        once = np.flatnonzero(new & ~same)
        return _New(once, hashes[once], repeated), np.flatnonzero(known | same)

    def _tell(self, table: _Table, numbers: Numbers, memory: Memory) -> None:
        numbers = numbers[table.rows[numbers] != _TOLD]
        rows = table.rows[numbers].astype(np.int64)
        table.rows[numbers] = _TOLD
        if table is self.ids:
            memory.seen.update(*self._ids(rows))
        else:
            for own, records in self._holdings(rows):
                memory.said_of.update(zip(records, own, strict=True))

    def _ids(self, rows: Numbers) -> Iterator[list[str]]:
        for kept, at in self._by_chunk(rows, 0):
            yield kept.ids.take(pa.array(at)).to_pylist()

    def _holdings(self, rows: Numbers) -> Iterator[tuple[list[str], list[str]]]:
        for kept, at in self._by_chunk(rows, 1):
            own = kept.ids.take(pa.array(kept.of[at]))
            yield own.to_pylist(), kept.records.take(pa.array(at)).to_pylist()

    def _by_chunk(self, rows: Numbers, which: int) -> Iterator[tuple[_Kept, Numbers]]:
        """Rows by what was kept together, and where they are in it."""
        firsts = np.array([each[which] for each in self.first])
        rows = np.sort(rows)
        begins = np.searchsorted(rows, firsts)
        for nth in np.flatnonzero(np.diff(begins)).tolist():
            yield self.kept[nth], rows[begins[nth] : begins[nth + 1]] - firsts[nth]

    def _become_blind(self, memory: Memory) -> None:
        """Tell memory all there is, and keep nothing more."""
        for table in (self.ids, self.records):
            self._tell(table, np.arange(table.count), memory)
        self.ids, self.records, self.kept, self.first = _Table(), _Table(), [], [(0, 0)]
        self.blind = True


def _hashes(said: Statements) -> tuple[Hashes, Hashes] | None:
    """The hashes of ids and of the records that relationships have, 0 for none; nothing if some are not at hand.

    A statement that is read by itself may be a relationship, and only its two texts say what it will be known by.
    """
    if said.hashes is None:
        return None
    ids, records = (each.copy() for each in said.hashes)
    for each in (ids, records):
        each[each == 0] = 1
    there = flags(said.ids.is_valid()), flags(said.records.is_valid())
    if not (there[0] & there[1])[~said.plain].all():
        return None
    relates = ~said.plain
    relates[said.holdings.of] = True
    records[~relates] = 0
    return ids, records


def _repeated(hashes: Hashes) -> Hashes:
    """Those that are there more than once."""
    ordered = np.sort(hashes)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
