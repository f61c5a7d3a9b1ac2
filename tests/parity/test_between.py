"""What an owner has in a company, explained from what lies between them alone, is what reading everything explains."""

import random
from fractions import Fraction

import pytest

pytest.importorskip("duckdb")
from random_worlds import world_of

from crosstie.cli import stats as command
from crosstie.engines.register import store
from crosstie.ledger.statements import Head, Right
from crosstie.questions import check, control, explain, opening, own
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


def shares(path, owner, company, measure):
    try:
        rows, _ = own.own(path, CLOCKS, own.Asked(owner, company, measure))
    except CrosstieError as error:
        return str(error)
    return [{key: str(value) for key, value in row.items()} for row in rows]


@pytest.mark.parametrize("seed", range(2))
def test_one_owner_in_one_company_from_between(tmp_path, monkeypatch, seed):
    path = tmp_path / "world.duckdb"
    store.append(path, world_of(random.Random(seed), replayed=False))
    some = 0
    for owner, company in (("g0 x", "g0 a"), ("g1 b", "g1 c"), ("g2 y", "g2 d")):
        for measure in ("look-through", "walk-sum", "simple-path"):
            monkeypatch.setattr(opening, "LARGE", 10**9)
            everything = shares(str(path), owner, company, measure)
            monkeypatch.setattr(opening, "LARGE", 0)
            assert shares(str(path), owner, company, measure) == everything
            some += isinstance(everything, list) and len(everything)
    assert some > 0


def test_that_everything_was_read_is_said(tmp_path, monkeypatch, capsys):
    path = tmp_path / "bound.duckdb"
    said = world_of(random.Random(2), replayed=False)
    together = Right(
        head=Head(id="bound"), right="acting_in_concert", issuer="g0 a", parties=("g0 x", "g0 y")
    )
    store.append(path, [*said, together])
    monkeypatch.setattr(opening, "LARGE", 0)
    answer = control.controls(str(path), CLOCKS, Fraction(1, 2), "least")
    assert opening.READ_WHOLE in {each.kind for each in answer.problems}
    assert opening.READ_WHOLE in {each.kind for each in check.check(str(path), CLOCKS).problems}
    command.stats(str(path), known="2022-06-01", form="json")
    out, err = capsys.readouterr()
    assert "every statement was read one by one" in err
    assert err.count("\n") == 1
    assert "read-whole" not in out
