"""A register's parties as numbers, row by row: made once for a register's content and kept."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import rows as kernels
from crosstie.engines import keeping
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.identifiers import Shelf, number_batches, worker_pool
from crosstie.engines.register.ids import Ids, ids_in
from crosstie.engines.register.joined import Joined, is_unchanged

_BATCH = 1 << 20
_SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class By:
    """Rows by party: those of party *n* are ``rows[start[n]:start[n + 1]]``."""

    start: NDArray[np.int64]
    rows: NDArray[np.int32]

    def of(self, party: int) -> NDArray[np.int32]:
        """The rows of one party."""
        return self.rows[self.start[party] : self.start[party + 1]]

    def of_all(self, parties: NDArray[np.int64]) -> NDArray[np.int32]:
        """The rows of several, party by party."""
        begin = self.start[parties]
        count = self.start[parties + 1] - begin
        before = np.cumsum(count) - count
        at = np.repeat(begin - before, count) + np.arange(int(count.sum()))
        return self.rows[at]


@dataclass(frozen=True, slots=True)
class Rows:
    """All that holdings and descriptions were ever about, whatever their dates.

    Row *r* of the holdings, stored at ``place[r]``, says that ``holder[r]`` holds shares of ``issuer[r]``; description *r*, at
    ``told_at[r]``, is of ``party[r]``. Places rise; an empty array of them means that row *r* is stored at *r*.
    """

    ids: Ids
    place: NDArray[np.int64]
    holder: NDArray[np.int32]
    issuer: NDArray[np.int32]
    told_at: NDArray[np.int64]
    party: NDArray[np.int32]
    above: By
    below: By
    about: By

    def rows_at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of holdings that are stored at some places, -1 for none of ours."""
        return _rows_at(self.place, len(self.holder), places)

    def told_rows_at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The descriptions that are stored at some places, -1 for none of ours."""
        return _rows_at(self.told_at, len(self.party), places)


def _rows_at(stored: NDArray[np.int64], many: int, places: NDArray[np.int64]) -> NDArray[np.int64]:
    if not len(stored):
        return np.where(places < many, places, -1)
    at = np.minimum(np.searchsorted(stored, places), len(stored) - 1)
    return np.where(stored[at] == places, at, -1)


def rows_of(together: Joined, *, make: bool = True) -> Rows | None:
    """A register's rows: as kept, else made and kept; ``None`` where they are not kept and not to be made."""
    file = together.keep.file("rows") if together.keep else None
    found = keeping.read(file) if file else None
    if found is not None:
        return _unpacked(found[0])
    if not make:
        return None
    made = _made(together)
    if together.keep and file and is_unchanged(together):
        keeping.write(together.keep, file, _packed(made))
    return made


_ARRAYS = ("place", "holder", "issuer", "told_at", "party")
_LISTS = ("above", "below", "about")


def _packed(rows: Rows) -> dict[str, NDArray[Any]]:
    lists = {
        f"{name} {part.name}": getattr(getattr(rows, name), part.name)
        for name in _LISTS
        for part in fields(By)
    }
    ids = {"begins": rows.ids.begins, "data": rows.ids.data}
    return {**ids, **{name: getattr(rows, name) for name in _ARRAYS}, **lists}


def _unpacked(arrays: keeping.Arrays) -> Rows:
    ids = Ids(arrays["begins"], arrays["data"], np.zeros(0, np.int32))
    lists = [By(arrays[f"{name} start"], arrays[f"{name} rows"]) for name in _LISTS]
    columns: list[Any] = [arrays[name] for name in _ARRAYS]
    return Rows(ids, *columns, *lists)


def _made(together: Joined) -> Rows:
    places: dict[str, list[NDArray[np.int64]]] = {"holding": [], "entity": []}

    def batches() -> Iterator[list[Any]]:
        for table, columns in (("holding", ("holder", "issuer")), ("entity", ("party",))):
            named = " AND ".join(f"{column} IS NOT NULL" for column in columns)
            query = f'SELECT {", ".join(columns)}, {together.place} FROM "{table}" WHERE {named}'  # noqa: S608 (our own names)
            for batch in together.connection.sql(query).to_arrow_reader(_BATCH):
                places[table].append(
                    batch.column(len(columns)).to_numpy(zero_copy_only=False).astype(np.int64)
                )
                yield from ([batch.column(at)] for at in range(len(columns)))

    (numbers,), names = number_batches(batches())
    ids, rank = _in_order(names.shelves)
    holder, issuer, party = _columns(rank, numbers, places)
    place, told_at = (np.concatenate([np.zeros(0, np.int64), *each]) for each in places.values())
    if np.any(np.diff(place) <= 0) or np.any(np.diff(told_at) <= 0):
        (place, holder, issuer), (told_at, party) = _sorted(place, holder, issuer), _sorted(told_at, party)
    lists = (_by(keys, len(ids)) for keys in (issuer, holder, party))
    return Rows(ids, _short(place), holder, issuer, _short(told_at), party, *lists)


def _columns(
    rank: NDArray[np.int32], numbers: NDArray[np.int32], places: dict[str, list[NDArray[np.int64]]]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Holders, issuers and parties, of which the batches came by turns."""
    columns: list[list[NDArray[np.int32]]] = [[], [], []]
    begin = 0
    for batches, these in [(places["holding"], columns[:2]), (places["entity"], columns[2:])]:
        for batch in batches:
            for column in these:
                column.append(rank[numbers[begin : begin + len(batch)]])
                begin += len(batch)
    holder, issuer, party = (np.concatenate([np.zeros(0, np.int32), *each]) for each in columns)
    return holder, issuer, party


def _in_order(shelves: tuple[Shelf, ...]) -> tuple[Ids, NDArray[np.int32]]:
    """All texts in the order of their bytes, and the place of each in it."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    columns = [
        pa.LargeStringArray.from_buffers(len(each), pa.py_buffer(each.begins), pa.py_buffer(each.data))
        for each in shelves
    ]
    names = pa.concat_arrays([pa.array([], pa.large_string()), *columns])
    order = _order(names)
    rank = np.empty(len(names), np.int32)
    rank[order] = np.arange(len(names), dtype=np.int32)
    return ids_in(names.take(pa.array(order))), rank


def _order(names: Any) -> NDArray[np.int64]:  # noqa: ANN401 (an Arrow column)
    """The numbers of texts in the order of their bytes; each worker sorts those between two of them."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)
    import pyarrow.compute as pc  # noqa: PLC0415 (an extra)

    workers = os.cpu_count() or 1
    few = sorted(names[:: max(1, len(names) // _SAMPLE)].to_pylist(), key=str.encode)
    cuts = [few[len(few) * nth // workers] for nth in range(1, workers)] if few else []

    def some(nth: int) -> NDArray[np.int64]:
        these = pa.array(np.ones(len(names), np.bool_))
        if nth > 0:
            these = pc.and_(these, pc.greater_equal(names, cuts[nth - 1]))
        if nth < len(cuts):
            these = pc.and_(these, pc.less(names, cuts[nth]))
        numbers = np.flatnonzero(these.to_numpy(zero_copy_only=False))
        order: NDArray[np.int64] = numbers[pc.sort_indices(names.filter(these)).to_numpy()]
        return order

    with worker_pool() as pool:
        return np.concatenate(list(pool.map(some, range(len(cuts) + 1))))


def _sorted(places: NDArray[np.int64], *columns: NDArray[np.int32]) -> tuple[Any, ...]:
    order = np.argsort(places, kind="stable")
    arrays: list[NDArray[Any]] = [places, *columns]
    return tuple(each[order] for each in arrays)


def _short(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Nothing, where each row's place is its number."""
    return places[:0] if len(places) and places[0] == 0 and places[-1] == len(places) - 1 else places


def _by(keys: NDArray[np.int32], many: int) -> By:
    start, rows = np.zeros(many + 1, np.int64), np.empty(len(keys), np.int32)
    compiled(kernels.put_by)(keys, start, rows)
    return By(start, rows)
