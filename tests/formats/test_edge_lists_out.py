"""Edge lists as CSV, workbook and Parquet: out and in again says the same, and hostile files are told."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosstie.formats import edge_list
from crosstie.formats.catalogue import FORMATS
from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Head, Holding
from crosstie.questions.export import export
from crosstie.questions.importing import into_register, into_text
from crosstie.text.problem import CrosstieError, Problem

openpyxl = pytest.importorskip("openpyxl")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

TODAY = date(2024, 1, 1)
NAMES = ("csv", "excel", "parquet")
ENDING = {"csv": "csv", "excel": "xlsx", "parquet": "parquet"}

ids = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
) | st.sampled_from(["=1+1", "+cmd|' /C calc'!A0", "-1", "@SUM(1)", "0012", "1e5", "TRUE", "1/3", 'a "b", c', "2024-01-01",
                     "Œuvre é 日本", "#REF!"])  # fmt: skip
numbers = st.fractions(0, 1, max_denominator=997) | st.decimals(0, 1, places=4).map(Fraction)
parts = numbers.map(Interval.exactly) | st.tuples(numbers, numbers, st.booleans(), st.booleans()).filter(
    lambda each: each[0] < each[1]
).map(lambda each: Interval(*each))


def ledger_of(rows):
    return Ledger(
        statements=tuple(
            Holding(head=Head(id=f"{n}"), holder=holder, issuer=issuer, share=share, votes=votes)
            for n, (holder, issuer, share, votes) in enumerate(rows)
        )
    )


def written(name, ledger, folder):
    path = folder / f"edges.{ENDING[name]}"
    return path, FORMATS[name].write(ledger, path, TODAY)


def said(name, path):
    items = list(FORMATS[name].read(path))
    problems = [i for i in items if isinstance(i, Problem) and i.severity == "error"]
    holdings = [i for i in items if isinstance(i, Holding)]
    assert {i.party for i in items if isinstance(i, Entity)} == {
        end for h in holdings for end in (h.holder, h.issuer)
    }
    return [(h.holder, h.issuer, h.share, h.votes) for h in holdings], problems


@pytest.mark.parametrize("name", NAMES)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=60,
)
@given(rows=st.lists(st.tuples(ids, ids, parts, st.none() | parts), max_size=8))
def test_out_and_in_twice_says_the_same_exactly(tmp_path, name, rows):
    once = said(name, written(name, ledger_of(rows), tmp_path)[0])
    assert once == ([tuple(row) for row in rows], [])
    again = said(name, written(name, ledger_of(once[0]), tmp_path)[0])
    assert again == once


def test_a_cell_like_a_formula_stays_the_id_and_is_told_in_csv_and_is_text_in_a_workbook(tmp_path):
    ledger = ledger_of([("=HYPERLINK(1)", "-x", Interval.parse("15%"), None)])
    path, (problem,) = written("csv", ledger, tmp_path)
    assert path.read_text() == "holder,issuer,share,votes\n=HYPERLINK(1),-x,15%,\n"
    assert "2 ids such as '=HYPERLINK(1)' begin like a formula" in problem.message
    path, told = written("excel", ledger, tmp_path)
    assert told == ()
    cells = [cell for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2) for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "n", "n"]
    assert [cell.number_format for cell in cells[2:3]] == ["0.00%"]


def workbook(path, rows, formats=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, number_format in formats:
        book.active[place].number_format = number_format
    book.save(path)
    return path


def test_a_workbook_with_titles_odd_cells_and_an_empty_column(tmp_path):
    rows = [
        ["Holdings of the group", None, None, None, None],
        [None],
        ["note", "issuer", None, "share", "holder"],
        ["percent", "alpha", None, 0.15, "ana"],
        ["text", "alpha", None, "25-50%", "bo"],
        ["number as id", "alpha", None, 0.1 + 0.2, 12345678901234],
        ["true", "alpha", None, 1e-7, True],
        ["a date", "alpha", None, datetime(2024, 1, 3), "cy"],  # noqa: DTZ001 (a workbook's dates have no zone)
        ["an error", "alpha", None, "#DIV/0!", "dan"],
        ["no holder", "alpha", None, 0.1, None],
        ["over", "alpha", None, 15, "eve"],
    ]
    path = workbook(tmp_path / "a.xlsx", rows, [("D4", "0%")])
    holdings, problems = said("excel", path)
    assert [(h, str(share)) for h, _, share, _ in holdings] == [
        ("ana", "3/20"), ("bo", "[1/4, 1/2]"), ("12345678901234", "3/10"), ("TRUE", "1/10000000"),
    ]  # fmt: skip
    assert [(p.where.line, p.message.split(":")[0]) for p in problems] == [
        (8, "share '2024-01-03' is not a share"), (9, "share '#DIV/0!' is not a share"), (10, "holder is empty"),
        (11, "share '15' is over 100%"),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [[], [["owner", "company"]], [["a"]] * 60])
def test_a_workbook_without_the_columns_is_one_line(tmp_path, rows):
    with pytest.raises(CrosstieError, match="no column holder") as told:
        said("excel", workbook(tmp_path / "a.xlsx", rows))
    assert "\n" not in str(told.value)


def test_a_workbook_that_is_a_bomb_is_refused_unread(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["holder", "issuer", "share"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/sharedStrings2.xml", b" " * 50_000_000)
    with pytest.raises(CrosstieError, match=r"sharedStrings2\.xml' would expand from .* more than 200 times"):
        said("excel", path)


def test_parquet_of_other_types_and_with_nulls_by_row(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "holder": pa.array(["ana", None, "cy", "dan"]).dictionary_encode(),
            "issuer": ["alpha"] * 4,
            "share": pa.array(
                [Decimal("0.1500"), Decimal("0.2"), None, Decimal("0.0000")], pa.decimal128(9, 4)
            ),
            "votes": pa.array([0.25, None, None, 1.0], pa.float32()),
            "listed": pa.array([[1], [2], [3], [4]]),
        }
    )
    pq.write_table(table, path)
    holdings, problems = said("parquet", path)
    assert [(h, str(share), str(votes)) for h, _, share, votes in holdings] == [
        ("ana", "3/20", "1/4"), ("dan", "0", "1"),
    ]  # fmt: skip
    assert [str(p) for p in problems] == [
        f"{path}#row:2: holder is empty",
        f"{path}#row:3: share is empty",
    ]


@pytest.mark.parametrize("column", [pa.array([[0.1]]), pa.array([b"0.1"]), pa.array([{"low": 0.1}])])
def test_parquet_columns_of_other_kinds_are_one_line(tmp_path, column):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"holder": ["a"], "issuer": ["b"], "share": column}), path)
    with pytest.raises(CrosstieError, match=r"column share is of type .*; write texts or numbers"):
        said("parquet", path)


@pytest.mark.parametrize("name", NAMES)
def test_files_go_into_a_ledger_and_out_and_in_again(tmp_path, name):
    """What a person would type: import, export, import; both clocks left alone."""
    text = "holder,issuer,share,votes\nana,alpha,60%,1/3\nbo,alpha,25-30%,\nalpha,beta,>50%,\nana,gamma,90%,\ngamma,gamma,5%,\n"
    (tmp_path / "in.csv").write_text(text)
    into_text("csv", [str(tmp_path / "in.csv")], str(tmp_path / "one"))
    out = tmp_path / f"out.{ENDING[name]}"
    export(str(tmp_path / "one"), name, str(out), None)
    into_register(name, [str(out)], str(tmp_path / "two.duckdb"))
    back = tmp_path / "back.csv"
    export(str(tmp_path / "two.duckdb"), "csv", str(back), None)
    assert sorted(back.read_text().splitlines()) == sorted(
        [
            "holder,issuer,share,votes",
            "ana,alpha,60%,1/3",
            "bo,alpha,25-30%,",
            "alpha,beta,>50%,",
            "ana,gamma,18/19,",  # 90 of 95 outstanding: treasury shares are not written
        ]
    )


def test_an_edge_list_in_a_compressed_file_is_read_and_a_cut_one_is_told(tmp_path):
    import gzip  # noqa: PLC0415

    raw = b"holder,issuer,share\n" + b"".join(b"p%d,alpha,0.0001\n" % n for n in range(5000))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(raw))
    assert len(edge_list.load(path).holdings) == 5000
    path.write_bytes(gzip.compress(raw)[:-3000])
    holdings, problems = said("csv", path)
    assert 0 < len(holdings) < 5000
    assert "breaks off here" in problems[-1].message
