"""Read rules from folders of YAML files: one file per test, its path is its name."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import partial
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import parse_day
from crosstie.ledger.statements import Certainty, PartyType
from crosstie.rulebooks.forms import FORMS
from crosstie.rulebooks.rule import (
    Aggregation,
    Base,
    Comparator,
    Denominator,
    Indirect,
    Numerator,
    Provision,
    Reach,
    Reference,
    Rule,
    Threshold,
    Unit,
)
from crosstie.text.nearest import did_you_mean
from crosstie.text.problem import CrosstieError, Place, Problem, ProblemError
from crosstie.text.strict_yaml import Map, Value, decode, read_tree

_RULE_KEYS = (
    "rule", "test", "title", "law", "jurisdiction", "description", "unit", "consequence", "when_passive",
    "values", "last_checked_on",
)  # fmt: skip
_PROVISION_KEYS = (
    "shape", "value", "comparator", "numerator", "denominator", "bases", "together", "indirect", "trusts",
    "aggregation", "control", "rebutted_by", "subject", "object", "parameters", "reference", "sure", "note",
)  # fmt: skip
_COMPARATORS = get_args(Comparator)


def built_in() -> tuple[Rule, ...]:
    """The rules that come with Crosstie, by id.

    >>> [rule.id for rule in built_in() if rule.rule == "JP-1"]
    ['JP-1']
    """
    return read_rules(Path(str(files("crosstie.rulebooks") / "data")))


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """All rules of a folder and its sub-folders, in the order of their ids.

    Raises
    ------
    ProblemError
        The first malformed rule: file, line, key and what would be right.
    CrosstieError
        No such folder, or no rule in it.
    """
    if not folder.is_dir():
        raise CrosstieError(f"{folder}: no such folder; give a folder of .yaml rules")
    paths = sorted(path for path in folder.rglob("*.yaml") if path.is_file())
    if not paths:
        raise CrosstieError(f"{folder}: no .yaml rule in it")
    rules = [read_rule(path.read_bytes(), str(path), _name(path, folder)) for path in paths]
    _refuse_twins(rules)
    return tuple(sorted(rules, key=_order))


def with_folder(rules: tuple[Rule, ...], folder: str) -> tuple[Rule, ...]:
    """The rules with those of a user's folder, which replace the ones of the same id."""
    own = read_rules(Path(folder))
    replaced = {rule.id for rule in own}
    return tuple(sorted([*own, *(rule for rule in rules if rule.id not in replaced)], key=_order))


def read_rule(content: bytes, file: str, name: str = "") -> Rule:
    """One rule from the bytes of its file.

    Raises
    ------
    ProblemError
        The first thing wrong with it.
    """
    text, problems = decode(content, file)
    tree = read_tree(text, file)
    for problem in (*problems, *tree.problems):
        raise ProblemError(problem)
    if not isinstance(tree.root, Map):
        raise _wrong(file, 1, "a rule is a mapping that begins with 'rule: ID'")
    return _rule(tree.root, file, name)


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def _order(rule: Rule) -> tuple[str, int, str]:
    letters, _, number = rule.rule.partition("-")
    return letters, int(number) if number.isdigit() else 0, rule.id


def _refuse_twins(rules: Iterable[Rule]) -> None:
    seen: dict[str, Rule] = {}
    for rule in rules:
        first = seen.setdefault(rule.id, rule)
        if first is not rule:
            message = f"rule {rule.id!r} twice: also in {first.where.file}; give one of them another 'test'"
            raise ProblemError(Problem(message, rule.where, kind="rule"))


def _wrong(file: str, line: int, message: str) -> ProblemError:
    return ProblemError(Problem(message, Place(file, line), kind="rule"))


def _rule(root: Map, file: str, name: str) -> Rule:
    _refuse_unknown(root, _RULE_KEYS, file)
    text = partial(_text, root, file)
    values = root.entries.get("values")
    if not isinstance(values, Map) or not values.entries:
        raise _wrong(
            file, root.line_of("values"), "'values' must map a day (YYYY-MM-DD) to what is in force from it"
        )
    unit: Unit = _one_of(root, "unit", get_args(Unit), file, "share")
    provisions = [_provision(values, day, file, unit) for day in values.entries]
    return Rule(
        rule=text("rule"),
        test=text("test", ""),
        name=name,
        title=text("title"),
        law=text("law"),
        jurisdiction=text("jurisdiction", ""),
        description=text("description"),
        unit=unit,
        consequence=text("consequence", ""),
        when_passive=text("when_passive", ""),
        provisions=tuple(sorted(provisions, key=lambda each: each.since)),
        last_checked_on=_day(
            text("last_checked_on"), root.line_of("last_checked_on"), file, "last_checked_on"
        ),
        where=Place(file, root.line),
    )


def _refuse_unknown(written: Map, known: Iterable[str], file: str) -> None:
    names = tuple(known)
    for key in written.entries:
        if key not in names:
            message = f"unknown key {key!r}{did_you_mean(key, names)}; the keys are {', '.join(names)}"
            raise _wrong(file, written.line_of(key), message)


def _text(written: Map, file: str, key: str, default: str | None = None) -> str:
    value = written.entries.get(key, default)
    if isinstance(value, str) and (value.strip() or default is not None):
        return " ".join(value.split())
    raise _wrong(
        file,
        written.line_of(key),
        f"{key!r} must be a text" + ("" if key in written.entries else "; it is missing"),
    )


def _one_of(written: Map, key: str, choices: tuple[str, ...], file: str, default: str) -> Any:  # noqa: ANN401 (a Literal of any kind)
    value = _text(written, file, key, default)
    if value not in choices:
        message = f"{key} {value!r}{did_you_mean(value, choices)}; write one of: {', '.join(choices)}"
        raise _wrong(file, written.line_of(key), message)
    return value


def _day(text: str, line: int, file: str, key: str) -> date:
    try:
        return parse_day(text)
    except ValueError as error:
        raise _wrong(file, line, f"{key}: {error}") from error


def _number(text: str, line: int, file: str, key: str, unit: Unit) -> Fraction:
    try:
        value = Interval.parse(text)
    except ValueError as error:
        raise _wrong(file, line, f"{key}: {error}") from error
    if not value.is_exact:
        raise _wrong(file, line, f"{key} {text!r} is a range; write one number, such as 25% or 1/3")
    if unit in {"share", "points"} and value.low > 1:
        raise _wrong(file, line, f"{key} {text!r} is over 100%; write a part, such as 25%, 0.25 or 1/4")
    return value.low


def _list(written: Map, key: str) -> list[Value]:
    value = written.entries.get(key)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _texts(written: Map, key: str, file: str) -> tuple[str, ...]:
    values = _list(written, key)
    if not all(isinstance(value, str) for value in values):
        raise _wrong(file, written.line_of(key), f"{key!r} must be a text or a list of texts")
    return tuple(str(value) for value in values)


def _provision(values: Map, day: str, file: str, unit: Unit) -> Provision:
    since = _day(day, values.line_of(day), file, "values")
    written = values.entries[day]
    if not isinstance(written, Map):
        raise _wrong(
            file, values.line_of(day), f"{day}: must be a mapping with 'shape', 'value', 'reference'"
        )
    _refuse_unknown(written, _PROVISION_KEYS, file)
    shape = _one_of(written, "shape", tuple(FORMS), file, "")
    thresholds = _thresholds(written, file, unit)
    if FORMS[shape].compares and not thresholds:
        raise _wrong(file, written.line_of("value"), f"shape {shape!r} needs 'value', such as 25%")
    chosen: Callable[[str, tuple[str, ...], str], Any] = lambda key, choices, default: _one_of(  # noqa: E731 (a table of fields below)
        written, key, choices, file, default
    )
    return Provision(
        since=since,
        shape=shape,
        thresholds=thresholds,
        bases=_bases(written, file),
        together=chosen("together", ("any", "all", "readings"), "any"),
        indirect=chosen("indirect", get_args(Indirect), "not"),
        trusts=chosen("trusts", ("not", "beneficiary"), "not"),
        aggregation=chosen("aggregation", get_args(Aggregation), "per holder"),
        control=_text(written, file, "control", ""),
        rebutted_by=_texts(written, "rebutted_by", file),
        subject=_reach(written, "subject", file),
        object=_reach(written, "object", file),
        parameters=_parameters(written, shape, file),
        references=_references(written, day, values, file),
        sure=Certainty(chosen("sure", tuple(each.value for each in Certainty), "first_hand")),
        note=_text(written, file, "note", ""),
        where=Place(file, values.line_of(day)),
    )


def _thresholds(written: Map, file: str, unit: Unit) -> tuple[Threshold, ...]:
    numbers = _texts(written, "value", file)
    comparators = _texts(written, "comparator", file)
    line = written.line_of("comparator")
    if not numbers:
        return ()
    for comparator in comparators:
        if comparator not in _COMPARATORS:
            message = f"comparator {comparator!r}{did_you_mean(comparator, _COMPARATORS)}; write 'more than' or 'at least'"
            raise _wrong(file, line, message)
    if len(comparators) == 1:
        comparators = comparators * len(numbers)
    if len(comparators) != len(numbers):
        message = f"{len(numbers)} values but {len(comparators)} comparators; write 'comparator: more than' or 'at least', once or once per value"
        raise _wrong(file, line, message)
    value_line = written.line_of("value")
    parsed = [_number(number, value_line, file, "value", unit) for number in numbers]
    if parsed != sorted(parsed):
        raise _wrong(file, value_line, "values must rise; write the smallest first")
    return tuple(Threshold(value=v, comparator=c) for v, c in zip(parsed, comparators, strict=True))  # type: ignore[arg-type]


def _bases(written: Map, file: str) -> tuple[Base, ...]:
    each: list[Map] = []
    for value in _list(written, "bases"):
        if not isinstance(value, Map):
            raise _wrong(
                file,
                written.line_of("bases"),
                "'bases' must list mappings with 'numerator' and 'denominator'",
            )
        each.append(value)
    if not each and "numerator" in written.entries:
        each.append(
            Map(
                written.line,
                {k: written.entries[k] for k in ("numerator", "denominator") if k in written.entries},
                written.lines,
            )
        )
    found = []
    for value in each:
        line = written.line_of("bases") if "bases" in written.entries else written.line_of("numerator")
        lined = Map(line, value.entries, [line] * len(value.entries))
        found.append(
            Base(
                numerator=_one_of(lined, "numerator", get_args(Numerator), file, ""),
                denominator=_one_of(lined, "denominator", get_args(Denominator), file, ""),
                reading=_text(lined, file, "reading", ""),
            )
        )
    return tuple(found)


def _reach(written: Map, key: str, file: str) -> Reach:
    value = written.entries.get(key)
    if value is None:
        return Reach()
    if not isinstance(value, Map):
        raise _wrong(file, written.line_of(key), f"{key!r} must be a mapping: jurisdiction, type, listed")
    _refuse_unknown(value, ("jurisdiction", "type", "listed"), file)
    listed = _one_of(value, "listed", ("yes", "no", ""), file, "")
    types = _texts(value, "type", file)
    for type_ in types:
        if type_ not in get_args(PartyType):
            message = f"type {type_!r}; write one of: {', '.join(get_args(PartyType))}"
            raise _wrong(file, value.line_of("type"), message)
    return Reach(
        jurisdictions=_texts(value, "jurisdiction", file),
        types=types,
        listed=None if not listed else listed == "yes",
    )


def _parameters(written: Map, shape: str, file: str) -> Mapping[str, Fraction]:
    value = written.entries.get("parameters")
    needed, known = FORMS[shape].needs, (*FORMS[shape].needs, *FORMS[shape].may)
    if value is not None and not isinstance(value, Map):
        raise _wrong(
            file, written.line_of("parameters"), "'parameters' must be a mapping of names to numbers"
        )
    given = value if isinstance(value, Map) else Map(written.line)
    for key in given.entries:
        if key not in known:
            message = f"shape {shape!r} takes no parameter {key!r}; it takes: {', '.join(known) or 'none'}"
            raise _wrong(file, given.line_of(key), message)
    for key in needed:
        if key not in given.entries:
            raise _wrong(file, given.line, f"shape {shape!r} needs the parameter {key!r}")
    return MappingProxyType(
        {
            key: _number(_text(given, file, key), given.line_of(key), file, key, "amount")
            for key in given.entries
        }
    )


def _references(written: Map, day: str, values: Map, file: str) -> tuple[Reference, ...]:
    line = written.line_of("reference") if "reference" in written.entries else values.line_of(day)
    listed = _list(written, "reference")
    if not listed:
        raise _wrong(
            file, line, f"{day}: no 'reference'; write reference: [{{title: ..., href: ..., words: ...}}]"
        )
    found = []
    for value in listed:
        if not isinstance(value, Map):
            raise _wrong(file, line, "'reference' must list mappings with title, href and words")
        _refuse_unknown(value, ("title", "href", "words"), file)
        found.append(
            Reference(
                title=_text(value, file, "title"),
                href=_text(value, file, "href", ""),
                words=_text(value, file, "words", ""),
            )
        )
    return tuple(found)
