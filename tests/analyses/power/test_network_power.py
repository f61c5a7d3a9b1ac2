"""Power over a network: chains of pivots, and mutual control."""

from fractions import Fraction
from itertools import product

import pytest

from crosstie.analyses.power.game import majority_game
from crosstie.analyses.power.indices import shapley_shubik
from crosstie.analyses.power.mutual import mutual_control_power
from crosstie.analyses.power.ocean import oceanic_game, shapley_shubik_ocean
from crosstie.analyses.power.through_chains import Sampling, power_through_chains
from crosstie.network import toys
from crosstie.text.problem import CrosstieError

MANY = Sampling(chains=1500, burn_in=6, kept=12, seed=11)


def of(found, company):
    return {row.owner: row for row in found.of(company)}


def test_with_direct_holders_only_it_is_the_shapley_shubik_index():
    parts = {"ana": 40, "bo": 25, "cy": 20, "di": 15}
    network = toys.from_shares(*[(name, "alpha", f"{part}%") for name, part in parts.items()])
    found = of(power_through_chains(network, sampling=MANY), "alpha")
    exact = shapley_shubik(majority_game(list(parts.values()), holders=list(parts)))
    for name in parts:
        assert abs(found[name].power - float(exact[name])) < 4.5 * found[name].standard_error


def test_unknown_holders_are_an_ocean():
    network = toys.from_shares(("ana", "alpha", "30%"), ("bo", "alpha", "25%"))
    found = of(power_through_chains(network, sampling=MANY), "alpha")
    exact = shapley_shubik_ocean(oceanic_game([0.3, 0.25], 0.45, holders=["ana", "bo"]))
    for name in ("ana", "bo"):
        assert abs(found[name].power - exact[name]) < 4.5 * found[name].standard_error
    assert sum(row.power for row in found.values()) == pytest.approx(1)


def test_two_layers_equal_the_sum_over_who_decides_below():
    """beta and gamma are each decided by a pivot of their own; alpha's holders vote as those pivots."""
    network = toys.from_shares(
        ("ana", "beta", "50%"), ("bo", "beta", "30%"), ("cy", "beta", "20%"),
        ("bo", "gamma", "40%"), ("cy", "gamma", "35%"), ("ana", "gamma", "25%"),
        ("beta", "alpha", "35%"), ("gamma", "alpha", "25%"), ("ana", "alpha", "40%"),
    )  # fmt: skip
    beta = shapley_shubik(majority_game([50, 30, 20], holders=["ana", "bo", "cy"]))
    gamma = shapley_shubik(majority_game([40, 35, 25], holders=["bo", "cy", "ana"]))
    expected = dict.fromkeys(("ana", "bo", "cy"), Fraction(0))
    for b, c in product(expected, expected):
        votes = {"ana": 40, "bo": 0, "cy": 0}
        votes[b] += 35
        votes[c] += 25
        decided = shapley_shubik(majority_game(list(votes.values()), holders=list(votes)))
        for name in expected:
            expected[name] += beta[b] * gamma[c] * decided[name]
    found = of(power_through_chains(network, sampling=MANY), "alpha")
    for name, value in expected.items():
        assert abs(found[name].power - float(value)) < 4.5 * found[name].standard_error


def test_a_loop_is_decided_by_whoever_breaks_it():
    network = toys.from_shares(("ana", "a", "45%"), ("b", "a", "55%"), ("a", "b", "55%"), ("bo", "b", "45%"))
    found = of(power_through_chains(network, sampling=Sampling(chains=100, seed=2)), "a")
    assert sum(row.power for row in found.values()) == pytest.approx(1)
    assert power_through_chains(network, sampling=Sampling(chains=10, seed=2)).to_frame()["power"].max() <= 1


def test_ranges_and_quotas_are_checked():
    with pytest.raises(CrosstieError, match="single numbers"):
        power_through_chains(toys.from_shares(("a", "b", "5-10%")))
    with pytest.raises(CrosstieError, match=r"outside \(0, 1\]"):
        power_through_chains(toys.chain("60%"), quota=0)


def test_mutual_power_adds_up_to_zero_and_a_dictator_has_it_all():
    found = mutual_control_power(
        toys.from_shares(("ana", "a", "51%"), ("ana", "b", "51%"), ("bo", "b", "49%"))
    )
    assert found["ana"] == 2
    assert found["bo"] == 0
    assert sum(row.power for row in found.rows) == 0


def test_joint_control_is_shared():
    network = toys.from_shares(("ana", "a", "40%"), ("bo", "a", "30%"), ("cy", "a", "30%"))
    found = mutual_control_power(network)
    assert [found[name] for name in ("ana", "bo", "cy", "a")] == [Fraction(1, 3)] * 3 + [Fraction(-1)]


def test_two_firms_with_majorities_of_each_other_cancel_out():
    found = mutual_control_power(toys.from_shares(("a", "b", "60%"), ("b", "a", "60%")))
    assert (found["a"], found["b"]) == (0, 0)


def test_too_many_parties_are_refused():
    with pytest.raises(CrosstieError, match="at most 14 parties, not 16"):
        mutual_control_power(toys.from_shares(*[(f"h{i}", "x", "6%") for i in range(15)]))
