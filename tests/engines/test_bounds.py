"""Bounds over arrays are those of the small analysis, end by end; hypothesis draws the networks."""

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("numba")
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.analyses import ranges
from crosstie.analyses.kernels import loop_bounds, scouting
from crosstie.analyses.ownership import look_through
from crosstie.analyses.value.ranges import equity_bounds
from crosstie.engines.local import bounds, ranged
from crosstie.engines.register.everybody import Ends
from crosstie.ledger.amounts import Interval
from crosstie.network import toys
from crosstie.network.edges import Edge, make_network, unknown_id
from crosstie.network.network import Party
from crosstie.network.random_networks import random_network
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
BANDS = [
    "25-50%",
    "(25%, 50%]",
    "(50%, 75%)",
    "[75%, 100%]",
    "10%",
    "<=15%",
    "(0%, 15%]",
    "1/3",
    "50%",
    ">25%",
    "100%",
]


@st.composite
def networks(draw, loops=True, over=False):
    """Companies in order; in a tree each holds later ones alone. No part "over" some where the others leave nothing."""
    companies, persons = draw(st.integers(2, 7)), draw(st.integers(1, 3))
    firms, people = [f"c{i}" for i in range(companies)], [f"p{i}" for i in range(persons)]
    edges = []
    for at, firm in enumerate(firms):
        pool = [*people, *(f for f in firms if f != firm)] if loops else [*people, *firms[:at]]
        column, left = [], Fraction(1)
        for holder in draw(st.lists(st.sampled_from(pool), unique=True, max_size=3)):
            share = Interval.parse(draw(st.sampled_from(BANDS)))
            if share.low <= left or over:
                column.append((holder, share))
                left -= share.low
        edges += [Edge(holder, firm, share) for holder, share in column if left > 0 or not share.low_open]
        if draw(st.integers(0, 5)) == 0 and edges and edges[-1].company == firm:
            edges.append(Edge(unknown_id(firm), firm, Interval.exactly(0)))
    return make_network(edges, [*(Party(p, type="person") for p in people), *(Party(f) for f in firms)])


def found_in(network, threshold=Fraction(0)):
    found = bounds.look_through_bounds(ranged.ranged_of(network), np.arange(network.size), threshold)
    return {
        (int(found.owner[at]), int(found.company[at])): found.at(np.array([at]))
        for at in range(len(found.owner))
    }


def agree(network):
    """Each pair: both ends to rounding, exactly where nothing was rounded, and which ends are open."""
    expected = {(i, j): share for i, j, share in ranges.look_through_bounds(network)}
    found = found_in(network)
    for pair in expected.keys() | found.keys():
        one = found.get(pair)
        if one is not None and one.endless[0]:
            continue
        share = expected.get(pair, Interval.exactly(0))
        assert one is not None or share.high < 1e-12, (pair, share)
        if one is None:
            continue
        assert (one.low[0], one.high[0]) == pytest.approx((float(share.low), float(share.high)), abs=1e-10), (
            pair
        )
        assert (bool(one.low_open[0]), bool(one.high_open[0])) == (share.low_open, share.high_open), pair
        assert not one.low_exact[0] or Fraction(one.low[0]) == share.low
        assert not one.high_exact[0] or Fraction(one.high[0]) == share.high
        assert not one.loose[0]
    return found


@given(networks(loops=False))
@settings(max_examples=50, deadline=None)
def test_without_loops_they_are_the_small_analysis(network):
    for one in agree(network).values():
        assert not one.endless[0]


def test_a_part_over_nothing_of_a_full_column_is_bounded_safely():
    """It cannot be, so which ends are open is a matter of reading; no end is inside that of the small analysis."""
    network = toys.from_shares(
        ("p", "c2", "100%"), ("c0", "c2", "(0%, 15%]"),
        ("p", "c3", "25-50%"), ("c0", "c3", "25-50%"), ("c2", "c3", "25-50%"),
    )  # fmt: skip
    found, expected = found_in(network), list(ranges.look_through_bounds(network))
    assert len(expected) == 5
    for i, j, share in expected:
        if (i, j) in found:
            one = found[i, j]
            assert (one.low[0], one.high[0]) == pytest.approx((float(share.low), float(share.high)))
            assert (one.low_open[0], one.high_open[0]) <= (share.low_open, share.high_open)
        else:
            assert share.high == 0


@given(networks())
@settings(max_examples=80, deadline=None)
def test_in_loops_too(network):
    agree(network)


@given(networks(loops=False, over=True))
@settings(max_examples=40, deadline=None)
def test_more_than_all_there_is_outside_loops_is_computed_as_stated(network):
    agree(network)


@pytest.mark.parametrize("seed", range(12))
def test_larger_networks(seed):
    traits = {
        "companies": 25,
        "persons": 5,
        "holders": 5,
        "widths": (2, 20)[seed % 2],
        "closed": seed % 3 == 0,
    }
    agree(random_network(seed, **traits))


@pytest.mark.parametrize("seed", range(8))
def test_loops_too_large_to_solve_are_bounded_safely(seed, monkeypatch):
    """As if every loop were large: never inside what is true, and the lower ends are just that."""
    monkeypatch.setattr(loop_bounds, "LARGEST", 0)
    monkeypatch.setattr(scouting, "LARGE", 0)
    network = random_network(seed, companies=8, persons=3, holders=3, widths=(0, 3, 20)[seed % 3])
    for module in (bounds, ranged):  # constants are compiled in
        monkeypatch.setattr(module, "compiled", lambda function: function)
    expected = {(i, j): share for i, j, share in ranges.look_through_bounds(network)}
    for threshold in (Fraction(0), Fraction(1, 4)):
        found = found_in(network, threshold)
        for pair, share in expected.items():
            if share.high >= threshold + Fraction(1, 10**6):
                one = found[pair]
                assert one.low[0] <= share.low + 1e-9
                assert one.high[0] >= share.high - 1e-9
                if not one.loose[0]:
                    ends = (float(share.low), float(share.high))
                    assert (one.low[0], one.high[0]) == pytest.approx(ends, abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("threshold", ["1/4", "1/2"])
def test_a_threshold_loses_no_pair(seed, threshold):
    network = random_network(seed, companies=9, persons=4, widths=4)
    over = {
        (i, j)
        for i, j, share in ranges.look_through_bounds(network)
        if share.high > Fraction(threshold) + Fraction(1, 10**9)
    }
    assert over <= found_in(network, Fraction(threshold)).keys()


def test_in_a_loop_with_more_than_there_is_nothing_is_bounded():
    network = toys.from_shares(("a", "b", "80%"), ("ana", "b", "60%"), ("b", "a", "90%"), ("b", "c", "50%"))
    found = found_in(network)
    for company in "abc":
        assert found[network.index("ana"), network.index(company)].endless[0]


def test_a_group_that_owns_itself_whatever_the_ranges_is_told():
    network = toys.from_shares(
        ("a", "b", "100%"), ("b", "a", "100%"), ("a", "c", "10-30%"), ("d", "e", "50-100%")
    )
    groups = ranged.closed_groups(ranged.ranged_of(network))
    assert [sorted(network.parties[i].id for i in group) for group in groups] == [["a", "b"]]


def test_ends_that_are_no_range_are_refused():
    one, no = np.array([1]), np.zeros(1, bool)
    with pytest.raises(CrosstieError, match="ends before it begins"):
        ranged.make_ranged(
            np.array([0, 0, 1]),
            np.array([0]),
            Ends(one * 2, one, no, no),
            np.ones(2, np.int64),
            np.zeros(2, np.int8),
        )


@given(networks(), st.lists(st.integers(0, 100), min_size=8, max_size=8))
@settings(max_examples=40, deadline=None)
def test_values_are_the_small_analysis(network, amounts):
    assets = {
        f"c{at}": amount for at, amount in enumerate(amounts) if f"c{at}" in {p.id for p in network.parties}
    }
    try:
        expected = {row.company: row.equity for row in equity_bounds(network, assets).rows()}
    except CrosstieError:
        return  # no value at all of anybody, where a group may close
    by_number = np.array([float(assets.get(party.id, 0)) for party in network.parties])
    worth = bounds.value_bounds(ranged.ranged_of(network), by_number)
    for company, equity in expected.items():
        at = network.index(company)
        assert (worth.low[at], worth.high[at]) == pytest.approx(
            (float(equity.low), float(equity.high)), rel=1e-7, abs=1e-7
        )
        assert not worth.loose[at]


def test_a_loop_that_may_close_has_no_upper_value_and_the_rest_has():
    network = toys.from_shares(("a", "b", "75-100%"), ("b", "a", "75-100%"), ("ana", "c", "60%"))
    assets = np.array([10.0 if party.id in "abc" else 0.0 for party in network.parties])
    worth = bounds.value_bounds(ranged.ranged_of(network), assets)
    a, c = network.index("a"), network.index("c")
    assert (worth.low[c], worth.high[c]) == (10.0, 10.0)
    assert worth.high[a] == np.inf
    assert worth.low[a] == pytest.approx((10 + 7.5) / (1 - 0.75**2))


def test_the_exclusive_ends_of_the_british_bands():
    network = toys.from_shares(("ana", "a", "(25%, 50%]"), ("bob", "a", "(50%, 75%)"))
    share = look_through(network, company="a")["ana", "a"]
    one = found_in(network)[network.index("ana"), network.index("a")]
    assert (one.low[0], one.high[0], bool(one.low_open[0]), bool(one.high_open[0])) == (
        float(share.low), float(share.high), share.low_open, share.high_open,
    )  # fmt: skip
    assert share == Interval.parse("(25%, 50%)")
