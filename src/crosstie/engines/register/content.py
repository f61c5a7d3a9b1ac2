"""What a register has in it, told without reading it: whatever changes the register changes what is told."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STAMP = "stamp"
"""In a register's own table: a number drawn anew by every import."""
HEADERS = 12_288
"""Bytes of the headers with which a DuckDB file begins; every change writes a new one."""
_FOOTER = 65_536


def draw_stamp(connection: "DuckDBPyConnection") -> None:
    """Give a register that is being changed a new stamp."""
    connection.execute("DELETE FROM crosstie WHERE name = ?", [STAMP])
    connection.execute("INSERT INTO crosstie VALUES (?, ?)", [STAMP, os.urandom(16).hex()])


def content_of(path: Path) -> str:
    """A name for what is in a register; nothing where that cannot be told.

    It is made of the files' identity, sizes and times, of what changes with their content (the headers of a database,
    which count its changes; the ends of Parquet files, which describe them) and, by :func:`stamp_of`, of the last import's
    stamp. A database with a log of changes beside it that are not yet in it has no name.
    """
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        logs = () if path.is_dir() else path.parent.glob(f"{_escaped(path.name)}.wal*")
        if any(each.stat().st_size for each in logs) or not all(each.is_file() for each in files):
            return ""  # a pipe would be waited for
        digest = hashlib.sha256()
        for each in files:
            digest.update(_told(each))
    except OSError:
        return ""
    return digest.hexdigest()


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _told(file: Path) -> bytes:
    with file.open("rb") as source:
        told = os.fstat(source.fileno())
        begin = source.read(HEADERS)
        source.seek(max(0, told.st_size - _FOOTER))
        end = source.read(_FOOTER)
    identity = (
        file.name, told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns
    )  # fmt: skip
    return repr(identity).encode() + hashlib.sha256(begin).digest() + hashlib.sha256(end).digest()


def stamp_of(connection: "DuckDBPyConnection", table: str = "crosstie") -> str:
    """The stamp of the last import into a register; nothing in registers made before there were stamps."""
    found = connection.execute(f"SELECT value FROM {table} WHERE name = '{STAMP}'").fetchall()  # noqa: S608 (our own names)
    return str(found[0][0]) if found else ""
