"""Rules that one statement keeps by itself, each a small function; the names it uses are checked elsewhere."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from crosstie.ledger.fiscal import month_day
from crosstie.ledger.schema import HEAD, KIND_OF
from crosstie.ledger.statements import Correction, Entity, Statement, StatementId
from crosstie.ledger.values import reader_of
from crosstie.text.nearest import did_you_mean
from crosstie.text.problem import cited

ById = Mapping[StatementId, Statement]

_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)


def year_end_is_a_day(entity: Entity, _: ById) -> str:
    """A fiscal year ends on a day written MM-DD."""
    if not entity.year_end or month_day(entity.year_end):
        return ""
    return f"year_end: no such day: {cited(entity.year_end)}; write MM-DD, such as 03-31"


def jurisdiction_is_a_code(entity: Entity, _: ById) -> str:
    """A jurisdiction is written as ISO 3166 does: DE is Germany, US-DE Delaware."""
    if not entity.jurisdiction or _COUNTRY.fullmatch(entity.jurisdiction):
        return ""
    return f"jurisdiction: not an ISO 3166 code: {cited(entity.jurisdiction)}; write FR, JP or US-DE"


def correction_fits(correction: Correction, by_id: ById) -> str:
    """What a correction says can stand in the field that it corrects."""
    corrected = by_id.get(correction.corrects)
    if corrected is None:
        return ""
    kind = KIND_OF[type(corrected)]
    fields = {field.name: field for field in (*HEAD, *kind.fields)}
    field = fields.get({"source": "sources"}.get(correction.field, correction.field))
    if field is None or field.name == "id":
        near = did_you_mean(correction.field[:100], fields)
        return f"field: {kind.name} {corrected.head.id!r} has no field {cited(correction.field)} to correct{near}"
    try:
        reader_of(field.type)(correction.value)
    except (TypeError, ValueError) as error:
        return f"value: {error}"
    return ""


def ends_after_it_begins(statement: Statement, _: ById) -> str:
    """The first day on which something is no longer so is not before the day on which it became so."""
    begin, end = statement.head.true_on, statement.head.until
    if begin is None or end is None or begin.earliest is None or end.latest is None:
        return ""
    if begin.earliest <= end.latest:
        return ""
    return f"until: {end.text!r} is before true_on {begin.text!r}; write the first day on which it is no longer so"


RULES_FOR_ALL: tuple[Callable[..., str], ...] = (ends_after_it_begins,)
RULES: Mapping[type, tuple[Callable[..., str], ...]] = MappingProxyType(
    {Entity: (year_end_is_a_day, jurisdiction_is_a_code), Correction: (correction_fits,)}
)
