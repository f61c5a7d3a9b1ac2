"""Bounds through large strongly connected loops: linear programs find the same ends, drawn networks lie within them."""

import random
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("numba")
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from crosstie.engines.local import bounds, ranged
from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Party
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
MEMBERS = 70
"""More than are solved by turns."""
BANDS = ((0, 5), (5, 10), (10, 15), (15, 20), (25, 50))
DRAWN = 40


def core_of(seed, *, may_close=False):
    """Companies in a ring with links across and some below it, each company's bands drawn about a share it could have."""
    chance = random.Random(seed)
    firms, below = [f"c{at}" for at in range(MEMBERS)], [f"b{at}" for at in range(8)]
    people, edges = ["p0", "p1", "p2"], []
    for at, firm in enumerate(firms + below):
        pool = [f for f in firms if f != firm]
        held = {firms[at - 1] if firm in firms else chance.choice(firms), *chance.sample(pool, 3)}
        held |= {chance.choice(people)} if chance.random() < 0.4 else set()
        room = 100 if may_close else 60
        for holder in sorted(held):
            low, high = chance.choice(BANDS)
            if low <= room:
                edges.append(Edge(holder, firm, Interval(Fraction(low, 100), Fraction(high, 100), low == 0)))
                room -= high
        if may_close:
            edges[-1] = Edge(edges[-1].holder, firm, Interval(edges[-1].capital.low, Fraction(1)))
    return make_network(edges, [*(Party(p, type="person") for p in people), *map(Party, firms + below)])


def asked(network, people=("p0", "p1", "p2"), threshold=Fraction(0)):
    owners = np.array([network.index(each) for each in people])
    found = bounds.look_through_bounds(ranged.ranged_of(network), owners, threshold)
    pairs = zip(found.owner.tolist(), found.company.tolist(), strict=True)
    return {pair: found.at(np.array([at])) for at, pair in enumerate(pairs)}


def extreme(network, owner, *, most):
    """The same by a linear program: the best column of a company is dual to prices of its ends."""
    size, edges = network.size, network.edge_count
    sign = 1.0 if most else -1.0
    issuer = network.issuers()
    low = np.array([float(each.low) for each in network.exact_capital])
    high = np.array([1.0 if each.high is None else float(each.high) for each in network.exact_capital])
    held = np.unique(issuer)
    price, up, down = size + np.arange(size), 2 * size + np.arange(edges), 2 * size + edges + np.arange(edges)
    rows, columns, values = [], [], []

    def put(row, column, value):
        rows.append(row)
        columns.append(column)
        values.append(value)

    # most: x_j >= price_j + sum(high up - low down), x_k <= price_j + up - down; least: the mirror image
    for row, j in enumerate(held):
        if j != owner:
            put(row, j, -sign)
            put(row, price[j], sign)
            for k in np.flatnonzero(issuer == j):
                put(row, up[k], high[k])
                put(row, down[k], -low[k])
    for k in range(edges):
        row = len(held) + k
        put(row, network.holder[k], sign)
        put(row, price[issuer[k]], -sign)
        put(row, up[k], -1.0)
        put(row, down[k], 1.0)
    count = 2 * size + 2 * edges
    ends = [(0.0, 1.0)] * size + [(None, None)] * size + [(0.0, None)] * (2 * edges)
    for j in range(size):
        if j == owner:
            ends[j] = (1.0, 1.0)
        elif j not in held:
            ends[j] = (0.0, 0.0)
    target = np.zeros(count)
    target[:size] = sign
    matrix = coo_matrix((values, (rows, columns)), (len(held) + edges, count))
    solved = linprog(target, A_ub=matrix, b_ub=np.zeros(len(held) + edges), bounds=ends, method="highs")
    assert solved.status == 0
    return solved.x[:size]


@pytest.mark.parametrize("seed", range(4))
def test_both_ends_are_those_of_a_linear_program(seed):
    network = core_of(seed)
    found = asked(network)
    for person in ("p0", "p1", "p2"):
        owner = network.index(person)
        lowest, highest = extreme(network, owner, most=False), extreme(network, owner, most=True)
        for j in range(network.size):
            one = found.get((owner, j))
            if one is not None:
                assert not one.loose[0]
                assert (one.low[0], one.high[0]) == pytest.approx((lowest[j], highest[j]), abs=1e-7)
            elif j != owner:
                assert highest[j] < 1e-7


def drawn(network, chance):
    """Shares of an admissible network: within their ends, each column adding up to one."""
    shares = np.zeros(network.edge_count)
    for j in np.flatnonzero(np.diff(network.start)).tolist():
        column = network.column(j)
        ends = network.exact_capital[column]
        part = np.array([float(each.low) for each in ends])
        room = np.array([1.0 if each.high is None else float(each.high) for each in ends]) - part
        rest = 1.0 - part.sum()
        for at in chance.sample(range(len(part)), len(part)):
            sooner = min(rest, room[at] * chance.choice((1.0, chance.random())))
            part[at], room[at] = part[at] + sooner, room[at] - sooner
            rest -= sooner
        for at in range(len(part)):
            more = min(rest, room[at])
            part[at], rest = part[at] + more, rest - more
        assert abs(rest) < 1e-9
        shares[column] = part
    return shares


def values(network, shares, owner):
    """Look-through shares of one owner in a network of single numbers."""
    held = np.zeros((network.size, network.size))
    held[network.issuers(), network.holder] = shares
    held[owner], known = 0.0, np.zeros(network.size)
    known[owner] = 1.0
    reached = np.array([each == owner for each in range(network.size)])
    while True:  # the least solution: whoever the owner does not reach has nothing
        more = reached | (held[:, reached].sum(axis=1) > 0)
        if np.array_equal(more, reached):
            break
        reached = more
    some = np.flatnonzero(reached)
    found = np.zeros(network.size)
    found[some] = np.linalg.solve(np.eye(len(some)) - held[np.ix_(some, some)], known[some])
    return found


@pytest.mark.parametrize("may_close", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_no_network_that_may_be_is_outside(seed, may_close):
    network, chance = core_of(seed, may_close=may_close), random.Random(seed)
    found = {threshold: asked(network, threshold=threshold) for threshold in (Fraction(0), Fraction(1, 4))}
    checked = 0
    for _ in range(DRAWN):
        shares = drawn(network, chance)
        for person in ("p0", "p1", "p2"):
            owner = network.index(person)
            share = values(network, shares, owner)
            for j in range(network.size):
                for threshold, pairs in found.items():
                    if j == owner or share[j] <= threshold:
                        continue
                    one = pairs[owner, j]
                    checked += 1
                    assert one.low[0] - 1e-9 <= share[j] <= one.high[0] + 1e-9
    assert checked > 1_000


@pytest.mark.parametrize("seed", range(3))
def test_a_scout_loses_no_pair_and_changes_no_bound(seed):
    network = core_of(seed)
    whole, over = asked(network), asked(network, threshold=Fraction(1, 4))
    assert over.keys() == {pair for pair, one in whole.items() if one.high[0] >= 0.25 - 1e-9}
    for pair, one in over.items():
        assert (one.low[0], one.high[0]) == pytest.approx((whole[pair].low[0], whole[pair].high[0]), abs=1e-9)


def test_more_pairs_than_anybody_could_read_are_one_line(monkeypatch):
    monkeypatch.setattr(bounds, "MOST_PAIRS", 3)
    with pytest.raises(CrosstieError, match=r"more than 3 pairs may have more than 0\.25: ask with"):
        asked(core_of(1, may_close=True), threshold=Fraction(1, 4))
