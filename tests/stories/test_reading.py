"""Laws of reading: names do not decide, hedges stay, negation vetoes, nothing is invented."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.ledger.statements import Status
from crosstie.stories.drafts import interval_text
from crosstie.stories.reader import read_story
from crosstie.stories.triggers import TRIGGERS

DAY = date(2024, 3, 12)
OWN = sorted(Path(__file__).parent.glob("*/*.txt"))
NEW_NAMES = (
    "Quelborn",
    "Trivanta",
    "Oskelle",
    "Brumwick",
    "Zanthor",
    "Pelligrove",
    "Ystrand",
    "Kovanek",
    "Marwyth",
    "Duquelle",
)


def only(text: str, kind: str):
    found = [d for d in read_story(text, published=DAY).drafts if d.kind == kind]
    assert len(found) == 1, [(d.kind, d.status, d.quote) for d in found]
    return found[0]


def company_stems(gold) -> list[str]:
    """First words of the companies in a gold file: what stands for a name and nothing else."""
    roles = {"acquirer", "target", "seller", "issuer", "holder", "a", "b", "sponsor"}
    names = [n for s in gold["statements"] for role, n in s["parties"].items() if role in roles]
    firsts = [
        n.split()[0]
        for n in names
        if len(n.split()) > 1
        and n[0].isupper()
        and n.split()[0] not in ("PT", "Banca", "Banco", "Grupo", "A", "The")
    ]
    counts = {word: sum(n.split()[0] == word for n in set(names)) for word in firsts}
    return [word for word in dict.fromkeys(firsts) if counts[word] == 1]


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_names_never_seen_before_change_neither_event_nor_status(path):
    text = path.read_text(encoding="utf-8")
    gold = json.loads(path.with_suffix(".gold.json").read_text(encoding="utf-8"))
    published = date.fromisoformat(gold["published"])
    renamed = text
    for old, new in zip(company_stems(gold), NEW_NAMES, strict=False):
        renamed = renamed.replace(old, new)
    before, after = read_story(text, published=published), read_story(renamed, published=published)
    assert [(d.kind, d.status, d.cue) for d in before.drafts] == [
        (d.kind, d.status, d.cue) for d in after.drafts
    ]


@pytest.mark.parametrize(
    ("words", "low", "high", "open_low", "open_high"),
    [
        ("as much as 15%", 0, Fraction(3, 20), False, False),
        ("up to 15 pct", 0, Fraction(3, 20), False, False),
        ("at least 15 percent", Fraction(3, 20), 1, False, False),
        ("more than 15 per cent", Fraction(3, 20), 1, True, False),
        ("less than 15%", 0, Fraction(3, 20), False, True),
        ("between 10% and 15%", Fraction(1, 10), Fraction(3, 20), False, False),
        ("a third", Fraction(1, 3), Fraction(1, 3), False, False),
        ("two-thirds", Fraction(2, 3), Fraction(2, 3), False, False),
        ("about 15%", Fraction(27, 200), Fraction(33, 200), False, False),
    ],
)
def test_a_hedge_becomes_its_interval(words, low, high, open_low, open_high):
    draft = only(f"Alfa ASA agreed to buy {words} of Beta AS.", "stake_purchase")
    found = draft.share.interval
    assert (found.low, found.high, found.low_open, found.high_open) == (low, high, open_low, open_high)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("bought", Status.COMPLETED),
        ("has bought", Status.COMPLETED),
        ("will buy", Status.PLANNED),
        ("plans to buy", Status.PLANNED),
        ("agreed to buy", Status.AGREED),
        ("has signed a letter of intent to buy", Status.AGREED_IN_PRINCIPLE),
        ("is in advanced talks to buy", Status.IN_TALKS),
        ("is nearing a deal to buy", Status.IN_TALKS),
        ("is considering buying", Status.RUMOURED),
        ("may buy", Status.RUMOURED),
        ("denied that it would buy", Status.DENIED),
        ("has not agreed to buy", Status.DENIED),
        ("has no plans to buy", Status.DENIED),
        ("dropped plans to buy", Status.WITHDRAWN),
        ("called off talks to buy", Status.WITHDRAWN),
        ("postponed plans to buy", Status.POSTPONED),
        ("should buy", Status.OPINION),
        ("agreed to hold talks on buying", Status.IN_TALKS),
        ("did not deny that it may buy", Status.RUMOURED),
    ],
)
def test_the_weakest_word_decides_and_a_negation_vetoes(words, status):
    draft = only(f"Alfa ASA {words} 20% of Beta AS.", "stake_purchase")
    assert draft.status == status
    assert (draft.party("acquirer"), draft.party("target")) == ("Alfa ASA", "Beta AS")


@pytest.mark.parametrize(
    ("text", "acquirer", "target"),
    [
        ("Beta AS was bought by Alfa ASA.", "Alfa ASA", "Beta AS"),
        ("Beta AS, bought by Alfa ASA last year, makes cables.", "Alfa ASA", "Beta AS"),
        ("Alfa ASA completed its acquisition of Beta AS.", "Alfa ASA", "Beta AS"),
        ("The acquisition of Beta AS by Alfa ASA was completed.", "Alfa ASA", "Beta AS"),
        ("Alfa ASA, which makes cables, has acquired Beta AS.", "Alfa ASA", "Beta AS"),
        ("Norway's Alfa ASA acquired rival Beta AS from Gamma Ltd.", "Alfa ASA", "Beta AS"),
    ],
)
def test_buyer_and_bought_are_not_swapped(text, acquirer, target):
    draft = only(text, "takeover")
    assert (draft.party("acquirer"), draft.party("target")) == (acquirer, target)


@pytest.mark.parametrize(
    "text",
    [
        "Alfa ASA agreed to buy 40 jets from Beta AS.",
        "Shares of Alfa ASA fell as much as 15% after the report.",
        "Alfa ASA said profit rose 20% to 3 billion euros.",
        "Alfa ASA sold 141,000 cars in March.",
        "Alfa ASA will hold talks with unions in May.",
    ],
)
def test_goods_prices_and_talks_are_no_stakes(text):
    kinds = {d.kind for d in read_story(text, published=DAY).drafts}
    assert not kinds & {"stake_purchase", "stake_sale", "takeover", "holding", "merger"}


def test_an_embedded_event_is_apart_and_no_firmer_than_what_holds_it():
    reading = read_story(
        "Alfa ASA is close to an agreement for Beta AS to invest in Gamma Ltd.", published=DAY
    )
    outer, inner = reading.drafts
    assert (outer.kind, inner.kind) == ("agreement", "stake_purchase")
    assert inner.part_of == outer.number
    assert inner.status.firmness <= outer.status.firmness


def test_a_description_is_a_proposed_link_never_a_silent_one():
    text = "Alfa ASA said its Borea venture is growing. Beta AS plans to buy 10% of the Alfa unit."
    draft = next(d for d in read_story(text, published=DAY).drafts if d.kind == "stake_purchase")
    target = dict(draft.parties)["target"]
    assert target.names == ("Borea",)
    assert target.proposed


def test_without_a_day_of_publication_relative_dates_stay_unknown():
    reading = read_story("Alfa ASA will buy Beta AS on Friday.")
    draft = reading.drafts[0]
    assert draft.when.when.grain == "unknown"
    assert reading.notes


def test_a_short_form_that_fits_two_companies_stays_its_own_name():
    text = "Alfa Steel AS met Alfa Ships AS. Alfa bought Beta AS."
    draft = only(text, "takeover")
    assert draft.party("acquirer") == "Alfa"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_can_be_read_and_every_quote_is_exact(text):
    for draft in read_story(text, published=DAY).drafts:
        assert text[draft.start : draft.end] == draft.quote


WORDS = [
    *sorted(TRIGGERS),
    "Alfa ASA",
    "Beta AS",
    "Gamma family",
    "Ana Silva",
    "Italy",
    "the company",
    "its unit",
    "it",
    "they",
    "which",
    "who",
    "20%",
    "a third",
    "$3 billion",
    "3 million shares",
    "stake",
    "shares",
    "of",
    "in",
    "to",
    "by",
    "from",
    "with",
    "for",
    "between",
    "and",
    ",",
    ", which",
    ", who",
    "said",
    "told",
    "according to people familiar with the matter",
    "will",
    "may",
    "not",
    "has",
    "was",
    "been",
    "if",
    "after",
    "while",
    "as",
    "on Friday",
    "in May",
    "by the end of 2024",
    "as soon as the fourth quarter",
    "Chairman",
    "chief executive",
    "spokesman",
    "declined to comment",
    "joint venture",
    "initial public offering",
    "“",
    "”",
    "(",
    ")",
    ".",
    "\n\n",
    "'s",
    "subject to",
    "regulators",
    "agreement",
    "talks",
    "complete",
    "collapsed",
    "the deal",
    "the purchase",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_order_of_the_words_it_looks_for_can_be_read(words):
    text = " ".join(words)
    for draft in read_story(text, published=DAY).drafts:
        assert text[draft.start : draft.end] == draft.quote
        assert draft.kind
        assert interval_text(draft.share.interval) if draft.share else True
