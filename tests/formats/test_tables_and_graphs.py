"""Edge lists in other containers say the same; graphs for other tools open there and hide nothing."""

import csv
import random
import subprocess
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from shutil import which
from xml.etree import ElementTree as ET

import pytest

from crosstie.formats import edge_list, excel, graph_xml, graphs, parquet
from crosstie.formats.bods import reading
from crosstie.formats.catalogue import FORMATS, find
from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Head, Holding, Identifier
from crosstie.ledger.telling import telling
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import open_network
from crosstie.text.problem import CrosstieError, Problem

ROWS = [
    ["holder", "issuer", "share", "votes"],
    ["ana", "alpha", "0.6", ""],
    ["ana", "beta", "25-50%", "<=15%"],
    ["=cmd()", "beta", "lots", ""],
    ["alpha", "beta", "1/3", "50%"],
]
TODAY = date(2024, 1, 1)
CASE = Path(__file__).parents[2] / "cases" / "alliance"


def texts(said):
    return [(h.holder, h.issuer, str(h.share), str(h.votes)) for h in said.holdings]


def as_csv():
    return edge_list.loads("".join(",".join(row) + "\n" for row in ROWS))


def test_excel_says_what_csv_says(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append([0.6 if cell == "0.6" else cell for cell in row])
        for cell in book.active[book.active.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    path = tmp_path / "a.xlsx"
    book.save(path)
    said = excel.load(path)
    assert texts(said) == texts(as_csv())
    assert [p.where.line for p in said.problems] == [4]


def test_parquet_says_what_csv_says(tmp_path):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq  # noqa: PLC0415 (an extra)

    columns = dict(zip(ROWS[0], zip(*ROWS[1:], strict=True), strict=True))
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), path)
    said = parquet.load(path)
    assert texts(said) == texts(as_csv())
    assert len(said.problems) == 1


@pytest.mark.parametrize("load", [excel.load, parquet.load])
def test_what_is_no_table_is_one_line(tmp_path, load):
    path = tmp_path / "a.bin"
    path.write_bytes(b"PK\x03\x04 not really, but long enough to try" * 50)
    with pytest.raises(CrosstieError, match="not a") as told:
        load(path)
    assert "\n" not in str(told.value)


def a_ledger(*names):
    parties = [Entity(head=Head(id=n), party=n, name=n) for n in names]
    holdings = [
        Holding(head=Head(id=f"{a}>{b}"), holder=a, issuer=b, words="controls") for a, b in pairwise(names)
    ]
    return Ledger(statements=(*parties, *holdings))


HOSTILE = ('a "quoted" one', "back\\slash", "<b>&amp;</b>", "line\nbreak", "=1+1", "naïve – ¥")


def test_graphml_and_gexf_open_where_they_are_meant_to(tmp_path):
    nx = pytest.importorskip("networkx")
    for write, read in ((graph_xml.write_graphml, nx.read_graphml), (graph_xml.write_gexf, nx.read_gexf)):
        path = tmp_path / "g.xml"
        write(a_ledger(*HOSTILE), path, TODAY)
        graph = read(path)
        assert {known["name"] for _, known in graph.nodes(data=True)} == set(HOSTILE)
        assert graph.number_of_edges() == len(HOSTILE) - 1


@pytest.mark.parametrize("write", [graph_xml.write_graphml, graph_xml.write_gexf])
@pytest.mark.parametrize("names", [HOSTILE, ("one",), ()])
def test_networkx_reads_from_graphml_and_gexf_what_was_said(tmp_path, names, write):
    nx = pytest.importorskip("networkx")
    ledger = a_ledger(*names)
    again = [each for each in ledger.statements if isinstance(each, Holding)]
    again = [
        replace(each, head=Head(id=f"{each.head.id} too"), share=Interval.parse("1/3")) for each in again
    ]
    ledger = Ledger(statements=(*again[::-1], *ledger.statements))
    write(ledger, tmp_path / "g.xml", TODAY)
    read = nx.read_graphml if write is graph_xml.write_graphml else nx.read_gexf
    graph = read(tmp_path / "g.xml")
    found = {
        party: {k: v for k, v in known.items() if k != "label"} for party, known in graph.nodes(data=True)
    }
    assert found == dict(graphs.nodes(telling(ledger)))
    holdings = graphs.edges(telling(ledger).stated(Holding))
    assert sorted(
        (holder, company, sorted((k, v) for k, v in known.items() if k != "id"))
        for holder, company, known in graph.edges(data=True)
    ) == sorted((holder, company, sorted(known.items())) for holder, company, known in holdings)


@pytest.mark.parametrize("write", [graph_xml.write_graphml, graph_xml.write_gexf])
def test_no_two_of_anything_in_graphml_and_gexf_have_one_id(tmp_path, write, monkeypatch):
    """Also where nodes and edges have an attribute of one name, each with a type of its own."""
    shared = [(name, {"name": name, "share_low": "none"}) for name in HOSTILE]
    monkeypatch.setattr(graph_xml, "nodes", lambda _: iter(shared))
    holding = Holding(head=Head(id="h"), holder=HOSTILE[0], issuer=HOSTILE[1], share=Interval.parse("5%"))
    write(Ledger(statements=(holding, replace(holding, head=Head(id="again")))), tmp_path / "g.xml", TODAY)
    ids: dict[str, list[str]] = {}
    for each in ET.parse(tmp_path / "g.xml").iter():  # noqa: S314 (written by us)
        if "id" in each.attrib:
            ids.setdefault(each.tag.rpartition("}")[2], []).append(each.attrib["id"])
    assert {tag: len(found) for tag, found in ids.items()} in (
        {"key": 7, "node": len(HOSTILE), "edge": 2},
        {"attribute": 7, "node": len(HOSTILE), "edge": 2},
    )
    assert all(len(set(found)) == len(found) for found in ids.values())


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\x1b", "\ufffe", "\uffff"])
@pytest.mark.parametrize("write", [graph_xml.write_graphml, graph_xml.write_gexf, excel.write])
def test_what_xml_cannot_have_is_one_line_and_no_file(tmp_path, write, bad):
    pytest.importorskip("openpyxl")
    holding = Holding(head=Head(id="h"), holder=f"a{bad}b", issuer="c", share=Interval.parse("5%"))
    with pytest.raises(CrosstieError, match=r"^'a\\.*b' cannot stand in (XML|a workbook); export --to \w+$"):
        write(Ledger(statements=(holding,)), tmp_path / "out", TODAY)
    assert not list(tmp_path.iterdir())


def test_neo4j_files_join_up(tmp_path):
    graphs.write_neo4j(a_ledger(*HOSTILE), tmp_path, TODAY)
    with (tmp_path / "nodes.csv").open(encoding="utf-8", newline="") as nodes:
        ids = {row["id:ID"] for row in csv.DictReader(nodes)}
    with (tmp_path / "relationships.csv").open(encoding="utf-8", newline="") as relations:
        rows = list(csv.DictReader(relations))
    assert ids == set(HOSTILE)
    assert {row[":START_ID"] for row in rows} | {row[":END_ID"] for row in rows} <= ids


def test_a_colon_in_the_name_of_a_neo4j_column_is_no_type(tmp_path):
    """What stands after the last colon of a column's name is its type."""
    party = Entity(
        head=Head(id="a"), party="a", name="A", identifiers=(Identifier(scheme="x:int", value="no number"),)
    )
    graphs.write_neo4j(Ledger(statements=(party,)), tmp_path, TODAY)
    header = (tmp_path / "nodes.csv").read_text("utf-8").splitlines()[0]
    assert header == "id:ID,:LABEL,name,type,id_x:int:string"


def test_dot_is_read_by_graphviz(tmp_path):
    graphs.write_dot(a_ledger(*HOSTILE), tmp_path / "g.dot", TODAY)
    text = (tmp_path / "g.dot").read_text("utf-8")
    assert text.count("->") == len(HOSTILE) - 1
    if which("dot") is None:
        pytest.skip("Graphviz is not installed: only the arrows were counted")
    subprocess.run(["dot", "-Tplain", str(tmp_path / "g.dot")], check=True, capture_output=True)


def test_the_edge_list_of_a_day_gives_the_same_network(tmp_path):
    from crosstie.questions.export import export  # noqa: PLC0415 (the question under test)

    clocks = Clocks.of(on="2024-10-03", known="2025-01-01")
    export(str(CASE), "csv", str(tmp_path / "day.csv"), clocks)
    one, other = open_network(str(CASE), clocks), open_network(str(tmp_path / "day.csv"), clocks)

    def shares(network):
        return {
            (network.parties[h].id, network.parties[c].id): network.exact_capital[e]
            for c in range(network.size)
            for e, h in enumerate(network.holders_of(c).tolist(), int(network.start[c]))
            if network.exact_capital[e].high and not network.parties[h].unknown_of
        }

    assert shares(one) == shares(other)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_what_it_loses_and_has_a_page(name):
    assert FORMATS[name].loses or FORMATS[name].written_loses
    page = {"csv": "edge-list", "excel": "edge-list", "parquet": "edge-list"}.get(name, name)
    page = "graphs" if name in {"graphml", "gexf", "neo4j", "dot"} else page
    assert (Path(__file__).parents[2] / "docs" / "formats" / f"{page}.md").is_file()


def test_an_unknown_format_names_those_there_are():
    with pytest.raises(CrosstieError, match="no format 'xml' to read; there are bods, ftm"):
        find("xml")
    with pytest.raises(CrosstieError, match="no format 'psc' to write; there are bods"):
        find("psc", to=True)


SEED = 2_024_110_8


@pytest.mark.long
@pytest.mark.parametrize(
    "name", [n for n, f in FORMATS.items() if f.reader and n not in {"excel", "parquet"}]
)
def test_no_reader_falls_over_whatever_it_is_given(tmp_path, name):
    """Mutated lines of what the reader expects: a statement, a problem or one clear line, never a traceback."""
    chance = random.Random(SEED)
    interest = b'{"type":"shareholding","share":{"exact":5}}'
    details = b'{"subject":"a","interestedParty":"b","interests":[%s]}' % interest
    seeds = [
        b'{"statementId":"x","recordType":"relationship","statementDate":"2020-01-01","recordDetails":%s}'
        % details,
        b'{"id":"o","schema":"Ownership","properties":{"owner":["p"],"asset":["c"],"percentage":["25-50 %"]}}',
        b'{"company_number":"1","data":{"kind":"individual-person-with-significant-control","natures_of_control":["x"]}}',
        b"LEI,Entity.LegalName\n5493001KJTIIGC8Y1R12,Alpha",
        b"holder,issuer,share\nana,alpha,15%\n",
    ]
    alphabet = [b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"1e999", b"-1", b"\x00", b"\xff", b"\n", b"%", b"1/0",
                b"[" * 3000, b"9" * 5000, b"\xed\xa0\x80"]  # fmt: skip
    path = tmp_path / "fuzz.bin"
    for _ in range(1500):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.randrange(0, 4)] = chance.choice(alphabet)
        path.write_bytes(data)
        told: list[str] = []
        try:
            told += [str(item) for item in FORMATS[name].read(path) if isinstance(item, Problem)]
        except CrosstieError as error:
            told.append(str(error))
        assert not any("\n" in line for line in told), bytes(data)


def test_bods_of_another_shape_is_told_not_crashed_on(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(
        '[{"statementId": 5}, {"statementId": "a", "recordType": "entity", "recordDetails": []}, 7, "x"]'
    )
    items = list(reading.read(path))
    assert [type(item) for item in items] == [Problem] * 4
