from fractions import Fraction

import pytest

from crosstie.analyses.chains import chains
from crosstie.analyses.ownership import look_through
from crosstie.network import toys
from crosstie.network.random_networks import random_network


def test_the_loop_of_the_alliance_is_a_factor():
    network = toys.from_shares(
        ("renault", "nissan", "43.71%"), ("nissan", "nissan-finance", "100%"), ("nissan-finance", "renault", "15.234%"),
        ("state", "renault", "15.01%"),
    )  # fmt: skip
    found = chains(network, "state", "nissan", exact=True)
    turn = Fraction("0.4371") * Fraction("0.15234")
    assert [c.parties for c in found.chains] == [("state", "renault", "nissan")]
    assert found.chains[0].loop_factor == 1 / (1 - turn)
    assert round(float(found.chains[0].loop_factor), 4) == 1.0713
    assert found.chains[0].contribution == found.share
    assert found.remainder == 0


def test_strongest_first_over_two_ways():
    network = toys.from_shares(("x", "a", "60%"), ("x", "b", "30%"), ("a", "c", "40%"), ("b", "c", "50%"))
    found = chains(network, "x", "c", exact=True)
    assert [(c.parties, c.contribution) for c in found.chains] == [
        (("x", "a", "c"), Fraction(24, 100)),
        (("x", "b", "c"), Fraction(15, 100)),
    ]
    assert found.share == Fraction(39, 100)


@pytest.mark.parametrize("seed", range(60))
def test_contributions_add_up_to_the_share_exactly(seed):
    network = random_network(seed, companies=7, persons=2, holders=4, closed=True)
    for row in look_through(network, exact=True).rows:
        if row.owner.startswith("closed group"):
            continue
        found = chains(network, row.owner, row.company, exact=True, limit=100_000)
        assert found.complete
        assert found.remainder == 0, f"seed {seed}"
        assert sum(c.contribution for c in found.chains) == found.share == row.share
        floats = chains(network, row.owner, row.company, limit=100_000)
        assert float(found.share) == pytest.approx(sum(c.contribution for c in floats.chains), abs=1e-12)


def test_what_a_short_list_leaves_out_is_its_remainder():
    network = random_network(10, companies=8, persons=1, holders=4, parts=100)
    rows = look_through(network, exact=True).rows
    longest = max(rows, key=lambda r: len(chains(network, r.owner, r.company).chains))
    every = chains(network, longest.owner, longest.company, exact=True)
    short = chains(network, longest.owner, longest.company, exact=True, limit=1)
    assert len(every.chains) > 2
    assert not short.complete
    assert short.remainder > 0
    assert short.chains[0].contribution + short.remainder == every.share


def test_no_chain_no_share():
    found = chains(toys.ring(), "beta", "ana")
    assert (found.chains, found.share, found.remainder) == ((), 0.0, 0.0)
