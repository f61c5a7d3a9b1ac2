"""Everything that everybody controls or may control, pair by pair, ranges included."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import closures
from crosstie.engines.local.compiled import compiled
from crosstie.engines.register.everybody import Ends, Everybody
from crosstie.text.problem import CrosstieError

ROWS = 1 << 20
LONGEST = 10**6
UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Pairs:
    """Controlled pairs by party number, with both ends of the votes and whether each end is reached.

    ``ultimate`` is by party, of those that control: 1 nobody controls them, 0 somebody does, -1 ranges leave it
    open. ``doubtful`` are companies whose rounded numbers do not decide: exact ones must be found for them.
    """

    owner: NDArray[np.int32]
    company: NDArray[np.int32]
    decided: NDArray[np.bool_]
    votes: NDArray[np.float64]
    ultimate: NDArray[np.int8]
    doubtful: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.owner)


def controlled(all_: Everybody, threshold: Fraction) -> Pairs:
    """Every pair of controller and company: more than the threshold of the votes, with all it controls.

    Raises
    ------
    CrosstieError
        The threshold is not over 0 and at most 1, or has too many digits.
    """
    if not 0 < threshold <= 1:
        raise CrosstieError(f"the threshold is {threshold}; it must be over 0 and at most 1")
    if threshold.denominator > LONGEST:
        raise CrosstieError(f"a threshold of more than six digits: {float(threshold)}; write it shorter")
    desk = _Desk(all_)
    found = list(_rows(all_, desk, threshold))
    owner, company, decided, votes = (np.concatenate([each[at] for each in found]) for at in range(4))
    return Pairs(
        owner, company, decided, votes, _ultimate(all_.size, company, decided), np.flatnonzero(desk.doubtful)
    )


class _Desk:
    """What the kernel reads of the holdings, and its scratch memory."""

    def __init__(self, all_: Everybody) -> None:
        size = all_.size
        self.sums = sums_of(all_, all_.votes)
        self.company = all_.companies()
        counts = all_.votes.high > 0
        edges = np.flatnonzero(counts)
        self.below_edge = edges[np.argsort(all_.holder[edges], kind="stable")]
        self.below = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(all_.holder[edges], minlength=size), out=self.below[1:])
        self.asked = (np.diff(self.below) > 0) & (all_.kind != UNKNOWN)
        self.doubtful = np.zeros(size, np.bool_)
        self.scratch = (
            np.zeros((size, 4), np.int64), np.zeros(size, np.int8), np.zeros(size, np.int8),
            np.zeros(size, np.int64), np.zeros(size + 1, np.int64), np.zeros((size, 2), np.int64),
        )  # fmt: skip


def sums_of(all_: Everybody, ends: Ends) -> NDArray[np.int64]:
    """Both ends of each column's sum, and how many of its ranges have an open end, below and above."""
    sums = np.zeros((all_.size, 4), np.int64)
    compiled(closures.add_up)(all_.start, ends.low, ends.high, ends.low_open, ends.high_open, sums)
    return sums


def _rows(all_: Everybody, desk: _Desk, threshold: Fraction) -> Iterator[tuple[NDArray[np.generic], ...]]:
    seat, room = 0, ROWS
    while seat < all_.size:
        rows = (
            np.empty(room, np.int32),
            np.empty(room, np.int32),
            np.empty(room, np.bool_),
            np.empty((room, 4)),
        )
        after, filled = compiled(closures.control_from)(
            seat, all_.size - 1, desk.asked, desk.below, desk.below_edge, desk.company,
            all_.votes.low, all_.votes.high, all_.votes.low_open, all_.votes.high_open,
            desk.sums, all_.whole, all_.rounded, threshold.numerator, threshold.denominator,
            *desk.scratch, desk.doubtful, *rows,
        )  # fmt: skip
        room = 2 * room if after == seat else ROWS
        seat = after
        yield tuple(each[:filled].copy() for each in rows)
    yield (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.bool_), np.empty((0, 4)))


def _ultimate(size: int, company: NDArray[np.int32], decided: NDArray[np.bool_]) -> NDArray[np.int8]:
    ultimate = np.ones(size, np.int8)
    ultimate[company] = -1
    ultimate[company[decided]] = 0
    return ultimate


def self_holding(all_: Everybody, threshold: Fraction, among: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The largest set of these companies that surely hold more than the threshold of each of them."""
    left = among.copy()
    sums, mine = sums_of(all_, all_.votes), np.zeros((all_.size, 4), np.int64)
    ends = all_.votes
    while compiled(closures.outside_of)(
        all_.start, all_.holder, ends.low, ends.high, ends.low_open, ends.high_open,
        sums, all_.whole, threshold.numerator, threshold.denominator, left, mine,
    ):  # fmt: skip
        pass
    return np.flatnonzero(left)
