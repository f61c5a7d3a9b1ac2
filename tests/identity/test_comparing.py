"""What a comparison promises: symmetric, blind to spelling, never against an identifier; blocking loses nothing."""

import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.identity.blocking import Keys, name_keys, numbered, pairs
from crosstie.identity.comparing import COUNTRY_OTHER, LEAST, compare
from crosstie.identity.party import Described
from crosstie.ledger.statements import Identifier, PartyId

WORDS = [
    "alpha",
    "alfa",
    "beta",
    "betta",
    "north",
    "sea",
    "northsea",
    "wind",
    "winds",
    "holding",
    "group",
    "ii",
    "iii",
    "b",
    "mill",
]
FORMS = ["", "Ltd", "Limited", "LIMITED.", "PLC", "GmbH", "Co., Ltd."]
NAMES = st.builds(
    lambda words, form: " ".join([*words, form]).strip(),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    st.sampled_from(FORMS),
)
LEIS = ["969500F7JLTX36OUI695", "5493009Y0WGGYKD2X888", "391200GAL2O80LVLFJ24"]
PARTIES = st.builds(
    lambda number, name, names, kind, country, lei, ties: Described(
        party=PartyId(str(number)),
        register="r",
        kind=kind,
        name=name,
        names=tuple(names),
        jurisdiction=country,
        identifiers=(Identifier(scheme="LEI", value=lei),) if lei else (),
        tied_to=frozenset(ties),
    ),
    st.integers(0, 10**6),
    NAMES,
    st.lists(NAMES, max_size=2),
    st.sampled_from(["company", "company", "company", "person", "unknown", "fund"]),
    st.sampled_from(["", "GB", "GB-SCT", "FR"]),
    st.sampled_from(["", "", *LEIS]),
    st.sets(st.sampled_from(["x", "y"]), max_size=2),
)


@given(PARTIES, PARTIES)
def test_the_order_of_two_parties_does_not_matter(one, other):
    assert compare(one, other) == compare(other, one)


@given(PARTIES, PARTIES)
def test_conflicting_identifiers_are_never_alike(one, other):
    mine, theirs = one.known, other.known
    if mine and theirs and not mine & theirs:
        assert compare(one, other) is None


@given(PARTIES)
def test_a_company_is_wholly_like_itself(party):
    if party.kind in {"company", "fund"} and party.jurisdiction:
        assert compare(party, replace(party, party=PartyId("other"))).score == 1


SPELLINGS = {
    "Ltd": ["Limited", "LIMITED", "ltd.", "Private Limited Company"],
    "GmbH": ["Gesellschaft mit beschränkter Haftung", "GMBH", "G.m.b.H."],
    "S.A.": ["SA", "Société Anonyme", "S A"],
    "A/S": ["AS", "Aktieselskab"],
    "K.K.": ["KK", "Kabushiki Kaisha"],
    "B.V.": ["BV", "Besloten Vennootschap"],
}
ACCENTED = str.maketrans("aeinoc", "àéîñôç")


@given(
    st.lists(st.from_regex(r"[a-z]{4,9}", fullmatch=True), min_size=1, max_size=4),
    st.sampled_from(sorted(SPELLINGS)), st.data(), PARTIES,
)  # fmt: skip
def test_case_accents_and_spellings_of_the_legal_form_change_no_score(words, form, data, other):
    name = f"{' '.join(words)} {form}"
    again = f"{' '.join(words).translate(ACCENTED).upper()}, {data.draw(st.sampled_from(SPELLINGS[form]))}"
    one = Described(party=PartyId("one"), register="r", name=name, jurisdiction="FR")
    same = replace(one, name=again)
    assert compare(one, same).score == 1
    with_other = [found and found.score for found in (compare(one, other), compare(same, other))]
    assert with_other[0] == with_other[1]


def by_blocking(parties, least):
    keys = Keys()
    for number, party in enumerate(parties):
        keys.add(number, name_keys(party, least=least))
    apart = numbered([party.country for party in parties]) if least > COUNTRY_OTHER else None
    found = {(i, j): compare(parties[i], parties[j]) for i, j in pairs(keys, apart).pairs.tolist()}
    return {pair for pair, likeness in found.items() if likeness and likeness.score >= least}


def by_all_pairs(parties, least):
    found = {(i, j): compare(parties[i], parties[j]) for i, j in combinations(range(len(parties)), 2)}
    return {pair for pair, likeness in found.items() if likeness and likeness.score >= least}


@given(st.lists(PARTIES, max_size=40), st.sampled_from([LEAST, 0.6, 0.9]))
@settings(max_examples=60, deadline=None)
def test_blocking_loses_no_pair_that_comparing_all_would_propose(parties, least):
    assert by_blocking(parties, least) == by_all_pairs(parties, least)


def test_blocking_loses_nothing_on_names_with_slips():
    rnd = random.Random(20)

    def slipped(name):
        at = rnd.randrange(len(name))
        return rnd.choice([name[:at] + name[at + 1 :], name[:at] + rnd.choice("abcde ") + name[at:], name[:at] + "x" + name[at + 1 :],
                           name[: at - 1] + name[at : at + 1] + name[at - 1 : at] + name[at + 1 :]])  # fmt: skip

    base = [
        "".join(rnd.choices("abcde", k=rnd.randint(4, 7))) + " " + "".join(rnd.choices("abcde", k=5))
        for _ in range(120)
    ]
    named = [*base, *(slipped(name) for name in base), *(slipped(name) for name in base)]
    parties = [
        Described(party=PartyId(str(at)), register="r", name=name, jurisdiction="GB")
        for at, name in enumerate(named)
    ]
    found = by_all_pairs(parties, LEAST)
    assert len(found) > 150
    assert by_blocking(parties, LEAST) == found


def test_pairs_come_once_and_leave_out_other_countries():
    keys = Keys()
    for number, words in enumerate((["a", "b"], ["a", "b"], ["a"], ["c"])):
        keys.add(number, words)
    assert pairs(keys).pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert pairs(keys, np.array([1, 2, 0, 1], np.int32)).pairs.tolist() == [[0, 2], [1, 2]]
    assert pairs(Keys()).pairs.tolist() == []


def test_a_crowd_is_told_and_not_compared():
    keys = Keys()
    for number in range(50):
        keys.add(number, ["the same"] + (["a pair"] if number in {7, 9} else []))
    found = pairs(keys, largest=20)
    assert found.pairs.tolist() == [[7, 9]]
    assert found.crowds == ((0, 50),)


@pytest.mark.parametrize(
    ("one", "other", "score", "words"),
    [
        ({"name": "Acme Ltd"}, {"name": "ACME PLC"}, 0.86, "legal forms differ: ltd / plc"),
        ({"name": "Acme Ltd"}, {"name": "Acme"}, 0.96, "legal form ltd on one side only"),
        ({"name": "Acme Mills"}, {"name": "Mills Acme"}, 0.98, "the same words in another order"),
        ({"name": "Soft Bank"}, {"name": "SoftBank"}, 0.97, "the same letters, other spaces"),
        ({"name": "Acme Trading"}, {"name": "Acme Tradng"}, 0.92, "one letter apart (trading / tradng)"),
        ({"name": "Acme Group"}, {"name": "Acme"}, 0.78, "the same but for general words"),
        ({"name": "Acme", "jurisdiction": "FR"}, {"name": "Acme"}, 0.5, "of FR and GB"),
        ({"name": "Acme", "jurisdiction": ""}, {"name": "Acme"}, 0.9, "of GB on one side, no country on the other"),
        ({"name": "Acme", "kind": "trust"}, {"name": "Acme"}, 0.95, "of the kinds company and trust"),
    ],
)  # fmt: skip
def test_each_thing_that_weakens_a_likeness_is_said(one, other, score, words):
    a = Described(party=PartyId("a"), register="r", **{"jurisdiction": "GB", **one})
    b = Described(party=PartyId("b"), register="s", **{"jurisdiction": "GB", **other})
    found = compare(a, b)
    assert found.score == score
    assert words in found.why


def test_persons_of_one_name_need_a_company_in_common():
    ana = Described(
        party=PartyId("a"), register="r", kind="person", name="Ana Maria Silva", tied_to=frozenset({"x"})
    )
    stranger = Described(party=PartyId("b"), register="s", kind="person", name="SILVA, Ana Maria")
    found = compare(ana, stranger)
    assert found.score == 0.6 < LEAST
    assert "nothing but the name speaks for it" in found.why
    assert "no birth date to compare" in found.why
    assert compare(ana, replace(stranger, tied_to=frozenset({"x"}))).score == 0.9
    assert compare(ana, replace(stranger, name="Ana Silva")) is None
    assert compare(replace(ana, name="Cher"), replace(stranger, name="Cher")) is None
    assert compare(ana, replace(stranger, kind="company")) is None
