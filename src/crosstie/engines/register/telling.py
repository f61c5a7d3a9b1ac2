"""What registers say, told to those who write it: in pieces, in the orders they need, never held whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from crosstie.engines.register.columns import TABLES, Table, items_of
from crosstie.engines.register.joined import Joined, everything, selected
from crosstie.engines.register.steps import KNOWN_DAY
from crosstie.ledger.dates import When
from crosstie.ledger.standing import ALWAYS
from crosstie.ledger.statements import (
    Entity,
    Holding,
    PartyId,
    Retraction,
    Source,
    SourceId,
    Statement,
    StatementId,
    Status,
)
from crosstie.ledger.telling import Record, Telling, telling

_PIECE = 20_000
_KINDS = tuple(name for name in TABLES if name != "source")
_UNDESCRIBED = """
    SELECT party, min(turn) AS turn FROM (SELECT holder AS party, 2 * {place} AS turn FROM ({holdings})
        UNION ALL SELECT issuer, 2 * {place} + 1 FROM ({holdings})) AS ends
    WHERE NOT EXISTS (SELECT 1 FROM ({entities}) AS described WHERE described.party = ends.party)
    GROUP BY party ORDER BY turn"""
_TOGETHER = """
    SELECT {columns} FROM ({rows}) AS said LEFT JOIN
        (SELECT {keys}, min({place}) AS first FROM ({rows}) GROUP BY ALL HAVING count(*) > 1) AS again
        ON {same}
    ORDER BY coalesce(again.first, said.{place}), said.{place}"""
"""Rows of one key together, where the first of them stands; most keys have one row and are not looked at twice."""


@dataclass(frozen=True, slots=True)
class _OfRegisters:
    """Registers' telling; ``rows`` has for each kind, in their order, a query for its rows that count, numbered by ``place``."""

    together: Joined
    sources: Mapping[SourceId, Source]
    rows: Mapping[str, str]
    place: str
    of_a_day: bool = False

    def stated(self, *kinds: type) -> Iterator[Statement]:
        for name in self.rows:
            if issubclass(TABLES[name].kind.record, kinds):
                yield from self._read(TABLES[name], f"{self.rows[name]} ORDER BY {self.place}")

    def count(self, *kinds: type) -> int:
        asked = [name for name in _KINDS if issubclass(TABLES[name].kind.record, kinds)]
        return sum(self._number(f"SELECT count(*) FROM ({self.rows[name]})") for name in asked)  # noqa: S608 (our own words)

    def parties(self) -> Iterator[Sequence[Entity]]:
        found = self._read(TABLES["entity"], self._by("entity", "party"))
        for _, versions in groupby(found, key=attrgetter("party")):
            yield tuple(each for each in versions if isinstance(each, Entity))

    def undescribed(self) -> Iterator[PartyId]:
        query = _UNDESCRIBED.format(
            place=self.place, holdings=self.rows["holding"], entities=self.rows["entity"]
        )
        for party, _ in self._pieces(query):
            yield PartyId(party)

    def records(self) -> Iterator[tuple[Record, Sequence[Holding]]]:
        found = self._read(TABLES["holding"], self._by("holding", "holder", "issuer", "share_class"))
        for key, holdings in groupby(found, key=_record):
            yield key, tuple(each for each in holdings if isinstance(each, Holding))

    def words(self) -> Iterator[tuple[PartyId, str]]:
        place = self.place
        yield from self._pieces(
            f"SELECT issuer, words FROM ({self.rows['holding']}) WHERE words IS NOT NULL ORDER BY {place}"  # noqa: S608 (our own words)
        )

    def taken_back(self) -> Mapping[StatementId, When | None]:
        known: dict[When | None, When | None] = {}  # few days stand behind many retractions
        found: dict[StatementId, When | None] = {}
        for each in self.stated(Retraction):
            assert isinstance(each, Retraction)  # noqa: S101 (asked for)
            found[each.retracts] = known.setdefault(each.head.known_on, each.head.known_on)
        return found

    def standing_on(self, known_on: date) -> Telling:
        """By conditions on each row where nothing binds several; otherwise all is read and looked at together.

        What is said of a day stands already, but for what is not firm or, as corrected, not known.
        """
        if self.of_a_day:
            firm = f"{_FIRM} AND {KNOWN_DAY} <= DATE '{known_on}'"
            rows = {name: f"SELECT * FROM ({query}) WHERE {firm}" for name, query in self.rows.items()}  # noqa: S608 (our own words)
            return replace(self, rows=MappingProxyType(rows | {"entity": self.rows["entity"]}))
        if self._bind(known_on):
            return telling(everything(self.together)).standing_on(known_on)
        return replace(self, rows=_rows_where(self.together, _STANDING))

    def _bind(self, known_on: date) -> bool:
        queries = [f'SELECT 1 FROM "{name}"' for name in ("correction", "same_as", "step")]  # noqa: S608 (our own names)
        bound = f"event IS NOT NULL OR {KNOWN_DAY} > DATE '{known_on}'"
        queries += [f'SELECT 1 FROM "{name}" WHERE {bound}' for name in _KINDS]  # noqa: S608 (our own names and a day)
        queries += [
            "SELECT 1 FROM retraction AS one JOIN retraction AS other ON one.retracts = other.id",
            f"SELECT 1 FROM retraction WHERE NOT ({_FIRM})",  # noqa: S608 (our own words)
        ]
        return any(self.together.connection.execute(f"{each} LIMIT 1").fetchall() for each in queries)

    def _by(self, name: str, *keys: str) -> str:
        return _TOGETHER.format(
            columns=", ".join(f'said."{column.name}"' for column in TABLES[name].columns),
            rows=self.rows[name],
            place=self.place,
            keys=", ".join(keys),
            same=" AND ".join(f"again.{key} IS NOT DISTINCT FROM said.{key}" for key in keys),
        )

    def _read(self, table: Table, query: str) -> Iterator[Statement]:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        item_of = items_of(table)
        for row in self._pieces(f"SELECT {columns} FROM ({query})"):  # noqa: S608 (our own names)
            item = item_of(row)
            assert not isinstance(item, Source)  # noqa: S101 (of no such table)
            yield item

    def _pieces(self, query: str) -> Iterator[tuple[Any, ...]]:
        cursor = self.together.connection.execute(query)
        while piece := cursor.fetchmany(_PIECE):
            yield from piece

    def _number(self, query: str) -> int:
        return int(self.together.connection.execute(query).fetchall()[0][0])


def _record(holding: Any) -> Record:  # noqa: ANN401 (a holding)
    return holding.holder, holding.issuer, holding.share_class or ""


_FIRM_ENOUGH = ", ".join(f"'{each.value}'" for each in Status if each.firmness >= Status.COMPLETED.firmness)
_FIRM = f"coalesce(status, 'completed') IN ({_FIRM_ENOUGH})"
_KEPT = "NOT EXISTS (SELECT 1 FROM retraction AS gone WHERE gone.retracts = said.id)"
_STANDING = MappingProxyType(
    {
        name: _KEPT if issubclass(TABLES[name].kind.record, ALWAYS) else f"{_KEPT} AND {_FIRM}"
        for name in _KINDS
    }
)


def _rows_where(together: Joined, where: Mapping[str, str]) -> Mapping[str, str]:
    rows = {
        name: f'SELECT *, {together.place} FROM "{name}" AS said WHERE {where.get(name, "TRUE")}'  # noqa: S608 (our own words)
        for name in _KINDS
    }
    return MappingProxyType(rows)


def telling_of(together: Joined) -> Telling:
    """What registers say; their sources alone are read at once."""
    return _OfRegisters(together, _sources(together), _rows_where(together, {}), together.place)


def telling_of_day(together: Joined, rows: Mapping[str, str]) -> Telling:
    """What registers say of one day: queries for the rows of the kinds that it has, in order, numbered by ``turn``."""
    nothing = {
        name: f'SELECT *, {together.place} AS turn FROM "{name}" AS said WHERE FALSE'  # noqa: S608 (our own words)
        for name in _KINDS
        if name not in rows
    }
    return _OfRegisters(
        together, _sources(together), MappingProxyType({**rows, **nothing}), "turn", of_a_day=True
    )


def _sources(together: Joined) -> Mapping[SourceId, Source]:
    found = [each for each in selected(together, TABLES["source"]) if isinstance(each, Source)]
    return MappingProxyType({each.id: each for each in found})
