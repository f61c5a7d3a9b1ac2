import dataclasses
from fractions import Fraction
from itertools import product
from math import prod

import pytest

from crosstie.analyses import ballots
from crosstie.analyses import control as control_module
from crosstie.analyses.control import control, control_greatest
from crosstie.analyses.groups import self_controlled_groups, together
from crosstie.ledger.amounts import Interval
from crosstie.network import toys
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Concert, Party, Voice
from crosstie.network.random_networks import random_network
from crosstie.text.problem import CrosstieError


def test_exactly_half_is_no_majority_however_floats_add_up():
    shares = ["0.1", "0.1", "0.1", "0.1", "0.1"]
    holdings = [("x", f"h{i}", "100%") for i in range(5)] + [(f"h{i}", "c", s) for i, s in enumerate(shares)]
    network = toys.from_shares(*holdings)
    assert ("x", "c") not in control(network).pairs
    assert ("x", "c") in control(network, reaching=True).pairs
    thirds = toys.from_shares(("x", "h", "100%"), ("x", "c", "1/6"), ("h", "c", "1/3"))
    assert ("x", "c") not in control(thirds).pairs


def test_without_exact_votes_the_decimals_as_written_decide():
    network = toys.from_shares(("x", "h", "100%"), ("x", "c", "0.3"), ("h", "c", "0.2"))
    rough = dataclasses.replace(network, exact_votes=())
    assert ("x", "c") not in control(rough).pairs
    assert sum([0.1] * 3) > 0.3
    tenths = toys.from_shares(
        *[("x", f"h{i}", "100%") for i in range(3)], *[(f"h{i}", "c", "0.1") for i in range(3)]
    )
    assert ("x", "c") not in control(dataclasses.replace(tenths, exact_votes=()), threshold=0.3).pairs


def test_a_loop_does_not_control_itself_into_being_but_the_greatest_point_holds_it():
    loop = toys.from_shares(("a", "b", "60%"), ("b", "a", "60%"), ("x", "a", "10%"))
    assert control(loop).pairs == {("a", "b"), ("b", "a")}
    assert control_greatest(loop).pairs == {("a", "b"), ("b", "a"), ("x", "a"), ("x", "b")}
    assert self_controlled_groups(loop) == (("a", "b"),)


def test_ultimate_controllers_are_those_nobody_controls():
    network = toys.from_shares(("x", "a", "60%"), ("a", "b", "60%"))
    assert {(r.controller, r.company): r.ultimate for r in control(network).rows} == {
        ("x", "a"): True,
        ("x", "b"): True,
        ("a", "b"): False,
    }


def test_votes_are_those_of_the_controller_and_all_it_controls():
    network = toys.from_shares(("x", "a", "60%"), ("a", "b", "30%"), ("x", "b", "25%"))
    rows = {(r.controller, r.company): r.votes for r in control(network).rows}
    assert rows["x", "b"] == Interval.parse("55%")


def test_suspended_votes_leave_numerator_and_base():
    edges = [
        Edge("x", "c", Interval.parse("40%")),
        Edge("sub", "c", Interval.parse("30%"), suspended=True),
        Edge("y", "c", Interval.parse("30%")),
        Edge("c", "sub", Interval.parse("100%")),
    ]
    (row,) = [r for r in control(make_network(edges)).rows if r.company == "c"]
    assert (row.controller, row.votes) == ("x", Interval.exactly(Fraction(4, 7)))
    awake = make_network([dataclasses.replace(e, suspended=False) for e in edges])
    assert ("x", "c") not in control(awake).pairs


def test_when_all_votes_sleep_nobody_controls():
    edges = [Edge("x", "c", Interval.exactly(1), suspended=True)]
    network = make_network(edges)
    assert control(network).pairs == control(network, reaching=True).pairs == frozenset()


def test_votes_decide_not_capital():
    edges = [Edge("x", "c", Interval.parse("20%"), Interval.parse("60%"))]
    assert control(make_network(edges)).pairs == {("x", "c")}


def trust_network(by, how="as_instructed"):
    edges = [
        Edge("trust", "c", Interval.parse("30%")),
        Edge("x", "c", Interval.parse("25%")),
    ]
    voices = [("trust", "c", by, Voice(0, 0, how=how, matter="ordinary"))]
    return make_network(edges, [Party("trust", type="trust"), Party("x")], voices=voices)


def test_a_trust_adds_its_votes_to_whoever_instructs_it_and_otherwise_to_nobody():
    assert control(trust_network("x")).pairs == {("x", "c")}
    assert control(trust_network("")).pairs == frozenset()
    assert control(trust_network("x", "neutral")).pairs == frozenset()
    assert control(trust_network("x"), matter="special").pairs == frozenset()


def test_concerts_act_as_one_everywhere_or_in_one_company():
    edges = [
        Edge("a", "c", Interval.parse("30%")),
        Edge("b", "c", Interval.parse("30%")),
        Edge("a", "d", Interval.parse("30%")),
        Edge("b", "d", Interval.parse("30%")),
        Edge("c", "e", Interval.parse("51%")),
    ]
    everywhere = make_network(edges, concerts=[(("a", "b"), "", Concert(()))])
    assert control(everywhere).pairs == {("a + b (in concert)", j) for j in "cde"} | {("c", "e")}
    in_c = make_network(edges, concerts=[(("a", "b"), "c", Concert(()))])
    assert control(in_c).pairs == {("a + b (in concert)", j) for j in "ce"} | {("c", "e")}
    assert all(r.ultimate for r in control(in_c).rows if "concert" in r.controller)


def test_unknown_holders_never_control():
    assert control(toys.from_shares(("x", "c", "10%"))).rows == ()


@pytest.mark.parametrize(
    ("share", "found"),
    [
        ("(50%, 60%]", {"x": True}),
        ("50-60%", {"x": False}),
        ("[40%, 50%]", {}),
        ("[40%, 50%)", {}),
        (">50%", {"x": True}),
        (">=50%", {"x": False}),
    ],
)
def test_three_answers_at_the_threshold(share, found):
    rows = control(toys.from_shares(("x", "c", share))).rows
    assert {r.controller: r.decided for r in rows} == found


def test_an_undecided_controller_above_leaves_the_ultimate_undecided():
    network = toys.from_shares(("x", "a", "40-60%"), ("a", "b", "60%"))
    rows = {(r.controller, r.company): r for r in control(network).rows}
    assert rows["a", "b"].ultimate is None
    assert not rows["x", "b"].decided
    assert rows["x", "b"].votes == Interval.parse("0-60%")


def test_what_one_gives_up_the_other_has():
    network = toys.from_shares(("x", "a", "100%"), ("x", "c", "30-60%"), ("a", "c", "40-70%"))
    rows = {(r.controller, r.company): r for r in control(network).rows}
    assert rows["x", "c"].decided
    assert rows["x", "c"].votes == Interval.parse("70-100%")
    assert not rows["a", "c"].decided


def test_sleeping_ranges_are_solved_as_a_ratio():
    edges = [
        Edge("x", "c", Interval.parse("40-45%")),
        Edge("s", "c", Interval.parse("10-30%"), suspended=True),
    ]
    (row,) = control(make_network(edges)).rows
    assert not row.decided
    assert row.votes == Interval(Fraction(40, 90), Fraction(45, 70))


@pytest.mark.parametrize("threshold", [0, -1, 1.01, float("nan")])
def test_thresholds_outside_zero_to_one_are_refused(threshold):
    with pytest.raises(CrosstieError, match="over 0 and at most 1"):
        control(toys.ring(), threshold=threshold)


def test_an_empty_network_has_no_controllers():
    assert control(make_network([])).rows == ()
    assert self_controlled_groups(make_network([])) == ()


def test_together():
    network = toys.from_shares(("a", "c", "30%"), ("b", "c", "30%"), ("c", "d", "51%"))
    assert together(network, ["a", "b"]) == {"c", "d"}
    assert together(network, ["b"]) == frozenset()


def corners(network, parts):
    """For each company every admissible column on a grid."""
    for j in range(network.size):
        column = network.exact_capital[int(network.start[j]) : int(network.start[j + 1])]
        steps = [
            [Fraction(n, parts) for n in range(parts + 1) if i.contains(Fraction(n, parts))] for i in column
        ]
        if column:
            yield [point for point in product(*steps) if sum(point) == 1]


def test_every_network_on_a_grid_agrees_with_the_three_answers():
    tried = 0
    for seed in range(300):
        network = random_network(seed, companies=3, persons=2, holders=2, widths=3, parts=10)
        choices = list(corners(network, 10))
        if network.is_exact or not 1 < prod(len(c) for c in choices) < 300:
            continue
        tried += 1
        answers = []
        for choice in product(*choices):
            fixed = tuple(Interval.exactly(x) for column in choice for x in column)
            answers.append(control(dataclasses.replace(network, exact_votes=fixed)).pairs)
        always, sometimes = frozenset.intersection(*answers), frozenset.union(*answers)
        answer = control(network)
        possible = {(r.controller, r.company) for r in answer.rows}
        assert answer.pairs <= always, f"seed {seed}"
        assert sometimes <= possible, f"seed {seed}"
        if not (network.votes.low_open | network.votes.high_open).any():
            assert (answer.pairs, possible) == (always, sometimes), f"seed {seed}"
    assert tried > 60


def test_along_a_chain_of_ranges_what_voters_have_is_worked_out_once_a_company(monkeypatch):
    network = toys.from_shares(*((f"c{n}", f"c{n + 1}", "60-70%") for n in range(40)))
    asked = []
    monkeypatch.setattr(
        control_module,
        "part",
        lambda ballot, *voters: asked.append(ballot) or ballots.part(ballot, *voters),
    )
    rows = control(network).rows
    assert len(rows) == 40 * 41 // 2
    assert {row.votes for row in rows} == {Interval.parse("60-70%")}
    assert len(asked) == 40


@pytest.mark.parametrize("seed", range(60))
def test_ranges_are_decided_in_floats_as_in_fractions(seed, monkeypatch):
    network = random_network(seed, companies=7, persons=3, widths=6, parts=10, closed=seed % 2 == 0)
    asked = [
        (semantics, Fraction(bar), reaching)
        for semantics in (control, control_greatest)
        for bar in ("1/2", "3/10", "2/3", "1")
        for reaching in (False, True)
    ]
    quick = [ask(network, threshold=bar, reaching=reaching) for ask, bar, reaching in asked]
    monkeypatch.setattr(ballots, "CLOSE", 10.0)  # nothing is far enough from any threshold
    assert quick == [ask(network, threshold=bar, reaching=reaching) for ask, bar, reaching in asked]
