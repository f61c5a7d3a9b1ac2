"""Several imports at once into one register: whoever says that it is done has its statements in there, whole."""

import random
import subprocess
import sys
import time

import pytest

pytest.importorskip("duckdb")
from whole_registers import OLD, lines, statements

pytestmark = [pytest.mark.bulk, pytest.mark.long]

# all that takes time is loaded before, so that they meet where it counts
WAITS = """
import sys, time
import crosstie.cli.import_, crosstie.formats.bods.columns, crosstie.questions.importing
import duckdb, msgspec, numpy, pyarrow.compute
print(flush=True)
until = float(sys.stdin.readline())
while time.time() < until:
    pass
from crosstie.cli.{module} import main
main()
"""
SIZES = (700, 300, 100)


@pytest.mark.parametrize("module", ["app", "watched"])
@pytest.mark.parametrize("before", [0, OLD], ids=["new", "existing"])
def test_imports_that_begin_together(made, tmp_path, module, before):
    chance, begin, starts = random.Random(11), OLD, []
    for size in SIZES:
        (tmp_path / f"{size}.jsonl").write_text("\n".join(lines(range(begin, begin + size))))
        starts.append((size, str(tmp_path / f"{size}.jsonl")))
        begin += size
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        register = folder / "r.duckdb"
        if before:
            register.write_bytes((made / "r.duckdb").read_bytes())
        ended = _together(starts, register, module, chance)
        done = sum(size for size, code, _ in ended if code == 0)
        assert done
        assert statements(register) == before + done, ended
        for _, code, told in ended:
            assert code in {0, 2}, told
            assert code == 0 or told == f"crosstie: {register}: another process is using it\n"
        assert [each.name for each in folder.iterdir()] == ["r.duckdb"]


def _together(starts, register, module, chance):
    """Size, exit status and words of each import."""
    code = WAITS.format(module=module)
    running = [
        (size, subprocess.Popen([sys.executable, "-c", code, "import", "bods", file, str(register)],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        for size, file in starts
    ]  # fmt: skip
    for _, process in running:
        process.stdout.readline()
    at = time.time() + 0.2
    for _, process in running:
        process.stdin.write(f"{at + chance.choice((0, 0, 0.01, 0.03))}\n")
        process.stdin.flush()
    told = [(size, process, process.communicate()[1]) for size, process in running]
    return [(size, process.returncode, text) for size, process, text in told]


def test_who_fails_leaves_what_another_makes(made, tmp_path):
    """One is refused by the other's lock, and clears up after itself alone."""
    from crosstie.engines.register import store  # noqa: PLC0415 (with its extra)
    from crosstie.text.alone import is_in_use  # noqa: PLC0415

    register = tmp_path / "r.duckdb"
    holds = "import sys\nfrom pathlib import Path\nfrom crosstie.engines.register.store import connect\nwith connect(Path(sys.argv[1]), write=True):\n print(flush=True)\n sys.stdin.read()"  # fmt: skip
    other = subprocess.Popen(
        [sys.executable, "-c", holds, register], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    other.stdout.readline()
    assert is_in_use(register)
    store._remove(register, register.with_name("r.duckdb.wal"))
    assert register.exists()
    other.communicate()
    assert not is_in_use(register)
    store._remove(register, register.with_name("r.duckdb.wal"))
    assert not register.exists()
