"""Tiny networks to try things on."""

from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Network, Party


def from_shares(*holdings: tuple[str, str, str]) -> Network:
    """A network from ``(holder, company, share)``, the share as people write it.

    >>> from_shares(("ana", "alpha", "60%")).size
    3
    """
    return make_network(Edge(holder, company, Interval.parse(share)) for holder, company, share in holdings)


def ring(forth: str = "50%", back: str = "40%", outside: str = "30%") -> Network:
    """Ana holds alpha; alpha and beta hold each other: a loop with unknown holders outside.

    >>> ring().edge_count
    5
    """
    parties = [Party("ana", "Ana", "person"), Party("alpha", "Alpha"), Party("beta", "Beta")]
    return make_network(
        [
            Edge("ana", "alpha", Interval.parse(outside)),
            Edge("alpha", "beta", Interval.parse(forth)),
            Edge("beta", "alpha", Interval.parse(back)),
        ],
        parties,
    )


def chain(*shares: str) -> Network:
    """A person at the top, then one company below the other.

    >>> [party.id for party in chain("100%", "51%").parties]
    ['top', 'c1', 'c2', 'unknown holders of c2']
    """
    names = ["top", *(f"c{i}" for i in range(1, len(shares) + 1))]
    edges = [Edge(a, b, Interval.parse(s)) for a, b, s in zip(names, names[1:], shares, strict=False)]
    return make_network(edges, [Party("top", "Top", "person")])
