"""Arrays kept in files between one command and the next: written whole or not at all, checked and mapped when read.

What is kept can always be made again, so nothing here fails: a folder that cannot be written to, a full disk or a damaged
file only mean that nothing is kept. A file is named by all that its arrays follow from (:meth:`Keep.file`), so that what
is kept of other content is never found.
"""

import contextlib
import hashlib
import json
import mmap
import os
import shutil
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.text.problem import CrosstieError
from crosstie.text.writing import whole_file

Arrays = Mapping[str, NDArray[Any]]
FOLDER, MOST = "CROSSTIE_CACHE", "CROSSTIE_CACHE_SIZE"
"""Names of the variables that move the folder (or turn it ``off``) and bound it."""
MOST_BYTES = 8_000_000_000
ENDING = ".arrays"
MARK = b"crosstie arrays 1\n"
_ALIGNED = 64
_LEFT_OVER = 24 * 3600.0
"""Seconds after which a file that was not finished is nobody's any more."""
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True, slots=True)
class Keep:
    """Where arrays are kept, how many bytes in all, and of what: ``content`` stands for a ledger's, nothing for none to tell."""

    folder: Path
    most: int = MOST_BYTES
    content: str = ""

    def of(self, content: str) -> "Keep | None":
        """The same for some content; ``None`` where it cannot be told."""
        return replace(self, content=content) if content else None

    def has_room(self, size: int) -> bool:
        """Whether so many bytes would be kept."""
        folder = next(
            (each for each in (self.folder, *self.folder.absolute().parents) if each.exists()), None
        )
        if folder is None or size > self.most or not os.access(folder, os.W_OK):
            return False
        with contextlib.suppress(OSError):
            return folder.is_dir() and shutil.disk_usage(folder).free > 2 * size
        return False

    def file(self, what: str, *asked: object) -> Path:
        """The file of what is made of the content: by what was asked, the program's files and its libraries."""
        told = json.dumps([self.content, what, [str(each) for each in asked], *program()])
        return self.folder / f"{what}-{hashlib.sha256(told.encode()).hexdigest()[:40]}{ENDING}"


def keep_of(variables: Mapping[str, str]) -> Keep | None:
    """Where to keep arrays, by environment variables; ``None`` where a person wants nothing kept.

    Raises
    ------
    CrosstieError
        A size that is none.

    Examples
    --------
    >>> keep_of({"CROSSTIE_CACHE": "off"})
    >>> keep_of({"CROSSTIE_CACHE": "/big/kept", "CROSSTIE_CACHE_SIZE": "20 GB"}).most
    20000000000
    """
    said = variables.get(FOLDER, "").strip()
    size = variables.get(MOST, "").strip()
    if said.lower() == "off":
        return None
    most = _bytes(size) if size else MOST_BYTES
    if said:
        return Keep(Path(said), most)
    try:
        import platformdirs  # noqa: PLC0415 (comes with registers)
    except ModuleNotFoundError:
        return None
    return Keep(platformdirs.user_cache_path("crosstie", appauthor=False), most)


def _bytes(said: str) -> int:
    number = said.rstrip("BKMGTbkmgt ")
    unit = said[len(number) :].strip().upper()
    try:
        return int(float(number) * _UNITS[unit])
    except (ValueError, KeyError, OverflowError) as error:
        raise CrosstieError(f"{MOST} is {said!r}; write a size such as 500MB or 20GB") from error


@cache
def program() -> tuple[str, ...]:
    """What code makes arrays: the size and time of each file of the package, and the versions of what it calculates with."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        told = path.stat()
        digest.update(f"{path.relative_to(root).as_posix()} {told.st_size} {told.st_mtime_ns}\n".encode())
    return (
        digest.hexdigest(),
        *(_version(name) for name in ("crosstie", "duckdb", "numpy", "pyarrow", "numba")),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def read(file: Path) -> tuple[Arrays, Any] | None:
    """The arrays of a file and the note beside them; ``None`` where it is absent, cut off, damaged or another's.

    Arrays are mapped: what is written to them stays in this process.
    """
    try:
        with file.open("rb") as source:
            room = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_COPY)
        found = _arrays(room)
        with contextlib.suppress(OSError):
            os.utime(file)  # what was used last is removed last
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found


def _arrays(room: mmap.mmap) -> tuple[Arrays, Any]:
    if room[: len(MARK)] != MARK:
        raise ValueError("not arrays")
    end = room.find(b"\n", len(MARK))
    line = room[len(MARK) : end]
    if zlib.crc32(line[9:]) != int(line[:8], 16):
        raise ValueError("damaged")
    total, check, columns, note = json.loads(line[9:])
    if total != len(room):
        raise ValueError("cut off")
    arrays: dict[str, NDArray[Any]] = {}
    begin = _up(end + 1)
    for name, kind, length in columns:
        array: NDArray[Any] = np.frombuffer(room, np.dtype(kind), length, begin)
        arrays[name] = array
        begin = _up(begin + array.nbytes)
    if [zlib.crc32(_bytes_of(each)) for each in arrays.values()] != check:
        raise ValueError("damaged")
    return arrays, note


def write(keep: Keep, file: Path, arrays: Arrays, note: object = None) -> bool:
    """Keep arrays in a file, then remove those used longest ago until all fit; whether they were kept."""
    if sum(each.nbytes for each in arrays.values()) > keep.most:
        return False
    try:
        keep.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pieces, total = _laid_out(arrays, note)
        if shutil.disk_usage(keep.folder).free < 2 * total:
            return False  # a cache that fills the disk stops others
        with whole_file(file) as out:
            _private(out)
            for piece in pieces:
                out.write(piece)
        _make_room(keep, file)
    except (OSError, CrosstieError):
        return False
    return True


def _private(out: Any) -> None:  # noqa: ANN401 (a file)
    """Who may not read a register should not read what was made of it."""
    with contextlib.suppress(OSError, AttributeError):
        os.fchmod(out.fileno(), 0o600)


def _laid_out(arrays: Arrays, note: object) -> tuple[Iterator[Any], int]:
    """The pieces of a file and its size, which its first line states."""
    whole = {name: np.ascontiguousarray(each) for name, each in arrays.items()}
    columns = [[name, each.dtype.str, len(each)] for name, each in whole.items()]
    check = [zlib.crc32(_bytes_of(each)) for each in whole.values()]

    def head(total: int) -> bytes:
        told = json.dumps([total, check, columns, note]).encode()
        return MARK + f"{zlib.crc32(told):08x} ".encode() + told + b"\n"

    total, before = 0, -1
    while total != before:  # the total's own digits are part of the head
        before, end = total, _up(len(head(total)))
        for each in whole.values():
            end = _up(end + each.nbytes)
        total = end
    return _pieces(head(total), whole.values()), total


def _pieces(head: bytes, arrays: Iterable[NDArray[Any]]) -> Iterator[Any]:
    yield head.ljust(_up(len(head)), b"\0")
    for each in arrays:
        yield _bytes_of(each)
        yield b"\0" * (_up(each.nbytes) - each.nbytes)


def _bytes_of(array: NDArray[Any]) -> Any:  # noqa: ANN401 (bytes, or a view of them)
    return array.view(np.uint8).data if len(array) else b""


def _up(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _make_room(keep: Keep, newest: Path) -> None:
    """Remove what was used longest ago until the rest fits, and what an ended process left unfinished."""
    files = []
    for each in keep.folder.iterdir():
        with contextlib.suppress(OSError):  # another process may have removed it
            told = each.stat()
            if each.name.endswith(f"{ENDING}"):
                files.append((each == newest, told.st_mtime_ns, told.st_size, each))
            elif f"{ENDING}." in each.name and told.st_mtime < time.time() - _LEFT_OVER:
                each.unlink()
    files.sort(reverse=True)
    kept = 0
    for _, _, size, each in files:
        kept += size
        if kept > keep.most:
            with contextlib.suppress(OSError):
                each.unlink()
