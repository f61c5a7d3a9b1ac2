"""Files of outside assets and debts."""

from fractions import Fraction

import pytest

from crosstie.formats.accounts import load_assets, read_assets, read_debts
from crosstie.text.problem import ProblemError


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10", 10),
        ('"1,000.5"', Fraction(2001, 2)),
        ("-3", -3),
        ("−3", -3),
        ("1/3", Fraction(1, 3)),
        ("1.2e3", 1200),
    ],
)
def test_amounts_are_read_exactly(text, amount):
    assert read_assets(f"company,outside_assets\na,{text}\n")[0].amount == amount


def test_columns_may_stand_in_any_order_with_others_between():
    (line,) = read_debts("amount,note,creditor,debtor,seniority\n5,x,b,a,\n")
    assert (line.debtor, line.creditor, line.amount, line.seniority) == ("a", "b", 5, 1)
    assert line.where.line == 2


def test_empty_lines_and_a_byte_order_mark_are_no_matter(tmp_path):
    path = tmp_path / "assets.csv"
    path.write_bytes("\ufeffcompany,outside_assets\r\n\r\na,1\r\n,\r\n".encode())
    (line,) = load_assets(path)
    assert (line.company, line.where.line) == ("a", 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("company,outside_assets\na,1_000\n", "t.csv:2: outside_assets '1_000' is not an amount"),
        ("company,outside_assets\na,\n", "t.csv:2: outside_assets '' is not an amount"),
        ("company,outside_assets\na,1/0\n", "t.csv:2: outside_assets '1/0' is not an amount"),
        ("company,outside_assets\na,inf\n", "t.csv:2: outside_assets 'inf' is not an amount"),
        ('company,outside_assets\n"a,1\n', "t.csv:2: not CSV"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text, message):
    with pytest.raises(ProblemError) as told:
        read_assets(text, "t.csv")
    assert str(told.value).startswith(message)


def test_text_that_is_not_utf8_is_told(tmp_path):
    path = tmp_path / "assets.csv"
    path.write_bytes(b"company,outside_assets\n\xff,1\n")
    with pytest.raises(ProblemError, match="not UTF-8 text"):
        load_assets(path)
