"""Read big files line by line or record by record, compressed or not; a bad line is a problem, never fatal."""

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from crosstie.text.problem import CrosstieError, Place, Problem

_LONGEST_LINE = 64 * 2**20
_LARGEST_ARRAY = 2 * 2**30
_MOST_EXPANSION = 200  # a zip that claims more than this many times its size is taken for a bomb


class Record(NamedTuple):
    """One JSON object and where it stood."""

    where: Place
    value: dict[str, Any]


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file as bytes, through gzip, bzip2, xz or a zip with one member, told by its first bytes.

    Raises
    ------
    CrosstieError
        A zip with no or several members, or one that would expand beyond reason.
    """
    with path.open("rb") as probe:
        magic = probe.read(6)
    if magic[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if magic[:3] == b"BZh":
        return cast("IO[bytes]", bz2.open(path, "rb"))
    if magic == b"\xfd7zXZ\x00":
        return lzma.open(path, "rb")
    if magic[:4] == b"PK\x03\x04" and path.suffix.lower() != ".xlsx":
        return _open_zip(path)
    return path.open("rb")


def _open_zip(path: Path) -> IO[bytes]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise CrosstieError(f"{path}: not a whole zip file: {error}") from error
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) != 1:
        raise CrosstieError(f"{path}: a zip with {len(members)} files; unpack it and name the one to read")
    if members[0].file_size > _MOST_EXPANSION * max(members[0].compress_size, 1024):
        raise CrosstieError(
            f"{path}: {members[0].filename} would expand from {members[0].compress_size:,} to "
            f"{members[0].file_size:,} bytes, more than {_MOST_EXPANSION} times: not read"
        )
    return archive.open(members[0])


def lines(path: Path) -> Iterator[tuple[int, str] | Problem]:
    """Each line with its number, decoded; a line that is too long or no UTF-8 is a problem."""
    number = 0
    try:
        with open_bytes(path) as stream:
            while raw := stream.readline(_LONGEST_LINE):
                number += 1
                yield _decoded(path, number, raw, stream)
    except (EOFError, OSError, lzma.LZMAError, zipfile.BadZipFile, zlib_error()) as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        yield Problem(f"the file breaks off here: {error}", Place(str(path), number + 1), "truncated")


def zlib_error() -> type[Exception]:
    """The error of a damaged deflate stream."""
    import zlib  # noqa: PLC0415 (one name)

    return zlib.error


def _decoded(path: Path, number: int, raw: bytes, stream: IO[bytes]) -> tuple[int, str] | Problem:
    if len(raw) >= _LONGEST_LINE and not raw.endswith(b"\n"):
        while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        return Problem("line longer than 64 MB: skipped", Place(str(path), number), "too-long")
    try:
        return number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        return Problem(
            f"not UTF-8 at byte {error.start + 1} of the line: skipped", Place(str(path), number), "encoding"
        )


def json_records(path: Path) -> Iterator[Record | Problem]:
    """The objects of a JSON array or of JSON lines, told by the first character."""
    with open_bytes(path) as stream:
        start = stream.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"[":
        yield from _array(path)
        return
    for line in lines(path):
        if isinstance(line, Problem):
            yield line
        elif line[1].strip():
            yield _record(line[1], Place(str(path), line[0]))


def _array(path: Path) -> Iterator[Record | Problem]:
    with open_bytes(path) as stream:
        raw = stream.read(_LARGEST_ARRAY + 1)
    if len(raw) > _LARGEST_ARRAY:
        raise CrosstieError(f"{path}: a JSON array over 2 GB; convert it to JSON lines, one object a line")
    try:
        values = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        yield Problem(_why(error), Place(str(path), getattr(error, "lineno", 0)), "json")
        return
    for number, value in enumerate(values, 1):
        where = Place(f"{path}#{number}")
        if isinstance(value, dict):
            yield Record(where, value)
        else:
            yield Problem(f"not an object but {type(value).__name__}: skipped", where, "json")


def _record(text: str, where: Place) -> Record | Problem:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return Problem(f"{_why(error)}: skipped", where, "json")
    if not isinstance(value, dict):
        return Problem(f"not an object but {type(value).__name__}: skipped", where, "json")
    return Record(where, value)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply to be read"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start + 1}"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at column {error.colno}: {error.msg}"
    return f"not JSON: {error}"
