"""Everybody at once out of a register answers what the analyses of small networks answer, pair by pair."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("numba")
from random_worlds import world_of
from small_and_large import both_ways, ends

from crosstie.engines.register import store
from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Holding
from crosstie.questions import check, control, diff, holders, opening, own, screen, stats, value
from crosstie.questions.clocks import Clocks
from crosstie.questions.importing import items
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
CLOCKS = Clocks.of(known="2022-06-01")


@pytest.fixture(params=range(6))
def register(request, tmp_path):
    path = tmp_path / "world.duckdb"
    store.append(path, world_of(random.Random(request.param), replayed=request.param % 2 == 1))
    return str(path)


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


def test_stats(register, monkeypatch):
    for clocks in (None, CLOCKS):
        small, large = both_ways(monkeypatch, stats.stats, register, clocks)
        assert {row["measure"]: row["value"] for row in small[0]} == {
            row["measure"]: row["value"] for row in large[0]
        }
        assert [row["measure"] for row in small[0]] == [row["measure"] for row in large[0]]


def test_check(register, monkeypatch):
    small, large = both_ways(monkeypatch, check.check, register, CLOCKS)
    assert set(small.problems) == {each for each in large.problems if each.kind != opening.READ_WHOLE}
    assert small.summary == large.summary


@pytest.mark.parametrize("clock", ["on", "known"])
def test_diff(register, monkeypatch, clock):
    monkeypatch.setattr(diff, "BATCH", 5)
    sides = (Clocks.of(known="2022-06-01", on="2020-03-01"), CLOCKS)
    if clock == "known":
        sides = (Clocks.of(known="2020-03-01"), Clocks.of(known="2024-01-01"))
    small, large = both_ways(monkeypatch, diff.diff, register, *sides)
    assert len(small.rows) > 5
    assert sorted(map(str, small.rows)) == sorted(map(str, large.rows))
    assert set(large.problems) <= set(small.problems)


@pytest.fixture(params=range(4))
def exact_register(request, tmp_path):
    """Without ranges: companies that hold each other, persons, loops, a few columns over 100 %."""
    chance = random.Random(100 + request.param)
    path = tmp_path / "exact.duckdb"
    said = [
        replace(each, share=Interval.parse(chance.choice(["50%", "25%", "10%", "30%"])), votes=None, words="")
        if isinstance(each, Holding)
        else each
        for each in world_of(chance, replayed=False)
        if not isinstance(each, Holding) or (each.share is not None and each.holder != each.issuer)
    ]
    store.append(path, said)
    return str(path)


def by_pair(rows):
    return {(row["owner"], row["company"]): row for row in rows}


def test_own_of_one_over_arrays(exact_register, monkeypatch):
    monkeypatch.setattr(own, "MANY", 0)
    some = 0
    for asked in (own.Asked("g0 x"), own.Asked("g1 a"), own.Asked(company="g2 b"), own.Asked(company="g0 a"),
                  own.Asked("g2 z", "g2 c"), own.Asked(company="g1 c", above=Fraction(1, 10))):  # fmt: skip
        small, large = both_ways(monkeypatch, own.own, exact_register, CLOCKS, asked)
        expected, found = by_pair(small[0]), by_pair(large[0])
        ties = {
            pair
            for pair, row in (expected | found).items()
            if abs(ends(row["look_through"])[0] - float(asked.above)) < 1e-12  # floats: either side of it
        }
        assert expected.keys() - ties == found.keys() - ties, asked
        for pair, row in ((pair, row) for pair, row in expected.items() if pair not in ties):
            assert ends(found[pair]["look_through"]) == pytest.approx(ends(row["look_through"]), abs=1e-12)
            assert ends(found[pair]["direct"]) == pytest.approx(ends(row["direct"]), abs=1e-12)
            assert (found[pair]["terminal"], found[pair]["base"]) == (row["terminal"], row["base"])
        some += len(expected)
    assert some > 10


@pytest.mark.parametrize("threshold", ["1/20", "1/10"])
def test_all_persons_with_more_than_a_part(exact_register, monkeypatch, threshold):
    asked = own.Asked(above=Fraction(threshold), persons=True)
    small, large = both_ways(monkeypatch, own.own, exact_register, CLOCKS, asked)
    expected, found = by_pair(small[0]), by_pair(large[0])
    sure = {
        pair for pair, row in expected.items() if abs(float(row["look_through"]) - float(asked.above)) > 1e-9
    }
    assert sure <= found.keys() <= expected.keys()
    assert sure
    for pair, row in found.items():
        low, high, _, _ = ends(row["look_through"])
        assert low - 1e-9 <= float(expected[pair]["look_through"]) <= high + 1e-9


def test_all_pairs_of_a_large_register_are_refused_in_one_line(exact_register, monkeypatch):
    monkeypatch.setattr(opening, "LARGE", 0)
    with pytest.raises(CrosstieError, match="ask with --company or --owner") as told:
        own.own(exact_register, CLOCKS, own.Asked())
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("rule", ["ofac", "eu", "uk"])
def test_screen(register, monkeypatch, tmp_path, rule):
    listed = tmp_path / "listed.csv"
    listed.write_text("name\nThe g0 x\nThe g1 y\nThe g2 aa\n")
    small, large = both_ways(monkeypatch, screen.screen_ledger, register, str(listed), rule, CLOCKS)
    assert sorted(map(str, small.rows)) == sorted(map(str, large.rows))
    assert small.rows
    assert sorted(small.notes) == sorted(large.notes)
    assert set(large.problems) <= set(small.problems)


def test_nobody_listed(register, monkeypatch, tmp_path):
    listed = tmp_path / "listed.csv"
    listed.write_text("name\nSomebody Else\n")
    small, large = both_ways(monkeypatch, screen.screen_ledger, register, str(listed), "ofac", CLOCKS)
    assert (small.rows, small.notes) == (large.rows, large.notes) == ((), large.notes)


def edge_list(chance):
    firms, people = [f"c{n}" for n in range(12)], [f"p{n}" for n in range(6)]
    shares = ["50%", "25%", "10%", "1/3", "25-50%", "<=15%", "(50%, 75%]", "0.125"]
    lines = ["holder,issuer,share,votes"]
    for firm in firms:
        for holder in chance.sample([*firms, *people], chance.randint(0, 4)):  # itself sometimes: treasury
            share = "3%" if holder == firm else chance.choice(shares)
            votes = chance.choice(["", "", "", "51%", "25-50%"]) if holder != firm else ""
            lines.append(f"{holder},{firm},{share},{votes}")
    lines.append(lines[-1])  # one pair twice: added
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(6))
def test_a_long_edge_list(tmp_path, monkeypatch, seed):
    file = tmp_path / "holdings.csv"
    file.write_text(edge_list(random.Random(seed)))
    small, large = both_ways(monkeypatch, control.controls, str(file), CLOCKS, Fraction(1, 2), "least")
    rows = [list(each.rows) for each in (small, large)]
    keys = ("company", "controller", "ultimate", "decided")
    assert [[row[key] for key in keys] for row in rows[0]] == [[row[key] for key in keys] for row in rows[1]]
    assert [ends(r["votes"]) for r in rows[0]] == [
        pytest.approx(ends(r["votes"]), abs=1e-12) for r in rows[1]
    ]
    for company in ("c0", "c3", "c7"):
        for asked in (own.Asked(company=company), own.Asked(company)):
            small, large = both_ways(monkeypatch, answer, own.own, str(file), CLOCKS, asked)
            if isinstance(small, str):
                assert small == large
                continue
            expected, found = by_pair(small[0]), by_pair(large[0])
            assert expected.keys() == found.keys()
            for pair, row in expected.items():
                assert ends(found[pair]["look_through"])[:2] == pytest.approx(
                    ends(row["look_through"])[:2], abs=1e-12
                )
        small, large = both_ways(monkeypatch, answer, holders.holders, str(file), company, CLOCKS)
        assert getattr(small, "rows", small) == getattr(large, "rows", large)


BANDS = ('"(50%, 75%)"', '"(50%, 75%]"', '"[75%, 100%]"', '"(25%, 50%]"', '"(0%, 25%]"', "50%", "10%")


def contradictory_list(chance):
    """Three hundred times a few companies with bands that mostly leave no numbers, or just one for each."""
    lines = ["holder,issuer,share"]
    for group in range(300):
        firms, people = [[f"{kind}{group}-{n}" for n in range(3)] for kind in "cp"]
        for firm in firms:
            others = [each for each in (*firms, *people) if each != firm]
            holders_ = chance.sample(others, chance.randint(1, 3))
            lines += [f"{holder},{firm},{chance.choice(BANDS)}" for holder in holders_]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("threshold", ["1/2", "3/4"])
def test_control_where_bands_contradict_each_other(tmp_path, monkeypatch, threshold):
    file = tmp_path / "bands.csv"
    file.write_text(contradictory_list(random.Random(7)))
    small, large = both_ways(monkeypatch, control.controls, str(file), CLOCKS, Fraction(threshold), "least")
    rows = [list(each.rows) for each in (small, large)]
    keys = ("company", "controller", "ultimate", "decided")
    assert len(rows[0]) > 50
    assert [[row[key] for key in keys] for row in rows[0]] == [[row[key] for key in keys] for row in rows[1]]
    assert [ends(r["votes"]) for r in rows[0]] == [
        pytest.approx(ends(r["votes"]), abs=1e-12) for r in rows[1]
    ]


def test_bands_that_contradict_each_other_are_told(tmp_path, monkeypatch):
    file = tmp_path / "bands.csv"
    file.write_text(contradictory_list(random.Random(8)))
    small, large = both_ways(monkeypatch, check.check, str(file), CLOCKS)
    assert sum("more than 100%" in each.message for each in small.problems) > 10
    assert sum("over 100%" in each.message for each in small.problems) > 100
    assert set(small.problems) == {each for each in large.problems if each.kind != opening.READ_WHOLE}


def answer(ask, *given):
    """What is answered, or the one line that says why not."""
    try:
        return ask(*given)
    except CrosstieError as error:
        return str(error).split(";")[0]


def test_value(exact_register, monkeypatch, tmp_path):
    assets = tmp_path / "assets.csv"
    companies = [f"g{group} {letter}" for group in range(4) for letter in "abxy"]
    lines = [f"{company},{100 * number + 7}" for number, company in enumerate(companies)]
    assets.write_text("\n".join(["company,outside_assets", *lines, "nobody knows me,5"]) + "\n")
    monkeypatch.setattr(opening, "LARGE", 0)
    large = value.valued(exact_register, CLOCKS, str(assets), None, value.Terms())
    rows = {row["company"]: row for row in large.rows}
    if any(p.kind == "closed-group" for p in large.problems):
        pytest.skip("a group owns itself: the small analysis has no answer at all")
    monkeypatch.setattr(opening, "LARGE", 10**9)
    small = list(value.valued(exact_register, CLOCKS, str(assets), None, value.Terms()).rows)
    assert {row["company"] for row in small} == set(rows)
    settled = 0
    for row in small:
        found = rows[row["company"]]
        assert found["outside_assets"] == float(row["outside_assets"])
        if found["equity"] is not None:
            settled += 1
            for key in ("equity", "to_outside_holders"):
                assert found[key] == pytest.approx(float(row[key]), rel=1e-9, abs=1e-9)
    assert settled > len(small) / 2
    assert sum(p.kind == "unknown-party" for p in large.problems) >= 1


def test_a_group_that_owns_itself_has_no_value_and_others_have(monkeypatch, tmp_path):
    table, assets = tmp_path / "h.csv", tmp_path / "assets.csv"
    table.write_text("holder,issuer,share\na,b,100%\nb,a,100%\nana,c,60%\nc,d,50%\n")
    assets.write_text("company,outside_assets\na,5\nd,10\n")
    path = tmp_path / "r.duckdb"
    store.append(path, items("csv", [str(table)]))
    monkeypatch.setattr(opening, "LARGE", 0)
    answer = value.valued(str(path), CLOCKS, str(assets), None, value.Terms())
    rows = {row["company"]: (row["equity"], row["to_outside_holders"]) for row in answer.rows}
    assert rows == {"a": (None, None), "b": (None, None), "c": (5.0, 5.0), "d": (10.0, 5.0)}
    assert [p.message.partition(":")[0] for p in answer.problems if p.kind == "closed-group"] == ["a, b"]
