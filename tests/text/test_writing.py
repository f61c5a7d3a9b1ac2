"""A file is written whole or not at all, whenever the writer is killed."""

import os
import random
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crosstie.text.problem import CrosstieError
from crosstie.text.writing import write_atomically

OLD, NEW = "old " * 50_000 + "end", "new " * 400_000 + "end"
WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from crosstie.text.writing import write_atomically
path, texts = Path(sys.argv[1]), (Path(sys.argv[2]).read_text(), Path(sys.argv[3]).read_text())
print("ready", flush=True)
turn = 0
while True:
    write_atomically(path, texts[turn % 2])
    turn += 1
    print(turn, flush=True)
"""
KILLS = 200


@pytest.mark.long
def test_a_killed_writer_leaves_the_old_or_the_new_file_whole(tmp_path: Path):
    folder = tmp_path / "ledger"
    folder.mkdir()
    target = folder / "a.yaml"
    (tmp_path / "new").write_text(NEW)
    (tmp_path / "old").write_text(OLD)
    target.write_text(OLD)
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 (shown when the test fails)
    rng = random.Random(seed)
    found = {OLD: 0, NEW: 0}
    for _ in range(KILLS):
        run = [sys.executable, "-c", WRITER, target, tmp_path / "new", tmp_path / "old"]
        with subprocess.Popen(run, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0, 0.05))
            writer.kill()
            writer.communicate()
            assert writer.returncode == -signal.SIGKILL
        found[target.read_text()] += 1  # a part of a text is no key of it
    assert sum(found.values()) == KILLS
    assert min(found.values()) > 0, found  # the kills did fall into the writing
    assert [each.name for each in folder.glob("*.yaml")] == ["a.yaml"]


def test_the_mode_of_the_file_is_kept_and_a_link_stays_a_link(tmp_path: Path):
    target, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_atomically(link, "né")
    assert link.is_symlink()
    assert target.read_bytes() == "né".encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path):
    target = tmp_path / "a.yaml"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(target, "\ud800")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_an_error_of_the_system(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "none" / "a.yaml", "new")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as other:
        read = other.submit(pipe.read_bytes)
        write_atomically(pipe, "all of it")
        assert read.result(10) == b"all of it"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no such device")
def test_a_device_is_written_to_and_stays_a_device():
    write_atomically(Path(os.devnull), "nothing")
    with pytest.raises(CrosstieError, match="/dev/full: the disk is full"):
        write_atomically(Path("/dev/full"), "nothing")
    assert all(Path(device).is_char_device() for device in (os.devnull, "/dev/full"))
