"""Read big files line by line or record by record, compressed or not; a bad line is a problem, never fatal."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from crosstie.formats.malformed import reason
from crosstie.text.inputs import ordinary
from crosstie.text.problem import CrosstieError, Place, Problem, cited

_LONGEST_LINE = 16 * 2**20
_CHUNK = 2**20
_BLOCK = 16 * 2**20
_ALWAYS = 2**28
_MOST_EXPANSION = 200
_TOO_LONG = f"longer than {_LONGEST_LINE // 2**20} MB"


class Record(NamedTuple):
    """One JSON object and where it stood."""

    where: Place
    value: dict[str, Any]


class BrokenOffError(CrosstieError):
    """A compressed file that cannot be unpacked to its end."""


def most_unpacked(packed: int) -> int:
    """How many bytes a file of so many may unpack to: 256 MB, or 200 times its size if that is more.

    >>> most_unpacked(1_000) == 2**28, most_unpacked(2**30) == 200 * 2**30
    (True, True)
    """
    return max(_ALWAYS, _MOST_EXPANSION * packed)


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file as bytes, through gzip, bzip2, xz or a zip with one member, told by its first bytes.

    What is unpacked is counted as it comes, because a header can lie.

    Raises
    ------
    CrosstieError
        No ordinary file, a zip with no or several members, or (from the stream) one that unpacks beyond reason.
    BrokenOffError
        From the stream: it cannot be unpacked to its end.
    """
    with ordinary(path).open("rb") as probe:
        magic = probe.read(6)
    packed = _unpacking(path, magic)
    if packed is None:
        return path.open("rb")
    return io.BufferedReader(_Unpacked(path, packed), 2**16)


def _unpacking(path: Path, magic: bytes) -> IO[bytes] | None:
    if magic[:2] == b"\x1f\x8b":
        import gzip  # noqa: PLC0415 (most files are not compressed)

        return cast("IO[bytes]", gzip.open(path, "rb"))
    if magic[:3] == b"BZh":
        import bz2  # noqa: PLC0415 (as above)

        return cast("IO[bytes]", bz2.open(path, "rb"))
    if magic == b"\xfd7zXZ\x00":
        import lzma  # noqa: PLC0415 (as above)

        return lzma.open(path, "rb")
    return _open_zip(path) if magic[:4] == b"PK\x03\x04" else None


def _open_zip(path: Path) -> IO[bytes]:
    import zipfile  # noqa: PLC0415 (as above)

    try:
        archive = zipfile.ZipFile(path)
        members = [info for info in archive.infolist() if not info.is_dir()]
        if len(members) != 1:
            raise CrosstieError(
                f"{path}: a zip with {len(members):,} files; unpack it and name the one to read"
            )
        most = most_unpacked(path.stat().st_size)
        if members[0].file_size > most:
            raise CrosstieError(
                f"{path}: {cited(members[0].filename)} would expand to {members[0].file_size:,} bytes, more "
                f"than {_MOST_EXPANSION} times its size: not read; unpack it yourself if you trust it"
            )
        return archive.open(members[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise CrosstieError(f"{path}: not a zip that can be read: {_of_zip(error)}") from error


class _Unpacked(io.RawIOBase):
    """The bytes of a compressed file: counted, and every way in which it can be broken told as one."""

    def __init__(self, path: Path, packed: IO[bytes]) -> None:
        self.path, self.packed, self.count = path, packed, 0
        self.most = most_unpacked(path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (whatever takes bytes)
        found = self._read(len(buffer))
        self.count += len(found)
        if self.count > self.most:
            raise CrosstieError(
                f"{self.path}: expands to over {self.most:,} bytes, more than {_MOST_EXPANSION} times its size: not read; "
                "unpack it yourself if you trust it"
            )
        buffer[: len(found)] = found
        return len(found)

    def _read(self, size: int) -> bytes:
        import lzma  # noqa: PLC0415 (for its error)
        import zipfile  # noqa: PLC0415 (as above)
        import zlib  # noqa: PLC0415 (as above)

        try:
            return bytes(self.packed.read1(size))  # type: ignore[attr-defined]  # little, so that little is lost
        except (
            EOFError,
            OSError,
            ValueError,
            lzma.LZMAError,
            zlib.error,
            zipfile.BadZipFile,
            NotImplementedError,
        ) as error:
            raise BrokenOffError(f"{self.path}: cannot be unpacked to its end: {reason(error)}") from error

    def close(self) -> None:
        self.packed.close()
        super().close()


def _of_zip(error: Exception) -> str:
    import zipfile  # noqa: PLC0415 (rarely needed)

    if isinstance(error, zipfile.BadZipFile):
        return "cut off or spoilt; get it again"
    return (
        str(error) if isinstance(error, RuntimeError) else reason(error)
    )  # encrypted, or packed in an unknown way


def read_all(path: Path, most: int, what: str) -> bytes:
    """All of a file, unpacked, if that is no more than ``most`` bytes.

    Raises
    ------
    CrosstieError
        It cannot be read whole, or is larger; ``what`` says what never is.
    """
    with open_bytes(path) as stream:
        raw = stream.read(most + 1)
    if len(raw) > most:
        raise CrosstieError(f"{path}: over {most // 2**20:,} MB, larger than any {what}: not read")
    return raw


def line_blocks(
    path: Path, count: Callable[[bytes], int] = lambda text: text.count(b"\n")
) -> Iterator[tuple[int, bytes] | Problem]:
    """Whole lines, many at once: the number of the first, and their bytes without the last one's end.

    A line that is too long is a problem. Whoever can count ends of lines faster says how.

    Raises
    ------
    CrosstieError
        No ordinary file, one that unpacks beyond reason, or one in UTF-16 or UTF-32.
    """
    number, held, size = 1, [b""], 0
    try:
        with open_bytes(path) as stream:
            while block := stream.read1(_CHUNK):  # type: ignore[attr-defined]  # what there is: little is lost
                if number == 1 and not size:
                    _refuse_wide(path, block)
                held.append(block)
                size += len(block)
                if size >= _BLOCK:
                    text, whole, rest = _whole_lines(held)
                    if whole:
                        yield from _without_long(path, number, text)
                        number += count(text) + 1
                    elif size >= _LONGEST_LINE:
                        yield _too_long(path, number)
                        rest = _after_line(stream)
                        number += 1
                    held, size = [rest], len(rest)
    except BrokenOffError as error:
        text, end, _ = b"".join(held).rpartition(b"\n")
        if end:
            yield from _without_long(path, number, text)
            number += count(text) + 1
        yield Problem(
            f"the file breaks off here: {_without(path, error)}", Place(str(path), number), "truncated"
        )
        return
    if text := b"".join(held).removesuffix(b"\n"):
        yield from _without_long(path, number, text)


def _whole_lines(held: list[bytes]) -> tuple[bytes, bool, bytes]:
    """The lines in these pieces without the last one's end, whether there is one, and what stands after it."""
    for nth in range(len(held) - 1, -1, -1):
        at = held[nth].rfind(b"\n")
        if at >= 0:
            text = b"".join([*held[:nth], memoryview(held[nth])[:at]])
            return text, True, b"".join([held[nth][at + 1 :], *held[nth + 1 :]])
    return b"", False, b"".join(held)


def _after_line(stream: IO[bytes]) -> bytes:
    """What was read beyond the end of a line that is passed over."""
    while block := stream.read1(_CHUNK):  # type: ignore[attr-defined]  # as above
        _, end, rest = block.partition(b"\n")
        if end:
            return bytes(rest)
    return b""


def _without_long(path: Path, number: int, text: bytes) -> Iterator[tuple[int, bytes] | Problem]:
    """Lines, but for those that are too long."""
    begin = at = 0
    while len(text) - at >= _LONGEST_LINE:
        end = text.rfind(b"\n", at, at + _LONGEST_LINE)
        if end >= 0:
            at = end + 1
            continue
        if at > begin:
            yield number, text[begin : at - 1]
            number += text.count(b"\n", begin, at)
        yield _too_long(path, number)
        number += 1
        end = text.find(b"\n", at)
        if end < 0:
            return
        begin = at = end + 1
    yield number, text[begin:]


def _too_long(path: Path, number: int) -> Problem:
    return Problem(f"line {_TOO_LONG}: skipped", Place(str(path), number), "too-long")


def raw_lines(path: Path) -> Iterator[tuple[int, bytes] | Problem]:
    """Each line with its number, as bytes; one that is too long is a problem."""
    for block in line_blocks(path):
        if isinstance(block, Problem):
            yield block
        else:
            yield from enumerate(block[1].split(b"\n"), block[0])


def lines(path: Path) -> Iterator[tuple[int, str] | Problem]:
    """Each line with its number, decoded; a line that is too long or no UTF-8 is a problem."""
    for line in raw_lines(path):
        yield line if isinstance(line, Problem) else _decoded(path, *line)


def _refuse_wide(path: Path, start: bytes) -> None:
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or start[:4] == b"\0\0\xfe\xff":
        raise CrosstieError(f"{path}: UTF-16 or UTF-32 text; save the file as UTF-8")


def _decoded(path: Path, number: int, raw: bytes) -> tuple[int, str] | Problem:
    try:
        return number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        return Problem(
            f"not UTF-8 at byte {error.start + 1} of the line: skipped", Place(str(path), number), "encoding"
        )


def json_records(path: Path) -> Iterator[Record | Problem]:
    """The objects of JSON lines, or of an array, of one under a name, or over several lines, told by how it begins."""
    if is_array(path):
        yield from _array(path)
        return
    for line in raw_lines(path):
        found = line if isinstance(line, Problem) else json_line(path, *line)
        if found is not None:
            yield found


_NAMED = re.compile(r'\{\s*"(?:records|relations|exceptions|statements|items|data)"\s*:\s*(?=\[)')
_NOT_A_LINE = re.compile(r"\{[ \t\r]*\n")


def is_array(path: Path) -> bool:
    """Whether a file is not one object a line but an array, or objects that go over lines, told by how it begins."""
    with open_bytes(path) as stream:
        try:
            start = stream.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n").decode("utf-8", "replace")
        except BrokenOffError:
            return False  # told with the lines
    return start[:1] == "[" or bool(_NAMED.match(start) or _NOT_A_LINE.match(start))


def json_line(path: Path, number: int, raw: bytes) -> Record | Problem | None:
    """The object of one line; nothing for a line of space."""
    line = _decoded(path, number, raw)
    if isinstance(line, Problem):
        return line
    return _record(line[1], Place(str(path), number)) if line[1].strip() else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse)
_SPACE = re.compile(r"[ \t\r\n]*")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _array(path: Path) -> Iterator[Record | Problem]:
    """Objects between brackets and commas, one after the other; nothing is read after one that is broken."""
    number, kind = 0, "json"
    try:
        with io.TextIOWrapper(open_bytes(path), encoding="utf-8-sig", newline="") as stream:
            for number, found in enumerate(_elements(stream), 1):
                yield _as_record(found, Place(f"{path}#{number}"))
            return
    except BrokenOffError as error:
        why, kind = f"the file breaks off here: {_without(path, error)}", "truncated"
    except UnicodeDecodeError:
        why, kind = "not UTF-8", "encoding"
    except json.JSONDecodeError as error:
        why = f"not JSON: {error.msg}"
    except (ValueError, RecursionError) as error:
        why = _why(error)
    yield Problem(f"{why}; nothing from here on is read", Place(f"{path}#{number + 1}"), kind)


def _without(path: Path, error: Exception) -> str:
    return str(error).removeprefix(f"{path}: ")


def _elements(stream: io.TextIOWrapper) -> Iterator[Any]:
    """Each value of an array or of what stands one after the other; no more is held than a value needs."""
    held, at = _to_next(stream, stream.read(_CHUNK), 0)
    name = _NAMED.match(held, at)
    if not name and held[at : at + 1] == "{":
        yield from _one_after_the_other(stream, held, at)
        return
    held, at = _to_next(
        stream, held, (name.end() if name else at) + 1
    )  # past the bracket, which has been seen
    if held[at : at + 1] != "]":
        while True:
            value, held, start, at = _decode_value(stream, held, at)
            yield _checked(value, held[start:at])
            held, at = _to_next(stream, held, at)
            if held[at : at + 1] != ",":
                break
            held, at = _to_next(stream, held, at + 1)
    if held[at : at + 1] != "]":
        raise ValueError("a ',' or ']' is missing" if held else "the array is never closed")
    if not name:
        _expect_end(stream, held[at + 1 :])


def _one_after_the_other(stream: io.TextIOWrapper, held: str, at: int) -> Iterator[Any]:
    while held[at : at + 1]:
        value, held, start, at = _decode_value(stream, held, at)
        yield _checked(value, held[start:at])
        held, at = _to_next(stream, held, at)


def _to_next(stream: io.TextIOWrapper, held: str, at: int) -> tuple[str, int]:
    """Past the space to the next character, reading on where the text ends; an empty text where all ends."""
    while True:
        at = _SPACE.match(held, at).end()  # type: ignore[union-attr]  # it matches anything
        if at < len(held) or not held:
            return held, at
        held, at = stream.read(_CHUNK), 0


def _decode_value(stream: io.TextIOWrapper, held: str, at: int) -> tuple[Any, str, int, int]:
    """A value, the text held by then, where in it the value begins and ends; read on until it is whole."""
    while True:
        try:
            value, end = _DECODER.raw_decode(held, at)
        except ValueError:
            if len(held) - at > _LONGEST_LINE:
                raise ValueError(f"an object that is broken, or {_TOO_LONG}") from None
            more = stream.read(max(_CHUNK, len(held) - at))
            if not more:
                raise
        else:
            if end < len(held) or not (more := stream.read(_CHUNK)):
                return value, held, at, end
        held, at = held[at:] + more, 0  # a number may go on after the end of a chunk


def _expect_end(stream: io.TextIOWrapper, rest: str) -> None:
    while rest:
        if rest.strip(" \t\r\n"):
            raise ValueError("text after the array's end")
        rest = stream.read(_CHUNK)


def _record(text: str, where: Place) -> Record | Problem:
    try:
        return _as_record(_checked(json.loads(text, parse_constant=_refuse), text), where)
    except (ValueError, RecursionError) as error:
        return Problem(f"{_why(error)}: skipped", where, "json")


def _checked(value: Any, text: str) -> Any:  # noqa: ANN401 (JSON)
    """The value, if all its texts can be written again: an escape can name half a character."""
    if _HALF.search(text):
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _as_record(value: Any, where: Place) -> Record | Problem:  # noqa: ANN401 (JSON)
    if not isinstance(value, dict):
        return Problem(f"not an object but {type(value).__name__}: skipped", where, "json")
    return Record(where, value)


def parse_json(raw: bytes) -> Any:  # noqa: ANN401 (JSON)
    """One JSON text.

    Raises
    ------
    ValueError
        It is none, or not UTF-8, or nested too deeply; :func:`crosstie.formats.malformed.reason` has the words.
    """
    try:
        text = raw.decode("utf-8-sig")
        return _checked(json.loads(text, parse_constant=_refuse), text)
    except (ValueError, RecursionError) as error:
        raise ValueError(_why(error)) from error


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start + 1}"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at column {error.colno}: {error.msg}"
    return reason(error) if isinstance(error, UnicodeError | RecursionError) else f"not JSON: {reason(error)}"
