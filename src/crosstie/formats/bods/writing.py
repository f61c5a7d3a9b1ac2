"""Ledger statements as BODS 0.4: one JSON array of entity, person and relationship statements."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from crosstie.formats.bods.reading import COMMENT
from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import (
    Entity,
    Head,
    Holding,
    Identifier,
    PartyId,
    Source,
    SourceId,
    StatementId,
)
from crosstie.ledger.telling import Telling, telling
from crosstie.text.problem import Problem
from crosstie.text.writing import whole_file

WRITTEN_LOSES = (
    "share events (write one day, with --on, and they count), agreements, rights, deals, checks",
    "status and certainty; counts of shares (parts are kept)",
    "dates that are not days, which become the first day they may be",
)

_ENTITY_TYPES: Mapping[str, str] = MappingProxyType(
    {"company": "registeredEntity", "fund": "arrangement", "trust": "arrangement", "state": "state",
     "group": "legalEntity", "unknown": "unknownEntity"}
)  # fmt: skip
_SPACE = uuid.UUID("a5c9b2d4-6a3e-4f0a-9b4e-7f1d7c9e2b10")
_VERSION = "0.4"


def write_file(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:
    """Write one JSON array, statement by statement."""
    with whole_file(path) as file:
        before = b"[\n"
        for statement in write(said, published_on=published_on):
            file.write(before + _WRITTEN(statement).encode())
            before = b",\n"
        file.write(b"[]\n" if before == b"[\n" else b"\n]\n")
    return ()


def write(said: Ledger | Telling, *, published_on: date) -> Iterator[dict[str, Any]]:
    """The BODS statements of a ledger's parties and holdings, versions of one holding in one record.

    A holding that is retracted and not replaced is closed.
    """
    told = telling(said)
    shared: dict[str, Any] = {"published_on": published_on, "sources": told.sources}
    nobody: dict[PartyId, dict[str, str]] = {}
    shared |= {"unspecified": nobody, "subtypes": _subtypes(told)}
    for versions in told.parties():
        party = versions[0].party
        if reason := _unspecified(versions[0]):
            nobody[party] = reason
            continue
        for number, entity in enumerate(sorted(versions, key=_known)):
            yield _party(entity, number, party, shared)
    for party in sorted(told.undescribed()):
        yield _party(
            Entity(head=Head(id=StatementId(f"party:{party}")), party=party, name=party), 0, party, shared
        )
    yield from _relationships(told, shared)


_UNSPECIFIED = re.compile(
    r"Unspecified \((noBeneficialOwners|subjectUnableToConfirmOrIdentifyBeneficialOwner|"
    r"interestedPartyHasNotProvidedInformation|subjectExemptFromDisclosure|interestedPartyExemptFromDisclosure|"
    r"informationUnknownToPublisher|unknown)\)"
)


def _unspecified(first: Entity) -> dict[str, str]:
    """Why nobody is named, of the party that stands for nobody: it is no record of its own in BODS."""
    match = _UNSPECIFIED.fullmatch(first.name)
    if not match or not first.party.startswith("unspecified:"):
        return {}
    return {"reason": match[1], **({"description": first.head.note} if first.head.note else {})}


_OF_TRUSTS = frozenset(["settlor", "trustee", "protector", "beneficiaryOfLegalArrangement"])
_OF_NOMINATIONS = frozenset(["nominee", "nominator"])


def _subtypes(told: Telling) -> dict[PartyId, str]:
    """What kind of arrangement a party is, told by the interests in it."""
    found: dict[PartyId, str] = {}
    for issuer, text in told.words():
        words = set(text.split(", "))
        if words & _OF_NOMINATIONS:
            found.setdefault(issuer, "nomination")
        elif words & _OF_TRUSTS:
            found[issuer] = "trust"
    return found


def _relationships(told: Telling, shared: dict[str, Any]) -> Iterator[dict[str, Any]]:
    gone = told.taken_back()
    for key, said in told.records():
        number, again = 0, 0
        for known, version in _versions(said, gone):
            if not version and not number:
                continue  # taken back the day it was said
            record = _uuid("record", *key, *([str(again)] if again else []))
            yield _relationship(key, record, number, known, version, shared)
            number += 1
            if not version:  # what is closed stays closed; if it is said again, that is a new record
                number, again = 0, again + 1


def _versions(
    said: Sequence[Holding], gone: Mapping[StatementId, When | None]
) -> Iterator[tuple[date | None, tuple[Holding, ...]]]:
    """What stood of one record from each day on which that changed."""
    days = {_day(h.head.known_on or h.head.true_on) for h in said}
    days |= {_day(gone[h.head.id]) for h in said if h.head.id in gone}
    for known in sorted(days, key=lambda day: day or date.min):
        standing = tuple(h for h in said if _stands(h, gone, known or date.min))
        yield known, standing


def _stands(holding: Holding, gone: Mapping[StatementId, When | None], known: date) -> bool:
    begun = (_day(holding.head.known_on or holding.head.true_on) or date.min) <= known
    ended = holding.head.id in gone and (_day(gone[holding.head.id]) or date.min) <= known
    return begun and not ended


def _known(entity: Entity) -> date:
    return _day(entity.head.known_on) or date.min


def _day(when: When | None) -> date | None:
    return (when.latest or when.earliest) if when else None


def _uuid(*parts: str) -> str:
    digest = hashlib.sha256(_LISTED(parts).encode()).hexdigest()
    name = bytearray(hashlib.sha1(_SPACE.bytes + digest.encode(), usedforsecurity=False).digest()[:16])
    name[6], name[8] = (
        name[6] & 0x0F | 0x50,
        name[8] & 0x3F | 0x80,
    )  # as uuid.uuid5, which takes four times as long
    text = name.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_LISTED = json.JSONEncoder().encode
_WRITTEN = json.JSONEncoder(ensure_ascii=False).encode


def _statement(  # noqa: PLR0913, PLR0917 (the parts of a statement)
    kind: str, record: str, number: int, known: date | None, details: dict[str, Any], shared: dict[str, Any],
    *, sources: tuple[SourceId, ...], note: str = "", closed: bool = False, subject: str = "", identity: str = "",
) -> dict[str, Any]:  # fmt: skip
    published: date = shared["published_on"]
    statement: dict[str, Any] = {
        "statementId": identity or _uuid("statement", kind, record, str(number)),
        "declarationSubject": subject or record,
        "statementDate": (known or published).isoformat(),
        "publicationDetails": {
            "publicationDate": published.isoformat(),
            "bodsVersion": _VERSION,
            "publisher": {"name": "Crosstie"},
        },
        "recordId": record,
        "recordType": kind,
        "recordStatus": "closed" if closed else "new" if number == 0 else "updated",
        "recordDetails": details,
    }
    source = _source(sources, shared["sources"])
    if source:
        statement["source"] = source
    if note:
        statement["annotations"] = [{**COMMENT, "description": note}]
    return statement


_IN_URIS = "%/:=&?~#+!$,;'@()*[]"
"""What may stand in an address as it is; all else is written by its number, as a URI wants it."""


def _source(ids: tuple[SourceId, ...], known: Mapping[SourceId, Source]) -> dict[str, Any]:
    source = next((known[each] for each in ids if each in known), None)
    if source is None:
        return {}
    kinds = {"filing": "primaryResearch", "register": "officialRegister"}
    found: dict[str, Any] = {"type": [kinds.get(source.kind, "thirdParty")]}
    if source.title:
        found["description"] = source.title
    if source.address.startswith("http"):
        found["url"] = quote(source.address, safe=_IN_URIS)
    return found


def _party(entity: Entity, number: int, party: PartyId, shared: dict[str, Any]) -> dict[str, Any]:
    kind = "person" if entity.type == "person" else "entity"
    details: dict[str, Any] = {"isComponent": False}
    if kind == "person":
        details["personType"] = "knownPerson" if entity.name else "unknownPerson"
        if entity.name:
            details["names"] = [{"type": "legal", "fullName": name} for name in (entity.name, *entity.names)]
    else:
        details["entityType"] = {"type": _ENTITY_TYPES[entity.type]}
        if entity.type == "trust":
            details["entityType"]["subtype"] = shared["subtypes"].get(party, "trust")
        details["name"] = entity.name or party
        if entity.names:
            details["alternateNames"] = list(entity.names)
    if entity.jurisdiction and kind == "entity":
        details["jurisdiction"] = {"name": entity.jurisdiction, "code": entity.jurisdiction}
    if entity.identifiers:
        details["identifiers"] = [
            _identifier(each, _OF_PERSONS if kind == "person" else _OF_ENTITIES)
            for each in entity.identifiers
        ]
    return _statement(
        kind, party, number, _day(entity.head.known_on), details, shared, sources=entity.head.sources,
        note=entity.head.note,
    )  # fmt: skip


_OF_PERSONS = re.compile(r"[A-Z]{3}-(PASSPORT|TAXID|IDCARD)")
_OF_ENTITIES = re.compile(r"[A-Z][A-Z0-9]*-\S+")


def _identifier(identifier: Identifier, codes: re.Pattern[str]) -> dict[str, str]:
    """A scheme that BODS has a code for, of org-id.guide (``XI-LEI``) or a person's; others are written as names."""
    schemes = {"LEI": "XI-LEI"} if codes is _OF_ENTITIES else {}
    scheme = schemes.get(identifier.scheme, identifier.scheme)
    return {"id": identifier.value, "scheme" if codes.fullmatch(scheme) else "schemeName": scheme}


def _relationship(  # noqa: PLR0913, PLR0917 (the parts of a statement)
    key: tuple[str, str, str],
    record: str,
    number: int,
    known: date | None,
    version: tuple[Holding, ...],
    shared: dict[str, Any],
) -> dict[str, Any]:
    holder, issuer, _ = key
    details = {
        "isComponent": False,
        "subject": shared["unspecified"].get(issuer, issuer),
        "interestedParty": shared["unspecified"].get(holder, holder),
        "interests": [interest for holding in version for interest in _interests(holding)],
    }
    sources = version[0].head.sources if version else ()
    note = "; ".join(dict.fromkeys(holding.head.note for holding in version if holding.head.note))
    return _statement("relationship", record, number, known, details, shared, sources=sources, note=note,
                      closed=not version, subject=issuer, identity=_said_by(key, shared) if number == 0 else "")  # fmt: skip


def _said_by(key: tuple[str, str, str], shared: dict[str, Any]) -> str:
    """The statement in which somebody was left unnamed: they are known by it, so it keeps its id."""
    unnamed = next((end for end in key[:2] if end in shared["unspecified"]), "")
    return unnamed.removeprefix("unspecified:").rpartition(":")[0]


def _interests(holding: Holding) -> Iterator[dict[str, Any]]:
    level = {"yes": "direct", "no": "indirect", "unknown": "unknown"}[holding.direct]
    common: dict[str, Any] = {"directOrIndirect": level}
    start, end = _first_day(holding.head.true_on), _day(holding.head.until)
    if start:
        common["startDate"] = start.isoformat()
    if end:
        common["endDate"] = (end - timedelta(days=end > date.min)).isoformat()
    share = holding.share
    if share is None and holding.shares is not None and holding.shares.unit == "fraction":
        share = holding.shares.interval
    kinds: Iterable[tuple[str, Interval | None]] = (("shareholding", share), ("votingRights", holding.votes))
    given = False
    for kind, part in kinds:
        if part is not None:
            given = True
            yield {"type": kind, **common, "share": share_object(part)}
    for word in holding.words.split(", ") if holding.words else ():
        given = True
        yield {"type": word if word in _INTERESTS else "otherInfluenceOrControl", **common,
               **({} if word in _INTERESTS else {"details": word})}  # fmt: skip
    if not given:
        yield {"type": "shareholding" if holding.shares else "unknownInterest", **common}


def _first_day(when: When | None) -> date | None:
    return (when.earliest or when.latest) if when else None


def share_object(part: Interval) -> dict[str, float]:
    """A share as BODS 0.4 writes it, in percent.

    >>> share_object(Interval.parse("(25%, 50%]"))
    {'exclusiveMinimum': 25.0, 'maximum': 50.0}
    """
    if part.is_exact:
        return {"exact": float(part.low * 100)}
    found = {"exclusiveMinimum" if part.low_open else "minimum": float(part.low * 100)}
    if part.high is not None:
        found["exclusiveMaximum" if part.high_open else "maximum"] = float(part.high * 100)
    return found


_INTERESTS = frozenset(
    [
        "shareholding",
        "votingRights",
        "appointmentOfBoard",
        "otherInfluenceOrControl",
        "seniorManagingOfficial",
        "settlor",
        "trustee",
        "protector",
        "beneficiaryOfLegalArrangement",
        "rightsToSurplusAssetsOnDissolution",
        "rightsToProfitOrIncome",
        "rightsGrantedByContract",
        "conditionalRightsGrantedByContract",
        "controlViaCompanyRulesOrArticles",
        "controlByLegalFramework",
        "boardMember",
        "boardChair",
        "unknownInterest",
        "unpublishedInterest",
        "enjoymentAndUseOfAssets",
        "rightToProfitOrIncomeFromAssets",
        "nominee",
        "nominator",
    ]
)
