"""Seeded random networks: what tests and benchmarks run on; the seed is all one needs to see one again."""

from fractions import Fraction
from random import Random

from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Network, Party


def random_network(  # noqa: PLR0913 (one keyword per trait)
    seed: int,
    *,
    companies: int = 6,
    persons: int = 3,
    holders: int = 3,
    parts: int = 20,
    closed: bool = False,
    widths: int = 0,
) -> Network:
    """Companies that hold each other at random, loops included, beside persons.

    Parameters
    ----------
    holders
        At most so many stated holders of each company.
    parts
        Shares are whole multiples of ``1 / parts``: small numbers give ties at thresholds.
    closed
        Whether some companies are held by companies alone, so that closed groups arise.
    widths
        Shares become ranges up to ``widths / parts`` wide, some ends open.

    Examples
    --------
    >>> random_network(7).exact_capital == random_network(7).exact_capital, random_network(7).size >= 9
    (True, True)
    """
    dice = Random(seed)  # noqa: S311 (not for secrets)
    firms = [f"c{i}" for i in range(companies)]
    people = [f"p{i}" for i in range(persons)]
    edges = [
        Edge(holder, firm, _range(dice, share, parts, widths))
        for firm in firms
        for holder, share in _column(dice, firm, firms, people, holders, parts, closed=closed).items()
    ]
    parties = [*(Party(p, type="person") for p in people), *(Party(f) for f in firms)]
    return make_network(edges, parties)


def _column(  # noqa: PLR0913, PLR0917 (the traits above)
    dice: Random, firm: str, firms: list[str], people: list[str], holders: int, parts: int, *, closed: bool
) -> dict[str, int]:
    others = [name for name in firms if name != firm]
    pool = others if closed and dice.random() < 0.4 else others + people
    chosen = dice.sample(pool, min(len(pool), dice.randint(0, holders)))
    left, column = parts, {}
    for holder in chosen:
        column[holder] = dice.randint(1, max(1, left))
        left -= column[holder]
        if left < 1:
            break
    if closed and chosen and left > 0 and dice.random() < 0.5:
        column[next(iter(column))] += left
    return column


def _range(dice: Random, share: int, parts: int, widths: int) -> Interval:
    if not widths or dice.random() < 0.3:
        return Interval.exactly(Fraction(share, parts))
    low = max(0, share - dice.randint(0, widths))
    high = min(parts, share + dice.randint(0, widths))
    if low == high:
        return Interval.exactly(Fraction(low, parts))
    ends = dice.random() < 0.3, dice.random() < 0.3
    return Interval(Fraction(low, parts), Fraction(high, parts), *ends)
