"""Who controls what in a ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.control import Controls, Semantics, control, control_greatest
from crosstie.analyses.groups import self_controlled_groups
from crosstie.ledger.amounts import Interval
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.everyone import Everyone, everyone, exactly, name
from crosstie.questions.opening import About, open_ledger
from crosstie.text.problem import Problem

if TYPE_CHECKING:
    from crosstie.engines.local.closures import Pairs

KEYS = ("company", "controller", "ultimate", "votes", "decided")
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows in order of company; whether any has votes that are a range; problems."""

    rows: Iterator[Row]
    ranged: bool
    problems: tuple[Problem, ...]


def controls(path: str, clocks: Clocks, threshold: Fraction, semantics: Semantics) -> Answer:
    """Every pair of controller and controlled company as rows; a large register is asked all at once.

    Raises
    ------
    CrosstieError
        Nothing there, or a threshold that does not lie over 0 and at most at 1.
    """
    if semantics == "least":
        with everyone(path, clocks) as all_:
            found = None if all_ is None else _of_everybody(path, clocks, all_, threshold)
        if found is not None:
            return found
    answer, problems = control_in_ledger(path, clocks, threshold, semantics)
    rows = sorted(answer.rows, key=lambda row: (row.company, not row.ultimate, row.controller))
    ranged = any(not row.votes.is_exact for row in rows)
    return Answer(({key: getattr(row, key) for key in KEYS} for row in rows), ranged, problems)


def control_in_ledger(
    path: str, clocks: Clocks, threshold: Fraction, semantics: Semantics
) -> tuple[Controls, tuple[Problem, ...]]:
    """Every pair of controller and controlled company; groups that control themselves are told as notes.

    Raises
    ------
    CrosstieError
        Nothing there, or a threshold that does not lie over 0 and at most at 1.
    """
    opened = open_ledger(path, clocks)
    ask = control if semantics == "least" else control_greatest
    answer = ask(opened.network, threshold=threshold)
    return answer, (*opened.problems, *_groups(opened.network, threshold))


def _groups(network: Network, threshold: Fraction) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            f"{', '.join(members)} together hold more than {float(threshold):.4g} of the votes of each of them,"
            " and nobody else controls them: the group is its own ultimate controller",
            kind="self-controlled-group",
            severity="note",
        )
        for members in self_controlled_groups(network, threshold=threshold)
    )


def _of_everybody(path: str, clocks: Clocks, all_: Everyone, threshold: Fraction) -> Answer | None:
    from crosstie.engines.local import closures  # noqa: PLC0415 (the compiler is slow to load)

    found = closures.controlled(all_.holdings, threshold)
    if len(found.doubtful):
        again = exactly(all_, clocks, [name(all_.holdings, each) for each in found.doubtful.tolist()])
        if again is None:
            return None
        all_, found = again, closures.controlled(again.holdings, threshold)
        if len(found.doubtful):
            return None
    groups = _groups_at_once(path, clocks, all_, found, threshold)
    order = np.lexsort((found.owner, found.ultimate[found.owner] != 1, found.company))
    ranged = bool((found.votes[:, 0] < found.votes[:, 1]).any())
    return Answer(_rows(all_, found, order), ranged, (*all_.problems, *groups))


_ULTIMATE = {1: True, 0: False, -1: None}
_BATCH = 50_000


def _rows(all_: Everyone, found: "Pairs", order: NDArray[np.intp]) -> Iterator[Row]:
    ids, ultimate = all_.holdings.ids, found.ultimate
    for begin in range(0, len(order), _BATCH):
        these = order[begin : begin + _BATCH]
        owner, company = found.owner[these], found.company[these]
        columns = zip(
            ids.take(company), ids.take(owner), ultimate[owner].tolist(),
            found.votes[these].tolist(), found.decided[these].tolist(), strict=True,
        )  # fmt: skip
        for held, controller, top, votes, decided in columns:
            yield dict(zip(KEYS, (held, controller, _ULTIMATE[top], _part(votes), decided), strict=True))


def _part(votes: list[float]) -> object:
    low, high, low_met, high_met = votes
    if low == high:
        return int(low) if low in {0.0, 1.0} else low
    return Interval(Fraction(low), Fraction(high), not low_met, not high_met)


def _groups_at_once(
    path: str, clocks: Clocks, all_: Everyone, found: "Pairs", threshold: Fraction
) -> tuple[Problem, ...]:
    """Groups that control themselves: of the few companies that could be in one, the small analysis decides."""
    from crosstie.engines.local import closures  # noqa: PLC0415 (as above)

    held = np.diff(all_.holdings.start) > 0
    free = held.copy()
    free[found.company[~held[found.owner]]] = False  # under somebody who is no such company
    left = closures.self_holding(all_.holdings, threshold, free)
    if not len(left):
        return ()
    names = tuple(name(all_.holdings, each) for each in left)
    return _groups(open_ledger(path, clocks, About(names, "above")).network, threshold)
