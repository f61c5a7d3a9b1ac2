"""What a person types and sees: own, control and explain on a CSV edge list."""

import json
import sys
from fractions import Fraction

import pytest

from crosstie.cli.app import main

ALLIANCE = """holder,issuer,share
renault,nissan,43.71%
nissan,nissan-finance,100%
nissan-finance,renault,15.234%
french-state,renault,15.01%
"""
RANGED = """holder,issuer,share
x,a,10-20%
a,b,60%
"""
CLOSED = """holder,issuer,share
a,b,100%
b,a,100%
a,c,40%
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    def run(text, *words):
        path = tmp_path / "holdings.csv"
        path.write_text(text, "utf-8")
        monkeypatch.setattr(sys, "argv", ["crosstie", words[0], str(path), *words[1:]])
        try:
            main()
            status = 0
        except SystemExit as stop:
            status = stop.code or 0
        out, err = capsys.readouterr()
        return status, out, err

    return run


def rows(run, text, *words):
    status, out, _ = run(text, *words, "--format", "json")
    assert status == 0
    return json.loads(out)


def test_own_has_its_keys(run):
    (row,) = [r for r in rows(run, ALLIANCE, "own", "--company", "nissan") if r["owner"] == "renault"]
    assert list(row) == ["owner", "company", "direct", "look_through", "base", "terminal"]
    assert row == {
        "owner": "renault",
        "company": "nissan",
        "direct": 0.4371,
        "look_through": 0.4371,
        "base": "outstanding",
        "terminal": False,
    }


def test_own_names_each_measure_in_its_column(run):
    assert "walk_sum" in rows(run, ALLIANCE, "own", "--measure", "walk-sum")[0]
    assert "simple_path" in rows(run, ALLIANCE, "own", "--measure", "simple-path")[0]


def test_terminal_owners_add_up_to_one_closed_groups_included(run):
    for text, company in ((ALLIANCE, "nissan"), (CLOSED, "c"), (CLOSED, "a")):
        found = rows(run, text, "own", "--company", company)
        assert sum(r["look_through"] for r in found if r["terminal"]) == pytest.approx(1, abs=1e-12)


def test_exact_answers_are_fractions(run):
    found = rows(run, ALLIANCE, "own", "--owner", "french-state", "--company", "nissan", "--exact")
    share = Fraction("0.1501") * Fraction("0.4371") / (1 - Fraction("0.4371") * Fraction("0.15234"))
    assert [r["look_through"] for r in found] == [str(share)]


def test_intervals_have_two_columns(run):
    found = {(r["owner"], r["company"]): r for r in rows(run, RANGED, "own")}
    row = found["x", "b"]
    assert (row["look_through"], row["look_through_low"], row["look_through_high"]) == (None, 0.06, 0.12)
    assert (found["a", "b"]["look_through_low"], found["a", "b"]["look_through_high"]) == (0.6, 0.6)


def test_a_threshold_keeps_greater_shares(run):
    found = rows(run, ALLIANCE, "own", "--threshold", "43.71%")
    assert ("renault", "nissan") not in {(r["owner"], r["company"]) for r in found}
    assert all(r["look_through"] > 0.4371 for r in found)


def test_control_has_its_keys(run):
    found = rows(run, "holder,issuer,share\nx,a,60%\na,b,40%\nx,b,20%\n", "control")
    assert found == [
        {"company": "a", "controller": "x", "ultimate": True, "votes": 0.6, "decided": True},
        {"company": "b", "controller": "x", "ultimate": True, "votes": 0.6, "decided": True},
    ]


def test_control_by_votes_thresholds_and_semantics(run):
    votes = "holder,issuer,share,votes\nx,a,20%,60%\n"
    assert len(rows(run, votes, "control")) == 1
    loop = "holder,issuer,share\na,b,60%\nb,a,60%\nx,a,10%\n"
    assert len(rows(run, loop, "control")) == 2
    assert len(rows(run, loop, "control", "--semantics", "greatest")) == 4
    assert len(rows(run, loop, "control", "--threshold", "60%")) == 0


def test_a_group_that_controls_itself_is_a_note(run):
    _, _, err = run("holder,issuer,share\na,b,60%\nb,a,60%\n", "control")
    assert "a, b together hold more than 0.5 of the votes of each of them" in err
    assert len(err.splitlines()) == 1


def test_control_that_ranges_leave_open_is_not_decided(run):
    (row,) = rows(run, "holder,issuer,share\nx,a,40-60%\n", "control")
    assert (row["decided"], row["votes"], row["votes_low"], row["votes_high"]) == (False, None, 0.4, 0.6)


def test_explain_adds_up_and_names_statements_and_loops(run):
    found = rows(run, ALLIANCE, "explain", "french-state", "nissan")
    kinds = {
        kind: [r for r in found if r["kind"] == kind]
        for kind in ("total", "chain", "remainder", "loop", "statement")
    }
    total = kinds["total"][0]["contribution"]
    assert sum(r["contribution"] for r in kinds["chain"]) + kinds["remainder"][0]["contribution"] == total
    assert kinds["chain"][0]["loop_factor"] == pytest.approx(1.0713, abs=5e-5)
    assert kinds["loop"][0]["chain"] == "renault > nissan > nissan-finance > renault"
    assert {r["where"].rpartition(":")[2] for r in kinds["statement"]} == {"2", "3", "4", "5"}


def test_explain_a_range_at_both_ends(run):
    found = rows(run, RANGED, "explain", "x", "b")
    total = next(r for r in found if r["kind"] == "total")
    assert (total["contribution_low"], total["contribution_high"]) == (0.06, 0.12)


def test_explain_in_a_table(run):
    status, out, _ = run(ALLIANCE, "explain", "french-state", "nissan")
    assert status == 0
    assert "french-state > renault > nissan" in out
    assert "7.03%" in out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("own", "--owner", "renalut"), "no such party: 'renalut'; did you mean 'renault'?"),
        (("own", "--company", "nisan"), "no such party: 'nisan'; did you mean 'nissan'?"),
        (("explain", "state", "nissan"), "no such party: 'state'; did you mean 'french-state'?"),
        (("own", "--threshold", "much"), "the threshold 'much' is not a part; write 0.5, 50% or 1/2"),
        (("own", "--threshold", "1.5"), "the threshold is 3/2; it must lie between 0 and 1"),
        (("control", "--threshold", "0"), "the threshold is 0; it must be over 0 and at most 1"),
        (("control", "--threshold", "nan"), "the threshold 'nan' is not a part; write 0.5, 50% or 1/2"),
        (("control", "--threshold", "10-20%"), "the threshold '10-20%' is a range; write one part such as 0.5, 50% or 1/2"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line_and_status_two(run, words, line):
    status, out, err = run(ALLIANCE, *words)
    assert (status, out, err) == (2, "", f"crosstie: {line}\n")


def test_walk_sums_of_ranges_are_refused(run):
    status, _, err = run(RANGED, "own", "--measure", "walk-sum")
    assert status == 2
    assert err == "crosstie: some shares are ranges; this measure is defined for single numbers only\n"


def test_an_edge_list_without_edges_has_no_rows(run):
    for command in ("own", "control"):
        assert rows(run, "holder,issuer,share\n", command) == []


def test_over_one_is_told_and_computed_as_stated(run):
    status, out, err = run("holder,issuer,share\nx,a,80%\ny,a,40%\n", "own", "--format", "csv")
    assert status == 0
    assert "over 100%" in err
    assert "x,a,0.8,0.8,outstanding,True" in out


def test_of_many_problems_of_a_kind_the_first_are_told_and_how_many_more(run):
    held = "".join(f"a,c{n},60%\nb,c{n},60%\n" for n in range(25))
    status, _, err = run(f"holder,issuer,share\n{held}", "own")
    told = err.splitlines()
    assert status == 0
    assert [line.count("over 100%") for line in told] == [1] * 20 + [0]
    assert told[-1].startswith("5 more of this kind (over-100)")
    assert run(f"holder,issuer,share\n{held}", "check")[1].count("over 100%") == 25
