"""Each mistake in weights and quotas has one clear line."""

import math

import pytest

from crosstie.analyses.power import indices
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


def test_what_is_too_large_is_refused_by_name():
    real = majority_game([10**8 + 7**i for i in range(40)])
    for index in (indices.deegan_packel, indices.holler):
        with pytest.raises(CrosstieError, match="is not computed for 40 holders"):
            index(real)
    with pytest.raises(CrosstieError, match="at most 20 holders"):
        winning_coalitions(real)
