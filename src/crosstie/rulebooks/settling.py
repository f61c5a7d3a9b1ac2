"""Control decides which votes sleep, and sleeping votes decide control: find every consistent outcome."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, combinations

from crosstie.rulebooks.day import Day, Suspension, asleep

Pair = tuple[str, str]
Derive = Callable[[Day], tuple[Suspension, ...]]
LARGEST_SEARCH = 10  # pairs: 1,024 cases


@dataclass(frozen=True, slots=True)
class Settled:
    """The sets of suspensions that confirm themselves; ``all_tried`` says whether every set was tried.

    Where there is none, ``contested`` are those that come and go when the rules are applied in turn.
    """

    outcomes: tuple[frozenset[Suspension], ...]
    all_tried: bool
    contested: tuple[Suspension, ...] = ()

    @property
    def is_stable(self) -> bool:
        """Whether there is one outcome and no other."""
        return len(self.outcomes) == 1


def settle(day: Day, derive: Derive) -> Settled:
    """Every set *S* of suspensions for which the rules, applied with *S* asleep, say *S* again.

    All sets of the pairs that can matter (holder and company reach each other) are tried where they are
    few; otherwise the rules are applied again and again from none asleep and from all asleep, and only
    what repeats itself counts.

    >>> from datetime import date
    >>> from crosstie.network import toys
    >>> from crosstie.rulebooks.day import day_of
    >>> settle(day_of(toys.chain("60%"), date(2024, 1, 1)), lambda _: ()).outcomes
    (frozenset(),)
    """
    candidates = _candidates(day)
    if len(candidates) <= LARGEST_SEARCH:
        tried = (_again(day, derive, frozenset(each)) for each in _subsets(candidates))
        outcomes = tuple(found for found in tried if found is not None)
        contested = () if outcomes else _contested(day, derive)
        return Settled(outcomes, all_tried=True, contested=contested)
    starts: tuple[frozenset[Pair], ...] = (frozenset(), frozenset(candidates))
    ends = {_follow(day, derive, start) for start in starts} - {None}
    found_ends = tuple(each for each in ends if each is not None)
    return Settled(found_ends, all_tried=False, contested=() if found_ends else _contested(day, derive))


def _contested(day: Day, derive: Derive) -> tuple[Suspension, ...]:
    """Whatever sleeps in some round of the rules applied in turn, from none asleep."""
    seen: set[frozenset[Pair]] = set()
    pairs: frozenset[Pair] = frozenset()
    found: dict[Pair, Suspension] = {}
    while pairs not in seen:
        seen.add(pairs)
        said = _apply(day, derive, pairs)
        found.update({(each.holder, each.company): each for each in said})
        pairs = frozenset((each.holder, each.company) for each in said if each.surely)
    return tuple(each for _, each in sorted(found.items()))


def _candidates(day: Day) -> tuple[Pair, ...]:
    """Holdings on a loop: only there can a company control its own holder."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 (start-up counts)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    network = day.network
    if not network.edge_count:
        return ()
    graph = csr_matrix(
        ([1] * network.edge_count, (network.holder, list(day.company))), (network.size, network.size)
    )
    _, label = connected_components(graph, connection="strong")
    holders = network.holder.tolist()
    return tuple(
        (network.parties[h].id, network.parties[j].id)
        for h, j in zip(holders, day.company, strict=True)
        if label[h] == label[j]
    )


def _subsets(pairs: tuple[Pair, ...]) -> Iterable[tuple[Pair, ...]]:
    return chain.from_iterable(combinations(pairs, size) for size in range(len(pairs) + 1))


def _apply(day: Day, derive: Derive, pairs: frozenset[Pair]) -> frozenset[Suspension]:
    said = (Suspension(*pair, "assumed") for pair in pairs)
    return frozenset(derive(asleep(day, said)))


def _again(day: Day, derive: Derive, pairs: frozenset[Pair]) -> frozenset[Suspension] | None:
    found = _apply(day, derive, pairs)
    sure = {(each.holder, each.company) for each in found if each.surely}
    perhaps = {(each.holder, each.company) for each in found if not each.surely}
    return found if sure == pairs - perhaps and not (perhaps & pairs) else None


def _follow(day: Day, derive: Derive, pairs: frozenset[Pair]) -> frozenset[Suspension] | None:
    seen: set[frozenset[Pair]] = set()
    while pairs not in seen:
        seen.add(pairs)
        found = _apply(day, derive, pairs)
        after = frozenset((each.holder, each.company) for each in found if each.surely)
        if after == pairs:
            return found
        pairs = after
    return None
