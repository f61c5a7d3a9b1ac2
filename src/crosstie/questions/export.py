"""Write a ledger or register in another format."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from crosstie.formats import catalogue
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.replay import EVENTS
from crosstie.ledger.statements import (
    Correction,
    Entity,
    Head,
    Holding,
    Office,
    PartyId,
    Repurchase,
    Retraction,
    ShareClass,
    Statement,
    StatementId,
)
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import Opened, at, load_ledger, opened_registers
from crosstie.questions.places import Places, places_of
from crosstie.text.nearest import did_you_mean
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
    kinds = (Entity, Holding, Office, Retraction, *(EVENTS if chosen.has_events else ()))
    if clocks is None and company is None and chosen.from_telling and (places := places_of(path)).registers:
        return _in_pieces(places, chosen, Path(output), kinds)
    ledger = load_ledger(path) if company is None else of_company(load_ledger(path), company)
    problems = ledger.problems
    if clocks is None and not chosen.has_dates:
        clocks = Clocks.of(None, None)
    if clocks is not None and not chosen.has_events:
        opened = at(ledger, clocks)
        ledger, problems = of_day(opened), opened.problems
    today = clocks.known if clocks else datetime.now(UTC).date()
    if clocks and chosen.has_events:
        today = min(clocks.on, clocks.known)
    problems = (*problems, *chosen.write(ledger, Path(output), today))
    return sum(isinstance(statement, kinds) for statement in ledger.statements), problems


def _in_pieces(
    places: Places, chosen: catalogue.Format, output: Path, kinds: tuple[type, ...]
) -> tuple[int, tuple[Problem, ...]]:
    """All that registers say, never held whole."""
    from crosstie.engines.register.telling import telling_of  # noqa: PLC0415 (DuckDB is an extra)

    with opened_registers(places) as together:
        said = telling_of(together)
        return said.count(*kinds), (
            *together.problems,
            *chosen.write(said, output, datetime.now(UTC).date()),
        )


def of_company(ledger: Ledger, company: str) -> Ledger:
    """What is said of one company's shares: its holdings, classes and events, and the parties in them.

    Raises
    ------
    CrosstieError
        No company of that id or name.
    """
    entities = [each for each in ledger.statements if isinstance(each, Entity)]
    parties = {each.party for each in entities if company in (each.party, each.name)}
    parties |= {
        each.issuer for each in ledger.statements if isinstance(each, Holding) and each.issuer == company
    }
    if len(parties) != 1:
        known = sorted({name for each in entities for name in (each.party, each.name)})
        raise CrosstieError(f"no company {company!r}{did_you_mean(company, known)}")
    classes = {c.share_class for c in ledger.statements if isinstance(c, ShareClass) and c.issuer in parties}
    said = [
        each
        for each in ledger.statements
        if isinstance(each, Retraction | Correction)
        or getattr(each, "issuer", None) in parties
        or getattr(each, "share_class", None) in classes
    ]
    named = parties | {getattr(each, end, None) for each in said for end in _ENDS}
    named |= {part.holder for each in said if isinstance(each, Repurchase) for part in each.sellers}
    kept = {each.head.id for each in said} | {each.head.id for each in entities if each.party in named}
    return replace(ledger, statements=tuple(each for each in ledger.statements if each.head.id in kept))


_ENDS = ("holder", "seller", "buyer", "settlor", "trust", "beneficiary")


def of_day(opened: Opened) -> Ledger:
    """The day's parties, holdings (those that events count too, as states) and offices."""
    statements: list[Statement] = [*opened.state.entities.values(), *opened.state.offices]
    for column in opened.columns.values():
        for stake in column.stakes:
            known = [opened.state.statements.get(s) for s in stake.statements]
            first = next((s for s in known if isinstance(s, Holding)), None)
            head = first.head if first else _head(column.issuer, stake.holder, known)
            statements.append(
                Holding(
                    head=head,
                    holder=stake.holder,
                    issuer=column.issuer,
                    share=stake.of_outstanding,
                    votes=stake.of_votes if stake.of_votes != stake.of_outstanding else None,
                    base="outstanding",
                    words=first.words if first else "",
                    direct=first.direct if first else "yes",
                )
            )
    statements += [
        Holding(
            head=each.head,
            holder=each.holder,
            issuer=each.trust,
            share=each.share,
            words="beneficiaryOfLegalArrangement",
        )
        for each in opened.state.beneficiaries
        if each.role == "beneficiary"
    ]
    used = {source for statement in statements for source in statement.head.sources}
    sources = {s: opened.ledger.sources[s] for s in used if s in opened.ledger.sources}
    return Ledger(sources=MappingProxyType(sources), statements=tuple(statements))


def _head(issuer: PartyId, holder: PartyId, known: Sequence[Statement | None]) -> Head:
    """The head of a holding that events give: since the last of them, from their sources."""
    behind = [statement.head for statement in known if statement is not None]
    last = max(behind, key=_latest, default=None)
    sources = dict.fromkeys(source for head in behind for source in head.sources)
    return Head(
        id=StatementId(f"{holder} in {issuer}"),
        true_on=last.true_on if last else None,
        known_on=last.known_on if last else None,
        sources=tuple(sources),
    )


def _latest(head: Head) -> date:
    return (head.true_on and head.true_on.latest) or date.min
