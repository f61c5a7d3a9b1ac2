"""What is said of one company is read of a register alone, and is what all of it says of that company."""

import csv
import random
from dataclasses import replace

import pytest

pytest.importorskip("duckdb")
from random_registers import statements_of
from random_worlds import world_of
from registries import said

from crosstie.engines.register import joined, store
from crosstie.formats.catalogue import FORMATS
from crosstie.ledger.company import said_of
from crosstie.ledger.statements import Correction, Entity, Head, Holding, Retraction, Source
from crosstie.questions import export as asking
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at, load_ledger
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
WORLDS = {
    "states": said,
    "all kinds": lambda seed: statements_of(random.Random(seed)),
    "worlds": lambda seed: world_of(random.Random(seed)),
}


@pytest.mark.parametrize("world", WORLDS)
def test_the_same_of_a_register_as_of_all_its_records(tmp_path, world, monkeypatch):
    register = tmp_path / "r.duckdb"
    store.append(register, WORLDS[world](5))
    whole = load_ledger(str(register))
    companies = sorted({each.issuer for each in whole.statements if isinstance(each, Holding)})
    monkeypatch.setattr(joined, "everything", None)  # nothing is read whole
    found = [(each, asking.of_company(str(register), each)) for each in companies[:12]]
    for company, ledger in found:
        expected = said_of(whole, company)
        assert ledger.statements == expected.statements, company
        named = {each for said in ledger.statements for each in said.head.sources}
        assert ledger.sources == {id_: each for id_, each in whole.sources.items() if id_ in named}


@pytest.mark.parametrize("name", ["bods", "ftm", "csv"])
@pytest.mark.parametrize("known", [None, "2021-06-30"])
def test_retractions_of_others_say_nothing_of_a_company(tmp_path, name, known):
    """Written with every retraction and correction of the register, it would be the same file."""
    register = tmp_path / "r.duckdb"
    store.append(register, said(7))
    whole = load_ledger(str(register))
    clocks = Clocks.of(known=known) if known or name == "csv" else None
    told = 0
    for company in sorted({each.issuer for each in whole.statements if isinstance(each, Holding)}):
        asking.export(str(register), name, str(tmp_path / "one"), clocks, company=company)
        kept = {each.head.id for each in said_of(whole, company).statements}
        ledger = replace(whole, statements=tuple(each for each in whole.statements
                                                 if each.head.id in kept or isinstance(each, Retraction | Correction)))  # fmt: skip
        if clocks:
            ledger = asking.of_day(at(ledger, clocks))
        FORMATS[name].write(
            ledger, tmp_path / "other", clocks.known if clocks else asking.datetime.now(asking.UTC).date()
        )
        assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes(), company
        told += len((tmp_path / "one").read_bytes())
    assert told > 1_000


def test_by_name_and_near_misses(tmp_path):
    register = tmp_path / "r.duckdb"
    entities = [each for each in said(3) if isinstance(each, Entity | Source)]
    store.append(register, entities)
    (name,) = [each.name for each in entities if isinstance(each, Entity) and each.name][:1]
    ledger = asking.of_company(str(register), name)
    assert {each.party for each in ledger.statements} == {
        each.party for each in entities if isinstance(each, Entity) and each.name == name
    }
    twins = [Entity(head=Head(id=f"t{n}"), party=f"twin {n}", name="Twin") for n in (1, 2)]
    store.append(register, twins)
    ledger_file = tmp_path / "twins.yaml"
    ledger_file.write_text("statements:\n" + "".join(f"- entity: twin {n}\n  name: Twin\n" for n in (1, 2)))
    for path in (register, ledger_file):
        with pytest.raises(
            CrosstieError, match=r"^'Twin' names several parties: twin 1, twin 2; write one of these ids$"
        ):
            asking.of_company(str(path), "Twin")
    with pytest.raises(CrosstieError, match=r"no company 'p1é'; did you mean 'p1\d?'\?"):
        asking.export(str(register), "bods", str(tmp_path / "out"), None, company="p1é")
    assert not (tmp_path / "out").exists()


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("form", ["register", "text"])
@pytest.mark.parametrize("known", ["2019-12-31", "2020-06-30", "2022-06-30"])
def test_judged_to_be_one_a_company_is_written_as_the_whole_day_has_it(tmp_path, form, known):
    """Its other names' holders are its own from the day on which that is judged, until it is taken back."""
    named = "".join(
        f"- entity: {name}\n" for name in ("ann", "ann-ltd", "bob", "cy", "alpha", "alfa", "beta")
    )
    held = "".join(
        f"- holding: h{n}\n  known_on: 2019-01-01\n  holder: {who}\n  issuer: {what}\n  share: {share}%\n"
        for n, (who, what, share) in enumerate(
            (("ann", "alpha", 30), ("bob", "alfa", 20), ("ann-ltd", "alfa", 10), ("cy", "beta", 90)))
    )  # fmt: skip
    judged = "".join(
        f"- same_as: {id_}\n  known_on: 2020-01-01\n  party: {party}\n  other: {other}\n"
        for id_, party, other in (("one", "alpha", "alfa"), ("two", "ann", "ann-ltd"))
    )
    undone = "- retraction: undone\n  known_on: 2022-01-01\n  retracts: one\n"
    ledger = tmp_path / "l.yaml"
    ledger.write_text(f"statements:\n{named}{held}{judged}{undone}", encoding="utf-8")
    path = ledger
    if form == "register":
        path = tmp_path / "r.duckdb"
        store.append(path, [*load_ledger(str(ledger)).statements])
    clocks = Clocks.of(known=known)
    asking.export(str(path), "csv", str(tmp_path / "whole.csv"), clocks)
    whole = rows_of(tmp_path / "whole.csv")
    together = known == "2020-06-30"
    for company, alone in (("alpha", 1), ("alfa", 2), ("beta", 1)):
        asking.export(str(path), "csv", str(tmp_path / "one.csv"), clocks, company=company)
        name = "alpha" if together and company == "alfa" else company
        expected = [row for row in whole if row["issuer"] == name]
        assert rows_of(tmp_path / "one.csv") == expected
        assert len(expected) == (2 if together and name == "alpha" else alone)  # ann has two words then
