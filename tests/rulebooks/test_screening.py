import random
from datetime import date
from fractions import Fraction

import pytest

from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Concert
from crosstie.network.toys import from_shares
from crosstie.rulebooks.day import day_of
from crosstie.rulebooks.names import Listed, matches, written_alike
from crosstie.rulebooks.reading import built_in
from crosstie.rulebooks.rule import in_force, pick
from crosstie.rulebooks.screening import screen

RULES = built_in()
ON = date(2024, 9, 1)


def screened(rule, network, *names, on=ON):
    provision = in_force(pick(RULES, (rule,))[0], on)
    listed = frozenset(network.index(name) for name in names)
    return {each.company: each for each in screen(day_of(network, on), listed, provision)}


def blocked(rule, network, *names, on=ON):
    return {name for name, each in screened(rule, network, *names, on=on).items() if each.blocked}


# https://ofac.treasury.gov/faqs/401: examples 1, 2 and the beginning of 3 were read; 4 and 5 are recalled
FAQ_401 = [
    ([("x", "a", "50%"), ("a", "b", "50%")], {"a", "b"}),
    ([("x", "a", "50%"), ("x", "b", "50%"), ("a", "c", "25%"), ("b", "c", "25%")], {"a", "b", "c"}),
    ([("x", "a", "50%"), ("x", "b", "10%"), ("a", "b", "40%")], {"a", "b"}),
    ([("x", "a", "50%"), ("x", "b", "25%"), ("a", "c", "25%"), ("b", "c", "25%")], {"a"}),
    ([("x", "a", "25%"), ("x", "b", "25%"), ("a", "c", "50%"), ("b", "c", "50%")], set()),
]


@pytest.mark.parametrize(("edges", "expected"), FAQ_401)
def test_ofacs_own_examples(edges, expected):
    assert blocked("US-2", from_shares(*edges), "x") == expected


def test_several_blocked_persons_are_added_by_ofac_and_the_eu_but_not_by_the_uk():
    network = from_shares(("x", "a", "30%"), ("y", "a", "30%"))
    assert blocked("US-2", network, "x", "y") == {"a"}
    assert blocked("EU-5", network, "x", "y") == {"a"}
    assert blocked("UK-3", network, "x", "y") == set()


def test_the_uk_adds_them_under_a_joint_arrangement():
    edges = [Edge("x", "a", Interval.parse("30%")), Edge("y", "a", Interval.parse("30%"))]
    network = make_network(edges, concerts=[(("x", "y"), "a", Concert(()))])
    assert blocked("UK-3", network, "x", "y") == {"a"}


def test_exactly_half_blocks_at_ofac_and_since_2024_in_the_eu_but_not_in_the_uk():
    half = from_shares(("x", "a", "50%"))
    assert blocked("US-2", half, "x") == {"a"}
    assert blocked("EU-5", half, "x", on=date(2024, 7, 2)) == set()
    assert blocked("EU-5", half, "x", on=date(2024, 7, 3)) == {"a"}
    assert blocked("UK-3", half, "x") == set()


def test_control_without_ownership_counts_in_the_eu_and_the_uk_only():
    edges = [Edge("x", "a", Interval.parse("10%"), Interval.parse("60%"))]
    network = make_network(edges)
    assert blocked("US-2", network, "x") == set()
    for rule in ("EU-5", "UK-3"):
        assert blocked(rule, network, "x") == {"a"}


def test_a_loop_does_not_block_itself():
    network = from_shares(("a", "b", "60%"), ("b", "a", "60%"), ("x", "a", "10%"))
    assert blocked("US-2", network, "x") == set()


def test_unknown_holders_are_not_presumed_listed_and_the_worst_case_stands_apart():
    line = screened("US-2", from_shares(("x", "a", "30%")), "x")["a"]
    assert (line.blocked, line.decided) == (False, True)
    assert line.known_share.low == Fraction(3, 10)
    assert line.worst_case.low == 1


def test_a_range_across_half_cannot_be_decided():
    line = screened("US-2", from_shares(("x", "a", "25-75%"), ("a", "b", "100%")), "x")
    assert [line[name].blocked for name in ("a", "b")] == [None, None]
    assert not line["b"].decided
    assert str(line["b"].share) == "[0, 1]"


def test_through_whom():
    network = from_shares(("x", "a", "50%"), ("x", "c", "10%"), ("a", "c", "40%"), ("z", "c", "50%"))
    assert screened("US-2", network, "x")["c"].through == ("x", "a")


def test_a_random_network_agrees_with_a_brute_force_cascade():
    seed = 20261123
    chance = random.Random(seed)
    for _ in range(200):
        names = [f"n{i}" for i in range(7)]
        edges = []
        for company in names[1:]:
            left = 100
            for holder in chance.sample([n for n in names if n != company], 3):
                part = chance.choice([0, 10, 25, 30, 50])
                if 0 < part <= left:
                    edges.append((holder, company, f"{part}%"))
                    left -= part
        if not any(edge[0] == "n0" for edge in edges):
            continue
        network = from_shares(*edges)
        expected = {"n0"}
        while True:
            more = {
                company
                for company in names
                if company not in expected
                and sum(int(s[:-1]) for h, j, s in edges if j == company and h in expected) >= 50
            }
            if not more:
                break
            expected |= more
        assert blocked("US-2", network, "n0") == expected - {"n0"}, (seed, edges)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME Limited", "Acme Ltd."), ("Société Générale S.A.", "SOCIETE GENERALE SA"), ("Foo Corp", "FOO CORPORATION"),
        ("Public Joint Stock Company Rosen", "Rosen, PJSC"), ("Nissan Motor Co., Ltd.", "Nissan Motor Company Limited"),
    ],
)  # fmt: skip
def test_names_written_alike(one, other):
    assert sorted(written_alike(one).split()) == sorted(written_alike(other).split())


def test_a_similar_name_is_told_with_its_score_and_is_not_certain():
    found = matches([(["Ivan Petrov Holding"], [])], [Listed("Ivan Petrow Holding")])
    assert [(m.by, m.certain) for m in found] == [("similar name", False)]
    assert 88 <= found[0].score < 100


def test_an_identifier_matches_whatever_the_name():
    found = matches(
        [(["Alpha"], [("LEI", "5299000J2N45DDNE4Y28")])],
        [Listed("Beta", (), (("leiCode", "5299000j2n45ddne4y28"),))],
    )
    assert [(m.by, m.certain) for m in found] == [("leiCode 5299000j2n45ddne4y28", True)]


def test_another_form_of_company_is_another_company():
    assert not any(m.certain for m in matches([(["Acme GmbH"], [])], [Listed("Acme Ltd")]))
