"""Add statements at the end of a ledger file; nothing before them changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from crosstie.ledger.printing import source_plain, statement_plain
from crosstie.ledger.statements import Source, SourceId, Statement
from crosstie.text.problem import CrosstieError
from crosstie.text.strict_yaml import Map, decode, read_tree
from crosstie.text.yaml_text import Plain, write_yaml


def appended(
    path: Path,
    statements: Sequence[Statement],
    new_sources: Iterable[Source],
    sources: Mapping[SourceId, Source],
) -> str:
    """The text of a ledger file with statements added; a new source is written inside the first that uses it.

    Raises
    ------
    CrosstieError
        The file does not end in a plain list of statements.
    """
    text = decode(path.read_bytes(), str(path))[0]
    root = read_tree(text, str(path)).root
    listed = root.entries.get("statements") if isinstance(root, Map) else None
    last = list(root.entries)[-1] if isinstance(root, Map) and root.entries else ""
    if last != "statements" or not isinstance(listed, list) or not listed or not isinstance(listed[-1], Map):
        raise CrosstieError(
            f"{path}: its last section is not a list of statements; give a folder as LEDGER, or put 'statements:' last"
        )
    line = text.split("\n")[listed[-1].line - 1]
    indent = len(line) - len(line.lstrip())
    if not line.lstrip().startswith("- "):
        raise CrosstieError(
            f"{path}:{listed[-1].line}: cannot add after this statement; give a folder as LEDGER"
        )
    lines = write_yaml([*_plain(statements, new_sources, sources)], indent=indent)
    return text.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n"


def _plain(
    statements: Iterable[Statement], new_sources: Iterable[Source], sources: Mapping[SourceId, Source]
) -> Iterator[Mapping[str, Plain]]:
    inline: dict[SourceId, Source] = {source.id: source for source in new_sources}
    for statement in statements:
        plain: dict[str, Plain] = dict(statement_plain(statement, sources))
        source = inline.pop(statement.head.sources[0], None) if statement.head.sources else None
        if source is not None:
            plain["source"] = {"id": str(source.id), **source_plain(source)}
        yield plain
