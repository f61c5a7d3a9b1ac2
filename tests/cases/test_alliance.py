"""The alliance case: it loads whole, its sources are told, its quotes are short."""

import re
from collections import Counter
from pathlib import Path

import pytest

from crosstie.formats import ledger_text
from crosstie.ledger.statements import Certainty, Check, Entity, ShareClass, Step
from crosstie.questions.check import check
from crosstie.questions.clocks import Clocks
from crosstie.questions.format import format_ledger
from crosstie.questions.opening import open_ledger

CASE = Path(__file__).parents[2] / "cases" / "alliance"


@pytest.fixture(scope="module")
def ledger():
    return ledger_text.load(CASE)


def test_it_loads_without_a_problem(ledger):
    assert ledger.problems == ()


def test_it_is_large_enough_to_show_what_it_must(ledger):
    assert len(ledger.statements) >= 120
    assert sum(isinstance(each, Check) for each in ledger.statements) >= 50


def test_it_is_in_canonical_form():
    assert [each.file for each in format_ledger(str(CASE)) if not each.is_canonical] == []


def test_every_statement_has_a_source_of_its_own(ledger):
    assert [each.head.id for each in ledger.statements if not each.head.sources] == []


def test_every_source_is_used_and_says_what_it_is(ledger):
    used = {source for each in ledger.statements for source in each.head.sources}
    assert set(ledger.sources) - used == set()
    vague = [s.id for s in ledger.sources.values() if not (s.title and s.publisher and s.kind)]
    assert vague == []


def test_quotes_are_short(ledger):
    """A text is its publisher's: a few words of it, and where they stand."""
    assert [each.head.id for each in ledger.statements if len(each.head.quote) > 60] == []


def test_the_story_is_kept_by_its_hash_and_its_spans_alone(ledger):
    story = ledger.sources["bloomberg-2023-06-28"]
    assert re.fullmatch("[0-9a-f]{64}", story.sha256)
    said = [s for s in ledger.statements if story.id in s.head.sources and s.head.id.startswith("story-")]
    assert len(said) == 29
    for each in said:
        span = re.match(r"characters (\d+) to (\d+)", each.head.note)
        assert span, each.head.id
        assert 0 < len(each.head.quote) <= int(span[2]) - int(span[1])
    assert sum(len(each.head.quote) for each in said) < 900


def test_what_nobody_read_is_marked(ledger):
    marks = Counter(each.head.certainty for each in ledger.statements)
    assert marks[Certainty.RECALLED] >= 5
    assert marks[Certainty.INFERRED] >= 5
    recalled = {each.head.id for each in ledger.statements if each.head.certainty is Certainty.RECALLED}
    assert {"renault-state", "state-double-votes", "nissan-takes-34"} <= recalled


def test_the_deal_was_ever_firmer(ledger):
    trust = [each for each in ledger.statements if isinstance(each, Step) and each.step == "trust"]
    history = [each.head.status.value for each in sorted(trust, key=lambda s: s.head.known_on.latest)]
    assert history == ["planned", "agreed_in_principle", "agreed", "completed"]


def test_the_parties_have_the_names_that_people_use(ledger):
    parties = {each.party for each in ledger.statements if isinstance(each, Entity)}
    assert {
        "renault",
        "nissan",
        "nissan-finance",
        "renault-trust",
        "mitsubishi-motors",
        "french-state",
        "ampere",
        "daimler",
        "natixis",
        "rnaipl",
    } <= parties
    assert {each.issuer for each in ledger.statements if isinstance(each, ShareClass)} <= parties


@pytest.mark.parametrize(
    "known", ["2003-01-01", "2015-06-01", "2017-07-01", "2023-06-28", "2024-03-27", "2025-09-01"]
)
def test_it_has_no_error_as_known_on_any_day(known):
    checked = check(str(CASE), Clocks.of(known=known))
    assert [str(problem) for problem in checked.problems if problem.severity != "note"] == []
    assert checked.agree == checked.figures


@pytest.mark.parametrize("assume", ["rumoured", "planned", "agreed_in_principle", "agreed"])
def test_its_plans_can_all_be_done(assume):
    opened = open_ledger(str(CASE), Clocks.of(on="2024-01-01", known="2023-06-28", assume=assume))
    assert opened.problems == ()
