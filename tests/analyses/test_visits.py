"""Loops are solved the same whether what is empty in them is passed over or not."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from crosstie.analyses import visits
from crosstie.analyses.visits import solve

PICKED, WHOLE = 0, 10**9


def loop(seed, *, exact):
    """Who holds whom, each by one to three others, and what is held from outside."""
    dice = Random(seed)
    size = dice.randint(2, 9 if exact else 60)
    held = np.full((size, size), Fraction(0) if exact else 0.0, object if exact else np.float64)
    for company in range(size):
        holders = {(company + 1) % size, *(dice.randrange(size) for _ in range(dice.randint(0, 2)))} - {
            company
        }
        for holder in holders:
            part = Fraction(dice.randint(1, 30), 100)
            held[company, holder] = part if exact else float(part)
    return held, 1 - held.sum(axis=1)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_cells_picked_out_and_whole_blocks_give_the_same(seed, exact, monkeypatch):
    held, escape = loop(seed, exact=exact)
    right = np.full_like(held, Fraction(0) if exact else 0.0)
    np.fill_diagonal(right, Fraction(1) if exact else 1.0)
    answers = []
    for full in (PICKED, WHOLE):
        monkeypatch.setattr(visits, "FULL", full)
        answers.append(solve(held, escape, right))
    (kind, picked), (other, whole) = answers
    assert kind == other == "open"
    assert np.array_equal(picked, whole)
    left = (right - held) @ picked - right
    if exact:
        assert not left.any()
    else:
        assert np.abs(left).max() < 1e-12
