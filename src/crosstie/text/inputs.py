"""Open what a user names as a file, and only if it is one: no pipe, device or folder, and no loop of links."""

import errno
import os
import stat
from pathlib import Path

from crosstie.text.problem import CrosstieError

_OTHERS = (
    (stat.S_ISDIR, "a folder, not a file; name the file in it"),
    (stat.S_ISFIFO, "a pipe, which can be read only once; save what it gives as a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, which may never end; name a file"),
    (stat.S_ISBLK, "a device, not a file"),
)


def ordinary(path: Path) -> Path:
    """The path, if it is an ordinary file (or a link to one).

    >>> ordinary(Path("/dev/null"))
    Traceback (most recent call last):
        ...
    crosstie.text.problem.CrosstieError: /dev/null: a device, which may never end; name a file

    Raises
    ------
    CrosstieError
        Nothing there, nothing that may be read, or something else than a file.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise CrosstieError(f"{_shown(path)}: {_why(error)}") from error
    for is_one, words in _OTHERS:
        if is_one(mode):
            raise CrosstieError(f"{path}: {words}")
    if not os.access(path, os.R_OK):
        raise CrosstieError(f"{path}: may not be read; ask for the permission")
    return path


def _shown(path: Path) -> str:
    text = str(path)
    return text if text.isprintable() and len(text) < 300 else f"{text[:300]!r}"


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "not a path"
    if error.errno == errno.ELOOP:
        return "a link that leads to itself; name the file"
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return "no such file"
    return error.strerror or str(error)


def read_whole(path: Path, most: int) -> bytes:
    """All bytes of an ordinary file, if they are no more than ``most``.

    Raises
    ------
    CrosstieError
        Not an ordinary file, or a larger one.
    """
    with ordinary(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size  # room is made for as much as is asked for
        whole = file.read(min(size, most) + 1)
        if size < len(whole) <= most:  # it grows while it is read
            whole += file.read(most + 1 - len(whole))
    if len(whole) > most:
        raise CrosstieError(f"{path}: over {most // 2**20:,} MB; split it into several files")
    return whole
