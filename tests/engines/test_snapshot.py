import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from random_networks import edges_from, random_columns

from crosstie.engines.local import identifiers, snapshot
from crosstie.engines.local.edges import PERSON
from crosstie.engines.local.plan import Plan, make_plan
from crosstie.text.problem import CrosstieError


def some_edges(seed=1):
    persons, columns = random_columns(np.random.default_rng(seed), 20)
    return edges_from(20, persons, columns)


def same(a, b):
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name), equal_nan=True) for f in fields(Plan))


def test_a_kept_plan_is_the_plan(tmp_path):
    edges = some_edges()
    made = snapshot.kept_plan(edges, tmp_path)
    (file,) = tmp_path.iterdir()
    assert same(snapshot.kept_plan(edges, tmp_path), made)
    assert same(snapshot.read_plan(file), make_plan(edges))


def test_the_key_follows_the_content():
    edges = some_edges()
    keys = {snapshot.content_key(edges)}
    share = edges.share.copy()
    share[0] += 1e-12
    keys.add(snapshot.content_key(replace(edges, share=share)))
    kind = edges.kind.copy()
    kind[3] = 2
    keys.add(snapshot.content_key(replace(edges, kind=kind)))
    keys.add(snapshot.content_key(some_edges(2)))
    assert len(keys) == 4
    assert snapshot.content_key(some_edges()) in keys


@pytest.mark.parametrize("keep", [0, 5, 40, 300, 900])
def test_a_plan_cut_off_anywhere_is_made_again(tmp_path, keep):
    edges = some_edges()
    made = snapshot.kept_plan(edges, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:keep])
    assert snapshot.read_plan(file) is None
    assert same(snapshot.kept_plan(edges, tmp_path), made)
    assert same(snapshot.read_plan(file), made)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CrosstieError, match="cannot keep the plan"):
        snapshot.kept_plan(some_edges(), tmp_path / "file")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=60))
def test_equal_texts_get_equal_numbers_and_others_do_not(rows):
    columns = [pa.array([row[i] for row in rows], pa.string()) for i in (0, 1)]
    numbers, names = identifiers.number_texts(columns)
    for column, found in zip(columns, numbers, strict=True):
        assert [names[n] for n in found] == column.to_pylist()
    assert len(names) == len({text for row in rows for text in row})


def test_more_texts_than_room_was_made_for():
    texts = [f"XX-{i:07d}" * (1 + i % 5) for i in range(9_000)]
    column = pa.chunked_array([pa.array(texts[:100]), pa.array(texts[50:], pa.string())[50:]])
    (numbers,), names = identifiers.number_texts([column])
    assert numbers.tolist() == list(range(9_000))
    assert [names[i] for i in (0, 99, 100, 8_999)] == [texts[i] for i in (0, 99, 100, 8_999)]


@pytest.mark.parametrize("size", [1, 700, 5_000])
def test_many_texts_are_shared_out_and_numbered_as_few_are(monkeypatch, size):
    monkeypatch.setattr(identifiers, "MANY", 100)
    monkeypatch.setattr(identifiers, "PIECE", 300)
    rng = np.random.default_rng(size)
    holders, companies = ([f"XX-{i}" for i in rng.integers(0, size, 2_000)] for _ in range(2))
    batches = [
        [pa.array(holders[k : k + 450]), pa.array(companies[k : k + 450])] for k in range(0, 2_000, 450)
    ]
    numbers, names = identifiers.number_batches(batches)
    for column, found in zip((holders, companies), numbers, strict=True):
        assert [names[n] for n in found] == column
    assert len(names) == len({*holders, *companies}) == len({names[n] for n in range(len(names))})


ODD = st.sampled_from(
    ["", "a", "é", "abcdefg", "abcdefgh", "abcdefghi", "\x00", "\x00" * 8, "日本" * 5, "x" * 40]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(ODD | st.text(max_size=18), ODD | st.text(max_size=18), st.integers(0, 9)), max_size=80
    ),
    st.integers(1, 30),
    st.sampled_from(
        [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
    ),
)
def test_rows_in_any_batches_become_the_columns_that_they_are(rows, at_once, kind):
    """Against plain Python; shared out into parts, in pieces that are cut elsewhere than the batches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifiers, "MANY", 1)
        patch.setattr(identifiers, "PIECE", 7)
        holders, companies, shares = ([row[i] for row in rows] for i in range(3))
        cut = len(rows) // 3
        batches = [
            (
                pa.chunked_array([pa.array(part[:cut], kind), pa.array(part[cut:], kind)]),
                pa.array(["left out", *other], kind)[1:],
                np.array(share, float),
            )
            for k in range(0, len(rows), at_once)
            for part, other, share in [
                (holders[k : k + at_once], companies[k : k + at_once], shares[k : k + at_once])
            ]
        ]
        found = snapshot.from_batches(batches)
    names = [found.names[n] for n in range(len(found.names))]
    assert sorted(names) == sorted({*holders, *companies})
    edges = found.edges
    for number, name in enumerate(names):
        column = slice(int(edges.start[number]), int(edges.start[number + 1]))
        got = [(names[h], s) for h, s in zip(edges.holder[column], edges.share[column].tolist(), strict=True)]
        assert got == [(h, s) for h, c, s in rows if c == name != h]


def test_names_have_numbers_from_nothing_to_their_count():
    _, names = identifiers.number_texts([pa.array(["ana", "b"])])
    assert (names[-1], len(names)) == ("b", 2)
    for number in (2, -3):
        with pytest.raises(IndexError):
            names[number]


def test_texts_with_one_hash_are_told_apart(monkeypatch):
    if identifiers.compiled(identifiers.texts.hash_bytes) is not identifiers.texts.hash_bytes:
        pytest.skip("only the plain kernel takes another hash")
    monkeypatch.setattr(identifiers.texts, "hash_bytes", lambda *_: 7)
    (numbers,), names = identifiers.number_texts([pa.array(["a", "b", "a", "", "ab"])])
    assert numbers.tolist() == [0, 1, 0, 2, 3]
    assert [names[i] for i in range(4)] == ["a", "b", "", "ab"]


def test_a_register_s_rows_become_arrays_without_treasury_shares():
    found = snapshot.from_columns(
        pa.array(["ana", "b", "b", "a"]),
        pa.array(["a", "b", "c", "b"]),
        np.array([0.6, 0.1, 0.2, 0.5]),
        {"ana": PERSON},
    )
    names = [found.names[i] for i in range(len(found.names))]
    edges = found.edges
    assert names == ["ana", "b", "a", "c"]
    assert edges.kind.tolist() == [PERSON, 0, 0, 0]
    rows = {
        (names[int(edges.holder[k])], names[j]): float(edges.share[k])
        for j in range(4)
        for k in range(int(edges.start[j]), int(edges.start[j + 1]))
    }
    assert rows == {("ana", "a"): 0.6, ("b", "c"): 0.2, ("a", "b"): 0.5}
