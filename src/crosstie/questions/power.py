"""Voting power in one company of a ledger, or of weights as typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, get_args

from crosstie.analyses.power import indices, ocean, ranged, unorganised
from crosstie.analyses.power.game import Game, check_part, exact_number, majority_game, quota_game
from crosstie.analyses.power.result import Index, Power
from crosstie.analyses.power.through_chains import power_through_chains
from crosstie.analyses.vote_split import VoteSplit, voice_of, vote_split
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.naming import find_party
from crosstie.questions.opening import About, open_ledger
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
    opened = open_ledger(path, clocks, About((company,), "above"))
    return power_in(opened.network, company, asked), opened.problems


def chain_power_in_ledger(
    path: str, company: str, clocks: Clocks, asked: Asked
) -> tuple[Power, tuple[Problem, ...]]:
    """Power over one company through chains of others, and the problems of its ledger.

    Raises
    ------
    CrosstieError
        No such company, votes that are ranges, or an index other than Shapley–Shubik.
    """
    if asked.index != "shapley-shubik" or asked.unknown != "ocean":
        raise CrosstieError(
            "power through chains is Shapley–Shubik power beside an ocean: leave out --index and --unknown"
        )
    opened = open_ledger(path, clocks, About((company,), "above"))
    return chain_power_in(opened.network, company, asked.quota), opened.problems


def chain_power_in(network: Network, company: str, quota: Fraction) -> Power:
    """Power over one company through chains; the weight of each is its direct votes.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> chain_power_in(toys.chain("60%", "51%"), "c2", Fraction(1, 2)).holders
    ('top',)
    """
    position = find_party(network, company)
    asked = network.parties[position].id
    found = power_through_chains(network, quota=quota, company=asked)
    rows = list(found.of(asked))
    if not rows:
        raise CrosstieError(f"nobody is known to vote in {company!r}: no holder is stated")
    direct = {
        network.parties[voter].id: part.low
        for voter, part in _by_voter(network, vote_split(network, position, "ordinary")).items()
    }
    return Power(
        "shapley-shubik",
        tuple(row.owner for row in rows),
        tuple(direct.get(row.owner, Fraction(0)) for row in rows),
        tuple(row.power for row in rows),
        found.method,
        tuple(row.standard_error for row in rows),
    )


def power_in(network: Network, company: str, asked: Asked) -> Power:
    """Power in one company: votes that are not free are out, each voter acts alone, the unknown as asked.

    Where a holder's votes are a range, or the unknown holders may be anything, bounds are answered.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> net = toys.from_shares(("ana", "alpha", "50%"), ("bob", "alpha", "20%"), ("cleo", "alpha", "30%"))
    >>> [float(v) for v in power_in(net, "alpha", Asked()).values]      # 50% is not a majority
    [0.6666666666666666, 0.16666666666666666, 0.16666666666666666]
    """
    electorate = _awake(network, company)
    holders, unknown_id, unknown = electorate.holders, electorate.unknown_id, electorate.unknown.low
    if not electorate.is_exact or (asked.unknown == "any" and unknown):
        return _within_bounds(electorate, asked)
    named = [part.low for part in electorate.votes]
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


def _within_bounds(electorate: "_Electorate", asked: Asked) -> Power:
    bounds = _WITHIN_BOUNDS.get(asked.index)
    if bounds is None:
        raise CrosstieError(
            f"{asked.index} has no bounds over ranges of votes or over unknown holders; "
            "ask for shapley-shubik or banzhaf-absolute"
        )
    parts = [part.scaled(1 / electorate.total) for part in electorate.votes]
    if asked.unknown == "ocean" and asked.index == "shapley-shubik":
        found = ranged.shapley_shubik_ocean_bounds(electorate.holders, parts, asked.quota)
        return _said(found, "the unknown holders are the ocean")
    return bounds(electorate.holders, parts, asked.quota)


def _said(power: Power, how: str) -> Power:
    return replace(power, method=f"{power.method}; {how}")


@dataclass(frozen=True, slots=True)
class _Electorate:
    """The named voters, their parts of the free votes, the unknown holders' part, and all together."""

    holders: tuple[str, ...]
    votes: tuple[Interval, ...]
    unknown_id: str
    unknown: Interval
    total: Fraction

    @property
    def is_exact(self) -> bool:
        return all(part.is_exact for part in (*self.votes, self.unknown))


def _awake(network: Network, company: str) -> _Electorate:
    position = find_party(network, company)
    split = vote_split(network, position, "ordinary")
    parts = _by_voter(network, split)
    unknown = parts.pop(int(network.unknown[position]), ZERO)
    if not parts:
        why = "no stated vote is free" if split.rows else "no holder is stated"
        raise CrosstieError(f"nobody is known to vote in {company!r}: {why}")
    return _Electorate(
        tuple(network.parties[voter].id for voter in parts),
        tuple(parts.values()),
        network.parties[network.unknown[position]].id if unknown != ZERO else "",
        unknown,
        _total([*parts.values(), unknown]),
    )


def _by_voter(network: Network, split: VoteSplit) -> dict[int, Interval]:
    """Parts of the free votes by whoever casts them: the holder, or whoever instructs it."""
    exact = all(row.free.is_exact for row in split.rows)
    free = sum((row.free.low for row in split.rows), Fraction(0)) if exact else Fraction(1)
    scale = 1 / free if 0 < free < 1 else Fraction(1)
    found: dict[int, Interval] = {}
    for row in split.rows:
        part = row.free.scaled(scale) if exact else split.of_free(row)
        if part.high == 0:
            continue
        voice = voice_of(network, row.holder, split.company, "ordinary")
        voter = voice.by if voice and voice.how == "as_instructed" and voice.by >= 0 else row.holder
        found[voter] = found.get(voter, ZERO).plus(part)
    return found


def _total(parts: Sequence[Interval]) -> Fraction:
    """All free votes: one, unless they are stated to be more."""
    exact = all(part.is_exact for part in parts)
    return sum((part.low for part in parts), Fraction(0)) if exact else Fraction(1)
