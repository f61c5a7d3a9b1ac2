"""The structure charts of a ledger, alone or before and after each step of a deal."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from crosstie.analyses.vote_split import part_of_whole, vote_split
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Status
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.deal import DealAnswer, deal
from crosstie.questions.naming import find_party
from crosstie.questions.opening import Opened, at, load_ledger
from crosstie.text.problem import CrosstieError, Problem


@dataclass(frozen=True, slots=True)
class View:
    """One picture: a network, what its arrows say of votes, and what to mark."""

    title: str
    subtitle: str
    network: Network
    votes: dict[tuple[str, str], tuple[Interval | None, Interval | None]]
    planned: frozenset[str]
    keep: tuple[str, ...]
    earlier: "View | None" = None


@dataclass(frozen=True, slots=True)
class ChartAnswer:
    """Pictures to draw, the holdings behind them, and problems."""

    title: str
    views: tuple[View, ...]
    holdings: tuple[dict[str, object], ...]
    sources: tuple[dict[str, str], ...]
    problems: tuple[Problem, ...]


def chart(
    path: str,
    clocks: Clocks,
    *,
    around: tuple[str, ...] = (),
    steps: str | None = None,
    with_steps: bool = False,
) -> ChartAnswer:
    """The chart of a ledger on a day.

    Parameters
    ----------
    around
        Only what these parties hold, directly or through others, and who holds them so.
    with_steps
        Before and after each step of the deal ``steps`` (the only one, where it is not named).

    Raises
    ------
    CrosstieError
        No such party or deal, or nothing to draw.
    """
    if with_steps:
        return _of_deal(deal(path, steps, clocks), clocks, around)
    opened = at(load_ledger(path), clocks)
    if opened.network.edge_count == 0:
        raise CrosstieError(
            f"{path}: nobody holds anything on {clocks.on} as known on {clocks.known}: nothing to draw"
        )
    view = _view(opened, "Who holds what", _dates(clocks), around, _unfinished(opened.ledger))
    return ChartAnswer(
        f"{view.title}, {clocks.on}", (view,), _holdings(opened), _sources(opened), opened.problems
    )


def _of_deal(answer: DealAnswer, clocks: Clocks, around: tuple[str, ...]) -> ChartAnswer:
    worlds = [(step.view, step.before, step.after) for step in answer.steps if step.before and step.after]
    if not worlds:
        raise CrosstieError(f"{answer.deal.deal}: no step of it stands: nothing to draw")
    first, last = worlds[0][1], worlds[-1][2]
    unfinished = _unfinished(answer.ledger)
    views: list[View] = []
    if first:
        views.append(_view(first, "Before", _dates(clocks), around, unfinished))
    for number, (view, before, after) in enumerate(worlds, 1):
        if before and after:
            earlier = _view(before, "", "", around, unfinished)
            title = f"After step {number}: {view.step.title or view.step.step}"
            views.append(_view(after, title, _dates(clocks), around, unfinished, earlier))
    title = answer.deal.title or answer.deal.deal
    holdings = _holdings(last) if last else ()
    return ChartAnswer(title, tuple(views), holdings, _sources(last) if last else (), answer.problems)


def _dates(clocks: Clocks) -> str:
    counted = (
        "" if clocks.assume is Status.COMPLETED else f", counting what is {clocks.assume.replace('_', ' ')}"
    )
    return f"on {clocks.on}, as known on {clocks.known}{counted}; shares of outstanding shares, votes where they differ"


def _view(  # noqa: PLR0913, PLR0917 (private: what a picture depends on)
    opened: Opened,
    title: str,
    subtitle: str,
    around: tuple[str, ...],
    unfinished: frozenset[str],
    earlier: View | None = None,
) -> View:
    network = opened.network
    said = frozenset(statement for statements in network.statements for statement in statements)
    return View(title, subtitle, network, _votes(network), said & unfinished, _near(network, around), earlier)


def _unfinished(ledger: Ledger) -> frozenset[str]:
    """Statements of what has not happened: a scenario may count them as done, a picture shows them dashed."""
    return frozenset(s.head.id for s in ledger.statements if s.head.status is not Status.COMPLETED)


def _votes(network: Network) -> dict[tuple[str, str], tuple[Interval | None, Interval | None]]:
    """Exercisable votes and, where a cap or an instruction binds, free ones: parts of exercisable votes."""
    said: dict[tuple[str, str], tuple[Interval | None, Interval | None]] = {}
    for company in range(network.size):
        split = vote_split(network, company)
        for row in split.rows:
            where = network.parties[row.holder].id, network.parties[company].id
            free = None if row.free == row.exercisable else part_of_whole(row.free, split.exercisable)
            said[where] = (split.of_exercisable(row), free)
    return said


def _near(network: Network, around: tuple[str, ...]) -> tuple[str, ...]:
    """Everything above and below the asked parties."""
    if not around:
        return ()
    above: dict[int, set[int]] = {i: set() for i in range(network.size)}
    below: dict[int, set[int]] = {i: set() for i in range(network.size)}
    for company in range(network.size):
        for holder in network.holders_of(company).tolist():
            above[company].add(holder)
            below[holder].add(company)
    asked = [find_party(network, party) for party in around]
    kept = _reached(asked, above) | _reached(asked, below)
    return tuple(network.parties[i].id for i in sorted(kept) if not network.parties[i].unknown_of)


def _reached(start: list[int], links: dict[int, set[int]]) -> set[int]:
    seen, queue = set(start), deque(start)
    while queue:
        for other in links[queue.popleft()] - seen:
            seen.add(other)
            queue.append(other)
    return seen


def _holdings(opened: Opened) -> tuple[dict[str, object], ...]:
    rows: Iterator[dict[str, object]] = (
        {
            "holder": str(stake.holder),
            "company": str(column.issuer),
            "shares": stake.shares,
            "of_issued": stake.of_issued,
            "of_outstanding": stake.of_outstanding,
            "of_theoretical_votes": stake.of_theoretical,
            "votes_asleep": stake.suspended,
            "statements": ", ".join(stake.statements),
        }
        for column in opened.columns.values()
        for stake in column.stakes
    )
    return tuple(row for row in rows if row["of_outstanding"] != ZERO)


def _sources(opened: Opened) -> tuple[dict[str, str], ...]:
    used = {s for column in opened.columns.values() for stake in column.stakes for s in stake.statements}
    cited = dict.fromkeys(
        source for s in opened.ledger.statements if s.head.id in used for source in s.head.sources
    )
    found = [opened.ledger.sources[source] for source in cited if source in opened.ledger.sources]
    return tuple(
        {
            "source": source.id,
            "title": source.title,
            "publisher": source.publisher,
            "date": source.date.text if source.date else "",
            "address": source.address,
        }
        for source in found
    )
