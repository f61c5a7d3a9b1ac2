"""A day of a register in pieces: parties, offices and holdings as :mod:`crosstie.ledger.daily` has them, never held whole.

Of most companies each holder is told of by one word, and that word, as it is stored, is what they have. Others'
words in force become records, some companies at a time; those with a history (events, classes, corrections) are replayed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from crosstie.engines.register.bearing import bearing_on
from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.day_records import TRUSTS, Made, add, columns_of_words, replayed_columns
from crosstie.engines.register.joined import Joined, selected
from crosstie.engines.register.plain import Asked, Moment, asked_at, used
from crosstie.engines.register.steps import KNOWN_DAY
from crosstie.engines.register.telling import telling_of_day
from crosstie.engines.register.walking import listed
from crosstie.ledger.amounts import ALL, Interval
from crosstie.ledger.daily import as_holding
from crosstie.ledger.drafting import MAJORITY
from crosstie.ledger.standing import standing
from crosstie.ledger.statements import Beneficiary, Status
from crosstie.ledger.telling import Telling
from crosstie.ledger.values import show
from crosstie.text.problem import Problem

_UNITS = 10**12


@dataclass(frozen=True, slots=True)
class Day:
    """What is said of a day, and the problems of its making."""

    said: Telling
    problems: tuple[Problem, ...]


def day_in_pieces(together: Joined, moment: Moment) -> Day | None:
    """What registers say of a day; ``None`` where its statements cannot be told apart without reading all.

    Its tables are the connection's, which must stay open and has one day at a time.
    """
    asked = None if _is_bound(together) else asked_at(together, moment)
    if asked is None:
        return None
    _make_words(together, asked)
    made = Made([], [])
    replayed_columns(together, asked, moment, made)
    columns_of_words(together, moment, made)
    _make_parties(together, asked)
    _add_beneficiaries(together, asked)
    said = telling_of_day(together, _rows(together, asked))
    found = (*together.problems, *made.in_order(_of_judgements(together, moment)))
    return Day(said, tuple(dict.fromkeys(found)))


def _is_bound(together: Joined) -> bool:
    """Whether an event or a step decides on what a party, an office or a beneficiary is."""
    return any(
        together.connection.execute(
            f'SELECT 1 FROM "{name}" WHERE event IS NOT NULL OR step IS NOT NULL LIMIT 1'  # noqa: S608 (our own names)
        ).fetchall()
        for name in ("entity", "office", "beneficiary")
    )


_NOW = "(true_on IS NULL OR true_on_latest <= $on) AND (until_latest IS NULL OR until_latest > $on)"
_SAYS = "share IS NOT NULL OR shares IS NOT NULL OR votes IS NOT NULL OR words IS NOT NULL"
_CONTROLS = "votes IS NULL AND words IS NOT NULL AND contains(lower(words), 'control')"
_UNLIKE = " OR ".join(
    f"votes_{end} IS DISTINCT FROM {told}"
    for end, told in (
        ("low", "coalesce(share_low, 0)"),
        ("high", "coalesce(share_high, 1)"),
        ("low_open", "coalesce(share_low_open, FALSE)"),
        ("high_open", "coalesce(share_high_open, FALSE)"),
    )
)
"""That stated votes are surely another part than the share; equal ends may be two fractions."""
_SIMPLE = f"""shares IS NULL AND share_class IS NULL AND holder <> issuer
    AND coalesce(base, 'unstated') IN ('unstated', 'outstanding', 'issued')
    AND (share IS NULL OR share_high IS NOT NULL) AND (votes IS NULL OR votes_high IS NOT NULL)
    AND (votes IS NULL OR votes IS NOT DISTINCT FROM share OR {_UNLIKE})"""
_NOTHING = f"""NOT ({_SAYS}) OR (coalesce(share_low = 0 AND share_high = 0, FALSE)
    AND (votes IS NULL OR (votes_low = 0 AND votes_high = 0)) AND NOT ({_CONTROLS}))"""
"""That a word leaves its holder with nothing; one that says nothing still has its turn among the holder's words."""
_ROUGH = f"""share IS NOT NULL AND (round(share_low * {_UNITS}) / {_UNITS} <> share_low
    OR contains(share, '/') OR regexp_matches(share, '[0-9.,]{{14}}'))"""
_OVER = f"""sum(share_low) > 1 + 1e-9 OR (sum(share_low) > 1 - 1e-9
    AND (bool_or(rough OR share_low_open) OR sum(CAST(round(share_low * {_UNITS}) AS BIGINT)) > {_UNITS}))"""


def _make_words(together: Joined, asked: Asked) -> None:
    """Tables of what counts on the day: ``firm_word`` (all that stands), ``other`` (whose companies need records), ``day_word``."""
    holder, issuer = (used(each) if asked.same else f"said.{each}" for each in ("holder", "issuer"))
    execute = together.connection.execute
    execute(
        f"""CREATE OR REPLACE TEMP TABLE firm_word AS {asked.before}
        SELECT stands_at AS stored, {holder} AS holder, {issuer} AS issuer, known_day, file, line,
            CASE WHEN true_on IS NULL THEN DATE '0001-01-01' ELSE true_on_latest END AS since,
            coalesce({_NOW}, FALSE) AS counts, coalesce({_SIMPLE}, FALSE) AS simple, {_NOTHING} AS nothing,
            coalesce({_ROUGH}, FALSE) AS rough, share_low, share_low_open
        FROM firm_holding AS said WHERE coalesce(direct, 'yes') <> 'no'""",  # noqa: S608 (our own words)
        asked.bound,
    )
    execute("CREATE OR REPLACE TEMP TABLE replayed (issuer VARCHAR)")
    with listed(together.connection, "frontier", asked.companies):
        execute("INSERT INTO replayed SELECT name FROM frontier")
    execute(f"""CREATE OR REPLACE TEMP TABLE other AS
        SELECT issuer FROM firm_word WHERE counts GROUP BY issuer HAVING NOT bool_and(simple) OR {_OVER}
        UNION SELECT issuer FROM (SELECT issuer, holder FROM firm_word WHERE counts GROUP BY ALL HAVING count(*) > 1)
        UNION SELECT issuer FROM firm_word WHERE holder = issuer AND counts""")  # noqa: S608 (as above)
    execute("""CREATE OR REPLACE TEMP TABLE day_word AS
        SELECT stored, holder, issuer, nothing, min(stored) OVER (PARTITION BY issuer) AS first, counts,
            row_number() OVER (PARTITION BY issuer ORDER BY since, known_day, file, line, stored) AS nth
        FROM firm_word ANTI JOIN replayed USING (issuer)""")
    execute("""CREATE OR REPLACE TEMP TABLE other_word AS SELECT stored, holder, issuer, first FROM day_word
        WHERE counts AND issuer IN (SELECT issuer FROM other) ORDER BY first, stored""")
    execute("DELETE FROM day_word WHERE NOT counts OR nothing OR issuer IN (SELECT issuer FROM other)")
    execute("DROP TABLE firm_word")
    columns = ", ".join(f'"{column.name}" {column.type}' for column in TABLES["holding"].columns)
    execute(f"CREATE OR REPLACE TEMP TABLE day_record (first BIGINT, nth BIGINT, {columns})")


_BEGUN = f"""CREATE OR REPLACE TEMP TABLE described AS
    SELECT {{place}} AS stored, party, {KNOWN_DAY} AS known_day, coalesce(file, '') AS file, coalesce(line, 0) AS line,
        coalesce({_NOW}, FALSE) AS now, id IN (SELECT id FROM gone) AS is_gone
    FROM "entity" """  # noqa: S608 (our own words)
_PARTIES = f"""CREATE OR REPLACE TEMP TABLE day_party AS
    WITH late AS (SELECT *, row_number() OVER (PARTITION BY party ORDER BY known_day, file, line, stored) AS nth
        FROM described WHERE known_day > $known
            AND party NOT IN (SELECT party FROM described WHERE known_day <= $known)),
    firm AS (SELECT stored, party, known_day, now, stored AS turn FROM described WHERE known_day <= $known AND NOT is_gone
        UNION ALL SELECT stored, party, known_day, now,
            {TRUSTS} + row_number() OVER (ORDER BY known_day, file, line, stored) AS turn
        FROM late WHERE nth = 1 AND NOT is_gone),
    again AS (SELECT party FROM firm GROUP BY party HAVING count(*) > 1)
    SELECT stored, turn FROM firm ANTI JOIN again USING (party)
    UNION ALL SELECT stored, first AS turn FROM (SELECT stored, min(turn) OVER (PARTITION BY party) AS first,
        row_number() OVER (PARTITION BY party ORDER BY now DESC, CASE WHEN now THEN known_day END DESC, turn DESC) AS nth
        FROM firm JOIN again USING (party)) WHERE nth = 1"""  # noqa: S608 (as above)


def _make_parties(together: Joined, asked: Asked) -> None:
    """The table ``day_party``: of each party the description of the day, in the order in which they are first described."""
    days = {"on": asked.bound["on"]}
    together.connection.execute(_BEGUN.format(place=together.place), days)
    together.connection.execute(_PARTIES, {"known": asked.bound["known"]})
    together.connection.execute("DROP TABLE described")


def _in_force(asked: Asked, more: str = "TRUE") -> str:
    """The condition on a row that it is known, firm enough, not taken back and in force; days are ours."""
    on, known, firmness = (asked.bound[each] for each in ("on", "known", "firmness"))
    firm = ", ".join(f"'{each.value}'" for each in Status if each.firmness >= firmness)
    return f"""{_NOW.replace("$on", f"DATE '{on}'")} AND {KNOWN_DAY} <= DATE '{known}'
        AND coalesce(status, 'completed') IN ({firm}) AND id NOT IN (SELECT id FROM gone) AND {more}"""  # noqa: S608 (our own words)


def _add_beneficiaries(together: Joined, asked: Asked) -> None:
    """Who takes what of trusts, as holdings after all others."""
    where = _in_force(asked, "coalesce(role, 'beneficiary') = 'beneficiary'")
    rows = []
    for nth, each in enumerate(selected(together, TABLES["beneficiary"], where)):
        assert isinstance(each, Beneficiary)  # noqa: S101 (of its table)
        names = {
            name: asked.same.get(getattr(each, name), getattr(each, name)) for name in ("holder", "trust")
        }
        rows.append((TRUSTS, nth, as_holding(replace(each, **names))))
    add(together, rows)


def _of_judgements(together: Joined, moment: Moment) -> list[Problem]:
    """What is wrong with the judgements that parties are one."""
    names = "SELECT party FROM same_as UNION SELECT other FROM same_as"
    parties = [row[0] for row in together.connection.execute(names).fetchall()]
    found = bearing_on(together, parties, "alone") if parties else None
    if found is None:
        return []
    told = standing(found.statements, moment.known, moment.assume).problems
    return [each for each in told if each.kind == "same-as"]


def _rows(together: Joined, asked: Asked) -> Mapping[str, str]:
    """Queries for the rows of the day, numbered by ``turn``."""
    place = together.place
    ends = {"holder": "word.holder", "issuer": "word.issuer"} if asked.same else {}
    word = _selected("holding", {**_AS_ON_A_DAY, **ends})
    record = ", ".join(f'"{column.name}"' for column in TABLES["holding"].columns)
    offices = {each: used(each) for each in ("person", "body")} if asked.same else {}
    turn = f"CAST(first AS HUGEINT) * {1 << 40} + nth AS turn"
    entity, office = _selected("entity", {}), _selected("office", offices)
    joined = f'"entity" AS said JOIN day_party ON day_party.stored = said.{place}'
    told = f'"holding" AS said JOIN day_word AS word ON word.stored = said.{place}'
    return {
        "entity": f"SELECT {entity}, turn FROM {joined}",  # noqa: S608 (our own words)
        "office": f'SELECT {office}, {place} AS turn FROM "office" AS said WHERE {_in_force(asked)}',  # noqa: S608 (as above)
        "holding": f"SELECT {word}, {turn} FROM {told} UNION ALL SELECT {record}, {turn} FROM day_record",  # noqa: S608 (as above)
    }


def _selected(name: str, told: Mapping[str, str]) -> str:
    """The columns of a table, some of them told otherwise."""
    return ", ".join(
        f'{told.get(column.name, f"""said."{column.name}" """)} AS "{column.name}"'
        for column in TABLES[name].columns
    )


def _ends_of(part: Interval) -> dict[str, Any]:
    assert part.high is not None  # noqa: S101 (a part)
    return {
        "": f"'{show(part)}'",
        "_low": float(part.low),
        "_high": float(part.high),
        "_low_open": part.low_open,
        "_high_open": part.high_open,
    }


def _votes(end: str) -> str:
    """Votes where they are another part than the share: as stated, or a majority of who controls."""
    stated = f"CASE WHEN votes IS DISTINCT FROM {_AS_SHARE} AND ({_UNLIKE}) THEN said.votes{end} END"
    return f"CASE WHEN {_CONTROLS} THEN {_ends_of(MAJORITY)[end]} WHEN votes IS NOT NULL THEN {stated} END"


_AS_SHARE = f"coalesce(share, '{show(ALL)}')"
_AS_ON_A_DAY: Mapping[str, str] = MappingProxyType(
    {
        f"share{end}": f"coalesce(said.share{end}, CASE WHEN said.share IS NULL THEN {value} END)"
        for end, value in _ends_of(ALL).items()
    }
    | {f"votes{end}": _votes(end) for end in _ends_of(ALL)}
    | {"shares": "NULL", "share_class": "NULL", "base": "'outstanding'"}
)
"""What a holding's word says as a day's statement: of who has words alone, that they may have anything."""
