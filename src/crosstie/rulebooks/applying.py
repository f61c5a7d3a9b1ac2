"""Apply a rulebook to a day: settle which votes sleep, then ask every rule."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from crosstie.rulebooks.changes import Crossing, crossings
from crosstie.rulebooks.day import Day, Presumption, Suspension, asleep, reaches
from crosstie.rulebooks.finding import Finding
from crosstie.rulebooks.forms import FORMS
from crosstie.rulebooks.holding_tests import presumption_of
from crosstie.rulebooks.rule import Provision, Reach, Rule, in_force
from crosstie.rulebooks.settling import Settled, settle_by_law
from crosstie.rulebooks.sleeping import suspensions

Choose = Callable[[Rule, date], Provision | None]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A day with the votes asleep that the law in force puts to sleep, and how that settled."""

    day: Day
    settled: Settled
    suspensions: tuple[Suspension, ...]


def rule_of_day(day: Day, rules: Iterable[Rule]) -> Ruled:
    """The day under the suspension rules that surely reach its companies.

    Where control and suspension chase each other and no outcome, or more than one, is consistent, the
    votes in question become doubtful: every number that depends on them is then an interval.
    """
    every = tuple(rules)
    day = replace(day, presumptions=MappingProxyType(presumptions(every, day.on)))
    chasing: list[tuple[Rule, Provision]] = []
    plain: list[tuple[Rule, Provision]] = []
    for rule in every:
        provision = in_force(rule, day.on)
        if provision and FORMS[provision.shape].suspends and _reaches_some(day, provision):
            chases = provision.shape == "company controls its holder"
            (chasing if chases else plain).append((rule, provision))
    fixed = tuple(_surely_reached(day, plain))
    day = asleep(day, fixed)
    settled = settle_by_law(day, lambda now: tuple(_surely_reached(now, chasing)))
    return Ruled(asleep(day, settled.suspensions), settled, (*fixed, *settled.suspensions))


def presumptions(rules: Iterable[Rule], on: date) -> dict[str, Presumption]:
    """The rules of control in force, as the plain values that the search for control takes."""
    found = {}
    for rule in rules:
        provision = in_force(rule, on)
        if provision and provision.shape == "control":
            found[rule.rule] = presumption_of(provision)
    return found


def _reaches_some(day: Day, provision: Provision) -> bool:
    """Whether some company is surely of the law's territory: unasked, a law is applied nowhere else."""
    return bool(provision.object.jurisdictions) and any(
        reaches(day, company, provision.object) is True for company in range(day.network.size)
    )


def _surely_reached(day: Day, rules: Sequence[tuple[Rule, Provision]]) -> Iterator[Suspension]:
    strict = replace(day, lenient=False)
    for rule, provision in rules:
        for each in suspensions(rule, provision, strict):
            subject, company = day.network.index(each.holder), day.network.index(each.company)
            sure = reaches(day, subject, provision.subject) and reaches(day, company, provision.object)
            if sure:
                yield each


def anywhere(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules as if every company were one they reach."""
    return tuple(
        replace(
            rule,
            provisions=tuple(
                replace(each, subject=replace(each.subject, jurisdictions=(), listed=None), object=Reach())
                for each in rule.provisions
            ),
        )
        for rule in rules
    )


def findings(
    rules: Iterable[Rule], ruled: Ruled, *, only: int | None = None, choose: Choose = in_force
) -> tuple[Finding, ...]:
    """What every rule finds on one day; rules about changes are asked by :func:`changed`."""
    found: list[Finding] = []
    for rule in rules:
        provision = choose(rule, ruled.day.on)
        finder = provision and FORMS[provision.shape].find
        if provision and finder:
            lines = tuple(finder(rule, provision, ruled.day, only))
            unstable = provision.shape == "company controls its holder" and not ruled.settled.is_stable
            found.extend(_unsettled(lines, ruled) if unstable else lines)
    return tuple(found)


def _unsettled(lines: Iterable[Finding], ruled: Ruled) -> Iterator[Finding]:
    doubtful = {(each.holder, each.company) for each in ruled.suspensions if not each.surely}
    for line in lines:
        if (line.subject, line.object) in doubtful:
            yield replace(line, met="cannot be decided", why=f"unstable: {ruled.settled}", duty="")
        else:
            yield line


def changed(
    rules: Iterable[Rule], before: Ruled, after: Ruled, *, only: int | None = None
) -> tuple[Finding, ...]:
    """What the rules about changes find between two days."""
    found: list[Finding] = []
    for rule in rules:
        provision = in_force(rule, after.day.on)
        changer = provision and FORMS[provision.shape].change
        if provision and changer:
            found.extend(changer(rule, provision, before.day, after.day, only))
    return tuple(found)


def crossed(
    rules: Iterable[Rule], before: Ruled, after: Ruled, *, only: int | None = None
) -> tuple[Crossing, ...]:
    """Every threshold crossed between two days, by a trade or without one."""
    found: list[Crossing] = []
    for rule in rules:
        was, now = in_force(rule, before.day.on), in_force(rule, after.day.on)
        if now and FORMS[now.shape].crosses and now.indirect != "multiplied and added":
            found.extend(crossings(rule, (was or now, before.day), (now, after.day), only))
    return tuple(found)


def turned(
    rules: Iterable[Rule], before: Ruled, after: Ruled, *, only: int | None = None
) -> tuple[Finding, ...]:
    """The answers about control and sleeping votes that are others than before, each with the one before."""
    asked = [
        rule for rule in rules if (provision := in_force(rule, after.day.on)) and FORMS[provision.shape].turns
    ]
    name = None if only is None else after.day.network.parties[only].id
    was = {_key(line): line for line in findings(asked, before) if name in {None, line.subject}}
    now = {_key(line): line for line in findings(asked, after, only=only)}
    found = [
        replace(
            line,
            why=f"before: {was[key].met if key in was else 'not met'}"
            + (f"; {line.why}" if line.why else ""),
        )
        for key, line in now.items()
        if line.met != (was[key].met if key in was else "not met")
    ]
    gone = [
        replace(line, met="not met", why=f"before: {line.met}", duty="", citation=line.citation)
        for key, line in was.items()
        if key not in now and line.met != "not met"
    ]
    return (*found, *gone)


def _key(line: Finding) -> tuple[str, str, str, str]:
    return line.rule, line.subject, line.object, line.base
