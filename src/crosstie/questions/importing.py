"""Bring files of a format into a register, or into a ledger of one's own as text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosstie.engines.register.filling import Imported, Progress
from crosstie.engines.register.store import append, is_register
from crosstie.formats import catalogue
from crosstie.formats.catalogue import Item
from crosstie.ledger.batch import Batch
from crosstie.ledger.printing import source_plain, statement_plain
from crosstie.ledger.statements import Source, SourceId, Statement
from crosstie.ledger.storable import storable
from crosstie.text.inputs import ordinary
from crosstie.text.problem import CrosstieError, Problem
from crosstie.text.writing import write_atomically
from crosstie.text.yaml_text import Plain, write_yaml


@dataclass(frozen=True, slots=True)
class TextImport:
    """What was written as text: the file, how many statements, the problems met."""

    file: Path
    statements: int
    problems: tuple[Problem, ...]


def items(format_name: str, paths: Sequence[str]) -> Iterator[Item]:
    """The statements, sources and problems of several files of one format.

    Raises
    ------
    CrosstieError
        No such format or file.
    """
    chosen = catalogue.find(format_name)
    for file in _files(format_name, paths):
        for item in chosen.read(file):
            yield from storable(item, str(file))


def _files(format_name: str, paths: Sequence[str]) -> list[Path]:
    files = [Path(path) for path in paths]
    for file in files:
        if not (file.is_dir() and format_name == "ocf"):
            ordinary(file)
    return files


def into_register(
    format_name: str, paths: Sequence[str], register: str, progress: Progress | None = None
) -> Imported:
    """Add the files' statements to a register, all or none.

    Raises
    ------
    CrosstieError
        No such format or file, or not a register.
    """
    return append(Path(register), _batches(format_name, paths), progress)


def _batches(format_name: str, paths: Sequence[str]) -> Iterator[Item | Batch]:
    chosen = catalogue.find(format_name)
    for file in _files(format_name, paths):
        for item in chosen.read_batches(file):
            if isinstance(item, Batch):
                yield item
            else:
                yield from storable(item, str(file))


def into_text(format_name: str, paths: Sequence[str], folder: str) -> TextImport:
    """Write the files' statements as a new text ledger into a folder.

    Raises
    ------
    CrosstieError
        The folder has a ledger already; nothing is overwritten.
    """
    place = Path(folder)
    if place.exists() and not place.is_dir():
        raise CrosstieError(f"{folder}: a file; name a folder for text, or a register ending in .duckdb")
    if place.is_dir() and any(place.glob("*.yaml")):
        raise CrosstieError(f"{folder}: has .yaml files already; name a new folder")
    found = list(items(format_name, paths))
    sources = {item.id: item for item in found if isinstance(item, Source)}
    statements = [item for item in found if not isinstance(item, Source | Problem)]
    place.mkdir(parents=True, exist_ok=True)
    file = place / "ledger.yaml"
    write_atomically(file, text_of(statements, sources))
    return TextImport(file, len(statements), tuple(item for item in found if isinstance(item, Problem)))


def text_of(statements: Sequence[Statement], sources: dict[SourceId, Source]) -> str:
    """Sources and statements as the canonical text of a ledger."""
    plain: dict[str, Plain] = {}
    if sources:
        plain["sources"] = {str(source.id): source_plain(source) for source in sources.values()}
    listed: list[Plain] = [dict(statement_plain(statement, sources)) for statement in statements]
    plain["statements"] = listed
    return "\n".join(write_yaml(plain)) + "\n"


def goes_into_register(target: str) -> bool:
    """Whether a target names a register rather than a folder for text."""
    return is_register(Path(target))
