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
from crosstie.ledger.telling import Telling, telling
from crosstie.ledger.values import show_interval, show_number
from crosstie.text.problem import Problem, cited, shortened
from crosstie.text.writing import whole_file

Item = Statement | Source | Problem

LOSES = (
    "every property of a party but its names, country and identifiers",
    "entities that are neither parties nor Ownership, Control, Directorship or UnknownLink",
    "further values of a property that takes one: the first is read, and told",
)
WRITTEN_LOSES = (
    "share events, agreements, rights, deals, checks, status and certainty; what was taken back",
    "votes beside a share (alone, they become a link in words); schemes of identifiers it has no property for",
    "dates that are not a day, month or year, which become their first day",
)

TYPES: Mapping[str, PartyType] = MappingProxyType(
    {
        "Company": "company",
        "Organization": "company",
        "LegalEntity": "unknown",  # a person or an organisation: it does not say
        "Person": "person",
        "PublicBody": "state",
        "Asset": "company",
    }
)
_SCHEMATA: Mapping[PartyType, str] = MappingProxyType(
    {"company": "Company", "person": "Person", "state": "PublicBody", "group": "Organization", "fund": "Organization",
     "trust": "Organization", "unknown": "LegalEntity"}
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


_OF_FORMS: Mapping[str, PartyType] = MappingProxyType({"trust": "trust", "fund": "fund", "group": "group"})


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
        type=_OF_FORMS.get(_first(properties, "legalForm").lower(), TYPES[schema]),
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
    count = _first(properties, "sharesCount")
    owns = role if share or count or role else "owns"
    words = {"Ownership": owns, "Control": role or "controls", "UnknownLink": f"linked: {role}".rstrip(": ")}[
        schema
    ]
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
    return "yes" if re.search(r"\bdirect\b", kind) else "unknown"


_RANGE = re.compile(
    r"(>=|<=|>|<|≥|≤)?\s*(\d+(?:[.,]\d+)?)\s*%?(?:\s*(?:-|–|to)\s*(\d+(?:[.,]\d+)?)\s*%?)?", re.ASCII
)


def _percentage(values: tuple[str, ...], record: Record) -> tuple[Interval | None, Problem | None]:
    if not values:
        return None, None
    told = None
    if len(set(values)) > 1:
        told = Problem(
            f"several percentages, {shortened(', '.join(values))}: the first is read",
            record.where,
            "ftm",
            "warning",
        )
    share = percentage(values[0])
    if share is None:
        told = Problem(
            f"not a percentage: {cited(values[0])}: the share is unknown", record.where, "ftm", "warning"
        )
    return share, told


def percentage(text: str) -> Interval | None:
    """A percentage as registers write it, without its sign as often as with.

    >>> print(percentage("51"), percentage("25-50 %"), percentage(">= 12,5"), percentage("(25%, 50%]"))
    51/100 [1/4, 1/2] [1/8, 1] (1/4, 1/2]
    >>> percentage("all")
    """
    match = _RANGE.fullmatch(text.strip())
    if not match:
        return _as_we_write(text)
    sign, low, high = (part.replace(",", ".") if part else "" for part in match.groups())
    try:
        share = Interval.parse(f"{low}-{high}%" if high else f"{sign}{low}%")
    except ValueError:
        return None
    return share if share.high is not None and share.high <= 1 else None


def _as_we_write(text: str) -> Interval | None:
    """A range with an open end, or a fraction, in a ledger's own words."""
    try:
        share = Interval.parse(text) if "%" in text or "/" in text else None
    except ValueError:
        return None
    return share if share and share.high is not None and share.high <= 1 else None


def write_file(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:
    """Write JSON lines of what stands on a day: the format has neither versions nor retractions."""
    with whole_file(path) as file:
        for line in _lines(telling(said).standing_on(published_on)):
            file.write(f"{line}\n".encode())
    return ()


def write(statements: Iterable[Statement]) -> Iterator[str]:
    """Lines of JSON: entities as last stated, and holdings and offices as intervals."""
    return _lines(telling(Ledger(statements=tuple(statements))))


def _lines(said: Telling) -> Iterator[str]:
    for versions in said.parties():
        entity = versions[-1]
        yield _line(entity.head, entity.party, _SCHEMATA[entity.type], _party_properties(entity))
    for statement in said.stated(Holding, Office):
        if isinstance(statement, Holding):
            yield _line(statement.head, statement.head.id, *_holding_properties(statement))
        elif isinstance(statement, Office):
            ends = {"director": statement.person, "organization": statement.body, "role": statement.role}
            yield _line(statement.head, statement.head.id, "Directorship", {**ends, **_span(statement.head)})


def _line(head: Head, identity: str, schema: str, properties: Mapping[str, object]) -> str:
    listed = {
        key: list(value) if isinstance(value, tuple) else [value]
        for key, value in properties.items()
        if value
    }
    datasets = [source.removeprefix("ftm-") for source in head.sources]
    more = {"datasets": datasets} if datasets else {}
    return _WRITTEN({"id": identity, "schema": schema, "properties": listed, **more})


_WRITTEN = json.JSONEncoder(ensure_ascii=False).encode


def _span(head: Head) -> dict[str, str]:
    end = (head.until.latest - timedelta(days=1)).isoformat() if head.until and head.until.latest else ""
    return {
        "startDate": _date(head.true_on),
        "endDate": end,
        "retrievedAt": _date(head.known_on),
        "summary": head.note,
    }


def _date(when: When | None) -> str:
    """A day, month or year as it stands; of other dates the first day."""
    if when is None or (when.earliest or when.latest) is None:
        return ""
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", when.text, re.ASCII):
        return when.text
    return str(when.earliest or when.latest)


def _party_properties(entity: Entity) -> dict[str, object]:
    schemes = {scheme: key for key, scheme in IDENTIFIERS.items()}
    found: dict[str, object] = {
        "name": entity.name,
        "alias": entity.names,
        "jurisdiction": entity.jurisdiction.lower(),
        "legalForm": entity.type if entity.type in _OF_FORMS else "",
        "retrievedAt": _date(entity.head.known_on),
    }
    for identifier in entity.identifiers:
        key = schemes.get(identifier.scheme, "registrationNumber")
        before = found.get(key, ())
        found[key] = (*(before if isinstance(before, tuple) else ()), identifier.value)
    return found


def _holding_properties(holding: Holding) -> tuple[str, dict[str, object]]:
    kinds = {"yes": "direct", "no": "indirect", "unknown": ""}
    counted = holding.shares.interval if holding.shares and holding.shares.unit == "shares" else None
    part = holding.share or (holding.shares.interval if holding.shares and counted is None else None)
    span, ends = _span(holding.head), (holding.holder, holding.issuer)
    if part is None and counted is None:
        schema, (first, second), words = _worded(holding)
        if schema:
            return schema, {first: ends[0], second: ends[1], "role": words, **span}
    return "Ownership", {
        "owner": ends[0],
        "asset": ends[1],
        "percentage": _shown(part),
        "sharesCount": str(int(counted.low)) if counted and counted.is_exact else "",
        "ownershipType": kinds[holding.direct],
        "role": "" if holding.words == "owns" else holding.words,
        **span,
    }


def _worded(holding: Holding) -> tuple[str, tuple[str, str], str]:
    """The schema of a holding that has words alone: only what says so is control, and only that ownership."""
    words = holding.words.lower()
    if holding.votes is not None:
        return (
            "UnknownLink",
            _ENDS["UnknownLink"],
            f"{holding.words} votes {show_interval(holding.votes)}".strip(),
        )
    if words.startswith("linked") or (
        holding.direct == "no" and "control" not in words and "own" not in words
    ):
        return "UnknownLink", _ENDS["UnknownLink"], re.sub("^linked(: )?", "", holding.words)
    if "control" in words:
        return "Control", _ENDS["Control"], holding.words
    return "", ("", ""), ""


def _shown(share: Interval | None) -> str:
    """A percentage without its sign, as the format's own data have it; an inner open end in a ledger's words."""
    if share is None:
        return ""
    low = show_number(share.low * 100)
    if "/" in low or (share.high and "/" in show_number(share.high * 100)):
        return show_interval(share)
    if share.is_exact:
        return low
    if (share.high is None or share.high == 1) and not share.high_open:
        return f"{'>' if share.low_open else '>='} {low}"
    if share.low_open or share.high_open or share.high is None:
        return show_interval(share)
    return f"{low}-{show_number(share.high * 100)}"
