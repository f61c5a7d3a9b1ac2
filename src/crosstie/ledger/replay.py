"""Replay what stands, day by day, into the state of any days asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TypeVar, get_args

from crosstie.ledger.bookkeeping import Books
from crosstie.ledger.books import Book, Position, RefusedError, close
from crosstie.ledger.events import apply
from crosstie.ledger.in_force import classes_on, effective_day, in_force, latest_words
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.linear import sum_of
from crosstie.ledger.standing import Standing, known_day, standing
from crosstie.ledger.state import CountedVotes, State
from crosstie.ledger.statements import (
    Agreement,
    Beneficiary,
    Check,
    Entity,
    Event,
    HolderBound,
    Holding,
    Instrument,
    Office,
    Opening,
    PartyId,
    Right,
    ShareClass,
    ShareClassId,
    Statement,
    StatementId,
    Status,
    VoteTotal,
)
from crosstie.ledger.unexplained import gap_in_count, gap_in_part
from crosstie.text.problem import Problem

EVENTS = get_args(Event)
S = TypeVar(
    "S",
    ShareClass,
    Entity,
    Holding,
    HolderBound,
    Beneficiary,
    Right,
    Agreement,
    Office,
    Instrument,
    Check,
    Opening,
)


def as_of(
    ledger: Ledger,
    true_on: date,
    known_on: date,
    assume: Status = Status.COMPLETED,
) -> State:
    """The state of one day as known on one day.

    Statements of status ``assume`` or firmer count as done.

    >>> from datetime import date
    >>> as_of(Ledger(), date(2024, 1, 1), date(2024, 1, 1)).positions
    ()
    """
    selected = standing(ledger.statements, known_on, assume)
    (state,) = states_on(selected, [true_on], known_on, assume)
    return state


def states_on(
    selected: Standing,
    days: Iterable[date],
    known_on: date,
    assume: Status = Status.COMPLETED,
) -> Iterator[State]:
    """The states of several days, in order of the days, in one pass over the events."""
    asked = sorted(set(days))
    replay = _Replay(selected, _sorted_by_type(selected.firm), known_on, assume)
    queue = _queue(replay)
    at = 0
    for day in asked:
        while at < len(queue) and queue[at].day <= day:
            at = _play_day(replay, queue, at)
        yield _state(replay, day)


@dataclass(frozen=True, slots=True)
class _Moment:
    day: date
    rank: int
    step: int
    file: str
    line: int
    place: int
    statement: Statement


@dataclass(slots=True)
class _Replay:
    selected: Standing
    by_type: Mapping[type, tuple[Statement, ...]]
    known_on: date
    assume: Status
    books: Books = field(init=False)
    totals: dict[PartyId, CountedVotes] = field(default_factory=dict)
    closed: dict[ShareClassId, tuple[int, Position]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    by_issuer: dict[PartyId, list[ShareClassId]] = field(default_factory=dict)
    by_id: Mapping[StatementId, Statement] = field(init=False)
    holdings: dict[PartyId, list[Holding]] = field(default_factory=dict)
    of_holder: dict[tuple[PartyId, PartyId], list[Holding]] = field(default_factory=dict)
    rights: dict[PartyId, list[Right]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = MappingProxyType({each.head.id: each for each in self.selected.firm})
        classes = of_type(self.by_type, ShareClass)
        self.books = Books(
            {each.share_class: each.issuer for each in classes},
            frozenset(each.share_class for each in of_type(self.by_type, Opening)),
            self._stated,
        )
        for said in of_type(self.by_type, Holding):
            if said.direct != "no":
                self.holdings.setdefault(said.issuer, []).append(said)
                self.of_holder.setdefault((said.issuer, said.holder), []).append(said)
        for right in of_type(self.by_type, Right):
            if right.issuer:
                self.rights.setdefault(right.issuer, []).append(right)
        for each in classes:
            known = self.by_issuer.setdefault(each.issuer, [])
            if each.share_class not in known:
                known.append(each.share_class)

    def _stated(self, issuer: PartyId, day: date, holder: PartyId | None) -> tuple[Holding, ...]:
        if holder is None:
            return latest_words(self.holdings.get(issuer, ()), day)
        return latest_words(self.of_holder.get((issuer, holder), ()), day)


def _sorted_by_type(statements: Iterable[Statement]) -> dict[type, tuple[Statement, ...]]:
    found: dict[type, list[Statement]] = {}
    for each in statements:
        found.setdefault(type(each), []).append(each)
    return {kind: tuple(each) for kind, each in found.items()}


def of_type(by_type: Mapping[type, tuple[Statement, ...]], kind: type[S]) -> tuple[S, ...]:
    """The statements of one kind."""
    return by_type.get(kind, ())  # type: ignore[return-value]


def _queue(replay: _Replay) -> list[_Moment]:
    """Events, stated holdings (as checks) and vote totals in the order in which they count."""
    queue = []
    steps = replay.selected.steps
    for place, each in enumerate(replay.selected.firm):
        rank = _rank(each)
        if rank is None:
            continue
        head = each.head
        step = steps.get(head.step) if head.step else None
        day = effective_day(head, step)
        if day is None:
            if isinstance(each, EVENTS):
                _undated(replay, each)
            continue
        order = step.order if step else 0
        queue.append(_Moment(day, rank, order, head.where.file, head.where.line, place, each))
    queue.sort(key=lambda m: (m.day, m.rank, m.step, m.file, m.line, m.place))
    return queue


RANKS = MappingProxyType({**dict.fromkeys(EVENTS, 2), Opening: 1, Holding: 3, VoteTotal: 3})


def _rank(statement: Statement) -> int | None:
    """Within a day: totals open first, then holders, then events as written, then what is only compared."""
    if isinstance(statement, Opening) and statement.holder is None:
        return 0
    return RANKS.get(type(statement))


def _undated(replay: _Replay, event: Statement) -> None:
    if event.head.status is Status.COMPLETED:
        text = event.head.true_on.text if event.head.true_on else "no date"
        message = f"happened, but no last possible day is known ({text}); left out until a day is stated"
        _tell(replay, event, message, "undated", "warning")


def _tell(replay: _Replay, said: Statement, message: str, kind: str, severity: str = "error") -> None:
    replay.problems.append(
        Problem(message, said.head.where, kind, "warning" if severity == "warning" else "error", said.head.id)
    )


def _play_day(replay: _Replay, queue: Sequence[_Moment], at: int) -> int:
    day = queue[at].day
    while at < len(queue) and queue[at].day == day:
        said = queue[at].statement
        if isinstance(said, Holding):
            _compare(replay, said, day)
        elif isinstance(said, VoteTotal):
            _count_votes(replay, said, day)
        else:
            _happen(replay, said, day)
        at += 1
    return at


def _happen(replay: _Replay, event: Statement, day: date) -> None:
    assert isinstance(event, EVENTS)  # noqa: S101 (the queue holds nothing else)
    try:
        apply(replay.books, event, day)
    except RefusedError as error:
        message = str(error)
        if message.startswith("unexplained"):
            _tell(replay, event, message, "unexplained-change")
        else:
            when = f"on {day} " if day > date.min else ""
            _tell(replay, event, f"{when}{message}; left out", "impossible-event")


def _positions(replay: _Replay, share_classes: Iterable[ShareClassId]) -> tuple[Position, ...]:
    found = []
    for share_class in share_classes:
        book = replay.books.books.get(share_class)
        if book is None:
            continue
        version, position = replay.closed.get(share_class, (-1, None))
        if position is None or version != book.version:
            position = close(book)
            replay.closed[share_class] = book.version, position
        found.append(position)
    return tuple(found)


def _count_votes(replay: _Replay, total: VoteTotal, day: date) -> None:
    before = replay.totals.get(total.issuer)
    if before and before.counted_on == day and known_day(before.total.head) > known_day(total.head):
        return
    replay.totals[total.issuer] = CountedVotes(
        total,
        _positions(replay, replay.by_issuer.get(total.issuer, ())),
        classes_on(of_type(replay.by_type, ShareClass), day),
        _uncounted(replay, total.issuer, day),
        in_force(replay.rights.get(total.issuer, ()), day, replay.selected.steps),
        day,
    )


def _uncounted(replay: _Replay, issuer: PartyId, day: date) -> tuple[Holding, ...]:
    """What is stated of holders whose shares no event counts."""
    said = latest_words(replay.holdings.get(issuer, ()), day)
    return tuple(each for each in said if not _counting(replay, each))


def _counting(replay: _Replay, holding: Holding) -> list[Book]:
    """The books whose events count the holder's shares."""
    one = holding.share_class
    share_classes = replay.by_issuer.get(holding.issuer, []) if one is None else [one]
    books = [replay.books.books[c] for c in share_classes if c in replay.books.books]
    mine = holding.holder == holding.issuer
    if any(book.treasury_said if mine else holding.holder in book.said for book in books):
        return books
    return []


def _compare(replay: _Replay, holding: Holding, day: date) -> None:
    """Where events give a count, what is stated is a check; a gap is told with its size."""
    books = _counting(replay, holding) if holding.direct != "no" else []
    if not books or any(holding.head.id in book.said.get(holding.holder, ()) for book in books):
        return
    mine = holding.holder == holding.issuer
    held = sum_of(book.treasury if mine else book.held.get(holding.holder, 0) for book in books)
    if holding.votes is not None:
        message = (
            f"votes of {holding.holder} in {holding.issuer} are stated, but its shares are counted by events;"
            " write a check of of_theoretical to compare them"
        )
        _tell(replay, holding, message, "not-compared", "warning")
    gap = gap_in_count(holding, held, replay.books.ranges) or gap_in_part(
        holding, held, books, replay.books.ranges
    )
    if gap:
        what = f"unexplained change in {holding.holder}'s part of {holding.issuer} by {day}: {gap}"
        _tell(replay, holding, what, "unexplained-change")


def _state(replay: _Replay, day: date) -> State:
    by_type, steps = replay.by_type, replay.selected.steps

    def now(kind: type[S]) -> tuple[S, ...]:
        return in_force(of_type(by_type, kind), day, steps)

    entities = {each.party: each for each in of_type(by_type, Entity)}
    entities |= {each.party: each for each in sorted(now(Entity), key=lambda e: known_day(e.head))}
    return State(
        true_on=day,
        known_on=replay.known_on,
        assume=replay.assume,
        entities=MappingProxyType(entities),
        classes=MappingProxyType(classes_on(of_type(by_type, ShareClass), day)),
        positions=_positions(replay, replay.books.books),
        ranges=tuple(replay.books.ranges),
        holdings=tuple(each for issuer in replay.holdings for each in _uncounted(replay, issuer, day)),
        indirect=tuple(each for each in now(Holding) if each.direct == "no"),
        bounds=now(HolderBound),
        beneficiaries=now(Beneficiary),
        rights=now(Right),
        agreements=now(Agreement),
        offices=now(Office),
        instruments=now(Instrument),
        vote_totals=tuple(replay.totals.values()),
        checks=of_type(by_type, Check),
        steps=steps,
        same=replay.selected.same,
        statements=replay.by_id,
        problems=(*replay.selected.problems, *replay.problems),
    )
