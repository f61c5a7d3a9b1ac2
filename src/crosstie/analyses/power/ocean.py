"""Power beside an ocean: a few large holders, and a float spread over ever more, ever smaller ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

import numpy as np

from crosstie.analyses.power import coalitions
from crosstie.analyses.power.game import Weight, exact_number, exact_weights
from crosstie.analyses.power.result import Index, Power, Value
from crosstie.analyses.power.sampling import with_error
from crosstie.network.network import FloatArray
from crosstie.text.problem import CrosstieError

_MOST_LISTED = 16  # large holders whose coalitions are listed
_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Ocean:
    """Large holders with their votes, the votes of the ocean, and how many are needed to win.

    ``strictly`` says that exactly so many votes do not win.
    """

    holders: tuple[str, ...]
    weights: tuple[Fraction, ...]
    ocean: Fraction
    quota: Fraction
    strictly: bool = True
    name: str = "ocean"


def oceanic_game(
    weights: Sequence[Weight],
    ocean: Weight,
    *,
    quota: Weight = 0.5,
    holders: Sequence[str] = (),
    name: str = "ocean",
) -> Ocean:
    """Large holders beside an ocean; more than a part ``quota`` of all votes wins.

    Raises
    ------
    CrosstieError
        Votes that are negative or no numbers, no votes at all, or a quota outside (0, 1].
    """
    around = exact_number(ocean, "the ocean")
    part = exact_number(quota, "the quota")
    exact = exact_weights([*weights, around])[:-1]
    if not 0 < part <= 1:
        raise CrosstieError(
            f"the quota {float(part):g} is outside (0, 1]: it is a part of all votes, such as 0.5"
        )
    names = tuple(holders) or tuple(str(i) for i in range(1, len(exact) + 1))
    return Ocean(names, exact, around, part * (sum(exact) + around), strictly=part != 1, name=name)


def shapley_shubik_ocean(game: Ocean, *, orders: int = 400_000, seed: int = 0) -> Power:
    r"""Shapley–Shubik power where the float's holders arrive as a steady stream.

    Everybody arrives at a time *t* uniform on (0, 1); by then :math:`\alpha t` of the ocean's α votes
    have come. Holder *i* has :math:`\int_0^1 \Pr[q - w_i - \alpha t \le w(S_t) < q - \alpha t]\,dt`, with
    each other large holder in :math:`S_t` with chance *t*; the ocean has the rest. Listed exactly for up
    to 16 large holders (incomplete beta functions), beyond that by random arrival times.

    Examples
    --------
    >>> power = shapley_shubik_ocean(oceanic_game([0.4], 0.6))      # w = 0.4, α = 0.6: t from 1/6 to 5/6
    >>> round(power["1"], 12)
    0.666666666667

    References
    ----------
    Milnor & Shapley (1978), Mathematics of Operations Research 3.
    """
    if len(game.weights) <= _MOST_LISTED:
        values = _arrivals_listed(game)
        errors: tuple[float | None, ...] = ()
        method = "exact up to rounding: coalitions of large holders listed, beside an ocean"
    else:
        values, found = _arrivals_sampled(game, orders, seed)
        rest = with_error(np.array([1 - values.sum()]), orders)[1]
        errors = (*found.tolist(), float(rest[0]))
        method = f"Monte Carlo: {orders:,} random orders, seed {seed}, beside an ocean"
    return _with_ocean(game, "shapley-shubik", [*values.tolist(), float(1 - values.sum())], method, errors)


def banzhaf_absolute_ocean(game: Ocean) -> Power:
    """Absolute Banzhaf power beside an ocean, half of whose votes are surely in.

    The small holders' coins even out: large holders play a game whose quota is lower by half the
    ocean. Sums that meet it exactly win half of the time. No single small holder has any power.

    Examples
    --------
    >>> banzhaf_absolute_ocean(oceanic_game([0.4, 0.2], 0.4)).values[:2]     # 0.3 more are needed
    (Fraction(1, 1), Fraction(0, 1))

    References
    ----------
    Dubey & Shapley (1979), Mathematics of Operations Research 4, section 6.
    """
    counts = _halves(game)
    values: list[Value | None] = [Fraction(count, 2 ** len(game.weights)) for count in counts]
    return _with_ocean(game, "banzhaf-absolute", [*values, None], _BANZHAF, ())


def banzhaf_ocean(game: Ocean) -> Power:
    """Banzhaf power beside an ocean, as parts of what the large holders have.

    Raises
    ------
    CrosstieError
        No large holder ever decides, so there is nothing to take parts of.
    """
    counts = _halves(game)
    if not sum(counts):
        raise CrosstieError("no named holder ever decides beside the ocean: ask for banzhaf-absolute")
    values: list[Value | None] = [Fraction(count, sum(counts)) for count in counts]
    return _with_ocean(game, "banzhaf", [*values, None], _BANZHAF, ())


_BANZHAF = "exact: coalitions of large holders listed, beside an ocean"


def _with_ocean(
    game: Ocean, index: Index, values: Sequence[Value | None], method: str, errors: tuple[float | None, ...]
) -> Power:
    if not game.ocean:
        values, errors = values[:-1], errors[:-1]
        return Power(index, game.holders, game.weights, tuple(values), method, errors)
    return Power(
        index, (*game.holders, game.name), (*game.weights, game.ocean), tuple(values), method, errors
    )


def _arrivals_listed(game: Ocean) -> FloatArray:
    from scipy.special import betainc  # noqa: PLC0415 (start-up)

    count = len(game.weights)
    values = np.zeros(count)
    for holder in range(count):
        others = [weight for i, weight in enumerate(game.weights) if i != holder]
        sums = _sums(others)
        sizes = coalitions.sizes(count - 1)
        start = _time(game, sums + float(game.weights[holder]))
        stop = _time(game, sums)
        inside = betainc(sizes + 1, count - sizes, stop) - betainc(sizes + 1, count - sizes, start)
        scale = np.array([1 / (count * comb(count - 1, k)) for k in range(count)])
        values[holder] = float(np.dot(inside, scale[sizes]))
    return values


def _sums(weights: Sequence[Fraction]) -> FloatArray:
    sums = np.zeros(1)
    for weight in weights:
        sums = np.concatenate([sums, sums + float(weight)])
    return sums


def _time(game: Ocean, votes: FloatArray) -> FloatArray:
    """When the ocean has brought what these votes lack."""
    lacking = float(game.quota) - votes
    if not game.ocean:
        return np.asarray(np.where(lacking > 0, 1.0, 0.0))
    return np.asarray(np.clip(lacking / float(game.ocean), 0.0, 1.0))


def _arrivals_sampled(game: Ocean, orders: int, seed: int) -> tuple[FloatArray, FloatArray]:
    random = np.random.default_rng(seed)
    weights = np.array([float(weight) for weight in game.weights])
    pivots = np.zeros(len(weights) + 1)
    left = orders
    while left:
        batch = min(left, max(1, _AT_ONCE // len(weights)))
        times = random.random((batch, len(weights)))
        order = np.argsort(times, axis=1)
        came = np.take_along_axis(times, order, axis=1) * float(game.ocean)
        mine = weights[order]
        with_it = np.cumsum(mine, axis=1)
        decides = (with_it - mine + came < float(game.quota)) & (with_it + came >= float(game.quota))
        who = np.where(decides.any(axis=1), order[np.arange(batch), decides.argmax(axis=1)], len(weights))
        pivots += np.bincount(who, minlength=len(weights) + 1)
        left -= batch
    return with_error(pivots[:-1] / orders, orders)


def _halves(game: Ocean) -> list[int]:
    """Swings counted twice where a sum wins surely, once where it wins half of the time."""
    if len(game.weights) > coalitions.MOST:
        raise CrosstieError(
            f"banzhaf beside an ocean is computed for at most {coalitions.MOST} named holders, "
            f"not {len(game.weights)}; ask for shapley-shubik, or count the unknown holders as absent"
        )
    needed = game.quota - game.ocean / 2
    everything = [weight.denominator for weight in (*game.weights, needed)]
    scale = int(np.lcm.reduce(np.array(everything, dtype=object)))
    units = [int(weight * scale) for weight in game.weights]
    reached = int(needed * scale)
    meets = coalitions.winning(units, reached)
    passes = coalitions.winning(units, reached + 1)
    if not game.ocean:
        meets = passes if game.strictly else meets
        passes = meets
    return [
        a + b for a, b in zip(coalitions.swing_counts(meets), coalitions.swing_counts(passes), strict=True)
    ]
