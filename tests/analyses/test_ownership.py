import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from crosstie.analyses.columns import of_network
from crosstie.analyses.ownership import look_through, simple_path_sum, walk_sum
from crosstie.analyses.reach import of_owner, returns
from crosstie.analyses.visits import plan
from crosstie.ledger.amounts import Interval
from crosstie.network import toys
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import UnknownPartyError
from crosstie.text.problem import CrosstieError


def test_a_loop_is_counted_once_by_look_through_and_again_by_the_walk_sum():
    ring = toys.ring("50%", "40%", "30%")
    assert look_through(ring, exact=True)["alpha", "beta"] == Fraction(1, 2)
    assert walk_sum(ring, exact=True)["alpha", "beta"] == Fraction(1, 2) / (1 - Fraction(1, 5))
    assert simple_path_sum(ring, exact=True)["ana", "beta"] == Fraction(3, 20)
    assert look_through(ring, exact=True)["ana", "beta"] == Fraction(3, 20) / (1 - Fraction(1, 5))


def test_the_same_answer_by_owner_by_company_and_for_all_pairs():
    ring = toys.ring()
    every = {(r.owner, r.company): r.share for r in look_through(ring, exact=True).rows}
    for party in ring.parties:
        for row in look_through(ring, owner=party.id, exact=True).rows:
            assert every[row.owner, row.company] == row.share
        for row in look_through(ring, company=party.id, exact=True).rows:
            assert every[row.owner, row.company] == row.share


def test_direct_and_terminal_are_said():
    rows = {r.owner: r for r in look_through(toys.ring(), company="beta", exact=True).rows}
    assert (rows["alpha"].direct, rows["alpha"].terminal) == (Fraction(1, 2), False)
    assert (rows["ana"].direct, rows["ana"].terminal) == (0, True)
    assert sum(r.share for r in rows.values() if r.terminal) == 1


def test_a_closed_group_is_named_and_the_rest_is_answered():
    network = toys.from_shares(("a", "b", "100%"), ("b", "a", "100%"), ("a", "c", "30%"), ("x", "c", "50%"))
    for exact in (True, False):
        answer = look_through(network, exact=exact)
        assert [set(group) for group in answer.closed_groups] == [{"a", "b"}]
        assert answer["x", "c"] == 0.5
        assert answer["a", "c"] == answer["b", "c"] == Fraction(3, 10) or not exact
        group = next(r for r in answer.rows if r.owner.startswith("closed group") and r.company == "c")
        assert group.terminal
        assert float(group.share) == pytest.approx(0.3, abs=1e-15)
        terminal = [r.share for r in answer.rows if r.company == "c" and r.terminal]
        assert float(sum(terminal)) == pytest.approx(1, abs=1e-15)


def test_the_walk_sum_of_a_closed_group_has_no_end_and_that_is_said():
    network = toys.from_shares(("a", "b", "100%"), ("b", "a", "100%"), ("a", "c", "30%"))
    answer = walk_sum(network)
    assert answer["b", "c"] == float("inf")
    assert any("b in c has no end" in str(problem) for problem in answer.problems)
    assert walk_sum(network, owner="b")["b", "c"] == float("inf")


def test_a_loop_with_one_share_in_a_trillion_outside_is_solved_not_perturbed():
    tiny = Fraction(1, 10**15)
    edges = [
        Edge("a", "b", Interval.exactly(1)),
        Edge("b", "a", Interval.exactly(1 - tiny)),
        Edge("x", "a", Interval.exactly(tiny)),
    ]
    network = make_network(edges)
    assert look_through(network)["x", "b"] == pytest.approx(1, abs=1e-12)
    assert look_through(network, exact=True)["x", "b"] == 1
    assert look_through(network).closed_groups == ()


def test_columns_over_one_are_reported_and_computed_as_stated():
    network = toys.from_shares(("x", "a", "80%"), ("y", "a", "40%"), ("a", "b", "50%"))
    assert [p.kind for p in network.problems] == ["over-100"]
    assert look_through(network, exact=True)["x", "b"] == Fraction(2, 5)
    assert look_through(network, exact=True)["y", "b"] == Fraction(1, 5)


def test_a_loop_over_one_has_no_end_and_that_is_said():
    edges = [("a", "b", "1.5"), ("b", "a", "100%"), ("x", "a", "10%")]
    network = toys.from_shares(*edges)
    answer = look_through(network)
    assert answer["x", "b"] == float("inf")
    assert any("no end" in str(problem) for problem in answer.problems)
    assert look_through(network, exact=True)["a", "b"] == Fraction(3, 2)


def test_returns_are_the_self_ownership_of_baldone():
    ring = toys.ring("50%", "40%", "30%")
    chance = returns(plan(of_network(ring, exact=True)))
    assert chance[ring.index("alpha")] == chance[ring.index("beta")] == Fraction(1, 5)


def test_above_keeps_only_greater_shares():
    rows = look_through(toys.ring(), exact=True, above=Fraction(3, 8)).rows
    assert all(row.share > Fraction(3, 8) for row in rows)
    assert ("ana", "alpha") not in {(r.owner, r.company) for r in rows}


def test_simple_paths_stop_at_the_limit_and_say_so():
    names = "abcdefgh"
    shares = [(i, j, "10%") for i in names for j in names if i != j]
    answer = simple_path_sum(toys.from_shares(*shares), company="a", limit=50)
    assert "lower bounds" in str(answer.problems[0])


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(UnknownPartyError, match="did you mean 'alpha'"):
        look_through(toys.ring(), owner="alpah")
    with pytest.raises(UnknownPartyError, match="did you mean 'beta'"):
        look_through(toys.ring(), company="betta")


def test_an_empty_network_has_an_empty_answer():
    for measure in (look_through, walk_sum, simple_path_sum):
        for exact in (True, False):
            assert measure(make_network([]), exact=exact).rows == ()


@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan")])
def test_thresholds_outside_zero_to_one_are_refused(threshold):
    with pytest.raises(CrosstieError, match="between 0 and 1"):
        look_through(toys.ring(), above=threshold)


def test_negative_shares_and_no_numbers_are_refused_by_name():
    negative = make_network([Edge("a", "b", Interval.exactly(Fraction(-1, 10)))])
    with pytest.raises(CrosstieError, match=r"the share of a in b is -0\.1"):
        look_through(negative)
    network = toys.from_shares(("a", "b", "10%"))
    low = network.capital.low.copy()
    low[0] = np.nan
    broken = dataclasses.replace(network, capital=dataclasses.replace(network.capital, low=low, high=low))
    with pytest.raises(CrosstieError, match="the share of a in b is nan"):
        look_through(broken)


def test_ranges_have_no_walk_sum():
    network = toys.from_shares(("a", "b", "10-20%"))
    with pytest.raises(CrosstieError, match="ranges"):
        walk_sum(network)


def test_results_become_frames():
    frame = look_through(toys.ring()).to_frame()
    assert list(frame.columns) == ["owner", "company", "direct", "share", "terminal"]
    assert frame.set_index(["owner", "company"]).loc[("ana", "beta"), "share"] == 0.1875


def test_an_owner_inside_a_growing_loop_still_has_finite_holdings():
    network = toys.from_shares(("a", "b", "1.5"), ("b", "a", "100%"))
    columns = of_network(network, exact=True)
    assert of_owner(columns, network.index("a")).tolist() == [1, Fraction(3, 2)]
