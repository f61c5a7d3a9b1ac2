"""The objects of an Open Cap Format package, and how their parts are said in a ledger."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from crosstie.formats.malformed import MALFORMED, reason
from crosstie.ledger.amounts import Interval, Money, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Certainty,
    Head,
    PartyId,
    ShareClassId,
    Source,
    SourceId,
    Statement,
    StatementId,
)
from crosstie.ledger.values import show_number
from crosstie.text.problem import Place, Problem, cited

Item = Statement | Source | Problem
Object = dict[str, Any]

SOURCE = Source(id=SourceId("ocf"), title="Open Cap Format package", kind="cap table")
UNKNOWN_HOLDERS = "unknown-holders"
"""The stakeholder that stands for holders nobody has named, in packages that we write."""
STATEMENT = "statement"
"""The key under which an object is given its statement's id: its own, unless objects of two types share it."""
PACKAGE = "package"
"""The key under which an object is given the path of its package."""
NO_CURRENCY = "XXX"
"""ISO 4217's code for no currency: what we write where a price must stand and none is known."""


@dataclass(slots=True)
class Package:
    """The objects of a package by type and, by security: its issuance, what it continues, when an instrument ends."""

    where: dict[str, Place] = field(default_factory=dict)
    by_type: dict[str, list[Object]] = field(default_factory=dict)
    issuance: dict[str, Object] = field(default_factory=dict)
    continued: dict[str, Object] = field(default_factory=dict)
    closed_on: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def of(self, *kinds: str) -> Iterator[Object]:
        """The objects of some types, in the package's order."""
        return (each for kind in kinds for each in self.by_type.get(kind, ()))


def predecessors(transaction: Object) -> list[str]:
    """The securities that it closes."""
    listed = transaction.get("security_ids")
    one = transaction.get("security_id")
    return [s for s in [*(listed if isinstance(listed, list) else ()), one] if isinstance(s, str)]


CLOSING = re.compile(
    r"TX_(WARRANT|CONVERTIBLE|EQUITY_COMPENSATION)_(TRANSFER|CANCELLATION|RETRACTION|EXERCISE|RELEASE|CONVERSION)"
)
"""Transactions that end an instrument."""


def successors(transaction: Object) -> list[str]:
    """The securities in which those it closes go on."""
    listed = transaction.get("resulting_security_ids")
    one = (transaction.get("resulting_security_id"), transaction.get("balance_security_id"))
    return [s for s in [*(listed if isinstance(listed, list) else ()), *one] if isinstance(s, str)]


def guarded(package: Package, objects: list[Object], make: Callable[[Object], Any]) -> Iterator[Item]:
    """What is made of each object, or why nothing can be."""
    for each in objects:
        try:
            made = make(each)
            yield from made if isinstance(made, Iterator) else (made,)
        except MALFORMED as error:
            yield Problem(
                f"{each.get('object_type')}: {reason(error)}: skipped", package.where[each["id"]], "ocf"
            )


def undated(package: Package, each: Object, suffix: str = "") -> Head:
    """The head of what an object says without a day."""
    return Head(id=StatementId(each[STATEMENT] + suffix), certainty=Certainty.FIRST_HAND, sources=(SOURCE.id,),
                where=package.where[each["id"]])  # fmt: skip


def dated(each: Object, suffix: str = "", note: str = "", until: str = "") -> Head:
    """The head of what happened on a day.

    Its place is the package and no more: events of one day count in the order of their places, which is not the
    package's own. Its id is the transaction's.
    """
    when = When.parse(each["date"][:10])
    return Head(
        id=StatementId(each[STATEMENT] + suffix),
        true_on=when,
        until=When.parse(until[:10]) if until else None,
        known_on=when,
        certainty=Certainty.FIRST_HAND,
        sources=(SOURCE.id,),
        note=note,
        where=Place(each[PACKAGE]),
    )


def party_of(stakeholder: str) -> PartyId:
    """A stakeholder's id in a ledger."""
    return PartyId(f"ocf-{stakeholder}")


def holder_of(issuance: Object) -> PartyId | None:
    """Who holds the security of an issuance; nobody in particular where they are unknown."""
    stakeholder = issuance["stakeholder_id"]
    return None if stakeholder == UNKNOWN_HOLDERS else party_of(stakeholder)


def class_of(stock_class: str) -> ShareClassId:
    """A stock class's id in a ledger."""
    return ShareClassId(f"ocf-{stock_class}")


def name_of(value: object) -> str:
    """A name, which is a text."""
    if not isinstance(value, str):
        raise TypeError(f"not a name: {cited(str(value))}")
    return value


def money(value: object) -> Money | None:
    """An amount of money, or none."""
    if not isinstance(value, dict) or value.get("currency") == NO_CURRENCY:
        return None
    return Money.parse(f"{show_number(number(value['amount']))} {value['currency']}")


def quantity(shares: Fraction) -> Quantity:
    """So many shares."""
    return Quantity(Interval.exactly(shares), "shares", show_number(shares))


def number(value: object) -> Fraction:
    """A number of things, as text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"not a number: {cited(str(value))}")
    if len(str(value)) > 100:
        raise ValueError("a number of more than 100 digits")
    found = Fraction(str(value))
    if found < 0:
        raise ValueError(f"a quantity below zero: {value}")
    return found
