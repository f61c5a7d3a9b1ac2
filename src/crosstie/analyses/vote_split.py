"""How the votes of one company divide: asleep, free, cast neutrally, lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.linear import interval_between
from crosstie.ledger.statements import Matter
from crosstie.network.network import Cap, Network, Voice


@dataclass(frozen=True, slots=True)
class HolderVotes:
    """One holder's votes, each a part of the company's theoretical votes less treasury's.

    ``exercisable = free + neutral + lost``; neutral votes are cast, but not as the holder likes.
    """

    holder: int
    theoretical: Interval
    exercisable: Interval
    free: Interval
    neutral: Interval = ZERO
    lost: Interval = ZERO


@dataclass(frozen=True, slots=True)
class VoteSplit:
    """The votes of one company on one matter, holder by holder, and the exercisable and free totals."""

    company: int
    rows: tuple[HolderVotes, ...]
    exercisable: Interval
    free: Interval

    def of_exercisable(self, row: HolderVotes) -> Interval:
        """A holder's part of all exercisable votes."""
        return part_of_whole(row.exercisable, self.exercisable)

    def of_free(self, row: HolderVotes) -> Interval:
        """A holder's free part of all free votes."""
        if self.free == self.exercisable:
            return part_of_whole(row.free, self.free)
        high = None if self.free.high is None or row.free.high is None else self.free.high - row.free.high
        low = self.free.low - row.free.low
        rest = interval_between(low, high, self.free.low_open, self.free.high_open)
        return _beside(row.free, rest)


def vote_split(network: Network, company: int, matter: Matter = "all") -> VoteSplit:
    r"""Split each holder's votes on a matter.

    Exercisable are the votes that do not sleep. Votes that a voting instruction casts neutrally, for or
    against are neutral, those it withholds are lost. Of the rest a cap leaves

    .. math:: \min(\sum_i e_i,\ limit \cdot E)

    free, the sum over the holder, those it controls (more than half of the votes, through others too) and
    those it acts with; *E* are all exercisable votes before any cap. The excess is lost or neutral as
    the cap says, in proportion to what each of them has.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> [str(row.free) for row in vote_split(toys.chain("100%", "51%"), 2).rows]
    ['51/100', '49/100']
    """
    rows = [_row(network, edge, company, matter) for edge in _edges(network, company)]
    exercisable = _exercisable(rows)
    for cap in network.caps:
        if cap.company == company and cap.matter in ("all", matter):
            _bind(network, cap, rows, exercisable, matter)
    free = exercisable
    if any(row.free != row.exercisable for row in rows):
        free = _total([row.free for row in rows])
    return VoteSplit(company, tuple(rows), exercisable, free)


def _edges(network: Network, company: int) -> range:
    column = network.column(company)
    return range(column.start, column.stop)


def _votes_of(network: Network, edge: int) -> Interval:
    """Exactly where the network keeps exact votes, else from the floats."""
    if network.exact_votes:
        return network.exact_votes[edge]
    votes = network.votes
    low, high = Fraction(float(votes.low[edge])), Fraction(float(votes.high[edge]))
    return Interval(low, high, bool(votes.low_open[edge]), bool(votes.high_open[edge]))


def _row(network: Network, edge: int, company: int, matter: Matter) -> HolderVotes:
    holder, votes = int(network.holder[edge]), _votes_of(network, edge)
    if network.suspended[edge]:
        return HolderVotes(holder, votes, ZERO, ZERO)
    voice = voice_of(network, holder, company, matter)
    how = voice.how if voice else "as_instructed"
    if how == "abstain":
        return HolderVotes(holder, votes, votes, ZERO, lost=votes)
    if how != "as_instructed":
        return HolderVotes(holder, votes, votes, ZERO, neutral=votes)
    return HolderVotes(holder, votes, votes, votes)


def voice_of(network: Network, holder: int, company: int, matter: Matter) -> Voice | None:
    """The instruction in force for a holder on a matter: the one for this very matter before the general one."""
    said = [voice for voice in network.voices if (voice.holder, voice.company) == (holder, company)]
    for wanted in dict.fromkeys((matter, "all")):
        for voice in said:
            if voice.matter == wanted:
                return voice
    return None


def _exercisable(rows: Sequence[HolderVotes]) -> Interval:
    """All votes less those asleep; a column of ranges sums to one."""
    everything = Interval.exactly(1)
    if all(row.theoretical.is_exact for row in rows):
        everything = Interval.exactly(sum((row.theoretical.low for row in rows), Fraction(0)))
    asleep = _total([row.theoretical for row in rows if row.exercisable == ZERO])
    return _less(everything, asleep)


def _total(parts: Sequence[Interval]) -> Interval:
    whole = ZERO
    for part in parts:
        whole = whole.plus(part)
    return whole


def _less(whole: Interval, part: Interval) -> Interval:
    low = max(Fraction(0), whole.low - (whole.low if part.high is None else part.high))
    return interval_between(low, (whole.high or whole.low) - part.low, part.high_open, part.low_open)


def part_of_whole(part: Interval, whole: Interval) -> Interval:
    """A part divided by its whole, never above one; zero of nothing."""
    if whole.high == 0 or part == ZERO:
        return ZERO
    top = whole.high or whole.low
    low = part.low / top
    high = (
        Fraction(1)
        if whole.low == 0 or part.high is None
        else max(low, min(Fraction(1), part.high / whole.low))
    )
    return interval_between(low, high, part.low_open or whole.high_open, part.high_open or whole.low_open)


def _beside(part: Interval, rest: Interval) -> Interval:
    """A part of itself and the rest."""
    if part.high == 0 or part.high is None:
        return ZERO
    low = part.low / (part.low + (rest.high or rest.low)) if part.low else Fraction(0)
    high = part.high / (part.high + rest.low)
    return interval_between(low, high, part.low_open or rest.high_open, part.high_open or rest.low_open)


def _bind(network: Network, cap: Cap, rows: list[HolderVotes], exercisable: Interval, matter: Matter) -> None:
    """Take what exceeds a cap from the free votes of the holder and of those it votes with."""
    members = acting_with(network, cap.holder, cap.company, matter)
    bound = [i for i, row in enumerate(rows) if row.holder in members and row.free != ZERO]
    together = _total([rows[i].free for i in bound])
    base = exercisable if cap.base == "exercisable_votes" else _theoretical_base(network, cap.company)
    allowed = base.scaled(cap.limit)
    if not bound or (together.high is not None and together.high <= allowed.low):
        return
    low = _least_one(allowed.low, together.high)
    high = _least_one(allowed.high, together.low)
    for i in bound:
        free = _shrunk(rows[i].free, low, high)
        excess = _excess(rows[i].free, low, high)
        key = "neutral" if cap.excess == "neutral" else "lost"
        rows[i] = replace(rows[i], free=free, **{key: getattr(rows[i], key).plus(excess)})


def _least_one(allowed: Fraction | None, together: Fraction | None) -> Fraction:
    if allowed is None or not together:
        return Fraction(1)
    return min(Fraction(1), allowed / together)


def _shrunk(votes: Interval, low: Fraction, high: Fraction) -> Interval:
    if votes.is_exact and low == high:
        return Interval.exactly(votes.low * low)
    top = None if votes.high is None else votes.high * high
    return Interval(votes.low * low, top)


def _excess(votes: Interval, low: Fraction, high: Fraction) -> Interval:
    if votes.is_exact and low == high:
        return Interval.exactly(votes.low * (1 - low))
    top = None if votes.high is None else votes.high * (1 - low)
    return Interval(votes.low * (1 - high), top)


def _theoretical_base(network: Network, company: int) -> Interval:
    """All theoretical votes, treasury's too, in the unit of the network's parts: one is all less treasury's."""
    issued, treasury = network.totals.issued[company], network.totals.treasury[company]
    if np.isnan(issued) or np.isnan(treasury) or treasury >= issued:
        return Interval.exactly(1)
    theoretical = network.totals.theoretical_votes[company]
    return Interval.exactly(Fraction(theoretical) / (Fraction(theoretical) - Fraction(treasury)))


def acting_with(network: Network, holder: int, company: int, matter: Matter = "all") -> frozenset[int]:
    """A holder, those it acts with in this company, those any of them controls or instructs there."""
    found = {holder}
    for concert in network.concerts:
        if concert.company in {-1, company} and holder in concert.holders:
            found |= set(concert.holders)
    group = _controlled(network, found)
    for voice in network.voices:
        instructed = voice_of(network, voice.holder, company, matter)
        if instructed and instructed.how == "as_instructed" and instructed.by in group:
            group |= {voice.holder}
    return frozenset(group)


def _controlled(network: Network, heads: Collection[int]) -> set[int]:
    """The heads and every company in which they and those found so far surely have more than half of the votes."""
    group = set(heads)
    issuers = network.issuers()
    awake = np.where(network.suspended, 0.0, network.votes.low)
    while True:
        mine = np.isin(network.holder, list(group))
        held = np.bincount(issuers[mine], awake[mine], minlength=network.size)
        found = {int(i) for i in np.flatnonzero(held > 0.5 + 1e-9)} - group
        if not found:
            return group
        group |= found
