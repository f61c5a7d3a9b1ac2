"""How fast a text ledger loads: statements per second, peak memory, and whether both grow linearly.

Run: ``python benchmarks/ledger_load.py [COUNT ...]`` (default: 10000 100000 300000).
Each size is written to a file and loaded by a process of its own; the figures go to standard output as
CSV: statements, megabytes of text, seconds, processor seconds, statements per second, peak resident megabytes.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PARTIES, SOURCES, SEED = 1000, 50, 20230628


def write_ledger(file: Path, count: int) -> None:
    """Write a ledger of so many statements, of which nine in ten are transfers and holdings."""
    rng = random.Random(SEED)
    with file.open("w", encoding="utf-8") as out:
        out.write("sources:\n")
        for i in range(SOURCES):
            out.write(f"  s{i}:\n    title: Filing {i}\n    date: 20{i % 20 + 4:02d}-03-31\n")
        out.write("statements:\n")
        out.writelines(_statements(count, rng))


def _statements(count: int, rng: random.Random) -> Iterator[str]:
    parties = min(PARTIES, count // 20)
    for i in range(parties):
        yield f"  - entity: party-{i}\n    name: Party {i} S.A.\n    jurisdiction: FR\n    source: s0\n"
        yield f"  - share_class: party-{i}-common\n    issuer: party-{i}\n    source: s0\n"
    for i in range(count - 2 * parties):
        day = f"{rng.randrange(2004, 2024)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        a, b, source = rng.randrange(parties), rng.randrange(parties), rng.randrange(SOURCES)
        if i % 2:
            yield (
                f"  - transfer:\n    true_on: {day}\n    share_class: party-{a}-common\n    shares: {i + 1}\n"
                f"    seller: party-{b}\n    buyer: party-{rng.randrange(parties)}\n    source: s{source}\n"
            )
        else:
            yield (
                f"  - holding:\n    true_on: {day}\n    holder: party-{a}\n    issuer: party-{b}\n"
                f"    share: {rng.randrange(10000) / 100}%\n    base: issued\n    note: line {i}\n    source: s{source}\n"
            )


def measure(file: Path) -> None:
    """Load one file and print its row."""
    from crosstie.formats.ledger_text import load  # noqa: PLC0415 (its import is not what is measured)

    start, begun = time.perf_counter(), time.process_time()
    ledger = load(file)
    seconds, worked = time.perf_counter() - start, time.process_time() - begun
    assert not ledger.problems, ledger.problems[0]  # noqa: S101 (a wrong ledger would be measured)
    count, peak = len(ledger.statements), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = file.stat().st_size / 1e6
    print(f"{count},{size:.1f},{seconds:.2f},{worked:.2f},{count / seconds:.0f},{peak:.0f}", flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--load"]:
        measure(Path(sys.argv[2]))
        return
    print("statements,megabytes,seconds,cpu_seconds,statements_per_second,peak_megabytes", flush=True)
    for count in [int(word) for word in sys.argv[1:]] or [10_000, 100_000, 300_000]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "ledger.yaml"
            write_ledger(file, count)
            subprocess.run([sys.executable, __file__, "--load", str(file)], check=True)


if __name__ == "__main__":
    main()
