"""BODS JSON lines into batches of columns, many times as fast as record by record, and the same.

Lines are read in blocks. What is a statement exactly as version 0.4 has it goes together with its neighbours
(:mod:`crosstie.formats.bods.together`); any other line goes by itself, in its turn (:mod:`crosstie.formats.bods.plain`).
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crosstie.formats.bods import dates, reading
from crosstie.formats.bods.handing import Columns, hand_over, take
from crosstie.formats.bods.plain import NotPlainError, Pile, check_ids, read_line
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
    pile = Pile(str(path))
    waiting: deque[Future[_Chunk]] = deque()
    with ThreadPoolExecutor(_AHEAD) as helpers:  # some chunks are parsed while one before is translated
        for block in line_blocks(path, count_lines):
            if isinstance(block, Problem):
                while waiting:
                    yield from _translated(path, waiting.popleft().result(), pile)
                yield block
                continue
            waiting.append(helpers.submit(_parsed, *block))
            if len(waiting) > _AHEAD:
                yield from _translated(path, waiting.popleft().result(), pile)
        while waiting:
            yield from _translated(path, waiting.popleft().result(), pile)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Lines from one number on; the statements among them that are standard, and which lines those are."""

    first: int
    lines: Lines
    table: pa.Table
    at: Numbers


def _parsed(first: int, text: bytes) -> _Chunk:
    lines = Lines.of(text)
    if _is_utf8(text):
        return _Chunk(first, lines, *parse(lines))
    fine = np.array([_is_utf8(lines.line(nth)) for nth in range(len(lines.begins))])
    table, at = parse(Lines(text, lines.begins[fine], lines.ends[fine]))
    return _Chunk(first, lines, table, np.flatnonzero(fine)[at])


def _is_utf8(text: bytes) -> bool:
    buffers = [None, pa.py_buffer(np.array([0, len(text)], np.int64)), pa.py_buffer(text)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _translated(path: Path, found: _Chunk, pile: Pile) -> Iterator[Item]:
    said = translate(found.table, pile)
    turn = _Turn(path, found.first, found.lines, found.at, said, np.zeros(len(found.at), np.bool_), pile)
    yield from _in_turn(turn)
    yield from hand_over(pile, _taken(turn))


@dataclass(frozen=True, slots=True)
class _Turn:
    """Lines in the order of the file, and the statements among them that were read together.

    ``at`` says which line each of these statements is, ``taken`` (filled as the turn goes on) which were taken.
    """

    path: Path
    first: int
    lines: Lines
    at: Numbers
    said: Statements
    taken: NDArray[np.bool_]
    pile: Pile

    def records(self, begin: int, end: int) -> tuple[int, list[str]]:
        """The records of the relationships among some statements, and the row of the first."""
        first, last = np.searchsorted(self.said.holdings.of, [begin, end])
        return int(first), self.said.records[first:last]


def _in_turn(turn: _Turn) -> Iterator[Source | Problem]:
    """Each line after what stands before it: plain stretches at once, the lines between them one by one."""
    single = np.ones(len(turn.lines.begins), np.bool_)
    single[turn.at] = ~turn.said.plain
    stops = np.flatnonzero(single)
    begins = np.searchsorted(turn.at, [0, *(stops + 1)])
    ends = np.searchsorted(turn.at, [*stops, len(turn.lines.begins)])
    for begin, end, stop in zip(begins, ends, [*stops, None], strict=True):
        yield from _stretch(turn, int(begin), int(end))
        if stop is not None:
            yield from _single(turn, int(stop))


def _single(turn: _Turn, line: int) -> Iterator[Source | Problem]:
    yield from read_line(turn.path, turn.first + line, turn.lines.line(line), turn.pile)


def _stretch(turn: _Turn, begin: int, end: int) -> Iterator[Source | Problem]:
    """Take these statements, unless one of them says again what was said."""
    if begin == end:
        return
    ids = turn.said.ids[begin:end]
    seen = turn.pile.memory.seen
    first, records = turn.records(begin, end)
    again = turn.pile.memory.said_of.keys() & records
    if len(set(ids)) == len(ids) and seen.isdisjoint(ids) and _can_replace(turn, again):
        seen.update(ids)
        turn.taken[begin:end] = True
        yield from _new_sources(turn, begin, end)
        _replace(turn, first, records, again)
    elif end == begin + 1:
        yield from _single(turn, int(turn.at[begin]))
    else:
        half = (begin + end) // 2
        yield from _stretch(turn, begin, half)
        yield from _stretch(turn, half, end)


def _new_sources(turn: _Turn, begin: int, end: int) -> Iterator[Source]:
    sources, memory = turn.said.sources, turn.pile.memory
    found, first = np.unique(turn.said.source[begin:end], return_index=True)
    for nth, number in sorted(zip(first, found, strict=True)):
        source = sources[number]
        if source is not None and source.id not in memory.sources:
            memory.sources.add(source.id)
            line = turn.first + int(turn.at[begin + nth])
            yield replace(source, where=Place(turn.pile.file, line))


def _can_replace(turn: _Turn, records: Iterable[str]) -> bool:
    """Whether what was said of these records has ids that can be kept."""
    try:
        for record in records:
            check_ids(*turn.pile.memory.said_of[record])
    except NotPlainError:
        return False
    return True


def _replace(turn: _Turn, first: int, records: list[str], again: AbstractSet[str]) -> None:
    """Retract what earlier statements of the same records said, and remember what is said now.

    ``again`` are the records of which something was said before these statements.
    """
    said, said_of = turn.said, turn.pile.memory.said_of
    ids = said.holdings.columns["id"][first : first + len(records)].to_pylist()
    now: list[tuple[StatementId, ...]] = list(zip(ids, strict=True))
    if len(set(records)) < len(records):
        again = {*again, *(record for record, count in Counter(records).items() if count > 1)}
    if again:
        for nth, record in enumerate(records):
            if record in again:
                _retract(turn, int(said.holdings.of[first + nth]), said_of.get(record, ()))
                said_of[record] = now[nth]
    said_of.update(zip(records, now, strict=True))


def _retract(turn: _Turn, row: int, statements: Iterable[StatementId]) -> None:
    """Put on the pile that a statement replaces these."""
    said = turn.said
    head = (
        turn.pile.days.of(said.days.text[row].as_py()),
        said.cited[said.source[row]],
        turn.first + int(turn.at[row]),
    )
    for n, replaced in enumerate(statements, 1):
        turn.pile.retractions.append((f"{said.ids[row]}#replaces-{n}", *head, replaced))


def _taken(turn: _Turn) -> dict[str, Columns]:
    """For each kind the lines and the columns of the statements that were taken."""
    texts = pa.array(turn.said.cited, pa.string())
    lines = turn.first + turn.at
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
