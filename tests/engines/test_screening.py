import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import edges_from, random_columns

from crosstie.engines.local import plan, screening
from crosstie.engines.local.edges import make_edges


def reached_by(listed, columns):
    """The plain definition, over whole percentages."""
    found = set(listed)
    while True:
        more = {
            company
            for company, column in columns.items()
            if company not in found and sum(p for h, p in column.items() if h in found) >= 50
        }
        if not more:
            return found
        found |= more


@pytest.mark.parametrize("seed", range(80))
@pytest.mark.parametrize("exact", [True, False])
def test_a_list_reaches_what_the_plain_definition_reaches(seed, exact):
    rng = np.random.default_rng(seed)
    persons, columns = random_columns(rng, 20, over=seed % 4 == 0)
    listed = rng.choice(20, 3, replace=False)
    found = screening.screen_everybody(plan.make_plan(edges_from(20, persons, columns, exact)), listed)
    assert not found.doubtful.any()
    assert set(np.flatnonzero(found.reached)) == reached_by(listed.tolist(), columns)


def test_one_third_and_one_sixth_cannot_be_told_from_half_without_whole_numbers():
    start, holder = np.array([0, 0, 0, 2, 3]), np.array([0, 1, 2])
    share = np.array([1 / 3, 1 / 6, 0.6])
    listed = np.array([0, 1])
    found = screening.screen_everybody(plan.make_plan(make_edges(start, holder, share)), listed)
    assert found.doubtful.tolist() == [False, False, True, True]
    exact = make_edges(start, holder, share, parts=np.array([2, 1, 3]), whole=np.array([0, 0, 6, 5]))
    assert screening.screen_everybody(plan.make_plan(exact), listed).reached.all()
