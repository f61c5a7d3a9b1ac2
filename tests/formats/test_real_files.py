"""Whole real files, with the counts and the expectations that come with them; skipped where they are not at hand.

They are looked for in the folder that the environment variable ``CROSSTIE_DATA`` names, or in ``shared/data`` beside the
repository or above it. They name real people, and are no part of it.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from crosstie.formats import gleif, psc
from crosstie.formats.bods import reading, writing
from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Head, Holding, Remark, Retraction, SameAs, Source, StatementId
from crosstie.questions.clocks import Clocks
from crosstie.questions.control import control_in_ledger
from crosstie.questions.importing import into_register, text_of
from crosstie.questions.opening import at, load_ledger
from crosstie.questions.own import Asked, own
from crosstie.text.problem import Problem

ROOT = Path(__file__).parents[2]


def _folder():
    named = os.environ.get("CROSSTIE_DATA")
    places = [Path(named)] if named else [up / "shared" / "data" for up in ROOT.parents]
    return next((place for place in places if place.is_dir()), None)


DATA = _folder()
pytestmark = pytest.mark.skipif(DATA is None, reason="the real files are not at hand")
DATA = DATA or Path("nowhere")


def read(reader, path):
    items = list(reader(path))
    problems = [i for i in items if isinstance(i, Problem)]
    return [i for i in items if not isinstance(i, Problem | Source)], problems


def kinds(statements):
    return Counter(type(s).__name__ for s in statements)


def ledger_of(statements):
    """A ledger in which parties with one identifier are one, as a person would judge them."""
    entities = {s.party: s for s in statements if isinstance(s, Entity)}
    first, same = {}, []
    for party, entity in entities.items():
        for each in entity.identifiers:
            key = each.scheme, each.value
            if first.setdefault(key, party) != party:
                head = Head(id=StatementId(f"same {party}"))
                same.append(SameAs(head=head, party=party, other=first[key], judged_by="identifier"))
    return Ledger(statements=(*statements, *same))


# BODS


def test_all_demo_loads_whole_with_the_counts_that_its_folder_gives():
    """1,204 statements: 520 entities, 18 people, 666 relationships; 693 range shares, 185 ended."""
    statements, problems = read(reading.read, DATA / "bods-real" / "all_demo.jsonl")
    assert problems == []
    assert kinds(statements) == {"Entity": 538, "Holding": 666}
    assert Counter(s.type for s in statements if isinstance(s, Entity))["person"] == 18
    holdings = [s for s in statements if isinstance(s, Holding)]
    ranges = sum(part is not None and not part.is_exact for h in holdings for part in (h.share, h.votes))
    surplus = [
        h for h in holdings if h.words == "rightsToSurplusAssetsOnDissolution"
    ]  # its range is listed as lost
    assert (ranges, len(surplus)) == (692, 1)
    raw = [
        json.loads(line) for line in (DATA / "bods-real" / "all_demo.jsonl").read_text("utf-8").splitlines()
    ]
    ended = {r["statementId"]: sum("endDate" in i for i in r["recordDetails"]["interests"])
             for r in raw if r["recordType"] == "relationship"}  # fmt: skip
    assert sum(ended.values()) == 185
    assert {h.head.id.rpartition("#")[0] for h in holdings if h.head.until} >= {
        s for s, n in ended.items() if n
    }


def test_all_demo_goes_into_a_register_and_out_and_in_again(tmp_path):
    brought = into_register("bods", [str(DATA / "bods-real" / "all_demo.jsonl")], str(tmp_path / "r.duckdb"))
    assert (brought.total, brought.problems) == (1204, ())
    once = load_ledger(str(tmp_path / "r.duckdb"))
    writing.write_file(once, tmp_path / "again.json", date(2026, 1, 1))
    again, problems = read(reading.read, tmp_path / "again.json")
    assert problems == []
    for known in (date(2019, 1, 1), date(2024, 1, 1), date(2026, 7, 1)):
        assert held(once, known) == held(Ledger(statements=tuple(again)), known)


def held(ledger, day):
    columns = at(ledger, Clocks(on=day, known=day)).columns
    return {(s.holder, c.issuer): (s.of_outstanding, s.of_votes) for c in columns.values() for s in c.stakes}


EXAMPLES = sorted((DATA / "bods-0.4" / "examples").glob("*.json")) + sorted(
    (DATA / "bods-0.4-fixtures").rglob("*.json")
)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_published_example_loads_whole(path):
    raw = json.loads(path.read_text("utf-8"))
    raw = raw if isinstance(raw, list) else [raw]
    statements, problems = read(reading.read, path)
    assert problems == []
    said = Counter(r["recordType"] for r in raw)
    parties = [s for s in statements if isinstance(s, Entity) and not s.party.startswith("unspecified:")]
    assert len(parties) == said["entity"] + said["person"]
    about = {re.sub(r"#[\w-]+$", "", s.head.id) for s in statements if isinstance(s, Holding | Retraction)}
    relations = {r["statementId"] for r in raw if r["recordType"] == "relationship"}
    assert about <= relations
    assert {
        r["statementId"]
        for r in raw
        if r["recordType"] == "relationship" and r["recordDetails"].get("interests")
    } <= about


KNOWN = Clocks.of(known="2026-07-01")


def fixture_of(name, tmp_path):
    (path,) = (DATA / "bods-0.4-fixtures").rglob(f"{name}.json")
    statements, _ = read(reading.read, path)
    return statements, as_text(statements, tmp_path)


def as_text(statements, tmp_path):
    """The statements as a ledger of text, which any question takes."""
    unsourced = [replace(s, head=replace(s.head, sources=())) for s in statements]
    (tmp_path / "ledger.yaml").write_text(text_of(unsourced, {}), encoding="utf-8")
    return str(tmp_path / "ledger.yaml")


def test_direct_ownership_as_its_expectations_say(tmp_path):
    """Jane Smith is the only owner and controller, at one step, with exactly 75 %."""
    statements, ledger = fixture_of("01-direct-ownership", tmp_path)
    (holding,) = [s for s in statements if isinstance(s, Holding)]
    assert (str(holding.share), str(holding.votes), holding.words) == ("3/4", "3/4", "")
    jane = "rec-jane-smith-1975"
    rows = [(r["direct"], r["look_through"]) for r in own(ledger, KNOWN, Asked(owner=jane))[0]]
    assert rows == [(0.75, 0.75)]
    answer, _ = control_in_ledger(ledger, KNOWN, Fraction(1, 2), "least")
    assert [(r.controller, r.ultimate) for r in answer.rows] == [(jane, True)]


def test_circular_ownership_as_its_expectations_say(tmp_path):
    """It ends, nobody in it is a natural person or its own owner, and nothing adds up to more than all."""
    statements, ledger = fixture_of("10-circular-ownership", tmp_path)
    assert len([s for s in statements if isinstance(s, Holding)]) == 2  # neither side is dropped
    assert not [s for s in statements if isinstance(s, Entity) and s.type == "person"]
    rows, _ = own(ledger, KNOWN, Asked())
    assert rows
    assert all(r["owner"] != r["company"] and r["look_through"] <= 1 for r in rows)
    answer, problems = control_in_ledger(ledger, KNOWN, Fraction(1, 2), "least")
    assert not [r for r in answer.rows if r.ultimate]
    assert [p.kind for p in problems] == ["self-controlled-group"]  # the loop is told


def test_a_declared_unknown_owner_as_its_expectations_say(tmp_path):
    """The reason is kept word for word, no person is made up, and it is written inline again."""
    statements, _ = fixture_of("11-anonymous-person", tmp_path)
    unknown = [s for s in statements if isinstance(s, Entity) and s.type == "unknown"]
    assert [s.name for s in unknown] == ["Unspecified (subjectUnableToConfirmOrIdentifyBeneficialOwner)"]
    assert not [s for s in statements if isinstance(s, Entity) and s.type == "person"]
    writing.write_file(Ledger(statements=tuple(statements)), tmp_path / "w.json", date(2026, 1, 1))
    written = json.loads((tmp_path / "w.json").read_text("utf-8"))
    assert Counter(s["recordType"] for s in written) == {"entity": 1, "relationship": 1}
    (path,) = (DATA / "bods-0.4-fixtures").rglob("11-*.json")
    (said,) = [s for s in json.loads(path.read_text("utf-8")) if s["recordType"] == "relationship"]
    (again,) = [s for s in written if s["recordType"] == "relationship"]
    assert again["recordDetails"]["interestedParty"] == said["recordDetails"]["interestedParty"]


@pytest.mark.parametrize("number", ["00036624", "02536231"])
def test_the_history_of_a_company_says_who_held_it_when(number):
    """Each lane of the published timeline: its owner holds from its first day to its last, and no longer."""
    story = json.loads((DATA / "bods-real" / f"{number}.json").read_text("utf-8"))
    statements, _ = read(reading.read, DATA / "bods-real" / f"{number}.bods.json")
    ledger = ledger_of(statements)
    names = {s.party: s.name.casefold() for s in statements if isinstance(s, Entity)}
    known = date(2026, 7, 1)
    bands = {"75%+": ("(75%, 100%]", "[75%, 100%]"), "50–75%": ("(50%, 75%]", "(50%, 75%)", "[50%, 75%]"),
             "25–50%": ("(25%, 50%]", "[25%, 50%]")}  # fmt: skip
    checked = 0
    for entity in story["entities"]:
        for lane in entity["lanes"]:
            shares = [n.removeprefix("Shares: ") for n in lane["natures"] if n.startswith("Shares: ")]
            start, end = date.fromisoformat(lane["start"]), lane["end"] and date.fromisoformat(lane["end"])
            if not shares or (end and end - start < timedelta(days=1)):
                continue
            # the last day of a lane: the first one of Blueco 22 Limited is another here than in the statements
            days = {end - timedelta(days=1) if end else start + timedelta(days=40): True}
            if end:
                days[end + timedelta(days=1)] = False
            for day, holds in days.items():
                state = at(ledger, Clocks(on=day, known=known))
                found = {
                    names.get(s.holder, ""): s.of_outstanding
                    for c in state.columns.values()
                    if names.get(c.issuer) == entity["name"].casefold()
                    for s in c.stakes
                }
                part = found.get(lane["owner_name"].casefold())
                wanted = [Interval.parse(b) for b in bands[shares[0]]]
                again = _holds_again(entity["lanes"], lane, day)
                assert (part in wanted) if holds else (part not in wanted or again), (
                    entity["name"],
                    lane["owner_name"],
                    day,
                )
                checked += 1
    assert checked == {"00036624": 4, "02536231": 21}[number]


def _holds_again(lanes, lane, day):
    """Whether another lane of the same owner runs on that day."""
    return any(
        other is not lane
        and other["owner_name"] == lane["owner_name"]
        and other["start"] <= day.isoformat() < (other["end"] or "9999")
        for other in lanes
    )


@pytest.mark.parametrize("number", ["00036624", "02536231"])
def test_the_history_of_a_company_ends_with_the_published_ultimate_owners(number, tmp_path):
    """Whom look-through ownership ends with, and who has influence on the way, are those that the publication names."""
    story = json.loads((DATA / "bods-real" / f"{number}.json").read_text("utf-8"))
    statements, _ = read(reading.read, DATA / "bods-real" / f"{number}.bods.json")
    ledger = ledger_of(statements)
    names = {s.party: s.name for s in statements if isinstance(s, Entity)}
    persons = {s.party for s in statements if isinstance(s, Entity) and s.type == "person"}
    state = at(ledger, KNOWN).state
    root = next(s.party for s in statements if isinstance(s, Entity) and s.name == story["company"]["name"])
    rows, _ = own(as_text(ledger.statements, tmp_path), KNOWN, Asked(company=root))
    above = {root} | {r["owner"] for r in rows}
    influence = {h.holder for h in state.holdings if h.issuer in above and "Influence" in h.words}
    ends = {names[p] for p in persons & (influence | {r["owner"] for r in rows if r["terminal"]})}
    assert ends == {each["name"] for each in story["ultimate_today"]}


# GLEIF


def test_the_golden_copy_rows_load_whole():
    relationships, problems = read(gleif.read, DATA / "gleif" / "test-gleif-relationships.csv")
    assert (kinds(relationships), problems) == ({"Holding": 400}, [])
    assert {h.direct for h in relationships} == {"no"}  # consolidation is not ownership
    assert {h.share for h in relationships} == {None}
    entities, problems = read(gleif.read, DATA / "gleif" / "test-gleif-entities.csv")
    assert (kinds(entities), problems) == ({"Entity": 400}, [])
    assert all(e.name and e.identifiers[0].value == e.party for e in entities)


# PSC


def test_one_record_of_each_kind_loads():
    said = {
        path.stem.removeprefix("psc_"): read(psc.read, path)
        for path in (DATA / "uk-psc" / "records").iterdir()
    }
    one = {"Entity": 2, "Holding": 1}
    assert {name: dict(kinds(statements)) for name, (statements, _) in said.items()} == {
        "ceased_on": one, "corporate": one, "individual": one, "legal": one, "no_country": one, "no_match": one,
        "not_found": one, "super_secure": one, "exemptions": {"Entity": 1, "Remark": 1}, "statement": {"Entity": 1, "Remark": 1},
        "statement_ceased_on": {"Entity": 1, "Remark": 1}, "totals": {}, "unknown_kind": {},
    }  # fmt: skip
    told = {p.message for _, problems in said.values() for p in problems}
    assert told == {"no nature of control is stated", "no PSC kind of record: 'unknown-kind': skipped"}
    (remark,) = [s for s in said["exemptions"][0] if isinstance(s, Remark)]
    assert (remark.text, remark.head.true_on.text) == (
        "psc-exempt-as-shares-admitted-on-market",
        "2016-10-29",
    )


def test_every_nature_of_control_means_what_its_published_short_text_says():
    text = (DATA / "uk-psc" / "psc_descriptions.yml").read_text("utf-8")
    section = text.partition("short_description:")[2].partition("\nstatement_description:")[0]
    codes = dict(re.findall(r"'([a-z0-9-]+)'\s*:\s*\"(.*)\"", section))
    assert len(codes) == 86
    for code, words in codes.items():
        found = psc.nature(code)
        bands = [b for phrase, b in PHRASES if phrase.casefold() in words.casefold()]
        assert found.band == (Interval.parse(bands[0]) if bands else None), code
        # the texts of overseas entities' nominees speak of firms and trusts only where one stands between
        assert found.through == bool(re.search(r"\b(firm|trust)\b", words)), (code, words)
        right = next((r for word, r in RIGHTS if bands and word in words.casefold()), "other")
        assert found.right == right, code


PHRASES = (
    ("More than 25% but not more than 50%", "(25%, 50%]"),
    ("More than 50% but less than 75%", "(50%, 75%)"),
    ("75% or more", "[75%, 100%]"),
    ("more than 25%", "(25%, 100%]"),
)
RIGHTS = (("voting rights", "votes"), ("surplus assets", "surplus"), ("shares", "shares"))


# French media


def test_dated_states_of_a_table_become_what_was_known_when(tmp_path):
    """Seventy-six states of a table from 2018 to 2024 through the documented recipe."""
    states = sorted((DATA / "medias-francais" / "history").glob("*_relations_*.tsv"))
    assert len(states) == 76
    recipe = ROOT / "docs" / "examples" / "tables_to_bods.py"
    lines = subprocess.run(
        [sys.executable, str(recipe), *map(str, states)], check=True, capture_output=True
    ).stdout
    (tmp_path / "links.jsonl").write_bytes(lines)
    statements, problems = read(reading.read, tmp_path / "links.jsonl")
    assert problems == []
    ledger = Ledger(statements=tuple(statements))
    for state in (states[0], states[40], states[-1]):
        day = date.fromisoformat(state.name[:10])
        last = max(s for s in states if s.name[:10] == state.name[:10])
        rows = [line.split("\t") for line in last.read_text("utf-8-sig").splitlines()]
        rows = [[*row, *[""] * (len(rows[0]) - len(row))] for row in rows]
        at_ = {name: rows[0].index(name) for name in ("origine", "valeur", "cible")}
        exact = {}
        for row in rows[1:]:
            value = row[at_["valeur"]].rstrip("%")
            if re.fullmatch(r"\d+(\.\d+)?", value) and row[at_["origine"]] and row[at_["cible"]]:
                pair = row[at_["origine"]].strip(), row[at_["cible"]].strip()
                exact.setdefault(pair, set()).add(Interval.parse(f"{value}%"))
        found = held(ledger, day)
        own = {company for holder, company in exact if holder == company}  # there parts are of issued shares
        clear = {p: parts for p, parts in exact.items() if len(parts) == 1 and p[1] not in own}
        nothing = (Interval.exactly(0), None)  # a holding of 0 % is none
        wrong = {p for p, parts in clear.items() if found.get(p, nothing)[0] not in parts}
        assert len(exact) > 150
        assert wrong == set()
