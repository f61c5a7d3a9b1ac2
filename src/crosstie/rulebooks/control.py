"""Who controls whom under a rule that names a majority and a rebuttable presumption (FR-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from crosstie.ledger.amounts import Interval
from crosstie.rulebooks.day import Day, Denial, Presumption, column, share_of
from crosstie.rulebooks.deciding import both, decide, either
from crosstie.rulebooks.groups import (
    CASTABLE,
    Group,
    alone,
    benefits,
    group_share,
    majority_chain,
    majority_group,
    with_trusts,
)
from crosstie.rulebooks.rule import Provision


@dataclass(frozen=True, slots=True)
class Control:
    """One company in a holder's control: surely or perhaps (``met``), and whether only by presumption."""

    met: Literal[True] | None
    presumed: bool
    rebutted: str = ""
    value: Interval = Interval.exactly(0)  # noqa: RUF009 (frozen)


def controls(day: Day, party: int, presumption: Presumption) -> Mapping[int, Control]:
    """Everything a party controls, directly or through what it controls, with the grade of each link.

    A majority of the votes that may be cast controls. More than the presumption's share does too, as
    long as no other holder has more; a sourced denial rebuts it, and then what was held only through
    that company is not counted either. Holdings of a controlled company count whole (L.233-4).

    >>> from datetime import date
    >>> from crosstie.network import toys
    >>> from crosstie.rulebooks.day import day_of
    >>> day = day_of(toys.from_shares(("a", "x", "41%"), ("b", "x", "41%"), ("c", "x", "18%")), date(2024, 1, 1))
    >>> controls(day, 0, Presumption())[1].presumed
    True
    """
    found: dict[int, Control] = {}
    trusts: set[int] = set()
    changed = True
    while changed:
        changed = False
        counted = [i for i, each in found.items() if not each.rebutted]
        sure = frozenset({party, *trusts, *(i for i in counted if found[i].met)})
        maybe = frozenset({party, *trusts, *counted})
        for j in _held_by(day, maybe) - {party} - trusts:
            if presumption.trusts and benefits(day, set(sure), j):
                trusts.add(j)
                changed = True
                continue
            graded = _graded(day, party, j, Group(sure, maybe), found, presumption)
            if graded is not None and _grade(graded) != _grade(found.get(j)):
                found[j] = graded
                changed = True
    return found


def _grade(control: Control | None) -> tuple[bool | None, bool, str] | None:
    return (control.met, control.presumed, control.rebutted) if control else None


def _held_by(day: Day, members: frozenset[int]) -> set[int]:
    return {day.company[edge] for member in members for edge in day.held[member]}


def _graded(  # noqa: PLR0913, PLR0917 (what a link depends on)
    day: Day, party: int, j: int, group: Group, found: Mapping[int, Control], presumption: Presumption
) -> Control | None:
    if day.network.parties[j].type == "trust":
        return None
    value = group_share(day, group, j, CASTABLE)
    majority = decide(value, presumption.majority.value, presumption.majority.comparator)
    through_presumed = _needs_presumed(day, j, group, found, presumption)
    if majority is True and not through_presumed:
        return Control(True, presumed=False, value=value)
    alone = decide(value, presumption.above.value, presumption.above.comparator)
    largest = None if alone is False else _no_other_larger(day, party, j, value, group)
    met = either(majority, both(alone, largest))
    if met is False:
        return None
    denial = denied(day, party, j, presumption.rebutted_by)
    return Control(met, presumed=True, rebutted=(denial.statement or "denied") if denial else "", value=value)


def _needs_presumed(
    day: Day, j: int, group: Group, found: Mapping[int, Control], presumption: Presumption
) -> bool:
    """Whether the majority rests on companies controlled only by presumption."""
    firm = frozenset(i for i in group.sure if i not in found or not found[i].presumed)
    value = share_of(day, firm - {j}, j, CASTABLE)
    return decide(value, presumption.majority.value, presumption.majority.comparator) is not True


def denied(day: Day, party: int, company: int, grounds: tuple[str, ...]) -> Denial | None:
    """The sourced statement that rebuts a presumption; one whose ground names another law does not."""
    ids = day.network.parties
    for denial in day.denials:
        if (denial.holder, denial.company) == (ids[party].id, ids[company].id) and (
            not denial.basis or not grounds or any(ground in denial.basis for ground in grounds)
        ):
            return denial
    return None


def _no_other_larger(day: Day, party: int, j: int, value: Interval, group: Group) -> bool | None:
    """Whether no other holder has more, with what each controls by majority; unknown holders as bounded."""
    answers: list[bool | None] = [True]
    for edge in column(day, j):
        other = int(day.network.holder[edge])
        if other in group.maybe or other == party:
            continue
        theirs = _other_share(day, other, j)
        if theirs.high is not None and theirs.high <= value.low:
            continue
        answers.append(False if value.high is not None and theirs.low > value.high else None)
    answers.extend(_larger_above(day, j, group, value))
    return both(*answers)


def _larger_above(day: Day, j: int, group: Group, value: Interval) -> list[bool | None]:
    """Those who hold no share themselves, but control holders that together have more."""
    direct = {int(day.network.holder[edge]) for edge in column(day, j)}
    answers: list[bool | None] = []
    for other in _owners(day, direct) - direct - group.maybe - {j}:
        theirs = group_share(day, majority_group(day, other, base=CASTABLE), j, CASTABLE)
        if theirs.high is not None and theirs.high <= value.low:
            continue
        answers.append(False if value.high is not None and theirs.low > value.high else None)
    return answers


def _owners(day: Day, parties: set[int]) -> set[int]:
    found: set[int] = set()
    waiting = list(parties)
    while waiting:
        for holder in day.network.holders_of(waiting.pop()).tolist():
            if holder not in found and not day.network.parties[holder].unknown_of:
                found.add(holder)
                waiting.append(holder)
    return found


def _other_share(day: Day, other: int, j: int) -> Interval:
    party = day.network.parties[other]
    if not party.unknown_of:
        return group_share(day, majority_group(day, other, base=CASTABLE), j, CASTABLE)
    value = share_of(day, frozenset({other}), j, CASTABLE)
    bound = day.bounds.get(day.network.parties[j].id, value)
    largest = min((each for each in (value, bound) if each.high is not None), key=_top, default=value)
    return Interval(Fraction(0), largest.high, high_open=largest.high_open and bool(largest.high))


def _top(interval: Interval) -> tuple[Fraction, bool]:
    return interval.high or Fraction(0), not interval.high_open


def control_group(day: Day, party: int, presumption: Presumption) -> Group:
    """The party with what it controls under the presumption and is not denied to."""
    found = controls(day, party, presumption)
    kept = {i: each for i, each in found.items() if not each.rebutted}
    return Group(frozenset({party, *(i for i, each in kept.items() if each.met)}), frozenset({party, *kept}))


def group_of(day: Day, party: int, provision: Provision) -> Group:
    """Whose holdings a provision counts as this party's (chains that multiply are not a group)."""
    trusts = provision.trusts == "beneficiary"
    if provision.indirect == "whole through control":
        if provision.control:
            return control_group(
                day, party, day.presumptions.get(provision.control, Presumption(trusts=trusts))
            )
        return majority_group(day, party, trusts=trusts)
    if provision.indirect == "whole through majority":
        return majority_chain(day, party)
    if trusts:
        return with_trusts(day, party)
    return alone(party)
