"""Several stories on one deal: what each adds, repeats or contradicts."""

import pytest

from crosstie.questions.read import read
from crosstie.stories.lining import line_up

STORIES = {
    "1.txt": "OSLO, March 12, 2024 (Wire) -- Nordlys Kraft ASA is in talks to buy a 30% stake in Havkabel A/S, people familiar with the matter said.",
    "2.txt": "OSLO, March 14, 2024 (Post) -- Nordlys is in talks to buy 30% of Havkabel, a person close to the company said.",
    "3.txt": "OSLO, March 20, 2024 (Wire) -- Havkabel denied that Nordlys Kraft was in talks to buy a stake in it.",
    "4.txt": "OSLO, April 2, 2024 (Wire) -- Nordlys Kraft ASA agreed to buy 40% of Havkabel A/S for 2.4 billion euros.",
    "5.txt": "OSLO, April 3, 2024 (Gazette) -- Nordlys Kraft ASA agreed to buy 40% of Havkabel A/S for 2.4 billion euros.",
    "6.txt": "OSLO, May 2, 2024 (Wire) -- Nordlys Kraft ASA bought 40% of Havkabel A/S.",
}


@pytest.fixture
def mentions(tmp_path):
    for name, text in STORIES.items():
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    return line_up(read(str(tmp_path)).files)


def test_the_status_history_grows_in_order_of_publication(mentions):
    assert [(m.story, m.status) for m in mentions] == [
        ("1.txt", "in_talks"), ("2.txt", "in_talks"), ("3.txt", "denied"), ("4.txt", "agreed"), ("6.txt", "completed"),
    ]  # fmt: skip
    assert len({m.deal for m in mentions}) == 1


def test_each_story_adds_repeats_or_contradicts(mentions):
    assert [m.relation for m in mentions] == ["adds", "repeats", "contradicts", "contradicts", "adds"]
    assert "share 40%, was 30%" in mentions[3].what


def test_a_syndicated_copy_is_no_second_mention(mentions):
    assert "5.txt" not in {m.story for m in mentions}
