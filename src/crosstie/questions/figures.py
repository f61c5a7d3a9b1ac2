"""The value of a published measure, from the ledger, on a day."""

from dataclasses import dataclass, field
from fractions import Fraction

from crosstie.analyses.ownership import look_through
from crosstie.analyses.vote_split import vote_split
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.column import Column, Stake, column_of
from crosstie.ledger.state import State
from crosstie.ledger.statements import PartyId, ShareClassId
from crosstie.network.build import Built, build
from crosstie.questions.holders import company_rows, grouped

WHOLE = ("issued", "outstanding", "treasury")
BY_COUNT = ("shares", "of_issued", "of_outstanding")
ALL_VOTES = ("votes", "theoretical_votes", "exercisable_votes")
BY_VOTES = (*ALL_VOTES, "of_theoretical", "of_exercisable", "of_free")


class NoFigureError(Exception):
    """The ledger does not give this figure; the text says why."""


@dataclass(slots=True)
class Day:
    """One state, and what is made of it when asked for."""

    state: State
    built: list[Built] = field(default_factory=list)
    columns: dict[tuple[PartyId, ShareClassId | None], Column | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure of a company, of one holder in it, or of a group of holders."""

    measure: str
    issuer: PartyId
    holder: PartyId | None = None
    share_class: ShareClassId | None = None
    group: bool = False


def figure(day: Day, asked: Asked) -> Interval:
    """The value of a measure.

    Raises
    ------
    NoFigureError
        Nothing in the ledger gives it.
    """
    if asked.measure == "look_through" and asked.holder is not None:
        return _look_through(day, asked)
    column = _column(day, asked)
    if asked.measure in WHOLE:
        return _counted({"issued": column.issued, "outstanding": column.outstanding,
                         "treasury": column.treasury.shares}[asked.measure], asked)  # fmt: skip
    if asked.holder is None:
        return _all_votes(day, asked, column)
    if asked.group or asked.measure in {"exercisable_votes", "of_exercisable", "of_free"}:
        return _of_row(day, asked, column)
    return _of_stake(asked, column)


def _column(day: Day, asked: Asked) -> Column:
    key = (asked.issuer, asked.share_class)
    if key not in day.columns:
        day.columns[key] = column_of(day.state, *key)
    column = day.columns[key]
    if column is None:
        raise NoFigureError(
            f"nothing is said of the shares of {asked.share_class or asked.issuer} on that day"
        )
    return column


def _network(day: Day) -> Built:
    if not day.built:
        day.built.append(build(day.state))
    return day.built[0]


def _counted(value: Interval | None, asked: Asked) -> Interval:
    if value is None:
        raise NoFigureError(f"nobody counts the {asked.measure} of {asked.issuer} on that day")
    return value


def _look_through(day: Day, asked: Asked) -> Interval:
    network = _network(day).network
    assert asked.holder is not None  # noqa: S101 (a check of look-through names its holder)
    value = look_through(network, owner=asked.holder, company=asked.issuer, exact=True)[
        asked.holder, asked.issuer
    ]
    return value if isinstance(value, Interval) else Interval.exactly(Fraction(value))


def _all_votes(day: Day, asked: Asked, column: Column) -> Interval:
    if asked.measure not in ALL_VOTES:
        raise NoFigureError(f"{asked.measure} is a figure of a holder; name one")
    theoretical = _counted(column.theoretical_votes, asked)
    if asked.measure != "exercisable_votes":
        return theoretical
    network = _network(day).network
    part = vote_split(network, network.index(asked.issuer)).exercisable
    own = _counted(column.treasury_votes, asked)
    if not (theoretical.is_exact and own.is_exact and part.is_exact):
        raise NoFigureError(f"the exercisable votes of {asked.issuer} are a range")
    return Interval.exactly(part.low * (theoretical.low - own.low))


def _of_stake(asked: Asked, column: Column) -> Interval:
    stake = _stake(column, asked)
    if stake is None:
        return ZERO
    value = {
        "shares": stake.shares,
        "of_issued": stake.of_issued,
        "of_outstanding": stake.of_outstanding,
        "votes": stake.votes,
        "theoretical_votes": stake.votes,
        "of_theoretical": stake.of_theoretical,
    }.get(asked.measure)
    return _counted(value, asked)


def _stake(column: Column, asked: Asked) -> Stake | None:
    if asked.holder == column.issuer:
        return column.treasury
    return next((each for each in column.stakes if each.holder == asked.holder), None)


def _of_row(day: Day, asked: Asked, column: Column) -> Interval:
    network = _network(day).network
    rows = company_rows(network, column)
    if asked.group:
        rows = grouped(network, rows)
    name = "theoretical_votes" if asked.measure == "votes" else asked.measure
    for row in rows:
        if row.holder == asked.holder:
            return _counted(getattr(row, name), asked)
    return ZERO
