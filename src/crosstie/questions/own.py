"""Look-through ownership in a ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from crosstie.analyses.ownership import Measure, Ownership, look_through, simple_path_sum, walk_sum
from crosstie.ledger.amounts import Interval
from crosstie.network.build import Denominator
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.naming import find_party
from crosstie.questions.opening import About, at, load_ledger
from crosstie.text.problem import CrosstieError, Problem

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


def own(path: str, clocks: Clocks, asked: Asked) -> tuple[list[dict[str, object]], tuple[Problem, ...]]:
    """Rows of owner, company, direct and look-through share, base and terminal; and every problem.

    Raises
    ------
    CrosstieError
        Nothing there, an unknown name, or a measure that the ledger's ranges do not allow.
    """
    opened = at(load_ledger(path, _about(asked)), clocks, base=asked.base)
    answer = _ask(opened.network, asked)
    return list(_rows(answer, asked)), (*opened.problems, *answer.problems)


def _about(asked: Asked) -> About | None:
    """A company's owners rest on what is above it, an owner's companies on what is below."""
    if asked.company is not None:
        return About((asked.company, *([asked.owner] if asked.owner is not None else [])), "above")
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
    measures = {"look-through": look_through, "walk-sum": walk_sum, "simple-path": simple_path_sum}
    if asked.measure not in measures:
        raise CrosstieError(f"no such measure: {asked.measure!r}; one of {', '.join(measures)}")
    return measures[asked.measure](
        network, owner=owner, company=company, above=asked.above, exact=asked.exact
    )


def _rows(answer: Ownership, asked: Asked) -> Iterator[dict[str, object]]:
    key = key_of(answer.measure)
    for row in sorted(answer.rows, key=lambda row: (row.company, -_most(row.share), row.owner)):
        yield {
            "owner": row.owner,
            "company": row.company,
            "direct": _shown(row.direct, exact=asked.exact),
            key: _shown(row.share, exact=asked.exact),
            "base": asked.base,
            "terminal": row.terminal,
        }


def _most(share: float | Fraction | Interval) -> float:
    if isinstance(share, Interval):
        return float("inf") if share.high is None else float(share.high)
    return float(share)


def _shown(share: float | Fraction | Interval, *, exact: bool) -> object:
    return str(share) if exact and isinstance(share, Fraction) else share
