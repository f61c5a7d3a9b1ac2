"""Ask a local cluster of two workers, each a process of its own, and one machine; say whether they agree."""

import sys
from pathlib import Path

import numpy as np
import pyspark

sys.path.insert(0, str(Path(__file__).parents[1] / "engines"))
from random_networks import edges_from, random_columns

from crosstie.engines.local import control, plan, screening
from crosstie.engines.spark import control as spark_control
from crosstie.engines.spark import screening as spark_screening
from crosstie.engines.spark import session as spark_session

PARTIES, SEED = 10, 7


def main():
    persons, columns = random_columns(np.random.default_rng(SEED), PARTIES)
    made = plan.make_plan(edges_from(PARTIES, persons, columns))
    local = control.ultimate_controllers(made)
    reached = screening.screen_everybody(made, np.array([1, 2])).reached
    small = {"spark.driver.memory": "512m", "spark.executor.memory": "512m", "spark.log.level": "ERROR"}
    spark = spark_session.start("local-cluster[2,1,512]", {**spark_session.QUIET, **small})
    rows = [
        (0, f"p{h}", f"p{j}", part / 100, part, 100)
        for j, column in columns.items()
        for h, part in column.items()
    ]
    frame = spark.createDataFrame(
        rows, "moment INT, holder STRING, company STRING, share DOUBLE, parts BIGINT, whole BIGINT"
    )
    nobody = spark.createDataFrame([(0, "p0")], "moment INT, party STRING")
    for row in spark_control.ultimate_controllers(frame, nobody).collect():
        expected = int(local.ultimate[int(row.party[1:])])
        assert row.circular or expected == (-1 if row.ultimate is None else int(row.ultimate[1:])), row
    listed = spark.createDataFrame([(0, "p1"), (0, "p2")], "moment INT, party STRING")
    found = {int(row.party[1:]) for row in spark_screening.screen_everybody(frame, listed).collect()}
    assert found == set(np.flatnonzero(reached).tolist())
    assert len(found) > 2
    workers = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
    sys.stdout.write(f"agree on {workers} workers of Spark {pyspark.__version__}\n")
    spark.stop()


if __name__ == "__main__":
    main()
