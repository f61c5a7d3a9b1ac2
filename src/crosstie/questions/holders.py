"""Who holds a company directly: shares, votes, and what each is a part of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from crosstie.analyses.vote_split import HolderVotes, VoteSplit, vote_split
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.column import Column, Stake
from crosstie.ledger.dates import parse_day
from crosstie.ledger.statements import StatementId
from crosstie.network.build import treasury_id
from crosstie.network.edges import unknown_id
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.naming import find_party
from crosstie.questions.opening import About, Opened, open_ledger
from crosstie.text.problem import Problem

KEYS = (
    "holder", "shares", "of_issued", "of_outstanding", "theoretical_votes", "exercisable_votes", "free_votes",
    "of_theoretical", "of_exercisable", "of_free",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HolderRow:
    """One holder: counts (``None`` where nobody counts), then parts."""

    holder: str
    shares: Interval | None
    of_issued: Interval | None
    of_outstanding: Interval
    theoretical_votes: Interval | None
    exercisable_votes: Interval | None
    free_votes: Interval | None
    of_theoretical: Interval
    of_exercisable: Interval
    of_free: Interval


@dataclass(frozen=True, slots=True)
class Holders:
    """The holders of a company, largest first, then unknown holders and treasury; what to know beside; problems."""

    company: str
    rows: tuple[HolderRow, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def holders(path: str, company: str, clocks: Clocks, *, group: bool = False) -> Holders:
    """Who holds a company directly; ``group`` adds trusts and subsidiaries to whom they belong to.

    Raises
    ------
    CrosstieError
        The ledger cannot be read, or nobody of that name is in it.
    """
    about = About((company,), "above" if group else "alone")
    opened = open_ledger(path, clocks, about)
    return holders_of(opened, company, group=group)


def holders_of(opened: Opened, company: str, *, group: bool = False) -> Holders:
    """The same of an opened ledger."""
    network = opened.network
    index = find_party(network, company)
    name = network.parties[index].id
    column = opened.columns.get(name)
    if column is None:
        return Holders(name, (), (f"nothing is said of the holders of {name}",), opened.problems)
    rows = company_rows(network, column)
    if group:
        rows = grouped(network, rows)
    return Holders(name, _sorted(rows, name), tuple(notes(opened, column)), opened.problems)


def company_rows(network: Network, column: Column) -> list[HolderRow]:
    """One row for each direct holder, the unknown holders and treasury, where they have anything."""
    split = vote_split(network, network.index(column.issuer))
    votes = {network.parties[row.holder].id: row for row in split.rows}
    rows = [_row(stake.holder, stake, column, split, votes.get(stake.holder)) for stake in column.stakes]
    unknown = unknown_id(column.issuer)
    if column.unknown.of_outstanding != ZERO or column.unknown.of_votes != ZERO:
        rows.append(_row(unknown, column.unknown, column, split, votes.get(unknown)))
    if column.treasury.of_issued not in (None, ZERO):
        rows.append(_row(treasury_id(column.issuer), column.treasury, column, split, None))
    return rows


def _row(holder: str, stake: Stake, column: Column, split: VoteSplit, votes: HolderVotes | None) -> HolderRow:
    found = votes or HolderVotes(-1, ZERO, ZERO, ZERO)
    exercisable = stake.votes if found.exercisable != ZERO or stake.votes is None else ZERO
    return HolderRow(
        holder,
        stake.shares,
        stake.of_issued,
        stake.of_outstanding,
        stake.votes,
        exercisable,
        exercisable if found.free == found.exercisable else _counted(found.free, column),
        stake.of_theoretical,
        split.of_exercisable(found),
        split.of_free(found),
    )


def _counted(part: Interval, column: Column) -> Interval | None:
    """A part of the theoretical votes less treasury's as a count."""
    if column.theoretical_votes is None or column.treasury_votes is None:
        return None
    all_, own = column.theoretical_votes, column.treasury_votes
    low = part.low * (all_.low - (own.high or own.low))
    if part.high is None or all_.high is None:
        return Interval(low, None)
    return Interval(low, part.high * (all_.high - own.low))


def _sorted(rows: Iterable[HolderRow], company: str) -> tuple[HolderRow, ...]:
    last = {unknown_id(company): 1, treasury_id(company): 2}

    def order(row: HolderRow) -> tuple[int, Fraction, str]:
        size = row.of_outstanding.high if row.of_outstanding.high is not None else Fraction(1)
        return last.get(row.holder, 0), -size, row.holder

    return tuple(sorted(rows, key=order))


def grouped(network: Network, rows: Sequence[HolderRow]) -> list[HolderRow]:
    """Add rows of one group under its head."""
    groups: dict[str, list[HolderRow]] = {}
    known = {party.id for party in network.parties}
    for row in rows:
        head = head_of(network, row.holder) if row.holder in known else row.holder
        groups.setdefault(head, []).append(row)
    return [_sum(head, members) for head, members in groups.items()]


def head_of(network: Network, holder: str) -> str:
    """The party at the top: a trust belongs to who takes most of it, a company to who has most of its votes."""
    seen = {holder}
    while True:
        above = _above(network, holder)
        if not above or above in seen:
            return holder
        seen.add(above)
        holder = above


def _above(network: Network, holder: str) -> str:
    index = network.index(holder)
    column = network.column(index)
    bounds = network.capital if network.parties[index].type == "trust" else network.votes
    for edge in range(column.start, column.stop):
        party = network.parties[int(network.holder[edge])]
        if bounds.low[edge] > 0.5 + 1e-9 and not party.unknown_of:
            return party.id
    return ""


def _sum(head: str, rows: Sequence[HolderRow]) -> HolderRow:
    if len(rows) == 1 and rows[0].holder == head:
        return rows[0]
    added = {key: _added([getattr(row, key) for row in rows]) for key in KEYS[1:]}
    return HolderRow(head, **added)  # type: ignore[arg-type]  # parts are there where they are in each row


def _added(values: Sequence[Interval | None]) -> Interval | None:
    whole = ZERO
    for value in values:
        if value is None:
            return None
        whole = whole.plus(value)
    return whole


def notes(opened: Opened, column: Column) -> Iterable[str]:
    """How old the inputs are and which of them are unverified."""
    on = opened.state.true_on
    counted = column.treasury_counted_on
    if counted and column.treasury.shares not in (None, ZERO) and parse_day(counted) < on:
        yield f"treasury of {column.issuer} as counted on {counted} ({age(parse_day(counted), on)} old)"
    total = column.vote_total
    if total is not None and total.head.true_on and total.head.true_on.latest:
        day = total.head.true_on.latest
        if day < on:
            yield f"votes of {column.issuer} as published for {day} ({age(day, on)} old)"
    for stake in (*column.stakes, column.treasury):
        if stake.holder == column.issuer and stake.shares in (None, ZERO):
            continue
        yield from _unverified(opened, stake)


def _unverified(opened: Opened, stake: Stake) -> Iterable[str]:
    weak = [
        f"{said.head.id} ({said.head.certainty.value})"
        for said in (opened.state.statements.get(StatementId(each)) for each in stake.statements)
        if said is not None and said.head.certainty.is_unverified
    ]
    if weak:
        yield f"unverified: {stake.holder} rests on {', '.join(weak)}"


def age(since: date, on: date) -> str:
    """How long ago, in the largest whole unit.

    >>> age(date(2017, 3, 31), date(2023, 6, 28)), age(date(2024, 4, 30), date(2024, 5, 15))
    ('6 years', '15 days')
    """
    months = (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
    for count, unit in ((months // 12, "year"), (months, "month"), ((on - since).days, "day")):
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "0 days"
