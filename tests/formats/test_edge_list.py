from pathlib import Path

import pytest

from crosstie.formats.edge_list import load, loads
from crosstie.text.problem import ProblemError

HEAD = "holder,issuer,share,votes\n"


def test_shares_are_read_as_people_write_them():
    text = "holder,issuer,share\na,x,0.15\nb,x,15%\nc,x,25-50%\nd,x,<=15%\ne,x,1/3\nf,x,>25%\n"
    assert [str(h.share) for h in loads(text).holdings] == [
        "3/20", "3/20", "[1/4, 1/2]", "[0, 3/20]", "1/3", "(1/4, 1]",
    ]  # fmt: skip


def test_quoted_fields_and_a_byte_order_mark(tmp_path: Path):
    file = tmp_path / "edges.csv"
    file.write_bytes('\ufeffholder,issuer,share\n"Müller, Söhne & ""Co""",x,15%\n'.encode())
    assert load(file).holdings[0].holder == 'Müller, Söhne & "Co"'


def test_a_field_over_two_lines_keeps_the_line_numbers_right():
    said = loads('holder,issuer,share\n"two\nlines",x,15%\na,x,oops\n', "e.csv")
    assert [h.head.where.line for h in said.holdings] == [2]
    assert str(said.problems[0].where) == "e.csv:4"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,x,oops,", "e.csv:2: share 'oops' is not a share: write a part of one or a percentage"),
        ("a,x,15,", "e.csv:2: share '15' is over 100%"),
        ("a,x,120%,", "e.csv:2: share '120%' is over 100%"),
        ("a,x,-5%,", "e.csv:2: share '-5%' is not a share"),
        ("a,x,NaN,", "e.csv:2: share 'NaN' is not a share"),
        ("a,x,50-25%,", "e.csv:2: share '50-25%' is not a share"),
        ("a,x,5%,much", "e.csv:2: votes 'much' is not a share"),
        (",x,5%,", "e.csv:2: holder is empty"),
        ("a,,5%,", "e.csv:2: issuer is empty"),
        ("a,x,,", "e.csv:2: share is empty"),
        ("a,x,5%", "e.csv:2: 3 cells where the first line names 4 columns"),
        ('a,"x"y,5%,', "e.csv:2: not CSV: ',' expected after '\"': skipped"),
    ],
)
def test_a_wrong_line_is_one_problem_and_the_others_load(line, words):
    said = loads(f"{HEAD}{line}\nb,x,5%,\n", "e.csv")
    assert len(said.problems) == 1
    assert str(said.problems[0]).startswith(words)
    assert [h.holder for h in said.holdings] == ["b"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "e.csv:1: no column holder, issuer, share; .* says: nothing"),
        ("owner,company,share\n", "e.csv:1: no column holder, issuer; .* says: owner, company, share"),
        ("holder,issuer,share,share\n", "e.csv:1: two columns named 'share'"),
    ],
)
def test_the_first_line_names_the_columns(text, words):
    with pytest.raises(ProblemError, match=words):
        loads(text, "e.csv")


def test_a_line_in_another_encoding_is_told_and_the_others_load(tmp_path: Path):
    file = tmp_path / "latin.csv"
    file.write_bytes("holder,issuer,share\nMüller,x,5%\nAda,x,6%\n".encode("latin-1"))
    said = load(file)
    assert [(h.holder, h.head.where.line) for h in said.holdings] == [("Ada", 3)]
    assert [str(p) for p in said.problems] == [f"{file}:2: not UTF-8 at byte 2 of the line: skipped"]


def test_the_same_pair_twice_is_added_and_said():
    said = loads("holder,issuer,share\na,x,5%\na,x,6%\n", "e.csv")
    assert len(said.holdings) == 2
    assert str(said.problems[0]) == "e.csv:3: a in x is also on line 2; the two are added"
    assert said.problems[0].severity == "warning"
