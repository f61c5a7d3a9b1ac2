"""The statements of a register that bear on a few parties: what a question about them reads instead of all.

A company's column follows from what is said of its holders; who owns it, from the columns of the companies
above it. So the parties that matter are walked to over what was ever said (whatever its dates and
status: too many are read, never too few), and only statements about them become records.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.joined import Joined, ledger_of, selected
from crosstie.engines.register.rows import By
from crosstie.engines.register.walking import (
    Ground,
    Reach,
    between,
    count_of,
    ground_of,
    listed,
    parties_of,
    reached,
    ties_of,
    walk,
)
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.schema import KIND_OF
from crosstie.ledger.statements import Correction, ShareClass, Source, Statement

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


def bearing_on(together: Joined, parties: Iterable[str], reach: Reach) -> Ledger | None:
    """The statements that bear on some parties; ``None`` where they cannot be told apart from the rest.

    Parameters
    ----------
    parties
        Ids; those that nobody mentions bring nothing.
    """
    few = _few(together)
    if few is None:
        return None
    ground = ground_of(together, _without_sources(few), far=reach != "alone")
    wanted = reached(ground, frozenset(parties), reach)
    if reach != "around" and _binds(together, wanted | ground.ties.companies):
        wanted = walk(ground, wanted, "around")
    return ledger_of(together, _read(ground, wanted | ground.ties.companies, few))


def bearing_between(together: Joined, owners: Iterable[str], companies: Iterable[str]) -> Ledger | None:
    """The statements that bear on what owners have in companies: on those both above the companies and below the owners.

    Other holders of these take their parts of them, and nothing of them comes back to the owners. ``None`` as above.
    """
    few = _few(together)
    if few is None:
        return None
    ground = ground_of(together, _without_sources(few), far=True)
    wanted = between(ground, frozenset(owners), frozenset(companies))
    return ledger_of(together, _read(ground, wanted | ground.ties.companies, few))


def reached_between(
    together: Joined, owners: Iterable[str], companies: Iterable[str]
) -> frozenset[str] | None:
    """The parties between owners and companies; ``None`` as above."""
    few = _few(together)
    if few is None:
        return None
    return between(ground_of(together, few, far=True), frozenset(owners), frozenset(companies))


def reached_by(together: Joined, parties: Iterable[str], reach: Reach) -> frozenset[str] | None:
    """The parties that the reach takes in; ``None`` where too much is tied by other statements to say."""
    few = _few(together)
    if few is None:
        return None
    return reached(ground_of(together, few, far=reach != "alone"), frozenset(parties), reach)


def _few(together: Joined) -> list[Any] | None:
    """All statements of kinds that are read whole, and sources; ``None`` where they are too many."""
    if count_of(together, FEW) > MOST_FEW:
        return None
    return [item for name in FEW if count_of(together, [name]) for item in selected(together, TABLES[name])]


def _without_sources(few: Iterable[Any]) -> list[Any]:
    return [item for item in few if not isinstance(item, Source)]


def replayed_companies(together: Joined) -> frozenset[str] | None:
    """Companies of which more is said than who has what part; ``None`` where these are too many to say.

    Whose classes events move, of which a class, a vote total, a right that moves votes or a trust's
    beneficiary is stated, and those named in corrected statements.
    """
    few = _few(together)
    if few is None:
        return None
    found = ties_of(few).companies | {each.issuer for each in few if isinstance(each, ShareClass)}
    for query in _NOT_PLAIN:
        found.update(row[0] for row in together.connection.execute(query).fetchall() if row[0])
    corrected = [each for each in few if isinstance(each, Correction)]
    with listed(together.connection, "frontier", [each.corrects for each in corrected]):
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


def _binds(together: Joined, companies: frozenset[str] | set[str]) -> bool:
    """Whether a right concerns these companies that binds holders with all they control."""
    kinds = ", ".join(f"'{kind}'" for kind in BINDING)
    with listed(together.connection, "frontier", companies):
        query = f"""SELECT 1 FROM "right" WHERE "right" IN ({kinds})
            AND (issuer IS NULL OR issuer IN (SELECT name FROM frontier)) LIMIT 1"""  # noqa: S608 (our own words)
        return bool(together.connection.execute(query).fetchall())


def _read(
    ground: Ground, companies: frozenset[str] | set[str], few: Sequence[Statement | Source]
) -> Iterator[Statement | Source]:
    """What is about the companies, the rivals of its events, then what it names and what retracts it."""
    together, connection = ground.together, ground.together.connection
    statements = _without_sources(few)
    corrected = {each.corrects for each in statements if isinstance(each, Correction)}
    told_events = {each.head.event for each in statements if each.head.event}
    about: list[Statement] = []
    with listed(connection, "frontier", companies), listed(connection, "corrected", corrected):
        kinds = [name for name in (*ABOUT, "remark") if count_of(together, [name])]
        events = told_events | _events(together, kinds)
        with listed(connection, "rival", events):
            for name in kinds:
                if name == "holding" and ground.rows is not None and not corrected and not events:
                    about += _at(ground, name, ground.rows.above, ground.rows.place, companies)
                else:
                    about += _about(together, name)
    read = [*statements, *about]
    read += list(_retracting(together, read))
    names = set(companies).union(*map(parties_of, read))
    read += list(_describing(ground, names))
    sources = {source for each in read for source in each.head.sources}
    order = {name: at for at, name in enumerate(TABLES)}
    yield from sorted(read, key=lambda each: order[KIND_OF[type(each)].name])  # stable: rows keep their order
    with listed(connection, "frontier", sources):
        yield from selected(together, TABLES["source"], "id IN (SELECT name FROM frontier)")


def _at(ground: Ground, name: str, by: By, place: NDArray[np.int64], parties: Iterable[str]) -> Iterator[Any]:
    """The rows of a table about some parties, found by where they are stored."""
    assert ground.rows is not None  # noqa: S101 (the caller has looked)
    numbers = ground.rows.ids.find_all(parties)
    rows = by.of_all(numbers)
    places = (place[rows] if len(place) else rows).tolist()
    where = f"said.{ground.together.place} IN (SELECT unnest($places::BIGINT[]))"
    return selected(ground.together, TABLES[name], where, {"places": places})


def _subject(name: str) -> str:
    """The condition that a statement is about one of the companies."""
    if name == "remark":
        return "FALSE"
    told = "IS NULL OR said.issuer" if name == "right" else ""
    column = f"said.{ABOUT[name]} {told}".strip()
    return f"({column} IN (SELECT name FROM frontier) OR said.id IN (SELECT name FROM corrected))"  # noqa: S608 (our own names)


def _events(together: Joined, kinds: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in kinds:
        if name not in ABOUT:
            continue
        some = f'SELECT 1 FROM "{name}" WHERE event IS NOT NULL LIMIT 1'  # noqa: S608 (our own names)
        if not together.connection.execute(some).fetchall():
            continue
        query = f'SELECT DISTINCT event FROM "{name}" AS said WHERE event IS NOT NULL AND {_subject(name)}'  # noqa: S608 (our own words)
        found.update(row[0] for row in together.connection.execute(query).fetchall())
    return found


def _about(together: Joined, name: str) -> Iterator[Any]:
    where = " OR ".join((_subject(name), "said.event IN (SELECT name FROM rival)"))
    return selected(together, TABLES[name], where)


def _retracting(together: Joined, read: Iterable[Statement]) -> Iterator[Any]:
    """Retractions of what is read, and retractions of these."""
    ids = {each.head.id for each in read} if count_of(together, ["retraction"]) else set()
    seen: set[str] = set()
    while ids:
        with listed(together.connection, "frontier", ids):
            found: list[Any] = list(
                selected(together, TABLES["retraction"], "retracts IN (SELECT name FROM frontier)")
            )
        new = [each for each in found if each.head.id not in seen]
        seen |= {each.head.id for each in new}
        ids = {each.head.id for each in new}
        yield from new


def _describing(ground: Ground, names: set[str]) -> Iterator[Any]:
    """Judgements that some of the names are one party, and what all these are; with what retracts either."""
    together = ground.together
    judged: dict[str, Any] = {}
    if count_of(together, ["same_as"]):
        new = names
        while new:
            with listed(together.connection, "frontier", new):
                query = "party IN (SELECT name FROM frontier) OR other IN (SELECT name FROM frontier)"
                told: list[Any] = list(selected(together, TABLES["same_as"], query))
            judged |= {each.head.id: each for each in told}
            new = {end for each in told for end in (each.party, each.other)} - names
            names |= new
    found = list(judged.values())
    if ground.rows is not None:
        found += _at(ground, "entity", ground.rows.about, ground.rows.told_at, names)
    else:
        with listed(together.connection, "frontier", names):
            found += list(selected(together, TABLES["entity"], "party IN (SELECT name FROM frontier)"))
    yield from found
    yield from _retracting(together, found)
