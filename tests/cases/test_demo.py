"""`crosstie demo` writes the case where it is asked to, overwrites nothing, and tells the deal."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from crosstie.questions import demo as question
from crosstie.questions.demo import case_folder, write_case
from crosstie.text.problem import CrosstieError

CASE = Path(__file__).parents[2] / "cases" / "alliance"


def demo(folder, cwd):
    program = [sys.executable, "-c", "from crosstie.cli.app import main; main()", "demo", *folder]
    return subprocess.run(program, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def test_every_file_of_the_case_is_copied_unchanged(tmp_path):
    written = write_case(str(tmp_path / "case"))
    assert [file.name for file in written] == sorted(file.name for file in CASE.glob("*.yaml"))
    assert all(file.read_bytes() == (CASE / file.name).read_bytes() for file in written)


def test_an_empty_folder_will_do(tmp_path):
    assert write_case(str(tmp_path))


def test_nothing_is_overwritten(tmp_path):
    mine = tmp_path / "nissan.yaml"
    mine.write_text("mine")
    with pytest.raises(CrosstieError, match="not empty; name a new folder, nothing is overwritten"):
        write_case(str(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["nissan.yaml"]
    assert mine.read_text() == "mine"


def test_a_file_is_no_folder(tmp_path):
    file = tmp_path / "case"
    file.write_text("")
    with pytest.raises(CrosstieError, match="a file; name a new folder"):
        write_case(str(file))


def test_a_case_that_is_not_there_is_told():
    with pytest.raises(CrosstieError, match="the case 'nowhere' is not installed"):
        case_folder("nowhere")


def test_an_installed_package_has_the_case_inside(tmp_path, monkeypatch):
    told = tomllib.loads((CASE.parents[1] / "pyproject.toml").read_text("utf-8"))
    assert told["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {"cases": "crosstie/cases"}
    (tmp_path / "crosstie" / "cases" / "alliance").mkdir(parents=True)
    monkeypatch.setattr(question, "PACKAGE", tmp_path / "crosstie")
    assert case_folder() == tmp_path / "crosstie" / "cases" / "alliance"


def test_it_tells_the_deal_before_and_after(tmp_path):
    said = demo(["my alliance"], tmp_path)
    assert (said.returncode, "Traceback" in said.stderr) == (0, False), said.stderr
    for words in (
        "1,831,837,027",  # Renault's shares of Nissan on the day of the story
        "28.88%",  # the State's weight while Nissan's votes sleep
        "22.38%",  # and after they woke
        "17.05%",  # Renault's direct part, drifted
        "(15.23%, 27.95%]",  # Nissan's part of Ampere as planned, looked through
        "[91.56%, 100.00%)",  # Renault's
        "published figures agree",
    ):
        assert words in said.stdout, words
    assert (tmp_path / "my alliance" / "nissan.yaml").exists()


def test_a_second_time_it_refuses_in_one_line(tmp_path):
    (tmp_path / "crosstie-demo").mkdir()
    (tmp_path / "crosstie-demo" / "notes.txt").write_text("")
    said = demo([], tmp_path)
    assert said.returncode == 2
    assert said.stderr == "crosstie: crosstie-demo: not empty; name a new folder, nothing is overwritten\n"
    assert said.stdout == ""
