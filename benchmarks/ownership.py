"""Ownership and control of small networks beside SciPy, NumPy, NetworkX and clingo: answers compared, times as ratios.

Run: .venv/bin/python benchmarks/ownership.py
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import clingo
import networkx as nx
import numpy as np
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from crosstie.analyses.columns import of_network
from crosstie.analyses.control import control
from crosstie.analyses.ownership import look_through
from crosstie.analyses.reach import of_company, of_owner
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Network
from crosstie.network.random_networks import random_network

SIZES = (100, 1_000, 10_000)
REPEATS = 3


@dataclass(frozen=True)
class Line:
    question: str
    companies: int
    method: str
    seconds: float
    difference: float | None


def timed(work: Callable[[], object]) -> tuple[float, object]:
    best, answer = float("inf"), None
    for _ in range(REPEATS):
        start = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - start)
    return best, answer


def matrix(network: Network) -> csc_array:
    place = (network.holder, network.issuers())
    return csc_array((network.capital.low, place), shape=(network.size, network.size))


def one_owner(network: Network, owner: int) -> list[tuple[str, float, np.ndarray]]:
    """Everything one owner holds: one least solution."""
    shares = matrix(network)

    def scipy_lu():
        held = shares.tolil()
        held[:, owner] = 0
        left = (eye_array(network.size) - held.tocsc().T).tocsc()
        unit = np.zeros(network.size)
        unit[owner] = 1
        return splu(left).solve(unit)

    def scipy_iteration():
        transposed, now = shares.T.tocsr(), np.zeros(network.size)
        while True:
            then = transposed @ now
            then[owner] = 1
            if np.abs(then - now).max() < 1e-13:
                return then
            now = then

    methods = {"crosstie": lambda: of_owner(of_network(network), owner), "scipy splu": scipy_lu}
    methods["scipy iteration to 1e-13"] = scipy_iteration
    return [(name, *timed(work)) for name, work in methods.items()]


def all_owners(network: Network, company: int) -> list[tuple[str, float, np.ndarray]]:
    """All owners of one company, each loop counted once."""

    def numpy_inverse():
        visits = np.linalg.inv(np.eye(network.size) - matrix(network).toarray())
        return visits[:, company] / np.diagonal(visits)

    methods = {"crosstie": lambda: of_company(of_network(network), company).chance}
    if network.size <= 3_000:
        methods["numpy inverse"] = numpy_inverse
    return [(name, *timed(work)) for name, work in methods.items()]


def without_loops(seed: int, companies: int) -> Network:
    """The same shape, holders always numbered before what they hold."""
    network = random_network(seed, companies=companies, persons=companies // 3, holders=3, parts=1000)
    names = [party.id for party in network.parties]
    pairs = zip(network.holder.tolist(), network.issuers().tolist(), network.exact_capital, strict=True)
    return make_network(Edge(names[i], names[j], share) for i, j, share in pairs if i < j)


def by_paths(network: Network) -> list[tuple[str, float, dict[tuple[str, str], float]]]:
    """All pairs where there are no loops: NetworkX adds up simple paths."""
    names = [party.id for party in network.parties]

    def networkx_paths():
        graph = nx.DiGraph()
        graph.add_weighted_edges_from(
            zip(
                network.holder.tolist(), network.issuers().tolist(), network.capital.low.tolist(), strict=True
            )
        )
        found = defaultdict(float)
        for source in graph:
            targets = nx.descendants(graph, source)
            for path in nx.all_simple_edge_paths(graph, source, targets) if targets else ():
                found[names[source], names[path[-1][1]]] += float(
                    np.prod([graph.edges[e]["weight"] for e in path])
                )
        return dict(found)

    def crosstie():
        return {(row.owner, row.company): row.share for row in look_through(network).rows}

    return [("crosstie", *timed(crosstie)), ("networkx simple paths", *timed(networkx_paths))]


PROGRAM = """
holds(X,Y,S,X) :- own(X,Y,S).
holds(X,Y,S,Z) :- controls(X,Z), own(Z,Y,S), X != Y.
controls(X,Y) :- party(X), reach(X,Y), X != Y, #sum { S,Z : holds(X,Y,S,Z) } > limit.
reach(X,Y) :- own(X,Y,_).
reach(X,Y) :- reach(X,Z), own(Z,Y,_).
#show controls/2.
"""


def controllers(network: Network) -> list[tuple[str, float, frozenset[tuple[str, str]]]]:
    """Every controlling pair, least fixed point."""
    names = [party.id for party in network.parties]
    scale = int(np.lcm.reduce([i.low.denominator for i in network.exact_votes]))

    def by_clingo():
        rows = zip(network.holder, network.issuers(), network.exact_votes, strict=True)
        facts = [f"own({i},{j},{int(v.low * scale)})." for i, j, v in rows]
        facts += [f"party({i})." for i, party in enumerate(network.parties) if party.type != "unknown"]
        solver = clingo.Control(["--warn=none", f"-c limit={scale // 2}"])
        solver.add("base", [], PROGRAM + "\n".join(facts))
        solver.ground([("base", [])])
        found = []
        solver.solve(on_model=lambda model: found.extend(model.symbols(shown=True)))
        return frozenset((names[s.arguments[0].number], names[s.arguments[1].number]) for s in found)

    return [("crosstie", *timed(lambda: control(network).pairs)), ("clingo", *timed(by_clingo))]


def difference(first: object, other: object) -> float:
    if isinstance(first, frozenset):
        return float(len(first ^ other))
    if isinstance(first, dict):
        return max((abs(first.get(k, 0) - other.get(k, 0)) for k in {*first, *other}), default=0.0)
    return float(np.abs(first - other).max())


def compare(question: str, companies: int, answers: list[tuple[str, float, object]]) -> list[Line]:
    mine = answers[0][2]
    return [
        Line(question, companies, name, seconds, None if at == 0 else difference(mine, answer))
        for at, (name, seconds, answer) in enumerate(answers)
    ]


def busiest(network: Network) -> int:
    """The person with the most holdings."""
    counts = np.bincount(network.holder, minlength=network.size)
    return int(np.argmax([n * (p.type == "person") for n, p in zip(counts, network.parties, strict=True)]))


def measure() -> list[Line]:
    lines: list[Line] = []
    for companies in SIZES:
        network = random_network(7, companies=companies, persons=companies // 3, holders=3, parts=1000)
        owner = busiest(network)
        lines += compare("holdings of one owner", companies, one_owner(network, owner))
        lines += compare("owners of one company", companies, all_owners(network, network.index("c1")))
        if companies <= 1_000:
            lines += compare("controllers", companies, controllers(network))
    lines += compare("all pairs, no loops", 40, by_paths(without_loops(7, 40)))
    return lines


def main() -> None:
    lines = measure()
    print(f"{'question':24} {'companies':>9}  {'method':26} {'ms':>10} {'ratio':>8}  difference")
    base = 1.0
    for line in lines:
        base = line.seconds if line.difference is None else base
        far = "" if line.difference is None else f"{line.difference:.1e}"
        ratio = line.seconds / base
        print(
            f"{line.question:24} {line.companies:>9,}  {line.method:26} {line.seconds * 1e3:>10.2f} {ratio:>8.2f}  {far}"
        )
    worst = max(line.difference or 0 for line in lines)
    if worst > 1e-9:
        raise SystemExit(f"answers differ by {worst}")


if __name__ == "__main__":
    main()
