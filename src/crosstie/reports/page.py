"""One self-contained HTML page: charts side by side, and tables beneath; nothing is loaded from elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from crosstie.reports.diagram import Diagram
from crosstie.reports.layout import place
from crosstie.reports.svg import draw


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a heading; ``numeric`` columns stand to the right."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


def page(title: str, intro: str, diagrams: Sequence[Diagram], tables: Sequence[Table] = ()) -> str:
    """The text of the page; readable in light and dark, on paper and on a narrow screen."""
    figures = "\n".join(_figure(diagram) for diagram in diagrams)
    charts = f'<div class="charts">{figures}</div>' if diagrams else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>\n"
        f'<h1>{escape(title)}</h1><p class="intro">{escape(intro)}</p>\n{charts}\n'
        + "\n".join(_table(table) for table in tables)
        + "\n</main></body></html>\n"
    )


def _figure(diagram: Diagram) -> str:
    return f"<figure>{draw(place(diagram))}</figure>"


def _table(table: Table) -> str:
    head = "".join(f"<th{_side(table, i)}>{escape(name)}</th>" for i, name in enumerate(table.columns))
    body = "".join(
        "<tr>" + "".join(f"<td{_side(table, i)}>{_cell(text)}</td>" for i, text in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    return (
        f'<section><h2>{escape(table.heading)}</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></section>"
    )


def _cell(text: str) -> str:
    if text.startswith(("https://", "http://")) and " " not in text:
        return f'<a href="{escape(text)}" rel="noopener noreferrer">{escape(text)}</a>'
    return escape(text)


def _side(table: Table, column: int) -> str:
    return ' class="n"' if column in table.numeric else ""


def rows_table(heading: str, rows: Sequence[Mapping[str, str]], numeric: Sequence[str] = ()) -> Table:
    """A table of mappings that share their keys."""
    columns = tuple(rows[0]) if rows else ()
    places = frozenset(i for i, name in enumerate(columns) if name in numeric)
    return Table(heading, columns, tuple(tuple(row[name] for name in columns) for row in rows), places)


_STYLE = """
:root{color-scheme:light dark;--ink:#1b2430;--faint:#5b6675;--paper:#fff;--line:#dbe1ea;--head:#f3f6fa}
@media (prefers-color-scheme:dark){:root{--ink:#e8edf4;--faint:#9aa7b8;--paper:#12171f;--line:#2c3644;--head:#1a212c}}
body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.5 'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif}
main{max-width:1800px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:34px 0 8px}
.intro{color:var(--faint);margin:0 0 18px;max-width:80ch}
.charts{display:flex;flex-wrap:wrap;gap:18px;align-items:flex-start}
figure{margin:0;border:1px solid var(--line);border-radius:8px;overflow:auto;flex:1 1 560px;min-width:0;max-width:100%}
figure svg{display:block;height:auto;min-width:560px;width:100%;max-width:1100px;margin:0 auto}
.wide{overflow-x:auto}table{border-collapse:collapse;min-width:420px}
th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--faint);font-weight:600;background:var(--paper);position:sticky;top:0}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td{overflow-wrap:anywhere}td.n{white-space:nowrap}a{color:inherit}
@media print{figure{border:none;break-inside:avoid}}
"""
