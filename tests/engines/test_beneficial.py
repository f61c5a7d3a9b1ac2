import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import edges_from, random_columns

from crosstie.analyses.kernels import beneficial as kernel
from crosstie.engines.local import beneficial, plan, value
from crosstie.engines.local.edges import PERSON
from crosstie.text.problem import CrosstieError


def expected(made, kind, threshold):
    want = {}
    for owner in np.flatnonzero(kind == PERSON):
        shares = value.look_through_of(made, int(owner))
        for company in np.flatnonzero(shares >= threshold - 1e-9):
            if company != owner:
                want[int(company), int(owner)] = float(shares[company])
    return want


def check(made, kind, threshold):
    want = expected(made, kind, threshold)
    found = beneficial.beneficial_owners(made, threshold)
    assert found.undecided == 0
    got = {
        (int(c), int(o)): (float(s), float(w))
        for c, o, s, w in zip(found.company, found.owner, found.share, found.within, strict=True)
    }
    assert set(got) == set(want)
    assert len(got) == len(found.company)
    for pair, (share, within) in got.items():
        assert share <= want[pair] + 1e-9
        assert want[pair] <= share + within + 1e-9
    return found


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("threshold", [0.25, 0.1, 0.5])
def test_every_company_s_persons_are_those_of_the_whole_network(seed, threshold):
    persons, columns = random_columns(np.random.default_rng(seed), 24)
    edges = edges_from(24, persons, columns)
    check(plan.make_plan(edges), edges.kind, threshold)


@pytest.mark.parametrize("seed", range(40))
def test_lists_too_short_for_most_leave_it_to_the_walk(seed, monkeypatch, compiler):
    if compiler == "compiled":
        pytest.skip("constants are compiled in")
    monkeypatch.setattr(kernel, "LISTED", 1)
    monkeypatch.setattr(kernel, "SMALLEST", 0.2)
    persons, columns = random_columns(np.random.default_rng(seed), 40)
    edges = edges_from(40, persons, columns)
    check(plan.make_plan(edges), edges.kind, 0.25)


def test_without_any_room_for_lists_walks_decide_all(monkeypatch):
    monkeypatch.setattr(beneficial, "ENTRIES", 0)
    persons, columns = random_columns(np.random.default_rng(4), 40)
    edges = edges_from(40, persons, columns)
    check(plan.make_plan(edges), edges.kind, 0.25)


def test_a_threshold_of_nothing_is_refused():
    persons, columns = random_columns(np.random.default_rng(4), 20)
    with pytest.raises(CrosstieError, match=r"want 0\.01 to 1"):
        beneficial.list_owners(plan.make_plan(edges_from(20, persons, columns)), 0.0)
