"""Other tools at the sizes they can bear: NetworkX, SciPy's direct solver, igraph, clingo and recursive SQL.

python benchmarks/peers.py            from a hundred thousand companies and persons upwards
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import clingo
import networkx as nx
import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

import bulk
import machine
import networks
from crosstie.engines.local import control, value
from crosstie.engines.local.plan import make_plan

PATIENCE = 60.0
"""A tool that took longer is not asked at the next size."""

CONTROL = """
group(X,X) :- head(X).
group(X,Y) :- group(X,Z), wholly(Z,Y).
group(X,Y) :- head(X), company(Y), #sum { S,Z : group(X,Z), holds(Z,Y,S) } > 500000.
#show group/2.
"""


def by_networkx(network):
    """Strongly connected components, then everybody's controller by following majorities."""
    company = np.repeat(np.arange(network.parties), np.diff(network.start))
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        zip(company.tolist(), network.holder.tolist(), network.share.tolist(), strict=True)
    )
    return sum(1 for part in nx.strongly_connected_components(graph) if len(part) > 1)


def by_igraph(network):
    import igraph  # noqa: PLC0415 (absent from most machines)

    company = np.repeat(np.arange(network.parties, dtype=np.int32), np.diff(network.start))
    graph = igraph.Graph(n=network.parties, edges=np.column_stack([company, network.holder]), directed=True)
    return sum(size > 1 for size in graph.connected_components(mode="strong").sizes())


def by_spsolve(network):
    n = network.parties
    c = sp.csc_array((network.share, network.holder, network.start.astype(np.int32)), shape=(n, n))
    return spsolve(sp.csc_array(sp.eye_array(n) - c), network.assets)


def by_clingo(network, companies):
    """Ultimate controllers of some companies and all above them, by answer set programming."""
    wanted, stack = set(companies), list(companies)
    facts = []
    while stack:
        j = stack.pop()
        facts.append(f"company({j}).")
        for k in range(int(network.start[j]), int(network.start[j + 1])):
            h, parts = int(network.holder[k]), round(1_000_000 * float(network.share[k]))
            facts.append(f"holds({h},{j},{parts}). head({h}).")
            if h not in wanted:
                wanted.add(h)
                stack.append(h)
    solver = clingo.Control(["--warn=none"])
    solver.add("base", [], "\n".join(facts) + CONTROL.replace("group(X,Y) :- group(X,Z), wholly(Z,Y).\n", ""))
    solver.ground([("base", [])])
    pairs = set()
    solver.solve(
        on_model=lambda m: pairs.update(
            (s.arguments[0].number, s.arguments[1].number) for s in m.symbols(shown=True)
        )
    )
    return pairs


def main():
    bulk.OUT.mkdir(exist_ok=True)
    bulk.warm_up()
    tired, records = set(), []
    for parties in (100_000, 1_000_000):
        network = networks.generate(parties)
        seconds, plan = machine.once(lambda n=network: make_plan(bulk.edges_of(n)))
        solve_seconds, v = machine.once(lambda n=network, p=plan: value.look_through_values(p, n.assets))
        tasks = {"networkx": by_networkx, "scipy spsolve": by_spsolve}
        if find_spec("igraph"):
            tasks["igraph"] = by_igraph
        for name, task in tasks.items():
            if name in tired:
                continue
            took, answer = machine.once(lambda t=task, n=network: t(n))
            if took > PATIENCE:
                tired.add(name)
            if name == "scipy spsolve":
                agrees, ours = bool(np.allclose(answer, v, rtol=1e-9)), seconds + solve_seconds
            else:
                agrees, ours = answer == len(plan.first), seconds
            records.append(
                {"parties": parties, "tool": name, "seconds": took, "ours": ours, "agrees": agrees}
            )
            print(records[-1], flush=True)
    network = networks.generate(100_000)
    plan = make_plan(bulk.edges_of(network))
    found = control.ultimate_controllers(plan)
    loops = np.zeros(network.parties, bool)
    loops[network.core] = True
    near = [j for j in np.flatnonzero(np.diff(network.start) > 0)[:4000] if not loops[j]][:20]
    took, pairs = machine.once(lambda: by_clingo(network, near))
    right = all((int(found.ultimate[j]), int(j)) in pairs for j in near if found.ultimate[j] != j)
    records.append(
        {"parties": 100_000, "tool": "clingo, 20 companies", "seconds": took, "ours": 0.0, "agrees": right}
    )
    print(records[-1], flush=True)
    (bulk.OUT / "peers.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
