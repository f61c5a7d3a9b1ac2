"""Ledgers as canonical text: one form for each ledger, whoever wrote it."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crosstie.ledger.ledger import Ledger
from crosstie.ledger.loading import written_in
from crosstie.ledger.printing import source_plain, statement_plain
from crosstie.ledger.statements import Source, SourceId, Statement
from crosstie.text.comments import Comment, find_comments
from crosstie.text.strict_yaml import Map, decode, read_tree
from crosstie.text.yaml_text import write_yaml

Slot = tuple[str, str]  # a section's name and which of its parts: "" for its beginning


@dataclass(frozen=True, slots=True)
class Page:
    """What one file of a ledger holds, and the comments above each part of it."""

    include: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    statements: tuple[Statement, ...] = ()
    comments: Mapping[Slot, Sequence[Comment]] | None = None


def ledger_text(ledger: Ledger) -> str:
    """A whole ledger as one canonical text.

    >>> print(ledger_text(Ledger()), end="")
    statements: []
    """
    page = Page(sources=tuple(ledger.sources.values()), statements=ledger.statements)
    return page_text(page, ledger.sources)


def canonical(path: Path, ledger: Ledger) -> str:
    """The canonical text of one file of a loaded ledger, comments kept.

    A comment stands above the statement, source or section in or before which it was written. Sources
    written inside statements move to the file's ``sources``.
    """
    name = str(path)
    text = decode(path.read_bytes(), name)[0]
    root = read_tree(text, name).root
    written, include, _ = written_in(root, name)
    sources = tuple(source for source in ledger.sources.values() if source.where.file == name)
    statements = tuple(each for each in ledger.statements if each.head.where.file == name)
    page = Page(tuple(include), sources, statements)
    comments = _sorted_in(_slots(written.root, page), text)
    return page_text(replace(page, comments=comments), ledger.sources)


def _slots(root: Map, page: Page) -> list[tuple[int, Slot]]:
    """Where each part of a file that will be printed begins, in the order of lines."""
    printed = {"include": page.include, "sources": page.sources, "statements": page.statements}
    keys = zip(root.entries, root.lines, strict=True)
    slots: list[tuple[int, Slot]] = [(line, (key, "")) for key, line in keys if printed.get(key)]
    section = root.entries.get("sources")
    if isinstance(section, Map):
        slots += [(line, ("sources", key)) for key, line in zip(section.entries, section.lines, strict=True)]
    slots += [(each.head.where.line, ("statements", each.head.id)) for each in page.statements]
    return sorted(slots, key=lambda slot: slot[0])


def _sorted_in(slots: Sequence[tuple[int, Slot]], text: str) -> Mapping[Slot, Sequence[Comment]]:
    starts = [line for line, _ in slots]
    found: dict[Slot, list[Comment]] = {}
    for comment in find_comments(text):
        slot: Slot = ("end", "")
        if slots and comment.line is not None:
            slot = slots[max(bisect_right(starts, comment.line) - 1, 0)][1]
        found.setdefault(slot, []).append(comment)
    return found


def page_text(page: Page, sources: Mapping[SourceId, Source]) -> str:
    """The text of a page; an empty line stands between sources and between statements."""
    blocks: list[list[str]] = []
    if page.include:
        blocks.append([*_comments(page, ("include", "")), *write_yaml({"include": page.include})])
    if page.sources:
        blocks.append([*_comments(page, ("sources", "")), "sources:"])
        blocks += [_source(page, source) for source in page.sources]
    blocks += _statements(page, sources)
    end = _comments(page, ("end", ""))
    blocks.append(end[:-1] if end[-1:] == [""] else end)
    return "\n".join(_joined([block for block in blocks if block]))


def _statements(page: Page, sources: Mapping[SourceId, Source]) -> Iterable[list[str]]:
    if not page.statements:
        yield [] if page.include or page.sources else ["statements: []"]
        return
    yield [*_comments(page, ("statements", "")), "statements:"]
    for statement in page.statements:
        lines = write_yaml([statement_plain(statement, sources)], indent=2)
        yield [*_comments(page, ("statements", statement.head.id), indent=2), *lines]


def _source(page: Page, source: Source) -> list[str]:
    lines = write_yaml({source.id: source_plain(source)}, indent=2)
    return [*_comments(page, ("sources", source.id), indent=2), *lines]


def _comments(page: Page, slot: Slot, *, indent: int = 0) -> list[str]:
    lines = []
    for comment in (page.comments or {}).get(slot, ()):
        lines += [f"{' ' * indent}{comment.text}", *([""] if comment.apart else [])]
    return lines


def _joined(blocks: Iterable[Sequence[str]]) -> Iterable[str]:
    """Lines with an empty one before each block that does not begin a section's content."""
    above = ":"
    for block in blocks:
        if not (above.endswith(":") and not above.startswith(" ")):
            yield ""
        yield from block
        above = block[-1]
    yield ""
