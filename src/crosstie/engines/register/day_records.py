"""Columns of a day that are made record by record: of words that do not stand alone, and of companies with a history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from crosstie.engines.register.bearing import bearing_on
from crosstie.engines.register.columns import TABLES, arrow_type, items_of, row_of
from crosstie.engines.register.joined import Joined, selected
from crosstie.engines.register.plain import Asked, Moment
from crosstie.engines.register.walking import listed
from crosstie.ledger.column import Column
from crosstie.ledger.daily import holdings_of
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.replay import as_of
from crosstie.ledger.state import State
from crosstie.ledger.statements import Holding, PartyId, ShareClass, Statement, StatementId
from crosstie.network.build import build
from crosstie.text.problem import Problem

_MOST_WORDS = 20_000
_EVENTS, _TOTALS, TRUSTS = -(1 << 40), 1 << 50, 1 << 60
"""Where companies with events stand, those with published totals alone, and trusts: before and after all others."""
Row = tuple[int, int, Holding]
"""A company's place, a turn within it, and what is held."""


@dataclass(frozen=True, slots=True)
class Made:
    """Problems of what is made: those of columns above one with the company's place."""

    problems: list[Problem]
    over: list[tuple[int, Problem]]

    def take(self, problems: Iterable[Problem], first: Mapping[PartyId, int], state: State) -> None:
        """Keep problems; one of a column by the company of the statement it names."""
        for each in problems:
            if each.kind != "over-100":
                self.problems.append(each)
                continue
            said = state.statements.get(StatementId(each.statement))
            issuer = getattr(said, "issuer", None)
            if issuer is None or issuer in first:  # of others not all is read
                self.over.append((first.get(issuer or PartyId(""), TRUSTS), each))

    def in_order(self, of_judgements: Sequence[Problem]) -> Iterator[Problem]:
        """As one replay of everything tells them."""
        yield from (each for each in self.problems if each.kind == "correction")
        yield from of_judgements
        yield from (each for each in self.problems if each.kind not in {"correction", "same-as"})
        yield from (each for _, each in sorted(self.over, key=itemgetter(0)))


def replayed_columns(together: Joined, asked: Asked, moment: Moment, made: Made) -> None:
    """Add the columns of companies with a history."""
    if not asked.companies:
        return
    found = bearing_on(together, asked.companies, "alone")
    assert found is not None  # noqa: S101 (`asked_at` has looked)
    state = as_of(found, moment.on, moment.known, moment.assume)
    built = build(state)
    columns = [each for each in built.columns.values() if each.issuer in asked.companies]
    first = _places(together, state, columns)
    made.take(built.network.problems, first, state)
    add(together, _as_rows(state, columns, first))


def _places(together: Joined, state: State, columns: Sequence[Column]) -> dict[PartyId, int]:
    """Where each company stands: with events, by its first holding that counts on some day, by its total alone."""
    positions, held = {each.issuer for each in state.positions}, {each.issuer for each in state.holdings}
    ids: dict[PartyId, str] = {}
    for each in state.statements.values():
        if isinstance(each, Holding) and each.direct != "no":
            ids.setdefault(each.issuer, each.head.id)
    with listed(together.connection, "frontier", ids.values()):
        query = f'SELECT id, {together.place} FROM "holding" WHERE id IN (SELECT name FROM frontier)'  # noqa: S608 (our own words)
        stored = dict(together.connection.execute(query).fetchall())
    first: dict[PartyId, int] = {}
    for nth, column in enumerate(columns):
        issuer = column.issuer
        if issuer in positions:
            first[issuer] = _EVENTS + nth
        else:
            first[issuer] = stored[ids[issuer]] if issuer in held else _TOTALS + nth
    return first


def columns_of_words(together: Joined, moment: Moment, made: Made) -> None:
    """Add the columns that follow from the words in ``other_word``, some companies at a time."""
    begin = -1
    while rows := _words_from(together, begin):
        begin = rows[-1][0]
        said = list(_with_classes(together, [holding for _, _, holding in rows]))
        state = as_of(Ledger(statements=tuple(said)), moment.on, moment.known, moment.assume)
        built = build(state)
        first = {holding.issuer: place for place, _, holding in rows}
        made.take(built.network.problems, first, state)
        add(together, _as_rows(state, built.columns.values(), first))


def _words_from(together: Joined, begin: int) -> list[Row]:
    """The words of the next companies, each company's whole."""
    names = [column.name for column in TABLES["holding"].columns]
    columns = ", ".join(f'{"word" if name in {"holder", "issuer"} else "said"}."{name}"' for name in names)
    last = f"(SELECT max(first) FROM (SELECT first FROM other_word WHERE first > {begin} ORDER BY first LIMIT {_MOST_WORDS}))"  # noqa: S608 (our own numbers)
    query = f"""SELECT first, word.stored, {columns}
        FROM "holding" AS said JOIN other_word AS word ON word.stored = said.{together.place}
        WHERE first > {begin} AND first <= {last} ORDER BY first, word.stored"""  # noqa: S608 (our own words)
    found: list[Row] = []
    item_of = items_of(TABLES["holding"])
    for first, at, *row in together.connection.execute(query).fetchall():
        found.append((first, at, item_of(row)))
    return found


def _with_classes(together: Joined, holdings: Sequence[Holding]) -> Iterator[Statement]:
    """Holdings, and the classes that they name: they may be another company's."""
    named = {each.share_class for each in holdings if each.share_class}
    if named:
        with listed(together.connection, "frontier", named):
            where = "share_class IN (SELECT name FROM frontier)"
            found = list(selected(together, TABLES["share_class"], where))
        yield from (each for each in found if isinstance(each, ShareClass))
    yield from holdings


def _as_rows(state: State, columns: Iterable[Column], first: Mapping[PartyId, int]) -> Iterator[Row]:
    for column in columns:
        for nth, holding in enumerate(holdings_of(state, column)):
            yield first[column.issuer], nth, holding


def add(together: Joined, rows: Iterable[Row]) -> None:
    """Put holdings among the day's."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    made = [(first, nth, *row_of(holding)[1]) for first, nth, holding in rows]
    if not made:
        return
    columns = TABLES["holding"].columns
    fields = [
        ("first", pa.int64()),
        ("nth", pa.int64()),
        *((each.name, arrow_type(each)) for each in columns),
    ]
    values = zip(*made, strict=True)
    arrow = pa.table({name: pa.array(each, kind) for (name, kind), each in zip(fields, values, strict=True)})
    together.connection.register("made", arrow)
    together.connection.execute("INSERT INTO day_record SELECT * FROM made")
    together.connection.unregister("made")
