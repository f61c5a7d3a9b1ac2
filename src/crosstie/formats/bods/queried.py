"""Statements of version 0.4 in the words of DuckDB, which parses a file and lays its statements flat, many at once.

Every field is read and told as the JSON that stands there, so that nothing is taken for what it is not: a number is no
text. A row that is out of the ordinary is ``odd``, and then read as a line by itself.
"""

from crosstie.formats.bods.plain import BETWEEN, NEXT

_TEXTS = ("statementId", "recordId", "recordType", "recordStatus", "statementDate")
_DETAILS = (
    "name JSON, foundingDate JSON, personType JSON, subject JSON, interestedParty JSON, "
    "entityType STRUCT(type JSON), alternateNames JSON[], "
    "incorporatedInJurisdiction STRUCT(code JSON), jurisdiction STRUCT(code JSON), "
    "identifiers STRUCT(id JSON, scheme JSON, schemeName JSON)[], names STRUCT(fullName JSON)[], "
    "interests STRUCT(type JSON, directOrIndirect JSON, interestLevel JSON, startDate JSON, endDate JSON, "
    "share JSON)[], componentRecordIDs JSON[]"
)
_COLUMNS = {
    **dict.fromkeys(_TEXTS, "JSON"),
    "recordDetails": f"STRUCT({_DETAILS})",
    "source": "JSON",
    "publicationDetails": "STRUCT(publisher STRUCT(name JSON))",
    "annotations": "JSON[]",
}
_MOST_INTERESTS = 4
SETTINGS = (
    "SET enable_progress_bar = false",
    "SET streaming_buffer_size = '16MB'",  # parsed while those before are being taken
)
MACROS = (
    "CREATE TEMP MACRO is_text(x) AS x IS NULL OR starts_with(x, '\"')",
    # the same for the same text, however it is written
    r"""CREATE TEMP MACRO hash_of(x) AS hash(CASE WHEN contains(x, '\') THEN concat('"', x->>'$', '"') ELSE x::VARCHAR END)""",
    """CREATE TEMP MACRO scheme_of(x) AS coalesce(nullif(x.scheme, '""'), nullif(x.schemeName, '""'), '"unknown"')""",
    # texts in a list are kept as they are: nothing escaped, no control character, no space around
    r"""CREATE TEMP MACRO are_kept(x) AS x IS NULL OR NOT (
        contains(x, '\') OR contains(x, '": " ') OR contains(x, ' ",') OR contains(x, ' "}') OR contains(x, chr(127))
        OR CASE WHEN strlen(x) <> length(x) THEN regexp_matches(x,
            '[\x{7f}-\x{9f}\x{2028}\x{2029}\x{fffe}\x{ffff}]|": "[\s\pZ]|[\s\pZ]"[,}]') ELSE false END)""",
    "CREATE TEMP MACRO level_of(x) AS coalesce(nullif(x.directOrIndirect, '\"\"'), x.interestLevel)",
)

_PARTY_IS_ODD = """
    NOT (is_text(d.name) AND is_text(d.personType) AND is_text(d.entityType.type))
    OR (d.incorporatedInJurisdiction IS NOT NULL AND d.jurisdiction IS NOT NULL)
    OR (person AND coalesce(len(d.names), 0) > 1) OR (NOT person AND coalesce(len(d.alternateNames), 0) > 0)
    OR NOT are_kept(identified) OR coalesce(list_bool_or(list_transform(d.identifiers, lambda x: x.id IS NULL
        OR x.id = '""' OR NOT starts_with(x.id, '"') OR NOT starts_with(scheme_of(x), '"'))), false)
"""
_RELATIONSHIP_IS_ODD = f"""
    coalesce(len(d.componentRecordIDs), 0) > 0 OR size > {_MOST_INTERESTS} OR (closed AND size = 0)
    OR NOT (is_text(f.directOrIndirect) AND is_text(f.interestLevel))
    OR CASE WHEN size > 1 THEN list_bool_or(list_transform(d.interests, lambda x: x IS NULL
        OR x.directOrIndirect IS DISTINCT FROM f.directOrIndirect OR x.interestLevel IS DISTINCT FROM f.interestLevel
        OR x.startDate IS DISTINCT FROM f.startDate OR x.endDate IS DISTINCT FROM f.endDate))
        ELSE size = 1 AND f IS NULL END
"""

STATEMENTS = f"""
SELECT relates, closed, statementId AS id, recordId AS record, statementDate AS known_on,
    hash_of(statementId) AS id_hash, hash_of(recordId) AS record_hash, source, publicationDetails.publisher.name AS publisher,
    CASE WHEN relates THEN f.startDate ELSE d.foundingDate END AS true_on, f.endDate AS ends,
    CASE WHEN relates THEN d.interestedParty ELSE called END AS called,
    CASE WHEN relates AND starts_with(d.interestedParty, '{{') THEN d.interestedParty END AS unspecified,
    CASE WHEN relates THEN d.subject ELSE code END AS belongs,
    CASE WHEN relates THEN level_of(f) WHEN person THEN d.personType ELSE d.entityType.type END AS kind,
    CASE WHEN relates THEN array_to_string(list_transform(d.interests,
            lambda x: concat(x.type, '{BETWEEN}', x.share)), '{NEXT}')
        ELSE '[' || identified || ']' END AS listed,
    statementId IS NULL OR recordId IS NULL OR recordType IS NULL OR d IS NULL OR len(annotations) > 0
    OR NOT (is_text(recordStatus) AND recordType IN ('"entity"', '"person"', '"relationship"'))
    OR CASE WHEN relates THEN {_RELATIONSHIP_IS_ODD} ELSE {_PARTY_IS_ODD} END AS odd
FROM (SELECT *,
        CASE WHEN person THEN d.names[1].fullName ELSE d.name END AS called,
        coalesce(d.incorporatedInJurisdiction.code, d.jurisdiction.code) AS code,
        nullif(array_to_string(list_transform(d.identifiers, lambda x: concat(
            '{{"scheme": ', scheme_of(x), ', "value": ', x.id, '}}')), ', '), '') AS identified,
        coalesce(len(d.interests), 0) AS size, d.interests[1] AS f
    FROM (SELECT *, recordDetails AS d, coalesce(recordType = '"relationship"', false) AS relates,
            coalesce(recordType = '"person"', false) AS person, coalesce(recordStatus = '"closed"', false) AS closed
        FROM read_json(?, columns = {_COLUMNS}, format = 'newline_delimited', compression = 'uncompressed')))
"""  # noqa: S608 (our own words)
"""The statements in the order of the file; an error where one line is not what the standard says."""
