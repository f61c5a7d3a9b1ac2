"""Questions of a person at the command line to a register of a million parties, seconds each; one peer in SQL.

Run with ``python benchmarks/questions.py [PARTIES]``. The register is synthetic and made once in ``benchmarks/out``.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb

import machine
import networks
import synthetic_register

DAY = "2024-01-01"
OUT = Path(__file__).with_name("out")

# One company's owners by a recursive query: every chain's product, added up. It follows loops without end, so it is
# cut where a chain's product falls below a millionth.
RECURSIVE = """
WITH RECURSIVE day AS (SELECT holder, issuer, share_low AS share FROM holding
        WHERE true_on_latest <= $day AND (until_latest IS NULL OR until_latest > $day)),
    chain AS (SELECT holder, share FROM day WHERE issuer = $company
        UNION ALL
        SELECT day.holder, chain.share * day.share FROM chain JOIN day ON day.issuer = chain.holder
        WHERE chain.share * day.share > 1e-6)
SELECT holder, sum(share) FROM chain GROUP BY holder"""


def register(parties: int) -> Path:
    file = OUT / f"questions-{parties}.duckdb"
    if not file.exists():
        OUT.mkdir(exist_ok=True)
        synthetic_register.write_register(networks.generate(parties), file)
    return file


def ask(*words: str) -> tuple[float, list[dict]]:
    """Seconds from the command typed to its last line, and the rows."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", "from crosstie.cli.app import main; main()", *words, "--format", "json"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - begun, json.loads(found.stdout)


def typical_company(file: Path) -> str:
    """One with three holders, the first by its name that is held by a company."""
    with duckdb.connect(str(file), read_only=True) as connection:
        query = """SELECT issuer FROM holding GROUP BY issuer HAVING count(*) = 3 AND count(until) = 0
            AND max(CAST(starts_with(holder, 'XX-COH') AS INT)) = 1 ORDER BY issuer LIMIT 1"""
        return connection.execute(query).fetchall()[0][0]


def by_recursion(file: Path, company: str) -> tuple[float, dict[str, float]]:
    begun = time.perf_counter()
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(RECURSIVE, {"company": company, "day": DAY}).fetchall()
    return time.perf_counter() - begun, dict(rows)


def compare(ours: list[dict], theirs: dict[str, float]) -> float:
    """The largest difference over owners that both have with a hundredth or more."""
    named = {row["owner"]: row["look_through"] for row in ours}
    return max(
        (abs(named.get(owner, 0) - share) for owner, share in theirs.items() if share > 0.01), default=0.0
    )


def main() -> None:
    parties = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    file = register(parties)
    company = typical_company(file)
    listed = OUT / "listed.csv"
    listed.write_text("name\n" + "".join(f"Party {n}\n" for n in range(0, parties, parties // 20)))
    path, day = str(file), ("--on", DAY, "--known", DAY)
    questions = {
        "holders COMPANY": ("holders", path, company, *day),
        "own --company": ("own", path, "--company", company, *day),
        "control": ("control", path, *day),
        "own --persons --threshold 25%": ("own", path, "--persons", "--threshold", "25%", *day),
        "screen LIST (20 names)": ("screen", path, str(listed), *day),
        "stats --on": ("stats", path, *day),
        "diff of two days": ("diff", path, "--on", "2023-12-31", "--to", DAY, "--known", DAY),
    }
    print(f"{machine.describe()}; {parties:,} parties, synthetic")
    for title, words in questions.items():
        seconds, rows = ask(*words)
        print(f"{title:32} {seconds:8.2f} s  {len(rows):>10,} rows", flush=True)
        if title == "own --company":
            peer, theirs = by_recursion(file, company)
            print(
                f"{'  DuckDB recursive query':32} {peer:8.2f} s  differs by {compare(rows, theirs):.1e} at most"
            )


if __name__ == "__main__":
    main()
