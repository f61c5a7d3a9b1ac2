"""FollowTheMoney entities as JSON lines: parties, and the intervals between them that are holdings or offices."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from crosstie.formats.malformed import MALFORMED, malformed
from crosstie.formats.streams import Record, json_records
from crosstie.ledger.amounts import Interval, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import (
    Certainty,
    Entity,
    Head,
    Holding,
    Identifier,
    Office,
    PartyId,
    PartyType,
    Source,
    SourceId,
    Statement,
    StatementId,
)
from crosstie.ledger.values import show_number
from crosstie.text.problem import Problem
from crosstie.text.writing import whole_file

Item = Statement | Source | Problem

LOSES = (
    "every property of a party but its names, country and identifiers",
    "entities that are neither parties nor Ownership, Control, Directorship or UnknownLink",
    "further values of a property that takes one: the first is read, and told",
)
WRITTEN_LOSES = (
    "share events, agreements, rights, deals, checks, status and certainty",
    "an open end of a range, which becomes its bound; dates that are not one day, month or year",
)

TYPES: Mapping[str, PartyType] = MappingProxyType(
    {
        "Company": "company",
        "Organization": "company",
        "LegalEntity": "company",
        "Person": "person",
        "PublicBody": "state",
        "Asset": "company",
    }
)
_SCHEMATA: Mapping[PartyType, str] = MappingProxyType(
    {"company": "Company", "person": "Person", "state": "PublicBody", "group": "LegalEntity", "fund": "LegalEntity",
     "trust": "LegalEntity", "unknown": "LegalEntity"}
)  # fmt: skip
IDENTIFIERS = MappingProxyType(
    {"leiCode": "LEI", "isinCode": "ISIN", "wikidataId": "Wikidata", "registrationNumber": "registration number",
     "innCode": "INN", "ogrnCode": "OGRN", "opencorporatesUrl": "OpenCorporates"}
)  # fmt: skip
_ENDS = MappingProxyType(
    {
        "Ownership": ("owner", "asset"),
        "Control": ("controller", "controlled"),
        "Directorship": ("director", "organization"),
        "UnknownLink": ("subject", "object"),
    }
)


def read(path: Path) -> Iterator[Item]:
    """The statements, sources and problems of a FollowTheMoney file."""
    sources: set[SourceId] = set()
    for record in json_records(path):
        if isinstance(record, Problem):
            yield record
            continue
        try:
            yield from _read(record, sources)
        except MALFORMED as error:
            yield malformed("FollowTheMoney entity", error, record.where, "ftm")


def _read(record: Record, sources: set[SourceId]) -> Iterator[Item]:
    value = record.value
    schema, identity = value["schema"], value["id"]
    properties = value.get("properties") or {}
    if not isinstance(schema, str) or not isinstance(identity, str) or not isinstance(properties, dict):
        raise TypeError("schema and id are texts, properties an object")
    for source in _sources(value, properties, record):
        if source.id not in sources:
            sources.add(source.id)
            yield source
    if schema in TYPES:
        yield _party(record, schema, properties)
    elif schema in _ENDS:
        yield from _links(record, schema, properties)


def _sources(value: dict[str, Any], properties: dict[str, Any], record: Record) -> tuple[Source, ...]:
    names = [str(name) for name in value.get("datasets") or ()]
    publisher, address = _first(properties, "publisher"), _first(properties, "sourceUrl")
    return tuple(
        Source(id=SourceId(f"ftm-{name}"), title=name, publisher=publisher, address=address, kind="dataset",
               where=record.where)
        for name in names
    )  # fmt: skip


def _texts(properties: dict[str, Any], key: str) -> tuple[str, ...]:
    values = properties.get(key) or ()
    listed = values if isinstance(values, list) else [values]
    return tuple(
        each["id"] if isinstance(each, dict) else str(each)
        for each in listed
        if isinstance(each, str | int | float) or (isinstance(each, dict) and isinstance(each.get("id"), str))
    )


def _first(properties: dict[str, Any], key: str) -> str:
    values = _texts(properties, key)
    return values[0] if values else ""


def _day(text: str) -> When | None:
    return When.parse(text.partition("T")[0]) if text else None


def _head(record: Record, suffix: str = "", *, start: str = "", end: str = "", note: str = "") -> Head:
    properties = record.value.get("properties") or {}
    last = _day(end)
    seen = (
        record.value.get("first_seen")
        or _first(properties, "retrievedAt")
        or _first(properties, "modifiedAt")
    )
    until = When.on(last.latest + timedelta(days=1)) if last and last.latest else None
    return Head(
        id=StatementId(record.value["id"] + suffix),
        true_on=_day(start),
        until=until,
        known_on=_day(str(seen)) if seen else None,
        certainty=Certainty.SECOND_HAND,
        sources=tuple(SourceId(f"ftm-{name}") for name in record.value.get("datasets") or ()),
        note=note,
        where=record.where,
    )


def _party(record: Record, schema: str, properties: dict[str, Any]) -> Entity:
    names = dict.fromkeys([*_texts(properties, "name"), *_texts(properties, "alias")])
    first, *others = [str(record.value.get("caption") or ""), *names] if not names else list(names)
    country = (
        _first(properties, "jurisdiction")
        or _first(properties, "mainCountry")
        or _first(properties, "country")
    )
    return Entity(
        head=_head(record),
        party=PartyId(record.value["id"]),
        name=first,
        type=TYPES[schema],
        jurisdiction=country.upper(),
        names=tuple(others),
        identifiers=tuple(
            Identifier(scheme=scheme, value=value)
            for key, scheme in IDENTIFIERS.items()
            for value in _texts(properties, key)
        ),
    )


def _links(record: Record, schema: str, properties: dict[str, Any]) -> Iterator[Item]:
    """One statement for each pair of ends: an interval may join several."""
    first, second = _ends(schema, properties)
    starts = _first(properties, "startDate") or _first(properties, "date")
    ends = _first(properties, "endDate")
    number = 0
    for one in first:
        for other in second:
            number += 1
            suffix = "" if number == 1 else f"#{number}"
            head = _head(record, suffix, start=starts, end=ends, note=_first(properties, "summary"))
            yield from _link(record, schema, properties, head, (PartyId(one), PartyId(other)))


def _ends(schema: str, properties: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    first, second = (_texts(properties, key) for key in _ENDS[schema])
    if not first or not second:
        raise KeyError(_ENDS[schema][1 if first else 0])
    return first, second


def _link(
    record: Record, schema: str, properties: dict[str, Any], head: Head, pair: tuple[PartyId, PartyId]
) -> Iterator[Item]:
    role = _first(properties, "role")
    if schema == "Directorship":
        yield Office(head=head, person=pair[0], body=pair[1], role=role or "director")
        return
    share: Interval | None = None
    if schema == "Ownership":
        percentages = _texts(properties, "percentage")
        share, problem = _percentage(percentages, record)
        if problem:
            yield problem
    words = {"Ownership": role, "Control": role or "controls", "UnknownLink": f"linked: {role}".rstrip(": ")}[
        schema
    ]
    count = _first(properties, "sharesCount")
    yield Holding(
        head=head,
        holder=pair[0],
        issuer=pair[1],
        share=share,
        shares=Quantity.parse(count) if share is None and re.fullmatch(r"\d+", count) else None,
        words=words,
        direct=_direct(properties, schema),
    )


def _direct(properties: dict[str, Any], schema: str) -> Literal["yes", "no", "unknown"]:
    kind = " ".join((*_texts(properties, "ownershipType"), _first(properties, "role"))).lower()
    if schema == "UnknownLink" or re.search(r"\b(indirect|ultimate|beneficial)", kind):
        return "no"
    return "yes" if "direct" in kind else "unknown"


_RANGE = re.compile(
    r"(>=|<=|>|<|≥|≤)?\s*(\d+(?:[.,]\d+)?)\s*%?(?:\s*(?:-|–|to)\s*(\d+(?:[.,]\d+)?)\s*%?)?", re.ASCII
)


def _percentage(values: tuple[str, ...], record: Record) -> tuple[Interval | None, Problem | None]:
    if not values:
        return None, None
    told = None
    if len(set(values)) > 1:
        told = Problem(
            f"several percentages, {', '.join(values)}: the first is read", record.where, "ftm", "warning"
        )
    share = percentage(values[0])
    if share is None:
        told = Problem(
            f"not a percentage: {values[0]!r}: the share is unknown", record.where, "ftm", "warning"
        )
    return share, told


def percentage(text: str) -> Interval | None:
    """A percentage as registers write it, without its sign as often as with.

    >>> print(percentage("51"), percentage("25-50 %"), percentage(">= 12,5"), percentage("all"))
    51/100 [1/4, 1/2] [1/8, 1] None
    """
    match = _RANGE.fullmatch(text.strip())
    if not match:
        return None
    sign, low, high = (part.replace(",", ".") if part else "" for part in match.groups())
    try:
        share = Interval.parse(f"{low}-{high}%" if high else f"{sign}{low}%")
    except ValueError:
        return None
    return share if share.high is not None and share.high <= 1 else None


def write_file(ledger: Ledger, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write JSON lines."""
    with whole_file(path) as file:
        for line in write(ledger.statements):
            file.write(f"{line}\n".encode())
    return ()


def write(statements: Iterable[Statement]) -> Iterator[str]:
    """Lines of JSON: entities, and holdings and offices as intervals."""
    for statement in statements:
        if isinstance(statement, Entity):
            yield _line(statement.party, _SCHEMATA[statement.type], _party_properties(statement))
        elif isinstance(statement, Holding):
            yield _line(statement.head.id, *_holding_properties(statement))
        elif isinstance(statement, Office):
            ends = {"director": statement.person, "organization": statement.body, "role": statement.role}
            yield _line(statement.head.id, "Directorship", {**ends, **_span(statement.head)})


def _line(identity: str, schema: str, properties: Mapping[str, object]) -> str:
    listed = {
        key: list(value) if isinstance(value, tuple) else [value]
        for key, value in properties.items()
        if value
    }
    return json.dumps({"id": identity, "schema": schema, "properties": listed}, ensure_ascii=False)


def _span(head: Head) -> dict[str, str]:
    start = head.true_on.earliest.isoformat() if head.true_on and head.true_on.earliest else ""
    last = head.until.latest if head.until else None
    end = (last - timedelta(days=last > date.min)).isoformat() if last else ""
    known = head.known_on.latest.isoformat() if head.known_on and head.known_on.latest else ""
    return {"startDate": start, "endDate": end, "retrievedAt": known, "summary": head.note}


def _party_properties(entity: Entity) -> dict[str, object]:
    schemes = {scheme: key for key, scheme in IDENTIFIERS.items()}
    found: dict[str, object] = {
        "name": entity.name,
        "alias": entity.names,
        "jurisdiction": entity.jurisdiction.lower(),
    }
    for identifier in entity.identifiers:
        key = schemes.get(identifier.scheme, "registrationNumber")
        before = found.get(key, ())
        found[key] = (*(before if isinstance(before, tuple) else ()), identifier.value)
    return found


def _holding_properties(holding: Holding) -> tuple[str, dict[str, object]]:
    kinds = {"yes": "direct", "no": "indirect", "unknown": ""}
    properties: dict[str, object] = {"role": holding.words, **_span(holding.head)}
    if holding.share is None and holding.shares is None and "control" in holding.words.lower():
        return "Control", {"controller": holding.holder, "controlled": holding.issuer, **properties}
    count = holding.shares.interval.low if holding.shares and holding.shares.unit == "shares" else None
    return "Ownership", {
        "owner": holding.holder,
        "asset": holding.issuer,
        "percentage": _shown(holding.share),
        "sharesCount": str(int(count)) if count else "",
        "ownershipType": kinds[holding.direct],
        **properties,
    }


def _shown(share: Interval | None) -> str:
    if share is None:
        return ""
    low = show_number(share.low * 100)
    if share.is_exact:
        return low
    if share.high is None or share.high == 1:
        return f"{'>' if share.low_open else '>='} {low}"
    return f"{low}-{show_number(share.high * 100)}"
