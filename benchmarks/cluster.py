"""Everybody at once on Spark and on one machine: same network, same questions, answers compared.

    python benchmarks/cluster.py [companies] [master]

The network is synthetic: each company has one to three holders, an earlier company or a person; one in a
hundred companies also holds 5 % of an earlier one, which closes loops. Each question is asked twice of either, and the
second time counts: the first compiles.
"""

import sys
import time

import numpy as np
import pyarrow as pa

from crosstie.engines.local import anchored, components, plan, value
from crosstie.engines.local.edges import make_edges
from crosstie.engines.spark import components as spark_components
from crosstie.engines.spark import control as spark_control
from crosstie.engines.spark import session as spark_session
from crosstie.engines.spark import value as spark_value


def network(companies, seed=1):
    """Holders, companies and whole percentages, by company."""
    rng = np.random.default_rng(seed)
    persons = companies // 2
    company = np.arange(persons, persons + companies)
    split = rng.choice([100, 75, 51, 50, 40], companies, p=[0.5, 0.15, 0.15, 0.1, 0.1])
    earlier = rng.random(companies) < 0.5
    first = np.where(earlier & (company > persons), persons + (rng.random(companies) * (company - persons)).astype(int),
                     rng.integers(0, persons, companies))  # fmt: skip
    some = split < 95
    loops = rng.random(companies) < 0.01
    later = np.minimum(company + 1 + rng.integers(0, 50, companies), persons + companies - 1)
    keep = loops & some & (later != company)
    holder = np.concatenate([first, rng.integers(0, persons, some.sum()), later[keep]])
    held = np.concatenate([company, company[some], company[keep]])
    parts = np.concatenate([split, 95 - split[some], np.full(keep.sum(), 5)])
    order = np.argsort(held, kind="stable")
    return persons + companies, holder[order], held[order], parts[order]


def timed(ask):
    """The answer of a second asking, and how long it took."""
    ask()
    begun = time.perf_counter()
    found = ask()
    return found, time.perf_counter() - begun


def on_one_machine(edges, assets):
    """Plans are part of the question."""
    yield "controllers", *timed(lambda: anchored.ultimate_controllers(edges))
    yield "values", *timed(lambda: value.look_through_values(plan.make_plan(edges), assets))
    yield "components", *timed(lambda: components.components(edges, plan.make_plan(edges, for_values=False)))


def on_spark(frame, assets):
    """Answers as columns by party, nulls as none."""
    asked = {
        "controllers": (lambda: spark_control.ultimate_controllers(frame), ("ultimate", "circular")),
        "values": (lambda: spark_value.look_through_values(frame, assets), ("amount",)),
        "components": (lambda: spark_components.components(frame), ("together", "loop")),
    }
    for name, (ask, columns) in asked.items():
        found, seconds = timed(lambda ask=ask: spark_session.kept(ask()))
        yield name, found.select("party", *columns).toArrow().to_pydict(), seconds


def differences(name, one, many):
    """How many parties have other answers, and whether any had one."""
    party = np.array([int(each[1:]) for each in many["party"]])

    def numbers(column):
        return np.array([-1 if each is None else int(each[1:]) for each in many[column]])

    if name == "controllers":
        head, circular = numbers("ultimate"), np.array(many["circular"])
        groups = np.isin(
            head, party[circular]
        )  # of a group that controls itself any member at its top is named
        return int(np.sum((head != one.ultimate[party]) & ~groups))
    if name == "values":
        given, mine = one[party], np.array(many["amount"])
        return int(np.sum(~np.isclose(given, mine, rtol=1e-9, atol=0)))
    return int(np.sum((numbers("together") != one.together[party]) | (numbers("loop") != one.loop[party])))


def main():
    companies = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    master = sys.argv[2] if len(sys.argv) > 2 else "local[2]"
    parties, holder, held, parts = network(companies)
    start = np.searchsorted(held, np.arange(parties + 1))
    edges = make_edges(start, holder, parts / 100, parts=parts, whole=np.full(parties, 100))
    assets = np.random.default_rng(2).integers(1, 1_000, parties).astype(float)
    local = {name: (found, seconds) for name, found, seconds in on_one_machine(edges, assets)}
    begun = time.perf_counter()
    spark = spark_session.start(
        master, {**spark_session.QUIET, "spark.driver.memory": "2g", "spark.log.level": "ERROR"}
    )
    print(
        f"{companies:,} companies, {len(held):,} holdings; Spark on {master} starts in {time.perf_counter() - begun:.1f} s"
    )
    names = np.array([f"p{n:09}" for n in range(parties)])
    moment = pa.array(np.zeros(len(held), np.int32))
    rows = pa.table({
        "moment": moment, "holder": names[holder], "company": names[held], "share": parts / 100,
        "parts": parts, "whole": np.full(len(held), 100),
    })  # fmt: skip
    frame = spark_session.kept(spark.createDataFrame(rows))
    given = pa.table({"moment": np.zeros(parties, np.int32), "party": names, "amount": assets})
    for name, found, seconds in on_spark(frame, spark_session.kept(spark.createDataFrame(given))):
        one, alone = local[name]
        print(f"{name}: one machine {alone:.3f} s with its plan, Spark {seconds:.1f} s: "
              f"{seconds / alone:,.0f} times as long; {differences(name, one, found)} answers differ")  # fmt: skip
    spark.stop()


if __name__ == "__main__":
    main()
