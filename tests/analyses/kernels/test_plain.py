"""Kernels as plain Python, one by one; whole questions are asked in tests/engines, compiled and plain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosstie.analyses.kernels import beneficial, flow, heap, order, texts


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_a_heap_gives_places_back_in_order(places):
    waiting = np.zeros(len(places) + 1, np.int64)
    for many, place in enumerate(places):
        heap.push(waiting, many, place)
    assert [heap.pop(waiting, many) for many in range(len(places), 0, -1)] == sorted(places)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_hash_depends_on_all_bytes_and_on_nothing_else(one, other):
    data = np.frombuffer(one + other + one, np.uint8)
    a, b, c = 0, len(one), len(one) + len(other)
    first = texts.hash_bytes(data, a, b)
    assert first == texts.hash_bytes(data, c, len(data))
    assert 0 <= first < 2**64
    if one != other:
        assert first != texts.hash_bytes(data, b, c)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_texts_are_copied_and_compared_byte_for_byte(one, other):
    data, names = np.frombuffer(other + one, np.uint8), np.zeros(50, np.uint8)
    texts.copy_bytes(data, len(other), len(data), names, 5)
    assert names.tobytes() == bytes(5) + one + bytes(45 - len(one))
    assert texts.same_bytes(data, len(other), len(data), names, 5)
    if len(one) == len(other):
        assert texts.same_bytes(data, 0, len(other), names, 5) == (one == other)


def test_peeling_stops_below_a_loop_and_what_it_holds_is_placed():
    # 0 and 1 hold each other; 2 is held by 1; 3 holds 0
    start = np.array([0, 2, 3, 4, 4])
    holder = np.array([1, 3, 0, 1])
    count, places = np.empty(4, np.int32), np.empty(4, np.int64)
    order.count_holdings(holder, count)
    assert count.tolist() == [1, 2, 0, 1]
    level = np.empty(5, np.int64)
    assert order.peel(start, holder, count, places, level) == (1, 2)
    assert level[:2].tolist() == [0, 1]
    first, size, top = order.place_rest(start, holder, count, places, 1)
    assert places[0] == 2
    assert top == 3
    assert set(places[1:3]) == {0, 1}
    assert places[3] == 3
    assert (first.tolist(), size.tolist()) == ([1], [2])


@given(st.lists(st.floats(0.001, 0.4), min_size=1, max_size=20), st.floats(0, 0.1))
def test_bounds_cover_what_a_shortened_list_leaves_out(parts, loose):
    who, part, ease = np.arange(20), np.zeros(20), np.zeros(20)
    part[: len(parts)] = parts
    kept, tight, slack = beneficial.keep_best(who, part, ease, len(parts), 8, loose)
    out = set(range(len(parts))) - set(who[:kept].tolist())
    assert kept == min(8, len(parts))
    assert tight == loose
    assert all(parts[i] + loose <= slack + 1e-15 for i in out)
    assert slack >= loose


def test_amounts_that_never_leave_are_told():
    start, inner, holder = np.array([0, 1, 2]), np.array([0, 1]), np.array([1, 0])
    x = np.array([1.0, 0.0])
    rounds, flow.ROUNDS = flow.ROUNDS, 50
    try:
        assert not flow.iterate_up(start, inner, holder, np.ones(2), 0, 2, x)
        assert not flow.iterate_down(start, inner, holder, np.ones(2), 0, 2, np.array([1.0, 0.0]))
    finally:
        flow.ROUNDS = rounds
    y = np.array([1.0, 0.0])
    assert flow.iterate_up(start, inner, holder, np.array([0.5, 0.5]), 0, 2, y)
    assert y == pytest.approx([4 / 3, 2 / 3])
