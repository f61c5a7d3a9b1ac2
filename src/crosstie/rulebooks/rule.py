"""A rule as data: which test it makes, from which day on, with the words it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from crosstie.ledger.statements import Certainty
from crosstie.text.problem import NOWHERE, CrosstieError, Place

Comparator = Literal["more than", "at least"]
Numerator = Literal["capital", "votes", "castable votes"]
Denominator = Literal[
    "issued capital",
    "outstanding capital",
    "theoretical votes",
    "votes without treasury",
    "exercisable votes",
    "votes present",
]
Indirect = Literal[
    "not", "whole through control", "whole through majority", "multiplied and added", "cascading"
]
Aggregation = Literal["per holder", "in concert", "all listed persons"]
Unit = Literal["share", "points", "years", "amount"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a value is written: title, address, quoted words."""

    title: str
    href: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What is counted, of what; ``reading`` names one of several ways to read the text."""

    numerator: Numerator
    denominator: Denominator
    reading: str = ""

    def __str__(self) -> str:
        words = f"{self.numerator} ÷ {self.denominator}"
        return f"{words} ({self.reading})" if self.reading else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which parties a rule reaches; an empty field reaches all."""

    jurisdictions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    listed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number and how it is compared."""

    value: Fraction
    comparator: Comparator


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """What a rule says from one day on.

    ``shape`` names the function that applies it, so that a rule whose shape changes names another one
    from that day. ``parameters`` are the further numbers that the shape needs. ``control`` is the rule
    that says who controls (empty: more than half of the votes). ``rebutted_by`` are the laws that a
    sourced denial of control must name to rebut this presumption.
    """

    since: date
    shape: str
    thresholds: tuple[Threshold, ...] = ()
    bases: tuple[Base, ...] = ()
    together: Literal["any", "all", "readings"] = "any"
    indirect: Indirect = "not"
    trusts: Literal["not", "beneficiary"] = "not"
    aggregation: Aggregation = "per holder"
    control: str = ""
    rebutted_by: tuple[str, ...] = ()
    subject: Reach = field(default_factory=Reach)
    object: Reach = field(default_factory=Reach)
    parameters: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    references: tuple[Reference, ...] = ()
    sure: Certainty = Certainty.FIRST_HAND
    note: str = ""
    where: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One test of one rule: ``FR-5``, or ``JP-4/convene`` where a rule makes several."""

    rule: str
    test: str = ""
    name: str = ""
    title: str
    law: str
    jurisdiction: str = ""
    description: str
    unit: Unit = "share"
    consequence: str = ""
    when_passive: str = ""
    provisions: tuple[Provision, ...]
    last_checked_on: date
    where: Place = NOWHERE

    @property
    def id(self) -> str:
        """The rule and, where it makes several, its test."""
        return f"{self.rule}/{self.test}" if self.test else self.rule


def in_force(rule: Rule, on: date) -> Provision | None:
    """The provision in force on a day; ``None`` before the first and after a repeal.

    >>> from crosstie.rulebooks.reading import built_in
    >>> tender = pick(built_in(), ("JP-6",))[0]
    >>> [str(in_force(tender, date(2026, 5, day)).thresholds[0].value) for day in (1,)]
    ['3/10']
    >>> in_force(tender, date(2026, 4, 30)).thresholds[0].value
    Fraction(1, 3)
    """
    begun = [each for each in rule.provisions if each.since <= on]
    if not begun or begun[-1].shape == "no longer in force":
        return None
    return begun[-1]


def pick(rules: tuple[Rule, ...], asked: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules asked for by id, all of them where none is named.

    Raises
    ------
    CrosstieError
        No rule of that id; the message names the nearest.
    """
    if not asked:
        return rules
    from crosstie.text.nearest import did_you_mean  # noqa: PLC0415 (only when asked by name)

    known = {rule.rule for rule in rules} | {rule.id for rule in rules}
    for name in asked:
        if name.upper() not in {each.upper() for each in known}:
            raise CrosstieError(
                f"no such rule: {name!r}{did_you_mean(name.upper(), sorted(known))}; see: crosstie rules --list"
            )
    wanted = {name.upper() for name in asked}
    return tuple(rule for rule in rules if {rule.rule.upper(), rule.id.upper()} & wanted)
