"""Random minimal winning coalitions of holders with real share counts, all equally likely.

A coalition, heaviest member first, is minimal when its votes reach the quota and did not before its
last member. With votes rounded down to cells both tests are relaxed so far that no minimal coalition is
lost; the coalitions that pass are counted by a table, drawn from it with equal chances, and only those
that pass with their true votes are kept. What is kept is uniform over the minimal winning coalitions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosstie.analyses.power.sampling import whole_array
from crosstie.network.network import BoolArray, FloatArray, IntArray
from crosstie.text.problem import CrosstieError

_TABLE_BYTES = 400 * 2**20
_MOST = 1_000  # holders: more than 2¹⁰⁰⁰ coalitions is more than a float can say
_FEWEST = 200  # coalitions kept, below which no answer is given
_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class _Relaxed:
    """Cells per holder, heaviest first; a sum up to ``high`` may lose, one from ``low`` on may win."""

    cells: tuple[int, ...]
    low: int
    high: int


def draw_minimal(units: Sequence[int], quota: int, *, draws: int = 100_000, seed: int = 0) -> BoolArray:
    """Minimal winning coalitions, one a row, a column per holder.

    Raises
    ------
    CrosstieError
        More than 1,000 holders, or too few of the draws are minimal with their true votes.

    Examples
    --------
    >>> found = draw_minimal([10, 9, 6, 5], 16, draws=300, seed=1)
    >>> sorted({tuple(row) for row in found.astype(int).tolist()})
    [(0, 1, 1, 1), (1, 0, 1, 0), (1, 1, 0, 0)]
    """
    if len(units) > _MOST:
        raise CrosstieError(
            f"minimal winning coalitions are drawn for at most {_MOST:,} holders, not {len(units):,}; "
            "ask for shapley-shubik, banzhaf or johnston"
        )
    order = sorted((i for i, unit in enumerate(units) if unit), key=lambda i: -units[i])
    relaxed = _relax([units[i] for i in order], quota)
    table = _completions(relaxed)
    random = np.random.default_rng(seed)
    kept, left = [], draws
    while left:
        batch = min(left, _AT_ONCE)
        inside, last = _draw(relaxed, table, batch, random)
        kept.append(inside[_is_minimal(inside, last, whole_array([units[i] for i in order]), quota)])
        left -= batch
    chosen = np.concatenate(kept)
    if len(chosen) < _FEWEST:
        raise CrosstieError(
            f"only {len(chosen)} of {draws:,} random coalitions are minimal: too few to say; "
            "give rounded weights, or ask for shapley-shubik, banzhaf or johnston"
        )
    found = np.zeros((len(chosen), len(units)), np.bool_)
    found[:, order] = chosen
    return found


def shares_of(found: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Deegan–Packel power from random minimal coalitions: the mean of 1/size, and its standard error."""
    parts = found / found.sum(axis=1)[:, None]
    return parts.mean(axis=0), np.maximum(parts.std(axis=0, ddof=1), 1 / len(parts)) / np.sqrt(len(parts))


def memberships_of(found: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Holler power from random minimal coalitions: memberships as parts of all, and the error of that ratio."""
    sizes = found.sum(axis=1)
    part = found.sum(axis=0) / sizes.sum()
    spread = ((found - part[None, :] * sizes[:, None]) ** 2).sum(axis=0)
    return part, np.sqrt(np.maximum(spread, 1.0)) / sizes.sum()


def _relax(heavy: Sequence[int], quota: int) -> _Relaxed:
    most = max(1, _TABLE_BYTES // (8 * len(heavy)) - 1)
    width = max(1, -(-quota // most))
    cells = tuple(unit // width for unit in heavy)
    lost = sum(unit % width for unit in heavy)  # what rounding can take from any sum, at most
    return _Relaxed(cells, max(0, -(-(quota - lost) // width)), -(-quota // width) - 1)


def _completions(relaxed: _Relaxed) -> list[FloatArray]:
    """Before each holder and for each sum of cells so far, the ways to go on to a coalition that passes."""
    table = np.zeros(relaxed.high + 1)
    tables = [table]
    for cells in relaxed.cells[::-1]:
        table = table + _taken(table, cells, relaxed)
        tables.append(table)
    return tables[::-1]


def _taken(after: FloatArray, cells: int, relaxed: _Relaxed) -> FloatArray:
    """Ways that take the holder: stop where that may win, go on where that may still lose."""
    ways = np.zeros(relaxed.high + 1)
    ways[max(0, relaxed.low - cells) :] = 1.0
    if cells <= relaxed.high:
        ways[: relaxed.high + 1 - cells] += after[cells:]
    return ways


def _draw(
    relaxed: _Relaxed, tables: list[FloatArray], count: int, random: np.random.Generator
) -> tuple[BoolArray, IntArray]:
    """Coalitions that pass the relaxed tests, equally likely, and the place of each one's last member."""
    inside = np.zeros((count, len(relaxed.cells)), np.bool_)
    sums, last = np.zeros(count, np.int64), np.full(count, -1, np.int32)
    going = np.arange(count)
    for j, cells in enumerate(relaxed.cells):
        at = sums[going]
        left = random.random(len(going)) * tables[j][at] - tables[j + 1][at]
        after = at + cells
        stops = (left >= 0) & (after >= relaxed.low)
        stops &= (left < 1) | (after > relaxed.high)
        takes = left >= 0
        inside[going[takes], j] = True
        sums[going[takes]] += cells
        last[going[stops]] = j
        going = going[~stops]
    return inside, last


def _is_minimal(inside: BoolArray, last: IntArray, votes: "np.ndarray", quota: int) -> BoolArray:
    total = inside.astype(votes.dtype) @ votes
    return np.asarray((last >= 0) & (total >= quota) & (total - votes[last] < quota))
