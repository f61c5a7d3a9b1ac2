"""The parties of a register as they are compared, read in columns: a million in a minute."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosstie.engines.register.columns import TABLES, items_of
from crosstie.engines.register.store import connect, place_column
from crosstie.identity.party import Described, together
from crosstie.ledger.statements import Identifier, Retraction, SameAs
from crosstie.text.problem import Place

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 20_000
_COLUMNS = "party, type, name, names, jurisdiction, identifiers, file, line, coalesce(known_on_latest, true_on_latest)"


def parties(path: Path) -> Iterator[Described]:
    """Every party that a register describes, once, in the order of their ids."""
    with connect(path) as connection:
        query = f"SELECT {_COLUMNS} FROM entity ORDER BY party, {place_column(path)}"  # noqa: S608 (our own names)
        ties = _ties(connection)
        for party, rows in groupby(_rows(connection, query), key=lambda row: row[0]):
            tied_to = frozenset(ties.get(party, ()))
            found: Described | None = None
            for row in rows:
                one = _described(row, str(path), tied_to)
                found = together(found, one) if found else one
            if found:
                yield found


def _rows(connection: "DuckDBPyConnection", query: str) -> Iterator[tuple[Any, ...]]:
    cursor = connection.cursor().execute(query)
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


def _ties(connection: "DuckDBPyConnection") -> dict[str, list[str]]:
    """The companies that each person (or party of unknown kind) holds or has an office in."""
    query = """
        WITH person AS (SELECT DISTINCT party FROM entity WHERE type IN ('person', 'unknown'))
        SELECT holder, list(DISTINCT issuer) FROM holding WHERE holder IN (FROM person) GROUP BY holder
        UNION ALL SELECT person, list(DISTINCT body) FROM office WHERE person IN (FROM person) GROUP BY person"""
    found: dict[str, list[str]] = {}
    for party, companies in _rows(connection, query):
        found.setdefault(party, []).extend(companies)
    return found


def _described(row: tuple[Any, ...], register: str, tied_to: frozenset[str]) -> Described:
    party, kind, name, names, jurisdiction, identifiers, file, line, since = row
    return Described(
        party=party,
        register=register,
        kind=kind or "company",
        name=name or "",
        names=tuple(json.loads(names)) if names else (),
        jurisdiction=jurisdiction or "",
        identifiers=tuple(Identifier(**each) for each in json.loads(identifiers)) if identifiers else (),
        where=Place(file or register, line or 0),
        since=since.isoformat() if since else "",
        tied_to=tied_to,
    )


def judgements(path: Path) -> tuple[SameAs | Retraction, ...]:
    """What a register says about parties that are one, and what takes such judgements back."""
    place = place_column(path)
    of_them = "SELECT id FROM same_as"
    again = f"SELECT id FROM retraction WHERE retracts IN ({of_them})"  # noqa: S608 (our own names)
    wanted = {"same_as": "TRUE", "retraction": f"retracts IN ({of_them}) OR retracts IN ({again})"}
    found: list[SameAs | Retraction] = []
    with connect(path) as connection:
        for name, condition in wanted.items():
            columns = [column.name for column in TABLES[name].columns]
            listed = ", ".join(f'"{column}"' for column in columns)
            query = f'SELECT {listed} FROM "{name}" WHERE {condition} ORDER BY {place}'  # noqa: S608 (our own names)
            item_of = items_of(TABLES[name])
            for row in _rows(connection, query):
                item = item_of(row)
                assert isinstance(item, SameAs | Retraction)  # noqa: S101 (the tables' kinds)
                found.append(item)
    return tuple(found)
