"""A register's holdings on one day as flat arrays, and their plan, kept in a file named by the content."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.local.edges import Edges, make_edges
from crosstie.engines.local.grouping import by_company
from crosstie.engines.local.identifiers import Names, number_pieces, some_rows, worker_pool
from crosstie.engines.local.plan import Plan, make_plan
from crosstie.text.problem import CrosstieError
from crosstie.text.unfinished import unfinished

VERSION = 3
"""Of the plan's layout: a plan of another version is made again."""
MARK = b"crosstie plan\n"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Who holds what on one day: party *n* is called ``names[n]``."""

    edges: Edges
    names: Names


def from_columns(
    holder: Any,  # noqa: ANN401 (an Arrow column of texts)
    company: Any,  # noqa: ANN401 (an Arrow column of texts)
    share: NDArray[np.float64],
    kinds: dict[str, int] | None = None,
) -> Snapshot:
    """Flat arrays from a register's columns, one row a holding, in any order.

    Shares that a company holds in itself are left out, as treasury shares are.

    Parameters
    ----------
    kinds
        What a party is, by id, for those that are no company (``PERSON``, ``STATE``, ``UNKNOWN``).

    Examples
    --------
    >>> import pyarrow as pa
    >>> found = from_columns(pa.array(["ana", "a"]), pa.array(["a", "b"]), np.array([0.6, 1.0]))
    >>> found.edges.start.tolist(), found.names[1]
    ([0, 0, 1, 2], 'a')
    """
    return from_batches([(holder, company, share)], kinds)


def from_batches(batches: Iterable[tuple[Any, Any, Any]], kinds: dict[str, int] | None = None) -> Snapshot:
    """The same from batches of holders, companies and shares (Arrow columns, or arrays of shares).

    While one batch is read, those before it are worked on.

    Examples
    --------
    >>> import pyarrow as pa
    >>> one = pa.record_batch({"holder": ["ana"], "company": ["a"], "share": [0.6]})
    >>> other = pa.record_batch({"holder": ["a"], "company": ["b"], "share": [1.0]})
    >>> from_batches(batch.columns for batch in (one, other)).edges.holder.tolist()
    [0, 1]
    """
    shares: list[NDArray[np.float64]] = []

    def parties() -> Iterator[tuple[Any, Any]]:
        for holder, company, share in batches:
            shares.append(np.asarray(share, np.float64))
            yield holder, company

    with worker_pool() as pool:
        numbered = number_pieces(pool, parties())
        grouped = by_company(pool, numbered, [part for share in shares for (part,) in some_rows([share])])
    names = numbered.names
    kind = np.zeros(len(names), np.int8)
    if kinds:
        kind[:] = [kinds.get(names[number], 0) for number in range(len(names))]
    return Snapshot(make_edges(*grouped, kind), names)


def content_key(edges: Edges) -> str:
    """A name for the content: the same holdings give the same key, any other another."""
    digest = hashlib.sha256(f"plan {VERSION}".encode())
    for field in fields(Edges):
        array = getattr(edges, field.name)
        digest.update(f"{field.name} {array.dtype.str} {len(array)}\n".encode())
        digest.update(memoryview(array).cast("B") if len(array) else b"")
    return digest.hexdigest()


def kept_plan(edges: Edges, folder: Path) -> Plan:
    """The plan of some holdings: read if it was made before, else made and kept.

    Raises
    ------
    CrosstieError
        The folder cannot be written.
    """
    file = folder / f"{content_key(edges)}.plan"
    found = read_plan(file)
    if found is not None and found.parties == edges.parties:
        return found
    plan = make_plan(edges)
    write_plan(plan, file)
    return plan


def write_plan(plan: Plan, file: Path) -> None:
    """Write a plan whole or not at all.

    Raises
    ------
    CrosstieError
        The folder cannot be written.
    """
    arrays = {field.name: getattr(plan, field.name) for field in fields(Plan)}
    head = {name: [array.dtype.str, len(array)] for name, array in arrays.items()}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as out,
            unfinished(file, Path(out.name)),
        ):
            try:
                out.write(MARK + json.dumps(head).encode() + b"\n")
                for array in arrays.values():
                    out.write(memoryview(array).cast("B") if len(array) else b"")
                out.flush()
                os.replace(out.name, file)  # noqa: PTH105 (a name, not a Path)
            except BaseException:
                os.unlink(out.name)  # noqa: PTH108 (a name, not a Path)
                raise
    except OSError as error:
        raise CrosstieError(f"{file}: cannot keep the plan: {error.strerror or error}") from error


def read_plan(file: Path) -> Plan | None:
    """A plan that was kept; nothing where the file is absent, cut off or of another layout."""
    try:
        with file.open("rb") as source:
            if source.read(len(MARK)) != MARK:
                return None
            head = json.loads(source.readline())
            if list(head) != [field.name for field in fields(Plan)]:
                return None
            arrays = [_read_array(source, *head[field.name]) for field in fields(Plan)]
            return None if source.read(1) else Plan(*arrays)
    except (OSError, ValueError, TypeError):
        return None


def _read_array(source: BinaryIO, kind: str, length: int) -> NDArray[Any]:
    array: NDArray[Any] = np.fromfile(source, np.dtype(kind), length)
    if len(array) != length:
        raise ValueError("cut off")
    return array
