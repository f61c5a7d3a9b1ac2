"""Which kernels go without counts of who uses their arrays, and what compiled code that was kept depends on."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import crosstie
from crosstie.analyses import kernels
from crosstie.analyses.kernels import groups, near, order, texts
from crosstie.analyses.kernels.hints import Array
from crosstie.engines.local import compiled


def double(a: Array) -> Array:
    """Makes an array."""
    return a + double_all(a, a)


def double_all(a: Array, out: Array) -> Array:
    """Hands one back."""
    out[0] = a[0]
    return out


def tail(a: Array) -> int:
    """Makes a view."""
    return a[1:].size


def through(a: Array) -> int:
    """Calls what makes a view."""
    return tail(a)


def least(a: Array) -> float:
    """Only reads."""
    return min(a[0], np.inf)


def test_only_kernels_that_read_and_write_go_without_counts():
    here = (double, double_all, tail, through, least)
    assert [each.__name__ for each in here if compiled._only_reads_and_writes(each)] == ["least"]
    for kernel in (texts.copy_bytes, groups.strongest, order.holds_itself, near.spread):
        assert compiled._only_reads_and_writes(kernel)
    assert not compiled._only_reads_and_writes(order.loops_last_first)


def test_each_file_of_kernels_names_what_it_takes_from_others_so_that_it_is_found():
    """The stamp follows ``from crosstie.analyses.kernels.x import y``, and nothing else."""
    for file in Path(kernels.__file__).parent.glob("*.py"):
        lines = re.findall(r"^[ \t]*(?:from|import) .*kernels.*", file.read_text(), re.MULTILINE)
        assert all(re.match(r"from crosstie\.analyses\.kernels\.\w+ import ", line) for line in lines), file


CALLEE = "def part(x: float) -> float:\n    return x * {}\n\n\nSHIFT = {}\n"
BETWEEN = "from crosstie.analyses.kernels.callee import SHIFT, part\n\n\ndef twice(x: float) -> float:\n    return 2.0 * part(x) + SHIFT\n"
CALLER = "from crosstie.analyses.kernels.between import twice\n\n\ndef whole(x: float) -> float:\n    return twice(x)\n"
ASK = """
from crosstie.analyses.kernels import between, caller
from crosstie.engines.local.compiled import compiled
kernel = compiled(caller.whole)
print(kernel(1.0), compiled(between.twice)(1.0), sum(kernel.stats.cache_hits.values()))
"""


NOWHERE = "from numba.core import caching; caching.CacheImpl._locator_classes = []"
"""As where no folder can be written to, so that numba finds no place for what it makes."""


@pytest.fixture
def asked(tmp_path):
    """Whoever asks kernels in a copy of the source, with this factor and shift two files away."""
    pytest.importorskip("numba")
    source = Path(crosstie.__file__).parent
    shutil.copytree(source, tmp_path / "crosstie", ignore=shutil.ignore_patterns("__pycache__"))
    room = tmp_path / "crosstie" / "analyses" / "kernels"
    (room / "between.py").write_text(BETWEEN)
    (room / "caller.py").write_text(CALLER)

    def answer(factor: str, shift: str, before: str = "") -> list[str]:
        (room / "callee.py").write_text(CALLEE.format(factor, shift))
        command = [sys.executable, "-c", before + ASK]
        environment = {"PYTHONPATH": str(tmp_path), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.split()

    return answer


@pytest.mark.bulk
def test_editing_what_a_kernel_calls_in_another_file_compiles_the_kernel_again(asked):
    """Kept code is used as long as nothing changed, two files away either."""
    assert asked("3.0", "0.5") == ["6.5", "6.5", "0"]
    assert asked("3.0", "0.5") == ["6.5", "6.5", "1"]
    assert asked("4.0", "0.5") == ["8.5", "8.5", "0"]
    assert asked("4.0", "1.5") == ["9.5", "9.5", "0"]
    assert asked("4.0", "1.5") == ["9.5", "9.5", "1"]


@pytest.mark.bulk
def test_where_compiled_code_cannot_be_kept_it_is_made_anew(asked):
    for _ in range(2):
        assert asked("3.0", "0.5", NOWHERE) == ["6.5", "6.5", "0"]
