"""The disk or the memory is full: one line, and what was there is there, whole."""

import subprocess
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("openpyxl")
from whole_registers import OLD, WATCHED, is_whole, start

pytestmark = [pytest.mark.bulk, pytest.mark.long]

CASE = Path(__file__).parents[2] / "cases" / "alliance"
STORIES = Path(__file__).parents[2] / "docs" / "examples" / "stories"
EXPORTS = ("bods", "ftm", "csv", "excel", "parquet", "graphml", "gexf", "dot")
FOLDER = """
import sys
from pathlib import Path
from crosstie.engines.register.store import export_parquet
from crosstie.text.problem import CrosstieError
try:
    export_parquet(Path(sys.argv[1]), Path(sys.argv[2]))
except CrosstieError as error:
    sys.exit(str(error))
"""


WRITERS = {
    **{kind: ["export", CASE, "--to", kind, "-o", "{out}", "--on", "2023-06-28"] for kind in EXPORTS},
    "chart": ["chart", CASE, "--known", "2023-06-28", "-o", "{out}.svg"],
    "picture": ["chart", CASE, "--known", "2023-06-28", "-o", "{out}.png"],
    "slides": ["chart", CASE, "--known", "2023-06-28", "-o", "{out}.pptx"],
    "report": ["report", CASE, "--known", "2023-06-28", "-o", "{out}"],
    "new": ["new", "{out}"],
    "demo": ["demo", "{out}"],
    "drafts": ["read", STORIES / "3-agreed.txt", "-o", "{out}"],
    "canonical": ["format", "{out}.yaml", "--write"],
    "text": ["import", "csv", "edges.csv", "{out}"],
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_one_line_that_names_the_file_and_leaves_no_other(crosstie, tmp_path, name):
    (tmp_path / "edges.csv").write_text("holder,issuer,share\nana,alpha,15%\n")
    words = [str(word).format(out=tmp_path / "out") for word in WRITERS[name]]
    target = next(Path(word) for word in words if word.startswith(str(tmp_path)))
    folder = name in {"report", "new", "demo", "text"}
    old = (
        "# old\nstatements: [{entity: a}, {entity: b}, {entity: c}, {entity: d}, {entity: e}]\n"
        if name == "canonical"
        else "old"
    )
    if not folder:
        target.write_text(old)
    said = crosstie(*words, size=64)
    assert said.code == 2, said
    assert said.err.splitlines()[-1].startswith(f"crosstie: {target}")
    assert said.err.splitlines()[-1].endswith(": the disk is full; nothing was written")
    files = [each for each in tmp_path.rglob("*") if each.is_file() and each.name != "edges.csv"]
    assert files == ([] if folder else [target])
    assert folder or target.read_text() == old


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


@pytest.mark.parametrize("limit", [0, 1_000, 20_000, 100_000])
def test_a_full_disk_leaves_no_part_of_a_folder_of_parquet(made, tmp_path, limit):
    process = start(FOLDER, made / "r.duckdb", tmp_path / "out", cwd=tmp_path, limit=limit)
    told = process.communicate()[1].decode()
    if process.returncode:
        assert told == f"{tmp_path}/out: the disk is full; nothing was written\n"
    assert (process.returncode == 0) == (tmp_path / "out").exists()
    assert [each.name for each in tmp_path.iterdir()] == ([] if process.returncode else ["out"])
    assert process.returncode or limit >= 20_000


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


ENDED = ("a library ended it", "a library crashed in it", "killed")


def is_about_memory(said):
    """Whether it failed; then our one line was said, last. Who ends the process itself may have words before it."""
    if said.code == 0:
        return False
    assert said.code == 2, said
    *before, last = said.err.splitlines()
    assert last.startswith("crosstie: "), said.err
    assert "out of memory" in last, said.err
    assert not any(line.startswith("crosstie: ") for line in before), said.err
    assert any(word in last for word in ENDED) or all(line.startswith(NOISE) for line in before), said.err
    return True


@pytest.fixture(scope="module")
def shares(tmp_path_factory):
    """A register of a few thousand holdings, with a loop."""
    folder = tmp_path_factory.mktemp("shares")
    rows = [f"p{i},c{i % 900},{5 + i % 20}%" for i in range(2_000)]
    rows += [f"c{i},c{(i + 1) % 20},{10 + i % 7}%" for i in range(20)]
    (folder / "edges.csv").write_text("\n".join(["holder,issuer,share", *rows]))
    register = folder / "r.duckdb"
    made = start(WATCHED, "import", "csv", folder / "edges.csv", register, cwd=folder)
    made.communicate()
    assert made.returncode == 0
    return register


QUESTIONS = {
    "own": ["own", "{register}"],
    "owners": ["own", "{register}", "--company", "c1"],
    "control": ["control", "{register}"],
    "holders": ["holders", "{register}", "c1"],
    "check": ["check", "{register}"],
    "power": ["power", "{register}", "c1"],
    "value": ["value", "{register}", "--assets", "assets.csv"],
    "stats": ["stats", "{register}"],
    "diff": ["diff", "{register}", "--on", "2023-01-01", "--to", "2023-12-01"],
    "explain": ["explain", "{register}", "p1", "c1"],
    "export": ["export", "{register}", "--to", "dot", "-o", "/dev/null"],
    "text": ["own", CASE, "--known", "2023-06-28"],
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_with_too_little_memory_is_one_line(shares, crosstie, tmp_path, name):
    (tmp_path / "assets.csv").write_text("company,outside_assets\nc1,100\n")
    words = [str(word).format(register=shares) for word in QUESTIONS[name]]
    before, told = shares.read_bytes(), 0
    for megabytes in (200, *MEMORIES, 1500):
        said = crosstie(*words, memory=megabytes * 2**20)
        told += is_about_memory(said)
        assert said.code == 0 or said.out == "", megabytes
    assert told > 0
    assert said.code == 0
    assert shares.read_bytes() == before
    assert [each.name for each in shares.parent.iterdir() if each.suffix != ".csv"] == ["r.duckdb"]


def test_a_library_is_not_left_to_wait_for_memory_that_it_is_refused(crosstie):
    """Around the least memory with which it answers: neither copy of OpenBLAS is to meet a refusal."""
    few, enough = 100, 1_500
    while enough - few > 8:
        tried = (few + enough) // 2
        if is_about_memory(crosstie("own", CASE, "--known", "2023-06-28", memory=tried * 2**20)):
            few = tried
        else:
            enough = tried
    for megabytes in range(few - 90, enough + 30, 10):
        is_about_memory(crosstie("own", CASE, "--known", "2023-06-28", memory=megabytes * 2**20, seconds=60))
