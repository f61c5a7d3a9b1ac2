"""The BODS that we write passes the checks of the standard's own library, and says what was read."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosstie.formats.bods import reading, writing
from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Head, Holding, Identifier, Retraction, Source
from crosstie.questions.clocks import Clocks
from crosstie.questions.export import export
from crosstie.text.problem import CrosstieError, Problem

data_reader = pytest.importorskip("libcovebods.data_reader")
run_tasks = pytest.importorskip("libcovebods.run_tasks")
jsonschemavalidate = pytest.importorskip("libcovebods.jsonschemavalidate")
from libcovebods.config import LibCoveBODSConfig  # noqa: E402 (after what says whether it is there)
from libcovebods.schema import SchemaBODS  # noqa: E402
from libcovebods.tasks.checks import legacy_checks, record_based_checks  # noqa: E402

ALLIANCE = str(Path(__file__).parents[2] / "cases" / "alliance")
TODAY = date(2024, 1, 1)
SCHEMES = ["GB-COH", "XI-LEI", "FR-RCS"]


@pytest.fixture(autouse=True)
def _no_download(monkeypatch):
    """The list of organisations' registers is not fetched; nothing else of the library is touched."""
    for module in (record_based_checks, legacy_checks):
        monkeypatch.setattr(module, "get_orgids_prefixes", lambda: SCHEMES)


def told_by_the_standard(path):
    reader = data_reader.DataReader(str(path))
    schema = SchemaBODS(reader)
    assert schema.schema_version == "0.4"
    errors = [error.json() for error in jsonschemavalidate.JSONSchemaValidator(schema).validate(reader)]
    checks = run_tasks.process_additional_checks(reader, LibCoveBODSConfig(), schema)["additional_checks"]
    return errors, Counter(check["type"] for check in checks)


NOTHING = ([], Counter())


@pytest.mark.filterwarnings("ignore")  # of the library
@pytest.mark.parametrize("day", [None, "2018-06-30", "2023-06-28", "2024-10-03"])
def test_the_alliance_passes(tmp_path, day):
    export(ALLIANCE, "bods", str(tmp_path / "a.json"), Clocks.of(day, "2025-01-01") if day else None)
    assert told_by_the_standard(tmp_path / "a.json") == NOTHING


@pytest.mark.filterwarnings("ignore")
def test_the_checks_can_fail(tmp_path):
    export(ALLIANCE, "bods", str(tmp_path / "a.json"), None)
    written = json.loads((tmp_path / "a.json").read_text("utf-8"))
    written[0]["recordDetails"]["entityType"]["type"] = "carMaker"
    written[-1]["recordDetails"]["subject"] = "nobody"
    (tmp_path / "a.json").write_text(json.dumps(written))
    errors, checks = told_by_the_standard(tmp_path / "a.json")
    assert errors
    assert checks


parts = st.sampled_from(
    ["15%", "25-50%", "(25%, 50%]", "[75%, 100%]", "100%", "1/3", ">50%", "<=15%", "0"]
).map(Interval.parse)
kinds = st.sampled_from(["company", "person", "state", "trust", "fund", "group", "unknown"])
words = st.sampled_from(
    ["", "boardMember", "controls", "settlor, trustee", "nominee", "appointmentOfBoard, best friends"]
)
days = st.dates(date(2000, 1, 1), date(2023, 12, 31))
notes = st.sampled_from(["", "", "recalled from a register", "é; =1+1"])
names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(str.strip)


@st.composite
def ledgers(draw):
    parties = [f"p{n}" for n in range(draw(st.integers(2, 5)))]
    entities = [
        Entity(
            head=Head(id=f"e{p}", known_on=When.on(draw(days)), note=draw(notes)), party=p, name=draw(names), type=draw(kinds),
            jurisdiction=draw(st.sampled_from(["", "FR", "US-DE"])), names=tuple(draw(st.lists(names, max_size=2))),
            identifiers=tuple(draw(st.lists(st.sampled_from([Identifier(scheme="LEI", value="5493001KJTIIGC8Y1R12"),
                                                             Identifier(scheme="GB-COH", value="01234567"),
                                                             Identifier(scheme="tax number", value="7")]), max_size=2, unique=True))),
        )
        for p in parties
    ]  # fmt: skip
    companies = [e.party for e in entities if e.type != "person"]
    holdings = []
    for n in range(draw(st.integers(0, 6)) if companies else 0):
        issuer = draw(st.sampled_from(companies))
        known, start = draw(days), draw(days)
        holdings.append(Holding(
            head=Head(id=f"h{n}", known_on=When.on(known), true_on=When.on(start), note=draw(notes),
                      until=When.on(draw(st.dates(start + timedelta(days=1), date(2024, 1, 2)))) if draw(st.booleans()) else None),
            holder=draw(st.sampled_from([p for p in parties if p != issuer])), issuer=issuer,
            share=draw(st.none() | parts), votes=draw(st.none() | parts), words=draw(words),
            direct=draw(st.sampled_from(["yes", "no", "unknown"]))))  # fmt: skip
    gone = [
        Retraction(head=Head(id=f"r{h.head.id}", known_on=When.on(draw(st.dates(h.head.known_on.latest, date(2023, 12, 31))))),
                   retracts=h.head.id)
        for h in holdings if draw(st.booleans())
    ]  # fmt: skip
    return Ledger(statements=(*entities, *holdings, *gone))


BESIDES = {
    # what these made-up ledgers say, not how it is written: settlors of companies, dates before others
    "person_identifiers_invalid_composition",  # the standard wants a passport's, tax or identity card's number
    "relationship_interests_subject_should_be_entity_trust",
    "relationship_interests_subject_should_be_entity_nomination_arrangement",
}


@pytest.mark.filterwarnings("ignore")
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(ledgers())
def test_any_ledger_passes(tmp_path_factory, ledger):
    path = tmp_path_factory.mktemp("bods") / "x.json"
    assert writing.write_file(ledger, path, TODAY) == ()
    errors, checks = told_by_the_standard(path)
    assert errors == []
    assert set(checks) <= BESIDES


def relation(identity, party, **more):
    return {"statementId": identity, "recordId": "r", "recordType": "relationship", "recordStatus": "new",
            "statementDate": "2020-01-01",
            "recordDetails": {"subject": "c", "interestedParty": party, "isComponent": False, "interests": []}, **more}  # fmt: skip


COMPANY = {"statementId": "s", "recordId": "c", "recordType": "entity", "recordStatus": "new", "statementDate": "2020-01-01",
           "recordDetails": {"entityType": {"type": "registeredEntity"}, "name": "C", "isComponent": False}}  # fmt: skip


def test_why_nobody_is_named_is_written_where_it_was_read(tmp_path):
    nobody = {"reason": "noBeneficialOwners", "description": "none found"}
    path = tmp_path / "x.json"
    path.write_text(json.dumps([COMPANY, relation("t", nobody)]))
    items = list(reading.read(path))
    assert not [i for i in items if isinstance(i, Problem)]
    ledger = Ledger(statements=tuple(i for i in items if not isinstance(i, Source)))
    written = list(writing.write(ledger, published_on=TODAY))
    assert [s["recordType"] for s in written] == ["entity", "relationship"]
    assert written[1]["recordDetails"]["interestedParty"] == nobody


CORRECTED = {"statementPointerTarget": "/recordDetails/interests", "motivation": "correcting", "creationDate": "2020-02-01",
             "createdBy": {"name": "The register"}, "description": "was 15 %"}  # fmt: skip


def test_what_is_annotated_is_the_note_and_a_note_is_an_annotation(tmp_path):
    path = tmp_path / "x.json"
    said = relation("t", "c2", annotations=[CORRECTED, {**reading.COMMENT, "description": "seen"}])
    path.write_text(
        json.dumps([{**COMPANY, "annotations": [{**reading.COMMENT, "description": "alive"}]}, said])
    )
    items = list(reading.read(path))
    notes = [i.head.note for i in items]
    assert notes == [
        "alive",
        "correcting /recordDetails/interests (The register, 2020-02-01): was 15 %; seen",
    ]
    path.write_text(json.dumps(list(writing.write(Ledger(statements=tuple(items)), published_on=TODAY))))
    assert not any(told_by_the_standard(path))
    assert [i.head.note for i in reading.read(path)][:2] == [
        "alive",
        "",
    ]  # the holder, of whom nothing was said
    assert [i.head.note for i in reading.read(path) if isinstance(i, Holding)] == notes[1:]


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    export(ALLIANCE, "bods", str(tmp_path / "a.json"), None)
    before = (tmp_path / "a.json").read_bytes()
    broken = writing._relationship

    def fail(*given):
        if given[2] == 0:
            raise OSError(28, "No space left on device")
        return broken(*given)

    monkeypatch.setattr(writing, "_relationship", fail)
    with pytest.raises(CrosstieError, match=r"a\.json: the disk is full; nothing was written"):
        export(ALLIANCE, "bods", str(tmp_path / "a.json"), None)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_bytes() == before
