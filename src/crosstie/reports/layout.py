"""Place a diagram's boxes and route its arrows: owners above, owned below, loops running back up."""

from dataclasses import dataclass
from typing import Any

from crosstie.reports.diagram import Box, Diagram
from crosstie.reports.labels import PlacedArrow, Point, label_arrows, label_size, text_width
from crosstie.text.problem import CrosstieError

_MOST_BOXES = 400


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box with its centre and size in pixels."""

    box: Box
    centre: Point
    size: Point
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A diagram with positions; the upper left corner is (0, 0)."""

    diagram: Diagram
    width: float
    height: float
    boxes: tuple[PlacedBox, ...]
    arrows: tuple[PlacedArrow, ...]


def wrap(title: str, width: float, size: float) -> tuple[str, ...]:
    """A title on as few lines as its words allow.

    >>> wrap("Nissan Motor Co., Ltd.", 90, 13)
    ('Nissan Motor', 'Co., Ltd.')
    """
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)


def place(diagram: Diagram) -> Placed:
    """Lay a diagram out in layers with right-angled arrows.

    Raises
    ------
    CrosstieError
        More boxes than a page can show.
    """
    import graphlay  # noqa: PLC0415 (a compiled layout engine: only when drawing)

    if len(diagram.boxes) > _MOST_BOXES:
        raise CrosstieError(
            f"{len(diagram.boxes)} parties are too many for one chart (at most {_MOST_BOXES}): "
            "choose with --company or --owner"
        )
    graph = graphlay.Graph()
    titles = {box.id: wrap(box.title, 150, 13) for box in diagram.boxes}
    for box in diagram.boxes:
        width, height = _size(box, titles[box.id])
        graph.node(box.id, width=width, height=height)
    for arrow in diagram.arrows:
        width, height = label_size(arrow)
        graph.edge(arrow.holder, arrow.company, label_size={"width": width, "height": height})
    options = {
        "direction": "topbottom",
        "spacing": {"layer_gap": 46.0, "node_gap": 34.0, "edge_label_margin": 12.0},
        "labels": {"reservation": "always"},
    }
    return _placed(diagram, titles, graphlay.layout(graph, options=options).to_dict())


def _size(box: Box, lines: tuple[str, ...]) -> Point:
    widest = max([*(text_width(line, 13) for line in lines), text_width(box.subtitle, 11)])
    roomy = 52 if box.type in {"person", "state", "trust"} else 26
    height = 16 + 17 * len(lines) + (14 if box.subtitle else 0)
    return max(92.0, widest + roomy), height + (10.0 if box.type in {"person", "state"} else 0.0)


def _placed(diagram: Diagram, titles: dict[str, tuple[str, ...]], raw: dict[str, Any]) -> Placed:
    left, top, right, bottom = _extent(diagram, raw)
    margin = 18.0

    def moved(point: dict[str, float]) -> Point:
        return point["x"] - left + margin, point["y"] - top + margin

    boxes = tuple(
        PlacedBox(box, moved(node["center"]), (node["size"]["width"], node["size"]["height"]), titles[box.id])
        for box, node in zip(diagram.boxes, raw["nodes"], strict=True)
    )
    lines = [tuple(moved(point) for point in edge["points"]) for edge in raw["edges"]]
    arrows = label_arrows(diagram.arrows, lines, [(box.centre, box.size) for box in boxes])
    return Placed(diagram, right - left + 2 * margin, bottom - top + 2 * margin, boxes, arrows)


def _extent(diagram: Diagram, raw: dict[str, Any]) -> tuple[float, float, float, float]:
    low, high = raw["bounds"]["min"], raw["bounds"]["max"]
    lefts, rights = [low["x"]], [high["x"]]
    for arrow, edge in zip(diagram.arrows, raw["edges"], strict=True):
        half = label_size(arrow)[0] / 2
        lefts.append(edge["label_anchor"]["x"] - half)
        rights.append(edge["label_anchor"]["x"] + half)
    return min(lefts), low["y"], max(rights), high["y"]
