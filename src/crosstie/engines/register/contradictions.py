"""What statements of a register say against each other, told when they are added, with both places."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from crosstie.engines.register.columns import TABLES, Table
from crosstie.text.problem import Place, Problem, cited

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FETCHED = 1_000
_PLACE = ("file", "line")


def same_id_other_words(connection: "DuckDBPyConnection", table: Table, again: str) -> Iterator[Problem]:
    """Rows whose id an earlier row has with other content: which column differs, and both places.

    The table ``again`` says which: the numbers of the later row (``place``) and of the first one (``first``).
    """
    names = [column.name for column in table.columns]
    said = [name for name in names if name not in _PLACE]
    new, old = (", ".join(f'{side}."{name}"' for name in said) for side in ("new", "old"))
    found = connection.execute(
        f'SELECT {new}, new.file, new.line, {old}, old.file, old.line FROM "{again}" '  # noqa: S608 (our own names)
        f'JOIN "{table.name}" AS new ON new.rowid = place JOIN "{table.name}" AS old ON old.rowid = first '
        f"WHERE row({new}) IS DISTINCT FROM row({old}) ORDER BY place"
    )
    while rows := found.fetchmany(_FETCHED):
        for row in rows:
            yield _other_words(table, said, row[: len(names)], row[len(names) :])


def _other_words(table: Table, said: list[str], new: tuple[Any, ...], old: tuple[Any, ...]) -> Problem:
    differing = next(i for i, (a, b) in enumerate(zip(new, old, strict=True)) if a != b)
    here, there = (_shown(row[differing]) for row in (new, old))
    return Problem(
        f"{table.name} {cited(str(new[said.index('id')]), 80)} is stored already, from {_place(*old[-2:])}, with "
        f"{said[differing]} {there}, here {here}: the stored one is kept",
        _place(*new[-2:]),
        "duplicate-id",
    )


def _shown(value: object) -> str:
    return "unstated" if value is None else cited(str(value))


def _place(file: str | None, line: int | None) -> Place:
    return Place(file or "an earlier import", line or 0)


def among_added(connection: "DuckDBPyConnection", before: Mapping[str, int]) -> Iterator[Problem]:
    """What the rows added after these (the last row number of each table) say against themselves or others."""
    for table in TABLES.values():
        names = {column.name for column in table.columns}
        if {"true_on_earliest", "until_latest"} <= names:
            yield from _ends_before_it_begins(connection, table, before[table.name])
    yield from _person_and_not(connection, before["entity"])


def _ends_before_it_begins(connection: "DuckDBPyConnection", table: Table, last: int) -> Iterator[Problem]:
    found = connection.execute(
        f'SELECT id, true_on, until, file, line FROM "{table.name}" '  # noqa: S608 (our own names)
        "WHERE rowid > ? AND until_latest < true_on_earliest",
        [last],
    )
    while rows := found.fetchmany(_FETCHED):
        for identity, begins, ends, file, line in rows:
            yield Problem(
                f"{table.name} {cited(identity, 80)} ends on {ends!r}, before it begins on {begins!r}: it never counts",
                _place(file, line), "contradiction", "warning", identity,
            )  # fmt: skip


_BOTH = """
SELECT 1 FROM entity WHERE type IS DISTINCT FROM 'unknown'
GROUP BY party HAVING bool_or(type IS NOT DISTINCT FROM 'person') AND bool_or(type IS DISTINCT FROM 'person') LIMIT 1
"""
_PERSONS = """
WITH kinds AS (
    SELECT party, coalesce(type, 'company') = 'person' AS person, coalesce(type, 'company') AS type, file, line,
        rowid AS nth
    FROM entity WHERE type IS DISTINCT FROM 'unknown'),
said AS (
    SELECT party, person, arg_min(type, nth) AS type, arg_min(file, nth) AS file, arg_min(line, nth) AS line,
        min(nth) AS nth, max(nth) AS last
    FROM kinds GROUP BY party, person)
SELECT one.party, one.type, one.file, one.line, other.type, other.file, other.line
FROM said AS one JOIN said AS other ON one.party = other.party AND one.nth < other.nth
WHERE greatest(one.last, other.last) > ? ORDER BY other.nth
"""


def _person_and_not(connection: "DuckDBPyConnection", last: int) -> Iterator[Problem]:
    """Parties that one statement calls a person and another something else."""
    if not connection.execute(_BOTH).fetchall():
        return
    found = connection.execute(_PERSONS, [last])
    while rows := found.fetchmany(_FETCHED):
        for party, first, file, line, then, file_then, line_then in rows:
            yield Problem(
                f"{cited(party, 80)} is a {first} in {_place(file, line)} and a {then} here: the latest word counts",
                _place(file_then, line_then), "contradiction", "warning",
            )  # fmt: skip
