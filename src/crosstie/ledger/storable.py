"""What other people's files say, as a ledger can keep it: ids of one line, texts that can be seen, numbers that can be read.

Whatever passes here can be stored, read back and written as text, and is then still the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from crosstie.ledger.amounts import Interval, Money, Quantity
from crosstie.ledger.schema import HEAD, KIND_OF, PARTS, SOURCE, Field, is_id
from crosstie.ledger.statements import Head, Identifier, Part, Source, Statement
from crosstie.ledger.values import LONGEST_ID, clean_text, read_id, reader_of, show
from crosstie.text.problem import Place, Problem, Severity, cited

Clean = Callable[[Any], Any]
_MANY_DIGITS = 10**30  # a number below has no need of a second look


def storable(item: Statement | Source | Problem, file: str = "") -> Iterator[Statement | Source | Problem]:
    r"""The item as it can be kept, and what had to be changed; or why it cannot be kept.

    Space around a text goes. A control character in a text becomes U+FFFD, with a warning; in an id, where it could
    make two parties one, the statement is left out.

    >>> from crosstie.ledger.statements import Entity, Head
    >>> for each in storable(Entity(head=Head(id="e"), party="a\x00b", name="A")): print(each.message)
    entity 'e': party: not an id: 'a\x00b'; write one line of 1 to 200 characters: skipped
    >>> said = storable(Entity(head=Head(id="e"), party="a", name="A\x00 "))
    >>> next(said).name, next(said).message
    ('A�', "entity 'e': name: a control character in 'A\\x00 ' is stored as '�'")
    """
    if isinstance(item, Problem):
        yield item
        return
    told: list[str] = []
    try:
        kept = _kept(item, told)
    except ValueError as error:
        yield _problem(item, file, f"{error}: skipped", ("unreadable", "error"))
        return
    yield kept
    for message in told:
        yield _problem(item, file, message, ("control-character", "warning"))


def _problem(item: Statement | Source, file: str, message: str, kind: tuple[str, Severity]) -> Problem:
    """A problem of an item, where it was said or, where it does not say where, in the file being read."""
    if isinstance(item, Source):
        name, where = f"source {cited(item.id, 80)}", item.where
    else:
        name, where = f"{KIND_OF[type(item)].name} {cited(item.head.id, 80)}", item.head.where
    return Problem(f"{name}: {message}", where if where.file else Place(file), *kind)


def _kept(record: Any, told: list[str]) -> Any:  # noqa: ANN401 (any record of the schema)
    """The record, itself where nothing in it has to change; which control characters went."""
    changed: dict[str, Any] = {}
    head = getattr(record, "head", None)
    if head is not None and (kept := _kept(head, told)) is not head:
        changed["head"] = kept
    for name, many, clean in _CLEANERS[type(record)]:
        value = getattr(record, name)
        if value is None or value == ():
            continue
        try:
            new = tuple(clean(each) for each in value) if many else clean(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        if new != value:
            changed[name] = new
            if not many and isinstance(new, str) and "\ufffd" in new and "\ufffd" not in value:
                told.append(f"{name}: a control character in {cited(value)} is stored as '\ufffd'")
    return replace(record, **changed) if changed else record


def _identifier(part: Identifier | Part) -> Identifier | Part:
    kept: Identifier | Part = _kept(part, [])
    return kept


def _id(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"not a text: {cited(str(name))}")  # noqa: TRY004 (of a file, not of a call)
    return name if name.isalnum() and len(name) <= LONGEST_ID else read_id(name)


def _id_or_none(name: object) -> str:
    return "" if name == "" else _id(name)


def _text(text: object) -> str:
    if not isinstance(text, str):
        raise ValueError(f"not a text: {cited(str(text))}")  # noqa: TRY004 (as above)
    return clean_text(text)


def _number(read: Callable[[str], Any]) -> Clean:
    def clean(value: Any) -> Any:  # noqa: ANN401 (any of the amounts)
        if not _is_short(value):
            read(str(show(value)))
        return value

    return clean


def _is_short(value: Fraction | Interval | Quantity | Money) -> bool:
    """Whether a number has so few digits that it can surely be written and read again."""
    if isinstance(value, Quantity):
        return len(value.text) < 40 and _is_short(value.interval)
    if isinstance(value, Interval):
        return _is_short(value.low) and (value.high is None or _is_short(value.high))
    if isinstance(value, Fraction):
        return value.denominator < _MANY_DIGITS and 0 <= value.numerator < _MANY_DIGITS
    return False


def _cleaner(field: Field) -> Clean | None:
    if is_id(field.type):
        return _id if field.required else _id_or_none
    if field.type in PARTS:
        return _identifier
    if field.type is str:
        return _text
    if field.type in (Interval, Quantity, Money, Fraction, int):
        return _number(reader_of(field.type))
    return None


def _cleaners(fields: tuple[Field, ...]) -> tuple[tuple[str, bool, Clean], ...]:
    return tuple((field.name, field.many, clean) for field in fields if (clean := _cleaner(field)))


_CLEANERS: Mapping[type, tuple[tuple[str, bool, Clean], ...]] = MappingProxyType(
    {
        **{record: _cleaners(kind.fields) for record, kind in KIND_OF.items()},
        **{record: _cleaners(kind.fields) for record, kind in PARTS.items()},
        Source: _cleaners(SOURCE.fields),
        Head: _cleaners(HEAD),
    }
)
