"""What a valuation answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from crosstie.analyses.frames import to_frame
from crosstie.analyses.value.system import Matrix, System

Amount = Fraction | float


@dataclass(frozen=True, slots=True)
class ValueOf:
    """One company: what it has outside the system, what its shares are worth, what goes to outsiders."""

    company: str
    outside_assets: Amount
    equity: Amount
    to_outside_holders: Amount
    owed: Amount
    paid: Amount
    in_default: bool


@dataclass(frozen=True, slots=True)
class Values:
    """The value of each company; without debts nothing is owed and nobody defaults.

    ``paid[s][i]`` is what company *i* pays on its debts of rank *s*; ``lost`` is what bankruptcy costs.
    """

    system: System
    equity: Matrix
    paid: tuple[Matrix, ...] = ()
    in_default: tuple[bool, ...] = ()
    lost: Matrix | None = None

    def __getitem__(self, company: str) -> Amount:
        """The equity of one company."""
        found: Amount = self.equity[self.system.names.index(company)]
        return found

    @property
    def to_outside_holders(self) -> Matrix:
        """What each company's outside shareholders and outside creditors have."""
        total = self.equity * self.system.outside_held
        for paid, inside, outside in zip(self.paid, self.system.owed, self.system.owed_outside, strict=True):
            owed = inside.sum(axis=1) + outside
            total = total + np.array(
                [p * o / d if d else 0 * p for p, o, d in zip(paid, outside, owed, strict=True)],
                dtype=total.dtype,
            )
        return np.asarray(total)

    def rows(self) -> Iterator[ValueOf]:
        """One row per company."""
        outside = self.to_outside_holders
        for i, name in enumerate(self.system.names):
            yield ValueOf(
                name,
                self.system.assets[i],
                self.equity[i],
                outside[i],
                sum(
                    o[i].sum() + x[i] for o, x in zip(self.system.owed, self.system.owed_outside, strict=True)
                ),
                sum(p[i] for p in self.paid),
                self.in_default[i] if self.in_default else False,
            )

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """A pandas data frame, one row per company, amounts as floats."""
        return to_frame([ValueOf(*(_plain(cell) for cell in _cells(row))) for row in self.rows()], ValueOf)


def _cells(row: ValueOf) -> tuple[Any, ...]:
    return (
        row.company, row.outside_assets, row.equity, row.to_outside_holders, row.owed, row.paid, row.in_default
    )  # fmt: skip


def _plain(cell: Any) -> Any:  # noqa: ANN401 (any cell)
    return float(cell) if isinstance(cell, Fraction) else cell
