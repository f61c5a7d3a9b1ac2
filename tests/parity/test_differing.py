"""A whole register's difference by SQL is that of the replay, change by change, with ranges, ends and both clocks."""

import random
from dataclasses import replace
from itertools import product

import pytest

pytest.importorskip("duckdb")
from random_registers import statements_of

from crosstie.engines.register import differing, store
from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Entity, Holding, Right, SameAs
from crosstie.questions import diff, opening
from crosstie.questions.clocks import Clocks

pytestmark = pytest.mark.bulk
SIDES = (
    (Clocks.of(known="2020-02-15"), Clocks.of(known="2024-01-01")),
    (Clocks.of("2020-03-15", "2024-01-01"), Clocks.of("2021-06-01", "2024-01-01")),
    (Clocks.of("2021-12-31", "2020-06-01", "planned"), Clocks.of("2021-12-31", "2022-06-01", "planned")),
    (Clocks.of("2018-01-01", "2024-01-01"), Clocks.of("2022-12-31", "2024-01-01")),
)
SMALL = ("2%", "3%", "5.25%", "1-4%", "<=5%", "(2%, 6%]", "(1%, 3%)", "0%", "7.125%", "0.5-0.75%")


@pytest.fixture
def counted(monkeypatch):
    """How many pairs SQL tells of."""
    found = []
    monkeypatch.setattr(opening, "LARGE", 0)
    pairs = differing.pairs
    monkeypatch.setattr(
        differing, "pairs", lambda together: (found.append(each) or each for each in pairs(together))
    )
    return found


def by_both(path, sides, monkeypatch):
    monkeypatch.setattr(opening, "LARGE", 10**9)
    replayed = diff.diff(path, *sides)
    monkeypatch.setattr(opening, "LARGE", 0)
    return replayed, diff.diff(path, *sides)


def told(found):
    return sorted(
        (c.company, c.holder, c.measure, str(c.before), str(c.after), c.because) for c in found.rows
    )


def spread_out(chance, said, companies):
    """The same statements about many companies, each with small shares, so that few columns are over 100 %."""
    for each in said:
        if not isinstance(each, Holding):
            yield each
            continue
        share = Interval.parse(chance.choice(SMALL)) if each.share is not None else None
        votes = Interval.parse(chance.choice(SMALL)) if each.votes is not None else None
        company = f"c{chance.randrange(companies)}"
        holder = each.holder if each.holder != company else "p0"
        base = each.base if chance.random() < 0.1 else chance.choice(["unstated", "outstanding"])
        yield replace(each, share=share, votes=votes, issuer=company, holder=holder, base=base)


@pytest.mark.parametrize("seed", range(10))
def test_what_differs_by_sql_is_what_the_replay_finds(tmp_path, monkeypatch, counted, seed):
    chance = random.Random(seed)
    path = tmp_path / "r.duckdb"
    store.append(path, list(spread_out(chance, statements_of(chance, holdings=200), 25)))
    some = 0
    for sides in SIDES:
        replayed, at_once = by_both(str(path), sides, monkeypatch)
        assert told(at_once) == told(replayed), f"seed {seed} {sides}"
        assert [c.company for c in at_once.rows] == sorted(c.company for c in at_once.rows)
        some += len(replayed.rows)
    assert len(counted) > 20, "nearly all was replayed: such registers test nothing"
    assert some > 200


@pytest.mark.parametrize(("seed", "what"), list(product(range(4), ["judged", "bound"])))
def test_what_sql_cannot_decide_is_replayed(tmp_path, monkeypatch, counted, seed, what):
    """Two names of one party, and holders who act in concert in all companies."""
    chance = random.Random(seed)
    path = tmp_path / "r.duckdb"
    said = list(spread_out(chance, statements_of(chance, holdings=80), 6))
    head = next(each for each in said if isinstance(each, Entity)).head
    if what == "judged":
        said.append(SameAs(head=replace(head, id="judged"), party="p0", other="p1", same=True))
    else:
        right = Right(head=replace(head, id="bound"), right="acting_in_concert", parties=("p0", "p1"))
        said.append(right)
    store.append(path, said)
    for sides in SIDES[:2]:
        replayed, at_once = by_both(str(path), sides, monkeypatch)
        assert told(at_once) == told(replayed)
        assert replayed.rows
    assert not [pair for pair in counted if what == "bound" or {pair.holder, pair.company} & {"p0", "p1"}]
