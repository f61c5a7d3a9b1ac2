"""Ranges by brute force: every column that tiny networks allow is tried, in fractions, without code of the analyses.

What a column may be is read off the holdings as stated. One point within each face of the columns stands for all of it:
they use the same open ends, and what is linear and extreme at one of them is so at all.
"""

import dataclasses
import math
from fractions import Fraction
from itertools import product
from random import Random

import pytest

from crosstie.analyses.ceilings import worth_asking
from crosstie.analyses.control import control, control_greatest
from crosstie.analyses.extremes import ways_of
from crosstie.analyses.ranges import bounds_of, look_through_bounds
from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network, unknown_id
from crosstie.network.network import Party

QUARTERS = [Fraction(n, 4) for n in range(5)]
MOST_CHOICES, MOST_ALLOWED = 200, 2_000
NEARLY = Fraction(1, 100_000)
"""How far columns are drawn inwards to be beside their ends: little against quarters, exact all the same."""


def drawn(seed, *, over=False):
    """At most five parties; one to three holders a column, loops or none, ends open or not, some columns without others."""
    dice = Random(seed)
    firms, people = ["a", "b", "c"][: dice.randint(1, 3)], ["p", "q"]
    acyclic = dice.random() < 0.3
    edges = []
    for at, firm in enumerate(firms):
        others = people + (firms[:at] if acyclic else [each for each in firms if each != firm])
        holders = dice.sample(others, dice.randint(1, min(3, len(others))))
        edges += [Edge(each, firm, part(dice), suspended=dice.random() < 0.1) for each in holders]
        if dice.random() < 0.3:
            edges.append(Edge(unknown_id(firm), firm, Interval.exactly(0)))
    if over:
        edges = [dataclasses.replace(e, capital=e.capital.scaled(dice.choice([1, 1, 2]))) for e in edges]
    return edges, make_network(edges, [Party(each, type="person") for each in people])


def part(dice):
    low, high = sorted(dice.choices(QUARTERS, k=2))
    if dice.random() < 0.1:
        return Interval(low, None, low_open=dice.random() < 0.5)
    if low == high or dice.random() < 0.2:
        return Interval.exactly(low)
    return Interval(low, high, dice.random() < 0.4, dice.random() < 0.4)


@dataclasses.dataclass(frozen=True)
class Choices:
    """What one company's holders may have: at the corners, ends taken or not, and at points that keep to open ends."""

    company: str
    holders: tuple[str, ...]
    corners: tuple[tuple[Fraction, ...], ...]
    allowed: tuple[tuple[Fraction, ...], ...]
    contradictory: bool
    """No numbers are as stated: the only column, which is taken, is over or under all there is or at open ends."""


def choices_of(edges, of=lambda edge: edge.capital):
    """Every company's choices."""
    columns = {}
    for edge in edges:
        columns.setdefault(edge.company, {})[edge.holder] = of(edge)
    return [column_choices(company, column) for company, column in columns.items()]


def column_choices(company, column):
    lows = sum(span.low for span in column.values())
    if lows < 1:  # others may have the rest, unless they are stated
        column = {unknown_id(company): Interval(Fraction(0), Fraction(1))} | column
    spans = list(column.values())
    highs = [max(span.low, Fraction(1)) if span.high is None else span.high for span in spans]
    total = min(max(Fraction(1), lows), sum(highs))
    points = list(faces(spans, highs, total))
    corners = tuple(point for point, between in points if between <= 1)
    inside = max(points, key=lambda found: found[1])[0]

    def keeps(point):
        return all(span.contains(x) for span, x in zip(spans, point, strict=True))

    contradictory = total != 1 or not keeps(inside)
    assert not contradictory or len(points) == 1
    kept = [point for point, _ in points if contradictory or keeps(point)]
    beside = {nearer for corner in corners for nearer in drawn_from(corner, inside, kept, spans)}
    allowed = tuple(dict.fromkeys([*kept, *sorted(beside)]))
    return Choices(company, tuple(column), corners, allowed, contradictory)


def drawn_from(corner, inside, kept, spans):
    """Points beside a corner: towards the inside, and on the smallest faces, where parts that may be nothing stay so."""

    def towards(target):
        return tuple(x + (y - x) * NEARLY for x, y in zip(corner, target, strict=True))

    def between(point):
        return sum(x not in (span.low, span.high) for x, span in zip(point, spans, strict=True))

    found = {towards(each) for each in kept}
    fewest = min(map(between, found))
    return {towards(inside), *(each for each in found if between(each) == fewest)}


def faces(spans, highs, total):
    """One point within each face of the columns: each holder at an end or between, all adding up; and how many are between."""
    for kinds in product(("low", "high", "between"), repeat=len(spans)):
        free = [at for at, kind in enumerate(kinds) if kind == "between"]
        if any(spans[at].low == highs[at] for at, kind in enumerate(kinds) if kind != "low"):
            continue
        point = [highs[at] if kind == "high" else spans[at].low for at, kind in enumerate(kinds)]
        rest, room = total - sum(point), sum(highs[at] - spans[at].low for at in free)
        if (0 < rest < room) if free else rest == 0:
            for at in free:
                point[at] += rest * (highs[at] - spans[at].low) / room
            yield tuple(point), len(free)


def are_as_stated(choices):
    """Whether all columns can be; of others, open ends mean nothing."""
    return not any(each.contradictory for each in choices)


def count(choices, kind):
    return math.prod(len(getattr(each, kind)) for each in choices)


def networks(choices, kind):
    """Every network of some kind of points: by company its holders' parts."""
    for points in product(*(getattr(each, kind) for each in choices)):
        yield {
            each.company: dict(zip(each.holders, point, strict=True))
            for each, point in zip(choices, points, strict=True)
        }


def times(x, y):
    return Fraction(0) if x == 0 or y == 0 else x * y


def least(shares, owners):
    """The least solution, a company eliminated at a time; a loop that returns all or more multiplies without end."""
    rows = {
        j: {k: x for k, x in column.items() if k in shares and k not in owners}
        | {"": sum((x for k, x in column.items() if k in owners), Fraction(0))}
        for j, column in shares.items()
        if j not in owners
    }
    for j, own in rows.items():
        back = own.pop(j, 0)
        again = math.inf if back >= 1 else 1 / Fraction(1 - back)
        own.update({k: times(again, x) for k, x in own.items()})
        for i, row in rows.items():
            through = row.pop(j, 0) if i != j else 0
            for k, x in own.items() if through else ():
                row[k] = row.get(k, Fraction(0)) + times(through, x)
    return {j: row[""] for j, row in rows.items()}


def tried(seeds, **options):
    """Networks drawn whose columns are not too many, with all that they may be."""
    for seed in seeds:
        edges, network = drawn(seed, **options)
        choices = choices_of(edges)
        if count(choices, "corners") <= MOST_CHOICES and count(choices, "allowed") <= MOST_ALLOWED:
            yield seed, network, choices


def everybodys(network, choices):
    """By owner (and by both persons together) and company: the shares at all corners, and at all points that are allowed."""
    corners, allowed = (list(networks(choices, kind)) for kind in ("corners", "allowed"))
    names = [party.id for party in network.parties if party.type != "unknown"]
    for owners in [*((each,) for each in names), ("p", "q")]:
        at_corners, at_allowed = ([least(shares, owners) for shares in each] for each in (corners, allowed))
        for company in at_corners[0]:
            yield owners, company, [x[company] for x in at_corners], [x[company] for x in at_allowed]


def check_bounds(interval, corners, allowed, message, *, as_stated):
    low, high = min(corners), max(*corners, *allowed)
    assert (math.inf if interval.high is None else interval.high) == high, message
    if (
        as_stated or interval.high is not None or interval.low
    ):  # docs: 0 beside no upper end may be less than it need be
        assert interval.low == low, message
    if not (
        low == 0 and interval.low_open
    ):  # docs: what closes a loop at an open end is safe and may be wide
        assert min(allowed) == low or min(allowed) - low < Fraction(1, 50), message
    assert max(allowed) == high or max(allowed) > min(high - Fraction(1, 50), 100), message
    if as_stated:
        assert interval.low_open == (low not in allowed), message
        assert interval.high is None or interval.high_open == (high not in allowed), message


def check_ownership(seed, network, choices):
    index = {party.id: at for at, party in enumerate(network.parties)}
    rough = dataclasses.replace(network, exact_capital=())
    highest = {}
    for owners, company, corners, allowed in everybodys(network, choices):
        message = f"seed {seed}: {owners} in {company}"
        i, j = [index[each] for each in owners], index[company]
        interval, floats = (bounds_of(each, i).get(j, Interval.exactly(0)) for each in (network, rough))
        check_bounds(interval, corners, allowed, message, as_stated=are_as_stated(choices))
        assert float(floats.low) == pytest.approx(float(interval.low), abs=1e-9), message
        assert (floats.high is None) == (interval.high is None), message
        if len(owners) == 1:
            highest[i[0], j] = max(*corners, *allowed)
            found = [part for *_, part in look_through_bounds(network, owner=owners[0], company=company)]
            assert found == ([interval] if highest[i[0], j] else []), message
    check_ceilings(network, highest, f"seed {seed}")


def check_ceilings(network, highest, message):
    """Asked for just less than each largest share there is, the ceilings of all who have as much are higher."""
    ways = ways_of(network)
    for most in {min(share, Fraction(2)) for share in highest.values() if share}:
        found = worth_asking(ways, float(most) - 1e-6, range(network.size))
        missing = {(i, j) for (i, j), share in highest.items() if share >= most and j not in found.get(i, ())}
        assert not missing, message
    for above in (Fraction(1, 4), Fraction(1, 2), Fraction(1, 50)):
        listed = {(i, j) for i, j, _ in look_through_bounds(network, above=above)}
        expected = {pair for pair, share in highest.items() if share > above}
        known = {pair for pair in listed if network.parties[pair[0]].type != "unknown"}
        assert known == expected, message


@pytest.mark.parametrize("over", [False, True])
def test_bounds_and_ceilings_are_those_of_every_choice(over):
    checked = [check_ownership(*each) for each in tried(range(250), over=over)]
    assert len(checked) > 150


@pytest.mark.long
@pytest.mark.parametrize("over", [False, True])
def test_bounds_of_thousands_are_those_of_every_choice(over):
    for each in tried(range(1_000, 5_000), over=over):
        check_ownership(*each)


def controlled(votes, asleep, seat, bar, *, reaching, greatest):
    """What a seat controls when everybody has just these votes: the least or the greatest set that holds itself."""
    found = set(below(votes, asleep, seat)) if greatest else set()
    while True:
        won = {
            j for j in votes if j != seat and has(votes[j], asleep, j, {seat, *found}, bar, reaching=reaching)
        }
        then = found & won if greatest else won
        if then == found:
            return found
        found = then


def below(votes, asleep, seat):
    seen = {seat}
    while more := {
        j
        for j, column in votes.items()
        if j not in seen and any(x > 0 and k in seen and (k, j) not in asleep for k, x in column.items())
    }:
        seen |= more
    return seen - {seat}


def cast(column, asleep, company, voters):
    """The voters' part of the votes that are awake."""
    awake = 1 - sum(x for k, x in column.items() if (k, company) in asleep)
    mine = sum(x for k, x in column.items() if k in voters and (k, company) not in asleep)
    return Fraction(mine) / awake if awake > 0 else Fraction(0)


def has(column, asleep, company, voters, bar, *, reaching):
    part_ = cast(column, asleep, company, voters)
    return part_ > bar or (reaching and part_ == bar)


def check_control(seed, network, choices, asleep):
    names = [party.id for party in network.parties if party.type != "unknown"]
    allowed = list(networks(choices, "allowed"))
    for ask, bar, reaching in product(
        (control, control_greatest), (Fraction(1, 2), Fraction(3, 4)), (False, True)
    ):
        greatest = ask is control_greatest
        sets = [
            {
                (i, j)
                for i in names
                for j in controlled(votes, asleep, i, bar, reaching=reaching, greatest=greatest)
            }
            for votes in allowed
        ]
        rows = ask(network, threshold=bar, reaching=reaching).rows
        message = f"seed {seed}: {ask.__name__} {bar} {reaching}"
        assert {(r.controller, r.company) for r in rows} == set.union(*sets), message
        assert {(r.controller, r.company) for r in rows if r.decided} == set.intersection(*sets), message
        for row in rows:
            check_votes(row, rows, choices, asleep, message)


def check_votes(row, rows, choices, asleep, message):
    """From what those surely controlled have at least to what all who may be controlled have at most."""
    may = {r.company for r in rows if r.controller == row.controller} | {row.controller}
    sure = {r.company for r in rows if r.controller == row.controller and r.decided} | {row.controller}
    (column,) = [each for each in choices if each.company == row.company]
    fewest, most = (
        [cast(dict(zip(column.holders, x, strict=True)), asleep, row.company, voters) for x in column.allowed]
        for voters in (sure, may)
    )
    low, high = min(fewest), max(most)
    assert (row.votes.low_open, row.votes.high_open) == (low != row.votes.low, high != row.votes.high), (
        message
    )
    assert row.votes.low <= low <= row.votes.low + Fraction(1, 50), message
    assert row.votes.high - Fraction(1, 50) <= high <= row.votes.high, message


@pytest.mark.parametrize("over", [False, True])
def test_control_is_that_of_every_choice(over):
    checked = [
        check_control(seed, network, choices, asleep_in(network))
        for seed, network, choices in tried(range(120), over=over)
    ]
    assert len(checked) > 100


@pytest.mark.long
@pytest.mark.parametrize("over", [False, True])
def test_control_of_thousands_is_that_of_every_choice(over):
    for seed, network, choices in tried(range(1_000, 4_000), over=over):
        check_control(seed, network, choices, asleep_in(network))


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        pytest.param(
            [("x", "c", "1"), ("y", "c", "(1/4, 1/2]")], [("x", "c", Interval.exactly(1))], id="over 100 %"
        ),
        pytest.param(  # each is stated to have more than half: as stated they have half each
            [("x", "c", "(1/2, 3/4)"), ("y", "c", "(1/2, 3/4)"), ("c", "d", "[3/4, 1]"), ("z", "d", "[3/4, 1]")],
            [("c", "d", Interval.exactly(Fraction(3, 4))), ("z", "d", Interval.exactly(Fraction(3, 4)))],
            id="100 % at open ends",
        ),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_have_control_and_votes_as_stated(shares, expected):
    network = make_network(Edge(k, j, Interval.parse(x)) for k, j, x in shares)
    for ask in (control, control_greatest):
        rows = ask(network).rows
        assert [(row.controller, row.company, row.votes) for row in rows] == expected
        assert all(row.decided for row in rows)


def asleep_in(network):
    names = [party.id for party in network.parties]
    edges = zip(network.holder, network.issuers(), network.suspended, strict=True)
    return {(names[i], names[j]) for i, j, sleeps in edges if sleeps}
