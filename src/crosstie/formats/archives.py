"""Zip files whose size is believed only within reason."""

import zipfile
from pathlib import Path

from crosstie.text.problem import CrosstieError

MOST_EXPANSION = 200
"""A member that claims more than this many times its packed size is taken for a bomb."""
_SMALL = 2**20  # a megabyte is no bomb, however well it was packed
_LARGEST = 8 * 2**30


def refuse_bomb(path: Path) -> None:
    """Let a zip file pass whose members expand within reason; what is no zip is for its reader to tell.

    Raises
    ------
    CrosstieError
        A member, or all together, would expand beyond reason.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return
    for info in members:
        if info.file_size > max(MOST_EXPANSION * info.compress_size, _SMALL):
            raise CrosstieError(
                f"{path}: {info.filename} would expand from {info.compress_size:,} to {info.file_size:,} bytes, "
                f"more than {MOST_EXPANSION} times: not read"
            )
    total = sum(info.file_size for info in members)
    if total > _LARGEST:
        raise CrosstieError(f"{path}: would expand to {total:,} bytes: not read")
