"""Look-through shares in a large register of ranges: bounds of everybody at once, ties decided in fractions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses import ranges
from crosstie.analyses.extremes import MOST_EXACT_HOLDINGS
from crosstie.engines.local import bounds
from crosstie.engines.local.bounds import Bounds
from crosstie.engines.local.edges import PERSON
from crosstie.engines.local.ranged import Ranged, closed_groups, make_ranged
from crosstie.engines.register.everybody import Everybody
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.network.edges import Edge, make_network
from crosstie.questions.clocks import Clocks
from crosstie.questions.everyone import Everyone, exactly, name
from crosstie.text.problem import Problem

MOST_AROUND = 2_000
"""Companies above one within which a tie is decided in fractions."""
MOST_TIES = 5_000
_NEAR = 1e-9
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Between:
    """Pairs that are over a threshold, surely (``decided``) or possibly; ``again`` are the few bounded in fractions."""

    bounds: Bounds
    decided: NDArray[np.bool_]
    again: dict[int, Interval]
    problems: tuple[Problem, ...]


def ranged_of(all_: Everybody) -> Ranged:
    """The capital of a day, as the engine takes it."""
    return make_ranged(all_.start, all_.holder, all_.capital, all_.whole, all_.kind, rounded=all_.rounded)


def persons(all_: Everyone, clocks: Clocks, threshold: Fraction, *, or_more: bool) -> Between:
    """Every natural person who may have more than a part (``or_more``: or just that) of any company."""
    owners = np.flatnonzero(all_.holdings.kind == PERSON)
    found = bounds.look_through_bounds(ranged_of(all_.holdings), owners, threshold)
    return _over(all_, clocks, found, threshold, or_more=or_more)


def of_one(  # noqa: PLR0913 (one for each part of the question)
    all_: Everyone,
    clocks: Clocks,
    *,
    owner: int | None,
    company: int | None,
    threshold: Fraction,
    or_more: bool,
) -> Between | None:
    """One company's owners, or one owner's companies; ``None`` where a group that owns itself is met."""
    ranged = ranged_of(all_.holdings)
    if closed_groups(ranged):
        return None
    owners = np.arange(all_.holdings.size) if owner is None else np.array([owner])
    found = bounds.look_through_bounds(ranged, owners[owners != company], company=company)
    return _over(all_, clocks, found, threshold, or_more=or_more)


def _over(all_: Everyone, clocks: Clocks, found: Bounds, threshold: Fraction, *, or_more: bool) -> Between:
    """Sort pairs into surely and possibly over; ties that floats leave open are decided in fractions."""
    t = float(threshold)
    low_near, high_near = (np.abs(end - t) <= _NEAR for end in (found.low, found.high))
    decided, possible = found.low > t, found.high > t
    unsure = found.endless.copy()
    direct = _direct(all_.holdings, found)
    for at in np.flatnonzero(low_near | high_near).tolist():
        edge = int(direct[at])
        company = int(found.company[at])
        own = ZERO if edge < 0 or all_.holdings.rounded[company] else _stated(all_.holdings, edge, company)
        if not high_near[at] and is_over(own, threshold, or_more=or_more)[0]:  # whatever comes through others
            decided[at], possible[at] = True, True
            continue
        interval = _interval(found, at)
        decided[at], possible[at] = is_over(interval, threshold, or_more=or_more)
        unsure[at] |= bool(
            (low_near[at] and not found.low_exact[at]) or (high_near[at] and not found.high_exact[at])
        )
    again: dict[int, Interval] = {}
    left = 0
    ties = np.flatnonzero(unsure)
    fractions = _all_in_fractions(all_, clocks, found, ties[:MOST_TIES])
    for at in ties.tolist():
        exact = fractions.get(at)
        if exact is None:
            decided[at], possible[at] = False, True
            left += 1
            if found.endless[at]:
                again[at] = Interval(Fraction(0), None)
            continue
        again[at] = exact
        decided[at], possible[at] = is_over(exact, threshold, or_more=or_more)
    kept = np.flatnonzero(possible)
    kept = kept[np.lexsort((found.owner[kept], -found.high[kept], found.company[kept]))]
    again = {new: again[old] for new, old in enumerate(kept.tolist()) if old in again}
    rows = found.at(kept)
    return Between(rows, decided[kept], again, tuple(_doubts(all_, rows, again, left)))


def is_over(part: Interval, threshold: Fraction, *, or_more: bool) -> tuple[bool, bool]:
    """Whether all of an interval is over the threshold, and whether some of it is."""
    surely = part.low > threshold or (part.low == threshold and (part.low_open or or_more))
    reaches = part.high is None or part.high > threshold
    return surely, reaches or (or_more and part.high == threshold and not part.high_open)


def _interval(found: Bounds, at: int) -> Interval:
    low, high = Fraction(float(found.low[at])), Fraction(float(found.high[at]))
    return Interval(low, high, bool(found.low_open[at]), bool(found.high_open[at]))


def _all_in_fractions(
    all_: Everyone, clocks: Clocks, found: Bounds, ties: NDArray[np.intp]
) -> dict[int, Interval | None]:
    """What fractions say of some pairs. Columns above them that were rounded are read record by record."""
    holdings, rounded, answers = all_.holdings, set[int](), dict[int, Interval | None]()
    for at in ties.tolist():
        above = _above(holdings, int(found.company[at]), _most(holdings, found, at)) or []
        more = [] if found.endless[at] else [each for each in above if holdings.rounded[each]]
        rounded.update(more)
        answers[at] = None if more else _in_fractions(holdings, found, at)
    exact = exactly(all_, clocks, sorted(name(holdings, each) for each in rounded)) if rounded else None
    if exact is not None:
        left = [at for at in ties.tolist() if answers[at] is None]
        there = _renumbered(found.at(np.array(left)), holdings, exact.holdings)
        known = (there.owner >= 0) & (there.company >= 0)
        answers |= {
            left[turn]: _in_fractions(exact.holdings, there, turn) for turn in np.flatnonzero(known).tolist()
        }
    return answers


def _renumbered(found: Bounds, here: Everybody, there: Everybody) -> Bounds:
    """The same pairs, with the numbers that their parties have there."""
    owner, company = (
        np.array([there.ids.find(here.ids[number]) for number in each.tolist()], np.int64)
        for each in (found.owner, found.company)
    )
    return replace(found, owner=owner, company=company)


def _most(all_: Everybody, found: Bounds, at: int) -> int:
    """Holdings above a company within which a tie is decided in fractions."""
    return len(all_.holder) if found.endless[at] else MOST_EXACT_HOLDINGS


def _in_fractions(all_: Everybody, found: Bounds, at: int) -> Interval | None:
    """One share from all the columns above its company, as the small analysis finds it; ``None`` where they are too many."""
    owner, company = int(found.owner[at]), int(found.company[at])
    above = _above(all_, company, _most(all_, found, at))
    if above is None or (all_.rounded[above].any() and not found.endless[at]):
        return None
    edges = [
        Edge(str(holder), str(each), _stated(all_, edge, each))
        for each in above
        for edge in range(int(all_.start[each]), int(all_.start[each + 1]))
        for holder in (all_.holder[edge],)
    ]
    edges += [Edge(f"unknown holders of {each}", str(each), ZERO) for each in above]
    network = make_network(edges)
    if found.endless[at] or ranges.is_small(network):
        shares = ranges.bounds_of(network, (network.index(str(owner)),))
        return shares.get(network.index(str(company)), ZERO)
    return None


def _above(all_: Everybody, company: int, most: int) -> list[int] | None:
    """A company and all companies above it; ``None`` where these have more than so many holdings, or are too many."""
    seen, todo = {company}, [company]
    holdings = 0
    for each in todo:  # grows while it is read
        holdings += int(all_.start[each + 1] - all_.start[each])
        if holdings > most:
            return None
        for holder in all_.holder[all_.start[each] : all_.start[each + 1]].tolist():
            if holder not in seen and all_.start[holder] < all_.start[holder + 1]:
                seen.add(holder)
                todo.append(holder)
        if len(todo) > MOST_AROUND:
            return None
    return todo


def _stated(all_: Everybody, edge: int, company: int) -> Interval:
    ends, whole = all_.capital, int(all_.whole[company])
    low, high = Fraction(int(ends.low[edge]), whole), Fraction(int(ends.high[edge]), whole)
    return Interval(low, high, bool(ends.low_open[edge]), bool(ends.high_open[edge]))


def _doubts(all_: Everyone, found: Bounds, again: dict[int, Interval], left: int) -> Iterator[Problem]:
    """What the answer cannot say as sharply as the small analysis would."""
    for at, share in again.items():
        if share.high is None:
            owner, company = (name(all_.holdings, int(each[at])) for each in (found.owner, found.company))
            yield Problem(
                f"the look-through of {owner} in {company} has no end: a loop there adds up to 100% or more",
                kind="infinite",
                severity="warning",
            )
    wide = int(found.loose.sum())
    if wide:
        yield Problem(
            f"{wide:,} shares are bounded safely and may be narrower: a loop of many companies is above them;"
            " ask with --owner or --company",
            kind="wide-bounds",
            severity="note",
        )
    if left:
        yield Problem(
            f"{left:,} shares come too near the threshold, in surroundings too large for fractions, to be decided",
            kind="undecided",
            severity="note",
        )


def rows(all_: Everyone, between: Between, *, told: bool) -> Iterator[dict[str, object]]:
    """The rows of the small analysis; ``told``: with whether each share is surely over the threshold."""
    holdings, found = all_.holdings, between.bounds
    held = np.diff(holdings.start) > 0
    direct = _direct(holdings, found)
    for begin in range(0, len(found.owner), _BATCH):
        these = slice(begin, begin + _BATCH)
        names = zip(
            holdings.ids.take(found.owner[these]), holdings.ids.take(found.company[these]),
            strict=True,
        )  # fmt: skip
        for at, (owner, company) in enumerate(names, begin):
            edge = int(direct[at])
            part = ZERO if edge < 0 else _stated(holdings, edge, int(found.company[at]))
            share = between.again.get(at) or _shown(found, at)
            row = {"owner": owner, "company": company, "direct": part, "look_through": share, "base": "outstanding",
                   "terminal": not held[found.owner[at]]}  # fmt: skip
            yield {**row, "decided": bool(between.decided[at])} if told else row


def ranged_columns(all_: Everyone, between: Between) -> frozenset[str]:
    """The columns that may have a range."""
    wide = bool((between.bounds.low < between.bounds.high).any()) or bool(between.again)
    stated = (("direct", not all_.holdings.capital.is_exact), ("look_through", wide))
    return frozenset(key for key, has in stated if has)


def _shown(found: Bounds, at: int) -> object:
    low, high = float(found.low[at]), float(found.high[at])
    return low if low == high else _interval(found, at)


def _direct(all_: Everybody, found: Bounds) -> NDArray[np.int64]:
    """The number of each owner's own holding of each company, -1 where there is none."""
    at = np.flatnonzero(np.isin(all_.holder, np.unique(found.owner)))
    keys = all_.companies()[at].astype(np.int64) * all_.size + all_.holder[at]
    order = np.argsort(keys, kind="stable")
    asked = found.company * all_.size + found.owner
    if not len(keys):
        return np.full(len(asked), -1)
    place = np.minimum(np.searchsorted(keys[order], asked), len(keys) - 1)
    return np.where(keys[order][place] == asked, at[order[place]], -1)
