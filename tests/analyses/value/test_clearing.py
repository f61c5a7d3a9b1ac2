"""Clearing against other methods, on seeded random systems."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from crosstie.analyses.value.clearing import Recovery, clear
from crosstie.analyses.value.system import Debt, make_system
from crosstie.text.problem import CrosstieError


def random_system(seed, *, most=8, ranks=1, shares=True, exact=True):
    source = np.random.default_rng(seed)
    n = int(source.integers(2, most + 1))
    names = [f"f{i}" for i in range(n)]
    assets = {name: Fraction(int(source.integers(0, 30)), 4) for name in names}
    debts = [
        Debt(a, b, Fraction(int(source.integers(1, 60)), 4), int(source.integers(1, ranks + 1)))
        for a in names
        for b in (*names, "outside")
        if a != b and source.random() < 0.35
    ]
    held = {}
    if shares:
        for company in names:
            left = 100
            for holder in names:
                part = (
                    int(source.integers(0, left // 2 + 1))
                    if holder != company and source.random() < 0.4
                    else 0
                )
                if part:
                    held[holder, company] = Fraction(part, 100)
                    left -= part
    debts = debts or [Debt(names[0], "outside", Fraction(1))]
    return make_system(names, assets, held, debts, exact=exact)


def due(system):
    return [
        owed.sum(axis=1) + outside for owed, outside in zip(system.owed, system.owed_outside, strict=True)
    ]


def picard(system, keep_assets=1.0, keep_claims=1.0, rounds=20_000):
    """Iterate the definition downwards from full payment: slow, and nothing like the method under test."""
    assets, held = system.assets.astype(float), system.held.astype(float)
    owed = [o.astype(float) for o in system.owed]
    full = [d.astype(float) for d in due(system)]
    total = sum(full)
    share = [
        np.divide(o, d[:, None], out=np.zeros_like(o), where=d[:, None] > 0)
        for o, d in zip(owed, full, strict=True)
    ]
    paid = [d.copy() for d in full]
    equity = np.linalg.solve(np.eye(len(assets)) - held, assets + sum(o.sum(axis=0) for o in owed))
    for _ in range(rounds):
        income = held @ equity + sum(s.T @ p for s, p in zip(share, paid, strict=True))
        solvent = assets + income >= total - 1e-9
        left = np.where(solvent, assets + income, keep_assets * assets + keep_claims * income)
        new_equity, before = np.maximum(assets + income - total, 0), [p.copy() for p in paid]
        for s, d in enumerate(full):
            paid[s] = np.where(solvent, d, np.clip(left, 0, d))
            left = np.maximum(left - d, 0)
        moved = np.abs(new_equity - equity).max() + sum(
            np.abs(a - b).max() for a, b in zip(paid, before, strict=True)
        )
        equity = new_equity
        if moved < 1e-13:
            break
    return equity, paid


def compare(seed, recovery=(1, 1), **shape):
    system = random_system(seed, **shape)
    found = clear(system, Recovery.of(*recovery))
    equity, paid = picard(system, *[float(part) for part in recovery])
    assert found.equity.astype(float) == pytest.approx(equity, abs=1e-8), seed
    for a, b in zip(found.paid, paid, strict=True):
        assert a.astype(float) == pytest.approx(b, abs=1e-8), seed
    return system, found


@pytest.mark.parametrize("seed", range(120))
def test_shares_and_ranks_settle_where_iteration_does(seed):
    system, found = compare(seed, ranks=3)
    assert sum(found.to_outside_holders) == sum(system.assets)


@pytest.mark.parametrize("seed", range(200, 300))
def test_bankruptcy_costs_settle_where_iteration_does(seed):
    system, found = compare(seed, (Fraction(1, 2), Fraction(3, 4)), ranks=2)
    assert sum(found.to_outside_holders) + sum(found.lost) == sum(system.assets)


@pytest.mark.parametrize("seed", range(400, 500))
def test_debts_alone_clear_as_the_linear_programme_says(seed):
    """Eisenberg & Noe, lemma 4: the clearing vector maximises all payments together."""
    system = random_system(seed, shares=False)
    full = due(system)[0].astype(float)
    owed = system.owed[0].astype(float)
    share = np.divide(owed, full[:, None], out=np.zeros_like(owed), where=full[:, None] > 0)
    best = linprog(
        -np.ones(len(full)),
        A_ub=np.eye(len(full)) - share.T,
        b_ub=system.assets.astype(float),
        bounds=list(zip(np.zeros(len(full)), full, strict=True)),
        method="highs",
    )
    assert best.status == 0
    assert clear(system).paid[0].astype(float) == pytest.approx(best.x, abs=1e-7)


@pytest.mark.parametrize("seed", range(600, 660))
def test_floats_and_fractions_agree(seed):
    exact = clear(random_system(seed, ranks=2), Recovery.of("0.9", "0.8"))
    floats = clear(random_system(seed, ranks=2, exact=False), Recovery.of("0.9", "0.8"))
    assert floats.equity == pytest.approx(exact.equity.astype(float), abs=1e-9)
    assert floats.in_default == exact.in_default


@pytest.mark.long
def test_many_more_systems_settle_where_iteration_does():
    for seed in range(1_000, 1_600):
        compare(seed, ranks=3)
        compare(seed, (Fraction(2, 5), Fraction(4, 5)), ranks=2)


def test_a_large_system_clears_in_floats_and_loses_nothing():
    source = np.random.default_rng(0)
    names = [f"f{i}" for i in range(400)]
    assets = {name: float(a) for name, a in zip(names, source.exponential(5, 400), strict=True)}
    pairs = source.integers(0, 400, size=(3000, 2))
    debts = [
        Debt(names[a], names[b], Fraction(int(source.integers(1, 40)), 8), 1 + int(source.integers(0, 2)))
        for a, b in pairs.tolist()
        if a != b
    ]
    held = {(names[a], names[b]): 0.05 for a, b in source.integers(0, 400, size=(1500, 2)).tolist() if a != b}
    found = clear(make_system(names, assets, held, debts, exact=False))
    assert 0 < sum(found.in_default) < 400
    assert float(found.to_outside_holders.sum()) == pytest.approx(sum(assets.values()), rel=1e-11)
    equity, _ = picard(found.system)
    assert found.equity == pytest.approx(equity, abs=1e-7)


def test_seniority_is_an_option():
    debts = [Debt("a", "first", Fraction(6), 1), Debt("a", "second", Fraction(6), 2)]
    ranked = clear(make_system(["a", "first", "second"], {"a": 8}, {}, debts))
    equal = clear(make_system(["a", "first", "second"], {"a": 8}, {}, debts, equal_ranks=True))
    assert (ranked["first"], ranked["second"]) == (6, 2)
    assert (equal["first"], equal["second"]) == (4, 4)


def test_a_circle_of_debts_without_assets_pays_in_full():
    debts = [Debt("a", "b", Fraction(10)), Debt("b", "a", Fraction(10))]
    found = clear(make_system(["a", "b"], {}, {}, debts))
    assert list(found.paid[0]) == [10, 10]
    assert not any(found.in_default)


def test_negative_outside_assets_are_owed_before_everything_else():
    found = clear(make_system(["a", "b"], {"a": -5, "b": 9}, {("a", "b"): 1}, [Debt("a", "x", Fraction(6))]))
    assert [list(paid) for paid in found.paid] == [[5, 0], [4, 0]]
    assert found["a"] == 0


def test_companies_that_hold_all_of_each_other_are_refused():
    circle = make_system(
        ["a", "b"], {"a": 1}, {("a", "b"): 1, ("b", "a"): 1}, [Debt("a", "x", Fraction(1, 2))]
    )
    with pytest.raises(CrosstieError, match="leave their value open"):
        clear(circle)


@pytest.mark.parametrize("part", ["-0.1", "1.1", "nan", "much"])
def test_recovered_parts_are_parts(part):
    with pytest.raises(CrosstieError, match="recovered part"):
        Recovery.of(part)
