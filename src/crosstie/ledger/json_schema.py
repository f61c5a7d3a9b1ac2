"""The JSON Schema of a ledger file, for completion and checking in editors."""

from collections.abc import Mapping
from enum import EnumType
from fractions import Fraction
from typing import Any, Literal, TypeAlias, get_args, get_origin

from crosstie.ledger.amounts import Interval, Money, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.schema import HEAD, KINDS, PARTS, SHORTENED, SOURCE, Field, Kind, is_id

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool"

_SCALAR: list[Json] = [
    "string",
    "number",
    "boolean",
]  # editors read 15 as a number; Crosstie reads texts only
_ADDRESS = "https://crosstie.readthedocs.io/ledger.schema.json"


def ledger_schema() -> dict[str, Json]:
    """The schema of one file: what it may include, its sources and its statements.

    >>> sorted(ledger_schema()["properties"])
    ['include', 'sources', 'statements']
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ADDRESS,
        "title": "A Crosstie ledger",
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            "include": {"type": ["array", "null"], "items": {"type": "string"}},
            "sources": {"type": ["object", "null"], "additionalProperties": _reference("source")},
            "statements": {"type": ["array", "null"], "items": _any_kind()},
        },
        "$defs": {
            "text": {"type": _SCALAR},
            "source": _mapping(SOURCE),
            **{kind.name: _mapping(kind) for kind in PARTS.values()},
            **{f"statement_{kind.name}": _statement(kind) for kind in KINDS.values()},
        },
    }


def _reference(name: str) -> dict[str, Json]:
    return {"$ref": f"#/$defs/{name}"}


def _any_kind() -> dict[str, Json]:
    """By its kind, which is a key that only statements of that kind must have."""
    return {
        "type": "object",
        "minProperties": 1,
        "anyOf": [_reference(f"statement_{name}") for name in KINDS],
    }


def _statement(kind: Kind) -> dict[str, Json]:
    own = {kind.name if field.name == kind.key else field.name: _field(field) for field in kind.fields}
    head = {SHORTENED.get(field.name, field.name): _field(field) for field in HEAD}
    head["source"] = _source()
    identified: dict[str, Json] = {kind.name: {"type": [*_SCALAR, "null"]}}
    required = [kind.name, *(f.name for f in kind.fields if f.required and f.name != kind.key)]
    return _object(kind, identified | head | own, required)


def _mapping(kind: Kind) -> dict[str, Json]:
    properties = {field.name: _field(field) for field in kind.fields}
    return _object(kind, properties, [f.name for f in kind.fields if f.required and f.name != kind.key])


def _object(kind: Kind, properties: Mapping[str, Json], required: list[str]) -> dict[str, Json]:
    return {
        "type": "object",
        "description": (kind.record.__doc__ or "").split("\n", 1)[0],
        "additionalProperties": False,
        "properties": dict(properties),
        "required": list(required),
    }


def _source() -> Json:
    one: list[Json] = [_reference("text"), _reference("source")]
    return {"anyOf": [*one, {"type": "array", "items": {"anyOf": one}}]}


def _field(field: Field) -> Json:
    if field.type in PARTS:
        record = PARTS[field.type]
        short: Json = {"type": "object", "additionalProperties": _reference("text")}
        return {
            "anyOf": [{"type": "array", "items": _reference(record.name)}, _reference(record.name), short]
        }
    one = _value(field.type)
    return {"anyOf": [one, {"type": "array", "items": one}]} if field.many else one


def _value(type_: Any) -> Json:  # noqa: ANN401 (a type of any form)
    if get_origin(type_) is Literal:
        return {"enum": list(get_args(type_))}
    if isinstance(type_, EnumType):
        return {"enum": [str(type_.__members__[name].value) for name in type_.__members__]}
    if type_ is bool:
        return {"enum": [True, False, "true", "false"]}
    meaning = _MEANING.get(type_, "")
    if is_id(type_):
        meaning = {"PartyId": "id of a party"}.get(type_.__name__, f"id: {type_.__name__.removesuffix('Id')}")
    return {"type": _SCALAR, "description": meaning} if meaning else _reference("text")


_MEANING: Mapping[Any, str] = {
    int: "a whole number",
    Fraction: "a number or a part: 2, 0.5, 1/3, 15%",
    Interval: "a part or number, exact or a range: 15%, <=15%, 25-50%, (25%, 50%]",
    Quantity: "shares, or a part of them: 211000000, 15%, <=15%",
    Money: "an amount and an ISO 4217 code: 568.5 JPY",
    When: "2023-12-13, 2023-12, 2023-Q4, 2023, FY2023-Q4, not before DAY, by DAY, DAY..DAY or unknown",
}
