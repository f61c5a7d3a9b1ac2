"""Which parties hang together at all, and which hold each other in loops."""

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crosstie.engines.spark.holdings import parties, prepare
from crosstie.engines.spark.session import kept, number, sql

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

FEW = 100_000
"""Links of one moment that one worker searches at once for loops; more are first trimmed of what is no loop."""
LITTLE = 0.9
"""Trimming ends where a round leaves more than this: the rest is one worker's."""


def components(holdings: "DataFrame") -> "DataFrame":
    """By moment and party: ``together``, the first of all that hang together with it, and ``loop``, of its loop.

    As :func:`crosstie.engines.local.components.components`; ids are compared as texts, and ``loop`` is null for
    those in none.
    """
    session = holdings.sparkSession
    prepared = kept(prepare(holdings))
    return sql(
        session,
        """SELECT p.moment, p.party, coalesce(t.first, p.party) AS together, l.loop
        FROM {p} AS p LEFT JOIN {t} AS t ON t.moment = p.moment AND t.party = p.party
            LEFT JOIN {l} AS l ON l.moment = p.moment AND l.party = p.party""",
        p=parties(holdings),
        t=_together(prepared),
        l=loops(prepared),
    )


def _together(prepared: "DataFrame") -> "DataFrame":
    """Every party but the first of each weak component, and that first one: party, first.

    Each party's neighbours are linked to the least of them, those above it and those below it in turn, until what is
    left are stars (large-star and small-star: Kiveris et al. 2014, ACM Symposium on Cloud Computing).
    """
    session = prepared.sparkSession
    pairs = (
        "SELECT DISTINCT moment, greatest(holder, company) AS party, least(holder, company) AS first FROM {h}"
    )
    links = kept(sql(session, pairs, h=prepared))
    while True:
        links = kept(sql(session, _SMALL, l=sql(session, _LARGE, l=links)))
        if not number(sql(session, _NO_STAR, l=links)):
            return links


_LARGE = """
    SELECT DISTINCT moment, other AS party, least(party, lowest) AS first
    FROM (SELECT *, min(other) OVER (PARTITION BY moment, party) AS lowest FROM (
        SELECT moment, party, first AS other FROM {l} UNION ALL SELECT moment, first, party FROM {l}))
    WHERE other > party"""
_SMALL = """
    SELECT DISTINCT moment, party, lowest AS first FROM (
        SELECT moment, first AS party, lowest FROM (
            SELECT *, min(first) OVER (PARTITION BY moment, party) AS lowest FROM {l}) WHERE first <> lowest
        UNION ALL SELECT moment, party, min(first) FROM {l} GROUP BY moment, party)"""
_NO_STAR = """
    SELECT count(*) FROM (
        SELECT moment, party FROM {l} GROUP BY moment, party HAVING count(*) > 1
        UNION ALL SELECT l.moment, l.party FROM {l} AS l
            LEFT SEMI JOIN {l} AS top ON top.moment = l.moment AND top.party = l.first)"""


def loops(prepared: "DataFrame") -> "DataFrame":
    """Members of loops, each with the first of its loop: moment, party, loop.

    Parties that hold nothing and parties that nobody holds are taken away, round by round; what is left of a
    moment, a few percent of a real register, is searched by one worker.
    """
    session = prepared.sparkSession
    links = kept(sql(session, "SELECT DISTINCT moment, holder, company FROM {h}", h=prepared))
    many = links.count()
    while many > FEW:
        links, before = kept(sql(session, _TRIMMED, l=links)), many
        many = links.count()
        if many > LITTLE * before:
            break
    return kept(links.groupBy("moment").applyInArrow(_search, _schema(links)))


_TRIMMED = """SELECT l.* FROM {l} AS l
    LEFT SEMI JOIN {l} AS above ON above.moment = l.moment AND above.company = l.holder
    LEFT SEMI JOIN {l} AS below ON below.moment = l.moment AND below.holder = l.company"""


def _schema(links: "DataFrame") -> str:
    return f"moment {links.schema['moment'].dataType.simpleString()}, party STRING, loop STRING"


def _search(links: "pa.Table") -> "pa.Table":
    """On a worker: the loops of one moment."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    ends = [links.column(name).to_pylist() for name in ("holder", "company")]
    names, places = np.unique(np.array(ends[0] + ends[1], object), return_inverse=True)
    holder, company = np.split(places, 2)
    linked = coo_array((np.ones(len(holder), np.int8), (holder, company)), shape=(len(names),) * 2)
    _, label = connected_components(linked.tocsr(), directed=True, connection="strong")
    _, first, which, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    inside = size[which] > 1
    moment = links.column("moment")
    moments = pa.array([moment[0].as_py() if len(moment) else None] * int(inside.sum()), moment.type)
    found = [pa.array(each[inside], pa.string()) for each in (names, names[first[which]])]
    return pa.Table.from_arrays([moments, *found], ["moment", "party", "loop"])
