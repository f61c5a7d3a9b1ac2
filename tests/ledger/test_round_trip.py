"""Statements of every kind go to text and back unchanged, and the text of that is the same again."""

from dataclasses import fields, replace
from datetime import date, timedelta
from enum import EnumType
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.formats.ledger_printing import canonical, ledger_text
from crosstie.formats.ledger_text import load
from crosstie.ledger.amounts import Interval, Money, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.printing import default_known_on, source_plain, statement_plain
from crosstie.ledger.readers import make_readers
from crosstie.ledger.reading import Context, read_source, read_statement
from crosstie.ledger.schema import HEAD, KINDS, PARTS, SOURCE, Field
from crosstie.ledger.statements import Head, Part, Source
from crosstie.text.problem import NOWHERE, Place
from crosstie.text.strict_yaml import Map, read_tree
from crosstie.text.yaml_text import write_yaml

days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
texts = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), st.sampled_from("\n:#-'\"[]{}%&*! ")
    ),
    max_size=150,
).map(lambda text: text.replace("\ufffe", "").replace("\uffff", "").strip())
ids = texts.map(lambda text: " ".join(text.replace("\u2028", "").replace("\u2029", "").split())).filter(bool)
numbers = st.fractions(min_value=0, max_value=10**12, max_denominator=10**6)
parts = st.fractions(min_value=0, max_value=1, max_denominator=10**4)


@st.composite
def intervals(draw):
    low, high = sorted((draw(numbers | parts), draw(numbers | parts)))
    if draw(st.booleans()):
        return Interval(low, None, draw(st.booleans()))
    closed = low == high
    return Interval(low, high, not closed and draw(st.booleans()), not closed and draw(st.booleans()))


amounts = st.sampled_from(["15%", "211,000,000", "<=15%", "(25%, 50%]", "1/3", "25-50%", ">5%", "0"])
whens = st.one_of(
    days.map(When.on),
    st.sampled_from(["2023-Q4", "2023-H2", "2023", "2023-12", "unknown"]).map(When.parse),
    days.map(lambda day: When.parse(f"not before {day}")),
    days.map(lambda day: When.parse(f"by {day}")),
    days.map(lambda day: When.parse(f"{day}..{day + timedelta(days=30)}")),
)


def values_of(type_):
    if get_origin(type_) is Literal:
        return st.sampled_from(get_args(type_))
    if isinstance(type_, EnumType):
        return st.sampled_from(list(type_))
    if type_ in PARTS:
        return st.builds(type_, **{f.name: values_of(f.type) for f in PARTS[type_].fields})
    plain = {
        bool: st.booleans(),
        int: st.integers(0, 10**15),
        str: texts,
        Fraction: numbers,
        Interval: intervals(),
        Quantity: amounts.map(Quantity.parse),
        Money: amounts.filter(lambda text: "%" not in text).map(lambda text: Money.parse(f"{text} EUR")),
        When: whens,
    }
    return plain.get(type_, ids)


def value_of(field: Field):
    one = values_of(field.type)
    value = st.lists(one, min_size=1, max_size=3).map(tuple) if field.many else one
    return value if field.required else value | st.just(field.default)


SOURCES = {
    "s1": Source(id="s1", date=When.parse("2023-06-28")),
    "s2": Source(id="s2", date=When.parse("2024")),
}


@st.composite
def statements(draw, kind):
    head = {field.name: draw(value_of(field)) for field in HEAD}
    head["sources"] = draw(st.lists(st.sampled_from(["s1", "s2"]), max_size=2, unique=True).map(tuple))
    if head["known_on"] is None:
        head["known_on"] = default_known_on(head["sources"], SOURCES) or head["true_on"]
    if kind.name == "step":
        head["step"] = ""  # a step is not part of a step
    own = {field.name: draw(value_of(field)) for field in kind.fields}
    return kind.record(head=Head(**head), **own)


def read_again(text: str, sources=SOURCES):
    tree = read_tree(text, "a.yaml")
    assert not tree.problems, (text, tree.problems)
    context = Context(make_readers(), sources, lambda _: None)
    statement, problems = read_statement(context, tree.root[0], "a.yaml")
    assert not [problem for problem in problems if problem.severity == "error"], (text, problems)
    return replace(statement, head=replace(statement.head, where=NOWHERE))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_statement_survives_text_and_the_text_survives_it(kind, data):
    statement = data.draw(statements(kind))
    text = "\n".join(write_yaml([statement_plain(statement, SOURCES)]))
    again = read_again(text)
    assert again == statement
    assert "\n".join(write_yaml([statement_plain(again, SOURCES)])) == text


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_source_survives_text(data):
    source = Source(**{field.name: data.draw(value_of(field)) for field in SOURCE.fields})
    text = "\n".join(write_yaml({source.id: source_plain(source)}))
    tree = read_tree(text, "a.yaml")
    assert not tree.problems
    assert isinstance(tree.root, Map)
    ((id_, item),) = tree.root.entries.items()
    again, problems = read_source(make_readers()["source"], id_, item, NOWHERE)
    assert (again, problems) == (source, [])


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if not kind.names_itself], ids=lambda k: k.name
)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_an_id_that_follows_from_the_content_is_not_written_and_comes_back(kind, data):
    statement = data.draw(statements(kind))
    first = write_yaml([statement_plain(statement, SOURCES)])
    unnamed = "\n".join(line for line in first if not line.startswith("  id: "))
    unnamed = unnamed if kind.key else unnamed.replace(first[0], f"- {kind.name}:", 1)
    named = read_again(unnamed)
    plain = statement_plain(named, SOURCES)
    assert "id" not in plain
    assert kind.key or plain[kind.name] is None
    assert read_again("\n".join(write_yaml([plain]))) == named


def test_every_field_of_every_kind_is_in_the_schema():
    for kind in KINDS.values():
        assert [field.name for field in kind.fields] == [
            f.name for f in fields(kind.record) if f.name != "head"
        ]


def test_equal_statements_have_one_id_and_any_difference_another():
    texts = ("shares: 5", "shares: 6", "shares: 5\n  note: x", "shares: 5\n  known_on: 2024")
    items = [read_again(f"- cancellation:\n  share_class: c\n  true_on: 2023\n  {text}") for text in texts]
    assert len({item.head.id for item in items}) == len(texts)
    assert (
        read_again("- cancellation:\n  shares: 5\n  true_on: 2023\n  share_class: c").head.id
        == items[0].head.id
    )


COMMENTED = """\
# Above everything

---
sources:   # beside a section
  # above a source
  s1: {title: A, date: 2023-06-28}
statements:
# above a statement

# and near it
- entity: a   # beside a key
  # inside
  name: "# no comment"
  source: {title: inline, date: 2024-01-01}
- entity: b
  note: |
    # no comment either
  source: s1
# at the end
"""


def test_comments_are_kept_above_what_they_speak_of_and_the_second_print_changes_nothing(tmp_path: Path):
    file = tmp_path / "a.yaml"
    file.write_text(COMMENTED)
    first = canonical(file, load(file))
    comments = [line.strip() for line in first.splitlines() if line.strip().startswith("#")]
    said = "Above everything, beside a section, above a source, above a statement, and near it, beside a key, inside"
    assert comments == [f"# {each}" for each in said.split(", ")] + ["# at the end"]
    assert 'note: "# no comment either"' in first
    file.write_text(first)
    assert canonical(file, load(file)) == first
    assert [each.head.id for each in load(file).statements] == ["a", "b"]


def test_the_alliance_case_survives_formatting(tmp_path: Path):
    case = Path(__file__).parents[2] / "cases" / "alliance"
    ledger = load(case)
    (tmp_path / "all.yaml").write_text(ledger_text(ledger), encoding="utf-8")
    again = load(tmp_path / "all.yaml")
    assert len(again.statements) >= 120
    assert [_bare(each) for each in again.statements] == [_bare(each) for each in ledger.statements]


def _bare(statement):
    return replace(statement, head=replace(statement.head, where=Place("")))


def test_lists_of_parts_may_be_written_as_a_mapping():
    text = "- repurchase:\n  share_class: c\n  shares: 5\n  true_on: 2023\n  sellers: {trust: 3}"
    assert read_again(text).sellers == (Part(holder="trust", shares=Quantity.parse("3")),)


def test_an_empty_ledger_prints_and_reads():
    assert ledger_text(Ledger()) == "statements: []\n"
