"""Everybody at once out of a register answers what the analyses of small networks answer, pair by pair."""

import random
from fractions import Fraction

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("numba")
from random_worlds import world_of

from crosstie.engines.register import store
from crosstie.questions import control, opening
from crosstie.questions.clocks import Clocks

pytestmark = pytest.mark.bulk
CLOCKS = Clocks.of(known="2022-06-01")


@pytest.fixture(params=range(6))
def register(request, tmp_path):
    path = tmp_path / "world.duckdb"
    store.append(path, world_of(random.Random(request.param), replayed=request.param % 2 == 1))
    return str(path)


def both_ways(monkeypatch, ask, *given):
    """By the small analyses, then by everybody at once."""
    monkeypatch.setattr(opening, "LARGE", 10**9)
    small = ask(*given)
    monkeypatch.setattr(opening, "LARGE", 0)
    return small, ask(*given)


def ends(part):
    if hasattr(part, "low"):
        return float(part.low), float(part.high), part.low_open, part.high_open
    return float(part), float(part), False, False


@pytest.mark.parametrize("threshold", ["1/2", "1/4"])
def test_control(register, monkeypatch, threshold):
    small, large = both_ways(monkeypatch, control.controls, register, CLOCKS, Fraction(threshold), "least")
    small_rows, large_rows = list(small.rows), list(large.rows)
    assert [(r["company"], r["controller"], r["ultimate"], r["decided"]) for r in small_rows] == [
        (r["company"], r["controller"], r["ultimate"], r["decided"]) for r in large_rows
    ]
    assert [ends(r["votes"]) for r in small_rows] == [
        pytest.approx(ends(r["votes"]), abs=1e-12) for r in large_rows
    ]
    assert small.ranged == large.ranged
    notes = {p for p in small.problems if p.kind == "self-controlled-group"}
    assert notes == {p for p in large.problems if p.kind == "self-controlled-group"}
