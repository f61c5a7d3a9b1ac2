"""Laws that hold in every network."""

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crosstie.analyses.control import control
from crosstie.analyses.ownership import look_through
from crosstie.analyses.ranges import bounds_of
from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Party
from crosstie.network.random_networks import random_network

seeds = st.integers(0, 10**6)
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")


def network_of(seed, **traits):
    return random_network(seed, **{"companies": 6, "persons": 2, "holders": 3} | traits)


def edges_of(network, rename=lambda name: name):
    names = [rename(party.id) for party in network.parties]
    pairs = zip(network.holder, network.issuers(), network.exact_capital, strict=True)
    return [Edge(names[i], names[j], share) for i, j, share in pairs if i != network.unknown[j]]


@given(seeds, st.booleans(), st.sampled_from([10, 97]))
@settings(deadline=None, max_examples=60)
def test_terminal_shares_of_a_company_sum_to_one(seed, closed, parts):
    network = network_of(seed, closed=closed, parts=parts)
    answer = look_through(network, exact=True)
    for company in {row.company for row in answer.rows}:
        terminal = [row.share for row in answer.rows if row.company == company and row.terminal]
        assert sum(terminal) == 1


@given(seeds, st.randoms())
@settings(deadline=None, max_examples=60)
def test_renaming_and_reordering_change_nothing(seed, dice):
    network = network_of(seed, closed=True)
    names = [party.id for party in network.parties]
    others = [f"n{i}" for i in range(len(names))]
    dice.shuffle(others)
    new = dict(zip(names, others, strict=True))
    edges = edges_of(network, new.get)
    dice.shuffle(edges)
    renamed = make_network(
        edges, [Party(new[party.id], type=party.type) for party in network.parties if party.type != "unknown"]
    )
    shares = {
        (new[r.owner], new[r.company]): r.share
        for r in look_through(network, exact=True).rows
        if r.owner in new
    }
    again = {(r.owner, r.company): r.share for r in look_through(renamed, exact=True).rows}
    known = set(others[: len(names)])
    unknown = {n for n, party in zip(names, network.parties, strict=True) if party.type == "unknown"}
    hidden = {new[n] for n in unknown}
    assert {k: v for k, v in shares.items() if k[0] not in hidden} == {
        k: v for k, v in again.items() if k[0] in known
    }
    assert {(new[a], new[b]) for a, b in control(network).pairs} == control(renamed).pairs


def wider(network, dice):
    names = [party.id for party in network.parties]
    for i, j, share in zip(network.holder, network.issuers(), network.exact_capital, strict=True):
        if i == network.unknown[j]:
            continue
        low = max(Fraction(0), share.low - Fraction(dice.randint(0, 3), 20))
        high = min(Fraction(1), share.high + Fraction(dice.randint(0, 3), 20))
        opens = (share.low_open and low == share.low, share.high_open and high == share.high)
        yield Edge(names[i], names[j], Interval(low, high, *opens))


def is_consistent(network):
    """Whether every column can add up to one, open ends respected."""
    for j in range(network.size):
        column = network.exact_capital[int(network.start[j]) : int(network.start[j + 1])]
        low = sum((i.low for i in column), Fraction(0))
        if low > 1 or (low == 1 and any(i.low_open for i in column)):
            return False
    return True


def inside(inner, outer):
    low = inner.low > outer.low or (inner.low == outer.low and (inner.low_open or not outer.low_open))
    high = inner.high < outer.high or (inner.high == outer.high and (inner.high_open or not outer.high_open))
    return low and high


@given(seeds, st.randoms())
@settings(deadline=None, max_examples=40)
def test_widening_a_range_never_narrows_a_result(seed, dice):
    network = network_of(seed, widths=4, companies=4)
    assume(is_consistent(network))
    wide = make_network(list(wider(network, dice)), network.parties)
    for owner in ("p0", "c0", "c1"):
        narrow, broad = (bounds_of(n, (n.index(owner),)) for n in (network, wide))
        for j, interval in narrow.items():
            k = wide.index(network.parties[j].id)
            assert inside(interval, broad.get(k, Interval.exactly(0)))
    sure, may = control(network).pairs, {(r.controller, r.company) for r in control(network).rows}
    broad_rows = control(wide).rows
    assert control(wide).pairs <= sure
    assert may <= {(r.controller, r.company) for r in broad_rows}


@given(seeds, st.data())
@settings(deadline=None, max_examples=60)
def test_a_majority_never_loses_control_by_buying_more(seed, data):
    network = network_of(seed, parts=10)
    pairs = sorted(control(network).pairs)
    assume(pairs)
    buyer, _ = data.draw(st.sampled_from(pairs))
    edges = edges_of(network)
    company = data.draw(st.sampled_from(sorted({e.company for e in edges} - {buyer})))
    held = [e for e in edges if e.company == company]
    seller = data.draw(st.sampled_from([*held, None]))
    free = 1 - sum((e.capital.low for e in held), Fraction(0))
    available = free if seller is None else seller.capital.low
    bought = available * Fraction(data.draw(st.integers(1, 4)), 4)
    after = [e for e in edges if e is not seller]
    if seller is not None and seller.holder != buyer:
        after.append(dataclasses.replace(seller, capital=Interval.exactly(available - bought)))
        own = {company for b, company in pairs if b == buyer} | {buyer}
        assume(seller.holder not in own)
    elif seller is not None:
        after.append(seller)
        bought = Fraction(0)
    after.append(Edge(buyer, company, Interval.exactly(bought)))
    before = {company for b, company in pairs if b == buyer}
    assert before <= {c for b, c in control(make_network(after, network.parties)).pairs if b == buyer}


@given(seeds, st.booleans())
@settings(deadline=None, max_examples=60)
def test_exact_equals_float(seed, closed):
    network = network_of(seed, closed=closed, parts=97, companies=8)
    exact = {(r.owner, r.company): r.share for r in look_through(network, exact=True).rows}
    floats = {(r.owner, r.company): r.share for r in look_through(network).rows}
    assert exact.keys() == floats.keys()
    assert all(abs(float(exact[pair]) - floats[pair]) <= 1e-12 for pair in exact)
    rough = dataclasses.replace(network, exact_votes=())
    assert control(network).pairs == control(rough).pairs


@given(seeds)
@settings(deadline=None, max_examples=60)
def test_a_point_network_has_point_bounds(seed):
    network = network_of(seed, closed=True)
    exact = look_through(network, exact=True)
    for i, party in enumerate(network.parties):
        for j, interval in bounds_of(network, (i,)).items():
            assert interval == Interval.exactly(exact[party.id, network.parties[j].id])
