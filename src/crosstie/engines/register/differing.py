"""What differs between two moments over a whole register: the stakes of most companies by SQL, all at a time.

A company is compared here where all words in force on its holders, on both sides, are parts of its outstanding shares
or of its votes, written in up to thirteen digits. Of any other, and of all whose columns do not follow from such words
alone (see :mod:`crosstie.engines.register.everybody`), both columns must be made record by record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crosstie.engines.register.everybody import UNITS
from crosstie.engines.register.joined import Joined
from crosstie.engines.register.plain import Moment, prepare
from crosstie.network.build import treasury_id
from crosstie.network.edges import unknown_id

Ends = tuple[int, int, bool, bool]
"""A range in units: low, high, and whether either end is open."""
_FETCHED = 10_000


@dataclass(frozen=True, slots=True)
class Stake:
    """What a holder has on one side: parts of the outstanding shares and of the votes."""

    capital: Ends
    votes: Ends


@dataclass(frozen=True, slots=True)
class Pair:
    """A holder whose stake in a company differs; ``None`` where it has none, ``gone`` and ``come`` is what was said."""

    company: str
    holder: str
    before: Stake | None
    after: Stake | None
    gone: tuple[str, ...]
    come: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """Companies that may differ and must be replayed; whether any word on a changed one is a range.

    ``at_once``: the others that differ are in the register's tables, for :func:`pairs`.
    """

    replayed: list[str]
    ranged: bool
    at_once: bool


def changed_companies(together: Joined, before: Moment, after: Moment) -> Changed | None:
    """Companies whose column may differ between two moments; ``None``: everything must be replayed.

    Those on whose holders the words in force differ, and all that are not plain.
    """
    connection, replayed = together.connection, set[str]()
    connection.execute("CREATE OR REPLACE TEMP TABLE tied (name VARCHAR)")
    for moment, table in ((before, "before"), (after, "after")):
        plain = prepare(together, moment)
        if plain is None:
            return None
        replayed |= plain.replayed
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
        connection.execute(f"ALTER TABLE temp.day_word RENAME TO {table}")
        connection.execute("INSERT INTO tied SELECT name FROM alias UNION SELECT used FROM alias")
    for step in (_CHANGED, _WORD, "DROP TABLE temp.before", "DROP TABLE temp.after"):
        connection.execute(step.format(place=together.place))
    ranged = bool(_rows(together, f"SELECT 1 FROM word WHERE {_RANGED} LIMIT 1"))  # noqa: S608 (our own words)
    if _rows(together, 'SELECT 1 FROM "right" WHERE issuer IS NULL LIMIT 1'):
        # it may bind holders in any company
        replayed |= {row[0] for row in _rows(together, "SELECT issuer FROM changed")}
        return Changed(sorted(replayed), ranged, at_once=False)
    connection.execute(_INTRICATE, [sorted(replayed)])
    for step in (_STAKE, _OVER, _REST, "DROP TABLE temp.word"):
        connection.execute(step)
    replayed |= {row[0] for row in _rows(together, "SELECT issuer FROM intricate")}
    return Changed(sorted(replayed), ranged, at_once=True)


def _rows(together: Joined, query: str) -> list[Any]:
    return together.connection.execute(query).fetchall()


_CHANGED = """
CREATE OR REPLACE TEMP TABLE changed AS SELECT DISTINCT issuer FROM (
    (SELECT stands_at, holder, issuer FROM before EXCEPT SELECT stands_at, holder, issuer FROM after)
    UNION ALL (SELECT stands_at, holder, issuer FROM after EXCEPT SELECT stands_at, holder, issuer FROM before))"""

_ENDS_OF_PARTS = ("share_low", "share_high", "votes_low", "votes_high")
_SCALED = ", ".join(f"CAST(round({end} * {UNITS}) AS BIGINT) AS {end}_units" for end in _ENDS_OF_PARTS)
_WORD = f"""
CREATE OR REPLACE TEMP TABLE word AS
SELECT later, said.holder, said.issuer, stands_at, share_class, shares, coalesce(base, 'unstated') AS base,
    share, share_low, share_high, share_low_open, share_high_open,
    votes, votes_low, votes_high, votes_low_open, votes_high_open, words,
    {_SCALED}, id || ' (holding' || coalesce(', ' || true_on, '') || ')' AS told,
    row_number() OVER (PARTITION BY later, said.issuer
        ORDER BY since, known_day, coalesce(file, ''), coalesce(line, 0), stands_at) AS nth
FROM (SELECT FALSE AS later, * FROM before UNION ALL SELECT TRUE, * FROM after) AS said
    JOIN changed USING (issuer) JOIN "holding" AS stored ON stored.{{place}} = said.stands_at"""  # noqa: S608 (our own words)

_RANGED = (
    """share_low IS DISTINCT FROM share_high OR votes_low IS DISTINCT FROM votes_high OR words IS NOT NULL"""
)

_NO_UNITS = " OR ".join(
    f"{end}_units / {UNITS}.0 <> {end}" for end in ("share_low", "share_high", "votes_low", "votes_high")
)
_LONG = "[0-9.,]{14}"
_TITLES = " OR ".join(f"starts_with(holder, '{title}')" for title in (unknown_id(""), treasury_id("")))
_INTRICATE = f"""
CREATE OR REPLACE TEMP TABLE intricate AS
SELECT unnest(?::VARCHAR[]) AS issuer UNION
SELECT issuer FROM word WHERE share_class IS NOT NULL OR shares IS NOT NULL OR holder = issuer
    OR base NOT IN ('unstated', 'outstanding') OR {_TITLES} OR {_NO_UNITS}
    OR contains(share, '/') OR contains(votes, '/')
    OR regexp_matches(share, '{_LONG}') OR regexp_matches(votes, '{_LONG}')
    OR greatest(share_high_units, votes_high_units) > {UNITS}
    OR (share IS NOT NULL AND share_high IS NULL AND share_low >= 1)
    OR (votes IS NOT NULL AND votes_high IS NULL AND votes_low >= 1)
    OR holder IN (SELECT name FROM tied) OR issuer IN (SELECT name FROM tied)"""  # noqa: S608 (as above)

_STAKE = f"""
CREATE OR REPLACE TEMP TABLE stake AS
WITH plain AS (SELECT * FROM word ANTI JOIN intricate USING (issuer)),
    first AS (SELECT later, issuer, holder, min(nth) AS nth FROM plain GROUP BY later, issuer, holder),
    s AS (SELECT * FROM plain WHERE share IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY later, issuer, holder ORDER BY nth DESC) = 1),
    v AS (SELECT * FROM plain WHERE votes IS NOT NULL OR words IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY later, issuer, holder ORDER BY nth DESC) = 1),
    both_words AS (SELECT first.*, CASE WHEN v.stands_at IS NULL THEN 'as shares' WHEN v.votes IS NOT NULL THEN 'stated'
            WHEN contains(lower(v.words), 'control') THEN 'majority'
            WHEN s.stands_at = v.stands_at THEN 'as shares' ELSE 'anything' END AS how,
        coalesce(s.share_low_units, 0) AS low, coalesce(s.share_high_units, {UNITS}) AS high,
        coalesce(s.share_low_open, FALSE) AS low_open,
        s.share_high IS NOT NULL AND coalesce(s.share_high_open, FALSE) AS high_open,
        v.votes_low_units, coalesce(v.votes_high_units, {UNITS}) AS votes_high_units, v.votes_low_open,
        v.votes_high IS NOT NULL AND v.votes_high_open AS votes_high_open,
        CASE WHEN s.stands_at IS NULL OR s.stands_at = v.stands_at THEN [v.told] WHEN v.stands_at IS NULL THEN [s.told]
            WHEN s.nth < v.nth THEN [s.told, v.told] ELSE [v.told, s.told] END AS told
        FROM first LEFT JOIN s USING (later, issuer, holder) LEFT JOIN v USING (later, issuer, holder)
        WHERE s.stands_at IS NOT NULL OR v.stands_at IS NOT NULL)
SELECT later, issuer, holder, nth, low, high, low_open, high_open,
    CASE how WHEN 'as shares' THEN low WHEN 'stated' THEN votes_low_units WHEN 'majority' THEN {UNITS // 2} ELSE 0 END
        AS vote_low,
    CASE how WHEN 'as shares' THEN high WHEN 'stated' THEN votes_high_units ELSE {UNITS} END AS vote_high,
    CASE how WHEN 'as shares' THEN low_open WHEN 'stated' THEN votes_low_open ELSE how = 'majority' END AS vote_low_open,
    CASE how WHEN 'as shares' THEN high_open WHEN 'stated' THEN votes_high_open ELSE FALSE END AS vote_high_open,
    CASE WHEN high > 0 OR vote_high > 0 THEN told ELSE [] END AS told
FROM both_words"""  # noqa: S608 (as above)


_OVER = f"""
INSERT INTO intricate SELECT DISTINCT issuer FROM stake GROUP BY later, issuer
    HAVING sum(low) > {UNITS} OR sum(vote_low) > {UNITS}"""  # noqa: S608 (as above)


def _rest(low: str, high: str) -> str:
    """What the stated holders of a company leave: its ends, and which of them are open."""
    least, most = f"greatest(0, {UNITS} - sum({high}))", f"greatest(0, {UNITS} - sum({low}))"
    is_range = f"{least} < {most}"
    return f"""CAST({least} AS BIGINT) AS {low}, CAST({most} AS BIGINT) AS {high},
        {is_range} AND sum({high}) <= {UNITS} AND bool_or({high}_open) AS {low}_open,
        {is_range} AND bool_or({low}_open) AS {high}_open"""


_REST = f"""
INSERT INTO stake BY NAME SELECT later, issuer, '{unknown_id("")}' || issuer AS holder, {1 << 40} AS nth,
    {_rest("low", "high")}, {_rest("vote_low", "vote_high")}, flatten(list(told ORDER BY nth)) AS told
FROM stake GROUP BY later, issuer"""  # noqa: S608 (as above)

_ENDS = ("low", "high", "low_open", "high_open", "vote_low", "vote_high", "vote_low_open", "vote_high_open")
_SIDES = ", ".join(f"{side}.{end} AS {side}_{end}" for side in ("b", "a") for end in _ENDS)
_SAME = " AND ".join(f"b.{end} = a.{end}" for end in _ENDS)
_PAIRS = f"""
SELECT coalesce(b.issuer, a.issuer) AS company, coalesce(b.holder, a.holder) AS party,
    coalesce(b.some, FALSE) AS was, coalesce(a.some, FALSE) AS is_now, {_SIDES}, b.told AS said, a.told AS says
FROM (SELECT *, high > 0 OR vote_high > 0 AS some FROM stake WHERE NOT later) AS b
FULL JOIN (SELECT *, high > 0 OR vote_high > 0 AS some FROM stake WHERE later) AS a
    ON b.issuer = a.issuer AND b.holder = a.holder
WHERE coalesce(b.issuer, a.issuer) NOT IN (SELECT issuer FROM intricate)
    AND (coalesce(b.some, FALSE) OR coalesce(a.some, FALSE)) AND NOT coalesce({_SAME}, FALSE)
ORDER BY company, NOT was, CASE WHEN was THEN b.nth ELSE a.nth END"""  # noqa: S608 (as above)


def pairs(together: Joined) -> Iterator[Pair]:
    """Every holder whose stake differs, by company, after :func:`changed_companies` of the same connection."""
    table: Any = together.connection.sql(_PAIRS).to_arrow_table()
    for begin in range(0, table.num_rows, _FETCHED):
        columns = [column.to_pylist() for column in table.slice(begin, _FETCHED).columns]
        for company, holder, was, is_now, *ends, said, says in zip(*columns, strict=True):
            before, after = frozenset(said or ()), frozenset(says or ())
            yield Pair(
                company,
                holder,
                _stake(ends[:8]) if was else None,
                _stake(ends[8:]) if is_now else None,
                tuple(each for each in said or () if each not in after),
                tuple(each for each in says or () if each not in before),
            )


def _stake(ends: list[Any]) -> Stake:
    low, high, low_open, high_open, *votes = ends
    return Stake((low, high, low_open, high_open), (votes[0], votes[1], votes[2], votes[3]))
