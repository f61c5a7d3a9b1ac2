"""From some parties to those above or below them, over all that was ever stated: whatever its dates and status.

Over holdings one walks by number where a register's rows are kept, else by queries, step by step.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.register.joined import Joined
from crosstie.engines.register.rows import By, Rows, rows_of
from crosstie.engines.register.steps import REPLAYED
from crosstie.ledger.schema import KIND_OF
from crosstie.ledger.statements import Part, PartyId, ShareClass, Statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Way = Literal["alone", "above", "below", "around"]
"""Which parties beside those asked about: none, all that hold them, all they hold, both and theirs."""
Reach = Way | Literal["through"]
"""The same, or all they hold and all that hold these."""
_A_ROW = 60
"""Bytes of a holding and its parties in a register's rows, about: without room for them they are not made."""


@dataclass(slots=True)
class Ties:
    """Who stands above and below whom by statements that are read whole; the companies these are about."""

    above: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    below: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    companies: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Ground:
    """What is walked on: registers, ties by statements that are read whole, and the registers' rows where they are kept."""

    together: Joined
    ties: Ties
    rows: Rows | None


def ground_of(together: Joined, few: Iterable[Any], *, far: bool) -> Ground:
    """The ground of a walk; before a ``far`` one rows are made where they can be kept for the next."""
    holdings = count_of(together, ["holding"])
    make = far and together.keep is not None and together.keep.has_room(_A_ROW * holdings)
    return Ground(together, ties_of(few), rows_of(together, make=make) if together.keep else None)


def count_of(together: Joined, kinds: Sequence[str]) -> int:
    """How many statements of some kinds there are."""
    counts = " + ".join(f'(SELECT count(*) FROM "{kind}")' for kind in kinds)  # noqa: S608 (our own names)
    return int(together.connection.execute(f"SELECT {counts}").fetchall()[0][0])


def ties_of(few: Iterable[Any]) -> Ties:
    """The ties of statements of kinds that are few."""
    statements = list(few)
    issuer = {each.share_class: each.issuer for each in statements if isinstance(each, ShareClass)}
    ties = Ties()
    for each in statements:
        below = {
            issuer[name] for key in ("share_class", "into") if (name := getattr(each, key, None)) in issuer
        }
        if type(each).__name__ == "Contribution":
            below.add(each.trust)
        if KIND_OF[type(each)].name in REPLAYED:
            ties.companies |= below
        for company in below:
            for party in parties_of(each) - {company}:
                ties.above[company].add(party)
                ties.below[party].add(company)
    return ties


def parties_of(statement: Statement) -> set[str]:
    """Every party that a statement names in a field of its own."""
    found: set[str] = set()
    for each in KIND_OF[type(statement)].fields:
        value = getattr(statement, each.name)
        if each.type is PartyId:
            found.update(value if each.many else [value] if value else [])
        elif each.type is Part:
            found.update(part.holder for part in value if part.holder)
    return found


def reached(ground: Ground, start: frozenset[str], reach: Reach) -> frozenset[str]:
    """All parties that the reach takes in, with those at the start."""
    if reach == "through":
        return walk(ground, walk(ground, start, "below"), "above")
    return walk(ground, start, reach)


def walk(
    ground: Ground, start: frozenset[str], way: Way, within: AbstractSet[str] | None = None
) -> frozenset[str]:
    """All parties on the way (``within`` some), names of one party (whoever judged it) together."""
    steps = _steps(ground, way)
    trodden = _Trodden(ground.rows, within) if ground.rows is not None else None
    seen, new = set(start), set(start)
    while new:
        if trodden is not None:
            new |= trodden.all_along(new, way) - seen
            seen |= new
        new = _next(ground, steps, way, new) - seen
        if within is not None:
            new &= within
        seen |= new
    return frozenset(seen)


class _Trodden:
    """Where a walk over holdings has been."""

    def __init__(self, rows: Rows, within: AbstractSet[str] | None = None) -> None:
        self.rows = rows
        self.seen = np.zeros(len(rows.ids), np.bool_)
        if within is not None:
            self.seen[:] = True
            self.seen[rows.ids.find_all(within)] = False

    def all_along(self, parties: AbstractSet[str], way: Way) -> set[str]:
        """These and all parties that holdings lead to and where it has not been."""
        return set(self.rows.ids.take(self.far(self.rows.ids.find_all(parties), way)))

    def far(self, start: NDArray[np.int64], way: Way) -> NDArray[np.int64]:
        """The same by number."""
        self.seen[start] = True
        found, new = [start], start
        while len(new):
            met = [other[by.of_all(new)] for by, other in self._links(way)]
            ahead = np.concatenate([new[:0], *met])
            new = np.unique(ahead[~self.seen[ahead]])
            self.seen[new] = True
            found.append(new)
        return np.concatenate(found)

    def _links(self, way: Way) -> Iterator[tuple[By, NDArray[np.int32]]]:
        if way in {"above", "around"}:
            yield self.rows.above, self.rows.holder
        if way in {"below", "around"}:
            yield self.rows.below, self.rows.issuer


def _next(ground: Ground, steps: Sequence[str], way: Way, parties: AbstractSet[str]) -> set[str]:
    """The parties one step from these, by queries and ties."""
    found: set[str] = set()
    ties = ground.ties
    for party in parties:
        if way in {"above", "around"}:
            found |= ties.above.get(party, set())
        if way in {"below", "around"}:
            found |= ties.below.get(party, set())
    if not steps:
        return found
    with listed(ground.together.connection, "frontier", parties):
        for step in steps:
            found.update(row[0] for row in ground.together.connection.execute(step).fetchall())
    return found


def between(ground: Ground, owners: frozenset[str], companies: frozenset[str]) -> frozenset[str]:
    """Those on a way from companies up to owners, with both, and one company that each of these holds.

    By that one company whoever is told of by holdings alone is known.
    """
    found = _walked_both_ways(ground, owners, companies)
    return found | owners | companies | _one_held_each(ground, owners | companies)


def _walked_both_ways(ground: Ground, owners: frozenset[str], companies: frozenset[str]) -> frozenset[str]:
    """By number, down within all that is above; by queries both at once, and within what ends first."""
    if ground.rows is not None:
        if _has_holdings_alone(ground):
            return _between_by_number(ground.rows, owners, companies)
        return walk(ground, owners, "below", within=walk(ground, companies, "above"))
    starts: dict[Way, frozenset[str]] = {"above": companies, "below": owners}
    steps = {way: _steps(ground, way) for way in starts}
    seen = {way: set(start) for way, start in starts.items()}
    new = {way: set(start) for way, start in starts.items()}
    while all(new.values()):
        way = min(new, key=lambda side: len(new[side]))
        new[way] = _next(ground, steps[way], way, new[way]) - seen[way]
        seen[way] |= new[way]
    ended, other = sorted(starts, key=lambda side: bool(new[side]))
    return walk(ground, starts[other], other, within=seen[ended])


def _has_holdings_alone(ground: Ground) -> bool:
    return not (_steps(ground, "around") or ground.ties.above)


def _between_by_number(rows: Rows, owners: frozenset[str], companies: frozenset[str]) -> frozenset[str]:
    """The same where nothing but holdings leads on: many may be above, of whom the names are not needed."""
    above = _Trodden(rows)
    above.far(rows.ids.find_all(companies), "above")
    below = _Trodden(rows)
    below.seen = ~above.seen
    start = rows.ids.find_all(owners)
    return frozenset(rows.ids.take(below.far(start[above.seen[start]], "below")))


def _one_held_each(ground: Ground, holders: frozenset[str]) -> set[str]:
    rows = ground.rows
    if rows is not None:
        held = (rows.issuer[rows.below.of(each)] for each in rows.ids.find_all(holders).tolist())
        return {rows.ids[int(each.min())] for each in held if len(each)}
    with listed(ground.together.connection, "frontier", holders):
        told = 'SELECT min(issuer) FROM "holding" WHERE holder IN (SELECT name FROM frontier) GROUP BY holder'
        return {row[0] for row in ground.together.connection.execute(told).fetchall()}


_UP = (
    'SELECT DISTINCT holder FROM "holding" WHERE issuer IN (SELECT name FROM frontier)',
    'SELECT DISTINCT holder FROM "beneficiary" WHERE trust IN (SELECT name FROM frontier)',
    """SELECT DISTINCT unnest([holder, instructed_by]) AS name FROM "right"
       WHERE issuer IN (SELECT name FROM frontier)""",
    """SELECT DISTINCT unnest(from_json(parties, '["VARCHAR"]')) AS name FROM "right"
       WHERE issuer IN (SELECT name FROM frontier)""",
)
_DOWN = (
    'SELECT DISTINCT issuer FROM "holding" WHERE holder IN (SELECT name FROM frontier)',
    'SELECT DISTINCT trust FROM "beneficiary" WHERE holder IN (SELECT name FROM frontier)',
    """SELECT DISTINCT issuer FROM "right" WHERE issuer IS NOT NULL AND (holder IN (SELECT name FROM frontier)
       OR instructed_by IN (SELECT name FROM frontier))""",
)
_ALIKE = """SELECT other FROM "same_as" WHERE party IN (SELECT name FROM frontier)
    UNION SELECT party FROM "same_as" WHERE other IN (SELECT name FROM frontier)"""
_CORRECTED = {
    "above": """SELECT DISTINCT unnest([said.holder, told.value]) FROM "holding" AS said
        JOIN "correction" AS told ON told.corrects = said.id
        WHERE told.value IN (SELECT name FROM frontier) OR said.issuer IN (SELECT name FROM frontier)""",
    "below": """SELECT DISTINCT unnest([said.issuer, told.value]) FROM "holding" AS said
        JOIN "correction" AS told ON told.corrects = said.id
        WHERE told.value IN (SELECT name FROM frontier) OR said.holder IN (SELECT name FROM frontier)""",
}
_BY_HOLDINGS = (_UP[0], _DOWN[0])


def _steps(ground: Ground, way: Way) -> list[str]:
    """The queries from some parties to the next; of tables that have no rows, none."""
    corrected = count_of(ground.together, ["correction"])
    up = [*_UP, *([_CORRECTED["above"]] if corrected else [])]
    down = [*_DOWN, *([_CORRECTED["below"]] if corrected else [])]
    ways: dict[Way, list[str]] = {"alone": [], "above": up, "below": down, "around": [*up, *down]}
    kinds = ("holding", "beneficiary", "right", "same_as")
    filled = {kind for kind in kinds if count_of(ground.together, [kind])}
    return [
        f"SELECT * FROM ({step}) AS found(name) WHERE name IS NOT NULL"  # noqa: S608 (our own words)
        for step in (*ways[way], _ALIKE)
        if any(f'FROM "{kind}"' in step for kind in filled)
        and not (ground.rows is not None and step in _BY_HOLDINGS)
    ]


class _Listing:
    """Names as a table for the queries inside a ``with``."""

    def __init__(self, connection: "DuckDBPyConnection", table: str, names: Iterable[str]) -> None:
        self.connection, self.table, self.names = connection, table, names

    def __enter__(self) -> None:
        import pyarrow as pa  # noqa: PLC0415 (an extra)

        listed = pa.table({"name": pa.array([each for each in self.names if each], pa.string())})
        self.connection.register(self.table, listed)

    def __exit__(self, *_: object) -> None:
        self.connection.unregister(self.table)


listed = _Listing
