"""The cap table of one issuer as an Open Cap Format 1.2.0 package: a zip with a manifest and three files of objects.

The ledger's events close securities and open new ones, as the format wants it: what a holder keeps of a closed
security is issued anew as its balance.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from crosstie.formats.ocf_events import apply, put_instrument, telling, together
from crosstie.formats.ocf_objects import UNKNOWN_HOLDERS, Object
from crosstie.formats.ocf_securities import Table, decimal, plain_id, price_of
from crosstie.ledger.in_force import effective_day
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.replay import EVENTS, RANKS
from crosstie.ledger.standing import standing
from crosstie.ledger.statements import (
    Entity,
    Instrument,
    Opening,
    PartyId,
    ShareClass,
    Statement,
)
from crosstie.text.problem import NOWHERE, CrosstieError, Problem
from crosstie.text.writing import whole_file

WRITTEN_LOSES = (
    "all but one issuer's classes, holders, share events and instruments",
    "sources, clocks but the day, treasury shares, who is a state, trust or fund",
    "openings, contributions to trusts and distributions, which become issuances and transfers",
)

_VERSION = "1.2.0"


def write(ledger: Ledger, path: Path, published_on: date) -> tuple[Problem, ...]:
    """Write a package; an event that it cannot say is told and left out.

    Raises
    ------
    CrosstieError
        The ledger has share classes of no or of several issuers, or does not say the issuer's country.
    """
    said = standing(ledger.statements, published_on).firm
    classes = [each for each in said if isinstance(each, ShareClass)]
    issuer = _issuer(said, classes)
    table = Table(issuer=classes[0].issuer)
    events = list(_events(said, published_on))
    for _, event in events:
        if isinstance(event, Opening) and event.holder and event.shares.interval.is_exact:
            table.opened[event.share_class] = (
                table.opened.get(event.share_class, Fraction(0)) + event.shares.interval.low
            )
    for _, moments in groupby(events, key=together):
        apply(table, list(moments))
    for instrument in (each for each in said if isinstance(each, Instrument)):
        telling(table, instrument, lambda: put_instrument(table, instrument))  # noqa: B023 (called at once)
    entities = {each.party: each for each in said if isinstance(each, Entity)}
    files = {
        "StockClasses": (
            "STOCK_CLASSES",
            [_said_class(each) for each in {c.share_class: c for c in classes}.values()],
        ),
        "Stakeholders": (
            "STAKEHOLDERS",
            [_stakeholder(party, entities.get(party)) for party in table.holders if party],
        ),
        "Transactions": ("TRANSACTIONS", table.transactions),
    }
    if None in table.holders:
        files["Stakeholders"][1].append(_named(UNKNOWN_HOLDERS, "Unknown holders", "INSTITUTION"))
    problems = [*table.problems, *_formed(issuer, entities, table)]
    _write_zip(path, issuer, files, published_on)
    return tuple(problems)


def _issuer(said: Sequence[Statement], classes: Sequence[ShareClass]) -> Object:
    issuers = list(dict.fromkeys(each.issuer for each in classes))
    if len(issuers) != 1:
        listed = ", ".join(issuers[:5]) or "none"
        raise CrosstieError(
            f"Open Cap Format has one issuer; the ledger has share classes of {len(issuers)} ({listed}): name one "
            "with --company"
        )
    (party,) = issuers
    entity = next((each for each in reversed(said) if isinstance(each, Entity) and each.party == party), None)
    country, _, part = (entity.jurisdiction if entity else "").partition("-")
    if not re.fullmatch("[A-Z]{2}", country):
        raise CrosstieError(f"Open Cap Format needs the issuer's country: state the jurisdiction of {party}")
    since = entity.head.true_on.earliest if entity and entity.head.true_on else None
    return {
        "object_type": "ISSUER",
        "id": plain_id(party),
        "legal_name": (entity and entity.name) or party,
        "formation_date": since.isoformat() if since else "",
        "country_of_formation": country,
        **({"country_subdivision_of_formation": part} if part else {}),
    }


def _formed(issuer: Object, entities: Mapping[PartyId, Entity], table: Table) -> Iterator[Problem]:
    """The format must have a day of formation; where none is known the first transaction's stands for it, and is told."""
    if issuer["formation_date"]:
        return
    issuer["formation_date"] = min((each["date"] for each in table.transactions), default="1900-01-01")
    message = (
        f"no day of formation of {issuer['legal_name']} is known (true_on of its entity): {issuer['formation_date']} "
        "stands in the package"
    )
    entity = entities.get(PartyId(issuer["id"])) or entities.get(PartyId(f"ocf-{issuer['id']}"))
    yield Problem(message, entity.head.where if entity else NOWHERE, "ocf", "warning")


def _events(said: Sequence[Statement], until: date) -> Iterator[tuple[date, Statement]]:
    """The share events in the order in which a ledger counts them; a withdrawal and its cancellation are one."""
    found = []
    for place, each in enumerate(said):
        day = effective_day(each.head) if isinstance(each, (*EVENTS, Opening)) else None
        if day is not None and day <= until:
            where = each.head.where
            found.append((day, RANKS[type(each)], where.file, where.line, place, each))
    for day, *_, each in sorted(found, key=lambda each: each[:-1]):
        yield day, each


def _said_class(each: ShareClass) -> Object:
    try:
        return _stock_class(each)
    except ValueError as error:
        raise CrosstieError(
            f"share class {each.share_class}: {error}, which Open Cap Format cannot say"
        ) from error


def _stock_class(each: ShareClass) -> Object:
    preferred = re.search(r"prefer|series", each.name, re.IGNORECASE)
    return {
        "object_type": "STOCK_CLASS",
        "id": plain_id(each.share_class),
        "name": each.name or plain_id(each.share_class),
        "class_type": "PREFERRED" if preferred else "COMMON",
        "default_id_prefix": "",
        "initial_shares_authorized": "NOT APPLICABLE",
        "votes_per_share": decimal(each.votes_per_share),
        "seniority": "1",
        **({"par_value": price_of(each.par)} if each.par else {}),
    }


def _stakeholder(party: PartyId, entity: Entity | None) -> Object:
    kind = "INDIVIDUAL" if entity and entity.type == "person" else "INSTITUTION"
    return _named(plain_id(party), (entity and entity.name) or party, kind)


def _named(identity: str, name: str, kind: str) -> Object:
    return {
        "object_type": "STAKEHOLDER",
        "id": identity,
        "name": {"legal_name": name},
        "stakeholder_type": kind,
    }


_LISTS = ("stock_plans", "stock_legend_templates", "stock_classes", "vesting_terms", "valuations", "transactions",
          "stakeholders")  # fmt: skip


def _write_zip(
    path: Path, issuer: Object, files: Mapping[str, tuple[str, list[Object]]], as_of: date
) -> None:
    manifest: Object = {
        "ocf_version": _VERSION,
        "file_type": "OCF_MANIFEST_FILE",
        "issuer": issuer,
        "as_of": as_of.isoformat(),
        "generated_at": datetime.combine(as_of, time(), UTC).isoformat(),
        **{f"{each}_files": [] for each in _LISTS},
    }
    with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (kind, items) in files.items():
            raw = _json({"file_type": f"OCF_{kind}_FILE", "items": items})
            archive.writestr(zipfile.ZipInfo(f"{name}.ocf.json"), raw, zipfile.ZIP_DEFLATED)
            digest = hashlib.md5(raw, usedforsecurity=False).hexdigest()  # the format asks for this sum
            manifest[f"{kind.lower()}_files"] = [{"filepath": f"./{name}.ocf.json", "md5": digest}]
        archive.writestr(zipfile.ZipInfo("Manifest.ocf.json"), _json(manifest), zipfile.ZIP_DEFLATED)


def _json(value: Object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
