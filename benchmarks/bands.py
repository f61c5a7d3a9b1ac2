"""Shares told as bands, as registers do, and the question who has, or may have, more than 25 % of what.

Run with ``python benchmarks/bands.py [PARTIES] [british|danish] [--no-core]``. The register is synthetic: the network of
``networks.py`` with its shares told as bands, with its core of 1,300 companies or, for comparison, without what these hold of
each other.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import machine
import networks
import synthetic_register

OUT = Path(__file__).with_name("out")
DAY = "2022-06-01"

BRITISH = (0.25, 0.5, 0.75, 1.0)
DANISH = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3333, 0.5, 0.6667, 0.9, 1.0)
PARTS = 10**8
"""What a share is a whole number of."""


class Bands(NamedTuple):
    """Ends of every holding as whole numbers of ``PARTS``, and which of them are left out."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    low_open: NDArray[np.bool_]
    high_open: NDArray[np.bool_]


def british(share: NDArray[np.float64]) -> Bands:
    """More than 25 and up to 50, more than 50 and less than 75, 75 to 100 %; smaller ones as they are."""
    part = np.maximum(np.floor(share * PARTS), 1).astype(np.int64)
    limits = (np.array(BRITISH) * PARTS).astype(np.int64)
    band = np.where(part >= limits[2], 2, np.where(part > limits[1], 1, np.where(part > limits[0], 0, -1)))
    stated = band < 0
    low, high = np.where(stated, part, limits[band]), np.where(stated, part, limits[band + 1])
    return Bands(low, high, (band == 0) | (band == 1), band == 1)


def danish(share: NDArray[np.float64]) -> Bands:
    """From a limit to less than the next: 5, 10, 15, 20, 25, 33.33, 50, 66.67, 90 %; 90 to 100 %, ends included."""
    part = np.maximum(np.floor(share * PARTS), 1).astype(np.int64)
    limits = np.round(np.array(DANISH) * PARTS).astype(np.int64)
    band = np.minimum(np.searchsorted(limits, part, side="right") - 1, len(limits) - 2)
    low, high = limits[band], limits[band + 1]
    return Bands(low, high, low == 0, high < PARTS)


def without_core(network: networks.Holdings) -> networks.Holdings:
    """The same without what members of the core hold of each other."""
    company = np.repeat(np.arange(network.parties), np.diff(network.start))
    member = np.zeros(network.parties, bool)
    member[network.core] = True
    kept = ~(member[network.holder] & member[company])
    start = np.zeros(network.parties + 1, np.int64)
    np.cumsum(np.bincount(company[kept], minlength=network.parties), out=start[1:])
    return replace(network, start=start, holder=network.holder[kept], share=network.share[kept])


def register(parties: int, kind: str, *, core: bool) -> Path:
    file = OUT / f"bands-{kind}-{parties}{'' if core else '-no-core'}.duckdb"
    if not file.exists():
        OUT.mkdir(exist_ok=True)
        network = networks.generate(parties)
        network = network if core else without_core(network)
        synthetic_register.write_register(network, file, told=KINDS[kind](network.share))
    return file


def ask(file: Path) -> tuple[float, list[dict], str]:
    """Seconds from the command typed to its last line, the rows, and what is told on standard error."""
    words = [
        "own",
        str(file),
        "--persons",
        "--threshold",
        "25%",
        "--on",
        DAY,
        "--known",
        DAY,
        "--format",
        "json",
    ]
    begun = time.perf_counter()
    command = [sys.executable, "-c", "from crosstie.cli.app import main; main()", *words]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - begun, json.loads(found.stdout), found.stderr


def width(rows: list[dict]) -> float:
    """How far the ends of a share are apart, on average."""
    ranged = [row for row in rows if row["look_through"] is None]
    return sum(row["look_through_high"] - row["look_through_low"] for row in ranged) / max(1, len(rows))


KINDS = {"british": british, "danish": danish}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("parties", nargs="?", default=100_000, type=lambda text: int(float(text)))
    options.add_argument("kind", nargs="?", default="british", choices=KINDS)
    options.add_argument("--no-core", action="store_true", help="without what the core holds of itself")
    chosen = options.parse_args()
    file = register(chosen.parties, chosen.kind, core=not chosen.no_core)
    described = machine.describe()
    seconds, rows, told = ask(file)
    record = {
        "question": f"bands, {chosen.kind}{', no core' if chosen.no_core else ''}",
        "parties": chosen.parties,
        "machine": described,
        "command": f"python benchmarks/bands.py {chosen.parties:.0e} {chosen.kind}{' --no-core' * chosen.no_core}",
        "own_persons_25%": seconds,
        "pairs": len(rows),
        "surely": sum(row["decided"] for row in rows),
        "mean_width": width(rows),
        "not_sharp": int(
            next(
                (
                    w
                    for line in told.splitlines()
                    for w in line.replace(",", "").split()
                    if "bounded safely" in line and w.isdigit()
                ),
                0,
            )
        ),
    }
    name = f"bands-{chosen.kind}{'-no-core' * chosen.no_core}-{chosen.parties}.json"
    (OUT / name).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1), told, sep="\n")


if __name__ == "__main__":
    main()
