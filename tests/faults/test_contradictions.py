"""What statements say against each other is told when they are imported, with both places; nothing is guessed."""

import json
import random

import pytest

from crosstie.questions.check import check
from crosstie.questions.clocks import Clocks
from crosstie.questions.importing import into_register

pytest.importorskip("duckdb")
from crosstie.engines.register import store

pytestmark = pytest.mark.bulk


def entity(identity, kind="registeredEntity", record=None, **said):
    who = (
        {"entityType": {"type": kind}, "name": said.get("name", identity)}
        if kind == "registeredEntity"
        else {"personType": kind, "names": [{"fullName": said.get("name", identity)}]}
    )
    kind = "entity" if kind == "registeredEntity" else "person"
    return {"statementId": identity, "recordId": record or identity, "recordType": kind, "recordStatus": "new",
            "statementDate": "2020-01-01", "recordDetails": who}  # fmt: skip


def holding(identity, holder, issuer, share=100, *, start="2020-01-01", end=None):
    interest = {
        "type": "shareholding",
        "directOrIndirect": "direct",
        "share": {"exact": share},
        "startDate": start,
    }
    interest |= {"endDate": end} if end else {}
    return {"statementId": identity, "recordId": identity, "recordType": "relationship", "recordStatus": "new",
            "statementDate": "2020-01-01",
            "recordDetails": {"subject": issuer, "interestedParty": holder, "interests": [interest]}}  # fmt: skip


def write(path, *said):
    path.write_text("".join(f"{json.dumps(each)}\n" for each in said))
    return str(path)


def told(answer):
    return [str(problem) for kindred in answer.problems for problem in kindred.examples]


def test_the_same_id_with_other_words_is_told_with_both_places(tmp_path):
    one = write(tmp_path / "one.jsonl", entity("e1", name="Alpha"), holding("h1", "e2", "e1", 30))
    two = write(
        tmp_path / "two.jsonl", entity("e1", name="Alfa"), holding("h1", "e2", "e1", 40), entity("e3")
    )
    register = str(tmp_path / "r.duckdb")
    expected = [
        f"{two}:1: entity 'e1' is stored already, from {one}:1, with name 'Alpha', here 'Alfa': the stored one is kept",
        f"{two}:2: holding 'h1#1' is stored already, from {one}:2, with share '30%', here '40%': the stored one is kept",
    ]
    answer = into_register("bods", [one, two], register)  # in one import
    assert told(answer) == expected
    assert answer.total == 3
    assert {str(s.head.id): getattr(s, "name", "") for s in store.read(tmp_path / "r.duckdb").statements} == {
        "e1": "Alpha", "h1#1": "", "e3": "e3"}  # fmt: skip
    later = str(tmp_path / "later.duckdb")
    assert told(into_register("bods", [one], later)) == []
    assert told(into_register("bods", [two], later)) == expected  # in two
    assert told(into_register("bods", [one], later)) == []  # the same again is no news


def test_a_person_that_is_a_company_elsewhere_is_told(tmp_path):
    one = write(tmp_path / "one.jsonl", entity("p1", "knownPerson", "p"), entity("u1", "unknownPerson", "u"))
    two = write(tmp_path / "two.jsonl", entity("p2", record="p"), entity("u2", record="u"))
    register = str(tmp_path / "r.duckdb")
    into_register("bods", [one], register)
    assert told(into_register("bods", [two], register)) == [
        f"{two}:1: 'p' is a person in {one}:1 and a company here: the latest word counts"
    ]


def test_persons_that_are_companies_elsewhere_are_told_as_they_come(tmp_path):
    names = [f"p{nth}" for nth in random.Random(7).sample(range(500), 500)]
    persons = write(
        tmp_path / "one.jsonl", *(entity(f"{name}-1", "knownPerson", name) for name in sorted(names))
    )
    others = write(tmp_path / "two.jsonl", *(entity(f"{name}-2", record=name) for name in names))
    expected = [f"{others}:{nth}: '{name}' is a person" for nth, name in enumerate(names[:3], 1)]
    answer = into_register("bods", [persons, others], str(tmp_path / "r.duckdb"))
    assert [line.split(" in ")[0] for line in told(answer)] == expected


def test_a_holding_that_ends_before_it_begins_is_told(tmp_path):
    file = write(tmp_path / "a.jsonl", holding("h", "e2", "e1", 30, start="2021-05-01", end="2020-02-01"))
    assert told(into_register("bods", [file], str(tmp_path / "r.duckdb"))) == [
        f"{file}:1: holding 'h#1' ends on '2020-02-02', before it begins on '2021-05-01': it never counts"
    ]


def test_a_company_wholly_held_by_two_is_told_by_every_question(tmp_path):
    file = write(tmp_path / "a.jsonl", holding("h1", "e2", "e1"), holding("h2", "e3", "e1"))
    register = str(tmp_path / "r.duckdb")
    into_register("bods", [file], register)
    (problem,) = check(register, Clocks.of(on="2021-01-01")).problems
    assert problem.kind == "over-100"
    assert "add up to 200." in problem.message
    assert "(statements h1#1, h2#1)" in problem.message
