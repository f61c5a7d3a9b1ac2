"""Which legal tests a ledger meets, who crossed which threshold, and who its beneficial owners are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from types import MappingProxyType

from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.limits import exceeded_since
from crosstie.questions.naming import find_party
from crosstie.questions.opening import Opened, at, load_ledger
from crosstie.rulebooks.applying import (
    Ruled,
    anywhere,
    changed,
    crossed,
    findings,
    presumptions,
    rule_of_day,
    turned,
)
from crosstie.rulebooks.changes import Crossing
from crosstie.rulebooks.day import Day, Denial, Registered, day_of
from crosstie.rulebooks.finding import Finding
from crosstie.rulebooks.forms import FORMS
from crosstie.rulebooks.reading import built_in, with_folder
from crosstie.rulebooks.rule import Provision, Rule, in_force, pick
from crosstie.text.problem import CrosstieError, Problem

KEYS = ("rule", "subject", "object", "met", "value", "threshold", "comparator", "base", "citation")
CROSSED_KEYS = (
    "rule", "subject", "object", "direction", "threshold", "before", "after", "traded", "base", "duty", "citation",
)  # fmt: skip
LIST_KEYS = ("rule", "title", "law", "in_force_from", "sure", "last_checked_on")
OWNER_RULES = ("UK-2", "EU-1", "EU-2", "US-1")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rules, about whom, from which further folder, with which numbers that no ledger holds."""

    rules: tuple[str, ...] = ()
    subject: str | None = None
    folder: str | None = None
    anywhere: bool = False
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found, every problem, and notes on how far the answer goes."""

    findings: tuple[Finding, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def rulebook(asked: Asked) -> tuple[Rule, ...]:
    """The rules that come with Crosstie and those of the folder asked for, which replace them.

    Raises
    ------
    CrosstieError
        A malformed rule: file, line, key and what would be right.
    """
    rules = built_in()
    return with_folder(rules, asked.folder) if asked.folder else rules


def rules_of_ledger(path: str, clocks: Clocks, asked: Asked) -> Answered:
    """What each rule asked for finds on the day; rules about changes compare it with the day before.

    Raises
    ------
    CrosstieError
        Nothing there, an unknown rule or party, a malformed rule or number.
    """
    every = rulebook(asked)
    wanted = _wanted(every, asked)
    ledger = load_ledger(path)
    opened = at(ledger, clocks)
    ruled = _ruled(opened, clocks.on, every, asked)
    if asked.rules:
        ruled = _with_crossing_days(ledger, opened, clocks, ruled, wanted, every, asked)
    only = _subject(opened.network, asked)
    found = findings(wanted, ruled, only=only)
    if any(FORMS[provision.shape].change for _, provision in _in_force(wanted, clocks.on)):
        day_before = replace(clocks, on=clocks.on - timedelta(days=1))
        before = _ruled(at(ledger, day_before), day_before.on, every, asked)
        found = tuple(sorted((*found, *changed(wanted, before, ruled, only=only)), key=_place(every)))
    return Answered(found, problems=opened.problems, notes=_notes(wanted, ruled))


def crossed_in_ledger(path: str, clocks: Clocks, until: date, asked: Asked) -> Answered:
    """Thresholds crossed from the day of the clocks to another, and what the rules about changes find.

    Raises
    ------
    CrosstieError
        As for :func:`rules_of_ledger`; or the second day is not after the first.
    """
    if until <= clocks.on:
        raise CrosstieError(f"--crossed: {until} is not after {clocks.on}")
    every = rulebook(asked)
    wanted = _wanted(every, asked)
    ledger = load_ledger(path)
    later = at(ledger, replace(clocks, on=until))
    days = [
        _ruled(opened, on, every, asked) for opened, on in ((at(ledger, clocks), clocks.on), (later, until))
    ]
    only = _subject(later.network, asked)
    lines = (*turned(wanted, *days, only=only), *changed(wanted, *days, only=only))
    crossings = crossed(wanted, *days, only=only)
    met = tuple(
        line for line in lines if line.met != "not met" or asked.rules or line.why.startswith("before:")
    )
    return Answered(met, crossings, later.problems, _notes(wanted, days[1]))


def beneficial_owners(path: str, clocks: Clocks, company: str, asked: Asked) -> Answered:
    """The beneficial owners of one company under each law side by side, as if each law reached it.

    Raises
    ------
    CrosstieError
        As for :func:`rules_of_ledger`.
    """
    every = rulebook(asked)
    opened = at(load_ledger(path), clocks)
    wanted = _persons_only(anywhere(pick(every, asked.rules or OWNER_RULES)), every)
    ruled = _ruled(opened, clocks.on, every, replace(asked, rules=OWNER_RULES))
    target = opened.network.parties[find_party(opened.network, company)].id
    only = _subject(opened.network, asked)
    found = findings(wanted, ruled, only=only, choose=_nearest_provision)
    kept = (line for line in found if line.object == target and line.met != "not met")
    lines = tuple(_not_yet(line, wanted, clocks.on) for line in kept)
    notes = (*_other_days(wanted, clocks.on), *_notes(wanted, ruled))
    return Answered(lines, problems=opened.problems, notes=notes)


def _other_days(rules: Iterable[Rule], on: date) -> list[str]:
    """Which of the laws compared do not apply on the day."""
    names = dict.fromkeys(rule.rule for rule in rules if not in_force(rule, on))
    return [f"{name} is not in force on {on}: its lines say what it would answer" for name in names]


def listed_rules(asked: Asked, on: date) -> list[dict[str, object]]:
    """Every rule: title, law, since when, how sure, when last checked."""
    rows: list[dict[str, object]] = []
    for rule in pick(rulebook(asked), asked.rules):
        provision = in_force(rule, on) or rule.provisions[-1]
        rows.append(
            {
                "rule": rule.id,
                "title": rule.title,
                "law": rule.law,
                "in_force_from": provision.since.isoformat(),
                "sure": provision.sure.value,
                "last_checked_on": rule.last_checked_on.isoformat(),
            }
        )
    return rows


def _wanted(every: tuple[Rule, ...], asked: Asked) -> tuple[Rule, ...]:
    wanted = pick(every, asked.rules)
    return anywhere(wanted) if asked.anywhere else wanted


def _in_force(rules: Iterable[Rule], on: date) -> list[tuple[Rule, Provision]]:
    return [(rule, provision) for rule in rules if (provision := in_force(rule, on))]


def _subject(network: Network, asked: Asked) -> int | None:
    return find_party(network, asked.subject) if asked.subject else None


def _with_crossing_days(  # noqa: PLR0913, PLR0917 (all that an answer is made of)
    ledger: Ledger,
    opened: Opened,
    clocks: Clocks,
    ruled: Ruled,
    wanted: tuple[Rule, ...],
    every: tuple[Rule, ...],
    asked: Asked,
) -> Ruled:
    """The day again with who crossed a limit when, where a rule asked for by name gives time to sell."""
    days: dict[tuple[str, str], date] = {}
    for rule, provision in _in_force(wanted, clocks.on):
        if "months" in provision.parameters and provision.shape == "mutual holdings":
            lines = [line for line in findings((rule,), ruled) if line.met == "met"]
            pairs = [(line.subject, line.object) for line in lines]
            days |= exceeded_since(ledger, clocks, pairs, provision) if pairs else {}
    return _ruled(opened, clocks.on, every, asked, days) if days else ruled


def _ruled(
    opened: Opened,
    on: date,
    every: tuple[Rule, ...],
    asked: Asked,
    exceeded: Mapping[tuple[str, str], date] = MappingProxyType({}),
) -> Ruled:
    day = replace(
        day_of_ledger(opened, on, _facts(asked.facts)), lenient=bool(asked.rules), exceeded=exceeded
    )
    if asked.anywhere:  # the law asked for stands alone: other countries' suspensions are not assumed
        named = anywhere(pick(every, asked.rules)) if asked.rules else ()
        every = (*(rule for rule in every if rule.rule == "FR-2"), *named)
        return rule_of_day(replace(day, presumptions=presumptions(every, on)), ())
    return rule_of_day(day, every)


def day_of_ledger(opened: Opened, on: date, given: Mapping[str, Fraction] | None = None) -> Day:
    """The opened ledger as rules see it: with denials of control, bounds and registration days."""
    state = opened.state
    own = {
        issuer: column.treasury_votes.low
        for issuer, column in opened.columns.items()
        if column.treasury_votes is not None and column.treasury_votes.is_exact
    }
    lots = {
        (holder, position.issuer, lot.registered_on)
        for position in state.positions
        for holder, each in position.lots.items()
        for lot in each
    }
    return day_of(
        opened.network,
        on,
        denials=[
            Denial(right.holder, right.issuer, right.basis, right.head.id)
            for right in state.rights
            if right.right == "no_control" and right.holder and right.issuer
        ],
        bounds={bound.issuer: _of_outstanding(bound.at_most, opened, bound.issuer) for bound in state.bounds},
        registered=[Registered(*lot) for lot in sorted(lots, key=str)],
        given=given,
        treasury_votes={str(issuer): votes for issuer, votes in own.items()},
    )


def _of_outstanding(bound: Interval, opened: Opened, issuer: str) -> Interval:
    """A bound stated of the issued shares is a little more of the outstanding ones."""
    column = next((each for key, each in opened.columns.items() if key == issuer), None)
    if column is None or column.issued is None or column.outstanding is None or not column.outstanding.low:
        return bound
    return bound.scaled(column.issued.low / column.outstanding.low)


def _facts(texts: Iterable[str]) -> dict[str, Fraction]:
    facts = {}
    for text in texts:
        name, sign, number = text.partition("=")
        try:
            value = Interval.parse(number)
        except ValueError as error:
            raise CrosstieError(f"--fact {text!r}: {error}") from error
        if not sign or not value.is_exact:
            raise CrosstieError(f"--fact {text!r}: write NAME=NUMBER, such as turnout=80%")
        facts[name.strip().lower()] = value.low
    return facts


def _place(every: tuple[Rule, ...]) -> Callable[[Finding], int]:
    order = {rule.id: i for i, rule in enumerate(every)}
    return lambda line: order.get(line.rule, len(order))


def _persons_only(rules: tuple[Rule, ...], every: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Every law asks for natural persons, wherever it is applied."""
    types = {rule.id: [each.subject for each in rule.provisions] for rule in every}
    return tuple(
        replace(
            rule,
            provisions=tuple(
                replace(each, subject=subject)
                for each, subject in zip(rule.provisions, types[rule.id], strict=True)
            ),
        )
        for rule in rules
    )


def _nearest_provision(rule: Rule, on: date) -> Provision | None:
    """What is in force, else what will be, else what last was."""
    alive = [each for each in rule.provisions if each.shape != "no longer in force"]
    return in_force(rule, on) or next(
        (each for each in alive if each.since > on), alive[-1] if alive else None
    )


def _not_yet(line: Finding, rules: Iterable[Rule], on: date) -> Finding:
    rule = next(each for each in rules if each.id == line.rule)
    if in_force(rule, on):
        return line
    first = rule.provisions[0].since
    when = f"applies from {first}" if first > on else f"no longer in force on {on}"
    return replace(line, why=f"{when}; {line.why}" if line.why else when)


def _notes(rules: tuple[Rule, ...], ruled: Ruled) -> tuple[str, ...]:
    checked = [rule.last_checked_on for rule in rules]
    notes = []
    if not ruled.settled.is_stable:
        notes.append(f"control and suspended votes chase each other: {ruled.settled}")
    bare = sum(not (each.jurisdiction or each.unknown_of) for each in ruled.day.network.parties)
    if ruled.day.lenient and bare:
        notes.append(
            f"{bare} parties have no stated jurisdiction: the rules asked for are applied as if they reached them"
        )
    if checked:
        days = (
            f"on {min(checked)}" if min(checked) == max(checked) else f"from {min(checked)} to {max(checked)}"
        )
        notes.append(f"not legal advice; the rules were last checked {days}")
    return tuple(notes)
