"""Which pairs are worth comparing: parties that share a key. Nothing that scores 0.6 or more is lost.

A key is what two names must share to be alike at all: the words in order of the alphabet, the letters
without spaces with each one left out in turn (so that names one letter apart meet), the words without
general ones; for a person the words and, unless a name alone is to be enough, a company it has to do with.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crosstie.identity.comparing import PERSON_ALONE, SHORTEST_TYPO, bare
from crosstie.identity.names import ReadName
from crosstie.identity.party import Described

LARGEST = 2_000
"""So many parties of one name or number are a mistake or a commonplace, not one party."""
_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of many parties as they come: a number for each key and the number of its party."""

    key: "array[int]" = field(default_factory=lambda: array("q"))
    party: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, party: int, keys: Iterable[str]) -> None:
        """Add a party's keys. Texts are kept as 64-bit hashes: two that clash cost a comparison, no more."""
        numbers = [hash(key) for key in set(keys)]
        self.key.extend(numbers)
        self.party.extend([party] * len(numbers))


def name_keys(party: Described, *, least: float) -> Iterator[str]:
    """The keys of a party's names.

    >>> from crosstie.ledger.statements import PartyId
    >>> acme = Described(party=PartyId("a"), register="r", name="Acme Trading Ltd")
    >>> sorted(name_keys(acme, least=0.8))[-2:]
    ['squeezed cmetrading', 'words acme trading']
    """
    for reading in party.readings:
        if party.kind in {"person", "unknown"}:
            yield from _person_keys(party, reading, least)
        if party.kind != "person":
            yield from _company_keys(reading)


def _person_keys(party: Described, reading: ReadName, least: float) -> Iterator[str]:
    words = " ".join(reading.sorted)
    if least <= PERSON_ALONE:
        yield f"person {words}"
    else:
        yield from (f"person {words} in {company}" for company in party.tied_to)


def _company_keys(reading: ReadName) -> Iterator[str]:
    yield f"words {' '.join(reading.sorted)}"
    yield f"bare {' '.join(bare(reading))}"
    for letters in {reading.squeezed, "".join(reading.sorted)}:
        yield f"squeezed {letters}"
        if len(letters) >= SHORTEST_TYPO:
            for place in range(len(letters)):
                yield f"squeezed {letters[:place]}{letters[place + 1 :]}"


@dataclass(frozen=True, slots=True)
class Paired:
    """Pairs of parties that share a key, and crowds: how many share one key with whom, too many to compare."""

    pairs: NDArray[np.int32]
    crowds: tuple[tuple[int, int], ...] = ()


def pairs(keys: Keys, apart: NDArray[np.int32] | None = None, *, largest: int = LARGEST) -> Paired:
    """Every two parties that share a key, once, the smaller number first.

    ``apart`` gives each party a country's number (0: not said): pairs of two countries are left out. Of a key
    that more than ``largest`` parties share, no pairs are made; each such crowd is told once, by its first party.

    >>> keys = Keys()
    >>> for number, words in enumerate(["a", "b", "a"]):
    ...     keys.add(number, [words])
    >>> pairs(keys).pairs.tolist()
    [[0, 2]]
    """
    none = np.empty((0, 2), np.int32)
    if not len(keys.key):
        return Paired(none)
    key, party = np.frombuffer(keys.key, np.int64), np.frombuffer(keys.party, np.int32)
    order = np.argsort(key, kind="stable")
    key, party = key[order], party[order]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    sizes = np.diff(np.append(starts, len(key)))
    found = [each for size in np.unique(sizes[sizes <= largest]) if size > 1
             for each in _of_size(party, starts[sizes == size], int(size), apart)]  # fmt: skip
    crowds: dict[int, int] = {}
    for at in np.flatnonzero(sizes > largest):
        first = int(party[starts[at]])
        crowds[first] = max(crowds.get(first, 0), int(sizes[at]))
    codes = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    stacked = np.stack((codes >> 32, codes & 0xFFFFFFFF), axis=1).astype(np.int32)
    return Paired(stacked, tuple(sorted(crowds.items())))


def _of_size(
    party: NDArray[np.int32], starts: NDArray[np.int64], size: int, apart: NDArray[np.int32] | None
) -> Iterator[NDArray[np.int64]]:
    """The pairs of all blocks of one size, each as one number, a bounded number of them at once."""
    for first in range(size - 1):
        rest = np.arange(first + 1, size)
        step = max(1, _AT_ONCE // len(rest))
        for at in range(0, len(starts), step):
            block = starts[at : at + step]
            one = np.repeat(party[block + first], len(rest))
            other = party[(block[:, None] + rest).ravel()]
            keep = one != other
            if apart is not None:
                keep &= (apart[one] == apart[other]) | (apart[one] == 0) | (apart[other] == 0)
            low, high = np.minimum(one, other)[keep], np.maximum(one, other)[keep]
            yield np.unique(low.astype(np.int64) << 32 | high)


def numbered(countries: Sequence[str]) -> NDArray[np.int32]:
    """Countries as numbers; 0 where none is said.

    >>> numbered(["GB", "", "GB", "FR"]).tolist()
    [1, 0, 1, 2]
    """
    numbers: dict[str, int] = {"": 0}
    return np.array([numbers.setdefault(each, len(numbers)) for each in countries], np.int32)
