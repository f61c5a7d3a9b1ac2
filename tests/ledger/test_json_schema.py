"""The published JSON Schema is the one of the records, and accepts what loads."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from crosstie.ledger.json_schema import ledger_schema
from crosstie.ledger.schema import HEAD, KINDS
from crosstie.questions.new import FIRST_LEDGER
from crosstie.text.strict_yaml import Map, read_tree

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "ledger.schema.json"


def plain(value):
    """The tree as JSON has it."""
    if isinstance(value, Map):
        return {key: plain(item) for key, item in value.entries.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_published_schema_is_current():
    # to renew: python -c "import json; from crosstie.ledger.json_schema import ledger_schema as s;
    # print(json.dumps(s(), indent=1))" > docs/ledger.schema.json
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == ledger_schema()


CASES = [file for file in sorted((ROOT / "cases").glob("*/*.yaml")) if file.name != "questions.yaml"]


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.name)
def test_it_accepts_the_cases(validator, file):
    validator.validate(plain(read_tree(file.read_text(encoding="utf-8"), file.name).root))


def test_it_accepts_the_first_ledger_also_as_an_editor_reads_it(validator):
    validator.validate(plain(read_tree(FIRST_LEDGER, "a.yaml").root))
    editor = yaml.SafeLoader
    without_dates = {
        key: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for key, pairs in editor.yaml_implicit_resolvers.items()
    }
    loader = type("Editor", (editor,), {"yaml_implicit_resolvers": without_dates})
    validator.validate(yaml.load(FIRST_LEDGER, loader))  # noqa: S506 (a safe loader without dates)


@pytest.mark.parametrize(
    "name",
    [
        "unknown_kind", "unknown_field", "missing_field", "unknown_status", "unknown_choice", "unknown_section",
        "statement_is_a_text", "mapping_for_a_text", "sources_as_a_list", "source_with_an_unknown_field",
        "part_without_its_shares", "yes_for_true",
    ],
)  # fmt: skip
def test_it_refuses_what_an_editor_can_see(validator, name):
    text = (ROOT / "tests" / "museum" / f"{name}.yaml").read_text(encoding="utf-8")
    assert not validator.is_valid(plain(read_tree(text, name).root))


def test_it_names_every_kind_and_every_field():
    definitions = ledger_schema()["$defs"]
    for kind in KINDS.values():
        properties = definitions[f"statement_{kind.name}"]["properties"]
        own = {kind.name if field.name == kind.key else field.name for field in kind.fields}
        head = {"source" if field.name == "sources" else field.name for field in HEAD}
        assert set(properties) == own | head | {kind.name}
