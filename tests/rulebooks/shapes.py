"""One small world per shape of rule, in which a single number decides."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import add_months
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Cap, Party
from crosstie.rulebooks.applying import changed, findings, rule_of_day
from crosstie.rulebooks.day import Day, Registered, day_of
from crosstie.rulebooks.rule import Provision, Reach, Rule, in_force
from crosstie.rulebooks.screening import screen

PERCENT = Fraction(1, 100)
EPSILON = Fraction(1, 10**7)
ISSUED = 10**9


@dataclass(frozen=True)
class World:
    """The day a rule looks at, the day before, the pair in question, and who is listed."""

    day: Day
    before: Day
    pair: tuple[str, str]
    listed: frozenset[int] = frozenset()


def latest(rule: Rule) -> Provision:
    return [each for each in rule.provisions if each.shape != "no longer in force"][-1]


def day_for(rule: Rule) -> date:
    return max(latest(rule).since + timedelta(days=20), date(2024, 8, 1))


def party(name: str, reach: Reach, default: str = "company") -> Party:
    return Party(
        name,
        name,
        reach.types[0] if reach.types else default,
        reach.jurisdictions[0] if reach.jurisdictions else "ZZ",
        "an exchange" if reach.listed else "",
    )


def network(rule: Rule, edges, *, more=(), caps=(), totals=None):
    provision = latest(rule)
    parties = [party("s", provision.subject), party("x", provision.object), *more]
    return make_network(
        [
            Edge(h, j, share if isinstance(share, Interval) else Interval.exactly(share))
            for h, j, share in edges
        ],
        parties,
        caps=caps,
        totals=totals,
    )


def one_day(rule: Rule, edges, **more) -> Day:
    extra = {key: more.pop(key) for key in ("bounds", "given", "registered") if key in more}
    return day_of(network(rule, edges, **more), day_for(rule), **extra)


def world(rule: Rule, value: Fraction) -> World:
    return WORLDS[latest(rule).shape](rule, value)


def _same(day: Day, pair=("s", "x"), before: Day | None = None) -> World:
    return World(day, before or replace(day, on=day.on - timedelta(days=30)), pair)


def _share(rule: Rule, value: Fraction) -> World:
    return _same(one_day(rule, [("s", "x", value)], given={"turnout": Fraction(1)}))


def _interest_above(rule: Rule, value: Fraction) -> World:
    more = [Party("c", "C", "company", "ZZ")]
    return _same(one_day(rule, [("s", "c", value), ("c", "x", 60 * PERCENT)], more=more))


def _control(rule: Rule, value: Fraction) -> World:
    return _same(one_day(rule, [("s", "x", value)], bounds={"x": Interval.exactly(5 * PERCENT)}))


def _controlled_holder(rule: Rule, value: Fraction) -> World:
    return _same(
        one_day(
            rule, [("x", "s", value), ("s", "x", 10 * PERCENT)], bounds={"s": Interval.exactly(5 * PERCENT)}
        )
    )


def _counter_holding(rule: Rule, value: Fraction) -> World:
    return _same(one_day(rule, [("x", "s", value), ("s", "x", 10 * PERCENT)]))


def _mutual(rule: Rule, value: Fraction) -> World:
    if "back" in latest(rule).parameters:  # the number is about the other direction
        return _same(one_day(rule, [("s", "x", 30 * PERCENT), ("x", "s", value)]))
    return _same(one_day(rule, [("s", "x", value), ("x", "s", 30 * PERCENT)]))


def _own_shares(rule: Rule, value: Fraction) -> World:
    totals = {"x": (ISSUED, float(value * ISSUED), ISSUED)}
    return _same(one_day(rule, [("s", "x", 10 * PERCENT)], totals=totals), ("x", "x"))


def _cap(rule: Rule, value: Fraction) -> World:
    cap = Cap(-1, -1, latest(rule).thresholds[0].value)
    return _same(one_day(rule, [("s", "x", value)], caps=[("s", "x", cap)]))


def _years(rule: Rule, value: Fraction) -> World:
    on = add_months(latest(rule).since, 60)
    threshold = latest(rule).thresholds[0].value
    since = add_months(on, -int(threshold * 12)) - timedelta(days=int((value - threshold) / EPSILON))
    net = network(rule, [("s", "x", 10 * PERCENT)])
    return _same(day_of(net, on, registered=[Registered("s", "x", since)]))


def _circle(rule: Rule, value: Fraction) -> World:
    count = int(latest(rule).parameters["companies"])
    names = ["s", "x", "m"][:count]
    edges = [(a, b, value) for a, b in zip(names, names[1:] + names[:1], strict=True)]
    return _same(one_day(rule, edges, more=[replace(party("m", latest(rule).object), name="M")]))


def _given(rule: Rule, value: Fraction) -> World:
    return _same(one_day(rule, [("s", "x", 10 * PERCENT)], given={rule.id.lower(): value}))


def _reciprocal(rule: Rule, value: Fraction) -> World:
    totals = {"s": (ISSUED, 0, ISSUED)}
    return _same(one_day(rule, [("s", "x", value), ("x", "s", 10 * PERCENT)], totals=totals))


def _rise(start: Fraction) -> Callable[[Rule, Fraction], World]:
    def rise(rule: Rule, value: Fraction) -> World:
        before = one_day(rule, [("s", "x", start)])
        return _same(
            one_day(rule, [("s", "x", start + value)]),
            before=replace(before, on=before.on - timedelta(days=30)),
        )

    return rise


def _purchase(rule: Rule, value: Fraction) -> World:
    totals = {"x": (ISSUED, 0, ISSUED)}
    before = one_day(rule, [("s", "x", value - PERCENT)], totals=totals)
    day = one_day(rule, [("s", "x", value)], totals=totals)
    return _same(day, before=replace(before, on=before.on - timedelta(days=1)))


def _listed(rule: Rule, value: Fraction) -> World:
    provision = latest(rule)
    parties = [party("s", provision.subject), party("x", provision.object)]
    without_votes = Edge("s", "x", Interval.exactly(value), Interval.exactly(0))  # so that only owning counts
    day = day_of(make_network([without_votes], parties), day_for(rule))
    return World(day, day, ("s", "x"), frozenset({day.network.index("s")}))


WORLDS: dict[str, Callable[[Rule, Fraction], World]] = {
    "share of a company": _share,
    "interest in what controls": _interest_above,
    "control": _control,
    "judged control": _share,
    "company controls its holder": _controlled_holder,
    "company holds part of its holder": _counter_holding,
    "mutual holdings": _mutual,
    "own shares": _own_shares,
    "cap on votes": _cap,
    "years registered": _years,
    "circle of holdings": _circle,
    "amount given": _given,
    "reciprocal shares left out": _reciprocal,
    "increase within months": _rise(40 * PERCENT),
    "change by points": _rise(30 * PERCENT),
    "purchase": _purchase,
    "new control": _rise(Fraction(0)),
    "listed persons": _listed,
}


def deciding_number(rule: Rule) -> Fraction:
    """The number at which the rule turns in its world."""
    provision = latest(rule)
    if "back" in provision.parameters:
        return provision.parameters["back"]
    if provision.thresholds:
        return provision.thresholds[0].value
    return Fraction(2, 5) if provision.control else Fraction(1, 2)


def is_met(rule: Rule, rules: tuple[Rule, ...], at: World) -> bool:
    """Whether the rule is met (or presumed) for the pair of a world, with the law of ``rules`` around it."""
    provision = in_force(rule, at.day.on)
    assert provision is not None
    if provision.shape == "listed persons":
        return any(each.blocked and each.company == "x" for each in screen(at.day, at.listed, provision))
    around = tuple(each for each in rules if each.rule == "FR-2")
    days = [rule_of_day(replace(day, lenient=True), around) for day in (at.before, at.day)]
    found = [*findings((rule,), days[1]), *changed((rule,), *days)]
    words = {line.met for line in found if (line.subject, line.object) == at.pair}
    return bool(words & {"met", "presumed, rebuttable"})
