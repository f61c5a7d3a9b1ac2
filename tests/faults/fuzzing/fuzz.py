"""No file makes a reader, or the import behind it, do anything but state, tell problems, or say one clear line.

``python tests/faults/fuzzing/fuzz.py READER TRIES|SECONDSs [SEED]``, such as ``bods 100000`` or ``psc 5s 7``. Each try makes one
file from a right one and a random generator of its own, reads it, and takes every record to the rows of a register and
back; for one in ten the network of a day is made, for one in a hundred the text ledger and every format that can be
written. Of the hundreds of files every fourth is imported together into a real register, which then answers. A try that
fails, takes too long or too much memory prints its seed and number, which give it again.
"""

import contextlib
import faulthandler
import io
import json
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random, randrange
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import changes
import seeds

from crosstie.engines.register.columns import TABLES, items_of, row_of
from crosstie.formats.catalogue import FORMATS, Item
from crosstie.formats.ledger_text import load
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Source
from crosstie.ledger.storable import storable
from crosstie.questions.clocks import Clocks
from crosstie.questions.importing import text_of
from crosstie.questions.opening import at, load_ledger
from crosstie.text.problem import CrosstieError, Problem

SLOWEST = 20  # processor seconds for one small file: more is a hang
MOST_MEMORY = 3 * 2**30
LONGEST_LINE = 1_000
TOGETHER = 100
CLOCKS = Clocks.of(on="2024-01-01", known="2024-01-01")
Make = Callable[[Random], bytes]


def _parquet(rng: Random) -> bytes:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    header, *rows = [list(row) for row in seeds.EDGES]
    columns: dict[str, list[object]] = {
        n: list(c) for n, c in zip(header, zip(*rows, strict=True), strict=True)
    }
    name = rng.choice(header)
    kind = rng.randrange(5)
    if kind == 0:
        columns[name] = [rng.choice((0.5, 1e308, float("nan"), float("inf"), -0.0, 5e-324)) for _ in rows]
    elif kind == 1:
        columns[name] = [rng.choice((1, 0, 2**62, -1)) for _ in rows]
    elif kind == 2:
        columns[name] = [rng.choice(([1], None, [])) for _ in rows]
    elif kind == 3:
        columns[name] = [rng.choice(changes.TEXTS).encode("utf-8", errors="surrogatepass") for _ in rows]
    else:
        columns[name] = [rng.choice(changes.TEXTS).replace("\ud800", "") for _ in rows]
    if rng.random() < 0.2:
        columns[rng.choice((*changes.TEXTS[4:12], "share "))] = columns.pop(rng.choice(header))
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression=rng.choice(("none", "snappy", "gzip")))
    data = out.getvalue()
    return changes.spoil(data, rng) if rng.random() < 0.6 else data


_BOOK: dict[str, bytes] = {}


def _excel(rng: Random) -> bytes:
    if not _BOOK:
        rows: list[list[object]] = [[None if cell == "" else cell for cell in row] for row in seeds.EDGES]
        _BOOK.update(seeds.workbook([*rows, ["x", "y", 0.5, 1]]))
    parts = dict(_BOOK)
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice((*parts, *["xl/worksheets/sheet1.xml"] * 12))
        if rng.random() < 0.1:
            parts.pop(name, None)
        elif name in parts:
            parts[name] = changes.xml_file([parts[name]], rng)
            if rng.random() < 0.3:
                parts[name] = changes.spoil(parts[name], rng)
    data = seeds.zipped(parts)
    return changes.spoil(data, rng) if rng.random() < 0.2 else data


def _package(rng: Random) -> bytes:
    files: dict[str, object] = json.loads(json.dumps(seeds.package()))
    for _ in range(rng.choice((1, 1, 2, 4))):
        changes.change_values(files[rng.choice(list(files))], rng)
    raw: dict[str, bytes] = {}
    for name, value in files.items():
        with contextlib.suppress(RecursionError, ValueError):
            raw[name] = seeds.as_text(value)
        if name in raw and rng.random() < 0.05:
            raw[name] = changes.spoil(raw[name], rng)
    data = seeds.zipped(raw)
    return changes.spoil(data, rng) if rng.random() < 0.1 else data


def _made(make: Callable[[list, Random], bytes], of: list) -> Make:
    return lambda rng: changes.spoil(make(of, rng), rng)


MAKERS: Mapping[str, Make] = MappingProxyType(
    {
        **{name: _made(changes.json_file, of) for name, of in seeds.json_seeds().items()},
        **{name: _made(changes.csv_file, of) for name, of in seeds.csv_seeds().items()},
        **{name: _made(changes.xml_file, of) for name, of in seeds.xml_seeds().items()},
        "ocf": _package,
        "excel": _excel,
        "parquet": _parquet,
    }
)
ENDINGS = {"excel": ".xlsx", "parquet": ".parquet", "ocf": ".zip", "csv": ".csv"}
READERS: Mapping[str, Callable[[Path], Iterator[Item]]] = MappingProxyType(
    {name: FORMATS[name.partition("-")[0]].read for name in MAKERS}
)


def one_try(reader: str, rng: Random, file: Path) -> bool:
    """Make a file, read it, and take what was read through the import; whether it could be read at all."""
    file.write_bytes(MAKERS[reader](rng))
    items: list[Item] = []
    readable = True
    try:
        for item in READERS[reader](file):
            items += storable(item, str(file))
            assert len(items) < 100_000, "no end of items"
    except CrosstieError as error:
        is_one_line(str(error))
        readable = False
    follow(items, rng, file)
    return readable


def is_one_line(text: str) -> None:
    """Not empty, not two lines, not a page."""
    assert text.strip()
    assert len(text.splitlines()) == 1, f"not one line: {text!r}"[:2000]
    assert len(text) < LONGEST_LINE, f"a line of {len(text)} characters: {text!r}"[:2000]


def follow(items: list[Item], rng: Random, file: Path) -> None:
    """What was read, through rows and back, on one day, as text and in other formats."""
    for item in items:
        if isinstance(item, Problem):
            is_one_line(str(item))
            assert str(item.where).startswith(str(file)), f"where is it? {item}"
            continue
        name, row = row_of(item)
        again = items_of(TABLES[name])(row)
        differs = [(a, b) for a, b in zip(row, row_of(again)[1], strict=True) if a != b]
        assert not differs, f"{name}: {differs}"
    if rng.random() > 0.1:
        return
    sources = {item.id: item for item in items if isinstance(item, Source)}
    statements = {item.head.id: item for item in items if not isinstance(item, Source | Problem)}
    ledger = Ledger(sources=MappingProxyType(sources), statements=tuple(statements.values()))
    for problem in at(ledger, CLOCKS).problems:
        is_one_line(str(problem))
    if rng.random() < 0.1:
        written(ledger, file)


def written(ledger: Ledger, file: Path) -> None:
    """As a text ledger, which reads as YAML; and in each other format, or told in one line why not."""
    text = file.with_name("text.yaml")
    text.write_text(text_of(ledger.statements, dict(ledger.sources)), encoding="utf-8")
    told = load(text).problems
    assert not [problem for problem in told if problem.kind == "syntax"], told[0]
    for each in FORMATS.values():
        if each.writer:
            try:
                each.write(ledger, file.with_name(f"out-{each.name}"), CLOCKS.on)
            except CrosstieError as error:
                is_one_line(str(error))


def together(reader: str, files: list[Path], folder: Path) -> None:
    """Import files in one go into a new register, which then answers; BODS also as files are read that are large."""
    into_new_register(reader, files, folder)
    if reader == "bods":
        from crosstie.formats.bods import looking, whole  # noqa: PLC0415

        with patch.object(whole, "_SMALLEST", 0), patch.object(looking, "_MUCH", 2_000):
            into_new_register(reader, files, folder)


def into_new_register(reader: str, files: list[Path], folder: Path) -> None:
    from crosstie.questions.importing import into_register  # noqa: PLC0415

    register = folder / "r.duckdb"
    try:
        answer = into_register(reader.partition("-")[0], [str(file) for file in files], str(register))
    except CrosstieError as error:  # one file that is no such file at all ends the import: the others alone
        is_one_line(str(error))
        assert not register.exists()
        return
    for kindred in answer.problems:
        for problem in kindred.examples:
            is_one_line(str(problem))
    for problem in at(load_ledger(str(register)), CLOCKS).problems:
        is_one_line(str(problem))
    register.unlink()


def fuzz(reader: str, seed: int, tries: Iterator[int], folder: Path) -> int:
    """Make tries until there are no more; return how many."""
    done, files = 0, {}
    for number in tries:
        if number % TOGETHER == 0:
            faulthandler.dump_traceback_later(60 * SLOWEST, exit=True)  # for what no signal reaches
        file = folder / f"{number % TOGETHER}{ENDINGS.get(reader, '.bin')}"
        rng = Random(f"{seed}-{number}")
        files[file] = guarded(f"{reader}, seed {seed}, try {number}", one_try, reader, rng, file)
        done += 1
        if done % (4 * TOGETHER) == TOGETHER:
            imported(reader, f"{reader}, seed {seed}, up to try {number}", files, folder)
    faulthandler.cancel_dump_traceback_later()
    return done


def imported(reader: str, what: str, files: dict[Path, bool], folder: Path) -> None:
    """All at once, but for those that are no such file at all: a few of those one by one."""
    guarded(f"{what}, together", together, reader, [file for file, good in files.items() if good], folder)
    for file in [each for each, good in files.items() if not good][:3]:
        guarded(f"{what}, {file.name} alone", together, reader, [file], folder)


def guarded(what: str, act: Callable[..., Any], *given: object) -> Any:
    """Do it within the time; whatever it raises is printed with what gives it again."""
    signal.setitimer(signal.ITIMER_PROF, SLOWEST)
    try:
        return act(*given)
    except BaseException:
        print(f"FAILED: {what}", file=sys.stderr, flush=True)  # noqa: T201 (a failure must be repeatable)
        raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class HangError(BaseException):
    """One small file took longer than any should."""


def _hang(*_: object) -> None:
    raise HangError(f"more than {SLOWEST} s")


def tries_of(asked: str) -> Iterator[int]:
    """So many tries, or as many as so many seconds allow."""
    if not asked.endswith("s"):
        yield from range(int(asked))
        return
    end, number = time.monotonic() + float(asked[:-1]), 0
    while time.monotonic() < end:
        yield number
        number += 1


def main(reader: str, asked: str, seed: str = "") -> None:
    """Fuzz one reader and say how many tries there were."""
    signal.signal(signal.SIGPROF, _hang)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    chosen = int(seed) if seed else randrange(2**32)
    folder = Path(tempfile.mkdtemp())
    try:
        count = fuzz(reader, chosen, tries_of(asked), folder)
    except BaseException:
        keep = Path(tempfile.gettempdir()) / f"fuzz-{reader}"
        shutil.rmtree(keep, ignore_errors=True)
        shutil.copytree(folder, keep)
        print(f"the files are in {keep}", file=sys.stderr)  # noqa: T201
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{reader}: {count} tries with seed {chosen}: statements, problems or one line, nothing else")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
