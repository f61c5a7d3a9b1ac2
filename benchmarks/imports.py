"""BODS 0.4 JSON lines into a register: Crosstie against DuckDB's bare CREATE TABLE AS and two loops people write.

python benchmarks/imports.py 1e8              100 MB of made-up statements
python benchmarks/imports.py 1e9 --turns 3    a gigabyte

All run in turns on two cores of one machine, in one process, each from the same file on disk to a file of its own.
Crosstie translates (dates, exact shares, versions of a record, sources, problems) and stores statements; DuckDB stores
what it finds, under a schema that it infers; the loops keep holder, issuer, ends of the share and dates, as Parquet.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import machine
import statements
from crosstie.questions.importing import into_register

OUT = Path(__file__).parent / "out"
CORES = 2
COLUMNS = ("holder", "issuer", "low", "high", "start", "end", "known")


def fresh(path):
    for each in (path, path.with_name(f"{path.name}.wal")):
        each.unlink(missing_ok=True)
    return path


def with_crosstie(file, target):
    return into_register("bods", [str(file)], str(fresh(target)))


def with_duckdb(file, target):
    with duckdb.connect(str(fresh(target))) as db:
        db.execute(f"CREATE TABLE statements AS SELECT * FROM read_json('{file}')")  # noqa: S608 (our own path)


def holdings_of(details, known):
    """The shares that a relationship's details state, one row each."""
    holder = details["interestedParty"]
    for interest in details["interests"]:
        if interest["type"] == "shareholding" and "share" in interest:
            share = interest["share"]
            low = share.get("exact", share.get("minimum", share.get("exclusiveMinimum", 0)))
            high = share.get("exact", share.get("maximum", share.get("exclusiveMaximum", 100)))
            yield (
                holder if isinstance(holder, str) else None, details["subject"], low / 100, high / 100,
                interest.get("startDate"), interest.get("endDate"), known,
            )  # fmt: skip


def with_orjson(file, target):
    rows = []
    with file.open("rb") as lines:
        for line in lines:
            said = orjson.loads(line)
            if said["recordType"] == "relationship":
                rows.extend(holdings_of(said["recordDetails"], said["statementDate"]))
    columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), fresh(target))


def with_pandas(file, target):
    frames = []
    chunks = pd.read_json(file, lines=True, chunksize=50_000, dtype=False)
    for chunk in chunks:
        chosen = chunk[chunk["recordType"] == "relationship"]
        pairs = zip(chosen["recordDetails"], chosen["statementDate"], strict=True)
        frames.append(pd.DataFrame([row for pair in pairs for row in holdings_of(*pair)], columns=COLUMNS))
    pd.concat(frames).to_parquet(fresh(target))


def answers(folder):
    """From each result, how many shares are stated and the sum of their lower ends."""
    found = {}
    with duckdb.connect(str(folder / "crosstie.duckdb"), read_only=True) as db:
        found["crosstie"] = db.execute(
            "SELECT count(*), sum(share_low) FROM holding WHERE share IS NOT NULL"
        ).fetchone()
    with duckdb.connect(str(folder / "duckdb.duckdb"), read_only=True) as db:
        found["duckdb"] = db.execute(
            "SELECT count(*), sum(coalesce(share.exact, share.minimum, share.exclusiveMinimum) / 100) "
            "FROM (SELECT unnest(recordDetails.interests, recursive := false) AS i FROM statements), "
            "LATERAL (SELECT i.share AS share) WHERE i.type = 'shareholding' AND share IS NOT NULL"
        ).fetchone()
    for name in ("orjson", "pandas"):
        query = f"SELECT count(*), sum(low) FROM read_parquet('{folder / name}.parquet')"  # noqa: S608 (our own path)
        found[name] = duckdb.execute(query).fetchone()
    return found


def command_seconds(file, target):
    """The whole command, start of Python included."""
    run = [
        sys.executable,
        "-c",
        "from crosstie.cli.app import main; main()",
        "import",
        "bods",
        file,
        fresh(target),
    ]
    return machine.once(lambda: subprocess.run(run, check=True, capture_output=True))[0]


def measure(file, turns, folder):
    tasks = {
        "crosstie": lambda: with_crosstie(file, folder / "crosstie.duckdb"),
        "duckdb": lambda: with_duckdb(file, folder / "duckdb.duckdb"),
        "orjson": lambda: with_orjson(file, folder / "orjson.parquet"),
        "pandas": lambda: with_pandas(file, folder / "pandas.parquet"),
    }
    seconds = machine.in_turns(turns, **tasks)
    found = answers(folder)
    counts = {name: count for name, (count, _) in found.items()}
    furthest = max(abs(total - found["duckdb"][1]) for _, total in found.values())
    assert len(set(counts.values())) == 1, counts  # noqa: S101 (wrong work would be measured)
    assert furthest < 1e-6 * found["duckdb"][1], found  # noqa: S101 (as above)
    size = file.stat().st_size
    return {
        **seconds,
        "crosstie_command": command_seconds(file, folder / "command.duckdb"),
        **{f"{name}_megabytes_a_second": size / 1e6 / took for name, took in seconds.items()},
        **{f"{name}_over_crosstie": seconds[name] / seconds["crosstie"] for name in ("duckdb", "orjson", "pandas")},
        "shares_stated": counts["duckdb"],
        "furthest_sum_of_shares": furthest,
        "problems": sum(kindred.count for kindred in tasks["crosstie"]().problems),
        "register_bytes": (folder / "crosstie.duckdb").stat().st_size,
        "table_bytes": (folder / "duckdb.duckdb").stat().st_size,
    }  # fmt: skip


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "size", nargs="?", default=100_000_000, type=lambda text: int(float(text)), help="bytes"
    )
    options.add_argument("--turns", type=int, default=3)
    options.add_argument("--files", type=Path, default=OUT, help="folder where generated statements are kept")
    chosen = options.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    OUT.mkdir(exist_ok=True)
    described = machine.describe()
    machine.touch_memory()
    print(described, file=sys.stderr)
    file = chosen.files / f"statements-{chosen.size}.jsonl"
    if not file.exists():
        statements.write(file, chosen.size)
    with tempfile.TemporaryDirectory(dir=chosen.files) as folder, file.open("rb") as lines:
        result = {"statements": sum(1 for _ in lines), **measure(file, chosen.turns, Path(folder))}
    record = {
        "question": "imports",
        "bytes": file.stat().st_size,
        "machine": described,
        "command": f"python benchmarks/imports.py {chosen.size:.0e} --turns {chosen.turns}",
        **result,
    }
    (OUT / f"imports-{chosen.size}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
