"""Look-through ownership in a ledger."""

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from crosstie.analyses.ownership import Measure, Ownership, Share, look_through, simple_path_sum, walk_sum
from crosstie.ledger.amounts import Interval
from crosstie.network.build import Denominator
from crosstie.network.network import Network, UnknownPartyError
from crosstie.questions import bounds_at_once, own_at_once
from crosstie.questions.clocks import Clocks
from crosstie.questions.everyone import Everyone, arrays, at_once, name, number_of, over_100, problems_of
from crosstie.questions.naming import find_party
from crosstie.questions.opening import About, at, load_ledger, reached
from crosstie.text.problem import CrosstieError, Problem

if TYPE_CHECKING:
    from crosstie.engines.register.joined import Joined

Key = Literal["look_through", "walk_sum", "simple_path"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose shares of what, by which measure, over which threshold."""

    owner: str | None = None
    company: str | None = None
    measure: Measure = "look-through"
    exact: bool = False
    above: Fraction = Fraction(0)
    base: Denominator = "outstanding"
    persons: bool = False
    or_more: bool = False

    @property
    def told(self) -> bool:
        """Whether a threshold was given, so that each row says whether it is surely over it."""
        return self.above > 0


MANY = 5_000
"""From so many parties around the one asked about, a large register is asked over arrays."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows as they are found; whether any share (and any direct one) is a range; problems."""

    rows: Iterator[dict[str, object]]
    ranged: frozenset[str]
    problems: tuple[Problem, ...]


def own(path: str, clocks: Clocks, asked: Asked) -> tuple[list[dict[str, object]], tuple[Problem, ...]]:
    """Rows of owner, company, direct and look-through share, base and terminal; and every problem.

    Raises
    ------
    CrosstieError
        Nothing there, an unknown name, or a measure that the ledger's ranges do not allow.
    """
    answer = owned(path, clocks, asked)
    return list(answer.rows), answer.problems


def owned(path: str, clocks: Clocks, asked: Asked) -> Answer:
    """The same row by row: a large register is not made into records.

    Raises
    ------
    CrosstieError
        As above, or all pairs of a large register are asked for.
    """
    with at_once(path) as together:
        found = None if together is None else _at_once(together, path, clocks, asked)
    if found is not None:
        return found
    opened = at(load_ledger(path, _about(asked)), clocks, base=asked.base)
    answer = _ask(opened.network, asked)
    if asked.persons and asked.measure != "look-through":
        persons = {party.id for party in opened.network.parties if party.type == "person"}
        answer = replace(answer, rows=tuple(row for row in answer.rows if row.owner in persons))
    rows = list(_rows(opened.network, answer, asked))
    keys = ("direct", key_of(asked.measure))
    ranged = frozenset(key for key in keys for row in rows if _is_range(row[key]))
    return Answer(iter(rows), ranged, (*opened.problems, *answer.problems))


def _is_range(value: object) -> bool:
    return isinstance(value, Interval) and not value.is_exact


def _at_once(together: "Joined", path: str, clocks: Clocks, asked: Asked) -> Answer | None:
    plain = asked.measure == "look-through" and asked.base == "outstanding" and not asked.exact
    about = _about(asked)
    if about is not None:
        near = reached(together, about) if plain and not asked.persons else None
        return None if near is None or len(near) < MANY else _of_one(together, clocks, asked, near)
    if not plain or not asked.persons or asked.above < own_at_once.LEAST:
        raise CrosstieError(
            f"{path}: all owners of all companies would be too much to answer; ask with --company or --owner, or for"
            " natural persons with more than a part: --persons --threshold 25% (at least 1%)"
        )
    all_ = arrays(together, clocks)
    if all_ is None:
        return None
    if not all_.holdings.capital.is_exact or asked.or_more:
        between = bounds_at_once.persons(all_, clocks, asked.above, or_more=asked.or_more)
        return _between(together, clocks, asked, all_, between)
    found = own_at_once.persons(all_, asked.above)
    ranged = frozenset({"look_through"}) if own_at_once.is_ranged(found) else frozenset[str]()
    return Answer(_decided(own_at_once.rows(all_, found), asked), ranged, all_.problems)


def _decided(rows: Iterator[dict[str, object]], asked: Asked) -> Iterator[dict[str, object]]:
    """Rows that are surely over the threshold."""
    return ({**row, "decided": True} for row in rows) if asked.told else rows


def _between(
    together: "Joined", clocks: Clocks, asked: Asked, all_: Everyone, between: bounds_at_once.Between
) -> Answer:
    met = np.unique(np.concatenate([between.bounds.company, between.bounds.owner])).tolist()
    over = frozenset(over_100(all_, clocks)) & {name(all_.holdings, each) for each in met}
    problems = problems_of(together, over, clocks) if over else ()
    rows = bounds_at_once.rows(all_, between, told=asked.told)
    told = dict.fromkeys((*all_.problems, *problems, *between.problems))
    return Answer(rows, bounds_at_once.ranged_columns(all_, between), tuple(told))


def _of_one(together: "Joined", clocks: Clocks, asked: Asked, near: frozenset[str]) -> Answer | None:
    all_ = arrays(together, clocks, near)
    if all_ is None:
        return None
    owner, company = (
        None if each is None else number_of(all_, each) for each in (asked.owner, asked.company)
    )
    if owner == -1 or company == -1:
        return None
    if not all_.holdings.capital.is_exact or asked.or_more:
        between = bounds_at_once.of_one(
            all_, clocks, owner=owner, company=company, threshold=asked.above, or_more=asked.or_more
        )
        return None if between is None else _between(together, clocks, asked, all_, between)
    found = own_at_once.of_one(all_, owner=owner, company=company, above=float(asked.above))
    if found is None:
        return None
    met = {*found.company.tolist(), *found.owner.tolist()}
    over = frozenset(over_100(all_, clocks)) & {name(all_.holdings, each) for each in met}
    problems = problems_of(together, over, clocks) if over else ()
    rows = _decided(own_at_once.rows(all_, found), asked)
    return Answer(rows, frozenset(), (*all_.problems, *problems))


def _about(asked: Asked) -> About | None:
    """A company's owners rest on what is above it, an owner's companies on what is below, one share on what is between."""
    if asked.company is not None and asked.owner is not None:
        return About((asked.owner, asked.company), "between")
    if asked.company is not None:
        return About((asked.company,), "above")
    return None if asked.owner is None else About((asked.owner,), "below")


def key_of(measure: Measure) -> str:
    """The column that a measure is printed in.

    >>> key_of("walk-sum")
    'walk_sum'
    """
    return measure.replace("-", "_")


def part(text: str) -> Fraction:
    """A part that a person typed: ``0.25``, ``25%``, ``1/4``.

    >>> part("25%")
    Fraction(1, 4)

    Raises
    ------
    CrosstieError
        It is none of these.
    """
    try:
        interval = Interval.parse(text)
    except ValueError as error:
        raise CrosstieError(f"the threshold {text!r} is not a part; write 0.5, 50% or 1/2") from error
    if not interval.is_exact:
        raise CrosstieError(f"the threshold {text!r} is a range; write one part such as 0.5, 50% or 1/2")
    return interval.low


def _ask(network: Network, asked: Asked) -> Ownership:
    owner = None if asked.owner is None else network.parties[find_party(network, asked.owner)].id
    company = None if asked.company is None else network.parties[find_party(network, asked.company)].id
    measures = {"walk-sum": walk_sum, "simple-path": simple_path_sum}
    if asked.measure not in {"look-through", *measures}:
        raise CrosstieError(f"no such measure: {asked.measure!r}; one of look-through, {', '.join(measures)}")
    if not 0 <= asked.above <= 1:
        raise CrosstieError(f"the threshold is {asked.above}; it must lie between 0 and 1")
    wider = max(Fraction(0), asked.above - _TIE)  # floats near the threshold are decided in fractions below
    if asked.measure == "look-through":
        found = look_through(
            network, owner=owner, company=company, above=wider, exact=asked.exact, persons=asked.persons
        )
    else:
        found = measures[asked.measure](network, owner=owner, company=company, above=wider, exact=asked.exact)
    if not asked.told:
        return found
    return replace(
        found, rows=tuple(row for row in found.rows if _over(_sure(network, asked, row), asked)[1])
    )


_TIE = Fraction(1, 10**9)


def _sure(network: Network, asked: Asked, row: Share) -> Interval:
    """A share as an interval; one that rounding may have put on either side of the threshold is worked out in fractions."""
    if isinstance(row.share, Interval):
        return row.share
    if not math.isfinite(row.share):
        return Interval(Fraction(0), None)
    near = isinstance(row.share, float) and abs(Fraction(row.share) - asked.above) <= _TIE
    if near and asked.measure == "look-through" and network.exact_capital:
        with suppress(UnknownPartyError):  # a group that owns itself is no party
            again = look_through(network, owner=row.owner, company=row.company, exact=True)
            share = again[row.owner, row.company]
            assert not isinstance(share, Interval)  # noqa: S101 (no row of this network is one)
            return Interval.exactly(Fraction(share))
    return Interval.exactly(Fraction(row.share))


def _over(part: Interval, asked: Asked) -> tuple[bool, bool]:
    """Whether a share is surely over the threshold, and whether it may be."""
    return bounds_at_once.is_over(part, asked.above, or_more=asked.or_more)


def _rows(network: Network, answer: Ownership, asked: Asked) -> Iterator[dict[str, object]]:
    key = key_of(answer.measure)
    for row in sorted(answer.rows, key=lambda row: (row.company, -_most(row.share), row.owner)):
        yield {
            "owner": row.owner,
            "company": row.company,
            "direct": _shown(row.direct, exact=asked.exact),
            key: _shown(row.share, exact=asked.exact),
            "base": asked.base,
            "terminal": row.terminal,
            **({"decided": _over(_sure(network, asked, row), asked)[0]} if asked.told else {}),
        }


def _most(share: float | Fraction | Interval) -> float:
    if isinstance(share, Interval):
        return float("inf") if share.high is None else float(share.high)
    return float(share)


def _shown(share: float | Fraction | Interval, *, exact: bool) -> object:
    return str(share) if exact and isinstance(share, Fraction) else share
