"""What comes of amounts that flow into loops, once and for all: each loop is inverted by one worker."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.local.plan import NOTHING_LEAVES
from crosstie.engines.spark.components import loops
from crosstie.engines.spark.session import kept, sql

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

LARGEST_INVERSE = 1_500
"""Loops of more members are followed round by round: an inverse has as many rows as the square of this."""
TURNS, KEEPS, GOES_ROUND, UNBOUNDED = "turns", "keeps", "goes round", "unbounded"
"""What loops do: they are inverted, own themselves, are too large to invert, or have more shares than there are."""


@dataclass(frozen=True, slots=True)
class Loops:
    """Members of loops, and holdings that no amount passes twice but in loops that go round.

    Attributes
    ----------
    members
        moment, party, loop, does.
    turned
        moment, party, other, factor: of one unit that flows into ``party``, so much comes to lie with ``other``.
    outside
        moment, holder, company, share: holdings but those inside loops, and those in groups that own themselves.
    """

    members: "DataFrame"
    turned: "DataFrame"
    outside: "DataFrame"


def turn_loops(prepared: "DataFrame") -> Loops:
    """Find the loops of a network and invert them."""
    session = prepared.sparkSession
    found = loops(prepared)
    inside = sql(session, _COLUMNS, h=prepared, l=found)
    moment = found.schema["moment"].dataType.simpleString()
    schema = f"moment {moment}, loop STRING, does STRING, party STRING, other STRING, factor DOUBLE"
    turned = kept(inside.groupBy("moment", "loop").applyInArrow(_turn, schema))
    members = sql(session, "SELECT moment, party, loop, does FROM {t} WHERE other = party", t=turned)
    return Loops(
        members,
        sql(session, f"SELECT moment, party, other, factor FROM {{t}} WHERE does = '{TURNS}'", t=turned),  # noqa: S608 (our own word)
        kept(sql(session, _OUTSIDE, h=prepared, m=members)),
    )


_COLUMNS = """
    SELECT h.moment, l.loop, h.holder, h.company, h.share, coalesce(k.loop = l.loop, FALSE) AS is_inside
    FROM {h} AS h JOIN {l} AS l ON l.moment = h.moment AND l.party = h.company
        LEFT JOIN {l} AS k ON k.moment = h.moment AND k.party = h.holder"""
_OUTSIDE = f"""
    SELECT h.moment, h.holder, h.company, h.share FROM {{h}} AS h
        LEFT JOIN {{m}} AS m ON m.moment = h.moment AND m.party = h.company
        LEFT JOIN {{m}} AS k ON k.moment = h.moment AND k.party = h.holder
    WHERE m.does IS NULL OR (m.does <> '{KEEPS}' AND (m.does = '{GOES_ROUND}' OR NOT coalesce(m.loop = k.loop, FALSE)))"""  # noqa: S608 (our own words)


def _turn(columns: "pa.Table") -> "pa.Table":
    """On a worker: what one loop does to each unit that flows in, as in :mod:`crosstie.engines.local.plan`."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    holder, company = (np.array(columns.column(name).to_pylist(), object) for name in ("holder", "company"))
    share, is_inside = columns.column("share").to_numpy(), columns.column("is_inside").to_numpy()
    names, at = np.unique(company, return_inverse=True)
    size = len(names)
    inside, outside = (np.bincount(at, share * each, size) for each in (is_inside, ~is_inside))
    if np.maximum(outside, np.abs(1.0 - inside)).max() <= NOTHING_LEAVES:
        does, factors = KEEPS, np.eye(size)
    elif size > LARGEST_INVERSE:
        does, factors = GOES_ROUND, np.eye(size)
    else:
        matrix = np.eye(size)
        np.subtract.at(matrix, (np.searchsorted(names, holder[is_inside]), at[is_inside]), share[is_inside])
        does, factors = _inverse(matrix)
    to, of = np.nonzero(factors)
    first = [columns.column(name)[0].as_py() for name in ("moment", "loop")]
    moments = pa.array([first[0]] * len(to), columns.column("moment").type)
    texts = [
        pa.array(each, pa.string()) for each in ([first[1]] * len(to), [does] * len(to), names[of], names[to])
    ]
    arrays = [moments, *texts, pa.array(factors[to, of], pa.float64())]
    return pa.Table.from_arrays(arrays, ["moment", "loop", "does", "party", "other", "factor"])


def _inverse(matrix: NDArray[np.float64]) -> tuple[str, NDArray[np.float64]]:
    """A partly negative inverse is no sum of chains: the shares are more than there are."""
    try:
        inverse = np.asarray(np.linalg.inv(matrix), np.float64)
    except np.linalg.LinAlgError:
        return UNBOUNDED, np.eye(len(matrix))
    return (TURNS, inverse) if np.all(inverse >= -1e-9) else (UNBOUNDED, np.eye(len(matrix)))
