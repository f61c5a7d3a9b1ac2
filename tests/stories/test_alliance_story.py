"""The wire story that this began with: a tuning case, read where its text is at hand."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from crosstie.stories.reader import read_story
from crosstie.stories.scoring import score

ROOT = Path(__file__).parents[2]
STORY = next(ROOT.parent.glob("*/stories/2023-06-28-alliance.txt"), ROOT / "not-here.txt")
pytestmark = pytest.mark.skipif(
    not STORY.exists(), reason="the story is its publisher's and is not committed"
)


@pytest.fixture
def text() -> str:
    return STORY.read_text(encoding="utf-8")


@pytest.fixture
def gold():
    return json.loads(STORY.with_suffix(".gold.json").read_text(encoding="utf-8"))


def test_every_gold_statement_is_found_with_party_amount_date_attribution_and_status(text, gold):
    got = score(text, read_story(text), gold)
    assert not got.missed
    for field in ("event", "status", "share", "true_on", "attribution"):
        assert got.strict[field].recall == 1, field
    assert got.alias["parties"].recall >= 0.95
    assert not got.false_assertions
    assert got.exact_spans == got.drafts


def test_none_of_its_traps_is_fallen_into(text, gold):
    drafts = read_story(text).drafts
    for trap in gold["traps"]:
        start, end = trap["quote"]["start"], trap["quote"]["end"]
        inside = [d for d in drafts if start <= d.start and d.end <= end and d.kind != "subsidiary_or_arm"]
        assert not inside, trap["why"]
    assert all(d.when is None for d in drafts if "as soon as possible" in d.quote)
    assert not any("Tesla" in name for d in drafts for _, referent in d.parties for name in referent.names)
    assert next(d for d in drafts if d.kind == "meeting").when.when.earliest == date(2023, 6, 29)


def test_unnamed_people_stay_one_source(text):
    groups = {d.attribution.group for d in read_story(text).drafts if d.attribution.kind == "anonymous"}
    assert groups == {"unnamed-1"}


def test_other_names_change_neither_event_nor_status(text):
    before = read_story(text)
    renamed = text
    for old, new in (
        ("Renault", "Zelqora"), ("Nissan", "Makuto"), ("Mitsubishi Motors", "Harubi Motors"), ("Ampere", "Voltrix"), ("Tesla", "Quorra"),
        ("Jean-Dominique Senard", "Pierre-Antoine Maltry"), ("Ashwani Gupta", "Rohan Menteri"), ("Luca de Meo", "Paolo de Risi"),
        ("de Meo", "de Risi"), ("Makoto Uchida", "Hiroto Sakaba"),
    ):  # fmt: skip
        renamed = renamed.replace(old, new)
    after = read_story(renamed)
    assert [(d.kind, d.status, d.cue) for d in before.drafts] == [
        (d.kind, d.status, d.cue) for d in after.drafts
    ]
    assert not re.search("Renault|Nissan", " ".join(d.quote for d in after.drafts))
