import sys
from dataclasses import dataclass

import pytest

from crosstie.analyses.frames import to_frame
from crosstie.ledger.amounts import Interval
from crosstie.text.problem import CrosstieError


@dataclass(frozen=True, slots=True)
class Row:
    owner: str
    share: object


def test_one_column_per_field():
    frame = to_frame([Row("ana", 0.25), Row("ben", Interval.parse("75%"))], Row)
    assert list(frame.columns) == ["owner", "share"]
    assert list(frame["share"]) == [0.25, 0.75]


def test_an_interval_becomes_two_columns_and_a_number_beside_it_both():
    frame = to_frame([Row("ana", Interval.parse("25-50%")), Row("ben", 0.75)], Row)
    assert list(frame.columns) == ["owner", "share_low", "share_high"]
    assert frame.iloc[0].tolist() == ["ana", 0.25, 0.5]
    assert frame.iloc[1].tolist() == ["ben", 0.75, 0.75]


def test_an_empty_answer_keeps_its_columns():
    assert list(to_frame([], Row).columns) == ["owner", "share"]


def test_without_pandas_the_message_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(CrosstieError, match="pip install pandas"):
        to_frame([], Row)
