"""What strict YAML reads: texts only, each with its line."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crosstie.text.strict_yaml import DEEPEST, Map, decode, read_tree
from crosstie.text.yaml_text import write_yaml

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=120).map(
    lambda text: text.replace("\ufffe", "").replace("\uffff", "")
)
keys = words.filter(lambda text: len(text) < 100)
trees = st.recursive(
    words | st.lists(words, max_size=3).map("\n".join),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def plain(value):
    if isinstance(value, Map):
        return {key: plain(item) for key, item in value.entries.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=400, deadline=None)
@given(trees.filter(lambda tree: isinstance(tree, list | dict)))
def test_what_is_written_is_read_here_and_by_an_ordinary_reader(tree):
    text = "\n".join(write_yaml(tree))
    read = read_tree(text, "a.yaml")
    assert read.problems == ()
    assert plain(read.root) == tree
    assert yaml.load(text, yaml.BaseLoader) == tree  # noqa: S506 (texts only)


@pytest.mark.parametrize(
    "text", ["NO", "yes", "on", "0123", "1_000", "12:30", "1e3", "~", "null", "2023-06-28", "<<"]
)
def test_traps_of_yaml_stay_texts(text):
    assert plain(read_tree(f"a: {text}\n", "a.yaml").root) == {"a": text}


@pytest.mark.parametrize(
    "text", ["yes", "No", "TRUE", "off", "null", "~", "<<", "=", "", "- a", "a: b", "a #b", "#a"]
)
def test_what_other_readers_take_for_more_than_text_is_written_in_quotes(text):
    (line,) = write_yaml({"a": text})
    assert line.startswith('a: "')
    assert yaml.safe_load(line) == {"a": text}


def test_lines_are_those_of_the_keys():
    root = read_tree("a: 1\nb:\n  - c: >\n      long\n      text\n    d: 2\n  - e: 3\n", "a.yaml").root
    assert root.lines == [1, 2]
    first, second = root.entries["b"]
    assert (first.line, first.lines, second.line) == (3, [3, 6], 7)
    assert root.line_of("b") == 2
    assert first.line_of("nothing") == 3


def test_an_empty_value_is_none_and_an_empty_text_is_a_text():
    assert plain(read_tree("a:\nb: ''\nc: \"\"\n", "a.yaml").root) == {"a": None, "b": "", "c": ""}


def test_what_stands_above_a_mistake_is_kept():
    text = "statements:\n- a: 1\n- b: 2\n- c: [\n"
    tree = read_tree(text, "a.yaml")
    assert plain(tree.root) == {"statements": [{"a": "1"}, {"b": "2"}]}
    assert [each.where.line for each in tree.problems] == [5]


def test_an_item_cut_short_by_its_indentation_is_left_out():
    tree = read_tree("statements:\n- a: 1\n- b: 2\n c: 3\n  d: 4\n", "a.yaml")
    assert plain(tree.root) == {"statements": [{"a": "1"}]}


@pytest.mark.parametrize(
    "deep", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "[{" * 50_000]
)
def test_nesting_is_refused_before_it_can_hurt(deep):
    tree = read_tree(f"a: {deep}" if deep[0] in "[{" else deep, "a.yaml")
    assert any(
        f"more than {DEEPEST} levels" in each.message or "key" in each.message for each in tree.problems
    )


def test_a_billion_laughs_are_not_heard():
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    tree = read_tree(laughs, "a.yaml")
    assert len(tree.problems) == 9 + 24
    assert all(each.message.startswith(("anchor", "alias")) for each in tree.problems)


def test_a_byte_order_mark_is_passed_over_and_other_encodings_are_refused():
    assert decode("\ufeffa: 1".encode(), "a.yaml") == ("a: 1", ())
    assert decode("a: 1".encode("utf-16"), "a.yaml")[1][0].message.startswith("byte 0xff is not UTF-8")


def test_windows_line_ends_are_line_ends():
    root = read_tree("a: 1\r\nb: 2\r\n", "a.yaml").root
    assert (plain(root), root.lines) == ({"a": "1", "b": "2"}, [1, 2])
