"""A ledger's share events as the transactions of a cap table."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from crosstie.formats.ocf_objects import Object
from crosstie.formats.ocf_securities import (
    Table,
    closing,
    decimal,
    exact,
    fresh,
    issue,
    noted,
    plain_id,
    price_of,
    put,
    stakeholder_id,
)
from crosstie.ledger.in_force import effective_day
from crosstie.ledger.statements import (
    Cancellation,
    Contribution,
    Conversion,
    Distribution,
    Instrument,
    Issue,
    Opening,
    PartyId,
    Repurchase,
    Split,
    Statement,
    StatementId,
    Transfer,
)
from crosstie.text.problem import Problem


def together(moment: tuple[date, Statement]) -> tuple[date, str]:
    """What the results of one transaction have in common: the day, and the id before ``#1`` or ``#2``."""
    day, event = moment
    stem = _SUFFIX.sub("", event.head.id) if isinstance(event, Transfer | Conversion) else event.head.id
    return day, stem


_SUFFIX = re.compile(r"#\d+$")


def apply(table: Table, moments: list[tuple[date, Statement]]) -> None:
    """Write the events of one transaction; what cannot be written is told in the table's problems."""
    day, first = moments[0]
    events = [event for _, event in moments]
    if len(events) > 1 and _is_of_one_security(table, events):
        telling(table, first, lambda: _write_results(table, events, day))
        return
    for number, event in enumerate(events):
        alone = StatementId(f"{event.head.id} alone")
        made: Any = event if number == 0 else replace(event, head=replace(event.head, id=alone))
        telling(table, event, lambda: _MAKERS[type(event)](table, made, day))  # noqa: B023 (called at once)


def _is_of_one_security(table: Table, events: Sequence[Any]) -> bool:
    """Whether the noted security has enough for all of them."""
    key = (events[0].share_class, _giver(events[0]))
    held = next(
        (s.quantity for s in table.open.get(key, ()) if s.id == noted(events[0], "source")), Fraction(0)
    )
    return all(e.shares.interval.is_exact for e in events) and held >= sum(
        e.shares.interval.low for e in events
    )


def _giver(event: Transfer | Conversion) -> PartyId | None:
    return event.seller if isinstance(event, Transfer) else event.holder


def _write_results(table: Table, events: Sequence[Any], day: date) -> None:
    """One transaction with several results."""
    first = events[0]
    total = sum((exact(e.shares) for e in events), Fraction(0))
    ((security, _, more),) = closing(table, first, day, first.share_class, _giver(first), total)
    results = []
    for number, event in enumerate(events, 1):
        is_transfer = isinstance(event, Transfer)
        results.append(
            issue(
                table,
                noted(event, "result") or f"{security} result {number}",
                day,
                share_class=event.share_class if is_transfer else event.into,
                holder=event.buyer if is_transfer else event.holder,
                shares=exact(event.shares) * (1 if is_transfer else event.ratio),
            )
        )
    kind, key = (
        ("TX_STOCK_TRANSFER", "quantity")
        if isinstance(first, Transfer)
        else ("TX_STOCK_CONVERSION", "quantity_converted")
    )
    put(table, kind, _identity(first, 0), day, security_id=security, resulting_security_ids=results,
                 **{key: decimal(total)}, **more)  # fmt: skip


def telling(table: Table, statement: Statement, write_it: Callable[[], None]) -> None:
    """Do what writes a statement, or tell why it cannot be written."""
    try:
        write_it()
    except (ValueError, KeyError) as error:
        why = str(error) if isinstance(error, ValueError) else "no such kind of event in Open Cap Format"
        head = statement.head
        table.problems.append(
            Problem(f"{head.id} is not written: {why}", head.where, "ocf", "warning", head.id)
        )


def _identity(event: Statement, number: int) -> str:
    """The transaction's id: the statement's, without what the reader put behind it."""
    stem = re.sub(r"#(back|\d+)$", "", event.head.id)
    return stem if number == 0 else f"{stem} ({number + 1})"


def _write_opening(table: Table, event: Opening, day: date) -> None:
    """A holder's shares; of a class's total, those that no holder opens with."""
    shares = exact(event.shares)
    if event.holder == table.issuer:
        return  # treasury shares are none of a cap table's
    if event.holder is None:
        shares -= table.opened.get(event.share_class, Fraction(0))
    if shares > 0:
        issue(table, noted(event, "source") or f"opening of {event.head.id}", day, share_class=event.share_class,
              holder=event.holder, shares=shares, identity=event.head.id)  # fmt: skip


def _write_issue(table: Table, event: Issue, day: date) -> None:
    wanted = noted(event, "source") or f"security of {event.head.id}"
    issue(table, wanted, day, share_class=event.share_class, holder=event.holder, shares=exact(event.shares),
          identity=event.head.id, price=event.price)  # fmt: skip


def _write_transfer(table: Table, event: Transfer | Contribution | Distribution, day: date) -> None:
    seller, buyer = _ends(event)
    closed = list(closing(table, event, day, event.share_class, seller, exact(event.shares)))
    for number, (security, moved, more) in enumerate(closed):
        result = issue(table, noted(event, "result") or f"{security} to {stakeholder_id(buyer)}", day,
                       share_class=event.share_class, holder=buyer, shares=moved)  # fmt: skip
        put(table, "TX_STOCK_TRANSFER", _identity(event, number), day, security_id=security,
                     quantity=decimal(moved), resulting_security_ids=[result], **more)  # fmt: skip


def _ends(event: Transfer | Contribution | Distribution) -> tuple[PartyId | None, PartyId | None]:
    if isinstance(event, Transfer):
        return event.seller, event.buyer
    if isinstance(event, Contribution):
        return event.settlor, event.trust
    return event.trust, event.beneficiary


def _write_repurchase(table: Table, event: Repurchase, day: date) -> None:
    total = exact(event.shares)
    named = [(part.holder, exact(part.shares)) for part in event.sellers]
    rest = total - sum((shares for _, shares in named), Fraction(0))
    number = 0
    for holder, shares in [*named, *([(None, rest)] if rest else [])]:
        for security, moved, more in closing(table, event, day, event.share_class, holder, shares):
            put(table, "TX_STOCK_REPURCHASE", _identity(event, number), day, security_id=security,
                         quantity=decimal(moved), price=price_of(event.price), **more)  # fmt: skip
            number += 1


def _write_cancellation(table: Table, event: Cancellation, day: date) -> None:
    """What was bought back left the cap table then; with a buy-back of the same transaction, it becomes one."""
    last = table.transactions[-1] if table.transactions else {}
    stem = event.head.id.removesuffix("#cancelled")
    if stem != event.head.id and last.get("id") == stem and last["date"] == day.isoformat():
        del last["price"]
        last |= {"object_type": "TX_STOCK_CANCELLATION", "reason_text": "cancelled"}


def _write_conversion(table: Table, event: Conversion, day: date) -> None:
    closed = list(closing(table, event, day, event.share_class, event.holder, exact(event.shares)))
    for number, (security, moved, more) in enumerate(closed):
        result = issue(table, noted(event, "result") or f"{security} converted", day, share_class=event.into,
                       holder=event.holder, shares=moved * event.ratio)  # fmt: skip
        put(table, "TX_STOCK_CONVERSION", _identity(event, number), day, security_id=security,
                     quantity_converted=decimal(moved), resulting_security_ids=[result], **more)  # fmt: skip


def _write_split(table: Table, event: Split, day: date) -> None:
    for (share_class, _), held in table.open.items():
        if share_class == event.share_class:
            for each in held:
                each.quantity *= event.ratio
    ratio = {"numerator": str(event.ratio.numerator), "denominator": str(event.ratio.denominator)}
    put(table, "TX_STOCK_CLASS_SPLIT", event.head.id, day, stock_class_id=plain_id(event.share_class),
                 split_ratio=ratio)  # fmt: skip


_MAKERS: Mapping[type, Callable[[Table, Any, date], None]] = MappingProxyType(
    {
        Opening: _write_opening,
        Issue: _write_issue,
        Transfer: _write_transfer,
        Contribution: _write_transfer,
        Distribution: _write_transfer,
        Repurchase: _write_repurchase,
        Cancellation: _write_cancellation,
        Conversion: _write_conversion,
        Split: _write_split,
    }
)


def put_instrument(table: Table, each: Instrument) -> None:
    """Write what may become shares, and its end if it has one."""
    day = effective_day(each.head)
    if day is None or day == date.min:
        raise ValueError("an instrument without a day")
    security = fresh(table, noted(each, "source") or f"security of {each.head.id}")
    table.holders[each.holder] = None
    stem = {"warrant": "TX_WARRANT", "convertible": "TX_CONVERTIBLE", "option": "TX_EQUITY_COMPENSATION"}[
        each.instrument
    ]
    common = {"security_id": security, "custom_id": security, "stakeholder_id": stakeholder_id(each.holder),
              "security_law_exemptions": []}  # fmt: skip
    put(table, f"{stem}_ISSUANCE", each.head.id, day, **common, **_terms(each))
    ended = each.head.until.latest if each.head.until else None
    if ended:
        count: Object = (
            {"amount": price_of(None)}
            if each.instrument == "convertible"
            else {"quantity": decimal(exact(each.shares))}
        )
        put(table, f"{stem}_CANCELLATION", f"end of {security}", ended, security_id=security,
                     reason_text="no longer in force", **count)  # fmt: skip


def _terms(each: Instrument) -> Object:
    """The number and class of shares, where each of the three kinds says them."""
    shares, stock_class = decimal(exact(each.shares)), plain_id(each.share_class)
    price: Object = {"exercise_price": price_of(each.price)} if each.price else {}
    if each.instrument == "option":
        return {"compensation_type": "OPTION", "quantity": shares, "stock_class_id": stock_class, "expiration_date": None,
                "termination_exercise_windows": [], **price}  # fmt: skip
    right = {"type": f"{each.instrument.upper()}_CONVERSION_RIGHT", "converts_to_stock_class_id": stock_class,
             "conversion_mechanism": {"type": "FIXED_AMOUNT_CONVERSION", "converts_to_quantity": shares}}  # fmt: skip
    triggers = [{"trigger_id": f"{each.head.id} trigger", "type": "UNSPECIFIED", "conversion_right": right}]
    if each.instrument == "warrant":
        return {"quantity": shares, "purchase_price": price_of(None), "exercise_triggers": triggers, **price}
    return {"investment_amount": price_of(None), "convertible_type": "CONVERTIBLE_SECURITY", "seniority": 1,
            "conversion_triggers": triggers}  # fmt: skip
