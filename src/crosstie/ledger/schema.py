"""The schema of the text ledger, derived from the records in ``statements``: kinds, fields, their types."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType, NoneType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from crosstie.ledger.statements import Head, Identifier, Part, Source, Statement

RECORDS = (Identifier, Part)  # small records that stand in lists


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, the type of one value, whether it is a list, required, and its default."""

    name: str
    type: Any
    many: bool
    required: bool
    default: object


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of statement (or record): what a text ledger calls it, and its fields without the head."""

    name: str
    record: type
    fields: tuple[Field, ...]
    key: str = ""  # the field whose value stands behind the kind's name; empty: the statement's id does
    names_itself: bool = False  # the key is the statement's id unless another is given

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(field for field in self.fields if field.name == name)


def _snake(name: str) -> str:
    """The name of a kind in a text ledger.

    >>> _snake("HolderBound")
    'holder_bound'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _field(name: str, hint: Any, default: object) -> Field:  # noqa: ANN401 (a type of any form)
    many = get_origin(hint) is tuple
    of = get_args(hint)[0] if many else hint
    if get_origin(of) is not None and NoneType in get_args(of):
        of = Union[tuple(arg for arg in get_args(of) if arg is not NoneType)]  # noqa: UP007 (built at run time)
    return Field(name, of, many, default is MISSING, default)


def fields_of(record: type) -> tuple[Field, ...]:
    """The fields of a record, without its head and place."""
    hints = get_type_hints(record)
    found = []
    for each in fields(record):
        if each.name not in ("head", "where"):
            default = each.default if each.default_factory is MISSING else each.default_factory()
            found.append(_field(each.name, hints[each.name], default))
    return tuple(found)


def _kind(record: type) -> Kind:
    name = _snake(record.__name__)
    marked = [each.name for each in fields(record) if each.metadata.get("key") or each.name == name]
    key = marked[0] if marked else ""
    own = fields_of(record)
    names_itself = bool(key) and isinstance(next(f.type for f in own if f.name == key), NewType)
    return Kind(name, record, own, key, names_itself)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (_kind(record) for record in get_args(Statement))}
)
HEAD: tuple[Field, ...] = fields_of(Head)
SOURCE = Kind("source", Source, fields_of(Source), key="id", names_itself=True)
PARTS: Mapping[type, Kind] = MappingProxyType(
    {record: Kind(_snake(record.__name__), record, fields_of(record)) for record in RECORDS}
)
KIND_OF: Mapping[type, Kind] = MappingProxyType({kind.record: kind for kind in KINDS.values()})
SHORTENED: Mapping[str, str] = MappingProxyType(
    {"sources": "source"}
)  # a head's field -> its name in a text ledger


def is_id(type_: object) -> bool:
    """Whether values of a type are names of something: a party, a source, a statement, ...

    >>> from crosstie.ledger.statements import PartyId
    >>> is_id(PartyId), is_id(str)
    (True, False)
    """
    return isinstance(type_, NewType)


def declared_by(kind: Kind) -> Any:  # noqa: ANN401 (a type)
    """The type of name that statements of a kind declare, or ``None``.

    >>> declared_by(KINDS["entity"]).__name__, declared_by(KINDS["transfer"])
    ('PartyId', None)
    """
    return kind.field(kind.key).type if kind.names_itself else None
