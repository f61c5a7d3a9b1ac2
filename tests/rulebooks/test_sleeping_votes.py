from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Party
from crosstie.rulebooks.applying import findings, rule_of_day
from crosstie.rulebooks.day import Day, Denial, day_of, share_of
from crosstie.rulebooks.other_tests import cast_neutrally
from crosstie.rulebooks.reading import built_in
from crosstie.rulebooks.rule import Base, pick

RULES = built_in()
ON = date(2024, 6, 1)
SMALL = Interval.parse("<=5%")


def companies(*edges, at="FR", listed="Paris", bounds=(), totals=None, denials=(), on=ON) -> Day:
    names = list(dict.fromkeys(name for edge in edges for name in edge[:2]))
    made = [Edge(h, j, Interval.parse(share), suspended=len(rest) > 0) for h, j, share, *rest in edges]
    network = make_network(made, [Party(name, name, "company", at, listed) for name in names], totals=totals)
    return day_of(network, on, bounds=dict.fromkeys(bounds, SMALL), denials=denials)


def ask(day, *rule_ids):
    ruled = rule_of_day(day, RULES)
    return ruled, {(f.rule, f.subject, f.object): f for f in findings(pick(RULES, rule_ids), ruled)}


def test_two_that_hold_sixty_per_cent_of_each_other_have_two_outcomes():
    ruled, found = ask(companies(("a", "b", "60%"), ("b", "a", "60%")), "FR-1")
    assert ruled.settled.outcomes == 2
    assert found["FR-1", "a", "b"].met == found["FR-1", "b", "a"].met == "cannot be decided"
    assert "2 outcomes are consistent" in found["FR-1", "a", "b"].why


def test_a_loop_below_a_majority_settles():
    ruled, found = ask(companies(("a", "b", "60%"), ("b", "a", "30%")), "FR-1")
    assert ruled.settled.is_stable
    assert found["FR-1", "b", "a"].met == "met"
    assert ("FR-1", "a", "b") not in found


def test_control_and_suspension_that_never_agree_are_unstable():
    # x controls y just when z's votes in y sleep, so just when y controls z; but once x controls y,
    # y's 41 % of z count for x, who then has more of z than y, so that y is not presumed to control z
    day = companies(
        ("x", "y", "45%"), ("z", "y", "46%"), ("y", "z", "41%"), ("x", "z", "30%"), bounds=("y", "z")
    )
    ruled, found = ask(day, "FR-1")
    assert ruled.settled.outcomes == 0
    assert ruled.settled.all_tried
    line = found["FR-1", "z", "y"]
    assert line.met == "cannot be decided"
    assert line.why == "unstable: no outcome is consistent"


def test_without_a_bound_on_undisclosed_holders_control_cannot_be_presumed():
    edges = (("x", "y", "44%"), ("y", "x", "10%"))
    assert ask(companies(*edges), "FR-1")[1]["FR-1", "y", "x"].met == "cannot be decided"
    bounded = companies(*edges, bounds=("y",))
    assert ask(bounded, "FR-1")[1]["FR-1", "y", "x"].met == "presumed, rebuttable"


def test_a_sourced_denial_rebuts_the_presumption_but_not_a_majority():
    denial = Denial("x", "y", "declaration to the AMF", "said-so")
    presumed = companies(("x", "y", "44%"), ("y", "x", "10%"), bounds=("y",), denials=[denial])
    found = ask(presumed, "FR-1", "FR-2")[1]
    assert found["FR-2", "x", "y"].met == found["FR-1", "y", "x"].met == "rebutted"
    majority = companies(("x", "y", "51%"), ("y", "x", "10%"), bounds=("y",), denials=[denial])
    assert ask(majority, "FR-1")[1]["FR-1", "y", "x"].met == "met"


def test_a_denial_on_the_ground_of_accounting_does_not_rebut_the_french_presumption():
    denial = Denial("x", "y", "IFRS 10, annual report", "said-so")
    day = companies(("x", "y", "44%"), ("y", "x", "10%"), bounds=("y",), denials=[denial])
    found = ask(day, "FR-1", "ACC-2")[1]
    assert found["FR-1", "y", "x"].met == "presumed, rebuttable"
    assert found["ACC-2", "x", "y"].met == "not met"
    silent = companies(("x", "y", "44%"), ("y", "x", "10%"), bounds=("y",))
    assert ask(silent, "ACC-2")[1]["ACC-2", "x", "y"].met == "cannot be decided"


def test_a_tie_does_not_defeat_the_presumption_and_a_larger_holder_does():
    tied = companies(("a", "x", "41%"), ("b", "x", "41%"), bounds=("x",))
    assert {key[1] for key, f in ask(tied, "FR-2")[1].items() if f.object == "x"} == {"a", "b"}
    larger = companies(("a", "x", "41%"), ("b", "x", "42%"), bounds=("x",))
    assert ("FR-2", "a", "x") not in ask(larger, "FR-2")[1]


@pytest.mark.parametrize(
    ("rule", "at"), [("FR-1", "FR"), ("UK-1", "GB"), ("US-3", "US-DE"), ("IT-2/votes", "IT")]
)
def test_own_subsidiaries_do_not_vote_where_the_law_reaches(rule, at):
    edges = (("p", "s", "51%"), ("s", "p", "20%"))
    _, found = ask(companies(*edges, at=at), rule)
    assert found[rule, "s", "p"].met == "met"
    assert not ask(companies(*edges, at="BR"), rule)[1]


def test_a_law_reaches_only_its_own_companies_votes():
    # p is Brazilian, s French: s's votes in p do not sleep by French law, nor the other way round
    network = make_network(
        [Edge("p", "s", Interval.parse("51%")), Edge("s", "p", Interval.parse("20%"))],
        [Party("p", "P", "company", "BR"), Party("s", "S", "company", "FR")],
    )
    ruled = rule_of_day(day_of(network, ON), RULES)
    assert ruled.suspensions == ()


def test_sleeping_votes_leave_the_denominator_of_what_can_be_cast():
    day = companies(("state", "r", "20%"), ("sub", "r", "20%", "asleep"), ("r", "sub", "100%"), at="BR")
    state, r = day.network.index("state"), day.network.index("r")
    one = frozenset({state})
    assert share_of(
        day, one, r, Base(numerator="castable votes", denominator="exercisable votes")
    ).low == Fraction(1, 4)
    assert share_of(
        day, one, r, Base(numerator="votes", denominator="votes without treasury")
    ).low == Fraction(1, 5)
    sub = frozenset({day.network.index("sub")})
    theoretical = Base(numerator="castable votes", denominator="theoretical votes")
    assert share_of(day, sub, r, theoretical).high == 0


def test_own_shares_are_in_the_base_of_some_rules_and_not_of_others():
    day = companies(("a", "x", "25%"), totals={"x": (1000, 200, 1000)}, at="DE")
    a, x = frozenset({day.network.index("a")}), day.network.index("x")
    shares = {
        name: share_of(day, a, x, Base(numerator="capital", denominator=name)).low
        for name in ("outstanding capital", "issued capital")
    }
    assert shares == {"outstanding capital": Fraction(1, 4), "issued capital": Fraction(1, 5)}
    votes = Base(numerator="votes", denominator="theoretical votes")
    assert share_of(day, a, x, votes).low == Fraction(1, 5)


def test_german_votes_above_a_quarter_sleep_and_no_others():
    ruled, found = ask(companies(("a", "b", "30%"), ("b", "a", "26%"), at="DE"), "DE-1")
    assert found["DE-1", "a", "b"].met == "met"
    assert {(s.holder, s.above) for s in ruled.suspensions} == {("a", Fraction(1, 4)), ("b", Fraction(1, 4))}
    free = Base(numerator="castable votes", denominator="exercisable votes")
    b = ruled.day.network.index("b")
    assert share_of(ruled.day, frozenset({0}), b, free).low == Fraction(25, 95)


def test_italian_votes_of_the_later_one_sleep_first_above_the_limit_then_all():
    day = companies(("a", "b", "10%"), ("b", "a", "10%"), at="IT")
    exceeded = {("a", "b"): date(2020, 1, 1), ("b", "a"): date(2024, 1, 1)}
    early = rule_of_day(replace(day, exceeded=exceeded), RULES)
    assert {(s.holder, s.above) for s in early.suspensions if s.rule == "IT-1/ordinary"} == {
        ("b", Fraction(3, 100))
    }
    late = rule_of_day(replace(day, exceeded=exceeded, on=date(2025, 2, 1)), RULES)
    assert {(s.holder, s.above) for s in late.suspensions if s.rule == "IT-1/ordinary"} == {
        ("b", Fraction(0))
    }
    unknown = rule_of_day(day, RULES)
    assert {s.holder for s in unknown.suspensions if s.rule == "IT-1/ordinary"} == {"a", "b"}


def test_korean_votes_sleep_both_ways_above_a_tenth():
    ruled, found = ask(companies(("a", "b", "11%"), ("b", "a", "11%"), at="KR"), "KR-1")
    assert {key[1:] for key, f in found.items() if f.met == "met"} == {("a", "b"), ("b", "a")}
    assert {(s.holder, s.company) for s in ruled.suspensions if s.rule == "KR-1"} == {("a", "b"), ("b", "a")}


def test_japanese_votes_count_sleeping_ones_and_subsidiaries_whole():
    edges = [
        Edge("sub", "h", Interval.parse("15%"), suspended=True),
        Edge("x", "h", Interval.parse("10%")),
        Edge("x", "sub", Interval.parse("51%")),
        Edge("h", "x", Interval.parse("20%")),
    ]
    network = make_network(edges, [Party("x", "X", "company", "JP"), Party("h", "H", "company", "FR")])
    _, found = ask(day_of(network, ON), "JP-1")
    assert found["JP-1", "h", "x"].met == "met"
    assert found["JP-1", "h", "x"].value.low == Fraction(1, 4)


def test_where_the_two_readings_of_the_japanese_base_differ_it_cannot_be_decided():
    network = make_network(
        [Edge("x", "h", Interval.parse("25%")), Edge("h", "x", Interval.parse("20%"))],
        [Party("x", "X", "company", "JP"), Party("h", "H", "company", "FR")],
        totals={"h": (1000, 100, 1000)},
    )
    lines = list(findings(pick(RULES, ("JP-1",)), rule_of_day(day_of(network, ON), RULES)))
    assert [str(f.value) for f in lines] == ["9/40", "1/4"]
    assert {f.met for f in lines} == {"cannot be decided"}


def test_ranges_leave_the_question_open_only_where_they_straddle_the_number():
    for share, expected in (("20-30%", "cannot be decided"), ("26-30%", "met"), ("10-24%", "not met")):
        network = make_network(
            [Edge("x", "h", Interval.parse(share)), Edge("h", "x", Interval.parse("20%"))],
            [Party("x", "X", "company", "JP"), Party("h", "H", "company", "FR")],
        )
        found = findings(pick(RULES, ("JP-1",)), rule_of_day(day_of(network, ON), RULES))
        assert {f.met for f in found} == {expected}


@pytest.mark.parametrize(("others_for", "others_against"), [(2, 1), (20, 11), (0, 3), (199, 100)])
def test_a_neutral_excess_leaves_two_thirds_where_it_was(others_for, others_against):
    for_, against = cast_neutrally(Fraction(30), Fraction(2, 3))
    before = Fraction(others_for, others_for + others_against) >= Fraction(2, 3)
    total = others_for + others_against + 30
    assert (Fraction(others_for + for_) / total >= Fraction(2, 3)) == before
    assert for_ + against == 30
