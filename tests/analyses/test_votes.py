"""Who carries and who blocks, and votes that sleep because of control."""

import random
from fractions import Fraction
from itertools import chain, combinations

import pytest

from crosstie.analyses.sleep import apply_once, controlled_holders, counter_holders, settle
from crosstie.analyses.votes import SIMPLE, TWO_THIRDS, Majority, turnout_to_carry, who_decides
from crosstie.ledger.amounts import Interval
from crosstie.network import toys
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Cap, UnknownPartyError, Voice
from crosstie.text.problem import CrosstieError

THREE = (("ana", "alpha", "34%"), ("bo", "alpha", "25%"), ("cy", "alpha", "6%"))


@pytest.mark.parametrize(
    ("turnout", "majority", "carries", "blocks"),
    [
        ("100%", SIMPLE, set(), set()),
        ("60%", SIMPLE, {"ana"}, {"ana"}),
        ("50%", SIMPLE, {"ana"}, {"ana", "bo"}),
        ("100%", TWO_THIRDS, set(), {"ana"}),
        ("75%", TWO_THIRDS, set(), {"ana"}),
        ("51%", TWO_THIRDS, {"ana"}, {"ana", "bo"}),
    ],
)
def test_turnout_decides_who_carries(turnout, majority, carries, blocks):
    found = who_decides(toys.from_shares(*THREE), "alpha", turnout=Interval.parse(turnout), majority=majority)
    assert {row.holder for row in found.rows if row.carries} == carries
    assert {row.holder for row in found.rows if row.blocks} == blocks


def test_exactly_half_blocks_but_does_not_carry():
    found = who_decides(toys.from_shares(("a", "x", "50%"), ("b", "x", "50%")), "x")
    assert [(row.carries, row.blocks) for row in found.rows] == [(False, True), (False, True)]


def test_exactly_two_thirds_carries_and_exactly_one_third_does_not_block():
    found = who_decides(toys.from_shares(("a", "x", "2/3"), ("b", "x", "1/3")), "x", majority=TWO_THIRDS)
    assert [(row.carries, row.blocks) for row in found.rows] == [(True, True), (False, False)]


def test_ranges_and_turnouts_that_allow_both_are_undecided():
    network = toys.from_shares(("a", "x", "30-40%"), ("b", "x", "10%"))
    at = who_decides(network, "x", turnout=Interval.parse("70%"))["a"]
    assert (at.carries, at.blocks) == (None, None)
    between = who_decides(toys.from_shares(("a", "x", "30%")), "x", turnout=Interval.parse("50-70%"))["a"]
    assert (between.carries, str(between.of_cast)) == (None, "[3/7, 3/5]")


def test_several_holders_as_one():
    found = who_decides(toys.from_shares(*THREE), "alpha", together=[["ana", "bo"]])
    assert found["ana + bo"].carries
    assert found["ana + bo"].of_cast == Interval.parse("59%")


def test_the_matter_and_a_cap_change_who_carries():
    edges = [Edge("a", "x", Interval.parse("60%")), Edge("b", "x", Interval.parse("40%"))]
    capped = make_network(edges, caps=[("a", "x", Cap(0, 0, Fraction(3, 10), matter="special"))])
    assert who_decides(capped, "x", matter="ordinary")["a"].carries
    found = who_decides(capped, "x", matter="special")
    assert not found["a"].carries
    assert found["b"].of_cast == Interval.exactly(Fraction(4, 7))
    neutral = make_network(edges, voices=[("a", "x", "", Voice(0, 0, how="neutral"))])
    assert who_decides(neutral, "x")["b"].carries


def test_sleeping_votes_make_others_carry():
    edges = [Edge("a", "x", Interval.parse("40%")), Edge("b", "x", Interval.parse("30%"), suspended=True)]
    found = who_decides(make_network(edges), "x")
    assert found["a"].of_cast == Interval.exactly(Fraction(4, 7))
    assert found["a"].carries
    assert not found["b"].blocks


def test_the_turnout_below_which_a_holder_carries():
    network = toys.from_shares(("a", "x", "30%"))
    below = turnout_to_carry(network, "x", "a").low
    just = Interval.exactly(below - Fraction(1, 1000))
    assert who_decides(network, "x", turnout=just)["a"].carries
    assert not who_decides(network, "x", turnout=Interval.exactly(below))["a"].carries


@pytest.mark.parametrize("turnout", ["0%", "101%", "0-50%"])
def test_turnouts_are_parts(turnout):
    with pytest.raises(CrosstieError, match="turnout is a part in"):
        who_decides(toys.from_shares(*THREE), "alpha", turnout=Interval.parse(turnout))


def test_majorities_and_names_are_checked():
    with pytest.raises(CrosstieError, match="majority is a part in"):
        who_decides(toys.from_shares(*THREE), "alpha", majority=Majority(Fraction(1, 3)))
    with pytest.raises(UnknownPartyError, match="did you mean 'alpha'"):
        who_decides(toys.from_shares(*THREE), "alfa")


def test_two_firms_that_hold_60_percent_of_each_other_have_two_outcomes():
    found = settle(toys.from_shares(("a", "b", "60%"), ("b", "a", "60%")), [controlled_holders()])
    assert str(found) == "2 consistent outcomes"
    assert found.all_tried
    assert [outcome.asleep for outcome in found.outcomes] == [{("a", "b")}, {("b", "a")}]
    assert [outcome.controls().pairs for outcome in found.outcomes] == [{("b", "a")}, {("a", "b")}]
    assert list(found.to_frame()["outcome"]) == [1, 2]


def test_a_ring_of_three_majorities_has_three_outcomes():
    ring = toys.from_shares(("a", "b", "60%"), ("b", "c", "60%"), ("c", "a", "60%"))
    found = settle(ring, [controlled_holders()])
    assert [outcome.asleep for outcome in found.outcomes] == [{("a", "b")}, {("b", "c")}, {("c", "a")}]


def test_a_quarter_rule_can_leave_no_outcome_and_says_what_comes_and_goes():
    """While c runs b, a's votes in c sleep; so b runs a, and c's votes in b sleep; so a's in c wake, and so on."""
    network = toys.from_shares(("b", "a", "51%"), ("a", "b", "24%"), ("c", "b", "40%"), ("a", "c", "51%"))
    found = settle(network, [counter_holders()])
    assert str(found) == "no consistent outcome"
    assert found.outcomes == ()
    assert found.contested


def test_one_way_holdings_have_one_outcome_in_which_nothing_sleeps():
    found = settle(toys.chain("100%", "51%"), [controlled_holders()])
    assert str(found) == "one consistent outcome"
    assert found.outcomes[0].asleep == frozenset()


def test_measured_before_suspension_there_is_one_outcome():
    both = toys.from_shares(("a", "b", "60%"), ("b", "a", "60%"))
    assert apply_once(both, [controlled_holders()]).asleep == {("a", "b"), ("b", "a")}


def test_many_loops_are_followed_from_both_ends_and_said_so():
    pairs = [(f"a{i}", f"b{i}", "60%") for i in range(7)] + [(f"b{i}", f"a{i}", "10%") for i in range(7)]
    found = settle(toys.from_shares(*pairs), [controlled_holders()])
    assert str(found) == "one consistent outcome found, not all cases tried"
    assert found.outcomes[0].asleep == {(f"b{i}", f"a{i}") for i in range(7)}


def test_ranges_of_votes_are_refused():
    with pytest.raises(CrosstieError, match="some votes are ranges"):
        settle(toys.from_shares(("a", "b", "40-60%"), ("b", "a", "60%")), [controlled_holders()])


def controlled_by(owner, shares, asleep):
    """Least closure of majorities over votes awake, written again from the definition."""
    mine = {owner}
    companies = {company for _, company in shares}
    while True:
        more = set()
        for company in companies - mine:
            awake = 1 - sum(
                (v for (h, c), v in shares.items() if c == company and (h, c) in asleep), Fraction(0)
            )
            held = sum(
                (v for (h, c), v in shares.items() if c == company and h in mine and (h, c) not in asleep),
                Fraction(0),
            )
            if held * 2 > awake:
                more.add(company)
        if not more:
            return mine - {owner}
        mine |= more


def test_all_outcomes_are_found_on_random_networks():
    for seed in range(150):
        source = random.Random(seed)
        shares, names = {}, "abcd"[: source.choice([3, 4])]
        for company in names:
            left = 100
            for holder in names:
                part = source.choice([0, 10, 26, 40, 51, 60])
                if holder != company and 0 < part <= left and source.random() < 0.6 and len(shares) < 8:
                    shares[holder, company] = Fraction(part, 100)
                    left -= part
        if not shares:
            continue
        expected = set()
        subsets = chain.from_iterable(combinations(shares, size) for size in range(len(shares) + 1))
        for asleep in map(frozenset, subsets):
            said = {(h, c) for h, c in shares if h in controlled_by(c, shares, asleep)}
            if said == asleep:
                expected.add(asleep)
        network = toys.from_shares(*[(h, c, str(v)) for (h, c), v in shares.items()])
        found = settle(network, [controlled_holders()])
        assert found.all_tried
        assert {outcome.asleep for outcome in found.outcomes} == expected, seed
