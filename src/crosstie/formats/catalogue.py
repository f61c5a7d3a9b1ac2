"""Which formats there are: how each is read and written, and what it loses."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Source, Statement, StatementId
from crosstie.text.problem import CrosstieError, Problem

if TYPE_CHECKING:
    from crosstie.formats.edge_list import EdgeList

Item = Statement | Source | Problem
Reader = Callable[[Path], Iterator[Item]]
Writer = Callable[[Ledger, Path, date], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, what it is, how to read and to write it, and what is lost on the way."""

    name: str
    title: str
    read: Reader | None
    write: Writer | None
    loses: tuple[str, ...]


# What each format loses stands beside its reader; these lines repeat it for `crosstie import --list`.
_LOSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bods": (
            "addresses, nationalities, birth dates, annotations, publishers; share events when written",
        ),
        "ftm": ("all properties but names, countries, identifiers; when written: open ends, share events",),
        "psc": ("addresses, nationalities, dates of birth",),
        "gleif": ("addresses, registration authorities' details, accounting periods",),
        "sec13": ("dispositive power, citizenship, funds, the text of the items",),
        "ocf": ("vesting, approvals, stock plans, valuations; terms of convertibles",),
        "icij": ("addresses, service providers; it never says how much",),
        "csv": ("nothing when read; when written, all but direct holdings with a share",),
        "excel": ("every sheet but the first; formulas keep their last value",),
        "parquet": ("every column but holder, issuer, share and votes",),
        **dict.fromkeys(("graphml", "gexf", "neo4j", "dot"), ("everything but parties and holdings",)),
    }
)


def _read_bods(path: Path) -> Iterator[Item]:
    from crosstie.formats.bods.reading import read  # noqa: PLC0415 (only when asked for)

    return read(path)


def _write_bods(ledger: Ledger, path: Path, published_on: date) -> None:
    from crosstie.formats.bods.writing import write  # noqa: PLC0415

    statements = list(write(ledger, published_on=published_on))
    _write_text(path, json.dumps(statements, ensure_ascii=False, indent=1) + "\n")


def _read_ftm(path: Path) -> Iterator[Item]:
    from crosstie.formats.ftm import read  # noqa: PLC0415

    return read(path)


def _write_ftm(ledger: Ledger, path: Path, published_on: date) -> None:  # noqa: ARG001 (FtM has no such date)
    from crosstie.formats.ftm import write  # noqa: PLC0415

    _write_text(path, "".join(f"{line}\n" for line in write(ledger.statements)))


def _read_psc(path: Path) -> Iterator[Item]:
    from crosstie.formats.psc import read  # noqa: PLC0415

    return read(path)


def _read_gleif(path: Path) -> Iterator[Item]:
    from crosstie.formats.gleif import read  # noqa: PLC0415

    return read(path)


def _read_sec13(path: Path) -> Iterator[Item]:
    from crosstie.formats.sec13 import read  # noqa: PLC0415

    return read(path)


def _read_icij(path: Path) -> Iterator[Item]:
    from crosstie.formats.icij import read  # noqa: PLC0415

    return read(path)


def _read_ocf(path: Path) -> Iterator[Item]:
    from crosstie.formats.ocf import read  # noqa: PLC0415

    return read(path)


def _read_csv(path: Path) -> Iterator[Item]:
    from crosstie.formats.edge_list import load  # noqa: PLC0415

    return _edge_list(path, load(str(path)))


def _read_excel(path: Path) -> Iterator[Item]:
    from crosstie.formats.tables import load_excel  # noqa: PLC0415

    return _edge_list(path, load_excel(path))


def _read_parquet(path: Path) -> Iterator[Item]:
    from crosstie.formats.tables import load_parquet  # noqa: PLC0415

    return _edge_list(path, load_parquet(path))


def _edge_list(path: Path, said: "EdgeList") -> Iterator[Item]:
    from crosstie.formats.edge_list import parties_of  # noqa: PLC0415

    yield from said.problems
    yield from parties_of(said.holdings)
    for holding in said.holdings:  # of several files, each keeps its own lines
        identity = StatementId(f"{path.name}#{holding.head.where.line}")
        yield replace(holding, head=replace(holding.head, id=identity))


def _graph(writer: str) -> Writer:
    def write(ledger: Ledger, path: Path, published_on: date) -> None:  # noqa: ARG001 (graphs have no such date)
        from crosstie.formats import graphs  # noqa: PLC0415

        getattr(graphs, writer)(ledger, path)

    return write


def _write_text(path: Path, text: str) -> None:
    from crosstie.text.writing import write_atomically  # noqa: PLC0415

    write_atomically(path, text)


def _format(name: str, title: str, read: Reader | None, write: Writer | None) -> tuple[str, Format]:
    return name, Format(name, title, read, write, _LOSES[name])


FORMATS: Mapping[str, Format] = MappingProxyType(
    dict(
        [
            _format(
                "bods",
                "Beneficial Ownership Data Standard 0.2 to 0.4 (written as 0.4)",
                _read_bods,
                _write_bods,
            ),
            _format("ftm", "FollowTheMoney, JSON lines", _read_ftm, _write_ftm),
            _format("psc", "United Kingdom, people with significant control (snapshot)", _read_psc, None),
            _format("gleif", "GLEIF golden copy: LEI-CDF, RR-CDF, reporting exceptions", _read_gleif, None),
            _format(
                "csv",
                "edge list: holder, issuer, share and optionally votes",
                _read_csv,
                _graph("write_edge_list"),
            ),
            _format("excel", "edge list in the first sheet of a workbook", _read_excel, None),
            _format("parquet", "edge list in Parquet", _read_parquet, None),
            _format("graphml", "GraphML, for Gephi, yEd and Cytoscape", None, _graph("write_graphml")),
            _format("gexf", "GEXF, for Gephi", None, _graph("write_gexf")),
            _format(
                "neo4j",
                "Neo4j import: nodes.csv and relationships.csv in a folder",
                None,
                _graph("write_neo4j"),
            ),
            _format("dot", "DOT, for Graphviz", None, _graph("write_dot")),
        ]
    )
)


def find(name: str, *, to: bool = False) -> Format:
    """The format of that name, readable (or, with ``to``, writable).

    Raises
    ------
    CrosstieError
        No such format, or not one that can be read (or written); the message lists those that can.
    """
    able = [f.name for f in FORMATS.values() if (f.write if to else f.read)]
    found = FORMATS.get(name)
    if found is None or found.name not in able:
        verb = "write" if to else "read"
        raise CrosstieError(f"no format {name!r} to {verb}; there are {', '.join(able)}")
    return found
