"""Which companies listed persons own or control, in cascade or one by one, and how far that is decided."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from crosstie.ledger.amounts import Interval
from crosstie.rulebooks.day import Day, column, share_of
from crosstie.rulebooks.deciding import decide, either
from crosstie.rulebooks.groups import (
    CAPITAL,
    CASTABLE,
    Group,
    alone,
    group_share,
    in_concert,
    majority_chain,
    majority_group,
)
from crosstie.rulebooks.rule import Provision


@dataclass(frozen=True, slots=True)
class Screened:
    """One company: blocked or not (``None`` cannot be decided), the listed share counted by the rule.

    ``known_share`` is what listed persons and blocked companies are known to hold directly; ``worst_case``
    adds all unknown holders, who are not presumed listed. ``through`` are the holders that count.
    """

    company: str
    blocked: bool | None
    share: Interval
    through: tuple[str, ...]
    decided: bool
    known_share: Interval
    worst_case: Interval
    why: str = ""


def screen(day: Day, listed: frozenset[int], provision: Provision) -> tuple[Screened, ...]:
    """Every company that the listed persons' holdings touch, under one rule.

    >>> from datetime import date
    >>> from crosstie.network import toys
    >>> from crosstie.rulebooks.day import day_of
    >>> from crosstie.rulebooks.reading import built_in
    >>> from crosstie.rulebooks.rule import in_force, pick
    >>> ofac = in_force(pick(built_in(), ("US-2",))[0], date(2024, 1, 1))
    >>> day = day_of(toys.chain("50%", "50%"), date(2024, 1, 1))
    >>> [(each.company, each.blocked) for each in screen(day, frozenset({0}), ofac)]
    [('c1', True), ('c2', True)]
    """
    found: Iterator[Screened | None]
    if provision.indirect == "cascading":
        reached = cascade(day, listed, provision)
        worst = cascade(day, listed | _unknown(day), provision)
        found = (_cascaded(day, j, reached, worst, listed, provision) for j in _touched(day, reached.maybe))
    else:
        worst = cascade(day, listed | _unknown(day), provision)
        found = _each_person(day, listed, worst, provision)
    return tuple(each for each in found if each is not None)


def _each_person(
    day: Day, listed: frozenset[int], worst: Group, provision: Provision
) -> Iterator[Screened | None]:
    """Every company that some listed person's chains or control touch, with the persons who touch it."""
    persons = {
        p: (majority_chain(day, p), majority_group(day, p, base=CASTABLE) if provision.control else alone(p))
        for p in sorted(listed)
    }
    touching: dict[int, dict[int, tuple[Group, Group]]] = {}
    for person, (chain, control) in persons.items():
        for company in {*_touched(day, chain.maybe), *(control.maybe - {person})}:
            touching.setdefault(company, {})[person] = (chain, control)
    for company in sorted(touching):
        yield _one_by_one(day, company, touching[company], worst, listed, provision)


def cascade(day: Day, listed: frozenset[int], provision: Provision) -> Group:
    """The least sets closed under the rule: whoever the members own enough of is a member.

    Two of them: what surely belongs (with what is known to be held) and what may (with what may be).
    """
    return Group(*(_closed(day, listed, provision, sure=sure) for sure in (True, False)))


def _closed(day: Day, listed: frozenset[int], provision: Provision, *, sure: bool) -> frozenset[int]:
    members, waiting = set(listed), list(listed)
    controlled: set[int] = set()
    while waiting:
        member = waiting.pop()
        if provision.control and member not in controlled and not day.network.parties[member].unknown_of:
            group = majority_group(day, member, base=CASTABLE)
            for j in (group.sure if sure else group.maybe) - members:
                members.add(j)
                waiting.append(j)
            controlled.add(member)
        for edge in day.held[member]:
            j = day.company[edge]
            if j not in members and _enough(day, members, j, provision, sure=sure):
                members.add(j)
                waiting.append(j)
    return frozenset(members)


def _enough(day: Day, members: set[int], company: int, provision: Provision, *, sure: bool) -> bool:
    value = _held(day, members, company)
    threshold = provision.thresholds[0]
    answer = decide(value, threshold.value, threshold.comparator)
    return answer is True or (answer is None and not sure)


def _held(day: Day, members: AbstractSet[int], company: int) -> Interval:
    return share_of(day, members, company, CAPITAL)


def _unknown(day: Day) -> frozenset[int]:
    return frozenset(i for i, party in enumerate(day.network.parties) if party.unknown_of)


def _touched(day: Day, members: frozenset[int]) -> list[int]:
    return sorted({day.company[edge] for member in members for edge in day.held[member]})


def _through(day: Day, company: int, members: frozenset[int]) -> tuple[str, ...]:
    holders = {int(day.network.holder[edge]) for edge in column(day, company)}
    return tuple(day.network.parties[i].id for i in sorted(holders & members))


def _between(day: Day, company: int, group: Group) -> Interval:
    low, high = _held(day, group.sure, company), _held(day, group.maybe, company)
    return low if low == high else Interval(low.low, high.high, low.low_open, high.high_open)


def _cascaded(  # noqa: PLR0913, PLR0917 (what a line is made of)
    day: Day, company: int, reached: Group, worst: Group, listed: frozenset[int], provision: Provision
) -> Screened | None:
    share = _between(day, company, reached)
    if not share.high and company not in reached.maybe:
        return None
    answer = True if company in reached.sure else None if company in reached.maybe else False
    threshold = provision.thresholds[0]
    owned = decide(share, threshold.value, threshold.comparator)
    why = "listed itself" if company in listed else "controlled, not owned" if answer and not owned else ""
    return Screened(
        day.network.parties[company].id, answer, share, _through(day, company, reached.maybe),
        answer is not None, _held(day, reached.sure, company), _between(day, company, worst), why,
    )  # fmt: skip


def _one_by_one(  # noqa: PLR0913, PLR0917 (as above)
    day: Day,
    company: int,
    persons: dict[int, tuple[Group, Group]],
    worst: Group,
    listed: frozenset[int],
    provision: Provision,
) -> Screened | None:
    largest, why = Interval.exactly(0), ""
    found: bool | None = company in listed
    through: set[str] = set()
    for person, (_, control) in persons.items():
        values, group = _values_of(day, person, company, persons, provision)
        threshold = provision.thresholds[0]
        owned = either(*(decide(value, threshold.value, threshold.comparator) for value in values))
        controlled = True if company in control.sure else None if company in control.maybe else False
        if values[0].high:
            through.update(_through(day, company, group.maybe))
        if controlled and not owned:
            why = "controlled, not owned"
        found = either(found, owned, controlled)
        largest = max(largest, *values, key=lambda value: (value.high or 0, value.low))
    if not largest.high and found is False:
        return None
    everyone = frozenset[int]().union(*(chain.sure for chain, _ in persons.values()))
    return Screened(
        day.network.parties[company].id, found, largest, tuple(sorted(through)), found is not None,
        _held(day, everyone, company), _between(day, company, worst), "listed itself" if company in listed else why,
    )  # fmt: skip


def _values_of(
    day: Day, person: int, company: int, persons: dict[int, tuple[Group, Group]], provision: Provision
) -> tuple[list[Interval], Group]:
    group = _with_concert(day, person, company, persons)
    return [group_share(day, group, company, base) for base in provision.bases], group


def _with_concert(day: Day, person: int, company: int, persons: dict[int, tuple[Group, Group]]) -> Group:
    together = [
        persons[each][0] if each in persons else majority_chain(day, each)
        for each in in_concert(day, person, company)
    ]
    return Group(
        frozenset().union(*(group.sure for group in together)),
        frozenset().union(*(group.maybe for group in together)),
    )
