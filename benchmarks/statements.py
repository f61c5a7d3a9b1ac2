"""Seeded synthetic BODS 0.4 statements as JSON lines: every company, person, address and share is made up.

Shaped as what Open Ownership publishes from the registers of companies and of LEIs: statements of about 1,250
bytes with addresses, identifiers, publisher and source; one to three interests a relationship, most of them
bands, a third exact; one in eight ended, one in twelve records told again (updated or closed) later.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path

SEED = 20_240_601
_COUNTRIES = (
    ("GB", "United Kingdom"),
    ("DE", "Germany"),
    ("DK", "Denmark"),
    ("FR", "France"),
    ("KY", "Cayman Islands"),
)
_FORMS = (
    "Private limited Company",
    "Gesellschaft mit beschränkter Haftung",
    "Aktieselskab",
    "Société anonyme",
)
_BANDS = ((25.0, 50.0), (50.0, 75.0), (75.0, 100.0))
_SOURCES = (
    {"type": ["officialRegister"], "url": "https://register.example/companies"},
    {"type": ["officialRegister", "verified"], "url": "https://register.example/lei"},
    {"type": ["selfDeclaration"], "description": "Declarations of holders", "url": "https://register.example/declared"},
)  # fmt: skip


def _day(rng: random.Random, first: int = 2004, last: int = 2024) -> str:
    return f"{rng.randrange(first, last + 1)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"


def _statement(
    rng: random.Random, record: str, subject: str, kind: str, details: dict[str, object]
) -> dict[str, object]:
    return {
        "statementId": f"{rng.getrandbits(128):032x}",
        "recordId": record,
        "declarationSubject": subject,
        "recordType": kind,
        "recordStatus": "new",
        "statementDate": _day(rng, 2017),
        "recordDetails": {"isComponent": False, **details},
        "publicationDetails": {
            "publicationDate": "2025-02-28",
            "bodsVersion": "0.4",
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
            "publisher": {"name": "Synthetic register (made up)", "url": "https://register.example"},
        },
        "source": _SOURCES[min(int(rng.expovariate(1.2)), 2)],
    }


def _company(rng: random.Random, record: str, number: int) -> dict[str, object]:
    code, country = _COUNTRIES[min(int(rng.expovariate(0.7)), len(_COUNTRIES) - 1)]
    address = {
        "address": f"{number % 400 + 1} Müsterstraße {number % 7_919}, Example District, Sample Town",
        "postCode": f"{rng.randrange(100_000):05d}",
        "country": {"name": country, "code": code},
    }
    identifiers = [
        {
            "id": record.removeprefix("XX-REG-"),
            "scheme": "XX-REG",
            "schemeName": "Synthetic register of companies (made up)",
            "uri": f"https://register.example/companies/{number}",
        },
        {
            "id": f"XXSYNTH{number:013d}",
            "scheme": "XI-LEI",
            "schemeName": "Global Legal Entity Identifier Index",
            "uri": "https://register.example/lei",
        },
    ]
    details = {
        "entityType": {"type": "registeredEntity", "details": rng.choice(_FORMS)},
        "name": f"Synthetic {number:,} {'Größe' if number % 9 == 0 else 'Holdings'} Ltd",
        "incorporatedInJurisdiction": {"name": country, "code": code},
        "foundingDate": _day(rng, 1950, 2016),
        "identifiers": identifiers[: 1 + (rng.random() < 0.6)],
        "addresses": [
            {"type": kind, **address} for kind in ("registered", "business")[: 1 + (rng.random() < 0.7)]
        ],
    }
    return _statement(rng, record, record, "entity", details)


def _person(rng: random.Random, record: str, number: int, subject: str) -> dict[str, object]:
    family = f"Madeup{number}"
    details = {
        "personType": "knownPerson",
        "names": [{"type": "legal", "fullName": f"Dr Nobody {family}", "familyName": family, "givenName": "Nobody"}],
        "nationalities": [{"name": "Denmark", "code": "DK"}],
        "birthDate": f"19{number % 60 + 40}-{number % 12 + 1:02d}",
    }  # fmt: skip
    return _statement(rng, record, subject, "person", details)


def _share(rng: random.Random) -> dict[str, float]:
    if rng.random() < 0.65:
        low, high = rng.choice(_BANDS)
        return {"exclusiveMinimum" if rng.random() < 0.3 else "minimum": low, "maximum": high}
    return {"exact": rng.choice((100, 50.0, 33.33, 25.5, round(rng.uniform(0.01, 60), rng.randrange(5))))}


def _interests(rng: random.Random) -> list[dict[str, object]]:
    share = _share(rng)
    natures = ["ownership-of-shares", "voting-rights", "right-to-appoint-and-remove-directors"]
    kinds = ["shareholding", "votingRights", "appointmentOfBoard"][: rng.choice((1, 1, 1, 2, 3, 3))]
    head = {
        "directOrIndirect": "direct" if rng.random() < 0.9 else "unknown",
        "beneficialOwnershipOrControl": False,
        "details": f"Relationship Type: {natures[: len(kinds)]}",
        "startDate": _day(rng, 2004, 2016),
    }
    end = {"endDate": _day(rng, 2018)} if rng.random() < 0.12 else {}
    return [
        {"type": kind, **head, **({} if kind == "appointmentOfBoard" else {"share": share}), **end}
        for kind in kinds
    ]


def _relationship(rng: random.Random, record: str, subject: str, holder: object) -> dict[str, object]:
    details = {"subject": subject, "interestedParty": holder, "interests": _interests(rng)}
    return _statement(rng, record, subject, "relationship", details)


def _again(rng: random.Random, told: dict[str, object]) -> dict[str, object]:
    """The same record a later time: changed or closed."""
    day = f"{int(str(told['statementDate'])[:4]) + 1}{str(told['statementDate'])[4:]}"
    closed = rng.random() < 0.4
    details = told["recordDetails"]
    assert isinstance(details, dict)  # noqa: S101 (as made above)
    interests = details["interests"] if closed else _interests(rng)
    return {
        **told,
        "statementId": f"{rng.getrandbits(128):032x}",
        "recordStatus": "closed" if closed else "updated",
        "statementDate": day,
        "recordDetails": {**details, "interests": interests},
    }


def statements(seed: int = SEED) -> Iterator[dict[str, object]]:
    """Statements without end: a company, its new holders, its relationships, and what is told later."""
    rng = random.Random(seed)
    companies: list[str] = []
    later: list[dict[str, object]] = []
    number = 0
    while True:
        number += 1
        company = f"XX-REG-{number:08d}"
        yield _company(rng, company, number)
        for each in range(rng.choice((1, 1, 1, 2, 2, 4))):
            holder: object
            if companies and rng.random() < 0.6:
                holder = rng.choice(companies)
            elif rng.random() < 0.02:
                holder = {
                    "reason": "subjectUnableToConfirmOrIdentifyBeneficialOwner",
                    "description": "made up",
                }
            else:
                holder = f"XX-PER-{number:08d}-{each}"
                yield _person(rng, holder, number, company)
            told = _relationship(rng, f"XX-REL-{number:08d}-{each}", company, holder)
            yield told
            if rng.random() < 1 / 12:
                later.append(told)
        companies.append(company)
        if later and rng.random() < 0.2:
            yield _again(rng, later.pop(rng.randrange(len(later))))


def write(file: Path, size: int, seed: int = SEED) -> int:
    """Write at least so many bytes of lines; how many lines."""
    written, count = 0, 0
    with file.open("wb") as out:
        for statement in statements(seed):
            line = json.dumps(statement, ensure_ascii=False).encode() + b"\n"
            out.write(line)
            written, count = written + len(line), count + 1
            if written >= size:
                return count
    raise AssertionError("statements never end")
