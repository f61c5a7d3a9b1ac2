"""Spark gives every answer that one machine gives: registers, control, values, shares, screening, many dates."""

import random
import shutil
from datetime import date

import numpy as np
import pytest

pytest.importorskip("pyspark", reason="needs the extra spark")
pytest.importorskip("duckdb", reason="needs the extra registers")
if shutil.which("java") is None:
    pytest.skip("needs Java 17", allow_module_level=True)
from random_networks import edges_from, random_columns
from random_registers import statements_of

from crosstie.engines.local import control, plan, screening, value
from crosstie.engines.register import bulk, store
from crosstie.engines.spark import control as spark_control
from crosstie.engines.spark import holdings as spark_holdings
from crosstie.engines.spark import register as spark_register
from crosstie.engines.spark import screening as spark_screening
from crosstie.engines.spark import session as spark_session
from crosstie.engines.spark import value as spark_value
from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import When
from crosstie.ledger.statements import Head, Holding
from crosstie.text.problem import CrosstieError

# Spark's own imports warn of versions of pandas, which is not used here, and leave sockets to its gateway
pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning"),
]
SEEDS = (
    1,
    2,
    6,
    9,
    11,
)  # loops, groups that own themselves and that control themselves; none needs 100 rounds
PARTIES = 12


@pytest.fixture(scope="module")
def spark():
    settings = {**spark_session.QUIET, "spark.driver.memory": "1g", "spark.log.level": "ERROR"}
    session = spark_session.start("local[2]", settings)
    yield session
    session.stop()


def network(seed):
    rng = np.random.default_rng(seed)
    return random_columns(rng, PARTIES)


@pytest.fixture(scope="module")
def networks(spark):
    """Networks as moments of one frame, as many dates are asked at once."""
    rows, nobody = [], []
    for seed in SEEDS:
        _, columns = network(seed)
        nobody.append((seed, "p00"))
        rows += [
            (seed, f"p{h:02}", f"p{j:02}", part / 100, part, 100)
            for j, column in columns.items()
            for h, part in column.items()
        ]
    frame = spark.createDataFrame(
        rows, "moment INT, holder STRING, company STRING, share DOUBLE, parts BIGINT, whole BIGINT"
    )
    return frame, spark.createDataFrame(nobody, "moment INT, party STRING")


def plan_of(seed):
    persons, columns = network(seed)
    return plan.make_plan(edges_from(PARTIES, persons, columns))


def groups_of(ultimate):
    """Who stands under whom, whatever a group that controls itself calls its head."""
    found = {}
    for party, head in ultimate.items():
        found.setdefault(head, set()).add(party)
    return {frozenset(group) for head, group in found.items() if head is not None and head != -1}


def test_ultimate_controllers_of_everybody(networks):
    frame, nobody = networks
    rows = spark_control.ultimate_controllers(frame, nobody).collect()
    assert any(row.circular for row in rows)
    for seed in SEEDS:
        local = control.ultimate_controllers(plan_of(seed))
        mine = {int(row.party[1:]): row for row in rows if row.moment == seed}
        theirs = {party: int(local.ultimate[party]) for party in mine}
        ours = {party: -1 if row.ultimate is None else int(row.ultimate[1:]) for party, row in mine.items()}
        assert groups_of(ours) == groups_of(theirs), f"seed {seed}"
        circular = {party for party, row in mine.items() if row.circular}
        assert len(circular) == len(local.circular), f"seed {seed}"
        for party, head in ours.items():
            if head not in circular:
                assert head == theirs[party], f"seed {seed} party {party}"
        assert not any(row.doubtful for row in mine.values())
        assert not local.doubtful.any()


def test_look_through_values_of_everybody(spark, networks):
    frame, _ = networks
    rng = np.random.default_rng(5)
    assets = rng.integers(1, 100, (max(SEEDS) + 1, PARTIES)).astype(float)
    given = [(seed, f"p{p:02}", float(assets[seed, p])) for seed in SEEDS for p in range(PARTIES)]
    rows = spark_value.look_through_values(
        frame, spark.createDataFrame(given, "moment INT, party STRING, amount DOUBLE")
    ).collect()
    found = np.zeros((max(SEEDS) + 1, PARTIES))
    for row in rows:
        found[row.moment, int(row.party[1:])] = row.amount
    closed = 0
    for seed in SEEDS:
        made = plan_of(seed)
        closed += len(made.closed)
        assert found[seed] == pytest.approx(
            value.look_through_values(made, assets[seed]), rel=1e-12, abs=1e-12
        )
    assert closed


def test_what_owners_have_of_everything(spark, networks):
    frame, _ = networks
    owners = [(seed, f"p{owner:02}") for seed in SEEDS for owner in (1, 2, 6, 9)]
    rows = spark_value.look_through_of(
        frame, spark.createDataFrame(owners, "moment INT, owner STRING")
    ).collect()
    found = {(row.moment, row.owner, row.party): row.amount for row in rows}
    for seed, owner in owners:
        local = value.look_through_of(plan_of(seed), int(owner[1:]))
        ours = [found.get((seed, owner, f"p{p:02}"), 0.0) for p in range(PARTIES)]
        assert ours == pytest.approx(local.tolist(), abs=1e-12), f"seed {seed} owner {owner}"


def test_whom_a_list_reaches(spark, networks):
    frame, _ = networks
    listed = [(seed, f"p{party:02}") for seed in SEEDS for party in (1, 2)]
    rows = spark_screening.screen_everybody(
        frame, spark.createDataFrame(listed, "moment INT, party STRING")
    ).collect()
    found = {(row.moment, int(row.party[1:])) for row in rows if not row.doubtful}
    for seed in SEEDS:
        local = screening.screen_everybody(plan_of(seed), np.array([1, 2]))
        assert {p for s, p in found if s == seed} == set(np.flatnonzero(local.reached).tolist()), (
            f"seed {seed}"
        )
    assert len(found) > 2 * len(SEEDS)


def test_a_tie_without_whole_numbers_is_doubtful_and_so_is_what_hangs_on_it(spark):
    third = 0.5 - 1e-13 / 3
    rows = [
        (0, "ana", "a", third),
        (0, "a", "b", 0.6),
        (0, "b", "c", 0.4),
        (0, "ana", "c", 0.3),
        (0, "bo", "d", 0.5),
    ]
    frame = spark.createDataFrame(rows, "moment INT, holder STRING, company STRING, share DOUBLE")
    found = {
        row.party: (row.ultimate, row.doubtful) for row in spark_control.ultimate_controllers(frame).collect()
    }
    assert found == {
        "ana": ("ana", False), "bo": ("bo", False), "d": ("d", False),
        "a": (None, True), "b": (None, True), "c": (None, True),
    }  # fmt: skip
    listed = spark.createDataFrame([(0, "ana"), (0, "bo")], "moment INT, party STRING")
    reached = {row.party: row.doubtful for row in spark_screening.screen_everybody(frame, listed).collect()}
    assert reached == {"ana": False, "bo": False, "d": False, "a": True, "b": True, "c": True}


def test_circles_end_at_one_member_whatever_leads_into_them(spark):
    chance = random.Random(3)
    ends = {f"n{n:02}": f"n{chance.randrange(40):02}" for n in range(0, 40, 1) if n % 5}
    ends = {party: to for party, to in ends.items() if party != to}
    jumps = spark.createDataFrame(
        [(0, *pair) for pair in ends.items()], "moment INT, party STRING, next STRING"
    )
    for row in spark_control.roots(jumps).collect():
        seen, at = [], row.party
        while at in ends and at not in seen:
            seen.append(at)
            at = ends[at]
        expected = min(seen[seen.index(at) :]) if at in seen else at
        assert row.root == expected, row.party


def test_holdings_of_many_days_at_once_are_those_of_each(spark, tmp_path):
    path, folder = tmp_path / "r.duckdb", tmp_path / "folder"
    store.append(path, statements_of(random.Random(11)))
    store.export_parquet(path, folder)
    moments = [
        (date(2020, 2, 15), date(2020, 2, 15)),
        (date(2020, 12, 31), date(2023, 1, 1)),
        (date(2022, 6, 1), date(2022, 6, 1)),
    ]
    rows = spark_register.holdings(spark, str(folder), moments).collect()
    for number, moment in enumerate(moments):
        one = bulk.holdings_on(path, *moment)
        pairs = zip(one.holder.to_pylist(), one.company.to_pylist(), strict=True)
        expected = dict(zip(pairs, zip(one.low.tolist(), one.high.tolist(), strict=True), strict=True))
        found = {(row.holder, row.company): (row.low, row.high) for row in rows if row.moment == number}
        assert found.keys() == expected.keys()
        for pair, ends in found.items():
            assert ends == pytest.approx(expected[pair], abs=1e-12)
    assert len(rows) > 5


def test_from_a_register_to_controllers_on_two_days(spark, tmp_path):
    said = [
        stated("one", "ana", "alpha", "60%", "2020-01-01"),
        stated("two", "alpha", "beta", "51%", "2020-01-01"),
        stated("three", "alpha", "beta", "50%", "2021-01-01"),
        stated("four", "bo", "beta", "50%", "2021-01-01"),
    ]
    store.append(tmp_path / "r.duckdb", said)
    store.export_parquet(tmp_path / "r.duckdb", tmp_path / "folder")
    moments = [(date(2020, 6, 1), date(2022, 1, 1)), (date(2021, 6, 1), date(2022, 1, 1))]
    held = spark_holdings.exact(spark_register.holdings(spark, str(tmp_path / "folder"), moments))
    found = {
        (row.moment, row.party): row.ultimate for row in spark_control.ultimate_controllers(held).collect()
    }
    assert found == {
        (0, "ana"): "ana", (0, "alpha"): "ana", (0, "beta"): "ana",
        (1, "ana"): "ana", (1, "alpha"): "ana", (1, "beta"): "beta", (1, "bo"): "bo",
    }  # fmt: skip
    ranged = spark.createDataFrame(
        [(0, "a", "b", 0.25, 0.5)], "moment INT, holder STRING, company STRING, low DOUBLE, high DOUBLE"
    )
    with pytest.raises(CrosstieError, match="1 holdings are ranges"):
        spark_holdings.exact(ranged)


def stated(name, holder, issuer, share, day):
    head = Head(id=name, true_on=When.parse(day))
    return Holding(head=head, holder=holder, issuer=issuer, share=Interval.parse(share))


def test_what_is_no_such_folder_is_told_in_one_line(spark, tmp_path):
    with pytest.raises(CrosstieError, match="not a register in a folder"):
        spark_register.holdings(spark, str(tmp_path), [(date(2020, 1, 1), date(2020, 1, 1))])
