"""The steps in SQL say of random registers what the replay record by record says."""

import random
from datetime import date
from itertools import product

import pytest

pytest.importorskip("duckdb")
from random_registers import statements_of

from crosstie.engines.register import bulk, store
from crosstie.ledger.statements import Status
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at, load_ledger

pytestmark = pytest.mark.bulk
MOMENTS = [
    (date(2020, 2, 15), date(2020, 2, 15)),
    (date(2020, 12, 31), date(2023, 1, 1)),
    (date(2021, 6, 1), date(2020, 6, 1)),
    (date(2022, 6, 1), date(2022, 6, 1)),
]


def by_record(path, on, known, assume=Status.COMPLETED):
    opened = at(load_ledger(str(path)), Clocks(on, known, assume))
    return {
        (stake.holder, issuer): (float(stake.of_outstanding.low), float(stake.of_outstanding.high))
        for issuer, column in opened.columns.items()
        for stake in column.stakes
        if stake.of_outstanding.high > 0
    }


def by_sql(path, on, known, assume=Status.COMPLETED):
    found = bulk.holdings_on(path, on, known, assume)
    pairs = zip(found.holder.to_pylist(), found.company.to_pylist(), strict=True)
    return dict(zip(pairs, zip(found.low.tolist(), found.high.tolist(), strict=True), strict=True))


@pytest.mark.parametrize("seed", range(12))
def test_holdings_in_sql_are_those_of_the_replay(tmp_path, seed):
    path = tmp_path / "r.duckdb"
    store.append(path, statements_of(random.Random(seed)))
    some = 0
    for (on, known), assume in product(MOMENTS, (Status.COMPLETED, Status.PLANNED)):
        expected = by_record(path, on, known, assume)
        found = by_sql(path, on, known, assume)
        assert set(found) == set(expected), f"seed {seed} on {on} known {known}"
        for pair, ends in expected.items():
            assert found[pair] == pytest.approx(ends, abs=1e-12), f"seed {seed} {pair} on {on} known {known}"
        some += len(expected)
    assert some >= 8, "such registers test nothing"
