"""Everything that was said: sources, statements in the order of the files, and what is wrong with them.

A ledger is read from text by :func:`crosstie.formats.ledger_text.load`, which takes a file or a folder.
Every name that a statement of a loaded ledger uses (party, share class, agreement, deal, step, statement) is declared
by another of its statements: a statement with an unknown name is left out and told as a problem.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from crosstie.ledger.statements import Source, SourceId, Statement
from crosstie.text.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Sources by id, statements in file order, every problem met on the way, the files read.

    >>> Ledger().statements
    ()
    """

    sources: Mapping[SourceId, Source] = field(default_factory=lambda: MappingProxyType({}))
    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
