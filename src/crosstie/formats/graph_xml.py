"""Parties and holdings as GraphML and GEXF, element by element: gone through twice, first for the names of attributes."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import count, groupby
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from crosstie.formats.graphs import WRITTEN_LOSES, Attributes, edges, nodes
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.telling import Telling, telling
from crosstie.text.problem import Problem
from crosstie.text.writing import whole_file

__all__ = ["WRITTEN_LOSES", "write_gexf", "write_graphml"]

Types = dict[str, str]
"""Attributes by name, in the order in which they are first met, and the type of each."""

_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_DECLARED = "<?xml version='1.0' encoding='utf-8'?>\n"


def write_graphml(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write GraphML, as Gephi, yEd and Cytoscape read it."""
    told = telling(said)
    of_nodes, of_edges = _types(known for _, known in nodes(told)), _types(known for *_, known in _arcs(told))
    keys = [("edge", *each) for each in reversed(of_edges.items())]
    keys += [("node", *each) for each in reversed(of_nodes.items())]
    space = "http://graphml.graphdrawing.org/xmlns"
    with whole_file(path) as file:
        _say(
            file,
            f'{_DECLARED}<graphml xmlns="{space}" {_XSI} xsi:schemaLocation="{space} {space}/1.0/graphml.xsd">\n',
        )
        for scope, name, kind in keys:
            key = Element("key", {"id": name, "for": scope, "attr.name": name, "attr.type": kind})
            _put(file, key, 1)
        _say(
            file, '  <graph edgedefault="directed">\n' if of_nodes else '  <graph edgedefault="directed" />\n'
        )
        for party, known in nodes(told):
            _put(file, _with_data(Element("node", id=party), known), 2)
        for holder, company, turn, known in _arcs(told):
            _put(file, _with_data(Element("edge", source=holder, target=company, id=str(turn)), known), 2)
        _say(file, "  </graph>\n</graphml>\n" if of_nodes else "</graphml>\n")
    return ()


def _with_data(element: Element, known: Attributes) -> Element:
    for name, value in known.items():
        SubElement(element, "data", key=name).text = str(value)
    return element


def write_gexf(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no such date)
    """Write GEXF, as Gephi reads it."""
    told = telling(said)
    of_nodes = _types(known for _, known in nodes(told))
    of_edges = _types(_with_turn(known, turn) for _, _, turn, known in _arcs(told))
    number = count()
    numbers = [{name: str(next(number)) for name in types} for types in (of_nodes, of_edges)]
    space = "http://www.gexf.net/1.2draft"
    with whole_file(path) as file:
        _say(
            file,
            f'{_DECLARED}<gexf xmlns="{space}" {_XSI} xsi:schemaLocation="{space} {space}/gexf.xsd" version="1.2">\n',
        )
        meta = Element("meta", lastmodifieddate=datetime.now(UTC).date().isoformat())
        SubElement(meta, "creator").text = "Crosstie"
        _put(file, meta, 1)
        _say(file, '  <graph defaultedgetype="directed" mode="static" name="">\n')
        for scope, types, ids in (("edge", of_edges, numbers[1]), ("node", of_nodes, numbers[0])):
            _declare(file, scope, types, ids)
        _all(file, "nodes", (_gexf_node(*each, numbers[0]) for each in nodes(told)))
        _all(file, "edges", (_gexf_edge(nth, *each, numbers[1]) for nth, each in enumerate(_arcs(told))))
        _say(file, "  </graph>\n</gexf>\n")
    return ()


def _declare(file: IO[bytes], scope: str, types: Types, ids: Types) -> None:
    if types:
        declared = Element("attributes", {"mode": "static", "class": scope})
        for name, kind in types.items():
            SubElement(declared, "attribute", id=ids[name], title=name, type=kind)
        _put(file, declared, 2)


def _gexf_node(party: str, known: Attributes, ids: Types) -> Element:
    return _with_values(Element("node", id=party, label=str(known["name"])), known, ids)


def _gexf_edge(  # noqa: PLR0913, PLR0917 (the parts of an edge)
    nth: int, holder: str, company: str, turn: int, known: Attributes, ids: Types
) -> Element:
    return _with_values(
        Element("edge", source=holder, target=company, id=str(nth)), _with_turn(known, turn), ids
    )


def _with_turn(known: Attributes, turn: int) -> Attributes:
    """With the number of an edge among those of one holder in one company, by NetworkX's name for it."""
    return {**known, "networkx_key": turn}


def _with_values(element: Element, known: Attributes, ids: Types) -> Element:
    values = SubElement(element, "attvalues")
    for name, value in known.items():
        SubElement(values, "attvalue", {"for": ids[name], "value": str(value)})
    return element


def _arcs(said: Telling) -> Iterator[tuple[str, str, int, Attributes]]:
    """Each holding, by holder and company, and its number among those of these two."""
    together: Callable[[tuple[str, str, Attributes]], tuple[str, str]] = lambda each: each[:2]  # noqa: E731 (a key)
    for (holder, company), pair in groupby(edges(said.by_holder()), key=together):
        for turn, (*_, known) in enumerate(pair):
            yield holder, company, turn, known


_KINDS = {str: "string", float: "double", int: "long"}


def _types(all_: Iterable[Attributes]) -> Types:
    found: Types = {}
    for known in all_:
        for name, value in known.items():
            found.setdefault(name, _KINDS[type(value)])
    return found


def _all(file: IO[bytes], name: str, elements: Iterator[Element]) -> None:
    """An element of many, or an empty one."""
    first = next(elements, None)
    if first is None:
        _say(file, f"    <{name} />\n")
        return
    _say(file, f"    <{name}>\n")
    _put(file, first, 3)
    for each in elements:
        _put(file, each, 3)
    _say(file, f"    </{name}>\n")


def _put(file: IO[bytes], element: Element, level: int) -> None:
    """Write an element on lines of its own."""
    indent(element, level=level)
    _say(file, f"{'  ' * level}{tostring(element, encoding='unicode')}\n")


def _say(file: IO[bytes], text: str) -> None:
    file.write(text.encode("utf-8", "xmlcharrefreplace"))
