"""The statements of a register that bear on a few parties: what a question about them reads instead of all.

A company's column follows from what is said of its holders; who owns it, from the columns of the companies
above it. So the parties that matter are walked to over what was ever said (whatever its dates and
status: too many are read, never too few), and only statements about them become records.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.joined import Joined, ledger_of, selected
from crosstie.engines.register.steps import REPLAYED
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.schema import KIND_OF
from crosstie.ledger.statements import Correction, Part, PartyId, ShareClass, Source, Statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Reach = Literal["alone", "above", "below", "around", "through"]
"""Which parties beside those asked about: none, all that hold them, all they hold, both and theirs, or all they
hold and all that hold these."""

ABOUT = {
    "holding": "issuer",
    "right": "issuer",
    "holder_bound": "issuer",
    "vote_total": "issuer",
    "check": "issuer",
    "beneficiary": "trust",
    "office": "body",
}
"""Kinds whose statements are about one company (named here), of which they are read for that company alone."""
_BY_NAME = ("entity", "same_as", "retraction", "remark", "source")
FEW = tuple(name for name in TABLES if name not in {*ABOUT, *_BY_NAME})
"""Kinds that are read whole: a few statements each, tied to companies through classes, events and steps."""
MOST_FEW = 200_000
BINDING = ("vote_cap", "acting_in_concert")
"""Rights that bind a holder with those it controls anywhere."""


@dataclass(slots=True)
class _Ties:
    """Who stands above and below whom by statements that are read whole; the companies these are about."""

    above: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    below: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    companies: set[str] = field(default_factory=set)


def bearing_on(together: Joined, parties: Iterable[str], reach: Reach) -> Ledger | None:
    """The statements that bear on some parties; ``None`` where they cannot be told apart from the rest.

    Parameters
    ----------
    parties
        Ids; those that nobody mentions bring nothing.
    """
    if _count(together, FEW) > MOST_FEW:
        return None
    few = [item for name in FEW for item in selected(together, TABLES[name])]
    ties = _ties([item for item in few if not isinstance(item, Source)])
    wanted = _reached(together, ties, frozenset(parties), reach)
    if reach != "around" and _binds(together, wanted | ties.companies):
        wanted = _walk(together, ties, wanted, "around")
    return ledger_of(together, _read(together, wanted | ties.companies, few))


def bearing_between(together: Joined, owners: Iterable[str], companies: Iterable[str]) -> Ledger | None:
    """The statements that bear on what owners have in companies: on those both above the companies and below the owners.

    Other holders of these take their parts of them, and nothing of them comes back to the owners. ``None`` as above.
    """
    if _count(together, FEW) > MOST_FEW:
        return None
    few = [item for name in FEW for item in selected(together, TABLES[name])]
    ties = _ties([item for item in few if not isinstance(item, Source)])
    wanted = _between(together, ties, frozenset(owners), frozenset(companies))
    return ledger_of(together, _read(together, wanted | ties.companies, few))


def reached_between(
    together: Joined, owners: Iterable[str], companies: Iterable[str]
) -> frozenset[str] | None:
    """The parties between owners and companies; ``None`` as above."""
    if _count(together, FEW) > MOST_FEW:
        return None
    few: list[Any] = [item for name in FEW for item in selected(together, TABLES[name])]
    return _between(together, _ties(few), frozenset(owners), frozenset(companies))


def _between(
    together: Joined, ties: _Ties, owners: frozenset[str], companies: frozenset[str]
) -> frozenset[str]:
    """Both ways are walked at once; once one is at its end, the other goes on within what that has found."""
    starts: dict[Reach, frozenset[str]] = {"above": companies, "below": owners}
    steps = {reach: _steps(together, reach) for reach in starts}
    seen = {reach: set(start) for reach, start in starts.items()}
    new = {reach: set(start) for reach, start in starts.items()}
    while all(new.values()):
        reach = min(new, key=lambda side: len(new[side]))
        new[reach] = _next(together, ties, steps[reach], reach, new[reach]) - seen[reach]
        seen[reach] |= new[reach]
    ended, other = sorted(starts, key=lambda side: bool(new[side]))
    between = _walk(together, ties, starts[other], other, within=seen[ended])
    with _listed(together.connection, "frontier", owners | companies):
        # one company that each end holds, so that whoever is told of by holdings alone is known
        told = 'SELECT min(issuer) FROM "holding" WHERE holder IN (SELECT name FROM frontier) GROUP BY holder'
        known = {row[0] for row in together.connection.execute(told).fetchall()}
    return between | owners | companies | known


def reached_by(together: Joined, parties: Iterable[str], reach: Reach) -> frozenset[str] | None:
    """The parties that the reach takes in; ``None`` where too much is tied by other statements to say."""
    if _count(together, FEW) > MOST_FEW:
        return None
    few: list[Any] = [item for name in FEW for item in selected(together, TABLES[name])]
    return _reached(together, _ties(few), frozenset(parties), reach)


def replayed_companies(together: Joined) -> frozenset[str] | None:
    """Companies of which more is said than who has what part; ``None`` where these are too many to say.

    Whose classes events move, of which a class, a vote total, a right that moves votes or a trust's
    beneficiary is stated, and those named in corrected statements.
    """
    if _count(together, FEW) > MOST_FEW:
        return None
    few: list[Any] = [item for name in FEW for item in selected(together, TABLES[name])]
    found = _ties(few).companies | {each.issuer for each in few if isinstance(each, ShareClass)}
    for query in _NOT_PLAIN:
        found.update(row[0] for row in together.connection.execute(query).fetchall() if row[0])
    corrected = [each for each in few if isinstance(each, Correction)]
    with _listed(together.connection, "frontier", [each.corrects for each in corrected]):
        told = 'SELECT id, issuer FROM "holding" WHERE id IN (SELECT name FROM frontier)'
        holdings = dict(together.connection.execute(told).fetchall())
    if any(
        each.corrects not in holdings
        for each in corrected
        if each.corrects not in {one.head.id for one in few}
    ):
        return None  # a judgement, a retraction or a party is corrected: its records must be read
    found.update(holdings.values())
    return frozenset(found | {each.value for each in corrected if each.field == "issuer"})


_NOT_PLAIN = (
    'SELECT DISTINCT issuer FROM "vote_total"',
    'SELECT DISTINCT trust FROM "beneficiary"',
    """SELECT DISTINCT issuer FROM "right" WHERE "right" IN ('vote_cap', 'double_vote', 'suspended_votes',
       'voting_instruction', 'acting_in_concert')""",
)


def _count(together: Joined, kinds: Sequence[str]) -> int:
    counts = " + ".join(f'(SELECT count(*) FROM "{kind}")' for kind in kinds)  # noqa: S608 (our own names)
    return int(together.connection.execute(f"SELECT {counts}").fetchall()[0][0])


def _ties(few: Iterable[Any]) -> _Ties:
    statements = list(few)
    issuer = {each.share_class: each.issuer for each in statements if isinstance(each, ShareClass)}
    ties = _Ties()
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


def _reached(together: Joined, ties: _Ties, start: frozenset[str], reach: Reach) -> frozenset[str]:
    if reach == "through":
        return _walk(together, ties, _walk(together, ties, start, "below"), "above")
    return _walk(together, ties, start, reach)


def _walk(
    together: Joined, ties: _Ties, start: frozenset[str], reach: Reach, within: AbstractSet[str] | None = None
) -> frozenset[str]:
    """All parties that the reach takes in (``within`` some), names of one party (whoever judged it) together."""
    steps = _steps(together, reach)
    seen, new = set(start), set(start)
    while new:
        new = _next(together, ties, steps, reach, new) - seen
        if within is not None:
            new &= within
        seen |= new
    return frozenset(seen)


def _next(
    together: Joined, ties: _Ties, steps: Sequence[str], reach: Reach, parties: AbstractSet[str]
) -> set[str]:
    """The parties one step from these."""
    found: set[str] = set()
    for party in parties:
        if reach in {"above", "around"}:
            found |= ties.above.get(party, set())
        if reach in {"below", "around"}:
            found |= ties.below.get(party, set())
    with _listed(together.connection, "frontier", parties):
        for step in steps:
            found.update(row[0] for row in together.connection.execute(step).fetchall())
    return found


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


def _steps(together: Joined, reach: Reach) -> list[str]:
    """The queries from some parties to the next; of tables that have no rows, none."""
    corrected = _count(together, ["correction"])
    up = [*_UP, *([_CORRECTED["above"]] if corrected else [])]
    down = [*_DOWN, *([_CORRECTED["below"]] if corrected else [])]
    chosen = {"alone": [], "above": up, "below": down, "around": [*up, *down]}[reach]
    filled = {kind for kind in ("holding", "beneficiary", "right", "same_as") if _count(together, [kind])}
    return [
        f"SELECT * FROM ({step}) AS found(name) WHERE name IS NOT NULL"  # noqa: S608 (our own words)
        for step in (*chosen, _ALIKE)
        if any(f'FROM "{kind}"' in step for kind in filled)
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


_listed = _Listing


def _binds(together: Joined, companies: frozenset[str] | set[str]) -> bool:
    """Whether a right concerns these companies that binds holders with all they control."""
    kinds = ", ".join(f"'{kind}'" for kind in BINDING)
    with _listed(together.connection, "frontier", companies):
        query = f"""SELECT 1 FROM "right" WHERE "right" IN ({kinds})
            AND (issuer IS NULL OR issuer IN (SELECT name FROM frontier)) LIMIT 1"""  # noqa: S608 (our own words)
        return bool(together.connection.execute(query).fetchall())


def _read(
    together: Joined, companies: frozenset[str] | set[str], few: Sequence[Statement | Source]
) -> Iterator[Statement | Source]:
    """What is about the companies, the rivals of its events, then what it names and what retracts it."""
    statements = [each for each in few if not isinstance(each, Source)]
    corrected = {each.corrects for each in statements if isinstance(each, Correction)}
    connection = together.connection
    about: list[Statement] = []
    with _listed(connection, "frontier", companies), _listed(connection, "corrected", corrected):
        events = {each.head.event for each in statements if each.head.event} | _events(together)
        with _listed(connection, "rival", events):
            for name in (*ABOUT, "remark"):
                about += _about(together, name)
    read = [*statements, *about]
    read += list(_retracting(together, read))
    names = set(companies).union(*map(parties_of, read))
    read += list(_describing(together, names))
    sources = {source for each in read for source in each.head.sources}
    order = {name: at for at, name in enumerate(TABLES)}
    yield from sorted(read, key=lambda each: order[KIND_OF[type(each)].name])  # stable: rows keep their order
    with _listed(connection, "frontier", sources):
        yield from selected(together, TABLES["source"], "id IN (SELECT name FROM frontier)")


def _subject(name: str) -> str:
    """The condition that a statement is about one of the companies."""
    if name == "remark":
        return "FALSE"
    told = "IS NULL OR said.issuer" if name == "right" else ""
    column = f"said.{ABOUT[name]} {told}".strip()
    return f"({column} IN (SELECT name FROM frontier) OR said.id IN (SELECT name FROM corrected))"  # noqa: S608 (our own names)


def _events(together: Joined) -> set[str]:
    found: set[str] = set()
    for name in ABOUT:
        query = f'SELECT DISTINCT event FROM "{name}" AS said WHERE event IS NOT NULL AND {_subject(name)}'  # noqa: S608 (our own words)
        found.update(row[0] for row in together.connection.execute(query).fetchall())
    return found


def _about(together: Joined, name: str) -> Iterator[Any]:
    where = " OR ".join((_subject(name), "said.event IN (SELECT name FROM rival)"))
    return selected(together, TABLES[name], where)


def _retracting(together: Joined, read: Iterable[Statement]) -> Iterator[Any]:
    """Retractions of what is read, and retractions of these."""
    ids = {each.head.id for each in read}
    seen: set[str] = set()
    while ids:
        with _listed(together.connection, "frontier", ids):
            found: list[Any] = list(
                selected(together, TABLES["retraction"], "retracts IN (SELECT name FROM frontier)")
            )
        new = [each for each in found if each.head.id not in seen]
        seen |= {each.head.id for each in new}
        ids = {each.head.id for each in new}
        yield from new


def _describing(together: Joined, names: set[str]) -> Iterator[Any]:
    """Judgements that some of the names are one party, and what all these are; with what retracts either."""
    judged: dict[str, Any] = {}
    if _count(together, ["same_as"]):
        new = names
        while new:
            with _listed(together.connection, "frontier", new):
                query = "party IN (SELECT name FROM frontier) OR other IN (SELECT name FROM frontier)"
                told: list[Any] = list(selected(together, TABLES["same_as"], query))
            judged |= {each.head.id: each for each in told}
            new = {end for each in told for end in (each.party, each.other)} - names
            names |= new
    found = list(judged.values())
    with _listed(together.connection, "frontier", names):
        found += list(selected(together, TABLES["entity"], "party IN (SELECT name FROM frontier)"))
    yield from found
    yield from _retracting(together, found)


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
