"""What an owner has in a company, explained from what lies between them alone, is what reading everything explains."""

import random

import pytest

pytest.importorskip("duckdb")
from random_worlds import world_of

from crosstie.engines.register import store
from crosstie.questions import explain, opening
from crosstie.questions.clocks import Clocks
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
CLOCKS = Clocks.of(known="2022-06-01")


def explained(path, owner, company):
    try:
        found = explain.explain_in_ledger(path, CLOCKS, owner, company)
    except CrosstieError as error:
        return str(error)
    return [
        sorted(
            (key, round(float(value), 12) if isinstance(value, float) else str(value))
            for key, value in row.items()
        )
        for row in explain.rows(found)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_explained_from_between_as_from_everything(tmp_path, monkeypatch, seed):
    path = tmp_path / "world.duckdb"
    store.append(path, world_of(random.Random(seed), replayed=seed % 2 == 1))
    some = 0
    for owner, company in (
        ("g0 x", "g0 a"),
        ("g1 y", "g1 b"),
        ("g2 a", "g2 c"),
        ("g0 x", "g2 d"),
        ("g1 z", "g1 d"),
    ):
        monkeypatch.setattr(opening, "LARGE", 10**9)
        everything = explained(str(path), owner, company)
        monkeypatch.setattr(opening, "LARGE", 0)
        assert explained(str(path), owner, company) == everything
        some += len(everything)
    assert some > 10
