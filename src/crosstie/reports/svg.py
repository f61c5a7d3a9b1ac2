"""A placed diagram as SVG that reads well on light and dark paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal

from crosstie.reports.labels import LINE_HEIGHT, PlacedArrow, Point, label_size, text_width
from crosstie.reports.layout import Placed, PlacedBox

Theme = Literal["light", "dark", "auto"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for."""

    paper: str
    ink: str
    faint: str
    line: str
    company: str
    person: str
    state: str
    trust: str
    fund: str
    unknown: str
    changed: str
    asleep: str


LIGHT = Palette(
    paper="#ffffff", ink="#1b2430", faint="#5b6675", line="#51607a", company="#e9f0fb", person="#fdf0dd",
    state="#e7e4f7", trust="#e2f3ec", fund="#e6f2f5", unknown="#f4f5f7", changed="#b3261e", asleep="#8a5a00",
)  # fmt: skip
DARK = Palette(
    paper="#12171f", ink="#e8edf4", faint="#9aa7b8", line="#8fa1bd", company="#1f2f4a", person="#4a3820",
    state="#35305c", trust="#1d4236", fund="#1d3d47", unknown="#242b36", changed="#ff8a80", asleep="#f0bd5a",
)  # fmt: skip

_HEAD = 62.0
_LEGEND = 64.0


def draw(placed: Placed, *, theme: Theme = "auto", legend: bool = True) -> str:
    """The SVG text of a chart with its title and legend.

    ``auto`` follows the reader's light or dark setting where the viewer can.
    """
    diagram = placed.diagram
    needed = max(text_width(diagram.title, 19), text_width(diagram.subtitle, 12.5)) + 36
    width = max(placed.width, needed, 620.0 if legend else 0.0)
    height = _HEAD + placed.height + (_LEGEND if legend else 0.0) + 17.0 * len(diagram.notes)
    shift = (width - placed.width) / 2
    body = [
        f'<text class="title" x="18" y="30">{escape(diagram.title)}</text>',
        f'<text class="faint" x="18" y="50" font-size="12.5">{escape(diagram.subtitle)}</text>',
        f'<g transform="translate({shift:.1f},{_HEAD:.0f})">',
        *(_arrow(arrow) for arrow in placed.arrows),
        *(_box(box) for box in placed.boxes),
        *(_label(arrow) for arrow in placed.arrows),
        "</g>",
        *(_legend(placed, _HEAD + placed.height) if legend else ()),
        *_notes(diagram.notes, height),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="crosstie" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{escape(diagram.title)}">\n'
        f"<style>{style(theme)}</style>\n{_MARKERS}\n"
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _notes(notes: Iterable[str], height: float) -> list[str]:
    lines = list(notes)
    first = height - 17.0 * len(lines)
    return [
        f'<text class="faint" x="18" y="{first + 17 * i:.0f}" font-size="11.5">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]


_MARKERS = (
    "<defs>"
    + "".join(
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path class="{name}" d="M0 1 L10 5 L0 9 z"/></marker>'
        for name in ("tip", "tip-changed", "tip-asleep")
    )
    + "</defs>"
)

_FACE = "font-family:'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"


def style(theme: Theme) -> str:
    """The style sheet of a chart."""
    if theme == "light":
        return _rules(LIGHT)
    if theme == "dark":
        return _rules(DARK)
    return f"{_rules(LIGHT)}@media (prefers-color-scheme:dark){{{_rules(DARK)}}}"


def _rules(p: Palette) -> str:
    kinds = "".join(
        f".crosstie .{kind}{{fill:{getattr(p, kind)}}}"
        for kind in ("company", "person", "state", "trust", "fund", "unknown")
    )
    return (
        f".crosstie text{{{_FACE};fill:{p.ink};font-size:13px}}.crosstie .paper{{fill:{p.paper}}}"
        f".crosstie .title{{font-size:19px;font-weight:600}}.crosstie .faint{{fill:{p.faint};font-size:11px}}"
        f".crosstie .shape{{stroke:{p.line};stroke-width:1.2}}.crosstie .shape.unknown{{stroke-dasharray:4 3}}"
        f".crosstie .group{{fill:{p.company}}}{kinds}"
        f".crosstie .edge{{fill:none;stroke:{p.line};stroke-width:1.5}}.crosstie .tip{{fill:{p.line}}}"
        f".crosstie .edge.planned{{stroke-dasharray:6 4}}"
        f".crosstie .edge.asleep{{stroke:{p.asleep}}}.crosstie .tip-asleep{{fill:{p.asleep}}}"
        f".crosstie .edge.changed{{stroke:{p.changed};stroke-width:2.2}}.crosstie .tip-changed{{fill:{p.changed}}}"
        f".crosstie .plate{{fill:{p.paper};opacity:.92}}.crosstie .share{{font-size:12px;font-weight:600}}"
        f".crosstie .vote{{font-size:11.5px;fill:{p.faint}}}.crosstie .vote.asleep{{fill:{p.asleep}}}"
    )


def _kind(arrow: PlacedArrow) -> str:
    return "changed" if arrow.arrow.changed else "asleep" if arrow.arrow.asleep else ""


def _arrow(arrow: PlacedArrow) -> str:
    kind = _kind(arrow)
    tip = f"tip-{kind}" if kind else "tip"
    planned = " planned" if arrow.arrow.planned else ""
    return (
        f'<path class="edge {kind}{planned}" marker-end="url(#{tip})" d="{_rounded(arrow.points)}">'
        f"<title>{escape(f'{arrow.arrow.holder} → {arrow.arrow.company}')}</title></path>"
    )


def _rounded(points: tuple[Point, ...], radius: float = 7.0) -> str:
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        a, b = _towards(corner, before, radius), _towards(corner, after, radius)
        path.append(f"L{a[0]:.1f} {a[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {b[0]:.1f} {b[1]:.1f}")
    path.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return "".join(path)


def _towards(start: Point, end: Point, length: float) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    distance = max(abs(dx) + abs(dy), 1e-9)
    step = min(length, distance / 2) / distance
    return start[0] + dx * step, start[1] + dy * step


def _box(placed: PlacedBox) -> str:
    (x, y), (width, height) = placed.centre, placed.size
    rows = [(line, "", 13.0) for line in placed.lines]
    rows += [(placed.box.subtitle, "faint", 11.0)] if placed.box.subtitle else []
    # The text block is centred; a triangle's weight lies low, so a trust is drawn as a box with a roof.
    first = y - (17 * len(rows) - 17) / 2 + 4.5
    texts = "".join(
        f'<text class="{kind}" text-anchor="middle" x="{x:.1f}" y="{first + 17 * i:.1f}">{escape(text)}</text>'
        for i, (text, kind, _) in enumerate(rows)
    )
    return (
        f"<g><title>{escape(placed.box.id)}</title>{_shape(placed.box.type, x, y, width, height)}{texts}</g>"
    )


def _shape(kind: str, x: float, y: float, width: float, height: float) -> str:
    left, top = x - width / 2, y - height / 2
    if kind == "person":
        return f'<ellipse class="shape person" cx="{x:.1f}" cy="{y:.1f}" rx="{width / 2:.1f}" ry="{height / 2:.1f}"/>'
    if kind == "state":
        return _polygon("state", x, y, ((-0.5, 0), (-0.42, -0.5), (0.42, -0.5), (0.5, 0), (0.42, 0.5), (-0.42, 0.5)),
                        width, height)  # fmt: skip
    if kind == "trust":
        return _polygon("trust", x, y, ((-0.5, 0.5), (-0.41, -0.5), (0.41, -0.5), (0.5, 0.5)), width, height)
    corner = 14 if kind in {"unknown", "fund"} else 4
    return (
        f'<rect class="shape {kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{corner}"/>'
    )


def _polygon(  # noqa: PLR0913, PLR0917 (private: a shape in unit coordinates)
    kind: str, x: float, y: float, corners: tuple[Point, ...], width: float, height: float
) -> str:
    points = " ".join(f"{x + a * width:.1f},{y + b * height:.1f}" for a, b in corners)
    return f'<polygon class="shape {kind}" points="{points}"/>'


def _label(placed: PlacedArrow) -> str:
    (x, y), (width, height) = placed.label, label_size(placed.arrow)
    first = y - height / 2 + LINE_HEIGHT - 1.5
    asleep = " asleep" if placed.arrow.asleep else ""
    texts = "".join(
        f'<text class="{"share" if i == 0 else "vote" + asleep}" text-anchor="middle" x="{x:.1f}" '
        f'y="{first + LINE_HEIGHT * i:.1f}">{escape(line)}</text>'
        for i, line in enumerate(placed.arrow.lines)
    )
    return (
        f'<rect class="plate" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="3"/>{texts}'
    )


def _legend(placed: Placed, top: float) -> Iterable[str]:
    """What the picture uses, and nothing else."""
    arrows = placed.diagram.arrows
    words = {"company": "company", "person": "person", "state": "state", "trust": "trust", "fund": "fund",
             "group": "group", "unknown": "other holders"}  # fmt: skip
    used = {box.box.type for box in placed.boxes}
    x, y = 18.0, top + 20
    for kind, word in words.items():
        if kind in used:
            yield _shape(kind, x + 13, y, 26, 15)
            yield f'<text class="faint" x="{x + 32:.0f}" y="{y + 4:.0f}">{word}</text>'
            x += 50 + text_width(word, 11)
    x, y = 18.0, y + 22
    for kind, tip, word, shown in (
        ("", "tip", "holds (share of outstanding shares)", True),
        (" planned", "tip", "not done yet", any(arrow.planned for arrow in arrows)),
        (" asleep", "tip-asleep", "votes asleep", any(arrow.asleep for arrow in arrows)),
        (" changed", "tip-changed", "changed", any(arrow.changed for arrow in arrows)),
    ):
        if shown:
            yield f'<path class="edge{kind}" marker-end="url(#{tip})" d="M{x:.0f} {y:.0f}h30"/>'
            yield f'<text class="faint" x="{x + 37:.0f}" y="{y + 4:.0f}">{word}</text>'
            x += 58 + text_width(word, 11)
