"""Who holds what on one day: parties, and for each company the column of its holders, read-only."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Instruction, Matter, PartyType
from crosstie.text.problem import CrosstieError, Problem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


class UnknownPartyError(CrosstieError):
    """No party of that id, name or identifier; the message names the nearest."""


@dataclass(frozen=True, slots=True)
class Party:
    """One node. ``unknown_of`` names the company whose unknown holders it stands for."""

    id: str
    name: str = ""
    type: PartyType = "company"
    jurisdiction: str = ""
    listed: str = ""
    unknown_of: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """One interval per edge: four parallel read-only arrays; where low == high it is one number."""

    low: FloatArray
    high: FloatArray
    low_open: BoolArray
    high_open: BoolArray

    @property
    def is_exact(self) -> bool:
        """Whether every interval holds one number."""
        return bool(np.array_equal(self.low, self.high))


@dataclass(frozen=True, slots=True)
class Cap:
    """A holder, with those it controls and acts with, casts freely at most this part of a base."""

    holder: int
    company: int
    limit: Fraction
    base: Literal["theoretical_votes", "exercisable_votes"] = "exercisable_votes"
    excess: Literal["lost", "neutral"] = "lost"
    matter: Matter = "all"
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """How a holder's votes in a company are cast on a matter: by whom, or how."""

    holder: int
    company: int
    matter: Matter = "all"
    by: int = -1
    how: Instruction = "as_instructed"
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Concert:
    """Holders who act together in one company (-1: in every company)."""

    holders: tuple[int, ...]
    company: int = -1
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Absolute counts per party, NaN where nothing says: what percentages are parts of."""

    issued: FloatArray
    treasury: FloatArray
    theoretical_votes: FloatArray


@dataclass(frozen=True, slots=True)
class Network:
    """Who holds what on one day.

    The edges of company *j* are ``start[j]:start[j+1]``: their holders in ``holder``, their part of
    the outstanding shares in ``capital`` and of the theoretical votes less treasury's in ``votes``
    (each a ``Bounds``), whether the votes are asleep in ``suspended``, the exact intervals in
    ``exact_capital`` and ``exact_votes`` (empty for bulk registers), and the ids of the statements
    behind the edge in ``statements``. A column sums to one with the company's unknown holders,
    who are a party of their own (``unknown[j]``, -1 where there are none). Companies nobody is
    stated to hold have an empty column and are terminal owners.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> ring = toys.ring()
    >>> ring.index("beta"), [ring.parties[i].id for i in ring.holders_of(ring.index("beta"))]
    (2, ['alpha', 'unknown holders of beta'])
    """

    parties: tuple[Party, ...]
    start: IntArray
    holder: IntArray
    capital: Bounds
    votes: Bounds
    suspended: BoolArray
    unknown: IntArray
    totals: Totals
    exact_capital: tuple[Interval, ...] = ()
    exact_votes: tuple[Interval, ...] = ()
    statements: tuple[tuple[str, ...], ...] = ()
    caps: tuple[Cap, ...] = ()
    voices: tuple[Voice, ...] = ()
    concerts: tuple[Concert, ...] = ()
    problems: tuple[Problem, ...] = ()
    _index: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """How many parties."""
        return len(self.parties)

    @property
    def edge_count(self) -> int:
        """How many holdings."""
        return len(self.holder)

    @property
    def is_exact(self) -> bool:
        """Whether no holding is a range."""
        return self.capital.is_exact and self.votes.is_exact

    def index(self, party: str) -> int:
        """The position of a party, by id.

        Raises
        ------
        UnknownPartyError
            No such party; the message names the nearest.
        """
        found = self._index.get(party)
        if found is None:
            raise UnknownPartyError(no_such_party(party, list(self._index)))
        return found

    def __contains__(self, party: object) -> bool:
        """Whether there is a party of that id."""
        return party in self._index

    def column(self, company: int) -> slice:
        """The edges of one company."""
        return slice(int(self.start[company]), int(self.start[company + 1]))

    def holders_of(self, company: int) -> IntArray:
        """The holders of one company, by position."""
        return self.holder[self.column(company)]

    def issuers(self) -> IntArray:
        """The company of every edge (m,)."""
        return np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.start))

    def with_votes(self, votes: Bounds, suspended: BoolArray) -> "Network":
        """The same holdings with other votes; arrays are shared."""
        return replace(self, votes=votes, suspended=suspended, exact_votes=())


def no_such_party(asked: str, known: Sequence[str]) -> str:
    """One line that names the nearest of the known names.

    >>> no_such_party("nisan", ["nissan", "renault"])
    "no such party: 'nisan'; did you mean 'nissan'?"
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only when something is wrong)

    near = process.extractOne(asked, known, scorer=fuzz.WRatio, score_cutoff=60)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"no such party: {asked!r}{hint}"


def frozen(array: FloatArray | IntArray | BoolArray) -> None:
    """Make an array read-only, in place."""
    array.setflags(write=False)
