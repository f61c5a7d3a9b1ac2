"""Drafts become statements only when a person confirms them, whole or not at all, and once."""

import subprocess
import sys
from pathlib import Path

import pytest

from crosstie.formats import ledger_text
from crosstie.ledger.statements import Holding, Remark, Status, Transfer
from crosstie.questions import review
from crosstie.questions.new import new_ledger
from crosstie.questions.read import read, write
from crosstie.stories.drafts import read_drafts, write_drafts
from crosstie.text.problem import CrosstieError

STORY = """OSLO, March 12, 2024 (Wire) -- Alfa ASA agreed to buy as much as 15% of Beta Kabel AS, it said in a statement.

Alfa owns 20% of Gamma Works Ltd. A spokesman for Beta Kabel declined to comment.
"""
LEDGER = """statements:
- entity: beta
  name: Beta Kabel AS
  known_on: 2020-01-01
- share_class: beta-shares
  issuer: beta
  known_on: 2020-01-01
"""


@pytest.fixture
def draft(tmp_path) -> Path:
    story = tmp_path / "story.txt"
    story.write_text(STORY, encoding="utf-8")
    path = tmp_path / "draft.yaml"
    write(read(str(story)).files[0], path)
    return path


@pytest.fixture
def ledger(tmp_path) -> Path:
    folder = tmp_path / "ledger"
    folder.mkdir()
    (folder / "ledger.yaml").write_text(LEDGER, encoding="utf-8")
    return folder


def going(draft, ledger) -> review.Review:
    return review.start(str(draft), str(ledger), reviewer="Ana Silva")


def by_kind(state, kind):
    return next(each for each in state.file.entries if each.kind == kind)


def test_a_draft_file_reads_back_as_it_was_written(draft):
    text = draft.read_text(encoding="utf-8")
    assert write_drafts(read_drafts(draft)) == text


def test_a_ledger_refuses_a_draft_file(draft):
    loaded = ledger_text.load(draft)
    assert loaded.statements == ()
    assert any("drafts" in problem.message for problem in loaded.problems)


def test_a_confirmed_purchase_is_a_transfer_with_its_interval_source_span_and_reviewer(draft, ledger):
    state = going(draft, ledger)
    review.accept(state, by_kind(state, "stake_purchase"))
    loaded = ledger_text.load(ledger)
    assert not [problem for problem in loaded.problems if problem.severity == "error"]
    transfer = next(each for each in loaded.statements if isinstance(each, Transfer))
    assert (transfer.buyer, str(transfer.shares.interval), transfer.head.status) == (
        "alfa",
        "[0, 3/20]",
        Status.AGREED,
    )
    assert transfer.head.quote in STORY
    assert "confirmed by Ana Silva" in transfer.head.note
    source = loaded.sources[transfer.head.sources[0]]
    assert source.sha256 == state.file.story.sha256
    assert (source.kind, str(source.date.latest)) == ("story", "2024-03-12")
    start, end = by_kind(state, "stake_purchase").bounds
    assert f"at {start}-{end}" in transfer.head.note


def test_confirming_twice_or_a_syndicated_copy_adds_no_second_source(draft, ledger, tmp_path):
    state = going(draft, ledger)
    review.accept(state, by_kind(state, "stake_purchase"))
    copy = tmp_path / "copy.txt"
    copy.write_text(
        "Alfa to buy into Beta\n\n" + STORY.replace("(Wire)", "(Gazette)") + "\n© 2024 Gazette\n",
        encoding="utf-8",
    )
    second = tmp_path / "copy.draft.yaml"
    write(read(str(copy)).files[0], second)
    again = going(second, ledger)
    _, made = review.accept(again, by_kind(again, "stake_purchase"))
    assert made.repeats
    loaded = ledger_text.load(ledger)
    assert len(loaded.sources) == 1
    assert sum(isinstance(each, Transfer) for each in loaded.statements) == 1


def test_a_single_file_keeps_every_byte_before_what_is_added(draft, tmp_path):
    file = tmp_path / "one.yaml"
    file.write_text(LEDGER, encoding="utf-8")
    state = going(draft, file)
    review.accept(state, by_kind(state, "holding"))
    assert file.read_text(encoding="utf-8").startswith(LEDGER)
    holding = next(each for each in ledger_text.load(file).statements if isinstance(each, Holding))
    assert (holding.holder, holding.issuer, str(holding.share)) == ("alfa", "gamma-works", "1/5")


def test_a_rejected_draft_keeps_its_reason_and_never_reaches_the_ledger(draft, ledger):
    state = review.reject(going(draft, ledger), going(draft, ledger).open[0], "names the wrong company")
    kept = read_drafts(draft).entries[0]
    assert (kept.review, kept.reason, kept.reviewer) == ("rejected", "names the wrong company", "Ana Silva")
    assert len(state.open) == len(state.file.entries) - 1
    assert len(ledger_text.load(ledger).statements) == 2


def test_a_rejection_needs_a_reason_and_an_edit_must_be_readable(draft, ledger):
    state = going(draft, ledger)
    with pytest.raises(CrosstieError, match="needs a reason"):
        review.reject(state, state.open[0], "  ")
    with pytest.raises(CrosstieError, match="share: not an amount"):
        review.edit(state.open[0], {"share": "some"})
    with pytest.raises(CrosstieError, match="cannot edit 'quote'"):
        review.edit(state.open[0], {"quote": "other words"})


def test_an_edit_is_kept_with_the_statement(draft, ledger):
    state = going(draft, ledger)
    edited = review.edit(by_kind(state, "stake_purchase"), {"share": "<=14%", "status": "planned"})
    review.accept(state, edited)
    transfer = next(each for each in ledger_text.load(ledger).statements if isinstance(each, Transfer))
    assert (transfer.shares.text, transfer.head.status) == ("<=14%", Status.PLANNED)
    assert "edited: share, status" in transfer.head.note


def test_what_moves_no_shares_becomes_a_remark(draft, ledger):
    state = going(draft, ledger)
    review.accept(state, by_kind(state, "response"))
    remark = next(each for each in ledger_text.load(ledger).statements if isinstance(each, Remark))
    assert remark.about == ("beta",)
    assert not remark.head.status.firmness


def test_nothing_changes_when_the_ledger_cannot_take_it(draft, tmp_path):
    file = tmp_path / "odd.yaml"
    file.write_text("statements: []\n", encoding="utf-8")
    state = going(draft, file)
    with pytest.raises(CrosstieError, match="not a list of statements"):
        review.accept(state, state.open[0])
    assert file.read_text(encoding="utf-8") == "statements: []\n"
    assert all(each.review == "open" for each in read_drafts(draft).entries)


def test_reviewed_drafts_are_not_overwritten_by_reading_again(draft, ledger, tmp_path):
    state = going(draft, ledger)
    review.reject(state, state.open[0], "no")
    with pytest.raises(CrosstieError, match="holds reviewed drafts"):
        write(read(str(tmp_path / "story.txt")).files[0], draft)


def test_the_terminal_asks_one_by_one_and_stopping_loses_nothing(draft, tmp_path):
    new_ledger(str(tmp_path / "mine"))
    command = [
        sys.executable,
        "-c",
        "from crosstie.cli.app import main; main()",
        "review",
        str(draft),
        str(tmp_path / "mine"),
        "--reviewer",
        "Ana",
    ]
    done = subprocess.run(
        command, input="x\ne\nshare=<=10%\nc\nr\nwrong\nq\n", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("1 confirmed, 1 rejected, 1 open")
    cut = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert cut.returncode == 2
    assert "what was decided is kept" in cut.stderr
    assert [each.review for each in read_drafts(draft).entries].count("open") == 1
