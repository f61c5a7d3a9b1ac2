"""Oceans, ranges and unknown holders against finite games and samples."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.analyses.power import indices
from crosstie.analyses.power.game import majority_game
from crosstie.analyses.power.ocean import (
    _arrivals_sampled,
    banzhaf_absolute_ocean,
    banzhaf_ocean,
    oceanic_game,
    shapley_shubik_ocean,
)
from crosstie.analyses.power.ranged import shapley_shubik_ocean_bounds
from crosstie.analyses.power.unorganised import banzhaf_absolute_bounds, shapley_shubik_bounds
from crosstie.ledger.amounts import Interval
from crosstie.text.problem import CrosstieError


def test_one_large_holder_beside_an_ocean():
    """With w ≤ ½ it decides when the ocean brings between ½ − w and ½: w / (1 − w)."""
    for percent in (5, 20, 43, 50):
        weight = Fraction(percent, 100)
        power = shapley_shubik_ocean(oceanic_game([weight], 1 - weight))["1"]
        assert power == pytest.approx(float(weight / (1 - weight)), abs=1e-12)


def test_two_equal_large_holders_beside_an_ocean():
    """Integrated by hand for two of 0.3 and 0.4 of ocean: a quarter of the orders each."""
    power = shapley_shubik_ocean(oceanic_game([0.3, 0.3], 0.4))
    # i decides alone (other not in) for 0.4t in [0.2, 0.5): t in [½, 1], weight (1 − t); with the other for t < ½
    assert power["1"] == pytest.approx(1 / 8 + 1 / 8, abs=1e-12)
    assert power["ocean"] == pytest.approx(1 / 2, abs=1e-12)


@given(weights=st.lists(st.integers(1, 40), min_size=1, max_size=5), ocean=st.integers(5, 60))
@settings(max_examples=25, deadline=None)
def test_ever_smaller_holders_come_ever_closer_to_the_ocean(weights, ocean):
    limit = shapley_shubik_ocean(oceanic_game(weights, ocean))
    dust = 150
    finite = indices.shapley_shubik(majority_game([*weights, *[Fraction(ocean, dust)] * dust]))
    for i in range(len(weights)):
        assert float(finite.values[i]) == pytest.approx(limit.values[i], abs=0.03)
    assert sum(limit.values) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(6))
def test_listing_agrees_with_random_arrivals(seed):
    source = np.random.default_rng(seed)
    weights = source.integers(1, 30, size=int(source.integers(2, 9))).tolist()
    game = oceanic_game(
        weights, int(source.integers(10, 80)), quota=Fraction(int(source.integers(8, 16)), 20)
    )
    listed = shapley_shubik_ocean(game).values[: len(weights)]
    drawn, errors = _arrivals_sampled(game, 40_000, seed)
    assert (np.abs(drawn - np.array(listed)) < 4.5 * errors).all()


def test_many_named_holders_are_sampled_and_say_so():
    game = oceanic_game([1] * 20, 30)
    found = shapley_shubik_ocean(game, orders=20_000)
    assert found.method.startswith("Monte Carlo: 20,000 random orders")
    assert all(error > 0 for error in found.standard_errors)
    assert sum(found.values) == pytest.approx(1)


def test_half_of_the_ocean_votes_for_in_banzhafs_game():
    weights = [24, 18, 9]
    absolute = banzhaf_absolute_ocean(oceanic_game(weights, 40))
    finite = indices.banzhaf_absolute(majority_game([*weights, *[Fraction(1, 100)] * 4000]))
    for i in range(3):
        assert float(finite.values[i]) == pytest.approx(float(absolute.values[i]), abs=0.01)
    assert absolute["ocean"] is None
    assert sum(v for v in banzhaf_ocean(oceanic_game(weights, 40)).values if v is not None) == 1


def test_a_tie_with_half_of_the_ocean_wins_half_of_the_time():
    assert banzhaf_absolute_ocean(oceanic_game([25, 25], 50)).values[:2] == (Fraction(1, 2), Fraction(1, 2))


def test_no_ocean_is_the_game_itself():
    game = oceanic_game([50, 20, 30], 0)
    assert shapley_shubik_ocean(game).values == pytest.approx((2 / 3, 1 / 6, 1 / 6))
    assert banzhaf_absolute_ocean(game).values == indices.banzhaf_absolute(majority_game([50, 20, 30])).values


def test_oceans_are_checked():
    for arguments, message in [
        (([-1], 5), "negative"), (([0], 0), "sum to zero"), ((["x"], 1), "not a number"),
    ]:  # fmt: skip
        with pytest.raises(CrosstieError, match=message):
            oceanic_game(*arguments)
    with pytest.raises(CrosstieError, match=r"outside \(0, 1\]"):
        oceanic_game([1], 1, quota=1.2)
    with pytest.raises(CrosstieError, match="at most 20 named holders"):
        banzhaf_absolute_ocean(oceanic_game([1] * 21, 5))
    with pytest.raises(CrosstieError, match="no named holder ever decides"):
        banzhaf_ocean(oceanic_game([1], 99, quota=0.9))


def random_ranges(source):
    count = int(source.integers(1, 5))
    lows = source.integers(2, 22, size=count)
    return [(int(low), int(low) + int(source.integers(0, 8))) for low in lows]


@pytest.mark.parametrize("seed", range(40))
def test_bounds_beside_an_ocean_hold_every_choice(seed):
    source = np.random.default_rng(seed)
    ranges = random_ranges(source)
    quota = Fraction(int(source.integers(5, 9)), 10)
    votes = [Interval(Fraction(low, 100), Fraction(high, 100)) for low, high in ranges]
    found = shapley_shubik_ocean_bounds([str(i) for i in range(len(votes))], votes, quota)
    for _ in range(25):
        chosen = [Fraction(int(source.integers(low, high + 1)), 100) for low, high in ranges]
        exact = shapley_shubik_ocean(oceanic_game(chosen, 1 - sum(chosen), quota=quota))
        for i in range(len(votes)):
            assert found.low[i] - 1e-9 <= exact.values[i] <= found.high[i] + 1e-9


@pytest.mark.parametrize("seed", range(60))
def test_bounds_hold_however_the_unknown_holders_are_organised(seed):
    source = np.random.default_rng(1000 + seed)
    ranges = random_ranges(source)
    quota = Fraction(int(source.integers(5, 10)), 10)
    votes = [Interval(Fraction(low, 100), Fraction(high, 100)) for low, high in ranges]
    names = [str(i) for i in range(len(votes))]
    shapley, banzhaf = (
        find(names, votes, quota) for find in (shapley_shubik_bounds, banzhaf_absolute_bounds)
    )
    for _ in range(10):
        chosen = [Fraction(int(source.integers(low, high + 1)), 100) for low, high in ranges]
        left, blocks = 1 - sum(chosen), []
        while left > 0 and len(blocks) < 4:
            block = left * Fraction(int(source.integers(1, 11)), 10) if len(blocks) < 3 else left
            blocks.append(block)
            left -= block
        game = majority_game([*chosen, *blocks], quota=quota)
        for bounds, index in ((shapley, indices.shapley_shubik), (banzhaf, indices.banzhaf_absolute)):
            values = index(game).values
            for i in range(len(votes)):
                assert bounds.low[i] <= values[i] <= bounds.high[i]


def test_wider_ranges_never_narrow_the_bounds():
    narrow = shapley_shubik_ocean_bounds(
        ["a", "b"], [Interval.parse("20-25%"), Interval.parse("10%")], Fraction(1, 2)
    )
    wide = shapley_shubik_ocean_bounds(
        ["a", "b"], [Interval.parse("15-30%"), Interval.parse("5-10%")], Fraction(1, 2)
    )
    for i in range(2):
        assert wide.low[i] <= narrow.low[i] <= narrow.high[i] <= wide.high[i]


def test_a_majority_is_certain_whatever_the_rest():
    found = shapley_shubik_bounds(["a", "b"], [Interval.parse("51%"), Interval.parse("1-9%")], Fraction(1, 2))
    assert found.values == (Fraction(1), Fraction(0))


def test_too_many_for_bounds_are_refused():
    names = [str(i) for i in range(15)]
    votes = [Interval.parse("1-2%")] * 15
    for find in (shapley_shubik_bounds, shapley_shubik_ocean_bounds):
        with pytest.raises(CrosstieError, match="at most 14"):
            find(names, votes, Fraction(1, 2))
