"""Many statements of version 0.4 at once, as columns: what is the same in many is translated once.

Here nothing depends on what was said before; which rows can be taken is said in ``plain``, and the others are for
:mod:`crosstie.formats.bods.plain`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crosstie.formats.bods import dates, reading
from crosstie.formats.bods.plain import LONGEST_ID, SHARE, TYPES, Codes, Interests, NotPlainError, list_text
from crosstie.formats.malformed import MALFORMED
from crosstie.ledger.batch import Coded, Dated
from crosstie.ledger.statements import Source
from crosstie.text.problem import NOWHERE

Numbers = NDArray[np.int64]
_MOST_INTERESTS = 4
_RELATIONSHIP = 2
_KINDS = {"entity": 0, "person": 1, "relationship": _RELATIONSHIP}
_CHANGED = r"[\x00-\x1f\x7f-\x9f\x{2028}\x{2029}\x{fffe}\x{ffff}]|^[\s\pZ]|[\s\pZ]$"
"""What makes a text not be kept as it is: control characters, and space around it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table: which statement each is of, and its columns."""

    of: Numbers
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements side by side; ``source`` numbers the source of each in ``sources``, if it has one.

    ``cited`` has for each of these the list of it as a text.
    """

    plain: NDArray[np.bool_]
    ids: pa.Array
    records: pa.Array
    hashes: tuple[NDArray[np.uint64], NDArray[np.uint64]] | None
    """Of ids and of records, equal where these are; or none, where they would have to be made."""
    days: Dated
    source: Numbers
    sources: list[Source | None]
    cited: list[str | None]
    parties: Rows
    holdings: Rows
    interests: Sequence[Interests | str]
    """The different interests that these relationships state; ``amounts`` of ``holdings`` numbers them."""

    def settled(self, amounts: Codes) -> "Statements":
        """The same with the amounts of ``amounts``, which are kept from one file to its end; a row without is not plain."""
        known = amounts.codes
        codes = np.array(
            [known[said] if said in known else _code_or_none(amounts, said) for said in self.interests],
            np.int64,
        )
        rows, columns = self.holdings.of, self.holdings.columns
        found = codes[columns["amounts"]] if len(codes) else columns["amounts"]
        plain = self.plain.copy()
        plain[rows[found < 0]] = False
        return replace(
            self, plain=plain, holdings=Rows(rows, {**columns, "amounts": Coded(found, amounts.values)})
        )


def translate(table: pa.Table) -> Statements:
    """The rows that these statements make; what they share with others of the file is still to be settled."""
    said = {name: table[name].combine_chunks() for name in table.column_names}
    kinds = by_value(said["recordType"], lambda text: _KINDS.get(text, -1))
    days, plain = dates.dated(said["statementDate"])
    source, sources = _sources(said)
    plain &= (kinds >= 0) & are_ids(said["statementId"]) & are_ids(said["recordId"])
    plain &= flags(said["recordDetails"].is_valid()) & _are_whole(pc.struct_field(said["source"], "type"))
    plain &= _lengths(said["annotations"]) == 0
    of = np.flatnonzero((kinds >= 0) & (kinds != _RELATIONSHIP))
    parties, fine = _parties(said, of, kinds[of])
    plain[of] &= fine
    of = np.flatnonzero(kinds == _RELATIONSHIP)
    holdings, interests, fine = _holdings(said, of, dates.take(days, of))
    plain[of] &= fine
    names = said["statementId"], said["recordId"], None
    return statements(plain, names, days, (source, sources), (parties, holdings, interests))


def statements(
    plain: NDArray[np.bool_],
    names: tuple[pa.Array, pa.Array, tuple[NDArray[np.uint64], NDArray[np.uint64]] | None],
    days: Dated,
    sources: tuple[Numbers, list[Source | None]],
    rows: tuple[Rows, Rows, list[Interests]],
) -> Statements:
    """Statements by the ids and the records that they name, and what has been found of them."""
    cited = [list_text((each.id,)) if each else None for each in sources[1]]
    parties, holdings, interests = rows
    return Statements(plain, *names, days, *sources, cited, parties, holdings, interests)


def by_value(array: pa.Array, translate: Callable[[str], int]) -> Numbers:
    """A number for each text; each different text is translated once, no text as an empty one."""
    found = pc.fill_null(array, "").dictionary_encode()
    numbers = np.array([translate(text) for text in found.dictionary.to_pylist()], np.int64)
    return numbers[found.indices.to_numpy()] if len(numbers) else np.zeros(0, np.int64)


def _code_or_none(codes: Codes, said: Interests | str) -> int:
    try:
        return codes.of(said)
    except (NotPlainError, *MALFORMED):
        return -1


def distinct(array: pa.Array) -> Numbers:
    """A number for each value, the same for the same; no value is one of them."""
    found = array.dictionary_encode().indices
    return np.asarray(pc.add(pc.fill_null(found, -1), 1).to_numpy(), np.int64)


def together(*columns: Numbers) -> tuple[Numbers, Numbers]:
    """A number for each row, the same where all columns are, from 0; and the first row of each."""
    rows = columns[0]
    for column in columns[1:]:
        rows = rows * (int(column.max(initial=0)) + 1) + column
        rows = np.asarray(pa.array(rows).dictionary_encode().indices.to_numpy(), np.int64)
    number = np.asarray(pa.array(rows).dictionary_encode().indices.to_numpy(), np.int64)
    return number, np.flatnonzero(np.diff(np.maximum.accumulate(number), prepend=-1))  # numbered as they come


def are_texts(array: pa.Array) -> NDArray[np.bool_]:
    """Which texts are kept as they are."""
    fine = ~flags(pc.or_(pc.starts_with(array, " "), pc.ends_with(array, " ")))
    others = np.flatnonzero(~(flags(pc.ascii_is_printable(array)) | ~flags(array.is_valid())))
    if len(others):
        fine[others] = ~flags(pc.match_substring_regex(array.take(pa.array(others)), _CHANGED))
    return np.asarray(fine, np.bool_)


def are_ids(array: pa.Array) -> NDArray[np.bool_]:
    """Which texts are ids that are kept as they are."""
    size = pc.fill_null(pc.binary_length(array), 0).to_numpy()
    return np.asarray(are_texts(array) & (size > 0) & (size <= LONGEST_ID), np.bool_)


def flags(array: pa.Array) -> NDArray[np.bool_]:
    """Truth values; none is false."""
    return np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), np.bool_)


def _lengths(array: pa.Array) -> Numbers:
    return np.asarray(pc.fill_null(pc.list_value_length(array), 0).to_numpy(), np.int64)


def _are_whole(lists: pa.Array) -> NDArray[np.bool_]:
    """Which lists have a value in each place."""
    fine = np.ones(len(lists), np.bool_)
    there = flags(lists.flatten().is_valid())
    fine[np.repeat(np.arange(len(lists)), _lengths(lists))[~there]] = False
    return fine


def _said(array: pa.Array, other: pa.Array) -> pa.Array:
    """The text, or where there is none (or an empty one) the other."""
    return pc.if_else(pc.fill_null(pc.greater(pc.binary_length(array), 0), False), array, other)


def _or_none(array: pa.Array) -> pa.Array:
    """The texts; none where one is empty, as that is the default."""
    return _said(array, pa.scalar(None, pa.string()))


def _sources(said: dict[str, pa.Array]) -> tuple[Numbers, list[Source | None]]:
    source = said["source"]
    texts = [
        pc.fill_null(each, "")
        for each in (
            pc.struct_field(source, "description"),
            pc.struct_field(said["publicationDetails"], ["publisher", "name"]),
            pc.struct_field(source, "url"),
            pc.binary_join(pc.struct_field(source, "type"), ", "),
        )
    ]
    number, first = together(flags(source.is_valid()).astype(np.int64), *(distinct(each) for each in texts))
    at = pa.array(first)
    keys = zip(*(each.take(at).to_pylist() for each in texts), strict=True)
    there = source.is_valid().take(at).to_pylist()
    return number, [
        reading.source_of(title, publisher, address, kind, NOWHERE) if is_there else None
        for (title, publisher, address, kind), is_there in zip(keys, there, strict=True)
    ]


_PARTY = (
    "names", "name", "alternateNames", "personType", "entityType", "incorporatedInJurisdiction", "jurisdiction",
    "foundingDate", "identifiers",
)  # fmt: skip
_RELATION = ("subject", "interestedParty", "interests", "componentRecordIDs")


def _chosen(details: pa.Array, names: Sequence[str], rows: pa.Array) -> pa.Array:
    """Some rows and some fields of the details, none where there are no details."""
    return pa.StructArray.from_arrays([pc.struct_field(details, name).take(rows) for name in names], names)


def _parties(said: dict[str, pa.Array], of: Numbers, kinds: Numbers) -> tuple[Rows, NDArray[np.bool_]]:
    at = pa.array(of)
    details = _chosen(said["recordDetails"], _PARTY, at)
    is_person = kinds == 1
    names = pc.struct_field(details, "names")
    first = pc.struct_field(_first(names), "fullName")
    name = pc.if_else(pa.array(is_person), first, pc.struct_field(details, "name"))
    kind = pc.if_else(
        pa.array(is_person),
        pc.struct_field(details, "personType"),
        pc.struct_field(details, ["entityType", "type"]),
    )
    one, other = (pc.struct_field(details, each) for each in ("incorporatedInJurisdiction", "jurisdiction"))
    code = pc.struct_field(pc.if_else(one.is_valid(), one, other), "code")
    since, fine = dates.dated(pc.struct_field(details, "foundingDate"))
    identifiers, ordinary = _identifiers(pc.struct_field(details, "identifiers"))
    fine &= ordinary & are_texts(name) & are_texts(code)
    fine &= ~(flags(one.is_valid()) & flags(other.is_valid()))  # which counts depends on what else they say
    fine &= (_lengths(names) < 2) | ~is_person
    fine &= (_lengths(pc.struct_field(details, "alternateNames")) == 0) | is_person
    type_ = by_value(kind, kind_of_party)
    none = pa.nulls(len(of), pa.string())
    columns = {
        "id": said["statementId"].take(at),
        "true_on": since,
        "note": none,
        "party": said["recordId"].take(at),
        "name": _or_none(name),
        "type": pa.array(KINDS_OF_PARTY, pa.string()).take(pa.array(type_)),
        "jurisdiction": _or_none(code),
        "names": none,
        "identifiers": identifiers,
    }
    return Rows(of, columns), fine


KINDS_OF_PARTY = tuple(dict.fromkeys(TYPES.values()))


def kind_of_party(text: str) -> int:
    """The number of what kind of party this is."""
    return KINDS_OF_PARTY.index(TYPES.get(text, "unknown"))


def _first(lists: pa.Array) -> pa.Array:
    """The first of each list, or none."""
    sizes = _lengths(lists)
    begins = pa.array(np.cumsum(sizes) - sizes, mask=sizes == 0)
    return lists.flatten().take(begins)


def _identifiers(lists: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """The identifiers of each party as the text of a list, and whether nothing in it is out of the ordinary."""
    each, sizes = lists.flatten(), _lengths(lists)
    value = pc.struct_field(each, "id")
    scheme = _said(
        _said(pc.struct_field(each, "scheme"), pc.struct_field(each, "schemeName")), pa.scalar("unknown")
    )
    odd = ~(are_texts(value) & are_texts(scheme)) | ~flags(pc.greater(pc.binary_length(value), 0))
    for text in (value, scheme):
        odd |= flags(pc.match_substring_regex(text, r'["\\]'))
    parts = pc.binary_join_element_wise(
        '{"scheme": "', scheme, '", "value": "', value, '"}', "", null_handling="replace"
    )
    offsets = pa.array(np.concatenate([[0], np.cumsum(sizes)]), pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, parts), ", ")
    texts = pc.binary_join_element_wise("[", joined, "]", "")
    fine = np.ones(len(lists), np.bool_)
    fine[np.repeat(np.arange(len(lists)), sizes)[odd]] = False
    return pc.if_else(pa.array(sizes > 0), texts, pa.scalar(None, pa.string())), fine


def _holdings(
    said: dict[str, pa.Array], of: Numbers, days: Dated
) -> tuple[Rows, list[Interests], NDArray[np.bool_]]:
    """One row for each relationship whose interests go together, and which different interests there are."""
    at = pa.array(of)
    details = _chosen(said["recordDetails"], _RELATION, at)
    issuer, holder = pc.struct_field(details, "subject"), pc.struct_field(details, "interestedParty")
    closed = pc.fill_null(pc.equal(said["recordStatus"].take(at), "closed"), False)
    lists = pc.struct_field(details, "interests")
    sizes, interests = _lengths(lists), lists.flatten()
    begins = np.cumsum(sizes) - sizes
    fine = are_ids(issuer) & are_ids(holder) & (_lengths(pc.struct_field(details, "componentRecordIDs")) == 0)
    fine &= (sizes <= _MOST_INTERESTS) & ~(flags(closed) & (sizes == 0)) & _are_whole(lists)
    level = _said(pc.struct_field(interests, "directOrIndirect"), pc.struct_field(interests, "interestLevel"))
    words = list(DIRECT)
    direct = by_value(level, lambda text: words.index(reading.direct_of(text)))
    start, end = (_or_none(pc.struct_field(interests, f"{each}Date")) for each in ("start", "end"))
    group, _ = together(direct, distinct(start), distinct(end))
    parents = np.repeat(np.arange(len(of)), sizes)
    fine[parents[group != group[begins[parents]]]] = False
    has = sizes > 0
    first = pa.array(begins, mask=~has)
    since, begins_well = dates.dated(start.take(first))
    ends, ends_well = dates.dated(end.take(first))
    amounts, written = _amounts(interests, sizes, begins)
    fine &= begins_well & ends_well
    chosen = np.full(len(of), words.index("unknown"))
    chosen[has] = direct[begins[has]]
    columns = {
        "id": pc.binary_join_element_wise(said["statementId"].take(at), "#1", ""),
        "true_on": since,
        "note": pa.nulls(len(of), pa.string()),
        "until": dates.until(ends, closed, days),
        "holder": holder,
        "issuer": issuer,
        "amounts": amounts,
        "direct": pa.array(list(DIRECT.values()), pa.string()).take(pa.array(chosen)),
    }
    return Rows(of, columns), written, fine


DIRECT = {"yes": None, "no": "no", "unknown": "unknown"}  # direct is the default


def _amounts(interests: pa.Array, sizes: Numbers, begins: Numbers) -> tuple[Numbers, list[Interests]]:
    """Which of the different lists of interests each relationship states, and these lists."""
    share = pc.struct_field(interests, "share")
    ends = [distinct(pc.struct_field(share, name)) for name in SHARE]
    type_ = distinct(pc.fill_null(pc.struct_field(interests, "type"), ""))
    each, _ = together(type_, flags(share.is_valid()).astype(np.int64), *ends)
    table = np.zeros((_MOST_INTERESTS, len(sizes)), np.int64)
    for nth in range(_MOST_INTERESTS):
        rows = sizes > nth
        table[nth, rows] = each[begins[rows] + nth] + 1
    number, first = together(*table)
    return number, list(_written(interests, sizes, begins, first))


def _written(interests: pa.Array, sizes: Numbers, begins: Numbers, rows: Numbers) -> Iterator[Interests]:
    """The interests of some relationships as they are written; of very many, the first few."""
    counts = np.minimum(sizes[rows], _MOST_INTERESTS)
    lasts = np.cumsum(counts)
    at = np.repeat(begins[rows] - (lasts - counts), counts) + np.arange(lasts[-1] if len(lasts) else 0)
    chosen = interests.take(pa.array(at))
    kinds, share = (pc.struct_field(chosen, name) for name in ("type", "share"))
    ends = zip(*(pc.struct_field(share, name).to_pylist() for name in SHARE), strict=True)
    said = share.is_valid().to_pylist()
    found = [
        (kind, each if there else None)
        for kind, each, there in zip(kinds.to_pylist(), ends, said, strict=True)
    ]
    for count, last in zip(counts.tolist(), lasts.tolist(), strict=True):
        yield tuple(found[last - count : last])
