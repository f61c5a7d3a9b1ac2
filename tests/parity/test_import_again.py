"""Large BODS files that name again what they named: with any hashes, in any chunks, the register is the same."""

import json
import random
from contextlib import contextmanager

import numpy as np
import pytest

pytest.importorskip("duckdb")
pytest.importorskip("msgspec")
from filled import both_ways

from crosstie.formats.bods import columns, recalled, whole

pytestmark = pytest.mark.bulk
FILES = 16
LINES = 150
ODD_NAMES = ('"', '"A"', "A\\", "\\", "a/b", "é", "日本", "🦆", "a" * 140, "b" * 160, " a", "a ", "a b", "null", "[]", "{}", "\x7f", "\u2028", "x#1", "unspecified:s1:interestedParty", "")  # fmt: skip
"""Texts with which whoever frees them of their quotes could go wrong."""
SOURCES = (
    None, {}, {"type": []}, {"type": None}, {"type": "selfDeclaration"}, {"type": [None]}, {"type": ["a", "b"], "url": '"'},
    {"url": None, "description": " x"}, {"description": "\\"}, {"url": 5}, {"url": "https://x"}, {"type": {}, "url": "u"}, [], "x", 0,
    {"url": "u", "more": {"deep": [1]}}, {"type": ["a, b"]},
)  # fmt: skip
PUBLISHERS = (None, {}, {"publisher": None}, {"publisher": {"name": "P"}}, {"publisher": {"name": 'P"'}},
              {"publisher": {"name": ""}}, {"publisher": {"name": 5}}, {"publisher": {"name": ["P"]}})  # fmt: skip
NOBODY = ({"reason": "unknown"}, {"reason": "noBeneficialOwners", "description": "é"}, {"reason": 'a"'}, {"reason": ""}, {},
          {"reason": None}, {"reason": 5}, {"description": " x"}, {"reason": "unknown", "description": "\\"},
          {"describedByEntityStatement": "s1"}, {"describedByPersonStatement": None}, {"unspecified": {"reason": "no"}},
          {"unspecified": None}, {"unspecified": []}, {"reason": "a\x01"})  # fmt: skip
DAYS = ("2020-01-01", "2020-02", "2019", "2021-05-06T01:02:03Z", "9999-12-31", "", None, "2020-02-30")


class Writer:
    """JSON as many write it: the same text may have escapes or none."""

    def __init__(self, rng, calm):
        self.rng, self.calm = rng, calm

    def often(self, good, others):
        return good if self.rng.random() < self.calm else self.rng.choice(others)

    def text(self, said):
        if self.rng.random() < 0.8:
            return json.dumps(said, ensure_ascii=self.rng.random() < 0.5)
        return '"' + "".join(self.letter(each) for each in said) + '"'

    def letter(self, each):
        plain = json.dumps(each, ensure_ascii=False)[1:-1]
        ways = [plain, json.dumps(each)[1:-1]]
        if ord(each) < 0x10000:
            ways += [f"\\u{ord(each):04x}", f"\\u{ord(each):04X}"]
        return self.rng.choice([*ways, "\\/"] if each == "/" else ways)

    def json(self, said):
        space = self.rng.choice(("", "", " "))
        if isinstance(said, str):
            return self.text(said)
        if isinstance(said, list):
            return f"[{','.join(map(self.json, said))}]"
        if isinstance(said, dict):
            return f"{{{space}{','.join(f'{self.text(k)}:{space}{self.json(v)}' for k, v in said.items())}{space}}}"
        return json.dumps(said)


def interests_of(write):
    rng = write.rng
    dates = {"startDate": rng.choice(DAYS[:4])} if rng.random() < 0.5 else {}
    if rng.random() < 0.2:
        dates["endDate"] = write.often(rng.choice(DAYS[:4]), DAYS)
    return [
        {"type": write.often(rng.choice(("shareholding", "votingRights", "otherInfluenceOrControl")), (*ODD_NAMES, None, 5)),
         "directOrIndirect": write.often("direct", ("indirect", "unknown", "", None, *ODD_NAMES)), **dates,
         "share": write.often(rng.choice(({"exact": 25}, {"minimum": 25, "maximum": 50.0})), (None, {}, "1", {"exact": "25"}))}
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 5)))
    ]  # fmt: skip


def statement_of(write, number, names):
    rng = write.rng
    kind = rng.choice(("entity", "person", "relationship", "relationship", "relationship"))
    name = write.often(f"N {number}", ODD_NAMES)
    details = {
        "entity": lambda: {"entityType": {"type": "registeredEntity"}, "name": name, "jurisdiction": {"code": write.often("GB", ODD_NAMES)},
                           "identifiers": [{"id": write.often("1", ODD_NAMES), "scheme": write.often("X", ODD_NAMES)}] * rng.randrange(3)},
        "person": lambda: {"personType": "knownPerson", "names": [{"fullName": name}]},
        "relationship": lambda: {
            "subject": write.often(rng.choice(names), (*ODD_NAMES, *NOBODY, None)),
            "interestedParty": rng.choice(NOBODY[:2]) if rng.random() < 0.3 else write.often(rng.choice(names), (*NOBODY, *ODD_NAMES)),
            "interests": interests_of(write)},
    }[kind]()  # fmt: skip
    again = 0.3 if rng.random() < 0.3 else 0.02
    said = {
        "statementId": write.often(f"s{number}" if rng.random() > again else f"s{rng.randrange(number + 1)}",
                                   (*ODD_NAMES, *names, None, 5, f"s{rng.randrange(number + 1)}#1")),
        "recordId": write.often(rng.choice(names), (*ODD_NAMES, None, [], f"s{rng.randrange(number + 1)}")),
        "recordType": write.often(kind, ("entity", "person", "relationship", "", None)),
        "recordStatus": rng.choice(("new", "updated", "closed")) if rng.random() < 0.9 else None,
        "statementDate": write.often("2020-01-01", DAYS),
        "source": write.often(SOURCES[-7], SOURCES), "publicationDetails": write.often(PUBLISHERS[3], PUBLISHERS),
        "recordDetails": details,
    }  # fmt: skip
    if rng.random() > write.calm:
        said["statementID"] = f"s{rng.randrange(number + 1)}"
    if rng.random() < (1 - write.calm) / 3:
        said = {"statementID": f"s{number}", "statementType": "entityStatement", "entityType": "registeredEntity", "name": "Old",
                "statementDate": "2018-01-01"} if rng.random() < 0.5 else {
                "statementID": f"s{number}", "statementType": "ownershipOrControlStatement", "statementDate": "2018-01-01",
                "subject": {"describedByEntityStatement": f"s{rng.randrange(number + 1)}"}, "interests": [],
                "interestedParty": {"describedByPersonStatement": rng.choice(names)},
                "replacesStatements": [f"s{rng.randrange(number + 1)}"]}  # fmt: skip
    return said


def line_of(write, number, names):
    said = statement_of(write, number, names)
    if write.rng.random() < 0.2:
        items = list(said.items())
        write.rng.shuffle(items)
        said = dict(items)
    return write.json(said)


def few_different(bits):
    """Hashes of so few bits that different texts have the same."""
    whole_ones = recalled._hashes

    def hashes(said):
        found = whole_ones(said)
        return found and tuple(
            np.where(each == 0, 0, (each >> np.uint64(64 - bits) << np.uint64(64 - bits)) | np.uint64(1))
            for each in found
        )

    return hashes


@contextmanager
def tight(rng):
    """Small chunks, small tables that have to grow, few hashes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole, "_SMALLEST", 0)
        patch.setattr(whole, "_ROWS", rng.choice((1, 3, 10, 40, 1_000)))
        patch.setattr(recalled, "_FIRST_SIZE", rng.choice((2, 4, 16)))
        patch.setattr(recalled, "_AT_ONCE", rng.choice((1, 3, 50)))
        patch.setattr(recalled, "_hashes", few_different(rng.choice((0, 1, 3, 6, 64)) or 1))
        yield patch


def file_of(rng, calm, lines=LINES):
    write = Writer(rng, calm)
    names = [f"r{n}" for n in range(rng.choice((3, 20, 80)))] + ["a/b", "é", "🦆", 'q"']
    return "\n".join(line_of(write, number, names) for number in range(lines))


@pytest.mark.parametrize("seed", range(FILES))
def test_what_is_named_again_is_known_by_any_hashes(tmp_path, seed):
    rng = random.Random(f"again {seed}")
    file = tmp_path / "a.jsonl"
    file.write_text(file_of(rng, (0.97, 0.9995, 1)[seed % 3]), encoding="utf-8")
    with tight(rng):
        rows, _ = both_ways(tmp_path, file)
    assert rows["holding"]


def test_texts_with_escapes_are_taken_from_the_database_and_known_again(tmp_path, monkeypatch):
    """The same name is the same, however it is written, and no reason to read on in blocks."""
    names = ['q"', "a\\", "x/y", "é", "🦆"]
    ways = [
        json.dumps,
        lambda name: json.dumps(name, ensure_ascii=False),
        lambda name: json.dumps(name).replace("/", r"\/"),
    ]
    lines = [
        f'{{"statementId": {way(name)}, "recordId": {way("of " + name)}, "recordType": "entity", "statementDate": "2020-01-01", '
        f'"recordDetails": {{"entityType": {{"type": "state"}}, "name": {way(name)}}}}}'
        for way in ways for name in names
    ]  # fmt: skip
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(whole, "_SMALLEST", 0)
    monkeypatch.setattr(whole, "_ROWS", 4)
    monkeypatch.setattr(columns, "_in_blocks", lambda *_: pytest.fail("not as a whole"))
    rows, imported = both_ways(tmp_path, file)
    assert len(rows["entity"]) == len(names)
    assert {kindred.kind: kindred.count for kindred in imported.problems} == {"duplicate-id": 2 * len(names)}
