"""Companies with outside assets, shares in each other and debts to each other, as matrices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.power.game import exact_number
from crosstie.network.network import Network
from crosstie.text.problem import CrosstieError

Matrix = NDArray[Any]  # float64, or whole and exact: object arrays of Fractions

EXACT_UP_TO = 40  # companies: beyond, floats
MOST = 8_000  # companies: a dense matrix of half a gigabyte


@dataclass(frozen=True, slots=True)
class Debt:
    """What a debtor owes a creditor; rank 1 is paid first, equal ranks share in proportion."""

    debtor: str
    creditor: str
    amount: Fraction
    seniority: int = 1


@dataclass(frozen=True, slots=True)
class System:
    """Companies by position: ``held[i, j]`` is the part of *j* that *i* holds.

    ``outside_held[j]`` is the part of *j* held by no company here; ``owed[s][i, j]`` what *i* owes *j* at
    rank *s*, and ``owed_outside[s][i]`` what it owes others.
    """

    names: tuple[str, ...]
    assets: Matrix
    held: Matrix
    owed: tuple[Matrix, ...] = ()
    owed_outside: tuple[Matrix, ...] = field(default=())

    @property
    def size(self) -> int:
        """How many companies."""
        return len(self.names)

    @property
    def outside_held(self) -> Matrix:
        """The part of each company that no company here holds."""
        return np.asarray(1 - self.held.sum(axis=0))


def make_system(  # noqa: PLR0913 (the parts of one system)
    names: Sequence[str],
    assets: Mapping[str, Fraction | float],
    held: Mapping[tuple[str, str], Fraction | float],
    debts: Sequence[Debt] = (),
    *,
    exact: bool = True,
    equal_ranks: bool = False,
) -> System:
    """Lay out a system; negative outside assets are debts to outsiders that rank before all others.

    Parameters
    ----------
    names
        The companies, in order. Debts to anybody else are debts to outsiders.
    assets
        Outside assets by company, zero where not given.
    held
        Parts by (holder, company).
    equal_ranks
        Whether all debts rank equally, whatever their seniority says.

    Examples
    --------
    >>> make_system(["a", "b"], {"a": 1}, {("a", "b"): 0.5}).outside_held.tolist()
    [Fraction(1, 1), Fraction(1, 2)]
    """
    at = {name: i for i, name in enumerate(names)}
    worth = [exact_number(assets.get(name, 0), f"the outside assets of {name}") for name in names]
    matrix = _zeros((len(names), len(names)), exact=exact)
    for (holder, company), part in held.items():
        if holder in at and company in at:
            matrix[at[holder], at[company]] += _as(part, exact=exact)
    short = [Debt(name, "", -w, 0) for name, w in zip(names, worth, strict=True) if w < 0 and debts]
    if short:
        worth = [max(w, Fraction(0)) for w in worth]
    owed, outside = _debts(at, [*debts, *short], exact=exact, equal_ranks=equal_ranks)
    return System(tuple(names), _vector(worth, exact=exact), matrix, owed, outside)


def system_of(
    network: Network,
    assets: Mapping[str, Fraction | float],
    debts: Sequence[Debt] = (),
    *,
    equal_ranks: bool = False,
) -> System:
    """The companies that somebody holds, that have outside assets, or that owe; the last two need no holder.

    Exact for up to 40 companies, floats beyond.

    Raises
    ------
    CrosstieError
        No company at all, more than 8,000, or a holding that is a range.
    """
    concerned = {*assets, *(debt.debtor for debt in debts)}
    lengths = np.diff(network.start)
    parties = [
        p.id for i, p in enumerate(network.parties) if p.id in concerned or (lengths[i] and not p.unknown_of)
    ]
    names = [*parties, *sorted(concerned - {party.id for party in network.parties})]
    if not names:
        raise CrosstieError("no company to value: nobody is stated to hold one")
    if len(names) > MOST:
        raise CrosstieError(
            f"values are computed for at most {MOST:,} companies at a time, not {len(names):,}"
        )
    held = _holdings(network, set(names))
    return make_system(names, assets, held, debts, exact=len(names) <= EXACT_UP_TO, equal_ranks=equal_ranks)


def _holdings(network: Network, names: set[str]) -> dict[tuple[str, str], Fraction]:
    held: dict[tuple[str, str], Fraction] = {}
    issuers = network.issuers()
    for edge in range(network.edge_count):
        holder, company = network.parties[network.holder[edge]].id, network.parties[issuers[edge]].id
        if holder not in names:
            continue
        if network.capital.low[edge] != network.capital.high[edge]:
            raise CrosstieError(
                f"{holder} holds a range of {company}: values need single numbers; state one, or ask for bounds"
            )
        if network.exact_capital:
            held[holder, company] = network.exact_capital[edge].low
        else:
            held[holder, company] = Fraction(float(network.capital.low[edge]))
    return held


def _debts(
    at: Mapping[str, int], debts: Sequence[Debt], *, exact: bool, equal_ranks: bool
) -> tuple[tuple[Matrix, ...], tuple[Matrix, ...]]:
    ranks = sorted({debt.seniority for debt in debts}) if not equal_ranks else [0]
    owed = [_zeros((len(at), len(at)), exact=exact) for _ in ranks]
    outside = [_zeros((len(at),), exact=exact) for _ in ranks]
    for debt in debts:
        rank = 0 if equal_ranks else ranks.index(debt.seniority)
        amount = _as(debt.amount, exact=exact)
        if debt.creditor in at:
            owed[rank][at[debt.debtor], at[debt.creditor]] += amount
        else:
            outside[rank][at[debt.debtor]] += amount
    return (tuple(owed), tuple(outside)) if debts else ((), ())


def _as(value: Fraction | float, *, exact: bool) -> Fraction | float:
    return exact_number(value, "an amount") if exact else float(value)


def _zeros(shape: tuple[int, ...], *, exact: bool) -> Matrix:
    if not exact:
        return np.zeros(shape)
    matrix = np.empty(shape, dtype=object)
    matrix[...] = Fraction(0)
    return matrix


def _vector(values: Sequence[Fraction], *, exact: bool) -> Matrix:
    vector = _zeros((len(values),), exact=exact)
    vector[:] = [_as(value, exact=exact) for value in values]
    return vector
