"""The same rule as in ``fuzz.py``, with files that grow towards code that no file has reached: needs ``pip install atheris``.

``python tests/faults/fuzzing/guided.py READER FOLDER [-max_total_time=300 …]``: the folder keeps the files found; what
else may follow is libFuzzer's. Not part of the tests: what it finds becomes one of them.
"""

import contextlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["crosstie"]):
    import fuzz

    from crosstie.formats import ledger_text
    from crosstie.formats.catalogue import FORMATS
    from crosstie.ledger.batch import Batch
    from crosstie.ledger.storable import storable
    from crosstie.text.problem import CrosstieError

SEEDS = 60
TEXT = "text"
_TOP = Path(__file__).parents[3]
_LEDGERS = (_TOP / "docs" / "formats" / "small.yaml", *sorted((_TOP / "tests" / "museum").rglob("*.yaml")))


def main(reader: str, folder: str, *more: str) -> None:
    """Fuzz one reader (``text`` is the ledger's own) from right files and slightly wrong ones."""
    corpus = Path(folder)
    corpus.mkdir(parents=True, exist_ok=True)
    for number in range(SEEDS if reader != TEXT else 0):
        (corpus / f"seed-{number}").write_bytes(fuzz.MAKERS[reader](Random(number)))
    for number, right in enumerate(_LEDGERS if reader == TEXT else ()):
        (corpus / f"seed-{number}").write_bytes(right.read_bytes())
    file = Path(tempfile.mkdtemp()) / f"0{fuzz.ENDINGS.get(reader, '.yaml' if reader == TEXT else '.bin')}"
    words = [sys.argv[0], str(corpus), "-timeout=120", "-rss_limit_mb=3000", "-max_len=6000", *more]
    atheris.Setup(words, _try_text(file) if reader == TEXT else _try(reader, file))
    atheris.Fuzz()


def _try(reader: str, file: Path) -> Callable[[bytes], None]:
    chosen = FORMATS[reader.partition("-")[0]]

    def one(data: bytes) -> None:
        file.write_bytes(data)
        items: list[fuzz.Item] = []
        try:
            for item in chosen.read(file):
                items += storable(item, str(file))
        except CrosstieError as error:
            fuzz.is_one_line(str(error))
        fuzz.follow(items, Random(len(data)), file)
        if chosen.batches:
            with contextlib.suppress(CrosstieError):
                for item in chosen.read_batches(file):
                    assert isinstance(item, Batch) or list(storable(item, str(file))) is not None

    return one


def _try_text(file: Path) -> Callable[[bytes], None]:
    def one(data: bytes) -> None:
        file.write_bytes(data)
        try:
            ledger = ledger_text.load(file)
        except CrosstieError as error:
            fuzz.is_one_line(str(error))
            return
        for problem in (*ledger.problems, *fuzz.at(ledger, fuzz.CLOCKS).problems):
            fuzz.is_one_line(str(problem))

    return one


if __name__ == "__main__":
    main(*sys.argv[1:])
