"""BODS read in columns fills a register as BODS read record by record does: row for row, problem for problem."""

import copy
import gzip
import json
import random
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("msgspec")
from filled import both_ways

from crosstie.formats import streams
from crosstie.formats.bods import columns, handing, looking, plain, whole
from crosstie.ledger.batch import Batch

pytestmark = pytest.mark.bulk
SHARED = next(
    (p for each in Path(__file__).parents if (p := each / "shared" / "data").is_dir()), Path("shared/data")
)
FILES = 25
"""So many random files of so many lines each in every run."""
LINES = 100

DATES = (
    "2020-01-01", "2019-05", "2018", "2020-06-30T12:00:00Z", "2020-06-30T", "", None, "unknown", "2020-02-30",
    "2021-13-01", "by 2020-01-01", "2020-01-01..2020-03-01", "20-1-1", "2020-Q2", "9999-12-31", " 2020-01-01 ",
    "0000-01-01", 2020, "FY2020", "T", "2020-01-01 10:00",
)  # fmt: skip
NUMBERS = (
    0, 100, 25, 25.0, 50.0, 33.33, 33.333333333333336, 0.1, 1e1, 1e-7, 1e22, 100.0000001, -1, -0.0, 12.345678901234567,
    66.66666666666667, 5e-324, 10**30, True, False, None, "30", [], {}, 1e400,
)  # fmt: skip
WEIRD = (
    None, True, False, 0, 1, 5, -3, 2.5, "", "x", "null", [], {}, [1], [None], ["a", "b"], {"a": 1}, [{}], [[]],
    {"type": "x"}, "\x00", "a\nb", "\u2028", " x ", "\xa0x", "y" * 160, "z" * 300, "\ud800", "x\udc00y", "é", "日本", "🦆", "=1+1", "x" * 3_000, 10**400, "entity",
    {"reason": "unknown"}, {"describedByEntityStatement": "s3"}, {"code": "FR"}, [{"id": "1"}, 5], [{"fullName": 3}],
)  # fmt: skip


@pytest.fixture(params=["in blocks", "as a whole"], autouse=True)
def way(request, monkeypatch):
    """Small files are read in blocks; here they are read as large ones are, too."""
    if request.param == "as a whole":
        monkeypatch.setattr(whole, "_SMALLEST", 0)
        monkeypatch.setattr(whole, "_ROWS", 7)
    return request.param


def some(rng, *choices):
    return copy.deepcopy(rng.choice(choices))


def day(rng):
    return f"20{rng.randrange(24):02d}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"


def often(rng, good, *others):
    """Mostly the good one; in some files nearly always."""
    return good if rng.random() < rng.calm else some(rng, *others)


def seeded(seed, calm=0.85):
    rng = random.Random(f"columns {seed}")
    rng.calm = calm
    return rng


def share(rng, version):
    shape = rng.random()
    low, high = sorted((often(rng, 25, 50.0, 0, 75), often(rng, 75.0, 50.0, 100)))
    if shape < 0.4:
        return {"exact": often(rng, rng.choice((100, 50.0, round(rng.uniform(0, 100), 3))), *NUMBERS)}
    if shape < 0.8:
        ends = {"minimum": low, "maximum": high}
        if version == "0.4":
            return ends if rng.random() < 0.5 else {"exclusiveMinimum": low, "exclusiveMaximum": high}
        return {
            **ends,
            "exclusiveMinimum": some(rng, True, False),
            "exclusiveMaximum": some(rng, True, False),
        }
    keys = ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    return {key: some(rng, *NUMBERS) for key in rng.sample(keys, rng.randrange(4))}


def interest(rng, version):
    dashed = ("shareholding", "voting-rights", "appointment-of-board", "other-influence-or-control")
    kinds = ("shareholding", "votingRights", "appointmentOfBoard", "unknownInterest")
    found = {
        "type": often(rng, rng.choice(kinds if version == "0.4" else dashed), "", None, "x-y-z", 5),
        some(rng, "directOrIndirect", "interestLevel"): often(rng, rng.choice(("direct", "indirect")), "unknown", "", None, 3),
        "startDate": often(rng, rng.choice(("2015-01-01", "2016-02-03")), *DATES),
        "details": "é" if rng.random() < 0.3 else "plain",
    }  # fmt: skip
    if rng.random() < 0.75:
        found["share"] = often(rng, share(rng, version), None, [], "30%", 30)
    if rng.random() < 0.2:
        found["endDate"] = often(rng, day(rng), *DATES)
    return found


def entity(rng, version):
    kind = often(
        rng, rng.choice(("registeredEntity", "arrangement", "state", "unknownEntity")), "", None, "ghost"
    )
    details = {
        "entityType": {"type": kind} if version == "0.4" else kind,
        "name": often(rng, f"Company {rng.randrange(99)} é", "", None, 'a "b" \\ c', 7),
        some(rng, "incorporatedInJurisdiction", "jurisdiction"): often(rng, {"code": "GB", "name": "x"}, {}, None, {"code": ""}),
        "foundingDate": often(rng, day(rng), *DATES),
        "identifiers": [
            {"id": often(rng, f"{rng.randrange(99)}", "", None, 5, '"'), "scheme": often(rng, "GB-COH", "", None),
             "schemeName": often(rng, "Name", None)} for _ in range(rng.randrange(3))
        ],
        "alternateNames": some(rng, [], ["Other"], ["A", "B é"], None, [3]),
    }  # fmt: skip
    if rng.random() < 0.1:
        details["jurisdiction"] = {"code": "FR"}
    return details


def person(rng, version):
    names = [
        {"fullName": often(rng, f"Nobody {rng.randrange(99)}", "", None)} for _ in range(rng.randrange(3))
    ]
    return {
        "personType": often(rng, "knownPerson", "anonymousPerson", None, ""),
        "names": often(rng, names, None, {}),
    }


def relationship(rng, version, known):
    def end(kind):
        if version == "0.4":
            nobody = {"reason": "unknown", "description": "é"}
            return often(
                rng, f"r{rng.randrange(30)}", nobody, {}, {"unspecified": nobody}, {"reason": None}, "", None
            )
        return often(rng, {kind: often(rng, rng.choice(known), "nowhere")},
                     {"unspecified": {"reason": "no", "description": ""}}, {kind: None}, {kind: ""})  # fmt: skip

    return {
        "isComponent": some(rng, False, False, None, True),
        **({"componentRecordIDs": some(rng, [], ["a"], None)} if rng.random() < 0.1 else {}),
        "subject": end("describedByEntityStatement"),
        "interestedParty": end(some(rng, "describedByPersonStatement", "describedByEntityStatement")),
        "interests": often(
            rng, [interest(rng, version) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))], None, {}, [3]
        ),
    }


def annotations(rng):
    """Of most statements none."""
    if rng.random() < 0.8:
        return {}
    comment = {
        "statementPointerTarget": "/",
        "motivation": "commenting",
        "description": some(rng, "checked", " x ", ""),
    }
    correction = {
        "motivation": "correcting", "statementPointerTarget": "/recordDetails/name", "creationDate": day(rng),
        "createdBy": some(rng, {"name": "Register"}, "R", None, {}), "transformedContent": some(rng, "é", 5, None),
    }  # fmt: skip
    return {
        "annotations": some(
            rng, [], None, [comment], [correction], [comment, correction], [comment, 1], {}, "x"
        )
    }


def statement(rng, number, known):
    version = rng.choice(("0.2", "0.3", "0.4", "0.4", "0.4"))
    kind = rng.choice(("entity", "person", "relationship", "relationship"))
    details = {"entity": entity, "person": person}.get(kind, lambda *a: relationship(*a, known))(rng, version)
    identity = often(rng, f"s{number}", f"s{rng.randrange(number + 1)}", f"s{number}#1")
    head = {
        "statementDate": often(rng, day(rng), *DATES),
        "source": often(
            rng,
            {"type": some(rng, ["officialRegister"], "selfDeclaration", [], None), "url": f"https://x/{rng.randrange(4)}"},
            None, {}, {"type": [1]}, {"description": "é \u2028"}, "x",
        ),
        "publicationDetails": often(rng, {"publisher": {"name": some(rng, "P", "Q", None)}}, None, {}, {"publisher": []}),
        **annotations(rng),
    }  # fmt: skip
    if version == "0.4":
        return {"statementId": identity, "recordId": often(rng, f"r{rng.randrange(30)}", None, ""), "recordType": kind,
                "recordStatus": some(rng, "new", "updated", "closed", None), **head, "recordDetails": details}  # fmt: skip
    words = {
        "entity": "entityStatement",
        "person": "personStatement",
        "relationship": "ownershipOrControlStatement",
    }
    replaced = (
        {"replacesStatements": [rng.choice(known) for _ in range(rng.randrange(3))]}
        if rng.random() < 0.3
        else {}
    )
    return {"statementID": identity, "statementType": words[kind], **head, **replaced, **details}


def spoiled(rng, value):
    """One value somewhere inside, replaced, taken out or put beside the others."""
    places = []

    def walk(inner):
        pairs = (
            inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        )
        for key, each in list(pairs):
            places.append((inner, key))
            walk(each)

    walk(value)
    inner, key = rng.choice(places)
    if rng.random() < 0.3:
        del inner[key]
    elif rng.random() < 0.8 or isinstance(inner, list):
        inner[key] = some(rng, *WEIRD)
    else:
        inner[rng.choice(("recordDetails", "statementId", "names", "share", "interests", "type"))] = some(
            rng, *WEIRD
        )
    return value


def broken(rng, line):
    """Bytes that are no line of JSON, or only just one."""
    at = rng.randrange(len(line) or 1)
    return rng.choice((
        line[:at], line[at:], line[:at] + b"\xff" + line[at:], line[:at] + b"\t" + line[at:], b"", b"  ", b"\xc2\xa0",
        line.replace(b": ", b":\t", 1), b"\xef\xbb\xbf" + line, line + b"\r", line + b" x", b"[1]", b"3", b"\x00",
        line[:-1] + b', "statementDate": 5}', line[:-1] + b', "statementDate": "2001-01-01", "x": NaN}',
        line[:-1] + b', "recordType": "person"}', line[:-1] + b', "x": "\xed\xa0\x80"}', line[:-1] + b', "x": "\\ud800"}',
        line[:-1] + b', "x": 01}', line[:-1] + b', "x": "\\q"}', line[:-1] + b', "x": ' + b"1" * 5_000 + b"}",
        line[:-1] + b', "x": ' + b"[" * 250 + b"]" * 250 + b"}", line[:-1] + b', "x": ' + b"[" * 9_000 + b"]" * 9_000 + b"}",
        line.replace(b'"exact": ', b'"exact": 1e1, "x": '), line.replace(b'"exact": ', b'"exact": 5.00000000000000000001, "x": '),
        line.replace(b'"startDate"', b'"startD\\u0061te"'), line.replace(b"{", b"{ \r ", 3),
    ))  # fmt: skip


def file_of(rng, count):
    known = ["s0"]
    for number in range(count):
        said = statement(rng, number, known)
        known.append(str(said.get("statementId") or said.get("statementID")))
        fate = rng.random()
        if fate < 1 - rng.calm:
            said = spoiled(rng, said)
        options = {"ensure_ascii": rng.random() < 0.3, "separators": rng.choice((None, (",", ":")))}
        try:
            line = json.dumps(said, **options).encode("utf-8", "surrogatepass")
        except ValueError:
            continue
        yield broken(rng, line) if fate > 0.05 + rng.calm else line


@pytest.mark.parametrize("seed", range(FILES))
def test_random_and_hostile_files_fill_the_same_register(tmp_path, seed):
    rng = seeded(seed, (0.85, 0.995)[seed % 2])
    end = rng.choice((b"\n", b"\r\n"))
    files = [tmp_path / f"{n}.jsonl" for n in range(2)]
    for file in files:
        file.write_bytes(end.join(file_of(rng, LINES)) + rng.choice((b"", end)))
    rows, _ = both_ways(tmp_path, *files)
    assert rows["holding"]
    assert rows["entity"]


def test_batches_that_are_cut_anywhere_fill_the_same_register(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "_LONGEST_LINE", 5_000)
    monkeypatch.setattr(streams, "_CHUNK", 700)
    monkeypatch.setattr(handing, "_MOST_CODES", 5)
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join(file_of(seeded(1), 400))))
    rows, imported = both_ways(tmp_path, file)
    assert rows["entity"]
    assert rows["holding"]
    assert imported.problems


def test_a_file_that_breaks_off_gives_the_lines_before(tmp_path):
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join(file_of(seeded(2), 2_000)))[:-40_000])
    _, imported = both_ways(tmp_path, file)
    assert "truncated" in {kindred.kind for kindred in imported.problems}


def is_taken_as_a_whole(folder, lines):
    file = folder / "tried.jsonl"
    file.write_bytes(b"\n".join([json.dumps(standard(0)).encode(), *lines]))
    return [said for _, said in whole.read(file)][-1:] == [None]


def those_taken_as_a_whole(folder, lines):
    """All but those for which a database would refuse the file."""
    if not lines or is_taken_as_a_whole(folder, lines):
        return lines
    if len(lines) == 1:
        return []
    half = len(lines) // 2
    return those_taken_as_a_whole(folder, lines[:half]) + those_taken_as_a_whole(folder, lines[half:])


def standard(number, **more):
    return {"statementId": f"first{number}", "recordId": f"f{number}", "recordType": "entity",
            "statementDate": "2020-01-01", "recordDetails": {"entityType": {"type": "state"}}, **more}  # fmt: skip


def not_in_blocks(*_):
    pytest.fail("not as a whole")


@pytest.mark.parametrize("way", ["as a whole"], indirect=True)
@pytest.mark.parametrize("seed", range(6))
def test_what_a_database_takes_is_taken_from_it(tmp_path, monkeypatch, seed):
    rng = seeded(f"whole {seed}", (0.9, 0.99)[seed % 2])
    lines = those_taken_as_a_whole(tmp_path, list(file_of(rng, LINES)))
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"\n".join([json.dumps(standard(0)).encode(), *lines]))
    monkeypatch.setattr(columns, "_in_blocks", not_in_blocks)
    rows, _ = both_ways(tmp_path, file)
    assert len(rows["entity"]) > 10
    assert len(rows["holding"]) > 10


HIDDEN = (
    b'"x": NaN', b'"x": nan', b'"x":-Infinity', b'"x": [1, inf]', b'"x": [INF]', b'"x":[nAn,2]', b'"x": {"y": 1,}',
    b'"x": [1, ]', b'"x": "and, }"', b'"x": "Nan, inf"', b'"x": "a: nan"', b'"x": 1,', b'"y": {"x": [1,2 ,\t]}', b'"infinity": 0',
)  # fmt: skip


@pytest.mark.parametrize("much", [0, 2**31])
@pytest.mark.parametrize("piece", [16, 61, 4_096])
def test_what_a_database_passes_over_is_read_as_everywhere(tmp_path, monkeypatch, piece, much, way):
    monkeypatch.setattr(looking, "_PIECE", piece)
    monkeypatch.setattr(looking, "_MUCH", much)
    if way == "as a whole":
        monkeypatch.setattr(columns, "_in_blocks", not_in_blocks)
    lines = []
    for number, words in enumerate(HIDDEN * 3, 1):
        lines += [json.dumps(standard(number)).encode(), b"", b" " * (number % 5) + b"\r"]
        lines.append(json.dumps(standard(f"x{number}")).encode()[:-1] + b", " + words + b"}")
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"\n".join(lines))
    rows, imported = both_ways(tmp_path, file)
    refused = {kindred.kind: kindred.count for kindred in imported.problems}
    assert refused == {"json": 30}
    assert len(rows["entity"]) == 42 + 42 - 30


@pytest.mark.parametrize("way", ["as a whole"], indirect=True)
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_file_can_be_read_on_in_blocks_from_anywhere(tmp_path, monkeypatch, after):
    checked, check = [], whole._check

    def disagrees(batch, lines):
        if len(checked) == after:
            raise whole.DisagreedError
        checked.append(check(batch, lines))

    monkeypatch.setattr(whole, "_check", disagrees)
    file = tmp_path / "a.jsonl"
    lines = [
        json.dumps(standard(number % 19, statementDate=f"20{number}-01-01")).encode()
        for number in range(10, 40)
    ]
    file.write_bytes(b"\n\n".join(lines))
    rows, imported = both_ways(tmp_path, file)
    assert len(checked) == after
    assert len(rows["entity"]) == 19
    assert {kindred.kind: kindred.count for kindred in imported.problems} == {"duplicate-id": 11}


def test_a_database_may_have_no_words_for_what_it_refuses(tmp_path):
    """It cuts what it cites of a line, maybe within a letter."""
    for size in range(4):
        file = tmp_path / f"{size}.jsonl"
        lines = [
            json.dumps(standard(0)),
            json.dumps({**standard(1), "recordDetails": "x" * size + "ż🦆é" * 200}, ensure_ascii=False),
        ]
        file.write_text("\n".join(lines), encoding="utf-8")
        rows, imported = both_ways(tmp_path, file)
        assert len(rows["entity"]) == 1
        assert [kindred.count for kindred in imported.problems] == [1]
        for each in tmp_path.glob("*.duckdb"):
            each.unlink()


@pytest.mark.parametrize("words", [b'"NaN"', b'"interestedParty": {}'])
def test_a_line_that_is_no_utf8_is_left_out_before_its_words_are_looked_at(tmp_path, words):
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"x": "\xff", ' + words + b": 1}")
    _, imported = both_ways(tmp_path, file)
    assert [(kindred.kind, kindred.count) for kindred in imported.problems] == [("encoding", 1)]
    file.write_bytes(b'{"x": "\xff", ' + words + b": 1}\n" + b"\n".join(file_of(seeded(4, 0.999), 20)))
    for each in tmp_path.glob("*.duckdb"):
        each.unlink()
    rows, imported = both_ways(tmp_path, file)
    assert rows["entity"]
    assert "encoding" in {kindred.kind for kindred in imported.problems}


def test_an_array_is_read_as_before(tmp_path):
    file = tmp_path / "a.json"
    rng = seeded(3, 0.95)
    file.write_text(json.dumps([statement(rng, n, ["s0"]) for n in range(50)]), encoding="utf-8")
    rows, _ = both_ways(tmp_path, file)
    assert rows["entity"]
    assert rows["holding"]


def test_what_is_plain_is_not_read_record_by_record(tmp_path, monkeypatch):
    """Otherwise the columns would be right and slow."""
    said = [
        {"statementId": "e1", "recordId": "a", "recordType": "entity", "statementDate": "2020-01-01",
         "recordDetails": {"entityType": {"type": "registeredEntity"}, "name": "é", "identifiers": [{"id": "1", "scheme": "X"}]},
         "source": {"type": ["officialRegister"], "url": "https://x"}, "publicationDetails": {"publisher": {"name": "P"}}},
        {"statementId": "c1", "recordId": "r", "recordType": "relationship", "statementDate": "2020-01-02",
         "recordDetails": {"subject": "a", "interestedParty": {"reason": "unknown"}, "interests": [
             {"type": "shareholding", "directOrIndirect": "direct", "share": {"exact": 33.333333333333336}},
             {"type": "votingRights", "directOrIndirect": "direct", "share": {"minimum": 25, "exclusiveMaximum": 50.0}}]}},
        {"statementId": "c2", "recordId": "r", "recordType": "relationship", "recordStatus": "closed",
         "statementDate": "2021-01-02", "recordDetails": {"subject": "a", "interestedParty": "b", "interests": []}},
        {"statementID": "p1", "statementType": "personStatement", "personType": "knownPerson",
         "statementDate": "2019", "names": [{"fullName": "Nobody"}]},
        {"statementID": "o1", "statementType": "ownershipOrControlStatement", "statementDate": "2019-02-01",
         "replacesStatements": ["o0"], "subject": {"describedByEntityStatement": "x"},
         "interestedParty": {"describedByPersonStatement": "p1"},
         "interests": [{"type": "voting-rights", "share": {"minimum": 50, "exclusiveMinimum": True, "maximum": 75}}]},
    ]  # fmt: skip
    file = tmp_path / "a.jsonl"
    file.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in said), encoding="utf-8")
    rows, _ = both_ways(tmp_path, file)
    assert {name: len(found) for name, found in rows.items() if found} == {
        "entity": 3, "holding": 2, "retraction": 1, "source": 1}  # fmt: skip
    monkeypatch.setattr(plain, "_by_record", lambda *_: pytest.fail("not plain"))
    assert sum(len(item.lines) for item in columns.read(file) if isinstance(item, Batch)) == 6


def test_statements_as_the_standard_has_them_are_read_together(tmp_path, monkeypatch):
    details = {"entityType": {"type": "registeredEntity"}, "name": "Größe", "foundingDate": "1990-02",
               "incorporatedInJurisdiction": {"name": "x", "code": "DE"},
               "identifiers": [{"id": "1", "scheme": "X"}, {"id": "2", "schemeName": "Y"}, {"id": "3"}]}  # fmt: skip
    source = {"type": ["officialRegister", "verified"], "url": "https://x", "retrievedAt": "2020"}

    def stated(identity, record, kind, said, day="2020-01-01", **more):
        return {"statementId": identity, "recordId": record, "recordType": kind, "statementDate": day,
                "recordDetails": said, "source": source, **more}  # fmt: skip

    def held(end=None, *kinds):
        both = [{"type": kind, "directOrIndirect": "direct", "startDate": "2019-01-01",
                 **({"endDate": end} if end else {}), "share": {"minimum": 25, "exclusiveMaximum": 33.333333333333336}}
                for kind in kinds or ("shareholding", "votingRights", "appointmentOfBoard")]  # fmt: skip
        return {"subject": "a", "interestedParty": "p", "isComponent": False, "interests": both}

    said = [
        stated("e", "a", "entity", details, publicationDetails={"publisher": {"name": "P"}}),
        stated("p", "p", "person", {"personType": "knownPerson", "names": [{"fullName": "Nobody"}], "birthDate": "1970"}),
        stated("c1", "r", "relationship", held()),
        stated("c2", "r", "relationship", held("2021-02-28"), "2021-03-01", recordStatus="updated"),
        stated("c3", "r", "relationship", held("2021-02-28", "votingRights"), "2022-03-01", recordStatus="closed"),
        stated("c4", "s", "relationship", {"subject": "a", "interestedParty": "b"}, "2022-03-01"),
    ]  # fmt: skip
    file = tmp_path / "a.jsonl"
    file.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in said), encoding="utf-8")
    rows, _ = both_ways(tmp_path, file)
    assert {name: len(found) for name, found in rows.items() if found} == {
        "entity": 2, "holding": 4, "retraction": 2, "source": 2}  # fmt: skip
    monkeypatch.setattr(columns, "read_line", lambda *_: pytest.fail("not together"))
    assert sum(len(item.lines) for item in columns.read(file) if isinstance(item, Batch)) == 8


REAL = [*sorted((SHARED / "bods-real").glob("*.bods.json")), SHARED / "bods-real" / "all_demo.jsonl",
        *sorted((SHARED / "bods-0.4" / "examples").glob("*.json"))]  # fmt: skip


@pytest.mark.skipif(not REAL[-1].is_file(), reason="needs the files of shared/data")
def test_real_and_official_files_fill_the_same_register(tmp_path):
    as_lines = []
    for file in REAL:
        text = file.read_text(encoding="utf-8")
        if text.lstrip()[:1] == "[":
            as_lines.append(tmp_path / f"{file.stem}.jsonl")
            as_lines[-1].write_text(
                "".join(f"{json.dumps(each)}\n" for each in json.loads(text)), encoding="utf-8"
            )
    rows, _ = both_ways(tmp_path, *REAL, *as_lines)
    assert len(rows["holding"]) > 600
