"""GLEIF's golden copy: entities (LEI-CDF), who consolidates whom (RR-CDF) and why not, as CSV, JSON or XML.

Consolidation is an accounting relation, not ownership: it becomes a holding in words alone that makes no
edge (``direct="no"``), so that no share is invented from it.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree as ET

from crosstie.formats.delimited import Row, rows
from crosstie.formats.malformed import MALFORMED, malformed, reason
from crosstie.formats.streams import BrokenOffError, json_records, open_bytes
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Certainty,
    Entity,
    Head,
    Holding,
    Identifier,
    PartyId,
    PartyType,
    Remark,
    Source,
    SourceId,
    Statement,
    StatementId,
)
from crosstie.text.problem import CrosstieError, Place, Problem, cited

Item = Statement | Source | Problem

LOSES = (
    "addresses, registration authorities, validation details and renewal dates",
    "accounting standards and periods of a consolidation (its relationship period is kept)",
    "transliterated names beyond the first five",
)

SOURCE = Source(
    id=SourceId("gleif"),
    title="GLEIF golden copy",
    publisher="Global Legal Entity Identifier Foundation",
    address="https://www.gleif.org/en/lei-data/gleif-golden-copy",
    kind="register",
)

_WORDS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "consolidates directly",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "consolidates ultimately",
    "IS_INTERNATIONAL_BRANCH_OF": "has as international branch",
    "IS_FUND-MANAGED_BY": "manages the fund",
    "IS_SUBFUND_OF": "has as sub-fund",
    "IS_FEEDER_TO": "is fed by the fund",
}
_TYPES: dict[str, PartyType] = {
    "FUND": "fund",
    "RESIDENT_GOVERNMENT_ENTITY": "state",
    "SOLE_PROPRIETOR": "person",
}


def read(path: Path) -> Iterator[Item]:
    """The statements and problems of a golden-copy file of any kind, told by its columns."""
    yield SOURCE
    for where, row in _rows(path):
        if isinstance(row, Problem):
            yield row
            continue
        try:
            yield from _read(where, row)
        except MALFORMED as error:
            yield malformed("GLEIF record", error, where, "gleif")


def _rows(path: Path) -> Iterator[tuple[Place, Row | Problem]]:
    with open_bytes(path) as stream:
        try:
            start = stream.read(200).lstrip(b"\xef\xbb\xbf \t\r\n")
        except BrokenOffError:
            start = b""  # told with the rows
    if start.startswith(b"<"):
        yield from _xml(path)
    elif start[:1] in (b"{", b"["):
        for record in json_records(path):
            if isinstance(record, Problem):
                yield record.where, record
            else:
                yield record.where, _flat(record.value)
    else:
        yield from rows(path)


def _flat(value: Any, prefix: str = "") -> dict[str, str]:  # noqa: ANN401 (JSON)
    """Nested JSON under the golden copy's own dotted column names; GLEIF writes texts as ``{"$": text}``."""
    if isinstance(value, dict):
        if "$" in value:
            return {_column(prefix): str(value["$"])}
        if not prefix and len(value) == 1 and next(iter(value)) in _RECORDS:
            return _flat(*value.values())
        found: dict[str, str] = {}
        for key, inner in value.items():
            found.update(_flat(inner, f"{prefix}.{key}" if prefix else key))
        return found
    if isinstance(value, list):
        found = {}
        for number, inner in enumerate(value, 1):
            found.update(_flat(inner, f"{prefix}.{number}"))
        return found
    return {_column(prefix): "" if value is None else str(value)}


_RECORDS = frozenset(["LEIRecord", "RelationshipRecord", "Exception"])
_REPEATED = re.compile(
    r"(?:Relationship\.RelationshipPeriods\.RelationshipPeriod|Entity\.OtherEntityNames\.OtherEntityName|ExceptionReason)"
    r"(?:\.\d+)?"
)


def _column(name: str) -> str:
    """A path in JSON or XML as the CSV files name it: what may be repeated has a number, periods small letters."""
    match = _REPEATED.match(name)
    if not match:
        return name
    stem, _, number = match[0].rpartition(".") if match[0][-1].isdigit() else (match[0], "", "1")
    rest = name[match.end() :]
    if stem.endswith("RelationshipPeriod") and len(rest) > 1:
        return f"Relationship.Period.{number}.{rest[1].lower()}{rest[2:]}"
    return f"{stem}.{number}{rest}"


def _xml(path: Path) -> Iterator[tuple[Place, Row | Problem]]:
    number = 0
    with open_bytes(path) as stream:
        try:
            for element in _record_elements(path, stream):
                yield Place(f"{path}#{number + 1}"), _flat_xml(element)
                number += 1
        except ET.ParseError as error:
            where = Place(str(path), error.position[0])
            yield where, Problem(f"not XML from here on: {error}", where, "xml")
        except BrokenOffError as error:
            where = Place(f"{path}#{number + 1}")
            told = str(error).removeprefix(f"{path}: ")
            yield where, Problem(f"the file breaks off here: {told}", where, "truncated")
        except (LookupError, RecursionError, ValueError) as error:
            where = Place(f"{path}#{number + 1}")
            yield where, Problem(f"not XML from here on: {reason(error)}", where, "xml")


class _Plain:
    """A stream of XML in UTF-8 without a document type, and so without entities that grow or reach out."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path, self.stream, self.last = path, stream, b""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, looked through together with the end of the last ones."""
        chunk = self.stream.read(size)
        if re.search(rb"<!(DOCTYPE|ENTITY)|\0", self.last + chunk):
            raise CrosstieError(
                f"{self.path}: XML with a document type or not in UTF-8; GLEIF's is neither: not read"
            )
        self.last = chunk[-9:]
        return chunk


def _record_elements(path: Path, stream: IO[bytes]) -> Iterator[ET.Element]:
    """Each record as it ends, taken out of its parent, so that no more than one is held."""
    parents: list[ET.Element] = []
    for event, element in ET.iterparse(_Plain(path, stream), events=("start", "end")):  # noqa: S314 (no doctype)
        if event == "start":
            if len(parents) == _DEEPEST:
                raise RecursionError
            parents.append(element)
            continue
        parents.pop()
        if element.tag.rpartition("}")[2] in _RECORDS and parents:
            yield element
            parents[-1].remove(element)


_DEEPEST = 50


def _flat_xml(element: ET.Element, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for child in element:
        tag = child.tag.rpartition("}")[2]
        counts[tag] = counts.get(tag, 0) + 1
        name = f"{prefix}.{tag}" if prefix else tag
        if counts[tag] > 1:
            name = f"{name}.{counts[tag]}"
        if len(child):
            found.update(_flat_xml(child, name))
        else:
            found[_column(name)] = (child.text or "").strip()
    return found


def _read(where: Place, row: Row) -> Iterator[Item]:
    gone = next((f"deleted on {row[name][:10]}" for name in _DELETED if row.get(name)), "")
    status = row.get("Registration.RegistrationStatus", "")
    if gone or (status in _NEVER_SO and "Relationship.RelationshipType" in row):
        yield Problem(f"a record that is {gone or status.lower()}: skipped", where, "gleif-gone", "note")
    elif "Relationship.StartNode.NodeID" in row or "Relationship.RelationshipType" in row:
        yield _relationship(where, row)
    elif "Entity.LegalName" in row:
        yield _entity(where, row)
    elif "ExceptionCategory" in row or "Exception.Category" in row:
        yield _exception(where, row)
    else:
        raise ValueError("neither an entity, a relationship nor a reporting exception")


_DELETED = ("Extension.Deletion.DeletedAt", "Extension.gleif:Deletion.gleif:DeletedAt")
"""What delta files say of records that are no longer published."""
_NEVER_SO = frozenset(["ANNULLED", "DUPLICATE"])


def _day(text: str) -> When | None:
    """A moment as GLEIF writes it, or as milliseconds since 1970, which converted copies have."""
    if re.fullmatch(r"\d{11,14}", text, re.ASCII):
        return When.on(datetime.fromtimestamp(int(text) / 1000, UTC).date())
    return When.parse(text[:10]) if text else None


def _lei(text: str) -> PartyId:
    if not re.fullmatch(r"[A-Z0-9]{18}\d{2}", text):
        raise ValueError(f"not an LEI: {cited(text)}")
    return PartyId(text)


def _head(where: Place, identity: str, row: Row, *, true_on: When | None, until: When | None = None) -> Head:
    return Head(
        id=StatementId(identity),
        true_on=true_on,
        until=until,
        known_on=_day(row.get("Registration.InitialRegistrationDate", "")),
        certainty=Certainty.FIRST_HAND,
        sources=(SOURCE.id,),
        where=where,
    )


def _entity(where: Place, row: Row) -> Entity:
    lei = _lei(row["LEI"])
    other = [row.get(f"Entity.OtherEntityNames.OtherEntityName.{i}", "") for i in range(1, 6)]
    number = row.get("Entity.RegistrationAuthority.RegistrationAuthorityEntityID", "")
    authority = row.get("Entity.RegistrationAuthority.RegistrationAuthorityID", "")
    identifiers = [Identifier(scheme="LEI", value=lei)]
    if number:
        identifiers.append(Identifier(scheme=authority or "registration number", value=number))
    return Entity(
        head=_head(where, f"gleif:{lei}", row, true_on=_day(row.get("Entity.EntityCreationDate", ""))),
        party=lei,
        name=row["Entity.LegalName"],
        type=_TYPES.get(row.get("Entity.EntityCategory", ""), "company"),
        jurisdiction=row.get("Entity.LegalJurisdiction", ""),
        names=tuple(name for name in other if name),
        identifiers=tuple(identifiers),
    )


def _relationship(where: Place, row: Row) -> Holding:
    child, parent = _lei(row["Relationship.StartNode.NodeID"]), _lei(row["Relationship.EndNode.NodeID"])
    kind = row["Relationship.RelationshipType"]
    start, end = _period(row)
    until = end or (_day(row.get("Registration.LastUpdateDate", "")) if _is_over(row) else None)
    return Holding(
        head=_head(where, f"gleif:{child}:{kind}:{parent}", row, true_on=_day(start), until=_as_when(until)),
        holder=parent,
        issuer=child,
        words=_WORDS.get(kind, kind.lower().replace("_", " ")),
        direct="no",
    )


def _as_when(until: When | str | None) -> When | None:
    return _day(until) if isinstance(until, str) else until


def _is_over(row: Row) -> bool:
    return row.get("Relationship.RelationshipStatus") == "INACTIVE"


def _period(row: Row) -> tuple[str, str]:
    for number in range(1, 6):
        if row.get(f"Relationship.Period.{number}.periodType") == "RELATIONSHIP_PERIOD":
            key = f"Relationship.Period.{number}"
            return row.get(f"{key}.startDate", ""), row.get(f"{key}.endDate", "")
    return "", ""


def _exception(where: Place, row: Row) -> Remark:
    lei = _lei(row.get("LEI", ""))
    category = row.get("ExceptionCategory") or row.get("Exception.Category", "")
    reasons = [text for name, text in row.items() if _REASON.fullmatch(name) and text]
    return Remark(
        head=_head(where, f"gleif:{lei}:{category}", row, true_on=None),
        about=(lei,),
        predicate="reporting-exception",
        text=f"{category}: {', '.join(reasons)}".strip(": "),
    )


_REASON = re.compile(r"Exception\.?Reason(?:\.\d+)?")
