"""The installed command: what ends its work from outside is one line and leaves no debris; all else is as ever."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("only Linux binds the life of one process to that of another", allow_module_level=True)

WATCHED = "from crosstie.cli.watched import main; main()"
# a command that writes a file and, when it is half written, does something
INSIDE = """
import os, signal, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs the tests may be deaf to it
from pathlib import Path
from crosstie.cli import app, watched
from crosstie.text.writing import whole_file, write_atomically
def command(ledger: str):
    {before}
    with whole_file(Path("a.csv")) as file:
        file.write(b"holder")
        print("ready", flush=True)
        {act}
    print("written", flush=True)
    {after}
app.load = lambda name: command
watched.main()
"""


def start(code, *words, cwd, **options):
    return subprocess.Popen([sys.executable, "-c", code, *map(str, words)], cwd=cwd, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)  # fmt: skip


def doing(act="pass", before="pass", after="pass", **options):
    return start(INSIDE.format(act=act, before=before, after=after), "check", "b.yaml", **options)


def worker(process):
    """The process that works for the one that was started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return int(children.read_text().split()[0])


def is_gone(pid):
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


KILLED = "killed, probably by the system, which was out of memory"
LIBRARY = "a library ended it, probably out of memory"
CRASHED = "a library crashed in it, perhaps out of memory; if it happens again with memory to spare, please report it"


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", KILLED),
        ("os.abort()", LIBRARY),
        ("os._exit(127)", LIBRARY),
        ("os._exit(0)", LIBRARY),
        ("os.kill(os.getpid(), signal.SIGSEGV)", CRASHED),
        ("os.kill(os.getpid(), signal.SIGBUS)", CRASHED),
    ],
)
@pytest.mark.parametrize("old", [True, False], ids=["old", "new"])
def test_an_end_from_inside_is_one_line_and_leaves_what_was_there(tmp_path, act, told, old):
    if old:
        (tmp_path / "a.csv").write_text("old")
    ended = doing(act, cwd=tmp_path)
    out, err = ended.communicate(timeout=60)
    assert (ended.returncode, out) == (2, "ready\n")
    assert err == f"crosstie: a.csv: {told}; nothing was changed\n"
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == ({"a.csv": "old"} if old else {})


def test_what_was_written_before_the_end_stays(tmp_path):
    ended = doing(before="write_atomically(Path('b.csv'), 'whole')", act="os.abort()", cwd=tmp_path)
    err = ended.communicate(timeout=60)[1]
    assert err == f"crosstie: a.csv: {LIBRARY}; what it had written before is whole\n"
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"b.csv": "whole"}


def test_where_nothing_is_being_written_the_command_is_named(tmp_path):
    ended = doing(before="os.abort()", cwd=tmp_path)
    assert ended.communicate(timeout=60)[1] == f"crosstie: check b.yaml: {LIBRARY}; nothing was changed\n"
    assert ended.returncode == 2


def test_a_crash_after_its_own_end_is_told_too(tmp_path):
    after = "import atexit; atexit.register(os.abort)"
    ended = doing(after=after, cwd=tmp_path)
    assert (
        ended.communicate(timeout=60)[1]
        == f"crosstie: check b.yaml: {LIBRARY}; what it had written before is whole\n"
    )
    assert ended.returncode == 2
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_that_is_half_written_is_removed(tmp_path):
    act = """from crosstie.text.writing import whole_folder
        with whole_folder(Path("out")) as inside:
            (inside / "b.csv").write_text("half")
            os.abort()"""
    ended = doing(before=act.replace("\n    ", "\n"), cwd=tmp_path)
    assert ended.communicate(timeout=60)[1] == f"crosstie: out: {LIBRARY}; nothing was changed\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("number", "told"), [(signal.SIGKILL, KILLED), (signal.SIGABRT, LIBRARY)])
def test_an_end_from_outside(tmp_path, number, told):
    process = doing("time.sleep(60)", cwd=tmp_path)
    assert process.stdout.readline() == "ready\n"
    assert len(list(tmp_path.iterdir())) == 1
    os.kill(worker(process), number)
    assert process.communicate(timeout=60)[1] == f"crosstie: a.csv: {told}; nothing was changed\n"
    assert process.returncode == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("group", [True, False], ids=["group", "one"])
def test_who_stops_it_sees_no_line_and_no_debris(tmp_path, number, group):
    """A terminal and a shell signal the whole group, others the one process that they know."""
    process = doing("time.sleep(60)", cwd=tmp_path, start_new_session=True)
    assert process.stdout.readline() == "ready\n"
    (os.killpg if group else os.kill)(process.pid, number)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 128 + number
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_later_stops_what_hangs_while_it_is_stopped(tmp_path, number):
    act = "\n        try: print('in', flush=True); time.sleep(60)\n        finally: time.sleep(60)"
    hangs = doing(act, cwd=tmp_path)
    assert [hangs.stdout.readline() for _ in range(2)] == ["ready\n", "in\n"]
    hangs.send_signal(number)
    time.sleep(1.2)
    assert hangs.poll() is None
    hangs.send_signal(number)
    assert hangs.communicate(timeout=30) == ("", "")
    assert hangs.returncode == 128 + number
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("act", ["time.sleep(60)", "sum(range(10**12))"], ids=["waits", "works"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP], ids=["killed", "hung-up"])
def test_nothing_works_on_when_the_command_is_gone(tmp_path, number, act):
    process = doing(act, cwd=tmp_path)
    assert process.stdout.readline() == "ready\n"
    working = worker(process)
    os.kill(process.pid, number)
    process.communicate(timeout=60)
    assert process.returncode == -number
    end = time.monotonic() + 10
    while not is_gone(working) and time.monotonic() < end:
        time.sleep(0.01)
    assert is_gone(working)


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGXCPU])
def test_another_signal_ends_it_as_it_would_end_one_process(tmp_path, number):
    process = doing("time.sleep(60)", cwd=tmp_path)
    assert process.stdout.readline() == "ready\n"
    os.kill(worker(process), number)
    assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == -number


@pytest.mark.parametrize("act", ["raise SystemExit(3)", "raise SystemExit", "pass"])
def test_its_own_end_and_its_answer_pass_through(tmp_path, act):
    process = doing(after=act, cwd=tmp_path)
    assert process.communicate(timeout=60) == ("ready\nwritten\n", "")
    assert process.returncode == (3 if "3" in act else 0)


def test_input_and_output_are_its_own(tmp_path):
    process = doing(after="print(sys.stdin.read().upper(), end='')", cwd=tmp_path)
    assert process.communicate("a story\n", timeout=60)[0] == "ready\nwritten\nA STORY\n"
    assert process.returncode == 0


def test_a_terminal_is_seen_and_its_control_c_stops_once(tmp_path):
    import pty  # noqa: PLC0415 (not on Windows)

    pid, terminal = pty.fork()
    if not pid:
        os.chdir(tmp_path)
        act = "print(os.isatty(0), os.isatty(1), flush=True); time.sleep(60)"
        code = INSIDE.format(act=act, before="pass", after="pass")
        os.execv(sys.executable, [sys.executable, "-c", code, "check", "b.yaml"])  # noqa: S606 (of a terminal of its own)
    seen = b""
    while b"True True" not in seen:
        seen += os.read(terminal, 1000)
    os.write(terminal, b"\x03")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    assert not list(tmp_path.iterdir())
    os.close(terminal)


def test_wrong_usage_is_told_as_ever(tmp_path):
    process = start(WATCHED, "own", "nowhere", cwd=tmp_path)
    assert process.communicate(timeout=60) == ("", "crosstie: nowhere: no such file or folder\n")
    assert process.returncode == 2
