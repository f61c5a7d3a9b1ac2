"""Small random networks with everything that is hard for many companies at once, and their answers by definition."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

PARTIES = 12
PERSONS = 4
UNKNOWN = 0
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Network:
    """Holdings (holder, company, share), some told twice; with ``whole`` the shares are so many of it."""

    seed: int
    rows: tuple[tuple[int, int, Fraction], ...]
    whole: int

    @property
    def over(self):
        """Whether some company has stated shares above what there is."""
        return any(sum(column.values()) > 1 for column in self.columns().values())

    def columns(self):
        """By company what each holder has; what a company holds in itself is left out."""
        found = {}
        for holder, company, share in self.rows:
            if holder != company:
                column = found.setdefault(company, {})
                column[holder] = column.get(holder, 0) + share
        return found

    def matrix(self):
        """Holders in rows."""
        c = np.zeros((PARTIES, PARTIES))
        for company, column in self.columns().items():
            for holder, share in column.items():
                c[holder, company] = float(share)
        return c


def hard_network(seed):
    """By the seed: columns of one, below one or above it; percentages, or sixths with no whole numbers."""
    rng = np.random.default_rng(seed)
    over, whole = seed % 3 == 2, 0 if seed % 4 == 3 else 100
    parts = [Fraction(n, 6) for n in (1, 2, 3, 4)] if not whole else [
        Fraction(n, 100) for n in (10, 20, 25, 25, 30, 50, 50, 51, 60)]  # fmt: skip
    rows = []
    for company in range(PERSONS, PARTIES):
        left = Fraction(1)
        for _ in range(int(rng.integers(0, 5))):
            # loops within loops: companies hold each other more often than persons do
            holder = (
                int(rng.integers(0, PARTIES)) if rng.random() < 0.3 else int(rng.integers(PERSONS, PARTIES))
            )
            share = parts[rng.integers(len(parts))]
            share = share if over else min(share, left)
            left -= share
            if share > 0:
                rows.append((holder, company, share))
    if rng.random() < 0.3:  # a group that owns itself
        rows = [row for row in rows if row[1] not in {PERSONS, PERSONS + 1}]
        rows += [(PERSONS, PERSONS + 1, Fraction(1)), (PERSONS + 1, PERSONS, Fraction(1))]
    if over and rng.random() < 0.3:  # a loop of more than there is
        rows += [(PARTIES - 1, PARTIES - 2, Fraction(6, 5)), (PARTIES - 2, PARTIES - 1, Fraction(11, 10))]
    return Network(seed, tuple(rows), whole)


def controlled_by(owner, columns):
    """The plain definition: all that an owner and what it controls hold, until nothing is added."""
    group = {owner}
    while True:
        more = {
            company
            for company, column in columns.items()
            if company not in group and sum(s for h, s in column.items() if h in group) > HALF
        }
        if not more:
            return group
        group |= more


def reached_from(listed, columns):
    """Those of whom the listed and the reached hold half or more together."""
    group = set(listed)
    while True:
        more = {
            company
            for company, column in columns.items()
            if company not in group and sum(s for h, s in column.items() if h in group) >= HALF
        }
        if not more:
            return group
        group |= more
