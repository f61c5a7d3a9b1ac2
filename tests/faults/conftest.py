"""Run the command as a user would, in a process of its own with little memory, and see what it says and leaves."""

import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

# tests are no package: what they share is loaded by its file
if importlib.util.find_spec("duckdb") and "whole_registers" not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        "whole_registers", Path(__file__).with_name("whole_registers.py")
    )
    sys.modules["whole_registers"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["whole_registers"])

collect_ignore = ["fuzzing"]  # a program of its own: the tests run it

COMMAND = (sys.executable, "-c", "from crosstie.cli.watched import main; main()")
GIGABYTE = 2**30


@dataclass(frozen=True)
class Said:
    """What a command said, how it ended, and how much memory it took at most."""

    code: int
    out: str
    err: str
    peak: int

    @property
    def line(self) -> str:
        """The one line of a failure."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert self.code == 2
        assert self.out == ""
        return lines[0]


def _limits(memory, size):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def run(*words, cwd, memory=4 * GIGABYTE, size=None, seconds=120, env=None):
    """Run ``crosstie`` with at most so much address space, so large files and so much time."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_limits(memory, size),  # noqa: PLW1509 (no other threads run)
        env={**os.environ, **(env or {})},
    )
    with process.stdout as out, process.stderr as err, ThreadPoolExecutor(2) as readers:
        said = [readers.submit(stream.read) for stream in (out, err)]
        try:
            _, status, used = _wait(process, seconds)
        finally:
            process.returncode = 0  # it has been waited for
        texts = [each.result().decode() for each in said]
    assert "Traceback" not in texts[1], texts[1]
    return Said(os.waitstatus_to_exitcode(status), *texts, used.ru_maxrss * 1024)


def _wait(process, seconds):
    import signal  # noqa: PLC0415
    import threading  # noqa: PLC0415

    late = threading.Timer(seconds, os.kill, (process.pid, signal.SIGKILL))
    late.start()
    try:
        found = os.wait4(process.pid, 0)
    finally:
        late.cancel()
    assert os.waitstatus_to_exitcode(found[1]) != -signal.SIGKILL, f"more than {seconds} s"
    return found


@pytest.fixture
def crosstie(tmp_path):
    """The command, in a folder of its own."""
    return lambda *words, **options: run(*words, cwd=tmp_path, **options)


@pytest.fixture
def shelf():
    """A folder on memory, where there is one, for files that are large only to be refused."""
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (a new folder in it)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A register with some statements, and a file with more."""
    from whole_registers import ALL, OLD, WATCHED, lines  # noqa: PLC0415 (with its extras)

    folder = tmp_path_factory.mktemp("made")
    first, more = folder / "first.jsonl", folder / "more.jsonl"
    first.write_text("\n".join(lines(range(OLD))))
    more.write_text("\n".join(lines(range(OLD, ALL))))
    subprocess.run([sys.executable, "-c", WATCHED, "import", "bods", first, folder / "r.duckdb"], check=True,
                   capture_output=True)  # fmt: skip
    return folder
