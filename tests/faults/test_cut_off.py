"""Killed, interrupted, used by two: one line at most, and what was there is there, whole."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("openpyxl")
from whole_registers import ALL, ALONE, OLD, WATCHED, is_whole, lines, start, statements, worker

pytestmark = [pytest.mark.bulk, pytest.mark.long]

CASE = Path(__file__).parents[2] / "cases" / "alliance"
# the kernel kills in the write that goes beyond the limit, where Python would otherwise get an error
DIES_WRITING = f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); {ALONE}"
HOLDS = """
import sys
from pathlib import Path
from crosstie.engines.register.store import connect
with connect(Path(sys.argv[1]), write=True):
    print("ready", flush=True)
    sys.stdin.read()
"""
FOLDER = """
import sys
from pathlib import Path
from crosstie.engines.register.store import export_parquet
export_parquet(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("new", [True, False], ids=["new", "existing"])
@pytest.mark.parametrize(
    "limit", [0, 1_000, 4_096, 12_288, 20_000, 100_000, 300_000, 524_288, 600_000, 1_000_000]
)
def test_an_import_killed_in_a_write(made, tmp_path, new, limit):
    register = tmp_path / "r.duckdb"
    if not new:
        register.write_bytes((made / "r.duckdb").read_bytes())
    process = start(DIES_WRITING, "import", "bods", made / "more.jsonl", register, cwd=tmp_path, limit=limit)
    process.communicate()
    assert process.returncode in {0, -signal.SIGXFSZ}
    is_whole(register, made, 0 if new else OLD)


@pytest.fixture(scope="module")
def whole(made, tmp_path_factory):
    """How long a whole import takes."""
    began = time.monotonic()
    start(
        ALONE, "import", "bods", made / "more.jsonl", "r.duckdb", cwd=tmp_path_factory.mktemp("whole")
    ).communicate()
    return time.monotonic() - began


@pytest.mark.parametrize("new", [True, False], ids=["new", "existing"])
@pytest.mark.parametrize("killed", ["alone", "worker", "command"])
def test_an_import_killed_at_random_points(made, tmp_path, whole, new, killed):
    """A process of its own leaves what the next import puts right; one that is watched leaves nothing to put right."""
    register, seed = tmp_path / "r.duckdb", random.randrange(2**32)
    chance, said = random.Random(seed), set()
    for _ in range(20):
        for each in tmp_path.iterdir():
            each.unlink()
        if not new:
            register.write_bytes((made / "r.duckdb").read_bytes())
        code = ALONE if killed == "alone" else WATCHED
        process = start(code, "import", "bods", made / "more.jsonl", register, cwd=tmp_path)
        time.sleep(chance.uniform(0.1, whole * 1.05))
        working = worker(process)
        if process.poll() is None and (killed != "worker" or working):
            os.kill(working if killed == "worker" else process.pid, signal.SIGKILL)
        told = process.communicate()[1].decode()
        if killed == "worker" and process.returncode:
            assert process.returncode == 2, seed
            assert len(told.splitlines()) == 1, (seed, told)
            assert "killed, probably by the system, which was out of memory; " in told, seed
            said.add(told.partition(": ")[2].partition(": ")[0])
            left = {each.name for each in tmp_path.iterdir()} - {"r.duckdb.wal"}
            none = new and "nothing was changed" in told  # else it was killed when all was done
            assert left == (set() if none else {"r.duckdb"}), (seed, told)
        while working and Path(f"/proc/{working}").exists() and not _has_ended(working):
            time.sleep(0.001)
        is_whole(register, made, 0 if new else OLD)
    assert killed != "worker" or said <= {str(register), "import bods"}, said


def _has_ended(pid):
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


def test_a_folder_of_parquet_killed_at_random_points_is_whole_or_absent(made, tmp_path):
    register, folder, seed = tmp_path / "r.duckdb", tmp_path / "out", random.randrange(2**32)
    register.write_bytes((made / "r.duckdb").read_bytes())
    start(WATCHED, "import", "bods", made / "more.jsonl", register, cwd=tmp_path).communicate()
    times, chance, seen = [], random.Random(seed), set()
    for turn in range(33):
        for each in tmp_path.glob("*out*"):
            shutil.rmtree(each)
        for each in tmp_path.glob(".out.*.tmp"):
            shutil.rmtree(each)
        began = time.monotonic()
        process = start(FOLDER, register, folder, cwd=tmp_path)
        if turn >= 3:  # the first show how long it takes: to its first file, and to its end
            earliest = min(first for first, _ in times) * (
                0.9 if turn % 3 else 0.2
            )  # it may be faster later on
            time.sleep(chance.uniform(earliest, max(last for _, last in times)))
            process.kill()
        else:
            while process.poll() is None and not any(tmp_path.glob(".out.*.tmp")):
                time.sleep(0.0005)
            first = time.monotonic() - began
            process.wait()
            times.append((first, time.monotonic() - began))
        process.communicate()
        beside = {each.name for each in tmp_path.iterdir()} - {"r.duckdb", "out"}
        assert len(beside) <= 1, seed
        assert all(name.startswith(".out.") and name.endswith(".tmp") for name in beside), seed
        seen.add(statements(folder) if folder.exists() else 0)
    assert seen == {0, ALL}, seed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "terminated"])
@pytest.mark.parametrize("new", [True, False], ids=["new", "existing"])
def test_an_import_that_is_stopped_cleans_up(made, tmp_path, new, number):
    register, chance = tmp_path / "r.duckdb", random.Random(number)
    ends = set()
    for _ in range(4):
        for each in tmp_path.iterdir():
            each.unlink()
        if not new:
            register.write_bytes((made / "r.duckdb").read_bytes())
        process = start(WATCHED, "import", "bods", made / "more.jsonl", register, cwd=tmp_path)
        while process.poll() is None and not any(_leads_to(each, register) for each in _open_in(process)):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.15))
        process.send_signal(number)
        said = process.communicate()[1].decode()
        ends.add(process.returncode)
        assert len(said.splitlines()) <= 1, said
        if process.returncode:
            assert process.returncode == 128 + number, said
            assert [each.name for each in tmp_path.iterdir()] == ([] if new else ["r.duckdb"])
            assert statements(register) == (0 if new else OLD)
    assert ends <= {0, 128 + number}
    assert 128 + number in ends


def _open_in(process):
    """What the process that works for another has open."""
    try:
        return list(Path(f"/proc/{worker(process)}/fd").iterdir())
    except OSError:
        return []


def _leads_to(link, path):
    try:
        return link.readlink() == path
    except OSError:
        return False


EXPORTS = ("bods", "ftm", "csv", "excel", "parquet", "graphml", "gexf", "dot")


@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_killed_in_a_write_leaves_the_old_file(tmp_path, kind):
    out = tmp_path / "out"
    for limit in (0, 100, 1_000):
        out.write_text("old")
        words = ["export", CASE, "--to", kind, "-o", out, "--on", "2023-06-28"]
        process = start(DIES_WRITING, *words, cwd=tmp_path, limit=limit)
        process.communicate()
        assert process.returncode in {0, -signal.SIGXFSZ}
        assert process.returncode == 0 or out.read_text() == "old"


def test_of_two_imports_at_once_the_second_says_so(made, crosstie, tmp_path):
    register = tmp_path / "r.duckdb"
    register.write_bytes((made / "r.duckdb").read_bytes())
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, register], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as one:
        assert one.stdout.readline() == b"ready\n"
        second = crosstie("import", "bods", made / "more.jsonl", register)
        question = crosstie("stats", register)
        one.stdin.close()
    for said in (second, question):
        assert said.line == f"crosstie: {register}: another process is using it"
    assert statements(register) == OLD


def test_a_file_that_changes_while_it_is_read_is_told_or_read(tmp_path):
    from crosstie.formats.catalogue import FORMATS  # noqa: PLC0415 (with its extras)
    from crosstie.text.problem import Problem  # noqa: PLC0415

    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines(range(5_000))))
    items = FORMATS["bods"].read(path)
    first = [next(items) for _ in range(10)]
    os.truncate(path, path.stat().st_size // 2)
    rest = list(items)
    assert 2_000 < len(first) + len(rest) <= 5_000
    assert sum(isinstance(each, Problem) for each in rest) <= 1  # the line in which it was cut
