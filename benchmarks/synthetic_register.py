"""A synthetic network as a register: parties with kinds, holdings from a few days, one in twenty of them ended."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

import bands
import networks
from crosstie.engines.register import store
from crosstie.engines.register.columns import TABLES

DAYS = np.array(["2019-05-01", "2020-03-01", "2021-07-01", "2022-02-01"])
ENDS = "2023-01-01"
BATCH = 1_000_000
TYPES = np.array(["company", "fund", "person"])


def write_register(
    network: networks.Holdings, file: Path, seed: int = 7, told: bands.Bands | None = None
) -> None:
    """Make a register file of a network; the same seed makes the same one. ``told``: shares are bands."""
    chance = np.random.default_rng(seed)
    day = chance.integers(0, len(DAYS), network.holdings)
    ended = chance.random(network.holdings) < 0.05
    names = pa.array(networks.text_ids(network))
    company = np.repeat(np.arange(network.parties, dtype=np.int32), np.diff(network.start))
    with store.connect(file, write=True) as connection:
        for rows in _batches(network.parties):
            _insert(connection, "entity", _entities(names, network.kind, rows))
        for rows in _batches(network.holdings):
            _insert(
                connection,
                "holding",
                _holdings(names, network, company, (day, ended), rows) | _bands(told, rows),
            )


def _batches(count):
    """Row numbers, so many at a time that their texts fit in memory."""
    return (np.arange(begin, min(begin + BATCH, count)) for begin in range(0, count, BATCH))


def _entities(names, kind, rows):
    return {
        "id": [f"entity {name}" for name in names.take(rows).to_pylist()],
        "party": names.take(rows),
        "name": [f"Party {row}" for row in rows.tolist()],
        "type": TYPES[kind[rows]],
        "file": np.full(len(rows), "synthetic"),
        "line": (rows + 1).astype(np.int32),
    }


def _holdings(names, network, company, drawn, rows):
    day = DAYS[drawn[0][rows]]
    part = np.maximum(np.floor(network.share[rows] * 1e8) / 1e8, 1e-8)  # as registers print them
    until = pa.array(np.full(len(rows), ENDS), mask=~drawn[1][rows])
    return {
        "id": [f"holding {row}" for row in rows.tolist()],
        "true_on": day, "true_on_earliest": day.astype("datetime64[D]"), "true_on_latest": day.astype("datetime64[D]"),
        "until": until, "until_earliest": until.cast(pa.date32()), "until_latest": until.cast(pa.date32()),
        "holder": names.take(network.holder[rows]), "issuer": names.take(company[rows]),
        "share": [np.format_float_positional(each, trim="-") for each in part.tolist()],
        "share_low": part, "share_high": part,
        "share_low_open": np.zeros(len(rows), bool), "share_high_open": np.zeros(len(rows), bool),
        "file": np.full(len(rows), "synthetic"), "line": (rows + 1).astype(np.int32),
    }  # fmt: skip


def _bands(told: bands.Bands | None, rows):
    if told is None:
        return {}
    low, high, low_open, high_open = (column[rows] for column in told)
    text = [
        _percent(a) if a == b else f"{'(' if c else '['}{_percent(a)}, {_percent(b)}{')' if d else ']'}"
        for a, b, c, d in zip(low.tolist(), high.tolist(), low_open.tolist(), high_open.tolist(), strict=True)
    ]
    return {
        "share": text, "share_low": low / bands.PARTS, "share_high": high / bands.PARTS,
        "share_low_open": low_open, "share_high_open": high_open,
    }  # fmt: skip


def _percent(part: int) -> str:
    return f"{np.format_float_positional(part * 100 / bands.PARTS, precision=8, trim='-')}%"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, columns) -> None:
    made = pa.table({name: pa.array(values) for name, values in columns.items()})
    connection.register("made", made)
    given = ", ".join(
        f'"{column.name}"' if column.name in columns else f'NULL AS "{column.name}"'
        for column in TABLES[table].columns
    )
    connection.execute(f'INSERT INTO "{table}" SELECT {given} FROM made')  # noqa: S608 (our own names)
    connection.unregister("made")
