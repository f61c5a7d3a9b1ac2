"""Every person with at least some share, at any depth, of every company."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import beneficial, refine
from crosstie.engines.local.compiled import compiled
from crosstie.engines.local.edges import PERSON
from crosstie.engines.local.plan import Plan
from crosstie.text.problem import CrosstieError

ENTRIES = 4
"""Room for list entries per party: a few times what real networks need; without room a walk decides."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Short lists of owners by place; see the kernel."""

    person: NDArray[np.bool_]
    at: NDArray[np.int64]
    length: NDArray[np.int32]
    tight: NDArray[np.float64]
    slack: NDArray[np.float64]
    names: NDArray[np.int32]
    parts: NDArray[np.float64]
    out_at: NDArray[np.int64]
    out_length: NDArray[np.int32]
    out_tight: NDArray[np.float64]
    out_slack: NDArray[np.float64]
    threshold: float


@dataclass(frozen=True, slots=True)
class BeneficialOwners:
    """One row a pair: ``share`` is a lower bound that reaches the threshold, short by at most ``within``.

    ``walked`` companies were not decided by lists; ``undecided`` ones could not be settled at all (they
    stand below loops too large to invert).
    """

    company: NDArray[np.uint32]
    owner: NDArray[np.uint32]
    share: NDArray[np.float64]
    within: NDArray[np.float64]
    walked: int
    undecided: int


def list_owners(plan: Plan, threshold: float = 0.25) -> Lists:
    """Short lists of everybody's owners with a certain bound of what they leave out."""
    if not 0.01 <= threshold <= 1:
        raise CrosstieError(f"a threshold of {threshold:g}: want 0.01 to 1")
    parties = plan.parties
    person = plan.kind == PERSON
    stay, most = np.ones(parties), np.zeros(parties)
    if not _is_over(plan):
        compiled(beneficial.matter)(
            plan.start, plan.holder, plan.share, person,
            plan.first, plan.size, plan.offset, plan.inverse, threshold, stay, most,
        )  # fmt: skip
    at, length = np.zeros(parties, np.int64), np.zeros(parties, np.int32)
    tight, slack = np.zeros(parties), np.zeros(parties)
    added, eased = stay, most  # the same memory again
    added[:], eased[:] = 0.0, 0.0
    room = ENTRIES * parties + 1024
    members = len(plan.inner)
    outside = (np.zeros(members, np.int64), np.zeros(members, np.int32), np.zeros(members), np.zeros(members))
    names, parts = np.empty(room, np.int32), np.empty(room)
    compiled(beneficial.list_owners)(
        plan.start, plan.holder, plan.share, person,
        plan.first, plan.size, plan.inner, plan.offset, plan.inverse,
        at, length, tight, slack, names, parts, added, eased, *outside,
    )  # fmt: skip
    return Lists(person, at, length, tight, slack, names, parts, *outside, threshold)


def _is_over(plan: Plan) -> bool:
    """Whether some column has more than there is: then no share is bounded by its direct holdings."""
    held = np.flatnonzero(plan.start[1:] != plan.start[:-1])
    if not len(held):
        return False
    totals = np.add.reduceat(plan.share[: plan.holdings], plan.start[held].astype(np.int64))
    return bool(totals.max() > 1 + 1e-9)


def beneficial_owners(plan: Plan, threshold: float = 0.25) -> BeneficialOwners:
    """Persons with at least the threshold of each company by look-through ownership, every one decided.

    A share within 1e-9 of the threshold counts as reaching it.

    Examples
    --------
    >>> from crosstie.engines.local.edges import edges_of
    >>> from crosstie.engines.local.plan import make_plan
    >>> from crosstie.network import toys
    >>> found = beneficial_owners(make_plan(edges_of(toys.chain("60%", "50%"))))
    >>> list(zip(found.company.tolist(), found.owner.tolist(), found.share.tolist()))
    [(2, 0, 0.3), (1, 0, 0.6)]
    """
    return settle(plan, list_owners(plan, threshold))


def settle(plan: Plan, lists: Lists) -> BeneficialOwners:
    """Decide what the lists leave open, by walking up from those companies alone."""
    threshold = lists.threshold
    open_ = np.empty(plan.parties, np.int32)
    pairs, many = compiled(beneficial.decide_all)(
        plan.start, lists.at, lists.length, lists.tight, lists.slack, lists.parts, threshold, open_
    )
    open_ = open_[:many][::-1].copy()
    listed = (np.empty(pairs, np.int32), np.empty(pairs, np.int32), np.empty(pairs), np.empty(pairs))
    is_open = np.zeros(plan.parties, np.bool_)
    is_open[open_] = True
    compiled(beneficial.collect)(
        plan.start, lists.at, lists.length, lists.tight, lists.names, lists.parts, threshold, is_open, *listed
    )
    walked, undecided = _walk_all(plan, lists, open_)
    company, owner, share, within = (np.concatenate(column) for column in zip(listed, *walked, strict=True))
    return BeneficialOwners(plan.order[company], plan.order[owner], share, within, int(many), undecided)


_Rows = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]


def _walk_all(plan: Plan, lists: Lists, open_: NDArray[np.int32]) -> tuple[list[_Rows], int]:
    """Rows of the open companies, and how many of these stay undecided: each processor walks up from some."""
    if not len(open_):
        return [], 0
    workers = min(os.cpu_count() or 1, len(open_))
    hands = [open_[turn::workers].copy() for turn in range(workers)]  # neighbours take about as long
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(partial(_walk, plan, lists), hands))
    return [rows for rows, _ in found], sum(undecided for _, undecided in found)


def _walk(plan: Plan, lists: Lists, open_: NDArray[np.int32]) -> tuple[_Rows, int]:
    most = int(1 / lists.threshold) * len(open_) + 1024
    rows: _Rows = (np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most), np.empty(most))
    size = plan.size.astype(np.int64)
    pairs, undecided = compiled(refine.settle)(
        open_, lists.threshold,
        plan.start, plan.holder, plan.share, lists.person,
        plan.first, plan.size, np.cumsum(size) - size, plan.inner, plan.offset, plan.inverse,
        lists.at, lists.length, lists.tight, lists.slack, lists.names, lists.parts,
        lists.out_at, lists.out_length, lists.out_tight, lists.out_slack,
        _zeros(plan.parties), _zeros(plan.parties), np.empty(plan.parties, np.int32), np.empty(plan.parties, np.int32),
        *rows,
    )  # fmt: skip
    company, owner, share, within = rows
    return (company[:pairs], owner[:pairs], share[:pairs], within[:pairs]), int(undecided)


def _zeros(many: int) -> NDArray[np.float64]:
    """Zeros in large pages of memory, which ``np.zeros`` does not give."""
    array = np.empty(many)
    array.fill(0.0)
    return array
