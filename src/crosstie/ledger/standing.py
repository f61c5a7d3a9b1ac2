"""Which statements stand: known by a day, corrected, not retracted, firm enough, one for each event."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from crosstie.ledger.schema import HEAD, KIND_OF
from crosstie.ledger.statements import (
    Check,
    Correction,
    Deal,
    Entity,
    EventId,
    Head,
    Part,
    PartyId,
    Remark,
    Retraction,
    SameAs,
    ShareClass,
    Statement,
    StatementId,
    Status,
    Step,
    StepId,
)
from crosstie.ledger.values import reader_of
from crosstie.text.problem import Problem

STOPS = frozenset({Status.DENIED, Status.WITHDRAWN, Status.POSTPONED})
ALWAYS = (Entity, ShareClass, Step, Deal, Check, SameAs)  # describe, whatever their status


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands as known on a day: corrected statements in order, names that are one party, problems.

    ``firm`` are those that count under the status assumed; ``steps`` the latest word on each step.
    """

    firm: tuple[Statement, ...]
    steps: MappingProxyType[StepId, Step]
    same: MappingProxyType[PartyId, PartyId]
    problems: tuple[Problem, ...]


def standing(statements: Sequence[Statement], known_on: date, assume: Status = Status.COMPLETED) -> Standing:
    """Select what stands on ``known_on``, counting statements of status ``assume`` or firmer."""
    problems: list[Problem] = []
    known = _known(statements, known_on)
    kept = _unretracted(known, assume)
    corrections = [each for each in kept if isinstance(each, Correction)]
    if corrections:
        steps = _latest_steps(kept)
        counted = _firm(corrections, _ruled_out(kept, steps), assume)
        kept = _corrected(kept, counted, problems)
    same = _same(kept, problems)
    if same:
        kept = [_renamed(each, same) for each in kept]
    steps = _latest_steps(kept)
    firm = _firm(kept, _ruled_out(kept, steps), assume)
    return Standing(tuple(firm), MappingProxyType(steps), MappingProxyType(same), tuple(problems))


def _firm(kept: Sequence[Statement], ruled_out: set[StatementId], assume: Status) -> list[Statement]:
    told = _one_per_event([each for each in kept if each.head.id not in ruled_out])
    return [each for each in told if isinstance(each, ALWAYS) or each.head.status.firmness >= assume.firmness]


def _known(statements: Sequence[Statement], known_on: date) -> list[Statement]:
    """What is known; parties and classes that only later statements describe, as first described.

    A party can be named by a statement of its day although the ledger's words on what it is are younger.
    """
    known = [each for each in statements if known_day(each.head) <= known_on]
    if len(known) == len(statements):
        return known
    described = {_describes(each) for each in known}
    late: dict[str, Statement] = {}
    for each in sorted((s for s in statements if _describes(s) and known_day(s.head) > known_on), key=_order):
        if _describes(each) not in described:
            late.setdefault(_describes(each), each)
    return [*known, *late.values()]


def _describes(statement: Statement) -> str:
    if isinstance(statement, Entity):
        return f"party {statement.party}"
    return f"class {statement.share_class}" if isinstance(statement, ShareClass) else ""


def known_day(head: Head) -> date:
    """The first day on which it is surely known; one that does not say is known when true, or always.

    >>> known_day(Head(id=StatementId("s")))
    datetime.date(1, 1, 1)
    """
    if head.known_on is not None:
        return head.known_on.latest or date.max
    return (head.true_on and head.true_on.latest) or date.min


def _order(statement: Statement) -> tuple[date, str, int]:
    head = statement.head
    return known_day(head), head.where.file, head.where.line


def _unretracted(known: Sequence[Statement], assume: Status) -> list[Statement]:
    """Leave out what is retracted; the latest retraction is judged first, for it may retract another."""
    gone: set[StatementId] = set()
    retractions = [each for each in known if isinstance(each, Retraction)]
    for each in sorted(retractions, key=_order, reverse=True):
        if each.head.id not in gone and each.head.status.firmness >= assume.firmness:
            gone.add(each.retracts)
    return [each for each in known if each.head.id not in gone] if gone else list(known)


def _corrected(
    known: list[Statement], corrections: Iterable[Statement], problems: list[Problem]
) -> list[Statement]:
    said: dict[StatementId, list[Correction]] = defaultdict(list)
    for each in corrections:
        assert isinstance(each, Correction)  # noqa: S101 (the caller's selection)
        said[each.corrects].append(each)
    corrected = []
    for each in known:
        now = each
        for correction in sorted(said.get(each.head.id, ()), key=_order):
            now = _apply(correction, now, problems)
        corrected.append(now)
    return corrected


def _apply(correction: Correction, statement: Statement, problems: list[Problem]) -> Statement:
    try:
        return with_field(statement, correction.field, correction.value)
    except ValueError as error:
        message = f"{correction.head.id} corrects {statement.head.id}: {error}"
        problems.append(Problem(message, correction.head.where, "correction", statement=correction.head.id))
        return statement


def with_field(statement: Statement, name: str, text: str) -> Statement:
    """The statement with one field, of its own or of its head, read anew from a text.

    Raises
    ------
    ValueError
        No such field, or the text is not a value of its type.
    """
    kind = KIND_OF[type(statement)]
    own = {field.name: field for field in kind.fields}
    head = {field.name: field for field in HEAD}
    field = own.get(name) or head.get(name)
    if field is None or name == "id":
        raise ValueError(f"{kind.name} has no field {name!r}; it has {', '.join([*own, *head])}")
    try:
        read = reader_of(field.type)
    except TypeError as error:
        raise ValueError(f"{name} cannot be corrected in one text; retract the statement instead") from error
    value: Any = tuple(read(part) for part in text.split(",")) if field.many else read(text)
    if name in own:
        return replace(statement, **{name: value})
    return replace(statement, head=replace(statement.head, **{name: value}))


def judgements(known: Iterable[Statement]) -> tuple[SameAs, ...]:
    """The latest judgement of each pair of parties, in the order in which they were made."""
    judged: dict[frozenset[PartyId], SameAs] = {}
    for each in sorted((s for s in known if isinstance(s, SameAs) and s.head.status.firmness), key=_order):
        judged[frozenset((each.party, each.other))] = each
    return tuple(judged.values())


def _same(known: Iterable[Statement], problems: list[Problem]) -> dict[PartyId, PartyId]:
    """Each name that is another party's, with the name to use; the latest judgement of a pair stands."""
    judged = judgements(known)
    groups: dict[PartyId, set[PartyId]] = {}
    for each in judged:
        if each.same:
            group = groups.get(each.party, {each.party}) | groups.get(each.other, {each.other})
            groups.update(dict.fromkeys(group, group))
    apart = [each for each in judged if not each.same and each.other in groups.get(each.party, ())]
    problems += _contradictions(apart, judged)
    seconds = {each.other for each in judged if each.same}
    found = {}
    for name, group in groups.items():
        first = min(group, key=lambda party: (party in seconds, party))
        if name != first:
            found[name] = first
    return found


def _contradictions(apart: Sequence[SameAs], judged: Sequence[SameAs]) -> Iterator[Problem]:
    """Two parties are judged apart, and one: the message names the fewest judgements that make them one."""
    links: dict[PartyId, list[SameAs]] = defaultdict(list)
    for each in judged if apart else ():
        if each.same:
            links[each.party].append(each)
            links[each.other].append(each)
    for each in apart:
        places = ", ".join(str(link.head.where) for link in _between(each.party, each.other, links))
        message = (
            f"{each.party} and {each.other} are judged apart, yet other judgements make them one: {places}"
        )
        yield Problem(message, each.head.where, "same-as", "warning", each.head.id)


def _between(one: PartyId, other: PartyId, links: Mapping[PartyId, Sequence[SameAs]]) -> tuple[SameAs, ...]:
    """The fewest links from one party to another, which some links join."""
    by: dict[PartyId, tuple[SameAs, ...]] = {one: ()}
    waiting = deque([one])
    while other not in by:
        party = waiting.popleft()
        for link in links[party]:
            end = link.other if link.party == party else link.party
            if end not in by:
                by[end] = (*by[party], link)
                waiting.append(end)
    return by[other]


def _renamed(statement: Statement, same: dict[PartyId, PartyId]) -> Statement:
    if isinstance(statement, (SameAs, Entity)):
        return statement
    changed: dict[str, Any] = {}
    for field in KIND_OF[type(statement)].fields:
        value = getattr(statement, field.name)
        if field.type is PartyId:
            new = tuple(same.get(v, v) for v in value) if field.many else same.get(value, value)
        elif field.type is Part:
            new = tuple(replace(v, holder=same.get(v.holder, v.holder)) for v in value)
        else:
            continue
        if new != value:
            changed[field.name] = new
    return replace(statement, **changed) if changed else statement


def _latest_steps(known: Iterable[Statement]) -> dict[StepId, Step]:
    steps = sorted((each for each in known if isinstance(each, Step)), key=_order)
    return {each.step: each for each in steps}


def _ruled_out(known: Iterable[Statement], steps: dict[StepId, Step]) -> set[StatementId]:
    """Statements of a stopped step, and of an event that was stopped after they were made."""
    stopped: dict[EventId, date] = {}
    for each in known:
        if each.head.event and each.head.status in STOPS:
            stopped[each.head.event] = max(known_day(each.head), stopped.get(each.head.event, date.min))
    out = set()
    for each in known:
        head = each.head
        step = steps.get(head.step)
        stopped_step = step is not None and step.head.status in STOPS and _order(each) <= _order(step)
        stopped_event = head.event in stopped and known_day(head) <= stopped[head.event]
        if head.status is not Status.COMPLETED and (stopped_step or stopped_event):
            out.add(head.id)
    return out


def _one_per_event(known: Sequence[Statement]) -> list[Statement]:
    """Of statements that tell of one event: the firmest, then the latest known; remarks and checks stay apart."""
    best: dict[EventId, Statement] = {}
    for each in known:
        if each.head.event and _tells(each):
            rival = best.get(each.head.event)
            if rival is None or _rank(each) > _rank(rival):
                best[each.head.event] = each
    if not best:
        return list(known)
    return [each for each in known if not (each.head.event and _tells(each)) or best[each.head.event] is each]


def _tells(statement: Statement) -> bool:
    return not isinstance(statement, (*ALWAYS, Remark)) and statement.head.status.firmness > 0


def _rank(statement: Statement) -> tuple[int, date, str, int]:
    return statement.head.status.firmness, *_order(statement)
