import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import edges_from, random_columns

from crosstie.engines.local import plan
from crosstie.engines.local.components import components
from crosstie.engines.local.edges import make_edges


@pytest.mark.parametrize("seed", range(40))
def test_components_and_loops_are_those_of_networkx(seed):
    rng = np.random.default_rng(seed)
    persons, columns = random_columns(rng, 24, over=True)
    columns = {j: column for j, column in columns.items() if rng.random() < 0.7}  # several components
    edges = edges_from(24, persons, columns)
    found = components(edges, plan.make_plan(edges))
    graph = nx.DiGraph((h, j) for j, column in columns.items() for h in column)
    graph.add_nodes_from(range(24))
    for parts, label in (
        (nx.weakly_connected_components(graph), found.together),
        (nx.strongly_connected_components(graph), found.loop),
    ):
        for part in parts:
            want = min(part) if len(part) > 1 or label is found.together else -1
            assert {int(label[party]) for party in part} == {want}, f"seed {seed}"


def test_nobody_hangs_together_with_nobody():
    edges = make_edges(np.array([0]), np.zeros(0, np.int64), np.zeros(0))
    found = components(edges, plan.make_plan(edges))
    assert len(found.together) == len(found.loop) == 0
