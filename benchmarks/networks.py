"""Seeded synthetic ownership networks: every party and every share is made up.

Shape: 62 % companies in groups of heavy-tailed size (chains, fans and mixtures), a few funds, the rest
persons; one or a few outside holders for most groups, hundreds for the listed ones; a part of every
column unstated (the unknown holders); 1-2 % of the companies in loops, among them one strongly connected
core of about 1,300. Labels are shuffled, so that no method profits from the order of making.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

COMPANY, FUND, PERSON = 0, 1, 2
COMPANIES = 0.62  # of all parties
FUNDS = 0.0004
LARGEST_GROUP = 20_000
CORE_COMPANIES, CORE_FUNDS, CORE_LINKS = 1_000, 300, 12_000


@dataclass(frozen=True, slots=True)
class Holdings:
    """A network by held company: ``holder`` and ``share`` of company *j* lie in ``start[j]:start[j+1]``."""

    start: NDArray[np.int64]
    holder: NDArray[np.int32]
    share: NDArray[np.float64]
    kind: NDArray[np.int8]
    assets: NDArray[np.float64]
    core: NDArray[np.int32]

    @property
    def parties(self) -> int:
        return len(self.kind)

    @property
    def holdings(self) -> int:
        return len(self.holder)


@dataclass(slots=True)
class _Pile:
    """Edges in the making: holder, company, share."""

    holder: list[NDArray[np.int32]]
    company: list[NDArray[np.int32]]
    share: list[NDArray[np.float64]]

    def add(self, holder, company, share):
        self.holder.append(holder.astype(np.int32))
        self.company.append(company.astype(np.int32))
        self.share.append(share)


def _group_sizes(rng, companies):
    sizes = []
    left = companies
    while left > 0:
        batch = (1 + 0.9 * rng.pareto(1.15, max(1_000, left // 4))).astype(np.int64)
        batch = np.minimum(batch, LARGEST_GROUP)
        keep = int(np.searchsorted(np.cumsum(batch), left)) + 1
        batch = batch[:keep]
        left -= int(batch.sum())
        sizes.append(batch)
    sizes = np.concatenate(sizes)
    sizes[-1] += left  # the last group overshot by -left
    return np.sort(sizes[sizes > 0])[::-1]


def _parents(rng, first, index):
    """A quarter chains, a quarter near fans, half anywhere above in the group; heads get -1."""
    draw = rng.random(len(index))
    anywhere = (rng.random(len(index)) * index).astype(np.int64)
    near = np.maximum(0, index - 1 - (5 * rng.random(len(index))).astype(np.int64))
    parent = np.where(draw < 0.25, index - 1, np.where(draw < 0.5, near, anywhere))
    return np.where(index > 0, first + parent, -1)


def _parent_shares(rng, parent):
    draw = rng.random((2, len(parent)))
    wholly = draw[0] < 0.6
    majority = 0.5 + 0.5 * rng.random(len(parent))
    minority = 0.1 + 0.4 * rng.random(len(parent))
    share = np.where(wholly, 1.0, np.where(draw[1] < 0.65, majority, minority))
    return np.where(parent < 0, 0.0, share)


def _popular_fund(rng, count, funds, companies):
    rank = np.minimum(30 * rng.pareto(0.6, count), 1e9).astype(np.int64)
    return companies + rank % funds


def _outside_holders(rng, pile, heads, parents, sizes):
    """Persons, funds and other groups that hold what no parent holds; a part of each column stays unstated."""
    companies, funds, persons = sizes
    parent, parent_share = parents
    listed_count = min(max(1_200, int(0.001 * companies)), len(heads) // 2)
    listed = heads[:listed_count]
    counts = np.zeros(companies, np.int64)
    rest = heads[listed_count:]
    counts[rest] = rng.geometric(0.4, len(rest))
    partly = np.flatnonzero((parent >= 0) & (parent_share < 1))
    counts[partly] = rng.geometric(0.4, len(partly))
    counts[listed] = np.minimum(15 + 40 * rng.pareto(1.2, listed_count), 3_000).astype(np.int64)
    company = np.repeat(np.arange(companies, dtype=np.int32), counts)
    holder = np.full(len(company), -1, np.int64)
    draw = rng.random(len(company))
    is_listed = np.zeros(companies, bool)
    is_listed[listed] = True
    by_fund = draw < np.where(is_listed[company], 0.6, 0.05)
    holder[by_fund] = _popular_fund(rng, int(by_fund.sum()), funds, companies)
    above = heads[np.searchsorted(heads, company, side="right") - 1]
    by_group = ~by_fund & (draw > 0.88) & ~is_listed[company] & (above > 4 * CORE_COMPANIES)
    # only earlier groups hold later ones: links between groups make no loops
    holder[by_group] = (above[by_group] * rng.random(int(by_group.sum())) ** 1.7).astype(np.int64)
    by_person = np.flatnonzero(holder < 0)
    everyone = rng.permutation(persons)[: len(by_person)]
    again = (persons * rng.random(max(0, len(by_person) - persons)) ** 1.3).astype(np.int64)
    holder[by_person] = companies + funds + rng.permutation(np.concatenate([everyone, again]))
    weight = rng.exponential(size=len(company)) ** 1.5 + 1e-3
    unstated = np.where(rng.random(companies) < 0.8, 0.0, 0.3 * rng.random(companies))
    unstated[listed] = 0.2 + 0.5 * rng.random(listed_count)
    room = (1 - parent_share) * (1 - unstated)
    total = np.bincount(company, weight, minlength=companies)
    pile.add(holder, company, weight / total[company] * room[company])


def _core(rng, heads, companies, parties):
    """Holdings among the core, and the part of each column that they take."""
    members = np.concatenate([heads[:CORE_COMPANIES], companies + np.arange(CORE_FUNDS)])
    ring = rng.permutation(len(members))
    holder = np.concatenate([rng.integers(0, len(members), CORE_LINKS), ring])
    company = np.concatenate([rng.integers(0, len(members), CORE_LINKS), np.roll(ring, 1)])
    keep = holder != company
    holder, company = members[holder[keep]], members[company[keep]]
    taken = np.zeros(parties)
    taken[members] = rng.uniform(0.15, 0.5, len(members))
    weight = rng.exponential(size=len(holder)) + 0.05
    total = np.bincount(company, weight, minlength=parties)
    return members, taken, (holder, company, weight / total[company] * taken[company])


def _back_links(rng, parent, core_heads, parties):
    """Subsidiaries that hold their parent or grandparent: small loops."""
    below = rng.choice(np.flatnonzero(parent >= 0), int(0.006 * len(parent)), replace=False)
    above = parent[below]
    grand = parent[above]
    above = np.where((rng.random(len(below)) < 0.5) & (grand >= 0), grand, above)
    keep = ~np.isin(above, core_heads)
    below, above = below[keep], above[keep]
    share = rng.uniform(0.01, 0.2, len(below))
    total = np.bincount(above, share, minlength=parties)
    taken = np.minimum(total, 0.6)
    return taken, (below, above, share / total[above] * taken[above])


def _by_company(holder, company, share, parties):
    """Sort by held company, then holder; holdings of one party in one company become one."""
    order = np.lexsort((holder, company))
    holder, company, share = holder[order], company[order], share[order]
    del order
    new = np.empty(len(holder), bool)
    new[0] = True
    new[1:] = (holder[1:] != holder[:-1]) | (company[1:] != company[:-1])
    first = np.flatnonzero(new)
    share = np.add.reduceat(share, first)
    start = np.zeros(parties + 1, np.int64)
    np.cumsum(np.bincount(company[first], minlength=parties), out=start[1:])
    return start, holder[first], share


def generate(parties: int, seed: int = 1) -> Holdings:
    """A synthetic network of so many companies, funds and persons (at least 20,000)."""
    rng = np.random.default_rng(seed)
    companies, funds = int(COMPANIES * parties), max(400, int(FUNDS * parties))
    persons = parties - companies - funds
    sizes = _group_sizes(rng, companies)
    heads = np.zeros(len(sizes), np.int64)
    np.cumsum(sizes[:-1], out=heads[1:])
    first = np.repeat(heads, sizes)
    parent = _parents(rng, first, np.arange(companies) - first)
    del first
    parent_share = _parent_shares(rng, parent)
    pile = _Pile([], [], [])
    below = np.flatnonzero(parent >= 0)
    pile.add(parent[below], below, parent_share[below])
    _outside_holders(rng, pile, heads, (parent, parent_share), (companies, funds, persons))
    members, core_taken, core_links = _core(rng, heads, companies, parties)
    loop_taken, loop_links = _back_links(rng, parent, members[:CORE_COMPANIES], parties)
    room = (1 - core_taken) * (1 - loop_taken)
    for edge_list, company in enumerate(pile.company):
        pile.share[edge_list] *= room[company]
    pile.add(*core_links)
    pile.add(*loop_links)
    owned = np.repeat(members[CORE_COMPANIES:], 3)
    people = companies + funds + rng.integers(0, persons, len(owned))
    pile.add(people, owned, (1 - core_taken[owned]) * rng.uniform(0.1, 0.3, len(owned)))
    del parent, parent_share, room
    label = rng.permutation(parties).astype(np.int32)
    holder, company = label[np.concatenate(pile.holder)], label[np.concatenate(pile.company)]
    start, holder, share = _by_company(holder, company, np.concatenate(pile.share), parties)
    kind = np.zeros(parties, np.int8)
    kind[label[companies : companies + funds]] = FUND
    kind[label[companies + funds :]] = PERSON
    assets = np.zeros(parties)
    assets[label[:companies]] = rng.lognormal(0, 2, companies)
    return Holdings(start, holder, share, kind, assets, np.sort(label[members]))


def twice(half: Holdings, seed: int = 2) -> Holdings:
    """Two copies side by side, shares untouched, labels shuffled across both."""
    label = np.random.default_rng(seed).permutation(2 * half.parties).astype(np.int32)
    n = half.parties
    degree = np.diff(half.start).astype(np.int32)
    counts = np.empty(2 * n, np.int32)
    counts[label[:n]], counts[label[n:]] = degree, degree
    start = np.zeros(2 * n + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    holder = np.empty(2 * half.holdings, np.int32)
    share = np.empty(2 * half.holdings)
    within = np.arange(half.holdings, dtype=np.int32) - np.repeat(half.start[:-1], degree).astype(np.int32)
    for copy in (label[:n], label[n:]):
        at = np.repeat(start[:-1][copy], degree) + within
        holder[at] = copy[half.holder]
        share[at] = half.share
        del at
    kind = np.empty(2 * n, np.int8)
    assets = np.empty(2 * n)
    for copy in (label[:n], label[n:]):
        kind[copy], assets[copy] = half.kind, half.assets
    core = np.sort(np.concatenate([label[:n][half.core], label[n:][half.core]]))
    return Holdings(start, holder, share, kind, assets, core)


def text_ids(network: Holdings) -> NDArray[np.str_]:
    """A made-up register number for every party, in no order."""
    number = (np.arange(network.parties, dtype=np.uint64) * np.uint64(2654435761)) % np.uint64(2**32)
    scheme = np.array(["XX-COH-", "XX-FND-", "XX-PSN-"])[network.kind]
    return np.strings.add(scheme, np.strings.zfill(number.astype("U10"), 10))


def save(network: Holdings, folder: Path) -> None:
    """Each array as one file, to be opened again without reading it whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in Holdings.__slots__:
        np.save(folder / f"{name}.npy", getattr(network, name))


def load(folder: Path) -> Holdings:
    """What ``save`` wrote."""
    return Holdings(*(np.load(folder / f"{name}.npy") for name in Holdings.__slots__))


def cached(parties: int, folder: Path, seed: int = 1) -> Holdings:
    """Generate once, then read."""
    place = folder / f"synthetic-{parties}-{seed}"
    if not (place / "core.npy").exists():
        network = twice(generate(parties // 2, seed)) if parties > 60_000_000 else generate(parties, seed)
        save(network, place)
    return load(place)
