"""The six power indices of a weighted game, each by the most exact method that its size allows."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from crosstie.analyses.power import (
    bounds,
    coalitions,
    counting,
    members,
    minimal_sampling,
    quadrature,
    sampling,
)
from crosstie.analyses.power.answers import answer_within, bounded_answer, exact_answer, float_answer
from crosstie.analyses.power.game import Game
from crosstie.analyses.power.result import Index, Power, Value
from crosstie.network.network import BoolArray, FloatArray
from crosstie.text.problem import CrosstieError

COUNTED = "exact: coalitions counted in whole numbers"
LISTED = "exact: every coalition listed"

_WHOLE_BYTES = 2**31  # whole-number work, in bytes moved: a few seconds
_TABLE_BYTES = 2**30  # the largest table
_FLOAT_STEPS = 3 * 10**10  # floating-point work: a minute
_CELL_STEPS = 4 * 10**9
_MOST_CELLS = 4_000_000


def shapley_shubik(game: Game) -> Power:
    r"""How often each holder decides when all come in random order.

    :math:`\varphi_i = \sum_{S \not\ni i} \frac{|S|!\,(n-1-|S|)!}{n!}` over the *S* that lose, and win
    with *i*. The method is named in the result: whole numbers while the table of sums is small,
    quadrature while it fits in memory, then certified bounds, then random orders.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> shapley_shubik(quota_game(12, [4, 4, 4, 2, 2, 1])).values[-1]     # Luxembourg 1958
    Fraction(0, 1)

    References
    ----------
    Shapley & Shubik (1954), American Political Science Review 48; Owen (1972), Management Science 18.
    """
    if _whole_work(game, game.size**2) <= _WHOLE_BYTES:
        return exact_answer(game, "shapley-shubik", counting.shapley_values(game.units, game.quota), COUNTED)
    if game.size <= coalitions.MOST:
        wins = coalitions.winning(game.units, game.quota)
        return exact_answer(game, "shapley-shubik", coalitions.shapley_of(wins), LISTED)
    nodes = (game.size + 3) // 4
    if _fits(game, 1) and nodes * game.size * game.total <= _FLOAT_STEPS:
        return float_answer(game, "shapley-shubik", quadrature.shapley_floats(game.units, game.quota))
    cells = min(_MOST_CELLS // 4, _CELL_STEPS // (nodes * game.size))
    if cells >= 100 * game.size:
        return bounded_answer(
            game, "shapley-shubik", bounds.shapley_bounds(game.units, game.quota, cells), cells
        )
    return shapley_shubik_sampled(game, orders=sampling.draws_for(game.size, 200_000))


def shapley_shubik_sampled(game: Game, *, orders: int = 200_000, seed: int = 0) -> Power:
    """Shapley–Shubik power by random orders, with its standard error; the seed makes it repeatable.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> shapley_shubik_sampled(quota_game(51, [50, 49, 1]), orders=1000).method
    'Monte Carlo: 1,000 random orders, seed 0'
    """
    values, errors = sampling.shapley_sample(game.units, game.quota, orders=orders, seed=seed)
    method = f"Monte Carlo: {orders:,} random orders, seed {seed}"
    return Power(
        "shapley-shubik", game.holders, game.weights, tuple(values.tolist()), method, tuple(errors.tolist())
    )


def banzhaf_absolute(game: Game) -> Power:
    r"""The chance that a holder decides when all others vote by the toss of a coin.

    :math:`\beta_i = s_i / 2^{n-1}` with :math:`s_i` the coalitions that *i* turns from losing to winning.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> banzhaf_absolute(quota_game(51, [50, 49, 1])).values
    (Fraction(3, 4), Fraction(1, 4), Fraction(1, 4))

    References
    ----------
    Penrose (1946), Journal of the Royal Statistical Society 109; Dubey & Shapley (1979),
    Mathematics of Operations Research 4.
    """
    whole = _swings(game)
    if whole is not None:
        counts, method = whole
        return exact_answer(
            game, "banzhaf-absolute", [Fraction(c, 2 ** (game.size - 1)) for c in counts], method
        )
    if _fits(game, 1) and game.size * game.total <= _FLOAT_STEPS:
        return float_answer(game, "banzhaf-absolute", quadrature.banzhaf_floats(game.units, game.quota))
    cells = min(_MOST_CELLS, _CELL_STEPS // game.size)
    found = bounds.banzhaf_bounds(game.units, game.quota, cells)
    return bounded_answer(game, "banzhaf-absolute", found, cells)


def banzhaf(game: Game) -> Power:
    r"""Each holder's part of all decisions made in coalitions: :math:`s_i / \sum_j s_j`.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> banzhaf(quota_game(51, [50, 49, 1])).values
    (Fraction(3, 5), Fraction(1, 5), Fraction(1, 5))

    References
    ----------
    Banzhaf (1965), Rutgers Law Review 19.
    """
    whole = _swings(game)
    if whole is not None:
        counts, method = whole
        return exact_answer(game, "banzhaf", _parts(counts), method)
    absolute = banzhaf_absolute(game)
    low, value, high = (
        np.array([float(v or 0) for v in column]) for column in (absolute.low, absolute.values, absolute.high)
    )
    bounded = bounds.Bounded(
        value / value.sum(), low / (high.sum() - high + low), np.minimum(1, high / (low.sum() - low + high))
    )
    return answer_within(game, "banzhaf", bounded, absolute.method)


def deegan_packel(game: Game) -> Power:
    r"""Each minimal winning coalition is equally likely, and shared equally by its members.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> deegan_packel(quota_game(51, [35, 20, 15, 15, 15])).values[:3]
    (Fraction(3, 10), Fraction(3, 20), Fraction(11, 60))

    References
    ----------
    Deegan & Packel (1978), International Journal of Game Theory 7.
    """
    if _is_countable(game, "deegan-packel"):
        return _shared(game, "deegan-packel", members.minimal_winning, listed=1)
    return _from_minimal(game, "deegan-packel", minimal_sampling.shares_of)


def holler(game: Game) -> Power:
    """In how many minimal winning coalitions a holder is, as a part of all such counts: the public good index.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> holler(quota_game(51, [35, 20, 15, 15, 15])).values[:3]
    (Fraction(4, 15), Fraction(2, 15), Fraction(1, 5))

    References
    ----------
    Holler (1982), Political Studies 30.
    """
    if _whole_work(game, game.size) <= _WHOLE_BYTES // 4 and _fits_rows(game, 64 + game.size // 8):
        return exact_answer(
            game, "holler", _parts(members.minimal_winning(game.units, game.quota, 1)), COUNTED
        )
    if game.size <= coalitions.MOST:
        _, by_size = coalitions.breakers(coalitions.winning(game.units, game.quota))
        return exact_answer(game, "holler", _parts([sum(counts) for counts in by_size]), LISTED)
    if not _is_countable(game, "holler"):
        return _from_minimal(game, "holler", minimal_sampling.memberships_of)
    found = np.array(members.minimal_winning(game.units, game.quota, 1.0))
    return float_answer(game, "holler", found / found.sum())


def johnston(game: Game) -> Power:
    r"""A winning coalition that *c* members can break gives each of them 1/*c*; as parts of the sum.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> johnston(quota_game(5, [3, 2, 1, 1])).values[0]
    Fraction(17, 30)

    References
    ----------
    Johnston (1978), Environment and Planning A 10.
    """
    if _is_countable(game, "johnston"):
        return _shared(game, "johnston", members.broken, listed=0)
    return johnston_sampled(game, coalitions=sampling.draws_for(game.size, 400_000))


def johnston_sampled(game: Game, *, coalitions: int = 400_000, seed: int = 0) -> Power:
    """Johnston power by random coalitions, with its standard error; the seed makes it repeatable.

    Raises
    ------
    CrosstieError
        Nobody could break any of the coalitions drawn.

    Examples
    --------
    >>> from crosstie.analyses.power.game import quota_game
    >>> johnston_sampled(quota_game(4, [3, 2, 1]), coalitions=1000).method
    'Monte Carlo: 1,000 random coalitions, seed 0'
    """
    values, errors = sampling.johnston_sample(game.units, game.quota, coalitions=coalitions, seed=seed)
    if np.isnan(values).any():
        raise CrosstieError(
            f"nobody could break any of {coalitions:,} random coalitions: the quota is too far from half"
        )
    method = f"Monte Carlo: {coalitions:,} random coalitions, seed {seed}"
    return Power(
        "johnston", game.holders, game.weights, tuple(values.tolist()), method, tuple(errors.tolist())
    )


def _swings(game: Game) -> tuple[list[int], str] | None:
    """Swings as whole numbers and how they were counted, where the size allows."""
    if _whole_work(game, game.size) <= _WHOLE_BYTES:
        smaller = min(game.quota, game.total - game.quota + 1)
        return counting.swings(game.units, smaller), COUNTED
    if game.size <= coalitions.MOST:
        return coalitions.swing_counts(coalitions.winning(game.units, game.quota)), LISTED
    return None


def _shared(game: Game, index: Index, count: Callable[..., list[Value]], *, listed: int) -> Power:
    """An index in which each coalition is shared equally by those who count in it."""
    shift = game.size + 1
    packed = (shift * shift) // 8 + 64
    if _whole_work(game, game.size**2) <= _WHOLE_BYTES // 4 and _fits_rows(game, packed):
        polynomials = count(game.units, game.quota, 1 << shift)
        return exact_answer(
            game, index, _parts([_shares(int(p), shift, game.size) for p in polynomials]), COUNTED
        )
    if game.size <= coalitions.MOST:
        found = coalitions.breakers(coalitions.winning(game.units, game.quota))[listed]
        scores = [sum((Fraction(c, k) for k, c in enumerate(counts) if c), Fraction(0)) for counts in found]
        return exact_answer(game, index, _parts(scores), LISTED)
    return float_answer(game, index, _by_quadrature(game, count))


def _shares(packed: int, shift: int, size: int) -> Fraction:
    counts = counting.coefficients(packed, shift, size + 1)
    return sum((Fraction(c, k) for k, c in enumerate(counts) if c), Fraction(0))


def _by_quadrature(game: Game, count: Callable[..., list[Value]]) -> FloatArray:
    points, weights = np.polynomial.legendre.leggauss(quadrature.nodes_for_sizes(game.size))
    total = np.zeros(game.size)
    for point, weight in zip(((points + 1) / 2).tolist(), weights.tolist(), strict=True):
        total += weight / point * np.array(count(game.units, game.quota, point), np.float64)
    return np.asarray(total / total.sum())


def _is_countable(game: Game, index: Index) -> bool:
    """Whether coalitions can be listed, or counted by their members within memory and a minute or two."""
    steps = (
        game.size
        * (game.quota + max(game.units))
        * (1 if index == "holler" else quadrature.nodes_for_sizes(game.size))
    )
    counted = _fits_rows(game, 8) and steps <= _FLOAT_STEPS and game.size <= 1000
    return counted or game.size <= coalitions.MOST


def _from_minimal(
    game: Game, index: Index, estimate: Callable[[BoolArray], tuple[FloatArray, FloatArray]]
) -> Power:
    """An index from random minimal winning coalitions, with its standard error."""
    found = minimal_sampling.draw_minimal(game.units, game.quota)
    values, errors = estimate(found)
    method = f"Monte Carlo: {len(found):,} random minimal winning coalitions, seed 0"
    return Power(index, game.holders, game.weights, tuple(values.tolist()), method, tuple(errors.tolist()))


def _whole_work(game: Game, bits: int) -> int:
    """Bytes moved by a count in whole numbers of so many bits."""
    smaller = min(game.quota, game.total - game.quota + 1)
    return game.size * smaller * (bits // 8 + 40)


def _fits(game: Game, rows: int) -> bool:
    return rows * game.total * 24 <= _TABLE_BYTES


def _fits_rows(game: Game, each: int) -> bool:
    return game.size * (game.quota + max(game.units)) * each <= _TABLE_BYTES


def _parts(counts: Sequence[int | Fraction]) -> list[Fraction]:
    total = Fraction(sum(counts))
    return [Fraction(count) / total for count in counts]
