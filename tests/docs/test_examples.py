"""Every example in the documentation does what it shows."""

import contextlib
import doctest
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from crosstie.cli.app import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"(?P<skip><!-- not run: (?P<reason>[^>]*?) -->\s*\n)?^```(?P<kind>console|python)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@dataclass(frozen=True)
class Example:
    page: Path
    line: int
    kind: str
    text: str
    skipped: str

    @property
    def name(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def examples(page):
    text = page.read_text("utf-8")
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("text"))
        yield Example(page, line, match["kind"], match["text"], match["reason"] or "")


EVERY = [each for page in PAGES for each in examples(page)]


def marked(kind):
    return [
        pytest.param(
            each, id=each.name, marks=[pytest.mark.skip(reason=each.skipped)] if each.skipped else []
        )
        for each in EVERY
        if each.kind == kind
    ]


def commands(text):
    r"""The commands of a console example with the output that follows each; a final ``\\`` continues a line."""
    for block in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = block.partition("\n")
        while command.endswith("\\"):
            more, _, shown = shown.partition("\n")
            command = command[:-1] + more.strip()
        yield command, shown


def answer(command, monkeypatch, capsys):
    """Type a command; what comes out, the answer before what is told of it."""
    words = shlex.split(command)
    assert words[0] == "crosstie", f"an example starts with `$ crosstie`, not {words[0]!r}"
    monkeypatch.setattr(sys, "argv", words)
    monkeypatch.setenv("COLUMNS", "80")
    with contextlib.suppress(SystemExit):
        main()
    said = capsys.readouterr()
    return said.out + said.err


@pytest.fixture
def checkout(tmp_path):
    """A folder that looks like the repository's root, in which an example may write."""
    for each in ROOT.iterdir():
        if each.name[0] != "." and each.name not in {"build", "dist"}:
            (tmp_path / each.name).symlink_to(each)
    return tmp_path


@pytest.mark.parametrize("example", marked("console"))
def test_console_example(example, checkout, monkeypatch, capsys):
    monkeypatch.chdir(checkout)
    found = list(commands(example.text))
    assert found, f"{example.name}: no line starts with `$ crosstie`"
    for command, shown in found:
        assert answer(command, monkeypatch, capsys) == shown, f"{example.name}: $ {command}"


@pytest.mark.parametrize("example", marked("python"))
def test_python_example(example, checkout, monkeypatch):
    monkeypatch.chdir(checkout)
    test = doctest.DocTestParser().get_doctest(
        example.text, {}, example.name, str(example.page), example.line
    )
    assert test.examples, f"{example.name}: no line starts with `>>>`"
    said = []
    outcome = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert outcome.failed == 0, "".join(said)


def test_every_fence_of_an_example_is_read():
    for page in PAGES:
        opened = re.findall(r"^```(?:console|python)$", page.read_text("utf-8"), flags=re.MULTILINE)
        assert len(opened) == len(list(examples(page))), page
