"""What every power index must obey, whatever the game."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.analyses.power import indices
from crosstie.analyses.power.deciding import blocking_coalitions, vetoes, winning_coalitions
from crosstie.analyses.power.game import majority_game, quota_game
from crosstie.questions.power import INDICES


@st.composite
def games(draw, most=7):
    weights = draw(st.lists(st.integers(0, 30), min_size=1, max_size=most).filter(any))
    return weights, draw(st.integers(1, sum(weights)))


everywhere = pytest.mark.parametrize("index", list(INDICES.values()), ids=list(INDICES))


@everywhere
@given(game=games())
@settings(max_examples=80, deadline=None)
def test_parts_sum_to_one_and_equal_weights_have_equal_power(index, game):
    weights, quota = game
    found = index(quota_game(quota, weights))
    if found.index != "banzhaf-absolute":
        assert sum(found.values) == 1
    by_weight = {}
    for weight, value in zip(weights, found.values, strict=True):
        assert by_weight.setdefault(weight, value) == value
        assert value >= 0


@everywhere
@given(game=games())
@settings(max_examples=60, deadline=None)
def test_null_holders_have_no_power(index, game):
    weights, quota = game
    built = quota_game(quota, weights)
    useful = {holder for members in winning_coalitions(built) for holder in members}
    for holder, value in zip(built.holders, index(built).values, strict=True):
        assert (value > 0) == (holder in useful)


@pytest.mark.parametrize("name", ["shapley-shubik", "banzhaf", "banzhaf-absolute", "johnston"])
@given(game=games())
@settings(max_examples=60, deadline=None)
def test_more_votes_never_mean_less_power(name, game):
    weights, quota = game
    values = INDICES[name](quota_game(quota, weights)).values
    ranked = [value for _, value in sorted(zip(weights, values, strict=True))]
    assert ranked == sorted(ranked)


@everywhere
@given(game=games(), factor=st.integers(2, 10**9), order=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_scaling_and_reordering_change_nothing(index, game, factor, order):
    weights, quota = game
    positions = list(range(len(weights)))
    order.shuffle(positions)
    plain = index(quota_game(quota, weights)).values
    moved = index(quota_game(quota * factor, [weights[p] * factor for p in positions])).values
    assert [moved[positions.index(i)] for i in range(len(weights))] == list(plain)


@given(game=games())
@settings(max_examples=60, deadline=None)
def test_a_game_and_its_dual_give_the_same_shapley_and_banzhaf_power(game):
    weights, quota = game
    dual = quota_game(sum(weights) - quota + 1, weights)
    for index in (indices.shapley_shubik, indices.banzhaf_absolute):
        assert index(quota_game(quota, weights)).values == index(dual).values


@given(game=games())
@settings(max_examples=60, deadline=None)
def test_every_minority_that_blocks_meets_every_coalition_that_wins(game):
    weights, quota = game
    built = quota_game(quota, weights)
    winning, blocking = winning_coalitions(built), blocking_coalitions(built)
    assert all(set(w) & set(b) for w in winning for b in blocking)
    assert set(vetoes(built)) == {b[0] for b in blocking if len(b) == 1}


@given(weights=st.lists(st.integers(1, 10**12), min_size=2, max_size=6))
@settings(max_examples=60, deadline=None)
def test_exactly_half_is_not_a_majority(weights):
    both = majority_game([*weights, sum(weights)])
    assert both.quota * 2 > both.total
    assert majority_game(weights, quota=1).quota == sum(majority_game(weights).units)
    assert majority_game([0.1, 0.2, 0.3]).units == (1, 2, 3)
    assert majority_game([Fraction(1, 3), Fraction(1, 6)]).units == (2, 1)
