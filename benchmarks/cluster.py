"""Ultimate controllers of everybody on Spark and on one machine, same network, answers compared.

    python benchmarks/cluster.py [companies] [master]

The network is synthetic: each company has one to three holders, an earlier company or a person; one in a
hundred companies also holds 5 % of an earlier one, which closes loops.
"""

import sys
import time

import numpy as np

from crosstie.engines.local import control, plan
from crosstie.engines.local.edges import make_edges
from crosstie.engines.spark import control as spark_control
from crosstie.engines.spark import session as spark_session


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


def main():
    companies = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    master = sys.argv[2] if len(sys.argv) > 2 else "local[2]"
    parties, holder, held, parts = network(companies)
    start = np.searchsorted(held, np.arange(parties + 1))
    edges = make_edges(start, holder, parts / 100, parts=parts, whole=np.full(parties, 100))
    control.ultimate_controllers(plan.make_plan(edges, for_values=False))  # compiles
    begun = time.perf_counter()
    local = control.ultimate_controllers(plan.make_plan(edges, for_values=False))
    one = time.perf_counter() - begun
    begun = time.perf_counter()
    spark = spark_session.start(
        master, {**spark_session.QUIET, "spark.driver.memory": "2g", "spark.log.level": "ERROR"}
    )
    started = time.perf_counter() - begun
    rows = [(0, f"p{h:08}", f"p{j:08}", p / 100, p, 100)
            for h, j, p in zip(holder.tolist(), held.tolist(), parts.tolist(), strict=True)]  # fmt: skip
    frame = spark.createDataFrame(
        rows, "moment INT, holder STRING, company STRING, share DOUBLE, parts BIGINT, whole BIGINT"
    )
    frame = spark_session.kept(frame)
    begun = time.perf_counter()
    found = spark_session.kept(spark_control.ultimate_controllers(frame))
    many = time.perf_counter() - begun
    circular = {int(row.party[1:]) for row in found.where("circular").collect()}
    different = 0
    for row in found.select("party", "ultimate").collect():
        head = int(row.ultimate[1:])
        different += head not in circular and head != local.ultimate[int(row.party[1:])]
    print(f"{companies:,} companies, {len(rows):,} holdings: one machine {one:.3f} s with its plan, "
          f"Spark on {master} {many:.1f} s after {started:.1f} s to start: {many / one:,.0f} times as long; "
          f"{different} answers differ; {len(circular)} circular groups")  # fmt: skip
    spark.stop()


if __name__ == "__main__":
    main()
