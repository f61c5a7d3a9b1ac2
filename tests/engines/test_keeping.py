"""Arrays kept in files: whole or absent, never another's, bounded, and never a reason to fail."""

import json
import os
import stat
import sys
import threading
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosstie.engines import keeping
from crosstie.engines.keeping import Keep, keep_of
from crosstie.text.problem import CrosstieError

ARRAYS = {
    "numbers": np.arange(1_000, dtype=np.int64) ** 3,
    "parts": np.linspace(0, 1, 333),
    "none": np.zeros(0, np.int32),
    "flags": np.arange(77) % 3 == 0,
}


@pytest.fixture
def keep(tmp_path):
    return Keep(tmp_path / "kept", content="one")


def same(found, expected=ARRAYS):
    return list(found) == list(expected) and all(
        found[name].dtype == each.dtype and np.array_equal(found[name], each)
        for name, each in expected.items()
    )


def test_what_is_kept_is_found_again(keep):
    file = keep.file("day", "2024-01-01")
    assert keeping.read(file) is None
    assert keeping.write(keep, file, ARRAYS, {"told": ["ä", 1]})
    arrays, note = keeping.read(file)
    assert same(arrays)
    assert note == {"told": ["ä", 1]}


def test_what_is_written_to_an_array_stays_in_this_process(keep):
    file = keep.file("day")
    keeping.write(keep, file, ARRAYS)
    arrays, _ = keeping.read(file)
    arrays["numbers"][:] = 7
    assert same(keeping.read(file)[0])


def test_a_file_is_of_one_content_one_question_and_one_program(keep, monkeypatch):
    files = {
        keep.file("day"),
        keep.file("day", 1),
        keep.file("day", 2),
        keep.file("rows"),
        keep.of("two").file("day"),
    }
    monkeypatch.setattr(keeping, "program", lambda: ("another",))
    files.add(keep.file("day"))
    assert len(files) == 6
    assert keep.of("") is None


def test_the_program_is_told_by_its_files():
    assert keeping.program() == keeping.program.__wrapped__()
    assert len(keeping.program()[0]) == 64


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_not_read(keep, data):
    """A byte changed, cut off, put in or added anywhere: not read, or (in padding) the same."""
    file = keep.file("day")
    keeping.write(keep, file, ARRAYS, ["note"])
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    how = data.draw(st.sampled_from(["change", "cut", "insert", "append", "zeros"]))
    broken = {
        "change": whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :],
        "cut": whole[:at],
        "insert": whole[:at] + b"x" + whole[at:],
        "append": whole + b"\0",
        "zeros": whole[:at].ljust(len(whole), b"\0"),
    }[how]
    file.write_bytes(broken)
    found = keeping.read(file)
    if how in {"cut", "insert", "append"}:
        assert found is None
    elif found is not None:  # only padding was hit
        assert same(found[0])
        assert found[1] == ["note"]


def test_every_array_byte_counts(keep):
    file = keep.file("day")
    keeping.write(keep, file, {"a": ARRAYS["numbers"]})
    whole = file.read_bytes()
    begin = whole.index(ARRAYS["numbers"].tobytes())
    for at in range(begin, begin + ARRAYS["numbers"].nbytes, 13):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert keeping.read(file) is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_only_its_owner_may_read_it(keep):
    keeping.write(keep, keep.file("day"), ARRAYS)
    assert stat.S_IMODE(keep.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(keep.file("day").stat().st_mode) == 0o600


def test_what_was_used_longest_ago_is_removed(keep):
    size = sum(each.nbytes for each in ARRAYS.values()) + 2_000
    keep = Keep(keep.folder, 3 * size, "one")
    files = [keep.file("day", nth) for nth in range(4)]
    for nth, file in enumerate(files[:3]):
        assert keeping.write(keep, file, ARRAYS)
        os.utime(file, (1_000 + nth, 1_000 + nth))
    keeping.read(files[0])  # used again
    assert keeping.write(keep, files[3], ARRAYS)
    assert [file.exists() for file in files] == [True, False, True, True]


def test_more_than_all_the_room_is_not_kept_and_removes_nothing(keep):
    keeping.write(keep, keep.file("day"), ARRAYS)
    small = Keep(keep.folder, 5_000, "one")
    assert not keeping.write(small, small.file("other"), ARRAYS)
    assert not small.has_room(5_001)
    assert keep.file("day").exists()


def test_what_an_ended_process_left_is_removed_after_a_day(keep):
    keeping.write(keep, keep.file("day"), ARRAYS)
    old, new = (keep.folder / f".{name}{keeping.ENDING}.0123.tmp" for name in ("old", "new"))
    for each in (old, new):
        each.write_bytes(b"half")
    os.utime(old, (1_000, 1_000))
    keeping.write(keep, keep.file("other"), ARRAYS)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_folder_that_cannot_be_written_to_means_not_kept(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    keep = Keep(tmp_path / "file" / "kept", content="one")
    assert not keeping.write(keep, keep.file("day"), ARRAYS)
    assert not keep.has_room(1)
    assert keeping.read(keep.file("day")) is None


def test_a_disk_nearly_full_means_not_kept(keep, monkeypatch):
    usage = keeping.shutil.disk_usage(keep.folder.parent)
    monkeypatch.setattr(keeping.shutil, "disk_usage", lambda _: usage._replace(free=1_000))
    assert not keeping.write(keep, keep.file("day"), ARRAYS)
    assert not keep.has_room(600)
    assert keep.has_room(400)
    assert not list(keep.folder.iterdir())


def test_a_write_that_fails_on_the_way_leaves_nothing(keep, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping, "_private", fail)
    assert not keeping.write(keep, keep.file("day"), ARRAYS)
    assert not list(keep.folder.iterdir())


def test_many_at_once_read_whole_arrays_or_none(keep):
    """Writers of one file and readers of it beside each other, in a folder too small for all."""
    keep = Keep(keep.folder, 40_000, "one")
    files = [keep.file("day", nth) for nth in range(3)]
    wrong, stop = [], time.monotonic() + 1.5

    def write(nth):
        while time.monotonic() < stop:
            keeping.write(keep, files[nth % 3], ARRAYS, nth % 3)

    def read():
        while time.monotonic() < stop:
            for nth, file in enumerate(files):
                found = keeping.read(file)
                if found is not None and not (same(found[0]) and found[1] == nth):
                    wrong.append(nth)

    threads = [threading.Thread(target=write, args=(nth,)) for nth in range(4)]
    threads += [threading.Thread(target=read) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong
    assert not [each for each in keep.folder.iterdir() if each.name.endswith(".tmp")]


@pytest.mark.parametrize(
    ("said", "most"), [("500MB", 500_000_000), ("1.5 gb", 1_500_000_000), ("12", 12), ("2tb", 2 * 10**12)]
)
def test_a_size_is_read(said, most):
    assert keep_of({"CROSSTIE_CACHE": "x", "CROSSTIE_CACHE_SIZE": said}).most == most


@pytest.mark.parametrize("said", ["much", "5 apples", "GB", "1e999GB", "nan"])
def test_a_size_that_is_none_is_one_clear_line(said):
    with pytest.raises(
        CrosstieError, match=r"^CROSSTIE_CACHE_SIZE is .*; write a size such as 500MB or 20GB$"
    ):
        keep_of({"CROSSTIE_CACHE": "x", "CROSSTIE_CACHE_SIZE": said})


def test_the_folder_is_the_users_unless_told(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = keep_of({})
    assert found.folder.name == "crosstie"
    if sys.platform == "linux":
        assert found.folder == tmp_path / "crosstie"
    assert keep_of({"CROSSTIE_CACHE": " OFF "}) is None


def test_the_first_line_is_plain_json(keep):
    keeping.write(keep, keep.file("day"), ARRAYS, "note")
    line = keep.file("day").read_bytes().split(b"\n")[1]
    total, _, columns, note = json.loads(line[9:])
    assert (total, note) == (keep.file("day").stat().st_size, "note")
    assert columns[0] == ["numbers", "<i8", 1000]
