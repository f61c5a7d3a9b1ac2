import json
import sys
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.cli.app import main
from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Party
from crosstie.rulebooks.applying import findings, rule_of_day
from crosstie.rulebooks.day import day_of
from crosstie.rulebooks.reading import built_in, read_rule
from crosstie.rulebooks.rule import pick
from crosstie.text.problem import CrosstieError

RULES = built_in()


def both_ways(at, share="60%"):
    network = make_network(
        [Edge("a", "b", Interval.parse(share)), Edge("b", "a", Interval.parse("30%"))],
        [Party(name, name, "company", at, "an exchange") for name in ("a", "b")],
    )
    return rule_of_day(day_of(network, date(2024, 6, 1)), RULES)


@pytest.mark.parametrize(
    ("rule", "at", "elsewhere"),
    [
        ("FR-1", "FR", "BE"), ("FR-3", "FR", "BE"), ("JP-1", "JP", "KR"), ("KR-1", "KR", "JP"),
        ("UK-1", "GB", "IE"), ("US-3", "US-DE", "US-NY"), ("IT-2/votes", "IT", "CH"), ("DE-2", "DE", "AT"),
    ],
)  # fmt: skip
def test_each_law_stops_at_its_border(rule, at, elsewhere):
    asked = pick(RULES, (rule,))
    assert any(line.met == "met" for line in findings(asked, both_ways(at)))
    assert findings(asked, both_ways(elsewhere)) == ()


@pytest.mark.parametrize(("at", "reached"), [("DE", True), ("AT", False)])
def test_mutual_holdings_that_are_not_control(at, reached):
    lines = findings(pick(RULES, ("DE-1",)), both_ways(at, "40%"))
    assert bool(lines) == reached
    assert all(line.met == "met" for line in lines)


def test_germany_is_not_delaware():
    assert both_ways("DE").suspensions == ()  # one controls the other: no mutual holding, and no DGCL


def typed(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["crosstie", *map(str, words)])
    try:
        main()
    except SystemExit as stop:
        return stop.code, capsys.readouterr()
    return 0, capsys.readouterr()


def test_the_list_of_rules_needs_no_ledger(monkeypatch, capsys):
    status, said = typed(monkeypatch, capsys, "rules", "--list", "--format", "json")
    rows = json.loads(said.out)
    assert not status
    assert {row["rule"] for row in rows} == {rule.id for rule in RULES}
    assert {"recalled", "first_hand", "second_hand"} <= {row["sure"] for row in rows}


def test_unverified_rules_are_marked_in_the_answer(monkeypatch, capsys, tmp_path):
    ledger = tmp_path / "a.csv"
    ledger.write_text("holder,issuer,share\nana,x,60%\n", "utf-8")
    _, said = typed(
        monkeypatch,
        capsys,
        "rules",
        ledger,
        "US-4/control",
        "EU-2/share",
        "--on",
        "2028-01-01",
        "--format",
        "json",
    )
    marks = {row["rule"]: "unverified (recalled)" in row["citation"] for row in json.loads(said.out)}
    assert marks == {"US-4/control": True, "EU-2/share": False}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"person\nx\n", "list.csv:1: no column 'name'; the first line must name the columns name[,scheme,id] and says: person"),
        (b"", "list.csv:1: no column 'name'"),
        (b"name\n\xff\n", "list.csv:2: not UTF-8 text; save the file as UTF-8"),
        (b'name\n"open\n', "list.csv:2: not CSV"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_one_clear_line(content, message, monkeypatch, capsys, tmp_path):
    ledger, listed = tmp_path / "a.csv", tmp_path / "list.csv"
    ledger.write_text("holder,issuer,share\nana,x,60%\n", "utf-8")
    listed.write_bytes(content)
    status, said = typed(monkeypatch, capsys, "screen", ledger, listed)
    assert status == 2
    assert message in said.err
    assert said.err.count("\n") == 1


def test_a_rule_not_yet_in_force_and_a_wrong_one(monkeypatch, capsys, tmp_path):
    ledger, listed = tmp_path / "a.csv", tmp_path / "list.csv"
    ledger.write_text("holder,issuer,share\nana,x,60%\n", "utf-8")
    listed.write_text("name\nana\n", "utf-8")
    assert (
        "was not yet in force on 2010-01-01"
        in typed(monkeypatch, capsys, "screen", ledger, listed, "--on", "2010-01-01")[1].err
    )
    assert (
        "write one of: ofac, eu, uk"
        in typed(monkeypatch, capsys, "screen", ledger, listed, "--rule", "un")[1].err
    )


PIECES = st.sampled_from(
    ["rule: X", "title: t", "law: l", "description: d", "values:", "  2020-01-01:", "    shape: own shares", "    value: 5%",
     "    comparator: more than", "    reference: [{title: t}]", "last_checked_on: 2026-01-01", "    value: [", "- a", "\t", "  x: &a *a", "    parameters: 3"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14))
def test_any_text_is_a_rule_or_one_clear_line(lines):
    try:
        read_rule("\n".join(lines).encode(), "x.yaml")
    except CrosstieError as error:
        message = str(error)
    else:
        message = "x.yaml: a rule"
    assert message.startswith("x.yaml:")
    assert "\n" not in message


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_one_clear_line(content):
    with pytest.raises(CrosstieError):
        read_rule(content, "x.yaml")


def test_renaming_the_parties_changes_no_answer():
    lines = findings(RULES, both_ways("FR"))
    network = make_network(
        [Edge("zz", "yy", Interval.parse("60%")), Edge("yy", "zz", Interval.parse("30%"))],
        [Party(name, name, "company", "FR", "an exchange") for name in ("yy", "zz")],
    )
    again = findings(RULES, rule_of_day(day_of(network, date(2024, 6, 1)), RULES))
    names = {"a": "zz", "b": "yy"}
    found = {
        (line.rule, names[line.subject], names[line.object], line.met, str(line.value)) for line in lines
    }
    assert found == {(line.rule, line.subject, line.object, line.met, str(line.value)) for line in again}
    assert Fraction(3, 5) in {line.value.low for line in lines if line.value}
