"""Sizes, ranges, loops, groups and problems of a ledger or register."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from crosstie.ledger.ledger import Ledger
from crosstie.ledger.schema import KIND_OF
from crosstie.ledger.statements import Entity, Holding
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.everyone import arrays, at_once, moment_of, over_100
from crosstie.questions.opening import READ_WHOLE, at, load_ledger
from crosstie.text.problem import Problem

if TYPE_CHECKING:
    from crosstie.engines.register.joined import Joined

Row = dict[str, object]


def stats(path: str, clocks: Clocks | None) -> tuple[list[Row], tuple[Problem, ...]]:
    """Rows of ``measure`` and ``value``: of all stored statements, or (with clocks) of one day too."""
    with at_once(path) as together:
        if together is not None:
            return _at_once(together, path, clocks)
    ledger = load_ledger(path)
    rows = list(_stored(ledger))
    problems = ledger.problems
    if clocks is not None:
        opened = at(ledger, clocks)
        rows += _of_day(opened.network)
        problems = opened.problems
    return [*rows, *_of_problems(Counter(problem.kind for problem in problems))], problems


def _of_problems(kinds: Counter[str]) -> Iterator[Row]:
    return (
        _row(f"problems: {kind}", count)
        for kind, count in sorted(kinds.items())
        if count and kind != READ_WHOLE
    )


def _at_once(together: "Joined", path: str, clocks: Clocks | None) -> tuple[list[Row], tuple[Problem, ...]]:
    """The same of a large register, counted by SQL and over arrays."""
    from crosstie.engines.register import counting  # noqa: PLC0415 (DuckDB is asked for only by a register)

    rows = [_row(*each) for each in counting.stored(together)]
    if clocks is None:
        return [*rows, *_of_problems(Counter(p.kind for p in together.problems))], together.problems
    all_ = arrays(together, clocks)
    day = None if all_ is None else counting.of_day(together, all_.holdings, all_.parties, moment_of(clocks))
    if all_ is None or day is None:
        opened = at(load_ledger(path), clocks)
        kinds = Counter(problem.kind for problem in opened.problems)
        return [*rows, *_of_day(opened.network), *_of_problems(kinds)], opened.problems
    over = over_100(all_, clocks)
    kinds = Counter(problem.kind for problem in all_.problems if problem.kind != "over-100")
    kinds["over-100"] = len(over)
    rows += [*(_row(*each) for each in day), _row("on the day: columns over 100%", len(over))]
    return [*rows, *_of_problems(kinds)], all_.problems


def _row(measure: str, value: int) -> Row:
    return {"measure": measure, "value": value}


def _stored(ledger: Ledger) -> Iterator[Row]:
    kinds = Counter(KIND_OF[type(statement)].name for statement in ledger.statements)
    yield _row("statements", len(ledger.statements))
    yield from (_row(f"statements: {kind}", count) for kind, count in sorted(kinds.items()))
    yield _row("sources", len(ledger.sources))
    entities = {s.party: s for s in ledger.statements if isinstance(s, Entity)}
    types = Counter(entity.type for entity in entities.values())
    yield _row("parties", len(entities))
    yield from (_row(f"parties: {kind}", count) for kind, count in sorted(types.items()))
    holdings = [s for s in ledger.statements if isinstance(s, Holding)]
    yield _row("holdings: range", sum(_is_range(holding) for holding in holdings))
    yield _row("holdings: no share stated", sum(h.share is None and h.shares is None and h.votes is None
                                                for h in holdings))  # fmt: skip
    yield _row("holdings: indirect", sum(holding.direct == "no" for holding in holdings))
    yield _row("holdings: ended", sum(holding.head.until is not None for holding in holdings))


def _is_range(holding: Holding) -> bool:
    parts = (holding.share, holding.votes, holding.shares.interval if holding.shares else None)
    return any(part is not None and not part.is_exact for part in parts)


def _of_day(network: Network) -> Iterator[Row]:
    yield _row("on the day: parties", sum(not party.unknown_of for party in network.parties))
    yield _row(
        "on the day: holdings", sum(1 for holder in network.holder if not network.parties[holder].unknown_of)
    )
    yield _row("on the day: companies held", int(np.count_nonzero(np.diff(network.start))))
    yield _row("on the day: companies with unknown holders", int(np.count_nonzero(network.unknown >= 0)))
    yield _row(
        "on the day: holdings as ranges", int(np.count_nonzero(network.capital.low != network.capital.high))
    )
    groups = loop_sizes(network)
    yield _row("on the day: groups in loops", len(groups))
    yield _row("on the day: companies in loops", sum(groups))
    yield _row("on the day: largest loop", max(groups, default=0))
    yield _row("on the day: columns over 100%", sum(p.kind == "over-100" for p in network.problems))


def loop_sizes(network: Network) -> list[int]:
    """How many companies each strongly connected group of two or more has."""
    from scipy.sparse import csr_array  # noqa: PLC0415 (slow to import)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    if network.edge_count == 0:
        return []
    shape = (network.size, network.size)
    graph = csr_array((np.ones(network.edge_count), (network.issuers(), network.holder)), shape=shape)
    _, labels = connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(labels)
    return [int(size) for size in sizes[sizes > 1]]
