"""The stories written for this: tuned on one half; the other half was written before the reader existed."""

from pathlib import Path

import pytest

from crosstie.stories.scoring import Score, score_file, total

HERE = Path(__file__).parent
TUNING = sorted((HERE / "tuning").glob("*.txt"))
FRESH = sorted((HERE / "fresh").glob("*.txt"))  # after the reader; scored once before any change for them
HELD_OUT = sorted((HERE / "held_out").glob("*.txt"))


def half(files) -> Score:
    return total(score_file(path) for path in files)


def test_there_are_at_least_forty_stories():
    assert len(TUNING) + len(HELD_OUT) >= 40
    assert len(HELD_OUT) >= 20


def test_the_tuning_half_is_read_right():
    score = half(TUNING)
    assert score.strict["event"].f1 >= 0.98
    assert score.strict["status"].f1 >= 0.98
    assert score.alias["parties"].f1 >= 0.98
    assert score.strict["share"].recall == 1
    assert score.strict["true_on"].recall == 1


def test_the_held_out_half_is_read_nearly_as_well():
    score = half(HELD_OUT)
    assert score.strict["event"].f1 >= 0.88
    assert score.strict["status"].precision >= 0.95
    assert score.alias["parties"].precision >= 0.95


def test_stories_written_after_the_reader_are_read_too():
    score = half(FRESH)
    assert score.strict["event"].f1 >= 0.9
    assert score.strict["status"].precision >= 0.9


@pytest.mark.parametrize("files", [TUNING, HELD_OUT, FRESH], ids=["tuning", "held-out", "fresh"])
def test_every_quote_is_exact_and_false_assertions_stay_under_three_percent(files):
    score = half(files)
    assert score.exact_spans == score.drafts
    assert len(score.false_assertions) < 0.03 * score.drafts, score.false_assertions
