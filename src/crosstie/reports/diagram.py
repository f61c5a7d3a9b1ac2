"""What a structure chart shows: boxes by kind of party, arrows with shares, votes apart from capital."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.statements import PartyType
from crosstie.network.network import Network


@dataclass(frozen=True, slots=True)
class Box:
    """One party: its title, a smaller second line, and whether it is only planned."""

    id: str
    title: str
    subtitle: str
    type: PartyType


@dataclass(frozen=True, slots=True)
class Arrow:
    """One holding, from holder to company, with the lines written on it."""

    holder: str
    company: str
    lines: tuple[str, ...]
    planned: bool = False
    asleep: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """One structure chart before it is laid out."""

    title: str
    subtitle: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What is written on an arrow beside the capital: part of exercisable and of free votes."""

    exercisable: Interval | None
    free: Interval | None = None
    asleep: bool = False


def percent(part: Interval) -> str:
    """A share as it stands on an arrow.

    >>> percent(Interval.parse("15%")), percent(Interval.parse("<=15%")), percent(Interval.parse("(25%, 50%]"))
    ('15%', '≤ 15%', '> 25–50%')
    """
    if part.is_exact:
        return _number(part.low)
    if part.high is None:
        return f"{'>' if part.low_open else '≥'} {_number(part.low)}"
    if part.low == 0:
        return f"{'<' if part.high_open else '≤'} {_number(part.high)}"
    if part.high == 1:
        return f"{'>' if part.low_open else '≥'} {_number(part.low)}"
    ends = f"{_number(part.low).removesuffix('%')}–{'< ' if part.high_open else ''}{_number(part.high)}"
    return f"> {ends}" if part.low_open else ends


def _number(part: Fraction) -> str:
    text = f"{float(part * 100):.2f}".rstrip("0").rstrip(".")
    if text == "0" and part > 0:
        return "< 0.01%"
    if text == "100" and part < 1:
        return "> 99.99%"
    return f"{text}%"


def structure(  # noqa: PLR0913 (what a reader may choose)
    network: Network,
    *,
    title: str,
    subtitle: str = "",
    tallies: Mapping[tuple[str, str], Tally] | None = None,
    planned: frozenset[str] = frozenset(),
    keep: Sequence[str] = (),
    earlier: Diagram | None = None,
) -> Diagram:
    """The chart of a network.

    Parameters
    ----------
    network
        Who holds what.
    tallies
        Votes to write on an arrow, by holder and company; an arrow without one shows capital alone.
    planned
        Ids of statements that are not done: an arrow that rests on one is dashed.
    keep
        Only these parties (all, where empty).
    earlier
        The chart before: arrows that were not so then are marked as changed.
    """
    said_before = None if earlier is None else {(a.holder, a.company): a.lines for a in earlier.arrows}
    shown = set(keep) or {party.id for party in network.parties}
    arrows = tuple(
        _arrow(network, edge, company, tallies or {}, planned, said_before)
        for company in range(network.size)
        for edge in range(network.start[company], network.start[company + 1])
        if _is_shown(network, edge, company, shown)
    )
    ends = {arrow.holder for arrow in arrows} | {arrow.company for arrow in arrows}
    boxes = tuple(_box(network, i) for i, party in enumerate(network.parties) if party.id in ends)
    return Diagram(title, subtitle, boxes, arrows)


def _is_shown(network: Network, edge: int, company: int, shown: set[str]) -> bool:
    holder = network.parties[network.holder[edge]]
    if network.parties[company].id not in shown or share_of(network, edge) == ZERO:
        return False
    return holder.id in shown or holder.unknown_of in shown


def _box(network: Network, index: int) -> Box:
    party = network.parties[index]
    if party.unknown_of:
        return Box(party.id, "Other holders", "", "unknown")
    where = f" · {party.jurisdiction}" if party.jurisdiction else ""
    return Box(party.id, party.name or party.id, f"{party.type}{where}", party.type)


def share_of(network: Network, edge: int) -> Interval:
    """The capital share of an edge, exact where the statements are at hand."""
    if network.exact_capital:
        return network.exact_capital[edge]
    bounds = network.capital
    return Interval(
        Fraction(float(bounds.low[edge])),
        Fraction(float(bounds.high[edge])),
        bool(bounds.low_open[edge]),
        bool(bounds.high_open[edge]),
    )


def _arrow(  # noqa: PLR0913, PLR0917 (private: what an arrow's words depend on)
    network: Network,
    edge: int,
    company: int,
    tallies: Mapping[tuple[str, str], Tally],
    planned: frozenset[str],
    said_before: Mapping[tuple[str, str], tuple[str, ...]] | None,
) -> Arrow:
    holder, held = network.parties[network.holder[edge]].id, network.parties[company].id
    capital = share_of(network, edge)
    tally = tallies.get((holder, held))
    said = network.statements[edge] if network.statements else ()
    asleep = bool(network.suspended[edge]) or (tally is not None and tally.asleep)
    is_trust = network.parties[company].type == "trust"  # it is held for somebody: nobody votes in it
    lines = (percent(capital), *(() if is_trust else _vote_lines(capital, tally, asleep=asleep)))
    return Arrow(
        holder,
        held,
        lines,
        any(statement in planned for statement in said),
        asleep,
        said_before is not None and said_before.get((holder, held)) != lines,
    )


def _vote_lines(capital: Interval, tally: Tally | None, *, asleep: bool) -> tuple[str, ...]:
    if asleep:
        return ("no votes",)
    if tally is None or tally.exercisable is None:
        return ()
    lines = []
    if percent(tally.exercisable) != percent(capital):
        lines.append(f"votes {percent(tally.exercisable)}")
    if tally.free is not None and percent(tally.free) != percent(tally.exercisable):
        lines.append(f"free {percent(tally.free)}")
    return tuple(lines)
