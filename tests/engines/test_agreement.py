"""Everybody at once gives what the small-network analyses give, pair by pair."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import random_columns

from crosstie.analyses.control import control as small_control
from crosstie.analyses.ownership import look_through
from crosstie.engines.local import control, owners, plan, value
from crosstie.engines.local.edges import edges_of
from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Party

SEEDS = range(25)


def network_of(seed, parties=14, over=False, suspend=False):
    rng = np.random.default_rng(seed)
    persons, columns = random_columns(rng, parties, over)
    known = [Party(f"p{i}", type="person" if i < persons else "company") for i in range(parties)]
    edges = [
        Edge(f"p{h}", f"p{j}", Interval.exactly(Fraction(p, 100)), suspended=suspend and rng.random() < 0.15)
        for j, column in columns.items()
        for h, p in column.items()
    ]
    return make_network(edges, known)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("over", [False, True])
def test_look_through_of_every_pair(seed, over):
    network = network_of(seed, over=over)
    made = plan.make_plan(edges_of(network))
    if len(made.unbounded):
        pytest.skip("no finite answer")
    answer = look_through(network)
    want = np.zeros((network.size, network.size))
    for row in answer.rows:
        if row.owner in network._index:
            want[network.index(row.owner), network.index(row.company)] = row.share
    closed = {frozenset(int(i) for i in group) for group in made.closed_groups()}
    assert closed == {frozenset(network.index(name) for name in g) for g in answer.closed_groups}
    desk = owners.make_desk(made)
    inside = {i for group in closed for i in group}
    for i in set(range(network.size)) - inside:
        found = value.look_through_of(made, i)
        found[i] = want[i, i]
        assert np.allclose(found, want[i], atol=1e-12)
    for j in set(range(network.size)) - inside:
        found = owners.owners_of(made, desk, j)
        for owner, share in zip(found.owner, found.share, strict=True):
            if int(owner) not in inside:
                assert share == pytest.approx(want[owner, j], abs=1e-12)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("suspend", [False, True])
def test_ultimate_controllers_of_every_company(seed, suspend):
    network = network_of(seed, suspend=suspend)
    found = control.ultimate_controllers(plan.make_plan(edges_of(network, votes=True)))
    assert not found.doubtful.any()
    above = {}
    for row in small_control(network).rows:
        if row.decided and row.company != row.controller:
            above.setdefault(row.company, {})[row.controller] = row.ultimate
    for j, party in enumerate(network.parties):
        if party.type == "unknown":
            continue
        top = int(found.ultimate[j])
        name = network.parties[top].id
        tops = {c for c, is_top in above.get(party.id, {}).items() if is_top}
        if tops:
            assert {name} == tops
        elif not above.get(party.id):
            assert top == j
        else:  # only a circle stands above
            assert name == party.id or name in above[party.id]
