"""Several ledgers as one: text, edge lists, registers; clashes told with both places; judgements take effect."""

import subprocess
import sys

import pytest

pytest.importorskip("duckdb")
import crosstie
from crosstie.engines.register import store
from crosstie.formats import ledger_text
from crosstie.questions import control, holders
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import load_ledger, open_ledger
from crosstie.questions.own import Asked, own
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
NOW = Clocks.of(known="2024-01-01")


@pytest.fixture
def parts(tmp_path):
    def register(name, text):
        source = tmp_path / f"{name}.source.yaml"
        source.write_text(text)
        ledger = ledger_text.load(source)
        assert not ledger.problems, ledger.problems
        path = tmp_path / f"{name}.duckdb"
        store.append(path, (*ledger.sources.values(), *ledger.statements))
        source.unlink()
        return str(path)

    def text(name, content):
        path = tmp_path / f"{name}.yaml"
        path.write_text(content)
        return str(path)

    return register, text


def ledger(*said, parties=()):
    lines = ["statements:"]
    for party in parties:
        lines += [f"  - entity: {party}"]
    for id_, holder, issuer, share in said:
        lines += [
            "  - holding:",
            f"    id: {id_}",
            f"    holder: {holder}",
            f"    issuer: {issuer}",
            f"    share: {share}",
        ]
    return "\n".join(lines) + "\n"


def test_chain_across_two_registers(parts):
    register, _ = parts
    upper = register("upper", ledger(("u1", "ana", "alpha", "60%"), parties=("ana", "alpha")))
    lower = register("lower", ledger(("l1", "alpha", "beta", "50%"), parties=("alpha", "beta")))
    rows, problems = own(f"{upper}+{lower}", NOW, Asked("ana", "beta"))
    assert [float(row["look_through"]) for row in rows] == [0.3]
    assert [p.kind for p in problems if p.kind == "duplicate-id"] == [] or problems
    assert float(crosstie.look_through(crosstie.open_network(f"{upper}+{lower}", NOW))["ana", "beta"]) == 0.3


def test_judgement_in_text_joins_two_registers(parts):
    register, text = parts
    upper = register("upper", ledger(("u1", "ana", "alpha", "60%"), parties=("ana", "alpha")))
    lower = register("lower", ledger(("l1", "alpha-ltd", "beta", "80%"), parties=("alpha-ltd", "beta")))
    judged = text("judged", "statements:\n  - same_as: j1\n    party: alpha\n    other: alpha-ltd\n")
    apart = own(f"{upper}+{lower}", NOW, Asked("ana"))[0]
    together = own(f"{judged}+{upper}+{lower}", NOW, Asked("ana"))[0]
    assert {row["company"] for row in apart} == {"alpha"}
    assert {row["company"]: float(row["look_through"]) for row in together} == {"alpha": 0.6, "beta": 0.48}
    pairs = control.control_in_ledger(f"{judged}+{upper}+{lower}", NOW, 0.5, "least")[0].pairs
    assert ("ana", "beta") in pairs


def test_text_may_name_what_a_register_declares_and_nothing_else(parts):
    register, text = parts
    lower = register("lower", ledger(("l1", "alpha", "beta", "80%"), parties=("alpha", "beta")))
    more = text(
        "more", ledger(("t1", "zed", "alpha", "10%"), ("t2", "zed", "nobody", "10%"), parties=("zed",))
    )
    opened = open_ledger(f"{more}+{lower}", NOW)
    assert [p.message for p in opened.problems if p.kind == "unknown-party"] == [
        "no such party: 'nobody'; declare it with '- entity: nobody'"
    ]
    assert next(row.holder for row in holders.holders_of(opened, "alpha").rows) == "zed"


def test_same_id_with_other_content_names_both_places(parts):
    register, text = parts
    one = register(
        "one",
        ledger(("s1", "ana", "alpha", "60%"), ("s2", "ana", "beta", "5%"), parties=("ana", "alpha", "beta")),
    )
    two = register(
        "two",
        ledger(("s1", "ana", "alpha", "70%"), ("s2", "ana", "beta", "5%"), parties=("ana", "alpha", "beta")),
    )
    opened = open_ledger(f"{one}+{two}", NOW)
    (clash,) = [p for p in opened.problems if p.kind == "duplicate-id"]
    assert "one.duckdb" in clash.message
    assert "two.duckdb" in str(clash.where)
    assert clash.statement == "s1"
    assert float(opened.columns["alpha"].stakes[0].of_outstanding.low) == 0.6
    assert len([s for s in opened.ledger.statements if s.head.id == "s2"]) == 1
    other = text("other", "statements:\n  - entity: alpha\n    id: s1\n")
    (clash,) = [p for p in open_ledger(f"{one}+{other}", NOW).problems if p.kind == "duplicate-id"]
    assert clash.message.startswith("id 's1' twice")


def test_two_texts_and_a_table_as_one_need_no_register(tmp_path):
    (tmp_path / "a.yaml").write_text(ledger(("a1", "ana", "alpha", "60%"), parties=("ana", "alpha")))
    (tmp_path / "b.yaml").write_text(ledger(("b1", "alpha", "beta", "50%"), parties=("beta",)))
    (tmp_path / "c.csv").write_text("holder,issuer,share\nbeta,gamma,20%\nbeta,gamma,10%\nalpha,beta,90%\n")
    asked = "+".join(str(tmp_path / name) for name in ("a.yaml", "b.yaml", "c.csv"))
    rows, problems = own(asked, NOW, Asked("ana"))
    found = {row["company"]: round(float(row["look_through"]), 12) for row in rows}
    assert found["alpha"] == 0.6
    assert found["gamma"] == round(found["beta"] * 0.3, 12), "lines of one pair are added"
    assert any("also on line" in p.message for p in problems)


def test_a_folder_of_text_and_registers_is_asked_as_one(parts, tmp_path):
    register, text = parts
    register("upper", ledger(("u1", "ana", "alpha", "60%"), parties=("ana", "alpha")))
    text("mine", ledger(("t1", "alpha", "beta", "50%"), parties=("beta",)))
    assert {row["company"] for row in own(str(tmp_path), NOW, Asked("ana"))[0]} == {"alpha", "beta"}
    folder = tmp_path / "inner"
    store.export_parquet(tmp_path / "upper.duckdb", folder)
    assert not list(load_ledger(f"{tmp_path / 'mine.yaml'}+{folder}").problems)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("nowhere.duckdb+cases/alliance", "nowhere.duckdb: no such file or folder"),
        ("cases/alliance+cases/alliance", "cases/alliance: named twice in 'cases/alliance+cases/alliance'; name each ledger once"),
        ("cases/alliance+", "a ledger without a name: no such file or folder"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(asked, why):
    with pytest.raises(CrosstieError) as told:
        load_ledger(asked)
    assert str(told.value) == why


def test_a_file_whose_name_has_the_sign_is_itself(tmp_path):
    file = tmp_path / "a+b.csv"
    file.write_text("holder,issuer,share\nana,alpha,60%\n")
    assert len(load_ledger(str(file)).statements) == 1


def test_the_command_line_takes_several(parts):
    register, _ = parts
    upper = register("upper", ledger(("u1", "ana", "alpha", "60%"), parties=("ana", "alpha")))
    lower = register("lower", ledger(("l1", "alpha", "beta", "50%"), parties=("alpha", "beta")))
    code = "from crosstie.cli.app import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", code, "own", f"{upper}+{lower}", "--company", "beta", "--owner", "ana", "--format", "csv"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.splitlines()[1] == "ana,beta,0.0,0.3,outstanding,True"
