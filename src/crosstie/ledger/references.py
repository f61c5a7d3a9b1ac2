"""Names that statements use: each must be declared; what uses an unknown one is left out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from crosstie.ledger.rules import RULES, RULES_FOR_ALL
from crosstie.ledger.schema import HEAD, KIND_OF, KINDS, Kind, declared_by, is_id
from crosstie.ledger.statements import EventId, Part, PartyId, Source, SourceId, Statement, StatementId
from crosstie.text.nearest import did_you_mean
from crosstie.text.problem import Problem, Severity

Names = Mapping[Any, Counter[str]]  # how many statements declare each name, by its type
Written = frozenset[tuple[str, str]]  # kind and name of every declaration, loaded or not
Elsewhere = Callable[[Any, frozenset[str]], frozenset[str]]
"""Of these names of one type, those that another ledger declares: one that is asked together with this."""


def nowhere_else(type_: object, names: frozenset[str]) -> frozenset[str]:  # noqa: ARG001 (an ``Elsewhere``)
    """No other ledger declares any of the names."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What telling a problem needs: where to, what was written at all, the nearest names found so far."""

    found: list[Problem]
    written: Written
    hints: dict[tuple[Any, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Use:
    """A field in which statements of a kind use names; ``within`` a list of small records or not."""

    name: str
    type: Any
    many: bool
    of_head: bool
    within: bool = False


def _uses(kind: Kind) -> tuple[_Use, ...]:
    own = [_Use(f.name, f.type, f.many, of_head=False) for f in kind.fields if _checked(f.type)]
    own = [use for use in own if not (kind.names_itself and use.name == kind.key)]
    parts = [
        _Use(f.name, PartyId, many=True, of_head=False, within=True) for f in kind.fields if f.type is Part
    ]
    heads = [_Use(f.name, f.type, f.many, of_head=True) for f in HEAD if f.name != "id" and _checked(f.type)]
    return (*own, *parts, *heads)


def _checked(type_: object) -> bool:
    return is_id(type_) and type_ not in (EventId, SourceId)


_USES = MappingProxyType({kind.record: _uses(kind) for kind in KINDS.values()})
_MOST_HINTS = 200
_DECLARING = MappingProxyType({declared_by(kind): kind.name for kind in KINDS.values() if kind.names_itself})


def settle(
    statements: list[Statement],
    sources: Mapping[SourceId, Source],
    written: Written,
    found: list[Problem],
    elsewhere: Elsewhere = nowhere_else,
) -> tuple[Statement, ...]:
    """The statements without those that repeat an id, break a rule or use a name that nobody declares.

    Leaving one out can leave a name undeclared, so it goes on until every name of what is kept is declared.
    """
    asked = _Asked(found, written)
    kept = [_with_known_sources(statement, sources, asked) for statement in _once(statements, found)]
    by_id = {statement.head.id: statement for statement in kept}
    kept = [each for each in kept if not _breaks(each, by_id, found)]
    names = _names(kept)
    if elsewhere is not nowhere_else:
        _add_from_elsewhere(kept, names, elsewhere)
    lacking = [each for each in kept if _lacks(each, names, asked)]
    if not lacking:
        return tuple(kept)
    left_out = _with_all_that_follows(lacking, kept, names, found)
    return tuple([each for each in kept if each.head.id not in left_out])


def _add_from_elsewhere(kept: Iterable[Statement], names: Names, elsewhere: Elsewhere) -> None:
    asked: dict[Any, set[str]] = defaultdict(set)
    for each in kept:
        for type_, name in _used_by(each):
            if name not in names[type_]:
                asked[type_].add(name)
    for type_, wanted in asked.items():
        names[type_].update(elsewhere(type_, frozenset(wanted)))


def _with_all_that_follows(
    lacking: Iterable[Statement], kept: Iterable[Statement], names: Names, found: list[Problem]
) -> set[StatementId]:
    """The ids of statements that are left out, and of those that use a name that only such declare."""
    users: dict[tuple[Any, str], list[Statement]] = defaultdict(list)
    for each in kept:
        for type_, name in _used_by(each):
            users[type_, name].append(each)
    waiting = list(lacking)
    left_out = {each.head.id for each in waiting}
    while waiting:
        for type_, name in _declared_by(waiting.pop()):
            names[type_][name] -= 1
            if names[type_][name]:
                continue
            for user in users[type_, name]:
                if user.head.id not in left_out:
                    left_out.add(user.head.id)
                    waiting.append(user)
                    found.append(_follows(user, type_, name))
    return left_out


def _breaks(statement: Statement, by_id: Mapping[StatementId, Statement], found: list[Problem]) -> bool:
    """Whether the statement breaks a rule for which it must be left out; tells every rule broken."""
    broken = [
        message
        for rule in (*RULES_FOR_ALL, *RULES.get(type(statement), ()))
        if (message := rule(statement, by_id))
    ]
    found += [_problem(statement, message, "bad-value") for message in broken]
    return bool(broken) and not KIND_OF[type(statement)].names_itself


def _once(statements: Iterable[Statement], found: list[Problem]) -> list[Statement]:
    first: dict[str, Statement] = {}
    for statement in statements:
        other = first.setdefault(statement.head.id, statement)
        if other is not statement:
            found.append(_problem(statement, _said_twice(statement, other), "duplicate-id"))
    return list(first.values())


def _said_twice(statement: Statement, other: Statement) -> str:
    first = f"first in {other.head.where}"
    if replace(statement, head=replace(statement.head, where=other.head.where)) == other:
        return f"the same statement twice: {first}; keep one, or give one an id of its own"
    return f"id {statement.head.id!r} twice: {first}; keep one, or give this one an 'id' of its own"


def _names(statements: Iterable[Statement]) -> Names:
    names: dict[Any, Counter[str]] = {type_: Counter() for type_ in (*_DECLARING, StatementId)}
    for statement in statements:
        for type_, name in _declared_by(statement):
            names[type_][name] += 1
    return names


def _declared_by(statement: Statement) -> Iterable[tuple[Any, str]]:
    kind = KIND_OF[type(statement)]
    yield StatementId, statement.head.id
    if kind.names_itself:
        yield declared_by(kind), getattr(statement, kind.key)


def _with_known_sources(statement: Statement, sources: Mapping[SourceId, Source], asked: _Asked) -> Statement:
    """The statement without sources that nobody describes; each is a problem."""
    head = statement.head
    unknown = [source for source in head.sources if source not in sources]
    if not unknown:
        return statement
    for source in unknown:
        hint = _hint(asked, SourceId, source, sources) or "; describe it under sources"
        message = f"no such source: {source!r}{hint}"
        asked.found.append(_problem(statement, message, "unknown-source"))
    known = tuple(source for source in head.sources if source in sources)
    return replace(statement, head=replace(head, sources=known))


def _lacks(statement: Statement, names: Names, asked: _Asked) -> bool:
    """Whether the statement uses a name that nobody declares; tells which."""
    lacking = False
    for use in _USES[type(statement)]:
        value = getattr(statement.head if use.of_head else statement, use.name)
        if not value:
            continue
        declared = names[use.type]
        for name in _used(use, value):
            if name not in declared:
                asked.found.append(_unknown(statement, use.type, name, declared, asked))
                lacking = True
    return lacking


def _used(use: _Use, value: Any) -> Iterable[str]:  # noqa: ANN401 (a name or a tuple of names or of records)
    if use.within:
        return [part.holder for part in value if part.holder]
    return value if use.many else (value,)


def _used_by(statement: Statement) -> Iterable[tuple[Any, str]]:
    for use in _USES[type(statement)]:
        value = getattr(statement.head if use.of_head else statement, use.name)
        if value:
            yield from ((use.type, name) for name in _used(use, value))


def _unknown(
    statement: Statement, type_: object, name: str, declared: Iterable[str], asked: _Asked
) -> Problem:
    kind = _DECLARING.get(type_, "statement")
    if (kind, name) in asked.written:
        return _follows(statement, type_, name)
    advice = f"; declare it with '- {kind}: {name}'" if type_ in _DECLARING else ""
    hint = _hint(asked, type_, name, declared) or advice
    words = _words(type_)
    return _problem(statement, f"no such {words}: {name!r}{hint}", f"unknown-{words.replace(' ', '-')}")


def _follows(statement: Statement, type_: object, name: str) -> Problem:
    words = _words(type_)
    message = f"left out: it uses {words} {name!r}, which does not load"
    return _problem(statement, message, f"unknown-{words.replace(' ', '-')}", "note")


def _words(type_: object) -> str:
    kind = _DECLARING.get(type_, "statement")
    return {"entity": "party"}.get(kind, kind.replace("_", " "))


def _hint(asked: _Asked, type_: object, name: str, declared: Iterable[str]) -> str:
    """The nearest name, looked for once; who has very many unknown names has not mistyped them."""
    key = (type_, name)
    if key not in asked.hints and len(asked.hints) < _MOST_HINTS:
        asked.hints[key] = did_you_mean(name, declared)
    return asked.hints.get(key, "")


def _problem(statement: Statement, message: str, kind: str, severity: Severity = "error") -> Problem:
    head = statement.head
    return Problem(message, head.where, kind=kind, severity=severity, statement=head.id)
