"""A museum of hostile files: each gives one clear line (what, where, what would be right), in little memory and time."""

import bz2
import gzip
import json
import lzma
import os
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytestmark = [pytest.mark.bulk, pytest.mark.long]

MEGABYTE = 2**20
MOST = 700 * MEGABYTE
GOOD = '{"id": "c", "schema": "Company", "properties": {"name": ["Alpha"]}}\n'
EDGE = "holder,issuer,share\nana,alpha,15%\n"
LEI = "5493001KJTIIGC8Y1R12"
XML = f"<LEIData><LEIRecord><LEI>{LEI}</LEI><Entity><LegalName>%s</LegalName></Entity></LEIRecord></LEIData>"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + f"]>{XML % '&l9;'}"
)
OUTWARD = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>{XML % "&x;"}'


def long_text(path: Path, before: str, after: str, *, times: int = 100) -> None:
    with path.open("w") as file:
        file.write(before)
        for _ in range(times):
            file.write("a" * MEGABYTE)
        file.write(after)


def packed(compress, times):
    """So many megabytes of nothing, packed; these packings may follow each other in one file."""
    return compress(b"\0" * 8 * MEGABYTE) * (times // 8)


def zip_of(path: Path, **files: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)


def lying_zip(path: Path) -> None:
    """A zip whose headers claim that its 300 MB are 1,000 bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.jsonl", "w") as member:
        for _ in range(300):
            member.write(b" " * MEGABYTE)
    size = (300 * MEGABYTE).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (1000).to_bytes(4, "little")))


def overlong_zip(path: Path, name: str) -> None:
    """A zip whose directory claims that the 1,000 packed bytes of a member are 3 GB."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"x" * 1000)
    whole = path.read_bytes()
    at = whole.rindex((1000).to_bytes(4, "little") * 2)  # packed and unpacked, in the directory at the end
    path.write_bytes(whole[:at] + (3 * 2**30).to_bytes(4, "little") + whole[at + 4 :])


def bomb_named(path: Path, name: str) -> None:
    """A member whose name would be several lines, or clear a terminal."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b" " * 300 * MEGABYTE)


def odd_package(path: Path) -> None:
    """A package with an issuer, and a file whose name is two lines and clears a terminal."""
    issuer = {"object_type": "ISSUER", "id": "i", "legal_name": "Issuer", "country_of_formation": "US"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a\nb\x1b[2J.ocf.json", "{")
        manifest = {"file_type": "OCF_MANIFEST_FILE", "issuer": issuer}
        archive.writestr("M.ocf.json", json.dumps(manifest))


def cut_zip(path: Path, by: int) -> None:
    """A zip whose end did not arrive."""
    zip_of(path, a_jsonl=b"{}" * 1000)
    path.write_bytes(path.read_bytes()[:-by])


# name of the file, how it is made, the format to import, what is told; {f} is the file
REFUSED = {
    "gzip-bomb": ("a.jsonl.gz", lambda p: p.write_bytes(packed(gzip.compress, 320)), "ftm",
                  "{f}: expands to over 268,435,456 bytes, more than 200 times its size: not read; unpack it yourself"),
    "bzip2-bomb": ("a.jsonl.bz2", lambda p: p.write_bytes(packed(bz2.compress, 320)), "bods",
                   "{f}: expands to over 268,435,456 bytes"),
    "xz-bomb": ("a.csv.xz", lambda p: p.write_bytes(packed(lambda d: lzma.compress(d, preset=0), 320)), "icij",
                "{f}:1: line longer than 16 MB: skipped; the first line must name the columns"),
    "zip-bomb": ("a.zip", lambda p: zip_of(p, a_jsonl=b" " * 300 * MEGABYTE), "psc",
                 "{f}: 'a.jsonl' would expand to 314,572,800 bytes, more than 200 times its size: not read"),
    "workbook-bomb": ("a.xlsx", lambda p: zip_of(p, xl__worksheets__sheet1_xml=b" " * 300 * MEGABYTE), "excel",
                      "{f}: 'xl/worksheets/sheet1.xml' would expand from"),
    "a-bomb-of-many-lines": ("a.xlsx", lambda p: bomb_named(p, "a\nb\x1b[2J"), "excel", "would expand from"),
    "package-bomb": ("a.zip", lambda p: zip_of(p, a_ocf_json=b" " * 300 * MEGABYTE), "ocf",
                     "{f}: would unpack to 314,572,800 bytes, over 268,435,456: not read"),
    "a-workbook-cut-short": ("a.xlsx", lambda p: overlong_zip(p, "xl/workbook.xml"), "excel",
                             "{f}: 'xl/workbook.xml' should be 3,221,225,472 packed bytes, the whole file has 1,128:"),
    "a-package-cut-short": ("a.zip", lambda p: overlong_zip(p, "a.ocf.json"), "ocf",
                            "{f}: 'a.ocf.json' should be 3,221,225,472 packed bytes, the whole file has 1,118:"),
    "two-in-a-zip": ("a.zip", lambda p: zip_of(p, a_jsonl=b"{}", b_jsonl=b"{}"), "bods",
                     "{f}: a zip with 2 files; unpack it and name the one to read"),
    "a-zip-cut-short": ("a.zip", lambda p: cut_zip(p, 40), "psc",
                        "{f}: not a zip that can be read: cut off or spoilt; get it again"),
    "laughs": ("a.xml", lambda p: p.write_text(LAUGHS), "gleif",
               "{f}: XML with a document type or not in UTF-8; GLEIF's is neither: not read"),
    "laughs-behind-a-long-comment": ("a.xml", lambda p: p.write_text(f"<!--{'x' * 200_000}-->{LAUGHS[21:]}"), "gleif",
                                     "{f}: XML with a document type"),
    "a-look-outside": ("a.xml", lambda p: p.write_text(OUTWARD), "gleif", "{f}: XML with a document type"),
    "laughs-in-a-filing": ("a.xml", lambda p: p.write_text(LAUGHS), "sec13",
                           "{f}: has a document type or is not UTF-8; a filing is neither: not read"),
    "laughs-in-utf-16": ("a.xml", lambda p: p.write_bytes(LAUGHS.encode("utf-16")), "sec13",
                         "{f}: has a document type or is not UTF-8"),
    "a-million-columns": ("a.csv", lambda p: p.write_text("a," * 1_000_000 + "\n1\n"), "icij",
                          "{f}:1: 1,000,001 columns, over 4,096: not read"),
    "a-million-columns-of-edges": ("a.csv", lambda p: p.write_text("a," * 1_000_000 + "\n1\n"), "csv",
                                   "{f}:1: no column holder, issuer, share; the first line must name the columns"),
    "a-column-twice": ("a.csv", lambda p: p.write_text("LEI,LEI\n"), "gleif",
                       "{f}:1: two columns named 'LEI'; give each its own name"),
    "nothing-in-it": ("a.csv", lambda p: p.write_text(""), "icij",
                      "{f}: empty; the first line must name the columns"),
    "utf-16": ("a.csv", lambda p: p.write_bytes(EDGE.encode("utf-16")), "csv",
               "{f}: UTF-16 or UTF-32 text; save the file as UTF-8"),
    "no-parquet": ("a.parquet", lambda p: p.write_bytes(b"PAR1" + b"\0" * 500 + b"XXXX"), "parquet",
                   "{f}: not a whole Parquet file"),
    "a-footer-of-gigabytes": ("a.parquet", lambda p: p.write_bytes(b"PAR1" + b"\0" * 500 + b"\xff\xff\xff\x7fPAR1"),
                              "parquet", "{f}: not a whole Parquet file"),
    "no-workbook": ("a.xlsx", lambda p: p.write_bytes(b"PK\x03\x04" + b"\0" * 500), "excel", "{f}: not a workbook"),
    "a-folder": ("a", lambda p: p.mkdir(), "bods", "{f}: a folder, not a file; name the file in it"),
    "a-pipe": ("a", os.mkfifo, "ftm", "{f}: a pipe, which can be read only once; save what it gives as a file"),
    "a-device": ("a", lambda p: p.symlink_to("/dev/zero"), "csv", "{f}: a device, which may never end; name a file"),
    "a-loop-of-links": ("a", lambda p: p.symlink_to(p), "psc", "{f}: a link that leads to itself; name the file"),
    "nothing-there": ("a", Path.exists, "gleif", "{f}: no such file"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_one_line_and_leaves_nothing(crosstie, shelf, name):
    file, make, kind, told = REFUSED[name]
    make(shelf / file)
    said = crosstie("import", kind, shelf / file, "r.duckdb")
    assert told.format(f=shelf / file) in said.line
    assert said.line.startswith("crosstie: ")
    assert said.peak < MOST, f"{said.peak // MEGABYTE} MB"
    assert not list(shelf.parent.glob("r.duckdb*"))
    assert [each.name for each in shelf.iterdir()] == ([] if name == "nothing-there" else [file])


# the file, how it is made, the format, how many statements come of the rest, what is told of the part
SKIPPED = {
    "100-megabytes-in-a-line": ("a.jsonl", lambda p: long_text(p, f'{GOOD}{{"id": "', f'"}}\n{GOOD}'), "ftm", 1,
                                "{f}:2: line longer than 16 MB: skipped"),
    "100-megabytes-in-an-array": ("a.json", lambda p: long_text(p, f'[{GOOD},{{"id": "', f'"}},{GOOD}]'), "ftm", 1,
                                  "{f}#2: not JSON: an object that is broken, or longer than 16 MB; nothing from here on is read"),
    "100-megabytes-in-a-cell": ("a.csv", lambda p: long_text(p, f"{EDGE}b", ",x,5%\nc,d,5%\n"), "csv", 6,
                                "{f}:3: line longer than 16 MB: skipped"),
    "100-megabytes-in-a-record": ("a.csv", lambda p: long_text(p, f'{EDGE}"b\n', '",x,5%\nc,d,5%\n', times=1), "csv", 6,
                                  "{f}:3: not CSV: field larger than field limit (131072)"),
    "100,000-deep": ("a.jsonl", lambda p: p.write_text(f"{GOOD}{'[' * 100_000}\n{GOOD}"), "ftm", 1,
                     "{f}:2: nested too deeply to be read: skipped"),
    "100,000-deep-within": ("a.jsonl", lambda p: p.write_text(GOOD + '{"a":' * 100_000 + "1" + "}" * 100_000), "bods", 0,
                            "{f}:2: nested too deeply to be read: skipped"),
    "100,000-deep-in-an-array": ("a.json", lambda p: p.write_text(f"[{GOOD},{'[' * 100_000}]"), "ftm", 1,
                                 "{f}#2: nested too deeply to be read; nothing from here on is read"),
    "100,000-deep-xml": ("a.xml", lambda p: p.write_text(XML.replace("%s", "<a>" * 100_000 + "</a>" * 100_000)), "gleif", 0,
                         "{f}#1: not XML from here on: nested too deeply to be read"),
    "cut-off": ("a.json", lambda p: p.write_text(f"[{GOOD},{GOOD[:30]}"), "ftm", 1,
                "{f}#2: not JSON: "),
    "cut-off-within-a-packing": ("a.jsonl.gz", lambda p: p.write_bytes(gzip.compress(GOOD.encode() * 5000)[:-200]), "ftm", 1,
                                 "the file breaks off here: cannot be unpacked to its end"),
    "a-zip-that-lies": ("a.zip", lying_zip, "ftm", 0, "the file breaks off here"),
    "half-a-character": ("a.jsonl", lambda p: p.write_text(GOOD + GOOD.replace("Alpha", "\\ud800")), "ftm", 1,
                         "{f}:2: a text with half a character in it (a surrogate without its other half): skipped"),
    "latin-1": ("a.jsonl", lambda p: p.write_bytes(GOOD.encode() + GOOD.replace("Alpha", "Société").encode("latin-1")),
                "ftm", 1, "{f}:2: not UTF-8 at byte"),
    "two-files-in-one-line": ("a.jsonl", lambda p: p.write_text(GOOD + GOOD.strip() + GOOD), "ftm", 1,
                              "{f}:2: not JSON at column"),
    "an-id-of-two-lines": ("a.jsonl", lambda p: p.write_text(GOOD.replace('"c"', '"a\\nb"')), "ftm", 0,
                           "{f}:1: entity 'a\\nb': id: not an id: 'a\\nb'; write one line of 1 to 200 characters: skipped"),
    "an-id-of-no-character": ("a.jsonl", lambda p: p.write_text(GOOD.replace('"c"', '"a\\uffff"')), "ftm", 0,
                              "{f}:1: entity 'a\\uffff': id: not an id: 'a\\uffff'; write one line of 1 to 200 characters: skipped"),
    "a-name-of-two-lines-in-a-package": ("a.zip", odd_package, "ocf", 1, "{f}/'a\\nb\\x1b[2J.ocf.json': not JSON"),
    "a-control-character": ("a.jsonl", lambda p: p.write_text(GOOD.replace("Alpha", "\\u0000")), "ftm", 1,
                            "{f}:1: entity 'c': name: a control character in '\\x00' is stored as '\ufffd'"),
}  # fmt: skip


@pytest.mark.parametrize("name", SKIPPED)
def test_what_cannot_be_read_of_a_file_is_told_and_the_rest_is_there(crosstie, shelf, name):
    file, make, kind, statements, told = SKIPPED[name]
    make(shelf / file)
    said = crosstie("import", kind, shelf / file, "r.duckdb")
    assert (said.code, said.out.split(" ")[1]) == (0, str(statements)), said
    assert told.format(f=shelf / file) in said.err
    assert max(map(len, said.err.splitlines())) < 600
    assert said.peak < MOST, f"{said.peak // MEGABYTE} MB"


def yaml(shelf, text):
    path = shelf / "a.yaml"
    path.write_text(text)
    return path


def test_100_megabytes_in_a_ledger_are_read_or_told(crosstie, shelf):
    path = shelf / "a.yaml"
    long_text(path, "statements:\n- entity: a\n  name: ", "\n")
    said = crosstie("check", path)
    assert (said.code, said.err, said.out) == (0, "", "1 statements, 0 published figures agree\n")
    assert said.peak < 2 * MOST, f"{said.peak // MEGABYTE} MB"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_ledger_100_000_deep_is_one_line(crosstie, shelf, opening):
    said = crosstie("check", yaml(shelf, f"statements:\n- entity: a\n  names:\n  {opening * 100_000}\n"))
    assert said.code == 1
    assert ("nested" in said.out) or ("a key without ':'" in said.out)  # of 1,024 characters and more
    assert len(said.out.splitlines()) == 2
    assert said.peak < MOST


SPECIAL = {
    "pipe": (os.mkfifo, "a pipe, which can be read only once; save what it gives as a file"),
    "device": (lambda p: p.symlink_to("/dev/zero"), "a device, which may never end; name a file"),
}


@pytest.mark.parametrize("name", SPECIAL)
@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("yaml", ["check", "{f}"]),
        ("csv", ["own", "{f}"]),
        ("csv", ["value", "{e}", "--assets", "{f}"]),
        ("csv", ["screen", "{e}", "{f}"]),
        ("duckdb", ["stats", "{f}"]),
        ("txt", ["read", "{f}"]),
    ],
)
def test_no_command_waits_for_what_never_ends(crosstie, shelf, name, ending, words):
    make, told = SPECIAL[name]
    file, edges = shelf / f"a.{ending}", shelf / "edges.csv"
    make(file)
    edges.write_text(EDGE)
    said = crosstie(*(word.format(f=file, e=edges) for word in words), seconds=60)
    assert f"crosstie: {file}: {told}" == said.line
