"""Whom a person may mean: parties of a register by id, name and identifier."""

import json
from collections.abc import Iterator

from crosstie.engines.register.joined import Joined
from crosstie.engines.register.rows import rows_of


def named(together: Joined, asked: str) -> frozenset[str]:
    """Ids of the parties that may be meant: of that id, else of that name or identifier, else of nobody."""
    text = asked.strip()
    ids = _in_columns(together, text)
    if ids:
        return ids
    value = text.rpartition(":")[2]
    bound = {
        "name": text.lower(),
        "folded": text.casefold(),
        "listed": json.dumps(text, ensure_ascii=False).lower(),
        "value": json.dumps(value, ensure_ascii=False).lower(),
        "whole": json.dumps(text, ensure_ascii=False).lower(),
        "party": text.lower(),
    }
    query = """SELECT DISTINCT party FROM "entity" WHERE lower(name) IN ($name, $folded) OR lower(party) = $party
        OR contains(lower(names), $listed) OR contains(lower(identifiers), $value)
        OR contains(lower(identifiers), $whole)"""
    return frozenset(row[0] for row in together.connection.execute(query, bound).fetchall())


def _in_columns(together: Joined, text: str) -> frozenset[str]:
    rows = rows_of(together, make=False) if together.keep else None
    if rows is not None:
        return frozenset([text]) if rows.ids.find(text) >= 0 else frozenset()
    for table, column in (("entity", "party"), ("holding", "issuer"), ("holding", "holder")):
        query = f'SELECT 1 FROM "{table}" WHERE "{column}" = $asked LIMIT 1'  # noqa: S608 (our own names)
        if together.connection.execute(query, {"asked": text}).fetchall():
            return frozenset([text])
    return frozenset()


def names_of_all(together: Joined) -> Iterator[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Every party that is described or holds or is held: its id, its names, its identifiers (of all that was said)."""
    query = """SELECT party, name, names, identifiers FROM "entity" UNION ALL
        SELECT name, NULL, NULL, NULL FROM (SELECT holder AS name FROM "holding" UNION SELECT issuer FROM "holding")
        WHERE name NOT IN (SELECT party FROM "entity")"""
    cursor = together.connection.execute(query)
    while rows := cursor.fetchmany(50_000):
        for party, name, others, identifiers in rows:
            pairs = [(each["scheme"], each["value"]) for each in json.loads(identifiers or "[]")]
            yield party, (party, name or "", *json.loads(others or "[]")), tuple(pairs)


def nearest(together: Joined, asked: str) -> str:
    """The id or name most like what was asked for, or nothing."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only when something is wrong)

    query = """SELECT DISTINCT name FROM (
        SELECT party AS name FROM "entity" UNION ALL SELECT name FROM "entity"
        UNION ALL SELECT holder FROM "holding" UNION ALL SELECT issuer FROM "holding") AS known
        WHERE name IS NOT NULL"""
    best, score = "", 60.0
    cursor = together.connection.execute(query)
    while rows := cursor.fetchmany(100_000):
        found = process.extractOne(asked, [row[0] for row in rows], scorer=fuzz.WRatio, score_cutoff=score)
        if found and (found[1] > score or not best or (found[1] == score and found[0] < best)):
            best, score = found[0], found[1]
    return best
