"""From files to a ledger: folders, includes, fiscal years, dates of knowledge, names."""

import time
from datetime import date
from pathlib import Path

import pytest

from crosstie.formats.ledger_text import load
from crosstie.ledger.statements import Entity, known_from
from crosstie.text.problem import CrosstieError


def put(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / (name.replace("__", "/") + ".yaml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def said(path: Path, text: str):
    ledger = load(put(path, a=text) / "a.yaml")
    assert not ledger.problems, ledger.problems
    return {each.head.id: each for each in ledger.statements}


def entity(name: str) -> str:
    return f"statements: [{{entity: {name}}}]\n"


def names(ledger) -> list[str]:
    return [each.head.id for each in ledger.statements]


def test_a_folder_is_its_yaml_files_by_name_without_the_questions(tmp_path):
    put(tmp_path, b=entity("b"), a=entity("a"), questions="- question: who?\n", sub__c=entity("c"))
    (tmp_path / "notes.txt").write_text("no ledger")
    ledger = load(tmp_path)
    assert (names(ledger), ledger.problems) == (["a", "b"], ())
    assert ledger.files == (str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"))


def test_a_file_includes_others_and_each_is_read_once(tmp_path):
    put(tmp_path, a=f"include: [sub/b.yaml, c.yaml]\n{entity('a')}", c=entity("c"))
    put(tmp_path, sub__b=f"include: [../c.yaml]\n{entity('b')}")
    assert names(load(tmp_path / "a.yaml")) == ["a", "b", "c"]
    assert load(tmp_path / "a.yaml").problems == ()
    assert sorted(names(load(tmp_path))) == ["a", "b", "c"]


def test_a_circle_of_includes_is_told_where_it_closes_and_all_is_loaded(tmp_path):
    put(tmp_path, a=f"include: [b.yaml]\n{entity('a')}", b=f"\ninclude: [a.yaml]\n{entity('b')}")
    ledger = load(tmp_path / "a.yaml")
    (problem,) = ledger.problems
    assert (problem.where.file, problem.where.line) == (str(tmp_path / "b.yaml"), 2)
    assert "'a.yaml' includes this file" in problem.message
    assert names(ledger) == ["a", "b"]


def test_a_very_long_chain_of_includes_is_refused(tmp_path):
    put(
        tmp_path,
        **{f"f{i}": f"include: [f{i + 1}.yaml]\n{entity(f'e{i}')}" for i in range(60)},
        f60=entity("end"),
    )
    (problem,) = load(tmp_path / "f0.yaml").problems
    assert "more than 20 files deep" in problem.message


@pytest.mark.parametrize("name", ["none", "none.yaml"])
def test_nothing_there_is_an_error_of_one_line(name, tmp_path):
    with pytest.raises(CrosstieError, match="no such file or folder"):
        load(tmp_path / name)


def test_an_empty_folder_is_an_error_and_an_empty_file_an_empty_ledger(tmp_path):
    with pytest.raises(CrosstieError, match=r"no \.yaml file"):
        load(tmp_path)
    put(tmp_path, a="", b="# nothing yet\n")
    assert (load(tmp_path).statements, load(tmp_path).problems) == ((), ())


FISCAL = """
statements:
- entity: nissan
  year_end: 03-31
- entity: renault
  year_end: 12-31
- share_class: nissan-common
  issuer: nissan
- deal: swap
  parties: [nissan, renault]
- step: s1
  deal: swap
  order: 1
  window: FY2023-Q4
- holding: h1
  true_on: FY2023-Q4
  holder: nissan
  issuer: renault
  known_on: 2024-01-01
- cancellation: c1
  true_on: FY2023-Q4
  share_class: nissan-common
  shares: 5
  known_on: 2024-01-01
- remark: r1
  about: [nissan, renault]
  true_on: FY2023
  known_on: 2024-01-01
"""


def test_a_fiscal_date_counts_by_the_company_that_the_statement_is_about(tmp_path):
    found = said(tmp_path, FISCAL)
    first = {name: found[name].head.true_on.earliest for name in ("h1", "c1", "r1")}
    assert first == {"h1": date(2023, 10, 1), "c1": date(2024, 1, 1), "r1": date(2023, 4, 1)}
    assert found["s1"].window.latest == date(2024, 3, 31)
    assert found["c1"].head.true_on.text == "FY2023-Q4"


KNOWN = """
sources:
  late: {date: 2024-05-01}
  early: {date: 2024-01}
  undated: {title: A talk}
statements:
- entity: a
- entity: one
  source: late
- entity: two
  source: [late, undated, early]
- entity: own
  source: late
  known_on: 2023-03-03
- entity: inline
  source: {date: 2020-02-02}
"""


def test_a_statement_is_known_since_the_first_of_its_sources_was_out(tmp_path):
    found = said(tmp_path, KNOWN)
    assert {name: known_from(each.head) for name, each in found.items()} == {
        "a": None,
        "one": date(2024, 5, 1),
        "two": date(2024, 1, 31),
        "own": date(2023, 3, 3),
        "inline": date(2020, 2, 2),
    }


def test_a_declaration_with_a_wrong_detail_still_declares_its_name(tmp_path):
    put(
        tmp_path,
        a="statements:\n- entity: nissan\n  type: carmaker\n  name: Nissan\n- share_class: c\n  issuer: nissan\n",
    )
    ledger = load(tmp_path)
    assert [problem.kind for problem in ledger.problems] == ["bad-value"]
    assert names(ledger) == ["nissan", "c"]
    assert isinstance(ledger.statements[0], Entity)
    assert (ledger.statements[0].name, ledger.statements[0].type) == ("Nissan", "company")


def test_every_name_of_what_is_loaded_is_declared(tmp_path):
    text = "statements:\n- share_class: c\n  issuer: none\n- cancellation: x\n  share_class: c\n  shares: 5\n"
    put(tmp_path, a=f"{text}  known_on: 2024\n- retraction: y\n  retracts: x\n  known_on: 2024\n")
    ledger = load(tmp_path)
    assert ledger.statements == ()
    assert [(each.severity, each.kind, each.where.line) for each in ledger.problems] == [
        ("error", "unknown-party", 2),
        ("note", "unknown-share-class", 4),
        ("note", "unknown-statement", 8),
    ]


def test_a_long_row_of_statements_that_fall_with_the_first_falls_quickly(tmp_path):
    rows = (
        f"- retraction: r{i}\n  retracts: {f'r{i - 1}' if i else 'none'}\n  known_on: 2024\n"
        for i in range(20_000)
    )
    put(tmp_path, a="statements:\n" + "".join(rows))
    start = time.process_time()
    ledger = load(tmp_path)
    assert time.process_time() - start < 20
    assert (ledger.statements, len(ledger.problems)) == ((), 20_000)
    assert [problem.severity for problem in ledger.problems[:2]] == ["error", "note"]


def test_very_many_unknown_names_are_told_quickly(tmp_path):
    names = "".join(f"- entity: p{i}\n" for i in range(5000))
    rows = "".join(f"- holding:\n  holder: q{i}\n  issuer: p{i}\n  known_on: 2024\n" for i in range(5000))
    put(tmp_path, a=f"statements:\n{names}{rows}")
    start = time.process_time()
    assert len(load(tmp_path).problems) == 5000
    assert time.process_time() - start < 20


def test_statements_keep_the_order_of_the_files(tmp_path):
    put(tmp_path, a="statements:\n" + "".join(f"- entity: e{i}\n" for i in range(50)))
    assert names(load(tmp_path)) == [f"e{i}" for i in range(50)]
    assert [each.head.where.line for each in load(tmp_path).statements] == list(range(2, 52))


def test_the_collector_of_garbage_is_left_as_it_was(tmp_path):
    import gc  # noqa: PLC0415 (only here)

    put(tmp_path, a=entity("a"))
    for running in (True, False):
        (gc.enable if running else gc.disable)()
        load(tmp_path)
        assert gc.isenabled() is running
    gc.enable()
