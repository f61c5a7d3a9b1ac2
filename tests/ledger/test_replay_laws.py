"""Random ledgers, replayed a second time with plain dictionaries of fractions."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.ledger.amounts import Interval, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.linear import Linear, interval_of, ratio
from crosstie.ledger.replay import as_of
from crosstie.ledger.statements import (
    Cancellation,
    Contribution,
    Correction,
    Entity,
    Head,
    Issue,
    Opening,
    Part,
    PartyId,
    Repurchase,
    Retraction,
    ShareClass,
    ShareClassId,
    Split,
    StatementId,
    Transfer,
)
from crosstie.network.build import build
from crosstie.text.problem import Place

FIRST = date(2020, 1, 1)
CLASS = ShareClassId("shares")
ISSUER = PartyId("issuer")
holder = st.sampled_from([None, PartyId("ana"), PartyId("bob"), PartyId("cleo"), ISSUER])
named = st.sampled_from([PartyId("ana"), PartyId("bob"), PartyId("cleo")])
days = st.integers(0, 8)
few = st.integers(1, 60)


def head(number: int, true: int, known: int) -> Head:
    return Head(
        id=StatementId(f"s{number}"),
        true_on=When.on(FIRST + timedelta(days=true)),
        known_on=When.on(FIRST + timedelta(days=known)),
        where=Place("a.yaml", number),
    )


def shares(count: int) -> Quantity:
    return Quantity.parse(str(count))


@st.composite
def event(draw, number: int):  # noqa: PLR0911 (one line per kind)
    h = head(number, draw(days), draw(days))
    kind = draw(
        st.sampled_from(["transfer"] * 4 + ["issue", "buy", "cancel", "split", "put", "undo", "correct"])
    )
    count = shares(draw(few))
    if kind == "transfer":
        return Transfer(head=h, share_class=CLASS, seller=draw(holder), buyer=draw(holder), shares=count)
    if kind == "issue":
        return Issue(head=h, share_class=CLASS, holder=draw(holder), shares=count)
    if kind == "buy":
        sellers = tuple(
            Part(holder=draw(named), shares=shares(draw(few))) for _ in range(draw(st.integers(0, 1)))
        )
        return Repurchase(head=h, share_class=CLASS, shares=count, sellers=sellers)
    if kind == "cancel":
        return Cancellation(head=h, share_class=CLASS, shares=count)
    if kind == "split":
        return Split(head=h, share_class=CLASS, ratio=Fraction(draw(st.sampled_from(["2", "1/2", "3"]))))
    if kind == "put":
        return Contribution(head=h, share_class=CLASS, settlor=draw(named), trust=draw(named), shares=count)
    about = StatementId(f"s{draw(st.integers(10, 10 + number))}")
    if kind == "undo":
        return Retraction(head=h, retracts=about)
    return Correction(head=h, corrects=about, field="true_on", value=str(FIRST + timedelta(days=draw(days))))


@st.composite
def ledgers(draw):
    said = [
        Entity(head=Head(id=StatementId("e")), party=ISSUER),
        ShareClass(head=Head(id=StatementId("c")), share_class=CLASS, issuer=ISSUER),
        Opening(head=head(1, 0, 0), share_class=CLASS, shares=shares(200)),
        Opening(head=head(2, 0, 0), share_class=CLASS, shares=shares(60), holder=PartyId("ana")),
        Opening(head=head(3, 0, 0), share_class=CLASS, shares=shares(40), holder=ISSUER),
    ]
    said += [draw(event(number)) for number in range(10, 10 + draw(st.integers(0, 14)))]
    return tuple(said)


def day(statement):
    return (statement.head.true_on.latest - FIRST).days


def known(statement):
    return (statement.head.known_on.latest - FIRST).days


def oracle(said, on: int, known_on: int) -> dict:
    """What each holder has: the rules read from the documentation, with nothing of the replay's own code."""
    there = [s for s in said[2:] if known(s) <= known_on]
    gone = set()
    for each in sorted(
        (s for s in there if isinstance(s, Retraction)), key=lambda s: (known(s), s.head.where.line)
    )[::-1]:
        if each.head.id not in gone:
            gone.add(each.retracts)
    there = [s for s in there if s.head.id not in gone]
    moved = {}
    for each in sorted(
        (s for s in there if isinstance(s, Correction)), key=lambda s: (known(s), s.head.where.line)
    ):
        moved[each.corrects] = (date.fromisoformat(each.value) - FIRST).days
    queue = []
    for each in there:
        if not isinstance(each, (Retraction, Correction)):
            when = moved.get(each.head.id, day(each))
            if when <= on:
                queue.append((when, 0 if isinstance(each, Opening) else 1, each.head.where.line, each))
    has: dict = defaultdict(Fraction)
    for _, _, _, each in sorted(queue, key=lambda q: q[:3]):
        after = apply(dict(has), each)
        if after is not None:
            has = defaultdict(Fraction, after)
    return {key: count for key, count in has.items() if count}


def apply(has: dict, each) -> dict | None:  # noqa: C901, PLR0911 (one branch per kind)
    def move(giver, taker, count):
        has[giver] = has.get(giver, Fraction(0)) - count
        if has[giver] < 0:
            return False
        has[taker] = has.get(taker, Fraction(0)) + count
        return True

    count = Fraction(each.shares.interval.low) if hasattr(each, "shares") else Fraction(0)
    match each:
        case Opening(holder=None):
            has[None] = count
        case Opening():
            return has if move(None, each.holder, count) else None
        case Transfer():
            return has if move(each.seller, each.buyer, count) else None
        case Contribution():
            return has if move(each.settlor, each.trust, count) else None
        case Issue():
            has[each.holder] = has.get(each.holder, Fraction(0)) + count
        case Repurchase():
            sold = sum((part.shares.interval.low for part in each.sellers), Fraction(0))
            if sold > count:
                return None
            parts = [(part.holder, part.shares.interval.low) for part in each.sellers]
            return has if all(move(who, ISSUER, n) for who, n in [*parts, (None, count - sold)]) else None
        case Cancellation():
            has[ISSUER] = has.get(ISSUER, Fraction(0)) - count
            return has if has[ISSUER] >= 0 else None
        case Split():
            return {key: number * each.ratio for key, number in has.items()}
    return has


def replayed(ledger: Ledger, on: int, known_on: int) -> tuple[dict, Fraction]:
    state = as_of(ledger, FIRST + timedelta(days=on), FIRST + timedelta(days=known_on))
    if not state.positions:
        return {}, Fraction(0)
    (position,) = state.positions
    found = {who: position.held(who) for who in position.lots}
    found |= {None: position.unknown, ISSUER: position.treasury}
    return {key: Fraction(count) for key, count in found.items() if count}, Fraction(position.issued)


@settings(max_examples=400, deadline=None)
@given(ledgers(), days, days)
def test_replay_agrees_with_plain_dictionaries(said, on, known_on):
    found, issued = replayed(Ledger(statements=said), on, known_on)
    expected = oracle(said, on, known_on)
    assert found == expected
    assert issued == sum(expected.values(), Fraction(0))


@settings(max_examples=100, deadline=None)
@given(ledgers(), days, days, st.integers(0, 1000))
def test_the_order_in_which_files_are_read_changes_nothing(said, on, known_on, seed):
    mixed = list(said)
    random.Random(seed).shuffle(mixed)
    assert replayed(Ledger(statements=tuple(mixed)), on, known_on) == replayed(
        Ledger(statements=said), on, known_on
    )


@settings(max_examples=100, deadline=None)
@given(ledgers(), days)
def test_columns_sum_to_one_after_any_event(said, on):
    state = as_of(Ledger(statements=said), FIRST + timedelta(days=on), date(2030, 1, 1))
    network = build(state).network
    company = network.index(ISSUER)
    column = network.column(company)
    if column.start != column.stop:
        assert sum(share.low for share in network.exact_capital[column]) == 1
        assert sum(votes.low for votes in network.exact_votes[column]) == 1
    issued = build(state, base="issued").network
    column = issued.column(issued.index(ISSUER))
    assert column.start == column.stop or sum(share.low for share in issued.exact_capital[column]) == 1


@settings(max_examples=60, deadline=None)
@given(ledgers(), days, days)
def test_every_holder_lies_within_what_a_plan_allows(said, on, known_on):
    """Each transfer as "up to" its number: the plain result is one of the outcomes allowed."""
    ranged = tuple(
        replace(each, shares=Quantity.parse(f"<={each.shares.text}")) if isinstance(each, Transfer) else each
        for each in said
        if isinstance(each, (Entity, ShareClass, Opening, Transfer))
    )
    exact = tuple(each for each in said if isinstance(each, (Entity, ShareClass, Opening, Transfer)))
    when = (FIRST + timedelta(days=on), FIRST + timedelta(days=known_on))
    state = as_of(Ledger(statements=ranged), *when)
    found, _ = replayed(Ledger(statements=exact), on, known_on)
    for position in state.positions:
        for who in position.lots:
            assert interval_of(position.held(who), state.ranges).contains(found.get(who, Fraction(0)))


part = st.fractions(0, 20, max_denominator=4)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(part, part), min_size=1, max_size=4),
    st.data(),
)
def test_bounds_of_a_ratio_are_those_of_its_corners(spans, data):
    ranges = [Interval(min(s), max(s)) for s in spans]
    factors = st.fractions(-2, 2, max_denominator=2)
    top = Linear(data.draw(part) + 100, tuple((k, data.draw(factors)) for k in range(len(spans))))
    bottom = Linear(data.draw(part) + 200, tuple((k, data.draw(factors)) for k in range(len(spans))))

    def at(amount, corner):
        return amount.constant + sum(f * corner[k] for k, f in amount.terms)

    corners = [[]]
    for span in ranges:
        corners = [[*corner, end] for corner in corners for end in (span.low, span.high)]
    wholes = [at(bottom, corner) for corner in corners]
    if min(wholes) <= 0:
        return
    values = [at(top, corner) / whole for corner, whole in zip(corners, wholes, strict=True)]
    found = ratio(top, bottom, ranges)
    assert (found.low, found.high) == (max(min(values), 0), max(values))
