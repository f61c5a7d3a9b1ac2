"""Full disks and full memories, which every library tells in its own way, or not at all: told in one."""

import errno

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_WORDS = ("No space left", "File too large", "Disk quota", "not enough space", "failed to offload data")
_MEMORY_WORDS = (
    "bad_alloc", "failed to map segment", "Cannot allocate memory", "can't start new thread", "Out of Memory",
    "out of memory", "realloc of size", "Failed to launch worker thread", "malloc of size", "could not allocate",
)  # fmt: skip


def shortage(error: BaseException) -> str:
    """What ran out, if it is that: ``the disk is full``, ``out of memory`` or nothing.

    >>> shortage(OSError(28, "No space left on device")), shortage(MemoryError()), shortage(ValueError("no"))
    ('the disk is full', 'out of memory', '')
    """
    said = str(error)
    if getattr(error, "errno", None) in _FULL or any(words in said for words in _FULL_WORDS):
        return "the disk is full"
    is_memory = isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM
    return "out of memory" if is_memory or any(words in said for words in _MEMORY_WORDS) else ""


def room(size: int) -> None:
    """Ask for so many bytes of memory and give them back, before a library needs them that bears no refusal.

    Raises
    ------
    MemoryError
        They cannot be had.

    Examples
    --------
    >>> room(1_000_000)
    """
    import mmap  # noqa: PLC0415 (start-up)

    try:
        mmap.mmap(-1, size).close()
    except OSError:
        raise MemoryError from None


def is_limited() -> bool:
    """Whether this process may have only so much memory (``ulimit -v``), and be refused more."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return False
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
