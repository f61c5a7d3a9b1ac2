"""A register gives back what was put in, answers as the text does, and survives being cut off."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crosstie.formats import ledger_text
from crosstie.ledger.statements import Source
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at, load_ledger
from crosstie.text.problem import CrosstieError, Problem

pytest.importorskip("duckdb")
import pyarrow as pa

from crosstie.engines.register import filling, store

pytestmark = pytest.mark.bulk
CASE = Path(__file__).parents[2] / "cases" / "alliance"


@pytest.fixture(scope="module")
def case_register(tmp_path_factory):
    ledger = ledger_text.load(CASE)
    path = tmp_path_factory.mktemp("register") / "alliance.duckdb"
    filled = store.append(path, [*ledger.sources.values(), *ledger.statements])
    assert filled.total == len(ledger.statements)
    return path


def test_text_to_register_to_records_is_unchanged(case_register):
    text, back = ledger_text.load(CASE), store.read(case_register)
    assert dict(back.sources) == dict(text.sources)
    assert {s.head.id: s for s in back.statements} == {s.head.id: s for s in text.statements}


@pytest.mark.parametrize("known", ["2017-06-30", "2023-06-28", "2024-03-27", "2024-04-02", "2025-08-01"])
@pytest.mark.parametrize("assume", ["completed", "planned"])
def test_a_register_answers_as_the_text_does(case_register, known, assume):
    clocks = Clocks.of(known=known, assume=assume)
    one, other = at(load_ledger(str(CASE)), clocks), at(load_ledger(str(case_register)), clocks)
    assert _columns(one) == _columns(other)
    assert {c.statement for c in one.network.caps} == {c.statement for c in other.network.caps}


def _columns(opened):
    return {
        (issuer, stake.holder): (stake.shares, stake.of_outstanding, stake.of_theoretical, stake.suspended)
        for issuer, column in opened.columns.items()
        for stake in (*column.stakes, column.unknown, column.treasury)
    }


def test_adding_the_same_again_adds_nothing(case_register):
    ledger = ledger_text.load(CASE)
    assert store.append(case_register, ledger.statements).total == 0


def test_problems_are_counted_by_kind_with_examples(tmp_path):
    told = [Problem(f"wrong {i}", kind="psc") for i in range(10)]
    filled = store.append(tmp_path / "r.duckdb", told)
    (kindred,) = filled.problems
    assert (kindred.kind, kindred.count, len(kindred.examples)) == ("psc", 10, 3)


def test_an_import_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "r.duckdb"
    store.append(path, [Source(id="a", title="first")])

    def broken():
        yield Source(id="b", title="second")
        raise CrosstieError("the disk of the other side broke")

    with pytest.raises(CrosstieError, match="other side"):
        store.append(path, broken())
    assert list(store.read(path).sources) == ["a"]
    with pytest.raises(CrosstieError, match="other side"):
        store.append(tmp_path / "new.duckdb", broken())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.duckdb"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("text.duckdb", b"not a database at all, but long enough to be read as one" * 100, "not a register"),
        ("empty.duckdb", b"", "its first import was cut off"),
    ],
)
def test_what_is_no_register_is_told_in_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CrosstieError, match=message) as told:
        store.read(path)
    assert "\n" not in str(told.value)


def test_a_database_of_another_program_is_refused(tmp_path):
    import duckdb  # noqa: PLC0415 (an extra)

    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE a (b INTEGER)")
    with pytest.raises(CrosstieError, match="no table 'crosstie'"):
        store.read(path)


def _bods_lines(count):
    for i in range(count):
        yield {"statementId": f"e{i}", "recordId": f"r{i}", "recordType": "entity", "recordStatus": "new",
               "statementDate": "2024-01-01", "recordDetails": {"entityType": {"type": "registeredEntity"},
                                                                "name": f"Company {i}"}}  # fmt: skip


@pytest.mark.long
def test_an_import_killed_at_50_random_points_leaves_before_or_after_whole(tmp_path):
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    everything = [json.dumps(line) for line in _bods_lines(6_000)]
    first.write_text("\n".join(everything[:500]))
    second.write_text("\n".join(everything[500:]))
    path = tmp_path / "r.duckdb"
    command = [sys.executable, "-c", "from crosstie.cli.app import main; main()", "import", "bods"]
    subprocess.run([*command, str(first), str(path)], check=True, capture_output=True)
    original = path.read_bytes()
    started = time.monotonic()
    subprocess.run([*command, str(second), str(tmp_path / "whole.duckdb")], check=True, capture_output=True)
    whole = time.monotonic() - started
    seed = 20_231_108
    chance = random.Random(seed)
    seen = set()
    for _ in range(50):
        path.write_bytes(original)
        path.with_name("r.duckdb.wal").unlink(missing_ok=True)
        process = subprocess.Popen([*command, str(second), str(path)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)  # fmt: skip
        time.sleep(chance.uniform(0, whole * 1.05))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        seen.add(len(store.read(path).statements))
    assert seen <= {500, 6_000}, f"seed {seed}"
    assert 500 in seen


@pytest.mark.parametrize("missing", ["duckdb", "pyarrow"])
def test_a_missing_library_is_named_with_what_installs_it(tmp_path, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(
        CrosstieError, match=rf"registers need {missing}: pip install 'crosstie\[registers\]'"
    ):
        store.append(tmp_path / "r.duckdb", [])
    assert not list(tmp_path.iterdir())


def test_what_is_stored_is_not_held_until_the_transaction_ends(tmp_path):
    """A database keeps what is registered with it until then: of an import, all its batches."""
    rows, batches = 1_000, 50
    path = tmp_path / "r.duckdb"
    store.append(path, [])
    with store.connect(path, write=True) as connection:
        connection.execute("BEGIN")
        before = pa.total_allocated_bytes()
        for first in range(0, rows * batches, rows):
            ids = pa.array([f"statement-{nth}" for nth in range(first, first + rows)])
            filling._insert(connection, "entity", pa.table({"id": ids, "party": ids}))
            del ids
        held = pa.total_allocated_bytes() - before
        assert connection.execute("SELECT count(DISTINCT id) FROM entity").fetchall() == [(rows * batches,)]
    assert held < 10 * 2 * 14 * rows  # of 50 batches not ten
