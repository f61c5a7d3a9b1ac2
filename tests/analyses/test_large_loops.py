"""Chains through a large loop: the factors are those of determinants, whoever else is in the loop."""

import random
import time

import numpy as np
import pytest

from crosstie.analyses.chains import chains, loop_factors, loops
from crosstie.analyses.columns import of_network, without
from crosstie.analyses.explain import explain
from crosstie.analyses.visits import in_order
from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network


def ring_with_chords(chance, size, *, chords=3):
    edges = {}
    for j in range(size):
        for i in {(j + 1) % size, *(chance.randrange(size) for _ in range(chords))} - {j}:
            edges[i, j] = Interval.parse(f"{chance.randint(1, 60 // (chords + 1))}%")
    said = [Edge(f"c{i}", f"c{j}", share) for (i, j), share in edges.items()]
    return make_network([*said, Edge("ana", "c0", Interval.parse("20%"))])


@pytest.mark.parametrize("seed", range(5))
def test_factors_are_those_of_determinants(seed):
    chance = random.Random(seed)
    network = ring_with_chords(chance, 30)
    order = in_order(without(of_network(network), (network.index("ana"),)))
    (members,) = [group.tolist() for group in order.groups if len(group) > 1]
    held = np.zeros((network.size, network.size))
    for j in members:
        holders, shares = order.columns.of(j)
        held[j, holders] = shares
    paths = [chance.sample(members, chance.randint(1, 6)) for _ in range(12)]
    found = loop_factors(order, paths)
    for path, factor in zip(paths, found, strict=True):
        rest = [m for m in members if m not in path]
        whole = np.linalg.det(np.eye(len(members)) - held[np.ix_(members, members)])
        assert factor == pytest.approx(
            np.linalg.det(np.eye(len(rest)) - held[np.ix_(rest, rest)]) / whole, rel=1e-9
        )
    assert max(found) > 1.01


def test_exact_factors_stay_exact():
    network = ring_with_chords(random.Random(1), 8)
    found = chains(network, "ana", "c3", exact=True)
    assert found.complete
    assert sum(chain.contribution for chain in found.chains) == found.share
    assert found.remainder == 0


def test_a_loop_of_hundreds_is_explained_in_seconds():
    network = ring_with_chords(random.Random(2), 400)
    begun = time.process_time()
    found = explain(network, "ana", "c200")
    assert time.process_time() - begun < 20
    total = sum(way.highest.contribution for way in found.ways) + found.remainder_highest
    assert total == pytest.approx(found.highest)
    assert len(found.ways) == 20
    assert all(way.highest.loop_factor >= 1 for way in found.ways)


def test_short_loops_come_first_and_each_once():
    network = ring_with_chords(random.Random(3), 12)
    order = in_order(of_network(network))
    (members,) = [group.tolist() for group in order.groups if len(group) > 1]
    found = list(loops(order, members, limit=10**6))
    assert len(found) == len(set(found)) > 10
    first = [len(ring) for ring in found if ring[0] == min(members)]
    assert first == sorted(first)
    assert len(list(loops(order, members, steps=3))) < len(found)
