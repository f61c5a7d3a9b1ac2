"""Power when companies control each other: who controls whom alone and jointly, in one number each."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from crosstie.analyses.frames import to_frame
from crosstie.analyses.power.coalitions import shapley_of
from crosstie.analyses.power.game import Weight, check_part
from crosstie.network.network import BoolArray, Network
from crosstie.text.problem import CrosstieError

_MOST = 14  # parties: 16,384 coalitions


@dataclass(frozen=True, slots=True)
class MutualPower:
    """One party: the Shapley–Shubik power it has over others, less that which others have over it."""

    party: str
    power: Fraction
    over_others: Fraction
    under_others: Fraction


@dataclass(frozen=True, slots=True)
class MutualPowers:
    """The power of every party; all of them add up to zero."""

    rows: tuple[MutualPower, ...]

    def __getitem__(self, party: str) -> Fraction:
        """The power of one party."""
        return next(row.power for row in self.rows if row.party == party)

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """A pandas data frame, one row per party, fractions as floats."""
        plain = [
            MutualPower(row.party, float(row.power), float(row.over_others), float(row.under_others))  # type: ignore[arg-type]
            for row in self.rows
        ]
        return to_frame(plain, MutualPower)


def mutual_control_power(network: Network, *, quota: Weight = Fraction(1, 2)) -> MutualPowers:
    r"""Karos and Peters' power in a mutual control structure: :math:`\Phi_i = \sum_j \varphi_i(v_j) - v_i(N)`.

    A coalition controls *j* when it, with all it controls already, has more than the quota of *j*'s votes
    that are awake; :math:`v_j` is the simple game of who controls *j*, :math:`\varphi` its Shapley–Shubik
    power. Unknown holders control nobody and help nobody.

    Raises
    ------
    CrosstieError
        More than 14 named parties, votes that are ranges, or a quota outside (0, 1].

    Examples
    --------
    >>> from crosstie.network import toys
    >>> found = mutual_control_power(toys.from_shares(("ana", "alpha", "60%"), ("alpha", "beta", "60%")))
    >>> found["ana"], found["alpha"], found["beta"]
    (Fraction(3, 2), Fraction(-1, 2), Fraction(-1, 1))

    References
    ----------
    Karos & Peters (2015), Games and Economic Behavior 92.
    """
    part = check_part(quota)
    if not network.votes.is_exact:
        raise CrosstieError("some votes are ranges: power in mutual control needs single numbers")
    named = [i for i, party in enumerate(network.parties) if not party.unknown_of]
    if len(named) > _MOST:
        raise CrosstieError(f"power in mutual control is found for at most {_MOST} parties, not {len(named)}")
    controlled = _controlled(network, named, part)
    powers = [shapley_of(controlled[:, at]) for at in range(len(named))]
    everybody = [bool(controlled[-1, at]) for at in range(len(named))]
    return MutualPowers(
        tuple(_row(network.parties[i].id, at, powers, everybody) for at, i in enumerate(named))
    )


def _row(party: str, at: int, powers: list[list[Fraction]], everybody: list[bool]) -> MutualPower:
    over = sum((power[at] for j, power in enumerate(powers) if j != at), Fraction(0))
    under = Fraction(int(everybody[at])) - powers[at][at]
    return MutualPower(party, over - under, over, under)


def _controlled(network: Network, named: list[int], quota: Fraction) -> BoolArray:
    """Per coalition (bits) and party: whether the coalition controls it, directly or indirectly."""
    count = len(named)
    members = (np.arange(2**count)[:, None] >> np.arange(count)) & 1 == 1
    votes, needed = _votes(network, named, quota)
    controlled = np.zeros_like(members)
    while True:
        held = (members | controlled).astype(object) @ votes
        more = (
            np.asarray(held > needed, dtype=np.bool_)
            if quota != 1
            else np.asarray(held >= needed, dtype=np.bool_)
        )
        more &= np.array([bool(n) for n in needed])
        if not (more & ~controlled).any():
            return np.asarray(controlled)
        controlled |= more


def _votes(network: Network, named: list[int], quota: Fraction) -> tuple[Any, Any]:
    at = {i: position for position, i in enumerate(named)}
    votes = np.zeros((len(named), len(named)), dtype=object)
    totals = np.zeros(len(named), dtype=object)
    issuers = network.issuers()
    for edge in range(network.edge_count):
        if network.suspended[edge]:
            continue
        part = (
            network.exact_votes[edge].low
            if network.exact_votes
            else Fraction(repr(float(network.votes.low[edge])))
        )
        totals[at[int(issuers[edge])]] += part
        holder = int(network.holder[edge])
        if holder in at:
            votes[at[holder], at[int(issuers[edge])]] += part
    return votes, totals * quota
