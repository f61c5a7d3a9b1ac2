"""How much value a shareholder controls through a whole network, each company counted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from crosstie.analyses.ballots import written
from crosstie.analyses.columns import Columns, Numbers, of_network, with_shares
from crosstie.analyses.frames import to_frame
from crosstie.analyses.reach import from_company
from crosstie.analyses.visits import plan
from crosstie.network.network import Network, no_such_party
from crosstie.text.problem import CrosstieError

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Controlled:
    """The value that a party controls in others: as a sum of walks, and with each loop counted once."""

    party: str
    uncorrected: float
    control: float


@dataclass(frozen=True, slots=True)
class NetworkControl:
    """Network control of every party, most first, under a named model."""

    model: str
    rows: tuple[Controlled, ...]

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per party."""
        return to_frame(self.rows, Controlled)


def network_control_linear(network: Network, values: Mapping[str, float]) -> NetworkControl:
    r"""Network control when influence is proportional to ownership.

    :math:`c = C (c + v)` counts walks again at every turn of a loop; the correction divides by the
    visits to oneself, :math:`\hat c_i = \sum_{j \ne i} (V_{ij} / V_{ii})\, v_j`.

    Raises
    ------
    CrosstieError
        A value is negative or not a number, or of an unknown company.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> rows = network_control_linear(toys.ring(), {"beta": 100}).rows
    >>> [(row.party, row.control) for row in rows if row.party in {"ana", "alpha"}]
    [('alpha', 50.0), ('ana', 18.75)]

    References
    ----------
    Vitali, Glattfelder & Battiston (2011), PLoS ONE 6(10), e25995, and its supporting information.
    """
    return _control(network, of_network(network), values, "linear")


def network_control_threshold(
    network: Network, values: Mapping[str, float], *, threshold: float | Fraction = HALF
) -> NetworkControl:
    """Network control when a holder over the threshold has all, and otherwise each its part.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("a", "b", "60%"), ("x", "b", "40%"))
    >>> [(row.party, row.control) for row in network_control_threshold(network, {"b": 10}).rows]
    [('a', 10.0)]
    """
    columns = of_network(network)
    return _control(
        network, with_shares(network, _winner_takes_all(network, columns, threshold)), values, "threshold"
    )


def _winner_takes_all(network: Network, columns: Columns, threshold: float | Fraction) -> Numbers:
    bar = written(threshold)
    exact = [i.low for i in network.exact_capital] or [written(x) for x in network.capital.low.tolist()]
    shares = network.capital.low.copy()
    for j in range(columns.size):
        column = range(int(network.start[j]), int(network.start[j + 1]))
        winners = [edge for edge in column if exact[edge] > bar]
        if winners:
            shares[column.start : column.stop] = 0
            shares[winners] = 1
    return shares


def _control(network: Network, columns: Columns, values: Mapping[str, float], model: str) -> NetworkControl:
    worth = _worth(network, values)
    planned = plan(columns)
    chance, visits = columns.zeros(), columns.zeros()
    for j in np.flatnonzero(worth).tolist():
        up = from_company(planned, j)
        others = np.arange(network.size) != j
        chance[others] += worth[j] * up.chance[others]
        visits += worth[j] * (up.visits - ~others)
    rows = [
        Controlled(party.id, raw, once)
        for party, raw, once in zip(network.parties, visits.tolist(), chance.tolist(), strict=True)
        if raw > 0 or once > 0
    ]
    return NetworkControl(model, tuple(sorted(rows, key=lambda row: (-row.control, row.party))))


def _worth(network: Network, values: Mapping[str, float]) -> Numbers:
    known = {party.id: i for i, party in enumerate(network.parties)}
    worth = np.zeros(network.size)
    for name, value in values.items():
        if name not in known:
            raise CrosstieError(no_such_party(name, list(known)))
        if not 0 <= value < float("inf"):
            raise CrosstieError(f"the value of {name} is {value}; a value is a number from 0 up")
        worth[known[name]] = value
    return worth
