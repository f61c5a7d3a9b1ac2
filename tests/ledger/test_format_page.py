"""The page on the text ledger names every kind and field as the records have them."""

import re
from enum import EnumType
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

from crosstie.ledger.schema import HEAD, KINDS, SHORTENED, SOURCE, Field, Kind, is_id
from crosstie.text.strict_yaml import read_tree

PAGE = Path(__file__).parents[2] / "docs" / "formats" / "ledger.md"
HEAD_MEANINGS = {
    "id": "its id",
    "true_on": "when it became so",
    "until": "the first day on which a state is no longer so",
    "known_on": "the day from which one could know it; its last possible day counts",
    "status": "how far along it is",
    "certainty": "how sure it is, surest first; inferred and recalled ones are marked as unverified",
    "source": "where it was said",
    "quote": "the words in which it was said",
    "attribution": "by whom, in kind",
    "attributed_to": "by whom, in words",
    "event": "statements with the same event tell of one event; the firmest, then the latest known, stands for it",
    "step": "the step of a deal that it is part of",
    "note": "a remark",
}


def type_name(field: Field) -> str:
    if get_origin(field.type) is Literal:
        return ", ".join(f"`{each}`" for each in get_args(field.type))
    if isinstance(field.type, EnumType):
        return ", ".join(f"`{each.value}`" for each in field.type)
    if not is_id(field.type):
        return {"str": "text"}.get(field.type.__name__, field.type.__name__)
    named = re.sub(r"(?<!^)(?=[A-Z])", " ", field.type.__name__.removesuffix("Id")).lower()
    return "Id" if named in ("statement", "event") else f"{named} id"


def field_text(field: Field) -> str:
    star = "*" if field.many else ""
    name = f"**{field.name}**" if field.required else field.name
    return f"{name}{star} ({type_name(field)})"


def kind_rows() -> list[str]:
    rows = ["| kind | meaning | fields |", "| --- | --- | --- |"]
    return rows + [kind_row(kind) for kind in KINDS.values()]


def kind_row(kind: Kind) -> str:
    meaning = kind.record.__doc__.split("\n", 1)[0].replace("``", "`")
    behind = f" Behind it: {type_name(kind.field(kind.key))}." if kind.key else ""
    listed = ", ".join(field_text(field) for field in kind.fields if field.name != kind.key)
    return f"| `{kind.name}` | {meaning}{behind} | {listed} |"


def head_rows() -> list[str]:
    rows = ["| field | meaning | type |", "| --- | --- | --- |"]
    named = [(SHORTENED.get(field.name, field.name), field) for field in HEAD]
    return rows + [f"| `{name}` | {HEAD_MEANINGS[name]} | {type_name(field)} |" for name, field in named]


def source_rows() -> list[str]:
    rows = ["| field | type |", "| --- | --- |"]
    return rows + [
        f"| `{field.name}` | {type_name(field)} |" for field in SOURCE.fields if field.name != "id"
    ]


TABLES = {"head": head_rows, "kinds": kind_rows, "source": source_rows}


@pytest.mark.parametrize("table", TABLES)
def test_the_tables_are_those_of_the_records(table):
    rows = "\n".join(TABLES[table]())
    assert f"<!-- {table} -->\n\n{rows}\n" in PAGE.read_text(encoding="utf-8")


def test_the_examples_are_strict_yaml():
    examples = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 2
    assert not [problem for text in examples for problem in read_tree(text, "page").problems]
