"""Voting power against the PyPI packages ``powerindex`` and ``powerindices``, in one run.

Run: ``python benchmarks/power.py [SECONDS]`` (default: 60 seconds and 4 GB for each attempt).
Needs ``pip install powerindex powerindices``. Each attempt is a process of its own. CSV on standard output: the
game, the index, the program, seconds for the calculation alone, the ratio to Crosstie's seconds, the largest
difference from the reference, and what happened. The reference is the closed form for equal voters, exact fractions
where coalitions can be counted in whole numbers, and Crosstie's certified bounds for real share counts: then the
difference is how far an answer lies outside of them, and Crosstie's own line says how wide they are.
"""

import csv
import json
import math
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable

GIGABYTES = 4
INDICES = ("shapley-shubik", "banzhaf", "banzhaf-absolute")
PROGRAMS = ("crosstie", "powerindex", "powerindices")
COLUMNS = ("game", "index", "program", "seconds", "times_crosstie", "difference", "outcome")


def heavy_tailed(holders: int, total: int) -> list[int]:
    """Share counts as in a share register: a few large holders, many small ones."""
    source = random.Random(20230628)
    sizes = [source.paretovariate(1.1) for _ in range(holders)]
    return [max(1, int(size / sum(sizes) * total)) for size in sizes]


def games() -> dict[str, list[int]]:
    """The weights of each game; more than half of them wins."""
    return {
        "EEC 1958": [4, 4, 4, 2, 2, 1],
        "20 holders, 1,000 votes": heavy_tailed(20, 1_000),
        "70 equal voters": [1] * 70,
        "200 holders, 2,000 votes": heavy_tailed(200, 2_000),
        "500 holders, 10,000 votes": heavy_tailed(500, 10_000),
        "200 holders, real share counts": heavy_tailed(200, 291_173_548),
    }


def quota_of(game: str, weights: list[int]) -> int:
    """12 of 17 in 1958, otherwise more than half."""
    return 12 if game == "EEC 1958" else sum(weights) // 2 + 1


def by_crosstie(
    index: str, quota: int, weights: list[int]
) -> tuple[list[float], list[float], list[float], str]:
    from crosstie.analyses.power.game import quota_game  # noqa: PLC0415 (each program loads its own)
    from crosstie.questions.power import INDICES as BY_NAME  # noqa: PLC0415

    found = BY_NAME[index](quota_game(quota, weights))
    return (
        [float(v) for v in found.values],
        [float(v) for v in found.low],
        [float(v) for v in found.high],
        found.method,
    )


def by_powerindex(index: str, quota: int, weights: list[int]) -> list[float]:
    import powerindex  # noqa: PLC0415 (each program loads its own)

    game = powerindex.Game(quota, weights)
    if index == "shapley-shubik":
        game.calc_shapley_shubik()
        return list(game.shapley_shubik)
    if index == "banzhaf-absolute":
        raise LookupError("powerindex does not offer this index")
    game.calc_banzhaf()
    return list(game.banzhaf)


def by_powerindices(index: str, quota: int, weights: list[int]) -> list[float]:
    import powerindices  # noqa: PLC0415 (each program loads its own)

    if index == "shapley-shubik":
        return [float(v) for v in powerindices.compute_ssi(quota, list(weights))]
    absolute = [float(v) for v in powerindices.compute_pbi(quota, list(weights))]
    if index == "banzhaf-absolute":
        return absolute
    return [value / sum(absolute) for value in absolute]


PEERS: dict[str, Callable[[str, int, list[int]], list[float]]] = {
    "powerindex": by_powerindex,
    "powerindices": by_powerindices,
}


def attempt(program: str, index: str, game: str) -> None:
    """One calculation in this process; the answer as JSON on standard output."""
    limit = GIGABYTES * 2**30
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    weights = games()[game]
    quota = quota_of(game, weights)
    (by_crosstie if program == "crosstie" else PEERS[program])(
        "banzhaf", 2, [1, 1, 1]
    )  # imports are not timed
    start = time.perf_counter()
    if program == "crosstie":
        values, low, high, method = by_crosstie(index, quota, weights)
    else:
        values, method = PEERS[program](index, quota, weights), "answered"
        low = high = []
    seconds = time.perf_counter() - start
    print(json.dumps({"values": values, "low": low, "high": high, "seconds": seconds, "outcome": method}))


def run(program: str, index: str, game: str, seconds: float) -> dict[str, object]:
    """One attempt in a process of its own, stopped when its time is over."""
    words = [sys.executable, "-W", "ignore", __file__, "--attempt", program, index, game]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"outcome": f"no answer in {seconds:g} s"}
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"ended with status {done.returncode}"]
        return {"outcome": last[0][:100]}
    return json.loads(done.stdout)


def expected(game: str, index: str) -> float | None:
    """The closed form, for seventy equal voters."""
    if game != "70 equal voters":
        return None
    return math.comb(69, 35) / 2**69 if index == "banzhaf-absolute" else 1 / 70


def difference(values: list[float], own: dict[str, object], game: str, index: str) -> float:
    """How far an answer lies from the reference, at the worst holder."""
    known = expected(game, index)
    if known is not None:
        return max(abs(value - known) for value in values)
    bounds = zip(values, own["low"], own["high"], strict=True)
    return max(max(low - value, value - high, 0.0) for value, low, high in bounds)


def line(
    game: str, index: str, program: str, found: dict[str, object], own: dict[str, object]
) -> dict[str, object]:
    row: dict[str, object] = {"game": game, "index": index, "program": program, "outcome": found["outcome"]}
    if "values" in found:
        row["seconds"] = f"{found['seconds']:.4f}"
        row["times_crosstie"] = f"{found['seconds'] / own['seconds']:.3g}"
        row["difference"] = f"{difference(found['values'], own, game, index):.1e}"
    return row


def main() -> None:
    if sys.argv[1:2] == ["--attempt"]:
        attempt(*sys.argv[2:5])
        return
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for game in games():
        for index in INDICES:
            own = run("crosstie", index, game, seconds * 5)
            for program in PROGRAMS:
                found = own if program == "crosstie" else run(program, index, game, seconds)
                writer.writerow(line(game, index, program, found, own))
                sys.stdout.flush()


if __name__ == "__main__":
    main()
