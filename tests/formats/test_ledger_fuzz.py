"""No text makes the ledger reader, or ``crosstie check``, raise anything but one clear line, or hang.

``python tests/formats/test_ledger_fuzz.py TRIES [SEED]`` makes so many tries; the suite makes as many as fit
into a minute. A failing try prints its seed and number, which give it again.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crosstie.formats.ledger_printing import canonical, ledger_text
from crosstie.formats.ledger_text import load
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.schema import HEAD, KINDS, SOURCE
from crosstie.questions.check import check
from crosstie.questions.clocks import Clocks
from crosstie.questions.new import FIRST_LEDGER
from crosstie.text.problem import CrosstieError, Place

ROOT = Path(__file__).parents[2]
SLOWEST = 10.0  # processor seconds for one small text: more is a hang
HOSTILE = (
    "1e999999999", "9" * 5000, "1/0", "0/0", "-1", "1" + "0" * 90, "0." + "3" * 97, "1/" + "7" * 97, "%", "<=",
    "(0, 0)", "100-0%", "NaN", "inf", "0x10", "٣٥%", "½", "1,0,0", "0000-00-00", "9999-12-31", "0001-01-01", "FY9999-Q4",
    "FY0001", "FY2023-Q4", "not before not before 2023", "by " * 30 + "2023", "2023.." * 12 + "2023", "..", "10000", "2023-Q5",
    "0 EUR", "5 ZZZ", "=1+1", "*a", "&a b", "!!python/object:os.system x", "!!int 5", "<<", "? a", "- - - -", "[", "{", "[[[[",
    "{a: {b: {c: d}}}", "|", ">-", "'", '"', '"\\x00"', '"\\ud800"', '"\\U0010ffff"', "---", "...", "%TAG ! x", "\t",
    "\0", "\ufeff", "\u2028", "\x85", "\u202e", "é" * 300, "\U0001f600", "a" * 100_000, "true", "no", "~", "# x", ": :",
    "a: b: c", "..", "/etc/passwd", "../../..", "\\", "@", "`", "",
)  # fmt: skip
DEEP = ("[" * 3000, "{a: " * 3000, "- " * 3000, "? " * 1000, "a: &a [*a, *a]", "&a [" * 100)
KEYS = [
    *KINDS,
    *(f.name for f in HEAD),
    *(f.name for f in SOURCE.fields),
    "source",
    "include",
    "sources",
    "statements",
]
CLOCKS = Clocks.of(known="2024-01-01")


VARIED = """
sources:
  s: {title: "A: b", date: 2023, group: g, attribution: anonymous}
statements:
- entity: a   # comment
  year_end: 03-31
  identifiers: {LEI: 1, ISIN: 2}
  names: [b, "c: d"]
  known_on: FY2023-Q4
# comment
- entity: t
  type: trust
  source: [s]
- share_class: c
  issuer: a
  par: 0.10 EUR
  source: {title: inline, date: 2022-01-01}
- opening:
  share_class: c
  shares: 1,000,000
  true_on: 2020-01-01
  source: s
- opening: first
  share_class: c
  holder: t
  shares: 400000
  true_on: 2020-01-01
  source: s
- repurchase:
  share_class: c
  shares: 1000
  sellers: {t: 600}
  price: 568.5 JPY
  true_on: 2021-H2
  source: s
- right: vote_cap
  holder: t
  issuer: a
  limit: <=15%
  true_on: 2020-01-01..2020-02-01
  until: not before 2030
  source: s
- correction:
  corrects: first
  field: shares
  value: 400001
  known_on: 2023-06-01
- check:
  measure: of_issued
  value: 40%
  rounding: 0.01%
  issuer: a
  holder: t
  true_on: 2020-06-30
  source: s
  note: >-
    long
    text
"""


def bodies() -> list[list[str]]:
    """Real ledgers and wrong ones, as lines."""
    files = [*sorted((ROOT / "cases").glob("*/*.yaml")), *sorted((ROOT / "tests/museum").glob("*.yaml"))]
    texts = [file.read_bytes().decode("utf-8", errors="replace") for file in files]
    return [text.split("\n") for text in [*texts, VARIED, FIRST_LEDGER] if text]


def cut(lines: list[str], rng: random.Random) -> list[str]:
    """A page of lines that begins with a section."""
    if len(lines) < 60:
        return list(lines)
    start = rng.randrange(len(lines) - 40)
    return ["statements:", *lines[start : start + rng.randrange(5, 60)]]


def mutate(lines: list[str], rng: random.Random) -> None:
    """Change one thing."""
    i = rng.randrange(len(lines))
    key, colon, value = lines[i].partition(": ")
    j = rng.randrange(len(lines))
    choice = rng.randrange(9)
    if choice == 0:
        lines[i] = f"{key}: {rng.choice(HOSTILE)}"
    elif choice == 1:
        lines[i] = f"{key[: len(key) - len(key.lstrip(' -'))]}{rng.choice(KEYS)}{colon}{value}"
    elif choice == 2:
        del lines[i]
        lines.append("")
    elif choice == 3:
        lines.insert(j, lines[i])
    elif choice == 4:
        lines[i], lines[j] = lines[j], lines[i]
    elif choice == 5:
        at_ = rng.randrange(len(lines[i]) + 1)
        lines[i] = lines[i][:at_] + rng.choice((*HOSTILE[:40], *" :-#\"'[]{},&*!|>%@")) + lines[i][at_:]
    elif choice == 6:
        lines[i] = " " * rng.randrange(4) + lines[i]
    elif choice == 7:
        lines.insert(i, rng.choice(DEEP) if rng.random() < 0.2 else rng.choice(HOSTILE))
    else:
        other = lines[j].partition(": ")[2]
        lines[i] = f"{key}: {other}"


def spoil(text: str, rng: random.Random) -> bytes:
    """Sometimes break the bytes themselves."""
    content = bytearray(text.encode("utf-8", errors="surrogatepass"))
    if content and rng.random() < 0.1:
        for _ in range(rng.randrange(1, 4)):
            content[rng.randrange(len(content))] = rng.randrange(256)
    if rng.random() < 0.02:
        del content[rng.randrange(len(content) + 1) :]
    return bytes(content)


def one_try(corpus: list[list[str]], rng: random.Random, file: Path) -> None:
    """Load one mutated ledger; what loads without an error must survive printing; all of it is checked."""
    if rng.random() < 0.3:  # whole and nearly right, so that much of it loads
        lines = rng.choice(corpus[-2:]).copy()
        mutate(lines, rng)
    else:
        lines = cut(rng.choice(corpus), rng)
        for _ in range(rng.randrange(1, 6)):
            mutate(lines, rng)
    file.write_bytes(spoil("\n".join(lines), rng))
    ledger = load(file)
    for problem in ledger.problems:
        assert problem.message
        assert "\n" not in str(problem)
        assert problem.where.line >= 1
        assert len(problem.message) < 2000
    check(str(file), CLOCKS)
    if not any(problem.severity == "error" for problem in ledger.problems):
        survives(file, ledger)


def survives(file: Path, ledger: Ledger) -> None:
    """Canonical text reads as the same statements, and prints as itself."""
    for text in (canonical(file, ledger), ledger_text(ledger)):
        file.write_text(text, encoding="utf-8")
        again = load(file)
        assert [_bare(each) for each in again.statements] == [_bare(each) for each in ledger.statements]
        assert canonical(file, again) == text


def _bare(statement):
    return replace(statement, head=replace(statement.head, where=Place("")))


def fuzz(seed: int, tries: Iterator[int], report: Callable[[str], object]) -> int:
    """Make tries until there are no more; return how many. Each try has a generator of its own."""
    corpus, done = bodies(), 0
    with tempfile.TemporaryDirectory() as folder:
        for number in tries:
            start = time.process_time()
            try:
                one_try(corpus, random.Random(f"{seed}-{number}"), Path(folder) / "a.yaml")
            except CrosstieError:
                pass
            except BaseException:
                report(f"seed {seed}, try {number}:\n{(Path(folder) / 'a.yaml').read_bytes()[:3000]!r}")
                raise
            took = time.process_time() - start
            assert took < SLOWEST, f"seed {seed}, try {number} took {took:.1f} s"
            done += 1
    return done


def for_seconds(seconds: float) -> Iterator[int]:
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        yield number
        number += 1


@pytest.mark.long
def test_a_minute_of_hostile_ledgers(capsys):
    seed = random.randrange(2**32)
    with capsys.disabled():
        print(f"\nfuzzing the ledger reader with seed {seed}")  # noqa: T201 (a failure must be repeatable)
        done = fuzz(seed, for_seconds(60), print)
    assert done > 1000


def test_a_few_hostile_ledgers():
    assert fuzz(20230628, iter(range(300)), print) == 300


if __name__ == "__main__":
    count = fuzz(int(sys.argv[2]) if len(sys.argv) > 2 else 1, iter(range(int(sys.argv[1]))), print)
    sys.stdout.write(f"{count} tries, no traceback\n")
