"""Holdings by company from numbered columns: each part's companies lie side by side, so that workers do parts on their own."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import texts
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.identifiers import Numbered, Piece


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some holdings, in the order in which their companies were shared out."""

    starts: NDArray[np.int64]
    company: NDArray[np.uint32]
    holder: NDArray[np.uint32]
    share: NDArray[np.float64]

    def part(self, part: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.float64]]:
        these = slice(int(self.starts[part]), int(self.starts[part + 1]))
        return self.company[these], self.holder[these], self.share[these]


def by_company(
    pool: ThreadPoolExecutor, numbered: Numbered, shares: Sequence[NDArray[np.float64]]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.float64]]:
    """``start``, ``holder`` and ``share`` by company, those of one in the order they come; none in itself.

    Parameters
    ----------
    numbered
        Holders and companies; ``shares`` has those of each piece.
    """
    bases, cuts = numbered.bases, numbered.cuts

    def with_company(holder: Piece, company: Piece, share: NDArray[np.float64], rows: _Rows) -> None:
        compiled(texts.with_company)(
            holder.starts, holder.parts, holder.codes, bases,
            company.starts, company.parts, share, rows.holder, rows.share,
        )  # fmt: skip

    def count(first: int, last: int) -> None:
        for part in range(first, last):
            for rows in pieces:
                company, holder, _ = rows.part(part)
                compiled(texts.count_holders)(company, holder, int(bases[part]), start)

    def group(first: int, last: int) -> None:
        for part in range(first, last):
            for rows in pieces:
                compiled(texts.group_by_company)(
                    *rows.part(part), int(bases[part]), fill, to_holder, to_share
                )

    holders, companies = numbered.columns or ((), ())
    pieces = [
        _Rows(
            each.starts,
            each.codes,
            numbered.room.take(len(each.codes), np.uint32),
            numbered.room.take(len(each.codes), np.float64),
        )
        for each in companies
    ]
    list(pool.map(with_company, holders, companies, shares, pieces))
    start = np.zeros(len(numbered.names) + 1, np.uint32)
    list(pool.map(count, cuts[:-1], cuts[1:]))
    np.cumsum(start, out=start)
    fill = start[:-1].copy()
    to_holder, to_share = np.empty(int(start[-1]), np.uint32), np.empty(int(start[-1]))
    list(pool.map(group, cuts[:-1], cuts[1:]))
    return start, to_holder, to_share
