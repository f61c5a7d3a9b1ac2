"""One line of BODS after the other into rows, without records: whatever is plain, from 0.2 to 0.4.

A statement is plain when all that bears on a ledger has the type that the standard gives it. Each text that repeats
(a date, a share, a source) is translated once, by the functions of :mod:`crosstie.formats.bods.reading`. Any other
line is read by that module, with the same memory, in its turn.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from crosstie.formats.bods import reading
from crosstie.formats.bods.reading import Memory
from crosstie.formats.bods.typed import Details, End, IdentifierSaid, Kind, Typed
from crosstie.formats.malformed import MALFORMED
from crosstie.formats.streams import json_line
from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
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

_MOST_KEPT, _FEW_DIGITS = 100_000, 10**15
LONG, _DEEP = 2_000, 300  # what is shorter can be neither nested too deeply nor hold too long a number
LONGEST_ID = 150  # what is added to it still makes an id
_LONG_NUMBER = re.compile(rb"\d{1000}")


class NotPlainError(Exception):
    """A statement that the record reader has to read."""


@dataclass(slots=True)
class Codes:
    """Values by what was written, each translated once."""

    translate: Callable[[Any], Any]
    codes: dict[Any, int] = field(default_factory=dict)
    values: list[Any] = field(default_factory=list)

    def of(self, written: Any) -> int:  # noqa: ANN401 (a text or several)
        """The number of what this says."""
        code = self.codes.get(written)
        if code is None:
            code = self.codes[written] = self.put(self.translate(written))
        return code

    def put(self, value: Any) -> int:  # noqa: ANN401 (a value of the ledger)
        """The number of one more value."""
        self.values.append(value)
        return len(self.values) - 1


@dataclass(slots=True)
class Part:
    """One part of the amounts (share, votes or words): its different values, and which of them each amount has."""

    codes: dict[Any, int] = field(default_factory=dict)
    values: list[Any] = field(default_factory=list)
    of_amounts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(self, values: Sequence[Interval | str | None]) -> None:
        """The parts of more amounts; a share that was read once is one object."""
        new = []
        for value in values:
            key = id(value) if isinstance(value, Interval) else value
            if key not in self.codes:
                self.codes[key] = len(self.values)
                self.values.append(value)
            new.append(self.codes[key])
        self.of_amounts = np.concatenate([self.of_amounts, np.array(new, np.int64)])


_Head = tuple[str, int, str | None, int]  # the statement's id, its day (a code), its sources (text), its line
Row = tuple[Any, ...]


@dataclass(slots=True)
class Pile:
    """What has been read and not yet handed over, and what must be kept while statements stream by."""

    file: str
    memory: Memory = field(default_factory=Memory)
    entities: list[Row] = field(default_factory=list)
    holdings: list[Row] = field(default_factory=list)
    retractions: list[Row] = field(default_factory=list)
    days: Codes = field(default_factory=lambda: Codes(reading.day_of))
    ends: Codes = field(default_factory=lambda: Codes(_end_day))
    amounts: Codes = field(default_factory=lambda: Codes(_amounts))
    parts: tuple[Part, Part, Part] = field(default_factory=lambda: (Part(), Part(), Part()))
    cited: dict[tuple[str, ...], str] = field(default_factory=dict)  # sources that were handed over


def read_line(path: Path, number: int, raw: bytes, pile: Pile) -> Iterator[Source | Problem]:
    """Put what a line says on the pile; its sources, if they are new, and its problems."""
    try:
        check_bytes(raw)
        new = _put(_DECODE(raw), number, pile)
    except (NotPlainError, *MALFORMED):
        yield from _by_record(path, number, raw, pile)
    else:
        if new is not None:
            yield new


_DECODE = msgspec.json.Decoder(Typed).decode


def check_bytes(raw: bytes) -> None:
    """Refuse what Python's own reader refuses and a faster one may pass over: bad UTF-8, deep nesting, long numbers."""
    if not raw.isascii():
        raw.decode()
    if len(raw) > LONG and (raw.count(b"{") + raw.count(b"[") > _DEEP or _LONG_NUMBER.search(raw)):
        raise NotPlainError


def _put(said: Typed, number: int, pile: Pile) -> Source | None:
    """Put a plain statement on the pile; its source, if that is new.

    Of a statement that turns out not to be plain nothing is kept: all is decided before anything is put.
    """
    identity = said.statement_id or said.old_id
    if not identity or identity in pile.memory.seen or bytes(said.annotations) not in _NOTHING:
        raise NotPlainError
    check_ids(identity)
    put = _KINDS[said.record_type or said.statement_type or ""]
    details = said if said.record_details is msgspec.UNSET else said.record_details
    cited, new = _source(said, number, pile)
    has_said = put(said, details, (identity, pile.days.of(said.statement_date), cited, number), pile)
    pile.memory.seen.add(identity)
    if new is None or not has_said:
        return None
    pile.memory.sources.add(new.id)
    return new


def _source(said: Typed, number: int, pile: Pile) -> tuple[str | None, Source | None]:
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
    text = list_text((found.id,))
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


def _entity(said: Typed, details: Details, head: _Head, pile: Pile) -> bool:
    kind = details.entity_type
    written = kind.type if isinstance(kind, Kind) else kind
    return _party(said, details, head, pile, (written, details.name, details.alternate_names))


def _person(said: Typed, details: Details, head: _Head, pile: Pile) -> bool:
    names = [name.full_name for name in details.names or () if name.full_name is not None]
    return _party(said, details, head, pile, (details.person_type, names[0] if names else None, names[1:]))


def _party(said: Typed, details: Details, head: _Head, pile: Pile, called: tuple[Any, ...]) -> bool:
    kind, name, others = called
    party = _party_id(said, head[0], pile.memory)
    check_ids(party)
    _check_texts(name or "", *(others or ()))
    since, place = pile.days.of(details.founding_date), _place(details)
    names = list_text(others) if others else None
    identifiers = _identifiers(details.identifiers) if details.identifiers else None
    if not said.record_id:
        pile.memory.party_of[head[0]] = party
    type_ = TYPES.get(kind, "unknown")
    pile.entities.append((*head, since, None, party, name or None, type_, place, names, identifiers))
    return True


TYPES: dict[str | None, str | None] = {  # companies are the default
    **{said: None if kind == "company" else kind for said, kind in reading.PARTY_TYPES.items()}
}


def _place(details: Details) -> str | None:
    one, other = details.incorporated_in_jurisdiction, details.jurisdiction
    if one and other and not one.code:
        raise NotPlainError  # which of them counts depends on what else they say
    place = one or other
    if place is None or not place.code:
        return None
    _check_texts(place.code)
    return place.code


def list_text(values: Sequence[str]) -> str:
    """A list as a register keeps it."""
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
            raise NotPlainError


def check_ids(*ids: str) -> None:
    """An id that would be changed or refused before it is kept is not plain."""
    for each in ids:
        if not each or len(each) > LONGEST_ID or each[0] == " " or each[-1] == " " or not each.isprintable():
            raise NotPlainError


_NOTHING = (b"", b"[]", b"null")


def _relationship(said: Typed, details: Details, head: _Head, pile: Pile) -> bool:
    if bytes(details.component_record_ids) not in _NOTHING:
        raise NotPlainError
    memory, identity = pile.memory, head[0]
    record = _party_id(said, identity, memory)
    issuer, first = _end(details.subject, "subject", head, pile)
    holder, second = _end(details.interested_party, "interestedParty", head, pile)
    replaced = memory.holdings_of(record)
    check_ids(issuer, holder, *replaced)
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


def _end(said: str | End | None, role: str, head: _Head, pile: Pile) -> tuple[str, tuple[Row, ...]]:
    """The party at one end of a relationship; one that is not specified is an unknown party of its own."""
    if isinstance(said, str) and said:
        return said, ()
    if not isinstance(said, End):
        raise NotPlainError
    identity, *rest = head
    for named in (said.described_by_entity_statement, said.described_by_person_statement):
        if named == identity:
            raise NotPlainError
        if named is not None:
            return pile.memory.party_of.get(named, named), ()
    name, described = unspecified(said)
    party = f"unspecified:{identity}:{role}"
    row = f"{identity}#{role}", *rest, pile.days.of(None), described, party, name, "unknown", None, None, None
    return party, (row,)


def unspecified(said: End) -> tuple[str, str | None]:
    """The name of a party that is not specified, and why it is not."""
    why = said.unspecified or said
    name = f"Unspecified ({why.reason or 'unknown'})"
    _check_texts(name, why.description or "")
    return name, why.description or None


def nobody(written: str) -> tuple[str, str | None] | None:
    """The same of one end of a relationship as it is written; nothing if it is somebody, or not plain.

    >>> nobody('{"reason": "noBeneficialOwners"}')
    ('Unspecified (noBeneficialOwners)', None)
    """
    try:
        said = _DECODE_END(written)
        if said.described_by_entity_statement is None and said.described_by_person_statement is None:
            return unspecified(said)
    except (NotPlainError, *MALFORMED):
        pass
    return None


_DECODE_END = msgspec.json.Decoder(End).decode


def _holdings(said: Typed, details: Details, pair: tuple[str, str], head: _Head, pile: Pile) -> list[Row]:
    """A row for each group of interests with the same dates and directness."""
    identity, *rest = head
    closed = said.record_status == "closed"
    groups: dict[tuple[str | None, str, str], list[Any]] = {}
    for each in details.interests or ():
        direct = DIRECT.get(each.direct_or_indirect or each.interest_level, "unknown")
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
        (f"{identity}#{n}", *rest, pile.days.of(start), None, pile.ends.of((end, day)), *pair,
         pile.amounts.of(tuple(interests)), direct)
        for n, ((direct, start, end), interests) in enumerate(groups.items(), 1)
    ]  # fmt: skip


DIRECT: dict[str | None, str | None] = {"direct": None, "indirect": "no"}  # direct is the default


def _end_day(written: tuple[str, str | None]) -> When | None:
    end, closed_on = written
    return reading.day_after(reading.day_of(end)) or reading.day_of(closed_on)


_Ends = tuple[float | None, ...]
SHARE = ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


Interests = tuple[tuple[str | None, bytes | _Ends | None], ...] | str
"""The type of each interest, and its share as written or its ends in the order of ``SHARE``; or a text of these."""
BETWEEN, NEXT = "\1", "\2"
"""What stands between the type of an interest and its share, and between interests: no text of JSON has it."""


def _amounts(written: Interests) -> tuple[Interval | None, Interval | None, str]:
    """What interests come to; a text has them one after the other, as JSON has them."""
    interests = (
        written if isinstance(written, tuple) else tuple(map(_interest, filter(None, written.split(NEXT))))
    )
    said = [(kind, share if not isinstance(share, bytes) or share[:1] == b"{" else None)
            for kind, share in interests]  # fmt: skip
    share, votes, words = reading.amounts(said, _interval)
    return share, votes, _words(words)


def _interest(written: str) -> tuple[str | None, bytes]:
    kind, share = written.split(BETWEEN)
    return word(kind) or None, share.encode()


def word(written: str) -> str:
    """A text as JSON has it, without what stands around it; none is an empty one."""
    if written and (written[0] != '"' or "\\" in written):
        raise NotPlainError
    return written[1:-1]


@lru_cache(_MOST_KEPT)
def _interval(written: bytes | _Ends) -> Interval | None:
    said = json.loads(written) if isinstance(written, bytes) else dict(zip(SHARE, written, strict=True))
    found = reading.share_interval(said)
    if not _has_few_digits(found):
        _check_kept(share=found)
    return found


def _has_few_digits(found: Interval | None) -> bool:
    return found is None or all(
        end is None or end.denominator < _FEW_DIGITS for end in (found.low, found.high)
    )


@lru_cache(_MOST_KEPT)
def _words(words: str) -> str:
    _check_kept(words=words)
    return words


def _check_kept(**fields: Any) -> None:  # noqa: ANN401 (fields of any type)
    """What would be changed before it is kept is not plain."""
    said = Holding(head=_NO_HEAD, holder=_NOBODY, issuer=_NOBODY, **fields)
    if list(storable(said)) != [said]:
        raise NotPlainError


_NO_HEAD, _NOBODY = Head(id=StatementId("none")), PartyId("nobody")


_KINDS = {
    "entity": _entity,
    "person": _person,
    "relationship": _relationship,
    "entityStatement": _entity,
    "personStatement": _person,
    "ownershipOrControlStatement": _relationship,
}


def _by_record(path: Path, number: int, raw: bytes, pile: Pile) -> Iterator[Source | Problem]:
    """Have a line read by the record reader; its statements go where the plain ones go."""
    record = json_line(path, number, raw)
    found = reading.read_one(record, pile.memory) if record else ()
    for item in (kept for each in found for kept in storable(each)):
        if isinstance(item, Source | Problem):
            yield item
            continue
        head = item.head
        cited = list_text(head.sources) if head.sources else None
        row = head.id, pile.days.put(head.known_on), cited, number
        match item:
            case Entity():
                pile.entities.append((*row, *_entity_values(item, pile)))
            case Holding():
                pile.holdings.append((*row, *_holding_values(item, pile)))
            case Retraction():
                pile.retractions.append((*row, item.retracts))


def _entity_values(said: Entity, pile: Pile) -> Row:
    identifiers = [(each.scheme, each.value) for each in said.identifiers]
    return (
        pile.days.put(said.head.true_on),
        said.head.note or None,
        said.party,
        said.name or None,
        None if said.type == "company" else said.type,
        said.jurisdiction or None,
        list_text(said.names) if said.names else None,
        _identifiers_text(identifiers),
    )


def _holding_values(said: Holding, pile: Pile) -> Row:
    return (
        pile.days.put(said.head.true_on),
        said.head.note or None,
        pile.ends.put(said.head.until),
        said.holder,
        said.issuer,
        pile.amounts.put((said.share, said.votes, said.words)),
        None if said.direct == "yes" else said.direct,
    )
