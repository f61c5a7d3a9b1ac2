"""What a fast JSON parser passes over is found by a compiled loop, by arrays and by a regular expression: the same bytes."""

import re
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("duckdb")
pytest.importorskip("numba")
from crosstie.formats.bods import looking

pytestmark = pytest.mark.bulk
TOLD = re.compile(rb"(?is)(?=[\x00-:\[](?:nan|inf)|..[\x00- ,][}\]]|...\n)")
"""Where the three bytes begin that stand before one that is told."""


@settings(deadline=None)  # compiled at the first call
@given(st.lists(st.sampled_from(b'nNaAiIfF:[ ,]}"\n\tx;\xc3\xee'), min_size=3, max_size=300).map(bytes))
def test_a_compiler_and_arrays_tell_what_a_regular_expression_finds(written):
    piece, count = np.frombuffer(written, np.uint8), len(written) - 3
    one, other = np.zeros(count, np.bool_), np.ones(count, np.bool_)
    looking._compiled()(piece, one)
    looking._Arrays().tell(piece, other)
    found = [each.start() for each in TOLD.finditer(written)]
    assert np.flatnonzero(one).tolist() == found
    assert np.flatnonzero(other).tolist() == found


def test_without_a_compiler_arrays_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    looking._compiled.cache_clear()
    assert looking._way_to_tell(looking._MUCH).__func__ is looking._Arrays.tell
    monkeypatch.undo()
    assert looking._way_to_tell(looking._MUCH) is looking._compiled()
    assert looking._way_to_tell(looking._MUCH - 1).__func__ is looking._Arrays.tell
