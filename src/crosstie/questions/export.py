"""Write a ledger or register in another format."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from crosstie.formats import catalogue
from crosstie.ledger.company import no_single_company, said_of
from crosstie.ledger.daily import said_on_day
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.replay import EVENTS
from crosstie.ledger.statements import (
    Entity,
    Holding,
    Office,
    Retraction,
    Status,
)
from crosstie.questions import opening
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import Opened, at, load_ledger, opened_registers, size_of
from crosstie.questions.places import Places, places_of
from crosstie.text.nearest import nearest
from crosstie.text.problem import CrosstieError, Problem


def export(
    path: str, to: str, output: str, clocks: Clocks | None, *, company: str | None = None
) -> tuple[int, tuple[Problem, ...]]:
    """Write a ledger's parties, holdings and offices: of one day, or (``clocks`` unset) all that was said.

    A format without dates is written as of today where no day is asked for; one with events gets all until
    then. With ``company``, what is said of that one alone.

    The number of statements that had something to write, and the problems met.

    Raises
    ------
    CrosstieError
        No such format or company, or it cannot be written.
    """
    chosen = catalogue.find(to, to=True)
    if clocks is None and not chosen.has_dates:
        clocks = Clocks.of(None, None)
    places = places_of(path)
    if company is None and chosen.from_telling and places.registers:
        written = _in_pieces(places, chosen, Path(output), clocks)
        if written is not None:
            return written
    ledger = load_ledger(path) if company is None else of_company(path, company, clocks)
    problems = ledger.problems
    if clocks is not None and not chosen.has_events:
        opened = at(ledger, clocks)
        ledger, problems = of_day(opened), opened.problems
    today = clocks.known if clocks else datetime.now(UTC).date()
    if clocks and chosen.has_events:
        today = min(clocks.on, clocks.known)
    problems = (*problems, *chosen.write(ledger, Path(output), today))
    kinds = _kinds(chosen)
    return sum(isinstance(statement, kinds) for statement in ledger.statements), problems


def _kinds(chosen: catalogue.Format) -> tuple[type, ...]:
    """The kinds of statement of which a format writes something."""
    return (Entity, Holding, Office, Retraction, *(EVENTS if chosen.has_events else ()))


def _in_pieces(
    places: Places, chosen: catalogue.Format, output: Path, clocks: Clocks | None
) -> tuple[int, tuple[Problem, ...]] | None:
    """What registers say, of a day or at all, never held whole; ``None`` where that day cannot be told apart."""
    from crosstie.engines.register.daily import day_in_pieces  # noqa: PLC0415 (DuckDB is an extra)
    from crosstie.engines.register.plain import Moment  # noqa: PLC0415 (as above)
    from crosstie.engines.register.telling import telling_of  # noqa: PLC0415 (as above)

    with opened_registers(places) as together:
        problems, today = together.problems, datetime.now(UTC).date()
        if clocks is None:
            said = telling_of(together)
        else:
            if size_of(together) < opening.LARGE:
                return None  # read whole in less time than it takes to look at it otherwise
            day = day_in_pieces(together, Moment(clocks.on, clocks.known, clocks.assume))
            if day is None:
                return None
            said, problems, today = day.said, day.problems, clocks.known
        return said.count(*_kinds(chosen)), (*problems, *chosen.write(said, output, today))


def of_company(path: str, company: str, clocks: Clocks | None = None) -> Ledger:
    """What a LEDGER says of one company's shares: of registers, only that is read.

    Parties that are judged to be this one, as known then, are this one.

    Raises
    ------
    CrosstieError
        No company of that id or name, or several.
    """
    places = places_of(path)
    known, assume = (clocks.known, clocks.assume) if clocks else (date.max, Status.COMPLETED)
    if places.registers:
        from crosstie.engines.register import of_company as asked  # noqa: PLC0415 (DuckDB is an extra)

        with opened_registers(places) as together:
            return asked.of_company(together, company, known, assume)
    ledger = load_ledger(path)
    entities = [each for each in ledger.statements if isinstance(each, Entity)]
    parties = {each.party for each in entities if company in (each.party, each.name)}
    parties |= {
        each.issuer for each in ledger.statements if isinstance(each, Holding) and each.issuer == company
    }
    if len(parties) != 1:
        names = sorted({name for each in entities for name in (each.party, each.name)})
        raise CrosstieError(no_single_company(company, sorted(parties), nearest(company, names)))
    return said_of(ledger, parties.pop(), known, assume)


def of_day(opened: Opened) -> Ledger:
    """The day's parties, offices and holdings as a ledger, with the sources that they name."""
    statements = tuple(said_on_day(opened.state, opened.columns.values()))
    used = {source for statement in statements for source in statement.head.sources}
    sources = {s: opened.ledger.sources[s] for s in used if s in opened.ledger.sources}
    return Ledger(sources=MappingProxyType(sources), statements=statements)
