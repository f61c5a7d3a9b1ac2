"""Statements become edges here and nowhere else."""

from collections import defaultdict
from collections.abc import Iterable

from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.statements import Holding
from crosstie.network.edges import Edge


def edges_of_holdings(holdings: Iterable[Holding]) -> list[Edge]:
    r"""Edges from stated parts alone; what a company holds of itself leaves the base of the others.

    >>> from crosstie.formats.edge_list import loads
    >>> said = loads("holder,issuer,share\nana,alpha,40%\nalpha,alpha,20%\n").holdings
    >>> [(edge.holder, str(edge.capital)) for edge in edges_of_holdings(said)]
    [('ana', '1/2')]
    """
    own: dict[str, Interval] = defaultdict(lambda: ZERO)
    stated = list(holdings)
    for holding in stated:
        if holding.holder == holding.issuer and holding.share is not None:
            own[holding.issuer] = own[holding.issuer].plus(holding.share)
    return [
        Edge(
            holding.holder,
            holding.issuer,
            _of_rest(holding.share, own[holding.issuer]),
            None if holding.votes is None else holding.votes,
            statements=(holding.head.id,),
        )
        for holding in stated
        if holding.share is not None and holding.holder != holding.issuer
    ]


def _of_rest(share: Interval, own: Interval) -> Interval:
    if own == ZERO or own.low >= 1 or own.high is None or own.high >= 1 or share.high is None:
        return share
    low, high = share.low / (1 - own.low), share.high / (1 - own.high)
    return Interval(low, high, share.low_open or (own.low_open and low > 0), share.high_open or own.high_open)
