"""Several processes that begin or clear up in one folder do so one after the other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def alone(folder: str | os.PathLike[str]) -> Iterator[None]:
    """Hold a folder for a moment; others that ask for it wait. The system lets go of it when the process ends.

    Where a folder cannot be held (not there, Windows, some network disks) nobody waits.

    >>> with alone("."):
    ...     pass  # look whether a file is there, and make it
    """
    handle = -1
    with suppress(OSError, ImportError):
        import fcntl  # noqa: PLC0415 (not on Windows)

        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def is_in_use(path: str | os.PathLike[str]) -> bool:
    """Whether another process has locked a file, as DuckDB does with what it has open; only to be asked when alone.

    >>> is_in_use("no such file")
    False
    """
    try:
        import fcntl  # noqa: PLC0415 (not on Windows)

        with open(path, "r+b") as file:  # noqa: PTH123 (start-up)
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    except (OSError, ImportError):
        return False
    return False
