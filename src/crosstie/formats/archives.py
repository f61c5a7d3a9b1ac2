"""Zip files whose size is believed only within reason."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from crosstie.text.problem import CrosstieError, cited

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
    refuse_overlong(path, members)
    for info in members:
        if info.file_size > max(MOST_EXPANSION * info.compress_size, _SMALL):
            raise CrosstieError(
                f"{path}: {cited(info.filename)} would expand from {info.compress_size:,} to {info.file_size:,} bytes, "
                f"more than {MOST_EXPANSION} times: not read"
            )
    total = sum(info.file_size for info in members)
    if total > _LARGEST:
        raise CrosstieError(f"{path}: would expand to {total:,} bytes: not read")


def refuse_overlong(path: Path, members: Iterable[zipfile.ZipInfo]) -> None:
    """Let members pass that are no longer than their file: memory is taken for as many bytes as they claim to have.

    Raises
    ------
    CrosstieError
        A member claims more packed bytes than the whole file has.
    """
    size = path.stat().st_size
    for info in members:
        if info.compress_size > size:
            raise CrosstieError(
                f"{path}: {cited(info.filename)} should be {info.compress_size:,} packed bytes, the whole file has "
                f"{size:,}: cut off or spoilt; get it again"
            )
