"""Power over a company through chains of companies: random-order pivots that pass on who decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from crosstie.analyses.frames import to_frame
from crosstie.analyses.power.game import Weight, check_part
from crosstie.network.network import BoolArray, FloatArray, IntArray, Network
from crosstie.text.problem import CrosstieError

_AT_ONCE = 20_000_000  # comparisons held at a time
_MOST_COUNTS = 100_000_000  # chains × companies × parties


@dataclass(frozen=True, slots=True)
class ChainPower:
    """How often an owner is the one who decides in a company, through whatever chain."""

    company: str
    owner: str
    power: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class ChainPowers:
    """The network power of every owner in every company it ever decides in."""

    rows: tuple[ChainPower, ...]
    method: str

    def of(self, company: str) -> Iterator[ChainPower]:
        """The owners of one company, strongest first."""
        mine = (row for row in self.rows if row.company == company)
        yield from sorted(mine, key=lambda row: (-row.power, row.owner))

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """A pandas data frame, one row per owner and company."""
        return to_frame(self.rows, ChainPower)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much to draw: independent chains, rounds left out first, rounds kept, and the seed.

    ``restore`` is the chance per round that a company in a loop speaks for itself again, so that such
    companies do not hold on to each other's names for ever.
    """

    chains: int = 200
    burn_in: int = 60
    kept: int = 40
    restore: float = 0.01
    seed: int = 0


DEFAULT = Sampling()


def power_through_chains(
    network: Network,
    *,
    quota: Weight = Fraction(1, 2),
    company: str | None = None,
    sampling: Sampling = DEFAULT,
) -> ChainPowers:
    r"""Estimate the network power index by passing on pivots.

    Every party bears a name, at first its own. In each round every company's holders come in random
    order, those of one name at once, the unknown holders as a steady stream; the name of whoever brings
    the votes above the quota becomes the company's name for the next round. The power of *i* in *j* is
    how often *j* bears the name of *i*. Errors are those of the mean over independent chains.

    Parameters
    ----------
    quota
        More than this part of the votes that are awake decides.
    company
        Ask about this company only: then nothing but it and the companies above it is drawn.

    Raises
    ------
    CrosstieError
        A quota outside (0, 1], votes that are ranges, or no such company.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> found = power_through_chains(toys.chain("60%", "51%"))
    >>> [(row.owner, row.power) for row in found.of("c2")]
    [('top', 1.0)]

    References
    ----------
    Mizuno, Doi & Kurizaki (2020), PLoS ONE 15(8) e0237862, algorithm 1.
    """
    part = float(check_part(quota))
    concerned = range(network.size) if company is None else sorted(_above(network, network.index(company)))
    for j in concerned:
        column = network.column(j)
        if not np.array_equal(network.votes.low[column], network.votes.high[column]):
            raise CrosstieError(
                f"some votes in {network.parties[j].id!r} are ranges: power through chains needs single numbers"
            )
    random = np.random.default_rng(sampling.seed)
    looped = _in_loops(network)
    boards = [board for j in concerned if (board := _board(network, j, part, looped))]
    names = np.tile(np.arange(network.size, dtype=np.int32), (sampling.chains, 1))
    chains = np.arange(sampling.chains)
    asked = [board.company for board in boards if company is None or board.company == network.index(company)]
    if sampling.chains * len(asked) * network.size > _MOST_COUNTS:
        raise CrosstieError(
            f"power through chains in all of {len(asked):,} companies is too much: ask for one company"
        )
    counts = np.zeros((sampling.chains, len(asked), network.size), np.int32)
    for step in range(sampling.burn_in + sampling.kept):
        names = _next(names, boards, random, sampling.restore)
        if step >= sampling.burn_in:
            for at, j in enumerate(asked):
                counts[chains, at, names[:, j]] += 1
    rows = tuple(_rows(network, asked, counts / sampling.kept))
    drawn = (
        f"{sampling.chains} chains of {sampling.kept} rounds after {sampling.burn_in}, seed {sampling.seed}"
    )
    return ChainPowers(rows, f"Monte Carlo: random-order pivots, {drawn}")


@dataclass(frozen=True, slots=True)
class _Board:
    """One company's named holders with their votes, the unknown holders' votes, and what must be exceeded."""

    company: int
    holders: IntArray
    votes: FloatArray
    unknown: int
    stream: float
    needed: float
    looped: bool


def _board(network: Network, company: int, quota: float, looped: BoolArray) -> _Board | None:
    column = network.column(company)
    awake = ~network.suspended[column] & (network.votes.low[column] > 0)
    holders, votes = network.holder[column][awake], network.votes.low[column][awake]
    if not len(holders):
        return None
    named = holders != network.unknown[company]
    stream = float(votes[~named].sum())
    return _Board(
        company,
        holders[named],
        votes[named],
        int(network.unknown[company]),
        stream,
        quota * float(votes.sum()),
        bool(looped[company]),
    )


def _above(network: Network, company: int) -> set[int]:
    """The company and everybody a chain of holdings leads up to."""
    found, waiting = {company}, [company]
    while waiting:
        new = set(network.holders_of(waiting.pop()).tolist()) - found
        found |= new
        waiting.extend(new)
    return found


def _in_loops(network: Network) -> BoolArray:
    from scipy.sparse import csr_matrix  # noqa: PLC0415 (start-up)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 (start-up)

    ones = np.ones(network.edge_count, np.int8)
    graph = csr_matrix((ones, (network.holder, network.issuers())), shape=(network.size, network.size))
    _, label = connected_components(graph, connection="strong")
    return np.asarray(np.bincount(label)[label] > 1)


def _next(names: IntArray, boards: list[_Board], random: np.random.Generator, restore: float) -> IntArray:
    following = names.copy()
    for board in boards:
        following[:, board.company] = _decide(board, names, random)
        if board.looped:
            again = random.random(len(names)) < restore
            following[again, board.company] = board.company
    return following


def _decide(board: _Board, names: IntArray, random: np.random.Generator) -> IntArray:
    """Per chain, the name of whoever brings a company's votes above what is needed."""
    if not len(board.holders):
        return np.full(len(names), board.unknown, np.int32)
    size = max(1, _AT_ONCE // len(board.holders) ** 2)
    parts = [_decide_some(board, names[start : start + size], random) for start in range(0, len(names), size)]
    return np.concatenate(parts)


def _decide_some(board: _Board, names: IntArray, random: np.random.Generator) -> IntArray:
    bearing = names[:, board.holders]
    times = random.random(bearing.shape)
    first = (bearing[:, :, None] == bearing[:, None, :]).argmax(axis=2)
    times = np.take_along_axis(times, first, axis=1)
    order = np.argsort(times, axis=1, kind="stable")
    came = np.take_along_axis(times, order, axis=1) * board.stream
    with_it = np.cumsum(board.votes[order], axis=1)
    total = with_it + came > board.needed * (1 + 1e-12)
    before = with_it - board.votes[order] + came > board.needed * (1 + 1e-12)
    rows = np.arange(len(names))
    at = total.argmax(axis=1)
    starts = _start_of_group(np.take_along_axis(times, order, axis=1), at)
    streamed = ~total.any(axis=1) | before[rows, starts]
    pivots = np.take_along_axis(bearing, order, axis=1)[rows, at]
    return np.where(streamed, board.unknown, pivots).astype(np.int32)


def _start_of_group(times: FloatArray, at: IntArray) -> IntArray:
    """The first position with the same time: those of one name come at once."""
    same = times == times[np.arange(len(at)), at][:, None]
    return np.asarray(same.argmax(axis=1))


def _rows(network: Network, asked: list[int], parts: FloatArray) -> Iterator[ChainPower]:
    mean = parts.mean(axis=0)
    error = parts.std(axis=0, ddof=1) / np.sqrt(len(parts))
    least = 1 / (len(parts) + 2) / np.sqrt(len(parts))  # nothing seen is not nothing possible
    for at, owner in np.argwhere(mean > 0).tolist():
        yield ChainPower(
            network.parties[asked[at]].id,
            network.parties[owner].id,
            round(float(mean[at, owner]), 12),
            float(max(error[at, owner], least)),
        )
