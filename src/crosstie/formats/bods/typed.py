"""What of a BODS statement bears on a ledger, with the types that the standard gives it (0.2 to 0.4)."""

import msgspec


class Kind(msgspec.Struct, gc=False):
    """An entity's type in 0.4; before, it is a text."""

    type: str | None = None


class Jurisdiction(msgspec.Struct, gc=False):
    """Where an entity is incorporated."""

    code: str | None = None


class IdentifierSaid(msgspec.Struct, gc=False, rename="camel"):
    """An identifier in a scheme."""

    id: str | None = None
    scheme: str | None = None
    scheme_name: str | None = None


class Name(msgspec.Struct, gc=False, rename="camel"):
    """A person's name."""

    full_name: str | None = None


class Reason(msgspec.Struct, gc=False):
    """Why a party is not specified."""

    reason: str | None = None
    description: str | None = None


class End(msgspec.Struct, gc=False, rename="camel"):
    """One end of a relationship that is no record's id: a reference as up to 0.3, or why there is none."""

    described_by_entity_statement: str | None = None
    described_by_person_statement: str | None = None
    unspecified: Reason | None = None
    reason: str | None = None
    description: str | None = None


class Interest(msgspec.Struct, gc=False, rename="camel"):
    """One interest; its share stays as written."""

    type: str | None = None
    direct_or_indirect: str | None = None
    interest_level: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    share: msgspec.Raw = msgspec.Raw()


class SourceSaid(msgspec.Struct, gc=False):
    """Where a statement came from."""

    type: list[str] | str | None = None
    description: str | None = None
    url: str | None = None


class Publisher(msgspec.Struct, gc=False):
    """Who published a statement."""

    name: str | None = None


class Publication(msgspec.Struct, gc=False):
    """How a statement was published."""

    publisher: Publisher | None = None


class Details(msgspec.Struct, gc=False, rename="camel"):
    """What an entity, person or relationship is."""

    entity_type: Kind | str | None = None
    name: str | None = None
    alternate_names: list[str] | None = None
    incorporated_in_jurisdiction: Jurisdiction | None = None
    jurisdiction: Jurisdiction | None = None
    founding_date: str | None = None
    identifiers: list[IdentifierSaid] | None = None
    person_type: str | None = None
    names: list[Name] | None = None
    subject: str | End | None = None
    interested_party: str | End | None = None
    interests: list[Interest] | None = None
    component_record_ids: msgspec.Raw = msgspec.field(name="componentRecordIDs", default=msgspec.Raw())


class Typed(Details, gc=False, rename="camel"):
    """A statement: in 0.4 its details stand in an object of their own, before beside the rest."""

    statement_id: str | None = None
    old_id: str | None = msgspec.field(name="statementID", default=None)
    record_type: str | None = None
    statement_type: str | None = None
    record_id: str | None = None
    record_status: str | None = None
    statement_date: str | None = None
    replaces_statements: list[str] | None = None
    record_details: Details | msgspec.UnsetType = msgspec.UNSET
    source: SourceSaid | None = None
    publication_details: Publication | None = None
    annotations: msgspec.Raw = msgspec.Raw()
