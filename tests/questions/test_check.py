import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from crosstie.ledger.amounts import Interval
from crosstie.questions.check import check, compare, line
from crosstie.questions.clocks import Clocks
from crosstie.questions.formula import evaluate

NISSAN = Path(__file__).parents[2] / "docs" / "examples" / "nissan.yaml"
HEAD = """statements:
  - {entity: ana, type: person}
  - {entity: alpha}
  - {share_class: a, issuer: alpha}
  - {opening: o, share_class: a, shares: 1000, true_on: 2020-01-01, known_on: 2020-01-01}
  - {opening: oa, share_class: a, holder: ana, shares: 357, true_on: 2020-01-01, known_on: 2020-01-01}
"""
HEAD_LINES = 6


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from crosstie.cli.app import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def checked(tmp_path: Path):
    def found(*lines: str, known: str = "2030-01-01"):
        file = tmp_path / "a.yaml"
        file.write_text(HEAD + "".join(f"  - {{{each}}}\n" for each in lines), "utf-8")
        return check(str(file), Clocks.of(known=known))

    return found


def figure(
    measure: str, value: str, more: str = "", day: str = "2021-01-01", known: str = "2021-01-01"
) -> str:
    return f"check: k, measure: {measure}, issuer: alpha, value: {value}, true_on: {day}, known_on: {known}{more}"


def test_nissan_ends_with_what_was_published():
    found = run("check", str(NISSAN))
    assert (found.returncode, found.stdout, found.stderr) == (
        0,
        "18 statements, 3 published figures agree\n",
        "",
    )


@pytest.mark.parametrize(
    ("measure", "value", "more"),
    [
        ("shares", "357", ", holder: ana"),
        ("of_issued", "35.7%", ", holder: ana"),
        ("of_issued", "36%", ", holder: ana"),
        ("of_issued", "35%", ", holder: ana"),
        ("of_issued", "35.70%", ", holder: ana, rounding: 0.01%"),
        ("of_outstanding", "25-50%", ", holder: ana"),
        ("issued", "1000", ""),
        ("outstanding", "1000", ""),
        ("treasury", "0", ""),
        ("votes", "357", ", holder: ana"),
        ("theoretical_votes", "1000", ""),
        ("exercisable_votes", "1000", ""),
        ("exercisable_votes", "357", ", holder: ana"),
        ("of_free", "35.7%", ", holder: ana"),
        ("look_through", "35.7%", ", holder: ana"),
    ],
)
def test_a_figure_that_agrees_says_nothing(checked, measure, value, more):
    found = checked(figure(measure, value, more))
    assert (found.problems, found.figures, found.agree) == ((), 1, 1)


def test_a_figure_that_fails_is_an_error_with_both_numbers(checked):
    found = checked(figure("of_issued", "36.1%", ", holder: ana"))
    (problem,) = found.problems
    assert line(problem).endswith(
        f"a.yaml:{HEAD_LINES + 1}: of_issued of ana in alpha on 2021-01-01 is published as 36.1000%,"
        " the ledger gives 35.7000%"
    )
    assert found.has_errors
    assert found.summary == "6 statements, 0 of 1 published figure agree"


def test_a_figure_nobody_counts_is_an_error(checked):
    found = checked("entity: beta", figure("issued", "7").replace("issuer: alpha", "issuer: beta"))
    assert found.problems[0].message == "not verified: nothing is said of the shares of beta on that day"
    assert found.has_errors


def test_a_figure_said_to_disagree_is_a_note_and_an_error_once_it_agrees(checked):
    wrong = checked(figure("of_issued", "36.1%", ", holder: ana, disagrees: a slip of the press"))
    assert [problem.severity for problem in wrong.problems] == ["note"]
    assert wrong.problems[0].message.endswith("as expected: a slip of the press")
    assert not wrong.has_errors
    right = checked(figure("of_issued", "35.7%", ", holder: ana, disagrees: a slip of the press"))
    assert [problem.severity for problem in right.problems] == ["error"]
    assert "agrees, although it is said to disagree" in right.problems[0].message


def test_a_figure_is_compared_with_what_is_known_today_so_that_corrections_count(checked):
    lines = (
        "transfer: t, share_class: a, seller: ana, shares: 57, true_on: 2020-06-01, known_on: 2020-06-01",
        "correction: c, corrects: t, field: shares, value: 56, known_on: 2022-01-01",
        figure("shares", "300", ", holder: ana"),
    )
    assert not checked(*lines, known="2021-12-31").has_errors
    assert checked(*lines, known="2022-01-01").has_errors


def test_a_figure_about_a_plan_is_compared_with_what_was_known_on_its_day(checked):
    lines = (
        (
            "transfer: t, share_class: a, seller: ana, shares: <=57, true_on: 2021-06-01, known_on: 2021-01-01,"
            " status: planned, event: e"
        ),
        (
            "transfer: u, share_class: a, seller: ana, shares: 40, true_on: 2021-06-01, known_on: 2021-06-02,"
            " event: e"
        ),
        figure("shares", "300-357", ", holder: ana, status: planned", day="2021-06-01"),
    )
    found = checked(*lines)
    assert (found.problems, found.agree) == ((), 1)


def test_figures_known_or_true_later_are_not_yet_verified(checked):
    late = figure("shares", "1", ", holder: ana", known="2025-01-01")
    assert checked(late, known="2024-12-31").figures == 0
    assert checked(late, known="2025-01-01").has_errors


def test_rows_have_the_stable_keys(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(HEAD + f"  - {{{figure('issued', '7')}}}\n", "utf-8")
    found = run("check", str(file), "--format", "json")
    assert found.returncode == 1
    (row,) = json.loads(found.stdout)
    assert list(row) == ["file", "line", "severity", "kind", "message"]
    assert (row["file"], row["line"], row["severity"], row["kind"]) == (str(file), 7, "error", "check")
    assert found.stderr == "6 statements, 0 of 1 published figure agree\n"


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("211000000 * 568.5", 119_953_500_000),
        ("-(1 - 0.5) / 2", Fraction(-1, 4)),
        ("2", 2),
        ("f('x') + 1", 43),
    ],
)
def test_a_formula_is_exact(formula, value):
    assert evaluate(formula, lambda *_: Fraction(42)) == value


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("1 +", "not a formula"),
        ("__import__('os')[0]", "may not stand in a formula"),
        ("2 ** 9", "may not stand in a formula"),
        ("x", "may not stand in a formula"),
        ("1 / (2 - 2)", "division by zero"),
        ("1e999999999", "not a number"),
        ("True", "may not stand in a formula"),
        ("'a' * 9", "may not stand in a formula"),
        ("f(x)", "a party stands in quotes"),
        ("1+" * 300 + "1", "at most 500"),
    ],
)
def test_nothing_else_may_stand_in_a_formula(formula, words):
    with pytest.raises(ValueError, match=words):
        evaluate(formula, lambda *_: Fraction(0))


@pytest.mark.parametrize(
    ("ours", "published", "rounding", "agrees"),
    [
        ("35.7089%", "35.71%", None, True),
        ("35.7089%", "35.70%", Fraction(1, 10000), True),
        ("35.7089%", "35.72%", None, False),
        ("43.4011%", "43.4%", Fraction(1, 1000), True),
        ("[3.77%, 3.78%]", "3.8%", Fraction(1, 1000), True),
        ("[3.70%, 3.90%]", "3.8%", Fraction(1, 1000), None),
        ("[5%, 6%]", "3.8%", Fraction(1, 1000), False),
        ("[10%, 20%]", "5-25%", None, True),
        ("[10%, 30%]", "5-25%", None, None),
        ("[30%, 40%]", "5-25%", None, False),
    ],
)
def test_rounded_or_cut_to_the_printed_step(ours, published, rounding, agrees):
    assert compare(Interval.parse(ours), Interval.parse(published), rounding) is agrees
