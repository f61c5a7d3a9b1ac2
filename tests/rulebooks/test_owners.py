from datetime import date
from fractions import Fraction

import pytest

from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Concert, Party
from crosstie.rulebooks.applying import anywhere, findings, rule_of_day
from crosstie.rulebooks.day import day_of
from crosstie.rulebooks.reading import built_in
from crosstie.rulebooks.rule import pick

RULES = built_in()


def owners(rule, *edges, on, at="GB", concerts=()):
    people = {h for h, *_ in edges} - {j for _, j, _ in edges}
    names = list(dict.fromkeys(name for edge in edges for name in edge[:2]))
    network = make_network(
        [Edge(h, j, Interval.parse(share)) for h, j, share in edges],
        [Party(n, n, "person" if n in people else "company", at) for n in names],
        concerts=concerts,
    )
    found = findings(pick(RULES, (rule,)), rule_of_day(day_of(network, on), RULES))
    return {(f.subject, f.object): f for f in found}


def test_half_of_a_half_is_in_under_the_regulation_and_out_under_the_directive():
    chain = (("p", "h", "50%"), ("h", "x", "50%"))
    regulation = owners("EU-2/share", *chain, on=date(2027, 7, 10), at="DE")
    assert (regulation["p", "x"].met, regulation["p", "x"].value.low) == ("met", Fraction(1, 4))
    directive = owners("EU-1", *chain, on=date(2027, 7, 9), at="DE")
    assert ("p", "x") not in directive
    assert directive["p", "h"].met == "met"


def test_chains_are_added_under_the_regulation():
    two = (("p", "a", "60%"), ("p", "b", "30%"), ("a", "x", "40%"), ("b", "x", "50%"))
    found = owners("EU-2/share", *two, on=date(2028, 1, 1), at="DE")
    assert found["p", "x"].value.low == Fraction(39, 100)  # 0.6 * 0.4 + 0.3 * 0.5


def test_a_loop_is_solved_not_counted_round():
    loop = (("p", "a", "30%"), ("a", "b", "50%"), ("b", "a", "40%"))
    found = owners("EU-2/share", *loop, on=date(2028, 1, 1), at="DE")
    assert found["p", "b"].value.low == Fraction(3, 16)  # 0.15 / (1 - 0.2)


def test_thirty_per_cent_through_a_majority_counts_thirty():
    # worked example of Sch. 1A para 18: X 51 % of H, H 30 % of Y
    found = owners("UK-2/shares", ("x", "h", "51%"), ("h", "y", "30%"), on=date(2024, 1, 1))
    assert (found["x", "y"].met, found["x", "y"].value.low) == ("met", Fraction(3, 10))
    assert found["x", "y"].chain == ("x", "h", "y")


def test_through_exactly_half_nothing_counts():
    assert ("x", "y") not in owners("UK-2/shares", ("x", "h", "50%"), ("h", "y", "90%"), on=date(2024, 1, 1))


@pytest.mark.parametrize(
    ("share", "band"),
    [
        ("25%", None),
        ("25.01%", "1/4"),
        ("50%", "1/4"),
        ("50.01%", "1/2"),
        ("74.99%", "1/2"),
        ("75%", "3/4"),
        ("100%", "3/4"),
    ],
)
def test_the_statutes_bands(share, band):
    line = owners("UK-2/shares", ("x", "y", share), on=date(2024, 1, 1))["x", "y"]
    assert line.met == ("met" if band else "not met")
    assert line.threshold == Fraction(band or "1/4")


def test_a_range_across_a_band_is_in_the_lower_and_perhaps_in_the_upper():
    found = owners("UK-2/shares", ("x", "y", "(25%, 60%]"), on=date(2024, 1, 1))
    assert found["x", "y"].met == "cannot be decided"  # the last line: over 50 %
    assert found["x", "y"].threshold == Fraction(1, 2)


def test_joint_arrangements_are_added():
    edges = (("a", "y", "15%"), ("b", "y", "15%"))
    together = [(("a", "b"), "y", Concert(()))]
    assert owners("UK-2/shares", *edges, on=date(2024, 1, 1))["a", "y"].met == "not met"
    assert owners("UK-2/shares", *edges, on=date(2024, 1, 1), concerts=together)["a", "y"].met == "met"


def test_control_above_and_ownership_below_are_both_found():
    # article 54: p controls h, which holds 25 %; q has 30 % of c, which controls x
    edges = (("p", "h", "60%"), ("h", "x", "25%"), ("q", "c", "30%"), ("c", "x", "70%"))
    holders = owners("EU-2/controlled-holders", *edges, on=date(2028, 1, 1), at="DE")
    assert holders["p", "x"].met == "met"
    above = owners("EU-2/controllers-owners", *edges, on=date(2028, 1, 1), at="DE")
    assert above["q", "x"].met == "met"
    assert above["q", "x"].chain == ("q", "c", "x")


def test_a_law_of_one_country_is_silent_elsewhere_unless_asked():
    edges = [Edge("x", "y", Interval.parse("30%"))]
    network = make_network(edges, [Party("x", "X", "person"), Party("y", "Y", "company", "FR")])
    ruled = rule_of_day(day_of(network, date(2024, 1, 1)), RULES)
    psc = pick(RULES, ("UK-2/shares",))
    assert findings(psc, ruled) == ()
    assert findings(anywhere(psc), ruled)[0].met == "met"


def test_unknown_holders_are_never_beneficial_owners():
    found = owners("EU-2/share", ("p", "x", "10%"), on=date(2028, 1, 1), at="DE")
    assert set(found) == {("p", "x")}
