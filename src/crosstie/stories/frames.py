"""Event frames of a sentence: each event word is handed to the frame of its sense."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from crosstie.ledger.statements import Status
from crosstie.stories.aftermath import resumed
from crosstie.stories.approvals import approved
from crosstie.stories.grammar import (
    words_between,
)
from crosstie.stories.holdings import given, owned, possessed
from crosstie.stories.proceedings import agreed, cooperated, met, talked
from crosstie.stories.purchases import bids, bought, changed, invested, sold
from crosstie.stories.restructurings import listed, merged, repurchased, spun, ventured
from crosstie.stories.sites import Found, Sentence, Site, site_of
from crosstie.stories.triggers import TRIGGERS, Sense, Trigger
from crosstie.stories.units import Unit


def read_frames(sentence: Sentence) -> tuple[Found, ...]:
    """Every event of one sentence, in order."""
    found: list[Found] = []
    taken_until = -1
    for at, unit in enumerate(sentence.units):
        if at <= taken_until:
            continue
        for trigger, after in _triggers(sentence.units, at):
            here = replace(sentence, earlier=(*sentence.earlier, *found))
            made = tuple(_HANDLERS[trigger.sense](site_of(here, at, after, trigger)))
            if made:
                found.extend(
                    replace(event, trigger=(unit.start, sentence.units[after - 1].end)) for event in made
                )
                taken_until = after - 1
                break
    sold = [e for e in found if e.kind == "stake_sale" and e.standing.status == Status.COMPLETED]
    found.extend(h for h in possessed(sentence) if not any(s.start <= h.trigger[0] <= s.end for s in sold))
    found.extend(resumed(sentence, found))
    return tuple(found)


def _triggers(units: Sequence[Unit], at: int) -> Iterator[tuple[Trigger, int]]:
    unit = units[at]
    if (
        unit.kind == "description"
        and unit.noun in ("venture", "joint-venture")
        and (unit.noun != "venture" or "joint" in unit.qualifiers)
    ):
        yield Trigger("venture", "noun"), at + 1
    if unit.kind != "word":
        return
    if (
        unit.low in ("offering", "offerings")
        and words_between(units, at - 2, at) != "initial public"
        and words_between(units, at - 1, at) not in ("share", "public")
    ):
        return
    for trigger in TRIGGERS.get(unit.low, ()):
        if not trigger.particle:
            gerund = (
                trigger.form == "ing"
                and at
                and units[at - 1].low in ("the", "a", "this", "its", "'s")
                and trigger.sense != "own"
            )
            if not gerund and not (trigger.form in ("base", "s") and _is_noun_use(units, at)):
                yield trigger, at + 1
            continue
        for k in range(at + 1, min(at + 7, len(units))):
            if units[k].low in trigger.particle:
                yield trigger, k + 1 if k == at + 1 else at + 1
                break


def _is_noun_use(units: Sequence[Unit], at: int) -> bool:
    """Such as "a bid", "its purchase": a word that is a verb's base form used as a noun."""
    before = units[at - 1].low if at else ""
    return before in (
        "a",
        "an",
        "the",
        "its",
        "their",
        "this",
        "that",
        "any",
        "of",
        "final",
        "initial",
        "possible",
        "potential",
        "new",
        "rival",
        "takeover",
        "tender",
        "share",
        "stock",
        "<share>",
        "<money>",
        "'s",
    ) and any(t.form == "noun" for t in TRIGGERS[units[at].low])


def _none(_: Site) -> Iterator[Found]:
    yield from ()


_HANDLERS: Mapping[Sense, Callable[[Site], Iterator[Found]]] = MappingProxyType(
    {
        "buy": bought,
        "invest": invested,
        "raise": changed,
        "take": changed,
        "cut": changed,
        "sell": sold,
        "bid": bids,
        "merge": merged,
        "list": listed,
        "spin": spun,
        "repurchase": repurchased,
        "venture": ventured,
        "own": owned,
        "give": given,
        "approve": approved,
        "refuse": approved,
        "meet": met,
        "agree": agreed,
        "talk": talked,
        "cooperate": cooperated,
        "leave": _none,  # offices are read in offices.py
        "appoint": _none,
        "succeed": _none,
        "become": _none,
    }
)
