"""What is said of one company's shares alone, read without the rest of the registers."""

from collections.abc import Callable, Iterable, Iterator

from crosstie.engines.register import finding
from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.joined import Joined, ledger_of, selected
from crosstie.engines.register.walking import listed
from crosstie.ledger.company import followed_up, no_single_company, parties_in
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Source, Statement
from crosstie.text.problem import CrosstieError

_ABOUT = {
    name: {column.name for column in table.columns} for name, table in TABLES.items() if name != "source"
}


def of_company(together: Joined, company: str) -> Ledger:
    """What is said of one company: its holdings, classes and events, the parties in them, what takes it back.

    Raises
    ------
    CrosstieError
        No company of that id or name, or several.
    """
    party = _meant(together, company)
    with listed(together.connection, "company", [party]):
        classes = 'SELECT share_class FROM "share_class" WHERE issuer IN (SELECT name FROM company)'
        conditions = {
            "issuer": "issuer IN (SELECT name FROM company)",
            "share_class": f"share_class IN ({classes})",
        }
        said: list[Statement] = []
        for name, columns in _ABOUT.items():
            where = " OR ".join(told for column, told in conditions.items() if column in columns)
            said += _of(together, name, where) if where else ()
    named = parties_in(said) | {party}
    described = _of(together, "entity", "party IN (SELECT name FROM frontier)", named)
    ids = {each.head.id for each in (*said, *described)}
    ids |= followed_up(ids, _following(together))
    items = [
        item for name in _ABOUT for item in _of(together, name, "id IN (SELECT name FROM frontier)", ids)
    ]
    sources = {source for each in items for source in each.head.sources}
    with listed(together.connection, "frontier", sources):
        found = list(selected(together, TABLES["source"], "id IN (SELECT name FROM frontier)"))
    return ledger_of(together, [*items, *found])


def _of(together: Joined, name: str, where: str, frontier: Iterable[str] = ()) -> list[Statement]:
    with listed(together.connection, "frontier", frontier):
        found = selected(together, TABLES[name], where)
        return [each for each in found if not isinstance(each, Source)]


def _following(together: Joined) -> Callable[[set[str]], Iterator[str]]:
    """What takes back or corrects some statements."""

    def of(ids: set[str]) -> Iterator[str]:
        with listed(together.connection, "frontier", ids):
            for table, column in (("retraction", "retracts"), ("correction", "corrects")):
                query = f'SELECT id FROM "{table}" WHERE {column} IN (SELECT name FROM frontier)'  # noqa: S608 (our own names)
                yield from (row[0] for row in together.connection.execute(query).fetchall())

    return of


def _meant(together: Joined, company: str) -> str:
    query = """SELECT party FROM "entity" WHERE party = $asked OR name = $asked
        UNION SELECT issuer FROM "holding" WHERE issuer = $asked ORDER BY party LIMIT 20"""
    found = [str(row[0]) for row in together.connection.execute(query, {"asked": company}).fetchall()]
    if len(found) == 1:
        return found[0]
    near = "" if found else finding.nearest(together, company)
    raise CrosstieError(no_single_company(company, found, near))
