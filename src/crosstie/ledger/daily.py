"""What a ledger says on one day as statements: its parties and offices, and what each holder has as a stated part."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from crosstie.ledger.column import Column
from crosstie.ledger.state import State
from crosstie.ledger.statements import Beneficiary, Head, Holding, PartyId, Statement, StatementId

OF_TRUSTS = "beneficiaryOfLegalArrangement"


def said_on_day(state: State, columns: Iterable[Column]) -> Iterator[Statement]:
    """The day's parties and offices, holdings (those that events count too, as states) and trusts' beneficiaries.

    >>> from crosstie.ledger.ledger import Ledger
    >>> from crosstie.ledger.replay import as_of
    >>> list(said_on_day(as_of(Ledger(), date(2024, 1, 1), date(2024, 1, 1)), ()))
    []
    """
    yield from state.entities.values()
    yield from state.offices
    for column in columns:
        yield from holdings_of(state, column)
    yield from (as_holding(each) for each in state.beneficiaries if each.role == "beneficiary")


def holdings_of(state: State, column: Column) -> Iterator[Holding]:
    """What each holder has of one company, a part of its outstanding shares; unknown holders and treasury are left out."""
    for stake in column.stakes:
        known = [state.statements.get(each) for each in stake.statements]
        first = next((each for each in known if isinstance(each, Holding)), None)
        yield Holding(
            head=first.head if first else _head(column.issuer, stake.holder, known),
            holder=stake.holder,
            issuer=column.issuer,
            share=stake.of_outstanding,
            votes=stake.of_votes if stake.of_votes != stake.of_outstanding else None,
            base="outstanding",
            words=first.words if first else "",
            direct=first.direct if first else "yes",
        )


def as_holding(beneficiary: Beneficiary) -> Holding:
    """What somebody takes of a trust, as a holding."""
    return Holding(
        head=beneficiary.head,
        holder=beneficiary.holder,
        issuer=beneficiary.trust,
        share=beneficiary.share,
        words=OF_TRUSTS,
    )


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
