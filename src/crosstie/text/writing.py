"""Write a file so that the old or the new one is there, whole, whatever happens in between."""

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from crosstie.text.problem import CrosstieError
from crosstie.text.shortage import shortage
from crosstie.text.unfinished import unfinished


def write_atomically(path: Path, content: str | bytes) -> None:
    """Put content in a file: the file has either its old or its new content, never a part.

    Raises
    ------
    OSError
        The folder cannot be written to; the old file is untouched.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "a.yaml", "statements: []")
    ...     (Path(folder) / "a.yaml").read_text(encoding="utf-8")
    'statements: []'
    """
    with whole_file(path) as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to bit by bit, that takes its name when all is written and not before.

    It is a new file beside the named one, which is flushed to the disk and then takes the name. A
    symbolic link stays a link; the mode of an old file is kept. A process that is killed can leave a
    file ``.NAME.*.tmp`` behind, which nothing reads. A device or a pipe is written to as it stands.

    Raises
    ------
    OSError
        The folder cannot be written to; the old file is untouched.
    CrosstieError
        The disk or the memory is full; the old file is untouched.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder) / "a.csv") as file:
    ...         written = file.write(b"holder,issuer,share")
    ...     [each.name for each in Path(folder).iterdir()]
    ['a.csv']
    """
    if _is_no_file(path):
        try:
            with path.open("wb") as file:
                yield file
        except BaseException as error:
            _tell(path, error)
            raise
        return
    target, beside = _beside(path)
    try:
        with unfinished(path, beside):
            with beside.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileNotFoundError):
                beside.chmod(stat.S_IMODE(target.stat().st_mode))
            with unfinished(path, sure=False):
                beside.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        _tell(path, error)
        raise
    _flush(target.parent)


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder to write files into, that takes its name, a new one, when all are written and not before.

    Raises
    ------
    OSError
        The folder around it cannot be written to, or has such a name by now.
    CrosstieError
        The disk or the memory is full; nothing is left.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_folder(Path(folder) / "register") as inside:
    ...         written = (inside / "a.csv").write_bytes(b"holder,issuer,share")
    ...     [each.relative_to(folder).as_posix() for each in Path(folder).rglob("*.csv")]
    ['register/a.csv']
    """
    target, beside = _beside(path)
    try:
        with unfinished(path, beside):
            beside.mkdir()
            yield beside
            for each in beside.iterdir():
                _flush(each)
            with unfinished(path, sure=False):
                beside.rename(target)
    except BaseException as error:
        shutil.rmtree(beside, ignore_errors=True)
        _tell(path, error)
        raise
    _flush(target.parent)


def _is_no_file(path: Path) -> bool:
    """Whether something is there that must not be replaced by a file: a device, a pipe or a socket."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _beside(path: Path) -> tuple[Path, Path]:
    """What a path leads to, and a new name in the same folder."""
    target = path.resolve()
    return target, target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")


def _tell(path: Path, error: BaseException) -> None:
    """A shortage in one line; for other errors at least which file it is."""
    if isinstance(error, Exception) and (short := shortage(error)):
        raise CrosstieError(f"{path}: {short}; nothing was written") from error
    if isinstance(error, OSError) and error.filename is None:
        error.filename = str(path)


def _flush(path: Path) -> None:
    """Make a file or a folder's new name outlive a power cut, where that can be."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
