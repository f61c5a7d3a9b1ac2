"""A ledger from the trees of its files: sources first, then statements, then the names they use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from crosstie.ledger.fiscal import fiscal_years
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.readers import Reader, make_readers
from crosstie.ledger.reading import Context, read_source, read_statement
from crosstie.ledger.references import Elsewhere, nowhere_else, settle
from crosstie.ledger.schema import KINDS
from crosstie.ledger.statements import Source, SourceId, Statement
from crosstie.text.nearest import did_you_mean
from crosstie.text.problem import Place, Problem, cited
from crosstie.text.strict_yaml import Map, Value

SECTIONS = ("include", "sources", "statements")


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a ledger as written: its name and the tree read from it."""

    file: str
    root: Map


def make_ledger(
    files: Sequence[Written], problems: Iterable[Problem] = (), elsewhere: Elsewhere = nowhere_else
) -> Ledger:
    """Everything that can be read of some files, and every problem.

    The trees are used up on the way, so that a large ledger is not held twice. Names that another ledger
    declares (``elsewhere``) are known too.
    """
    found = list(problems)
    readers = make_readers()
    sources = _sources(readers["source"], files, found)
    context = Context(readers, sources, fiscal_years(item for each in files for item in _maps(each)))
    declared = frozenset(name for each in files for item in _maps(each) if (name := _declared(item)))
    statements = [each for written in files for each in _statements(context, written, found)]
    kept = settle(statements, sources, declared, found, elsewhere)
    names = tuple(written.file for written in files)
    return Ledger(sources=MappingProxyType(sources), statements=kept, problems=tuple(found), files=names)


def _statements(context: Context, written: Written, found: list[Problem]) -> Iterable[Statement]:
    """The statements of a file in order; the tree is emptied on the way."""
    items = written.root.entries.get("statements")
    if not isinstance(items, list):
        return
    line = written.root.line_of("statements")
    items.reverse()
    while items:
        item = items.pop()
        statement, wrong = read_statement(context, item, written.file, below=line)
        line = item.line if isinstance(item, Map) else line
        found += wrong
        if statement is not None:
            yield statement


def written_in(root: Value, file: str) -> tuple[Written, list[str], list[Problem]]:
    """A file of a ledger, the files that it includes, and what of its shape is wrong."""
    if root is None:
        return Written(file, Map(1)), [], []
    if not isinstance(root, Map):
        message = "a ledger file is a mapping with include, sources and statements"
        return Written(file, Map(1)), [], [Problem(message, Place(file, 1), kind="wrong-type")]
    problems = []
    for key, value in root.entries.items():
        wrong = _wrong_section(key, value)
        if wrong:
            problems.append(Problem(wrong, Place(file, root.line_of(key)), kind="wrong-type"))
    included = root.entries.get("include")
    names = included if isinstance(included, list) else []
    return Written(file, root), [name for name in names if isinstance(name, str)], problems


def _wrong_section(key: str, value: Value) -> str:
    if key not in SECTIONS:
        near = did_you_mean(key[:100], SECTIONS)
        return f"a ledger file has no section {cited(key)}{near or '; it has ' + ', '.join(SECTIONS)}"
    if value is not None and not isinstance(value, Map if key == "sources" else list):
        wanted = "a mapping from id to source" if key == "sources" else "a list, one item after each '- '"
        return f"{key}: write {wanted}"
    if key == "include" and isinstance(value, list) and not all(isinstance(name, str) for name in value):
        return "include: write a list of file names"
    return ""


def _sources(reader: Reader, files: Sequence[Written], found: list[Problem]) -> dict[SourceId, Source]:
    sources: dict[SourceId, Source] = {}
    for written in files:
        section = written.root.entries.get("sources")
        if isinstance(section, Map):
            for (id_, item), line in zip(section.entries.items(), section.lines, strict=True):
                _declare(reader, id_, item, Place(written.file, line), sources, found)
    for written in files:
        for statement in _maps(written):
            source = statement.entries.get("source", "")
            if not isinstance(source, str):
                _lift(reader, statement, written.file, sources, found)
    return sources


def _declare(  # noqa: PLR0913, PLR0917 (all that a message needs)
    reader: Reader, id_: str, item: Value, where: Place, sources: dict[SourceId, Source], found: list[Problem]
) -> None:
    source, problems = read_source(reader, id_, item, where)
    found += problems
    if source is None:
        return
    first = sources.setdefault(source.id, source)
    if first is not source:
        message = f"source {source.id!r} twice: first in {first.where}; keep one, or give this one another id"
        found.append(Problem(message, where, kind="duplicate-id"))


def _lift(
    reader: Reader, statement: Map, file: str, sources: dict[SourceId, Source], found: list[Problem]
) -> None:
    """Put sources that are written inside a statement among the others, their ids in their place."""
    where = Place(file, statement.line_of("source"))
    value = statement.entries["source"]
    ids: list[Value] = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, Map):
            ids.append(item)
            continue
        source, problems = read_source(reader, None, item, where)
        found += problems
        if source is not None:
            sources.setdefault(source.id, source)
            ids.append(source.id)
    statement.entries["source"] = ids


def _maps(written: Written) -> Iterable[Map]:
    items = written.root.entries.get("statements")
    return (item for item in items if isinstance(item, Map)) if isinstance(items, list) else ()


def _declared(item: Map) -> tuple[str, str] | None:
    """Kind and name of a declaration, whether it will load or not."""
    kind, name = next(iter(item.entries.items()), ("", ""))
    return (kind, name) if kind in KINDS and KINDS[kind].names_itself and isinstance(name, str) else None
