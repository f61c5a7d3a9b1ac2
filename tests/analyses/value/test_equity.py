"""Equity with cross-holdings: identities, ranges, cascades and market values."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.analyses.value.cascades import cascade
from crosstie.analyses.value.equity import closed_group, equity
from crosstie.analyses.value.markets import Stake, market_value_once, stub_value
from crosstie.analyses.value.ranges import equity_bounds
from crosstie.analyses.value.system import make_system, system_of
from crosstie.network import toys
from crosstie.text.problem import CrosstieError


@st.composite
def systems(draw):
    n = draw(st.integers(1, 6))
    names = [f"c{i}" for i in range(n)]
    assets = {name: draw(st.integers(-50, 100)) for name in names}
    held = {}
    for company in names:
        left = 99
        for holder in names:
            part = draw(st.integers(0, left // 2)) if holder != company else 0
            held[holder, company] = Fraction(part, 100)
            left -= part
    return names, assets, held


@given(system=systems())
@settings(max_examples=150, deadline=None)
def test_outsiders_have_the_outside_assets_and_nothing_counts_twice(system):
    names, assets, held = system
    built = make_system(names, assets, held)
    found = equity(built)
    assert sum(found.to_outside_holders) == sum(assets.values())
    assert list(found.equity) == list(built.assets + built.held @ found.equity)


@given(system=systems(), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_renaming_and_reordering_change_nothing(system, order):
    names, assets, held = system
    shuffled = names[:]
    order.shuffle(shuffled)
    renamed = {name: f"x{i}" for i, name in enumerate(shuffled)}
    found = equity(make_system(names, assets, held))
    other = equity(
        make_system(
            [renamed[n] for n in shuffled],
            {renamed[n]: a for n, a in assets.items()},
            {(renamed[h], renamed[c]): p for (h, c), p in held.items()},
        )
    )
    assert all(found[name] == other[renamed[name]] for name in names)


@given(system=systems())
@settings(max_examples=60, deadline=None)
def test_floats_equal_fractions(system):
    names, assets, held = system
    exact, floats = (equity(make_system(names, assets, held, exact=e)) for e in (True, False))
    assert floats.equity == pytest.approx(exact.equity.astype(float), abs=1e-9)


def test_companies_that_hold_all_of_each_other_are_named():
    closed = make_system(["a", "b", "c"], {"a": 1}, {("a", "b"): 1, ("b", "a"): 1, ("c", "c"): 0})
    assert closed_group(closed) == ["a", "b"]
    with pytest.raises(CrosstieError, match="a, b: they hold all of each other"):
        equity(closed)


def test_a_network_without_companies_is_refused():
    with pytest.raises(CrosstieError, match="no company to value"):
        system_of(toys.from_shares(), {})


def test_a_network_is_valued_with_people_outside():
    found = equity(system_of(toys.ring(), {"alpha": 70, "beta": 30}))
    assert found.system.names == ("alpha", "beta")
    assert sum(found.to_outside_holders) == 100
    assert found["alpha"] == Fraction(70 + Fraction("0.4") * 0 + Fraction("0.5") * 30) / (1 - Fraction("0.2"))


def random_choice_within(network, source):
    """One admissible column per company, as an array of parts."""
    parts = network.capital.low.copy()
    for company in range(network.size):
        column = network.column(company)
        edges = list(range(column.start, column.stop))
        left = 1 - parts[column].sum()
        source.shuffle(edges)
        for edge in edges:
            most = min(left, network.capital.high[edge] - parts[edge])
            added = most if source.random() < 0.5 else most * source.random()
            parts[edge] += added
            left -= added
        for edge in edges:
            added = min(left, network.capital.high[edge] - parts[edge])
            parts[edge] += added
            left -= added
    return parts


@pytest.mark.parametrize("seed", range(25))
def test_bounds_hold_every_admissible_choice(seed):
    source = random.Random(seed)
    names = ["a", "b", "c", "d"]
    holdings = [("e", name, "1-2%") for name in names]
    for company in names:
        for holder in names:
            if holder != company and source.random() < 0.6:
                low = source.randint(0, 20)
                holdings.append((holder, company, f"{low}-{low + source.randint(0, 12)}%"))
    network = toys.from_shares(*holdings)
    assets = {name: source.randint(0, 100) for name in names}
    found = equity_bounds(network, assets)
    worth = np.array([float(assets.get(p.id, 0)) for p in network.parties])
    issuers = network.issuers()
    best = {name: [np.inf, -np.inf] for name in names}
    for _ in range(60):
        held = np.zeros((network.size, network.size))
        np.add.at(held, (network.holder, issuers), random_choice_within(network, source))
        values = np.linalg.solve(np.eye(network.size) - held, worth)
        for name in names:
            value = float(values[network.index(name)])
            best[name] = [min(best[name][0], value), max(best[name][1], value)]
    for name in names:
        bound = found[name]
        assert float(bound.low) <= best[name][0] + 1e-9
        assert float(bound.high) >= best[name][1] - 1e-9


def test_bounds_of_exact_holdings_are_the_value():
    network = toys.ring()
    found = equity_bounds(network, {"alpha": 70, "beta": 30})
    exact = equity(system_of(network, {"alpha": 70, "beta": 30}))
    for name in ("alpha", "beta"):
        assert float(found[name].low) == pytest.approx(float(exact[name]), abs=1e-9)
        assert float(found[name].high) == pytest.approx(float(exact[name]), abs=1e-9)


def test_ranges_that_may_close_a_loop_have_no_bound():
    with pytest.raises(CrosstieError, match="no bound"):
        equity_bounds(toys.from_shares(("a", "b", "50-100%"), ("b", "a", "50-100%")), {"a": 1})


def test_two_halves_of_each_other():
    """Elliott, Golub & Jackson (2014): with C = [[0, ½], [½, 0]] outsiders have A = [[⅔, ⅓], [⅓, ⅔]] of the assets."""
    half = {("a", "b"): Fraction(1, 2), ("b", "a"): Fraction(1, 2)}
    found = equity(make_system(["a", "b"], {"a": 1, "b": 0}, half))
    assert list(found.to_outside_holders) == [Fraction(2, 3), Fraction(1, 3)]


def test_a_failure_spreads_and_a_higher_cost_never_saves_anybody():
    names = ["a", "b", "c"]
    held = {("b", "a"): Fraction(1, 4), ("c", "b"): Fraction(1, 2), ("a", "c"): Fraction(1, 5)}
    system = make_system(names, {"a": 4, "b": 4, "c": 4}, held)
    floors = {"a": 10, "b": 2, "c": 4}
    failed = frozenset()
    for cost in (0, 1, 2, 3, 4, 8):
        found = cascade(system, floors, dict.fromkeys(names, cost))
        assert failed <= found.failed
        failed = found.failed
        total = sum(found.values)
        assert total == 12 - cost * len(found.failed)
    assert failed == {"a", "b", "c"}


def test_cascades_refuse_strangers_and_negative_costs():
    system = make_system(["a"], {"a": 1}, {})
    with pytest.raises(CrosstieError, match="no such company in the system: 'z'"):
        cascade(system, {"z": 1}, {})
    with pytest.raises(CrosstieError, match="below zero"):
        cascade(system, {"a": 1}, {"a": -1})


def test_market_value_counts_each_share_once():
    found = market_value_once({"a": 60.0, "b": 40.0}, {("a", "b"): 0.5, ("fund", "a"): 0.9})
    assert found.counted_once == 80.0
    assert found.counted_twice == pytest.approx(0.2)


def test_a_stub_needs_something_to_be_discounted_to():
    with pytest.raises(CrosstieError, match="means nothing"):
        stub_value(10, [Stake("x", 0.5, 10)], net_debt=5)


def test_results_become_data_frames():
    frame = equity(system_of(toys.ring(), {"alpha": 70, "beta": 30})).to_frame()
    assert list(frame["company"]) == ["alpha", "beta"]
    assert frame["to_outside_holders"].sum() == pytest.approx(100)
    bounds = equity_bounds(toys.from_shares(("a", "b", "20-40%")), {"a": 100, "b": 50}).to_frame()
    assert bounds["equity_low"].tolist()[0] == pytest.approx(110)
