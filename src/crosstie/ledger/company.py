"""What a ledger says of one company's shares, and nothing else."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import (
    Correction,
    Entity,
    PartyId,
    Repurchase,
    Retraction,
    ShareClass,
    Statement,
)

_ENDS = ("holder", "seller", "buyer", "settlor", "trust", "beneficiary")


def said_of(ledger: Ledger, party: PartyId) -> Ledger:
    """Its holdings, classes and events, the parties in them, and what corrects or takes back any of these.

    >>> said_of(Ledger(), PartyId("alpha")).statements
    ()
    """
    classes = {
        each.share_class
        for each in ledger.statements
        if isinstance(each, ShareClass) and each.issuer == party
    }
    said = [
        each
        for each in ledger.statements
        if getattr(each, "issuer", None) == party or getattr(each, "share_class", None) in classes
    ]
    named = {party, *parties_in(said)}
    kept = {each.head.id for each in said}
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
    found = {getattr(each, end, None) for each in said for end in _ENDS}
    return found | {part.holder for each in said if isinstance(each, Repurchase) for part in each.sellers}


def followed_up(ids: set[Any], following: Callable[[set[Any]], Iterable[str]]) -> set[Any]:
    """What corrects or takes back some statements, and what does so with these: ids."""
    found: set[Any] = set()
    new = set(ids)
    while new:
        new = set(following(new)) - found - ids
        found |= new
    return found
