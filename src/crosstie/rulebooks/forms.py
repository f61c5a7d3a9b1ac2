"""The shapes a rule may have: each a small function that applies it to a day, or to two."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crosstie.rulebooks import changes, holding_tests, other_tests, sleeping
from crosstie.rulebooks.day import Day
from crosstie.rulebooks.finding import Finding
from crosstie.rulebooks.rule import Provision, Rule

Find = Callable[[Rule, Provision, Day, int | None], Iterator[Finding]]
Change = Callable[[Rule, Provision, Day, Day, int | None], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Form:
    """How a shape is applied: to one day, or to what changed; the numbers it needs and may take.

    ``suspends``: it puts votes to sleep. ``crosses``: its numbers cross its thresholds. ``turns``: between two
    days its answer itself is compared, for it does not hang on its number alone.
    """

    find: Find | None = None
    change: Change | None = None
    compares: bool = True
    suspends: bool = False
    crosses: bool = False
    turns: bool = False
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


FORMS: Mapping[str, Form] = MappingProxyType({
    "share of a company": Form(holding_tests.find_shares, crosses=True),
    "interest in what controls": Form(holding_tests.find_controllers_owners),
    "control": Form(holding_tests.find_control, needs=("majority",), turns=True),
    "judged control": Form(other_tests.find_judged, turns=True),
    "company controls its holder": Form(sleeping.find_controlled_holders, compares=False, suspends=True, turns=True),
    "company holds part of its holder": Form(sleeping.find_counter_holdings, suspends=True, turns=True),
    "mutual holdings": Form(sleeping.find_mutual, suspends=True, may=("back", "keeps", "months"), turns=True),
    "own shares": Form(other_tests.find_own_shares),
    "cap on votes": Form(other_tests.find_caps, may=("ordinary", "special")),
    "years registered": Form(other_tests.find_years),
    "circle of holdings": Form(other_tests.find_circles, needs=("companies",)),
    "amount given": Form(other_tests.find_given),
    "reciprocal shares left out": Form(other_tests.find_reciprocal_shares),
    "increase within months": Form(change=changes.find_creeping, needs=("from", "to", "months")),
    "change by points": Form(change=changes.find_points, needs=("above",)),
    "purchase": Form(change=changes.find_purchases),
    "new control": Form(change=changes.find_new_control),
    "listed persons": Form(),
    "no longer in force": Form(compares=False),
})  # fmt: skip
