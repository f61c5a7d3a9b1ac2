"""What it costs to start: a command line and questions on a small ledger, as multiples of importing typer.

Run: ``python benchmarks/start_up.py [ROUNDS]`` (default: 15).
Rounds are interleaved, so that a busy machine slows all alike. CSV on standard output: what was run, the
median seconds, the ratio to the median of ``python -c "import typer"``.
"""

import csv
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASE = Path(__file__).parents[1] / "cases" / "alliance"
CROSSTIE = "from crosstie.cli.app import main; main()"


def commands(edge_list: Path) -> dict[str, list[str]]:
    """What is run, by the name it has in the table."""
    case = ["--known", "2023-06-28"]
    return {
        "import typer": ["import typer"],
        "crosstie --help": [CROSSTIE, "--help"],
        "crosstie own, three holdings": [CROSSTIE, "own", str(edge_list)],
        "crosstie holders, the alliance case": [CROSSTIE, "holders", str(CASE), "nissan", *case],
        "crosstie own, the alliance case": [CROSSTIE, "own", str(CASE), *case],
        "crosstie check, the alliance case": [CROSSTIE, "check", str(CASE)],
    }


def seconds(words: list[str]) -> float:
    """How long one run takes, the interpreter's own start included."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", *words], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        edge_list = Path(folder) / "holdings.csv"
        edge_list.write_text("holder,issuer,share\nana,alpha,60%\nalpha,beta,50%\nbeta,alpha,10%\n")
        asked = commands(edge_list)
        took: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(rounds):
            for name, words in asked.items():
                took[name].append(seconds(words))
    medians = {name: statistics.median(each) for name, each in took.items()}
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(("what", "seconds", "ratio"))
    for name, median in medians.items():
        table.writerow((name, f"{median:.3f}", f"{median / medians['import typer']:.2f}"))


if __name__ == "__main__":
    main()
