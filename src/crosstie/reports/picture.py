"""A chart as a PNG picture."""

from crosstie.reports.diagram import Diagram
from crosstie.reports.layout import place
from crosstie.reports.svg import Theme, draw


def png(diagram: Diagram, *, theme: Theme = "light", zoom: int = 2) -> bytes:
    """The chart's pixels, ``zoom`` of them to a unit of the SVG."""
    import resvg_py  # noqa: PLC0415 (a compiled renderer: only when drawing)

    fixed: Theme = "light" if theme == "auto" else theme
    return bytes(resvg_py.svg_to_bytes(svg_string=draw(place(diagram), theme=fixed), zoom=zoom))
