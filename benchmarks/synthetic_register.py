"""A synthetic network as a register: parties with kinds, holdings from a few days, one in twenty of them ended."""

import dataclasses
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

import networks
from crosstie.engines.register import store
from crosstie.engines.register.columns import TABLES

DAYS = np.array(["2019-05-01", "2020-03-01", "2021-07-01", "2022-02-01"])
ENDS = "2023-01-01"
TYPES = np.array(["company", "fund", "person"])


def write_register(network: networks.Holdings, file: Path, seed: int = 7) -> None:
    """Make a register file of a network; the same seed makes the same one."""
    chance = np.random.default_rng(seed)
    names = networks.text_ids(network)
    with store.connect(file, write=True) as connection:
        _insert(connection, "entity", _entities(names, network.kind))
        _insert(connection, "holding", _holdings(chance, names, network))


def _entities(names, kind):
    count = len(names)
    return {
        "id": np.char.add("entity ", names.astype("U")),
        "party": names,
        "name": np.char.add("Party ", np.arange(count).astype("U")),
        "type": TYPES[kind],
        "file": np.full(count, "synthetic"),
        "line": np.arange(1, count + 1, dtype=np.int32),
    }


def _holdings(chance, names, network):
    count = network.holdings
    company = np.repeat(np.arange(network.parties), np.diff(network.start))
    day = DAYS[chance.integers(0, len(DAYS), count)]
    network = dataclasses.replace(
        network, share=np.maximum(np.floor(network.share * 1e8) / 1e8, 1e-8)
    )  # as registers print them
    share = np.array([np.format_float_positional(each, trim="-") for each in network.share.tolist()])
    ended = chance.random(count) < 0.05
    until = pa.array(np.full(count, ENDS), mask=~ended)
    return {
        "id": np.char.add("holding ", np.arange(count).astype("U")),
        "true_on": day, "true_on_earliest": day.astype("datetime64[D]"), "true_on_latest": day.astype("datetime64[D]"),
        "until": until, "until_earliest": until.cast(pa.date32()), "until_latest": until.cast(pa.date32()),
        "holder": names[network.holder], "issuer": names[company],
        "share": share, "share_low": network.share, "share_high": network.share,
        "share_low_open": np.zeros(count, bool), "share_high_open": np.zeros(count, bool),
        "file": np.full(count, "synthetic"), "line": np.arange(1, count + 1, dtype=np.int32),
    }  # fmt: skip


def _insert(connection: duckdb.DuckDBPyConnection, table: str, columns) -> None:
    made = pa.table({name: pa.array(values) for name, values in columns.items()})
    connection.register("made", made)
    given = ", ".join(
        f'"{column.name}"' if column.name in columns else f'NULL AS "{column.name}"'
        for column in TABLES[table].columns
    )
    connection.execute(f'INSERT INTO "{table}" SELECT {given} FROM made')  # noqa: S608 (our own names)
    connection.unregister("made")
