"""Who stands at the top of every company's group."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import heads
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.edges import UNKNOWN
from crosstie.engines.local.plan import Plan
from crosstie.text.problem import CrosstieError

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Leads:
    """What does not change from question to question: the holder that alone has enough, by place.

    ``scan`` lists the places with several holders to ask, among those that a plan has in levels.
    """

    lead: NDArray[np.int32]
    scan: NDArray[np.int32]
    nobody: NDArray[np.bool_]
    threshold: Fraction


@dataclass(frozen=True, slots=True)
class Controllers:
    """By party: the controller that nobody controls, itself where nobody controls it.

    ``doubtful`` marks parties for whom that cannot be decided: a sum that meets the threshold within
    rounding and comes without whole numbers, or stated shares above what there is. Theirs, and that
    of unknown holders, is -1. ``circular`` lists parties at the top of groups that control themselves.
    """

    ultimate: NDArray[np.int32]
    doubtful: NDArray[np.bool_]
    circular: NDArray[np.int32]


def check_threshold(threshold: Fraction) -> None:
    """Refuse what two holders of one company could both have.

    Raises
    ------
    CrosstieError
        A threshold below one half, or one that nobody can pass.
    """
    if not HALF <= threshold < 1:
        raise CrosstieError(f"a threshold of {float(threshold):g}: want at least 0.5 and less than 1")


def find_leads(plan: Plan, threshold: Fraction = HALF) -> Leads:
    """Look once at every column.

    Raises
    ------
    CrosstieError
        A threshold below one half: several holders could control one company.
    """
    check_threshold(threshold)
    lead, nobody = np.empty(plan.parties, np.int32), plan.kind == UNKNOWN
    compiled(heads.lead_holders)(
        plan.start, plan.holder, plan.share, nobody, bool(nobody.any()), float(threshold), lead
    )
    scan = np.flatnonzero(lead[: plan.level[-1]] == heads.SCAN).astype(np.int32)
    return Leads(lead, scan, nobody, threshold)


def heads_in_order(plan: Plan, leads: Leads) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The head of every party's group and the circular heads, all by place."""
    head = np.empty(plan.parties, np.int32)
    circular = np.empty(len(plan.inner), np.int32)
    found = compiled(heads.find_heads)(
        plan.level,
        leads.scan,
        plan.start,
        plan.holder,
        plan.share,
        plan.parts,
        plan.whole,
        plan.first,
        plan.size,
        leads.lead,
        leads.nobody,
        float(leads.threshold),
        leads.threshold.numerator,
        leads.threshold.denominator,
        head,
        circular,
    )
    return head, circular[:found]


def ultimate_controllers(plan: Plan, leads: Leads | None = None) -> Controllers:
    """The ultimate controller of everybody: the least fixed point of control, by groups.

    A party controls a company when it and all it controls together hold more than the threshold.

    Parameters
    ----------
    leads
        From ``find_leads``, to be kept between questions; without, more than half.

    Examples
    --------
    >>> from crosstie.engines.local.edges import edges_of
    >>> from crosstie.engines.local.plan import make_plan
    >>> from crosstie.network import toys
    >>> plan = make_plan(edges_of(toys.chain("100%", "51%")))
    >>> ultimate_controllers(plan).ultimate.tolist()
    [0, 0, 0, -1]
    """
    head, circular = heads_in_order(plan, leads or find_leads(plan))
    ultimate, doubtful = np.empty(plan.parties, np.int32), np.empty(plan.parties, np.bool_)
    compiled(heads.by_party)(plan.order, head, ultimate, doubtful)
    return Controllers(ultimate, doubtful, plan.order[circular].astype(np.int32))
