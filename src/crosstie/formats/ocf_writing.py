"""The cap table of one issuer as an Open Cap Format 1.2.0 package: a zip with a manifest and three files of objects.

The ledger's events close securities and open new ones, as the format wants it: what a holder keeps of a closed
security is issued anew as its balance.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

from crosstie.formats.ocf_objects import NO_CURRENCY, UNKNOWN_HOLDERS, Object
from crosstie.ledger.amounts import Money, Quantity
from crosstie.ledger.in_force import effective_day
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.replay import EVENTS, RANKS
from crosstie.ledger.standing import standing
from crosstie.ledger.statements import (
    Cancellation,
    Contribution,
    Conversion,
    Distribution,
    Entity,
    Instrument,
    Issue,
    Opening,
    PartyId,
    Repurchase,
    ShareClass,
    ShareClassId,
    Split,
    Statement,
    StatementId,
    Transfer,
)
from crosstie.text.problem import NOWHERE, CrosstieError, Problem
from crosstie.text.writing import whole_file

WRITTEN_LOSES = (
    "all but one issuer's classes, holders, share events and instruments",
    "sources, clocks but the day, treasury shares, who is a state, trust or fund",
    "openings, contributions to trusts and distributions, which become issuances and transfers",
)

_VERSION = "1.2.0"


@dataclass(slots=True)
class _Security:
    id: str
    quantity: Fraction


@dataclass(slots=True)
class _Table:
    """What is open as the events go by, and what has been written of them."""

    issuer: PartyId
    open: dict[tuple[ShareClassId, PartyId | None], list[_Security]] = field(default_factory=dict)
    transactions: list[Object] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    holders: dict[PartyId | None, None] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    opened: dict[ShareClassId, Fraction] = field(default_factory=dict)


def write(ledger: Ledger, path: Path, published_on: date) -> tuple[Problem, ...]:
    """Write a package; an event that it cannot say is told and left out.

    Raises
    ------
    CrosstieError
        The ledger has share classes of no or of several issuers, or does not say the issuer's country.
    """
    said = standing(ledger.statements, published_on).firm
    classes = [each for each in said if isinstance(each, ShareClass)]
    issuer = _issuer(said, classes)
    table = _Table(issuer=classes[0].issuer)
    events = list(_events(said, published_on))
    for _, event in events:
        if isinstance(event, Opening) and event.holder and event.shares.interval.is_exact:
            table.opened[event.share_class] = (
                table.opened.get(event.share_class, Fraction(0)) + event.shares.interval.low
            )
    for _, together in groupby(events, key=_together):
        _apply(table, list(together))
    for instrument in (each for each in said if isinstance(each, Instrument)):
        _guarded(table, instrument, lambda: _instrument(table, instrument))  # noqa: B023 (called at once)
    entities = {each.party: each for each in said if isinstance(each, Entity)}
    files = {
        "StockClasses": (
            "STOCK_CLASSES",
            [_said_class(each) for each in {c.share_class: c for c in classes}.values()],
        ),
        "Stakeholders": (
            "STAKEHOLDERS",
            [_stakeholder(party, entities.get(party)) for party in table.holders if party],
        ),
        "Transactions": ("TRANSACTIONS", table.transactions),
    }
    if None in table.holders:
        files["Stakeholders"][1].append(_named(UNKNOWN_HOLDERS, "Unknown holders", "INSTITUTION"))
    problems = [*table.problems, *_formed(issuer, entities, table)]
    _write_zip(path, issuer, files, published_on)
    return tuple(problems)


def _issuer(said: Sequence[Statement], classes: Sequence[ShareClass]) -> Object:
    issuers = list(dict.fromkeys(each.issuer for each in classes))
    if len(issuers) != 1:
        listed = ", ".join(issuers[:5]) or "none"
        raise CrosstieError(
            f"Open Cap Format has one issuer; the ledger has share classes of {len(issuers)} ({listed}): name one "
            "with --company"
        )
    (party,) = issuers
    entity = next((each for each in reversed(said) if isinstance(each, Entity) and each.party == party), None)
    country, _, part = (entity.jurisdiction if entity else "").partition("-")
    if not re.fullmatch("[A-Z]{2}", country):
        raise CrosstieError(f"Open Cap Format needs the issuer's country: state the jurisdiction of {party}")
    since = entity.head.true_on.earliest if entity and entity.head.true_on else None
    return {
        "object_type": "ISSUER",
        "id": _plain(party),
        "legal_name": (entity and entity.name) or party,
        "formation_date": since.isoformat() if since else "",
        "country_of_formation": country,
        **({"country_subdivision_of_formation": part} if part else {}),
    }


def _formed(issuer: Object, entities: Mapping[PartyId, Entity], table: _Table) -> Iterator[Problem]:
    """The format must have a day of formation; where none is known the first transaction's stands for it, and is told."""
    if issuer["formation_date"]:
        return
    issuer["formation_date"] = min((each["date"] for each in table.transactions), default="1900-01-01")
    message = (
        f"no day of formation of {issuer['legal_name']} is known (true_on of its entity): {issuer['formation_date']} "
        "stands in the package"
    )
    entity = entities.get(PartyId(issuer["id"])) or entities.get(PartyId(f"ocf-{issuer['id']}"))
    yield Problem(message, entity.head.where if entity else NOWHERE, "ocf", "warning")


def _plain(identity: str) -> str:
    """An id as it was in the package it came from, if it did."""
    return identity.removeprefix("ocf-")


def _events(said: Sequence[Statement], until: date) -> Iterator[tuple[date, Statement]]:
    """The share events in the order in which a ledger counts them; a withdrawal and its cancellation are one."""
    found = []
    for place, each in enumerate(said):
        day = effective_day(each.head) if isinstance(each, (*EVENTS, Opening)) else None
        if day is not None and day <= until:
            where = each.head.where
            found.append((day, RANKS[type(each)], where.file, where.line, place, each))
    for day, *_, each in sorted(found, key=lambda each: each[:-1]):
        yield day, each


def _together(moment: tuple[date, Statement]) -> tuple[date, str]:
    """What the results of one transaction have in common: the day, and the id before ``#1`` or ``#2``."""
    day, event = moment
    stem = _SUFFIX.sub("", event.head.id) if isinstance(event, Transfer | Conversion) else event.head.id
    return day, stem


_SUFFIX = re.compile(r"#\d+$")


def _apply(table: _Table, moments: list[tuple[date, Statement]]) -> None:
    day, first = moments[0]
    events = [event for _, event in moments]
    if len(events) > 1 and _is_of_one_security(table, events):
        _guarded(table, first, lambda: _write_results(table, events, day))
        return
    for number, event in enumerate(events):
        alone = StatementId(f"{event.head.id} alone")
        made: Any = event if number == 0 else replace(event, head=replace(event.head, id=alone))
        _guarded(table, event, lambda: _MAKERS[type(event)](table, made, day))  # noqa: B023 (called at once)


def _is_of_one_security(table: _Table, events: Sequence[Any]) -> bool:
    """Whether the noted security has enough for all of them."""
    key = (events[0].share_class, _giver(events[0]))
    held = next(
        (s.quantity for s in table.open.get(key, ()) if s.id == _noted(events[0], "source")), Fraction(0)
    )
    return all(e.shares.interval.is_exact for e in events) and held >= sum(
        e.shares.interval.low for e in events
    )


def _giver(event: Transfer | Conversion) -> PartyId | None:
    return event.seller if isinstance(event, Transfer) else event.holder


def _write_results(table: _Table, events: Sequence[Any], day: date) -> None:
    """One transaction with several results."""
    first = events[0]
    total = sum((_exact(e.shares) for e in events), Fraction(0))
    ((security, _, more),) = _close(table, first, day, first.share_class, _giver(first), total)
    results = []
    for number, event in enumerate(events, 1):
        is_transfer = isinstance(event, Transfer)
        results.append(
            _open(
                table,
                _noted(event, "result") or f"{security} result {number}",
                day,
                share_class=event.share_class if is_transfer else event.into,
                holder=event.buyer if is_transfer else event.holder,
                shares=_exact(event.shares) * (1 if is_transfer else event.ratio),
            )
        )
    kind, key = (
        ("TX_STOCK_TRANSFER", "quantity")
        if isinstance(first, Transfer)
        else ("TX_STOCK_CONVERSION", "quantity_converted")
    )
    _transaction(table, kind, _identity(first, 0), day, security_id=security, resulting_security_ids=results,
                 **{key: _decimal(total)}, **more)  # fmt: skip


def _guarded(table: _Table, statement: Statement, write_it: Callable[[], None]) -> None:
    try:
        write_it()
    except (ValueError, KeyError) as error:
        why = str(error) if isinstance(error, ValueError) else "no such kind of event in Open Cap Format"
        head = statement.head
        table.problems.append(
            Problem(f"{head.id} is not written: {why}", head.where, "ocf", "warning", head.id)
        )


def _exact(shares: Quantity) -> Fraction:
    if shares.unit != "shares" or not shares.interval.is_exact:
        raise ValueError(f"{shares.text} is no exact number of shares")
    return shares.interval.low


def _decimal(number: Fraction) -> str:
    scaled = number * 10**10
    if scaled.denominator != 1:
        raise ValueError(f"{number} has more than ten decimals")
    whole, rest = divmod(scaled.numerator, 10**10)
    return f"{whole}.{rest:010d}".rstrip("0").rstrip(".")


def _money(price: Money | None) -> Object:
    if price is None or not price.interval.is_exact:
        return {"amount": "0", "currency": NO_CURRENCY}
    return {"amount": _decimal(price.interval.low), "currency": price.currency}


def _transaction(table: _Table, kind: str, identity: str, day: date, **more: object) -> None:
    table.transactions.append({"object_type": kind, "id": identity, "date": day.isoformat(), **more})


def _fresh(table: _Table, wanted: str) -> str:
    """A security's id that no other has."""
    name, number = wanted, 1
    while name in table.used:
        number += 1
        name = f"{wanted}-{number}"
    table.used.add(name)
    return name


def _open(  # noqa: PLR0913 (the parts of an issuance)
    table: _Table,
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
    security = _fresh(table, wanted)
    table.holders[holder] = None
    _transaction(table, "TX_STOCK_ISSUANCE", identity or f"issuance of {security}", day,
                 security_id=security, custom_id=security, stakeholder_id=_stakeholder_id(holder),
                 stock_class_id=_plain(share_class), quantity=_decimal(shares), share_price=_money(price),
                 security_law_exemptions=[], stock_legend_ids=[])  # fmt: skip
    table.open.setdefault((share_class, holder), []).append(_Security(security, shares))
    return security


def _stakeholder_id(holder: PartyId | None) -> str:
    return UNKNOWN_HOLDERS if holder is None else _plain(holder)


_NOTE = re.compile(r"security (?P<source>\S+)(?: to (?P<result>[^\s,]+))?(?:, balance (?P<balance>\S+))?")


def _noted(statement: Statement, what: str) -> str:
    """A security's id that a package's reader left in the note, or nothing."""
    match = _NOTE.fullmatch(statement.head.note)
    return ((match[what] or "").rstrip(",") if match else "") or ""


def _close(  # noqa: PLR0913, PLR0917 (whose shares, of what, when and why)
    table: _Table,
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
            f"{holder or 'unknown holders'} has not {_decimal(shares)} shares of {share_class} by then"
        )
    while shares:
        chosen = _chosen(held, shares, _noted(event, "source"))
        moved = min(shares, chosen.quantity)
        held.remove(chosen)
        more: Object = {}
        if moved < chosen.quantity:
            wanted = _noted(event, "balance") or f"{chosen.id} balance"
            more["balance_security_id"] = _open(
                table, wanted, day, share_class=share_class, holder=holder, shares=chosen.quantity - moved
            )
        yield chosen.id, moved, more
        shares -= moved


def _chosen(held: Sequence[_Security], shares: Fraction, noted: str) -> _Security:
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


def _identity(event: Statement, number: int) -> str:
    """The transaction's id: the statement's, without what the reader put behind it."""
    stem = re.sub(r"#(back|\d+)$", "", event.head.id)
    return stem if number == 0 else f"{stem} ({number + 1})"


def _write_opening(table: _Table, event: Opening, day: date) -> None:
    """A holder's shares; of a class's total, those that no holder opens with."""
    shares = _exact(event.shares)
    if event.holder == table.issuer:
        return  # treasury shares are none of a cap table's
    if event.holder is None:
        shares -= table.opened.get(event.share_class, Fraction(0))
    if shares > 0:
        _open(table, _noted(event, "source") or f"opening of {event.head.id}", day, share_class=event.share_class,
              holder=event.holder, shares=shares, identity=event.head.id)  # fmt: skip


def _write_issue(table: _Table, event: Issue, day: date) -> None:
    wanted = _noted(event, "source") or f"security of {event.head.id}"
    _open(table, wanted, day, share_class=event.share_class, holder=event.holder, shares=_exact(event.shares),
          identity=event.head.id, price=event.price)  # fmt: skip


def _write_transfer(table: _Table, event: Transfer | Contribution | Distribution, day: date) -> None:
    seller, buyer = _ends(event)
    closed = list(_close(table, event, day, event.share_class, seller, _exact(event.shares)))
    for number, (security, moved, more) in enumerate(closed):
        result = _open(table, _noted(event, "result") or f"{security} to {_stakeholder_id(buyer)}", day,
                       share_class=event.share_class, holder=buyer, shares=moved)  # fmt: skip
        _transaction(table, "TX_STOCK_TRANSFER", _identity(event, number), day, security_id=security,
                     quantity=_decimal(moved), resulting_security_ids=[result], **more)  # fmt: skip


def _ends(event: Transfer | Contribution | Distribution) -> tuple[PartyId | None, PartyId | None]:
    if isinstance(event, Transfer):
        return event.seller, event.buyer
    if isinstance(event, Contribution):
        return event.settlor, event.trust
    return event.trust, event.beneficiary


def _write_repurchase(table: _Table, event: Repurchase, day: date) -> None:
    total = _exact(event.shares)
    named = [(part.holder, _exact(part.shares)) for part in event.sellers]
    rest = total - sum((shares for _, shares in named), Fraction(0))
    number = 0
    for holder, shares in [*named, *([(None, rest)] if rest else [])]:
        for security, moved, more in _close(table, event, day, event.share_class, holder, shares):
            _transaction(table, "TX_STOCK_REPURCHASE", _identity(event, number), day, security_id=security,
                         quantity=_decimal(moved), price=_money(event.price), **more)  # fmt: skip
            number += 1


def _write_cancellation(table: _Table, event: Cancellation, day: date) -> None:
    """What was bought back left the cap table then; with a buy-back of the same transaction, it becomes one."""
    last = table.transactions[-1] if table.transactions else {}
    stem = event.head.id.removesuffix("#cancelled")
    if stem != event.head.id and last.get("id") == stem and last["date"] == day.isoformat():
        del last["price"]
        last |= {"object_type": "TX_STOCK_CANCELLATION", "reason_text": "cancelled"}


def _write_conversion(table: _Table, event: Conversion, day: date) -> None:
    closed = list(_close(table, event, day, event.share_class, event.holder, _exact(event.shares)))
    for number, (security, moved, more) in enumerate(closed):
        result = _open(table, _noted(event, "result") or f"{security} converted", day, share_class=event.into,
                       holder=event.holder, shares=moved * event.ratio)  # fmt: skip
        _transaction(table, "TX_STOCK_CONVERSION", _identity(event, number), day, security_id=security,
                     quantity_converted=_decimal(moved), resulting_security_ids=[result], **more)  # fmt: skip


def _write_split(table: _Table, event: Split, day: date) -> None:
    for (share_class, _), held in table.open.items():
        if share_class == event.share_class:
            for each in held:
                each.quantity *= event.ratio
    ratio = {"numerator": str(event.ratio.numerator), "denominator": str(event.ratio.denominator)}
    _transaction(table, "TX_STOCK_CLASS_SPLIT", event.head.id, day, stock_class_id=_plain(event.share_class),
                 split_ratio=ratio)  # fmt: skip


_MAKERS: Mapping[type, Callable[[_Table, Any, date], None]] = MappingProxyType(
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


def _instrument(table: _Table, each: Instrument) -> None:
    day = effective_day(each.head)
    if day is None or day == date.min:
        raise ValueError("an instrument without a day")
    security = _fresh(table, _noted(each, "source") or f"security of {each.head.id}")
    table.holders[each.holder] = None
    stem = {"warrant": "TX_WARRANT", "convertible": "TX_CONVERTIBLE", "option": "TX_EQUITY_COMPENSATION"}[
        each.instrument
    ]
    common = {"security_id": security, "custom_id": security, "stakeholder_id": _stakeholder_id(each.holder),
              "security_law_exemptions": []}  # fmt: skip
    _transaction(table, f"{stem}_ISSUANCE", each.head.id, day, **common, **_terms(each))
    ended = each.head.until.latest if each.head.until else None
    if ended:
        count: Object = (
            {"amount": _money(None)}
            if each.instrument == "convertible"
            else {"quantity": _decimal(_exact(each.shares))}
        )
        _transaction(table, f"{stem}_CANCELLATION", f"end of {security}", ended, security_id=security,
                     reason_text="no longer in force", **count)  # fmt: skip


def _terms(each: Instrument) -> Object:
    """The number and class of shares, where each of the three kinds says them."""
    shares, stock_class = _decimal(_exact(each.shares)), _plain(each.share_class)
    price: Object = {"exercise_price": _money(each.price)} if each.price else {}
    if each.instrument == "option":
        return {"compensation_type": "OPTION", "quantity": shares, "stock_class_id": stock_class, "expiration_date": None,
                "termination_exercise_windows": [], **price}  # fmt: skip
    right = {"type": f"{each.instrument.upper()}_CONVERSION_RIGHT", "converts_to_stock_class_id": stock_class,
             "conversion_mechanism": {"type": "FIXED_AMOUNT_CONVERSION", "converts_to_quantity": shares}}  # fmt: skip
    triggers = [{"trigger_id": f"{each.head.id} trigger", "type": "UNSPECIFIED", "conversion_right": right}]
    if each.instrument == "warrant":
        return {"quantity": shares, "purchase_price": _money(None), "exercise_triggers": triggers, **price}
    return {"investment_amount": _money(None), "convertible_type": "CONVERTIBLE_SECURITY", "seniority": 1,
            "conversion_triggers": triggers}  # fmt: skip


def _said_class(each: ShareClass) -> Object:
    try:
        return _stock_class(each)
    except ValueError as error:
        raise CrosstieError(
            f"share class {each.share_class}: {error}, which Open Cap Format cannot say"
        ) from error


def _stock_class(each: ShareClass) -> Object:
    preferred = re.search(r"prefer|series", each.name, re.IGNORECASE)
    return {
        "object_type": "STOCK_CLASS",
        "id": _plain(each.share_class),
        "name": each.name or _plain(each.share_class),
        "class_type": "PREFERRED" if preferred else "COMMON",
        "default_id_prefix": "",
        "initial_shares_authorized": "NOT APPLICABLE",
        "votes_per_share": _decimal(each.votes_per_share),
        "seniority": "1",
        **({"par_value": _money(each.par)} if each.par else {}),
    }


def _stakeholder(party: PartyId, entity: Entity | None) -> Object:
    kind = "INDIVIDUAL" if entity and entity.type == "person" else "INSTITUTION"
    return _named(_plain(party), (entity and entity.name) or party, kind)


def _named(identity: str, name: str, kind: str) -> Object:
    return {
        "object_type": "STAKEHOLDER",
        "id": identity,
        "name": {"legal_name": name},
        "stakeholder_type": kind,
    }


_LISTS = ("stock_plans", "stock_legend_templates", "stock_classes", "vesting_terms", "valuations", "transactions",
          "stakeholders")  # fmt: skip


def _write_zip(
    path: Path, issuer: Object, files: Mapping[str, tuple[str, list[Object]]], as_of: date
) -> None:
    manifest: Object = {
        "ocf_version": _VERSION,
        "file_type": "OCF_MANIFEST_FILE",
        "issuer": issuer,
        "as_of": as_of.isoformat(),
        "generated_at": datetime.combine(as_of, time(), UTC).isoformat(),
        **{f"{each}_files": [] for each in _LISTS},
    }
    with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (kind, items) in files.items():
            raw = _json({"file_type": f"OCF_{kind}_FILE", "items": items})
            archive.writestr(zipfile.ZipInfo(f"{name}.ocf.json"), raw, zipfile.ZIP_DEFLATED)
            digest = hashlib.md5(raw, usedforsecurity=False).hexdigest()  # the format asks for this sum
            manifest[f"{kind.lower()}_files"] = [{"filepath": f"./{name}.ocf.json", "md5": digest}]
        archive.writestr(zipfile.ZipInfo("Manifest.ocf.json"), _json(manifest), zipfile.ZIP_DEFLATED)


def _json(value: Object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
