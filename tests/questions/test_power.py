"""Power in a network: only free votes count, and for whoever casts them."""

from fractions import Fraction

import pytest

from crosstie.ledger.amounts import Interval
from crosstie.network import toys
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Cap, Voice
from crosstie.questions.power import Asked, power_in
from crosstie.text.problem import CrosstieError


def holding(holder, share, **more):
    return Edge(holder, "x", Interval.parse(share), **more)


def test_sleeping_votes_are_out_and_weights_are_parts_of_the_rest():
    network = make_network([holding("a", "50%", suspended=True), holding("b", "30%"), holding("c", "20%")])
    found = power_in(network, "x", Asked())
    assert dict(zip(found.holders, found.weights, strict=True)) == {"b": Fraction(3, 5), "c": Fraction(2, 5)}
    assert found.values == (1, 0)


def test_votes_above_a_cap_are_out():
    edges = [holding("a", "60%"), holding("b", "25%"), holding("c", "15%")]
    capped = make_network(edges, caps=[("a", "x", Cap(0, 0, Fraction(1, 5)))])
    assert power_in(make_network(edges), "x", Asked()).values == (1, 0, 0)
    assert power_in(capped, "x", Asked()).values == (Fraction(1, 3),) * 3


def test_neutral_votes_are_out_and_instructed_ones_belong_to_whoever_instructs():
    edges = [holding("trust", "40%"), holding("b", "35%"), holding("c", "25%")]
    neutral = make_network(edges, voices=[("trust", "x", "", Voice(0, 0, how="neutral"))])
    assert power_in(neutral, "x", Asked()).holders == ("b", "c")
    instructed = make_network(edges, voices=[("trust", "x", "c", Voice(0, 0))])
    found = power_in(instructed, "x", Asked())
    assert (found["b"], found["c"]) == (0, 1)


def test_columns_above_one_are_computed_as_stated():
    found = power_in(toys.from_shares(("a", "x", "60%"), ("b", "x", "60%"), ("c", "x", "10%")), "x", Asked())
    assert found.weights == (Fraction(3, 5), Fraction(3, 5), Fraction(1, 10))
    assert found.values == (Fraction(1, 3),) * 3


def test_nobody_free_to_vote_is_told():
    with pytest.raises(CrosstieError, match="nobody is known to vote in 'x': no stated vote is free"):
        power_in(make_network([holding("a", "100%", suspended=True)]), "x", Asked())


def test_ranges_are_bounded_for_each_index_that_can_be():
    network = toys.from_shares(("a", "x", "30-40%"), ("b", "x", "20%"))
    exact = toys.from_shares(("a", "x", "35%"), ("b", "x", "20%"))
    bounds, inside = power_in(network, "x", Asked()), power_in(exact, "x", Asked())
    assert bounds.low[0] <= inside.values[0] <= bounds.high[0]
    absolute = power_in(network, "x", Asked.of("banzhaf-absolute", "0.5", "any"))
    assert absolute.low[0] <= absolute.high[0]
    for index in ("banzhaf", "deegan-packel", "holler", "johnston"):
        with pytest.raises(CrosstieError, match=f"{index} has no bounds"):
            power_in(network, "x", Asked.of(index))
