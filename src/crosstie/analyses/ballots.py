"""Who casts how much of each company's votes: columns of exact ranges, voices followed, sleep marked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from crosstie.analyses.admissible import Range, fill, is_forced, is_reached, mass
from crosstie.analyses.columns import Number, check_shares
from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Matter
from crosstie.network.network import Bounds, Network

NOBODY = -1


CLOSE = 1e-9  # floats this near to a threshold are decided again exactly


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes of one company: ranges that add up to one, and which of them are asleep.

    ``awake`` has the same without ranges as floats by voter, and their whole; it is ``None`` under ranges.
    ``between`` has, under ranges of which none sleeps, the low ends and rooms as floats by voter, and what is free.
    """

    votes: tuple[Range, ...]
    suspended: tuple[bool, ...]
    awake: tuple[tuple[tuple[int, float], ...], float] | None = None
    between: tuple[tuple[tuple[int, float, float], ...], float] | None = None


@dataclass(frozen=True, slots=True)
class Ballots:
    """The votes of every held company, and for every voter the companies it can vote in."""

    of: Mapping[int, Ballot]
    below: Mapping[int, tuple[int, ...]]


def ballots(network: Network, *, matter: Matter = "ordinary") -> Ballots:
    """Every held company's votes, in fractions; votes cast as another instructs are that other's."""
    check_shares(network)
    intervals = network.exact_votes or stated(network.votes)
    spoken = {
        (voice.holder, voice.company): voice.by if voice.how == "as_instructed" else NOBODY
        for voice in network.voices
        if voice.matter in {"all", matter}
    }
    found: dict[int, Ballot] = {}
    for j in range(network.size):
        edges = range(int(network.start[j]), int(network.start[j + 1]))
        if edges:
            held = tuple(_range(network, intervals[e], e) for e in edges)
            cast = tuple(replace(r, holder=spoken.get((r.holder, j), r.holder)) for r in held)
            asleep = tuple(bool(network.suspended[e]) for e in edges)
            found[j] = Ballot(cast, asleep, _awake(cast, asleep), _between(cast, asleep))
    return Ballots(found, _below(found))


def _below(found: Mapping[int, Ballot]) -> dict[int, tuple[int, ...]]:
    below: dict[int, list[int]] = {}
    for j, ballot in found.items():
        for r, sleeps in zip(ballot.votes, ballot.suspended, strict=True):
            if r.high > 0 and not sleeps and r.holder != NOBODY:
                below.setdefault(r.holder, []).append(j)
    return {k: tuple(dict.fromkeys(held)) for k, held in below.items()}


def _awake(
    votes: Sequence[Range], suspended: Sequence[bool]
) -> tuple[tuple[tuple[int, float], ...], float] | None:
    if any(r.low != r.high for r in votes):
        return None
    pairs = list(zip(votes, suspended, strict=True))
    cast = tuple((r.holder, float(r.low)) for r, sleeps in pairs if not sleeps)
    return cast, 1 - sum(float(r.low) for r, sleeps in pairs if sleeps)


def _between(
    votes: Sequence[Range], suspended: Sequence[bool]
) -> tuple[tuple[tuple[int, float, float], ...], float] | None:
    if any(suspended) or all(r.low == r.high for r in votes):
        return None
    free = mass(votes) - sum(r.low for r in votes)
    return tuple((r.holder, float(r.low), float(r.high - r.low)) for r in votes), float(free)


def _range(network: Network, votes: Interval, edge: int) -> Range:
    high = max(votes.low, Fraction(1)) if votes.high is None else votes.high
    return Range(int(network.holder[edge]), votes.low, high, votes.low_open, votes.high_open, edge)


def stated(bounds: Bounds) -> list[Interval]:
    """Floats as the decimals they were written as."""
    lows = [written(x) for x in bounds.low.tolist()]
    highs = [None if x == float("inf") else written(x) for x in bounds.high.tolist()]
    opens = zip(bounds.low_open.tolist(), bounds.high_open.tolist(), strict=True)
    return [Interval(low, high, *ends) for low, high, ends in zip(lows, highs, opens, strict=True)]


def written(number: float | Fraction) -> Fraction:
    """A float as the shortest decimal that names it.

    >>> written(0.1), written(Fraction(1, 3))
    (Fraction(1, 10), Fraction(1, 3))
    """
    return number if isinstance(number, Fraction) else Fraction(repr(float(number)))


def passes(
    ballot: Ballot, voters: Collection[int], threshold: Fraction, *, certain: bool, reaching: bool
) -> bool:
    r"""Whether the voters have more than a threshold of the votes that are awake.

    :math:`\sum_S c_k > t\,(1 − \sum_{asleep} c_k)`, tested as one weighted sum at its extreme column.

    Parameters
    ----------
    certain
        In every admissible column; otherwise in at least one.
    reaching
        The threshold itself is enough (at least instead of more than).
    """
    if ballot.awake is not None:
        cast, whole = ballot.awake
        gap = sum(share for k, share in cast if k in voters) - float(threshold) * whole
        if abs(gap) > CLOSE and whole > CLOSE:
            return gap > 0
    if ballot.between is not None:
        gap = _most_or_least(*ballot.between, voters, least=certain) - float(threshold)
        if abs(gap) > CLOSE:
            return gap > 0
    return _passes(ballot, voters, threshold, certain=certain, reaching=reaching)


def _most_or_least(
    ends: Sequence[tuple[int, float, float]], free: float, voters: Collection[int], *, least: bool
) -> float:
    """What voters have of a column at most (all that is free, as far as they have room), or at least (what others have no room for)."""
    mine = sum(low for k, low, _ in ends if k in voters)
    if least:
        return mine + max(0.0, free - sum(room for k, _, room in ends if k not in voters))
    return mine + min(free, sum(room for k, _, room in ends if k in voters))


def _passes(
    ballot: Ballot, voters: Collection[int], threshold: Fraction, *, certain: bool, reaching: bool
) -> bool:
    weights = _weights(ballot, voters, threshold)
    order = sorted(range(len(weights)), key=lambda at: weights[at], reverse=not certain)
    chosen = fill(ballot.votes, order)
    if is_forced(ballot.votes) and _awake_part(ballot, chosen) <= 0:
        return False
    total = sum(c * w for c, w in zip(chosen, weights, strict=True))
    if total != threshold:
        return bool(total > threshold)
    met = is_reached(ballot.votes, chosen, weights)
    some = any(_counts(ballot, at, voters) and chosen[at] > 0 for at in range(len(chosen)))
    if certain:
        return not met or (reaching and some)
    return reaching and met and some


def _counts(ballot: Ballot, at: int, voters: Collection[int]) -> bool:
    return ballot.votes[at].holder in voters and not ballot.suspended[at]


def _weights(ballot: Ballot, voters: Collection[int], asleep: Fraction) -> list[Fraction]:
    return [
        asleep if sleeps else Fraction(r.holder in voters)
        for r, sleeps in zip(ballot.votes, ballot.suspended, strict=True)
    ]


def part(ballot: Ballot, fewest: Collection[int], most: Collection[int]) -> Interval:
    """The voters' part of the votes that are awake: at least what ``fewest`` have, at most ``most``."""
    if ballot.awake is not None and fewest is most:
        return Interval.exactly(_ratio(ballot, fewest, [r.low for r in ballot.votes]))
    low, low_met = _extreme_part(ballot, fewest, highest=False)
    high, high_met = _extreme_part(ballot, most, highest=True)
    if low == high:
        return Interval.exactly(low)
    return Interval(low, high, not low_met, not high_met)


def _extreme_part(ballot: Ballot, voters: Collection[int], *, highest: bool) -> tuple[Fraction, bool]:
    """Dinkelbach's iteration: the best ratio is the one at which the weighted sum is nought."""
    if is_forced(ballot.votes):  # beside votes asleep, parts may be over one
        return _ratio(ballot, voters, fill(ballot.votes, range(len(ballot.votes)))), True
    if not highest and _may_all_sleep(ballot):
        return Fraction(0), True
    ratio = Fraction(0) if highest else Fraction(1)
    while True:
        weights = _weights(ballot, voters, ratio)
        order = sorted(range(len(weights)), key=lambda at: weights[at], reverse=highest)
        chosen = fill(ballot.votes, order)
        better = _ratio(ballot, voters, chosen) if _awake_part(ballot, chosen) > 0 else ratio
        if better == ratio or (better < ratio) == highest:
            return ratio, is_reached(ballot.votes, chosen, weights)
        ratio = better


def _may_all_sleep(ballot: Ballot) -> bool:
    """Whether some column without its open ends has no votes that are awake: then nobody has a part of them."""
    if not any(ballot.suspended):
        return False
    asleep_first = sorted(range(len(ballot.votes)), key=lambda at: not ballot.suspended[at])
    chosen = fill(ballot.votes, asleep_first)
    awake = [not sleeps for sleeps in ballot.suspended]
    return _awake_part(ballot, chosen) <= 0 and is_reached(ballot.votes, chosen, awake)


def _ratio(ballot: Ballot, voters: Collection[int], chosen: Sequence[Number]) -> Fraction:
    cast = sum((chosen[at] for at in range(len(chosen)) if _counts(ballot, at, voters)), Fraction(0))
    awake = _awake_part(ballot, chosen)
    return cast / awake if awake > 0 else Fraction(0)


def _awake_part(ballot: Ballot, chosen: Sequence[Number]) -> Fraction:
    return 1 - sum((c for c, sleeps in zip(chosen, ballot.suspended, strict=True) if sleeps), Fraction(0))
