"""A minute of hostile files over all readers in the long suite, a few with a fixed seed in every run.

The seed is new each time and stands in what a failure prints; ``tests/faults/fuzzing/fuzz.py`` gives a try again.
"""

import subprocess
import sys
from pathlib import Path
from random import randrange

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("openpyxl")

FUZZ = Path(__file__).parent / "fuzzing" / "fuzz.py"
READERS = (
    "bods",
    "ftm",
    "psc",
    "gleif-csv",
    "gleif-json",
    "gleif-xml",
    "csv",
    "excel",
    "parquet",
    "ocf",
    "icij",
    "sec13",
)
pytestmark = pytest.mark.bulk


def fuzz(*words):
    done = subprocess.run(
        [sys.executable, str(FUZZ), *words], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert "nothing else" in done.stdout
    return int(done.stdout.split()[1])


@pytest.mark.long
@pytest.mark.parametrize("reader", READERS)
def test_a_minute_of_hostile_files(reader, capsys):
    seed = randrange(2**32)
    with capsys.disabled():
        print(f"\nfuzzing {reader} with seed {seed}")  # noqa: T201 (a failure must be repeatable)
    assert fuzz(reader, "5s", str(seed)) > 50


@pytest.mark.parametrize("reader", ["bods", "gleif-xml", "csv"])
def test_a_few_hostile_files(reader):
    assert fuzz(reader, "100", "20230628") == 100


def test_every_reader_is_fuzzed():
    from crosstie.formats.catalogue import FORMATS  # noqa: PLC0415 (with its extras)

    assert {name.partition("-")[0] for name in READERS} == {
        name for name, each in FORMATS.items() if each.reader
    }
