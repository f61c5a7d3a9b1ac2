"""One question after another to a large register: the first, with nothing kept, against the second.

Run with ``python benchmarks/kept.py [PARTIES]``. The register is synthetic and made once in ``benchmarks/out``. Processor
seconds of whole commands, from start to end: on a busy machine a clock tells of others. Each pair ran in one run, and
with ``CROSSTIE_CACHE=off`` beside it; the three answers are compared.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

import machine
import questions

OUT = questions.OUT
DAY = ("--on", questions.DAY, "--known", questions.DAY)


def ask(words, cache):
    """Processor seconds, gigabytes at most, and a hash of the answer."""
    command = [sys.executable, "-c", "from crosstie.cli.app import main; main()", *words]
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, env={**os.environ, "CROSSTIE_CACHE": str(cache)})
        _, status, used = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(words)}: ended with {os.waitstatus_to_exitcode(status)}")
        out.seek(0)
        answer = hashlib.file_digest(out, "sha256").hexdigest()
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6, answer


def asked(file):
    """The questions, by the command that a person types."""
    company = questions.typical_company(file)
    with duckdb.connect(str(file), read_only=True) as connection:
        query = "SELECT holder FROM holding WHERE issuer = ? ORDER BY share_low DESC, holder LIMIT 1"
        owner = connection.execute(query, [company]).fetchall()[0][0]
        rows = connection.execute("SELECT DISTINCT issuer FROM holding ORDER BY issuer LIMIT 1000").fetchall()
    assets = OUT / "assets.csv"
    lines = [f"{name},{at + 1}" for at, (name,) in enumerate(rows)]
    assets.write_text("\n".join(["company,outside_assets", *lines]) + "\n", encoding="utf-8")
    path = str(file)
    return {
        "check": ("check", path, *DAY, "--format", "json"),
        "stats --on": ("stats", path, *DAY, "--format", "json"),
        "control": ("control", path, *DAY, "--format", "json"),
        "value": ("value", path, "--assets", str(assets), *DAY, "--format", "json"),
        "own --company": ("own", path, "--company", company, *DAY, "--format", "json"),
        "own --owner": ("own", path, "--owner", owner, *DAY, "--format", "json"),
        "explain": ("explain", path, owner, company, *DAY),
    }


def measure(words):
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        first, second = (ask(words, folder) for _ in range(2))
        kept = sum(each.stat().st_size for each in Path(folder).iterdir()) / 1e9
    off = ask(words, "off")
    return {
        "first": first[0], "second": second[0], "off": off[0], "first_over_second": first[0] / second[0],
        "gigabytes_first": first[1], "gigabytes_second": second[1], "gigabytes_kept": kept,
        "same_answer": first[2] == second[2] == off[2],
    }  # fmt: skip


def main():
    parties = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    file = questions.register(parties)
    found = {}
    for title, words in asked(file).items():
        found[title] = measure(words)
        shown = ", ".join(f"{key} {value:.3g}" for key, value in found[title].items())
        print(f"{title:16} {shown}", flush=True)
    told = {"question": "kept", "asked": found, "register": parties, "machine": machine.describe()}
    (OUT / f"kept-{parties}.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
