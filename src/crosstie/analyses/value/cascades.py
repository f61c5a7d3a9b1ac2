"""Failure cascades: a value that falls below a floor costs more, and takes others below theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from crosstie.analyses.power.game import exact_number
from crosstie.analyses.value.equity import equity
from crosstie.analyses.value.system import Matrix, System
from crosstie.text.problem import CrosstieError


@dataclass(frozen=True, slots=True)
class Cascade:
    """Who fails in which round, and every company's value to outsiders at the end."""

    names: tuple[str, ...]
    rounds: tuple[tuple[str, ...], ...]
    values: Matrix

    def __getitem__(self, company: str) -> Fraction | float:
        """The value of one company to its outside holders after all failures."""
        found: Fraction | float = self.values[self.names.index(company)]
        return found

    @property
    def failed(self) -> frozenset[str]:
        """All that fail."""
        return frozenset(name for failing in self.rounds for name in failing)


def cascade(
    system: System, floors: Mapping[str, Fraction | float], costs: Mapping[str, Fraction | float]
) -> Cascade:
    r"""Let failures spread: :math:`v = \hat C (I - C)^{-1} (a - b(v))`, with *b* the costs of those below their floors.

    :math:`\hat C_{jj} = 1 - \sum_i C_{ij}` is what outsiders hold of *j*. Starting with no failure, each round
    adds those whose value is below their floor; the outcome is the best consistent one.

    Raises
    ------
    CrosstieError
        A floor or cost of nobody, or a cost below zero.

    Examples
    --------
    >>> from crosstie.analyses.value.system import make_system
    >>> two = make_system(["a", "b"], {"a": 1, "b": 1}, {("a", "b"): 0.5, ("b", "a"): 0.5})
    >>> found = cascade(two, {"a": 1.2, "b": 0.95}, {"a": 0.5, "b": 0.5})
    >>> found.rounds, [float(v) for v in found.values]
    ((('a',), ('b',)), [0.5, 0.5])

    References
    ----------
    Elliott, Golub & Jackson (2014), American Economic Review 104, section I.
    """
    floor, cost = _of_all(system, floors), _of_all(system, costs)
    for name, amount in zip(system.names, cost, strict=True):
        if amount < 0:
            raise CrosstieError(f"the cost of {name}'s failure is below zero: {float(amount):g}")
    down = np.zeros(system.size, np.bool_)
    rounds: list[tuple[str, ...]] = []
    while True:
        values = _values(system, np.where(down, cost, cost * 0))
        falls = ~down & np.asarray(values < floor, dtype=np.bool_)
        if not falls.any():
            return Cascade(system.names, tuple(rounds), values)
        rounds.append(tuple(name for name, fell in zip(system.names, falls.tolist(), strict=True) if fell))
        down |= falls


def _values(system: System, lost: Matrix) -> Matrix:
    left = System(system.names, system.assets - lost, system.held)
    return np.asarray(equity(left).equity * system.outside_held)


def _of_all(system: System, given: Mapping[str, Fraction | float]) -> Matrix:
    nobody = [name for name in given if name not in system.names]
    if nobody:
        raise CrosstieError(f"no such company in the system: {nobody[0]!r}")
    exact = system.assets.dtype == object
    found = system.assets * 0
    for i, name in enumerate(system.names):
        amount = exact_number(given.get(name, 0), f"an amount of {name}")
        found[i] = amount if exact else float(amount)
    return found
