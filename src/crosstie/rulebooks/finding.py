"""What a rule finds of two parties, with the number, the words and how sure it is."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from crosstie.ledger.amounts import Interval
from crosstie.rulebooks.day import Day
from crosstie.rulebooks.rule import Base, Provision, Reference, Rule, Threshold, Unit

Met = Literal["met", "not met", "cannot be decided", "presumed, rebuttable", "rebutted"]
NOT_ADVICE = "not legal advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of an answer.

    ``why`` says in words what the number cannot; ``chain`` are the parties from subject to object;
    ``duty`` what follows when it is met.
    """

    rule: str
    subject: str
    object: str
    met: Met
    value: Interval | None = None
    threshold: Fraction | None = None
    comparator: str = ""
    base: str = ""
    citation: str = ""
    why: str = ""
    chain: tuple[str, ...] = ()
    duty: str = ""
    title: str = ""
    unit: Unit = "share"
    references: tuple[Reference, ...] = ()
    last_checked_on: date = date.min


def wording(answer: bool | None) -> Met:  # noqa: FBT001 (an answer in three values)
    """The words for an answer in three values.

    >>> wording(None)
    'cannot be decided'
    """
    return "cannot be decided" if answer is None else "met" if answer else "not met"


def citation(rule: Rule, provision: Provision) -> str:
    """The law, from which day, when last checked, and a mark where nobody read its text."""
    mark = f"; unverified ({provision.sure.value})" if provision.sure.is_unverified else ""
    return f"{rule.law}, from {provision.since}; checked {rule.last_checked_on}{mark}"


def find(  # noqa: PLR0913 (one keyword per part of a line)
    rule: Rule,
    provision: Provision,
    day: Day,
    pair: tuple[int, int],
    met: Met,
    *,
    value: Interval | None = None,
    threshold: Threshold | None = None,
    base: Base | str = "",
    why: str = "",
    chain: tuple[str, ...] = (),
) -> Finding:
    """A finding of a rule on two parties, with everything that the rule itself says."""
    subject, object_ = (day.network.parties[each].id for each in pair)
    return Finding(
        rule=rule.id,
        subject=subject,
        object=object_,
        met=met,
        value=value,
        threshold=threshold.value if threshold else None,
        comparator=threshold.comparator if threshold else "",
        base=str(base),
        citation=citation(rule, provision),
        why=why,
        chain=chain or (subject, object_),
        duty=rule.consequence if met in {"met", "presumed, rebuttable"} else "",
        title=rule.title,
        unit=rule.unit,
        references=provision.references,
        last_checked_on=rule.last_checked_on,
    )


def chain_of(day: Day, subject: int, company: int, members: frozenset[int]) -> tuple[str, ...]:
    """The shortest chain of holdings from subject to company through the members."""
    paths: dict[int, tuple[int, ...]] = {subject: (subject,)}
    waiting = [subject]
    while waiting:
        node = waiting.pop(0)
        for edge in day.held[node]:
            j = day.company[edge]
            if j == company:
                return tuple(day.network.parties[each].id for each in (*paths[node], company))
            if j in members and j not in paths:
                paths[j] = (*paths[node], j)
                waiting.append(j)
    return ()
