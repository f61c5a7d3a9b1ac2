"""A museum of wrong rules: one mistake each, the message says file, line, key and what would be right."""

import pytest

from crosstie.rulebooks.reading import read_rule, read_rules
from crosstie.text.problem import CrosstieError

GOOD = """rule: X-1
title: A test
law: A law
description: What it says.
values:
  2020-01-01:
    shape: share of a company
    value: 25%
    comparator: more than
    bases: [{numerator: capital, denominator: issued capital}]
    reference: [{title: The law, href: "https://example.org", words: "more than 25 %"}]
last_checked_on: 2026-11-01
"""


def test_the_good_one_is_read():
    rule = read_rule(GOOD.encode(), "x.yaml")
    assert (rule.id, rule.provisions[0].thresholds[0].comparator) == ("X-1", "more than")


MISTAKES = [
    ("rule: X-1\n", "", "x.yaml:1: 'rule' must be a text; it is missing"),
    ("title: A test", "titel: A test", "x.yaml:2: unknown key 'titel'; did you mean 'title'?; the keys are rule, "),
    ('    reference: [{title: The law, href: "https://example.org", words: "more than 25 %"}]\n', "",
     "x.yaml:6: 2020-01-01: no 'reference'; write reference: [{title: ..., href: ..., words: ...}]"),
    ("more than\n", "over\n", "x.yaml:9: comparator 'over'; write 'more than' or 'at least'"),
    ("more than\n", "at leest\n", "x.yaml:9: comparator 'at leest'; did you mean 'at least'?; write 'more than' or 'at least'"),
    ("25%\n", "a quarter\n", "x.yaml:8: value: not an amount: 'a quarter'"),
    ("25%\n", "25\n", "x.yaml:8: value '25' is over 100%; write a part, such as 25%, 0.25 or 1/4"),
    ("25%\n", "25-50%\n", "x.yaml:8: value '25-50%' is a range; write one number, such as 25% or 1/3"),
    ("25%\n", "[50%, 25%]\n", "x.yaml:8: values must rise; write the smallest first"),
    ("25%\n    comparator: more than", "[25%, 50%, 75%]\n    comparator: [more than, at least]",
     "x.yaml:9: 3 values but 2 comparators"),
    ("    value: 25%\n", "", "x.yaml:7: shape 'share of a company' needs 'value', such as 25%"),
    ("share of a company", "share of company", "x.yaml:7: shape 'share of company'; did you mean 'share of a company'?; write one of: "),
    ("numerator: capital", "numerator: money", "x.yaml:10: numerator 'money'; write one of: capital, votes, castable votes"),
    ("issued capital", "shares", "x.yaml:10: denominator 'shares'; write one of: issued capital, outstanding capital"),
    ("2020-01-01:", "2020-13-01:", "x.yaml:6: values: no such day: '2020-13-01'"),
    ("last_checked_on: 2026-11-01", "last_checked_on: lately", "x.yaml:12: last_checked_on: not a day: 'lately'; write YYYY-MM-DD"),
    ("    comparator", "    sure: certain\n    comparator", "x.yaml:9: sure 'certain'; write one of: first_hand, second_hand, computed, inferred, recalled"),
    ("    comparator", "    parameters: {months: 12}\n    comparator", "x.yaml:9: shape 'share of a company' takes no parameter 'months'; it takes: none"),
    ("    comparator", "    subject: {kind: person}\n    comparator", "x.yaml:9: unknown key 'kind'"),
    ("    comparator", "    subject: {type: human}\n    comparator", "x.yaml:9: type 'human'; write one of: company, person, state"),
    ("    comparator", "    indirect: multiplied\n    comparator", "x.yaml:9: indirect 'multiplied'"),
    ("values:\n", "values: soon\nmore:\n", "unknown key 'more'"),
    ("title: A test", "title: A test\ntitle: twice", "x.yaml:3: key 'title' twice: first in line 2; keep one"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES)
def test_one_mistake_each(right, wrong, message):
    assert right in GOOD
    with pytest.raises(CrosstieError) as error:
        read_rule(GOOD.replace(right, wrong, 1).encode(), "x.yaml")
    assert message in str(error.value)


def test_a_shape_that_needs_numbers_says_which():
    text = GOOD.replace("share of a company", "increase within months")
    with pytest.raises(CrosstieError, match="needs the parameter 'from'"):
        read_rule(text.encode(), "x.yaml")


def test_not_a_mapping_and_not_utf8():
    with pytest.raises(CrosstieError, match=r"x.yaml:1: a rule is a mapping that begins with 'rule: ID'"):
        read_rule(b"- a\n", "x.yaml")
    with pytest.raises(CrosstieError, match=r"x.yaml:1: byte 0xff is not UTF-8"):
        read_rule(b"rule: \xff\n", "x.yaml")


def test_folders(tmp_path):
    with pytest.raises(CrosstieError, match="no such folder"):
        read_rules(tmp_path / "none")
    with pytest.raises(CrosstieError, match=r"no .yaml rule in it"):
        read_rules(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    with pytest.raises(CrosstieError, match="rule 'X-1' twice"):
        read_rules(tmp_path)


@pytest.mark.parametrize("cut", range(0, len(GOOD), 7))
def test_a_rule_cut_off_anywhere_is_one_clear_line(cut):
    said = _message(GOOD[:cut])
    assert "\n" not in said
    assert said.startswith("x.yaml:")


def _message(text):
    try:
        read_rule(text.encode(), "x.yaml")
    except CrosstieError as error:
        return str(error)
    return "x.yaml: read"
