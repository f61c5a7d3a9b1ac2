"""A question about a few parties, which reads what bears on them alone, answers as if it had read everything."""

import random
from datetime import date

import pytest

pytest.importorskip("duckdb")
from random_worlds import world_of

from crosstie.engines.register import store
from crosstie.questions import explain, holders, opening, own, power
from crosstie.questions.clocks import Clocks
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
CLOCKS = Clocks(date(2022, 6, 1), date(2022, 6, 1))
COMPANIES = [f"g{group} {letter}" for group in range(3) for letter in "abcd"]


@pytest.fixture(params=range(5))
def register(request, tmp_path):
    path = tmp_path / "world.duckdb"
    store.append(path, world_of(random.Random(request.param)))
    return str(path)


def both(monkeypatch, ask, *given, **more):
    """The answers by everything and by what bears on the question, or the errors."""
    found = []
    for large in (10**9, 0):
        monkeypatch.setattr(opening, "LARGE", large)
        try:
            found.append(ask(*given, **more))
        except CrosstieError as error:
            found.append(str(error))
    return found


def same_problems(whole, part):
    """No problem is new, and none is lost that the part's statements have."""
    assert set(part) <= set(whole)


def test_holders(register, monkeypatch):
    for company in COMPANIES[::3]:
        for group in (False, True):
            whole, part = both(monkeypatch, holders.holders, register, company, CLOCKS, group=group)
            if isinstance(whole, str):
                assert whole == part
                continue
            assert whole.rows == part.rows, company
            assert set(whole.notes) == set(part.notes)
            same_problems(whole.problems, part.problems)
            lost = set(whole.problems) - set(part.problems)
            assert not [p for p in lost if f" {company} add" in p.message], "its own column's problem is told"


def ends(share):
    """Both ends, of one number too: a part of a ledger may have no ranges where the whole has some."""
    if hasattr(share, "low"):
        return float(share.low), float("inf" if share.high is None else share.high)
    return float(share), float(share)


def told(answer):
    return {
        (row["owner"], row["company"]): (row["direct"], row["look_through"], row["terminal"])
        for row in answer[0]
    }


@pytest.mark.parametrize("measure", ["company", "owner"])
def test_own(register, monkeypatch, measure):
    some = 0
    for party in (*COMPANIES[::2], "g0 x", "g1 y", "g2 z"):
        asked = own.Asked(**{measure: party})
        whole, part = both(monkeypatch, own.own, register, CLOCKS, asked)
        if isinstance(whole, str):
            assert whole == part
            continue
        expected, found = told(whole), told(part)
        assert expected.keys() == found.keys(), party
        for pair, (direct, share, terminal) in expected.items():
            assert found[pair][2] == terminal, pair
            assert ends(found[pair][0]) == pytest.approx(ends(direct), abs=1e-12), pair
            assert ends(found[pair][1]) == pytest.approx(ends(share), abs=1e-12), pair
        same_problems(whole[1], part[1])
        some += len(expected)
    assert some > 10


def _power(register, company):
    return power.power_in_ledger(register, company, CLOCKS, power.Asked(unknown="absent"))[0]


def _explained(register, company):
    return list(explain.rows(explain.explain_in_ledger(register, CLOCKS, "g0 x", company)))


def test_power_and_explain(register, monkeypatch):
    for company in COMPANIES[::3]:
        whole, part = both(monkeypatch, _power, register, company)
        assert whole == part
        whole, part = both(monkeypatch, _explained, register, company)
        assert whole == part or sorted(map(str, whole)) == sorted(map(str, part))


def test_names_and_near_misses(register, monkeypatch):
    for asked in ("The g0 a", "THE G1 B", "g0  a", "Nobody Of This Name", "unknown holders of g0 a"):
        whole, part = both(monkeypatch, own.own, register, CLOCKS, own.Asked(owner=asked))
        if isinstance(whole, str):
            assert whole.split(";")[0] == part.split(";")[0]  # the near miss may be another, as near
        else:
            assert told(whole).keys() == told(part).keys()
