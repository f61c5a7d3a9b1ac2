"""What a power index answers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from crosstie.analyses.frames import to_frame
from crosstie.ledger.amounts import Interval

Index = Literal["shapley-shubik", "banzhaf", "banzhaf-absolute", "deegan-packel", "holler", "johnston"]
Value = Fraction | float


@dataclass(frozen=True, slots=True)
class Power:
    """The power of each holder, and how it was found.

    ``values`` are fractions where they were counted in whole numbers, floats otherwise, ``None``
    where the index says nothing of that holder. ``low`` and ``high`` are certified bounds, equal
    to the value where it is exact; ``standard_errors`` are those of a sample, else ``None``.

    Examples
    --------
    >>> Power("holler", ("a", "b"), (Fraction(1), Fraction(1)), (Fraction(1, 2),) * 2, "exact")["b"]
    Fraction(1, 2)
    """

    index: Index
    holders: tuple[str, ...]
    weights: tuple[Fraction | Interval, ...]
    values: tuple[Value | None, ...]
    method: str
    standard_errors: tuple[float | None, ...] = ()
    low: tuple[Value | None, ...] = ()
    high: tuple[Value | None, ...] = ()

    def __getitem__(self, holder: str) -> Value | None:
        """The power of one holder."""
        return self.values[self.holders.index(holder)]

    def rows(self) -> Iterator["PowerOf"]:
        """One row per holder, in the order given; bounds that differ are an interval."""
        nothing = (None,) * len(self.holders)
        for holder, weight, value, error, low, high in zip(
            self.holders,
            self.weights,
            self.values,
            self.standard_errors or nothing,
            self.low or nothing,
            self.high or nothing,
            strict=True,
        ):
            power: Value | Interval | None = value
            if value is None and low is not None and high is not None:
                power = Interval(Fraction(low), Fraction(high))
            yield PowerOf(holder, weight, power, self.method, error)

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """A pandas data frame, one row per holder, fractions as floats."""
        rows = [
            replace(row, weight=_plain(row.weight), power=None if row.power is None else _plain(row.power))
            for row in self.rows()
        ]
        return to_frame(rows, PowerOf)


@dataclass(frozen=True, slots=True)
class PowerOf:
    """One holder's power; an interval where it is only bounded."""

    holder: str
    weight: Fraction | float | Interval
    power: Value | Interval | None
    method: str
    standard_error: float | None


def _plain(value: Value | Interval) -> Value | Interval:
    return float(value) if isinstance(value, Fraction) else value
