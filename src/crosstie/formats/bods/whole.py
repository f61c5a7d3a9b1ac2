"""A file of version 0.4 parsed by DuckDB as it streams by: the same as block by block, and sooner.

This is for files on disk that are not packed and say one statement a line. Where a line is none, or not one as the
standard has it, this ends before the lines it was with, and who asked reads on block by block.
"""

import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crosstie.formats.bods import dates, queried, reading
from crosstie.formats.bods.looking import FileLines, Looking
from crosstie.formats.bods.plain import Interests, NotPlainError, nobody, word
from crosstie.formats.bods.together import (
    DIRECT,
    KINDS_OF_PARTY,
    Numbers,
    Rows,
    Statements,
    are_ids,
    are_texts,
    by_value,
    distinct,
    flags,
    kind_of_party,
    statements,
    together,
)
from crosstie.formats.bods.typed import SourceSaid
from crosstie.formats.malformed import MALFORMED
from crosstie.ledger.batch import Dated
from crosstie.ledger.statements import Source
from crosstie.text.problem import NOWHERE

Flags = NDArray[np.bool_]
_SMALLEST = 4 * 2**20  # a smaller file is read sooner than a database is at hand
_LONGEST_FIRST = 2**20
_ROWS = 30_000
_AHEAD = 2
_GLOB = frozenset("*?[]{}")  # what a database takes for many files


class DisagreedError(Exception):
    """A row is not of the line that it should be of."""


def may_be(path: Path) -> bool:
    """Whether a file may be read so: one of fair size that is not packed and begins with a statement of 0.4."""
    if (
        not hasattr(os, "preadv")
        or _GLOB & set(str(path.absolute()))
        or not path.is_file()
        or path.stat().st_size < _SMALLEST
    ):
        return False
    with path.open("rb") as file:
        line = file.readline(_LONGEST_FIRST)
    return line.startswith(b"{") and b'"recordDetails"' in line


Some = tuple[FileLines, Statements | None]
T = TypeVar("T")


def read(path: Path) -> Iterator[Some]:
    """Some lines after the other and what they say, up to the first that cannot be read so; at the end of all nothing."""
    with (
        path.open("rb", buffering=0) as file,
        duckdb.connect() as connection,
        ThreadPoolExecutor(1) as parser,
        ThreadPoolExecutor(1) as translator,
    ):
        looking = Looking.through(file.fileno())
        yield from _ahead(_read(looking, _parsed(path, connection, parser)), translator)


def _ahead(found: Iterator[T], helper: ThreadPoolExecutor) -> Iterator[T]:
    """The same, some of them found by a helper before they are asked for."""
    waiting = deque(helper.submit(next, found, None) for _ in range(_AHEAD))
    while (one := waiting.popleft().result()) is not None:
        waiting.append(helper.submit(next, found, None))
        yield one


def _parsed(
    path: Path, connection: duckdb.DuckDBPyConnection, helper: ThreadPoolExecutor
) -> Iterator[pa.RecordBatch]:
    """The statements as DuckDB tells them. It has half of the processors: what is done with them takes as much."""
    for setting in (f"SET threads = {max(1, _processors() // 2)}", *queried.SETTINGS, *queried.MACROS):
        connection.execute(setting)
    told = connection.sql(queried.STATEMENTS, params=[str(path.absolute())])
    yield from _ahead(iter(told.to_arrow_reader(_ROWS)), helper)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read(looking: Looking, parsed: Iterator[pa.RecordBatch]) -> Iterator[Some]:
    try:
        for batch in parsed:
            lines = looking.next(batch.num_rows)
            _check(batch, lines)
            yield lines, _statements(batch, lines.odd)
        rest = looking.next(1)
        if not len(rest.begins):
            yield rest, None
    except _REFUSED:  # block by block it will be told what is wrong
        return


_REFUSED = (
    duckdb.Error,
    pa.ArrowException,
    OSError,
    DisagreedError,
    UnicodeDecodeError,  # of words about a line that are cut within a letter
)


def _check(batch: pa.RecordBatch, lines: FileLines) -> None:
    """Refuse rows that are not as many as the lines, or whose last is not of the last line."""
    if len(lines.begins) != batch.num_rows:
        raise DisagreedError
    fine = np.flatnonzero(~lines.odd & flags(batch["id"].is_valid()))[-1:]
    if any(
        json.loads(lines.line(row)).get("statementId") != json.loads(batch["id"][row].as_py())
        for row in fine.tolist()
    ):
        raise DisagreedError


_TEXTS = ("id", "record", "known_on", "true_on", "ends", "called", "belongs", "kind")
_OF_PARTIES = ("id", "record", "true_on", "called", "belongs", "kind", "listed", "unspecified")
_OF_HOLDINGS = ("id", "true_on", "ends", "called", "belongs", "kind", "listed", "unspecified", "closed")


def _statements(batch: pa.RecordBatch, odd: Flags) -> Statements:
    said, fine = {name: batch[name] for name in batch.schema.names}, {}
    for name in _TEXTS:
        said[name], fine[name] = _texts(said[name])
    days, plain = dates.dated(said["known_on"])
    source, sources, cited_well = _sources(said["source"], said["publisher"])
    plain &= fine["known_on"] & cited_well & ~(flags(said["odd"]) | odd)
    plain &= are_ids(said["id"]) & are_ids(said["record"])
    relates = flags(said["relates"])
    of = np.flatnonzero(plain & relates)
    holdings, interests, well = _holdings(_rows(said, _OF_HOLDINGS, of), of, dates.take(days, of))
    plain[of] &= well & (fine["true_on"] & fine["ends"] & fine["kind"])[of]
    of = np.flatnonzero(plain & (~relates | flags(said["unspecified"].is_valid())))
    parties, well = _parties(_rows(said, _OF_PARTIES, of), of)
    plain[of] &= well & (relates | fine["called"] & fine["belongs"] & fine["true_on"] & fine["kind"])[of]
    hashes = said["id_hash"].to_numpy(), said["record_hash"].to_numpy()
    names = said["id"], said["record"], hashes
    return statements(plain, names, days, (source, sources), (parties, holdings, interests))


def _rows(said: dict[str, pa.Array], names: Sequence[str], rows: Numbers) -> dict[str, pa.Array]:
    at = pa.array(rows)
    return {name: said[name].take(at) for name in names}


def _texts(written: pa.Array) -> tuple[pa.Array, Flags]:
    """What texts in JSON say, an empty one nothing; and where nothing else stands than texts."""
    are = pc.starts_with(written, '"')
    said = pc.ascii_trim(written, '"')  # within a text each has a backslash before it
    said = _where(pc.and_(are, pc.greater(pc.binary_length(said), 0)), said)
    fine = flags(pc.fill_null(are, True))
    data = written.buffers()[2]
    if data is None or not (np.frombuffer(data, np.uint8) == _BACKSLASH).any():
        return said, fine
    escaped = pc.fill_null(pc.and_(are, pc.match_substring(written, "\\")), False)
    texts = [_text(each) for each in written.filter(escaped).to_pylist()]
    fine[flags(escaped)] = [each is not None for each in texts]
    return pc.replace_with_mask(said, escaped, pa.array(texts, pa.string())), fine


def _where(there: pa.Array, texts: pa.Array) -> pa.Array:
    """The texts where it is so: the same bytes, of which some are passed over."""
    _, ends, data = texts.buffers()
    marks = pc.fill_null(there, False).buffers()[1]
    return pa.StringArray.from_buffers(len(texts), ends, data, marks)


def _text(written: str) -> str | None:
    """What a text in JSON says; nothing if it cannot be kept."""
    try:
        return str(_DECODE_TEXT(written))
    except msgspec.DecodeError:
        return None


_BACKSLASH = ord("\\")
_DECODE_TEXT = msgspec.json.Decoder(str).decode


def _sources(said: pa.Array, publishers: pa.Array) -> tuple[Numbers, list[Source | None], Flags]:
    """Which of the sources each cites, the sources (some are none), and which statements are plain in that."""
    number, first = together(distinct(said), distinct(publishers))
    at = pa.array(first)
    sources: list[Source | None] = []
    fine = np.ones(len(first), np.bool_)
    for nth, (text, publisher) in enumerate(
        zip(said.take(at).to_pylist(), publishers.take(at).to_pylist(), strict=True)
    ):
        try:
            sources.append(_source(text, publisher) if text else None)
        except (NotPlainError, *MALFORMED):
            sources.append(None)
            fine[nth] = False
    return number, sources, fine[number]


def _source(text: str, publisher: str | None) -> Source:
    said = _DECODE_SOURCE(text)
    kinds = said.type or ""
    words = said.description or "", word(publisher or ""), said.url or ""
    return reading.source_of(*words, kinds if isinstance(kinds, str) else ", ".join(kinds), NOWHERE)


_DECODE_SOURCE = msgspec.json.Decoder(SourceSaid).decode


def _parties(said: dict[str, pa.Array], of: Numbers) -> tuple[Rows, Flags]:
    """The parties, among them those of relationships that say why they name none."""
    since, fine = dates.dated(said["true_on"])
    type_ = by_value(said["kind"], kind_of_party)
    none = pa.nulls(len(of), pa.string())
    columns = {
        "id": said["id"],
        "true_on": since,
        "note": none,
        "party": said["record"],
        "name": said["called"],
        "type": pa.array(KINDS_OF_PARTY, pa.string()).take(pa.array(type_)),
        "jurisdiction": said["belongs"],
        "names": none,
        "identifiers": said["listed"],
    }
    unspecified = said["unspecified"]
    if unspecified.null_count < len(of):
        fine |= flags(unspecified.is_valid())  # since when a holding is held says nothing of its holder
        fine &= _unspecified(columns, unspecified)
    return Rows(of, columns), fine & are_texts(columns["name"]) & are_texts(columns["jurisdiction"])


def _unspecified(columns: dict[str, Any], written: pa.Array) -> Flags:
    """Put into the columns the parties that are not named, and say which rows are plain in that."""
    rows = written.is_valid()
    few = np.flatnonzero(flags(rows))
    found = written.drop_null().dictionary_encode()
    said = [nobody(each) for each in found.dictionary.to_pylist()]
    names, notes = (
        pa.array([each and each[at] for each in said], pa.string()).take(found.indices) for at in (0, 1)
    )
    ids = columns["id"].take(pa.array(few))
    put = {
        "id": pc.binary_join_element_wise(ids, _ROLE, "#"),
        "party": _nobody(ids),
        "name": names,
        "type": pa.repeat("unknown", len(few)),
    }
    columns |= {each: pc.if_else(rows, _at(few, new, len(rows)), columns[each]) for each, new in put.items()}
    columns |= {each: pc.if_else(rows, None, columns[each]) for each in ("jurisdiction", "identifiers")}
    columns |= {"note": _at(few, notes, len(rows)), "true_on": dates.without(columns["true_on"], rows)}
    fine = np.ones(len(rows), np.bool_)
    fine[few] = np.array([each is not None for each in said], np.bool_)[found.indices.to_numpy()]
    return fine


def _at(rows: Numbers, texts: pa.Array, count: int) -> pa.Array:
    """The texts at these of so many rows, nothing at the others."""
    which, there = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    which[rows], there[rows] = np.arange(len(rows)), True
    return texts.take(pa.array(which, mask=~there))


def _nobody(ids: pa.Array) -> pa.Array:
    """The ids of parties that are not named."""
    return pc.binary_join_element_wise("unspecified", ids, _ROLE, ":")


_ROLE = "interestedParty"


def _holdings(said: dict[str, pa.Array], of: Numbers, days: Dated) -> tuple[Rows, list[Interests], Flags]:
    issuer = said["belongs"]
    holder, unspecified = said["called"], said["unspecified"].is_valid()
    few = np.flatnonzero(flags(unspecified))
    if len(few):
        holder = pc.if_else(unspecified, _at(few, _nobody(said["id"].take(pa.array(few))), len(of)), holder)
    since, begins_well = dates.dated(said["true_on"])
    ends, ends_well = dates.dated(said["ends"])
    words = list(DIRECT)
    direct = by_value(said["kind"], lambda text: words.index(reading.direct_of(text)))
    listed = pc.fill_null(said["listed"], "").dictionary_encode()
    columns = {
        "id": pc.binary_join_element_wise(said["id"], "#1", ""),
        "true_on": since,
        "note": pa.nulls(len(of), pa.string()),
        "until": dates.until(ends, said["closed"], days),
        "holder": holder,
        "issuer": issuer,
        "amounts": np.asarray(listed.indices.to_numpy(), np.int64),
        "direct": pa.array(list(DIRECT.values()), pa.string()).take(pa.array(direct)),
    }
    fine = begins_well & ends_well & are_ids(holder) & are_ids(issuer)
    return Rows(of, columns), listed.dictionary.to_pylist(), fine
