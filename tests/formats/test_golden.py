"""Golden pairs: for each format a small made-up file, the ledger that it must become, and what that is written as.

A folder of ``golden`` is named by its format and what is in it. ``in.*`` (or all files but the expected ones) is read;
``ledger.yaml`` is the ledger, ``problems.txt`` what is told, ``out.*`` what the ledger is written as. To look at a change of
ours: ``CROSSTIE_WRITE_GOLDEN=1 pytest tests/formats/test_golden.py``, then read the difference line by line.
"""

import os
import zipfile
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from crosstie.formats.catalogue import FORMATS
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Source
from crosstie.questions.importing import text_of
from crosstie.questions.opening import load_ledger
from crosstie.text.problem import Problem

GOLDEN = Path(__file__).parent / "golden"
EXPECTED = ("ledger.yaml", "problems.txt")
TODAY = date(2024, 6, 1)
READ = sorted(
    path.relative_to(GOLDEN)
    for path in GOLDEN.glob("*/*")
    if path.name not in EXPECTED and not path.name.startswith("out") and path.parent.name != "graphs"
)
WRITTEN = (("bods", "bods-04"), ("ftm", "ftm"), ("ocf", "ocf"), ("csv", "csv"), ("graphml", "graphs"), ("gexf", "graphs"),
           ("neo4j", "graphs"), ("dot", "graphs"))  # fmt: skip


def name_of(folder):
    return folder.partition("-")[0]


def said(paths, name):
    items = [item for path in paths for item in FORMATS[name].read(path)]
    sources = {i.id: i for i in items if isinstance(i, Source)}
    statements = [i for i in items if not isinstance(i, Source | Problem)]
    return sources, statements, [i for i in items if isinstance(i, Problem)]


def compare(path, text):
    if os.environ.get("CROSSTIE_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text("utf-8")


def inputs():
    """Each file by itself; those of ICIJ belong together."""
    yield from ([path] for path in READ if path.parent.name != "icij")
    yield [path for path in READ if path.parent.name == "icij"]


@pytest.mark.parametrize("paths", list(inputs()), ids=lambda paths: str(paths[0]))
def test_a_file_becomes_the_expected_ledger(monkeypatch, paths):
    name = name_of(paths[0].parent.name)
    if name in {"excel", "parquet"}:
        pytest.importorskip({"excel": "openpyxl", "parquet": "pyarrow"}[name])
    monkeypatch.chdir(GOLDEN)  # places are written as they were named
    sources, statements, problems = said(paths, name)
    compare(GOLDEN / paths[0].parent / "ledger.yaml", text_of(statements, sources))
    told = "".join(f"{p.severity}: {p}\n".replace(paths[0].suffix + ":", ":") for p in problems)
    if "gleif" in str(paths[0]):  # three files say the same at places of their own
        told = "".join(f"{p.severity}: {p.message}\n" for p in problems)
    if told or (GOLDEN / paths[0].parent / "problems.txt").exists():
        compare(GOLDEN / paths[0].parent / "problems.txt", told)


def test_every_format_that_is_read_has_a_pair():
    assert {name_of(path.parent.name) for path in READ} == {f.name for f in FORMATS.values() if f.reader}
    assert {name for name, _ in WRITTEN} | {"excel", "parquet"} == {
        f.name for f in FORMATS.values() if f.writer
    }


@pytest.mark.parametrize(("name", "folder"), WRITTEN)
def test_the_ledger_is_written_as_expected(tmp_path, name, folder):
    if name in {"graphml", "gexf"}:
        pytest.importorskip("networkx")
    ledger = load_ledger(str(GOLDEN / folder / "ledger.yaml"))
    out = tmp_path / "out"
    FORMATS[name].write(ledger, out, TODAY)
    for file, text in texts(out):
        ending = {"bods": "json", "ftm": "jsonl"}.get(name, name)
        compare(GOLDEN / folder / f"out.{file or ending}", text)


def texts(out):
    if out.is_dir():
        return [(path.name, path.read_text("utf-8")) for path in sorted(out.iterdir())]
    if zipfile.is_zipfile(out):
        with zipfile.ZipFile(out) as archive:
            return [(info.filename, archive.read(info).decode()) for info in archive.infolist()]
    return [("", out.read_text("utf-8").replace(date.today().isoformat(), "TODAY"))]  # noqa: DTZ011 (GEXF writes it)


@pytest.mark.parametrize(("name", "folder"), [pair for pair in WRITTEN if FORMATS[pair[0]].reader])
def test_out_and_in_again_is_the_same_twice(tmp_path, name, folder):
    """The first time nothing that the format can say is lost; the second time nothing at all."""
    ledger = load_ledger(str(GOLDEN / folder / "ledger.yaml"))
    texts_ = []
    for number in range(3):
        path = tmp_path / f"{number}.{name}"
        FORMATS[name].write(ledger, path, TODAY)
        sources, statements, problems = said([path], name)
        assert [p for p in problems if p.severity == "error"] == []
        ledger = Ledger(sources=MappingProxyType(sources), statements=tuple(statements))
        texts_.append(text_of(statements, sources).replace(f"{number}.{name}", "x"))
    assert texts_[1] == texts_[2]
