"""Look-through ownership in a large register: one company or owner among millions, or every person's large shares."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crosstie.engines.local import beneficial, owners, value
from crosstie.engines.local.edges import PERSON, Edges, make_edges
from crosstie.engines.local.plan import Plan, make_plan
from crosstie.engines.register.everybody import Everybody
from crosstie.ledger.amounts import Interval
from crosstie.questions.everyone import Everyone

LEAST = Fraction(1, 100)
"""The smallest threshold at which all persons are asked at once."""
_BATCH = 50_000
_EXACT = 1e-12


@dataclass(frozen=True, slots=True)
class Found:
    """Owners and companies by number, with shares of which none is short by more than ``within``."""

    owner: NDArray[np.int64]
    company: NDArray[np.int64]
    share: NDArray[np.float64]
    within: NDArray[np.float64]


def edges_of(all_: Everybody) -> Edges:
    """The capital of a day without ranges, as the engine takes it."""
    share = all_.capital.low / all_.whole[all_.companies()]
    whole = np.where(all_.rounded, 0, all_.whole)
    return make_edges(all_.start, all_.holder, share, all_.kind, parts=all_.capital.low, whole=whole)


def of_one(all_: Everyone, *, owner: int | None, company: int | None, above: float) -> Found | None:
    """One company's owners, or one owner's companies; ``None`` where the small analysis must answer.

    That is where a group that owns itself, or a loop with more than there is, is met.
    """
    plan = make_plan(edges_of(all_.holdings))
    found = _down(plan, owner) if company is None and owner is not None else _up(plan, company or 0)
    if owner is not None and company is not None:
        found = _only(found, found.owner == owner)
    met = np.unique(np.concatenate([found.owner, found.company]))
    if not np.isfinite(found.share).all() or _in_closed(plan, met):
        return None
    return _only(found, found.share > above)


def _down(plan: Plan, owner: int) -> Found:
    shares = value.look_through_of(plan, owner)
    company = np.flatnonzero(shares != 0)
    company = company[company != owner]
    return Found(np.full(len(company), owner), company, shares[company], np.zeros(len(company)))


def _up(plan: Plan, company: int) -> Found:
    above = owners.owners_of(plan, owners.make_desk(plan), company)
    owner = above.owner.astype(np.int64)
    order = np.lexsort((owner, -above.share))
    order = order[above.share[order] > 0]
    return Found(owner[order], np.full(len(order), company), above.share[order], np.zeros(len(order)))


def _only(found: Found, these: NDArray[np.bool_]) -> Found:
    return Found(found.owner[these], found.company[these], found.share[these], found.within[these])


def _in_closed(plan: Plan, parties: NDArray[np.int64]) -> bool:
    groups = plan.closed_groups()
    return bool(groups) and bool(np.isin(parties, np.concatenate(list(groups))).any())


def persons(all_: Everyone, above: Fraction) -> Found:
    """Every natural person with more than a part of any company, each pair decided.

    Lists of owners decide nearly all; a share that comes near the threshold is walked to by itself.
    """
    plan = make_plan(edges_of(all_.holdings))
    found = beneficial.beneficial_owners(plan, float(above))
    company, owner = found.company.astype(np.int64), found.owner.astype(np.int64)
    share, within = found.share.copy(), found.within.copy()
    desk = owners.make_desk(plan)
    for at in np.flatnonzero(share <= float(above) + 2e-9).tolist():
        walked = owners.owners_of(plan, desk, int(company[at]))
        share[at], within[at] = walked.share[walked.owner == owner[at]].sum(), 0.0
    order = np.lexsort((owner, -share, company))
    kept = order[share[order] > float(above)]
    return Found(owner[kept], company[kept], share[kept], within[kept])


def is_person(all_: Everyone, number: int) -> bool:
    """Whether a party is a natural person."""
    return bool(all_.holdings.kind[number] == PERSON)


def rows(all_: Everyone, found: Found) -> Iterator[dict[str, object]]:
    """The rows of the small analysis: owner, company, direct and look-through share, base, terminal."""
    holdings = all_.holdings
    held = np.diff(holdings.start) > 0
    direct = _direct(holdings, found)
    for begin in range(0, len(found.owner), _BATCH):
        these = slice(begin, begin + _BATCH)
        columns = zip(
            holdings.ids.take(found.owner[these]), holdings.ids.take(found.company[these]),
            direct[these].tolist(), found.share[these].tolist(), found.within[these].tolist(),
            (~held[found.owner[these]]).tolist(), strict=True,
        )  # fmt: skip
        for owner, company, part, share, within, terminal in columns:
            yield {"owner": owner, "company": company, "direct": part, "look_through": _share(share, within),
                   "base": "outstanding", "terminal": terminal}  # fmt: skip


def is_ranged(found: Found) -> bool:
    """Whether some share is only known between two ends."""
    return bool((found.within > _EXACT).any())


def _share(share: float, within: float) -> object:
    return share if within <= _EXACT else Interval(Fraction(share), Fraction(min(1.0, share + within)))


def _direct(all_: Everybody, found: Found) -> NDArray[np.float64]:
    """What each owner holds of each company itself."""
    share = np.zeros(len(found.owner))
    wanted = np.isin(all_.holder, np.unique(found.owner))
    at = np.flatnonzero(wanted)
    company = all_.companies()[at]
    keys = company.astype(np.int64) * all_.size + all_.holder[at]
    order = np.argsort(keys, kind="stable")
    asked = found.company * all_.size + found.owner
    place = np.minimum(np.searchsorted(keys[order], asked), max(0, len(keys) - 1))
    if not len(keys):
        return share
    hit = keys[order][place] == asked
    edge = at[order[place]]
    share[hit] = (all_.capital.low[edge] / all_.whole[found.company])[hit]
    return share
