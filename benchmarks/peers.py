"""Other tools at the sizes they can bear: NetworkX, igraph, SciPy's direct solver, clingo and recursive SQL.

python benchmarks/peers.py            from a hundred thousand companies and persons upwards
"""

import json
import multiprocessing
import resource
import sys
from pathlib import Path

import clingo
import igraph
import networkx as nx
import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

import bulk
import machine
import networks
import sql
from crosstie.engines.local import anchored, value
from crosstie.engines.local.plan import make_plan

SIZES = (100_000, 1_000_000, 10_000_000)
PATIENCE = 60
"""Seconds after which a tool is stopped; it is not asked at the next size."""
MEMORY = 12 * 2**30
CLOSE = 1e-9

CONTROL = """
group(X,X) :- head(X).
group(X,Y) :- head(X), company(Y), #sum { S,Z : group(X,Z), holds(Z,Y,S) } > 500000.
#show group/2.
"""


def companies_of(network):
    return np.repeat(np.arange(network.parties, dtype=np.int32), np.diff(network.start))


def graph_of(network):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.parties))
    graph.add_weighted_edges_from(
        zip(companies_of(network).tolist(), network.holder.tolist(), network.share.tolist(), strict=True)
    )
    return graph


def loops_by_networkx(network):
    return sum(len(part) > 1 for part in nx.strongly_connected_components(graph_of(network)))


def loops_by_igraph(network):
    edges = np.column_stack([companies_of(network), network.holder])
    graph = igraph.Graph(n=network.parties, edges=edges, directed=True)
    return sum(size > 1 for size in graph.connected_components(mode="strong").sizes())


def controllers_by_networkx(network):
    """Everybody's ultimate controller: components holders first, majorities by head, loops until nothing changes."""
    graph = graph_of(network)
    head = {}
    for part in nx.strongly_connected_components(graph):
        head |= {company: company for company in part}
        changed = True
        while changed:
            changed = False
            for company in part:
                if head[company] != company:
                    continue
                held = {}
                for _, holder, share in graph.out_edges(company, data="weight"):
                    held[head[holder]] = held.get(head[holder], 0.0) + share
                above = next((h for h, s in held.items() if s > 0.5), company)
                if above != company:
                    for member in part:
                        if head[member] == company:
                            head[member] = above
                    changed = len(part) > 1
    return np.array([head[party] for party in range(network.parties)])


def controllers_by_sql(network):
    db = sql.connect()
    sql.load(db, network)
    sql.controllers(db, network.parties)
    return sql.heads(db)


def values_by_spsolve(network):
    n = network.parties
    c = sp.csc_array((network.share, network.holder, network.start.astype(np.int32)), shape=(n, n))
    return spsolve(sp.csc_array(sp.eye_array(n) - c), network.assets)


def some_controllers_by_clingo(network):
    """Ultimate controllers of twenty companies and all above them, by answer set programming."""
    loops = np.zeros(network.parties, bool)
    loops[network.core] = True
    near = [int(j) for j in np.flatnonzero(np.diff(network.start) > 0)[:4000] if not loops[j]][:20]
    wanted, stack, facts = set(near), list(near), []
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
    solver.add("base", [], "\n".join(facts) + CONTROL)
    solver.ground([("base", [])])
    pairs = set()
    solver.solve(
        on_model=lambda m: pairs.update(
            (s.arguments[0].number, s.arguments[1].number) for s in m.symbols(shown=True)
        )
    )
    return near, pairs


def in_child(task, network):
    """Seconds and answer of a task in a process of its own, or why there is none."""

    def work(pipe):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            pipe.send(machine.once(lambda: task(network)))
        except MemoryError:
            pipe.send("out of memory")

    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    child = fork.Process(target=work, args=(theirs,))
    child.start()
    theirs.close()
    try:
        answer = ours.recv() if ours.poll(PATIENCE) else f"not done in {PATIENCE} s"
    except EOFError:
        answer = "died"
    child.kill()
    child.join()
    return answer


TASKS = (
    ("loops", "NetworkX", loops_by_networkx),
    ("loops", "igraph", loops_by_igraph),
    ("values", "SciPy spsolve", values_by_spsolve),
    ("controllers", "NetworkX", controllers_by_networkx),
    ("controllers", "DuckDB, recursive joins", controllers_by_sql),
    ("controllers of 20 companies", "clingo", some_controllers_by_clingo),
)


def ours(network):
    """Our answers and seconds, each from integer edges, plan included."""

    def loops():
        return len(make_plan(bulk.edges_of(network), for_values=False).first)

    def values():
        return value.look_through_values(make_plan(bulk.edges_of(network)), network.assets)

    def controllers():
        return anchored.ultimate_controllers(bulk.edges_of(network)).ultimate

    answers = {"loops": loops, "values": values, "controllers": controllers}
    found = {name: machine.once(task) for name, task in answers.items()}
    return {**found, "controllers of 20 companies": found["controllers"]}


def is_same(question, theirs, mine):
    if question == "values":
        return bool(np.abs(theirs - mine).max() <= CLOSE * np.abs(mine).max())
    if question == "controllers":
        return bool(np.array_equal(theirs, mine))
    if question == "loops":
        return theirs == mine
    near, pairs = theirs
    return all((int(mine[j]), j) in pairs for j in near if mine[j] != j)


def main():
    bulk.OUT.mkdir(exist_ok=True)
    bulk.warm_up()
    tired, records = set(), []
    for parties in SIZES:
        network = networks.generate(parties)
        answers = ours(network)
        for question, tool, task in TASKS:
            if (question, tool) in tired:
                continue
            seconds, mine = answers[question]
            found = in_child(task, network)
            record = {"question": question, "tool": tool, "parties": parties, "ours": seconds}
            if isinstance(found, str):
                tired.add((question, tool))
                record |= {"seconds": None, "why": found}
            else:
                record |= {"seconds": found[0], "agrees": is_same(question, found[1], mine)}
            records.append(record)
            print(record, flush=True)
    written = {"machine": machine.describe(), "records": records}
    (bulk.OUT / "peers.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
