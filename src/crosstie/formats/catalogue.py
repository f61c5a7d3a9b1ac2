"""Which formats there are: how each is read and written, and what it loses."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from crosstie.ledger.batch import Batch
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Source, Statement
from crosstie.ledger.telling import Telling
from crosstie.text.problem import CrosstieError, Problem

Item = Statement | Source | Problem
Reader = Callable[[Path], Iterator[Item]]
Writer = Callable[[Any, Path, date], tuple[Problem, ...]]
"""From a ledger, or from a telling where the format is written from one."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, what it is, and which functions read and write it (``module:function``, or none).

    ``tried`` says on which files a reader that was built from a published schema has been tried, where
    those are not real ones. A format that has no dates can only say one day; one that has
    events is given them, and not what they come to. ``batches`` names a faster reader for registers.
    With ``from_telling`` it is written from what is told piece by piece, and a register need not be read whole.
    """

    name: str
    title: str
    reader: str = ""
    writer: str = ""
    tried: str = ""
    has_dates: bool = True
    has_events: bool = False
    batches: str = ""
    from_telling: bool = False

    def read(self, path: Path) -> Iterator[Item]:
        """The statements, sources and problems of a file."""
        read: Reader = _function(self.reader)
        return read(path)

    def read_batches(self, path: Path) -> Iterator[Item | Batch]:
        """The same, many statements at once where the format has a reader for that and its packages are there."""
        try:
            read = _function(self.batches or self.reader)
        except ImportError:
            return self.read(path)
        found: Iterator[Item | Batch] = read(path)
        return found

    def write(self, ledger: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:
        """Write a ledger as of a day; what it holds and the format cannot say, although it should, is told."""
        write: Writer = _function(self.writer)
        return write(ledger, path, published_on)

    @property
    def loses(self) -> tuple[str, ...]:
        """What is lost when it is read."""
        return _constant(self.reader, "LOSES")

    @property
    def written_loses(self) -> tuple[str, ...]:
        """What is lost when it is written."""
        return _constant(self.writer, "WRITTEN_LOSES")


def _function(name: str) -> Callable[..., Any]:  # loaded when asked for: some take their time
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"crosstie.formats.{module}"), function)
    return found


def _constant(name: str, constant: str) -> tuple[str, ...]:
    module = name.partition(":")[0]
    if not module:
        return ()
    return tuple(getattr(import_module(f"crosstie.formats.{module}"), constant, ()))


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("bods", "Beneficial Ownership Data Standard 0.2 to 0.4 (written as 0.4)",
                   "bods.reading:read", "bods.writing:write_file", batches="bods.columns:read", from_telling=True),
            Format("ftm", "FollowTheMoney, JSON lines", "ftm:read", "ftm:write_file", from_telling=True),
            Format("ocf", "Open Cap Format package: the cap table of one issuer", "ocf:read", "ocf_writing:write", has_events=True,
                   tried="untested on real files: built from the published schema"),
            Format("csv", "edge list: holder, issuer, share and optionally votes",
                   "edge_list:read_csv", "edge_list:write_csv", has_dates=False, from_telling=True),
            Format("excel", "edge list in the first sheet of a workbook", "excel:read", "excel:write", has_dates=False, from_telling=True),
            Format("parquet", "edge list in Parquet", "parquet:read", "parquet:write", has_dates=False, from_telling=True),
            Format("psc", "United Kingdom, people with significant control (snapshot)", "psc:read"),
            Format("gleif", "GLEIF golden copy: LEI-CDF, RR-CDF, reporting exceptions", "gleif:read",
                   tried="JSON, XML and reporting exceptions untested on real files: built from the schema"),
            Format("sec13", "SEC Schedules 13D and 13G, structured XML", "sec13:read",
                   tried="untested on real files: built from the published schema"),
            Format("icij", "ICIJ Offshore Leaks, CSV of nodes and relationships", "icij:read",
                   tried="untested on real files: built from the published description"),
            Format("graphml", "GraphML, for Gephi, yEd and Cytoscape", writer="graph_xml:write_graphml", from_telling=True),
            Format("gexf", "GEXF, for Gephi", writer="graph_xml:write_gexf", from_telling=True),
            Format("neo4j", "Neo4j import: nodes.csv and relationships.csv in a folder", writer="graphs:write_neo4j", from_telling=True),
            Format("dot", "DOT, for Graphviz", writer="graphs:write_dot", from_telling=True),
        )
    }
)  # fmt: skip


def find(name: str, *, to: bool = False) -> Format:
    """The format of that name, readable (or, with ``to``, writable).

    Raises
    ------
    CrosstieError
        No such format, or not one that can be read (or written); the message lists those that can.
    """
    able = [f.name for f in FORMATS.values() if (f.writer if to else f.reader)]
    found = FORMATS.get(name)
    if found is None or found.name not in able:
        verb = "write" if to else "read"
        raise CrosstieError(f"no format {name!r} to {verb}; there are {', '.join(able)}")
    return found
