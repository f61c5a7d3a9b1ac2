"""Write docs/benchmarks.md and its picture from what bulk.py, peers.py, imports.py and bounds.py measured.

python benchmarks/report.py

What was measured anew replaces what the page says; whatever the page has no new figure for stays as it is, with what somebody
added to a row's words.
"""

import json
import math
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE / "out"
PAGE = HERE.parent / "docs" / "benchmarks.md"
PICTURE = HERE.parent / "docs" / "benchmarks.svg"

# question, ratio or figure, what was aimed at, words
AIMS = (
    (
        "solve",
        "product_over_kept",
        2.5,
        "whole-network solve, plan kept: against one SciPy matrix–vector product",
    ),
    ("solve", "jacobi_over_kept", 300, "the same: against SciPy Jacobi to 1e-12"),
    ("solve", "jacobi_cold_over_cold", 4, "the same, cold from integer edges: against Jacobi, cold"),
    (
        "control",
        "duckdb_over_kept",
        60,
        "ultimate controller of everybody, plan kept: against DuckDB, pointer jumping",
    ),
    ("control", "duckdb_over_cold", 7, "the same, cold"),
    (
        "beneficial",
        "walks_over_decided",
        1,
        "persons with 25 % or more of each company, each decided: against a local solve each",
    ),
    (
        "owners",
        "duckdb_over_exact",
        30,
        "owners of one company, exact, 99th percentile: against a DuckDB recursive query",
    ),
    ("owners", "duckdb_over_within", 300, "the same to 1e-3 with its bound"),
    (
        "register",
        "duckdb_over_ours",
        5,
        "Parquet with text ids to ultimate controllers, cold: against DuckDB end to end",
    ),
)
CEILINGS = (
    ("beneficial", "decided_over_bounded", 2, "deciding every company: time over the bounded pass alone"),
    ("world", "solve_over_product", 2, "100 million companies and persons: solve over one SciPy product"),
    ("world", "control_over_product", 10, "the same: ultimate control over one SciPy product"),
    ("world", "peak_gigabytes", 14, "the same: peak memory, GB"),
)
AIMED_AT = {"world": 100_000_000}
"""The size an aim is set for, where that is not ten million."""
IMPORT_AIM = 0.7
CURVES = (
    ("solve", "kept", "solve, plan kept"),
    ("solve", "cold", "solve, cold"),
    ("solve", "scipy_product", "one SciPy product"),
    ("solve", "scipy_jacobi", "SciPy Jacobi to 1e-12"),
    ("control", "kept", "ultimate controllers, kept"),
    ("control", "duckdb", "the same in DuckDB"),
    ("beneficial", "decided", "persons with 25 %, all decided"),
)
COLOURS = ("#1b6ca8", "#4fa3d1", "#888888", "#bbbbbb", "#2a7f3f", "#c05a00", "#7a3e9d")


def read_all():
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(OUT.glob("*-[0-9]*.json"))]


def records():
    return {(r["question"], r["parties"]): r for r in read_all() if "parties" in r}


def import_records():
    return sorted((r for r in read_all() if r["question"] == "imports"), key=lambda r: r["bytes"])


def tables_of(page):
    """Rows of every table of a page by the table's first line; every row as its cells."""
    tables, rows = {}, None
    for line in page.splitlines():
        if not line.startswith("| "):
            rows = None
        elif rows is None:
            rows = tables.setdefault(line.split(" | ")[0], [])
            rows.append([cell.strip() for cell in line.strip("| ").split(" | ")])
        elif not line.startswith("| ---"):
            rows.append([cell.strip() for cell in line.strip("| ").split(" | ")])
    return tables


def with_published(lines, published, keys):
    """Lines of a table; rows that only the published one has are added to those of the same first cells, in order."""
    head, rows = lines[:2], [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[2:]]
    found = {tuple(row[:keys]): row for row in rows}
    for row in published[1:]:
        found.setdefault(tuple(row[:keys]), row)
    order = sorted(
        found, key=lambda key: [(0, number_in(cell)) if number_in(cell) else (1, cell) for cell in key]
    )
    return [*head, *("| " + " | ".join(found[key]) + " |" for key in order)]


def number_in(cell):
    digits = cell.replace(",", "").removesuffix(" MB")
    return int(digits) if digits.isdigit() else 0


def measured_of(page):
    """The published table of seconds."""
    return tables_of("\n".join(section(page, "Measured"))).get("| question", [[]])


def section(page, title):
    """A section of a page with its title, as lines; empty where there is none."""
    parts = ("\n" + page).split(f"\n## {title}\n")
    return [] if len(parts) == 1 else [f"## {title}", *parts[1].split("\n## ")[0].rstrip().split("\n")]


def size_words(parties):
    if parties >= 1_000_000:
        return f"{parties / 1e6:.3g} million"
    return f"{parties / 1e3:.3g} thousand"


def aims_table(found, sizes, published):
    """Ratios by question and size; cells, and words added to a row, that are not measured anew are the published ones."""
    names = (
        list(dict.fromkeys([*published[0][2:-1], *map(size_words, sizes)]))
        if published
        else [*map(size_words, sizes)]
    )
    names.sort(key=lambda name: float(name.split()[0]) * (1e6 if name.endswith("million") else 1e3))
    sizes = {size_words(size): size for size in sizes}
    lines = [
        "| question | aim | " + " | ".join(names) + " | the aim |",
        "| --- | --- |" + " --- |" * (len(names) + 1),
    ]
    for rows, sign, good in ((AIMS, "≥", lambda x, aim: x >= aim), (CEILINGS, "≤", lambda x, aim: x <= aim)):
        for question, key, aim, words in rows:
            told = next((row for row in published[1:] if row[0].split(" (at ")[0] == words), None)
            before = dict(zip(published[0][2:-1], told[2:-1], strict=True)) if told else {}
            values = {name: found.get((question, sizes.get(name)), {}).get(key) for name in names}
            shown = [
                before.get(n, "–") if v is None else f"{v:.3g}" if v < 100 else f"{v:,.0f}"
                for n, v in values.items()
            ]
            asked = values.get(size_words(AIMED_AT.get(question, 10_000_000)))
            verdict = "reached" if asked is not None and good(asked, aim) else "**missed**"
            if asked is None:
                verdict = told[-1] if told else "not measured"
            label = told[0] if told else words
            lines.append(f"| {label} | {sign} {aim:g} | {' | '.join(shown)} | {verdict} |")
    return lines


def seconds_table(found):
    lines = [
        "| question | companies and persons | measured (seconds unless it says otherwise) |",
        "| --- | --- | --- |",
    ]
    for (question, parties), record in sorted(found.items(), key=lambda item: (item[0][0], item[0][1])):
        skip = {"question", "parties", "machine", "command"}
        shown = ", ".join(
            f"{k.replace('_', ' ')} {v:.3g}" if isinstance(v, float) else f"{k.replace('_', ' ')} {v:,}"
            for k, v in record.items()
            if k not in skip and "_over_" not in k
        )
        lines.append(f"| {question} | {parties:,} | {shown} |")
    return lines


def peers_table(page):
    path = OUT / "peers.json"
    if not path.exists():
        return ["", *section(page, "Other tools, each to the size it bears")]
    told = json.loads(path.read_text(encoding="utf-8"))
    lines = [
        "",
        "## Other tools, each to the size it bears",
        "",
        "From integer edges, Crosstie's plan included; answers are compared one by one. A tool that takes more than a",
        "minute or 12 GB is not asked at the next size.",
        "",
        "| question | tool | companies and persons | its seconds | Crosstie's | times | same answer |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for r in told["records"]:
        if r["seconds"] is None:
            shown = (r["why"], f"{r['ours']:.3g}", "–", "–")
        else:
            times, same = r["seconds"] / r["ours"], "yes" if r["agrees"] else "**no**"
            shown = (f"{r['seconds']:.3g}", f"{r['ours']:.3g}", f"{times:.3g}", same)
        lines.append(f"| {r['question']} | {r['tool']} | {r['parties']:,} | {' | '.join(shown)} |")
    return [*lines, "", "One run on " + told["machine"] + "."]


def imports_table(page, published):
    """Lines a second of each way to load the same statements, and whether the aim was reached."""
    found = import_records()
    if not found:
        return ["", *section(page, "Importing BODS 0.4")]
    lines = [
        "## Importing BODS 0.4",
        "",
        "Synthetic statements as JSON lines, into a file of its own each. DuckDB's `CREATE TABLE AS` stores the lines as they",
        "are; Crosstie translates them into dated statements with exact shares, versions, sources and problems; the pandas",
        "and orjson loops keep a table of holdings alone. The aim: at least 0.7 times the rate of DuckDB's bare `CREATE TABLE AS`.",
        "The larger the file, the less: DuckDB looks at its beginning for a third of a second, whatever its size, and after that",
        "stores a gigabyte in two seconds, where Crosstie takes less than three.",
        "",
        "| file | statements | Crosstie, MB/s | DuckDB | orjson loop | pandas loop | rate over DuckDB's | aim |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for r in found:
        rates = " | ".join(
            f"{r[f'{name}_megabytes_a_second']:.3g}" for name in ("crosstie", "duckdb", "orjson", "pandas")
        )
        ratio = r["duckdb_over_crosstie"]
        verdict = "reached" if ratio >= IMPORT_AIM else "**missed**"
        lines.append(
            f"| {r['bytes'] / 1e6:,.0f} MB | {r['statements']:,} | {rates} | {ratio:.2f} | {verdict} |"
        )
    begin = lines.index("| --- | --- | --- | --- | --- | --- | --- | --- |") - 1
    rows = with_published(lines[begin:], published, 1)
    return ["", *lines[:begin], *rows, "", "One run each on " + found[-1]["machine"] + "."]


def kept_tables(page):
    """The first question to a register against the second, by size."""
    lines = []
    for path in sorted(OUT.glob("kept-*.json"), key=lambda each: int(each.stem.split("-")[1])):
        told = json.loads(path.read_text(encoding="utf-8"))
        lines += [
            "",
            f"{size_words(told['register'])} companies and persons, on {told['machine']}:",
            "",
            "| command | first | second | first over second | with nothing kept | GB, first | GB, second | same answers |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for title, r in told["asked"].items():
            seconds = f"{r['first']:.3g} | {r['second']:.3g} | {r['first_over_second']:.3g} | {r['off']:.3g}"
            memory = f"{r['gigabytes_first']:.2f} | {r['gigabytes_second']:.2f}"
            lines.append(f"| `{title}` | {seconds} | {memory} | {'yes' if r['same_answer'] else '**no**'} |")
    if not lines:
        return ["", *section(page, "One question after another")]
    return [
        "",
        "## One question after another",
        "",
        "Whole commands on a synthetic register, start and output included, in processor seconds: first with nothing kept, then once more",
        "with what the first [kept](engines/kept.md), then with `CROSSTIE_CACHE=off`. Each first question makes what it needs itself.",
        *lines,
    ]


def picture(found):
    """Seconds against size, both by powers of ten."""
    points = {
        words: [(p, r[key]) for (q, p), r in sorted(found.items()) if q == question and key in r]
        for question, key, words in CURVES
    }
    across, up = (100_000, 100_000_000), (1e-4, 1e3)

    def place(parties, seconds):
        x = 70 + 480 * math.log(parties / across[0]) / math.log(across[1] / across[0])
        y = 330 - 300 * math.log(seconds / up[0]) / math.log(up[1] / up[0])
        return round(x, 1), round(y, 1)

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 380" font-family="sans-serif" font-size="12">',
        '<rect width="800" height="380" fill="#ffffff"/>',
        "<title>Seconds against the number of companies and persons</title>",
    ]
    for power in range(-4, 4):
        _, y = place(across[0], 10.0**power)
        label = f"{10.0**power:g} s"
        parts.append(
            f'<path d="M70 {y}H550" stroke="#e4e4e4"/><text x="62" y="{y + 4}" text-anchor="end">{label}</text>'
        )
    for power in range(5, 9):
        x, _ = place(10**power, 1)
        parts.append(f'<text x="{x}" y="350" text-anchor="middle">{size_words(10**power)}</text>')
    parts.append('<text x="310" y="372" text-anchor="middle">companies and persons</text>')
    for turn, (words, line) in enumerate(points.items()):
        if not line:
            continue
        at = [place(p, s) for p, s in line]
        path = "M" + "L".join(f"{x} {y}" for x, y in at)
        parts.append(f'<path d="{path}" fill="none" stroke="{COLOURS[turn]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{COLOURS[turn]}"/>' for x, y in at]
        parts.append(f'<rect x="570" y="{34 + 22 * turn}" width="14" height="4" fill="{COLOURS[turn]}"/>')
        parts.append(f'<text x="590" y="{40 + 22 * turn}">{words}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main():
    found = records()
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    tables = tables_of(page)
    sizes = sorted(
        {parties for question, parties in found if question in {row[0] for row in (*AIMS, *CEILINGS)}}
    )
    fresh = {f"* {r['question']}, {size_words(r['parties'])}": r["machine"] for r in found.values()}
    told = (line.split(": ", 1) for line in section(page, "Machines") if line.startswith("* "))
    machines = sorted(f"{what}: {machine}" for what, machine in {**dict(told), **fresh}.items())
    lines = [
        "# Benchmarks",
        "",
        "Every network here is **synthetic**: made by `benchmarks/networks.py` from a seed, in the shape of real ones",
        "(62 % companies in groups of heavy-tailed size, few funds, many persons, a part of each column unstated, 1.5 % of",
        "the companies in loops, one core of 1,300 strongly connected). No figure on this page says anything about a real company.",
        "Sizes count companies and persons: 162 thousand of them are 100 thousand companies, 81 million are 50 million.",
        "",
        "Ratios come first, because seconds depend on the machine. Both sides of a ratio ran in one process, one after",
        "the other; answers are compared in the same run (`differences`, `residual` below). *Kept* means that the plan",
        "was made before, as `engines/local/snapshot.py` keeps it in a file; *cold* starts from arrays of integers (or, for",
        "registers, from Parquet with text ids). Aims are set for 10 million (the last three for 100 million); one that was missed is",
        "reported as missed.",
        "",
        *aims_table(found, sizes, tables.get("| question", [[]])),
        "",
        "![seconds against size](benchmarks.svg)",
        "",
        "## Measured",
        "",
        *with_published(seconds_table(found), measured_of(page), 2),
        *imports_table(page, tables.get("| file", [[]])),
        *peers_table(page),
        *kept_tables(page),
        "",
        "## Machines",
        "",
        "A virtual machine of two cores; others may use the same processor. Memory was written to once before the clock",
        "started, since such a machine may get it only then.",
        "",
        *machines,
        "",
        "## Make it again",
        "",
        "```sh",
        "python benchmarks/bulk.py 1.62e6              # a million companies; 1.62e5, 1e7, 8.1e7 likewise",
        "python benchmarks/bulk.py 1e8 --only world    # 100 million, 24 GB",
        "python benchmarks/imports.py 1e9",
        "python benchmarks/peers.py",
        "python benchmarks/kept.py 1e6                 # 1e7 takes a while",
        "python benchmarks/bounds.py 1e5 british       # own --persons on a register of bands; danish likewise",
        "python benchmarks/report.py                   # this page",
        "```",
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if all(any(q == question and key in r for (q, _), r in found.items()) for question, key, _ in CURVES):
        PICTURE.write_text(picture(found), encoding="utf-8")  # else curves would be lost
    print(f"wrote {PAGE} with {len(found)} new records")


if __name__ == "__main__":
    main()
