"""Write a file so that the old or the new one is there, whole, whatever happens in between."""

import contextlib
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Put content in a file: the file has either its old or its new content, never a part.

    It goes into a new file beside it, which is flushed to the disk and then takes the name. A
    symbolic link stays a link; the mode of an old file is kept. A process that is killed can leave a
    file ``.NAME.*.tmp`` behind, which nothing reads.

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
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 (an open handle, not a path)
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fchmod(handle, _mode(target))
            os.fsync(handle)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _flush_folder(target.parent)


def _mode(target: Path) -> int:
    """The mode of the file that is there, else what a new file gets here."""
    try:
        return target.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _flush_folder(folder: Path) -> None:
    """Make the new name outlive a power cut, where folders can be flushed."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
