"""BODS JSON lines into batches of columns, many times as fast as record by record, and the same.

A large file on disk is parsed by DuckDB as it streams by (:mod:`crosstie.formats.bods.whole`), any other is read in
blocks of lines. What is a statement exactly as version 0.4 has it goes together with its neighbours
(:mod:`crosstie.formats.bods.together`); any other line goes by itself, in its turn (:mod:`crosstie.formats.bods.plain`).
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crosstie.formats.bods import dates, reading, whole
from crosstie.formats.bods.handing import Columns, hand_over, take
from crosstie.formats.bods.looking import FileLines
from crosstie.formats.bods.plain import NotPlainError, Pile, check_ids, read_line
from crosstie.formats.bods.recalled import Again, Recalled
from crosstie.formats.bods.standard import Lines, count_lines, parse
from crosstie.formats.bods.together import Numbers, Statements, translate
from crosstie.formats.streams import is_array, line_blocks
from crosstie.ledger.batch import Batch
from crosstie.ledger.statements import Source, StatementId
from crosstie.text.problem import Place, Problem

Item = reading.Item | Batch

_AHEAD = 2


def read(path: Path) -> Iterator[Item]:
    """The statements of a BODS file in batches, its sources and problems one by one."""
    if is_array(path):
        yield from reading.read(path)
        return
    file = _File(path, Pile(str(path)), Recalled())
    done = (yield from _as_a_whole(file)) if whole.may_be(path) else 0
    if done is not None:
        yield from _in_blocks(file, done)


@dataclass(frozen=True, slots=True)
class _File:
    """A file while it is read, what is not yet handed over of it, and what it named so far."""

    path: Path
    pile: Pile
    recalled: Recalled


def _as_a_whole(file: _File) -> Generator[Item, None, int | None]:
    """As much of the file as can be read so; the number of the last line taken, or nothing if it is all taken."""
    done = 0
    for lines, said in whole.read(file.path):
        if said is None:
            return None
        yield from _taken_in(file, _Chunk(lines.numbers, lines, said, np.arange(len(lines.begins))))
        done = int(lines.numbers[-1])
    return done


def _in_blocks(file: _File, done: int) -> Iterator[Item]:
    """The lines after these, block by block."""
    waiting: deque[Future[_Chunk]] = deque()
    with ThreadPoolExecutor(_AHEAD) as helpers:  # some chunks are read while one before is taken
        for block in _lines_after(file.path, done):
            if isinstance(block, Problem):
                while waiting:
                    yield from _taken_in(file, waiting.popleft().result())
                yield block
                continue
            waiting.append(helpers.submit(_read, *block))
            if len(waiting) > _AHEAD:
                yield from _taken_in(file, waiting.popleft().result())
        while waiting:
            yield from _taken_in(file, waiting.popleft().result())


def _lines_after(path: Path, done: int) -> Iterator[tuple[int, bytes] | Problem]:
    """Whole lines, many at once, from the one after this number on."""
    for block in line_blocks(path, count_lines):
        if isinstance(block, Problem):
            if block.where.line > done:
                yield block
            continue
        number, text = block
        passed = done - number + 1
        if passed <= 0:
            yield block
        elif len(rest := text.split(b"\n", passed)) > passed:
            yield number + passed, rest[-1]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Lines and their numbers; what the standard statements among them say, and which lines those are."""

    numbers: Numbers
    lines: Lines | FileLines
    said: Statements
    at: Numbers


def _read(first: int, text: bytes) -> _Chunk:
    lines = Lines.of(text)
    if _is_utf8(text):
        table, at = parse(lines)
    else:
        fine = np.array([_is_utf8(lines.line(nth)) for nth in range(len(lines.begins))])
        table, at = parse(Lines(text, lines.begins[fine], lines.ends[fine]))
        at = np.flatnonzero(fine)[at]
    return _Chunk(np.arange(first, first + len(lines.begins)), lines, translate(table), at)


def _is_utf8(text: bytes) -> bool:
    buffers = [None, pa.py_buffer(np.array([0, len(text)], np.int64)), pa.py_buffer(text)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _taken_in(file: _File, found: _Chunk) -> Iterator[Item]:
    said = found.said.settled(file.pile.amounts)
    again = file.recalled.again(said, file.pile.memory)
    turn = _Turn(file, found, said, again, np.zeros(len(found.at), np.bool_))
    yield from _in_turn(turn)
    file.recalled.remember(said, again, turn.taken)
    yield from hand_over(file.pile, _taken(turn))


@dataclass(frozen=True, slots=True)
class _Turn:
    """Lines in the order of the file, and the statements among them that were read together.

    ``said`` is what these say when it is settled, ``again`` what of it may have been named before, ``taken`` (filled as
    the turn goes on) which were taken.
    """

    file: _File
    chunk: _Chunk
    said: Statements
    again: Again
    taken: NDArray[np.bool_]

    def ids(self, begin: int, end: int) -> list[str]:
        """The ids among those of some statements that may have been named before."""
        first, last = np.searchsorted(self.again.rows, [begin, end])
        return self.again.ids[first:last]

    def records(self, begin: int, end: int) -> slice:
        """Which records that may have been named before are of some statements."""
        first, last = np.searchsorted(self.again.relations, [begin, end])
        return slice(int(first), int(last))


def _in_turn(turn: _Turn) -> Iterator[Source | Problem]:
    """Each line after what stands before it: plain stretches at once, the lines between them one by one."""
    single = np.ones(len(turn.chunk.lines.begins), np.bool_)
    single[turn.chunk.at] = ~turn.said.plain
    stops = np.flatnonzero(single)
    begins = np.searchsorted(turn.chunk.at, [0, *(stops + 1)])
    ends = np.searchsorted(turn.chunk.at, [*stops, len(turn.chunk.lines.begins)])
    for begin, end, stop in zip(begins, ends, [*stops, None], strict=True):
        yield from _stretch(turn, int(begin), int(end))
        if stop is not None:
            yield from _single(turn, int(stop))


def _single(turn: _Turn, line: int) -> Iterator[Source | Problem]:
    yield from read_line(
        turn.file.path, int(turn.chunk.numbers[line]), turn.chunk.lines.line(line), turn.file.pile
    )


def _stretch(turn: _Turn, begin: int, end: int) -> Iterator[Source | Problem]:
    """Take these statements, unless one of them says again what was said."""
    if begin == end:
        return
    ids, some = turn.ids(begin, end), turn.records(begin, end)
    memory, records = turn.file.pile.memory, turn.again.records[some]
    different, said_before = set(ids), memory.said_of.keys() & set(records)
    if len(different) == len(ids) and memory.seen.isdisjoint(different) and _can_replace(memory, said_before):
        memory.seen |= different
        turn.taken[begin:end] = True
        yield from _new_sources(turn, begin, end)
        _replace(turn, some)
    elif end == begin + 1:
        yield from _single(turn, int(turn.chunk.at[begin]))
    else:
        half = (begin + end) // 2
        yield from _stretch(turn, begin, half)
        yield from _stretch(turn, half, end)


def _new_sources(turn: _Turn, begin: int, end: int) -> Iterator[Source]:
    sources, known = turn.said.sources, turn.file.pile.memory.sources
    if all(source is None or source.id in known for source in sources):
        return
    found, first = np.unique(turn.said.source[begin:end], return_index=True)
    for nth, number in sorted(zip(first, found, strict=True)):
        source = sources[number]
        if source is not None and source.id not in known:
            known.add(source.id)
            line = int(turn.chunk.numbers[turn.chunk.at[begin + nth]])
            yield replace(source, where=Place(turn.file.pile.file, line))


def _can_replace(memory: reading.Memory, records: Iterable[str]) -> bool:
    """Whether what was said of these records has ids that can be kept."""
    try:
        for record in records:
            check_ids(*memory.holdings_of(record))
    except NotPlainError:
        return False
    return True


def _replace(turn: _Turn, some: slice) -> None:
    """Retract what earlier statements of the same records said, and remember what is said now."""
    memory, again, replaced = turn.file.pile.memory, turn.again, []
    rows = again.relations[some].tolist()
    for row, record, identity in zip(rows, again.records[some], again.own[some], strict=True):
        if record in memory.said_of:
            replaced.append((row, identity, memory.holdings_of(record)))
        memory.said_of[record] = identity
    if replaced:
        _retract(turn, replaced)


def _retract(turn: _Turn, replaced: list[tuple[int, str, tuple[StatementId, ...]]]) -> None:
    """Put on the pile that statements, by their row and id, replace others."""
    said, pile = turn.said, turn.file.pile
    rows = np.array([row for row, _, _ in replaced], np.int64)
    days = said.days.text.take(pa.array(rows)).to_pylist()
    heads = zip(
        days, said.source[rows].tolist(), turn.chunk.numbers[turn.chunk.at[rows]].tolist(), strict=True
    )
    for (_, identity, statements), (day, source, line) in zip(replaced, heads, strict=True):
        code = pile.days.of(day)
        for n, one in enumerate(statements, 1):
            pile.retractions.append((f"{identity}#replaces-{n}", code, said.cited[source], line, one))


def _taken(turn: _Turn) -> dict[str, Columns]:
    """For each kind the lines and the columns of the statements that were taken."""
    texts = pa.array(turn.said.cited, pa.string())
    lines = turn.chunk.numbers[turn.chunk.at]
    found = {}
    for kind, rows in (("entity", turn.said.parties), ("holding", turn.said.holdings)):
        which = np.flatnonzero(turn.taken[rows.of])
        if len(which):
            of = rows.of[which]
            all_of_it = len(which) == len(rows.of)
            columns = {
                name: column if all_of_it else take(column, which) for name, column in rows.columns.items()
            }
            columns["known_on"] = dates.take(turn.said.days, of)
            columns["sources"] = texts.take(pa.array(turn.said.source[of]))
            found[kind] = lines[of], columns
    return found
