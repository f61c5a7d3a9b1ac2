"""Put each arrow's label on its own line, where it covers least."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosstie.reports.diagram import Arrow

Point = tuple[float, float]
Line = tuple[Point, ...]
Rectangle = tuple[Point, Point]  # centre and size

LINE_HEIGHT = 15.0
_FRACTIONS = (0.5, 0.35, 0.65, 0.2, 0.8)


@dataclass(frozen=True, slots=True)
class PlacedArrow:
    """An arrow's corners from holder to company, and the middle of its label."""

    arrow: Arrow
    points: Line
    label: Point


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a common sans-serif face, in pixels."""
    narrow, wide = set("iljtfrI.,:;'|()[] "), set("mwMW%@—")
    units = sum(0.33 if c in narrow else 0.86 if c in wide else 0.62 if c.isupper() else 0.56 for c in text)
    return units * size


def label_size(arrow: Arrow) -> Point:
    """Width and height of an arrow's label, in pixels."""
    return max(text_width(line, 12) for line in arrow.lines) + 12, LINE_HEIGHT * len(arrow.lines) + 4


def label_arrows(
    arrows: Sequence[Arrow], lines: Sequence[Line], boxes: Sequence[Rectangle]
) -> tuple[PlacedArrow, ...]:
    """Label arrows one after the other, those with the least room first; order is kept."""
    order = sorted(range(len(arrows)), key=lambda i: (_length(lines[i]), i))
    taken: list[Rectangle] = []
    chosen: dict[int, Point] = {}
    for i in order:
        size = label_size(arrows[i])
        others = [lines[k] for k in range(len(lines)) if k != i]
        chosen[i] = min(_places(lines[i]), key=lambda at: _cost((at, size), boxes, taken, others, lines[i]))
        taken.append((chosen[i], size))
    return tuple(PlacedArrow(arrow, lines[i], chosen[i]) for i, arrow in enumerate(arrows))


def _length(line: Line) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(line))


def _places(line: Line) -> Iterator[Point]:
    """Points on the line, the middle of its longest stretch first."""
    stretches = sorted(itertools.pairwise(line), key=lambda pair: -_length(pair))
    for a, b in stretches:
        for fraction in _FRACTIONS:
            yield a[0] + (b[0] - a[0]) * fraction, a[1] + (b[1] - a[1]) * fraction


def _cost(
    label: Rectangle,
    boxes: Sequence[Rectangle],
    taken: Sequence[Rectangle],
    others: Sequence[Line],
    own: Line,
) -> float:
    """How much it hides: boxes and labels weigh most, then other lines, then its own corners and ends."""
    cost = 1000.0 * sum(_overlap(label, box) for box in boxes) + 1000.0 * sum(
        _overlap(label, t) for t in taken
    )
    cost += 60.0 * sum(_crosses(label, a, b) for line in others for a, b in itertools.pairwise(line))
    return cost + 15.0 * sum(_crosses(label, point, point) for point in own)


def _overlap(one: Rectangle, other: Rectangle) -> float:
    """The part of the first rectangle that the second covers, with a little space around."""
    spans = [
        min(one[0][i] + one[1][i] / 2, other[0][i] + other[1][i] / 2 + 3)
        - max(one[0][i] - one[1][i] / 2, other[0][i] - other[1][i] / 2 - 3)
        for i in (0, 1)
    ]
    return max(spans[0], 0.0) * max(spans[1], 0.0) / (one[1][0] * one[1][1])


def _crosses(label: Rectangle, a: Point, b: Point) -> bool:
    return all(
        max(a[i], b[i]) >= label[0][i] - label[1][i] / 2 and min(a[i], b[i]) <= label[0][i] + label[1][i] / 2
        for i in (0, 1)
    )
