"""Open Cap Format packages: the cap table of one issuer, a zip or folder of ``*.ocf.json`` files.

Each holding is a *security*. A transaction closes the security it is about; what goes on is a new one, issued by
a transaction of its own and named in ``resulting_security_ids`` or, for what was not moved, ``balance_security_id``.
So an issuance that another transaction names is no new issue, and "issued minus transferred" counts it twice.
"""

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from crosstie.formats.archives import refuse_overlong
from crosstie.formats.malformed import reason
from crosstie.formats.ocf_objects import (
    CLOSING,
    PACKAGE,
    SOURCE,
    STATEMENT,
    UNKNOWN_HOLDERS,
    Item,
    Object,
    Package,
    class_of,
    guarded,
    money,
    name_of,
    party_of,
    quantity,
    successors,
    undated,
)
from crosstie.formats.ocf_transactions import LOST, MOVING, transactions
from crosstie.formats.streams import most_unpacked, parse_json
from crosstie.ledger.dates import When
from crosstie.ledger.statements import Entity, Opening, PartyId, PartyType, ShareClass, Statement
from crosstie.text.inputs import ordinary, read_whole
from crosstie.text.problem import CrosstieError, Place, Problem, cited

LOSES = (
    "vesting, acceptance, legends, approvals, comments; reissuance and consolidation, which move nothing",
    "stock plans but for their class, financings, valuations, documents; whether a class is preferred",
    "terms of convertibles but a fixed number of shares",
)
_RENAMED = {f"TX_PLAN_SECURITY_{what}": f"TX_EQUITY_COMPENSATION_{what}" for what in (
    "ISSUANCE", "EXERCISE", "RELEASE", "TRANSFER", "CANCELLATION", "RETRACTION")}  # fmt: skip
"""Equity compensation was a plan security before 1.1."""
_LARGEST = 512 * 2**20


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
    named = issuers[0]["id"] in {each["id"] for each in package.of("STAKEHOLDER")}
    issuer = party_of(f"issuer-{issuers[0]['id']}" if named else issuers[0]["id"])
    yield SOURCE
    yield from guarded(package, issuers, lambda o: _issuer(package, o, issuer))
    holders = [each for each in package.of("STAKEHOLDER") if each["id"] != UNKNOWN_HOLDERS]
    yield from guarded(package, holders, lambda o: _stakeholder(package, o))
    yield from guarded(
        package, package.by_type.get("STOCK_CLASS", []), lambda o: _stock_class(package, o, issuer)
    )
    yield from transactions(package, issuer)
    yield from package.problems
    yield from _untold(package)


def _untold(package: Package) -> Iterator[Problem]:
    """Transactions of a kind that the published schema does not have."""
    for kind, objects in package.by_type.items():
        if (
            kind.startswith("TX_")
            and kind not in MOVING
            and not (LOST.fullmatch(kind) or CLOSING.fullmatch(kind))
        ):
            yield Problem(
                f"no Open Cap Format transaction: {cited(kind)}: skipped",
                package.where[objects[0]["id"]],
                "ocf",
            )


def _load(path: Path) -> Package:
    package = Package()
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
            package.by_type.setdefault(_RENAMED.get(kind, kind), []).append(each)
    if not found:
        raise CrosstieError(f"{path}: no .ocf.json file in it")
    said = Counter(each["id"] for objects in package.by_type.values() for each in objects)
    for kind, objects in package.by_type.items():
        for each in objects:
            each[PACKAGE] = str(path)
            each[STATEMENT] = each["id"] if said[each["id"]] == 1 else f"{each['id']} ({kind.lower()})"
            if kind.endswith("_ISSUANCE") and isinstance(each.get("security_id"), str):
                package.issuance[each["security_id"]] = each
            if CLOSING.fullmatch(kind) and isinstance(each.get("date"), str):
                package.closed_on[str(each.get("security_id"))] = each["date"]
            package.continued.update(dict.fromkeys(successors(each), each))
    return package


def _shown(name: str) -> str:
    """A file's name as it is if it is one line that a terminal can show."""
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else cited(name, _LONGEST_NAME)


_LONGEST_NAME = 100


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*.ocf.json")):
            yield _shown(str(file.relative_to(path))), read_whole(file, _LARGEST)
        return
    try:
        with zipfile.ZipFile(ordinary(path)) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".ocf.json")]
            refuse_overlong(path, members)
            claimed, most = (
                sum(info.file_size for info in members),
                min(_LARGEST, most_unpacked(path.stat().st_size)),
            )
            if claimed > most:  # more than is claimed is never unpacked
                raise CrosstieError(f"{path}: would unpack to {claimed:,} bytes, over {most:,}: not read")
            for info in members:
                yield _shown(info.filename), archive.read(info)
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


def _items(path: Path, name: str, raw: bytes, package: Package) -> list[Object]:
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


def _issuer(package: Package, each: Object, party: PartyId) -> Entity:
    country, part = (str(each.get(f"country_{key}formation") or "") for key in ("of_", "subdivision_of_"))
    since = each.get("formation_date")
    return Entity(
        head=replace(undated(package, each), true_on=When.parse(since[:10]) if since else None),
        party=party,
        name=name_of(each["legal_name"]),
        jurisdiction=f"{country}-{part}" if country and part else country,
    )


def _stakeholder(package: Package, each: Object) -> Entity:
    kinds: dict[str, PartyType] = {"INDIVIDUAL": "person", "INSTITUTION": "company"}
    return Entity(
        head=undated(package, each),
        party=party_of(each["id"]),
        name=name_of(each["name"]["legal_name"]),
        type=kinds.get(each.get("stakeholder_type", ""), "unknown"),
    )


def _stock_class(package: Package, each: Object, issuer: PartyId) -> Iterator[Statement]:
    par = each.get("par_value")
    yield ShareClass(
        head=undated(package, each),
        share_class=class_of(each["id"]),
        issuer=issuer,
        name=str(each.get("name") or ""),
        votes_per_share=Fraction(str(each.get("votes_per_share", 1))),
        par=money(par) if isinstance(par, dict) else None,
    )
    long_ago = When.parse("1900-01-01")
    head = replace(undated(package, each, "#opening"), true_on=long_ago, known_on=long_ago)
    yield Opening(head=head, share_class=class_of(each["id"]), shares=quantity(Fraction(0)))
