"""What a register has, counted by SQL, and what its network of one day looks like, over arrays."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.everybody import Everybody
from crosstie.engines.register.joined import Joined
from crosstie.engines.register.plain import Moment, asked_at
from crosstie.engines.register.rows import Rows, rows_of

Count = tuple[str, int]
_HOLDINGS = (
    ("range", """(share IS NOT NULL AND share_low IS DISTINCT FROM share_high)
        OR (votes IS NOT NULL AND votes_low IS DISTINCT FROM votes_high)"""),
    ("no share stated", "share IS NULL AND shares IS NULL AND votes IS NULL"),
    ("indirect", "direct = 'no'"),
    ("ended", "until IS NOT NULL"),
)  # fmt: skip


def stored(together: Joined) -> Iterator[Count]:
    """All stored statements by kind, sources, parties by what they are, and holdings by what is said of them."""
    kinds = {name: _number(together, f'SELECT count(*) FROM "{name}"') for name in sorted(TABLES)}  # noqa: S608 (our own names)
    sources = kinds.pop("source")
    yield "statements", sum(kinds.values())
    yield from ((f"statements: {name}", count) for name, count in kinds.items() if count)
    yield "sources", sources
    types = together.connection.execute(f"""
        SELECT type, count(*) FROM (SELECT party, coalesce(arg_max(type, told), 'company') AS type FROM (
            SELECT party, coalesce(type, 'company') AS type, {together.place} AS told FROM "entity") AS said
            GROUP BY party) AS parties GROUP BY type ORDER BY type""").fetchall()  # noqa: S608 (our own names)
    yield "parties", sum(count for _, count in types)
    yield from ((f"parties: {name}", count) for name, count in types)
    counted = _counted_ranges(together)
    for name, where in _HOLDINGS:
        found = _number(together, f'SELECT count(*) FROM "holding" WHERE {where}')  # noqa: S608 (our own words)
        yield f"holdings: {name}", found + (counted if name == "range" else 0)


def statements(together: Joined) -> int:
    """How many statements are stored."""
    names = (name for name in TABLES if name != "source")
    return sum(_number(together, f'SELECT count(*) FROM "{name}"') for name in names)  # noqa: S608 (our own names)


def _counted_ranges(together: Joined) -> int:
    """Holdings that are a range only by their count of shares: its text says which."""
    from crosstie.ledger.amounts import Quantity  # noqa: PLC0415 (only where shares are counted)

    rows = together.connection.execute(f"""SELECT shares, count(*) FROM "holding" WHERE shares IS NOT NULL
        AND NOT ({_HOLDINGS[0][1]}) GROUP BY shares""").fetchall()  # noqa: S608 (our own words)
    return sum(count for text, count in rows if not Quantity.parse(text).interval.is_exact)


def _number(together: Joined, query: str) -> int:
    return int(together.connection.execute(query).fetchall()[0][0])


def of_day(
    together: Joined, all_: Everybody, replayed: frozenset[str], moment: Moment
) -> Iterator[Count] | None:
    """Parties, holdings, ranges, unknown holders and loops of one day; ``None`` where judgements must be replayed."""
    asked, rows = asked_at(together, moment), rows_of(together)
    if asked is None or rows is None:
        return None
    return _of_day(all_, _parties(together, all_, replayed, moment.known, rows))


def _of_day(all_: Everybody, parties: int) -> Iterator[Count]:
    stated = all_.unknown_of[all_.holder] < 0
    yield "on the day: parties", parties
    yield "on the day: holdings", int(np.count_nonzero(stated))
    yield "on the day: companies held", int(np.count_nonzero(np.diff(all_.start)))
    yield "on the day: companies with unknown holders", int(np.count_nonzero(all_.unknown_of >= 0))
    yield "on the day: holdings as ranges", int(np.count_nonzero(all_.capital.low != all_.capital.high))
    loops = _loops(all_)
    yield "on the day: groups in loops", len(loops)
    yield "on the day: companies in loops", int(loops.sum())
    yield "on the day: largest loop", int(loops.max()) if len(loops) else 0


def _parties(together: Joined, all_: Everybody, replayed: frozenset[str], known: date, rows: Rows) -> int:
    """Those that a statement known by the day describes, and those that hold or are held."""
    query = f"""SELECT {together.place} AS place FROM "entity"
        WHERE coalesce(known_on_latest, true_on_latest, DATE '0001-01-01') <= $known
            AND (known_on IS NULL OR known_on_latest IS NOT NULL)
            AND id NOT IN (SELECT id FROM gone) AND party NOT IN (SELECT name FROM alias)"""  # noqa: S608 (our own names)
    told: Any = together.connection.sql(query, params={"known": known}).to_arrow_table()
    row = rows.told_rows_at(told["place"].to_numpy())
    counts = np.zeros(len(rows.ids), np.bool_)
    counts[rows.party[row[row >= 0]]] = True
    named = np.zeros(all_.size, np.bool_)
    named[all_.holder] = True
    named |= np.diff(all_.start) > 0
    ids = all_.ids
    number = ids.numbers_in(rows.ids)
    met = named[: ids.named]
    counts[number[met & (number >= 0)]] = True
    others = {ids[each] for each in np.flatnonzero(met & (number < 0)).tolist()}
    for name in replayed:
        at = rows.ids.find(name)
        if at >= 0:
            counts[at] = True
        else:
            others.add(name)
    return int(np.count_nonzero(counts)) + len(others)


def _loops(all_: Everybody) -> NDArray[np.int64]:
    """How many parties each group of two or more has that hold each other."""
    from scipy.sparse import csr_array  # noqa: PLC0415 (slow to import)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 (as above)

    if not len(all_.holder):
        return np.zeros(0, np.int64)
    shape = (all_.size, all_.size)
    graph = csr_array((np.ones(len(all_.holder), np.int8), all_.holder, all_.start), shape=shape)
    _, labels = connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(labels).astype(np.int64)
    return sizes[sizes > 1]
