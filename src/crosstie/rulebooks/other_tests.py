"""Tests that are no share of another company: own shares, caps, years, circles, given amounts, judgement."""

from collections.abc import Iterator
from fractions import Fraction

from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import add_months
from crosstie.rulebooks.control import denied, group_of
from crosstie.rulebooks.day import Day, count, own_votes, reaches, share_of, shares_of
from crosstie.rulebooks.deciding import decide
from crosstie.rulebooks.finding import Finding, Met, chain_of, find, wording
from crosstie.rulebooks.groups import group_share, majority_group
from crosstie.rulebooks.holding_tests import reached, subjects
from crosstie.rulebooks.rule import Base, Provision, Rule


def find_own_shares(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """A company's treasury as a part of its issued shares."""
    for company in range(day.network.size):
        issued = count(day.network.totals.issued, company)
        treasury = count(day.network.totals.treasury, company)
        if not issued or treasury is None or (only is not None and company != only):
            continue
        reach = reaches(day, company, provision.object)
        if reach is False or (reach is None and not day.lenient):
            continue
        value = Interval.exactly(treasury / issued)
        threshold = provision.thresholds[0]
        answer = decide(value, threshold.value, threshold.comparator)
        yield find(
            rule, provision, day, (company, company), wording(answer), value=value, threshold=threshold,
            base="treasury ÷ issued capital", why=f"{int(treasury):,} own shares" if treasury else "",
        )  # fmt: skip


def find_caps(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """Whether a holder with a cap by contract has more votes than the cap lets it cast freely."""
    for cap in day.network.caps:
        pair = (cap.holder, cap.company)
        if (only is not None and cap.holder != only) or not reached(day, provision, *pair):
            continue
        group = majority_group(day, cap.holder)
        value = group_share(day, group, cap.company, provision.bases[0])
        threshold = provision.thresholds[0]
        answer = decide(value, threshold.value, threshold.comparator)
        yield find(
            rule, provision, day, pair, wording(answer), value=value, threshold=threshold,
            base=provision.bases[0], chain=chain_of(day, *pair, group.maybe),
            why=_cap_words(day, cap.company, value, threshold.value, cap.excess) if answer else "",
        )  # fmt: skip


def _cap_words(day: Day, company: int, value: Interval, limit: Fraction, excess: str) -> str:
    total = count(day.network.totals.theoretical_votes, company)
    free = f"{float(limit):.2%} of the exercisable votes are free"
    if total is None:
        return f"{free}; the excess is {excess}"
    edges = range(int(day.network.start[company]), int(day.network.start[company + 1]))
    lost = sum((day.votes[e].low for e in edges if e in day.kept and not day.kept[e]), Fraction(0))
    outstanding = total - (own_votes(day, company) or 0)
    exercisable = outstanding * (1 - lost)
    return (
        f"{free} ({int(limit * exercisable):,} of {int(value.low * exercisable):,}); the excess is {excess}"
    )


def cast_neutrally(excess: Fraction, for_part: Fraction) -> tuple[Fraction, Fraction]:
    """Votes for and against that a neutral excess casts: it leaves the outcome where the others put it.

    >>> cast_neutrally(Fraction(30), Fraction(2, 3))
    (Fraction(20, 1), Fraction(10, 1))
    """
    return excess * for_part, excess * (1 - for_part)


def find_years(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """How long shares have been registered in one holder's name, against the years that double their votes."""
    ids = {party.id: i for i, party in enumerate(day.network.parties)}
    threshold = provision.thresholds[0]
    for lot in day.registered:
        if lot.holder not in ids or lot.company not in ids:
            continue
        pair = ids[lot.holder], ids[lot.company]
        if (only is not None and pair[0] != only) or not reached(day, provision, *pair):
            continue
        answer, value, why = None, None, "in bearer form, or registered on an unknown day"
        if lot.since is not None:
            begin = max(lot.since, provision.since)
            reached_on = add_months(begin, int(threshold.value * 12))
            answer = day.on >= reached_on if threshold.comparator == "at least" else day.on > reached_on
            value = Interval.exactly(Fraction((day.on - begin).days * 100 // 365, 100))
            why = f"registered since {lot.since}; counts from {begin}"
        yield find(
            rule, provision, day, pair, wording(answer), value=value, threshold=threshold,
            base="years registered in one name", why=why,
        )  # fmt: skip


def find_circles(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """Holdings that close a circle of so many companies or more."""
    least = int(provision.parameters["companies"])
    threshold = provision.thresholds[0]
    base = provision.bases[0]
    for edge, company in enumerate(day.company):
        holder = int(day.network.holder[edge])
        if (only is not None and holder != only) or not reached(day, provision, holder, company):
            continue
        value = share_of(day, frozenset({holder}), company, base)
        path = _circle(day, provision, company, holder)
        answer = decide(value, threshold.value, threshold.comparator)
        if not path or len(path) < least or answer is False:
            continue
        names = tuple(day.network.parties[each].id for each in (*path, path[0]))
        yield find(
            rule, provision, day, (holder, company), wording(answer), value=value, threshold=threshold,
            base=base, why=f"a circle of {len(path)} companies", chain=names,
        )  # fmt: skip


def _circle(day: Day, provision: Provision, start: int, end: int) -> tuple[int, ...]:
    """The shortest way down from ``start`` to ``end`` through companies that the rule reaches."""
    paths: dict[int, tuple[int, ...]] = {start: (start,)}
    waiting = [start]
    while waiting:
        node = waiting.pop(0)
        for edge in day.held[node]:
            j = day.company[edge]
            if j in paths or reaches(day, j, provision.object) is False:
                continue
            paths[j] = (*paths[node], j)
            if j == end:
                return paths[j]
            waiting.append(j)
    return ()


def find_given(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """A number that no ledger holds (a turnover, a value), given by the person who asks."""
    threshold = provision.thresholds[0]
    given = day.given.get(rule.id.lower())
    if given is None and not day.lenient:
        return  # unasked and not given: nothing to say
    for subject in subjects(day, only):
        for edge in day.held[subject]:
            company = day.company[edge]
            if not reached(day, provision, subject, company):
                continue
            value = None if given is None else Interval.exactly(given)
            answer = None if value is None else decide(value, threshold.value, threshold.comparator)
            why = (
                ""
                if given is not None
                else f"no ledger holds this number; give it with --fact {rule.id}=NUMBER"
            )
            yield find(
                rule, provision, day, (subject, company), wording(answer), value=value, threshold=threshold,
                base=rule.title, why=why,
            )  # fmt: skip


def find_judged(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """Control judged on facts: a majority of substantive votes is control; less is a judgement.

    A sourced statement on this ground that there is no control answers; otherwise votes alone do not.
    """
    for subject in subjects(day, only):
        group = group_of(day, subject, provision)
        for company in sorted({day.company[edge] for i in group.maybe for edge in day.held[i]}):
            if company == subject or not reached(day, provision, subject, company):
                continue
            base = provision.bases[0]
            value = group_share(day, group, company, base)
            threshold = provision.thresholds[0]
            answer = decide(value, threshold.value, threshold.comparator)
            met: Met = "met" if answer else "cannot be decided"
            why = "" if answer else "less than a majority: size, dispersion, contracts and turnout decide"
            denial = None if answer else denied(day, subject, company, provision.rebutted_by)
            if denial and denial.basis:
                met, why = "not met", f"judged so by the sourced statement {denial.statement!r}"
            yield find(
                rule, provision, day, (subject, company), met, value=value, threshold=threshold, base=base,
                why=why, chain=chain_of(day, subject, company, group.maybe),
            )  # fmt: skip


def find_reciprocal_shares(rule: Rule, provision: Provision, day: Day, only: int | None) -> Iterator[Finding]:
    """How many of its own shares a holder leaves out of its count per share: one step, no series."""
    for subject in subjects(day, only):
        for edge in day.held[subject]:
            company = day.company[edge]
            if not reached(day, provision, subject, company):
                continue
            back = shares_of(day, majority_group(day, company).sure - {subject}, subject)
            value = day.capital[edge]
            if back is None or not back or value.high is None:
                continue
            threshold = provision.thresholds[0]
            answer = decide(value, threshold.value, threshold.comparator)
            removed = value.scaled(back)
            yield find(
                rule, provision, day, (subject, company), wording(answer), value=value, threshold=threshold,
                base=Base(numerator="capital", denominator="outstanding capital"),
                why=f"{int(removed.low):,} own shares are left out of the count per share",
            )  # fmt: skip
