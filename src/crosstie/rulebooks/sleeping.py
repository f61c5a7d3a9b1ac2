"""Votes that sleep by law: rules that derive them, as plain suspensions and as findings."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import add_months
from crosstie.rulebooks.control import controls
from crosstie.rulebooks.day import Day, Suspension, column, count, own_votes, share_of
from crosstie.rulebooks.deciding import both, decide
from crosstie.rulebooks.finding import Finding, Met, chain_of, find, wording
from crosstie.rulebooks.groups import CASTABLE, MAJORITY, Group, alone, group_share, majority_group
from crosstie.rulebooks.holding_tests import agreed, reached
from crosstie.rulebooks.rule import Base, Provision, Rule, Threshold

MAJORITY_OF_VOTES = Threshold(value=MAJORITY, comparator="more than")


def find_controlled_holders(
    rule: Rule, provision: Provision, day: Day, only: int | None
) -> Iterator[Finding]:
    """A company's own subsidiaries as its shareholders: their votes sleep.

    The subject is the holder, the object the company in which its votes sleep.
    """
    for company in sorted(day.on_loops):
        holders = [day.holder[edge] for edge in column(day, company)]
        asked = [h for h in holders if only in {None, h} and reached(day, provision, h, company)]
        grades = _grades(day, company, provision) if asked else {}
        for holder in asked:
            if holder in grades:
                met, why = grades[holder]
                yield _asleep_line(rule, provision, day, (holder, company), met, why)


def _asleep_line(  # noqa: PLR0913, PLR0917 (what a line is made of)
    rule: Rule, provision: Provision, day: Day, pair: tuple[int, int], met: Met, why: str
) -> Finding:
    holder, company = pair
    members = frozenset(range(day.network.size))
    base = Base(numerator="votes", denominator="theoretical votes")
    return find(
        rule, provision, day, pair, met, value=share_of(day, frozenset({holder}), company, base), base=base,
        why=why, chain=chain_of(day, company, holder, members),
    )  # fmt: skip


def _grades(day: Day, company: int, provision: Provision) -> dict[int, tuple[Met, str]]:
    """The parties a company controls, and how surely."""
    name = day.network.parties[company].id
    if provision.control:
        presumption = day.presumptions.get(provision.control)
        if presumption is None:
            return {}
        found = controls(day, company, presumption)
        grades = {i: _graded(name, each.met, each.presumed, each.rebutted) for i, each in found.items()}
        denials = [each.rebutted for each in found.values() if each.rebutted]
        if denials:  # what would be controlled if nobody denied it
            undenied = controls(replace(day, denials=()), company, presumption)
            grades = {**{i: _graded(name, True, True, denials[0]) for i in undenied}, **grades}
        return grades
    threshold = provision.thresholds[0] if provision.thresholds else MAJORITY_OF_VOTES
    if (threshold.value, threshold.comparator) == (MAJORITY, "more than"):
        group = majority_group(day, company, base=CASTABLE)
        sure, maybe = group.sure, group.maybe
    else:
        sure, maybe = _group_above(day, company, threshold)
    return {i: _graded(name, True if i in sure else None, False, "") for i in maybe - {company}}


def _group_above(day: Day, company: int, threshold: Threshold) -> tuple[frozenset[int], frozenset[int]]:
    found = []
    for sure in (True, False):
        members, waiting = {company}, [company]
        while waiting:
            for edge in day.held[waiting.pop()]:
                j = day.company[edge]
                answer = j not in members and decide(
                    share_of(day, members, j, CASTABLE), threshold.value, threshold.comparator
                )
                if answer is True or (answer is None and not sure):
                    members.add(j)
                    waiting.append(j)
        found.append(frozenset(members))
    return found[0], found[1]


def _graded(company: str, met: bool | None, presumed: bool, rebutted: str) -> tuple[Met, str]:  # noqa: FBT001 (the fields of a control)
    if rebutted:
        return "rebutted", f"that {company} controls the holder is denied by {rebutted!r}: the votes wake"
    if met is None:
        return "cannot be decided", f"whether {company} controls the holder cannot be decided"
    if presumed:
        return (
            "presumed, rebuttable",
            f"{company} is presumed to control the holder; a sourced denial would wake them",
        )
    return "met", f"{company} controls the holder"


def find_counter_holdings(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """A company (with its subsidiaries) that holds part of its own holder: the holder's votes sleep."""
    for company in range(day.network.size):
        if not day.held[company] or day.network.start[company] == day.network.start[company + 1]:
            continue
        if not any(reached(day, provision, day.holder[edge], company) for edge in column(day, company)):
            continue
        group = alone(company)
        if provision.indirect != "not":
            group = majority_group(day, company)
        for edge in column(day, company):
            holder = int(day.network.holder[edge])
            if (only is not None and holder != only) or not reached(day, provision, holder, company):
                continue
            values = [group_share(day, group, holder, base) for base in provision.bases]
            if values[0].high == 0 and holder not in group.maybe:
                continue
            threshold = provision.thresholds[0]
            answers = [decide(each, threshold.value, threshold.comparator) for each in values]
            answer = agreed(answers) if provision.together == "readings" else both(*answers)
            for base, value in zip(provision.bases, values, strict=True):
                yield find(
                    rule, provision, day, (holder, company), wording(answer), value=value,
                    threshold=threshold, base=base, why=_distance(day, holder, value, threshold, base),
                    chain=chain_of(day, company, holder, group.maybe),
                )  # fmt: skip


def _distance(day: Day, holder: int, value: Interval, threshold: Threshold, base: Base) -> str:
    """How many further single votes in the holder would reach the threshold."""
    total = count(day.network.totals.theoretical_votes, holder)
    if total is None or not base.denominator.endswith(("votes", "treasury")):
        return ""
    if base.denominator == "votes without treasury":
        total -= own_votes(day, holder) or 0
    missing = threshold.value * total - value.low * total
    if missing <= 0:
        return ""
    whole = -((-missing.numerator) // missing.denominator)
    if threshold.comparator == "more than" and missing == whole:
        whole += 1
    return f"{whole:,} more single votes would reach it"


def find_mutual(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """Two companies that hold each other above a part: one line for each direction."""
    for subject, company, group, back in _mutual_holdings(day, provision, only):
        forth = group_share(day, group, company, provision.bases[0])
        answer = _mutual(provision, forth, back)
        if answer is not False and _parent_and_child(day, provision, subject, company):
            answer = False
        above = usable(provision, day, subject, company) if answer else None
        why = ""
        if above is not None:
            why = f"votes above {float(above):.4g} of the total sleep" if above else "all votes sleep"
        elif answer and "keeps" in provision.parameters:
            why = "crossed the limit first: its votes stay"
        yield find(
            rule, provision, day, (subject, company), wording(answer), value=forth,
            threshold=provision.thresholds[0], base=provision.bases[0], why=why,
            chain=chain_of(day, subject, company, group.maybe),
        )  # fmt: skip


def _mutual_holdings(
    day: Day, provision: Provision, only: int | None
) -> Iterator[tuple[int, int, Group, Interval]]:
    """Every party with a company that holds something of it too: its group, and what the company holds back."""
    groups = {
        party: alone(party) if provision.indirect == "not" else majority_group(day, party)
        for party in sorted(day.on_loops)
    }
    for subject, group in groups.items():
        below = sorted({day.company[edge] for member in group.maybe for edge in day.held[member]})
        for company in below:
            if company == subject or company not in groups or (only is not None and subject != only):
                continue
            back = group_share(day, groups[company], subject, provision.bases[0])
            if back.high and reached(day, provision, subject, company):
                yield subject, company, group, back


def _mutual(provision: Provision, forth: Interval, back: Interval) -> bool | None:
    threshold = provision.thresholds[0]
    other = provision.parameters.get("back", threshold.value)
    return both(
        decide(forth, threshold.value, threshold.comparator), decide(back, other, threshold.comparator)
    )


def _parent_and_child(day: Day, provision: Provision, one: int, other: int) -> bool:
    """Whether one surely controls the other: then the rule on controlled holders stands instead."""
    if "keeps" not in provision.parameters:
        return False
    return other in majority_group(day, one).sure or one in majority_group(day, other).sure


def usable(provision: Provision, day: Day, holder: int, company: int) -> Fraction | None:
    """The part of the votes that a holder may still cast; ``None`` where all of them.

    With a grace period only the one that crossed the limit later is silenced, and after the period all
    its votes are; where nobody can tell who was later, both are.
    """
    keeps = provision.parameters.get("keeps")
    if keeps is None:
        return None
    months = provision.parameters.get("months")
    if months is None:
        return keeps
    ids = day.network.parties[holder].id, day.network.parties[company].id
    mine, theirs = day.exceeded.get(ids), day.exceeded.get(ids[::-1])
    if mine and theirs and mine < theirs:
        return None
    late: date | None = add_months(mine, int(months)) if mine else None
    return Fraction(0) if late and day.on > late else keeps


def suspensions(rule: Rule, provision: Provision, day: Day) -> tuple[Suspension, ...]:
    """The votes that one rule puts to sleep on a day, as plain values."""
    shape = provision.shape
    if shape == "mutual holdings":
        return tuple(_partial(rule, provision, day))
    finder = find_controlled_holders if shape == "company controls its holder" else find_counter_holdings
    answers = {"met": True, "presumed, rebuttable": True, "cannot be decided": False}
    found: dict[tuple[str, str], Suspension] = {}
    for each in finder(rule, provision, day, None):
        if each.met in answers:
            found[each.subject, each.object] = Suspension(
                each.subject, each.object, rule.id, surely=answers[each.met]
            )
    return tuple(found.values())


def _partial(rule: Rule, provision: Provision, day: Day) -> Iterator[Suspension]:
    """The votes above the part that stays usable, of each member of the holder's group in proportion."""
    if "keeps" not in provision.parameters:
        return
    for subject, company, group, back in _mutual_holdings(day, provision, None):
        forth = group_share(day, group, company, provision.bases[0])
        answer = _mutual(provision, forth, back)
        above = usable(provision, day, subject, company)
        if answer is False or above is None or _parent_and_child(day, provision, subject, company):
            continue
        for edge in column(day, company):
            holder = int(day.network.holder[edge])
            if holder in group.sure and forth.low:
                part = above * day.capital[edge].low / forth.low
                ids = day.network.parties[holder].id, day.network.parties[company].id
                yield Suspension(*ids, rule.id, part, surely=answer is True)
