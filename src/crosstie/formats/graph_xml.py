"""Parties and holdings as GraphML and GEXF, element by element: gone through twice, first for the names of attributes."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from crosstie.formats.graphs import WRITTEN_LOSES, Attributes, edges, nodes
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Holding
from crosstie.ledger.telling import Telling, telling
from crosstie.text.problem import CrosstieError, Problem, cited
from crosstie.text.writing import whole_file

__all__ = ["WRITTEN_LOSES", "write_gexf", "write_graphml"]


class _Declared(NamedTuple):
    """An attribute: its id, which no other has, of nodes or of edges, and its type."""

    id: str
    type: str


_Names = dict[str, _Declared]
"""Attributes by name, in the order in which they are first met."""

_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_DECLARED = "<?xml version='1.0' encoding='utf-8'?>\n"


def write_graphml(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write GraphML, as Gephi, yEd and Cytoscape read it.

    Raises
    ------
    CrosstieError
        A text has characters that XML cannot have.
    """
    told = telling(said)
    of_nodes, of_edges = _names(told)
    space = "http://graphml.graphdrawing.org/xmlns"
    with whole_file(path) as file:
        _say(
            file,
            f'{_DECLARED}<graphml xmlns="{space}" {_XSI} xsi:schemaLocation="{space} {space}/1.0/graphml.xsd">\n',
        )
        for scope, names in (("node", of_nodes), ("edge", of_edges)):
            for name, (id_, kind) in names.items():
                key = {"id": id_, "for": scope, "attr.name": name, "attr.type": kind}
                _put(file, Element("key", key), 1)
        _say(file, '  <graph edgedefault="directed">\n')
        for party, known in nodes(told):
            _put(file, _with_data(Element("node", id=party), known, of_nodes), 2)
        for edge, known in _edges(told):
            _put(file, _with_data(edge, known, of_edges), 2)
        _say(file, "  </graph>\n</graphml>\n")
    return ()


def _with_data(element: Element, known: Attributes, names: _Names) -> Element:
    for name, value in known.items():
        SubElement(element, "data", key=names[name].id).text = str(value)
    return element


def write_gexf(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write GEXF, as Gephi reads it.

    Raises
    ------
    CrosstieError
        A text has characters that XML cannot have.
    """
    told = telling(said)
    of_nodes, of_edges = _names(told)
    space = "http://www.gexf.net/1.2draft"
    with whole_file(path) as file:
        _say(
            file,
            f'{_DECLARED}<gexf xmlns="{space}" {_XSI} xsi:schemaLocation="{space} {space}/gexf.xsd" version="1.2">\n',
        )
        meta = Element("meta", lastmodifieddate=datetime.now(UTC).date().isoformat())
        SubElement(meta, "creator").text = "Crosstie"
        _put(file, meta, 1)
        _say(file, '  <graph defaultedgetype="directed" mode="static">\n')
        for scope, names in (("node", of_nodes), ("edge", of_edges)):
            _declare(file, scope, names)
        _say(file, "    <nodes>\n")
        for party, known in nodes(told):
            node = Element("node", id=party, label=str(known["name"]))
            _put(file, _with_values(node, known, of_nodes), 3)
        _say(file, "    </nodes>\n    <edges>\n")
        for edge, known in _edges(told):
            _put(file, _with_values(edge, known, of_edges), 3)
        _say(file, "    </edges>\n  </graph>\n</gexf>\n")
    return ()


def _declare(file: IO[bytes], scope: str, names: _Names) -> None:
    if names:
        declared = Element("attributes", {"class": scope, "mode": "static"})
        for name, (id_, kind) in names.items():
            SubElement(declared, "attribute", id=id_, title=name, type=kind)
        _put(file, declared, 2)


def _with_values(element: Element, known: Attributes, names: _Names) -> Element:
    values = SubElement(element, "attvalues")
    for name, value in known.items():
        SubElement(values, "attvalue", {"for": names[name].id, "value": str(value)})
    return element


def _edges(told: Telling) -> Iterator[tuple[Element, Attributes]]:
    for nth, (holder, company, known) in enumerate(edges(told.stated(Holding))):
        yield Element("edge", id=f"e{nth}", source=holder, target=company), known


def _names(told: Telling) -> tuple[_Names, _Names]:
    """The attributes of nodes and of edges; one name may be both."""
    ids = (f"d{number}" for number in count())
    of_edges = (known for *_, known in edges(told.stated(Holding)))
    return _declared((known for _, known in nodes(told)), ids), _declared(of_edges, ids)


def _declared(all_: Iterable[Attributes], ids: Iterator[str]) -> _Names:
    found: _Names = {}
    for known in all_:
        for name, value in known.items():
            if name not in found:
                found[name] = _Declared(next(ids), "double" if isinstance(value, float) else "string")
    return found


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot have, escaped or not: control characters, halves of characters, U+FFFE and U+FFFF."""


def _put(file: IO[bytes], element: Element, level: int) -> None:
    """Write an element on lines of its own."""
    indent(element, level=level)
    text = tostring(element, encoding="unicode")
    if _NOT_XML.search(text):
        bad = next(each for each in _texts(element) if _NOT_XML.search(each))
        raise CrosstieError(f"{cited(bad)} cannot stand in XML; export --to neo4j")
    _say(file, f"{'  ' * level}{text}\n")


def _texts(element: Element) -> Iterator[str]:
    for each in element.iter():
        yield from (*each.attrib.values(), each.text or "")


def _say(file: IO[bytes], text: str) -> None:
    file.write(text.encode())
