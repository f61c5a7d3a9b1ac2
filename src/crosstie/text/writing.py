"""Write a file so that the old or the new one is there, whole, whatever happens in between."""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from crosstie.text.problem import CrosstieError
from crosstie.text.shortage import shortage


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
    file ``.NAME.*.tmp`` behind, which nothing reads.

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
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        if isinstance(error, Exception) and (short := shortage(error)):
            raise CrosstieError(f"{path}: {short}; nothing was written") from error
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    """Make the new name outlive a power cut, where folders can be flushed."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
