"""Who holds what, as numbers: the input of every bulk question."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosstie.network.network import Network
from crosstie.text.problem import CrosstieError

COMPANY, PERSON, STATE, UNKNOWN = 0, 1, 2, 3
"""What a party can be: persons and states own for themselves, unknown holders are nobody."""
_KINDS = {"person": PERSON, "state": STATE, "unknown": UNKNOWN}


@dataclass(frozen=True, slots=True)
class Edges:
    """Holdings by held company: ``holder`` and ``share`` of company *j* lie in ``start[j]:start[j+1]``.

    What a column lacks of one is held by unknown holders, whether or not a party stands for them.
    ``parts`` of ``whole`` say the same shares in whole numbers, for decisions that floats leave open;
    a ``whole`` of zero says nothing, and both may be empty.
    """

    start: NDArray[np.uint32]
    holder: NDArray[np.uint32]
    share: NDArray[np.float64]
    kind: NDArray[np.int8]
    parts: NDArray[np.int64]
    whole: NDArray[np.int64]

    @property
    def parties(self) -> int:
        """How many parties."""
        return len(self.kind)


def make_edges(  # noqa: PLR0913 (one array per column)
    start: NDArray[np.integer],
    holder: NDArray[np.integer],
    share: NDArray[np.float64],
    kind: NDArray[np.int8] | None = None,
    *,
    parts: NDArray[np.int64] | None = None,
    whole: NDArray[np.int64] | None = None,
) -> Edges:
    """Check arrays once, so that kernels need not.

    Raises
    ------
    CrosstieError
        Lengths do not fit, a holder is no party, a share is below zero or no number, or a company
        holds itself (such shares must be taken out of the base before).

    Examples
    --------
    >>> make_edges(np.array([0, 0, 1]), np.array([0]), np.array([0.6])).parties
    2
    """
    parties = len(start) - 1
    if (
        start[0] != 0
        or start[-1] != len(holder)
        or len(holder) != len(share)
        or np.any(start[1:] < start[:-1])
    ):
        raise CrosstieError("the holdings' starts do not fit their number; want 0 … number, never falling")
    if len(holder) and (int(holder.min()) < 0 or int(holder.max()) >= parties):
        raise CrosstieError(f"a holder has a number outside 0 … {parties - 1}")
    if len(share) and not (float(share.min()) >= 0 and np.isfinite(share.max())):
        raise CrosstieError("a share is below zero or not a number; want parts of one")
    flat_start = np.ascontiguousarray(start, np.uint32)
    flat_holder = np.ascontiguousarray(holder, np.uint32)
    nothing = np.zeros(0, np.int64)
    return Edges(
        flat_start,
        flat_holder,
        np.ascontiguousarray(share, np.float64),
        np.zeros(parties, np.int8) if kind is None else np.ascontiguousarray(kind, np.int8),
        nothing if parts is None else np.ascontiguousarray(parts, np.int64),
        nothing if whole is None else np.ascontiguousarray(whole, np.int64),
    )


def edges_of(network: Network, *, votes: bool = False) -> Edges:
    """The capital (or the votes that are awake) of a network, with exact numerators where they fit in 64 bits.

    Raises
    ------
    CrosstieError
        A holding is a range: bulk kernels take numbers.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> edges_of(toys.ring()).whole.tolist()
    [0, 10, 2, 0, 0]
    """
    bounds, exact = (
        (network.votes, network.exact_votes) if votes else (network.capital, network.exact_capital)
    )
    if not bounds.is_exact:
        raise CrosstieError("a holding is a range; questions to everybody at once take numbers")
    kind = kinds_of(network)
    asleep = network.suspended & votes
    share = _awake(network, bounds.low, asleep) if asleep.any() else bounds.low
    parts, whole = np.zeros(len(exact), np.int64), np.zeros(network.size, np.int64)
    for company in range(network.size) if exact else ():
        column = network.column(company)
        fractions = [interval.low for interval in exact[column]]
        common = int(np.lcm.reduce(np.array([f.denominator for f in fractions], object))) if fractions else 0
        if 0 < common < 2**40:
            whole[company] = common
            parts[column] = [int(f * common) for f in fractions]
    if asleep.any() and exact:
        whole -= np.bincount(network.issuers()[asleep], parts[asleep], network.size).astype(np.int64)
        parts[asleep] = 0
    return make_edges(network.start, network.holder, share, kind, parts=parts, whole=whole if exact else None)


def kinds_of(network: Network) -> NDArray[np.int8]:
    """What each party is."""
    return np.array([_KINDS.get(party.type, COMPANY) for party in network.parties], np.int8)


def _awake(network: Network, share: NDArray[np.float64], asleep: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Parts of the votes that are not suspended: sleeping votes leave the base too."""
    company = network.issuers()
    base = 1.0 - np.bincount(company[asleep], share[asleep], network.size)
    return np.where(asleep, 0.0, share / np.where(base > 0, base, 1.0)[company])
