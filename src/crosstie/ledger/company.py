"""What a ledger says of one company's shares, and nothing else."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from crosstie.ledger.ledger import Ledger
from crosstie.ledger.standing import standing
from crosstie.ledger.statements import (
    Correction,
    Entity,
    PartyId,
    Repurchase,
    Retraction,
    SameAs,
    ShareClass,
    Statement,
    StatementId,
    Status,
)

_ENDS = ("holder", "seller", "buyer", "settlor", "trust", "beneficiary")


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgements that parties are one, with what corrects or takes them back, as known on a day."""

    statements: Sequence[Statement]
    known: date = date.max
    assume: Status = Status.COMPLETED

    def one_with(self, parties: Collection[PartyId]) -> set[PartyId]:
        """Some parties and all that are judged to be one of them."""
        same = standing(self.statements, self.known, self.assume).same if self.statements else {}
        meant = {same.get(each, each) for each in parties}
        return meant.union(parties, (each for each, first in same.items() if first in meant))

    def among(self, parties: Collection[PartyId]) -> set[StatementId]:
        """The judgements between some parties."""
        between = (each for each in self.statements if isinstance(each, SameAs))
        return {each.head.id for each in between if each.party in parties and each.other in parties}


def said_of(
    ledger: Ledger, party: PartyId, known: date = date.max, assume: Status = Status.COMPLETED
) -> Ledger:
    """Its holdings, classes and events, the parties in them, judgements on these, and what corrects or takes back any of it.

    What is said of parties that are judged to be this one, as known on a day, is said of it.

    >>> said_of(Ledger(), PartyId("alpha")).statements
    ()
    """
    judged = Judged(
        [each for each in ledger.statements if isinstance(each, SameAs | Retraction | Correction)],
        known,
        assume,
    )
    companies = judged.one_with({party})
    classes = {
        each.share_class
        for each in ledger.statements
        if isinstance(each, ShareClass) and each.issuer in companies
    }
    said = [
        each
        for each in ledger.statements
        if getattr(each, "issuer", None) in companies or getattr(each, "share_class", None) in classes
    ]
    named = judged.one_with(companies | parties_in(said))
    kept = {each.head.id for each in said} | judged.among(named)
    kept |= {each.head.id for each in ledger.statements if isinstance(each, Entity) and each.party in named}

    def following(ids: set[Any]) -> Iterable[str]:
        return (
            each.head.id
            for each in ledger.statements
            if (isinstance(each, Retraction) and each.retracts in ids)
            or (isinstance(each, Correction) and each.corrects in ids)
        )

    kept |= followed_up(kept, following)
    return replace(ledger, statements=tuple(each for each in ledger.statements if each.head.id in kept))


def no_single_company(asked: str, found: Sequence[str], near: str) -> str:
    """Why no company, or not one, is meant; ``near`` is the nearest name, if any.

    >>> no_single_company("Acme", ["uk-acme", "us-acme"], "")
    "'Acme' names several parties: uk-acme, us-acme; write one of these ids"
    >>> no_single_company("nisan", [], "nissan")
    "no company 'nisan'; did you mean 'nissan'?"
    """
    if found:
        return f"{asked!r} names several parties: {', '.join(found)}; write one of these ids"
    return f"no company {asked!r}" + (f"; did you mean {near!r}?" if near else "")


def parties_in(said: Collection[Statement]) -> set[Any]:
    """Who holds, sells, buys, gives and takes in some statements."""
    found = {party for each in said for end in _ENDS if (party := getattr(each, end, None)) is not None}
    return found | {part.holder for each in said if isinstance(each, Repurchase) for part in each.sellers}


def followed_up(ids: set[Any], following: Callable[[set[Any]], Iterable[str]]) -> set[Any]:
    """What corrects or takes back some statements, and what does so with these: ids."""
    found: set[Any] = set()
    new = set(ids)
    while new:
        new = set(following(new)) - found - ids
        found |= new
    return found
