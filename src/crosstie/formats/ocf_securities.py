"""The open securities of a cap table, as events go by: each is closed whole, and what is kept of it issued anew."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from crosstie.formats.ocf_objects import NO_CURRENCY, UNKNOWN_HOLDERS, Object
from crosstie.ledger.amounts import Money, Quantity
from crosstie.ledger.statements import PartyId, ShareClassId, Statement
from crosstie.text.problem import Problem


@dataclass(slots=True)
class Security:
    """An open security and how many shares are in it."""

    id: str
    quantity: Fraction


@dataclass(slots=True)
class Table:
    """What is open as the events go by, and what has been written of them."""

    issuer: PartyId
    open: dict[tuple[ShareClassId, PartyId | None], list[Security]] = field(default_factory=dict)
    transactions: list[Object] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    holders: dict[PartyId | None, None] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    opened: dict[ShareClassId, Fraction] = field(default_factory=dict)


def plain_id(identity: str) -> str:
    """An id as it was in the package it came from, if it did."""
    return identity.removeprefix("ocf-")


def exact(shares: Quantity) -> Fraction:
    """The number of shares.

    Raises
    ------
    ValueError
        A range or a part.
    """
    if shares.unit != "shares" or not shares.interval.is_exact:
        raise ValueError(f"{shares.text} is no exact number of shares")
    return shares.interval.low


def decimal(number: Fraction) -> str:
    """A number as the format writes it, with at most ten decimals.

    >>> decimal(Fraction(3, 2)), decimal(Fraction(400))
    ('1.5', '400')

    Raises
    ------
    ValueError
        It has more.
    """
    scaled = number * 10**10
    if scaled.denominator != 1:
        raise ValueError(f"{number} has more than ten decimals")
    whole, rest = divmod(scaled.numerator, 10**10)
    return f"{whole}.{rest:010d}".rstrip("0").rstrip(".")


def price_of(price: Money | None) -> Object:
    """A price, or nought in no currency where none is known."""
    if price is None or not price.interval.is_exact:
        return {"amount": "0", "currency": NO_CURRENCY}
    return {"amount": decimal(price.interval.low), "currency": price.currency}


def put(table: Table, kind: str, identity: str, day: date, **more: object) -> None:
    """Add a transaction."""
    table.transactions.append({"object_type": kind, "id": identity, "date": day.isoformat(), **more})


def fresh(table: Table, wanted: str) -> str:
    """A security's id that no other has."""
    name, number = wanted, 1
    while name in table.used:
        number += 1
        name = f"{wanted}-{number}"
    table.used.add(name)
    return name


def issue(  # noqa: PLR0913 (the parts of an issuance)
    table: Table,
    wanted: str,
    day: date,
    *,
    share_class: ShareClassId,
    holder: PartyId | None,
    shares: Fraction,
    identity: str = "",
    price: Money | None = None,
) -> str:
    """Issue a security, new or as the result of what closed another."""
    security = fresh(table, wanted)
    table.holders[holder] = None
    put(table, "TX_STOCK_ISSUANCE", identity or f"issuance of {security}", day,
                 security_id=security, custom_id=security, stakeholder_id=stakeholder_id(holder),
                 stock_class_id=plain_id(share_class), quantity=decimal(shares), share_price=price_of(price),
                 security_law_exemptions=[], stock_legend_ids=[])  # fmt: skip
    table.open.setdefault((share_class, holder), []).append(Security(security, shares))
    return security


def stakeholder_id(holder: PartyId | None) -> str:
    """Who holds, or the stakeholder that stands for nobody known."""
    return UNKNOWN_HOLDERS if holder is None else plain_id(holder)


_NOTE = re.compile(r"security (?P<source>.+?)(?: to (?P<result>.+?))?(?:, balance (?P<balance>.+))?")


def noted(statement: Statement, what: str) -> str:
    """A security's id that a package's reader left in the note, or nothing."""
    match = _NOTE.fullmatch(statement.head.note)
    return ((match[what] or "").rstrip(",") if match else "") or ""


def closing(  # noqa: PLR0913, PLR0917 (whose shares, of what, when and why)
    table: Table,
    event: Statement,
    day: date,
    share_class: ShareClassId,
    holder: PartyId | None,
    shares: Fraction,
) -> Iterator[tuple[str, Fraction, Object]]:
    """Close securities of a holder for so many shares: each with how many, and its balance if there is one."""
    held = table.open.get((share_class, holder), [])
    if sum((each.quantity for each in held), Fraction(0)) < shares:
        raise ValueError(
            f"{holder or 'unknown holders'} has not {decimal(shares)} shares of {share_class} by then"
        )
    while shares:
        chosen = _chosen(held, shares, noted(event, "source"))
        moved = min(shares, chosen.quantity)
        held.remove(chosen)
        more: Object = {}
        if moved < chosen.quantity:
            wanted = noted(event, "balance") or f"{chosen.id} balance"
            more["balance_security_id"] = issue(
                table, wanted, day, share_class=share_class, holder=holder, shares=chosen.quantity - moved
            )
        yield chosen.id, moved, more
        shares -= moved


def _chosen(held: Sequence[Security], shares: Fraction, noted: str) -> Security:
    """The security noted, one of just so many shares, one that is enough, or the oldest."""
    return next(
        each
        for fits in (
            lambda s: s.id == noted,
            lambda s: s.quantity == shares,
            lambda s: s.quantity >= shares,
            lambda s: True,  # noqa: ARG005 (any)
        )
        for each in held
        if fits(each)
    )
