import re
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from shapes import EPSILON, deciding_number, is_met, latest, world

from crosstie.rulebooks.reading import built_in, read_rules, with_folder
from crosstie.rulebooks.rule import Rule, in_force, pick

RULES = built_in()
BY_ID = {rule.id: rule for rule in RULES}

# rules.md: what the texts say at the number itself
AT_THE_NUMBER = {
    "FR-1": False, "FR-2": False, "FR-3": False, "FR-5/capital": False, "FR-5/votes": False,
    "FR-6/level": False, "FR-6/creeping": True, "FR-7": True, "FR-4": True, "FR-8/votes": False,
    "FR-8/limit": False, "FR-9": False, "FR-10": False,
    "JP-1": True, "JP-2": False, "JP-3/carry": True, "JP-3/block": False, "JP-4/propose": True,
    "JP-4/convene": True, "JP-4/dismiss": True, "JP-4/books": True, "JP-5/report": False,
    "JP-5/change": True, "JP-6": False, "JP-7": False,
    "DE-1": False, "DE-2": False, "IT-1/ordinary": False, "IT-1/authorised": False, "IT-2/controlled": False,
    "IT-2/associated": True, "IT-2/associated-listed": True, "IT-2/votes": False,
    "KR-1": False, "KR-2/mutual": False, "KR-2/circular": False,
    "UK-1": False, "UK-2/shares": False, "UK-2/votes": False, "UK-3": False,
    "EU-1": False, "EU-2/share": True, "EU-2/control": False, "EU-2/controlled-holders": False,
    "EU-2/controllers-owners": True, "EU-3/participation": True, "EU-3/collateral": True,
    "EU-4/control": False, "EU-4/turnover": False, "EU-5": True,
    "US-1": True, "US-2": True, "US-3": False, "US-4/size": False, "US-4/control": True,
    "ACC-1": True, "ACC-2": False, "ACC-3": False,
}  # fmt: skip
AT_THE_NUMBER["EU-2/controlled-holders"] = True

THRESHOLDS = {
    "FR-2": "2/5", "FR-3": "1/10", "FR-5/votes": "1/20", "FR-6/level": "3/10", "FR-6/creeping": "1/100",
    "FR-7": "9/10", "JP-1": "1/4", "JP-3/carry": "2/3", "JP-3/block": "1/3", "JP-5/report": "1/20",
    "JP-5/change": "1/100", "JP-6": "3/10", "DE-1": "1/4", "DE-2": "1/2", "IT-1/ordinary": "3/100",
    "KR-1": "1/10", "UK-2/shares": "1/4", "EU-1": "1/4", "EU-2/share": "1/4", "US-1": "1/4", "US-2": "1/2",
    "EU-3/participation": "1/5", "ACC-1": "1/5", "US-3": "1/2",
}  # fmt: skip


def test_every_rule_is_in_the_table():
    assert set(AT_THE_NUMBER) == set(BY_ID)


@pytest.mark.parametrize("rule_id", sorted(THRESHOLDS))
def test_the_numbers_are_those_of_the_texts(rule_id):
    assert deciding_number(BY_ID[rule_id]) == Fraction(THRESHOLDS[rule_id])


@pytest.mark.parametrize("rule_id", sorted(AT_THE_NUMBER))
def test_exactly_just_below_and_just_above(rule_id):
    rule = BY_ID[rule_id]
    number = deciding_number(rule)
    found = [is_met(rule, RULES, world(rule, value)) for value in (number, number + EPSILON)]
    assert found == [AT_THE_NUMBER[rule_id], True]
    if number:
        assert not is_met(rule, RULES, world(rule, number - EPSILON))


def _changed_text(rule: Rule, pattern: str, replacement) -> str:
    text = Path(rule.where.file).read_text("utf-8")
    head, day, tail = text.rpartition(f"  {latest(rule).since}:\n")
    changed = re.sub(pattern, replacement, tail, count=1)
    assert changed != tail, f"nothing to change in {rule.where.file}"
    return head + day + changed


def _with(rule: Rule, text: str, folder: Path) -> tuple[Rule, ...]:
    (folder / "changed.yaml").write_text(text, "utf-8")
    return with_folder(RULES, str(folder))


def _flipped(match: re.Match[str]) -> str:
    swap = {"more than": "at least", "at least": "more than"}
    return re.sub("more than|at least", lambda word: swap[word[0]], match[0])


WITH_COMPARATOR = [rule.id for rule in RULES if latest(rule).thresholds]


@pytest.mark.parametrize("rule_id", WITH_COMPARATOR)
def test_changing_the_comparator_in_the_file_changes_the_answer_at_the_number(rule_id, tmp_path):
    rule = BY_ID[rule_id]
    rules = _with(rule, _changed_text(rule, r"comparator: .*", _flipped), tmp_path)
    at = world(rule, deciding_number(rule))
    assert is_met(rule, RULES, at) != is_met(pick(rules, (rule_id,))[0], rules, at)


def _doubled(match: re.Match[str]) -> str:
    """The first number of the value (or of ``back``) made larger."""
    number = re.search(r"\d[\d,]*(?:\.\d+)?(?:/\d+)?%?", match[0])
    assert number is not None
    larger = {
        "0%": "1%", "2": "3", "1/3": "40%", "2/3": "70%", "1%": "2%", "5%": "6%", "17.9%": "18%",
    }.get(number[0])  # fmt: skip
    if larger is None:
        larger = f"{int(number[0].rstrip('%').replace(',', '')) + 1}{'%' if '%' in number[0] else ''}"
    return match[0].replace(number[0], larger, 1)


@pytest.mark.parametrize("rule_id", WITH_COMPARATOR)
def test_changing_the_number_in_the_file_changes_the_answer_just_above_it(rule_id, tmp_path):
    rule = BY_ID[rule_id]
    key = r"back: .*" if "back" in latest(rule).parameters else r"value: .*"
    rules = _with(rule, _changed_text(rule, key, _doubled), tmp_path)
    new = pick(rules, (rule_id,))[0]
    assert deciding_number(new) > deciding_number(rule)
    at = world(rule, deciding_number(rule) + EPSILON)
    assert is_met(rule, RULES, at)
    assert not is_met(new, rules, at)


@pytest.mark.parametrize("rule_id", ["FR-1"])
def test_a_rule_decided_by_control_follows_the_rule_of_control(rule_id, tmp_path):
    control = BY_ID["FR-2"]
    rules = _with(control, _changed_text(control, r"value: .*", "value: 45%"), tmp_path)
    rule = BY_ID[rule_id]
    at = world(rule, Fraction(2, 5) + EPSILON)
    assert is_met(rule, RULES, at)
    assert not is_met(rule, rules, at)


@pytest.mark.parametrize("rule_id", ["UK-1", "IT-2/votes"])
def test_a_rule_of_majority_takes_another_number(rule_id, tmp_path):
    rule = BY_ID[rule_id]
    shape = "    shape: company controls its holder\n"
    text = (
        Path(rule.where.file)
        .read_text("utf-8")
        .replace(shape, shape + "    value: 60%\n    comparator: more than\n")
    )
    rules = _with(rule, text, tmp_path)
    at = world(rule, Fraction(11, 20))
    assert is_met(rule, RULES, at)
    assert not is_met(pick(rules, (rule_id,))[0], rules, at)


def test_history_is_chosen_by_the_day():
    tender, freeze, owner = BY_ID["JP-6"], BY_ID["EU-5"], BY_ID["EU-1"]
    assert in_force(tender, date(2026, 4, 30)).thresholds[0].value == Fraction(1, 3)
    assert in_force(tender, date(2026, 5, 1)).thresholds[0].value == Fraction(3, 10)
    assert in_force(freeze, date(2024, 7, 2)).thresholds[0].comparator == "more than"
    assert in_force(freeze, date(2024, 7, 3)).thresholds[0].comparator == "at least"
    assert in_force(owner, date(2027, 7, 9)) is not None
    assert in_force(owner, date(2027, 7, 10)) is None
    assert in_force(BY_ID["EU-2/share"], date(2027, 7, 9)) is None


def test_every_value_has_a_reference_and_a_day_of_checking():
    for rule in RULES:
        assert rule.last_checked_on >= date(2026, 11, 1)
        for provision in rule.provisions:
            assert provision.references, rule.id
            assert all(reference.title for reference in provision.references)


def test_a_rule_of_ones_own_needs_no_code(tmp_path):
    (tmp_path / "house.yaml").write_text(
        """
rule: HOUSE-1
title: House limit
law: our own policy 7
description: No position of one third or more.
consequence: tell the committee
values:
  2020-01-01:
    shape: share of a company
    value: 1/3
    comparator: at least
    bases: [{numerator: capital, denominator: outstanding capital}]
    reference: [{title: policy 7}]
last_checked_on: 2026-11-01
""",
        "utf-8",
    )
    rule = pick(with_folder(RULES, str(tmp_path)), ("house-1",))[0]
    assert is_met(rule, RULES, world(rule, Fraction(1, 3)))
    assert not is_met(rule, RULES, world(rule, Fraction(1, 3) - EPSILON))
    assert len(read_rules(tmp_path)) == 1
