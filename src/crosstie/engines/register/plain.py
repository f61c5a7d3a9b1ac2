"""Which companies' columns follow from words on parts alone, on one day: *plain* ones. Of others the statements are replayed.

A company is plain when all that is stated of its holders are parts of its outstanding shares or of its votes: no events,
classes of shares, counts, treasury, rights, published totals, trusts or corrections.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from crosstie.engines.register.bearing import MOST_FEW, bearing_on, replayed_companies
from crosstie.engines.register.columns import TABLES
from crosstie.engines.register.joined import Joined
from crosstie.engines.register.steps import LONGEST_CHAIN, as_one_query, steps
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.standing import standing
from crosstie.ledger.statements import Status

MOST_REPLAYED = 100_000
"""Companies whose columns are made record by record; with more, everything is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Which day is asked about, as known on which day, counting statements of which status or firmer."""

    on: date
    known: date
    assume: Status = Status.COMPLETED


@dataclass(frozen=True, slots=True)
class Plain:
    """What is needed before the columns of companies that are not plain are known: names of one party, those companies."""

    same: dict[str, str]
    replayed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A moment as SQL: steps of which ``in_force`` has its words, the values they take, and names of one party."""

    before: str
    bound: dict[str, Any]
    same: dict[str, str]
    companies: frozenset[str]


def asked_at(together: Joined, moment: Moment) -> Asked | None:
    """Make the tables ``alias`` (names of one party) and ``gone`` (retracted ids); ``None``: everything must be replayed."""
    same, companies = _judged(together, moment), replayed_companies(together)
    if same is None or companies is None:
        return None
    connection = together.connection
    connection.execute("CREATE OR REPLACE TEMP TABLE alias (name VARCHAR, used VARCHAR)")
    if same:
        connection.executemany("INSERT INTO alias VALUES (?, ?)", list(same.items()))
    made = steps(_telling(together), place=together.place, asked=_ASKED, firmness="$firmness")
    bound = {"on": moment.on, "known": moment.known, "firmness": moment.assume.firmness}
    asked = Asked(as_one_query(made), bound, same, frozenset(same.get(each, each) for each in companies))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE gone AS {asked.before} {_GONE}", bound)
    return asked


_GONE = f"SELECT retracts AS id FROM gone_{LONGEST_CHAIN}"  # noqa: S608 (our own number)
_ASKED = "SELECT 0 AS moment, $on AS on_day, $known AS seen_by"


def prepare(together: Joined, moment: Moment) -> Plain | None:
    """Keep the day's words on holdings in a table, and say which companies are not plain; ``None``: too many.

    The table ``day_word`` has names of one party under the one in use, the word's days and where it is stored: what else it says
    is stored there, and to have all of it twice would fill the memory.
    """
    asked = asked_at(together, moment)
    if asked is None:
        return None
    holder, issuer = ("holder", "issuer") if not asked.same else (used("holder"), used("issuer"))
    words = f"""SELECT {holder} AS holder, {issuer} AS issuer, since, known_day, stands_at,
        {MORE_THAN_PARTS} AS more FROM in_force AS said"""  # noqa: S608 (our own words)
    connection = together.connection
    connection.execute(f"CREATE OR REPLACE TEMP TABLE day_word AS {asked.before} {words}", asked.bound)
    found = {row[0] for row in connection.execute(_NOT_PLAIN).fetchall()} | asked.companies
    return None if len(found) > MOST_REPLAYED else Plain(asked.same, frozenset(found))


MORE_THAN_PARTS = """share_class IS NOT NULL OR shares IS NOT NULL
    OR coalesce(base, 'unstated') NOT IN ('unstated', 'outstanding', 'issued')"""
"""That a word says more than a part of outstanding shares or of votes."""


def replayed_part(together: Joined, plain: Plain) -> Ledger:
    """The statements about companies that are not plain, for the replay."""
    found = bearing_on(together, plain.replayed, "alone")
    assert found is not None  # noqa: S101 (`asked_at` has looked)
    return found


def used(column: str) -> str:
    """A column of parties, names of one party under the one in use."""
    return f"coalesce((SELECT any_value(used) FROM alias WHERE name = said.{column}), said.{column})"  # noqa: S608 (our own names)


_NOT_PLAIN = "SELECT DISTINCT issuer FROM day_word WHERE more OR holder = issuer"


def _rows(together: Joined, query: str) -> list[Any]:
    return together.connection.execute(query).fetchall()


def _telling(together: Joined) -> tuple[str, ...]:
    kinds = (kind for kind in TABLES if kind != "source")
    told = 'SELECT 1 FROM "{}" WHERE event IS NOT NULL LIMIT 1'
    return tuple(kind for kind in kinds if _rows(together, told.format(kind)))


def _judged(together: Joined, moment: Moment) -> dict[str, str] | None:
    """Further names of parties with the name in use; ``None`` where SQL cannot follow the retractions."""
    links = "".join(
        f" JOIN retraction AS r{n} ON r{n}.retracts = r{n - 1}.id" for n in range(1, LONGEST_CHAIN + 1)
    )
    if _rows(together, f"SELECT 1 FROM retraction AS r0{links} LIMIT 1"):  # noqa: S608 (our own names)
        return None
    if not _rows(together, "SELECT 1 FROM same_as LIMIT 1"):
        return {}
    names = [row[0] for row in _rows(together, "SELECT party FROM same_as UNION SELECT other FROM same_as")]
    found = bearing_on(together, names, "alone") if len(names) < MOST_FEW else None
    return None if found is None else _same(found, moment)


def _same(found: Ledger, moment: Moment) -> dict[str, str]:
    told = standing(found.statements, moment.known, moment.assume).same
    return {str(name): str(used) for name, used in told.items()}
