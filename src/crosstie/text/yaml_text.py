"""Write plain texts, lists and mappings as YAML that strict and other readers understand alike."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Plain: TypeAlias = "str | bool | Sequence[Plain] | Mapping[str, Plain] | None"

_SAFE = re.compile(r"[\w(<./+$€£¥=][^\n]*")  # a first character that means nothing to YAML
_WORDS = re.compile(
    r"y|n|yes|no|true|false|on|off|null|=|<<.*", re.IGNORECASE
)  # more than texts to some readers
_WORD = re.compile(r"[\w./-]+")
_SPACES = str.maketrans("", "", "\xa0\u2009\u202f")  # no-break and thin spaces stand in real quotes
_WIDTH = 100


def write_yaml(plain: Plain, *, indent: int = 0) -> list[str]:
    """The lines of a value in block style, without a last line end.

    >>> write_yaml({"transfer": None, "shares": "<=15%", "parties": ["a", "b"], "note": "x: y", "group": True})
    ['transfer:', 'shares: <=15%', 'parties: [a, b]', 'note: "x: y"', 'group: true']
    """
    if isinstance(plain, Mapping | Sequence) and not plain and not isinstance(plain, str):
        lines = ["{}" if isinstance(plain, Mapping) else "[]"]
    elif isinstance(plain, Mapping):
        lines = [line for key, value in plain.items() for line in _entry(key, value)]
    elif plain is None or isinstance(plain, str | bool):
        lines = _scalar(plain)
    else:
        lines = [line for item in plain for line in _item(item)]
    return [f"{' ' * indent}{line}" if line else "" for line in lines]


def _entry(key: str, value: Plain) -> Iterable[str]:
    name = _quoted_where_needed(key)
    if value is None or isinstance(value, str | bool):
        first, *rest = _scalar(value)
        return [f"{name}: {first}".rstrip(), *rest]
    short = _in_one_line(value) if value else write_yaml(value)[0]
    if short:
        return [f"{name}: {short}"]
    return [f"{name}:", *write_yaml(value, indent=2)]


def _item(item: Plain) -> Iterable[str]:
    first, *rest = write_yaml(item)
    return [f"- {first}", *(f"  {line}" if line else "" for line in rest)]


def _in_one_line(value: Plain) -> str:
    """A short list of simple words in brackets."""
    if value is None or isinstance(value, str | bool | Mapping):
        return ""
    words = [each for each in value if isinstance(each, str) and _WORD.fullmatch(each) and _is_plain(each)]
    text = f"[{', '.join(words)}]"
    return text if len(words) == len(value) and len(text) <= _WIDTH else ""


def _scalar(value: str | bool | None) -> list[str]:  # noqa: FBT001 (a value, not an option)
    if value is None:
        return [""]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if "\n" in value and _is_block(value):
        return ["|-", *(f"  {line}" if line else "" for line in value.split("\n"))]
    if len(value) > _WIDTH and _is_foldable(value):
        return [">-", *(f"  {line}" for line in _folded(value))]
    return [_quoted_where_needed(value)]


def _is_foldable(value: str) -> bool:
    """Whether lines of words, joined by one space each, give the text again."""
    return _is_printable(value) and " " in value and all(value.split(" "))


def _folded(value: str) -> list[str]:
    lines: list[str] = []
    for word in value.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= _WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _quoted_where_needed(value: str) -> str:
    return value if _is_plain(value) else quoted(value)


def _is_plain(value: str) -> bool:
    return (
        _SAFE.fullmatch(value) is not None
        and ": " not in value
        and " #" not in value
        and not value.endswith((":", " ", "\xa0"))
        and _is_printable(value)
        and not _WORDS.fullmatch(value)
    )


def _is_block(value: str) -> bool:
    lines = value.split("\n")
    return (
        bool(lines[0].strip())
        and bool(lines[-1].strip())
        and not lines[0].startswith(" ")
        and all(_is_printable(line) and line == line.rstrip() for line in lines)
    )


def _is_printable(value: str) -> bool:
    return value.translate(_SPACES).isprintable() and "\ufeff" not in value


def quoted(value: str) -> str:
    r"""A text in double quotes; what cannot be seen is written as an escape.

    >>> print(quoted('a "b"\u2028\n'))
    "a \"b\"\u2028\n"
    """
    return f'"{"".join(_escaped(character) for character in value)}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character == "\n":
        return "\\n"
    if _is_printable(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
