"""Killed, interrupted, out of disk, out of memory: one line at most, and what was there is there, whole."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("openpyxl")
from crosstie.engines.register import store
from crosstie.ledger.statements import Source
from crosstie.text.problem import CrosstieError

pytestmark = [pytest.mark.bulk, pytest.mark.long]

CASE = Path(__file__).parents[2] / "cases" / "alliance"
STORY = Path(__file__).parents[2] / "docs" / "examples" / "stories"
MAIN = "from crosstie.cli.watched import main; main()"
ALONE = "from crosstie.cli.app import main; main()"  # nobody watches: nobody clears up behind it
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
OLD, ALL = 500, 8_000


def lines(numbers):
    for i in numbers:
        yield json.dumps({"statementId": f"e{i}", "recordId": f"r{i}", "recordType": "entity", "recordStatus": "new",
                          "statementDate": "2024-01-01", "recordDetails": {
                              "entityType": {"type": "registeredEntity"}, "name": f"Company {i} {random.Random(i).random()}"}})  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A register with some statements, and a file with more."""
    folder = tmp_path_factory.mktemp("made")
    first, more = folder / "first.jsonl", folder / "more.jsonl"
    first.write_text("\n".join(lines(range(OLD))))
    more.write_text("\n".join(lines(range(OLD, ALL))))
    subprocess.run([sys.executable, "-c", MAIN, "import", "bods", first, folder / "r.duckdb"], check=True,
                   capture_output=True)  # fmt: skip
    return folder


def start(code, *words, cwd, limit=None):
    import resource  # noqa: PLC0415

    def limited():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen([sys.executable, "-c", code, *map(str, words)], cwd=cwd, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, preexec_fn=limited)  # noqa: PLW1509  # fmt: skip


def statements(register):
    """How many a register has; none where it is not there or its first import was cut off."""
    if not register.exists():
        return 0
    try:
        return len(store.read(register).statements)
    except CrosstieError as error:
        return 0 if "its first import was cut off" in str(error) else -1


def is_whole(register, made, before):
    """It opens with the state before or after; nothing else lies about; the next import works."""
    found = statements(register)
    assert found in {before, ALL if before else ALL - OLD}, found
    beside = {each.name for each in register.parent.iterdir()} - {register.name, f"{register.name}.wal"}
    assert not beside
    after = store.append(register, [Source(id="next", title="next")])
    assert after.rows["source"] == 1
    return found


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
        process = start(MAIN, "import", "bods", made / "more.jsonl", register, cwd=tmp_path)
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
        working = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [each for pid in working for each in Path(f"/proc/{pid}/fd").iterdir()]
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
        process = start(
            DIES_WRITING,
            "export",
            CASE,
            "--to",
            kind,
            "-o",
            out,
            "--on",
            "2023-06-28",
            cwd=tmp_path,
            limit=limit,
        )
        process.communicate()
        assert process.returncode in {0, -signal.SIGXFSZ}
        assert process.returncode == 0 or out.read_text() == "old"


WRITERS = {
    **{kind: ["export", CASE, "--to", kind, "-o", "{out}", "--on", "2023-06-28"] for kind in EXPORTS},
    "chart": ["chart", CASE, "--known", "2023-06-28", "-o", "{out}.svg"],
    "picture": ["chart", CASE, "--known", "2023-06-28", "-o", "{out}.png"],
    "slides": ["chart", CASE, "--known", "2023-06-28", "-o", "{out}.pptx"],
    "report": ["report", CASE, "--known", "2023-06-28", "-o", "{out}"],
    "new": ["new", "{out}"],
    "demo": ["demo", "{out}"],
    "text": ["import", "csv", "edges.csv", "{out}"],
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_one_line_that_names_the_file_and_leaves_no_other(crosstie, tmp_path, name):
    (tmp_path / "edges.csv").write_text("holder,issuer,share\nana,alpha,15%\n")
    words = [str(word).format(out=tmp_path / "out") for word in WRITERS[name]]
    target = next(Path(word) for word in words if word.startswith(str(tmp_path)))
    folder = name in {"report", "new", "demo", "text"}
    if not folder:
        target.write_text("old")
    said = crosstie(*words, size=64)
    assert said.code == 2, said
    assert said.err.splitlines()[-1].startswith(f"crosstie: {target}")
    assert said.err.splitlines()[-1].endswith(": the disk is full; nothing was written")
    files = [each for each in tmp_path.rglob("*") if each.is_file() and each.name != "edges.csv"]
    assert files == ([] if folder else [target])
    assert folder or target.read_text() == "old"


@pytest.mark.parametrize("new", [True, False], ids=["new", "existing"])
@pytest.mark.parametrize("size", [1, 10_000, 300_000, 600_000])
def test_a_full_disk_leaves_the_register_as_it_was(made, crosstie, tmp_path, new, size):
    register = tmp_path / "r.duckdb"
    if not new:
        register.write_bytes((made / "r.duckdb").read_bytes())
    said = crosstie("import", "bods", made / "more.jsonl", register, size=size)
    assert said.line.startswith(f"crosstie: {register}: the disk is full")
    # the database's own log may stay where the disk has no room for taking it up: the next opening does
    left = {each.name for each in tmp_path.iterdir()} - (set() if new else {"r.duckdb.wal"})
    assert left == (set() if new else {"r.duckdb"})
    is_whole(register, made, 0 if new else OLD)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte, where one may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk; the limit on a file's size stands for it elsewhere")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_really_full(made, crosstie, small_disk):
    said = crosstie("import", "bods", made / "more.jsonl", small_disk / "r.duckdb")
    assert said.line == f"crosstie: {small_disk}/r.duckdb: the disk is full; nothing was changed"
    assert list(small_disk.iterdir()) == []
    (small_disk / "filler").write_bytes(b"x" * 2**20)
    said = crosstie("export", CASE, "--to", "bods", "-o", small_disk / "a.json")
    assert (
        said.err.splitlines()[-1] == f"crosstie: {small_disk}/a.json: the disk is full; nothing was written"
    )
    assert [each.name for each in small_disk.iterdir()] == ["filler"]


MEMORIES = (350, 500, 600, 700, 800, 900, 1000, 1200)
NOISE = (
    "<jemalloc>",
    "OpenBLAS",
    "cannot allocate memory for thread-local data",
    "LLVM ERROR",
    "terminate called",
    "  what():",
)


@pytest.mark.parametrize("new", [True, False], ids=["new", "existing"])
def test_too_little_memory_is_one_line_and_changes_nothing(made, crosstie, tmp_path, new):
    register, told = tmp_path / "r.duckdb", 0
    for megabytes in MEMORIES:
        for each in tmp_path.iterdir():
            each.unlink()
        if not new:
            register.write_bytes((made / "r.duckdb").read_bytes())
        said = crosstie("import", "bods", made / "more.jsonl", register, memory=megabytes * 2**20)
        told += is_about_memory(said)
        left = {each.name for each in tmp_path.iterdir()} - ({register.name} if said.code == 0 else set())
        # the log may stay where the database was ended before it took it up: the next opening does
        assert left - {"r.duckdb.wal"} <= (set() if new else {register.name}), (megabytes, said)
        is_whole(register, made, 0 if new else OLD)
    assert told > 0


def is_about_memory(said):
    """Whether it failed; then our one line was said. A library that ends the process itself has words of its own."""
    ours = [line for line in said.err.splitlines() if not line.startswith(NOISE)]
    if said.code == 0:
        return False
    assert said.code == 2, said
    assert len(ours) == 1, said.err
    assert "out of memory" in ours[0], said.err
    return True


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
