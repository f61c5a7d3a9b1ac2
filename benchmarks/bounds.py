"""A register whose shares are told as bands, and the question who has, or may have, more than 25 % of what.

Run with ``python benchmarks/bounds.py [PARTIES] [british|danish] [--no-core]``. The register is synthetic: the network of
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

import numpy as np

import bands
import machine
import networks
import synthetic_register

OUT = Path(__file__).with_name("out")
DAY = "2022-06-01"


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


KINDS = {"british": bands.british, "danish": bands.danish}


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
        "question": f"bounds, {chosen.kind}{', no core' if chosen.no_core else ''}",
        "parties": chosen.parties,
        "machine": described,
        "command": f"python benchmarks/bounds.py {chosen.parties:.0e} {chosen.kind}{' --no-core' * chosen.no_core}",
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
    name = f"bounds-{chosen.kind}{'-no-core' * chosen.no_core}-{chosen.parties}.json"
    (OUT / name).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1), told, sep="\n")


if __name__ == "__main__":
    main()
