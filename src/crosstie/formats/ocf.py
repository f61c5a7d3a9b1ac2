"""Open Cap Format packages: the cap table of one issuer, a zip or folder of ``*.ocf.json`` files.

Each holding is a *security*. A transaction closes the security it is about; what goes on is a new one, issued by
a transaction of its own and named in ``resulting_security_ids`` or, for what was not moved, ``balance_security_id``.
So an issuance that another transaction names is no new issue, and "issued minus transferred" counts it twice.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from crosstie.formats.malformed import MALFORMED, reason
from crosstie.formats.streams import most_unpacked, parse_json
from crosstie.ledger.amounts import Interval, Money, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Cancellation,
    Certainty,
    Conversion,
    Entity,
    EventId,
    Head,
    Instrument,
    Issue,
    Opening,
    Part,
    PartyId,
    PartyType,
    Remark,
    Repurchase,
    ShareClass,
    ShareClassId,
    Source,
    SourceId,
    Split,
    Statement,
    StatementId,
    Transfer,
)
from crosstie.ledger.values import show_number
from crosstie.text.inputs import ordinary, read_whole
from crosstie.text.problem import CrosstieError, Place, Problem

Item = Statement | Source | Problem

LOSES = (
    "vesting, acceptance, legends, approvals and comments",
    "stock plans and financings, valuations, documents",
    "terms of convertibles",
)
SOURCE = Source(id=SourceId("ocf"), title="Open Cap Format package", kind="cap table")
_LARGEST = 512 * 2**20

Object = dict[str, Any]


@dataclass(slots=True)
class _Package:
    """The objects of a package, by id, and the securities that issuances made."""

    where: dict[str, Place] = field(default_factory=dict)
    by_type: dict[str, list[Object]] = field(default_factory=dict)
    issuance: dict[str, Object] = field(default_factory=dict)
    continued: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path) -> Iterator[Item]:
    """The statements and problems of a package.

    Raises
    ------
    CrosstieError
        No package: no zip or folder with ``.ocf.json`` files, or none with an issuer.
    """
    package = _load(path)
    issuers = package.by_type.get("ISSUER", [])
    if len(issuers) != 1:
        raise CrosstieError(f"{path}: {len(issuers)} issuers in the package; Open Cap Format has one")
    issuer = PartyId(f"ocf-{issuers[0]['id']}")
    yield SOURCE
    yield from _guarded(package, issuers, lambda o: _issuer(package, o, issuer))
    yield from _guarded(package, package.by_type.get("STAKEHOLDER", []), lambda o: _stakeholder(package, o))
    yield from _guarded(
        package, package.by_type.get("STOCK_CLASS", []), lambda o: _stock_class(package, o, issuer)
    )
    yield from _transactions(package, issuer)
    yield from package.problems


def _load(path: Path) -> _Package:
    package = _Package()
    found = False
    for name, raw in _files(path):
        found = True
        for number, each in enumerate(_items(path, name, raw, package), 1):
            kind = each.get("object_type")
            if not isinstance(kind, str) or not isinstance(each.get("id"), str):
                package.problems.append(Problem("an object without object_type and id: skipped",
                                                Place(f"{path}/{name}#{number}"), "ocf"))  # fmt: skip
                continue
            package.where[each["id"]] = Place(f"{path}/{name}#{number}")
            package.by_type.setdefault(kind, []).append(each)
    if not found:
        raise CrosstieError(f"{path}: no .ocf.json file in it")
    for kind, objects in package.by_type.items():
        for each in objects:
            if kind.endswith("_ISSUANCE") and isinstance(each.get("security_id"), str):
                package.issuance[each["security_id"]] = each
            package.continued.update(_successors(each))
    return package


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*.ocf.json")):
            yield str(file.relative_to(path)), read_whole(file, _LARGEST)
        return
    try:
        with zipfile.ZipFile(ordinary(path)) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".ocf.json")]
            claimed, most = (
                sum(info.file_size for info in members),
                min(_LARGEST, most_unpacked(path.stat().st_size)),
            )
            if claimed > most:  # more than is claimed is never unpacked
                raise CrosstieError(f"{path}: would unpack to {claimed:,} bytes, over {most:,}: not read")
            for info in members:
                yield info.filename, archive.read(info)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        ValueError,
        EOFError,
        OSError,
    ) as error:
        raise CrosstieError(
            f"{path}: neither a folder nor a zip that can be read: {reason(error)}"
        ) from error


def _items(path: Path, name: str, raw: bytes, package: _Package) -> list[Object]:
    try:
        value = parse_json(raw)
    except ValueError as error:
        package.problems.append(Problem(f"{reason(error)}: skipped", Place(f"{path}/{name}"), "ocf"))
        return []
    if not isinstance(value, dict):
        return []
    issuer = value.get("issuer")
    items = value.get("items") or ([issuer] if isinstance(issuer, dict) else [])
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _successors(transaction: Object) -> list[str]:
    listed = transaction.get("resulting_security_ids")
    balance = transaction.get("balance_security_id")
    return [s for s in [*(listed if isinstance(listed, list) else ()), balance] if isinstance(s, str)]


def _guarded(package: _Package, objects: list[Object], make: Callable[[Object], Any]) -> Iterator[Item]:
    for each in objects:
        try:
            made = make(each)
            yield from made if isinstance(made, Iterator) else (made,)
        except MALFORMED as error:
            yield Problem(
                f"{each.get('object_type')}: {reason(error)}: skipped", package.where[each["id"]], "ocf"
            )


def _head(package: _Package, each: Object, suffix: str = "", event: str = "") -> Head:
    when = When.parse(each["date"][:10]) if each.get("date") else None
    return Head(
        id=StatementId(each["id"] + suffix),
        true_on=when,
        known_on=when,
        certainty=Certainty.FIRST_HAND,
        sources=(SOURCE.id,),
        event=EventId(event),
        where=package.where[each["id"]],
    )


def _undated(package: _Package, each: Object) -> Head:
    return Head(id=StatementId(each["id"]), certainty=Certainty.FIRST_HAND, sources=(SOURCE.id,),
                where=package.where[each["id"]])  # fmt: skip


def _issuer(package: _Package, each: Object, party: PartyId) -> Entity:
    return Entity(
        head=_undated(package, each), party=party, name=each["legal_name"],
        jurisdiction=str(each.get("country_of_formation") or ""),
    )  # fmt: skip


def _stakeholder(package: _Package, each: Object) -> Entity:
    kinds: dict[str, PartyType] = {"INDIVIDUAL": "person", "INSTITUTION": "company"}
    return Entity(
        head=_undated(package, each),
        party=_party(each["id"]),
        name=each["name"]["legal_name"],
        type=kinds.get(each.get("stakeholder_type", ""), "unknown"),
    )


def _party(stakeholder: str) -> PartyId:
    return PartyId(f"ocf-{stakeholder}")


def _class_id(stock_class: str) -> ShareClassId:
    return ShareClassId(f"ocf-{stock_class}")


def _stock_class(package: _Package, each: Object, issuer: PartyId) -> Iterator[Statement]:
    par = each.get("par_value")
    yield ShareClass(
        head=_undated(package, each),
        share_class=_class_id(each["id"]),
        issuer=issuer,
        name=str(each.get("name") or ""),
        votes_per_share=Fraction(str(each.get("votes_per_share", 1))),
        par=_money(par) if isinstance(par, dict) else None,
    )
    head = Head(id=StatementId(f"{each['id']}#opening"), certainty=Certainty.FIRST_HAND, sources=(SOURCE.id,),
                true_on=When.parse("1900-01-01"), where=package.where[each["id"]])  # fmt: skip
    yield Opening(head=head, share_class=_class_id(each["id"]), shares=_quantity(Fraction(0)))


def _money(value: Object) -> Money:
    return Money.parse(f"{value['amount']} {value['currency']}")


def _quantity(number: Fraction) -> Quantity:
    return Quantity(Interval.exactly(number), "shares", show_number(number))


def _number(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"not a number: {value!r}"[:80])
    number = Fraction(str(value))
    if number < 0:
        raise ValueError(f"a quantity below zero: {value}")
    return number


def _transactions(package: _Package, issuer: PartyId) -> Iterator[Item]:
    """By date, and on one day issues before what closes them."""
    makers: Mapping[str, Callable[[Object], Any]] = {
        "TX_STOCK_ISSUANCE": lambda o: _issue(package, o),
        "TX_STOCK_TRANSFER": lambda o: _transfer(package, o),
        "TX_STOCK_CANCELLATION": lambda o: _withdraw(package, o, cancel=True),
        "TX_STOCK_REPURCHASE": lambda o: _withdraw(package, o, cancel=False),
        "TX_STOCK_CONVERSION": lambda o: _convert(package, o),
        "TX_STOCK_RETRACTION": lambda o: _withdraw(package, o, cancel=True),
        "TX_STOCK_REISSUANCE": lambda o: iter(()),  # noqa: ARG005 (one holder's paper anew: nothing moves)
        "TX_STOCK_CLASS_SPLIT": lambda o: _split(package, o),
        "TX_CONVERTIBLE_ISSUANCE": lambda o: _instrument(package, o, issuer),
        "TX_WARRANT_ISSUANCE": lambda o: _instrument(package, o, issuer),
        "TX_EQUITY_COMPENSATION_ISSUANCE": lambda o: _instrument(package, o, issuer),
    }
    for kind, make in makers.items():
        yield from _guarded(package, package.by_type.get(kind, []), make)


def _security(package: _Package, transaction: Object) -> Object:
    security = transaction["security_id"]
    if security not in package.issuance:
        raise ValueError(f"no issuance of security {security!r}")
    return package.issuance[security]


def _issue(package: _Package, each: Object) -> Iterator[Statement]:
    if each["security_id"] in package.continued and not _from_instrument(package, each["security_id"]):
        return
    price = each.get("share_price")
    yield Issue(
        head=_head(package, each),
        share_class=_class_id(each["stock_class_id"]),
        shares=_quantity(_number(each["quantity"])),
        holder=_party(each["stakeholder_id"]),
        price=_money(price) if isinstance(price, dict) else None,
    )


def _from_instrument(package: _Package, security: str) -> bool:
    """Whether it comes from exercising or converting what was no stock: then its shares are new."""
    return any(
        security in _successors(each)
        for kind in ("TX_WARRANT_EXERCISE", "TX_EQUITY_COMPENSATION_EXERCISE", "TX_CONVERTIBLE_CONVERSION")
        for each in package.by_type.get(kind, [])
    )


def _transfer(package: _Package, each: Object) -> Iterator[Item]:
    source = _security(package, each)
    seller = _party(source["stakeholder_id"])
    for number, security in enumerate(each.get("resulting_security_ids") or (), 1):
        result = package.issuance.get(security)
        if result is None:
            where = package.where[each["id"]]
            yield Problem(f"no issuance of the resulting security {security!r}", where, "ocf")
            continue
        yield Transfer(
            head=_head(package, each, f"#{number}"),
            share_class=_class_id(source["stock_class_id"]),
            shares=_quantity(_number(result["quantity"])),
            seller=seller,
            buyer=_party(result["stakeholder_id"]),
        )
    yield from _check_closed(package, each, source, _number(each["quantity"]))


def _check_closed(package: _Package, each: Object, source: Object, moved: Fraction) -> Iterator[Problem]:
    """The closed security is what moved and its balance together; anything else is told."""
    balance = package.issuance.get(str(each.get("balance_security_id")))
    rest = _number(balance["quantity"]) if balance else Fraction(0)
    held = _number(source["quantity"])
    if moved + rest != held:
        yield Problem(
            f"security {source['security_id']} of {float(held):,.10g} shares closes with {float(moved):,.10g} moved and "
            f"{float(rest):,.10g} as balance",
            package.where[each["id"]], "ocf", "warning",
        )  # fmt: skip


def _withdraw(package: _Package, each: Object, *, cancel: bool) -> Iterator[Item]:
    source = _security(package, each)
    shares = _number(each["quantity"] if "quantity" in each else source["quantity"])
    share_class, holder = _class_id(source["stock_class_id"]), _party(source["stakeholder_id"])
    part = Part(holder=holder, shares=_quantity(shares))
    yield Repurchase(
        head=_head(package, each, "#back"), share_class=share_class, shares=_quantity(shares), sellers=(part,)
    )
    if cancel:
        yield Cancellation(
            head=_head(package, each, "#cancelled"), share_class=share_class, shares=_quantity(shares)
        )
    if "quantity" in each:
        yield from _check_closed(package, each, source, shares)


def _convert(package: _Package, each: Object) -> Iterator[Item]:
    source = _security(package, each)
    shares = _number(each["quantity_converted"])
    for number, security in enumerate(each.get("resulting_security_ids") or (), 1):
        result = package.issuance[security]
        yield Conversion(
            head=_head(package, each, f"#{number}"),
            share_class=_class_id(source["stock_class_id"]),
            into=_class_id(result["stock_class_id"]),
            shares=_quantity(shares),
            holder=_party(source["stakeholder_id"]),
            ratio=_number(result["quantity"]) / shares,
        )
    yield from _check_closed(package, each, source, shares)


def _split(package: _Package, each: Object) -> Split:
    ratio = each["split_ratio"]
    return Split(
        head=_head(package, each),
        share_class=_class_id(each["stock_class_id"]),
        ratio=_number(ratio["numerator"]) / _number(ratio["denominator"]),
    )


def _instrument(package: _Package, each: Object, issuer: PartyId) -> Statement:
    kinds = {"TX_CONVERTIBLE_ISSUANCE": "convertible", "TX_WARRANT_ISSUANCE": "warrant"}
    kind: Any = kinds.get(each["object_type"], "option")
    stock_class, quantity = each.get("stock_class_id"), each.get("quantity")
    if not isinstance(stock_class, str) or quantity is None:
        return Remark(head=_head(package, each), about=(issuer, _party(each["stakeholder_id"])), predicate=kind,
                      text=f"a {kind} whose number of shares the package does not say")  # fmt: skip
    price = each.get("exercise_price")
    return Instrument(
        head=_head(package, each),
        instrument=kind,
        share_class=_class_id(stock_class),
        shares=_quantity(_number(quantity)),
        holder=_party(each["stakeholder_id"]),
        price=_money(price) if isinstance(price, dict) else None,
    )
