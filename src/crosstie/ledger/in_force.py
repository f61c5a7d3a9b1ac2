"""What is in force on a day: from when a statement counts, until when, and which word is the latest."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Protocol, TypeVar

from crosstie.ledger.standing import known_day
from crosstie.ledger.statements import Head, Holding, PartyId, ShareClass, ShareClassId, Step, StepId

NO_STEPS: Mapping[StepId, Step] = MappingProxyType({})


class Headed(Protocol):
    """Anything with a head."""

    @property
    def head(self) -> Head:
        """Its clocks, status and place."""
        ...


S = TypeVar("S", bound=Headed)


def effective_day(head: Head, step: Step | None = None) -> date | None:
    """The day from which it counts: the last possible one; a step's window where it has no date itself.

    No date at all counts always; a date without a last day counts on none.
    """
    when = head.true_on
    if when is None and step is not None:
        when = step.window or step.head.true_on
        return when.latest if when else None
    if when is None:
        return date.min
    return when.latest


def classes_on(said: Iterable[ShareClass], day: date) -> dict[ShareClassId, ShareClass]:
    """Each class as last stated by a day (or as first stated, where all is later)."""
    found: dict[ShareClassId, ShareClass] = {}
    for each in sorted(said, key=lambda s: effective_day(s.head) or date.max):
        if each.share_class not in found or (effective_day(each.head) or date.max) <= day:
            found[each.share_class] = each
    return found


def in_force(said: Iterable[S], day: date, steps: Mapping[StepId, Step] = NO_STEPS) -> tuple[S, ...]:
    """Those true on a day: begun by it and not yet ended."""
    return tuple(each for each in said if is_in_force(each.head, day, steps))


def is_in_force(head: Head, day: date, steps: Mapping[StepId, Step] = NO_STEPS) -> bool:
    """Begun by the day, and not yet ended: ``until`` is the first day on which it is no longer so."""
    since = effective_day(head, steps.get(head.step) if head.step else None)
    return since is not None and since <= day and not (head.until and head.until.certainly_by(day))


def latest_words(said: Iterable[Holding], day: date) -> tuple[Holding, ...]:
    """Of the statements on one company's holders in force, the latest word on shares and on votes each."""
    latest: dict[tuple[PartyId, ShareClassId | None], dict[str, Holding]] = {}
    for each in sorted(in_force(said, day), key=_said_order):
        words = latest.setdefault((each.holder, each.share_class), {})
        if each.share is not None or each.shares is not None:
            words["share"] = each
        if each.votes is not None or each.words:
            words["votes"] = each
    return tuple(each for words in latest.values() for each in _each_its_own(words))


def _each_its_own(words: Mapping[str, Holding]) -> tuple[Holding, ...]:
    """Of a statement that is the latest word on votes alone, its older share no longer counts; newest last."""
    share, votes = words.get("share"), words.get("votes")
    if share is None or votes is None or share is votes:
        return tuple({id(word): word for word in words.values()}.values())
    if votes.base in {"issued", "outstanding", "unstated"}:  # else its share is a part of the votes
        votes = replace(votes, share=None, shares=None)
    share = replace(share, votes=None, words="")
    return tuple(sorted((share, votes), key=_said_order))


def _said_order(holding: Holding) -> tuple[date, date, str, int]:
    head = holding.head
    return effective_day(head) or date.max, known_day(head), head.where.file, head.where.line
