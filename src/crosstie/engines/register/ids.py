"""The ids of parties in their order, as one long text: a number finds its id, an id its number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import rows
from crosstie.engines.local.compiled import compiled
from crosstie.network.edges import unknown_id

_UNKNOWN = unknown_id("")
_MANY = 5_000
"""Ids that are looked for one by one; of more, all are gone through once."""


@dataclass(frozen=True, slots=True)
class Ids:
    """Id *n* is ``data[begins[n]:begins[n + 1]]`` in UTF-8, each after the one before; then come unknown holders.

    ``unknown_of`` are the companies, by number and rising, whose unknown holders have the numbers behind the last id.
    """

    begins: NDArray[np.int64]
    data: NDArray[np.uint8]
    unknown_of: NDArray[np.int32]

    def __len__(self) -> int:
        return self.named + len(self.unknown_of)

    @property
    def named(self) -> int:
        """How many have an id of their own."""
        return len(self.begins) - 1

    def __getitem__(self, number: int) -> str:
        if number >= self.named:
            return unknown_id(self[int(self.unknown_of[number - self.named])])
        return self._bytes(number).decode()

    def _bytes(self, number: int) -> bytes:
        return self.data[self.begins[number] : self.begins[number + 1]].tobytes()

    def find(self, asked: str) -> int:
        """The number of an id, -1 where nobody has it.

        >>> ids = ids_of(["ana", "beta", "gamma"], np.array([1], np.int32))
        >>> ids.find("beta"), ids.find("unknown holders of beta"), ids.find("delta"), ids[3]
        (1, 3, -1, 'unknown holders of beta')
        """
        at = self.place(asked)
        if at < self.named and self._bytes(at) == asked.encode(errors="surrogatepass"):
            return at
        if len(self.unknown_of) and asked.startswith(_UNKNOWN):
            company = self.find(asked.removeprefix(_UNKNOWN))
            nth = int(np.searchsorted(self.unknown_of, company))
            if company >= 0 and nth < len(self.unknown_of) and self.unknown_of[nth] == company:
                return self.named + nth
        return -1

    def place(self, asked: str) -> int:
        """How many ids come before one, by the bytes of both."""
        low, high, wanted = 0, self.named, asked.encode(errors="surrogatepass")
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def find_all(self, asked: Iterable[str]) -> NDArray[np.int64]:
        """The numbers of those of some ids that somebody has, in no special order.

        >>> ids_of(["ana", "beta", "gamma"]).find_all(["gamma", "delta"]).tolist()
        [2]
        """
        names = list(asked)
        if len(names) < _MANY:
            found = np.array([self.find(each) for each in names], np.int64)
        else:
            found = ids_of(names).numbers_in(self).astype(np.int64)
        return found[found >= 0]

    def numbers_in(self, others: "Ids") -> NDArray[np.int32]:
        """The number that each named one has among the named others, -1 where it has none."""
        numbers = np.empty(self.named, np.int32)
        compiled(rows.numbers_in)(self.begins, self.data, others.begins, others.data, numbers)
        return numbers

    def take(self, numbers: NDArray[np.integer]) -> list[str]:
        """The ids of some numbers, in their order."""
        import pyarrow as pa  # noqa: PLC0415 (an extra)

        if len(numbers) < _MANY:
            return [self[number] for number in numbers.tolist()]
        known = numbers < self.named
        whose = numbers.copy()
        whose[~known] = self.unknown_of[numbers[~known] - self.named] if len(self.unknown_of) else 0
        found: list[str] = self.arrow().take(pa.array(whose)).to_pylist()
        if known.all():
            return found
        return [each if named else _UNKNOWN + each for each, named in zip(found, known.tolist(), strict=True)]

    def arrow(self) -> Any:  # noqa: ANN401 (an Arrow column)
        """The named ones as an Arrow column, which shares their memory."""
        import pyarrow as pa  # noqa: PLC0415 (an extra)

        buffers = (pa.py_buffer(self.begins), pa.py_buffer(self.data))
        return pa.LargeStringArray.from_buffers(self.named, *buffers)

    def only(self, these: NDArray[np.bool_], also: Sequence[str] = ()) -> "Ids":
        """Some of the named ones, and others that are not among them."""
        import pyarrow as pa  # noqa: PLC0415 (an extra)

        chosen = self.arrow().filter(pa.array(these))
        if not also:
            return ids_in(chosen)
        extra = pa.array(sorted(also), pa.large_string())
        kept = np.flatnonzero(these)
        at = np.searchsorted(kept, [self.place(each) for each in extra.to_pylist()])
        order = np.insert(np.arange(len(kept)), at, np.arange(len(kept), len(kept) + len(extra)))
        return ids_in(pa.concat_arrays([chosen, extra]).take(pa.array(order)))

    def with_unknown(self, companies: NDArray[np.int32]) -> "Ids":
        """The same, and then the unknown holders of some companies."""
        return Ids(self.begins, self.data, companies)


def ids_in(column: Any) -> Ids:  # noqa: ANN401 (an Arrow column)
    """Ids in an Arrow column of large texts that are in order, each once."""
    _, begins, data = column.buffers()
    first = np.frombuffer(begins, np.int64)[column.offset : column.offset + len(column) + 1]
    return Ids(first, np.frombuffer(data if data is not None else b"", np.uint8), np.zeros(0, np.int32))


def ids_of(names: Iterable[str], unknown_of: NDArray[np.int32] | None = None) -> Ids:
    """The same from texts."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    found = ids_in(pa.array(sorted(names, key=str.encode), pa.large_string()))
    return found if unknown_of is None else found.with_unknown(unknown_of)
