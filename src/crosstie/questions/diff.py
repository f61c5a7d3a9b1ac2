"""What changed between two days, or in what is known between two days, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

from crosstie.engines.register.everybody import UNITS
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.schema import KIND_OF
from crosstie.ledger.statements import PartyId, Right, Statement, StatementId, VoteTotal
from crosstie.network.build import treasury_id
from crosstie.network.edges import unknown_id
from crosstie.questions.clocks import Clocks
from crosstie.questions.everyone import at_once, moment_of
from crosstie.questions.holders import KEYS as MEASURES
from crosstie.questions.holders import HolderRow, company_rows
from crosstie.questions.opening import Opened, at, load_ledger
from crosstie.text.problem import Problem

if TYPE_CHECKING:
    from crosstie.engines.register.differing import Changed, Ends, Pair, Stake
    from crosstie.engines.register.joined import Joined

KEYS = ("company", "holder", "measure", "before", "after", "because")
THEORETICAL = frozenset({"double_vote"})
EXERCISABLE = THEORETICAL | {"suspended_votes"}
FREE = EXERCISABLE | {"vote_cap", "voting_instruction", "acting_in_concert"}
MOVED_BY = MappingProxyType(
    {
        "theoretical_votes": THEORETICAL,
        "of_theoretical": THEORETICAL,
        "exercisable_votes": EXERCISABLE,
        "of_exercisable": EXERCISABLE,
        "free_votes": FREE,
        "of_free": FREE,
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one holder in one company that is not what it was; ``None`` where nobody counts."""

    company: str
    holder: str
    measure: str
    before: Interval | None
    after: Interval | None
    because: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Every change, company by company, and the problems of the later side."""

    rows: tuple[Change, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """Changes as they are found, to be read once; then ``problems`` has those met. ``ranged``: some may be ranges."""

    rows: Iterator[Change]
    problems: list[Problem]
    ranged: bool


BATCH = 2_000
"""Companies of a large register that are replayed at a time."""
_ELSEWHERE = "another company's or holder's change"


def diff(path: str, before: Clocks, after: Clocks) -> Difference:
    """What is different under the second clocks.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that can be read.
    """
    with streamed(path, before, after) as found:
        rows = tuple(found.rows)
        return Difference(rows, tuple(found.problems))


@contextmanager
def streamed(path: str, before: Clocks, after: Clocks) -> Iterator[Stream]:
    """The same change by change; of a large register only what changed is read.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that can be read.
    """
    with at_once(path) as together:
        changed = None if together is None else _changed(together, before, after)
        if together is not None and changed is not None:
            problems = list(together.problems)
            rows = _of_changed(together, changed, (before, after), problems)
            yield Stream(rows, problems, changed.ranged)
            return
    ledger = load_ledger(path)
    was, now = at(ledger, before), at(ledger, after)
    found = list(changes(was, now))
    ranged = any(part is not None and not part.is_exact for row in found for part in (row.before, row.after))
    yield Stream(iter(found), list(now.problems), ranged)


def _changed(together: "Joined", before: Clocks, after: Clocks) -> "Changed | None":
    from crosstie.engines.register import differing  # noqa: PLC0415 (DuckDB is asked for only by a register)

    return differing.changed_companies(together, moment_of(before), moment_of(after))


def _of_changed(
    together: "Joined", changed: "Changed", sides: tuple[Clocks, Clocks], problems: list[Problem]
) -> Iterator[Change]:
    """The changes of most companies from SQL, of the rest by replay, in order of company."""
    replayed = _in_batches(together, changed.replayed, sides, problems)
    if not changed.at_once:
        return replayed
    from crosstie.engines.register import differing  # noqa: PLC0415 (as above)

    at_once = _changes_at_once(differing.pairs(together))
    return merge(at_once, replayed, key=attrgetter("company")) if changed.replayed else at_once


def _changes_at_once(pairs: "Iterable[Pair]") -> Iterator[Change]:
    """The changes that :func:`changes` finds where nobody counts shares or votes, and parts are of outstanding shares."""
    for each in pairs:
        came_or_went = each.before is None or each.after is None
        told = ", ".join((*each.gone, *each.come))
        because = f"no trade of its own: {told}" if told and not came_or_went else told or _ELSEWHERE
        values = zip(_values_of(each.before), _values_of(each.after), strict=True)
        for measure, (old, new) in zip(MEASURES[1:], values, strict=True):
            if old is not new and old != new:
                yield Change(each.company, each.holder, measure, old, new, because)


def _values_of(stake: "Stake | None") -> tuple[Interval | None, ...]:
    """The figures of a row, in the order of the measures."""
    if stake is None:
        return (ZERO,) * len(MEASURES[1:])
    capital = _interval(stake.capital)
    votes = capital if stake.votes == stake.capital else _interval(stake.votes)
    return (None, None, capital, None, None, None, votes, votes, votes)


def _interval(ends: "Ends") -> Interval:
    low, high, low_open, high_open = ends
    least = Fraction(low, UNITS)
    return Interval(least, least if high == low else Fraction(high, UNITS), low_open, high_open)


def _in_batches(
    together: "Joined", companies: Sequence[str], sides: tuple[Clocks, Clocks], problems: list[Problem]
) -> Iterator[Change]:
    """The changes of some companies at a time; what is wrong with them is added to the problems."""
    from crosstie.engines.register.bearing import bearing_on  # noqa: PLC0415 (as above)

    for begin in range(0, len(companies), BATCH):
        these = frozenset(companies[begin : begin + BATCH])
        ledger = bearing_on(together, these, "alone")
        assert ledger is not None  # noqa: S101 (the changed companies could be told)
        was, now = (at(ledger, side) for side in sides)
        named = {now.state.same.get(PartyId(each), PartyId(each)) for each in these} | these
        problems += [each for each in now.problems if each not in problems]
        found = (change for change in changes(was, now) if change.company in named)
        yield from sorted(found, key=attrgetter("company"))


@dataclass(frozen=True, slots=True)
class _Side:
    """The statements behind each row of a company, and behind any."""

    rows: Mapping[str, tuple[str, ...]]
    all: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Sides:
    was: Opened
    now: Opened
    before: _Side
    after: _Side


def changes(was: Opened, now: Opened) -> Iterator[Change]:
    """Every figure that differs, with the statements that came, went or ended in between."""
    for company in dict.fromkeys([*was.columns, *now.columns]):
        before, after = _rows(was, company), _rows(now, company)
        if before != after:
            sides = _Sides(was, now, _side(was, company), _side(now, company))
            for holder in dict.fromkeys([*before, *after]):
                yield from _changes_of(company, holder, before.get(holder), after.get(holder), sides)


def _changes_of(
    company: str, holder: str, before: HolderRow | None, after: HolderRow | None, sides: _Sides
) -> Iterator[Change]:
    own = _of_holder(sides, holder)
    traded = _value(before, "shares") != _value(after, "shares")
    for measure in MEASURES[1:]:
        old, new = _value(before, measure), _value(after, measure)
        if old != new:
            behind = (*own, *_of_votes(sides, company, MOVED_BY.get(measure, frozenset())))
            whole = behind or tuple(sorted(sides.before.all ^ sides.after.all))
            why = _because(sides, whole, traded=traded or old is None or new is None)
            yield Change(company, holder, measure, old, new, why)


def _rows(opened: Opened, company: str) -> dict[str, HolderRow]:
    column = opened.columns.get(company)
    return {} if column is None else {row.holder: row for row in company_rows(opened.network, column)}


def _value(row: HolderRow | None, measure: str) -> Interval | None:
    value: Interval | None = ZERO if row is None else getattr(row, measure)
    return value


def _side(opened: Opened, company: str) -> _Side:
    column = opened.columns.get(company)
    if column is None:
        return _Side({}, frozenset())
    rows: dict[str, tuple[str, ...]] = {stake.holder: stake.statements for stake in column.stakes}
    rows[treasury_id(company)] = column.treasury.statements
    every = tuple(dict.fromkeys(each for said in rows.values() for each in said))
    rows[unknown_id(company)] = every
    return _Side(rows, frozenset(every))


def _of_holder(sides: _Sides, holder: str) -> tuple[str, ...]:
    """Statements behind the holder's row on one side that stand behind nothing on the other."""
    gone = [each for each in sides.before.rows.get(holder, ()) if each not in sides.after.all]
    come = [each for each in sides.after.rows.get(holder, ()) if each not in sides.before.all]
    return tuple(dict.fromkeys((*gone, *come)))


def _of_votes(sides: _Sides, company: str, kinds: frozenset[str]) -> tuple[str, ...]:
    """Rights of these kinds, and vote totals, of the company that stand on one side only."""
    if not kinds:
        return ()
    before, after = (_rights(each, company, kinds) for each in (sides.was, sides.now))
    both = {*before} & {*after}
    return tuple(dict.fromkeys(each for each in (*before, *after) if each not in both))


def _statement(sides: _Sides, id_: str) -> Statement | None:
    """What the later side says under an id, else the earlier."""
    key = StatementId(id_)
    return sides.now.state.statements.get(key) or sides.was.state.statements.get(key)


def _rights(opened: Opened, company: str, kinds: frozenset[str]) -> tuple[str, ...]:
    rights = [r.head.id for r in opened.state.rights if r.issuer == company and r.right in kinds]
    column = opened.columns.get(company)
    total = [column.vote_total.head.id] if column and column.vote_total else []
    return (*rights, *total)


def _because(sides: _Sides, ids: Iterable[str], *, traded: bool) -> str:
    told = [_told(id_, sides) for id_ in ids]
    if not told:
        return _ELSEWHERE
    return ("" if traded else "no trade of its own: ") + ", ".join(told)


def _told(id_: str, sides: _Sides) -> str:
    """A statement as its id, kind and the day that counts."""
    statement = _statement(sides, id_)
    if statement is None:
        return id_
    when = statement.head.until if _ended(statement, sides) else statement.head.true_on
    kind = KIND_OF[type(statement)].name.replace("_", " ")
    if isinstance(statement, Right):
        kind = statement.right.replace("_", " ") + (" ends" if _ended(statement, sides) else "")
    if isinstance(statement, VoteTotal):
        kind = "votes published"
    return f"{id_} ({kind}{f', {when.text}' if when else ''})"


def _ended(statement: Statement, sides: _Sides) -> bool:
    rights = {right.head.id for right in sides.now.state.rights}
    return isinstance(statement, Right) and statement.head.id not in rights


def shown(change: Change) -> Mapping[str, object]:
    """A change as a row."""
    return {key: getattr(change, key) for key in KEYS}
