"""Small random networks with everything that is hard: loops, closed groups, ties, columns over one."""

import numpy as np

from crosstie.engines.local.edges import COMPANY, PERSON, UNKNOWN, make_edges


def random_columns(rng, parties, over=False):
    """Whole percentages by company: {company: {holder: parts of 100}}."""
    persons = max(2, parties // 3)
    columns = {}
    for company in range(persons, parties):
        many = int(rng.integers(0, 5))
        holders = [int(h) for h in rng.choice(parties, min(many, parties), replace=False) if h != company]
        left = 100
        column = {}
        for h in holders:
            p = int(rng.choice([5, 10, 20, 25, 30, 50, 51, 60, 100]))
            if not over:
                p = min(p, left)
            left -= p
            if p > 0:
                column[h] = p
        columns[company] = column
    if rng.random() < 0.3:  # a group that owns itself
        a, b = persons, persons + 1
        columns[a], columns[b] = {b: 100}, {a: 100}
    return persons, columns


def edges_from(parties, persons, columns, exact=True):
    start = np.zeros(parties + 1, np.int64)
    holder, parts = [], []
    for company in range(parties):
        for h, p in columns.get(company, {}).items():
            holder.append(h)
            parts.append(p)
        start[company + 1] = len(holder)
    kind = np.full(parties, COMPANY, np.int8)
    kind[:persons] = PERSON
    kind[0] = UNKNOWN
    parts = np.array(parts, np.int64)
    return make_edges(
        start,
        np.array(holder, np.int64),
        parts / 100,
        kind,
        parts=parts if exact else None,
        whole=np.full(parties, 100) if exact else None,
    )


def matrix(parties, columns):
    c = np.zeros((parties, parties))
    for company, column in columns.items():
        for h, p in column.items():
            c[h, company] = p / 100
    return c


def controlled_by(owner, columns, threshold=50):
    """The plain definition: all that an owner and what it controls hold, until nothing is added."""
    group = {owner}
    while True:
        more = {
            company
            for company, column in columns.items()
            if company not in group and sum(p for h, p in column.items() if h in group) > threshold
        }
        if not more:
            return group
        group |= more
