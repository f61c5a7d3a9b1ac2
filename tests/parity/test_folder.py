"""A register as a folder of Parquet answers as the file it was written from."""

import random
from datetime import date

import pytest

pytest.importorskip("duckdb")
from random_registers import statements_of

from crosstie.engines.register import bulk, store
from crosstie.questions.opening import load_ledger
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk


@pytest.fixture
def register(tmp_path):
    path = tmp_path / "r.duckdb"
    store.append(path, statements_of(random.Random(7)))
    return path


def test_a_folder_gives_back_every_statement_in_order(tmp_path, register):
    folder = tmp_path / "o'folder"
    store.export_parquet(register, folder)
    assert store.is_register(folder)
    assert load_ledger(str(folder)).statements == load_ledger(str(register)).statements
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o'folder", "r.duckdb"]


def test_a_folder_gives_the_same_holdings(tmp_path, register):
    folder = tmp_path / "folder"
    store.export_parquet(register, folder)
    days = date(2020, 12, 31), date(2023, 1, 1)
    one, other = bulk.holdings_on(register, *days), bulk.holdings_on(folder, *days)
    assert len(one.low)
    assert one.holder.to_pylist() == other.holder.to_pylist()
    assert one.low.tolist() == other.low.tolist()
    assert list(bulk.diff(register, days, (days[1], days[1]))) == list(
        bulk.diff(folder, days, (days[1], days[1]))
    )


def test_a_folder_is_not_written_over_and_not_imported_into(tmp_path, register):
    folder = tmp_path / "folder"
    store.export_parquet(register, folder)
    with pytest.raises(CrosstieError, match="is there already"):
        store.export_parquet(register, folder)
    with pytest.raises(CrosstieError, match="only read"):
        store.append(folder, statements_of(random.Random(1)))


def test_a_broken_folder_is_told_in_one_line(tmp_path, register):
    folder = tmp_path / "folder"
    store.export_parquet(register, folder)
    (folder / "holding.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(CrosstieError, match=r"holding\.parquet") as told:
        load_ledger(str(folder))
    assert "\n" not in str(told.value)


def test_what_needs_a_replay_is_not_asked_in_bulk(tmp_path):
    from crosstie.ledger.statements import Head, Retraction, SameAs  # noqa: PLC0415 (beside what they test)

    path = tmp_path / "r.duckdb"
    links = [Retraction(head=Head(id=f"r{n}"), retracts=f"r{n - 1}") for n in range(1, 5)]
    store.append(path, links)
    assert bulk.can_be_asked_in_bulk(path)
    store.append(path, [Retraction(head=Head(id="r5"), retracts="r4")])
    assert not bulk.can_be_asked_in_bulk(path)
    store.append(tmp_path / "s.duckdb", [SameAs(head=Head(id="s"), party="a", other="b")])
    assert not bulk.can_be_asked_in_bulk(tmp_path / "s.duckdb")
