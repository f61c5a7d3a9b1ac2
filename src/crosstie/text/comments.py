"""Find the comments of a YAML text, each with the line of content that it belongs to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import yaml
from yaml._yaml import CParser

Span = tuple[int, int]  # first and last column, end left out


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment without indentation, and the line of what it speaks of (``None``: the end of the file).

    That line is its own if something stands before it there, otherwise the next line with content.
    ``apart`` says that an empty line follows.
    """

    line: int | None
    text: str
    apart: bool = False


def find_comments(text: str) -> tuple[Comment, ...]:
    r"""Every comment of a text that is well-formed YAML.

    Examples
    --------
    >>> for comment in find_comments("# The parties\n\na: '#1' # first\nb: |\n  # text\n# end\n"):
    ...     print(comment)
    Comment(line=3, text='# The parties', apart=True)
    Comment(line=3, text='# first', apart=False)
    Comment(line=None, text='# end', apart=False)
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spans = _scalars(text, lines)
    content: list[int] = []
    found: list[tuple[int, str, bool]] = []  # line, comment, whether it has its line to itself
    for number, line in enumerate(lines):
        start = _comment_start(line, spans.get(number, ()))
        before = line if start is None else line[:start]
        if before.strip() or number in spans:
            content.append(number)
        if start is not None:
            found.append((number, line[start:].rstrip(), not before.strip()))
    return tuple(_placed(found, content, lines))


def _scalars(text: str, lines: Sequence[str]) -> dict[int, list[Span]]:
    """The columns of each line that are inside a text."""
    spans: dict[int, list[Span]] = {}
    parser = CParser(text)
    while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            continue
        first, last = event.start_mark, event.end_mark
        assert first  # noqa: S101 (events of a text have marks)
        assert last  # noqa: S101
        block = event.style in ("|", ">")
        for number in range(first.line, last.line + 1):
            if number == last.line and last.column == 0 and number > first.line:
                break  # a block ends where the next line begins
            start = first.column if number == first.line else 0
            end = last.column if number == last.line else len(lines[number])
            if block and number == first.line:
                end = start + 1  # behind a block's sign a comment may stand
            spans.setdefault(number, []).append((start, end))
    return spans


def _comment_start(line: str, spans: Iterable[Span]) -> int | None:
    hidden = list(line)
    for start, end in spans:
        hidden[start:end] = "x" * (min(end, len(line)) - start)
    for column, character in enumerate(hidden):
        if character == "#" and (column == 0 or hidden[column - 1] == " "):
            return column
    return None


def _placed(
    found: Iterable[tuple[int, str, bool]], content: Sequence[int], lines: Sequence[str]
) -> Iterable[Comment]:
    place = 0
    written = max((number for number, line in enumerate(lines) if line.strip()), default=0)
    for number, comment, alone in found:
        while place < len(content) and content[place] < number:
            place += 1
        line = content[place] + 1 if place < len(content) else None
        apart = alone and number < written and not lines[number + 1].strip()
        yield Comment(line, comment, apart)
