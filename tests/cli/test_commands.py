"""Every command of the table is there, helps itself with an example, and has a page."""

from pathlib import Path

import pytest

from crosstie.cli import app

ROOT = Path(__file__).parents[2]
CASE = str(ROOT / "cases" / "alliance")


def run(monkeypatch, capsys, *words):
    monkeypatch.setattr("sys.argv", ["crosstie", *words])
    with pytest.raises(SystemExit) as stopped:
        app.main()
    said = capsys.readouterr()
    return stopped.value.code or 0, said.out, said.err


@pytest.mark.parametrize("command", app.COMMANDS)
def test_every_command_helps_with_an_example_and_has_a_page(monkeypatch, capsys, command):
    code, out, _ = run(monkeypatch, capsys, command, "--help")
    assert code == 0
    assert f"crosstie {command}" in out.split("Example", 1)[1]
    assert (ROOT / "docs" / "commands" / f"{command}.md").is_file()


def test_the_list_of_commands_is_in_the_help(monkeypatch, capsys):
    _, out, _ = run(monkeypatch, capsys, "--help")
    assert all(f"  {command} " in out for command in app.COMMANDS)


def test_a_report_has_every_company_and_the_deal(monkeypatch, capsys, tmp_path):
    code, out, _ = run(monkeypatch, capsys, "report", CASE, "-o", str(tmp_path), "--known", "2023-06-28")
    names = {Path(line).name for line in out.splitlines()}
    assert code == 0
    assert {"index.html", "structure.svg", "holders-of-nissan.csv", "control.csv"} <= names
    assert any(name.startswith("deal-") for name in names)
    html = (tmp_path / "index.html").read_text("utf-8")
    assert "43.71%" in html
    assert "Sources" in html
    assert "0.43709841" in (tmp_path / "holders-of-nissan.csv").read_text("utf-8")


@pytest.mark.parametrize("ending", ["svg", "png", "html", "pptx", "xlsx"])
def test_a_chart_in_every_form(monkeypatch, capsys, tmp_path, ending):
    file = tmp_path / f"a.{ending}"
    code, out, _ = run(monkeypatch, capsys, "chart", CASE, "-o", str(file), "--known", "2023-06-28")
    assert (code, out) == (0, "")
    assert file.stat().st_size > 3000


def test_a_chart_of_a_part_and_of_steps(monkeypatch, capsys, tmp_path):
    part, steps = tmp_path / "part.svg", tmp_path / "steps.html"
    run(monkeypatch, capsys, "chart", CASE, "-o", str(part), "--party", "Mitsubishi Motors Corporation")
    text = part.read_text("utf-8")
    assert "Mitsubishi Motors" in text
    assert "Ampere" not in text
    run(monkeypatch, capsys, "chart", CASE, "-o", str(steps), "--known", "2023-06-28", "--steps")
    assert steps.read_text("utf-8").count("<svg") == 6


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-o", "x.gif"], "no chart in the form '.gif': end the name in .svg, .png"),
        (
            ["-o", "x.svg", "--steps", "--known", "2023-06-28"],
            "6 pictures do not fit one .svg: write .html or .pptx",
        ),
        (["-o", "x.svg", "--party", "renaut"], "did you mean 'renault'?"),
        (["-o", "x.svg", "--known", "1990-01-01"], "nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(monkeypatch, capsys, tmp_path, words, told):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(monkeypatch, capsys, "chart", CASE, *words)
    assert code == 2
    assert told in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
