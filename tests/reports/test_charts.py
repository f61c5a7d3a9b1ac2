"""Charts: every party and share is there, nothing overlaps, hostile names stay text."""

import io
import re
import zipfile
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Party
from crosstie.reports.diagram import Diagram, Tally, structure
from crosstie.reports.labels import label_size
from crosstie.reports.layout import place
from crosstie.reports.page import page, rows_table
from crosstie.reports.picture import png
from crosstie.reports.sheets import workbook
from crosstie.reports.slides import slides
from crosstie.reports.svg import draw
from crosstie.text.problem import CrosstieError

SVG = "{http://www.w3.org/2000/svg}"


def alliance_like() -> Diagram:
    edges = [
        ("state", "renault", "15.01%"),
        ("nissan", "renault", "15%"),
        ("renault", "nissan", "15%"),
        ("trust", "nissan", "28.4%"),
        ("renault", "trust", "100%"),
        ("nissan", "ampere", "<=15%"),
    ]
    parties = [Party("state", "French State", "state", "FR"), Party("trust", "Trust", "trust", "FR")]
    network = make_network(
        [
            Edge(h, c, Interval.parse(s), suspended=h == "nissan", statements=(f"{h}-{c}",))
            for h, c, s in edges
        ],
        parties,
    )
    tallies = {("state", "renault"): Tally(Interval.parse("28.88%"), Interval.parse("17.9%"))}
    return structure(network, title="T", tallies=tallies, planned=frozenset({"nissan-ampere"}))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 (our own)


def test_every_party_and_share_is_written() -> None:
    written = texts(draw(place(alliance_like())))
    for expected in (
        "French State",
        "15.01%",
        "votes 28.88%",
        "free 17.9%",
        "≤ 15%",
        "no votes",
        "Other holders",
    ):
        assert expected in written


def test_what_is_planned_is_dashed_and_nothing_else() -> None:
    svg = draw(place(alliance_like()), legend=False)
    dashed = re.findall(r'<path class="edge[^"]*planned"[^>]*><title>([^<]*)', svg)
    assert dashed == ["nissan → ampere"]


def test_votes_asleep_are_marked() -> None:
    asleep = [arrow for arrow in alliance_like().arrows if arrow.asleep]
    assert {arrow.holder for arrow in asleep} == {"nissan"}
    assert all("no votes" in arrow.lines for arrow in asleep)


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_hostile_names_stay_text(theme) -> None:
    name = '</text><script>alert("1")</script>&'
    network = make_network([Edge("a", "b", Interval.parse("60%"))], [Party("a", name, "person")])
    svg = draw(place(structure(network, title=name)), theme=theme)
    assert "<script" not in svg
    assert name in texts(svg)[0]


def test_a_page_loads_nothing_from_elsewhere() -> None:
    table = rows_table("Holdings", [{"holder": "<b>", "share": "15%"}], numeric=["share"])
    html = page("Title", "Intro", [alliance_like(), alliance_like()], [table])
    outside = re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?(?!#)([^"\')>]+)', html)
    assert outside == []
    assert "&lt;b&gt;" in html
    assert html.count("<svg") == 2


names = st.sampled_from([f"c{i}" for i in range(9)])
shares = st.sampled_from(["5%", "10%", "20-30%", "<=5%", "1/3"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(names, names, shares), min_size=1, max_size=22))
def test_no_two_boxes_overlap_and_all_lie_inside(holdings) -> None:
    network = make_network([Edge(a, b, Interval.parse(s)) for a, b, s in holdings if a != b])
    if not network.edge_count:
        return
    placed = place(structure(network, title="T"))
    for one, other in combinations(placed.boxes, 2):
        apart = [
            abs(one.centre[i] - other.centre[i]) >= (one.size[i] + other.size[i]) / 2 - 0.5 for i in (0, 1)
        ]
        assert any(apart), (one.box.id, other.box.id)
    for box in placed.boxes:
        assert 0 <= box.centre[0] - box.size[0] / 2 <= placed.width - box.size[0]
        assert 0 <= box.centre[1] - box.size[1] / 2 <= placed.height - box.size[1]
    for arrow in placed.arrows:
        half = label_size(arrow.arrow)[0] / 2
        assert half <= arrow.label[0] <= placed.width - half
        assert any(_on(arrow.label, a, b) for a, b in pairwise(arrow.points))
    assert placed == place(structure(network, title="T"))


def _on(point, a, b) -> bool:
    return all(min(a[i], b[i]) - 0.01 <= point[i] <= max(a[i], b[i]) + 0.01 for i in (0, 1))


def test_too_many_parties_is_one_clear_line() -> None:
    network = make_network([Edge(f"p{i}", f"c{i}", Interval.parse("100%")) for i in range(300)])
    with pytest.raises(CrosstieError, match="too many for one chart"):
        place(structure(network, title="T"))


def test_a_picture_is_a_png_with_ink() -> None:
    light, dark = png(alliance_like()), png(alliance_like(), theme="dark")
    assert light.startswith(b"\x89PNG")
    assert dark.startswith(b"\x89PNG")
    assert light != dark
    assert len(light) > 20_000


def test_slides_hold_real_shapes_and_a_line_for_each_arrow() -> None:
    pptx = pytest.importorskip("pptx")
    deck = pptx.Presentation(io.BytesIO(slides([alliance_like(), alliance_like()])))
    assert len(deck.slides) == 2
    words = {shape.text_frame.text for shape in deck.slides[0].shapes if shape.has_text_frame}
    assert {"French State", "15.01%\nvotes 28.88%\nfree 17.9%"} <= words
    xml = deck.slides[0].shapes._spTree.xml
    assert xml.count('<a:tailEnd type="triangle"/>') == len(alliance_like().arrows)
    assert xml.count("<p:cxnSp>") + xml.count("<a:custGeom>") == len(alliance_like().arrows)


def test_a_workbook_never_turns_text_into_a_formula() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    data = workbook({"Parties": [{"name": '=HYPERLINK("http://x")', "share": Interval.parse("15%")}]})
    cell = openpyxl.load_workbook(io.BytesIO(data))["Parties"]["A2"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')
    assert zipfile.is_zipfile(io.BytesIO(data))
