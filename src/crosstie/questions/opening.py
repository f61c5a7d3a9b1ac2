"""Open any LEDGER: a text ledger, a folder of them, or a CSV edge list, under the clocks asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from crosstie.formats import edge_list
from crosstie.network.build import edges_of_holdings
from crosstie.network.edges import make_network
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.text.problem import CrosstieError, Problem

Denominator = Literal["outstanding", "issued"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A ledger under two clocks: the network of that day, and every problem."""

    network: Network
    problems: tuple[Problem, ...]


def open_ledger(path: str, clocks: Clocks) -> Opened:
    """Open a text ledger (file or folder) or a CSV edge list.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that can be read.
    """
    return _open(path, clocks, "outstanding")


def open_network(path: str, clocks: Clocks, *, base: Denominator = "outstanding") -> Network:
    """The network alone; its parts are of outstanding shares, or of issued ones with treasury as a holder."""
    return _open(path, clocks, base).network


def _open(path: str, clocks: Clocks, base: Denominator) -> Opened:  # noqa: ARG001 (an edge list has no dates)
    place = Path(path)
    if not place.exists():
        raise CrosstieError(f"{path}: no such file or folder")
    if place.suffix.lower() == ".csv":
        return _open_edge_list(path)
    raise CrosstieError(
        f"{path}: not a ledger; give a .yaml file, a folder of them, a register file or a .csv edge list"
    )


def _open_edge_list(path: str) -> Opened:
    said = edge_list.load(path)
    network = make_network(edges_of_holdings(said.holdings), problems=said.problems)
    return Opened(network, network.problems)
