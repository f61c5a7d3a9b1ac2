"""BODS JSON lines into batches of columns, many times as fast as record by record, and the same.

A line whose statement is plain (all that bears on a ledger has the type that the standard gives it) becomes
a row by itself; each text that repeats (a date, a share, a source) is translated once, by the functions of
:mod:`crosstie.formats.bods.reading`. Any other line is read by that module, with the same memory, in its turn.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any

import msgspec

from crosstie.formats.bods import reading
from crosstie.formats.bods.reading import Memory
from crosstie.formats.bods.typed import Details, End, IdentifierSaid, Kind, Typed
from crosstie.formats.streams import is_array, json_line, raw_lines
from crosstie.ledger.amounts import Interval
from crosstie.ledger.batch import Batch, Coded
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Certainty,
    Entity,
    Head,
    Holding,
    PartyId,
    Retraction,
    Source,
    StatementId,
)
from crosstie.ledger.storable import storable
from crosstie.text.problem import Place, Problem

Item = reading.Item | Batch

_BATCH = 60_000
_MOST_CODES = 50_000
_LONG, _DEEP = 2_000, 300  # what is shorter can be neither nested too deeply nor hold too long a number
_LONGEST_ID = 150  # what is added to it still makes an id
_LONG_NUMBER = re.compile(rb"\d{1000}")


class _NotPlainError(Exception):
    """A statement that the record reader has to read."""


@dataclass(slots=True)
class _Codes:
    """Values by what was written, each translated once."""

    translate: Callable[[Any], Any]
    codes: dict[Any, int] = field(default_factory=dict)
    values: list[Any] = field(default_factory=list)

    def of(self, written: Any) -> int:  # noqa: ANN401 (a text or several)
        code = self.codes.get(written)
        if code is None:
            code = self.codes[written] = self.put(self.translate(written))
        return code

    def put(self, value: Any) -> int:  # noqa: ANN401 (a value of the ledger)
        self.values.append(value)
        return len(self.values) - 1


_Head = tuple[str, int, str | None, int]  # the statement's id, its day (a code), its sources (text), its line
_Row = tuple[Any, ...]


@dataclass(slots=True)
class _Pile:
    """What has been read and not yet handed over, and what must be kept while statements stream by."""

    file: str
    memory: Memory = field(default_factory=Memory)
    entities: list[_Row] = field(default_factory=list)
    holdings: list[_Row] = field(default_factory=list)
    retractions: list[_Row] = field(default_factory=list)
    days: _Codes = field(default_factory=lambda: _Codes(reading.day_of))
    ends: _Codes = field(default_factory=lambda: _Codes(_end_day))
    amounts: _Codes = field(default_factory=lambda: _Codes(_amounts))
    cited: dict[tuple[str, ...], str] = field(default_factory=dict)  # sources that were handed over


def read(path: Path) -> Iterator[Item]:
    """The statements of a BODS file in batches, its sources and problems one by one."""
    if is_array(path):
        yield from reading.read(path)
        return
    pile = _Pile(str(path))
    decode = msgspec.json.Decoder(Typed).decode
    for line in raw_lines(path):
        if isinstance(line, Problem):
            yield line
            continue
        number, raw = line
        try:
            if len(raw) > _LONG:
                _check_long(raw)
            if not raw.isascii():
                raw.decode()
            new = _put(decode(raw), number, pile)
        except (_NotPlainError, ValueError, KeyError, TypeError, RecursionError):
            yield from _by_record(path, number, raw, pile)
        else:
            if new is not None:
                yield new
        if len(pile.holdings) >= _BATCH or len(pile.entities) >= _BATCH:
            yield from _hand_over(pile)
    yield from _hand_over(pile)


def _check_long(raw: bytes) -> None:
    """Python's own reader refuses what is nested too deeply and numbers of thousands of digits."""
    if raw.count(b"{") + raw.count(b"[") > _DEEP or _LONG_NUMBER.search(raw):
        raise _NotPlainError


def _put(said: Typed, number: int, pile: _Pile) -> Source | None:
    """Put a plain statement on the pile; its source, if that is new.

    Of a statement that turns out not to be plain nothing is kept: all is decided before anything is put.
    """
    identity = said.statement_id or said.old_id
    if not identity or identity in pile.memory.seen:
        raise _NotPlainError
    _check_ids(identity)
    put = _KINDS[said.record_type or said.statement_type or ""]
    details = said if said.record_details is msgspec.UNSET else said.record_details
    cited, new = _source(said, number, pile)
    has_said = put(said, details, (identity, pile.days.of(said.statement_date), cited, number), pile)
    pile.memory.seen.add(identity)
    if new is None or not has_said:
        return None
    pile.memory.sources.add(new.id)
    return new


def _source(said: Typed, number: int, pile: _Pile) -> tuple[str | None, Source | None]:
    """The statement's sources as a text, and the source itself if it is new."""
    source = said.source
    if source is None:
        return None, None
    publisher = said.publication_details and said.publication_details.publisher
    kinds = source.type or ""
    key = (
        source.description or "",
        (publisher.name or "") if publisher else "",
        source.url or "",
        kinds if isinstance(kinds, str) else ", ".join(kinds),
    )
    known = pile.cited.get(key)
    if known:
        return known, None
    found = reading.source_of(*key, Place(pile.file, number))
    text = _list_text((found.id,))
    if found.id not in pile.memory.sources:
        return text, found
    pile.cited[key] = text
    return text, None


def _party_id(said: Typed, identity: str, memory: Memory) -> str:
    """The record's id, or that of the statement first replaced."""
    if said.record_id:
        return said.record_id
    replaced = said.replaces_statements or ()
    return next((memory.party_of[each] for each in replaced if each in memory.party_of), identity)


def _entity(said: Typed, details: Details, head: _Head, pile: _Pile) -> bool:
    kind = details.entity_type
    written = kind.type if isinstance(kind, Kind) else kind
    return _party(said, details, head, pile, (written, details.name, details.alternate_names))


def _person(said: Typed, details: Details, head: _Head, pile: _Pile) -> bool:
    names = [name.full_name for name in details.names or () if name.full_name is not None]
    return _party(said, details, head, pile, (details.person_type, names[0] if names else None, names[1:]))


def _party(said: Typed, details: Details, head: _Head, pile: _Pile, called: tuple[Any, ...]) -> bool:
    kind, name, others = called
    party = _party_id(said, head[0], pile.memory)
    _check_ids(party)
    _check_texts(name or "", *(others or ()))
    since, place = pile.days.of(details.founding_date), _place(details)
    names = _list_text(others) if others else None
    identifiers = _identifiers(details.identifiers) if details.identifiers else None
    if not said.record_id:
        pile.memory.party_of[head[0]] = party
    type_ = _TYPES.get(kind, "unknown")
    pile.entities.append((*head, since, None, party, name or None, type_, place, names, identifiers))
    return True


_TYPES: dict[str | None, str | None] = {  # companies are the default
    **{said: None if kind == "company" else kind for said, kind in reading.PARTY_TYPES.items()}
}


def _place(details: Details) -> str | None:
    one, other = details.incorporated_in_jurisdiction, details.jurisdiction
    if one and other and not one.code:
        raise _NotPlainError  # which of them counts depends on what else they say
    place = one or other
    if place is None or not place.code:
        return None
    _check_texts(place.code)
    return place.code


def _list_text(values: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, values))}]"


def _identifiers_text(found: list[tuple[str, str]]) -> str | None:
    parts = [f'{{"scheme": {quoted(scheme)}, "value": {quoted(value)}}}' for scheme, value in found]
    return f"[{', '.join(parts)}]" if parts else None


def _identifiers(said: list[IdentifierSaid]) -> str | None:
    found = [(each.scheme or each.scheme_name or "unknown", each.id) for each in said if each.id]
    for pair in found:
        _check_texts(*pair)
    return _identifiers_text(found)


def _check_texts(*texts: str) -> None:
    """A text that would be changed before it is kept (space around it, a control character) is not plain."""
    for text in texts:
        if text and (text[0] == " " or text[-1] == " " or not text.isprintable()):
            raise _NotPlainError


def _check_ids(*ids: str) -> None:
    for each in ids:
        if not each or len(each) > _LONGEST_ID or each[0] == " " or each[-1] == " " or not each.isprintable():
            raise _NotPlainError


_NO_COMPONENTS = (b"", b"[]", b"null")


def _relationship(said: Typed, details: Details, head: _Head, pile: _Pile) -> bool:
    if bytes(details.component_record_ids) not in _NO_COMPONENTS:
        raise _NotPlainError
    memory, identity = pile.memory, head[0]
    record = _party_id(said, identity, memory)
    issuer, first = _end(details.subject, "subject", head, pile)
    holder, second = _end(details.interested_party, "interestedParty", head, pile)
    replaced = memory.said_of.get(record, ())
    _check_ids(issuer, holder, *replaced)
    rows = _holdings(said, details, (holder, issuer), head, pile)
    if not said.record_id:
        memory.party_of[identity] = record
    for n, statement in enumerate(replaced, 1):
        pile.retractions.append((f"{identity}#replaces-{n}", *head[1:], statement))
    pile.entities += first
    pile.entities += second
    pile.holdings += rows
    memory.said_of[record] = tuple([row[0] for row in rows])
    return bool(rows or replaced or first or second)


def _end(said: str | End | None, role: str, head: _Head, pile: _Pile) -> tuple[str, tuple[_Row, ...]]:
    """The party at one end of a relationship; one that is not specified is an unknown party of its own."""
    if isinstance(said, str) and said:
        return said, ()
    if not isinstance(said, End):
        raise _NotPlainError
    identity, *rest = head
    for named in (said.described_by_entity_statement, said.described_by_person_statement):
        if named == identity:
            raise _NotPlainError
        if named is not None:
            return pile.memory.party_of.get(named, named), ()
    why = said.unspecified or said
    party = f"unspecified:{identity}:{role}"
    name = f"Unspecified ({why.reason or 'unknown'})"
    described = why.description or None
    _check_texts(name, described or "")
    row = f"{identity}#{role}", *rest, pile.days.of(None), described, party, name, "unknown", None, None, None
    return party, (row,)


def _holdings(said: Typed, details: Details, pair: tuple[str, str], head: _Head, pile: _Pile) -> list[_Row]:
    """A row for each group of interests with the same dates and directness."""
    identity, *rest = head
    closed = said.record_status == "closed"
    groups: dict[tuple[str | None, str, str], list[Any]] = {}
    for each in details.interests or ():
        direct = _DIRECT.get(each.direct_or_indirect or each.interest_level, "unknown")
        key = direct, each.start_date or "", each.end_date or ""
        amount = each.type, bytes(each.share)
        if key in groups:
            groups[key].append(amount)
        else:
            groups[key] = [amount]
    if not groups and not closed:
        groups["unknown", "", ""] = []
    day = said.statement_date if closed else None
    return [
        (f"{identity}#{n}", *rest, pile.days.of(start), pile.ends.of((end, day)), *pair,
         pile.amounts.of(tuple(interests)), direct)
        for n, ((direct, start, end), interests) in enumerate(groups.items(), 1)
    ]  # fmt: skip


_DIRECT: dict[str | None, str | None] = {"direct": None, "indirect": "no"}  # direct is the default


def _end_day(written: tuple[str, str | None]) -> When | None:
    end, closed_on = written
    return reading.day_after(reading.day_of(end)) or reading.day_of(closed_on)


def _amounts(interests: tuple[tuple[str | None, bytes], ...]) -> tuple[Interval | None, Interval | None, str]:
    share, votes, words = reading.amounts(
        [{"type": kind, "share": json.loads(share) if share else None} for kind, share in interests]
    )
    said = Holding(head=_NO_HEAD, holder=_NOBODY, issuer=_NOBODY, share=share, votes=votes, words=words)
    if list(storable(said)) != [said]:
        raise _NotPlainError
    return share, votes, words


_NO_HEAD, _NOBODY = Head(id=StatementId("none")), PartyId("nobody")


_KINDS = {
    "entity": _entity,
    "person": _person,
    "relationship": _relationship,
    "entityStatement": _entity,
    "personStatement": _person,
    "ownershipOrControlStatement": _relationship,
}


def _by_record(path: Path, number: int, raw: bytes, pile: _Pile) -> Iterator[Source | Problem]:
    """Have a line read by the record reader; its statements go where the plain ones go."""
    record = json_line(path, number, raw)
    found = reading.read_one(record, pile.memory) if record else ()
    for item in (kept for each in found for kept in storable(each)):
        if isinstance(item, Source | Problem):
            yield item
            continue
        head = item.head
        cited = _list_text(head.sources) if head.sources else None
        row = head.id, pile.days.put(head.known_on), cited, number
        match item:
            case Entity():
                pile.entities.append((*row, *_entity_values(item, pile)))
            case Holding():
                pile.holdings.append((*row, *_holding_values(item, pile)))
            case Retraction():
                pile.retractions.append((*row, item.retracts))


def _entity_values(said: Entity, pile: _Pile) -> _Row:
    identifiers = [(each.scheme, each.value) for each in said.identifiers]
    return (
        pile.days.put(said.head.true_on),
        said.head.note or None,
        said.party,
        said.name or None,
        None if said.type == "company" else said.type,
        said.jurisdiction or None,
        _list_text(said.names) if said.names else None,
        _identifiers_text(identifiers),
    )


def _holding_values(said: Holding, pile: _Pile) -> _Row:
    return (
        pile.days.put(said.head.true_on),
        pile.ends.put(said.head.until),
        said.holder,
        said.issuer,
        pile.amounts.put((said.share, said.votes, said.words)),
        None if said.direct == "yes" else said.direct,
    )


_HEAD = ("id", "known_on", "sources", "line")
_NAMES = {
    "entity": (*_HEAD, "true_on", "note", "party", "name", "type", "jurisdiction", "names", "identifiers"),
    "holding": (*_HEAD, "true_on", "until", "holder", "issuer", "amounts", "direct"),
    "retraction": (*_HEAD, "retracts"),
}


def _hand_over(pile: _Pile) -> Iterator[Batch]:
    """What is on the pile, as one batch for each kind."""
    for kind, rows in (
        ("entity", pile.entities),
        ("holding", pile.holdings),
        ("retraction", pile.retractions),
    ):
        if rows:
            yield _batch(kind, rows, pile)
            rows.clear()
    for codes in (pile.days, pile.ends, pile.amounts):
        if len(codes.values) > _MOST_CODES:
            codes.codes, codes.values = {}, []
    if len(pile.cited) > _MOST_CODES:
        pile.cited.clear()


def _batch(kind: str, rows: list[_Row], pile: _Pile) -> Batch:
    columns: dict[str, Any] = dict(zip(_NAMES[kind], zip(*rows, strict=True), strict=True))
    lines = columns.pop("line")
    for name, codes in (("known_on", pile.days), ("true_on", pile.days), ("until", pile.ends)):
        if name in columns:
            columns[name] = Coded(columns[name], codes.values)
    if amounts := columns.pop("amounts", ()):
        said = zip(*pile.amounts.values, strict=True)
        columns |= {
            name: Coded(amounts, values)
            for name, values in zip(("share", "votes", "words"), said, strict=True)
        }
    return Batch(kind, pile.file, lines, columns, {"certainty": Certainty.FIRST_HAND})
