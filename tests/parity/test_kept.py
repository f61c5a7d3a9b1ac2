"""What is kept between questions changes no answer, whatever became of the registers, the files or other processes."""

import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("numba")
import duckdb
from random_worlds import world_of
from small_and_large import ends

from crosstie.engines.register import content, rows, store
from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Head, Holding
from crosstie.questions import check, control, explain, holders, opening, own, places, stats, value
from crosstie.questions.clocks import Clocks

pytestmark = pytest.mark.bulk
CLOCKS = Clocks.of(known="2022-06-01")


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of one's own to keep things in; every register is large."""
    folder = tmp_path / "kept"
    monkeypatch.setenv("CROSSTIE_CACHE", str(folder))
    monkeypatch.delenv("CROSSTIE_CACHE_SIZE", raising=False)
    monkeypatch.setattr(opening, "LARGE", 0)
    monkeypatch.setattr(own, "MANY", 0)
    return folder


def make(path, seed, *, replayed=False, plain=False):
    said = world_of(random.Random(seed), replayed=replayed)
    if plain:
        said = [
            replace(each, share=Interval.parse("10%"), votes=None, words="")
            if isinstance(each, Holding)
            else each
            for each in said
            if not isinstance(each, Holding) or (each.share is not None and each.holder != each.issuer)
        ]
    store.append(path, said)
    return str(path)


def assets_of(tmp_path):
    file = tmp_path / "assets.csv"
    names = [f"g{group} {letter}" for group in range(3) for letter in "abcd"]
    file.write_text("company,outside_assets\n" + "".join(f"{name},{n + 1}\n" for n, name in enumerate(names)))
    return str(file)


def answers(path, tmp_path, clocks=CLOCKS):
    """What many commands say of a register, in words that can be compared."""
    found = control.controls(path, clocks, Fraction(1, 2), "least")
    told = {"control": (list(found.rows), found.ranged, set(found.problems))}
    told["stats"] = stats.stats(path, clocks)
    told["check"] = check.check(path, clocks)
    worth = value.valued(path, clocks, assets_of(tmp_path), None, value.Terms())
    told["value"] = (list(worth.rows), worth.ranged, set(worth.problems))
    for asked in (
        own.Asked(company="g0 a"), own.Asked("g1 x"), own.Asked("g2 z", "g2 c"), own.Asked("g0 y", above=Fraction(1, 10)),
        own.Asked(above=Fraction(1, 10), persons=True),
    ):  # fmt: skip
        rows, problems = own.own(path, clocks, asked)
        told[str(asked)] = (rows, set(problems))
    for company in ("g0 a", "g1 b", "The g2 c"):
        told[f"holders {company}"] = holders.holders(path, company, clocks, group=company == "g1 b")
    told["explain"] = list(explain.rows(explain.explain_in_ledger(path, clocks, "g0 x", "g0 a")))
    return told


def alike(one, other):
    """Equal but for the last digits of floats."""
    assert one.keys() == other.keys()
    for key in one:
        assert _plain(one[key]) == pytest.approx(_plain(other[key]), abs=1e-12, rel=1e-12) or str(
            one[key]
        ) == str(other[key]), key


def _plain(told):
    """Numbers by where they stand, other words as they are."""
    numbers = []
    rows = told[0] if isinstance(told, tuple) else told if isinstance(told, list) else ()
    for row in rows:
        for cell in row.values():
            if isinstance(cell, float | int | Interval) or hasattr(cell, "numerator"):
                numbers += [0 if end == float("inf") else float(end) for end in ends(cell)]
    return numbers


def not_kept(monkeypatch, path, tmp_path, clocks=CLOCKS):
    with monkeypatch.context() as off:
        off.setenv("CROSSTIE_CACHE", "off")
        return answers(path, tmp_path, clocks)


@pytest.mark.parametrize("seed", range(3))
def test_the_second_answer_is_the_first_and_made_of_what_was_kept(kept, tmp_path, monkeypatch, seed):
    path = make(tmp_path / "world.duckdb", seed, plain=True)
    plain = not_kept(monkeypatch, path, tmp_path)
    assert not kept.exists()
    first = answers(path, tmp_path)
    files = set(kept.iterdir())
    assert sorted(each.name.partition("-")[0] for each in files) == ["day", "rows"]
    with monkeypatch.context() as nothing_made:
        nothing_made.setattr("crosstie.engines.register.rows._made", _never)
        nothing_made.setattr("crosstie.engines.register.everybody.everybody", _never)
        second = answers(path, tmp_path)
    assert set(kept.iterdir()) == files
    alike(first, second)
    alike(plain, first)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_replayed_or_a_range_is_answered_alike(kept, tmp_path, monkeypatch, seed):
    path = make(tmp_path / "world.duckdb", seed, replayed=seed % 2 == 1)
    first = answers(path, tmp_path)
    alike(first, answers(path, tmp_path))
    alike(first, not_kept(monkeypatch, path, tmp_path))


def _never(*_, **__):
    raise AssertionError("made again")


def test_each_day_is_its_own(kept, tmp_path, monkeypatch):
    path = make(tmp_path / "world.duckdb", 2)
    days = [Clocks.of(known="2022-06-01", on=day) for day in ("2019-01-01", "2021-03-01", "2022-06-01")]
    days += [Clocks.of(known="2020-06-01"), Clocks.of(known="2022-06-01", assume="planned")]
    for clocks in days * 2:
        alike(not_kept(monkeypatch, path, tmp_path, clocks), answers(path, tmp_path, clocks))
    assert len(list(kept.glob("day-*"))) == len(days)
    assert len(list(kept.glob("rows-*"))) == 1


def one_more(path, share="51%"):
    store.append(
        Path(path),
        [
            Holding(
                head=Head(id=f"more {share}"),
                holder="somebody new",
                issuer="g0 a",
                share=Interval.parse(share),
            )
        ],
    )


def owners_of_a(path):
    return {row["owner"]: row["look_through"] for row in own.own(path, CLOCKS, own.Asked(company="g0 a"))[0]}


def test_a_register_that_was_added_to_gets_a_new_answer(kept, tmp_path, monkeypatch):
    path = make(tmp_path / "world.duckdb", 0, plain=True)
    assert "somebody new" not in owners_of_a(path)
    one_more(path)
    assert owners_of_a(path)["somebody new"] >= 0.51
    alike(not_kept(monkeypatch, path, tmp_path), answers(path, tmp_path))


def test_a_register_changed_in_place_by_other_means_gets_a_new_answer(kept, tmp_path):
    """By SQL, with its size and its time put back as they were."""
    path = make(tmp_path / "world.duckdb", 0, plain=True)
    before, stood = owners_of_a(path), Path(path).stat()
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE holding SET share = '20%', share_low = 0.2, share_high = 0.2")
    os.utime(path, ns=(stood.st_atime_ns, stood.st_mtime_ns))
    assert owners_of_a(path) != before


def test_a_register_replaced_by_another_gets_a_new_answer(kept, tmp_path):
    """Renamed over it, or written into the same file, with the same size and time."""
    one = make(tmp_path / "one.duckdb", 0, plain=True)
    other = make(tmp_path / "other.duckdb", 1, plain=True)
    path, stood = tmp_path / "register.duckdb", Path(one).stat()
    expected = {name: owners_of_a(name) for name in (one, other)}
    assert expected[one] != expected[other]
    for name in (one, other, one):
        shutil.copyfile(name, path)  # into the same file
        os.utime(path, ns=(stood.st_atime_ns, stood.st_mtime_ns))
        assert owners_of_a(str(path)) == expected[name]
    for name in (other, one):
        shutil.copy2(name, tmp_path / "beside")
        (tmp_path / "beside").replace(path)
        assert owners_of_a(str(path)) == expected[name]


def test_a_stamp_alone_tells_two_registers_apart(kept, tmp_path, monkeypatch):
    """Even where files have no identity, no times and equal headers."""
    monkeypatch.setattr(content, "_told", lambda file: file.name.encode())
    one = make(tmp_path / "register.duckdb", 0, plain=True)
    before = owners_of_a(one)
    Path(one).unlink()
    make(tmp_path / "register.duckdb", 1, plain=True)
    assert owners_of_a(one) != before


def test_a_register_with_a_log_of_changes_beside_it_is_not_kept(kept, tmp_path):
    path = make(tmp_path / "world [1].duckdb", 0, plain=True)
    with duckdb.connect(path) as connection:
        connection.execute("SET checkpoint_threshold = '1GB'")
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("UPDATE holding SET share = '20%', share_low = 0.2, share_high = 0.2")
    assert Path(f"{path}.wal").stat().st_size
    assert content.content_of(Path(path)) == ""
    owners_of_a(path)
    assert not kept.exists()


def test_a_register_changed_while_it_is_asked_is_not_kept(kept, tmp_path, monkeypatch):
    path = make(tmp_path / "world.duckdb", 0, plain=True)
    monkeypatch.setattr("crosstie.engines.register.rows._in_order", _touching(path))
    owners_of_a(path)
    assert not kept.exists() or not list(kept.iterdir())


def _touching(path):
    made = rows._in_order

    def touched(*given):
        os.utime(path)
        return made(*given)

    return touched


def test_a_folder_of_parquet_is_kept_and_told_apart(kept, tmp_path):
    one, other = (
        make(tmp_path / f"{name}.duckdb", seed, plain=True) for seed, name in enumerate(("one", "other"))
    )
    folder = tmp_path / "folder"
    answered = {}
    for name in (one, other):
        shutil.rmtree(folder, ignore_errors=True)
        store.export_parquet(Path(name), folder)
        answered[name] = owners_of_a(str(folder))
        assert owners_of_a(str(folder)) == answered[name] == owners_of_a(name)
    assert answered[one] != answered[other]


def test_several_are_kept_as_one(kept, tmp_path, monkeypatch):
    one = make(tmp_path / "one.duckdb", 0, plain=True)
    other = tmp_path / "other.duckdb"
    store.append(
        other, [Holding(head=Head(id="beside"), holder="new", issuer="g0 a", share=Interval.parse("5%"))]
    )
    text = tmp_path / "said.yaml"
    text.write_text(
        "statements:\n- entity: yet another\n- holding:\n  id: s1\n  holder: yet another\n  issuer: g0 a\n  share: 3%\n"
    )
    together = f"{one}+{other}+{text}"
    places.places_of(together)
    alike(not_kept(monkeypatch, together, tmp_path), answers(together, tmp_path))
    alike(answers(together, tmp_path), answers(together, tmp_path))
    assert "yet another" in owners_of_a(together)
    assert "yet another" not in owners_of_a(f"{one}+{other}")
    before = owners_of_a(together)
    text.write_text(text.read_text().replace("3%", "4%"))
    assert owners_of_a(together)["yet another"] >= 0.04
    assert owners_of_a(together) != before


def test_damaged_files_are_made_again(kept, tmp_path):
    path = make(tmp_path / "world.duckdb", 1)
    first = answers(path, tmp_path)
    files = {each: each.read_bytes() for each in kept.iterdir()}
    for cut in (0, 20, 700, -1):
        for file, whole in files.items():
            file.write_bytes(whole[:cut])
        alike(first, answers(path, tmp_path))
    for file, whole in files.items():
        at = len(whole) // 2
        file.write_bytes(whole[:at] + bytes(each ^ 255 for each in whole[at : at + 64]) + whole[at + 64 :])
    alike(first, answers(path, tmp_path))


def test_nowhere_to_keep_changes_no_answer(kept, tmp_path, monkeypatch):
    path = make(tmp_path / "world.duckdb", 1)
    expected = not_kept(monkeypatch, path, tmp_path)
    kept.write_text("a file where the folder should be")
    alike(expected, answers(path, tmp_path))
    monkeypatch.setenv("CROSSTIE_CACHE", str(tmp_path / "small"))
    monkeypatch.setenv("CROSSTIE_CACHE_SIZE", "100")
    alike(expected, answers(path, tmp_path))
    assert not (tmp_path / "small").exists() or not list((tmp_path / "small").iterdir())


_ASK = """
import sys
from crosstie.questions import opening, own
opening.LARGE = own.MANY = 0
from crosstie.questions.clocks import Clocks
rows, _ = own.own(sys.argv[1], Clocks.of(known="2022-06-01"), own.Asked(company="g0 a"))
print(sorted((row["owner"], round(row["look_through"], 12)) for row in rows))
"""


def test_processes_at_once_do_not_break_one_another(kept, tmp_path):
    path = make(tmp_path / "world.duckdb", 0, plain=True)
    command = [sys.executable, "-c", _ASK, path]
    began = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    told = [each.communicate() for each in began]
    expected = sorted((owner, round(share, 12)) for owner, share in owners_of_a(path).items())
    assert [(out.strip(), err) for out, err in told] == [(str(expected), "")] * 4


def test_a_size_that_is_none_is_one_line(kept, tmp_path, monkeypatch):
    path = make(tmp_path / "world.duckdb", 0)
    monkeypatch.setenv("CROSSTIE_CACHE_SIZE", "plenty")
    command = [sys.executable, "-c", "from crosstie.cli.app import main; main()", "stats", path]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "crosstie: CROSSTIE_CACHE_SIZE is 'plenty'; write a size such as 500MB or 20GB\n"


def test_a_name_that_is_no_text_is_nobody(kept, tmp_path):
    path = make(tmp_path / "world.duckdb", 0, plain=True)
    check.check(path, CLOCKS)
    program = (
        "from crosstie.questions import opening; opening.LARGE = 0; from crosstie.cli.app import main; main()"
    )
    command = [sys.executable, "-c", program, "own", path, "--company", b"g0 \xff"]
    found = subprocess.run(command, capture_output=True, check=False)
    assert found.returncode == 2
    assert b"no such party" in found.stderr or b"UTF-8" in found.stderr
    assert found.stderr.count(b"\n") == 1
