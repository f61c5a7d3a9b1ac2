"""The United Kingdom's snapshot of people with significant control: one JSON object a line.

The bands are the statute's (Companies Act 2006 Schedule 1A with SI 2016/339 Schedule 2): "50 to 75" leaves
both ends out and "75 to 100" has both in, as Companies House's short labels say. Its long labels put exactly
75 % into the lower band; the code reported is kept in the holding's words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
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
    Remark,
    Source,
    SourceId,
    Statement,
    StatementId,
)
from crosstie.text.problem import Problem, cited

Item = Statement | Source | Problem

LOSES = (
    "addresses, nationalities, countries of residence and dates of birth",
    "identity verification details",
    "which office or link a record came from, beyond its id",
)

SOURCE = Source(
    id=SourceId("uk-psc"),
    title="People with significant control, snapshot",
    publisher="Companies House",
    address="https://download.companieshouse.gov.uk/en_pscdata.html",
    kind="register",
)

_HOLDER_TYPES: dict[str, PartyType] = {
    "individual-person-with-significant-control": "person",
    "individual-beneficial-owner": "person",
    "corporate-entity-person-with-significant-control": "company",
    "corporate-entity-beneficial-owner": "company",
    "legal-person-person-with-significant-control": "state",
    "legal-person-beneficial-owner": "state",
    "super-secure-person-with-significant-control": "unknown",
    "super-secure-beneficial-owner": "unknown",
}
_SAID_KINDS = ("persons-with-significant-control-statement", "exemptions")
_IGNORED_KINDS = ("totals#persons-of-significant-control-snapshot",)

BANDS = {
    "25-to-50-percent": Interval(Fraction(1, 4), Fraction(1, 2), low_open=True),
    "50-to-75-percent": Interval(Fraction(1, 2), Fraction(3, 4), low_open=True, high_open=True),
    "75-to-100-percent": Interval(Fraction(3, 4), Fraction(1)),
    "more-than-25-percent": Interval(Fraction(1, 4), Fraction(1), low_open=True),
}
_NATURE = re.compile(
    r"(?:(?P<right>ownership-of-shares|voting-rights|(?:part-)?right-to-share-surplus-assets)-"
    r"(?P<band>25-to-50-percent|50-to-75-percent|75-to-100-percent|more-than-25-percent)"
    r"|right-to-appoint-and-remove-(?:directors|members|person)"
    r"|significant-influence-or-control"
    r"|registered-owner-as-nominee-(?:person|another-entity)-(?:england-wales|scotland|northern-ireland))"
    r"(?P<through>-as-(?:control-over-)?(?:trust|firm))?"
    r"(?:-limited-liability-partnership|-registered-overseas-entity)?"
)


@dataclass(frozen=True, slots=True)
class Nature:
    """One nature of control: which right, how much of it, and whether through a trust or firm."""

    right: Literal["shares", "votes", "surplus", "other"]
    band: Interval | None
    through: bool


def nature(code: str) -> Nature:
    """Read one code of the register.

    Raises
    ------
    ValueError
        Companies House has no such code.

    Examples
    --------
    >>> nature("voting-rights-50-to-75-percent-as-trust").through
    True
    >>> print(nature("ownership-of-shares-75-to-100-percent").band)
    [3/4, 1]
    """
    match = _NATURE.fullmatch(code)
    if not match:
        raise ValueError(f"not a nature of control: {code!r}"[:200])
    through = match["through"] is not None
    if not match["band"]:
        return Nature("other", None, through)
    rights: dict[str, Literal["shares", "votes"]] = {
        "ownership-of-shares": "shares",
        "voting-rights": "votes",
    }
    return Nature(rights.get(match["right"], "surplus"), BANDS[match["band"]], through)


def company_id(number: str) -> PartyId:
    """A British company's id: its number, padded to eight.

    >>> company_id("1234567")
    'GB-COH-01234567'
    """
    return PartyId(f"GB-COH-{number.strip().upper().zfill(8)}")


def read(path: Path) -> Iterator[Item]:
    """The statements and problems of a snapshot file."""
    yield SOURCE
    companies: set[str] = set()
    for record in json_records(path):
        if isinstance(record, Problem):
            yield record
            continue
        try:
            yield from _read(record, companies)
        except MALFORMED as error:
            yield malformed("PSC record", error, record.where, "psc")


def _read(record: Record, companies: set[str]) -> Iterator[Item]:
    data = record.value["data"]
    kind = data["kind"]
    if kind in _IGNORED_KINDS:
        return
    if kind not in _HOLDER_TYPES and kind not in _SAID_KINDS:
        yield Problem(f"no PSC kind of record: {cited(str(kind))}: skipped", record.where, "psc")
        return
    company = company_id(record.value["company_number"])
    if company not in companies:
        companies.add(company)
        yield _company(record, company)
    if kind in _SAID_KINDS:
        yield from _said(record, data, company)
        return
    yield from _control(record, data, company)


def _head(record: Record, suffix: str, data: dict[str, Any]) -> Head:
    start, end = _day(data.get("notified_on")), _day(data.get("ceased_on") or data.get("ceased"))
    identity = str(
        data.get("links", {}).get("self") or f"{record.value.get('company_number')}/{data.get('etag')}"
    )
    return Head(
        id=StatementId(f"{identity}{suffix}"),
        true_on=start,
        until=end,
        known_on=start,
        certainty=Certainty.FIRST_HAND,
        sources=(SOURCE.id,),
        where=record.where,
    )


def _day(text: object) -> When | None:
    return When.on(date.fromisoformat(text)) if isinstance(text, str) and text else None


def _company(record: Record, company: PartyId) -> Entity:
    number = company.removeprefix("GB-COH-")
    return Entity(
        head=Head(
            id=StatementId(f"uk-psc:{company}"),
            certainty=Certainty.FIRST_HAND,
            sources=(SOURCE.id,),
            where=record.where,
        ),
        party=company,
        name=str(record.value.get("company_name") or ""),
        jurisdiction="GB",
        identifiers=(Identifier(scheme="GB-COH", value=number),),
    )


def _said(record: Record, data: dict[str, Any], company: PartyId) -> Iterator[Remark]:
    """What a company said of its register: a statement, or why and since when it is exempt."""
    if data["kind"] == "exemptions":
        for name, exemption in (data.get("exemptions") or {}).items():
            kind = str(exemption.get("exemption_type") or name)
            for number, item in enumerate(exemption.get("items") or ({},), 1):
                dates = {"notified_on": item.get("exempt_from"), "ceased_on": item.get("exempt_to")}
                head = _head(record, f"#{name}-{number}", {**data, **dates})
                yield Remark(head=head, about=(company,), predicate="psc-exemption", text=kind)
        return
    about = f": {data['linked_psc_name']}" if data.get("linked_psc_name") else ""
    text = f"{data.get('statement') or data['kind']}{about}"
    yield Remark(head=_head(record, "#said", data), about=(company,), predicate="psc-statement", text=text)


def _control(record: Record, data: dict[str, Any], company: PartyId) -> Iterator[Item]:
    holder = _holder_id(record, data)
    yield _holder(record, data, holder)
    codes = data.get("natures_of_control") or []
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise TypeError("natures_of_control is no list of codes")
    read: dict[str, Nature] = {}
    for code in codes:
        try:
            read[code] = nature(code)
        except ValueError as error:
            yield Problem(f"{error}: kept as words", record.where, "psc", "warning")
            read[code] = Nature("other", None, through=False)
    for through in (False, True):
        chosen = {code: each for code, each in read.items() if each.through is through}
        if chosen or not (codes or through):
            yield _holding(record, data, holder, company, chosen, through=through)
    if not codes and data["kind"].startswith(("individual", "corporate", "legal")):
        yield Problem("no nature of control is stated", record.where, "psc", "warning")


def _holding(  # noqa: PLR0913 (private)
    record: Record,
    data: dict[str, Any],
    holder: PartyId,
    company: PartyId,
    read: dict[str, Nature],
    *,
    through: bool,
) -> Holding:
    natures = read.values()
    return Holding(
        head=_head(record, "#through" if through else "#holds", data),
        holder=holder,
        issuer=company,
        share=next((n.band for n in natures if n.right == "shares"), None),
        votes=next((n.band for n in natures if n.right == "votes"), None),
        words=", ".join(read) or "no nature of control stated",
        direct="no" if through else "unknown",
    )


def _holder_id(record: Record, data: dict[str, Any]) -> PartyId:
    identification = data.get("identification") or {}
    number, country = identification.get("registration_number"), identification.get("country_registered")
    if (
        isinstance(number, str)
        and _is_british(country)
        and re.fullmatch(r"[A-Za-z]{0,2}\d{1,8}", number.strip())
    ):
        return company_id(number)
    link = str(data.get("links", {}).get("self") or "")
    return PartyId(f"GB-PSC-{link.rsplit('/', 1)[-1] or data.get('etag') or record.where}")


def _is_british(country: object) -> bool:
    words = {"united kingdom", "england", "wales", "england and wales", "scotland", "northern ireland", "uk", "gb",
             "england & wales", "great britain"}  # fmt: skip
    return isinstance(country, str) and country.strip().lower() in words


def _holder(record: Record, data: dict[str, Any], holder: PartyId) -> Entity:
    identification = data.get("identification") or {}
    number = identification.get("registration_number")
    if holder.startswith("GB-COH-"):
        identifiers: tuple[Identifier, ...] = (
            Identifier(scheme="GB-COH", value=holder.removeprefix("GB-COH-")),
        )
    elif isinstance(number, str) and number.strip():
        country = identification.get("country_registered") or "unstated country"
        identifiers = (Identifier(scheme=f"registration number in {country}", value=number.strip()),)
    else:
        identifiers = ()
    return Entity(
        head=_head(record, "#who", {**data, "ceased_on": None, "ceased": None}),
        party=holder,
        name=_name(data),
        type=_HOLDER_TYPES[data["kind"]],
        jurisdiction="GB" if holder.startswith("GB-COH-") else "",
        identifiers=identifiers,
    )


def _name(data: dict[str, Any]) -> str:
    if data.get("name"):
        return str(data["name"])
    parts = data.get("name_elements") or {}
    words = [parts.get(key) for key in ("title", "forename", "middle_name", "surname")]
    return " ".join(str(word) for word in words if word) or "Name withheld by law"
