"""Make a result of numbers and of the words for how they were found."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from crosstie.analyses.power import bounds
from crosstie.analyses.power.game import Game
from crosstie.analyses.power.result import Index, Power
from crosstie.network.network import FloatArray

FLOATS = "exact up to rounding: sums of votes in floating point"


def exact_answer(game: Game, index: Index, values: Sequence[Fraction], method: str) -> Power:
    """Fractions, each its own bound."""
    exact = tuple(values)
    return Power(index, game.holders, game.weights, exact, method, low=exact, high=exact)


def float_answer(game: Game, index: Index, values: FloatArray) -> Power:
    """Floats up to rounding; what rounding leaves below zero is zero."""
    found = tuple(np.maximum(values, 0.0).tolist())
    return Power(index, game.holders, game.weights, found, FLOATS, low=found, high=found)


def bounded_answer(game: Game, index: Index, found: bounds.Bounded, cells: int) -> Power:
    """An estimate from votes rounded to so many cells."""
    return answer_within(game, index, found, f"votes rounded to {cells:,} cells")


def answer_within(game: Game, index: Index, found: bounds.Bounded, how: str) -> Power:
    """An estimate between certified bounds; the method says how far off it may be at the worst holder."""
    width = float(np.max(np.maximum(found.high - found.values, found.values - found.low)))
    method = (
        f"{how.split('; within', maxsplit=1)[0]}; within {_rounded_up(width)} for certain" if width else how
    )
    return Power(
        index,
        game.holders,
        game.weights,
        tuple(found.values.tolist()),
        method,
        low=tuple(found.low.tolist()),
        high=tuple(found.high.tolist()),
    )


def _rounded_up(number: float) -> str:
    """Two digits, never too small.

    >>> _rounded_up(0.000123)
    '1.3e-04'
    """
    step = 10.0 ** (math.floor(math.log10(number)) - 1)
    return f"{math.ceil(number / step) * step:.1e}"
