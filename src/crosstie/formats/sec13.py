"""SEC Schedules 13D and 13G as the structured XML filed since December 2024.

Beneficial ownership is attributed: one block may be reported by several persons, each with the same shares. A
filing by several persons is therefore one joint holder with the largest block; what each reports is kept as an
indirect holding, which makes no edge. The two schedules name the same things differently; both are read.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

from crosstie.formats.malformed import MALFORMED, reason
from crosstie.formats.streams import read_all
from crosstie.ledger.amounts import Interval, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Certainty,
    Entity,
    Head,
    Holding,
    Identifier,
    PartyId,
    PartyType,
    Source,
    SourceId,
    Statement,
    StatementId,
)
from crosstie.text.problem import CrosstieError, Place, Problem, cited

Item = Statement | Source | Problem

LOSES = (
    "dispositive power, citizenship, source of funds and the text of the items",
    "filings before December 2024, which are text",
)
_LARGEST = 64 * 2**20

# the schedules' own words for one thing, first the 13D's, then the 13G's
_PERSON = ("reportingPersonInfo", "coverPageHeaderReportingPersonDetails")
_NAME = ("reportingPersonName",)
_SHARES = ("aggregateAmountOwned", "reportingPersonBeneficiallyOwnedAggregateNumberOfShares")
_PERCENT = ("percentOfClass", "classPercent")
_VOTES = (("soleVotingPower", "soleVotedPower"), ("sharedVotingPower", "sharedVotedPower"))
_CIK = ("reportingPersonCIK", "reportingPersonCik", "rptOwnerCik")
_ISSUER_CIK = ("issuerCIK", "issuerCik")
_EVENT = ("dateOfEvent", "eventDateRequiresFilingThisStatement")
_CUSIP = ("issuerCUSIP", "issuerCusip", "issuerCusipNumber")


def read(path: Path) -> Iterator[Item]:
    """The statements and problems of one filing's ``primary_doc.xml``.

    Raises
    ------
    CrosstieError
        The file is larger than any filing, or has a document type of its own.
    """
    raw = read_all(path, _LARGEST, "filing")
    if re.search(rb"<!(DOCTYPE|ENTITY)|\0", raw):
        raise CrosstieError(f"{path}: has a document type or is not UTF-8; a filing is neither: not read")
    try:
        root = ET.fromstring(raw)  # noqa: S314 (no document type, so no entities)
        yield from _filing(path, root, hashlib.sha256(raw).hexdigest()[:12])
    except ET.ParseError as error:
        yield Problem(f"not XML: {error}", Place(str(path), error.position[0]), "xml")
    except MALFORMED as error:
        yield Problem(f"not a Schedule 13D or 13G: {reason(error)}", Place(str(path)), "sec13")


def _all(element: ET.Element, names: tuple[str, ...]) -> Iterator[ET.Element]:
    return (each for each in element.iter() if each.tag.rpartition("}")[2] in names)


def _text(element: ET.Element, names: tuple[str, ...]) -> str:
    return next((each.text.strip() for each in _all(element, names) if each.text and each.text.strip()), "")


def _filing(path: Path, root: ET.Element, digest: str) -> Iterator[Item]:
    """What a filing says; it is told by its content, since every one is called ``primary_doc.xml``."""
    cik, name = _text(root, _ISSUER_CIK), _text(root, ("issuerName",))
    persons = list(_all(root, _PERSON))
    if not cik or not persons:
        raise ValueError("it names no issuer" if not cik else "it names no reporting person")
    form = _text(root, ("submissionType",)) or "SCHEDULE 13"
    filed = SourceId(f"sec13-{digest}")
    yield Source(id=filed, title=form, publisher="U.S. Securities and Exchange Commission", kind="filing")
    issuer = _party(cik)
    head = _head(path, filed, _day(_text(root, _EVENT)))
    yield Entity(head=_named(head, "issuer"), party=issuer, name=name, identifiers=_identifiers(root, cik))
    holders = [_person(head, number, each) for number, each in enumerate(persons, 1)]
    yield from holders
    for number, (holder, each) in enumerate(zip(holders, persons, strict=True), 1):
        direct = len(persons) == 1
        yield _holding(_named(head, f"holds-{number}"), holder.party, issuer, each, direct=direct)
    if len(persons) > 1:
        yield from _joint(head, holders, persons, issuer)


def _joint(
    head: Head, holders: list[Entity], persons: list[ET.Element], issuer: PartyId
) -> Iterator[Statement]:
    largest = max(persons, key=lambda each: _count(_text(each, _SHARES)) or Fraction(-1))
    names = tuple(holder.name for holder in holders)
    group = PartyId(f"{head.id}-group")
    yield Entity(head=_named(head, "group"), party=group, name=" / ".join(names), type="group")
    yield _holding(_named(head, "holds-together"), group, issuer, largest, direct=True)


def _holding(head: Head, holder: PartyId, issuer: PartyId, person: ET.Element, *, direct: bool) -> Holding:
    shares, percent = _count(_text(person, _SHARES)), _count(_text(person, _PERCENT))
    votes = [_count(_text(person, names)) for names in _VOTES]
    counted = [each for each in votes if each is not None]
    said = f"votes {float(sum(counted, Fraction(0))):,.0f}" if counted else ""
    exact = (
        Quantity(Interval.exactly(shares), "shares", f"{shares}")
        if shares is not None and percent is None
        else None
    )
    return Holding(
        head=head,
        holder=holder,
        issuer=issuer,
        share=Interval.exactly(percent / 100) if percent is not None and percent <= 100 else None,
        shares=exact,
        words=said,
        direct="unknown" if direct else "no",
    )


def _count(text: str) -> Fraction | None:
    cleaned = text.replace(",", "").rstrip("%").strip()
    return Fraction(cleaned) if re.fullmatch(r"\d{1,18}(\.\d{1,12})?", cleaned, re.ASCII) else None


def _person(head: Head, number: int, person: ET.Element) -> Entity:
    cik, name = _text(person, _CIK), _text(person, _NAME)
    kinds: dict[str, PartyType] = {"IN": "person"}
    kind = _text(person, ("typeOfReportingPerson", "reportingPersonType"))
    return Entity(
        head=_named(head, f"person-{number}"),
        party=_party(cik) if cik else PartyId(f"{head.id}-person-{number}"),
        name=name,
        type=kinds.get(kind, "company"),
        identifiers=(Identifier(scheme="CIK", value=cik.zfill(10)),) if cik else (),
    )


def _party(cik: str) -> PartyId:
    if not re.fullmatch(r"\d{1,10}", cik, re.ASCII):
        raise ValueError(f"not a CIK: {cited(cik)}")
    return PartyId(f"US-CIK-{cik.zfill(10)}")


def _identifiers(root: ET.Element, cik: str) -> tuple[Identifier, ...]:
    cusip = _text(root, _CUSIP)
    found = [Identifier(scheme="CIK", value=cik.zfill(10))]
    return (*found, Identifier(scheme="CUSIP", value=cusip)) if cusip else tuple(found)


def _day(text: str) -> When | None:
    """A date as EDGAR writes it, ``MM/DD/YYYY``, or an ISO one."""
    if re.fullmatch(r"\d{2}/\d{2}/\d{4}", text, re.ASCII):
        return When.on(datetime.strptime(text, "%m/%d/%Y").date())  # noqa: DTZ007 (a day has no zone)
    return When.parse(text[:10]) if text else None


def _head(path: Path, source: SourceId, day: When | None) -> Head:
    return Head(
        id=StatementId(source),
        true_on=day,
        certainty=Certainty.FIRST_HAND,
        sources=(source,),
        where=Place(str(path)),
    )


def _named(head: Head, suffix: str) -> Head:
    return Head(
        id=StatementId(f"{head.id}#{suffix}"),
        true_on=None if suffix in {"issuer", "group"} or suffix.startswith("person") else head.true_on,
        certainty=head.certainty,
        sources=head.sources,
        where=head.where,
    )
