"""Write the report of a case into a folder: one page, its pictures, and each table as CSV."""

import csv
import io
import re
from pathlib import Path

from crosstie.questions.chart import ChartAnswer
from crosstie.questions.report import ReportAnswer, Row
from crosstie.reports.cells import PARTS, cell, flatten
from crosstie.reports.charts import diagram
from crosstie.reports.layout import place
from crosstie.reports.page import Table, page, rows_table
from crosstie.reports.svg import draw
from crosstie.text.writing import write_atomically


def write_report(answer: ReportAnswer, folder: Path) -> tuple[Path, ...]:
    """Write ``index.html``, ``structure.svg``, one page for each deal and a CSV for each table; which files."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {"structure.svg": draw(place(diagram(answer.structure.views[0])))}
    for chart in answer.deals:
        files[f"deal-{_slug(chart.title)}.html"] = _page(chart, ())
    for name, rows in answer.tables:
        files[f"{_slug(name)}.csv"] = _csv(rows)
    tables = tuple(_table(name, rows) for name, rows in answer.tables)
    files["index.html"] = _page(answer.structure, tables)
    for name, text in files.items():
        write_atomically(folder / name, text)
    return tuple(folder / name for name in files)


def _page(chart: ChartAnswer, tables: tuple[Table, ...]) -> str:
    sources = rows_table("Sources", list(chart.sources))
    shown = [table for table in (*tables, sources) if table.rows]
    return page(chart.title, chart.views[0].subtitle, [diagram(view) for view in chart.views], shown)


def _table(name: str, rows: tuple[Row, ...]) -> Table:
    texts = [
        {key.replace("_", " "): cell(value, part=key in PARTS) for key, value in row.items()} for row in rows
    ]
    numeric = [key.replace("_", " ") for key, value in rows[0].items() if not isinstance(value, str | bool)]
    return rows_table(name[0].upper() + name[1:], texts, numeric)


def _csv(rows: tuple[Row, ...]) -> str:
    flat = list(flatten(rows, list(rows[0])))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(flat[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return out.getvalue()


def _slug(name: str) -> str:
    """A file's name.

    >>> _slug("Holders of Nissan Motor Co., Ltd.")
    'holders-of-nissan-motor-co-ltd'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80] or "table"
