"""Which companies a list of persons reaches: the aggregate 50 % rule, for everybody at once."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import screen
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.plan import Plan

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Screened:
    """By party: reached by the list (the listed themselves included), or not to be decided."""

    reached: NDArray[np.bool_]
    doubtful: NDArray[np.bool_]


def screen_everybody(plan: Plan, listed: NDArray[np.integer], threshold: Fraction = HALF) -> Screened:
    """Follow listed parties down: at each step, those reached hold the threshold or more together.

    Unknown holders count as not listed. A sum that meets the threshold within rounding is decided from
    whole numbers (see ``Edges.parts``), or from decimals of up to twelve digits; else it is doubtful, and
    so is what hangs on it.

    Parameters
    ----------
    listed
        Party numbers.

    Examples
    --------
    >>> from crosstie.engines.local.edges import edges_of
    >>> from crosstie.engines.local.plan import make_plan
    >>> from crosstie.network import toys
    >>> plan = make_plan(edges_of(toys.chain("50%", "50%", "49%")))
    >>> screen_everybody(plan, np.array([0])).reached.tolist()
    [True, True, True, False, False, False, False]

    References
    ----------
    OFAC, frequently asked question 401.
    """
    state = np.zeros(plan.parties, np.int8)
    state[plan.rank[listed]] = screen.REACHED
    compiled(screen.cascade)(
        plan.start,
        plan.holder,
        plan.share,
        plan.parts,
        plan.whole,
        plan.first,
        plan.size,
        float(threshold),
        threshold.numerator,
        threshold.denominator,
        state,
    )
    by_party = state[plan.rank]
    return Screened(by_party == screen.REACHED, by_party == screen.DOUBTFUL)
