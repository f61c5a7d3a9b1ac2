"""Parties and holdings as a graph for other tools: GraphML, GEXF, Neo4j's import CSV, DOT, and an edge list."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Holding
from crosstie.ledger.values import show_interval
from crosstie.text.problem import CrosstieError
from crosstie.text.writing import write_atomically

LOSES = (
    "everything but parties and holdings: offices, share events, agreements, rights, deals, checks",
    "sources but for their ids; exact fractions become decimals beside the text as written",
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


def write_graphml(ledger: Ledger, path: Path) -> None:
    """Write GraphML, as Gephi, yEd and Cytoscape read it."""
    nx, graph = _networkx(ledger)
    out = io.BytesIO()
    nx.write_graphml_xml(graph, out, named_key_ids=True)
    write_atomically(path, out.getvalue())


def write_gexf(ledger: Ledger, path: Path) -> None:
    """Write GEXF, as Gephi reads it."""
    nx, graph = _networkx(ledger)
    for _, known in graph.nodes(data=True):
        known["label"] = known["name"]
    out = io.BytesIO()
    nx.write_gexf(graph, out)
    write_atomically(path, out.getvalue())


def write_neo4j(ledger: Ledger, path: Path) -> None:
    """Write ``nodes.csv`` and ``relationships.csv`` for ``neo4j-admin database import`` into a folder."""
    path.mkdir(parents=True, exist_ok=True)
    people = [
        {"id:ID": party, ":LABEL": str(known["type"]).capitalize(), **known} for party, known in nodes(ledger)
    ]
    held = [
        {":START_ID": holder, ":END_ID": company, ":TYPE": "HOLDS", **known}
        for holder, company, known in edges(ledger)
    ]
    floats = {
        f"{name}_{end}": f"{name}_{end}:float" for name in ("share", "votes") for end in ("low", "high")
    }
    write_atomically(path / "nodes.csv", _csv(people, {}))
    write_atomically(path / "relationships.csv", _csv(held, floats))


def write_edge_list(ledger: Ledger, path: Path) -> None:
    """Write ``holder,issuer,share,votes``: what `crosstie` reads back from any CSV."""
    rows = [
        {"holder": holder, "issuer": company, "share": known["share"], "votes": known.get("votes", "")}
        for holder, company, known in edges(ledger)
        if "share" in known and known["direct"] != "no"
    ]
    write_atomically(path, _csv(rows, {}) if rows else "holder,issuer,share,votes\n")


def _csv(rows: list[Any], renamed: Mapping[str, str]) -> str:
    """Rows as CSV, ids unchanged: whoever opens it in a spreadsheet should import its columns as text."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([renamed.get(column, column) for column in columns])
    writer.writerows([[row.get(column, "") for column in columns] for row in rows])
    return out.getvalue()


def write_dot(ledger: Ledger, path: Path) -> None:
    """Write DOT, as Graphviz reads it."""
    lines = ["digraph holdings {", "  rankdir=TB; node [shape=box];"]
    shapes = {"person": "ellipse", "state": "hexagon", "trust": "trapezium", "unknown": "box"}
    for party, known in nodes(ledger):
        shape = shapes.get(str(known["type"]), "box")
        lines.append(f"  {_quoted(party)} [label={_quoted(str(known['name']))}, shape={shape}];")
    for holder, company, known in edges(ledger):
        label = _quoted(str(known.get("share", known.get("words", ""))))
        style = ", style=dotted" if known["direct"] == "no" else ""
        lines.append(f"  {_quoted(holder)} -> {_quoted(company)} [label={label}{style}];")
    write_atomically(path, "\n".join([*lines, "}", ""]))


def _quoted(text: str) -> str:
    r"""A DOT string.

    >>> print(_quoted('Bob "the" Bank\\'))
    "Bob \"the\" Bank\\"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
