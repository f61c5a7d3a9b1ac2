"""Everybody's holdings on one day as flat arrays: most companies by SQL, the few with a history by their records.

A company is *plain* when all that is stated of its holders are parts of its outstanding shares or of its votes. Of any
other (events, classes of shares, counts, treasury, rights, published totals, trusts, corrections) the column is made
by the replay from the statements about it alone, and put among the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.register.bearing import MOST_FEW, bearing_on, replayed_companies
from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.joined import Joined
from crosstie.engines.register.steps import LONGEST_CHAIN, as_one_query, steps
from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.standing import standing
from crosstie.ledger.statements import Status

UNITS = 10**12
"""Shares are counted in these: decimals of up to twelve digits are whole numbers of them."""
LARGEST_WHOLE = 1 << 40
MOST_REPLAYED = 100_000
"""Companies whose columns are made record by record; with more, everything is."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One holding of a company that is not plain: both parts exactly, and who casts its votes (none: as it says)."""

    holder: str
    company: str
    capital: Interval
    votes: Interval


@dataclass(frozen=True, slots=True)
class Moment:
    """Which day is asked about, as known on which day, counting statements of which status or firmer."""

    on: date
    known: date
    assume: Status = Status.COMPLETED


@dataclass(frozen=True, slots=True)
class Ends:
    """One range a holding, in whole numbers of the company's ``whole``."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    low_open: NDArray[np.bool_]
    high_open: NDArray[np.bool_]

    @property
    def is_exact(self) -> bool:
        """Whether no holding is a range."""
        return bool(np.array_equal(self.low, self.high))


@dataclass(frozen=True, slots=True)
class Everybody:
    """All parties in the order of their ids, unknown holders last, and all holdings by company.

    The holdings of company *j* are ``start[j]:start[j + 1]``. ``whole[j]`` is what its numbers are parts of;
    ``rounded`` marks companies of whom some share is not such a number. ``unknown_of`` is the company whose
    unknown holders a party stands for, else -1.
    """

    ids: Any  # Arrow texts
    kind: NDArray[np.int8]
    unknown_of: NDArray[np.int32]
    start: NDArray[np.int64]
    holder: NDArray[np.int32]
    capital: Ends
    votes: Ends
    whole: NDArray[np.int64]
    rounded: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """How many parties."""
        return len(self.kind)

    def companies(self) -> NDArray[np.int32]:
        """The company of every holding."""
        return np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.start))


@dataclass(frozen=True, slots=True)
class Plain:
    """What is needed before the columns of companies that are not plain are known."""

    same: dict[str, str]
    replayed: frozenset[str]


def prepare(together: Joined, moment: Moment, only: frozenset[str] | None = None) -> Plain | None:
    """Keep the day's words on holdings in a table, and say which companies are not plain; ``None``: too many.

    The table ``day_word`` has names of one party under the one in use; with ``only``, of these companies' holders alone.
    """
    connection = together.connection
    same, companies = _judged(together, moment), replayed_companies(together)
    if same is None or companies is None:
        return None
    made = steps(_telling(together), place=together.place, asked=_ASKED, firmness="$firmness")
    columns = """share_class, share_low, share_high, share_low_open, share_high_open, shares, share, votes, votes_low,
        votes_high, votes_low_open, votes_high_open, words, coalesce(base, 'unstated') AS base, since, known_day, file,
        line, stands_at"""
    connection.execute("CREATE OR REPLACE TEMP TABLE alias (name VARCHAR, used VARCHAR)")
    if same:
        connection.executemany("INSERT INTO alias VALUES (?, ?)", list(same.items()))
    holder, issuer = ("holder", "issuer") if not same else (_used("holder"), _used("issuer"))
    bound = {"on": moment.on, "known": moment.known, "firmness": moment.assume.firmness}
    before = as_one_query(made)
    chosen = "" if only is None else "WHERE said.issuer IN (SELECT name FROM chosen)"
    connection.register("chosen", _names(() if only is None else only))
    words = f"SELECT id, {holder} AS holder, {issuer} AS issuer, {columns} FROM in_force AS said {chosen}"  # noqa: S608 (our own words)
    for table, selected in (
        ("day_word", words),
        ("gone", _GONE),
    ):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {before} {selected}", bound)
    found = {row[0] for row in connection.execute(_NOT_PLAIN).fetchall()} | {
        same.get(c, c) for c in companies if only is None or c in only
    }
    connection.unregister("chosen")
    return None if len(found) > MOST_REPLAYED else Plain(same, frozenset(found))


def _names(names: Iterable[str]) -> Any:  # noqa: ANN401 (an Arrow table)
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    return pa.table({"name": pa.array(sorted(names), pa.string())})


def replayed_part(together: Joined, plain: Plain) -> Ledger:
    """The statements about companies that are not plain, for the replay."""
    found = bearing_on(together, plain.replayed, "alone")
    assert found is not None  # noqa: S101 (`prepare` has looked)
    return found


_GONE = f"SELECT retracts AS id FROM gone_{LONGEST_CHAIN}"  # noqa: S608 (our own number)
_ASKED = "SELECT 0 AS moment, $on AS on_day, $known AS seen_by"


def _used(column: str) -> str:
    return f"coalesce((SELECT any_value(used) FROM alias WHERE name = said.{column}), said.{column})"  # noqa: S608 (our own names)


_NOT_PLAIN = """
    SELECT DISTINCT issuer FROM day_word WHERE share_class IS NOT NULL OR holder = issuer OR shares IS NOT NULL
        OR base NOT IN ('unstated', 'outstanding', 'issued')"""


def _rows(together: Joined, query: str) -> list[Any]:
    return together.connection.execute(query).fetchall()


def _telling(together: Joined) -> tuple[str, ...]:
    kinds = (kind for kind in TABLES if kind != "source")
    told = 'SELECT 1 FROM "{}" WHERE event IS NOT NULL LIMIT 1'
    return tuple(kind for kind in kinds if _rows(together, told.format(kind)))


def _judged(together: Joined, moment: Moment) -> dict[str, str] | None:
    """Further names of parties with the name in use; ``None`` where SQL cannot follow the retractions."""
    links = "".join(
        f" JOIN retraction AS r{n} ON r{n}.retracts = r{n - 1}.id" for n in range(1, LONGEST_CHAIN + 1)
    )
    if _rows(together, f"SELECT 1 FROM retraction AS r0{links} LIMIT 1"):  # noqa: S608 (our own names)
        return None
    if not _rows(together, "SELECT 1 FROM same_as LIMIT 1"):
        return {}
    names = [row[0] for row in _rows(together, "SELECT party FROM same_as UNION SELECT other FROM same_as")]
    found = bearing_on(together, names, "alone") if len(names) < MOST_FEW else None
    return None if found is None else _same(found, moment)


def _same(found: Ledger, moment: Moment) -> dict[str, str]:
    told = standing(found.statements, moment.known, moment.assume).same
    return {str(name): str(used) for name, used in told.items()}


_WORDS = """
CREATE OR REPLACE TEMP TABLE pair AS
WITH plain AS (SELECT * FROM day_word WHERE issuer NOT IN (SELECT name FROM replayed)),
    repeated AS (SELECT holder, issuer FROM plain GROUP BY holder, issuer HAVING count(*) > 1),
    again AS (SELECT plain.* FROM plain SEMI JOIN repeated USING (holder, issuer)),
    share_word AS (SELECT *, row_number() OVER (PARTITION BY holder, issuer
        ORDER BY since DESC, known_day DESC, file DESC, line DESC, stands_at DESC) AS turn
        FROM again WHERE share IS NOT NULL),
    vote_word AS (SELECT *, row_number() OVER (PARTITION BY holder, issuer
        ORDER BY since DESC, known_day DESC, file DESC, line DESC, stands_at DESC) AS turn
        FROM again WHERE votes IS NOT NULL OR words IS NOT NULL),
    both_words AS (SELECT coalesce(s.holder, v.holder) AS holder, coalesce(s.issuer, v.issuer) AS issuer,
        s.id IS NOT NULL AS has_share, s.share_low, coalesce(s.share_high, 1) AS share_high, s.share_low_open,
        s.share_high IS NOT NULL AND s.share_high_open AS share_high_open,
        CASE WHEN v.id IS NULL THEN 'as shares' WHEN v.votes IS NOT NULL THEN 'stated'
            WHEN contains(lower(v.words), 'control') THEN 'majority'
            WHEN s.id IS NOT NULL AND s.id = v.id THEN 'as shares' ELSE 'anything' END AS how,
        v.votes_low, v.votes_high, v.votes_low_open, v.votes_high_open
        FROM (SELECT * FROM share_word WHERE turn = 1) AS s
        FULL JOIN (SELECT * FROM vote_word WHERE turn = 1) AS v ON s.holder = v.holder AND s.issuer = v.issuer
        UNION ALL
        SELECT holder, issuer, share IS NOT NULL, share_low, coalesce(share_high, 1), share_low_open,
        share_high IS NOT NULL AND share_high_open,
        CASE WHEN votes IS NOT NULL THEN 'stated' WHEN words IS NULL THEN 'as shares'
            WHEN contains(lower(words), 'control') THEN 'majority'
            WHEN share IS NOT NULL THEN 'as shares' ELSE 'anything' END,
        votes_low, votes_high, votes_low_open, votes_high_open
        FROM plain ANTI JOIN repeated USING (holder, issuer)
        WHERE share IS NOT NULL OR votes IS NOT NULL OR words IS NOT NULL)
SELECT holder, issuer,
    CASE WHEN has_share THEN share_low ELSE 0 END AS low, CASE WHEN has_share THEN share_high ELSE 1 END AS high,
    has_share AND share_low_open AS low_open, has_share AND share_high_open AS high_open,
    CASE how WHEN 'as shares' THEN low WHEN 'stated' THEN votes_low WHEN 'majority' THEN 0.5 ELSE 0 END AS votes_low,
    CASE how WHEN 'as shares' THEN high WHEN 'stated' THEN coalesce(votes_high, 1) ELSE 1 END AS votes_high,
    CASE how WHEN 'as shares' THEN low_open WHEN 'stated' THEN votes_low_open WHEN 'majority' THEN TRUE ELSE FALSE END
        AS votes_low_open,
    CASE how WHEN 'as shares' THEN high_open WHEN 'stated' THEN votes_high IS NOT NULL AND votes_high_open ELSE FALSE END
        AS votes_high_open
FROM both_words"""

_NUMBERED = """
CREATE OR REPLACE TEMP TABLE numbered AS
SELECT id, CAST(row_number() OVER (ORDER BY id) - 1 AS INTEGER) AS number FROM (
    SELECT holder AS id FROM pair UNION SELECT issuer FROM pair UNION SELECT name FROM named)"""

_EDGES = """
SELECT h.number AS holder, c.number AS company, low, high, low_open, high_open, votes_low, votes_high, votes_low_open,
    votes_high_open
FROM pair JOIN numbered AS h ON h.id = pair.holder JOIN numbered AS c ON c.id = pair.issuer
WHERE high > 0 OR votes_high > 0"""

_KINDS = """
SELECT number, arg_max(type, told) AS type FROM numbered JOIN (
    SELECT party, coalesce(type, 'company') AS type, row(known_day <= $known, known_day, stands) AS told
    FROM (SELECT party, type, {place} AS stands, coalesce(known_on_latest, true_on_latest, DATE '0001-01-01') AS known_day
        FROM "entity" WHERE id NOT IN (SELECT id FROM gone)) AS said) AS described ON described.party = numbered.id
GROUP BY number HAVING type <> 'company'"""


def everybody(together: Joined, moment: Moment, plain: Plain, stated: Sequence[Stated]) -> Everybody:
    """All holdings as arrays: plain companies' from the day's words, the others' as stated.

    ``stated`` are all the holdings of the companies that are not plain, their unknown holders' too.
    """
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    connection = together.connection
    names = {end for each in stated for end in (each.holder, each.company) if not end.startswith(_UNKNOWN)}
    connection.register("replayed", pa.table({"name": pa.array(sorted(plain.replayed), pa.string())}))
    connection.register("named", pa.table({"name": pa.array(sorted(names), pa.string())}))
    connection.execute(_WORDS)
    connection.execute(_NUMBERED)
    table: Any = connection.sql(_EDGES).to_arrow_table()
    ids: Any = (
        connection.sql("SELECT id FROM numbered ORDER BY number").to_arrow_table()["id"].combine_chunks()
    )
    kinds: Any = connection.sql(
        _KINDS.format(place=together.place), params={"known": moment.known}
    ).to_arrow_table()
    connection.unregister("replayed")
    connection.unregister("named")
    return _laid_out(ids, kinds, table, stated)


_UNKNOWN = "unknown holders of "
_KIND = {"person": 1, "state": 2, "unknown": 3}


@dataclass(slots=True)
class _Loose:
    """Holdings in no order: holder, company, and both ranges as eight columns (low, high, open, open)."""

    holder: NDArray[np.int32]
    company: NDArray[np.int32]
    columns: tuple[NDArray[Any], ...]


def _laid_out(
    ids: Any,  # noqa: ANN401 (Arrow)
    kinds: Any,  # noqa: ANN401 (Arrow)
    table: Any,  # noqa: ANN401 (Arrow)
    stated: Sequence[Stated],
) -> Everybody:
    count = len(ids)
    company = table["company"].to_numpy().astype(np.int32)
    floats = [table[name].to_numpy() for name in ("low", "high", "votes_low", "votes_high")]
    opens = [
        table[name].to_numpy().astype(np.bool_)
        for name in ("low_open", "high_open", "votes_low_open", "votes_high_open")
    ]
    parts = [np.rint(each * UNITS).astype(np.int64) for each in floats]
    rounded = np.zeros(count, np.bool_)
    for each, part in zip(floats, parts, strict=True):
        rounded[company[part / UNITS != each]] = True
    whole = np.full(count, UNITS, np.int64)
    plain = _Loose(
        table["holder"].to_numpy().astype(np.int32), company,
        (parts[0], parts[1], opens[0], opens[1], parts[2], parts[3], opens[2], opens[3]),
    )  # fmt: skip
    rest = _remainders(plain, whole, count)
    numbers = {name: number for number, name in _positions(ids, stated)}
    others = _of_stated(stated, numbers, whole, rounded)
    return _by_company(ids, kinds, [plain, rest, *others], whole, rounded)


def _positions(ids: Any, stated: Sequence[Stated]) -> Iterable[tuple[int, str]]:  # noqa: ANN401 (Arrow)
    import pyarrow as pa  # noqa: PLC0415 (an extra)
    import pyarrow.compute as pc  # noqa: PLC0415 (an extra)

    wanted = sorted({end for each in stated for end in (each.holder, each.company)})
    found = pc.index_in(pa.array(wanted, pa.string()), ids.cast(pa.string())).to_pylist() if wanted else []
    return ((number, name) for number, name in zip(found, wanted, strict=True) if number is not None)


def _remainders(plain: _Loose, whole: NDArray[np.int64], count: int) -> _Loose:
    """The unknown holders' parts: what the stated ones leave. Their number is the company's, negative less one."""
    columns, company = plain.columns, plain.company
    ends = [_sum(company, columns[at], count) for at in (0, 1, 4, 5)]
    opens = [
        _sum(company, columns[at] & (columns[at + side] != 0), count)
        for at, side in ((2, 0), (3, 0), (6, 0), (7, 0))
    ]
    held = _sum(company, np.ones(len(company), np.int64), count) > 0
    ranged = _sum(company, (columns[0] != columns[1]).astype(np.int64), count) > 0
    made = []
    for low, high, low_opens, high_opens in (
        (ends[0], ends[1], opens[0], opens[1]),
        (ends[2], ends[3], opens[2], opens[3]),
    ):
        rest_low, rest_high = np.maximum(0, whole - high), np.maximum(0, whole - low)
        made += [rest_low, rest_high, (high_opens > 0) & (high < whole), (low_opens > 0) & (low < whole)]
    some = held & ((made[1] > 0) | (made[5] > 0) | ranged)
    at = np.flatnonzero(some).astype(np.int32)
    return _Loose(-at - 1, at, tuple(each[at] for each in made))


def _sum(company: NDArray[np.int32], values: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Whole numbers added up by company (exactly: doubles would lose the last digits of long columns)."""
    total = np.zeros(count, np.int64)
    np.add.at(total, company, values.astype(np.int64))
    return total


def _of_stated(
    stated: Sequence[Stated],
    numbers: dict[str, int],
    whole: NDArray[np.int64],
    rounded: NDArray[np.bool_],
) -> list[_Loose]:
    if not stated:
        return []
    by_company: dict[str, list[Stated]] = {}
    for each in stated:
        by_company.setdefault(each.company, []).append(each)
    rows: list[tuple[int, int, list[Any]]] = []
    for name, column in by_company.items():
        number = numbers[name]
        common = _common(column)
        whole[number] = common or UNITS
        rounded[number] = common is None
        for each in column:
            holder = (
                -number - 1 if each.holder == f"{_UNKNOWN}{name}" else numbers.get(each.holder, -number - 1)
            )
            rows.append(
                (
                    holder,
                    number,
                    [
                        *_whole_ends(each.capital, int(whole[number])),
                        *_whole_ends(each.votes, int(whole[number])),
                    ],
                )
            )
    kinds = (np.int64, np.int64, np.bool_, np.bool_) * 2
    columns: tuple[NDArray[Any], ...] = tuple(
        np.array([row[2][at] for row in rows], kind) for at, kind in enumerate(kinds)
    )
    return [
        _Loose(
            np.array([row[0] for row in rows], np.int32),
            np.array([row[1] for row in rows], np.int32),
            columns,
        )
    ]


def _common(column: Sequence[Stated]) -> int | None:
    """A whole of which all shares of a column are whole numbers, where it is small enough."""
    common = 1
    for each in column:
        for part in (each.capital, each.votes):
            for end in (part.low, part.high):
                if end is not None:
                    common = (
                        int(np.lcm(common, end.denominator))
                        if end.denominator < LARGEST_WHOLE
                        else LARGEST_WHOLE
                    )
                if common >= LARGEST_WHOLE or common <= 0:
                    return None
    return common


def _whole_ends(part: Interval, whole: int) -> tuple[int, int, bool, bool]:
    high = part.high if part.high is not None else max(part.low, Fraction(1))
    return round(part.low * whole), round(high * whole), part.low_open, part.high_open


def _by_company(
    ids: Any,  # noqa: ANN401 (Arrow)
    kinds: Any,  # noqa: ANN401 (Arrow)
    loose: Sequence[_Loose],
    whole: NDArray[np.int64],
    rounded: NDArray[np.bool_],
) -> Everybody:
    import pyarrow as pa  # noqa: PLC0415 (an extra)
    import pyarrow.compute as pc  # noqa: PLC0415 (an extra)

    count = len(ids)
    holder = np.concatenate([each.holder for each in loose])
    company = np.concatenate([each.company for each in loose])
    columns: list[NDArray[Any]] = [np.concatenate([each.columns[at] for each in loose]) for at in range(8)]
    nobody = np.unique(-holder[holder < 0] - 1)
    holder = np.where(holder < 0, count + np.searchsorted(nobody, -holder - 1), holder).astype(np.int32)
    size = count + len(nobody)
    order = np.argsort(company, kind="stable")
    start = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(company, minlength=size), out=start[1:])
    kind = np.zeros(size, np.int8)
    named = kinds["type"].to_pylist()
    kind[kinds["number"].to_numpy()] = [_KIND.get(each, 0) for each in named]
    kind[count:] = _KIND["unknown"]
    unknown_of = np.full(size, -1, np.int32)
    unknown_of[count:] = nobody
    titles = pc.binary_join_element_wise(_UNKNOWN, ids.take(pa.array(nobody)), "") if len(nobody) else ids[:0]
    filled = [
        np.concatenate([each, np.full(len(nobody), at, each.dtype)])
        for each, at in ((whole, UNITS), (rounded, False))
    ]
    ends = [column[order] for column in columns]
    return Everybody(
        pa.concat_arrays([ids.cast(pa.string()), titles.cast(pa.string())]),
        kind, unknown_of, start, holder[order], Ends(*ends[:4]), Ends(*ends[4:]), *filled,
    )  # fmt: skip
