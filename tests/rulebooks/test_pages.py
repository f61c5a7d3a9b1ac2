from pathlib import Path

from crosstie.rulebooks.forms import FORMS
from crosstie.rulebooks.pages import pages
from crosstie.rulebooks.reading import built_in

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_every_rule_is_current():
    written = pages(built_in())
    for name, text in written.items():
        assert (DOCS / "rules" / name).read_text("utf-8") == text, f"write again: {name}"
    others = {path.name for path in (DOCS / "rules").glob("*.md")} - set(written)
    assert others == {"writing.md"}


def test_unverified_rules_say_so_on_their_page():
    written = pages(built_in())
    for rule in built_in():
        if any(each.sure.is_unverified for each in rule.provisions):
            assert "**unverified**" in written[f"{rule.rule.lower()}.md"]


def test_every_shape_is_explained():
    text = (DOCS / "rules" / "writing.md").read_text("utf-8")
    assert [shape for shape in FORMS if f"| `{shape}` |" not in text] == []
