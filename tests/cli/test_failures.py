"""Whatever goes wrong, a user sees one line and exit status 2."""

import subprocess
import sys

import pytest

from crosstie.cli import app


def test_a_mistake_of_ours_is_one_line_that_says_where(monkeypatch, capsys):
    def broken():
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(app, "load", lambda name: broken)  # noqa: ARG005 (any command)
    monkeypatch.setattr("sys.argv", ["crosstie", "check"])
    with pytest.raises(SystemExit) as stopped:
        app.main()
    told = capsys.readouterr().err
    assert stopped.value.code == 2
    assert told.startswith(
        "crosstie: a mistake in Crosstie itself, please report it: ZeroDivisionError: division by zero"
    )
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["holders", "nowhere.yaml", "a"], "no such file or folder"),
        (["holders", ".", "a"], ""),
        (["chek", "x"], "No such command 'chek'"),
        (["own"], "Missing argument 'LEDGER'"),
        (["own", "x.csv", "--measure", "profit"], "'profit'"),
        (["check", "x.yaml", "--known", "yesterday"], "not a day: 'yesterday'; write YYYY-MM-DD"),
    ],
)
def test_wrong_usage_ends_with_2_and_no_traceback(monkeypatch, capsys, tmp_path, words, told):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["crosstie", *words])
    with pytest.raises(SystemExit) as stopped:
        app.main()
    said = capsys.readouterr()
    assert stopped.value.code == 2
    assert told in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize("form", ["table", "csv", "json"])
@pytest.mark.parametrize("command", ["control", "own", "value"])
def test_who_reads_only_the_first_line_causes_no_failure(tmp_path, command, form):
    lines = [f"the long name of owner {i},the long name of company {i},60%" for i in range(3_000)]
    (tmp_path / "h.csv").write_text("\n".join(["holder,issuer,share", *lines]) + "\n")
    (tmp_path / "a.csv").write_text("company,outside_assets\nthe long name of company 7,1\n")
    more = ["--assets", "a.csv"] if command == "value" else []
    run = [sys.executable, "-c", "from crosstie.cli.app import main; main()", command, "h.csv", *more]
    with subprocess.Popen(
        [*run, "--format", form], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asked:
        assert asked.stdout.readline()
        asked.stdout.close()
        assert asked.stderr.read() == b""
    assert asked.returncode == 0
