"""Equity with cross-holdings: a company is worth its outside assets and its shares of what it holds."""

import numpy as np

from crosstie.analyses.value.linear import SingularError, solve
from crosstie.analyses.value.result import Values
from crosstie.analyses.value.system import Matrix, System
from crosstie.text.problem import CrosstieError


def equity(system: System) -> Values:
    r"""Value companies without debts: :math:`v = e + C v`.

    What outside holders have, :math:`\sum_j (1 - \sum_i C_{ij}) v_j`, equals the outside assets: nothing in
    a loop counts twice. The same equation turns separate earnings into look-through earnings.

    Raises
    ------
    CrosstieError
        Companies that hold all of each other have a value that nothing outside determines.

    Examples
    --------
    >>> from crosstie.analyses.value.system import make_system
    >>> found = equity(make_system(["p", "s"], {"p": 50000, "s": 20000}, {("p", "s"): 0.8, ("s", "p"): 0.1}))
    >>> round(float(found["p"])), round(float(found.to_outside_holders[0]))      # Beams, mutual holdings
    (71739, 64565)

    References
    ----------
    Brioschi, Buzzacchi & Colombo (1989), Journal of Banking and Finance 13; Elliott, Golub & Jackson
    (2014), American Economic Review 104.
    """
    try:
        found = solve(_identity(system.held) - system.held, system.assets)
    except SingularError as error:
        closed = ", ".join(closed_group(system)) or "some companies"
        raise CrosstieError(
            f"{closed}: they hold all of each other, so nothing outside determines their value"
        ) from error
    return Values(system, found)


def closed_group(system: System) -> list[str]:
    """The companies that only companies here hold, all of them so held: a group that owns itself.

    Examples
    --------
    >>> from crosstie.analyses.value.system import make_system
    >>> closed_group(make_system(["a", "b", "c"], {}, {("a", "b"): 1, ("b", "a"): 1, ("c", "a"): 0}))
    ['a', 'b']
    """
    inside = set(range(system.size))
    while True:
        part = system.held[sorted(inside)].sum(axis=0)
        leaves = {i for i in inside if part[i] < 1 - 1e-12}
        if not leaves:
            return [system.names[i] for i in sorted(inside)]
        inside -= leaves
        if not inside:
            return []


def _identity(like: Matrix) -> Matrix:
    return np.asarray(np.eye(len(like), dtype=like.dtype))
