"""Starting is light: help and a question on a small ledger load nothing heavy."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crosstie.questions.new import new_ledger

# pydantic is not among them: typer itself loads it where it is installed
HEAVY = (
    "numba", "llvmlite", "pyspark", "duckdb", "pyarrow", "pandas", "flask", "starlette", "matplotlib", "plotly",
    "openpyxl", "pptx", "networkx", "msgspec", "httpx", "hypothesis", "jsonschema",
)  # fmt: skip
LOADED = """
import json, sys
from crosstie.cli.app import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def loaded(*words, cwd):
    result = subprocess.run(
        [sys.executable, "-c", LOADED, *words], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout
    return set(json.loads(result.stderr.splitlines()[-1]))


@pytest.fixture
def ledger(tmp_path: Path):
    new_ledger(str(tmp_path / "mine"))
    return tmp_path


def test_help_loads_neither_numbers_nor_yaml(tmp_path):
    modules = loaded("--help", cwd=tmp_path)
    assert not modules & {*HEAVY, "numpy", "scipy", "yaml", "rapidfuzz", "rich"}


@pytest.mark.parametrize(
    "words",
    [
        ["holders", "mine", "works", "--known", "2024-06-30"],
        ["own", "mine", "--known", "2024-06-30"],
        ["control", "mine", "--known", "2024-06-30"],
        ["check", "mine"],
        ["format", "mine"],
        ["power", "--weights", "68; 50,20,21"],
    ],
    ids=lambda words: words[0],
)
def test_a_question_on_a_small_ledger_loads_nothing_heavy(words, ledger):
    assert not loaded(*words, cwd=ledger) & set(HEAVY)
