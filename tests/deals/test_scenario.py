"""Steps of a deal as known on a day: what stands for an event, what is off, what a scenario counts as done."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from crosstie.cli.app import main
from crosstie.deals.scenario import find_deal, steps_of, with_done, without
from crosstie.formats import ledger_text
from crosstie.ledger.amounts import Interval
from crosstie.questions.clocks import Clocks
from crosstie.questions.deal import deal
from crosstie.questions.opening import at
from crosstie.text.problem import CrosstieError

CASE = str(Path(__file__).parents[2] / "cases" / "alliance")

SMALL = """
statements:
  - entity: a
  - entity: b
  - entity: c
  - share_class: s
    issuer: c
  - opening: all
    share_class: s
    shares: 1000
    true_on: 2020-01-01
  - opening: a-has
    share_class: s
    holder: a
    shares: 600
    true_on: 2020-01-01
  - deal: sale
    known_on: 2021-01-01
    status: agreed
  - step: one
    deal: sale
    order: 1
    known_on: 2021-01-01
    window: 2021-Q3
    status: agreed
  - transfer: planned
    share_class: s
    seller: a
    buyer: b
    shares: <=200
    true_on: 2021-Q3
    known_on: 2021-01-01
    status: agreed
    event: move
    step: one
  - transfer: result
    share_class: s
    seller: a
    buyer: b
    shares: 150
    true_on: 2021-08-02
    known_on: 2021-08-03
    event: move
    step: one
  - step: two
    deal: sale
    order: 2
    known_on: 2021-01-01
    status: planned
  - transfer: more
    share_class: s
    seller: a
    buyer: b
    shares: 100
    true_on: 2022
    known_on: 2021-01-01
    status: planned
    event: rest
    step: two
  - transfer: no-more
    share_class: s
    seller: a
    buyer: b
    shares: 100
    true_on: 2022
    known_on: 2021-12-01
    status: withdrawn
    event: rest
    step: two
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "deal.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return str(path)


def held(rows, holder, measure="of_outstanding"):
    return {
        row["step"]: (row["before"], row["after"])
        for row in rows
        if (row["holder"], row["measure"]) == (holder, measure)
    }


def exactly(text):
    return Interval.parse(text)


def test_a_plan_is_an_interval_and_steps_follow_each_other(small):
    rows = held(deal(small, None, Clocks.of(known="2021-02-01")).rows, "a")
    assert rows == {
        "one": (exactly("60%"), exactly("[40%, 60%]")),
        "two": (exactly("[40%, 60%]"), exactly("[30%, 50%]")),
    }


def test_the_result_replaces_the_plan_and_never_adds_to_it(small):
    rows = held(deal(small, None, Clocks.of(known="2021-09-01")).rows, "a")
    assert rows["one"] == (exactly("60%"), exactly("45%"))
    assert rows["two"] == (exactly("45%"), exactly("35%"))


def test_a_withdrawn_step_is_off_but_was_on_before(small):
    answer = deal(small, None, Clocks.of(known="2022-01-01"))
    assert [step.view.is_off for step in answer.steps] == [False, True]
    assert {row["step"] for row in answer.rows} == {"one"}


def test_nothing_is_known_before_it_was_said(small):
    with pytest.raises(CrosstieError, match="no deal is known on 2020-12-31"):
        deal(small, None, Clocks.of(known="2020-12-31"))


def test_an_unknown_deal_names_those_there_are(small):
    with pytest.raises(CrosstieError, match="no such deal: 'merger'; there are sale"):
        deal(small, "merger", Clocks.of(known="2021-02-01"))


def test_a_scenario_changes_nothing_but_the_steps_it_counts(small):
    ledger = ledger_text.load(Path(small))
    known = date(2021, 2, 1)
    views = steps_of(ledger, find_deal(ledger, known, None).deal, known)
    scenario = with_done(ledger, views[:1], known, known)
    changed = [s.head.id for s, t in zip(ledger.statements, scenario.statements, strict=True) if s != t]
    assert changed == ["planned"]
    assert len(without(ledger, views).statements) == len(ledger.statements) - 2


def test_the_alliance_as_planned_on_the_day_of_the_story():
    answer = deal(CASE, None, Clocks.of(known="2023-06-28"))
    rows = {(r["step"], r["company"], r["holder"], r["measure"]): r for r in answer.rows}
    nissan = rows["ampere", "ampere", "nissan", "look_through"]
    renault = rows["ampere", "ampere", "renault", "look_through"]
    assert (nissan["after"].low_open, nissan["after"].high_open) == (True, False)
    assert [f"{float(x):.4f}" for x in (nissan["low"], nissan["high"])] == ["0.1523", "0.2795"]
    assert (renault["after"].low_open, renault["after"].high_open) == (False, True)
    assert [f"{float(x):.4f}" for x in (renault["low"], renault["high"])] == ["0.9156", "1.0000"]
    waking = rows["votes", "renault", "french-state", "of_exercisable"]
    assert [f"{float(w.low):.4f}" for w in (waking["before"], waking["after"])] == ["0.2888", "0.2241"]
    listing = rows["ipo", "ampere", "renault", "of_outstanding"]
    assert (listing["low"], listing["high"]) == (0, 1)  # of unknown size: cannot be decided


def test_the_alliance_as_it_was_done_shows_each_step_on_its_own():
    answer = deal(CASE, None, Clocks.of(known="2024-01-31"))
    rows = {
        (r["step"], r["company"], r["holder"], r["measure"]): (r["before"], r["after"]) for r in answer.rows
    }
    before, after = rows["trust", "nissan", "renault", "of_issued"]
    assert before.low == Fraction(1_831_837_027, 4_220_715_112)
    assert after.low == Fraction(633_107_267, 4_220_715_112)
    assert not any(key[0] == "trust" and key[1] == "renault" and key[3] == "of_exercisable" for key in rows)
    assert rows["votes", "renault", "nissan-finance", "of_exercisable"][0] == Interval.exactly(0)


def test_what_is_done_in_a_deal_is_what_the_ledger_says_that_day():
    ledger = ledger_text.load(Path(CASE))
    clocks = Clocks.of(on="2023-11-08", known="2024-01-31")
    answer = deal(CASE, None, Clocks.of(known="2024-01-31"))
    last = [step for step in answer.steps if step.after and step.view.is_done][-1]
    assert last.after.columns["nissan"] == at(ledger, clocks).columns["nissan"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--measure", "profit"], "no such measure: 'profit'; one of of_issued"),
        (["--known", "2023-02-30"], "no such day: '2023-02-30'"),
        (["--assume", "certain"], "no such status to assume: 'certain'"),
    ],
)
def test_wrong_options_are_one_line(capsys, monkeypatch, arguments, told):
    monkeypatch.setattr("sys.argv", ["crosstie", "deal", CASE, *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


def test_json_has_the_stable_keys(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["crosstie", "deal", CASE, "--known", "2023-06-28", "--format", "json"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code
    rows = json.loads(capsys.readouterr().out)
    for key in ("step", "company", "holder", "measure", "before", "after", "low", "high"):
        assert key in rows[0]
    assert all(0 <= row["low"] <= row["high"] <= 1 for row in rows)
