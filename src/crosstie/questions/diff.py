"""What changed between two days, or in what is known between two days, and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.column import Column
from crosstie.ledger.schema import KIND_OF
from crosstie.ledger.statements import Right, Statement, StatementId, VoteTotal
from crosstie.network.build import treasury_id
from crosstie.network.edges import unknown_id
from crosstie.questions.clocks import Clocks
from crosstie.questions.holders import KEYS as MEASURES
from crosstie.questions.holders import HolderRow, company_rows
from crosstie.questions.opening import Opened, at, load_ledger
from crosstie.text.problem import Problem

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


def diff(path: str, before: Clocks, after: Clocks) -> Difference:
    """What is different under the second clocks.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that can be read.
    """
    ledger = load_ledger(path)
    was, now = at(ledger, before), at(ledger, after)
    return Difference(tuple(changes(was, now)), now.problems)


def changes(was: Opened, now: Opened) -> Iterator[Change]:
    """Every figure that differs, with the statements that came, went or ended in between."""
    said = _Said(was, now)
    for company in dict.fromkeys([*was.columns, *now.columns]):
        before, after = _rows(was, company), _rows(now, company)
        for holder in dict.fromkeys([*before, *after]):
            own = said.of_holder(company, holder)
            traded = _value(before.get(holder), "shares") != _value(after.get(holder), "shares")
            for measure in MEASURES[1:]:
                old, new = _value(before.get(holder), measure), _value(after.get(holder), measure)
                if old != new:
                    behind = (*own, *said.of_votes(company, MOVED_BY.get(measure, frozenset())))
                    whole = behind or said.of_company(company)
                    why = _because(said, whole, traded=traded or old is None or new is None)
                    yield Change(company, holder, measure, old, new, why)


def _rows(opened: Opened, company: str) -> dict[str, HolderRow]:
    column = opened.columns.get(company)
    return {} if column is None else {row.holder: row for row in company_rows(opened.network, column)}


def _value(row: HolderRow | None, measure: str) -> Interval | None:
    value: Interval | None = ZERO if row is None else getattr(row, measure)
    return value


@dataclass(frozen=True, slots=True)
class _Said:
    was: Opened
    now: Opened

    def of_holder(self, company: str, holder: str) -> tuple[str, ...]:
        """Statements behind the holder's stake on one side that stand behind nothing on the other."""
        before, after = (each.columns.get(company) for each in (self.was, self.now))
        gone = [each for each in _behind(before, holder) if each not in _behind(after)]
        come = [each for each in _behind(after, holder) if each not in _behind(before)]
        return tuple(dict.fromkeys((*gone, *come)))

    def of_company(self, company: str) -> tuple[str, ...]:
        """Statements behind any stake on one side only."""
        before, after = (set(_behind(each.columns.get(company))) for each in (self.was, self.now))
        return tuple(sorted(before ^ after))

    def of_votes(self, company: str, kinds: frozenset[str]) -> tuple[str, ...]:
        """Rights of these kinds, and vote totals, of the company that stand on one side only."""
        if not kinds:
            return ()
        before, after = (_rights(each, company, kinds) for each in (self.was, self.now))
        both = {*before} & {*after}
        return tuple(dict.fromkeys(each for each in (*before, *after) if each not in both))

    def statement(self, id_: str) -> Statement | None:
        """What the later side says under an id, else the earlier."""
        key = StatementId(id_)
        return self.now.state.statements.get(key) or self.was.state.statements.get(key)


def _behind(column: Column | None, holder: str | None = None) -> tuple[str, ...]:
    """Statements behind one stake, or behind all of them (for holders without a stake of their own too)."""
    if column is None:
        return ()
    for stake in column.stakes:
        if stake.holder == holder:
            return stake.statements
    if holder is not None and holder not in {unknown_id(column.issuer), treasury_id(column.issuer)}:
        return ()
    stakes = [column.treasury] if holder == treasury_id(column.issuer) else [*column.stakes, column.treasury]
    return tuple(dict.fromkeys(each for stake in stakes for each in stake.statements))


def _rights(opened: Opened, company: str, kinds: frozenset[str]) -> tuple[str, ...]:
    rights = [r.head.id for r in opened.state.rights if r.issuer == company and r.right in kinds]
    column = opened.columns.get(company)
    total = [column.vote_total.head.id] if column and column.vote_total else []
    return (*rights, *total)


def _because(said: _Said, ids: Iterable[str], *, traded: bool) -> str:
    told = [_told(id_, said) for id_ in ids]
    if not told:
        return "another company's or holder's change"
    return ("" if traded else "no trade of its own: ") + ", ".join(told)


def _told(id_: str, said: _Said) -> str:
    """A statement as its id, kind and the day that counts."""
    statement = said.statement(id_)
    if statement is None:
        return id_
    when = statement.head.until if _ended(statement, said) else statement.head.true_on
    kind = KIND_OF[type(statement)].name.replace("_", " ")
    if isinstance(statement, Right):
        kind = statement.right.replace("_", " ") + (" ends" if _ended(statement, said) else "")
    if isinstance(statement, VoteTotal):
        kind = "votes published"
    return f"{id_} ({kind}{f', {when.text}' if when else ''})"


def _ended(statement: Statement, said: _Said) -> bool:
    rights = {right.head.id for right in said.now.state.rights}
    return isinstance(statement, Right) and statement.head.id not in rights


def shown(change: Change) -> Mapping[str, object]:
    """A change as a row."""
    return {key: getattr(change, key) for key in KEYS}
