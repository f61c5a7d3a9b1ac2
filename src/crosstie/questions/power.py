"""Voting power in one company of a ledger, or of weights as typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, get_args

from crosstie.analyses.power import indices, ocean, ranged, unorganised
from crosstie.analyses.power.game import Game, check_part, exact_number, majority_game, quota_game
from crosstie.analyses.power.result import Index, Power
from crosstie.ledger.amounts import Interval
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import open_ledger
from crosstie.text.problem import CrosstieError, Problem

Unknown = Literal["ocean", "one", "absent", "any"]

INDICES: Mapping[str, Callable[[Game], Power]] = MappingProxyType(
    {
        "shapley-shubik": indices.shapley_shubik,
        "banzhaf": indices.banzhaf,
        "banzhaf-absolute": indices.banzhaf_absolute,
        "deegan-packel": indices.deegan_packel,
        "holler": indices.holler,
        "johnston": indices.johnston,
    }
)
_BESIDE_OCEAN: Mapping[str, Callable[[ocean.Ocean], Power]] = MappingProxyType(
    {
        "shapley-shubik": ocean.shapley_shubik_ocean,
        "banzhaf": ocean.banzhaf_ocean,
        "banzhaf-absolute": ocean.banzhaf_absolute_ocean,
    }
)
_WITHIN_BOUNDS: Mapping[str, Callable[[Sequence[str], Sequence[Interval], Fraction], Power]] = (
    MappingProxyType(
        {
            "shapley-shubik": unorganised.shapley_shubik_bounds,
            "banzhaf-absolute": unorganised.banzhaf_absolute_bounds,
        }
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The index, the part of all votes that must be exceeded, and what the unknown holders count as."""

    index: Index = "shapley-shubik"
    quota: Fraction = Fraction(1, 2)
    unknown: Unknown = "ocean"

    @classmethod
    def of(cls, index: str = "shapley-shubik", quota: str = "0.5", unknown: str = "ocean") -> "Asked":
        """Read what a person typed.

        Raises
        ------
        CrosstieError
            No such index or treatment, or a quota outside (0, 1].
        """
        if index not in INDICES:
            raise CrosstieError(f"no such index: {index!r}; one of {', '.join(INDICES)}")
        if unknown not in get_args(Unknown):
            raise CrosstieError(
                f"no such treatment of unknown holders: {unknown!r}; one of ocean, one, absent, any"
            )
        return cls(index, _part(quota), unknown)  # type: ignore[arg-type]  # (both were just looked up)


def _part(text: str) -> Fraction:
    number = text.strip()
    if number.endswith("%"):
        return check_part(exact_number(number[:-1].strip(), "the quota") / 100)
    return check_part(number)


def power_of_weights(text: str, index: str = "shapley-shubik", quota: str | None = None) -> Power:
    """Power of weights as typed: ``68; 50,20,21`` wins at 68 or more, ``50,20,21`` above a part of all.

    Raises
    ------
    CrosstieError
        Not of that form, a weight that is negative or no number, or a quota that cannot be met.

    Examples
    --------
    >>> [float(v) for v in power_of_weights("68; 50,20,21").values]
    [0.6666666666666666, 0.16666666666666666, 0.16666666666666666]
    """
    asked = Asked.of(index, "0.5" if quota is None else quota)
    first, semicolon, rest = text.partition(";")
    listed = (rest if semicolon else first).strip()
    weights = [_weight(word.strip(), i) for i, word in enumerate(listed.split(","), 1)] if listed else []
    if semicolon and quota is None:
        game = quota_game(exact_number(first.strip(), "the quota before the semicolon"), weights)
    else:
        game = majority_game(weights, quota=asked.quota)
    return INDICES[index](game)


def _weight(word: str, position: int) -> Fraction:
    if not word:
        raise CrosstieError(
            f'weight {position} is missing; write the quota, a semicolon, the weights: "68; 50,20,21"'
        )
    try:
        return exact_number(word, f"weight {position}")
    except CrosstieError as error:
        raise CrosstieError(f'{error}; write the quota, a semicolon, the weights: "68; 50,20,21"') from error


def power_in_ledger(
    path: str, company: str, clocks: Clocks, asked: Asked
) -> tuple[Power, tuple[Problem, ...]]:
    """Power in one company, and the problems of its ledger.

    Raises
    ------
    CrosstieError
        No such company, or nobody is stated to vote in it.
    """
    opened = open_ledger(path, clocks)
    return power_in(opened.network, company, asked), opened.problems


def power_in(network: Network, company: str, asked: Asked) -> Power:
    """Power in one company: votes that sleep are out, each holder acts alone, the unknown as asked.

    Where a holder's votes are a range, or the unknown holders may be anything, bounds are answered.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> net = toys.from_shares(("ana", "alpha", "50%"), ("bob", "alpha", "20%"), ("cleo", "alpha", "30%"))
    >>> [float(v) for v in power_in(net, "alpha", Asked()).values]      # 50% is not a majority
    [0.6666666666666666, 0.16666666666666666, 0.16666666666666666]
    """
    holders, votes, unknown_id, unknown = _awake(network, company)
    if not all(part.is_exact for part in votes) or (asked.unknown == "any" and unknown):
        return _within_bounds(holders, votes, unknown, asked)
    named = [part.low for part in votes]
    if not unknown:
        return INDICES[asked.index](majority_game(named, quota=asked.quota, holders=holders))
    beside = _BESIDE_OCEAN.get(asked.index)
    if asked.unknown == "ocean" and beside is not None:
        game = ocean.oceanic_game(named, unknown, quota=asked.quota, holders=holders, name=unknown_id)
        return _said(beside(game), "the unknown holders are the ocean")
    if asked.unknown == "one":
        whole = majority_game([*named, unknown], quota=asked.quota, holders=(*holders, unknown_id))
        return _said(INDICES[asked.index](whole), "the unknown holders count as one")
    return _said(
        INDICES[asked.index](majority_game(named, quota=asked.quota, holders=holders)),
        "the unknown holders do not vote"
        + (f": {asked.index} knows no ocean" if asked.unknown == "ocean" else ""),
    )


def _within_bounds(
    holders: Sequence[str], votes: Sequence[Interval], unknown: Fraction, asked: Asked
) -> Power:
    bounds = _WITHIN_BOUNDS.get(asked.index)
    if bounds is None:
        raise CrosstieError(
            f"{asked.index} has no bounds over ranges of votes or over unknown holders; "
            "ask for shapley-shubik or banzhaf-absolute"
        )
    if asked.unknown == "ocean" and asked.index == "shapley-shubik":
        found = ranged.shapley_shubik_ocean_bounds(holders, votes, asked.quota)
        return _said(found, "the unknown holders are the ocean")
    total = (
        sum((part.low for part in votes), unknown) if all(part.is_exact for part in votes) else Fraction(1)
    )
    return bounds(holders, [part.scaled(1 / total) for part in votes], asked.quota)


def _said(power: Power, how: str) -> Power:
    return replace(power, method=f"{power.method}; {how}")


def _awake(network: Network, company: str) -> tuple[list[str], list[Interval], str, Fraction]:
    """The named holders whose votes are awake, their votes, and the unknown holders' votes."""
    position = network.index(company)
    edges = network.column(position)
    holders: list[str] = []
    votes: list[Interval] = []
    unknown_id, unknown = "", Fraction(0)
    for edge in range(edges.start, edges.stop):
        if network.suspended[edge]:
            continue
        part = _votes(network, edge)
        holder = int(network.holder[edge])
        if holder == network.unknown[position]:
            unknown_id, unknown = network.parties[holder].id, part.low
        elif part.high != 0:
            holders.append(network.parties[holder].id)
            votes.append(part)
    if not holders:
        why = "all stated votes are asleep" if edges.stop - edges.start else "no holder is stated"
        raise CrosstieError(f"nobody is known to vote in {company!r}: {why}")
    return holders, votes, unknown_id, unknown


def _votes(network: Network, edge: int) -> Interval:
    if network.exact_votes:
        return network.exact_votes[edge]
    low, high = float(network.votes.low[edge]), float(network.votes.high[edge])
    return Interval(Fraction(low), Fraction(high))
