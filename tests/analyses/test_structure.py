from fractions import Fraction

import networkx as nx
import pytest

from crosstie.analyses.control import control, control_greatest
from crosstie.analyses.majority import (
    critical_thresholds,
    critical_thresholds_greatest,
    majority_attributed,
    weakest_link,
)
from crosstie.analyses.network_control import network_control_linear, network_control_threshold
from crosstie.analyses.structure import (
    bow_tie,
    close_links,
    common_owners,
    interlocks,
    loops_of,
    wedges,
)
from crosstie.ledger.amounts import Interval
from crosstie.network import toys
from crosstie.network.edges import make_network
from crosstie.network.random_networks import random_network
from crosstie.text.problem import CrosstieError


def test_every_elementary_loop_once():
    shares = [(a, b, "30%") for a in "abc" for b in "abc" if a != b]
    found = loops_of(toys.from_shares(*shares, ("x", "a", "10%")))
    assert found.groups == (("a", "b", "c"),)
    assert sorted(len(ring.parties) for ring in found.rings) == [2, 2, 2, 3, 3]
    assert found.complete
    assert not loops_of(toys.from_shares(*shares), limit=2).complete


def test_loops_are_those_networkx_finds():
    for seed in range(40):
        network = random_network(seed, companies=7, persons=2, holders=4)
        graph = nx.DiGraph(zip(network.holder.tolist(), network.issuers().tolist(), strict=True))
        expected = {frozenset(zip(c, c[1:] + c[:1], strict=True)) for c in nx.simple_cycles(graph)}
        names = [p.id for p in network.parties]
        found = {
            frozenset(
                (names.index(a), names.index(b))
                for a, b in zip(r.parties, r.parties[1:] + r.parties[:1], strict=True)
            )
            for r in loops_of(network).rings
        }
        assert found == expected, f"seed {seed}"


def test_the_bow_tie_has_all_its_parts():
    network = toys.from_shares(
        ("in", "a", "10%"), ("a", "b", "10%"), ("b", "a", "10%"), ("b", "out", "10%"),
        ("in", "tendril", "10%"), ("far", "away", "10%"),
    )  # fmt: skip
    tie = bow_tie(network)
    assert {place: tie.of(place) for place in ("core", "in", "out", "tube or tendril", "apart")} == {
        "core": ("a", "b"),
        "in": ("in",),
        "out": ("out",),
        "tube or tendril": ("tendril",),
        "apart": ("far", "away"),
    }
    assert set(bow_tie(toys.chain("60%")).of("apart")) == {"top", "c1"}


def test_majority_chains_count_whole_and_only_by_single_majorities():
    network = toys.from_shares(
        ("x", "a", "51%"), ("x", "b", "40%"), ("a", "b", "40%"), ("b", "c", "100%"), ("a", "c2", "30%")
    )
    held = {row.company: row.votes for row in majority_attributed(network, "x")}
    assert held == {"a": Interval.parse("51%"), "b": Interval.parse("80%"), "c2": Interval.parse("30%")}


def test_a_majority_chain_under_ranges():
    network = toys.from_shares(("x", "h", "40-60%"), ("h", "y", "30%"))
    held = {row.company: row.votes for row in majority_attributed(network, "x")}
    assert held["y"] == Interval.parse("0-30%")


def test_weakest_links_add_over_chains_and_stop_below_the_cutoff():
    network = toys.from_shares(("f", "a", "30%"), ("a", "c", "40%"), ("f", "b", "15%"), ("b", "c", "20%"))
    assert weakest_link(network, "f", "c").rights == Fraction(45, 100)
    assert weakest_link(network, "f", "c", cutoff=Fraction(1, 5)).rights == Fraction(30, 100)


def test_critical_thresholds_are_where_control_is_lost():
    for seed in range(30):
        network = random_network(seed, companies=6, persons=2)
        for person in ("p0", "p1"):
            for found, fixed in (
                (critical_thresholds(network, person), control),
                (critical_thresholds_greatest(network, person), control_greatest),
            ):
                for company, threshold in found.items():
                    at = fixed(network, threshold=threshold, reaching=True)
                    assert (person, company) in at.pairs, f"seed {seed}"
                    if threshold < 1:
                        assert (person, company) not in fixed(network, threshold=threshold).pairs, (
                            f"seed {seed}"
                        )


def test_network_control_counts_a_loop_once():
    network = toys.from_shares(("x", "a", "50%"), ("a", "b", "50%"), ("b", "a", "50%"))
    rows = {r.party: r for r in network_control_linear(network, {"a": 100, "b": 100}).rows}
    assert rows["x"].control == pytest.approx(100 * (2 / 3) + 100 * (1 / 3))
    assert rows["a"].control == pytest.approx(50)
    assert rows["a"].uncorrected == pytest.approx(100 / 3 + 100 * 2 / 3)


def test_network_control_by_threshold_gives_the_majority_holder_all():
    network = toys.from_shares(("x", "a", "51%"), ("y", "a", "49%"), ("y", "b", "50%"))
    rows = {r.party: r.control for r in network_control_threshold(network, {"a": 100, "b": 10}).rows}
    assert rows["x"] == 100
    assert rows["y"] == 5


def test_network_control_refuses_strange_values():
    with pytest.raises(CrosstieError, match="did you mean 'alpha'"):
        network_control_linear(toys.ring(), {"alhpa": 1})
    with pytest.raises(CrosstieError, match="a value is a number from 0 up"):
        network_control_linear(toys.ring(), {"alpha": -1})


def test_common_owners():
    network = toys.from_shares(
        ("ana", "a", "60%"), ("ana", "h", "50%"), ("h", "b", "50%"), ("ben", "b", "50%")
    )
    assert [(c.owner, c.first, c.second) for c in common_owners(network, "a", "b")] == [("ana", 0.6, 0.25)]
    assert len(common_owners(network, "a", "b", above=0.3)) == 0


def test_close_links_at_exactly_a_fifth_and_undecided_ones():
    network = toys.from_shares(("h", "a", "50%"), ("a", "b", "40%"), ("h", "c", "10-30%"))
    links = {(x.first, x.second): x.decided for x in close_links(network)}
    assert links == {
        ("h", "a"): True, ("h", "b"): True, ("a", "b"): True, ("h", "c"): False, ("a", "c"): False, ("b", "c"): False,
    }  # fmt: skip
    with pytest.raises(CrosstieError, match="over 0 and at most 1"):
        close_links(network, threshold=0)


def test_wedges():
    network = toys.from_shares(("f", "a", "51%"), ("a", "b", "51%"), ("f", "c", "45-60%"))
    found = {(w.controller, w.company): w.wedge for w in wedges(network)}
    assert set(found) == {("f", "a"), ("f", "b"), ("a", "b")}
    plain = {
        (w.controller, w.company): w.wedge
        for w in wedges(toys.from_shares(("f", "a", "51%"), ("a", "b", "51%")))
    }
    assert plain["f", "b"] == pytest.approx(0.51 - 0.51 * 0.51)


def test_interlocks_share_persons():
    found = interlocks([("ana", "x"), ("ana", "y"), ("ben", "x"), ("ben", "y"), ("ana", "z")])
    assert (found[0].first, found[0].second, found[0].persons) == ("x", "y", ("ana", "ben"))
    assert len(found) == 3


def test_empty_networks_have_empty_shapes():
    empty = make_network([])
    assert loops_of(empty).groups == ()
    assert bow_tie(empty).rows == ()
    assert len(close_links(empty)) == len(wedges(empty)) == 0


def test_answers_become_frames():
    network = toys.from_shares(("f", "a", "51%"), ("a", "b", "51%"))
    assert list(wedges(network).to_frame().columns) == [
        "controller",
        "company",
        "votes",
        "cash_flow",
        "wedge",
    ]
    assert list(close_links(network).to_frame()["first"]) == ["f", "f", "a", "a"]
    assert len(majority_attributed(network, "f").to_frame()) == 2
