"""BODS, PSC, GLEIF and FollowTheMoney: what is read, what is told, and that writing gives back what was read."""

import gzip
import json
import zipfile
from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosstie.formats import ftm, gleif, psc
from crosstie.formats.bods import reading, writing
from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Holding, Office, Remark, Retraction, Source
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at
from crosstie.text.problem import CrosstieError, Problem


def lines(tmp_path, *values, name="x.jsonl"):
    path = tmp_path / name
    path.write_text("\n".join(v if isinstance(v, str) else json.dumps(v) for v in values), encoding="utf-8")
    return path


def entity(number, kind="registeredEntity", **details):
    return {"statementId": f"e{number}", "recordId": f"company-{number}", "recordType": "entity",
            "recordStatus": "new", "statementDate": "2020-01-01",
            "recordDetails": {"entityType": {"type": kind}, "name": f"Company {number}", **details}}  # fmt: skip


def relationship(  # noqa: PLR0917 (a table's columns)
    identity, day, interests, status="new", record="rel", subject="company-1", party="company-2"
):
    return {"statementId": identity, "recordId": record, "recordType": "relationship", "recordStatus": status,
            "statementDate": day,
            "recordDetails": {"subject": subject, "interestedParty": party, "interests": interests}}  # fmt: skip


def shares(start="2019-05-01", end=None, kind="shareholding", **share):
    return {"type": kind, "directOrIndirect": "direct", "share": share, "startDate": start,
            **({"endDate": end} if end else {})}  # fmt: skip


def ledger_of(items):
    found = list(items)
    assert not [i for i in found if isinstance(i, Problem)]
    return Ledger(statements=tuple(i for i in found if not isinstance(i, Source)))


def held(ledger, on, known):
    columns = at(ledger, Clocks.of(on=on, known=known)).columns
    return {(s.holder, c.issuer): s.of_outstanding for c in columns.values() for s in c.stakes}


def test_later_versions_replace_earlier_ones_from_the_day_they_were_made(tmp_path):
    path = lines(
        tmp_path, entity(1), entity(2),
        relationship("v1", "2020-01-01", [shares(exact=30)]),
        relationship("v2", "2021-01-01", [shares(exact=30, end="2020-12-31"), shares("2021-01-01", exact=60)], "updated"),
        relationship("v3", "2022-06-30", [shares("2021-01-01", end="2022-06-29", exact=60)], "closed"),
    )  # fmt: skip
    ledger = ledger_of(reading.read(path))
    pair = ("company-2", "company-1")
    part = {key: held(ledger, *key).get(pair) for key in product(
        ("2019-06-01", "2021-06-01", "2022-07-01"), ("2020-06-01", "2021-06-01", "2022-07-01"))}  # fmt: skip
    thirty, sixty = Interval.exactly(Fraction(3, 10)), Interval.exactly(Fraction(3, 5))
    assert part["2019-06-01", "2020-06-01"] == thirty
    assert part["2021-06-01", "2020-06-01"] == thirty  # so it seemed then
    assert part["2021-06-01", "2021-06-01"] == sixty
    assert part["2022-07-01", "2021-06-01"] == sixty
    assert part["2022-07-01", "2022-07-01"] is None
    assert part["2021-06-01", "2022-07-01"] == sixty


def test_exclusive_ends_are_booleans_up_to_03_and_numbers_in_04():
    old = reading.share_interval({"minimum": 25, "exclusiveMinimum": True, "maximum": 50})
    new = reading.share_interval({"exclusiveMinimum": 25, "maximum": 50})
    assert old == new == Interval.parse("(25%, 50%]")
    assert reading.share_interval({"minimum": 25, "maximum": 50, "exclusiveMaximum": True}) == Interval.parse(
        "[25%, 50%)"
    )


def test_03_statements_are_joined_by_what_they_replace(tmp_path):
    first = {"statementID": "a1", "statementType": "entityStatement", "statementDate": "2018-01-01",
             "entityType": "registeredEntity", "name": "Old"}  # fmt: skip
    second = {
        **first,
        "statementID": "a2",
        "name": "New",
        "replacesStatements": ["a1"],
        "statementDate": "2019-01-01",
    }
    person = {"statementID": "p1", "statementType": "personStatement", "statementDate": "2018-01-01",
              "personType": "knownPerson", "names": [{"fullName": "A. Example"}]}  # fmt: skip
    control = {"statementID": "c1", "statementType": "ownershipOrControlStatement", "statementDate": "2019-02-01",
               "subject": {"describedByEntityStatement": "a2"},
               "interestedParty": {"describedByPersonStatement": "p1"},
               "interests": [{"type": "voting-rights", "interestLevel": "direct",
                              "share": {"minimum": 50, "exclusiveMinimum": True, "maximum": 75}}]}  # fmt: skip
    items = list(reading.read(lines(tmp_path, first, second, person, control)))
    parties = [i.party for i in items if isinstance(i, Entity)]
    (holding,) = [i for i in items if isinstance(i, Holding)]
    assert parties == ["a1", "a1", "p1"]
    assert (holding.issuer, holding.holder, str(holding.votes)) == ("a1", "p1", "(1/2, 3/4]")


def test_unspecified_and_anonymous_parties_are_unknown_never_persons(tmp_path):
    nobody = relationship("r", "2020-01-01", [])
    nobody["recordDetails"]["interestedParty"] = {"reason": "noBeneficialOwners", "description": "none found"}
    anonymous = {"statementId": "p", "recordId": "p", "recordType": "person", "statementDate": "2020-01-01",
                 "recordDetails": {"personType": "anonymousPerson"}}  # fmt: skip
    items = list(reading.read(lines(tmp_path, entity(1), anonymous, nobody)))
    assert [i.type for i in items if isinstance(i, Entity)] == ["company", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON at column 2"),
        ("[1]", "not an object but list"),
        ('{"a": NaN}', "NaN is no JSON number"),
        ("[" * 100_000, "nested too deeply"),
        ('{"recordType": "entity"}', "'statementId' is missing"),
        ('{"statementId": "x", "recordType": "ghost"}', "no BODS kind of statement: 'ghost'"),
        (json.dumps(relationship("x", "2020-01-01", [shares(exact=130)])), "not between 0 and 100"),
        (json.dumps(relationship("x", "2020-01-01", [shares(exact="30")])), "a share is not a number"),
        (json.dumps(relationship("x", "2020-13-01", [shares(exact=30)])), "no such"),
        (json.dumps(relationship("x", "2020-01-01", [shares(minimum=60, maximum=40)])), "no number lies in"),
        (json.dumps(entity(1)), "comes twice"),
    ],
)
def test_a_bad_line_is_told_with_its_place_and_skipped(tmp_path, line, told):
    path = lines(tmp_path, entity(1), line, entity(3))
    items = list(reading.read(path))
    (problem,) = [i for i in items if isinstance(i, Problem)]
    assert told in problem.message
    assert problem.where.line == 2
    assert {i.party for i in items if isinstance(i, Entity)} == {"company-1", "company-3"}


def test_bytes_that_are_no_utf8_are_told(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(json.dumps(entity(1)).encode() + b"\n\xff\xfe\n" + json.dumps(entity(2)).encode())
    items = list(reading.read(path))
    (problem,) = [i for i in items if isinstance(i, Problem)]
    assert "not UTF-8 at byte 1" in str(problem)
    assert str(problem).startswith(f"{path}:2: ")


def test_compressed_files_read_the_same_and_a_cut_one_is_told(tmp_path):
    text = "\n".join(json.dumps(entity(i)) for i in range(2000)).encode()
    plain, packed, zipped = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz", tmp_path / "a.zip"
    plain.write_bytes(text)
    packed.write_bytes(gzip.compress(text))
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl", text)
    counts = [sum(isinstance(i, Entity) for i in reading.read(p)) for p in (plain, packed, zipped)]
    assert counts == [2000, 2000, 2000]
    packed.write_bytes(gzip.compress(text)[:-2000])
    items = list(reading.read(packed))
    assert "breaks off here" in [i for i in items if isinstance(i, Problem)][-1].message
    assert 0 < sum(isinstance(i, Entity) for i in items) < 2000


def test_a_zip_bomb_is_refused_in_one_line(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("a.jsonl", b" " * 300_000_000)
    with pytest.raises(CrosstieError, match="would expand"):
        list(reading.read(path))


parts = st.sampled_from(["15%", "25-50%", "(25%, 50%]", "[75%, 100%]", "100%", "(50%, 75%)"]).map(
    Interval.parse
)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), parts, st.none() | parts), max_size=6))
def test_what_is_written_as_bods_and_read_again_answers_the_same(tmp_path_factory, holdings):
    tmp_path = tmp_path_factory.mktemp("bods")
    wanted = {(h, i): (share, votes) for h, i, share, votes in holdings if h != i}
    values = [entity(i) for i in range(1, 5)]
    for number, ((holder, issuer), (share, votes)) in enumerate(wanted.items()):
        interests = [shares(**writing.share_object(share))]
        if votes:
            interests.append(shares(kind="votingRights", **writing.share_object(votes)))
        values.append(relationship(f"s{number}", "2020-01-01", interests, record=f"r{number}",
                                   subject=f"company-{issuer}", party=f"company-{holder}"))  # fmt: skip
    once = ledger_of(reading.read(lines(tmp_path, *values)))
    again = list(writing.write(once, published_on=date(2024, 1, 1)))
    path = tmp_path / "again.json"
    path.write_text(json.dumps(again))
    twice = ledger_of(reading.read(path))
    day = ("2020-06-01", "2020-06-01")
    assert held(once, *day) == held(twice, *day)
    assert Counter(type(s) for s in once.statements) == Counter(type(s) for s in twice.statements)


def test_versions_survive_a_round_trip_on_both_clocks(tmp_path):
    path = lines(
        tmp_path, entity(1), entity(2),
        relationship("v1", "2020-01-01", [shares(exact=30)]),
        relationship("v2", "2021-01-01", [shares(exact=30, end="2020-12-31"), shares("2021-01-01", exact=60)], "updated"),
        relationship("v3", "2022-06-30", [], "closed"),
    )  # fmt: skip
    once = ledger_of(reading.read(path))
    written = list(writing.write(once, published_on=date(2024, 1, 1)))
    statuses = [s["recordStatus"] for s in written if s["recordType"] == "relationship"]
    assert statuses == ["new", "updated", "closed"]
    (tmp_path / "again.json").write_text(json.dumps(written))
    twice = ledger_of(reading.read(tmp_path / "again.json"))
    assert sum(isinstance(s, Retraction) for s in twice.statements) == 3
    days = ("2019-06-01", "2020-06-01", "2021-06-01", "2022-07-01")
    for on, known in product(days, days):
        assert held(once, on, known) == held(twice, on, known), (on, known)


@pytest.mark.parametrize(
    ("code", "right", "band", "through"),
    [
        ("ownership-of-shares-25-to-50-percent", "shares", "(25%, 50%]", False),
        ("ownership-of-shares-50-to-75-percent", "shares", "(50%, 75%)", False),
        ("voting-rights-75-to-100-percent", "votes", "[75%, 100%]", False),
        ("voting-rights-25-to-50-percent-as-trust", "votes", "(25%, 50%]", True),
        (
            "ownership-of-shares-more-than-25-percent-registered-overseas-entity",
            "shares",
            "(25%, 100%]",
            False,
        ),
        (
            "right-to-share-surplus-assets-50-to-75-percent-limited-liability-partnership",
            "surplus",
            "(50%, 75%)",
            False,
        ),
        ("significant-influence-or-control-as-firm", "other", None, True),
    ],
)
def test_natures_of_control_follow_the_statute_at_exactly_75_percent(code, right, band, through):
    found = psc.nature(code)
    assert (found.right, found.through) == (right, through)
    assert found.band == (Interval.parse(band) if band else None)


def psc_record(kind, number="01234567", **data):
    return {"company_number": number, "data": {"kind": kind, "etag": "e", "notified_on": "2016-04-06",
                                               "links": {"self": f"/company/{number}/psc/{kind}/abc"}, **data}}  # fmt: skip


def test_psc_records_of_every_kind(tmp_path):
    path = lines(
        tmp_path,
        psc_record("individual-person-with-significant-control", name="Mx Example",
                   natures_of_control=["ownership-of-shares-75-to-100-percent", "voting-rights-75-to-100-percent"]),
        psc_record("corporate-entity-person-with-significant-control", "7654321", name="Parent Ltd",
                   natures_of_control=["ownership-of-shares-25-to-50-percent-as-trust"], ceased_on="2020-02-03",
                   identification={"country_registered": "England", "registration_number": "1234567"}),
        psc_record("super-secure-person-with-significant-control"),
        psc_record("persons-with-significant-control-statement", statement="no-individual"),
        psc_record("totals#persons-of-significant-control-snapshot"),
        psc_record("something-new"),
    )  # fmt: skip
    items = list(psc.read(path))
    holdings = [i for i in items if isinstance(i, Holding)]
    assert [str(h.share) for h in holdings] == ["[3/4, 1]", "(1/4, 1/2]", "None"]
    assert holdings[1].holder == holdings[0].issuer == "GB-COH-01234567"  # one company under both spellings
    assert [h.direct for h in holdings] == ["unknown", "no", "unknown"]
    assert str(holdings[1].head.until.latest) == "2020-02-03"
    assert [i.type for i in items if isinstance(i, Entity)][-1] == "unknown"
    assert len([i for i in items if isinstance(i, Remark)]) == 1
    assert [i.message for i in items if isinstance(i, Problem)] == [
        "no PSC kind of record: 'something-new': skipped"
    ]


A, B = "5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55"


def test_gleif_consolidation_makes_no_share(tmp_path):
    header = ("Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,"
              "Relationship.RelationshipStatus,Relationship.Period.1.startDate,Relationship.Period.1.endDate,"
              "Relationship.Period.1.periodType,Registration.InitialRegistrationDate")  # fmt: skip
    row = f"{A},{B},IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE,2018-01-01T00:00:00Z,,RELATIONSHIP_PERIOD,2019-01-01T00:00:00Z"
    path = lines(tmp_path, header, row, "short,row", name="rr.csv")
    items = list(gleif.read(path))
    (holding,) = [i for i in items if isinstance(i, Holding)]
    assert (holding.holder, holding.issuer, holding.share, holding.direct) == (B, A, None, "no")
    ledger = Ledger(statements=tuple(i for i in items if isinstance(i, Holding)))
    assert held(ledger, "2020-01-01", "2020-01-01") == {}
    assert [i.where.line for i in items if isinstance(i, Problem)] == [3]


def test_gleif_reads_json_and_xml_alike(tmp_path):
    record = {"LEI": {"$": A}, "Entity": {"LegalName": {"$": "Alpha"}, "LegalJurisdiction": {"$": "FR"}}}
    xml = (f'<lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016"><lei:LEIRecords><lei:LEIRecord>'
           f"<lei:LEI>{A}</lei:LEI><lei:Entity><lei:LegalName>Alpha</lei:LegalName>"
           "<lei:LegalJurisdiction>FR</lei:LegalJurisdiction></lei:Entity></lei:LEIRecord></lei:LEIRecords></lei:LEIData>")  # fmt: skip
    found = [
        [(i.party, i.name, i.jurisdiction) for i in gleif.read(path) if isinstance(i, Entity)]
        for path in (lines(tmp_path, record, name="a.json"), lines(tmp_path, xml, name="a.xml"))
    ]
    assert found == [[(A, "Alpha", "FR")]] * 2


def test_an_xml_file_with_entities_of_its_own_is_refused(tmp_path):
    path = lines(tmp_path, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', name="x.xml")
    with pytest.raises(CrosstieError, match="document type"):
        list(gleif.read(path))


def test_ftm_both_ways(tmp_path):
    values = [
        {"id": "p", "schema": "Person", "properties": {"name": ["A. Example", "Alias"]}},
        {"id": "c", "schema": "Company", "properties": {"name": ["Alpha"], "leiCode": [A], "jurisdiction": ["fr"]}},
        {"id": "o", "schema": "Ownership",
         "properties": {"owner": ["p"], "asset": ["c"], "percentage": ["25-50 %"], "startDate": ["2019"]}},
        {"id": "d", "schema": "Directorship", "properties": {"director": ["p"], "organization": ["c"], "role": ["CEO"]}},
        {"id": "k", "schema": "Control", "properties": {"controller": ["p"], "controlled": ["c"]}},
        {"id": "u", "schema": "UnknownLink", "properties": {"subject": ["p"], "object": ["c"], "role": ["lender"]}},
        {"id": "x", "schema": "Vessel", "properties": {"name": ["Ship"]}},
        {"id": "w", "schema": "Ownership", "properties": {"owner": ["p"]}},
    ]  # fmt: skip
    items = list(ftm.read(lines(tmp_path, *values)))
    holdings = {i.head.id: i for i in items if isinstance(i, Holding)}
    assert str(holdings["o"].share) == "[1/4, 1/2]"
    assert [i.role for i in items if isinstance(i, Office)] == ["CEO"]
    assert (holdings["k"].words, holdings["u"].direct) == ("controls", "no")
    assert ["'asset' is missing" in i.message for i in items if isinstance(i, Problem)] == [True]
    again = list(
        ftm.read(lines(tmp_path, *ftm.write(i for i in items if not isinstance(i, Problem | Source))))
    )
    back = {i.head.id: i for i in again if isinstance(i, Holding)}
    assert back["o"].share == holdings["o"].share
    assert {i.party: (i.type, i.name, i.names) for i in again if isinstance(i, Entity)} == {
        "p": ("person", "A. Example", ("Alias",)), "c": ("company", "Alpha", ())}  # fmt: skip
