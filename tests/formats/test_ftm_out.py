"""FollowTheMoney out and in: what the format can say comes back, and stays so the second time."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosstie.formats import ftm
from crosstie.ledger.amounts import Interval, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Head, Holding, Identifier, Office, Retraction, Source
from crosstie.text.problem import NOWHERE, Problem

TODAY = date(2025, 1, 1)


def read(path):
    items = list(ftm.read(path))
    assert not [i for i in items if isinstance(i, Problem)]
    return [replace(i, head=replace(i.head, where=NOWHERE)) for i in items if not isinstance(i, Source)]


def lines(path, *values):
    path.write_text("\n".join(json.dumps(v) for v in values), encoding="utf-8")
    return path


def interval(schema, **properties):
    return {"id": f"{schema}-1", "schema": schema, "first_seen": "2020-05-06",
            "properties": {k: [v] for k, v in properties.items()}}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (interval("Ownership", owner="a", asset="b", percentage="25-50", startDate="2019", endDate="2020-03"),
         ("[1/4, 1/2]", "", "unknown", "2019", "2020-04-01")),
        (interval("Ownership", owner="a", asset="b", percentage="(25%, 50%]", ownershipType="direct"),
         ("(1/4, 1/2]", "", "yes", "", "")),
        (interval("Ownership", owner="a", asset="b", role="ultimate beneficial owner"),
         ("", "ultimate beneficial owner", "no", "", "")),
        (interval("Ownership", owner="a", asset="b"), ("", "owns", "unknown", "", "")),
        (interval("Control", controller="a", controlled="b", startDate="2019-01-02"),
         ("", "controls", "unknown", "2019-01-02", "")),
        (interval("UnknownLink", subject="a", object="b", role="is named beside", date="2018-07"),
         ("", "linked: is named beside", "no", "2018-07", "")),
        (interval("UnknownLink", subject="a", object="b"), ("", "linked", "no", "", "")),
    ],
)  # fmt: skip
def test_intervals_of_each_schema_go_both_ways(tmp_path, value, said):
    (holding,) = read(lines(tmp_path / "in.jsonl", value))
    part = str(holding.share) if holding.share else ""
    start = holding.head.true_on.text if holding.head.true_on else ""
    until = holding.head.until.text if holding.head.until else ""
    assert (part, holding.words, holding.direct, start, until) == said
    assert holding.head.known_on.text == "2020-05-06"
    ftm.write_file(Ledger(statements=(holding,)), tmp_path / "out.jsonl", TODAY)
    written = json.loads((tmp_path / "out.jsonl").read_text("utf-8"))
    assert written["schema"] == value["schema"]
    assert read(tmp_path / "out.jsonl") == [holding]


parts = st.sampled_from(
    ["15%", "25-50%", "(25%, 50%]", "[75%, 100%)", "100%", "1/3", ">50%", "<=15%", "1/3-1/2", "0"]
).map(Interval.parse)
dates = st.sampled_from(
    ["2019", "2020-02", "2021-03-04", "2021-Q2", "not before 2019-01-01", "by 2022-01-01"]
).map(When.parse)
heads = st.builds(
    Head, id=st.just("x"), true_on=st.none() | dates, known_on=st.none() | dates.filter(lambda w: w.latest and w.latest < TODAY),
    until=st.none() | st.dates(date(2025, 2, 1), date(2026, 1, 1)).map(When.on), note=st.sampled_from(["", "as filed"]),
    sources=st.sampled_from([(), ("ftm-register",), ("register", "press")]),
)  # fmt: skip
holdings = st.builds(
    Holding, head=heads, holder=st.sampled_from(["ana", "trust"]), issuer=st.sampled_from(["alpha", "beta"]),
    share=st.none() | parts, votes=st.none() | parts, shares=st.none() | st.just(Quantity.parse("1000")),
    words=st.sampled_from(["", "controls", "consolidates directly", "linked: knows", "owns", "owns through a trust"]),
    direct=st.sampled_from(["yes", "no", "unknown"]),
)  # fmt: skip
offices = st.builds(
    Office,
    head=heads,
    person=st.just("ana"),
    body=st.just("alpha"),
    role=st.sampled_from(["director", "chair"]),
)
KINDS = ("company", "person", "state", "trust", "fund", "group", "unknown")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(st.lists(holdings | offices, max_size=6), st.sampled_from(KINDS))
def test_any_ledger_is_the_same_the_second_time_and_its_shares_the_first(tmp_path_factory, said, kind):
    folder = tmp_path_factory.mktemp("ftm")
    party = Entity(head=Head(id="e"), party="trust", name="T", type=kind, jurisdiction="FR", names=("U",),
                   identifiers=(Identifier(scheme="LEI", value="5493001KJTIIGC8Y1R12"),))  # fmt: skip
    numbered = [replace(each, head=replace(each.head, id=f"s{n}")) for n, each in enumerate(said)]
    ftm.write_file(Ledger(statements=(party, *numbered)), folder / "one.jsonl", TODAY)
    once = read(folder / "one.jsonl")
    ftm.write_file(Ledger(statements=tuple(once)), folder / "two.jsonl", TODAY)
    assert read(folder / "two.jsonl") == once
    assert (once[0].type, once[0].names, once[0].identifiers) == (kind, party.names, party.identifiers)
    back = {each.head.id: each for each in once[1:]}
    for each in numbered:
        if isinstance(each, Holding) and each.share:
            assert back[each.head.id].share == each.share
            assert back[each.head.id].direct == each.direct or "ultimate" in each.words
        assert back[each.head.id].head.until == each.head.until


def test_consolidation_is_not_written_as_ownership_and_what_was_taken_back_not_at_all(tmp_path):
    kept = Holding(head=Head(id="k"), holder="a", issuer="b", words="consolidates directly", direct="no")
    gone = Holding(head=Head(id="g"), holder="a", issuer="b", share=Interval.parse("15%"))
    taken = Retraction(head=Head(id="r", known_on=When.parse("2020-01-01")), retracts="g")
    ftm.write_file(Ledger(statements=(kept, gone, taken)), tmp_path / "x.jsonl", TODAY)
    (line,) = (tmp_path / "x.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {"id": "k", "schema": "UnknownLink",
                                "properties": {"subject": ["a"], "object": ["b"], "role": ["consolidates directly"]}}  # fmt: skip


def test_a_legal_entity_may_be_a_person(tmp_path):
    values = [
        {"id": s, "schema": s, "properties": {"name": [s]}}
        for s in ("LegalEntity", "Organization", "PublicBody")
    ]
    assert [e.type for e in read(lines(tmp_path / "x.jsonl", *values))] == ["unknown", "company", "state"]
