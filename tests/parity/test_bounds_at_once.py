"""Everybody at once on registers of ranges answers what the analyses of small networks answer."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("numba")
from random_worlds import world_of
from small_and_large import both_ways, ends

from crosstie.analyses.value import ranges as value_ranges
from crosstie.engines.register import store
from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Entity, Holding
from crosstie.questions import opening, own, value
from crosstie.questions.clocks import Clocks
from crosstie.questions.importing import items
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
CLOCKS = Clocks.of(known="2022-06-01")
SHARES = ["(25%, 50%]", "(50%, 75%)", "[75%, 100%]", "25%", "50%", "<=15%", "30%"]


@pytest.fixture(params=range(5))
def register(request, tmp_path):
    """The first two with everything the statements can say, the others with a few bands alone, so that ends meet thresholds."""
    chance, path = random.Random(request.param), tmp_path / "world.duckdb"
    said = world_of(chance, replayed=request.param == 1)
    if request.param > 1:
        said = [
            replace(each, share=Interval.parse(chance.choice(SHARES)), votes=None, words="")
            if isinstance(each, Holding)
            else each
            for each in said
            if not isinstance(each, Holding) or (each.share is not None and each.holder != each.issuer)
        ]
    store.append(path, said)
    return str(path)


def by_pair(rows):
    return {(row["owner"], row["company"]): row for row in rows}


def same(small, large):
    """Rows of the same pairs with the same ends, open ones too, and the same decisions; how many."""
    expected, found = by_pair(small[0]), by_pair(large[0])
    assert expected.keys() == found.keys()
    for pair, row in expected.items():
        for key in ("look_through", "direct"):
            assert ends(found[pair][key]) == pytest.approx(ends(row[key]), abs=1e-10), (pair, key)
        for key in ("terminal", "base", "decided"):
            assert found[pair].get(key) == row.get(key), (pair, key)
    return len(expected)


@pytest.mark.parametrize("or_more", [False, True])
@pytest.mark.parametrize("threshold", ["1/4", "1/2", "1/20"])
def test_all_persons_under_ranges(register, monkeypatch, threshold, or_more):
    asked = own.Asked(above=Fraction(threshold), persons=True, or_more=or_more)
    assert same(*both_ways(monkeypatch, own.own, register, CLOCKS, asked))


def test_one_company_or_owner_in_large_surroundings(register, monkeypatch):
    monkeypatch.setattr(own, "MANY", 0)
    some = 0
    for asked in (own.Asked("g0 x"), own.Asked("g1 a"), own.Asked(company="g2 b"), own.Asked(company="g0 a"),
                  own.Asked("g2 z", "g2 c"), own.Asked(company="g1 c", above=Fraction(1, 10))):  # fmt: skip
        some += same(*both_ways(monkeypatch, own.own, register, CLOCKS, asked))
    assert some


def test_values_of_ranges(register, monkeypatch, tmp_path):
    assets = tmp_path / "assets.csv"
    companies = [f"g{group} {letter}" for group in range(4) for letter in "abxy"]
    lines = [f"{company},{100 * number + 7}" for number, company in enumerate(companies)]
    assets.write_text("\n".join(["company,outside_assets", *lines, "nobody knows me,5"]) + "\n")

    def asked():
        return value.valued(register, CLOCKS, str(assets), None, value.Terms())

    monkeypatch.setattr(opening, "LARGE", 0)
    large = {row["company"]: row for row in asked().rows}
    monkeypatch.setattr(opening, "LARGE", 10**9)
    try:
        small = {row["company"]: row for row in asked().rows}
    except CrosstieError:
        assert any(row["equity"] is not None for row in large.values())  # the others have theirs
        return
    assert small.keys() == large.keys()
    for company, row in small.items():
        for key in ("equity", "to_outside_holders"):
            if large[company][key] is not None:
                assert ends(large[company][key])[:2] == pytest.approx(ends(row[key])[:2], rel=1e-7, abs=1e-7)


def test_ranges_that_may_close_a_group_leave_its_values_without_an_upper_end(monkeypatch, tmp_path):
    table, assets, path = tmp_path / "h.csv", tmp_path / "assets.csv", tmp_path / "r.duckdb"
    table.write_text("holder,issuer,share\na,b,75-100%\nb,a,75-100%\nana,c,60%\nc,d,25-50%\n")
    assets.write_text("company,outside_assets\na,5\nd,10\n")
    store.append(path, items("csv", [str(table)]))
    monkeypatch.setattr(opening, "LARGE", 0)
    answer = value.valued(str(path), CLOCKS, str(assets), None, value.Terms())
    rows = {row["company"]: row["equity"] for row in answer.rows}
    assert (rows["c"].low, rows["c"].high) == (Fraction(5, 2), 5)
    assert rows["a"].high is None
    assert float(rows["a"].low) == pytest.approx(5 / (1 - 0.75**2))
    assert answer.ranged == {"equity", "to_outside_holders"}
    assert [p.message.partition(":")[0] for p in answer.problems if p.kind == "closed-group"] == ["a, b"]


@pytest.mark.parametrize("or_more", [False, True])
def test_a_tie_with_shares_that_no_decimal_has_is_decided(monkeypatch, tmp_path, or_more):
    """A third of three quarters is a quarter: the columns are read record by record for it."""
    table, path = tmp_path / "h.csv", tmp_path / "r.duckdb"
    table.write_text("holder,issuer,share\nana,a,1/3\na,b,75%\nana,c,25-50%\n")
    ana = [each for each in items("csv", [str(table)]) if isinstance(each, Entity) and each.party == "ana"]
    store.append(
        path, [replace(ana[0], type="person"), *(e for e in items("csv", [str(table)]) if e not in ana)]
    )
    asked = own.Asked(above=Fraction(1, 4), persons=True, or_more=or_more)
    small, large = both_ways(monkeypatch, own.own, str(path), CLOCKS, asked)
    assert same(small, large) == 2 + or_more
    assert not [each for each in large[1] if each.kind == "undecided"]


@pytest.mark.parametrize("form", ["csv", "yaml", "duckdb"])
def test_values_under_ranges_of_more_parties_than_are_asked_one_by_one(monkeypatch, tmp_path, form):
    """A small ledger of any form: what refused is everybody at once, with the same bounds."""
    table, assets = tmp_path / "h.csv", tmp_path / "assets.csv"
    table.write_text("holder,issuer,share\nana,a,25-50%\na,b,50-75%\nb,c,10-20%\nc,a,5-10%\nana,c,30%\n")
    path = tmp_path / f"ledger.{form}" if form != "csv" else table
    if form == "duckdb":
        store.append(path, items("csv", [str(table)]))
    if form == "yaml":
        lines = [line.split(",") for line in table.read_text().splitlines()[1:]]
        names = sorted({name for line in lines for name in line[:2]})
        path.write_text(
            "statements:\n"
            + "".join(f"  - entity: {name}\n" for name in names)
            + "".join(
                f"  - holding: {a} in {b}\n    holder: {a}\n    issuer: {b}\n    share: {share}\n"
                for a, b, share in lines
            )
        )
    assets.write_text("company,outside_assets\na,100\nb,50\nc,20\nnobody,5\n")

    def rows():
        answer = value.valued(str(path), CLOCKS, str(assets), None, value.Terms())
        return {row["company"]: row for row in answer.rows}

    small = rows()
    monkeypatch.setattr(value_ranges, "MOST", 3)
    large = rows()
    assert small.keys() == large.keys() == {"a", "b", "c", "nobody"}
    assert not small["a"]["equity"].is_exact
    for company, row in small.items():
        for key in ("equity", "to_outside_holders"):
            assert ends(large[company][key])[:2] == pytest.approx(ends(row[key])[:2], rel=1e-9), (
                company,
                key,
            )
