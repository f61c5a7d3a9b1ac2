"""``crosstie format`` and ``crosstie new`` as a person types them."""

import subprocess
import sys
from pathlib import Path

import pytest

from crosstie.formats.ledger_text import load
from crosstie.questions.format import format_ledger
from crosstie.text.problem import ProblemError

ROOT = Path(__file__).parents[2]
MUSEUM = ROOT / "tests" / "museum"


def crosstie(*words, cwd):
    run = [sys.executable, "-c", "from crosstie.cli.app import main; main()", *map(str, words)]
    return subprocess.run(run, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)


def test_a_new_ledger_is_canonical_loads_without_a_problem_and_is_never_overwritten(tmp_path):
    made = crosstie("new", "mine", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.splitlines()[0] == "written: mine/ledger.yaml"
    before = (tmp_path / "mine" / "ledger.yaml").read_bytes()
    assert before.count(b"EXAMPLE") >= 5
    checked = crosstie("format", "mine", "--check", cwd=tmp_path)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    again = crosstie("new", "mine", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == "crosstie: mine: has .yaml files already; name a new folder\n"
    assert (tmp_path / "mine" / "ledger.yaml").read_bytes() == before


def test_a_new_ledger_answers_questions_and_its_published_figure_agrees(tmp_path):
    crosstie("new", "mine", cwd=tmp_path)
    held = crosstie("holders", "mine", "works", "--known", "2024-06-30", "--format", "csv", cwd=tmp_path)
    assert (held.returncode, held.stderr) == (0, "")
    shares = {line.split(",")[0]: line.split(",")[1] for line in held.stdout.splitlines()[1:]}
    assert (shares["holding"], shares["ana"]) == ("550000", "50000")


def test_new_wants_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    made = crosstie("new", "file", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (2, "crosstie: file: a file; name a folder\n")


def test_format_prints_checks_and_writes(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_bytes((ROOT / "docs" / "formats" / "small.yaml").read_bytes())
    before = file.read_text()
    printed = crosstie("format", "small.yaml", cwd=tmp_path)
    assert (printed.returncode, printed.stderr, file.read_text()) == (0, "", before)
    checked = crosstie("format", "small.yaml", "--check", cwd=tmp_path)
    assert (checked.returncode, checked.stdout) == (2, "")
    assert (
        checked.stderr == "crosstie: not in canonical form: small.yaml; 'crosstie format --write' rewrites\n"
    )
    written = crosstie("format", "small.yaml", "--write", cwd=tmp_path)
    assert (written.returncode, written.stdout) == (0, "rewritten: small.yaml\n")
    assert file.read_text() == printed.stdout
    assert crosstie("format", "small.yaml", "--check", cwd=tmp_path).returncode == 0
    assert crosstie("format", "small.yaml", "--write", cwd=tmp_path).stdout == ""


def test_format_names_each_of_several_files(tmp_path):
    (tmp_path / "a.yaml").write_text("include: [b.yaml]\n")
    (tmp_path / "b.yaml").write_text("statements: []\n")
    printed = crosstie("format", "a.yaml", cwd=tmp_path)
    assert printed.stdout == "# a.yaml\ninclude: [b.yaml]\n\n# b.yaml\nstatements: []\n"


@pytest.mark.parametrize("exhibit", sorted(MUSEUM.glob("*.yaml")), ids=lambda exhibit: exhibit.stem)
def test_format_never_rewrites_what_does_not_load_whole(exhibit, tmp_path):
    if "error" not in exhibit.read_bytes().decode(errors="replace").split("\n", 1)[0]:
        return
    file = tmp_path / exhibit.name
    file.write_bytes(exhibit.read_bytes())
    if not any(problem.severity == "error" for problem in load(file).problems):
        assert len(format_ledger(str(file))) == 1  # wrong only in what it adds up to: formatting keeps that
        return
    with pytest.raises(ProblemError) as refused:
        format_ledger(str(file))
    assert str(refused.value).startswith(f"{file}")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["format", "none.yaml"], "none.yaml: no such file or folder"),
        (["format", "."], ".: no .yaml file in this folder; write one, or start with 'crosstie new'"),
        (["format", ".", "--check", "--write"], "give either --check or --write, not both"),
    ],
)
def test_wrong_usage_is_one_line(words, line, tmp_path):
    result = crosstie(*words, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"crosstie: {line}\n")
