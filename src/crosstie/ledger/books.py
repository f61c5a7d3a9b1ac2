"""The book of one share class while events are replayed: issued, treasury, unknown holders, lots.

Books change in place while a replay runs and are closed into read-only positions afterwards. After every
event ``issued = treasury + unknown + all lots``, except where openings name more than is issued.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Literal

from crosstie.ledger.amounts import Interval, Quantity
from crosstie.ledger.linear import Amount, Linear, interval_between, interval_of, product
from crosstie.ledger.statements import PartyId, ShareClassId, StatementId

Unit = Literal["shares", "parts"]


class RefusedError(Exception):
    """An event that cannot have happened as stated; the text says why, with both numbers."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Shares of one holder registered in its name since one day (``None``: bearer form)."""

    shares: Amount
    registered_on: date | None = None


@dataclass(slots=True)
class Book:
    """One share class; ``unit`` is ``parts`` (of one) where nobody says how many shares there are."""

    share_class: ShareClassId
    issuer: PartyId
    unit: Unit = "shares"
    total_stated: bool = False
    issued: Amount = 0
    treasury: Amount = 0
    unknown: Amount = 0
    treasury_counted_on: date | None = None
    treasury_said: list[StatementId] = field(default_factory=list)
    lots: dict[PartyId, list[Lot]] = field(default_factory=dict)
    held: dict[PartyId, Amount] = field(default_factory=dict)
    said: dict[PartyId, list[StatementId]] = field(default_factory=dict)
    said_of_all: list[StatementId] = field(default_factory=list)
    version: int = 0
    changed: dict[PartyId, None] = field(default_factory=dict)  # since the book was last closed, in order
    closed_lots: dict[PartyId, tuple[Lot, ...]] = field(default_factory=dict)
    closed_said: dict[PartyId, tuple[StatementId, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Position:
    """One share class on one day, read-only; amounts may depend on the replay's ranges.

    ``said`` are the statements behind each holder's count, ``said_of_all`` those that changed the whole.
    """

    share_class: ShareClassId
    issuer: PartyId
    unit: Unit
    issued: Amount
    treasury: Amount
    unknown: Amount
    treasury_counted_on: date | None
    treasury_said: tuple[StatementId, ...]
    lots: Mapping[PartyId, tuple[Lot, ...]]
    said: Mapping[PartyId, tuple[StatementId, ...]]
    said_of_all: tuple[StatementId, ...]

    @property
    def outstanding(self) -> Amount:
        """Issued less treasury."""
        return self.issued - self.treasury

    def held(self, holder: PartyId) -> Amount:
        """A holder's shares."""
        return total(self.lots.get(holder, ()))


def close(book: Book) -> Position:
    """What the book says now, read-only; what did not change since the last time is shared with it."""
    for holder in book.changed:
        book.closed_lots[holder] = tuple(book.lots.get(holder, ()))
        book.closed_said[holder] = tuple(book.said.get(holder, ()))
    book.changed.clear()
    return Position(
        book.share_class,
        book.issuer,
        book.unit,
        book.issued,
        book.treasury,
        book.unknown,
        book.treasury_counted_on,
        tuple(book.treasury_said),
        MappingProxyType(book.closed_lots.copy()),
        MappingProxyType(book.closed_said.copy()),
        tuple(book.said_of_all),
    )


def total(lots: tuple[Lot, ...] | list[Lot]) -> Amount:
    """All shares of some lots."""
    amount: Amount = 0
    for lot in lots:
        amount += lot.shares
    return amount


def plain(number: Fraction) -> int | Fraction:
    """A whole number as ``int``, which is many times faster to add."""
    return number.numerator if number.denominator == 1 else number


def count(amount: Amount, ranges: list[Interval]) -> str:
    """An amount as people read it: ``1,326,231,327`` or ``0 to 100,242,900``."""
    span = interval_of(amount, ranges)
    low = _number(span.low)
    return low if span.is_exact else f"{low} to {'any number' if span.high is None else _number(span.high)}"


def _number(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.6g}"


def amount_of(book: Book, quantity: Quantity, ranges: list[Interval], *, of: Amount | None = None) -> Amount:
    """So many shares; a part is of ``of``, by default of the outstanding (or issued) shares at the time.

    A range becomes a new unknown quantity at the end of ``ranges``.
    """
    span = quantity.interval
    if quantity.unit == "shares":
        if book.unit == "parts":
            raise RefusedError(
                f"{quantity.text} shares of {book.share_class} move, which has no opening; open it or write a part (15%)"
            )
        return plain(span.low) if span.is_exact else unknown_quantity(span, ranges)
    base = book.issued if quantity.base == "issued" else book.issued - book.treasury
    whole = base if of is None else of
    if span.is_exact:
        return _tidy(whole * plain(span.low))
    return unknown_quantity(product(span, interval_of(whole, ranges)), ranges)


def _tidy(amount: Amount) -> Amount:
    return plain(amount) if isinstance(amount, Fraction) else amount


def unknown_quantity(span: Interval, ranges: list[Interval]) -> Linear:
    """A new quantity of which only the range is known."""
    ranges.append(span)
    return Linear(0, ((len(ranges) - 1, 1),))


def within(
    amount: Amount, limit: Amount, ranges: list[Interval], refusal: Callable[[str, str], str]
) -> Amount:
    """The amount, not more than the limit: "up to N" ends where nothing is left, a number over it is refused.

    ``refusal`` says so, given both.
    """
    if not isinstance(amount, Linear) and not isinstance(limit, Linear):
        if amount > limit:
            raise RefusedError(refusal(count(amount, ranges), count(limit, ranges)))
        return amount
    asked, there = interval_of(amount, ranges), interval_of(limit, ranges)
    if there.high is not None and (asked.low > there.high or _reaches_nothing(asked, there.high)):
        raise RefusedError(refusal(count(amount, ranges), count(limit, ranges)))
    lone = isinstance(amount, Linear) and amount.constant == 0 and len(amount.terms) == 1
    if lone and there.high is not None and (asked.high is None or asked.high > there.high):
        assert isinstance(amount, Linear)  # noqa: S101 (the line above)
        key, factor = amount.terms[0]
        ranges[key] = interval_between(
            ranges[key].low, there.high / factor, ranges[key].low_open, high_open=False
        )
    return amount


def _reaches_nothing(asked: Interval, most: Fraction) -> bool:
    """Whether only the open lower end of what is asked is there, or there is nothing at all."""
    return (asked.low_open and asked.low == most) or (most == 0 and asked.high != 0)


def holder_lacks(book: Book, holder: str, asked: str, there: str) -> str:
    """Why a holder cannot give so many."""
    return f"{holder} gives {asked} of {book.share_class} but holds {there}"


def unknown_lack(book: Book, asked: str, there: str) -> str:
    """Why unknown holders cannot give so many."""
    return f"{asked} of {book.share_class} from unknown holders, who have {there}"


def take(book: Book, holder: PartyId | None, amount: Amount, ranges: list[Interval]) -> list[Lot]:
    """Take shares from a holder (``None``: unknown holders), bearer shares first, then the last registered.

    Raises
    ------
    RefusedError
        There are not so many.
    """
    if holder is None:
        within(amount, book.unknown, ranges, partial(unknown_lack, book))
        book.unknown -= amount
        return [Lot(amount)]
    if holder == book.issuer:
        within(
            amount,
            book.treasury,
            ranges,
            lambda asked, there: f"{asked} of {book.share_class} from treasury, which holds {there}",
        )
        book.treasury -= amount
        return [Lot(amount)]
    have = book.held.get(holder, 0)
    within(amount, have, ranges, partial(holder_lacks, book, holder))
    if holder not in book.lots:
        return [Lot(amount)]  # surely nothing: more was refused above
    book.held[holder] = have - amount
    return _split(book.lots[holder], amount, ranges) if amount != 0 else []


def _split(lots: list[Lot], amount: Amount, ranges: list[Interval]) -> list[Lot]:
    if isinstance(amount, Linear) or any(isinstance(lot.shares, Linear) for lot in lots):
        return _split_ranged(lots, amount, ranges)
    taken: list[Lot] = []
    left: Amount = amount
    while left != 0:
        lot = lots.pop()
        assert not isinstance(lot.shares, Linear) and not isinstance(left, Linear)  # noqa: S101, PT018 (above)
        if lot.shares > left:
            lots.append(Lot(lot.shares - left, lot.registered_on))
            taken.append(Lot(left, lot.registered_on))
            break
        taken.append(lot)
        left -= lot.shares
    return taken


def _split_ranged(lots: list[Lot], amount: Amount, ranges: list[Interval]) -> list[Lot]:
    """Take all from the last lot that surely suffices; where none does, the lots become one bearer lot."""
    most = interval_of(amount, ranges).high
    for i in range(len(lots) - 1, -1, -1):
        if len(lots) == 1 or (most is not None and interval_of(lots[i].shares, ranges).low >= most):
            since = lots[i].registered_on
            lots[i] = Lot(lots[i].shares - amount, since)
            return [Lot(amount, since)]
    lots[:] = [Lot(total(lots) - amount)]
    return [Lot(amount)]


def give(book: Book, holder: PartyId | None, lots: list[Lot]) -> None:
    """Give shares to a holder (``None``: unknown holders; the issuer: treasury)."""
    amount = total(lots)
    if holder is None:
        book.unknown += amount
    elif holder == book.issuer:
        book.treasury += amount
    else:
        book.held[holder] = book.held.get(holder, 0) + amount
        mine = book.lots.setdefault(holder, [])
        for lot in reversed(lots):
            _insert(mine, lot)


def _insert(lots: list[Lot], lot: Lot) -> None:
    """Keep lots by day of registration, bearer shares last; lots of one day become one."""
    at = len(lots)
    while at and _later(lots[at - 1], lot):
        at -= 1
    if at and lots[at - 1].registered_on == lot.registered_on:
        lots[at - 1] = Lot(lots[at - 1].shares + lot.shares, lot.registered_on)
    else:
        lots.insert(at, lot)


def _later(lot: Lot, than: Lot) -> bool:
    if than.registered_on is None:
        return False
    return lot.registered_on is None or lot.registered_on > than.registered_on


def scale(book: Book, ratio: Fraction) -> None:
    """Every share becomes ``ratio`` shares."""
    factor = plain(ratio)
    book.issued *= factor
    book.treasury *= factor
    book.unknown *= factor
    book.changed.update(dict.fromkeys(book.lots))
    for holder, lots in book.lots.items():
        book.lots[holder] = [Lot(lot.shares * factor, lot.registered_on) for lot in lots]
        book.held[holder] *= factor
