"""BODS statements exactly as version 0.4 has them, parsed many at once; which lines are none is told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.json
from numpy.typing import NDArray

from crosstie.formats.bods.plain import LONG, NotPlainError, check_bytes

_TEXT = pa.string()


def _object(*texts: str, **others: pa.DataType) -> pa.DataType:
    return pa.struct([*((name, _TEXT) for name in texts), *others.items()])


_SHARE = pa.struct(
    [(name, pa.float64()) for name in ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")]
)
_DETAILS = _object(
    "name",
    "foundingDate",
    "personType",
    "subject",
    "interestedParty",
    entityType=_object("type"),
    alternateNames=pa.list_(_TEXT),
    incorporatedInJurisdiction=_object("code"),
    jurisdiction=_object("code"),
    identifiers=pa.list_(_object("id", "scheme", "schemeName")),
    names=pa.list_(_object("fullName")),
    interests=pa.list_(
        _object("type", "directOrIndirect", "interestLevel", "startDate", "endDate", share=_SHARE)
    ),
    componentRecordIDs=pa.list_(_TEXT),
)
SCHEMA = pa.schema(
    [
        *(
            (name, _TEXT)
            for name in ("statementId", "recordId", "recordType", "recordStatus", "statementDate")
        ),
        ("recordDetails", _DETAILS),
        ("source", _object("description", "url", type=pa.list_(_TEXT))),
        ("annotations", pa.list_(_object("motivation"))),
        ("publicationDetails", pa.struct([("publisher", _object("name"))])),
    ]
)
Numbers = NDArray[np.int64]
_NEWLINE, _RETURN, _OPEN, _CLOSE = b"\n\r{}"
_ROW = re.compile(r"in row (\d+)\Z")
_FEW = 16
_PIECE = 2**18
_NOT_HERE = ((b"NaN", b"aN"), (b"Infinity", b"nfin"))  # Arrow takes them for numbers; and a part that is rare
_NO_PARTY = (b'"interestedParty":{', b'"interestedParty": {')  # one that is not specified: found faster so


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a text: where each begins and where it ends."""

    text: bytes
    begins: Numbers
    ends: Numbers

    @classmethod
    def of(cls, text: bytes) -> Self:
        """The lines of a text."""
        ends = np.append(_newlines(text), len(text))
        return cls(text, np.concatenate([[0], ends[:-1] + 1]), ends)

    def line(self, nth: int) -> bytes:
        """One line."""
        return self.text[self.begins[nth] : self.ends[nth]]


def count_lines(text: bytes) -> int:
    """How many lines end in a text."""
    return sum(int(np.count_nonzero(piece == _NEWLINE)) for _, piece in _pieces(text))


def _newlines(text: bytes) -> Numbers:
    """Where lines end."""
    found = [np.flatnonzero(piece == _NEWLINE) + start for start, piece in _pieces(text)]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _pieces(text: bytes) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The text in pieces that the processor keeps at hand: where each begins, and its bytes."""
    held = np.frombuffer(text, np.uint8)
    for start in range(0, len(held), _PIECE):
        yield start, held[start : start + _PIECE]


def parse(lines: Lines) -> tuple[pa.Table, Numbers]:
    """The statements among lines of valid UTF-8, and which lines they are.

    A line whose objects are several, or which is not one whole object of the standard's types, is not among them.
    """
    chosen = np.flatnonzero(_may_be(lines))
    found = list(_parsed(lines, chosen))
    at = np.concatenate([np.zeros(0, np.int64), *(rows for _, rows in found)])
    tables = [table for table, _ in found] or [SCHEMA.empty_table()]
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables), at


def _may_be(lines: Lines) -> NDArray[np.bool_]:
    """Which lines are whole objects by their first and last character, and have nothing that is read otherwise."""
    held = np.frombuffer(lines.text or b"\n", np.uint8)
    begins, ends = lines.begins, lines.ends
    ends = ends - ((ends > begins) & (held[ends - 1] == _RETURN))
    begun = held[np.minimum(begins, len(held) - 1)]
    fine: NDArray[np.bool_] = (ends > begins) & (begun == _OPEN) & (held[ends - 1] == _CLOSE)
    for word, part in _NOT_HERE:
        if _may_hold(lines.text, part):
            _strike(fine, begins, _places(lines.text, word))
    spaced = b'": ' in lines.text[:LONG]
    _strike(fine, begins, _places(lines.text, _NO_PARTY[spaced]))
    for nth in np.flatnonzero(fine & (ends - begins > LONG)):
        try:
            check_bytes(lines.line(int(nth)))
        except NotPlainError:
            fine[nth] = False
    return fine


def _strike(fine: NDArray[np.bool_], begins: Numbers, places: Numbers) -> None:
    """Mark the lines in which these places are; some may be in lines that were left out already."""
    lines = np.searchsorted(begins, places, side="right") - 1
    fine[lines[lines >= 0]] = False


def _may_hold(text: bytes, part: bytes) -> bool:
    """Whether two or four characters follow each other somewhere: many times as fast as looking for a word."""
    size = len(part)
    kind = np.dtype(f"u{size}")
    wanted = np.frombuffer(part, kind)[0]
    for shift in range(min(size, len(text))):
        held = np.frombuffer(text, kind, (len(text) - shift) // size, shift)
        if any(bool((held[at : at + _PIECE] == wanted).any()) for at in range(0, len(held), _PIECE)):
            return True
    return False


def _places(text: bytes, word: bytes) -> Numbers:
    """Where a word begins."""
    places = []
    place = text.find(word)
    while place >= 0:
        places.append(place)
        place = text.find(word, place + 1)
    return np.array(places, np.int64)


def _parsed(lines: Lines, chosen: Numbers) -> Iterator[tuple[pa.Table, Numbers]]:
    """The statements from one line that is none to the next."""
    while len(chosen):
        table, wrong = _table(_joined(lines, chosen))
        if table is not None and table.num_rows == len(chosen):
            yield table, chosen
            return
        if wrong is None or not 0 <= wrong < len(chosen):  # somewhere in it: look in each half
            if len(chosen) > _FEW:
                half = len(chosen) // 2
                yield from _parsed(lines, chosen[:half])
                yield from _parsed(lines, chosen[half:])
            return
        yield from _parsed(lines, chosen[:wrong])
        chosen = chosen[wrong + 1 :]


def _joined(lines: Lines, chosen: Numbers) -> bytes:
    """These lines as one text, stretches of neighbours at once."""
    if len(chosen) == len(lines.begins) and len(lines.text) - lines.ends[-1] <= 0 and lines.begins[0] == 0:
        return lines.text
    breaks = np.flatnonzero(np.diff(chosen) > 1)
    firsts, lasts = chosen[np.append(0, breaks + 1)], chosen[np.append(breaks, len(chosen) - 1)]
    begins, ends = lines.begins[firsts], lines.ends[lasts]
    return b"\n".join([lines.text[begin:end] for begin, end in zip(begins, ends, strict=True)])


def _table(text: bytes) -> tuple[pa.Table | None, int | None]:
    """The statements of a text, or the number of one that is wrong, if it is known."""
    try:
        table = pyarrow.json.read_json(
            pa.BufferReader(text),
            pyarrow.json.ReadOptions(use_threads=False, block_size=len(text) + 1),
            pyarrow.json.ParseOptions(explicit_schema=SCHEMA, unexpected_field_behavior="ignore"),
        )
    except pa.ArrowInvalid as error:
        found = _ROW.search(str(error))
        return None, int(found[1]) if found else None
    return table, None
