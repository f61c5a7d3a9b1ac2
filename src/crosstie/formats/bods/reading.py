"""BODS statements into ledger statements.

A record's later statement replaces its earlier ones from the day it was made (``statementDate``): each
earlier holding is retracted from that day, so that both clocks answer as the register would have.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from crosstie.formats.malformed import MALFORMED, malformed
from crosstie.formats.streams import Record, json_records
from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Certainty,
    Entity,
    Head,
    Holding,
    Identifier,
    PartyId,
    PartyType,
    Retraction,
    Source,
    SourceId,
    Statement,
    StatementId,
)
from crosstie.text.problem import Place, Problem, cited

Item = Statement | Source | Problem

LOSES = (
    "addresses, nationalities, birth dates, tax residencies and political exposure",
    "which body published the data",
    "the share of an interest that is neither a shareholding nor votes",
    "who is a beneficial owner: a rule says that (crosstie rules)",
)

PARTY_TYPES: dict[str, PartyType] = {
    "registeredEntity": "company",
    "legalEntity": "company",
    "arrangement": "trust",
    "trust": "trust",
    "anonymousEntity": "unknown",
    "unknownEntity": "unknown",
    "state": "state",
    "stateBody": "state",
    "knownPerson": "person",
    "anonymousPerson": "unknown",
    "unknownPerson": "unknown",
}


@dataclass(slots=True)
class Memory:
    """What must be kept while statements stream by.

    ``said_of`` has for each record its holdings, or the id of a statement that is one holding alone.
    """

    party_of: dict[str, str] = field(default_factory=dict)  # 0.2, 0.3: statement id -> party id
    said_of: dict[str, str | tuple[StatementId, ...]] = field(default_factory=dict)
    sources: set[SourceId] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def holdings_of(self, record: str) -> tuple[StatementId, ...]:
        """The holdings that were last said of a record."""
        said = self.said_of.get(record, ())
        return (StatementId(f"{said}#1"),) if isinstance(said, str) else said


def read(path: Path) -> Iterator[Item]:
    """The statements, sources and problems of a BODS file (JSON array or JSON lines)."""
    memory = Memory()
    for record in json_records(path):
        yield from read_one(record, memory)


def read_one(record: Record | Problem, memory: Memory) -> Iterator[Item]:
    """What one object says, after what is in memory."""
    if isinstance(record, Problem):
        yield record
        return
    try:
        yield from _read(record, memory)
    except MALFORMED as error:
        yield malformed("BODS statement", error, record.where, "bods")


def _read(record: Record, memory: Memory) -> Iterator[Item]:
    value = record.value
    identity = _text(value, "statementId") or _text(value, "statementID")
    if not identity:
        raise KeyError("statementId")
    if identity in memory.seen:
        yield Problem(
            f"statement {cited(identity, 80)} comes twice: the second is skipped",
            record.where,
            "duplicate-id",
        )
        return
    memory.seen.add(identity)
    kind = value.get("recordType") or value.get("statementType")
    if kind not in _KINDS:
        yield Problem(f"no BODS kind of statement: {cited(str(kind))}: skipped", record.where, "bods")
        return
    yield from _KINDS[kind](_Context(value, identity, record.where, memory))


@dataclass(frozen=True, slots=True)
class _Context:
    value: dict[str, Any]
    identity: str
    where: Place
    memory: Memory

    @property
    def details(self) -> dict[str, Any]:
        details = self.value.get("recordDetails", self.value)
        if not isinstance(details, dict):
            raise TypeError("recordDetails is no object")
        return details


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    if found is not None and not isinstance(found, str):
        raise TypeError(f"{key} is not a text but {found!r}"[:120])
    return found or ""


def day_of(text: object) -> When | None:
    """A date as written, to the day, month or year; a time of day is dropped."""
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise TypeError(f"a date is not a text but {text!r}"[:120])
    return When.parse(text.partition("T")[0])


def _source(context: _Context) -> Iterator[Source]:
    source = context.value.get("source")
    if not isinstance(source, dict):
        return
    published = context.value.get("publicationDetails") or {}
    publisher = (published.get("publisher") or {}) if isinstance(published, dict) else {}
    kinds = source.get("type") or []
    title, address = str(source.get("description") or ""), str(source.get("url") or "")
    name = str(publisher.get("name") or "") if isinstance(publisher, dict) else ""
    kind = ", ".join(map(str, kinds)) if isinstance(kinds, list) else str(kinds)
    yield source_of(title, name, address, kind, context.where)


def source_of(title: str, publisher: str, address: str, kind: str, where: Place) -> Source:
    """A source, with an id that follows from what it is."""
    said = json.dumps([title, publisher, address, kind]).encode()
    identity = SourceId(f"bods-{hashlib.sha256(said).hexdigest()[:12]}")
    return Source(id=identity, title=title, publisher=publisher, address=address, kind=kind, where=where)


def _head(
    context: _Context,
    suffix: str = "",
    *,
    true_on: When | None = None,
    until: When | None = None,
    note: str = "",
) -> tuple[Head, tuple[Source, ...]]:
    sources = tuple(_source(context))
    known = day_of(context.value.get("statementDate"))
    head = Head(
        id=StatementId(context.identity + suffix),
        known_on=known,
        certainty=Certainty.FIRST_HAND,
        sources=tuple(source.id for source in sources),
        note=note,
        true_on=true_on,
        until=until,
        where=context.where,
    )
    new = tuple(source for source in sources if source.id not in context.memory.sources)
    context.memory.sources.update(source.id for source in new)
    return head, new


def _party_id(context: _Context) -> str:
    """One id for all versions: the record's (0.4), or that of the statement first replaced (0.2, 0.3)."""
    record = _text(context.value, "recordId")
    if record:
        return record
    replaced = context.value.get("replacesStatements") or []
    first = next((context.memory.party_of[r] for r in replaced if r in context.memory.party_of), None)
    party = first or context.identity
    context.memory.party_of[context.identity] = party
    return party


def _entity(context: _Context) -> Iterator[Item]:
    details = context.details
    kind = details.get("entityType")
    name = kind.get("type", "") if isinstance(kind, dict) else kind
    yield from _party(context, str(name), _text(details, "name"), _other_names(details))


def _person(context: _Context) -> Iterator[Item]:
    details = context.details
    names = details.get("names") or []
    full = [n["fullName"] for n in names if isinstance(n, dict) and isinstance(n.get("fullName"), str)]
    yield from _party(context, str(details.get("personType")), full[0] if full else "", tuple(full[1:]))


COMMENT = MappingProxyType({"statementPointerTarget": "", "motivation": "commenting"})
"""What a note is in BODS: a comment on the whole statement."""


_WHOLE = ("", "/", None)  # a JSON pointer to all is empty; some write a slash


def annotated(annotations: object) -> str:
    """What the annotations of a statement say, as a note: of a comment on all of it its words alone.

    >>> annotated([{"statementPointerTarget": "/", "motivation": "commenting", "description": "Checked by hand."}])
    'Checked by hand.'
    >>> annotated([{"motivation": "correcting", "statementPointerTarget": "/recordDetails/name", "createdBy":
    ...     {"name": "Register"}, "creationDate": "2024-02-01", "description": "misspelt"}])
    'correcting /recordDetails/name (Register, 2024-02-01): misspelt'
    """
    found = annotations if isinstance(annotations, list) else []
    return "; ".join(filter(None, (_annotation(each) for each in found if isinstance(each, dict))))


def _annotation(said: dict[str, Any]) -> str:
    words = ", ".join(str(said[key]) for key in ("description", "transformedContent", "url") if said.get(key))
    if (
        set(said) <= {*COMMENT, "description"}
        and said.get("motivation") == COMMENT["motivation"]
        and (said.get("statementPointerTarget") in _WHOLE)
    ):
        return words
    author = said.get("createdBy")
    name = author.get("name") if isinstance(author, dict) else author
    by = ", ".join(str(each) for each in (name, said.get("creationDate")) if each)
    about = " ".join(str(said[key]) for key in ("motivation", "statementPointerTarget") if said.get(key))
    return f"{about}{f' ({by})' if by else ''}: {words}".removesuffix(": ")


def _other_names(details: dict[str, Any]) -> tuple[str, ...]:
    names = details.get("alternateNames") or []
    return tuple(name for name in names if isinstance(name, str))


def _party(context: _Context, kind: str, name: str, names: tuple[str, ...]) -> Iterator[Item]:
    details = context.details
    party = _party_id(context)
    place = details.get("incorporatedInJurisdiction") or details.get("jurisdiction") or {}
    since, note = day_of(details.get("foundingDate")), annotated(context.value.get("annotations"))
    head, sources = _head(context, true_on=since, note=note)
    yield from sources
    yield Entity(
        head=head,
        party=PartyId(party),
        name=name,
        type=PARTY_TYPES.get(kind, "unknown"),
        jurisdiction=str(place.get("code") or "") if isinstance(place, dict) else "",
        names=names,
        identifiers=_identifiers(details),
    )


def _identifiers(details: dict[str, Any]) -> tuple[Identifier, ...]:
    found = details.get("identifiers") or []
    return tuple(
        Identifier(
            scheme=str(item.get("scheme") or item.get("schemeName") or "unknown"), value=str(item["id"])
        )
        for item in found
        if isinstance(item, dict) and item.get("id")
    )


def _relationship(context: _Context) -> Iterator[Item]:
    details, memory = context.details, context.memory
    record = _text(context.value, "recordId") or _first_of_chain(context)
    yield from _retractions(context, memory.holdings_of(record))
    memory.said_of.pop(record, None)
    if details.get("isComponent") is True and details.get("componentRecordIDs"):
        yield Problem("a component that has components: read as it stands", context.where, "bods", "warning")
    issuer = yield from _end(context, details.get("subject"), "subject")
    holder = yield from _end(context, details.get("interestedParty"), "interestedParty")
    said: list[StatementId] = []
    for holding in _holdings(context, PartyId(holder), PartyId(issuer)):
        if isinstance(holding, Holding):
            said.append(holding.head.id)
        yield holding
    memory.said_of[record] = tuple(said)


def _first_of_chain(context: _Context) -> str:
    replaced = context.value.get("replacesStatements") or []
    record = next(
        (context.memory.party_of[r] for r in replaced if r in context.memory.party_of), context.identity
    )
    context.memory.party_of[context.identity] = record
    return record


def _retractions(context: _Context, earlier: tuple[StatementId, ...]) -> Iterator[Item]:
    for number, statement in enumerate(earlier, 1):
        head, sources = _head(context, f"#replaces-{number}")
        yield from sources
        yield Retraction(head=head, retracts=statement)


def _end(context: _Context, value: object, role: str) -> Generator[Item, None, str]:
    """The party id at one end of a relationship; an unspecified one becomes an unknown party of its own."""
    if isinstance(value, str) and value:
        return value
    if not isinstance(value, dict):
        raise KeyError(role)
    for key in ("describedByEntityStatement", "describedByPersonStatement"):
        if isinstance(value.get(key), str):
            named = str(value[key])
            return context.memory.party_of.get(named, named)
    inner = value.get("unspecified")
    unspecified = inner if isinstance(inner, dict) else value
    reason = str(unspecified.get("reason") or "unknown")
    party = PartyId(f"unspecified:{context.identity}:{role}")
    head, sources = _head(context, f"#{role}", note=str(unspecified.get("description") or ""))
    yield from sources
    yield Entity(head=head, party=party, name=f"Unspecified ({reason})", type="unknown")
    return party


_Key = tuple[Literal["yes", "no", "unknown"], str, str]


def _holdings(context: _Context, holder: PartyId, issuer: PartyId) -> Iterator[Holding | Source | Problem]:
    groups: dict[_Key, list[dict[str, Any]]] = {}
    for interest in context.details.get("interests") or []:
        if isinstance(interest, dict):
            groups.setdefault(_group(interest), []).append(interest)
    closed = context.value.get("recordStatus") == "closed"
    if not groups and not closed:
        groups["unknown", "", ""] = []
    note = annotated(context.value.get("annotations"))
    for number, ((direct, start, end), interests) in enumerate(groups.items(), 1):
        until = day_after(day_of(end)) or (day_of(context.value.get("statementDate")) if closed else None)
        head, sources = _head(context, f"#{number}", true_on=day_of(start), until=until, note=note)
        yield from sources
        share, votes, words = amounts(
            [(each.get("type"), share_of(each)) for each in interests], share_interval
        )
        yield Holding(
            head=head,
            holder=holder,
            issuer=issuer,
            share=share,
            votes=votes,
            words=words,
            direct=direct,
        )


def amounts(
    interests: Sequence[tuple[object, Any]], interval: Callable[[Any], Interval | None]
) -> tuple[Interval | None, Interval | None, str]:
    """The share, the votes and the other words of interests that are held together.

    Each interest is its type and its share as written, if there is one; ``interval`` reads a share.
    """
    counted: dict[str, Interval | None] = {}
    words: dict[str, None] = {}
    for written, said in interests:
        kind = _kind(written)
        share = interval(said) if kind in _COUNTED and said is not None else None
        if kind in _COUNTED and said is not None:
            counted.setdefault(kind, share)
        if share is None:
            words[kind] = None
    told = ", ".join(words) or ("" if interests else "no interest stated")
    return counted.get("shareholding"), counted.get("votingRights"), told


def share_of(interest: dict[str, Any]) -> dict[str, Any] | None:
    """What an interest says of its share."""
    said = interest.get("share")
    return said if isinstance(said, dict) else None


_COUNTED = ("shareholding", "votingRights")


_OLD_KINDS = {
    "settlor-of-trust": "settlor",
    "trustee-of-trust": "trustee",
    "protector-of-trust": "protector",
    "beneficiary-of-trust": "beneficiaryOfLegalArrangement",
    "other-influence-or-control-of-trust": "otherInfluenceOrControl",
    "influence-or-control": "otherInfluenceOrControl",
}


def _kind(written: object) -> str:
    """The kind as 0.4 spells it; 0.2 wrote words with hyphens, and other ones for trusts."""
    text = str(written or "unknownInterest")
    if text in _OLD_KINDS:
        return _OLD_KINDS[text]
    first, *rest = text.split("-")
    return first + "".join(word.capitalize() for word in rest)


def _group(interest: dict[str, Any]) -> _Key:
    level = interest.get("directOrIndirect") or interest.get("interestLevel")
    return direct_of(level), _text(interest, "startDate"), _text(interest, "endDate")


def direct_of(level: object) -> Literal["yes", "no", "unknown"]:
    """Whether an interest is held directly."""
    return "yes" if level == "direct" else "no" if level == "indirect" else "unknown"


def day_after(day: When | None) -> When | None:
    """The first day on which it is no longer so: the day after the last."""
    if day is None or day.latest is None:
        return None
    return When.on(day.latest + timedelta(days=1)) if day.latest < date.max else None


def share_interval(share: dict[str, Any]) -> Interval | None:
    """BODS percentages as an interval of parts; ends are open where they are said to be exclusive.

    Up to 0.3 ``exclusiveMinimum`` says whether ``minimum`` is exclusive; in 0.4 it is a bound itself.

    >>> print(share_interval({"minimum": 25, "exclusiveMinimum": True, "maximum": 50, "exclusiveMaximum": False}))
    (1/4, 1/2]
    >>> print(share_interval({"exclusiveMinimum": 25, "maximum": 50}))
    (1/4, 1/2]
    """
    if share.get("exact") is not None:
        return Interval.exactly(_part(share["exact"]))
    low, low_open = _bound(share, "minimum", "exclusiveMinimum")
    high, high_open = _bound(share, "maximum", "exclusiveMaximum")
    if low is None and high is None:
        return None
    return Interval(
        Fraction(0) if low is None else low,
        Fraction(1) if high is None else high,
        low_open and low is not None,
        high_open and high is not None,
    )


def _bound(share: dict[str, Any], inclusive: str, exclusive: str) -> tuple[Fraction | None, bool]:
    edge = share.get(exclusive)
    if edge is not None and not isinstance(edge, bool):
        return _part(edge), True
    if share.get(inclusive) is None:
        return None, False
    return _part(share[inclusive]), edge is True


def _part(percentage: object) -> Fraction:
    if isinstance(percentage, bool) or not isinstance(percentage, int | float):
        raise TypeError(f"a share is not a number but {percentage!r}"[:120])
    digits, power = Decimal(str(percentage)).as_integer_ratio()
    part = Fraction(digits, 100 * power)
    if not 0 <= part <= 1:
        raise ValueError(f"a share of {percentage} is not between 0 and 100")
    return part


_KINDS = {
    "entity": _entity,
    "person": _person,
    "relationship": _relationship,
    "entityStatement": _entity,
    "personStatement": _person,
    "ownershipOrControlStatement": _relationship,
}
