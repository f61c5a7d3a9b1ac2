"""A museum of wrong ledgers, one mistake each: every problem that it gives is written in its first lines.

``# expect: LINE: SEVERITY: MESSAGE``, one line for each problem, in the order in which ``crosstie check`` tells them.
"""

from pathlib import Path

import pytest

from crosstie.questions.check import check
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import open_ledger

MUSEUM = Path(__file__).parent
EXHIBITS = sorted(MUSEUM.glob("*.yaml"))
MARK = "# expect: "


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.stem)
def test_a_mistake_is_told_in_these_words(exhibit: Path, monkeypatch):
    monkeypatch.chdir(MUSEUM)
    lines = exhibit.read_bytes().decode(errors="replace").splitlines()
    expected = [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]
    problems = check(exhibit.name, Clocks.of(known="2030-01-01")).problems
    assert [f"{each.where.line}: {each.severity}: {each.message}" for each in problems] == expected
    assert all(each.where.file == exhibit.name for each in problems)


def test_the_museum_has_at_least_forty_mistakes_and_each_says_what():
    assert len(EXHIBITS) >= 40
    assert all(exhibit.read_bytes().startswith(MARK.encode()) for exhibit in EXHIBITS)


def test_everything_else_of_a_wrong_ledger_still_loads(monkeypatch):
    monkeypatch.chdir(MUSEUM)
    ledger = open_ledger("unknown_party.yaml", Clocks.of(known="2030-01-01")).ledger
    kinds = [type(each).__name__ for each in ledger.statements]
    assert kinds == ["Entity", "Entity", "ShareClass", "Opening", "Opening"]
