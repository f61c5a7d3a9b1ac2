"""Strict YAML: texts only, line numbers, no duplicate keys, no anchors, tags or second documents."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml
from yaml._yaml import CParser

from crosstie.text.problem import Place, Problem, cited

Value: TypeAlias = "str | list[Value] | Map | None"

_TWICE = "twice\0"  # stands for a key whose value is passed over (compared by identity)
DEEPEST = 16  # levels of nesting; a ledger needs five
_TOO_DEEP = f"nested more than {DEEPEST} levels deep; a ledger needs no more than five"
# not even the three further line ends of YAML 1.1: editors do not count their lines
_UNWANTED = re.compile(
    "[^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(slots=True)
class Map:
    """A mapping as written: its entries in order, the line of each key, the line where it begins."""

    line: int
    entries: dict[str, Value] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)

    def line_of(self, key: str) -> int:
        """The line of a key, or where the mapping begins if it has no such key."""
        return self.lines[list(self.entries).index(key)] if key in self.entries else self.line


@dataclass(frozen=True, slots=True)
class Tree:
    """What could be read of one file, and what could not."""

    root: Value
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Growth:
    """The tree as it grows from the parser's events."""

    file: str
    root: Value = None
    begun: bool = False
    open: list["list[Value] | Map"] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)  # of each open mapping, the key without a value
    problems: list[Problem] = field(default_factory=list)


class _StopError(Exception):
    """The rest of the file cannot be understood."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_tree(text: str, file: str) -> Tree:
    r"""Read one YAML document in which every scalar is a text.

    After a mistake in the syntax nothing below it is read, and the list item in which it stands is left
    out; what stands above is kept.

    Examples
    --------
    >>> tree = read_tree("sources: {}\nstatements:\n- entity: NO\n  entity: 0123\n", "a.yaml")
    >>> tree.root.entries["statements"][0].entries
    {'entity': 'NO'}
    >>> print(tree.problems[0])
    a.yaml:4: key 'entity' twice: first in line 3; keep one
    """
    growth = _Growth(file)
    try:
        _follow(growth, CParser(_wanted(growth, text)).get_event)
    except _StopError as stop:
        _abandon(growth, stop.line, str(stop))
    except yaml.YAMLError as error:
        _abandon(growth, *_explained(error))
    return Tree(growth.root, tuple(growth.problems))


def decode(content: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    r"""The text of a file, which must be UTF-8; a byte order mark is passed over.

    >>> decode(b"a: \xff", "a.yaml")[1][0].message
    'byte 0xff is not UTF-8; save the file as UTF-8'
    """
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return "", (Problem(message, Place(file, line), kind="syntax"),)


def _wanted(growth: _Growth, text: str) -> str:
    found = _UNWANTED.search(text)
    if not found:
        return text
    line = text.count("\n", 0, found.start()) + 1
    if found[0] == "\t":
        _add(growth, line, "a tab; use spaces (inside double quotes, write \\t)")
    else:
        _add(growth, line, f"character U+{ord(found[0]):04X} is not allowed; remove it")
    return _UNWANTED.sub(" ", text.replace("\t", "    "))


def _follow(growth: _Growth, next_event: Callable[[], Any]) -> None:
    """Grow the tree event by event; keys and their texts, nearly all there is, take the short way."""
    open_, keys = growth.open, growth.keys
    while True:
        event = next_event()
        kind: Any = event.__class__
        if kind is not yaml.ScalarEvent:
            if kind is yaml.StreamEndEvent:
                return
            _structure(growth, event)
            continue
        value, place = event.value, open_[-1] if open_ else None
        if place.__class__ is Map and value and not event.tag and not event.anchor:
            key = keys[-1]
            if key is None and value not in place.entries:
                keys[-1] = value
                place.entries[value] = None
                place.lines.append(event.start_mark.line + 1)
                continue
            if key is not None and key is not _TWICE:
                keys[-1] = None
                place.entries[key] = value
                continue
        _scalar(growth, event)


def _structure(growth: _Growth, event: Any) -> None:  # noqa: ANN401 (the parser's events have no common type)
    kind = event.__class__
    if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
        _begin(growth, event)
    elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
        growth.open.pop()
        growth.keys.pop()
    elif kind is yaml.AliasEvent:
        line = event.start_mark.line + 1
        _add(growth, line, f"alias {cited('*' + event.anchor)}; write the value out again")
        _put(growth, None, line)
    elif kind is yaml.DocumentStartEvent:
        _document(growth, event)


def _scalar(growth: _Growth, event: Any) -> None:  # noqa: ANN401 (the parser's events have no common type)
    line = event.start_mark.line + 1
    if event.anchor or event.tag:
        _refuse_marks(growth, event, line)
    value = event.value
    _put(growth, value if value or event.style else None, line)


def _begin(growth: _Growth, event: Any) -> None:  # noqa: ANN401 (the parser's events have no common type)
    line = event.start_mark.line + 1
    if len(growth.open) >= DEEPEST:
        raise _StopError(line, _TOO_DEEP)
    if event.anchor or event.tag:
        _refuse_marks(growth, event, line)
    if growth.open and isinstance(growth.open[-1], Map) and growth.keys[-1] is None:
        raise _StopError(line, "a list or mapping stands where a key should; put a text in quotes")
    value: list[Value] | Map = Map(line) if isinstance(event, yaml.MappingStartEvent) else []
    _put(growth, value, line)
    growth.open.append(value)
    growth.keys.append(None)


def _put(growth: _Growth, value: Value, line: int) -> None:
    if not growth.open:
        growth.root = value
        return
    place = growth.open[-1]
    if place.__class__ is list:
        place.append(value)
        return
    assert isinstance(place, Map)  # noqa: S101 (what is open is a list or a mapping)
    key = growth.keys[-1]
    if key is None:
        growth.keys[-1] = _begin_entry(growth, place, value, line)
        return
    growth.keys[-1] = None
    if key is not _TWICE:
        place.entries[key] = value


def _begin_entry(growth: _Growth, place: Map, key: Value, line: int) -> str:
    if not isinstance(key, str):
        raise _StopError(line, "a key is missing before ':'")
    if key in place.entries:
        _add(growth, line, f"key {cited(key)} twice: first in line {place.line_of(key)}; keep one")
        return _TWICE
    place.entries[key] = None
    place.lines.append(line)
    return key


def _document(growth: _Growth, event: Any) -> None:  # noqa: ANN401 (the parser's events have no common type)
    line = event.start_mark.line + 1
    if growth.begun:
        raise _StopError(line, "a second document ('---'); write one document per file")
    if event.version or event.tags:
        _add(growth, line, "a YAML directive ('%'); remove it")
    growth.begun = True


def _refuse_marks(growth: _Growth, event: Any, line: int) -> None:  # noqa: ANN401 (as above)
    if event.anchor:
        _add(growth, line, f"anchor {cited('&' + event.anchor)}; write the value out where it is needed")
    tag = getattr(event, "tag", None)
    if tag:
        _add(growth, line, f"tag {cited(tag)}; every value is a text, remove the tag")


def _add(growth: _Growth, line: int, message: str) -> None:
    growth.problems.append(Problem(message, Place(growth.file, line), kind="syntax"))


def _abandon(growth: _Growth, line: int, message: str) -> None:
    """Note why reading stops, and take out the item that is not complete."""
    _add(growth, line, f"{message}; nothing from here on is read")
    if len(growth.open) < 3 and message != _CUT_SHORT:
        return
    section = _last_section(growth)
    if isinstance(section, list):
        del section[-1:]
    elif isinstance(section, Map) and section.entries:
        section.entries.popitem()
        section.lines.pop()


def _last_section(growth: _Growth) -> Value:
    if len(growth.open) > 1:
        return growth.open[1]
    root = growth.root
    return list(root.entries.values())[-1] if isinstance(root, Map) and root.entries else None


_CUT_SHORT = "a line that is indented like nothing above it, or an unclosed quote"
_MEANINGS = (
    ("mapping values are not allowed", "a second ': ' in one line; put the text in quotes"),
    ("could not find expected ':'", "a key without ':'; write 'key: value'"),
    ("did not find expected key", _CUT_SHORT),
    ("did not find expected '-' indicator", _CUT_SHORT),
    ("cannot start any token", "a text that begins with @, ` or %; put it in quotes"),
    ("unexpected end of stream", "a quote that is never closed"),
    ("unexpected document indicator", "a quote that is never closed"),
    ("did not find expected ',' or", "a list or mapping in brackets that is never closed"),
    ("expected alphabetic or numeric", "a text that begins with * or &; put it in quotes"),
    ("block sequence entries are not allowed", "'- ' where no list item can stand; indent the list"),
    ("exceeded maximum nesting depth", _TOO_DEEP),  # the parser looks ahead and has a limit of its own
    ("unknown escape character", "an unknown escape in double quotes; write \\\\ for a backslash"),
    ("did not find expected <document start>", "text after the end of the mapping; check the indentation"),
)


def _explained(error: yaml.YAMLError) -> tuple[int, str]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or error).splitlines()[0]
    meaning = next((meant for words, meant in _MEANINGS if words in said), said)
    return (mark.line + 1 if mark else 1), meaning
