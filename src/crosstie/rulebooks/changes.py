"""Rules about what changed between two days: crossings, increases, purchases, new control."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import add_months
from crosstie.rulebooks.control import group_of
from crosstie.rulebooks.day import Day, shares_of
from crosstie.rulebooks.deciding import both, decide
from crosstie.rulebooks.finding import Finding, chain_of, find, wording
from crosstie.rulebooks.groups import Group, group_share
from crosstie.rulebooks.holding_tests import reached, subjects
from crosstie.rulebooks.rule import Base, Comparator, Provision, Rule, Threshold

Direction = Literal["up", "down", "landed on it", "cannot be decided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """One threshold crossed between two days; ``traded`` says whether the holder's shares changed."""

    rule: str
    subject: str
    object: str
    threshold: Fraction
    comparator: str
    direction: Direction
    before: Interval
    after: Interval
    traded: bool | None
    base: str
    duty: str
    citation: str


def direction(before: Interval, after: Interval, threshold: Threshold) -> Direction | None:
    """Which way a threshold was crossed, if it was; from above exactly onto it is neither.

    "More than" is passed on leaving the number upwards and lost on falling below it; a holder that
    lands exactly on it is told apart.

    >>> ten = Threshold(value=Fraction(1, 10), comparator="more than")
    >>> direction(Interval.parse("0%"), Interval.parse("12%"), ten)
    'up'
    >>> direction(Interval.parse("12%"), Interval.parse("10%"), ten)
    'landed on it'
    """
    was = decide(before, threshold.value, threshold.comparator)
    now = decide(after, threshold.value, threshold.comparator)
    if was is None or now is None:
        return None if before == after else "cannot be decided"
    if was == now:
        on_it = after.is_exact and after.low == threshold.value
        fell = decide(before, threshold.value, "at least") and not decide(after, threshold.value, "at least")
        return "down" if fell and not on_it else None
    if now:
        return "up"
    return "landed on it" if after.is_exact and after.low == threshold.value else "down"


def crossings(
    rule: Rule, before: tuple[Provision, Day], after: tuple[Provision, Day], only: int | None
) -> Iterator[Crossing]:
    """The thresholds of a share test that were crossed between two days, with or without a trade."""
    was, now = _values(*before, only), _values(*after, only)
    zero = Interval.exactly(0)
    provision = after[0]
    for key in sorted(set(was) | set(now)):
        subject, object_, base = key
        pair = was.get(key, zero), now.get(key, zero)
        for threshold in provision.thresholds:
            found = direction(*pair, threshold)
            if found:
                traded = _traded(before, after, subject, object_)
                yield Crossing(
                    rule=rule.id, subject=subject, object=object_, threshold=threshold.value,
                    comparator=threshold.comparator, direction=found, before=pair[0], after=pair[1],
                    traded=traded, base=base,
                    duty=rule.when_passive if traded is False and rule.when_passive else rule.consequence,
                    citation=_citation(rule, provision),
                )  # fmt: skip


def _citation(rule: Rule, provision: Provision) -> str:
    from crosstie.rulebooks.finding import citation  # noqa: PLC0415 (same room)

    return citation(rule, provision)


def _values(provision: Provision, day: Day, only: int | None) -> dict[tuple[str, str, str], Interval]:
    found: dict[tuple[str, str, str], Interval] = {}
    ids = day.network.parties
    for subject, company, group in _holdings(provision, day, only):
        for base in provision.bases:
            value = group_share(day, group, company, base)
            found[ids[subject].id, ids[company].id, str(base)] = value
    return found


def _holdings(provision: Provision, day: Day, only: int | None) -> Iterator[tuple[int, int, Group]]:
    for subject in subjects(day, only):
        group = group_of(day, subject, provision)
        for company in sorted({day.company[edge] for i in group.maybe for edge in day.held[i]}):
            if company != subject and reached(day, provision, subject, company):
                yield subject, company, group


def _traded(
    before: tuple[Provision, Day], after: tuple[Provision, Day], subject: str, object_: str
) -> bool | None:
    counts = [_count(provision, day, subject, object_) for provision, day in (before, after)]
    return None if None in counts else counts[0] != counts[1]


def _count(provision: Provision, day: Day, subject: str, object_: str) -> Fraction | None:
    known = {party.id: i for i, party in enumerate(day.network.parties)}
    if subject not in known or object_ not in known:
        return Fraction(0)
    group = group_of(day, known[subject], provision)
    if group.sure != group.maybe:
        return None
    return shares_of(day, group.sure - {known[object_]}, known[object_])


def find_creeping(
    rule: Rule, provision: Provision, before: Day, after: Day, only: int | None
) -> Iterator[Finding]:
    """An increase by a part of the total within some months, from between two levels."""
    low, high = provision.parameters["from"], provision.parameters["to"]
    months = int(provision.parameters["months"])
    soon = after.on < add_months(before.on, months)
    for subject, company, group in _holdings(provision, after, only):
        for base in provision.bases:
            start = _on(before, provision, after, subject, company, base)
            now = group_share(after, group, company, base)
            between = both(decide(start, low, "at least"), _negated(decide(start, high, "more than")))
            if between is False or not now.high:
                continue
            rise = difference(start, now)
            answer = both(soon, between, _risen(rise, provision.thresholds[0]))
            yield find(
                rule, provision, after, (subject, company), wording(answer), value=rise, base=base,
                threshold=provision.thresholds[0], chain=chain_of(after, subject, company, group.maybe),
                why=f"from {float(start.low):.2%} on {before.on}" + ("" if soon else f"; not within {months} months"),
            )  # fmt: skip


def find_points(
    rule: Rule, provision: Provision, before: Day, after: Day, only: int | None
) -> Iterator[Finding]:
    """A change, up or down, by so many points of a holding that had to be reported before."""
    for subject, company, group in _holdings(provision, after, only):
        for base in provision.bases:
            start = _on(before, provision, after, subject, company, base)
            now = group_share(after, group, company, base)
            if decide(start, provision.parameters["above"], "more than") is False:
                continue
            change = difference(start, now) if now.low >= start.low else difference(now, start)
            ids = after.network.parties[subject].id, after.network.parties[company].id
            traded = _traded((provision, before), (provision, after), *ids)
            sign = "+" if now.low >= start.low else "-"
            line = find(
                rule, provision, after, (subject, company), wording(_risen(change, provision.thresholds[0])),
                value=change, base=base, threshold=provision.thresholds[0],
                chain=chain_of(after, subject, company, group.maybe),
                why=f"{sign}{float(change.low):.4%} since {before.on}" + ("; no share of it traded" if traded is False else ""),
            )  # fmt: skip
            yield _passive(line, rule) if traded is False else line


def _passive(line: Finding, rule: Rule) -> Finding:
    from dataclasses import replace  # noqa: PLC0415 (beside its use)

    return replace(line, duty=rule.when_passive) if line.met == "met" and rule.when_passive else line


def find_purchases(
    rule: Rule, provision: Provision, before: Day, after: Day, only: int | None
) -> Iterator[Finding]:
    """A purchase that ends above a level: no purchase, no test, whatever the level."""
    for subject, company, group in _holdings(provision, after, only):
        for base in provision.bases:
            now = group_share(after, group, company, base)
            level = decide(now, provision.thresholds[0].value, provision.thresholds[0].comparator)
            ids = after.network.parties[subject].id, after.network.parties[company].id
            bought = _bought(provision, before, after, *ids)
            why = "no purchase between the two days" if bought is False else ""
            if bought is None:
                why = "whether shares were bought is not known: the ledger counts none"
            yield find(
                rule, provision, after, (subject, company), wording(both(level, bought)), value=now, base=base,
                threshold=provision.thresholds[0], chain=chain_of(after, subject, company, group.maybe),
                why=f"{why}; {before.on} to {after.on}" if why else f"{before.on} to {after.on}",
            )  # fmt: skip


def _bought(provision: Provision, before: Day, after: Day, subject: str, object_: str) -> bool | None:
    was, now = (_count(provision, day, subject, object_) for day in (before, after))
    if was is None or now is None:
        same = before.network is after.network or before.capital == after.capital
        return False if same else None
    return now > was


def find_new_control(
    rule: Rule, provision: Provision, before: Day, after: Day, only: int | None
) -> Iterator[Finding]:
    """Control, by the threshold of the votes, that was not there before."""
    threshold = provision.thresholds[0]
    base = provision.bases[0]
    for subject, company, group in _holdings(provision, after, only):
        value = group_share(after, group, company, base)
        start = _on(before, provision, after, subject, company, base)
        now, was = (decide(each, threshold.value, threshold.comparator) for each in (value, start))
        yield find(
            rule, provision, after, (subject, company), wording(both(now, _negated(was))), value=value,
            threshold=threshold, base=base, why=f"already in control on {before.on}" if was else "",
            chain=chain_of(after, subject, company, group.maybe),
        )  # fmt: skip


def _same_party(before: Day, after: Day, party: int) -> int | None:
    name = after.network.parties[party].id
    return next((i for i, each in enumerate(before.network.parties) if each.id == name), None)


def _on(before: Day, provision: Provision, after: Day, subject: int, company: int, base: Base) -> Interval:  # noqa: PLR0913, PLR0917 (one value on another day)
    old, held = _same_party(before, after, subject), _same_party(before, after, company)
    if old is None or held is None:
        return Interval.exactly(0)
    return group_share(before, group_of(before, old, provision), held, base)


def difference(one: Interval, other: Interval) -> Interval:
    """How much the second is above the first, at least zero.

    >>> print(difference(Interval.parse("38%"), Interval.parse("40%")))
    1/50
    """
    low = other.low - (one.low if one.high is None else one.high)
    high = None if other.high is None else other.high - one.low
    low = max(Fraction(0), low)
    return Interval(low, None if high is None else max(low, high))


def _risen(change: Interval, threshold: Threshold) -> bool | None:
    comparator: Comparator = threshold.comparator
    return decide(change, threshold.value, comparator)


def _negated(answer: bool | None) -> bool | None:  # noqa: FBT001 (an answer in three values)
    return None if answer is None else not answer
