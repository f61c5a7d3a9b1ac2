"""ICIJ's Offshore Leaks database as CSV: nodes and relationships, told apart by their columns.

A leak says who was an officer, shareholder or intermediary of what, nearly never how much: a "shareholder of"
becomes a holding without a share, everything else an office or a remark.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from crosstie.formats.delimited import rows
from crosstie.formats.malformed import MALFORMED, malformed
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Certainty,
    Entity,
    Head,
    Holding,
    Identifier,
    Office,
    PartyId,
    PartyType,
    Remark,
    SameAs,
    Source,
    SourceId,
    Statement,
    StatementId,
)
from crosstie.text.problem import Place, Problem

Item = Statement | Source | Problem
Row = Mapping[str, str]

LOSES = (
    "addresses, service providers, status and closing dates",
    "whatever else its columns say",
)


def read(path: Path) -> Iterator[Item]:
    """The statements and problems of one nodes or relationships file."""
    sources: set[str] = set()
    for where, row in rows(path):
        if isinstance(row, Problem):
            yield row
            continue
        try:
            name = row.get("sourceID", "").strip()
            if name and name not in sources:
                sources.add(name)
                yield _source(name, where)
            yield _read(where, row)
        except MALFORMED as error:
            yield malformed("Offshore Leaks row", error, where, "icij")


def _source(name: str, where: Place) -> Source:
    return Source(
        id=_source_id(name),
        title=name,
        publisher="International Consortium of Investigative Journalists",
        address="https://offshoreleaks.icij.org/",
        kind="leak",
        where=where,
    )


def _source_id(name: str) -> SourceId:
    return SourceId("icij-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"))


def _read(where: Place, row: Row) -> Statement:
    if "rel_type" in row:
        return _relationship(where, row)
    if "node_id" in row:
        return _node(where, row)
    raise KeyError("node_id")


_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def day(text: str) -> When | None:
    """A date as the database writes it: ``23-MAR-2006`` or ``2006-03-23``; what is no date is none.

    >>> day("23-MAR-2006").text, day("not known")
    ('2006-03-23', None)
    """
    match = re.fullmatch(r"(\d{1,2})-([A-Z]{3})-(\d{4})", text.strip().upper(), re.ASCII)
    if match and match[2] in _MONTHS:
        text = f"{match[3]}-{_MONTHS.index(match[2]) + 1:02d}-{int(match[1]):02d}"
    try:
        return When.parse(text.strip()) if text.strip() else None
    except ValueError:
        return None


def _head(where: Place, identity: str, row: Row, *, start: str = "", end: str = "") -> Head:
    source = row.get("sourceID", "").strip()
    return Head(
        id=StatementId(identity),
        true_on=day(row.get(start, "")) if start else None,
        until=day(row.get(end, "")) if end else None,
        certainty=Certainty.SECOND_HAND,
        sources=(_source_id(source),) if source else (),
        note=row.get("note", "") or row.get("valid_until", ""),
        where=where,
    )


def _party(node: str) -> PartyId:
    return PartyId(f"icij-{node.strip()}")


def _node(where: Place, row: Row) -> Entity:
    node = row["node_id"]
    is_entity = "incorporation_date" in row or "jurisdiction" in row
    kind: PartyType = "company" if is_entity else "unknown"
    place = (row.get("jurisdiction") or row.get("country_codes") or "").split(";")[0]
    others = (row.get("original_name", ""), row.get("former_name", ""))
    return Entity(
        head=_head(where, f"icij:{node}", row, start="incorporation_date"),
        party=_party(node),
        name=row.get("name", ""),
        type=kind,
        jurisdiction=place if re.fullmatch(r"[A-Z]{2,3}", place) else "",
        names=tuple(name for name in others if name and name != row.get("name")),
        identifiers=(Identifier(scheme="ICIJ", value=node.strip()),),
    )


def _relationship(where: Place, row: Row) -> Statement:
    first, second = _party(row["node_id_start"]), _party(row["node_id_end"])
    kind, link = row["rel_type"].strip(), row.get("link", "").strip()
    head = _head(where, f"icij:{first}:{kind}:{link}:{second}", row, start="start_date", end="end_date")
    if kind == "officer_of" and re.search(r"shareholder|owner|beneficia", link, re.IGNORECASE):
        return Holding(head=head, holder=first, issuer=second, words=link, direct="unknown")
    if kind in {"officer_of", "intermediary_of"}:
        return Office(head=head, person=first, body=second, role=link or kind.replace("_", " "))
    if kind in {"same_as", "same_company_as", "same_id_as"}:
        return SameAs(head=head, party=first, other=second, judged_by="ICIJ")
    return Remark(head=head, about=(first, second), predicate=kind, text=link or kind.replace("_", " "))
