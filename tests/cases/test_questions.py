"""Every question of the case, asked on the command line, has the answer that is written down."""

import json
import re
import shlex
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from crosstie.cli.app import main
from crosstie.ledger.amounts import Interval
from crosstie.ledger.rounding import agrees

CASE = Path(__file__).parents[2] / "cases" / "alliance"
QUESTIONS = yaml.safe_load((CASE / "questions.yaml").read_text("utf-8"))


def ask(words, form, monkeypatch, capsys, ledger=CASE):
    """Type `crosstie WORDS`, the ledger put after the command; what comes out on both streams."""
    command, *rest = shlex.split(words)
    monkeypatch.setattr(sys, "argv", ["crosstie", command, str(ledger), *rest, "--format", form])
    status = typed()
    said = capsys.readouterr()
    assert status == 0, said.err
    return said


def typed():
    try:
        main()
    except SystemExit as stop:
        return stop.code or 0
    return 0


@pytest.mark.parametrize(
    "question",
    [pytest.param(each, id=f"{part}: {each['ask']}") for part, all_ in QUESTIONS.items() for each in all_],
)
def test_question(question, monkeypatch, capsys):
    if question.get("rows"):
        answer = ask(question["ask"], "json", monkeypatch, capsys)
        assert list(missing(question["rows"], json.loads(answer.out))) == []
    for words in question.get("shows", ()):
        answer = ask(question["ask"], "table", monkeypatch, capsys)
        assert words in answer.out + answer.err


def test_published_answers_have_sources_and_ours_have_reasons():
    assert set(QUESTIONS) == {"published", "ours"}
    assert all(each.get("source") for each in QUESTIONS["published"])
    assert all(each.get("why") for each in QUESTIONS["ours"])


NAMES = ("holder", "owner", "company", "controller", "step", "measure", "rule", "subject", "object")
NUMBER = re.compile(r"[\[(]?[<>=]*[\d.,]+%?.*")


def missing(expected, rows):
    """What is wrong with the rows, in words; nothing if every expected row is there."""
    for want in expected:
        names = {key: value for key, value in want.items() if key in NAMES}
        found = [row for row in rows if all(row.get(key) == value for key, value in names.items())]
        cells = {key: value for key, value in want.items() if key not in NAMES}
        if not any(all(cell_agrees(row, *cell) for cell in cells.items()) for row in found):
            said = [shown(row, key) for row in found for key in cells]
            yield f"expected {want}, found {said}"


def cell_agrees(row, key, printed):
    if not NUMBER.fullmatch(printed):
        return str(row[key]).lower() == printed.lower()
    want = Interval.parse(printed)
    step = printed_step(printed)
    if want.is_exact:
        if row.get(key) is None:
            return False
        return agrees(exact(row[key]), want.low, step)
    ends = row.get(f"{key}_low"), row.get(f"{key}_high")
    return all(end is not None for end in ends) and all(
        agrees(exact(end), edge, step) for end, edge in zip(ends, (want.low, want.high), strict=True)
    )


def exact(number):
    """A float from JSON, without the dust of its last binary digit."""
    return Fraction(number) if isinstance(number, int) else Fraction(repr(round(number, 12)))


def printed_step(printed):
    """The last place shown: 0.01 % of "43.71%", 1 of "1,326,231,327"."""
    last = re.findall(r"[\d.,]*\d%?", printed)[-1]
    places = len(last.rstrip("%").partition(".")[2])
    return Fraction(1, 10**places) * (Fraction(1, 100) if last.endswith("%") else 1)


def shown(row, key):
    return json.dumps({name: row[name] for name in (key, f"{key}_low", f"{key}_high") if name in row})
