"""Whatever goes wrong, a user sees one line and exit status 2."""

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
