"""What is said of one company's shares alone, read without the rest of the registers."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from crosstie.engines.register import finding
from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.joined import Joined, ledger_of, selected
from crosstie.engines.register.walking import listed
from crosstie.ledger.company import Judged, followed_up, no_single_company, parties_in
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import PartyId, Source, Statement, Status
from crosstie.text.problem import CrosstieError

_ABOUT = {
    name: {column.name for column in table.columns} for name, table in TABLES.items() if name != "source"
}


def of_company(together: Joined, company: str, known: date, assume: Status) -> Ledger:
    """What is said of one company: its holdings, classes and events, the parties in them, what takes it back.

    What is said of parties that are judged to be this one, as known on a day, is said of it.

    Raises
    ------
    CrosstieError
        No company of that id or name, or several.
    """
    party = _meant(together, company)
    judged = Judged(_judgements(together), known, assume)
    companies = judged.one_with({PartyId(party)})
    with listed(together.connection, "company", companies):
        classes = 'SELECT share_class FROM "share_class" WHERE issuer IN (SELECT name FROM company)'
        conditions = {
            "issuer": "issuer IN (SELECT name FROM company)",
            "share_class": f"share_class IN ({classes})",
        }
        said: list[Statement] = []
        for name, columns in _ABOUT.items():
            where = " OR ".join(told for column, told in conditions.items() if column in columns)
            said += _of(together, name, where) if where else ()
    named = judged.one_with(companies | parties_in(said))
    described = _of(together, "entity", "party IN (SELECT name FROM frontier)", named)
    ids = {each.head.id for each in (*said, *described)} | judged.among(named)
    items = _with_ids(together, ids | followed_up(ids, _following(together)))
    sources = {source for each in items for source in each.head.sources}
    with listed(together.connection, "frontier", sources):
        found = list(selected(together, TABLES["source"], "id IN (SELECT name FROM frontier)"))
    return ledger_of(together, [*items, *found])


def _judgements(together: Joined) -> list[Statement]:
    """All judgements that parties are one or apart, and what corrects them or takes them back."""
    judged = _of(together, "same_as", "TRUE")
    ids = followed_up({each.head.id for each in judged}, _following(together))
    return [*judged, *_with_ids(together, ids)]


def _with_ids(together: Joined, ids: Iterable[str]) -> list[Statement]:
    chosen = set(ids)
    return [
        each for name in _ABOUT for each in _of(together, name, "id IN (SELECT name FROM frontier)", chosen)
    ]


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
