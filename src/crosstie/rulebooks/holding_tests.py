"""Tests of how much one party holds of another: declarations, bids, beneficial owners, close links."""

from collections.abc import Iterable, Iterator, Sequence

from crosstie.ledger.amounts import Interval
from crosstie.rulebooks.control import controls, group_of
from crosstie.rulebooks.day import Day, Presumption, reaches
from crosstie.rulebooks.deciding import both, decide
from crosstie.rulebooks.finding import Finding, Met, chain_of, find, wording
from crosstie.rulebooks.groups import CAPITAL, Group, group_share, in_concert, majority_group, multiplied
from crosstie.rulebooks.rule import Base, Provision, Rule, Threshold


def reached(day: Day, provision: Provision, subject: int, company: int) -> bool:
    """Whether a provision reaches this pair; asked for by name, also where the ledger leaves that in doubt."""
    answer = both(reaches(day, subject, provision.subject), reaches(day, company, provision.object))
    return answer is True or (answer is None and day.lenient)


def subjects(day: Day, only: int | None) -> Iterable[int]:
    """The parties that hold something, or the one asked for; unknown holders are nobody."""
    everyone = range(day.network.size) if only is None else (only,)
    return [i for i in everyone if day.held[i] and not day.network.parties[i].unknown_of]


def find_shares(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """How much each party holds of each company, against the rule's thresholds."""
    if provision.indirect == "multiplied and added":
        yield from _find_multiplied(rule, provision, day, only)
        return
    for subject in subjects(day, only):
        if reaches(day, subject, provision.subject) is False:
            continue
        group = group_of(day, subject, provision)
        for company in sorted({day.company[edge] for i in group.maybe for edge in day.held[i]}):
            if company == subject or not reached(day, provision, subject, company):
                continue
            together = _together(day, subject, company, group, provision)
            values = [group_share(day, together, company, base) for base in provision.bases]
            chain = chain_of(day, subject, company, together.maybe)
            yield from compared(rule, provision, day, (subject, company), values, chain)


def _together(day: Day, subject: int, company: int, group: Group, provision: Provision) -> Group:
    if provision.aggregation != "in concert":
        return group
    groups = [group_of(day, each, provision) for each in in_concert(day, subject, company) - {subject}]
    return Group(
        group.sure.union(*(each.sure for each in groups)), group.maybe.union(*(each.maybe for each in groups))
    )


def _find_multiplied(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    start = day.network.start
    for company in range(day.network.size):
        if start[company] == start[company + 1] or reaches(day, company, provision.object) is False:
            continue
        held = [multiplied(day, company, base) for base in provision.bases]
        for owner in sorted(set().union(*held)):
            skip = day.network.parties[owner].unknown_of or (only is not None and owner != only)
            if skip or owner == company or not reached(day, provision, owner, company):
                continue
            values = [each.get(owner, Interval.exactly(0)) for each in held]
            everyone = frozenset(range(day.network.size))
            chain = chain_of(day, owner, company, everyone)
            yield from compared(rule, provision, day, (owner, company), values, chain)


def compared(  # noqa: PLR0913, PLR0917 (what a line is made of)
    rule: Rule,
    provision: Provision,
    day: Day,
    pair: tuple[int, int],
    values: Sequence[Interval],
    chain: tuple[str, ...] = (),
) -> Iterator[Finding]:
    """Lines for values on several bases: each for itself, or one answer for all of them."""
    if provision.together == "any":
        for base, value in zip(provision.bases, values, strict=True):
            if value.high == 0:
                continue
            for threshold, answer in decisive(value, provision.thresholds):
                yield find(
                    rule, provision, day, pair, wording(answer), value=value, threshold=threshold, base=base,
                    chain=chain, why=provision.note,
                )  # fmt: skip
        return
    threshold = _highest_common(values, provision.thresholds)
    answer = both(*(decide(value, threshold.value, threshold.comparator) for value in values))
    if provision.together == "readings":
        answer = agreed([decide(value, threshold.value, threshold.comparator) for value in values])
    for base, value in zip(provision.bases, values, strict=True):
        yield find(
            rule, provision, day, pair, wording(answer), value=value, threshold=threshold, base=base,
            chain=chain, why=provision.note,
        )  # fmt: skip


def agreed(answers: Sequence[bool | None]) -> bool | None:
    """What every reading says; undecided where they differ.

    >>> agreed([True, True]), agreed([True, False])
    (True, None)
    """
    return answers[0] if len(set(answers)) == 1 else None


def _highest_common(values: Sequence[Interval], thresholds: Sequence[Threshold]) -> Threshold:
    passed = [t for t in thresholds if all(decide(v, t.value, t.comparator) for v in values)]
    return passed[-1] if passed else thresholds[0]


def decisive(value: Interval, thresholds: Sequence[Threshold]) -> Iterator[tuple[Threshold, bool | None]]:
    """The highest threshold passed and the first that cannot be decided; else the lowest, not passed.

    >>> steps = [Threshold(value=Interval.parse(t).low, comparator="more than") for t in ("5%", "10%", "20%")]
    >>> [(str(t.value), answer) for t, answer in decisive(Interval.parse("15-25%"), steps)]
    [('1/10', True), ('1/5', None)]
    """
    answers = [(t, decide(value, t.value, t.comparator)) for t in thresholds]
    passed = [each for each in answers if each[1] is True]
    open_ = [each for each in answers if each[1] is None]
    if not passed and not open_:
        yield answers[0]
    yield from passed[-1:]
    yield from open_[:1]


def find_control(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """Control by majority, or presumed from a share that nobody else exceeds, unless rebutted."""
    presumption = presumption_of(provision)
    for subject in subjects(day, only):
        found = controls(day, subject, presumption)
        members = frozenset({subject, *found})
        for company, each in sorted(found.items()):
            if not reached(day, provision, subject, company):
                continue
            met: Met = wording(each.met)
            why = ""
            if each.rebutted:
                met, why = "rebutted", f"denied by the sourced statement {each.rebutted!r}"
            elif each.presumed and each.met:
                met, why = "presumed, rebuttable", "no other holder has more; no statement denies it"
            elif each.met is None:
                why = "whether another holder has more is not known: bound the undisclosed holders"
            threshold = presumption.above if each.presumed else presumption.majority
            yield find(
                rule, provision, day, (subject, company), met, value=each.value, threshold=threshold,
                base=provision.bases[0], why=why, chain=chain_of(day, subject, company, members),
            )  # fmt: skip


def presumption_of(provision: Provision) -> Presumption:
    """A provision of shape ``control`` as the plain values that the search for control takes."""
    return Presumption(
        provision.thresholds[0],
        Threshold(value=provision.parameters["majority"], comparator="more than"),
        provision.rebutted_by,
        provision.trusts == "beneficiary",
    )


def find_controllers_owners(
    rule: Rule, provision: Provision, day: Day, only: int | None
) -> Iterator[Finding]:
    """Who has an interest in an entity that controls the company (ownership above, control below)."""
    for controller in subjects(day, None):
        group = majority_group(day, controller)
        below = sorted(group.maybe - {controller})
        if not below or day.network.parties[controller].type not in {"company", "trust", "fund"}:
            continue
        for owner, value in sorted(multiplied(day, controller, CAPITAL).items()):
            if day.network.parties[owner].unknown_of or (only is not None and owner != only):
                continue
            for company in below:
                if not reached(day, provision, owner, company):
                    continue
                for threshold, answer in decisive(value, provision.thresholds):
                    sure = answer if company in group.sure or answer is False else None
                    via = day.network.parties[controller].id
                    yield find(
                        rule, provision, day, (owner, company), wording(sure), value=value,
                        threshold=threshold, base=Base(numerator="capital", denominator="outstanding capital",
                                                       reading=f"of {via}, which controls the company"),
                        chain=(*chain_of(day, owner, controller, frozenset(range(day.network.size))),
                               *chain_of(day, controller, company, group.maybe)[1:]),
                    )  # fmt: skip
