"""Find or begin the book of a share class: opened, or with what was stated before its first event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from crosstie.ledger.amounts import Interval, Quantity
from crosstie.ledger.books import Book, Lot, RefusedError, amount_of, give
from crosstie.ledger.linear import Amount, interval_of
from crosstie.ledger.statements import Holding, PartyId, ShareClassId, StatementId


@dataclass(slots=True)
class Books:
    """All books of a replay, and the ranges their amounts refer to.

    ``stated`` gives the holdings stated to be in force in a company on a day, of all or of one holder.
    """

    issuers: Mapping[ShareClassId, PartyId]
    counted: frozenset[ShareClassId]
    stated: Callable[[PartyId, date, PartyId | None], tuple[Holding, ...]]
    books: dict[ShareClassId, Book] = field(default_factory=dict)
    ranges: list[Interval] = field(default_factory=list)
    bought: dict[tuple[ShareClassId, Interval], Amount] = field(default_factory=dict)


def book_of(all_: Books, share_class: ShareClassId, day: date) -> Book:
    """The book of a class; one that no opening ever counts begins in parts.

    Raises
    ------
    RefusedError
        No such class, or its opening comes later.
    """
    book = all_.books.get(share_class)
    if book is not None:
        return book
    if share_class not in all_.issuers:
        raise RefusedError(f"no such share class: {share_class!r}")
    if share_class in all_.counted:
        raise RefusedError(f"{share_class} has no opening yet")
    return _book_of_parts(all_, share_class, day)


def new_book(all_: Books, share_class: ShareClassId) -> Book:
    """Begin an empty book for a declared class."""
    if share_class not in all_.issuers:
        raise RefusedError(f"no such share class: {share_class!r}")
    book = all_.books[share_class] = Book(share_class, all_.issuers[share_class])
    return book


def _book_of_parts(all_: Books, share_class: ShareClassId, day: date) -> Book:
    """Nobody says how many shares there are: the company is one, its holders have the parts stated."""
    book = new_book(all_, share_class)
    book.unit, book.total_stated, book.issued, book.unknown = "parts", True, 1, 1
    eve = _eve(day)
    for holding in all_.stated(book.issuer, eve, None) or all_.stated(book.issuer, day, None):
        if holding.share is not None and holding.share_class in (None, share_class):
            _take_over(all_, book, holding)
    return book


def _eve(day: date) -> date:
    return day if day == date.min else day - timedelta(days=1)


def adopt(all_: Books, book: Book, holder: PartyId | None, day: date) -> None:
    """The first event of a holder begins with the shares last stated before it, out of the unknown holders'."""
    mine = holder == book.issuer
    if holder is None or (bool(book.treasury_said) if mine else holder in book.said):
        return
    alone = sum(issuer == book.issuer for issuer in all_.issuers.values()) == 1
    for holding in all_.stated(book.issuer, _eve(day), holder):
        if holding.share_class == book.share_class or (holding.share_class is None and alone):
            _take_over(all_, book, holding)


def _take_over(all_: Books, book: Book, holding: Holding) -> None:
    amount = _stated_amount(all_, book, holding)
    if amount is None:
        return
    book.unknown = left_over(book.unknown, amount, all_)
    give(book, holding.holder, [Lot(amount)])
    say(book, holding.holder, holding.head.id)
    when = holding.head.true_on
    if holding.holder == book.issuer and when and when.latest:
        book.treasury_counted_on = when.latest


def _stated_amount(all_: Books, book: Book, holding: Holding) -> Amount | None:
    """The shares a stated holding comes to; ``None`` where only votes or words are stated."""
    if holding.shares is not None:
        return None if book.unit == "parts" else amount_of(book, holding.shares, all_.ranges)
    if holding.share is None or holding.base not in {"issued", "outstanding", "unstated"}:
        return None
    base: Literal["issued", "outstanding"] = "issued" if holding.base == "issued" else "outstanding"
    if holding.holder == book.issuer:
        base = "issued"
    return amount_of(book, Quantity(holding.share, "fraction", str(holding.share), base), all_.ranges)


def say(book: Book, holder: PartyId | None, statement: StatementId) -> None:
    """Keep a statement behind the count of a holder (the issuer: of treasury)."""
    book.version += 1
    if holder == book.issuer:
        book.treasury_said.append(statement)
    elif holder is not None:
        book.said.setdefault(holder, []).append(statement)
        book.changed[holder] = None


def left_over(there: Amount, named: Amount, all_: Books) -> Amount:
    """What named holders leave to unknown ones; nothing where they add up to more, which the network tells."""
    rest = there - named
    return 0 if interval_of(rest, all_.ranges).high == 0 else rest
