import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import edges_from, random_columns

from crosstie.engines.local import owners, plan, value


def made(seed, parties=16):
    rng = np.random.default_rng(seed)
    persons, columns = random_columns(rng, parties)
    return plan.make_plan(edges_from(parties, persons, columns))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("largest", [3_000, 1])
def test_owners_of_a_company_are_those_of_the_whole_network(seed, largest, monkeypatch):
    monkeypatch.setattr(plan, "LARGEST_INVERSE", largest)
    network = made(seed)
    want = np.array([value.look_through_of(network, owner) for owner in range(16)])
    desk = owners.make_desk(network)
    for company in range(16):
        found = owners.owners_of(network, desk, company)
        full = np.zeros(16)
        full[found.owner] = found.share
        full[company] = want[company, company]
        assert np.allclose(full, want[:, company], atol=1e-11)
        assert len(set(found.owner)) == len(found.owner)
    assert not desk.reached.any()


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("within", [0.2, 1e-3])
def test_a_cut_walk_is_short_by_no_more_than_it_says(seed, within):
    network = made(seed)
    desk = owners.make_desk(network)
    for company in range(16):
        whole, cut = (owners.owners_of(network, desk, company, within=w) for w in (0.0, within))
        full, part = np.zeros(16), np.zeros(16)
        full[whole.owner], part[cut.owner] = whole.share, cut.share
        assert cut.within <= within
        assert np.all(part <= full + 1e-12)
        assert np.all(full <= part + cut.within + 1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_terminal_owners_never_have_more_than_all(seed):
    network = made(seed, 40)
    desk = owners.make_desk(network)
    for company in range(40):
        found = owners.owners_of(network, desk, company)
        assert found.share[found.terminal].sum() <= 1 + 1e-9
