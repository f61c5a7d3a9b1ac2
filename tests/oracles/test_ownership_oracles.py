"""Other ways to the same answers, on seeded random networks: the seed is in every message."""

import warnings
from fractions import Fraction

import clingo
import numpy as np
import pytest

from crosstie.analyses.columns import of_network
from crosstie.analyses.control import control, control_greatest
from crosstie.analyses.ownership import look_through, simple_path_sum, walk_sum
from crosstie.analyses.visits import plan
from crosstie.network.random_networks import random_network

SHAPES = [
    dict(companies=4, persons=2, holders=3, parts=10),
    dict(companies=8, persons=3, holders=3, parts=20),
    dict(companies=6, persons=2, holders=4, parts=12, closed=True),
    dict(companies=12, persons=3, holders=4, parts=100),
    dict(companies=9, persons=2, holders=3, parts=8, closed=True),
]


def network_of(seed):
    return random_network(seed, **SHAPES[seed % len(SHAPES)])


def matrix(network):
    dense = np.zeros((network.size, network.size))
    dense[network.holder, network.issuers()] = network.capital.low
    return dense


def value_iteration(network, owner):
    """The least solution as the limit from nothing: no algebra at all."""
    dense = matrix(network)
    now = np.zeros(network.size)
    for _ in range(20_000):
        then = dense.T @ now
        then[owner] = 1
        if np.abs(then - now).max() < 1e-15:
            break
        now = then
    return now


def by_elimination(network, owner):
    """Gauss-Jordan elimination in fractions on the whole system; who cannot reach the owner has nought."""
    pairs = zip(network.holder.tolist(), network.issuers().tolist(), strict=True)
    shares = dict(zip(pairs, (i.low for i in network.exact_capital), strict=True))
    unknowns = sorted(reach([(i, j, v) for (i, j), v in shares.items()], owner) - {owner})
    place = {j: at for at, j in enumerate(unknowns)}
    rows = [[Fraction(int(a == b)) for b in unknowns] + [Fraction(0)] for a in unknowns]
    for (i, j), share in shares.items():
        if j in place and i == owner:
            rows[place[j]][-1] += share
        elif j in place and i in place:
            rows[place[j]][place[i]] -= share
    reduce_rows(rows)
    value = [Fraction(0)] * network.size
    value[owner] = Fraction(1)
    for j in unknowns:
        value[j] = rows[place[j]][-1]
    return value


def reduce_rows(rows):
    for at in range(len(rows)):
        pivot = next(r for r in range(at, len(rows)) if rows[r][at] != 0)
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [x / rows[at][at] for x in rows[at]]
        for r in range(len(rows)):
            if r != at and rows[r][at] != 0:
                rows[r] = [a - rows[r][at] * b for a, b in zip(rows[r], rows[at], strict=True)]


def every(answer, network):
    index = {party.id: i for i, party in enumerate(network.parties)}
    table = np.full((network.size, network.size), Fraction(0), object)
    for row in answer.rows:
        if row.owner in index:
            table[index[row.owner], index[row.company]] = row.share
    return table


def check_look_through(seed):
    network = network_of(seed)
    exact, floats = every(look_through(network, exact=True), network), every(look_through(network), network)
    assert np.abs((exact - floats).astype(float)).max(initial=0) <= 1e-9, f"seed {seed}"
    for owner in range(network.size):
        eliminated = by_elimination(network, owner)
        mine = [*exact[owner]]
        mine[owner] = Fraction(1)
        assert mine == eliminated, f"seed {seed}, owner {owner}"
    return network, exact


def check_linear_algebra(seed):
    network = network_of(seed)
    planned = plan(of_network(network))
    if any(group.kind == "closed" for group in planned.groups):
        return False
    visits = np.linalg.inv(np.eye(network.size) - matrix(network))
    expected = visits / np.diagonal(visits)[:, None]
    found = every(look_through(network), network).astype(float)
    np.fill_diagonal(expected, 0)
    assert np.abs(found - expected).max() <= 1e-9, f"seed {seed}"
    walks = every(walk_sum(network), network).astype(float)
    summed = visits - np.eye(network.size)
    np.fill_diagonal(summed, 0)
    assert np.abs(walks - summed).max() <= 1e-9, f"seed {seed}"
    return True


PROGRAM = """
holds(X,Y,S,X) :- own(X,Y,S).
holds(X,Y,S,Z) :- controls(X,Z), own(Z,Y,S), X != Y.
controls(X,Y) :- party(X), company(Y), X != Y, #sum { S,Z : holds(X,Y,S,Z) } > limit.
#show controls/2.
"""


def by_clingo(network, threshold):
    scale = int(np.lcm.reduce([i.low.denominator for i in network.exact_votes] + [threshold.denominator]))
    facts = [
        f"own({i},{j},{int(v.low * scale)})."
        for i, j, v in zip(network.holder, network.issuers(), network.exact_votes, strict=True)
    ]
    facts += [f"party({i})." for i, p in enumerate(network.parties) if p.type != "unknown"]
    facts += [f"company({j})." for j in np.unique(network.issuers())]
    solver = clingo.Control(["--warn=none", f"-c limit={int(threshold * scale)}"], logger=lambda *_: None)
    solver.add("base", [], PROGRAM + "\n".join(facts))
    solver.ground([("base", [])])
    models = []
    solver.solve(
        on_model=lambda m: models.append(
            [tuple(a.number for a in s.arguments) for s in m.symbols(shown=True)]
        )
    )
    (pairs,) = models
    names = [party.id for party in network.parties]
    return {(names[i], names[j]) for i, j in pairs}


def by_brute_force(network, threshold, *, greatest):
    """Try every set of companies: the least set that is closed, or the greatest that sustains itself."""
    names = [party.id for party in network.parties]
    issuers = network.issuers().tolist()
    votes = [
        (i, j, v.low) for i, j, v in zip(network.holder.tolist(), issuers, network.exact_votes, strict=True)
    ]
    found = set()
    for i, party in enumerate(network.parties):
        if party.type == "unknown" or i not in set(network.holder.tolist()):
            continue
        fixed = []
        below = sorted(reach(votes, i) - {i})
        for bits in range(2 ** len(below)):
            chosen = {j for at, j in enumerate(below) if bits >> at & 1}
            won = {
                j
                for j in below
                if sum(v for k, c, v in votes if c == j and (k == i or k in chosen)) > threshold
            }
            if won == chosen:
                fixed.append(chosen)
        pick = max(fixed, key=len) if greatest else min(fixed, key=len)
        found |= {(names[i], names[j]) for j in pick}
    return found


def reach(votes, start):
    seen, stack = {start}, [start]
    while stack:
        k = stack.pop()
        new = {j for i, j, v in votes if i == k and v > 0} - seen
        seen |= new
        stack += new
    return seen


THRESHOLDS = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 4), Fraction(3, 5)]


def check_control(seed):
    network = network_of(seed)
    threshold = THRESHOLDS[seed // len(SHAPES) % len(THRESHOLDS)]
    assert control(network, threshold=threshold).pairs == by_clingo(network, threshold), f"seed {seed}"


def test_look_through_by_elimination_in_fractions():
    for seed in range(40):
        check_look_through(seed)


def test_look_through_by_value_iteration():
    for seed in range(25):
        network, exact = check_look_through(seed)
        for owner in range(network.size):
            found = exact[owner].astype(float)
            found[owner] = 1
            assert np.abs(found - value_iteration(network, owner)).max() <= 1e-9, f"seed {seed}"


def test_look_through_and_walk_sum_by_linear_algebra():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sum(check_linear_algebra(seed) for seed in range(80)) > 30


def test_simple_paths_never_exceed_look_through_and_equal_it_without_loops():
    for seed in range(60):
        network = network_of(seed)
        paths, through = (
            every(simple_path_sum(network, exact=True), network),
            every(look_through(network, exact=True), network),
        )
        assert (paths <= through).all(), f"seed {seed}"
        if all(len(group.members) == 1 for group in plan(of_network(network)).groups):
            assert (paths == through).all(), f"seed {seed}"


def test_control_by_clingo():
    for seed in range(120):
        check_control(seed)


@pytest.mark.parametrize("greatest", [False, True])
def test_control_by_trying_every_set(greatest):
    solve = control_greatest if greatest else control
    for seed in range(60):
        network = random_network(seed, companies=6, persons=2, holders=3, parts=6, closed=seed % 2 == 0)
        for threshold in THRESHOLDS[:2]:
            expected = by_brute_force(network, threshold, greatest=greatest)
            assert solve(network, threshold=threshold).pairs == expected, f"seed {seed}"


@pytest.mark.long
def test_ten_thousand_networks():
    """5,000 of ownership (fractions, elimination) and 5,500 of control (clingo), all seeds from 1,000 on."""
    for seed in range(1_000, 6_000):
        check_look_through(seed)
    for seed in range(6_000, 11_500):
        check_control(seed)
