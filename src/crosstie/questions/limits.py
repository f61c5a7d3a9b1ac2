"""Since when a holder is above a limit: told from every day on which the ledger says that something happened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from crosstie.ledger.ledger import Ledger
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import Opened, at
from crosstie.rulebooks.control import group_of
from crosstie.rulebooks.day import day_of
from crosstie.rulebooks.deciding import decide
from crosstie.rulebooks.groups import group_share
from crosstie.rulebooks.rule import Provision

Pair = tuple[str, str]
MOST_DAYS = 400


def exceeded_since(
    ledger: Ledger, clocks: Clocks, pairs: Iterable[Pair], provision: Provision
) -> dict[Pair, date]:
    """The first day from which each holder has been above the provision's number in the company without a break.

    A pair above it from the ledger's first day on has no day: nobody can tell when it crossed.
    """
    since: dict[Pair, date] = {}
    wanted = tuple(pairs)
    days = [day for day in _days(ledger) if day <= clocks.on][-MOST_DAYS:]
    for number, day in enumerate(days):
        opened = at(ledger, replace(clocks, on=day))
        for pair in wanted:
            if not _above(opened, day, pair, provision):
                since.pop(pair, None)
            elif number == 0:
                since.setdefault(pair, date.min)
            else:
                since.setdefault(pair, day)
    return {pair: day for pair, day in since.items() if day != date.min}


def _days(ledger: Ledger) -> list[date]:
    heads = (statement.head for statement in ledger.statements)
    spans = (each for head in heads for each in (head.true_on, head.until) if each is not None)
    return sorted({each.latest for each in spans if each.latest is not None})


def _above(opened: Opened, on: date, pair: Pair, provision: Provision) -> bool:
    known = {party.id: i for i, party in enumerate(opened.network.parties)}
    if not set(pair) <= set(known):
        return False
    day = day_of(opened.network, on)
    holder, company = known[pair[0]], known[pair[1]]
    value = group_share(day, group_of(day, holder, provision), company, provision.bases[0])
    threshold = provision.thresholds[0]
    return decide(value, threshold.value, threshold.comparator) is True
