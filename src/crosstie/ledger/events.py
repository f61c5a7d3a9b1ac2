"""What each kind of event does to the books: one small function per kind."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any

from crosstie.ledger.amounts import Interval, Quantity
from crosstie.ledger.bookkeeping import Books, adopt, book_of, left_over, new_book, say
from crosstie.ledger.books import (
    Book,
    Lot,
    RefusedError,
    amount_of,
    count,
    give,
    holder_lacks,
    plain,
    scale,
    take,
    total,
    unknown_lack,
    within,
)
from crosstie.ledger.linear import Amount, interval_of
from crosstie.ledger.statements import (
    Cancellation,
    Contribution,
    Conversion,
    Distribution,
    Event,
    Issue,
    Merger,
    Opening,
    PartyId,
    Repurchase,
    ShareClassId,
    Split,
    Transfer,
)


def apply(all_: Books, event: Event, day: date) -> None:
    """Let one event happen.

    Raises
    ------
    RefusedError
        It cannot have happened as stated; the books are as before.
    """
    try:
        APPLIED[type(event)](all_, event, day)
    except RefusedError:
        _forget_empty(all_, event)
        raise


def _forget_empty(all_: Books, event: Event) -> None:
    """Drop a book that the refused event began."""
    for share_class in (event.share_class, getattr(event, "into", event.share_class)):
        book = all_.books.get(share_class)
        if book is not None and not book.version:
            del all_.books[share_class]


def _opening(all_: Books, event: Opening, day: date) -> None:
    book = all_.books.get(event.share_class) or new_book(all_, event.share_class)
    if event.shares.unit == "fraction" and not book.total_stated:
        raise RefusedError(
            f"{event.shares.text} of {book.share_class} is opened, but no opening states its issued total"
        )
    amount = amount_of(book, event.shares, all_.ranges, of=book.issued)
    if event.holder is None:
        _open_total(all_, book, amount)
        book.said_of_all.append(event.head.id)
    else:
        _open_holder(all_, book, event, amount, day)
    say(book, event.holder, event.head.id)


def _open_total(all_: Books, book: Book, amount: Amount) -> None:
    if book.total_stated:
        if amount != book.issued:
            raise RefusedError(_unexplained(f"issued {book.share_class}", book.issued, amount, all_))
        return
    book.unknown, book.issued, book.total_stated = left_over(amount, book.issued, all_), amount, True


def _unexplained(what: str, ours: Amount, stated: Amount, all_: Books) -> str:
    gap = stated - ours
    sign = "+" if interval_of(stated, all_.ranges).low >= interval_of(ours, all_.ranges).low else "-"
    size = count(gap if sign == "+" else -1 * gap, all_.ranges)
    return (
        f"unexplained change of {sign}{size} in {what}:"
        f" {count(ours, all_.ranges)} by its events, {count(stated, all_.ranges)} stated"
    )


def _open_holder(all_: Books, book: Book, event: Opening, amount: Amount, day: date) -> None:
    holder = event.holder
    assert holder is not None  # noqa: S101 (a total has its own function)
    mine = holder == book.issuer
    if book.treasury_said if mine else holder in book.said:
        have = book.treasury if mine else book.held.get(holder, 0)
        if amount != have:
            raise RefusedError(_unexplained(f"{holder}'s {book.share_class}", have, amount, all_))
        return
    if book.total_stated:
        book.unknown = left_over(book.unknown, amount, all_)
    else:
        book.issued += amount
    if mine:
        book.treasury_counted_on = day
    since = event.registered_on.latest if event.registered_on else None
    give(book, holder, [Lot(amount, since)])


def _issue(all_: Books, event: Issue, day: date) -> None:
    book = all_.books.get(event.share_class)
    if book is None and event.shares.unit == "shares" and event.share_class not in all_.counted:
        book = new_book(all_, event.share_class)  # a company's first shares need no opening
        book.total_stated = True
    book = book or book_of(all_, event.share_class, day)
    adopt(all_, book, event.holder, day)
    amount = _issued_now(book, event, all_)
    book.issued += amount
    give(book, event.holder, [Lot(amount)])
    book.said_of_all.append(event.head.id)
    say(book, event.holder, event.head.id)


def _issued_now(book: Book, event: Issue, all_: Books) -> Amount:
    """New shares; a part taken up by a named holder is of the shares outstanding *after* the issue."""
    quantity = event.shares
    if quantity.unit == "shares" or event.holder is None:
        return amount_of(book, quantity, all_.ranges)
    span = quantity.interval
    if span.high is None or span.high >= 1:
        raise RefusedError(f"{quantity.text} of {book.share_class} after the issue: write a part below 100%")
    before_to_new = Interval(
        span.low / (1 - span.low), span.high / (1 - span.high), span.low_open, span.high_open
    )
    return amount_of(book, Quantity(before_to_new, "fraction", quantity.text, quantity.base), all_.ranges)


def _move(  # noqa: PLR0913, PLR0917 (who gives what to whom)
    all_: Books, event: Event, shares: Quantity, giver: PartyId | None, taker: PartyId | None, day: date
) -> None:
    book = book_of(all_, event.share_class, day)
    for holder in (giver, taker):
        adopt(all_, book, holder, day)
    amount = amount_of(book, shares, all_.ranges)
    lots = take(book, giver, amount, all_.ranges)
    if isinstance(event, Transfer) and event.keeps_registration:
        give(book, taker, lots)
    else:
        give(book, taker, [Lot(amount, _registered(event, day))])
    say(book, giver, event.head.id)
    say(book, taker, event.head.id)


def _registered(event: Event, day: date) -> date | None:
    if not isinstance(event, Transfer) or not event.registered:
        return None
    return (event.recorded_on and event.recorded_on.latest) or day


def _transfer(all_: Books, event: Transfer, day: date) -> None:
    _move(all_, event, event.shares, event.seller, event.buyer, day)


def _contribution(all_: Books, event: Contribution, day: date) -> None:
    _move(all_, event, event.shares, event.settlor, event.trust, day)


def _distribution(all_: Books, event: Distribution, day: date) -> None:
    _move(all_, event, event.shares, event.trust, event.beneficiary, day)


def _repurchase(all_: Books, event: Repurchase, day: date) -> None:
    book = book_of(all_, event.share_class, day)
    for holder in (book.issuer, *(part.holder for part in event.sellers)):
        adopt(all_, book, holder, day)
    amount = amount_of(book, event.shares, all_.ranges)
    parts = [(part.holder, _sold(book, event, amount, part.shares, all_)) for part in event.sellers]
    rest = amount - total([Lot(sold) for _, sold in parts])
    _check_sellers(book, event, amount, parts, all_)
    for holder, sold in parts:
        take(book, holder, sold, all_.ranges)
        say(book, holder, event.head.id)
    book.unknown -= rest
    book.treasury += amount
    if not event.shares.interval.is_exact:
        all_.bought[event.share_class, event.shares.interval] = amount
    say(book, book.issuer, event.head.id)


def _sold(book: Book, event: Repurchase, amount: Amount, shares: Quantity, all_: Books) -> Amount:
    """A seller named for the whole range sells whatever is bought."""
    if shares.interval == event.shares.interval and len(event.sellers) == 1:
        return amount
    return amount_of(book, shares, all_.ranges)


def _check_sellers(
    book: Book, event: Repurchase, amount: Amount, parts: list[tuple[PartyId | None, Amount]], all_: Books
) -> None:
    """Refuse before anything moves."""
    sold = total([Lot(each) for _, each in parts])
    within(
        sold,
        amount,
        all_.ranges,
        lambda asked, there: f"the sellers of {event.share_class} give {asked} but {there} are bought",
    )
    for holder, each in parts:
        have = book.unknown if holder is None else book.held.get(holder, 0)
        within(each, have, all_.ranges, partial(holder_lacks, book, holder or "unknown holders"))
    within(amount - sold, book.unknown, all_.ranges, partial(unknown_lack, book))


def _cancellation(all_: Books, event: Cancellation, day: date) -> None:
    book = book_of(all_, event.share_class, day)
    adopt(all_, book, book.issuer, day)
    amount = all_.bought.get((event.share_class, event.shares.interval))
    if amount is None:
        amount = amount_of(book, event.shares, all_.ranges)
    amount = within(
        amount,
        book.treasury,
        all_.ranges,
        lambda asked, there: f"{asked} of {book.share_class} are cancelled but treasury holds {there}",
    )
    book.treasury -= amount
    book.issued -= amount
    book.said_of_all.append(event.head.id)
    say(book, book.issuer, event.head.id)


def _conversion(all_: Books, event: Conversion, day: date) -> None:
    book = book_of(all_, event.share_class, day)
    into = all_.books.get(event.into) or _into(all_, event.into)
    adopt(all_, book, event.holder, day)
    amount = amount_of(book, event.shares, all_.ranges)
    take(book, event.holder, amount, all_.ranges)
    book.issued -= amount
    made = amount * plain(event.ratio)
    into.issued += made
    give(into, event.holder, [Lot(made)])
    for each in (book, into):
        each.said_of_all.append(event.head.id)
        say(each, event.holder, event.head.id)


def _into(all_: Books, share_class: ShareClassId) -> Book:
    if share_class in all_.counted:
        raise RefusedError(f"{share_class} is opened later than shares become {share_class}")
    book = new_book(all_, share_class)
    book.total_stated = True
    return book


def _split(all_: Books, event: Split, day: date) -> None:
    book = book_of(all_, event.share_class, day)
    if event.ratio <= 0:
        raise RefusedError(f"a split of {event.share_class} by {event.ratio}: the ratio must be above 0")
    if book.unit == "shares":
        scale(book, event.ratio)
    book.said_of_all.append(event.head.id)
    say(book, None, event.head.id)


def _merger(all_: Books, event: Merger, day: date) -> None:
    """Treasury and the absorbing company get nothing: nobody gives shares to itself."""
    book = book_of(all_, event.share_class, day)
    into = all_.books.get(event.into) or _into(all_, event.into)
    if book.unit != into.unit:
        raise RefusedError(f"{book.share_class} and {into.share_class}: one is counted, the other is not")
    factor = plain(Fraction(event.ratio))
    for holder, lots in book.lots.items():
        if holder != into.issuer:
            new = [Lot(lot.shares * factor, lot.registered_on) for lot in lots]
            into.issued += total(new)
            give(into, holder, new)
            say(into, holder, event.head.id)
    into.issued += book.unknown * factor
    into.unknown += book.unknown * factor
    into.said_of_all.append(event.head.id)
    say(into, None, event.head.id)
    book.issued = book.treasury = book.unknown = 0
    book.changed.update(dict.fromkeys(book.lots))
    book.lots, book.held = {}, {}
    book.said_of_all.append(event.head.id)
    say(book, None, event.head.id)


APPLIED: Mapping[type, Callable[[Books, Any, date], None]] = MappingProxyType(
    {
        Opening: _opening,
        Issue: _issue,
        Transfer: _transfer,
        Repurchase: _repurchase,
        Cancellation: _cancellation,
        Conversion: _conversion,
        Split: _split,
        Merger: _merger,
        Contribution: _contribution,
        Distribution: _distribution,
    }
)
