"""The columns of a network as bare numbers, floating or exact: one layout for every solver."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.network.network import IntArray, Network
from crosstie.text.problem import CrosstieError

Number = Any  # float or Fraction
Numbers = NDArray[Any]  # float64, or object holding Fraction: the same code runs on both


@dataclass(frozen=True, slots=True)
class Columns:
    """Positive shares only: the holders of company *j* are ``holder[start[j]:start[j+1]]``."""

    start: IntArray
    holder: IntArray
    share: Numbers

    @property
    def size(self) -> int:
        """How many parties."""
        return len(self.start) - 1

    @property
    def is_exact(self) -> bool:
        """Whether the numbers are fractions."""
        return self.share.dtype == object

    def of(self, company: int) -> tuple[IntArray, Numbers]:
        """The holders of one company and their shares."""
        part = slice(int(self.start[company]), int(self.start[company + 1]))
        return self.holder[part], self.share[part]

    def issuers(self) -> IntArray:
        """The company of every share."""
        return np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.start))

    def zeros(self) -> Numbers:
        """One zero per party, of the same kind of number."""
        return np.full(self.size, self.zero, self.share.dtype)

    @property
    def zero(self) -> float | Fraction:
        """Nothing, as the same kind of number."""
        return Fraction(0) if self.is_exact else 0.0


def of_network(network: Network, *, exact: bool = False) -> Columns:
    """The shares of the outstanding capital, each one number.

    Raises
    ------
    CrosstieError
        A share is a range, negative or not a number; or ``exact`` is asked of a network without exact shares.
    """
    check_shares(network)
    if not network.capital.is_exact:
        raise CrosstieError("some shares are ranges; this measure is defined for single numbers only")
    return with_shares(network, exact_lows(network) if exact else network.capital.low)


def exact_lows(network: Network) -> Numbers:
    """The lower end of every share as a fraction.

    Raises
    ------
    CrosstieError
        The network keeps no exact shares.
    """
    if network.edge_count and not network.exact_capital:
        raise CrosstieError("this network keeps no exact shares; exact answers need a ledger or an edge list")
    shares = np.empty(network.edge_count, object)
    shares[:] = [interval.low for interval in network.exact_capital]
    return shares


def with_shares(network: Network, shares: Numbers) -> Columns:
    """The network's columns with these numbers, edge by edge; zeros are left out."""
    return kept(Columns(network.start, network.holder, shares), shares > 0)


def kept(columns: Columns, keep: Numbers) -> Columns:
    """Only the shares marked."""
    mask = keep.astype(bool)
    counts = np.bincount(columns.issuers()[mask], minlength=columns.size)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return Columns(start, columns.holder[mask], columns.share[mask])


def without(columns: Columns, companies: Collection[int]) -> Columns:
    """The same with some companies held by nobody: they become ends of every chain."""
    return kept(columns, ~np.isin(columns.issuers(), list(companies)))


def part_of(columns: Columns, companies: IntArray) -> tuple[IntArray, Columns]:
    """Some whole columns on their own: the parties in them, in order, and the columns renumbered to match."""
    use = np.isin(columns.issuers(), companies)
    holders, issuers = columns.holder[use], columns.issuers()[use]
    parties = np.unique(np.concatenate([companies, holders])).astype(np.int32)
    counts = np.bincount(np.searchsorted(parties, issuers), minlength=len(parties))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return parties, Columns(start, np.searchsorted(parties, holders).astype(np.int32), columns.share[use])


def below(columns: Columns, owners: Collection[int]) -> IntArray:
    """The owners and every company that their chains reach."""
    order = np.argsort(columns.holder, kind="stable")
    counts = np.bincount(columns.holder, minlength=columns.size)
    start = np.concatenate([[0], np.cumsum(counts)])
    return _reached(start.tolist(), columns.issuers()[order], owners)


def above(columns: Columns, company: int) -> IntArray:
    """The company and everybody above it."""
    return _reached(columns.start.tolist(), columns.holder, (company,))


def _reached(start: list[int], ends: IntArray, seeds: Collection[int]) -> IntArray:
    seen, stack = set(seeds), list(seeds)
    while stack:
        at = stack.pop()
        for k in ends[start[at] : start[at + 1]].tolist():
            if k not in seen:
                seen.add(k)
                stack.append(k)
    return np.array(sorted(seen), np.int32)


def check_shares(network: Network) -> None:
    """Refuse shares that are no shares at all.

    Raises
    ------
    CrosstieError
        A share is negative or not a number; the message names holder and company.
    """
    bad = np.flatnonzero(~((network.capital.low >= 0) & (network.votes.low >= 0)))
    if len(bad):
        edge = int(bad[0])
        holder = network.parties[int(network.holder[edge])].id
        company = network.parties[int(network.issuers()[edge])].id
        said = network.capital.low[edge]
        raise CrosstieError(f"the share of {holder} in {company} is {said}; a share is a number from 0 up")
