"""All owners asked at once under a threshold: the answers of asking one by one, with work that grows with the answer."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crosstie.analyses import ceilings, extremes, ownership
from crosstie.analyses.ceilings import worth_asking
from crosstie.analyses.extremes import ways_of
from crosstie.analyses.ownership import look_through
from crosstie.analyses.ranges import bounds_of, look_through_bounds
from crosstie.ledger.amounts import Interval
from crosstie.network import toys
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Party
from crosstie.network.random_networks import random_network

BANDS = [
    "(25%, 50%]",
    "(50%, 75%)",
    "[75%, 100%]",
    "25%",
    "50%",
    "<=15%",
    "30%",
    "100%",
    "(0%, 100%)",
    ">25%",
    "5%",
]
seeds = st.integers(0, 10**6)


def banded(seed):
    """Bands at random, some columns over 100 %, loops that may close."""
    dice = Random(seed)
    firms, people = [f"c{n}" for n in range(dice.randint(3, 9))], ["p0", "p1", "p2"]
    edges = [
        Edge(holder, firm, Interval.parse(dice.choice(BANDS)))
        for firm in firms
        for holder in dice.sample([f for f in firms if f != firm] + people, dice.randint(0, 3))
    ]
    return make_network(edges, [Party(p, type="person") for p in people])


def one_by_one(network, above, persons):
    return {
        (i, j): interval
        for i in range(network.size)
        if not persons or network.parties[i].type == "person"
        for j, interval in bounds_of(network, (i,)).items()
        if interval.high is None or interval.high > above
    }


@given(seeds, st.sampled_from(["1/4", "1/2", "1/20", "1/100", "9/10"]), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=80)
def test_everybody_at_once_has_the_answers_of_one_by_one(seed, threshold, persons, bands):
    network = (
        banded(seed)
        if bands
        else random_network(seed, companies=7, persons=3, widths=5, closed=seed % 2 == 0)
    )
    above = Fraction(threshold)
    found = {(i, j): part for i, j, part in look_through_bounds(network, above=above, persons=persons)}
    assert found == one_by_one(network, above, persons)


@example(11605, 0.25, 0)  # what enters a loop is without end: nothing of it is nothing
@given(seeds, st.sampled_from([0.25, 0.5, 0.02]), st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_ceilings_are_safe_whenever_they_stop(seed, threshold, rounds):
    network = banded(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ceilings, "ROUNDS", rounds)
        found = worth_asking(ways_of(network), threshold, range(network.size))
    for i, j in one_by_one(network, threshold, persons=False):
        assert j in found[i]


@given(seeds)
@settings(deadline=None, max_examples=30)
def test_persons_only_are_the_persons_of_all(seed):
    for network in (banded(seed), random_network(seed, closed=True)):
        people = {party.id for party in network.parties if party.type == "person"}
        rows = look_through(network, above=0.1).rows
        assert set(look_through(network, above=0.1, persons=True).rows) == {
            r for r in rows if r.owner in people
        }


def test_a_loop_too_large_for_ceilings_is_asked_about(monkeypatch):
    monkeypatch.setattr(ceilings, "LARGEST", 0)
    network = toys.from_shares(
        ("ana", "a", "5-10%"), ("a", "b", "30-60%"), ("b", "a", "30-60%"), ("b", "c", "50%")
    )
    ana = network.index("ana")
    assert worth_asking(ways_of(network), 0.25, [ana]) == {ana: {network.index(each) for each in "abc"}}


def counted(monkeypatch, ask):
    """How many companies were settled, and how many ceilings worked out, in answering."""
    calls = []

    def counting(real):
        return lambda *given: calls.append(1) or real(*given)

    monkeypatch.setattr(extremes, "_settle", counting(extremes._settle))
    monkeypatch.setattr(ceilings, "_best", counting(ceilings._best))
    list(ask())
    monkeypatch.undo()
    return len(calls)


def chain(length):
    edges = [Edge(f"c{n}", f"c{n + 1}", Interval.parse("[75%, 100%]")) for n in range(length)]
    edges += [Edge(f"p{n}", f"c{n}", Interval.parse("15%")) for n in range(length)]
    return make_network(edges, [Party(f"p{n}", type="person") for n in range(length)])


def groups(count):
    bands = [
        ("p", "a", "(25%, 50%]"),
        ("a", "b", "[75%, 100%]"),
        ("b", "c", "(50%, 75%)"),
        ("c", "b", "<=15%"),
    ]
    edges = [Edge(f"{k} {n}", f"{j} {n}", Interval.parse(band)) for n in range(count) for k, j, band in bands]
    return make_network(edges, [Party(f"p {n}", type="person") for n in range(count)])


@pytest.mark.parametrize("shape", [chain, groups])
def test_work_grows_with_the_network_and_not_with_its_square(monkeypatch, shape):
    small, large = (
        counted(monkeypatch, lambda n=n: look_through_bounds(shape(n), above=0.25, persons=True))
        for n in (50, 200)
    )
    assert small > 0
    assert large <= 4.5 * small


def test_without_a_threshold_each_owner_takes_the_work_of_what_is_below(monkeypatch):
    small, large = (counted(monkeypatch, lambda n=n: look_through_bounds(groups(n))) for n in (20, 80))
    assert large <= 4.5 * small


def test_a_chain_of_thousands_with_a_loop_below_is_answered():
    deep = make_network(
        [Edge(f"c{n}", f"c{n + 1}", Interval.parse("99-100%")) for n in range(2_000)]
        + [Edge("c2001", "c2000", Interval.parse("0-1%")), Edge("c2000", "c2001", Interval.parse("50-60%"))]
    )
    parts = bounds_of(deep, (deep.index("c0"),))
    assert float(parts[deep.index("c2000")].high) == pytest.approx(1, abs=1e-9)


@given(seeds, st.sampled_from([Fraction(1, 4), Fraction(1, 20)]), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=60)
def test_a_threshold_on_single_numbers_leaves_out_and_changes_nothing(seed, above, persons, over):
    network = random_network(seed, companies=8, persons=3, closed=seed % 2 == 0)
    if over:  # some columns add up to more than there is, in loops too
        dice = Random(seed)
        names = [party.id for party in network.parties]
        pairs = zip(network.holder, network.issuers(), network.exact_capital, strict=True)
        edges = [
            Edge(names[i], names[j], share.scaled(dice.choice([1, 1, 2])))
            for i, j, share in pairs
            if i != network.unknown[j]
        ]
        network = make_network(edges, network.parties)
    for exact in (False, True):
        rows = look_through(network, exact=exact).rows
        people = {party.id for party in network.parties if party.type == "person"}
        kept = {row for row in rows if row.share > above and (not persons or row.owner in people)}
        assert set(look_through(network, above=above, exact=exact, persons=persons).rows) == kept


def test_a_column_over_one_outside_loops_needs_no_owner_by_owner(monkeypatch):
    network = toys.from_shares(
        ("ana", "a", "80%"), ("ben", "a", "70%"), ("a", "b", "40%"), ("b", "c", "50%"), ("c", "b", "10%")
    )
    expected = {(row.owner, row.company): row.share for row in look_through(network, exact=True).rows}
    one_owner = {
        (owner, row.company): row.share
        for owner in ("ana", "ben", "a", "b", "c")
        for row in look_through(network, owner=owner, exact=True).rows
    }
    assert one_owner.items() <= expected.items()
    monkeypatch.setattr(ownership, "of_owner", None)
    assert look_through(network)["ben", "b"] == pytest.approx(0.4 * 0.7 / (1 - 0.05))


def over_100(seed):
    """Loops of single numbers with columns over 100 %, of which some grow without end."""
    dice = Random(seed)
    firms, people = [f"c{n}" for n in range(6)], ["p0", "p1", "p2"]
    edges = [
        Edge(holder, firm, Interval.exactly(Fraction(dice.choice([5, 20, 30, 45, 60]), 100)))
        for firm in firms
        for holder in dice.sample([f for f in firms if f != firm] + people, dice.randint(1, 4))
    ]
    return make_network(edges, [Party(p, type="person") for p in people])


@given(seeds, st.sampled_from(["1/4", "1/2", "1/20"]), st.booleans())
@settings(deadline=None, max_examples=150)
def test_loops_over_100_percent_have_the_shares_of_asking_owner_by_owner(seed, threshold, exact):
    network, above = over_100(seed), Fraction(threshold)
    found = {(r.owner, r.company): r.share for r in look_through(network, above=above, exact=exact).rows}
    expected = {
        (r.owner, r.company): r.share
        for party in network.parties
        for r in look_through(network, owner=party.id, exact=exact).rows
        if r.share > above and not r.owner.startswith("closed group")
    }
    found = {pair: share for pair, share in found.items() if not pair[0].startswith("closed group")}
    near = {pair for pair in found.keys() ^ expected.keys() if abs((found | expected)[pair] - above) > 1e-9}
    assert not near
    for pair in found.keys() & expected.keys():
        assert found[pair] == (expected[pair] if exact else pytest.approx(expected[pair], abs=1e-9))


def test_a_loop_over_100_percent_that_does_not_grow_is_not_asked_owner_by_owner(monkeypatch):
    ring = [(f"c{n}", f"c{(n + 1) % 20}", "60%") for n in range(20)]
    network = toys.from_shares(*ring, *((f"p{n}", f"c{n}", "41%") for n in range(20)))
    asked = []
    monkeypatch.setattr(ownership, "of_owner", lambda _, owner: asked.append(owner))
    rows = look_through(network, above=Fraction(2, 5)).rows
    assert {(f"p{n}", f"c{n}") for n in range(20)} <= {(row.owner, row.company) for row in rows}
    assert not asked
