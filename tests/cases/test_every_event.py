"""Nothing in the case is idle: without any one of its events a published figure fails, or an answer changes."""

import json
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crosstie.cli.app import main
from crosstie.formats import ledger_text
from crosstie.ledger.replay import EVENTS
from crosstie.questions.check import verify
from crosstie.questions.clocks import Clocks

CASE = Path(__file__).parents[2] / "cases" / "alliance"
LEDGER = ledger_text.load(CASE)
TODAY = Clocks.of(known="2026-11-22")

# Plans of which only the most is known: any result up to it agrees with a figure, so an answer must change.
RANGES = {
    "sale-1-plan": "holders nissan --on 2023-12-13 --known 2023-12-12 --assume planned",
    "sale-2-plan": "holders nissan --on 2024-03-28 --known 2024-03-27 --assume planned",
    "sale-3-plan": "holders nissan --on 2024-09-27 --known 2024-09-26 --assume planned",
    "nissan-buys-ampere-framework": "deal --known 2023-06-27",
    "nissan-buys-ampere-dropped": "deal --known 2023-07-26",
    "story-c22": "deal --known 2023-06-28",
    "ampere-ipo-cancelled": "deal --known 2024-01-29 --company ampere",
}
# Said again on a later day, less firmly: it stands behind what was said before.
SAID_AGAIN = {"story-c08"}


def events():
    return [each for each in LEDGER.statements if isinstance(each, EVENTS)]


def failing(ledger):
    return {
        each.check.head.id for each in verify(ledger, TODAY) if not each.agrees and not each.check.disagrees
    }


def without(event):
    return replace(LEDGER, statements=tuple(each for each in LEDGER.statements if each is not event))


def folder_without(event, folder):
    """The case as files, the lines of one statement left out."""
    shutil.copytree(CASE, folder)
    file = folder / Path(event.head.where.file).name
    lines = file.read_text("utf-8").splitlines()
    first = event.head.where.line - 1
    rest = (at for at in range(first + 1, len(lines)) if lines[at].startswith("  - "))
    del lines[first : next(rest, len(lines))]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def answer(words, ledger, monkeypatch, capsys):
    command, *rest = shlex.split(words)
    monkeypatch.setattr(sys, "argv", ["crosstie", command, str(ledger), *rest, "--format", "json"])
    try:
        main()
    except SystemExit as stop:
        assert not stop.code  # noqa: PT017 (the command line always ends this way)
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def test_the_whole_case_agrees():
    assert failing(LEDGER) == set()


@pytest.mark.parametrize(
    "event",
    [pytest.param(each, id=each.head.id) for each in events() if each.head.id not in {*RANGES, *SAID_AGAIN}],
)
def test_without_it_a_published_figure_fails(event):
    assert failing(without(event))


@pytest.mark.parametrize("id_", RANGES)
def test_without_it_an_answer_changes(id_, tmp_path, monkeypatch, capsys):
    (event,) = (each for each in events() if each.head.id == id_)
    folder_without(event, tmp_path / "case")
    assert len(ledger_text.load(tmp_path / "case").statements) == len(LEDGER.statements) - 1
    there = answer(RANGES[id_], CASE, monkeypatch, capsys)
    gone = answer(RANGES[id_], tmp_path / "case", monkeypatch, capsys)
    assert there != gone


@pytest.mark.parametrize("id_", sorted(SAID_AGAIN))
def test_what_is_said_again_stands_behind_what_is_firmer(id_):
    (event,) = (each for each in events() if each.head.id == id_)
    firmer = [
        each
        for each in events()
        if each.head.event == event.head.event
        and each.head.status.firmness > event.head.status.firmness
        and each.head.known_on.latest <= event.head.known_on.latest
    ]
    assert firmer
