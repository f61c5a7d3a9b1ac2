import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import controlled_by, edges_from, matrix, random_columns

from crosstie.engines.local import control, plan, value
from crosstie.engines.local.edges import UNKNOWN, edges_of, make_edges
from crosstie.network import toys
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


@pytest.mark.parametrize("seed", range(80))
def test_ultimate_controllers_are_those_of_the_plain_definition(seed):
    _, parties, persons, columns = small(seed)
    edges = edges_from(parties, persons, columns)
    found = control.ultimate_controllers(plan.make_plan(edges))
    assert not found.doubtful.any()
    groups = {i: controlled_by(i, columns) for i in range(parties) if edges.kind[i] != UNKNOWN}
    for company in range(parties):
        above = {i for i in groups if company in groups[i] and i != company}
        top = int(found.ultimate[company])
        if edges.kind[company] == UNKNOWN:
            assert top == -1
        elif not above:
            assert top == company
        else:
            assert top in above | {company}
            over_top = {i for i in groups if top in groups[i] and i != top}
            assert over_top <= groups[top]  # nobody but its own circle
            own = sum(p for h, p in columns.get(top, {}).items() if h in groups[top])
            assert (own > 50) == (top in found.circular)
            assert not over_top or own > 50


@pytest.mark.parametrize("seed", range(80))
def test_shares_over_one_are_decided_only_where_one_group_alone_has_enough(seed):
    _, parties, persons, columns = small(seed, over=True)
    edges = edges_from(parties, persons, columns)
    found = control.ultimate_controllers(plan.make_plan(edges))
    groups = {i: controlled_by(i, columns) for i in range(parties) if edges.kind[i] != UNKNOWN}
    for company in np.flatnonzero(~found.doubtful & (edges.kind != UNKNOWN)):
        above = {i for i in groups if company in groups[i] and i != company}
        top = int(found.ultimate[company])
        assert (top in groups and company in groups[top]) or top == company
        if top != company:
            assert {i for i in above if not any(i in groups[o] for o in groups if o != i)} <= {top}
        else:
            assert above <= groups[int(company)]


@pytest.mark.parametrize("seed", range(150))
def test_what_is_controlled_and_what_is_doubtful_does_not_hang_on_how_parties_are_numbered(seed):
    """Loops, columns over one and ties without whole numbers: nothing is decided by who is asked first."""
    rng, parties, persons, columns = small(seed, over=True)
    other = np.concatenate([rng.permutation(persons - 1) + 1, rng.permutation(parties - persons) + persons])
    number = np.array([0, *other])
    renamed = {
        int(number[company]): {int(number[h]): p for h, p in column.items()}
        for company, column in columns.items()
    }
    exact = seed % 3 > 0
    one = control.ultimate_controllers(plan.make_plan(edges_from(parties, persons, columns, exact)))
    two = control.ultimate_controllers(plan.make_plan(edges_from(parties, persons, renamed, exact)))
    assert one.doubtful.tolist() == two.doubtful[number].tolist()
    assert len(one.circular) == len(two.circular)
    same = (one.ultimate[:, None] == one.ultimate) == (two.ultimate[number][:, None] == two.ultimate[number])
    assert same.all()


def columns_edges(columns, parties):
    start = np.zeros(parties + 1, np.int64)
    holder, share = [], []
    for j in range(parties):
        for h, s in columns.get(j, ()):
            holder.append(h)
            share.append(s)
        start[j + 1] = len(holder)
    return make_edges(start, np.array(holder), np.array(share))


def test_joint_control_needs_the_sum_over_the_group():
    edges = columns_edges({1: [(0, 1.0)], 2: [(0, 0.6)], 3: [(1, 0.3), (2, 0.3)]}, 4)
    assert control.ultimate_controllers(plan.make_plan(edges)).ultimate.tolist() == [0, 0, 0, 0]


def test_a_decimal_tie_is_decided_though_floats_add_up_above_half():
    # 0.1 + 0.15 + 0.25 and the like are exactly half however floats add them
    edges = columns_edges({1: [(0, 1.0)], 2: [(0, 1.0)], 3: [(0, 0.3), (1, 0.1), (2, 0.1)]}, 4)
    found = control.ultimate_controllers(plan.make_plan(edges))
    assert found.ultimate.tolist() == [0, 0, 0, 3]
    assert not found.doubtful.any()


def test_a_tie_of_other_fractions_is_doubtful_and_so_is_what_hangs_on_it():
    third = 1 / 3
    edges = columns_edges(
        {1: [(0, 1.0)], 2: [(0, third), (1, 1 / 6)], 3: [(2, 0.6)], 4: [(2, 0.4), (0, 0.6)]}, 5
    )
    found = control.ultimate_controllers(plan.make_plan(edges))
    assert found.doubtful.tolist() == [False, False, True, True, False]
    assert found.ultimate.tolist() == [0, 0, -1, -1, 0]


def test_such_a_tie_beside_a_holder_of_exactly_half_is_doubtful_too():
    edges = columns_edges({1: [(0, 1.0)], 3: [(2, 0.5), (0, 1 / 3), (1, 1 / 6)]}, 4)
    assert control.ultimate_controllers(plan.make_plan(edges)).doubtful.tolist() == [
        False,
        False,
        False,
        True,
    ]


def test_whole_numbers_decide_such_a_tie():
    edges = make_edges(
        np.array([0, 0, 1, 3]),
        np.array([0, 0, 1]),
        np.array([1.0, 1 / 3, 1 / 6]),
        parts=np.array([6, 2, 1]),
        whole=np.array([0, 6, 6]),
    )
    assert control.ultimate_controllers(plan.make_plan(edges)).ultimate.tolist() == [0, 0, 2]


def test_a_circle_of_majorities_controls_itself():
    edges = columns_edges({0: [(1, 0.6)], 1: [(0, 0.6)], 2: [(1, 1.0)]}, 3)
    found = control.ultimate_controllers(plan.make_plan(edges))
    assert set(found.circular) <= {0, 1}
    assert len(set(found.ultimate)) == 1


def test_many_holders_are_added_up_by_group():
    columns = {j: [(0, 1.0)] for j in range(1, 31)}
    columns[31] = [(j, 0.02) for j in range(1, 31)]
    assert control.ultimate_controllers(plan.make_plan(columns_edges(columns, 32))).ultimate[31] == 0


def test_a_threshold_below_half_is_refused():
    made = plan.make_plan(edges_of(toys.ring()))
    with pytest.raises(CrosstieError, match=r"want at least 0\.5"):
        control.find_leads(made, Fraction(1, 3))


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
