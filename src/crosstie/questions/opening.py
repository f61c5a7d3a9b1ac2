"""Open any LEDGER: a text ledger, a folder of them, or a CSV edge list, under the clocks asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from crosstie.ledger.column import Column, Pairs
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.replay import as_of
from crosstie.ledger.state import State
from crosstie.ledger.statements import Holding
from crosstie.network.build import Denominator, build
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.text.problem import CrosstieError, Problem


@dataclass(frozen=True, slots=True)
class Opened:
    """A ledger under two clocks: what it says, the state and the network of the day, every problem.

    ``columns`` has the counts behind the parts in the network, by company.
    """

    ledger: Ledger
    state: State
    network: Network
    columns: Mapping[str, Column]
    problems: tuple[Problem, ...]


def open_ledger(path: str, clocks: Clocks) -> Opened:
    """Open a text ledger (file or folder) or a CSV edge list.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that can be read.
    """
    ledger = load_ledger(path)
    return at(ledger, clocks)


def open_network(path: str, clocks: Clocks, *, base: Denominator = "outstanding") -> Network:
    """The network alone; its parts are of outstanding shares, or of issued ones with treasury as a holder."""
    return at(load_ledger(path), clocks, base=base).network


def at(ledger: Ledger, clocks: Clocks, *, base: Denominator = "outstanding", suspended: Pairs = ()) -> Opened:
    """A loaded ledger under two clocks; ``suspended`` adds (holder, company) pairs whose votes sleep by law."""
    state = _state(ledger, clocks)
    built = build(state, base=base, suspended=suspended)
    problems = dict.fromkeys((*ledger.problems, *built.network.problems))
    return Opened(ledger, state, built.network, built.columns, tuple(problems))


def load_ledger(path: str) -> Ledger:
    """What a file or folder says, under no clocks yet.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that can be read.
    """
    place = Path(path)
    if not place.exists():
        raise CrosstieError(f"{path}: no such file or folder")
    if (place.is_dir() and not (place / "crosstie.parquet").is_file()) or place.suffix.lower() in {
        ".yaml",
        ".yml",
    }:
        from crosstie.formats import ledger_text  # noqa: PLC0415 (an edge list needs no YAML)

        return ledger_text.load(place)
    if place.suffix.lower() == ".csv":
        return _load_edge_list(path)
    from crosstie.engines.register import store  # noqa: PLC0415 (DuckDB is asked for only by a register)

    if store.is_register(place):
        return store.read(place)
    raise CrosstieError(
        f"{path}: not a ledger; give a .yaml file, a folder of them, a register or a .csv edge list"
    )


def _load_edge_list(path: str) -> Ledger:
    from crosstie.formats import edge_list  # noqa: PLC0415 (only for an edge list)

    said = edge_list.load(path)
    return Ledger(statements=said.holdings, problems=said.problems, files=(path,))


def _state(ledger: Ledger, clocks: Clocks) -> State:
    if not any(file.lower().endswith(".csv") for file in ledger.files):
        return as_of(ledger, clocks.on, clocks.known, clocks.assume)
    return State(  # an edge list has no dates: all its lines stand, and lines of one pair are added
        true_on=clocks.on,
        known_on=clocks.known,
        assume=clocks.assume,
        holdings=tuple(each for each in ledger.statements if isinstance(each, Holding)),
        statements=MappingProxyType({each.head.id: each for each in ledger.statements}),
    )
