import dataclasses
import itertools
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog

from crosstie.analyses.admissible import mass
from crosstie.analyses.columns import with_shares
from crosstie.analyses.extremes import ranges_of as columns_of
from crosstie.analyses.ownership import look_through
from crosstie.analyses.ranges import bounds_of, extreme, look_through_bounds
from crosstie.analyses.reach import of_owner
from crosstie.ledger.amounts import Interval
from crosstie.network import toys
from crosstie.network.edges import Edge, make_network, unknown_id
from crosstie.network.random_networks import random_network

THREE = [(a, b, "30-70%") for a in "abc" for b in "abc" if a != b]


def test_three_firms_that_hold_each_other():
    network = toys.from_shares(*THREE, *(("x", b, "10-20%") for b in "abc"))
    for _, _, interval in look_through_bounds(network, owner="x"):
        assert interval == Interval.parse("25-100%")


def test_the_carve_out_as_planned_keeps_its_coupled_interval():
    network = toys.from_shares(
        ("renault", "nissan", "43.71%"),
        ("nissan", "nissan-finance", "100%"),
        ("nissan-finance", "renault", "15.234%"),
        ("nissan", "ampere", "(0%, 15%]"),
        ("renault", "ampere", "[85%, 100%)"),
        (unknown_id("ampere"), "ampere", "0%"),
    )
    answer = look_through(network, company="ampere")
    nissan, renault = answer["nissan", "ampere"], answer["renault", "ampere"]
    assert nissan == Interval(Fraction("0.15234"), Fraction("0.279489"), low_open=True)
    assert renault == Interval(Fraction("0.915565"), Fraction(1), high_open=True)
    assert (
        f"{float(nissan.low):.4f} {float(nissan.high):.4f} {float(renault.low):.4f}" == "0.1523 0.2795 0.9156"
    )


@pytest.mark.parametrize(
    ("column", "owner", "expected"),
    [
        ([("x", "a", ">25%")], "x", "(25%, 100%]"),
        ([("x", "a", "<50%")], "x", "[0%, 50%)"),
        ([("x", "a", "(10%, 20%)"), ("y", "a", "[80%, 90%)")], "x", "(10%, 20%)"),
        ([("x", "a", "10-20%"), ("y", "a", "80%")], "x", "10-20%"),
        ([("x", "a", "(0%, 15%]"), ("x", "b", "50%"), ("b", "a", "(85%, 100%)")], "x", "(42.5%, 57.5%)"),
    ],
)
def test_open_ends_are_kept(column, owner, expected):
    network = toys.from_shares(*column)
    assert look_through(network, company="a")[owner, "a"] == Interval.parse(expected)


def test_a_loop_that_may_close_can_leave_the_owner_nothing():
    network = toys.from_shares(("a", "b", "50-100%"), ("b", "a", "50-100%"), ("x", "a", "0-50%"))
    assert look_through(network)["x", "b"] == Interval.parse("0-100%")
    half_open = toys.from_shares(
        ("a", "b", "[50%, 100%)"), ("b", "a", "[50%, 100%)"), ("x", "a", "(0%, 50%]")
    )
    assert look_through(half_open)["x", "b"] == Interval.parse("(0%, 100%)")


def test_a_group_closed_whatever_the_ranges_is_a_terminal_owner():
    shares = [("a", "b", "100%"), ("b", "a", "100%"), ("a", "c", "10-30%"), ("b", "c", "5-10%")]
    answer = look_through(toys.from_shares(*shares))
    assert [set(group) for group in answer.closed_groups] == [{"a", "b"}]
    row = next(r for r in answer.rows if r.owner.startswith("closed group") and r.company == "c")
    assert (str(row.direct), str(row.share), row.terminal) == ("[3/20, 2/5]", "[3/20, 2/5]", True)


def test_columns_whose_low_ends_exceed_one_are_computed_as_stated():
    network = toys.from_shares(("x", "a", "70-80%"), ("y", "a", "40-50%"))
    assert network.problems[0].kind == "over-100"
    assert look_through(network)["x", "a"] == Interval.exactly(Fraction(7, 10))


def test_a_loop_over_one_that_the_ranges_let_grow_has_no_upper_end():
    network = toys.from_shares(("b", "x", "150%"), ("x", "b", "50-100%"), ("o", "b", "0-50%"))
    answer = look_through(network, owner="o")
    assert answer["o", "b"] == Interval(Fraction(0), None)
    assert any("no end" in str(problem) for problem in answer.problems)


def vertices(column):
    """Every column with all but one holding at an end."""
    total = mass(column)
    for free in range(len(column)):
        others = [r for at, r in enumerate(column) if at != free]
        for ends in itertools.product(*((r.low, r.high) for r in others)):
            rest = total - sum(ends)
            if column[free].low <= rest <= column[free].high:
                yield [(r.edge, end) for r, end in zip(others, ends, strict=True)] + [
                    (column[free].edge, rest)
                ]


def brute(network, owner):
    columns = columns_of(network, exact=True)
    low, high = np.full(network.size, Fraction(99)), np.full(network.size, Fraction(-1))
    for choice in itertools.product(*(list(vertices(c)) for c in columns.values())):
        shares = np.full(network.edge_count, Fraction(0), object)
        for edge, share in itertools.chain(*choice):
            shares[edge] = share
        value = of_owner(with_shares(network, shares), owner)
        low, high = np.minimum(low, value), np.maximum(high, value)
    return low, high


def check_every_vertex(seed):
    network = random_network(seed, companies=3, persons=1, holders=3, widths=6, closed=True)
    for owner in range(network.size):
        low, high = brute(network, owner)
        lowest = extreme(network, (owner,), highest=False).value
        highest = extreme(network, (owner,), highest=True).value
        assert (lowest == low).all(), f"seed {seed}"
        assert (highest == high).all(), f"seed {seed}"


def test_bounds_equal_every_vertex_tried():
    for seed in (0, 1, 3, 5):
        check_every_vertex(seed)


def linear_program(network, owner, start, *, highest):
    """Flow of one share upwards: visits u, flows y within [low u, high u], all that enters the owner."""
    edges = range(network.edge_count)
    issuers, m, n = network.issuers(), network.edge_count, network.size
    held = [j for j in range(n) if network.start[j] < network.start[j + 1] and j != owner]
    place = {j: m + at for at, j in enumerate(held)}
    used = [e for e in edges if issuers[e] != owner]
    size = m + len(held)
    equal, equal_to, upper = [], [], []
    for j in held:
        out, balance = np.zeros(size), np.zeros(size)
        out[place[j]] = balance[place[j]] = -1
        for e in used:
            if issuers[e] == j:
                out[e] = 1
            if network.holder[e] == j:
                balance[e] += 1
        equal += [out, balance]
        equal_to += [0, -1.0 if j == start else 0]
    for e in used:
        low, high = np.zeros(size), np.zeros(size)
        low[place[int(issuers[e])]], low[e] = network.capital.low[e], -1
        high[place[int(issuers[e])]], high[e] = -network.capital.high[e], 1
        upper += [low, high]
    goal = np.zeros(size)
    goal[[e for e in used if network.holder[e] == owner]] = -1 if highest else 1
    bounds = [(0, 0) if e < m and e not in used else (0, None) for e in range(size)]
    solved = linprog(goal, np.array(upper), np.zeros(len(upper)), np.array(equal), equal_to, bounds, "highs")
    assert solved.status == 0, solved.message
    return abs(solved.fun)


def leaking(seed):
    """Ranges whose companies always have unknown holders, so that flows stay finite."""
    network = random_network(seed, companies=6, persons=2, holders=3, widths=5)
    names = [party.id for party in network.parties]
    stated = zip(network.holder, network.issuers(), network.exact_capital, strict=True)
    edges = [
        Edge(names[i], names[j], share.scaled(Fraction(9, 10)))
        for i, j, share in stated
        if i != network.unknown[j]
    ]
    held = dict.fromkeys(edge.company for edge in edges)
    return make_network([*edges, *(Edge(unknown_id(j), j, Interval.parse("5-100%")) for j in held)])


def check_linear_programs(seed):
    network = leaking(seed)
    owner = seed % min(4, network.size)
    for j, interval in bounds_of(network, (owner,)).items():
        low = linear_program(network, owner, j, highest=False)
        high = linear_program(network, owner, j, highest=True)
        assert float(interval.low) == pytest.approx(low, abs=1e-9), f"seed {seed}"
        assert float(interval.high) == pytest.approx(high, abs=1e-9), f"seed {seed}"


def test_bounds_equal_linear_programming():
    for seed in range(12):
        check_linear_programs(seed)


@pytest.mark.long
def test_bounds_of_five_hundred_networks():
    for seed in range(1_000, 1_470):
        check_linear_programs(seed)
    for seed in range(2_000, 2_030):
        check_every_vertex(seed)


def sampled(network, dice):
    """An admissible column for each company, at random, open ends respected."""
    shares = np.full(network.edge_count, Fraction(0), object)
    for column in columns_of(network, exact=True).values():
        for _ in range(1000):
            order = dice.sample(range(len(column)), len(column))
            rest, chosen = mass(column), {}
            later = sum(r.low for r in column)
            for at in order[:-1]:
                later -= column[at].low
                low, high = column[at].low, min(column[at].high, rest - later)
                chosen[at] = low + (high - low) * Fraction(dice.randint(0, 8), 8) if high > low else low
                rest -= chosen[at]
            chosen[order[-1]] = rest
            if all(allowed(column[at], c) for at, c in chosen.items()):
                break
        else:
            return None
        for at, c in chosen.items():
            shares[column[at].edge] = c
    return shares


def allowed(r, number):
    return Interval(r.low, r.high, r.low_open, r.high_open).contains(number)


def test_no_admissible_network_falls_outside_the_bounds():
    dice, tried = Random(1), 0
    for seed in range(25):
        network = random_network(seed, companies=5, persons=2, holders=3, widths=5, closed=True)
        bounds = {i: bounds_of(network, (i,)) for i in range(4)}
        for _ in range(10):
            shares = sampled(network, dice)
            if shares is None:
                continue
            tried += 1
            for i, intervals in bounds.items():
                value = of_owner(with_shares(network, shares), i)
                for j, interval in intervals.items():
                    assert interval.contains(value[j]), f"seed {seed}: {value[j]} outside {interval}"
    assert tried > 100


def test_floats_give_the_same_bounds_as_fractions():
    for seed in range(15):
        network = random_network(seed, companies=6, persons=2, widths=5, closed=True)
        rough = dataclasses.replace(network, exact_capital=())
        for i in range(network.size):
            exact, floats = bounds_of(network, (i,)), bounds_of(rough, (i,))
            for j in exact | floats:
                a, b = exact.get(j, Interval.exactly(0)), floats.get(j, Interval.exactly(0))
                assert abs(a.low - b.low) < 1e-9, f"seed {seed}"
                assert abs(a.high - b.high) < 1e-9, f"seed {seed}"
                assert (a.low_open, a.high_open) == (b.low_open, b.high_open), f"seed {seed}"
