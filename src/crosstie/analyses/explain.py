"""The chains, loops and holdings behind one look-through share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crosstie.analyses.chains import Chain, Chains, chains_in, loops
from crosstie.analyses.columns import Columns, Number, above, of_network, with_shares, without
from crosstie.analyses.extremes import possible
from crosstie.analyses.frames import to_frame
from crosstie.analyses.ranges import direct_shares, extreme, is_small, only_columns
from crosstie.analyses.visits import in_order
from crosstie.ledger.amounts import Interval
from crosstie.network.network import Network

MOST_STEPS = 100_000
"""Ways looked at while the loops of a group are listed."""


@dataclass(frozen=True, slots=True)
class Way:
    """A chain as it counts when the share is lowest and when it is highest (the same without ranges)."""

    parties: tuple[str, ...]
    lowest: Chain
    highest: Chain


@dataclass(frozen=True, slots=True)
class Loop:
    """Companies that hold each other in a ring: what comes back after one turn, and the sum of all turns."""

    parties: tuple[str, ...]
    turn: Number
    factor: Number


@dataclass(frozen=True, slots=True)
class Link:
    """A holding on one of the chains or loops, and the ids of its statements."""

    holder: str
    company: str
    share: Interval
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The lowest and highest share (equal without ranges), and what makes it; remainders close each sum."""

    owner: str
    company: str
    lowest: Number
    highest: Number
    ways: tuple[Way, ...]
    remainder_lowest: Number
    remainder_highest: Number
    loops: tuple[Loop, ...]
    links: tuple[Link, ...]
    complete: bool

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """One line per chain."""
        return to_frame((way.highest for way in self.ways), Chain)


def explain(network: Network, owner: str, company: str, *, most: int = 20) -> Explanation:
    """Take a look-through share apart: chains, loops, holdings; contributions and remainder add up to it.

    In fractions where the network keeps them and its loops are small, so that the sum is exact.

    Parameters
    ----------
    most
        Name so many chains, strongest first; the others are the remainder.

    Raises
    ------
    UnknownPartyError
        No such owner or company.

    Examples
    --------
    >>> from crosstie.network import toys
    >>> found = explain(toys.ring(), "ana", "beta")
    >>> str(found.highest), [str(way.highest.contribution) for way in found.ways]
    ('3/16', ['3/16'])
    >>> [(loop.parties, str(loop.factor)) for loop in found.loops]
    [(('alpha', 'beta'), '5/4')]
    """
    network.index(owner)
    network = only_columns(network, above(possible(network), network.index(company)))
    low, high = _ends(network, owner)
    lowest = chains_in(network, low, owner, company)
    highest = lowest if high is low else chains_in(network, high, owner, company)
    ways = _ways(lowest, highest)[:most]
    rings = _loops(network, high, owner, ways)
    return Explanation(
        owner,
        company,
        lowest.share,
        highest.share,
        ways,
        lowest.share - sum(way.lowest.contribution for way in ways),
        highest.share - sum(way.highest.contribution for way in ways),
        rings,
        _links(network, ways, rings),
        lowest.complete and highest.complete and len(ways) == len(_ways(lowest, highest)),
    )


def _ends(network: Network, owner: str) -> tuple[Columns, Columns]:
    if network.capital.is_exact:
        columns = of_network(network, exact=is_small(network))
        return columns, columns
    owners = (network.index(owner),)
    low, high = (extreme(network, owners, highest=highest).shares for highest in (False, True))
    return with_shares(network, low), with_shares(network, high)


def _ways(lowest: Chains, highest: Chains) -> tuple[Way, ...]:
    low = {chain.parties: chain for chain in lowest.chains}
    high = {chain.parties: chain for chain in highest.chains}
    ways = [
        Way(parties, low.get(parties) or _nothing(high[parties]), high.get(parties) or _nothing(low[parties]))
        for parties in dict.fromkeys([*high, *low])
    ]
    return tuple(
        sorted(
            ways, key=lambda w: (-w.highest.contribution, -w.lowest.contribution, len(w.parties), w.parties)
        )
    )


def _nothing(chain: Chain) -> Chain:
    zero = chain.product - chain.product
    return Chain(chain.parties, zero, zero + 1, zero)


def _loops(network: Network, columns: Columns, owner: str, ways: Sequence[Way]) -> tuple[Loop, ...]:
    order = in_order(without(columns, (network.index(owner),)))
    passed = {network.index(party) for way in ways for party in way.parties[1:]}
    groups = {int(order.group_of[member]) for member in passed}
    found: list[Loop] = []
    for rank in sorted(groups):
        members = order.groups[rank].tolist()
        for ring in loops(order, members, limit=20, steps=MOST_STEPS) if len(members) > 1 else ():
            turn = _turn(order.columns, ring)
            names = tuple(network.parties[m].id for m in ring)
            found.append(Loop(names, turn, 1 / (1 - turn) if turn < 1 else float("inf")))
    return tuple(sorted(found, key=lambda ring: (-ring.turn, ring.parties)))


def _turn(columns: Columns, ring: Sequence[int]) -> Number:
    turn = columns.zero + 1
    for holder, company in zip(ring, (*ring[1:], ring[0]), strict=True):
        holders, shares = columns.of(company)
        turn *= shares[holders == holder].sum()
    return turn


def _links(network: Network, ways: Sequence[Way], rings: Sequence[Loop]) -> tuple[Link, ...]:
    pairs = [pair for way in ways for pair in zip(way.parties, way.parties[1:], strict=False)]
    pairs += [
        pair for ring in rings for pair in zip(ring.parties, ring.parties[1:] + ring.parties[:1], strict=True)
    ]
    shares = direct_shares(network)
    statements = _statements(network)
    return tuple(
        Link(holder, company, shares[key], statements.get(key, ()))
        for holder, company in dict.fromkeys(pairs)
        if (key := (network.index(holder), network.index(company))) in shares
    )


def _statements(network: Network) -> dict[tuple[int, int], tuple[str, ...]]:
    pairs = zip(network.holder.tolist(), network.issuers().tolist(), strict=True)
    return dict(zip(pairs, network.statements, strict=False))
