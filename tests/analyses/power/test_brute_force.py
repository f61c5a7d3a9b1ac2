"""Every index against the definition, coalition by coalition, on seeded random games."""

import random
from fractions import Fraction
from math import factorial

import numpy as np
import pytest

from crosstie.analyses.power import bounds, coalitions, indices, members, minimal_sampling, quadrature
from crosstie.analyses.power.game import majority_game, quota_game
from crosstie.analyses.power.sampling import shapley_sample
from crosstie.questions.power import INDICES


def by_definition(weights, quota):
    """All six indices, straight from their definitions, in fractions."""
    n = len(weights)
    shapley, johnston, deegan = ([Fraction(0)] * n for _ in range(3))
    swings, minimal = [0] * n, [0] * n
    for number in range(2**n):
        inside = [i for i in range(n) if number >> i & 1]
        votes = sum(weights[i] for i in inside)
        if votes < quota:
            continue
        critical = [i for i in inside if votes - weights[i] < quota]
        for i in critical:
            swings[i] += 1
            shapley[i] += Fraction(factorial(len(inside) - 1) * factorial(n - len(inside)), factorial(n))
            johnston[i] += Fraction(1, len(critical))
        if len(critical) == len(inside):
            for i in inside:
                minimal[i] += 1
                deegan[i] += Fraction(1, len(inside))
    return {
        "shapley-shubik": shapley,
        "banzhaf": parts(swings),
        "banzhaf-absolute": [Fraction(s, 2 ** (n - 1)) for s in swings],
        "deegan-packel": parts(deegan),
        "holler": parts(minimal),
        "johnston": parts(johnston),
    }


def parts(counts):
    return [Fraction(c) / sum(counts) for c in counts]


def random_game(seed, most):
    source = random.Random(seed)
    while True:
        n = source.randint(1, most)
        top = source.choice([1, 3, 10, 60, 1000])
        weights = [source.choice([0, 1, source.randint(0, top), source.randint(0, top)]) for _ in range(n)]
        if sum(weights):
            return weights, source.randint(1, sum(weights))


def compare(seeds, most):
    for seed in seeds:
        weights, quota = random_game(seed, most)
        game = quota_game(quota, weights)
        expected = by_definition(weights, quota)
        for name, index in INDICES.items():
            assert list(index(game).values) == expected[name], (seed, name, weights, quota)


def test_all_indices_equal_their_definitions():
    compare(range(2000), 7)


@pytest.mark.long
def test_all_indices_equal_their_definitions_on_larger_games():
    compare(range(10_000, 18_000), 8)
    compare(range(20_000, 20_060), 14)


@pytest.mark.parametrize("seed", range(150))
def test_listing_counting_and_floats_agree(seed):
    weights, quota = random_game(seed, 9)
    game = quota_game(quota, weights)
    expected = {name: [float(v) for v in index(game).values] for name, index in INDICES.items()}
    wins = coalitions.winning(game.units, game.quota)
    assert [float(v) for v in coalitions.shapley_of(wins)] == expected["shapley-shubik"]
    assert [s / 2 ** (game.size - 1) for s in coalitions.swing_counts(wins)] == expected["banzhaf-absolute"]
    close = pytest.approx
    assert quadrature.shapley_floats(game.units, game.quota).tolist() == close(
        expected["shapley-shubik"], abs=1e-12
    )
    assert quadrature.banzhaf_floats(game.units, game.quota).tolist() == close(
        expected["banzhaf-absolute"], abs=1e-12
    )
    for name, count in (("deegan-packel", members.minimal_winning), ("johnston", members.broken)):
        assert indices._by_quadrature(game, count).tolist() == close(expected[name], abs=1e-12)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("cells", [40, 1000])
def test_certified_bounds_hold(seed, cells):
    source = np.random.default_rng(seed)
    units = source.integers(1, 10**9, size=int(source.integers(2, 13))).tolist()
    game = majority_game(units, quota=Fraction(int(source.integers(1, 20)), 20))
    exact = np.array([float(v) for v in indices.shapley_shubik(game).values])
    found = bounds.shapley_bounds(game.units, game.quota, cells)
    assert (found.low <= exact + 1e-12).all()
    assert (exact <= found.high + 1e-12).all()
    absolute = np.array([float(v) for v in indices.banzhaf_absolute(game).values])
    found = bounds.banzhaf_bounds(game.units, game.quota, cells)
    assert (found.low <= absolute + 1e-12).all()
    assert (absolute <= found.high + 1e-12).all()


def test_bounds_tighten_with_cells_around_a_game_that_can_be_counted():
    units = [10**6 + 7 * i**3 for i in range(18)]
    game = majority_game(units)
    exact = np.array([float(v) for v in indices.shapley_shubik(game).values])
    wide, narrow = (bounds.shapley_bounds(game.units, game.quota, cells) for cells in (5_000, 500_000))
    assert (narrow.high - narrow.low).max() < (wide.high - wide.low).max() / 20
    assert np.abs(narrow.values - exact).max() < 1e-3


def test_two_hundred_holders_of_real_share_counts_agree_between_methods():
    source = np.random.default_rng(5)
    sizes = source.pareto(1.1, 200) + 0.05
    counts = np.maximum(1, np.floor(sizes / sizes.sum() * 291_173_548)).astype(int).tolist()
    game = majority_game(counts)
    found = bounds.shapley_bounds(game.units, game.quota, 20_000)
    values, errors = shapley_sample(game.units, game.quota, orders=20_000, seed=3)
    assert (np.abs(found.values - values) < 5 * errors + (found.high - found.low)).all()
    assert (values < found.high + 5 * errors).all()
    assert (values > found.low - 5 * errors).all()


def test_five_hundred_holders_are_exact_without_overflow():
    source = np.random.default_rng(1)
    units = [int(u) for u in source.integers(1, 40, size=500)]
    game = majority_game(units)
    banzhaf = indices.banzhaf(game)
    assert sum(banzhaf.values) == 1
    assert banzhaf.method == indices.COUNTED
    shapley = indices.shapley_shubik(game)
    assert sum(shapley.values) == pytest.approx(1, abs=1e-9)
    heavier = np.argsort(units, kind="stable")
    assert (np.diff(np.array(shapley.values)[heavier]) >= -1e-12).all()


def test_whole_numbers_and_floats_agree_for_two_hundred_holders():
    source = np.random.default_rng(2)
    game = majority_game([int(u) for u in source.integers(1, 12, size=200)])
    exact = indices.shapley_shubik(game)
    assert exact.method == indices.COUNTED
    floats = quadrature.shapley_floats(game.units, game.quota)
    assert max(abs(float(a) - b) for a, b in zip(exact.values, floats.tolist(), strict=True)) < 1e-13


def test_fewer_nodes_than_half_of_the_holders_lose_nothing():
    source = np.random.default_rng(6)
    game = majority_game([int(u) for u in source.integers(1, 4, size=120)])
    assert quadrature.nodes_for_sizes(game.size) < game.size // 2
    for index, count in (
        (indices.deegan_packel, members.minimal_winning),
        (indices.johnston, members.broken),
    ):
        exact = index(game)
        assert exact.method == indices.COUNTED
        floats = indices._by_quadrature(game, count).tolist()
        assert floats == pytest.approx([float(v) for v in exact.values], rel=1e-10)


def test_random_orders_agree_with_the_exact_answer():
    game = majority_game([31, 28, 21, 12, 5, 3])
    exact = [float(v) for v in indices.shapley_shubik(game).values]
    found = indices.shapley_shubik_sampled(game, orders=50_000, seed=4)
    for value, error, known in zip(found.values, found.standard_errors, exact, strict=True):
        assert abs(value - known) < 4.5 * error


def test_random_coalitions_agree_with_johnstons_index():
    for seed in range(12):
        weights, quota = random_game(500 + seed, 8)
        game = quota_game(quota, weights)
        exact = [float(v) for v in indices.johnston(game).values]
        found = indices.johnston_sampled(game, coalitions=20_000, seed=seed)
        for value, error, known in zip(found.values, found.standard_errors, exact, strict=True):
            assert abs(value - known) < 4.5 * error, seed
    real = majority_game([10**8 + 7**i for i in range(30)])
    assert indices.johnston(real).method.startswith("Monte Carlo")


@pytest.mark.parametrize("table_bytes", [400 * 2**20, 40 * 8 * 300])
def test_random_minimal_coalitions_agree_with_deegan_packel_and_holler(monkeypatch, table_bytes):
    """With few cells most draws are no minimal coalitions; those kept are still equally likely."""
    source = random.Random(8)
    game = majority_game([int(40 * source.paretovariate(1.1)) for _ in range(40)])
    monkeypatch.setattr(minimal_sampling, "_TABLE_BYTES", table_bytes)
    found = minimal_sampling.draw_minimal(game.units, game.quota, draws=30_000, seed=5)
    for index, estimate in (
        (indices.deegan_packel, minimal_sampling.shares_of),
        (indices.holler, minimal_sampling.memberships_of),
    ):
        exact = np.array([float(v) for v in index(game).values])
        values, errors = estimate(found)
        assert (np.abs(values - exact) < 5 * errors).all()
        assert (((values - exact) / errors) ** 2).mean() < 2


def test_every_random_minimal_coalition_is_one():
    source = random.Random(9)
    units = [source.randint(10**6, 10**9) for _ in range(35)]
    game = majority_game(units)
    found = minimal_sampling.draw_minimal(game.units, game.quota, draws=2_000)
    votes = np.array(game.units)
    total = found @ votes
    least = np.where(found, votes, votes.max()).min(axis=1)
    assert (total >= game.quota).all()
    assert (total - least < game.quota).all()
    assert indices.holler(game).method.endswith("random minimal winning coalitions, seed 0")


def test_the_method_changes_with_size():
    source = np.random.default_rng(7)
    real = [int(u) for u in source.integers(10**6, 10**8, size=18)]
    assert indices.shapley_shubik(majority_game(real)).method == indices.LISTED
    assert indices.shapley_shubik(majority_game([3, 2, 2])).method == indices.COUNTED
    many = [int(u) for u in source.integers(10**6, 10**8, size=30)]
    assert "for certain" in indices.shapley_shubik(majority_game(many)).method
    assert "for certain" in indices.banzhaf(majority_game(many)).method
