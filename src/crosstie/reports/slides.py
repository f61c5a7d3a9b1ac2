"""A chart as a PowerPoint slide of real shapes and lines, to be edited further."""

import io
from typing import TYPE_CHECKING, Any

from crosstie.reports.diagram import Diagram
from crosstie.reports.labels import PlacedArrow, Point, label_size
from crosstie.reports.layout import Placed, PlacedBox, place
from crosstie.reports.svg import LIGHT
from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 13.333, 7.5  # inches: a wide slide


def slides(diagrams: "Sequence[Diagram]") -> bytes:
    """A presentation with one slide for each chart.

    Raises
    ------
    CrosstieError
        The extra ``reports`` is not installed.
    """
    try:
        from pptx import Presentation  # noqa: PLC0415 (an extra)
        from pptx.util import Inches  # noqa: PLC0415
    except ImportError as error:
        raise CrosstieError("slides need python-pptx: pip install 'crosstie[reports]'") from error
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
    for diagram in diagrams:
        _slide(deck.slides.add_slide(deck.slide_layouts[5]), place(diagram))
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _slide(slide: Any, placed: Placed) -> None:  # noqa: ANN401 (python-pptx has no types)
    from pptx.enum.text import PP_ALIGN  # noqa: PLC0415
    from pptx.util import Inches, Pt  # noqa: PLC0415

    title = slide.shapes.title
    title.left, title.top, title.width, title.height = (Inches(v) for v in (0.5, 0.25, _WIDTH - 1, 0.6))
    title.text_frame.text = placed.diagram.title
    title.text_frame.paragraphs[0].runs[0].font.size = Pt(24)
    title.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    _text(slide, placed.diagram.subtitle, (0.5, 0.8, _WIDTH - 1, 0.35), 12)
    scale = min((_WIDTH - 0.8) / placed.width, (_HEIGHT - 1.5) / placed.height, 1 / 60)
    left, top = (_WIDTH - placed.width * scale) / 2, 1.25
    for arrow in placed.arrows:
        _arrow(slide, arrow, scale, left, top)
    for box in placed.boxes:
        _box(slide, box, scale, left, top)
    for arrow in placed.arrows:
        _label(slide, arrow, scale, left, top)


def _rgb(colour: str) -> Any:  # noqa: ANN401
    from pptx.dml.color import RGBColor  # noqa: PLC0415

    return RGBColor(*bytes.fromhex(colour.removeprefix("#")))  # type: ignore[no-untyped-call]


def _box(slide: Any, placed: PlacedBox, scale: float, left: float, top: float) -> None:  # noqa: ANN401
    from pptx.enum.shapes import MSO_SHAPE  # noqa: PLC0415
    from pptx.enum.text import PP_ALIGN  # noqa: PLC0415
    from pptx.util import Inches, Pt  # noqa: PLC0415

    kinds = {
        "person": MSO_SHAPE.OVAL,
        "state": MSO_SHAPE.HEXAGON,
        "trust": MSO_SHAPE.TRAPEZOID,
        "unknown": MSO_SHAPE.ROUNDED_RECTANGLE,
    }
    (x, y), (width, height) = placed.centre, placed.size
    shape = slide.shapes.add_shape(
        kinds.get(placed.box.type, MSO_SHAPE.RECTANGLE),
        *(Inches(v) for v in (left + (x - width / 2) * scale, top + (y - height / 2) * scale,
                              width * scale, height * scale)),
    )  # fmt: skip
    shape.fill.solid()
    shape.fill.fore_color.rgb = _rgb(getattr(LIGHT, placed.box.type, LIGHT.company))
    shape.line.color.rgb = _rgb(LIGHT.line)
    shape.shadow.inherit = False
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.text = placed.box.title
    size = Pt(max(6, round(13 * scale * 72 * 0.9)))
    frame.paragraphs[0].runs[0].font.size = size
    frame.paragraphs[0].runs[0].font.color.rgb = _rgb(LIGHT.ink)
    frame.paragraphs[0].alignment = PP_ALIGN.CENTER


def _arrow(slide: Any, placed: PlacedArrow, scale: float, left: float, top: float) -> None:  # noqa: ANN401
    from pptx.enum.dml import MSO_LINE  # noqa: PLC0415
    from pptx.oxml.ns import qn  # noqa: PLC0415
    from pptx.util import Pt  # noqa: PLC0415

    line = _line(slide, [(left + x * scale, top + y * scale) for x, y in placed.points])
    kind = "changed" if placed.arrow.changed else "asleep" if placed.arrow.asleep else "line"
    line.line.color.rgb = _rgb(getattr(LIGHT, kind))
    line.line.width = Pt(max(0.75, 90 * scale))
    line.shadow.inherit = False
    if placed.arrow.planned:
        line.line.dash_style = MSO_LINE.DASH
    ends = line.line._get_or_add_ln()  # noqa: SLF001 (python-pptx has no arrow heads of its own)
    ends.append(ends.makeelement(qn("a:tailEnd"), {"type": "triangle"}))


def _line(slide: Any, points: list[Point]) -> Any:  # noqa: ANN401
    """One line through these points, in inches: as the chart was routed."""
    from pptx.enum.shapes import MSO_CONNECTOR  # noqa: PLC0415
    from pptx.util import Inches  # noqa: PLC0415

    corners = [(Inches(x), Inches(y)) for x, y in points]
    if len(corners) == 2:
        return slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *corners[0], *corners[1])
    builder = slide.shapes.build_freeform(*corners[0], scale=1.0)
    builder.add_line_segments(corners[1:], close=False)
    shape = builder.convert_to_shape()
    shape.fill.background()
    return shape


def _label(slide: Any, placed: PlacedArrow, scale: float, left: float, top: float) -> None:  # noqa: ANN401
    width, height = label_size(placed.arrow)
    (x, y) = placed.label
    place_at = (
        left + (x - width / 2) * scale,
        top + (y - height / 2) * scale,
        width * scale,
        height * scale,
    )
    _text(slide, "\n".join(placed.arrow.lines), place_at, max(6, round(12 * scale * 72 * 0.9)), plate=True)


def _text(
    slide: Any,  # noqa: ANN401
    text: str,
    where: tuple[float, float, float, float],
    size: int,
    *,
    plate: bool = False,
) -> None:
    from pptx.enum.text import PP_ALIGN  # noqa: PLC0415
    from pptx.util import Inches, Pt  # noqa: PLC0415

    box = slide.shapes.add_textbox(*(Inches(v) for v in where))
    if plate:
        box.fill.solid()
        box.fill.fore_color.rgb = _rgb(LIGHT.paper)
    frame = box.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = not plate
    frame.text = text
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.CENTER if plate else PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size = Pt(size)
            run.font.color.rgb = _rgb(LIGHT.ink)
