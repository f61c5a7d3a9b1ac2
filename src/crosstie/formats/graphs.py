"""Parties and holdings as a graph for other tools: what GraphML and GEXF are made of, Neo4j's import CSV and DOT."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Holding, Statement
from crosstie.ledger.telling import Telling, telling
from crosstie.ledger.values import show_interval
from crosstie.text.problem import CrosstieError, Problem
from crosstie.text.writing import whole_file, whole_folder

WRITTEN_LOSES = (
    "everything but parties and holdings: offices, share events, agreements, deals, checks",
    "identifiers of one scheme of a party, all but the last",
    "sources, notes; fractions become decimals (the text stands beside them)",
)

Attributes = dict[str, str | float]


def nodes(said: Telling) -> Iterator[tuple[str, Attributes]]:
    """Each party as last stated, with the attributes that are known of it."""
    for versions in said.parties():
        entity = versions[-1]
        known: Attributes = {"name": entity.name or entity.party, "type": entity.type}
        if entity.jurisdiction:
            known["jurisdiction"] = entity.jurisdiction
        yield entity.party, known | {f"id_{i.scheme}": i.value for i in entity.identifiers}
    for party in said.undescribed():
        yield party, {"name": party, "type": "company"}


def edges(holdings: Iterable[Statement]) -> Iterator[tuple[str, str, Attributes]]:
    """Each holding: holder, company, shares as bounds and as written, votes, dates, statement."""
    for statement in holdings:
        assert isinstance(statement, Holding)  # noqa: S101 (asked for)
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


def write_neo4j(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write ``nodes.csv`` and ``relationships.csv`` for ``neo4j-admin database import`` into a new folder: both or none.

    Raises
    ------
    CrosstieError
        Something is there already.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise CrosstieError(f"{path}: is there already; name a new folder")
    told = telling(said)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(path) as inside:
        _write_rows(inside / "nodes.csv", lambda: _node_rows(told))
        _write_rows(inside / "relationships.csv", lambda: _edge_rows(told))
    return ()


def _node_rows(said: Telling) -> Iterator[Attributes]:
    for party, known in nodes(said):
        yield {"id:ID": party, ":LABEL": str(known["type"]).capitalize(), **known}


def _edge_rows(said: Telling) -> Iterator[Attributes]:
    for holder, company, known in edges(said.stated(Holding)):
        yield {":START_ID": holder, ":END_ID": company, ":TYPE": "HOLDS", **known}


def _write_rows(path: Path, rows: Callable[[], Iterable[Attributes]]) -> None:
    """Rows as CSV, ids unchanged; gone through twice, first for the columns, and never kept."""
    columns = {key: _column(key, value) for row in rows() for key, value in row.items()}
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.values())
        writer.writerows([row.get(column, "") for column in columns] for row in rows())


def _column(name: str, value: str | float) -> str:
    """What stands after the last colon of a column is its type, if not a text."""
    if isinstance(value, float):
        return f"{name}:float"
    return f"{name}:string" if ":" in name and name not in _OWN_COLUMNS else name


_OWN_COLUMNS = ("id:ID", ":LABEL", ":START_ID", ":END_ID", ":TYPE")


def write_dot(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write DOT, as Graphviz reads it."""
    with whole_file(path) as file:
        for line in _dot_lines(telling(said)):
            file.write(f"{line}\n".encode())
    return ()


def _dot_lines(said: Telling) -> Iterator[str]:
    yield from ("digraph holdings {", "  rankdir=TB; node [shape=box];")
    shapes = {"person": "ellipse", "state": "hexagon", "trust": "trapezium", "unknown": "box"}
    for party, known in nodes(said):
        shape = shapes.get(str(known["type"]), "box")
        yield f"  {_quoted(party)} [label={_quoted(str(known['name']))}, shape={shape}];"
    for holder, company, known in edges(said.stated(Holding)):
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
