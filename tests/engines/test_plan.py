import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import edges_from, matrix, random_columns

from crosstie.engines.local import plan, value
from crosstie.engines.local.edges import make_edges
from crosstie.text.problem import CrosstieError

SEEDS = range(40)


def small(seed, over=False, parties=14):
    rng = np.random.default_rng(seed)
    persons, columns = random_columns(rng, parties, over)
    return rng, parties, persons, columns


@pytest.mark.parametrize("seed", SEEDS)
def test_every_holder_stands_after_what_it_holds_except_inside_loops(seed):
    _, parties, persons, columns = small(seed, over=True)
    made = plan.make_plan(edges_from(parties, persons, columns))
    assert sorted(made.order) == list(range(parties))
    loop = np.full(parties, -1)
    for b, (low, many) in enumerate(zip(made.first, made.size, strict=True)):
        loop[low : low + many] = b
    for k in range(made.holdings):
        h, j = int(made.holder[k]), int(made.company[k])
        assert h > j or (loop[h] == loop[j] >= 0)
        assert made.share[k] == columns[int(made.order[j])][int(made.order[h])] / 100
        assert made.parts[k] == columns[int(made.order[j])][int(made.order[h])]


@pytest.mark.parametrize("seed", SEEDS)
def test_loops_are_the_strongly_connected_components(seed):
    _, parties, persons, columns = small(seed, over=True)
    made = plan.make_plan(edges_from(parties, persons, columns))
    _, label = connected_components(csr_array(matrix(parties, columns)), connection="strong")
    want = {frozenset(np.flatnonzero(label == x)) for x in set(label) if np.sum(label == x) > 1}
    assert {frozenset(int(i) for i in made.members(b)) for b in range(len(made.first))} == want


def values_by_steps(c, e, steps=20_000):
    v = e.copy()
    for _ in range(steps):
        after = e + c @ v
        if np.allclose(after, v, rtol=1e-15, atol=0):
            break
        v = after
    return v


@pytest.mark.parametrize("seed", SEEDS)
def test_values_solve_their_equation(seed):
    rng, parties, persons, columns = small(seed)
    made = plan.make_plan(edges_from(parties, persons, columns))
    e = rng.random(parties)
    closed = {int(i) for group in made.closed_groups() for i in group}
    c = matrix(parties, columns)
    for j in closed:  # its members hand on nothing
        c[:, j] = 0
    found = value.look_through_values(made, e)
    assert np.allclose(found, values_by_steps(c, e), rtol=1e-12)
    assert np.allclose(found, e + c @ found, rtol=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_closed_group_is_found_and_nothing_else_is(seed):
    _, parties, persons, columns = small(seed)
    made = plan.make_plan(edges_from(parties, persons, columns))
    found = {frozenset(int(i) for i in group) for group in made.closed_groups()}
    assert len(made.unbounded) == 0
    for b in range(len(made.first)):
        members = {int(i) for i in made.members(b)}
        alone = all(set(columns[j]) <= members and sum(columns[j].values()) == 100 for j in members)
        assert (members in found) == alone


@pytest.mark.parametrize("seed", SEEDS)
def test_look_through_is_the_chance_to_reach_the_owner(seed):
    _, parties, persons, columns = small(seed)
    made = plan.make_plan(edges_from(parties, persons, columns))
    c = matrix(parties, columns)
    for owner in range(parties):
        up = c.copy()
        up[:, owner] = 0  # the walk ends where it arrives
        reach = np.zeros(parties)
        reach[owner] = 1
        for _ in range(20_000):
            after = up.T @ reach
            after[owner] = 1
            if np.abs(after - reach).max() < 1e-16:
                break
            reach = after
        assert np.allclose(value.look_through_of(made, owner), reach, atol=1e-11)


def test_a_loop_with_one_ten_thousandth_outside_is_legitimate():
    start = np.array([0, 0, 0, 2, 3])
    share = np.array([0.9999, 0.0001, 1.0])
    made = plan.make_plan(make_edges(start, np.array([3, 1, 2]), share))
    assert not made.closed_groups()
    assert value.look_through_of(made, 1)[2] == pytest.approx(1.0, abs=1e-9)


def test_a_loop_too_large_for_an_inverse_is_iterated_to_the_same_values(monkeypatch):
    rng = np.random.default_rng(5)
    persons, columns = random_columns(rng, 40)
    edges, e = edges_from(40, persons, columns), rng.random(40)
    want, lt = plan.make_plan(edges), value.look_through_values(plan.make_plan(edges), e)
    assert len(want.first)
    monkeypatch.setattr(plan, "LARGEST_INVERSE", 1)
    made = plan.make_plan(edges)
    assert np.all(made.offset < 0)
    assert np.allclose(value.look_through_values(made, e), lt, rtol=1e-12)
    assert np.allclose(value.look_through_of(made, 3), value.look_through_of(want, 3), atol=1e-12)


def test_shares_above_what_there_is_in_a_loop_have_no_value():
    start, holder = np.array([0, 0, 1, 2]), np.array([2, 1])
    made = plan.make_plan(make_edges(start, holder, np.array([1.2, 1.1])))
    assert made.unbounded.tolist() == [0]
    assert np.isnan(value.look_through_values(made, np.ones(3))[1:]).all()


@pytest.mark.parametrize(
    ("start", "holder", "share", "words"),
    [
        ([0, 2], [0], [0.5], "starts do not fit"),
        ([0, 1], [7], [0.5], "outside 0 … 0"),
        ([0, 1, 1], [1], [-0.5], "below zero"),
        ([0, 1, 1], [1], [float("nan")], "not a number"),
    ],
)
def test_arrays_that_cannot_be_are_refused(start, holder, share, words):
    with pytest.raises(CrosstieError, match=words):
        make_edges(np.array(start), np.array(holder), np.array(share))
