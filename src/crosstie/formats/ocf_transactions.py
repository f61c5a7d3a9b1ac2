"""What an Open Cap Format package says has happened, one statement or more for each transaction."""

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from crosstie.formats.ocf_objects import (
    Item,
    Object,
    Package,
    class_of,
    dated,
    guarded,
    holder_of,
    money,
    number,
    party_of,
    predecessors,
    quantity,
)
from crosstie.ledger.statements import (
    Cancellation,
    Conversion,
    Instrument,
    Issue,
    Part,
    PartyId,
    Remark,
    Repurchase,
    Split,
    Statement,
    Transfer,
)
from crosstie.text.problem import Problem, cited

Maker = Callable[[Package, Object, PartyId], Iterator[Item]]

LOST = re.compile(
    r"TX_\w+_(ACCEPTANCE|ADJUSTMENT)|TX_VESTING_\w+|TX_STOCK_PLAN_RETURN_TO_POOL|"
    r"TX_EQUITY_COMPENSATION_REPRICING|TX_STOCK_(REISSUANCE|CONSOLIDATION)"
)
"""Transactions that move no shares."""


def transactions(package: Package, issuer: PartyId) -> Iterator[Item]:
    """By date, on one day splits first and each after what made the security it closes."""
    depth: dict[str, int] = {}
    for each in sorted(package.of(*MOVING), key=lambda o: _order(package, o, depth)):
        yield from guarded(package, [each], lambda o: MOVING[_kind(o)](package, o, issuer))


def _kind(each: Object) -> str:
    return str(each["object_type"]).replace("TX_PLAN_SECURITY_", "TX_EQUITY_COMPENSATION_")


def _order(package: Package, each: Object, depth: dict[str, int]) -> tuple[str, int]:
    if _kind(each) == "TX_STOCK_CLASS_SPLIT":
        return str(each.get("date", "")), -1
    own = _kind(each).endswith("_ISSUANCE")
    return str(each.get("date", "")), _depth(package, each.get("security_id"), depth) + (not own)


def _depth(package: Package, security: object, known: dict[str, int]) -> int:
    """How many transactions a security comes after, followed back; what goes round begins anew."""
    waiting, seen = [str(security)], set()
    while waiting:
        each = waiting[-1]
        before = [
            s for s in predecessors(package.continued.get(each, {})) if s not in known and s not in seen
        ]
        seen.add(each)
        if each not in known and before:
            waiting += before
            continue
        behind = [known[s] for s in predecessors(package.continued.get(each, {})) if s in known]
        known.setdefault(each, 1 + max(behind, default=-1))
        waiting.pop()
    return known[str(security)]


def _security(package: Package, security: object) -> Object:
    if not isinstance(security, str) or security not in package.issuance:
        raise ValueError(f"no issuance of security {cited(str(security))}")
    return package.issuance[security]


def _held(package: Package, security: Object, day: str) -> Fraction:
    """The shares of a security on a day: those issued, times the splits of its class since."""
    held = number(security["quantity"])
    for split in package.of("TX_STOCK_CLASS_SPLIT"):
        if (
            split.get("stock_class_id") == security["stock_class_id"]
            and security["date"] < split["date"] <= day
        ):
            held *= _ratio(split)
    return held


def _ratio(split: Object) -> Fraction:
    return number(split["split_ratio"]["numerator"]) / number(split["split_ratio"]["denominator"])


def _split(package: Package, each: Object, issuer: PartyId) -> Iterator[Item]:  # noqa: ARG001 (a maker)
    yield Split(head=dated(each), share_class=class_of(each["stock_class_id"]), ratio=_ratio(each))


def _issue(package: Package, each: Object, issuer: PartyId) -> Iterator[Item]:  # noqa: ARG001 (a maker)
    before = package.continued.get(each["security_id"])
    if before is not None and not _is_from_instrument(package, before):
        return  # not new: the transaction that names it says what moved
    yield Issue(
        head=dated(each, note=f"security {each['security_id']}"),
        share_class=class_of(each["stock_class_id"]),
        shares=quantity(number(each["quantity"])),
        holder=holder_of(each),
        price=money(each.get("share_price")),
    )


def _is_from_instrument(package: Package, transaction: Object) -> bool:
    """Whether what it closes was no stock: then the shares that come of it are new."""
    closed = package.issuance.get(str(transaction.get("security_id")))
    if closed is not None:
        return _kind(closed) != "TX_STOCK_ISSUANCE"
    return bool(re.fullmatch(r"TX_\w+_(EXERCISE|RELEASE)|TX_CONVERTIBLE_CONVERSION", _kind(transaction)))


def _results(package: Package, each: Object) -> Iterator[tuple[str, Object]]:
    for number_, security in enumerate(each["resulting_security_ids"], 1):
        yield f"#{number_}", _security(package, security)


def _note(each: Object, result: Object | None = None) -> str:
    to = f" to {result['security_id']}" if result else ""
    balance = f", balance {each['balance_security_id']}" if each.get("balance_security_id") else ""
    return f"security {each['security_id']}{to}{balance}"


def _transfer(package: Package, each: Object, issuer: PartyId) -> Iterator[Item]:  # noqa: ARG001 (a maker)
    source = _security(package, each["security_id"])
    seller, stock_class = holder_of(source), source["stock_class_id"]
    for suffix, result in _results(package, each):
        buyer, shares = holder_of(result), quantity(number(result["quantity"]))
        if buyer != seller:
            yield Transfer(
                head=dated(each, suffix, _note(each, result)),
                share_class=class_of(stock_class),
                shares=shares,
                seller=seller,
                buyer=buyer,
            )
        if result["stock_class_id"] != stock_class:  # the published sample has such a one
            yield Conversion(
                head=dated(each, f"{suffix}#class", _note(each, result)),
                share_class=class_of(stock_class),
                into=class_of(result["stock_class_id"]),
                shares=shares,
                holder=buyer,
            )
    yield from _check_closed(package, each, source, number(each["quantity"]))


def _check_closed(package: Package, each: Object, source: Object, moved: Fraction) -> Iterator[Problem]:
    """The closed security is what moved and its balance together; anything else is told."""
    balance = each.get("balance_security_id")
    rest = number(_security(package, balance)["quantity"]) if balance else Fraction(0)
    held = _held(package, source, each["date"])
    if moved + rest != held:
        yield Problem(
            f"security {source['security_id']} of {float(held):,.10g} shares closes with {float(moved):,.10g} moved "
            f"and {float(rest):,.10g} as balance",
            package.where[each["id"]], "ocf", "warning",
        )  # fmt: skip


def _repurchase(package: Package, each: Object, issuer: PartyId) -> Iterator[Item]:
    yield from _withdraw(package, each, issuer, each["quantity"])


def _cancel(package: Package, each: Object, issuer: PartyId) -> Iterator[Item]:
    yield from _withdraw(package, each, issuer, each["quantity"], cancel=True)


def _retract(package: Package, each: Object, issuer: PartyId) -> Iterator[Item]:
    source = _security(package, each["security_id"])
    yield from _withdraw(package, each, issuer, _held(package, source, each["date"]), cancel=True)


def _withdraw(
    package: Package,
    each: Object,
    issuer: PartyId,  # noqa: ARG001 (a maker)
    count: object,
    *,
    cancel: bool = False,
) -> Iterator[Item]:
    source = _security(package, each["security_id"])
    moved = count if isinstance(count, Fraction) else number(count)
    share_class, shares = class_of(source["stock_class_id"]), quantity(moved)
    holder = holder_of(source)
    yield Repurchase(
        head=dated(each, "#back", _note(each)),
        share_class=share_class,
        shares=shares,
        sellers=(Part(holder=holder, shares=shares),) if holder else (),
        price=money(each.get("price")),
    )
    if cancel:
        yield Cancellation(head=dated(each, "#cancelled"), share_class=share_class, shares=shares)
    yield from _check_closed(package, each, source, moved)


def _convert(package: Package, each: Object, issuer: PartyId) -> Iterator[Item]:  # noqa: ARG001 (a maker)
    """Several results share what is converted in the proportion of their quantities."""
    source = _security(package, each["security_id"])
    converted = number(each["quantity_converted"])
    results = list(_results(package, each))
    received = sum((number(result["quantity"]) for _, result in results), Fraction(0))
    if not converted or not received:
        raise ValueError("a conversion of or into no shares")
    for suffix, result in results:
        if holder_of(result) != holder_of(source):
            raise ValueError(f"security {cited(str(result['security_id']))} goes to another stakeholder")
        part = converted * number(result["quantity"]) / received
        yield Conversion(
            head=dated(each, suffix, _note(each, result)),
            share_class=class_of(source["stock_class_id"]),
            into=class_of(result["stock_class_id"]),
            shares=quantity(part),
            holder=holder_of(source),
            ratio=received / converted,
        )
    yield from _check_closed(package, each, source, converted)


def _instrument(package: Package, each: Object, issuer: PartyId) -> Iterator[Statement]:
    """What may become shares, until the day on which a transaction closes it."""
    kinds = {"TX_CONVERTIBLE_ISSUANCE": "convertible", "TX_WARRANT_ISSUANCE": "warrant"}
    kind: Any = kinds.get(_kind(each), "option")
    stock_class, count = _becomes(package, each)
    head = dated(
        each, note=f"security {each['security_id']}", until=package.closed_on.get(each["security_id"], "")
    )
    if stock_class is None or count is None or each.get("compensation_type") == "CSAR":
        why = (
            "is settled in cash"
            if each.get("compensation_type") == "CSAR"
            else "has no number of shares or no class"
        )
        yield Remark(head=head, about=(issuer, party_of(each["stakeholder_id"])), predicate=kind,
                     text=f"a {kind} that {why} in the package")  # fmt: skip
        return
    yield Instrument(
        head=head,
        instrument=kind,
        share_class=class_of(stock_class),
        shares=quantity(count),
        holder=holder_of(each),
        price=money(each.get("exercise_price")),
    )


def _becomes(package: Package, each: Object) -> tuple[str | None, Fraction | None]:
    """The class and the number of shares that an instrument may become, where they are said."""
    triggers: Any = each.get("exercise_triggers") or each.get("conversion_triggers") or ({},)
    right = triggers[0].get("conversion_right") or {}
    mechanism = right.get("conversion_mechanism") or {}
    said = each.get("quantity") or mechanism.get("converts_to_quantity")
    stock_class = (
        each.get("stock_class_id") or right.get("converts_to_stock_class_id") or _of_plan(package, each)
    )
    return stock_class, None if said is None else number(said)


def _of_plan(package: Package, each: Object) -> str | None:
    plan = next((p for p in package.of("STOCK_PLAN") if p["id"] == each.get("stock_plan_id")), {})
    classes = plan.get("stock_class_ids") or [plan.get("stock_class_id")]
    return classes[0] if len(classes) == 1 and isinstance(classes[0], str) else None


MOVING: Mapping[str, Maker] = MappingProxyType(
    {
        "TX_STOCK_CLASS_SPLIT": _split,
        "TX_STOCK_ISSUANCE": _issue,
        "TX_CONVERTIBLE_ISSUANCE": _instrument,
        "TX_WARRANT_ISSUANCE": _instrument,
        "TX_EQUITY_COMPENSATION_ISSUANCE": _instrument,
        "TX_STOCK_TRANSFER": _transfer,
        "TX_STOCK_CANCELLATION": _cancel,
        "TX_STOCK_REPURCHASE": _repurchase,
        "TX_STOCK_CONVERSION": _convert,
        "TX_STOCK_RETRACTION": _retract,
    }
)
"""The transactions that make statements, and how."""
