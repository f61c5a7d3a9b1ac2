"""The answer to a chart question in the form that a file's name asks for."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from crosstie.ledger.amounts import Interval
from crosstie.questions.chart import ChartAnswer, View
from crosstie.reports.diagram import Diagram, Tally, percent, structure
from crosstie.reports.layout import place
from crosstie.reports.svg import Theme, draw
from crosstie.text.problem import CrosstieError
from crosstie.text.writing import write_atomically


def render(answer: ChartAnswer, ending: str, *, theme: Theme = "auto") -> bytes:
    """The bytes of a file with this ending: svg, png, html, pptx or xlsx.

    Raises
    ------
    CrosstieError
        No such form; or several pictures for a form that holds one.
    """
    kind = ending.lower().removeprefix(".")
    if kind not in _FORMS:
        raise CrosstieError(
            f"no chart in the form {ending or 'without an ending'!r}: end the name in {_NAMES}"
        )
    if kind in {"svg", "png"} and len(answer.views) > 1:
        raise CrosstieError(f"{len(answer.views)} pictures do not fit one .{kind}: write .html or .pptx")
    return _FORMS[kind](answer, theme)


def write(answer: ChartAnswer, path: Path, *, theme: Theme = "auto") -> int:
    """Write the file whole or not at all; how many bytes it has.

    Raises
    ------
    CrosstieError
        As :func:`render`.
    """
    data = render(answer, path.suffix, theme=theme)
    write_atomically(path, data)
    return len(data)


def diagram(view: View) -> Diagram:
    """The diagram of one view."""
    tallies = {where: Tally(exercisable, free) for where, (exercisable, free) in view.votes.items()}
    return structure(
        view.network,
        title=view.title,
        subtitle=view.subtitle,
        tallies=tallies,
        planned=view.planned,
        keep=view.keep,
        earlier=diagram(view.earlier) if view.earlier else None,
    )


def _svg(answer: ChartAnswer, theme: Theme) -> bytes:
    return draw(place(diagram(answer.views[0])), theme=theme).encode()


def _png(answer: ChartAnswer, theme: Theme) -> bytes:
    from crosstie.reports.picture import png  # noqa: PLC0415 (a renderer)

    return png(diagram(answer.views[0]), theme=theme)


def _html(answer: ChartAnswer, theme: Theme) -> bytes:  # noqa: ARG001 (a page follows its reader)
    from crosstie.reports.page import page, rows_table  # noqa: PLC0415

    tables = [
        rows_table("Holdings", [_texts(row) for row in answer.holdings], ("shares", "of_issued", "of_outstanding",
                                                                         "of_theoretical_votes")),
        rows_table("Sources", list(answer.sources)),
    ]  # fmt: skip
    shown = [table for table in tables if table.rows]
    intro = answer.views[0].subtitle
    return page(answer.title, intro, [diagram(view) for view in answer.views], shown).encode()


def _pptx(answer: ChartAnswer, theme: Theme) -> bytes:  # noqa: ARG001 (slides are light)
    from crosstie.reports.slides import slides  # noqa: PLC0415

    return slides([diagram(view) for view in answer.views])


def _xlsx(answer: ChartAnswer, theme: Theme) -> bytes:  # noqa: ARG001
    from crosstie.reports.sheets import workbook  # noqa: PLC0415

    sources: Sequence[Mapping[str, object]] = answer.sources
    return workbook({"Holdings": answer.holdings, "Sources": sources})


def _texts(row: Mapping[str, object]) -> dict[str, str]:
    return {key.replace("_", " "): _text(key, value) for key, value in row.items()}


def _text(key: str, value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else ""
        case Interval() if key.startswith("of_"):
            return percent(value)
        case Interval() if value.is_exact:
            return f"{float(value.low):,.0f}"
        case _:
            return str(value)


_FORMS: Mapping[str, Callable[[ChartAnswer, Theme], bytes]] = MappingProxyType(
    {"svg": _svg, "png": _png, "html": _html, "pptx": _pptx, "xlsx": _xlsx}
)
_NAMES = ", ".join(f".{name}" for name in _FORMS)
