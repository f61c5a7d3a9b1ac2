"""Parties and holdings as a graph for other tools: GraphML, GEXF, Neo4j's import CSV and DOT."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Holding
from crosstie.ledger.values import show_interval
from crosstie.text.problem import CrosstieError, Problem
from crosstie.text.writing import whole_file

WRITTEN_LOSES = (
    "everything but parties and holdings: offices, share events, agreements, deals, checks",
    "sources, notes; fractions become decimals (the text stands beside them)",
)

Attributes = dict[str, str | float | bool]


def nodes(ledger: Ledger) -> Iterator[tuple[str, Attributes]]:
    """Each party as last stated, with the attributes that are known of it."""
    entities = {s.party: s for s in ledger.statements if isinstance(s, Entity)}
    ends = dict.fromkeys(
        end for s in ledger.statements if isinstance(s, Holding) for end in (s.holder, s.issuer)
    )
    for party in dict.fromkeys([*entities, *ends]):
        entity = entities.get(party)
        known: Attributes = {"name": party, "type": "company"}
        if entity:
            known = {"name": entity.name or party, "type": entity.type}
            if entity.jurisdiction:
                known["jurisdiction"] = entity.jurisdiction
            known |= {f"id_{i.scheme}": i.value for i in entity.identifiers}
        yield party, known


def edges(ledger: Ledger) -> Iterator[tuple[str, str, Attributes]]:
    """Each holding: holder, company, shares as bounds and as written, votes, dates, statement."""
    for statement in ledger.statements:
        if not isinstance(statement, Holding):
            continue
        known: Attributes = {"statement": statement.head.id, "direct": statement.direct}
        known |= _bounds("share", statement.share) | _bounds("votes", statement.votes)
        if statement.words:
            known["words"] = statement.words
        for name, when in (("true_on", statement.head.true_on), ("until", statement.head.until),
                           ("known_on", statement.head.known_on)):  # fmt: skip
            if when:
                known[name] = when.text
        yield statement.holder, statement.issuer, known


def _bounds(name: str, part: Interval | None) -> Attributes:
    if part is None:
        return {}
    high = 1.0 if part.high is None else float(part.high)
    return {name: show_interval(part), f"{name}_low": float(part.low), f"{name}_high": high}


def _networkx(ledger: Ledger) -> tuple[Any, Any]:
    """NetworkX, an extra, and the ledger as its graph."""
    try:
        import networkx as nx  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise CrosstieError("GraphML and GEXF need NetworkX: pip install 'crosstie[graphs]'") from error
    graph = nx.MultiDiGraph()
    for party, known in nodes(ledger):
        graph.add_node(party, **known)
    for holder, company, known in edges(ledger):
        graph.add_edge(holder, company, **known)
    return nx, graph


def write_graphml(ledger: Ledger, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write GraphML, as Gephi, yEd and Cytoscape read it."""
    nx, graph = _networkx(ledger)
    with whole_file(path) as file:
        nx.write_graphml_xml(graph, file, named_key_ids=True)
    return ()


def write_gexf(ledger: Ledger, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write GEXF, as Gephi reads it."""
    nx, graph = _networkx(ledger)
    for _, known in graph.nodes(data=True):
        known["label"] = known["name"]
    with whole_file(path) as file:
        nx.write_gexf(graph, file)
    return ()


def write_neo4j(ledger: Ledger, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write ``nodes.csv`` and ``relationships.csv`` for ``neo4j-admin database import`` into a folder."""
    path.mkdir(parents=True, exist_ok=True)
    floats = {
        f"{name}_{end}": f"{name}_{end}:float" for name in ("share", "votes") for end in ("low", "high")
    }
    _write_rows(path / "nodes.csv", lambda: _node_rows(ledger), {})
    _write_rows(path / "relationships.csv", lambda: _edge_rows(ledger), floats)
    return ()


def _node_rows(ledger: Ledger) -> Iterator[Attributes]:
    for party, known in nodes(ledger):
        yield {"id:ID": party, ":LABEL": str(known["type"]).capitalize(), **known}


def _edge_rows(ledger: Ledger) -> Iterator[Attributes]:
    for holder, company, known in edges(ledger):
        yield {":START_ID": holder, ":END_ID": company, ":TYPE": "HOLDS", **known}


def _write_rows(path: Path, rows: Callable[[], Iterable[Attributes]], renamed: Mapping[str, str]) -> None:
    """Rows as CSV, ids unchanged; gone through twice, first for the columns, and never kept."""
    columns = list(dict.fromkeys(key for row in rows() for key in row))
    with whole_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([renamed.get(column, column) for column in columns])
        writer.writerows([row.get(column, "") for column in columns] for row in rows())
        text.detach()


def write_dot(ledger: Ledger, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write DOT, as Graphviz reads it."""
    with whole_file(path) as file:
        for line in _dot_lines(ledger):
            file.write(f"{line}\n".encode())
    return ()


def _dot_lines(ledger: Ledger) -> Iterator[str]:
    yield from ("digraph holdings {", "  rankdir=TB; node [shape=box];")
    shapes = {"person": "ellipse", "state": "hexagon", "trust": "trapezium", "unknown": "box"}
    for party, known in nodes(ledger):
        shape = shapes.get(str(known["type"]), "box")
        yield f"  {_quoted(party)} [label={_quoted(str(known['name']))}, shape={shape}];"
    for holder, company, known in edges(ledger):
        label = _quoted(str(known.get("share", known.get("words", ""))))
        style = ", style=dotted" if known["direct"] == "no" else ""
        yield f"  {_quoted(holder)} -> {_quoted(company)} [label={label}{style}];"
    yield "}"


def _quoted(text: str) -> str:
    r"""A DOT string.

    >>> print(_quoted('Bob "the" Bank\\'))
    "Bob \"the\" Bank\\"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
