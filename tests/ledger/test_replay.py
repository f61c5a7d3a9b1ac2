from datetime import date
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crosstie.formats.ledger_text import load
from crosstie.ledger.amounts import Interval
from crosstie.ledger.linear import interval_of, ratio
from crosstie.ledger.replay import as_of
from crosstie.ledger.state import State
from crosstie.ledger.statements import PartyId, Status

NISSAN = Path(__file__).parents[2] / "docs" / "examples" / "nissan.yaml"
LATER = date(2030, 1, 1)

HEAD = """
statements:
  - {entity: ana, type: person}
  - {entity: bob, type: person}
  - {entity: cleo, type: person}
  - {entity: alpha}
  - {entity: beta}
  - {entity: pool, type: trust}
  - {share_class: a, issuer: alpha}
  - {share_class: b, issuer: alpha, votes_per_share: 10}
  - {share_class: c, issuer: beta}
  - {opening: o, share_class: a, shares: 1000, true_on: 2020-01-01, known_on: 2020-01-01}
  - {opening: oa, share_class: a, holder: ana, shares: 400, true_on: 2020-01-01, known_on: 2020-01-01}
  - {opening: ot, share_class: a, holder: alpha, shares: 100, true_on: 2020-01-01, known_on: 2020-01-01}
"""


def read(*lines: str, on: date = LATER, known: date = LATER, assume: str = "completed") -> State:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.yaml"
        file.write_text(HEAD + "".join(f"  - {{{line}}}\n" for line in lines), "utf-8")
        ledger = load(file)
    assert not ledger.problems, [str(problem) for problem in ledger.problems]
    return as_of(ledger, on, known, Status(assume))


def book(state: State, share_class: str = "a") -> dict[str, Interval]:
    position = next(each for each in state.positions if each.share_class == share_class)
    found = {h: interval_of(position.held(h), state.ranges) for h in position.lots}
    found |= {
        "issued": interval_of(position.issued, state.ranges),
        "treasury": interval_of(position.treasury, state.ranges),
        "unknown": interval_of(position.unknown, state.ranges),
    }
    return {name: amount for name, amount in found.items() if amount != Interval.exactly(0)}


def counts(state: State, share_class: str = "a") -> dict[str, int | Fraction]:
    found = book(state, share_class)
    assert all(amount.is_exact for amount in found.values())
    return {name: amount.low for name, amount in found.items()}


def words(state: State) -> list[str]:
    return [problem.message for problem in state.problems]


ON = "true_on: 2021-01-01, known_on: 2021-01-01"


# published: Nissan's half-year report (3,713,998,612), Renault's large-holding report (1,326,231,327)
@pytest.mark.parametrize(
    ("day", "issued", "renault"),
    [
        ("2017-03-31", 4_220_715_112, 1_831_837_027),
        ("2023-11-08", 4_220_715_112, 1_831_837_027),
        ("2023-12-13", 4_220_715_112, 1_620_837_027),
        ("2023-12-15", 4_009_715_112, 1_620_837_027),
        ("2024-03-28", 4_009_715_112, 1_521_704_927),
        ("2024-04-03", 3_909_472_212, 1_521_704_927),
        ("2024-09-27", 3_909_472_212, 1_326_231_327),
        ("2024-10-03", 3_713_998_612, 1_326_231_327),
    ],
)
def test_nissan_to_the_last_share(day, issued, renault):
    state = as_of(load(NISSAN), date.fromisoformat(day), LATER)
    (position,) = state.positions
    assert position.issued == issued
    assert position.held(PartyId("renault")) + position.held(PartyId("trust")) == renault
    assert not state.problems


def test_a_plan_is_an_interval_and_its_result_replaces_it():
    ledger = load(NISSAN)
    on = date(2024, 3, 28)
    planned = book(as_of(ledger, on, date(2024, 3, 27), Status.PLANNED), "nissan-shares")
    direct = planned["renault"].low
    assert (planned["trust"].low + direct, planned["trust"].high + direct) == (1_520_594_127, 1_620_837_027)
    assert planned["treasury"] == Interval(Fraction(29_812_226), Fraction(130_055_126))
    assert "unknown" in planned
    result = book(as_of(ledger, on, date(2024, 4, 2), Status.PLANNED), "nissan-shares")
    assert result["trust"].low + direct == 1_521_704_927
    assert planned["trust"].contains(result["trust"].low)
    not_counted = book(as_of(ledger, on, date(2024, 3, 27)), "nissan-shares")
    assert not_counted["trust"].low + direct == 1_620_837_027


def test_what_no_holder_has_is_the_unknown_holders():
    assert counts(read()) == {"issued": 1000, "ana": 400, "treasury": 100, "unknown": 500}


def test_without_a_total_the_named_holders_are_all():
    state = read(
        "opening: x, share_class: c, holder: ana, shares: 60, true_on: 2020-01-01, known_on: 2020-01-01",
        "opening: y, share_class: c, holder: bob, shares: 40, true_on: 2020-01-01, known_on: 2020-01-01",
    )
    assert counts(state, "c") == {"issued": 100, "ana": 60, "bob": 40}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("transfer: t, share_class: a, seller: ana, buyer: bob, shares: 150", {"ana": 250, "bob": 150}),
        ("transfer: t, share_class: a, seller: ana, shares: 150", {"ana": 250, "unknown": 650}),
        ("transfer: t, share_class: a, buyer: bob, shares: 150", {"bob": 150, "unknown": 350}),
        ("transfer: t, share_class: a, seller: ana, buyer: alpha, shares: 1", {"ana": 399, "treasury": 101}),
        ("transfer: t, share_class: a, seller: ana, buyer: bob, shares: 10%", {"ana": 310, "bob": 90}),
        (
            "transfer: t, share_class: a, seller: ana, buyer: bob, shares: 10% of issued",
            {"ana": 300, "bob": 100},
        ),
        ("issue: t, share_class: a, holder: bob, shares: 100", {"issued": 1100, "bob": 100}),
        ("issue: t, share_class: a, holder: bob, shares: 10%", {"issued": 1100, "bob": 100}),
        ("issue: t, share_class: a, shares: 10%", {"issued": 1090, "unknown": 590}),
        ("repurchase: t, share_class: a, shares: 50", {"treasury": 150, "unknown": 450}),
        (
            'repurchase: t, share_class: a, shares: 50, sellers: [{holder: ana, shares: "40"}]',
            {"treasury": 150, "ana": 360, "unknown": 490},
        ),
        ("cancellation: t, share_class: a, shares: 60", {"treasury": 40, "issued": 940}),
        (
            "split: t, share_class: a, ratio: 3",
            {"issued": 3000, "ana": 1200, "treasury": 300, "unknown": 1500},
        ),
        ("contribution: t, share_class: a, settlor: ana, trust: pool, shares: 400", {"ana": 0, "pool": 400}),
    ],
)
def test_each_kind_of_event(event, expected):
    before = {"issued": 1000, "ana": 400, "treasury": 100, "unknown": 500}
    after = {name: count for name, count in (before | expected).items() if count}
    assert counts(read(f"{event}, {ON}")) == after


def test_a_distribution_takes_from_the_trust():
    state = read(
        f"contribution: t, share_class: a, settlor: ana, trust: pool, shares: 400, {ON}",
        f"distribution: u, share_class: a, trust: pool, beneficiary: bob, shares: 30, {ON}",
    )
    assert counts(state)["pool"] == 370
    assert counts(state)["bob"] == 30


def test_a_conversion_moves_shares_between_classes():
    state = read(f"conversion: t, share_class: a, into: b, holder: ana, shares: 100, ratio: 1/10, {ON}")
    assert counts(state, "a") == {"issued": 900, "ana": 300, "treasury": 100, "unknown": 500}
    assert counts(state, "b") == {"issued": 10, "ana": 10}


def test_in_a_merger_neither_treasury_nor_the_absorbing_company_gets_shares():
    state = read(
        "opening: x, share_class: c, shares: 1000, true_on: 2020-01-01, known_on: 2020-01-01",
        f"transfer: s, share_class: a, seller: ana, buyer: beta, shares: 100, {ON}",
        f"merger: t, share_class: a, into: c, ratio: 2, {ON}",
    )
    assert counts(state, "a") == {}
    assert counts(state, "c") == {"issued": 2600, "ana": 600, "unknown": 2000}


def test_braces_in_an_id_are_told_as_they_are():
    state = read(
        "share_class: 'a{x}', issuer: alpha",
        "opening: x, share_class: 'a{x}', shares: 10, true_on: 2020-01-01, known_on: 2020-01-01",
        f"transfer: t, share_class: 'a{{x}}', seller: ana, buyer: bob, shares: 20, {ON}",
    )
    assert words(state) == ["on 2021-01-01 ana gives 20 of a{x} but holds 0; left out"]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (
            "transfer: t, share_class: a, seller: ana, shares: 401",
            "on 2021-01-01 ana gives 401 of a but holds 400; left out",
        ),
        (
            "transfer: t, share_class: a, buyer: bob, shares: 501",
            "on 2021-01-01 501 of a from unknown holders, who have 500; left out",
        ),
        (
            "cancellation: t, share_class: a, shares: 101",
            "on 2021-01-01 101 of a are cancelled but treasury holds 100; left out",
        ),
        (
            'repurchase: t, share_class: a, shares: 500, sellers: [{holder: ana, shares: "450"}]',
            "on 2021-01-01 ana gives 450 of a but holds 400; left out",
        ),
        (
            'repurchase: t, share_class: a, shares: 50, sellers: [{holder: ana, shares: "60"}]',
            "on 2021-01-01 the sellers of a give 60 but 50 are bought; left out",
        ),
        (
            "transfer: t, share_class: c, seller: ana, shares: 5",
            (
                "on 2021-01-01 5 shares of c move, which has no opening; open it or write a part (15%);"
                " left out"
            ),
        ),
        (
            "opening: t, share_class: a, shares: 990",
            "unexplained change of -10 in issued a: 1,000 by its events, 990 stated",
        ),
        (
            "opening: t, share_class: a, holder: ana, shares: 420",
            "unexplained change of +20 in ana's a: 400 by its events, 420 stated",
        ),
        (
            "holding: t, holder: ana, issuer: alpha, shares: 410",
            "unexplained change in ana's part of alpha by 2021-01-01: 400 by its events, 410 stated (+10)",
        ),
        (
            "holding: t, holder: ana, issuer: alpha, share: 50%, base: issued",
            (
                "unexplained change in ana's part of alpha by 2021-01-01: 40.0000% by its events, 50.0000% stated"
                " (+10.0000%)"
            ),
        ),
    ],
)
def test_what_cannot_be_is_told_with_both_numbers_and_the_rest_stands(event, message):
    state = read(f"{event}, {ON}")
    assert words(state) == [message]
    assert state.problems[0].where.line == 15
    assert state.problems[0].severity == "error"
    assert counts(state) == {"issued": 1000, "ana": 400, "treasury": 100, "unknown": 500}


def test_nothing_moves_before_the_opening():
    state = read(
        "transfer: t, share_class: a, seller: ana, shares: 5, true_on: 2019-01-01, known_on: 2019-01-01"
    )
    assert words(state) == ["on 2019-01-01 a has no opening yet; left out"]


def test_an_event_that_happened_on_no_known_day_is_left_out_and_told():
    state = read(
        "transfer: t, share_class: a, seller: ana, shares: 5, true_on: not before 2019-01-01, known_on: 2019-01-01"
    )
    assert words(state) == [
        "happened, but no last possible day is known (not before 2019-01-01); left out until a day is stated"
    ]
    assert counts(state)["ana"] == 400


def test_a_window_counts_from_its_last_day():
    sale = "transfer: t, share_class: a, seller: ana, shares: 5, true_on: 2021-Q4, known_on: 2021-01-01"
    assert counts(read(sale, on=date(2021, 12, 30)))["ana"] == 400
    assert counts(read(sale, on=date(2021, 12, 31)))["ana"] == 395


def test_a_step_gives_its_window_to_what_has_no_day():
    lines = (
        "deal: d",
        "step: s, deal: d, order: 1, window: 2021-Q4, known_on: 2021-01-01, status: planned",
        "transfer: t, share_class: a, seller: ana, shares: 5, known_on: 2021-01-01, status: planned, step: s",
    )
    assert counts(read(*lines, on=date(2021, 12, 30), assume="planned"))["ana"] == 400
    assert counts(read(*lines, on=date(2021, 12, 31), assume="planned"))["ana"] == 395
    stopped = "step: s, id: s2, deal: d, order: 1, window: 2021-Q4, known_on: 2021-06-01, status: withdrawn"
    assert counts(read(*lines, stopped, assume="planned"))["ana"] == 400
    assert counts(read(*lines, stopped, assume="planned", known=date(2021, 5, 31)))["ana"] == 395


@pytest.mark.parametrize("status", ["denied", "withdrawn", "postponed", "opinion", "background", "comment"])
def test_some_statuses_never_count(status):
    sale = f"transfer: t, share_class: a, seller: ana, shares: 5, {ON}, status: {status}"
    assert counts(read(sale, assume="rumoured"))["ana"] == 400


def test_a_stopped_event_does_not_count_until_it_is_said_again():
    plan = f"transfer: t, share_class: a, seller: ana, shares: 5, {ON}, status: planned, event: e"
    stop = "remark: r, known_on: 2021-02-01, status: withdrawn, event: e"
    again = plan.replace("transfer: t", "transfer: u").replace("known_on: 2021-01-01", "known_on: 2021-03-01")
    assert counts(read(plan, stop, known=date(2021, 1, 31), assume="planned"))["ana"] == 395
    assert counts(read(plan, stop, assume="planned"))["ana"] == 400
    assert counts(read(plan, stop, again, assume="planned"))["ana"] == 395


def test_a_correction_counts_from_its_own_day_for_all_days():
    lines = (
        f"transfer: t, share_class: a, seller: ana, shares: 50, {ON}",
        "correction: k, corrects: t, field: shares, value: 60, known_on: 2021-06-01",
        "correction: l, corrects: t, field: true_on, value: 2021-02-01, known_on: 2021-07-01",
    )
    on = date(2021, 1, 15)
    assert counts(read(*lines, on=on, known=date(2021, 5, 31)))["ana"] == 350
    assert counts(read(*lines, on=on, known=date(2021, 6, 1)))["ana"] == 340
    assert counts(read(*lines, on=on, known=date(2021, 7, 1)))["ana"] == 400


def test_a_retraction_counts_from_its_own_day_and_can_be_retracted():
    lines = (
        f"transfer: t, share_class: a, seller: ana, shares: 50, {ON}",
        "retraction: r, retracts: t, known_on: 2021-06-01",
        "retraction: r2, retracts: r, known_on: 2021-07-01",
    )
    assert counts(read(*lines, known=date(2021, 5, 31)))["ana"] == 350
    assert counts(read(*lines, known=date(2021, 6, 30)))["ana"] == 400
    assert counts(read(*lines))["ana"] == 350


def test_two_names_are_one_party_until_the_judgement_is_undone():
    lines = (
        f"transfer: t, share_class: a, seller: ana, buyer: bob, shares: 50, {ON}",
        "same_as: s, party: ana, other: bob, known_on: 2021-06-01",
        'same_as: s2, party: ana, other: bob, same: "false", known_on: 2021-07-01',
    )
    assert counts(read(*lines, known=date(2021, 5, 31)))["bob"] == 50
    merged = read(*lines, known=date(2021, 6, 30))
    assert counts(merged)["ana"] == 400
    assert merged.same == {"bob": "ana"}
    assert counts(read(*lines))["bob"] == 50


def test_up_to_more_than_there_is_ends_where_nothing_is_left():
    state = read(f"transfer: t, share_class: a, seller: ana, buyer: bob, shares: <=900, {ON}")
    assert str(book(state)["bob"]) == "[0, 400]"
    assert str(book(state)["ana"]) == "[0, 400]"
    assert not state.problems


def test_a_cancellation_of_up_to_what_was_bought_takes_that_very_number():
    state = read(
        f"repurchase: t, share_class: a, shares: <=50, {ON}",
        "cancellation: u, share_class: a, shares: <=50, true_on: 2021-02-01, known_on: 2021-01-01",
    )
    assert {k: str(v) for k, v in book(state).items()} == {
        "ana": "400", "treasury": "100", "issued": "[950, 1000]", "unknown": "[450, 500]",
    }  # fmt: skip


def test_a_company_that_nobody_counts_is_held_in_parts():
    state = read(
        "holding: h, holder: ana, issuer: beta, share: 100%, true_on: 2020-01-01, known_on: 2020-01-01",
        'transfer: t, share_class: c, seller: ana, buyer: bob, shares: "(0%, 15%]", true_on: 2021-01-01,'
        " known_on: 2021-01-01",
    )
    assert {k: str(v) for k, v in book(state, "c").items()} == {
        "ana": "[17/20, 1)", "bob": "(0, 3/20]", "issued": "1",
    }  # fmt: skip


def test_lots_are_sold_bearer_first_then_the_latest_registered():
    buy = "transfer: {0}, share_class: a, buyer: bob, shares: 10, true_on: {1}, known_on: {1}{2}"
    state = read(
        buy.format("t1", "2021-01-01", ', registered: "true"'),
        buy.format("t2", "2021-02-01", ""),
        buy.format("t3", "2021-03-01", ', registered: "true"'),
        "transfer: s, share_class: a, seller: bob, shares: 15, true_on: 2021-04-01, known_on: 2021-04-01",
    )
    lots = state.positions[0].lots[PartyId("bob")]
    assert [(lot.shares, lot.registered_on) for lot in lots] == [
        (10, date(2021, 1, 1)), (5, date(2021, 3, 1)),
    ]  # fmt: skip


def test_registration_travels_only_where_it_is_kept():
    lines = (
        'transfer: t1, share_class: a, buyer: bob, shares: 10, registered: "true", ' + ON,
        (
            "transfer: t2, share_class: a, seller: bob, buyer: cleo, shares: 4, true_on: 2021-02-01,"
            " known_on: 2021-02-01, keeps_registration: {}"
        ),
    )
    for kept, day in (("true", date(2021, 1, 1)), ("false", None)):
        state = read(lines[0], lines[1].format(f'"{kept}"'))
        assert [lot.registered_on for lot in state.positions[0].lots[PartyId("cleo")]] == [day]


def test_a_holder_known_only_from_a_statement_sells_what_was_stated():
    state = read(
        "holding: h, holder: cleo, issuer: alpha, share_class: a, shares: 140, true_on: 2020-06-01,"
        " known_on: 2020-06-01",
        f"transfer: t, share_class: a, seller: cleo, shares: 100, {ON}",
        f"repurchase: u, share_class: a, shares: 10, {ON}",
    )
    assert counts(state) == {"issued": 1000, "ana": 400, "treasury": 110, "unknown": 450, "cleo": 40}
    assert not state.problems


def test_stated_treasury_is_where_purchases_begin():
    state = read(
        "opening: x, share_class: c, shares: 1000, true_on: 2020-01-01, known_on: 2020-01-01",
        "holding: h, holder: beta, issuer: beta, shares: 30, true_on: 2020-06-01, known_on: 2020-06-01",
        f"repurchase: u, share_class: c, shares: 10, {ON}",
        "cancellation: v, share_class: c, shares: 35, true_on: 2021-02-01, known_on: 2021-02-01",
    )
    assert counts(state, "c") == {"issued": 965, "treasury": 5, "unknown": 960}
    assert not state.problems


def test_votes_stated_beside_counted_shares_are_told_as_not_compared():
    state = read(f"holding: h, holder: ana, issuer: alpha, votes: 50%, {ON}")
    assert [(problem.kind, problem.severity) for problem in state.problems] == [("not-compared", "warning")]


def test_a_class_described_only_later_still_counts_for_its_earlier_events():
    later = "share_class: late, issuer: beta, known_on: 2025-01-01"
    opening = "opening: x, share_class: late, shares: 7, true_on: 2020-01-01, known_on: 2020-01-01"
    state = read(later, opening, known=date(2021, 1, 1))
    assert counts(state, "late") == {"issued": 7, "unknown": 7}
    assert not state.problems


def test_an_issue_of_unknown_size_has_no_upper_end():
    state = read(f"issue: t, share_class: a, shares: '>0/1', {ON}")
    assert str(book(state)["issued"]) == "(1000, ∞)"
    assert str(
        ratio(state.positions[0].held(PartyId("ana")), state.positions[0].outstanding, state.ranges)
    ) == ("(0, 4/9)")
