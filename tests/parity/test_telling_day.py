"""What is written of one day of a register in pieces is, byte for byte, what is written of it read whole."""

import random
import zipfile

import pytest

pytest.importorskip("duckdb")
from random_registers import exact_statements_of, statements_of
from random_worlds import world_of
from registries import said, written

from crosstie.engines.register import daily, day_records, store
from crosstie.formats.catalogue import FORMATS
from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import When
from crosstie.ledger.statements import Beneficiary, Entity, Head, Holding, Office, SameAs
from crosstie.questions import export as asking
from crosstie.questions import opening
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at, load_ledger

pytestmark = pytest.mark.bulk
NAMES = [name for name, each in FORMATS.items() if each.from_telling]
ASKED = [
    ("2021-01-01", None),
    ("2020-02-01", "2023-01-01"),
    ("2022-06-30", "2020-03-01"),
    (None, "2023-12-31"),
]
PARTS = (
    "5%",
    "100%",
    "150%",
    "0%",
    "40%",
    "60%",
    "1/3",
    "2/3",
    "25-50%",
    "(25%, 50%]",
    "<=15%",
    ">75%",
    "0.25",
    ">=10%",
)


def registry(seed):
    """As registers are: states of shares and votes, in several words, some of words alone, ended, told later, taken back."""
    chance = random.Random(seed)
    parties = [f"p{n}" for n in range(14)]
    made = []

    def head(kind):
        day = f"20{chance.randrange(18, 23)}-0{chance.randrange(1, 10)}-01"
        ended = f"20{chance.randrange(19, 24)}-01-01" if chance.random() < 0.2 else None
        known = f"20{chance.randrange(18, 24)}-05-05" if chance.random() < 0.5 else None
        when = [
            When.parse(each) if each else None
            for each in (day if chance.random() < 0.8 else None, ended, known)
        ]
        status = "planned" if chance.random() < 0.05 else "completed"
        return Head(id=f"{kind} {len(made)}", true_on=when[0], until=when[1], known_on=when[2], status=status)

    for _ in range(60):
        party = chance.choice(parties)
        draw = chance.random()
        if draw < 0.25:
            kind = chance.choice(("company", "person", "trust"))
            made.append(Entity(head=head("entity"), party=party, name=f"N {chance.random()}", type=kind))
        elif draw < 0.3:
            made.append(
                Office(head=head("office"), person=party, body=chance.choice(parties), role="director")
            )
        else:
            share, votes = (
                Interval.parse(chance.choice(PARTS)) if chance.random() < p else None for p in (0.8, 0.3)
            )
            if share is not None and votes is not None and chance.random() < 0.5:
                votes = share
            made.append(Holding(head=head("holding"), holder=party, issuer=chance.choice(parties[:9]), share=share, votes=votes,
                                words=chance.choice(("", "", "", "controls", "nominee")),
                                base=chance.choice(("unstated", "unstated", "issued", "outstanding")),
                                direct=chance.choice(("yes", "yes", "unknown", "no"))))  # fmt: skip
    chance.shuffle(made)
    return made


def judged(seed):
    """The same, some parties judged to be one, and some trusts with beneficiaries."""
    chance = random.Random(seed)
    pairs = [chance.sample([f"p{n}" for n in range(14)], 2) for _ in range(4)]
    same = [
        SameAs(head=Head(id=f"same {n}"), party=one, other=other, same=n != 2)
        for n, (one, other) in enumerate([*pairs[:2], pairs[0][::-1], pairs[3]])
    ]
    trusts = [Beneficiary(head=Head(id=f"b {n}"), trust=f"p{n}", holder=f"p{n + 1}", role=role)
              for n, role in enumerate(("beneficiary", "beneficiary", "settlor"))]  # fmt: skip
    return [*registry(seed), *same, *trusts]


WORLDS = {
    "registry": registry,
    "judged": judged,
    "states": said,
    "all kinds": lambda seed: statements_of(random.Random(seed)),
    "exact": lambda seed: exact_statements_of(random.Random(seed)),
    "worlds": lambda seed: world_of(random.Random(seed)),
    "worlds of states": lambda seed: world_of(random.Random(seed), replayed=False),
}


def whole(path, name, out, clocks):
    """As it is written of all the register's records."""
    opened = at(load_ledger(str(path)), clocks)
    ledger = asking.of_day(opened)
    problems = FORMATS[name].write(ledger, out, clocks.known)
    return len(ledger.statements), (*opened.problems, *problems)


def in_pieces(register, clocks):
    with asking.opened_registers(asking.places_of(str(register))) as together:
        day = daily.day_in_pieces(together, daily.Moment(clocks.on, clocks.known, clocks.assume))
        return day and ([list(day.said.stated(kind)) for kind in KINDS], day.problems)


@pytest.mark.parametrize("world", WORLDS)
def test_what_stands_on_a_day_is_what_the_replay_finds(tmp_path, world, monkeypatch):
    monkeypatch.setattr(day_records, "_MOST_WORDS", 5)
    told = 0
    for seed in range(SEEDS.get(world, 8)):
        register = tmp_path / f"{seed}.duckdb"
        store.append(register, WORLDS[world](seed))
        ledger = load_ledger(str(register))
        for on, known in ASKED:
            clocks = Clocks.of(on, known, "planned" if seed % 3 == 0 else "completed")
            opened = at(ledger, clocks)
            statements = asking.of_day(opened).statements
            found = in_pieces(register, clocks)
            if found is not None:
                told += 1
                expected = [[each for each in statements if isinstance(each, kind)] for kind in KINDS]
                assert found == (expected, opened.problems), (seed, on, known)
    assert told >= 4


KINDS = (Entity, Office, Holding)
SEEDS = {"all kinds": 2, "worlds": 5, "judged": 4, "registry": 16, "states": 2}


@pytest.mark.parametrize("name", NAMES)
def test_a_day_is_written_in_pieces_as_whole(tmp_path, name, monkeypatch):
    monkeypatch.setattr(opening, "LARGE", 0)
    monkeypatch.setattr(asking, "load_ledger", None)  # nothing is read whole
    for seed in range(3):
        register = tmp_path / f"{seed}.duckdb"
        store.append(register, registry(seed))
        for on, known in ASKED:
            clocks = Clocks.of(on, known, "planned" if seed % 3 == 0 else "completed")
            one, other = (tmp_path / f"{seed} {on} {way}" for way in ("pieces", "whole"))
            found = asking.export(str(register), name, str(one), clocks)
            monkeypatch.setattr(opening, "LARGE", 10_000)
            assert found == whole(register, name, other, clocks)
            monkeypatch.setattr(opening, "LARGE", 0)
            assert content(one) == content(other), (seed, on, known, name)


def content(path):
    """What was written; of a workbook, which has the time of its writing, the sheet."""
    if path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            return {each: book.read(each) for each in book.namelist() if each.startswith("xl/")}
    return written(path)
