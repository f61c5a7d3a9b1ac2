"""Each mistake in weights and quotas has one clear line."""

import math

import pytest

from crosstie.analyses.power import minimal_sampling
from crosstie.analyses.power.deciding import winning_coalitions
from crosstie.analyses.power.game import majority_game, quota_game
from crosstie.text.problem import CrosstieError


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([], "no weights"),
        ([1, -2], "weight 2 is negative: -2"),
        ([1, math.nan], "weight 2 is not a number: nan"),
        ([math.inf, 1], "weight 1 is not a number: inf"),
        (["much"], "weight 1 is not a number: 'much'"),
        (["1/0"], "weight 1 is not a number: '1/0'"),
        ([None], "weight 1 is not a number: None"),
        ([0, 0], "the weights sum to zero"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(CrosstieError, match=message) as told:
        majority_game(weights)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("quota", [0, -0.5, 1.0001, math.nan, "half"])
def test_parts_outside_nought_and_one(quota):
    with pytest.raises(CrosstieError, match="quota"):
        majority_game([1, 2], quota=quota)


@pytest.mark.parametrize("quota", [0, -1, 4, math.inf])
def test_quotas_that_nobody_or_everybody_meets(quota):
    with pytest.raises(CrosstieError, match="quota"):
        quota_game(quota, [1, 2])


def test_names_must_match_weights():
    with pytest.raises(CrosstieError, match="2 holders but 3 weights"):
        majority_game([1, 2, 3], holders=["a", "b"])


def test_coalitions_of_many_holders_are_not_listed():
    with pytest.raises(CrosstieError, match="at most 20 holders"):
        winning_coalitions(majority_game([10**8 + 7**i for i in range(40)]))


def test_too_few_minimal_coalitions_are_refused(monkeypatch):
    monkeypatch.setattr(minimal_sampling, "_FEWEST", 500)
    with pytest.raises(CrosstieError, match="only 400 of 400 random coalitions are minimal: too few to say"):
        minimal_sampling.draw_minimal([3, 2, 2], 4, draws=400)
