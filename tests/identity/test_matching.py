"""Joined by identifier, proposed by name, and what contradicts itself, with both places."""

from itertools import combinations

from crosstie.identity.judged import judged
from crosstie.identity.matching import Pairs, match
from crosstie.identity.party import described
from crosstie.ledger.statements import Entity, Head, Identifier, PartyId, SameAs, StatementId
from crosstie.text.problem import Place

LEI, LEI_2 = "969500F7JLTX36OUI695", "5493009Y0WGGYKD2X888"


def party(id_, name, *identifiers, country="GB", register="r", line=1, kind="company"):
    head = Head(id=StatementId(f"{register}{id_}"), where=Place(f"{register}.yaml", line))
    said = tuple(Identifier(scheme=scheme, value=value) for scheme, value in identifiers)
    entity = Entity(
        head=head, party=PartyId(id_), name=name, type=kind, jurisdiction=country, identifiers=said
    )
    return described([entity], register)[0]


def matched(*parties, said=(), least=0.8):
    every = list(combinations(range(len(parties)), 2))
    sharing = [(i, j) for i, j in every if parties[i].known & parties[j].known]
    return match(parties, Pairs(sharing, every), judged(said), least=least)


def ids(matches):
    return [(each.one.party, each.other.party) for each in matches]


def same(one, other, *, is_same=True):
    return SameAs(head=Head(id=StatementId(f"{one}-{other}")), party=one, other=other, same=is_same)


def test_an_identifier_joins_across_registers_whatever_the_names():
    found = matched(
        party("a", "Biffa Limited", ("GB-COH", "10336040")),
        party("b", "Renamed plc", ("Companies House", "10336040"), register="s"),
    )
    assert ids(found.joined) == [("a", "b")]
    assert found.joined[0].certain
    assert (
        found.joined[0].why
        == 'GB-COH 10336040 on both sides; the names differ, "Biffa Limited" and "Renamed plc"'
    )
    assert not found.proposed
    assert not found.problems


def test_one_identifier_on_two_differing_parties_of_one_register_is_told_with_both_places():
    found = matched(
        party("a", "Alpha Ltd", ("LEI", LEI), line=3),
        party("b", "Beta Ltd", ("LEI", LEI), line=9),
    )
    assert not found.joined
    assert ids(found.proposed) == [("a", "b")]
    assert len(found.problems) == 1
    assert str(found.problems[0]) == (
        f"r.yaml:3: LEI {LEI} is on a and on b (r.yaml:9), but one register calls them "
        '"Alpha Ltd" and "Beta Ltd": not joined'
    )


def test_one_identifier_in_two_countries_is_not_joined():
    found = matched(
        party("a", "Alpha", ("LEI", LEI)), party("b", "Alpha", ("LEI", LEI), register="s", country="FR")
    )
    assert not found.joined
    assert "one is of GB, the other of FR" in str(found.problems[0])


def test_a_party_with_two_leis_is_told_and_joins_nobody_by_them():
    found = matched(
        party("a", "Alpha", ("LEI", LEI), ("XI-LEI", LEI_2), line=4),
        party("b", "Alpha", ("LEI", LEI), register="s"),
        party("c", "Alpha", ("LEI", LEI_2), register="t"),
    )
    assert not found.joined
    assert str(found.problems[0]) == (
        f"r.yaml:4: a has two identifiers of which a party has one: LEI {LEI_2} and LEI {LEI}"
    )
    assert ids(found.proposed) == [("a", "b"), ("a", "c")]


def test_a_chain_of_identifiers_that_ends_in_a_contradiction_joins_nobody():
    found = matched(
        party("a", "Alpha", ("LEI", LEI), ("GB-COH", "00000001")),
        party("b", "Alpha", ("GB-COH", "1"), ("ISIN", "US0378331005"), register="s"),
        party("c", "Alpha", ("ISIN", "US0378331005"), ("LEI", LEI_2), register="t", line=7),
    )
    assert not found.joined
    assert ids(found.proposed) == [("a", "b"), ("b", "c")]
    assert f"identifiers make a and c (t.yaml:7) one through others, but one has LEI {LEI}" in str(
        found.problems[0]
    )


def test_one_name_and_conflicting_identifiers_are_never_proposed():
    one, other = party("a", "Alpha Ltd", ("LEI", LEI)), party("b", "Alpha Ltd", ("LEI", LEI_2), register="s")
    assert matched(one, other, least=0.1).proposed == ()


def test_the_identifiers_of_a_group_count_for_each_of_it():
    parties = (
        party("a", "Alpha Ltd", ("GB-COH", "1")),
        party("b", "Alpha Ltd", ("GB-COH", "1"), ("LEI", LEI), register="s"),
        party("c", "Alpha Ltd", ("LEI", LEI_2), register="t"),
    )
    assert ids(matched(*parties).joined) == [("a", "b")]
    assert matched(*parties).proposed == ()
    assert matched(*parties, said=[same("a", "b")]).proposed == ()


def test_what_a_person_has_judged_is_not_proposed_again():
    parties = (
        party("a", "Alpha Ltd"),
        party("b", "ALPHA LIMITED", register="s"),
        party("c", "Alpha", register="t"),
    )
    assert ids(matched(*parties).proposed) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert ids(matched(*parties, said=[same("a", "b")]).proposed) == [("a", "c"), ("b", "c")]
    assert ids(matched(*parties, said=[same("a", "b"), same("a", "c", is_same=False)]).proposed) == []


def test_an_identifier_does_not_join_what_a_person_has_judged_apart():
    one, other = party("a", "Alpha", ("LEI", LEI)), party("b", "Alpha", ("LEI", LEI), register="s")
    found = matched(one, other, said=[same("b", "a", is_same=False)])
    assert (found.joined, found.proposed) == ((), ())


def test_a_wrong_identifier_is_told():
    found = matched(party("a", "Alpha", ("LEI", "969500F7JLTX36OUI696"), line=5))
    assert str(found.problems[0]) == (
        "r.yaml:5: a: '969500F7JLTX36OUI696' is no LEI: its form or its check digits are wrong; it joins nobody"
    )


def test_several_statements_about_one_party_add_up():
    head = Head(id=StatementId("1"), where=Place("r.yaml", 1))
    later = Head(id=StatementId("2"), where=Place("r.yaml", 9))
    found = described(
        [
            Entity(head=head, party=PartyId("a"), name="Old Name"),
            Entity(head=later, party=PartyId("a"), name="New Name", jurisdiction="GB"),
        ],
        "r",
    )
    assert len(found) == 1
    assert (found[0].name, found[0].names, found[0].country) == ("Old Name", ("New Name",), "GB")
    assert found[0].where == Place("r.yaml", 1)
