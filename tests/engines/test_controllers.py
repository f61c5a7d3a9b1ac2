"""Ultimate controllers of everybody, through a plan and straight from the holdings: both must be right."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import controlled_by, edges_from, random_columns

from crosstie.engines.local import anchored, control, plan
from crosstie.engines.local.edges import UNKNOWN, edges_of, make_edges
from crosstie.network import toys
from crosstie.text.problem import CrosstieError


def by_plan(edges):
    return control.ultimate_controllers(plan.make_plan(edges))


@pytest.fixture(params=[by_plan, anchored.ultimate_controllers], ids=["plan", "anchored"])
def controllers(request):
    return request.param


def small(seed, over=False, parties=14):
    rng = np.random.default_rng(seed)
    persons, columns = random_columns(rng, parties, over)
    return rng, parties, persons, columns


@pytest.mark.parametrize("seed", range(100))
def test_both_ways_give_the_same_answers(seed):
    """Also where a loop's head could be named by another of its members, and in what stays doubtful."""
    rng = np.random.default_rng(seed)
    parties = int(rng.integers(5, 120))
    persons, columns = random_columns(rng, parties, over=seed % 3 == 0)
    edges = edges_from(parties, persons, columns, exact=seed % 2 == 0)
    one, two = by_plan(edges), anchored.ultimate_controllers(edges)
    assert one.doubtful.tolist() == two.doubtful.tolist()
    assert same_groups(one.ultimate, two.ultimate)
    assert {frozenset(np.flatnonzero(one.ultimate == j)) for j in one.circular} == {
        frozenset(np.flatnonzero(two.ultimate == j)) for j in two.circular
    }
    outside = ~np.isin(one.ultimate, one.circular)
    assert one.ultimate[outside].tolist() == two.ultimate[outside].tolist()


def same_groups(one, two):
    return np.array_equal(one[:, None] == one, two[:, None] == two)


def columns_edges(columns, parties):
    start = np.zeros(parties + 1, np.int64)
    holder, share = [], []
    for j in range(parties):
        for h, s in columns.get(j, ()):
            holder.append(h)
            share.append(s)
        start[j + 1] = len(holder)
    return make_edges(start, np.array(holder), np.array(share))


@pytest.mark.parametrize("seed", range(80))
def test_ultimate_controllers_are_those_of_the_plain_definition(controllers, seed):
    _, parties, persons, columns = small(seed)
    edges = edges_from(parties, persons, columns)
    found = controllers(edges)
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
def test_shares_over_one_are_decided_only_where_one_group_alone_has_enough(controllers, seed):
    _, parties, persons, columns = small(seed, over=True)
    edges = edges_from(parties, persons, columns)
    found = controllers(edges)
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
def test_what_is_controlled_and_what_is_doubtful_does_not_hang_on_how_parties_are_numbered(controllers, seed):
    """Loops, columns over one and ties without whole numbers: nothing is decided by who is asked first."""
    rng, parties, persons, columns = small(seed, over=True)
    other = np.concatenate([rng.permutation(persons - 1) + 1, rng.permutation(parties - persons) + persons])
    number = np.array([0, *other])
    renamed = {
        int(number[company]): {int(number[h]): p for h, p in column.items()}
        for company, column in columns.items()
    }
    exact = seed % 3 > 0
    one = controllers(edges_from(parties, persons, columns, exact))
    two = controllers(edges_from(parties, persons, renamed, exact))
    assert one.doubtful.tolist() == two.doubtful[number].tolist()
    assert len(one.circular) == len(two.circular)
    same = (one.ultimate[:, None] == one.ultimate) == (two.ultimate[number][:, None] == two.ultimate[number])
    assert same.all()


def test_joint_control_needs_the_sum_over_the_group(controllers):
    edges = columns_edges({1: [(0, 1.0)], 2: [(0, 0.6)], 3: [(1, 0.3), (2, 0.3)]}, 4)
    assert controllers(edges).ultimate.tolist() == [0, 0, 0, 0]


def test_a_decimal_tie_is_decided_though_floats_add_up_above_half(controllers):
    # 0.1 + 0.15 + 0.25 and the like are exactly half however floats add them
    edges = columns_edges({1: [(0, 1.0)], 2: [(0, 1.0)], 3: [(0, 0.3), (1, 0.1), (2, 0.1)]}, 4)
    found = controllers(edges)
    assert found.ultimate.tolist() == [0, 0, 0, 3]
    assert not found.doubtful.any()


def test_a_tie_of_other_fractions_is_doubtful_and_so_is_what_hangs_on_it(controllers):
    third = 1 / 3
    edges = columns_edges(
        {1: [(0, 1.0)], 2: [(0, third), (1, 1 / 6)], 3: [(2, 0.6)], 4: [(2, 0.4), (0, 0.6)]}, 5
    )
    found = controllers(edges)
    assert found.doubtful.tolist() == [False, False, True, True, False]
    assert found.ultimate.tolist() == [0, 0, -1, -1, 0]


def test_such_a_tie_beside_a_holder_of_exactly_half_is_doubtful_too(controllers):
    edges = columns_edges({1: [(0, 1.0)], 3: [(2, 0.5), (0, 1 / 3), (1, 1 / 6)]}, 4)
    assert controllers(edges).doubtful.tolist() == [
        False,
        False,
        False,
        True,
    ]


def test_whole_numbers_decide_such_a_tie(controllers):
    edges = make_edges(
        np.array([0, 0, 1, 3]),
        np.array([0, 0, 1]),
        np.array([1.0, 1 / 3, 1 / 6]),
        parts=np.array([6, 2, 1]),
        whole=np.array([0, 6, 6]),
    )
    assert controllers(edges).ultimate.tolist() == [0, 0, 2]


def test_a_circle_of_majorities_controls_itself(controllers):
    edges = columns_edges({0: [(1, 0.6)], 1: [(0, 0.6)], 2: [(1, 1.0)]}, 3)
    found = controllers(edges)
    assert set(found.circular) <= {0, 1}
    assert len(set(found.ultimate)) == 1


def test_many_holders_are_added_up_by_group(controllers):
    columns = {j: [(0, 1.0)] for j in range(1, 31)}
    columns[31] = [(j, 0.02) for j in range(1, 31)]
    assert controllers(columns_edges(columns, 32)).ultimate[31] == 0


def test_a_threshold_below_half_is_refused():
    edges = edges_of(toys.ring())
    for asked in (
        lambda t: control.find_leads(plan.make_plan(edges), t),
        lambda t: anchored.ultimate_controllers(edges, t),
    ):
        with pytest.raises(CrosstieError, match=r"want at least 0\.5"):
            asked(Fraction(1, 3))


def test_a_chain_of_leaders_may_be_long(controllers):
    parties = 5_000
    order = np.random.default_rng(4).permutation(parties)
    above = np.empty(parties, np.int64)
    above[order[1:]] = order[:-1]
    start = np.concatenate([[0], np.cumsum(np.arange(parties) != order[0])])
    edges = make_edges(start, above[np.arange(parties) != order[0]], np.full(parties - 1, 0.7))
    assert set(controllers(edges).ultimate.tolist()) == {int(order[0])}
