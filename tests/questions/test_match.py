"""``crosstie match`` and ``crosstie review`` on its judgements: from two ledgers to one answer, and back."""

import random
from datetime import date
from pathlib import Path

import pytest

from crosstie.cli import app
from crosstie.engines.register import store
from crosstie.formats import ledger_text
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Entity,
    Head,
    Holding,
    Identifier,
    Office,
    PartyId,
    Retraction,
    SameAs,
    StatementId,
    Status,
)
from crosstie.questions import judging
from crosstie.questions.clocks import Clocks
from crosstie.questions.match import match_ledgers, rows, summary
from crosstie.questions.opening import open_ledger
from crosstie.text.problem import CrosstieError

LEI = "969500F7JLTX36OUI695"
UK = f"""statements:
  - entity: uk-acme
    name: ACME TRADING LIMITED
    jurisdiction: GB
    identifiers: {{GB-COH: "00031014"}}
    known_on: 2020-01-01
  - entity: uk-beta
    name: Beta Mills Ltd
    jurisdiction: GB
    known_on: 2020-01-01
  - entity: ana
    type: person
    name: Ana Silva
    known_on: 2020-01-01
  - holding: h1
    holder: ana
    issuer: uk-acme
    share: 60%
    known_on: 2020-01-01
  - holding: h2
    holder: uk-acme
    issuer: uk-beta
    share: 70%
    known_on: 2020-01-01
# {LEI}
"""
WORLD = f"""statements:
  - entity: lei-acme
    name: Acme Trading Ltd.
    jurisdiction: GB
    identifiers: {{Companies House: "31014", LEI: {LEI}}}
    known_on: 2021-05-01
  - entity: lei-beta
    name: BETA MILLS LIMITED
    jurisdiction: GB
    known_on: 2021-05-01
  - entity: gamma
    name: Gamma SA
    jurisdiction: FR
    known_on: 2021-05-01
  - holding: h3
    holder: lei-beta
    issuer: gamma
    share: 80%
    known_on: 2021-05-01
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "ledger"
    place.mkdir()
    (place / "uk.yaml").write_text(UK, encoding="utf-8")
    (place / "world.yaml").write_text(WORLD, encoding="utf-8")
    return place


def run(monkeypatch, capsys, *words, answers=()):
    said = iter(answers)
    monkeypatch.setattr("builtins.input", lambda _: next(said))
    monkeypatch.setattr("sys.argv", ["crosstie", *words])
    with pytest.raises(SystemExit) as stopped:
        app.main()
    told = capsys.readouterr()
    return stopped.value.code or 0, told.out, told.err


def look_through(known, *, company="gamma"):
    network = open_ledger("ledger", Clocks.of(known=known)).network
    from crosstie.analyses.ownership import look_through as solve  # noqa: PLC0415

    return round(float(solve(network)["ana", company]), 4)


def test_judged_parties_are_one_in_every_question_from_the_day_of_the_judgement(folder, monkeypatch, capsys):
    code, out, _ = run(
        monkeypatch, capsys, "match", "ledger/uk.yaml", "ledger/world.yaml", "-o", "ledger/judged.yaml"
    )
    assert code == 0
    assert out == (
        "ledger/judged.yaml: 1 joined by identifier, 1 proposed are new; decide with: crosstie review ledger/judged.yaml\n"
    )
    assert look_through("2026-01-01") == 0  # a proposal moves nothing
    words = ("review", "ledger/judged.yaml", "--reviewer", "Ana Lima", "--known", "2025-03-01")
    code, out, err = run(monkeypatch, capsys, *words, answers=["o"])
    assert (code, err) == (0, "")
    assert 'the same name once written alike, "BETA MILLS LIMITED" and "Beta Mills Ltd"' in out
    assert out.endswith("2 judged one, 0 apart, 0 open\n")
    assert look_through("2025-02-28") == 0
    assert look_through("2025-03-01") == 0.336  # 60 % of 70 % of 80 %
    assert not [
        p for p in open_ledger("ledger", Clocks.of(known="2026-01-01")).problems if p.severity == "error"
    ]


def test_joined_by_identifier_counts_from_the_day_both_were_known(folder, monkeypatch, capsys):
    run(monkeypatch, capsys, "match", "ledger/uk.yaml", "ledger/world.yaml", "-o", "ledger/judged.yaml")
    made = [each for each in ledger_text.load(folder).statements if isinstance(each, SameAs)]
    joined = next(each for each in made if each.head.status is Status.COMPLETED)
    assert (joined.party, joined.other, joined.score, joined.judged_by) == (
        "lei-acme",
        "uk-acme",
        1,
        "crosstie match",
    )
    assert joined.head.known_on == When.parse("2021-05-01")
    assert joined.head.note.startswith("GB-COH 00031014 on both sides; ")
    assert joined.head.note.endswith("ledger/world.yaml:2 and ledger/uk.yaml:2")


def test_a_judgement_is_undone_by_a_later_one_and_nothing_is_overwritten(folder, monkeypatch, capsys):
    file = folder / "judged.yaml"
    run(monkeypatch, capsys, "match", "ledger/uk.yaml", "ledger/world.yaml", "-o", str(file))
    written = [file.read_text("utf-8")]
    say = ("review", str(file), "--reviewer", "Ana", "--known", "2025-03-01")
    for again, answers in (
        ((), ["o"]),
        (("--again", "uk-beta"), ["u"]),
        ((), ["a"]),
        (("--again", "uk-beta"), ["o"]),
    ):
        code, _, err = run(monkeypatch, capsys, *say, *again, answers=answers)
        assert (code, err) == (0, "")
        written.append(file.read_text("utf-8"))
        assert written[-1].startswith(written[-2].rstrip("\n"))
    kinds = [
        type(each) for each in ledger_text.load(folder).statements if isinstance(each, SameAs | Retraction)
    ]
    assert kinds == [SameAs, SameAs, SameAs, Retraction, SameAs, SameAs]
    assert look_through("2025-03-01") == 0.336


def test_a_rejected_pair_is_remembered(folder, monkeypatch, capsys):
    words = ("match", "ledger/uk.yaml", "ledger/world.yaml", "-o", "ledger/judged.yaml")
    run(monkeypatch, capsys, *words)
    run(monkeypatch, capsys, "review", "ledger/judged.yaml", "--reviewer", "Ana", answers=["a"])
    before = (folder / "judged.yaml").read_bytes()
    _, out, _ = run(monkeypatch, capsys, *words)
    assert "0 joined by identifier, 0 proposed are new" in out
    assert (folder / "judged.yaml").read_bytes() == before
    assert look_through("2099-01-01") == 0


def test_judgements_that_contradict_are_told_with_their_places(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in "abc":
        text = f"statements:\n  - entity: {name}\n    name: Alpha Ltd\n    jurisdiction: GB\n    known_on: 2020-01-01\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    run(monkeypatch, capsys, "match", "a.yaml", "b.yaml", "c.yaml", "-o", "j.yaml")
    say = ("review", "j.yaml", "--reviewer", "Ana")
    _, out, err = run(monkeypatch, capsys, *say, answers=["o", "o"])
    assert "2 judged one, 0 apart, 0 open" in out  # the third pair follows from the two
    with (tmp_path / "j.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "\n  - same_as: by-hand\n    known_on: 2025-01-01\n    party: c\n    other: b\n    same: false\n"
        )
    _, _, err = run(monkeypatch, capsys, *say, "--again", "c", answers=["q"])
    lines = [
        n
        for n, line in enumerate((tmp_path / "j.yaml").read_text("utf-8").splitlines(), 1)
        if line.startswith("  - same_as: judged-")
    ]
    apart = next(
        n
        for n, line in enumerate((tmp_path / "j.yaml").read_text("utf-8").splitlines(), 1)
        if "by-hand" in line
    )
    assert err == (
        f"j.yaml:{apart}: c and b are judged apart, yet other judgements make them one: "
        f"j.yaml:{lines[1]}, j.yaml:{lines[0]}\n"
    )


def entity(id_, name, *, kind="company", country="GB", number="", line=1):
    head = Head(id=StatementId(id_), known_on=When.parse("2022-01-01"), where=_place(line))
    said = (Identifier(scheme="GB-COH", value=number),) if number else ()
    return Entity(head=head, party=PartyId(id_), name=name, type=kind, jurisdiction=country, identifiers=said)


def _place(line):
    from crosstie.text.problem import Place  # noqa: PLC0415

    return Place("uk.jsonl", line)


@pytest.mark.bulk
def test_registers_and_text_give_the_same_matches(folder):
    for name in ("uk", "world"):
        said = ledger_text.load(Path(f"ledger/{name}.yaml"))
        store.append(folder / f"{name}.duckdb", said.statements)
    store.export_parquet(folder / "uk.duckdb", folder / "parquet")
    texts = match_ledgers(["ledger/uk.yaml", "ledger/world.yaml"])
    registers = match_ledgers(["ledger/uk.duckdb", "ledger/world.duckdb"])
    mixed = match_ledgers(["ledger/parquet", "ledger/world.yaml"])
    assert len(list(rows(texts))) == 2
    assert list(rows(texts)) == list(rows(registers)) == list(rows(mixed))


@pytest.mark.bulk
def test_judgements_take_effect_on_registers_asked_as_one(folder, monkeypatch, capsys):
    for name in ("uk", "world"):
        store.append(folder / f"{name}.duckdb", ledger_text.load(Path(f"ledger/{name}.yaml")).statements)
    registers = "ledger/uk.duckdb+ledger/world.duckdb"
    run(monkeypatch, capsys, "match", registers, "-o", "judged.yaml")
    say = ("review", "judged.yaml", "--reviewer", "Ana", "--known", "2025-03-01")
    run(monkeypatch, capsys, *say, answers=["o"])
    words = (
        "own",
        f"{registers}+judged.yaml",
        "--owner",
        "ana",
        "--company",
        "gamma",
        "--format",
        "csv",
        "--known",
    )
    _, out, err = run(monkeypatch, capsys, *words, "2025-03-01")
    assert (out.splitlines()[1:], err) == (["ana,gamma,0.0,0.33599999999999997,outstanding,True"], "")
    _, out, _ = run(monkeypatch, capsys, *words, "2025-02-28")
    assert ",0.3359" not in out
    _, out, _ = run(monkeypatch, capsys, "match", registers, "-o", "judged.yaml")
    assert "0 joined by identifier, 0 proposed are new" in out


@pytest.mark.bulk
def test_joins_are_stored_in_a_register_as_statements_and_undone_beside_it(folder, monkeypatch, capsys):
    for name in ("uk", "world"):
        store.append(folder / "all.duckdb", ledger_text.load(Path(f"ledger/{name}.yaml")).statements)
    words = ("match", "ledger/all.duckdb", "-o", "ledger/all.duckdb")
    code, out, _ = run(monkeypatch, capsys, *words)
    told = "ledger/all.duckdb: {} joined by identifier are new; 1 proposed: decide them in a file, -o FILE.yaml\n"
    assert (code, out) == (0, told.format(1))
    _, out, _ = run(monkeypatch, capsys, *words)
    assert out == told.format(0)
    ledger = open_ledger("ledger/all.duckdb", Clocks.of(known="2026-01-01")).ledger
    stored = [each for each in ledger.statements if isinstance(each, SameAs)]
    assert [(each.party, each.other, each.head.sources) for each in stored] == [
        ("lei-acme", "uk-acme", ("crosstie-match",))
    ]
    assert ledger.sources["crosstie-match"].title == "crosstie match: equal identifiers, names and countries"
    (folder / "apart.yaml").write_text(
        "statements:\n  - same_as: no\n    known_on: 2025-01-01\n    party: lei-acme\n    other: uk-acme\n    same: false\n",
        encoding="utf-8",
    )
    known = {
        day: _held(f"ledger/all.duckdb{beside}", day)
        for beside, day in (("", "2024-12-31"), ("+ledger/apart.yaml", "2025-01-01"))
    }
    assert known == {
        "2024-12-31": {"ana", "lei-acme", "lei-beta"},
        "2025-01-01": {"ana", "uk-acme", "lei-beta"},
    }


def _held(path, day):
    """Who holds something, by the name in use."""
    network = open_ledger(path, Clocks.of(known=day)).network
    return {network.parties[int(at)].id for at in network.holder} - {
        party.id for party in network.parties if party.unknown_of
    }


@pytest.mark.bulk
def test_persons_of_a_register_are_compared_by_what_they_have_to_do_with(tmp_path):
    path = tmp_path / "r.duckdb"
    head = [Head(id=StatementId(f"s{n}"), known_on=When.parse("2022-01-01")) for n in range(4)]
    store.append(path, [
        entity("p1", "Mr Ana Maria Silva", kind="person"), entity("p2", "ANA MARIA SILVA", kind="person"),
        entity("p3", "Ana Maria Silva", kind="person"), entity("c", "Acme"),
        Holding(head=head[0], holder=PartyId("p1"), issuer=PartyId("c")),
        Office(head=head[1], person=PartyId("p2"), body=PartyId("c"), role="director"),
    ])  # fmt: skip
    found = match_ledgers([str(path)])
    assert [(each.one.party, each.other.party) for each in found.proposed] == [("p1", "p2")]
    assert "both have to do with c" in found.proposed[0].why
    assert len(match_ledgers([str(path)], least=0.6).proposed) == 3


@pytest.mark.bulk
def test_judgements_in_a_register_are_remembered(tmp_path):
    path = tmp_path / "r.duckdb"
    said = Head(id=StatementId("apart"), known_on=When.parse("2023-01-01"))
    store.append(
        path,
        [
            entity("a", "Acme Ltd"),
            entity("b", "ACME LIMITED"),
            SameAs(head=said, party=PartyId("a"), other=PartyId("b"), same=False),
        ],
    )
    assert match_ledgers([str(path)]).proposed == ()
    back = Head(id=StatementId("back"), known_on=When.parse("2024-01-01"))
    store.append(path, [Retraction(head=back, retracts=StatementId("apart"))])
    assert len(match_ledgers([str(path)]).proposed) == 1


@pytest.mark.bulk
def test_one_number_on_thousands_of_companies_is_told_once(tmp_path):
    path = tmp_path / "r.duckdb"
    rnd = random.Random(4)
    names = ["".join(rnd.choices("abcdefghijklmnoprstu", k=12)) for _ in range(2100)]
    store.append(path, [entity(f"c{at}", name, number="77", line=at + 1) for at, name in enumerate(names)])
    found = match_ledgers([str(path)])
    assert (found.joined, found.proposed) == ((), ())
    assert [str(each) for each in found.problems] == [
        f"uk.jsonl:1: {len(names):,} parties share an identifier with c0, {names[0]!r}: too many to be one, not compared"
    ]


@pytest.mark.bulk
def test_one_number_on_two_differing_companies_of_a_register_is_told(tmp_path):
    path = tmp_path / "r.duckdb"
    store.append(
        path,
        [entity("a", "Alpha Ltd", number="77", line=3), entity("b", "Beta Ltd", number="00000077", line=8)],
    )
    found = match_ledgers([str(path)])
    assert found.joined == ()
    assert str(found.problems[0]).startswith(
        "uk.jsonl:3: GB-COH 00000077 is on a and on b (uk.jsonl:8), but "
    )
    assert (
        summary(found)
        == "0 pairs joined by identifier, 0 proposed by name and country, 1 with an identifier in doubt"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["match", "nowhere.yaml"], "nowhere.yaml: no such file or folder"),
        (
            ["match", "ledger", "--least", "0"],
            "--least 0; write a score above 0 and up to 1, for example 0.8",
        ),
        (["match", "ledger", "-o", "ledger/broken.yaml"], "no such kind of statement: 'nonsense'"),
        (
            ["review", "ledger/uk.yaml", "ledger", "--reviewer", "A"],
            "a file of judgements is a ledger itself; leave ledger out",
        ),
        (["review", "ledger/uk.yaml", "--reviewer", " "], "who reviews? give --reviewer NAME"),
        (
            ["review", "ledger/uk.yaml", "--reviewer", "A", "--again", "x"],
            "'x': no judgement that stands is about it",
        ),
        (["review", "ledger/uk.yaml", "--reviewer", "A", "--known", "soon"], "--known: "),
        (["review", "ledger/broken.yaml", "--reviewer", "A"], "; mend this first"),
        (
            ["review", "draft.yaml", "--reviewer", "A"],
            "into which ledger? write: crosstie review DRAFT LEDGER",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(folder, monkeypatch, capsys, words, told):
    (folder / "broken.yaml").write_text("statements:\n  - nonsense: x\n", encoding="utf-8")
    if words[:2] == ["match", "ledger"] and "--least" in words:
        (folder / "broken.yaml").unlink()
    before = sorted((each.name, each.read_bytes()) for each in folder.iterdir())
    code, out, err = run(monkeypatch, capsys, *words)
    assert (code, out) == (2, "")
    assert told in err.splitlines()[-1]
    assert "Traceback" not in err
    assert sorted((each.name, each.read_bytes()) for each in folder.iterdir()) == before


def test_a_file_that_would_no_longer_load_is_put_back(folder, monkeypatch, capsys):
    file = folder / "judged.yaml"
    run(monkeypatch, capsys, "match", "ledger/uk.yaml", "ledger/world.yaml", "-o", str(file))
    going = judging.start(str(file), reviewer="Ana", known=date(2025, 1, 1))
    with file.open("a", encoding="utf-8") as more:
        more.write("\n  - retraction: taken\n    retracts: nothing\n    known_on: [2025\n")
    before = file.read_bytes()
    with pytest.raises(CrosstieError):
        judging.decide(going, going.open[0], same=True)
    assert file.read_bytes() == before


def test_answers_that_end_early_keep_what_was_decided(folder, monkeypatch, capsys):
    run(monkeypatch, capsys, "match", "ledger/uk.yaml", "ledger/world.yaml", "-o", "ledger/judged.yaml")
    _, out, _ = run(
        monkeypatch, capsys, "review", "ledger/judged.yaml", "--reviewer", "Ana", answers=["?", "s"]
    )
    assert "answer o, a, s or q" in out
    assert out.endswith("1 judged one, 0 apart, 1 open\n")
    _, out, _ = run(monkeypatch, capsys, "review", "ledger/judged.yaml", "--reviewer", "Ana", answers=["q"])
    assert out.endswith("1 judged one, 0 apart, 1 open\n")
