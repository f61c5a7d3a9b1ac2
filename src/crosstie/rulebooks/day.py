"""What a rule sees of one day: exact holdings, sleeping votes, denials of control, bounds on unknown holders."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from math import isnan
from types import MappingProxyType

from crosstie.ledger.amounts import ZERO, Interval
from crosstie.network.network import Bounds, FloatArray, Network
from crosstie.rulebooks.deciding import NOTHING, WHOLE, at_most, both, hull, minus, part_of
from crosstie.rulebooks.rule import Base, Reach, Threshold


@dataclass(frozen=True, slots=True)
class Denial:
    """A sourced statement that a holder does not control a company, and on what ground."""

    holder: str
    company: str
    basis: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Suspension:
    """Votes that a rule puts to sleep: all of a holder's in a company, or those above a part of the votes.

    ``surely`` is false where the rule's own test cannot be decided or rests on a rebuttable presumption.
    """

    holder: str
    company: str
    rule: str
    above: Fraction | None = None
    surely: bool = True


@dataclass(frozen=True, slots=True)
class Registered:
    """Shares of one holder in one company, in one name since a day (``None``: bearer or unknown)."""

    holder: str
    company: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Presumption:
    """From which share of the votes control is presumed, from which it is control, and what rebuts it."""

    above: Threshold = Threshold(value=Fraction(2, 5), comparator="more than")  # noqa: RUF009 (frozen)
    majority: Threshold = Threshold(value=Fraction(1, 2), comparator="more than")  # noqa: RUF009 (frozen)
    rebutted_by: tuple[str, ...] = ()
    trusts: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One network with what else a rule may ask.

    ``kept`` maps an edge whose votes sleep to the part of the votes that still may be cast (usually 0);
    ``doubtful`` are edges of which it cannot be decided whether they sleep. ``exceeded`` is the day from
    which a holder is above a rule's limit in a company. ``given`` are numbers that no ledger holds (a
    turnover, a turnout). ``presumptions`` are the rules of control in force, by id.
    """

    network: Network
    on: date
    capital: tuple[Interval, ...]
    votes: tuple[Interval, ...]
    company: tuple[int, ...]
    holder: tuple[int, ...]
    held: tuple[tuple[int, ...], ...]
    kept: Mapping[int, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    doubtful: frozenset[int] = frozenset()
    denials: tuple[Denial, ...] = ()
    bounds: Mapping[str, Interval] = field(default_factory=lambda: MappingProxyType({}))
    registered: tuple[Registered, ...] = ()
    exceeded: Mapping[tuple[str, str], date] = field(default_factory=lambda: MappingProxyType({}))
    given: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    presumptions: Mapping[str, Presumption] = field(default_factory=lambda: MappingProxyType({}))
    on_loops: frozenset[int] = frozenset()
    treasury_votes: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    lenient: bool = False


def day_of(  # noqa: PLR0913 (one keyword per thing a rule may ask)
    network: Network,
    on: date,
    *,
    denials: Iterable[Denial] = (),
    bounds: Mapping[str, Interval] | None = None,
    registered: Iterable[Registered] = (),
    given: Mapping[str, Fraction] | None = None,
    treasury_votes: Mapping[str, Fraction] | None = None,
) -> Day:
    """A day from a network; votes that the network says sleep, sleep.

    >>> from crosstie.network import toys
    >>> day = day_of(toys.ring(), date(2024, 1, 1))
    >>> [str(day.capital[edge]) for edge in day.held[day.network.index("ana")]]
    ['3/10']
    """
    company = tuple(int(each) for each in network.issuers())
    held: list[list[int]] = [[] for _ in range(network.size)]
    holders = network.holder.tolist()
    for edge, holder in enumerate(holders):
        held[holder].append(edge)
    return Day(
        network,
        on,
        network.exact_capital or _exact(network.capital),
        network.exact_votes or _exact(network.votes),
        company,
        tuple(holders),
        tuple(tuple(edges) for edges in held),
        MappingProxyType({edge: Fraction(0) for edge in network.suspended.nonzero()[0].tolist()}),
        denials=tuple(denials),
        bounds=MappingProxyType(dict(bounds or {})),
        registered=tuple(registered),
        given=MappingProxyType(dict(given or {})),
        on_loops=_on_loops(network, company),
        treasury_votes=MappingProxyType(dict(treasury_votes or {})),
    )


def _on_loops(network: Network, company: tuple[int, ...]) -> frozenset[int]:
    """The companies that hold themselves through others."""
    if not network.edge_count:
        return frozenset()
    from scipy.sparse import csr_matrix  # noqa: PLC0415 (start-up counts)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    shape = (network.size, network.size)
    graph = csr_matrix(([1] * network.edge_count, (network.holder, list(company))), shape)
    _, label = connected_components(graph, connection="strong")
    holders = network.holder.tolist()
    return frozenset(j for h, j in zip(holders, company, strict=True) if label[h] == label[j])


def _exact(bounds: Bounds) -> tuple[Interval, ...]:
    """Floats back to the short fractions they were written as."""
    rows = zip(bounds.low.tolist(), bounds.high.tolist(), bounds.low_open, bounds.high_open, strict=True)
    return tuple(
        Interval(short(low), None if high == float("inf") else short(high), bool(lo), bool(ho))
        for low, high, lo, ho in rows
    )


def short(value: float | Fraction) -> Fraction:
    """The short fraction that a float was written as.

    >>> short(0.1)
    Fraction(1, 10)
    """
    return Fraction(value).limit_denominator(10**12)


def asleep(day: Day, suspensions: Iterable[Suspension]) -> Day:
    """The day with further votes asleep; those that are not sure become doubtful."""
    kept, doubtful = dict(day.kept), set(day.doubtful)
    for each in suspensions:
        edge = edge_of(day, day.network.index(each.holder), day.network.index(each.company))
        if edge is None:
            continue
        if each.surely:
            kept[edge] = min(kept.get(edge, Fraction(1)), each.above or Fraction(0))
        elif edge not in kept:
            doubtful.add(edge)
    return replace(day, kept=MappingProxyType(kept), doubtful=frozenset(doubtful - set(kept)))


def edge_of(day: Day, holder: int, company: int) -> int | None:
    """The edge by which one holds the other directly."""
    return next((edge for edge in day.held[holder] if day.company[edge] == company), None)


def column(day: Day, company: int) -> range:
    """The edges of a company's holders."""
    return range(int(day.network.start[company]), int(day.network.start[company + 1]))


def castable(day: Day, edge: int) -> Interval:
    """The votes of one edge that may be cast, as a part of the votes without treasury's."""
    votes = day.votes[edge]
    if edge in day.kept:
        return _no_more_than(votes, day.kept[edge])
    return hull(NOTHING, votes) if edge in day.doubtful else votes


def _no_more_than(votes: Interval, top: Fraction) -> Interval:
    if votes.high is not None and votes.high <= top:
        return votes
    return Interval(votes.low, top, votes.low_open) if votes.low < top else Interval.exactly(top)


def share_of(day: Day, members: AbstractSet[int], company: int, base: Base) -> Interval:
    """What the members together hold of a company, counted as a base says.

    Bounded by what the others are known to hold, so that no sum exceeds the whole.

    >>> from crosstie.network import toys
    >>> day = day_of(toys.ring(), date(2024, 1, 1))
    >>> print(share_of(day, frozenset({0}), 1, Base(numerator="capital", denominator="issued capital")))
    3/10
    """
    edges = column(day, company)
    holders = day.holder
    mine = [edge for edge in edges if holders[edge] in members and holders[edge] != company]
    if not mine:
        return NOTHING
    counted = _counted(base)
    value = _sum(counted(day, edge) for edge in mine)
    others = set(mine)
    rest = _sum(counted(day, edge) for edge in edges if edge not in others)
    if base.denominator in {"exercisable votes", "votes present"}:
        asleep_votes = _asleep(day, edges)
        value = part_of(at_most(value, minus(WHOLE, rest)), minus(WHOLE, asleep_votes))
        return _present(day, value) if base.denominator == "votes present" else value
    total = _sum((day.capital if base.numerator == "capital" else day.votes)[edge] for edge in edges)
    if total.low <= 1:
        value = at_most(value, minus(WHOLE, rest))
    return value.scaled(_of_total(day, company, base))


def _counted(base: Base) -> Callable[[Day, int], Interval]:
    if base.numerator == "capital":
        return lambda day, edge: day.capital[edge]
    return castable if base.numerator == "castable votes" else lambda day, edge: day.votes[edge]


def _sum(parts: Iterable[Interval]) -> Interval:
    total = ZERO
    for part in parts:
        total = total.plus(part)
    return total


def _asleep(day: Day, edges: range) -> Interval:
    gone = [edge for edge in edges if edge in day.kept or edge in day.doubtful]
    return _sum(minus(day.votes[edge], castable(day, edge)) for edge in gone)


def _present(day: Day, value: Interval) -> Interval:
    """Of the votes present: all may come, or only these and what the quorum needs; a given turnout decides."""
    turnout = day.given.get("turnout")
    if turnout:
        return part_of(value, hull(Interval.exactly(turnout), Interval.exactly(max(turnout, value.low))))
    if value.high == 0 or value.high is None:
        return value
    quorum = max(value.high, day.given.get("quorum", Fraction(1, 2)))
    return Interval(value.low, min(Fraction(1), value.high / quorum), value.low_open, high_open=False)


def _of_total(day: Day, company: int, base: Base) -> Fraction:
    """What to multiply a part of the outstanding shares (or votes) by; one where no treasury is known."""
    if base.denominator == "issued capital":
        whole = count(day.network.totals.issued, company)
        treasury = count(day.network.totals.treasury, company)
    elif base.denominator == "theoretical votes":
        whole = count(day.network.totals.theoretical_votes, company)
        treasury = own_votes(day, company)
    else:
        return Fraction(1)
    if not treasury or not whole or treasury >= whole:
        return Fraction(1)
    return (whole - treasury) / whole


def own_votes(day: Day, company: int) -> Fraction | None:
    """The votes that a company's own shares would have: as counted, else one a share."""
    counted = day.treasury_votes.get(day.network.parties[company].id)
    return count(day.network.totals.treasury, company) if counted is None else counted


def count(array: FloatArray, party: int) -> Fraction | None:
    """A count of shares or votes, exactly; ``None`` where nothing says."""
    value = float(array[party])
    return None if isnan(value) else Fraction(value)


def shares_of(day: Day, members: AbstractSet[int], company: int) -> Fraction | None:
    """How many shares the members hold together, where the ledger counts them."""
    issued = count(day.network.totals.issued, company)
    if issued is None:
        return None
    outstanding = issued - (count(day.network.totals.treasury, company) or 0)
    value = share_of(day, members, company, Base(numerator="capital", denominator="outstanding capital"))
    return value.low * outstanding if value.is_exact else None


def reaches(day: Day, party: int, reach: Reach) -> bool | None:
    """Whether a rule reaches a party; ``None`` where the ledger does not say what it asks."""
    node = day.network.parties[party]
    answers: list[bool | None] = [True]
    if reach.types:
        answers.append(None if _unstated(day, party, reach) else node.type in reach.types)
    if reach.jurisdictions:
        within = any(
            node.jurisdiction == j or node.jurisdiction.startswith(f"{j}-") for j in reach.jurisdictions
        )
        answers.append(within if node.jurisdiction else None)
    if reach.listed is not None:
        said = node.listed.strip().lower()
        answers.append((said not in {"", "no"}) == reach.listed if node.jurisdiction or said else None)
    return both(*answers)


def _unstated(day: Day, party: int, reach: Reach) -> bool:
    """Whether nothing at all is said of a party, so that it may be of a kind that nobody can hold, or is held."""
    node = day.network.parties[party]
    bare = node.type == "company" and not (node.name or node.jurisdiction or node.listed)
    held = day.network.start[party] != day.network.start[party + 1]
    return bare and (not held or any(type_ not in {"person", "state"} for type_ in reach.types))
