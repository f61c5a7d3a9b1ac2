"""Open any LEDGER: text, a CSV edge list, a register, or several of these as one, under the clocks asked for."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from crosstie.ledger.column import Column, Pairs
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.references import Elsewhere
from crosstie.ledger.replay import as_of
from crosstie.ledger.state import State
from crosstie.ledger.statements import Holding, PartyId, StatementId
from crosstie.network.build import Denominator, build, treasury_id
from crosstie.network.edges import unknown_id
from crosstie.network.network import Network, UnknownPartyError
from crosstie.questions.clocks import Clocks
from crosstie.questions.places import Places, places_of
from crosstie.text.problem import Problem

if TYPE_CHECKING:
    from crosstie.engines.register.joined import Joined

LARGE = 10_000
"""From so many statements on, a question about a few parties reads only what bears on them."""
READ_WHOLE = "read-whole"
"""The kind of the note that a large register was read whole: of the answer's making, not of what is stated."""
Reach = Literal["alone", "above", "below", "around", "through", "between"]


@dataclass(frozen=True, slots=True)
class About:
    """Whom a question is about, and which parties beside them its answer rests on.

    With ``between`` an owner and a company: those below the one and above the other.
    """

    parties: tuple[str, ...]
    reach: Reach


@dataclass(frozen=True, slots=True)
class Opened:
    """A ledger under two clocks: what it says, the state and the network of the day, every problem.

    ``columns`` has the counts behind the parts in the network, by company. A ledger opened about some
    parties alone has what bears on them and perhaps more, not everything.
    """

    ledger: Ledger
    state: State
    network: Network
    columns: Mapping[str, Column]
    problems: tuple[Problem, ...]


def open_ledger(path: str, clocks: Clocks, about: About | None = None) -> Opened:
    """Open a text ledger (file or folder), a CSV edge list, a register, or several of them as one.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that can be read.
    """
    return at(load_ledger(path, about), clocks)


def open_network(path: str, clocks: Clocks, *, base: Denominator = "outstanding") -> Network:
    """The network alone; its parts are of outstanding shares, or of issued ones with treasury as a holder."""
    return at(load_ledger(path), clocks, base=base).network


def at(ledger: Ledger, clocks: Clocks, *, base: Denominator = "outstanding", suspended: Pairs = ()) -> Opened:
    """A loaded ledger under two clocks; ``suspended`` adds (holder, company) pairs whose votes sleep by law."""
    state = _state(ledger, clocks)
    built = build(state, base=base, suspended=suspended)
    problems = dict.fromkeys((*ledger.problems, *built.network.problems))
    return Opened(ledger, state, built.network, built.columns, tuple(problems))


def load_ledger(path: str, about: About | None = None) -> Ledger:
    """What a LEDGER says, under no clocks yet: all, or of a large register what bears on some parties.

    Raises
    ------
    CrosstieError
        Nothing there, nothing that can be read, or (of a large register) nobody of a name asked about.
    """
    places = places_of(path)
    if places.registers:
        from crosstie.engines.register import joined  # noqa: PLC0415 (DuckDB is asked for only by a register)

        with opened_registers(places) as together:
            if size_of(together) < LARGE:
                return joined.everything(together)
            if about is None:
                return _whole(together, _ONE_BY_ONE)
            return _bearing(together, about) or _whole(together, _NOT_APART)
    if not places.tables:
        return _load_text(places)
    if not places.are_several:
        return _near(_load_edge_list(places.tables[0]), about)
    return _in_memory(places)


@contextmanager
def opened_registers(places: Places) -> "Iterator[Joined]":
    """Registers, with text and edge lists that are asked together with them, as one."""
    from crosstie.engines.keeping import keep_of  # noqa: PLC0415 (as above)
    from crosstie.engines.register import joined  # noqa: PLC0415 (as above)

    keep = keep_of(os.environ)
    if not places.text and not places.tables:
        with joined.joined(places.registers, keep=keep) as together:
            yield together
        return
    if not places.registers:
        memory = _in_memory(places)
        with joined.joined((), memory, keep) as together:
            yield replace(together, problems=(*memory.problems, *together.problems), files=memory.files)
        return
    with joined.joined(places.registers) as registers:
        memory = _in_memory(places, registers)
    with joined.joined(places.registers, memory, keep) as together:
        told = (*memory.problems, *together.problems)
        yield replace(together, problems=told, files=(*memory.files, *together.files))


def size_of(together: "Joined") -> int:
    """How many statements about parties and holdings the registers have."""
    query = 'SELECT (SELECT count(*) FROM "holding") + (SELECT count(*) FROM "entity")'
    return int(together.connection.execute(query).fetchall()[0][0])


def _bearing(together: "Joined", about: About) -> Ledger | None:
    from crosstie.engines.register import bearing  # noqa: PLC0415 (as above)

    if about.reach == "between":
        owner, company = (_meant(together, replace(about, parties=(each,))) for each in about.parties)
        return bearing.bearing_between(together, owner, company)
    return bearing.bearing_on(together, _meant(together, about), about.reach)


def reached(together: "Joined", about: About) -> frozenset[str] | None:
    """The parties that the answer to a question about some may rest on; ``None`` where that cannot be told."""
    from crosstie.engines.register import bearing  # noqa: PLC0415 (as above)

    if about.reach == "between":
        owner, company = (_meant(together, replace(about, parties=(each,))) for each in about.parties)
        return bearing.reached_between(together, owner, company)
    return bearing.reached_by(together, _meant(together, about), about.reach)


def _meant(together: "Joined", about: About) -> frozenset[str]:
    """The ids of the parties that a person may mean.

    Raises
    ------
    UnknownPartyError
        Nobody of a name; the message names the nearest.
    """
    from crosstie.engines.register import finding  # noqa: PLC0415 (as above)

    parties: set[str] = set()
    for asked in about.parties:
        meant = finding.named(together, _company_of(asked))
        if not meant:
            near = finding.nearest(together, asked)
            hint = f"; did you mean {near!r}?" if near else ""
            raise UnknownPartyError(f"no such party: {asked!r}{hint}")
        parties |= meant
    return frozenset(parties)


def _company_of(asked: str) -> str:
    """A company's unknown holders and its treasury are found by the company."""
    for title in (unknown_id(""), treasury_id("")):
        if asked.startswith(title):
            return asked.removeprefix(title)
    return asked


_NOT_APART = (
    "every statement was read: so many events, corrections and classes are in this register that what"
    " bears on the question cannot be told apart"
)
_ONE_BY_ONE = (
    "every statement was read one by one, which takes minutes: this question, or what is stated in this register,"
    " cannot be answered for everybody at once"
)


def _whole(together: "Joined", message: str) -> Ledger:
    from crosstie.engines.register import joined  # noqa: PLC0415 (as above)

    ledger = joined.everything(together)
    return replace(ledger, problems=(*ledger.problems, Problem(message, kind=READ_WHOLE, severity="note")))


def _load_text(places: Places, elsewhere: Elsewhere | None = None) -> Ledger:
    from crosstie.formats import ledger_text  # noqa: PLC0415 (an edge list needs no YAML)

    first, *more = places.text
    return ledger_text.load(first, *more, **({"elsewhere": elsewhere} if elsewhere else {}))


def _load_edge_list(path: Path) -> Ledger:
    from crosstie.formats import edge_list  # noqa: PLC0415 (only for an edge list)

    said = edge_list.load(path)
    return Ledger(statements=said.holdings, problems=said.problems, files=(str(path),))


def _in_memory(places: Places, registers: "Joined | None" = None) -> Ledger:
    """Text and edge lists as one ledger; the text may name what the others have."""
    tables = [_as_statements(_load_edge_list(path)) for path in places.tables]
    mentioned = {
        end for table in tables for each in table.statements if isinstance(each, Holding)
        for end in (each.holder, each.issuer)
    }  # fmt: skip

    def elsewhere(type_: object, names: frozenset[str]) -> frozenset[str]:
        found = names & mentioned if type_ is PartyId else frozenset[str]()
        if registers is None:
            return found
        from crosstie.engines.register import joined  # noqa: PLC0415 (as above)

        return found | joined.declared(registers, type_, names)

    text = _load_text(places, elsewhere) if places.text else Ledger()
    parts = (text, *tables)
    return Ledger(
        sources=text.sources,
        statements=tuple(each for part in parts for each in part.statements),
        problems=tuple(each for part in parts for each in part.problems),
        files=tuple(file for part in parts for file in part.files if not file.lower().endswith(".csv")),
    )


def _near(table: Ledger, about: About | None) -> Ledger:
    """Of a long edge list the lines that bear on some parties, found by id; all where one is not an id in it."""
    if about is None or len(table.statements) < LARGE:
        return table
    lines = [each for each in table.statements if isinstance(each, Holding)]
    above: dict[str, set[str]] = defaultdict(set)
    below: dict[str, set[str]] = defaultdict(set)
    for each in lines:
        above[each.issuer].add(each.holder)
        below[each.holder].add(each.issuer)
    asked = {_company_of(party.strip()) for party in about.parties}
    if not asked <= above.keys() | below.keys():
        return table
    ways = {
        "above": ([above],),
        "below": ([below],),
        "around": ([above, below],),
        "through": ([below], [above]),
    }
    wanted = asked
    for links in ways.get(about.reach, ()):
        wanted = _all_along(links, wanted)
    if about.reach == "between":
        owner, company = ({_company_of(party.strip())} for party in about.parties)
        wanted = asked | (_all_along([below], owner) & _all_along([above], company))
    return replace(
        table, statements=tuple(each for each in lines if each.issuer in wanted or each.holder in asked)
    )


def _all_along(links: Sequence[Mapping[str, set[str]]], start: set[str]) -> set[str]:
    seen, new = set(start), set(start)
    while new:
        new = {end for link in links for party in new for end in link.get(party, ())} - seen
        seen |= new
    return seen


def _as_statements(table: Ledger) -> Ledger:
    """An edge list beside dated statements: the lines of one pair are added into one statement without a date."""
    merged: dict[tuple[str, str], Holding] = {}
    (file,) = table.files
    for each in table.statements:
        assert isinstance(each, Holding)  # noqa: S101 (an edge list has nothing else)
        first = merged.get((each.holder, each.issuer))
        if first is None:
            head = replace(each.head, id=StatementId(f"{file} {each.head.id}"))
            merged[each.holder, each.issuer] = replace(each, head=head)
        else:
            merged[each.holder, each.issuer] = _added(first, each)
    return replace(table, statements=tuple(merged.values()))


def _added(first: Holding, second: Holding) -> Holding:
    assert first.share is not None  # noqa: S101 (every line has a share)
    assert second.share is not None  # noqa: S101 (as above)
    votes = first.votes if second.votes is None else second.votes  # the last word on votes stands
    return replace(first, share=first.share.plus(second.share), votes=votes)


def _state(ledger: Ledger, clocks: Clocks) -> State:
    if not any(file.lower().endswith(".csv") for file in ledger.files):
        return as_of(ledger, clocks.on, clocks.known, clocks.assume)
    return State(  # an edge list has no dates: all its lines stand, and lines of one pair are added
        true_on=clocks.on,
        known_on=clocks.known,
        assume=clocks.assume,
        holdings=tuple(each for each in ledger.statements if isinstance(each, Holding)),
        statements=MappingProxyType({each.head.id: each for each in ledger.statements}),
    )
