"""Who can carry or block a resolution: by matter, majority and turnout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from crosstie.analyses.frames import to_frame
from crosstie.analyses.vote_split import HolderVotes, VoteSplit, part_of_whole, vote_split
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.statements import Matter
from crosstie.network.network import Network
from crosstie.text.problem import CrosstieError

FULL = Interval.exactly(1)


@dataclass(frozen=True, slots=True)
class Majority:
    """What carries: more than a part of the votes cast, or at least that part (``reaching``).

    >>> str(SIMPLE), str(TWO_THIRDS)
    ('more than 1/2', 'at least 2/3')
    """

    part: Fraction
    reaching: bool = False

    def __str__(self) -> str:
        return f"{'at least' if self.reaching else 'more than'} {self.part}"


SIMPLE = Majority(Fraction(1, 2))
TWO_THIRDS = Majority(Fraction(2, 3), reaching=True)


@dataclass(frozen=True, slots=True)
class Say:
    """One holder, or several as one: its part of the votes cast, and whether it alone carries or blocks.

    ``None`` is: cannot be decided, the ranges allow both.
    """

    holder: str
    matter: Matter
    of_cast: Interval
    carries: bool | None
    blocks: bool | None


@dataclass(frozen=True, slots=True)
class Says:
    """Everybody's say in one company at a majority and a turnout."""

    company: str
    majority: Majority
    turnout: Interval
    rows: tuple[Say, ...]

    def __getitem__(self, holder: str) -> Say:
        """The say of one holder."""
        return next(row for row in self.rows if row.holder == holder)

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """A pandas data frame, one row per holder."""
        return to_frame(self.rows, Say)


def who_decides(  # noqa: PLR0913 (each option is a fact about the meeting)
    network: Network,
    company: str,
    *,
    matter: Matter = "ordinary",
    majority: Majority = SIMPLE,
    turnout: Interval = FULL,
    together: Sequence[Sequence[str]] = (),
) -> Says:
    r"""Who can carry a resolution alone, and who can block it, at a turnout.

    With *r* a holder's part of the free votes and *t* the part of them cast (the holder's own are), it has
    :math:`\min(1, r/t)` of the votes cast. It carries above the majority *m*, and blocks where the others,
    :math:`1 - r/t`, do not. Votes cast neutrally follow the others in proportion and tip nothing; lost
    and sleeping votes are out. Unknown holders are never somebody.

    Parameters
    ----------
    turnout
        The part of all free votes that is cast, a range allowed.
    together
        Holders who vote as one, each such group as a row of its own after the holders.

    Raises
    ------
    CrosstieError
        A turnout outside (0, 1], a majority outside [1/2, 1], or no such party.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> network = toys.from_shares(("ana", "alpha", "35%"), ("bo", "alpha", "10%"))
    >>> at60 = who_decides(network, "alpha", turnout=Interval.parse("60%"))
    >>> at60["ana"].carries, at60["bo"].blocks
    (True, False)
    >>> who_decides(network, "alpha", majority=TWO_THIRDS)["ana"].blocks
    True
    """
    _check(majority, turnout)
    position = network.index(company)
    split = vote_split(network, position, matter)
    named = [row for row in split.rows if row.holder != network.unknown[position]]
    rows = [
        _say(network.parties[row.holder].id, split.of_free(row), matter, majority, turnout) for row in named
    ]
    for holders in together:
        members = {network.index(holder) for holder in holders}
        part = _joint(split, [row for row in named if row.holder in members])
        rows.append(_say(" + ".join(holders), part, matter, majority, turnout))
    return Says(company, majority, turnout, tuple(rows))


def turnout_to_carry(network: Network, company: str, holder: str, *, majority: Majority = SIMPLE) -> Interval:
    r"""The turnout below which a holder carries ordinary resolutions alone: :math:`r/m`, at most 1.

    A holder with 30 % carries by more than half while fewer than 60 % of the votes are cast.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> str(turnout_to_carry(toys.from_shares(("ana", "alpha", "30%")), "alpha", "ana"))
    '3/5'
    """
    _check(majority, FULL)
    position, who = network.index(company), network.index(holder)
    split = vote_split(network, position, "ordinary")
    part = _joint(split, [row for row in split.rows if row.holder == who])
    low = min(Fraction(1), part.low / majority.part)
    high = min(Fraction(1), (Fraction(1) if part.high is None else part.high) / majority.part)
    return Interval(low, high)


def _check(majority: Majority, turnout: Interval) -> None:
    if not Fraction(1, 2) <= majority.part <= 1:
        raise CrosstieError(f"a majority is a part in [1/2, 1] of the votes cast, not {majority.part}")
    if turnout.low <= 0 or turnout.high is None or turnout.high > 1:
        raise CrosstieError(f"a turnout is a part in (0, 1] of the free votes, not {turnout}")


def _joint(split: VoteSplit, rows: Iterable[HolderVotes]) -> Interval:
    """The part of the free votes that several rows have together."""
    chosen = list(rows)
    if len(chosen) == 1:
        return split.of_free(chosen[0])
    total = ZERO
    for row in chosen:
        total = total.plus(row.free)
    return part_of_whole(total, split.free)


def _say(holder: str, part: Interval, matter: Matter, majority: Majority, turnout: Interval) -> Say:
    of_cast = _of_cast(part, turnout)
    others = Majority(1 - majority.part, not majority.reaching)
    return Say(holder, matter, of_cast, _exceeds(of_cast, majority), _exceeds(of_cast, others))


def _of_cast(part: Interval, turnout: Interval) -> Interval:
    """Divide by the turnout: the smaller it is, the more a vote counts."""
    high = Fraction(1) if part.high is None else part.high
    most = turnout.high or Fraction(1)
    low_end, high_end = min(Fraction(1), part.low / most), min(Fraction(1), high / turnout.low)
    if low_end == high_end:
        return Interval.exactly(low_end)
    return Interval(
        low_end,
        high_end,
        part.low_open or turnout.high_open,
        (part.high_open or turnout.low_open) and high_end < 1,
    )


def _exceeds(part: Interval, bar: Majority) -> bool | None:
    """Whether every number of the interval passes, none does, or some do; nothing passes with no vote."""
    high = Fraction(1) if part.high is None else part.high
    surely = part.low > bar.part or (
        part.low == bar.part and (bar.reaching or part.low_open) and part.low > 0
    )
    possibly = high > bar.part or (high == bar.part and bar.reaching and not part.high_open and high > 0)
    return True if surely else None if possibly else False
