"""Ledgers as text files: a file, the files that it includes, or a folder of files."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from crosstie.ledger.ledger import Ledger
from crosstie.ledger.loading import Written, make_ledger, written_in
from crosstie.ledger.references import Elsewhere, nowhere_else
from crosstie.text.inputs import read_whole
from crosstie.text.problem import CrosstieError, Place, Problem, cited
from crosstie.text.strict_yaml import decode, read_tree

DEEPEST_INCLUDE = 20
LARGEST = 2**29  # bytes of one file of text: a hundred times what people write
NOT_LEDGERS = frozenset({"questions.yaml"})  # beside a ledger, but not part of it


def load(path: Path, *more: Path, elsewhere: Elsewhere = nowhere_else) -> Ledger:
    """Load a ledger from a file or from a folder; with ``more``, from several as one.

    A folder is every ``*.yaml`` file in it, by name, without ``questions.yaml``; its subfolders are read only where
    a file includes them. A file includes others of the ledger's folder (that of the first file) or below
    it; each is read once, however often it is included. Whatever is wrong is among the ledger's
    problems, and everything else is loaded. ``elsewhere`` knows the names that a register asked together
    with it declares.

    Raises
    ------
    CrosstieError
        No such file or folder, or a folder without a single ``.yaml`` file.
    """
    with _without_collector():
        return _load((path, *more), elsewhere)


def _load(paths: Iterable[Path], elsewhere: Elsewhere) -> Ledger:
    files: list[Written] = []
    problems: list[Problem] = []
    seen: set[Path] = set()
    for path in paths:
        top = path if path.is_dir() else path.parent
        for first in _first_files(path):
            if first.resolve() not in seen:
                _read(first, _Walk(top, files, problems, seen))
    return make_ledger(files, problems, elsewhere)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rest the garbage collector: loading makes millions of values and no cycles among them."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _first_files(path: Path) -> Iterable[Path]:
    if path.is_dir():
        found = sorted(
            each for each in path.glob("*.yaml") if each.is_file() and each.name not in NOT_LEDGERS
        )
        if not found:
            raise CrosstieError(
                f"{path}: no .yaml file in this folder; write one, or start with 'crosstie new'"
            )
        return found
    if not path.exists():
        raise CrosstieError(f"{path}: no such file or folder")
    return [path]


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a walk through the files of a ledger has met, and by which includes it came where it is."""

    top: Path
    files: list[Written]
    problems: list[Problem]
    seen: set[Path]
    trail: tuple[Path, ...] = ()


def _read(path: Path, walk: _Walk) -> None:
    """Read a file and what it includes, each once."""
    walk.seen.add(path.resolve())
    name = str(path)
    text, undecoded = decode(read_whole(path, LARGEST), name)
    tree = read_tree(text, name)
    written, included, misshapen = written_in(tree.root, name)
    walk.files.append(written)
    walk.problems.extend((*undecoded, *tree.problems, *misshapen))
    inner = replace(walk, trail=(*walk.trail, path.resolve()))
    for each in included:
        target = path.parent / each
        wrong = _wrong_include(target, each, inner)
        if wrong:
            where = Place(name, written.root.line_of("include"))
            walk.problems.append(Problem(wrong, where, kind="include"))
        elif target.resolve() not in walk.seen:
            _read(target, inner)


def _wrong_include(target: Path, written: str, walk: _Walk) -> str:
    try:
        if not target.resolve().is_relative_to(walk.top.resolve()):
            return f"include: {cited(written)} lies outside the ledger's folder; move the file into it"
        if not target.is_file():
            return f"include: no such file: {cited(written)}; paths count from the including file's folder"
    except (OSError, ValueError):
        return f"include: not a path: {cited(written)}"
    if target.resolve() in walk.trail:
        return (
            f"include: {cited(written)} includes this file, directly or through others; remove one of the two"
        )
    if len(walk.trail) > DEEPEST_INCLUDE:
        return f"include: more than {DEEPEST_INCLUDE} files deep; include from fewer levels"
    return ""
