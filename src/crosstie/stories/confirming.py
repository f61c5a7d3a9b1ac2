"""A confirmed draft as statements of a ledger, with the story's hash, the span, the reader and the reviewer."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crosstie.ledger.amounts import Interval, Money, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import (
    Agreement,
    AgreementId,
    Certainty,
    Entity,
    Head,
    Holding,
    Office,
    PartyId,
    PartyType,
    Remark,
    ShareClass,
    Source,
    SourceId,
    Statement,
    StatementId,
    Status,
    Transfer,
)
from crosstie.stories.drafts import Entry, StoryHead
from crosstie.stories.names import stem


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What one confirmation adds to a ledger: a source if it is new there, new parties, the statement."""

    sources: tuple[Source, ...]
    statements: tuple[Statement, ...]
    repeats: str = ""  # the id of a statement that the ledger already has from this story or a copy of it


def confirm(each: Entry, story: StoryHead, ledger: Ledger, *, reviewer: str) -> Confirmed:
    """The statements that a confirmed draft becomes.

    The same story, or a syndicated copy with the same words, is the source that is already there.
    """
    source = source_of(story, ledger)
    said = _said_before(each, source, ledger)
    if said:
        return Confirmed((), (), said)
    people = {"person", "attendee"}
    ids, entities = _parties(each, ledger, source, people)
    statement = _statement(each, story, ledger, ids, source, reviewer)
    new = () if source.id in ledger.sources else (source,)
    return Confirmed(new, (*entities, statement))


def source_of(story: StoryHead, ledger: Ledger) -> Source:
    """The ledger's source for this story or a copy of it; a new one where there is none."""
    group = f"story-{story.words or story.sha256[:16]}"
    for source in ledger.sources.values():
        if source.sha256 == story.sha256 or (source.group == group and source.group):
            return source
    return Source(
        id=SourceId(f"story-{story.sha256[:12]}"),
        title=story.name,
        publisher=story.publisher,
        date=When.parse(story.date) if story.date else None,
        kind="story",
        group=group,
        sha256=story.sha256,
    )


def _said_before(each: Entry, source: Source, ledger: Ledger) -> str:
    """A statement that already rests on the same words of the same story."""
    for statement in ledger.statements:
        head = statement.head
        if (
            source.id in head.sources
            and fold(head.quote) == fold(each.quote)
            and f" {each.kind} " in f" {head.note} "
        ):
            return str(head.id)
    return ""


def fold(text: str) -> str:
    r"""Text with Unicode, spaces and quotation marks folded, for comparing words and nothing else.

    >>> fold("Renault’s  “arm”") == fold("Renault's \"arm\"")
    True
    """
    folded = unicodedata.normalize("NFKC", text)
    for marks, plain in (("‘’‚‛ʼ", "'"), ("“”„‟«»", '"'), ("‐‑‒–—", "-")):
        folded = re.sub(f"[{marks}]", plain, folded)
    return " ".join(folded.split()).casefold()


def slug(name: str) -> str:
    """An id for a party that the ledger does not have.

    >>> slug("Électricité de France SA")
    'electricite-de-france'
    """
    plain = unicodedata.normalize("NFKD", stem(name)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "party"


def _known(ledger: Ledger) -> Mapping[str, PartyId]:
    found: dict[str, PartyId] = {}
    for statement in ledger.statements:
        if isinstance(statement, Entity):
            for name in (str(statement.party), statement.name, *statement.names):
                found.setdefault(stem(name).casefold(), statement.party)
    return found


def _parties(
    each: Entry, ledger: Ledger, source: Source, people: set[str]
) -> tuple[dict[str, tuple[PartyId, ...]], tuple[Entity, ...]]:
    known = dict(_known(ledger))
    ids: dict[str, tuple[PartyId, ...]] = {}
    new: list[Entity] = []
    for role, names in each.parties.items():
        if role in ("role", "body", "group"):
            continue
        found: list[PartyId] = []
        for name in names.split(" + "):
            key = stem(name).casefold()
            if key not in known:
                party = PartyId(slug(name))
                kind: PartyType = "person" if role in people else "company"
                new.append(Entity(head=_entity_head(party, source), party=party, name=name, type=kind))
                known[key] = party
            found.append(known[key])
        ids[role] = tuple(found)
    return ids, tuple(new)


def _entity_head(party: PartyId, source: Source) -> Head:
    return Head(id=StatementId(str(party)), known_on=source.date, sources=(source.id,))


def _statement(  # noqa: PLR0913, PLR0917 (all that it needs)
    each: Entry,
    story: StoryHead,
    ledger: Ledger,
    ids: Mapping[str, tuple[PartyId, ...]],
    source: Source,
    reviewer: str,
) -> Statement:
    head = _head(each, story, source, reviewer)

    def one(role: str) -> PartyId | None:
        return ids[role][0] if ids.get(role) else None

    holder, issuer, target = one("holder"), one("issuer"), one("target")
    if each.kind == "holding" and holder and issuer:
        return Holding(
            head=_firm(head),
            holder=holder,
            issuer=issuer,
            share=each.interval,
            words="" if each.share else each.subtype or "holds",
        )
    if (
        each.kind in ("stake_purchase", "stake_sale", "takeover")
        and target
        and _class_of(ledger, target)
        and _quantity(each)
    ):
        quantity, of_class = _quantity(each), _class_of(ledger, target)
        assert quantity is not None and of_class is not None  # noqa: S101, PT018 (the line above)
        return Transfer(
            head=head,
            share_class=of_class.share_class,
            shares=quantity,
            seller=one("seller"),
            buyer=one("acquirer"),
        )
    if each.kind == "officer_role" and one("person") and one("org") and each.parties.get("role"):
        return Office(
            head=_firm(head), person=ids["person"][0], body=ids["org"][0], role=each.parties["role"]
        )
    if each.kind == "agreement" and each.status in ("agreed_in_principle", "agreed", "completed"):
        parties = tuple(
            dict.fromkeys(
                party
                for role in ("a", "b", "c", "d", "investor", "counterparty")
                for party in ids.get(role, ())
            )
        )
        name = AgreementId(f"agreement-{story.sha256[:8]}-{each.draft}")
        return Agreement(
            head=replace(head, id=StatementId(name)), agreement=name, title=each.subtype, parties=parties
        )
    return _remark(each, head, ids)


def _remark(each: Entry, head: Head, ids: Mapping[str, tuple[PartyId, ...]]) -> Remark:
    about = tuple(dict.fromkeys(party for found in ids.values() for party in found))
    amount = each.share or each.money or each.shares
    return Remark(
        head=head, about=about, predicate=each.kind.replace("_", " "), text=each.quote, amount=amount
    )


def _firm(head: Head) -> Head:
    """A state told by the way, as background, is a state that is so once a person confirms it."""
    return replace(head, status=Status.COMPLETED) if head.status == Status.BACKGROUND else head


def _class_of(ledger: Ledger, issuer: PartyId) -> ShareClass | None:
    """The issuer's one share class; nothing where it has none or several."""
    classes = [s for s in ledger.statements if isinstance(s, ShareClass) and s.issuer == issuer]
    return classes[0] if len(classes) == 1 else None


def _quantity(each: Entry) -> Quantity | None:
    if each.shares:
        return Quantity(Interval.parse(each.shares), "shares", each.shares)
    return Quantity(Interval.parse(each.share), "fraction", each.share) if each.share else None


def _head(each: Entry, story: StoryHead, source: Source, reviewer: str) -> Head:
    note = f"{each.kind} read by {each.by} from {story.sha256[:12]} at {each.span}; confirmed by {reviewer}"
    if each.edited:
        note += f"; edited: {', '.join(each.edited)}"
    if each.money:
        Money.parse(each.money)  # checked once more
        note += f"; for {each.money}"
    if each.hedge:
        note += f'; hedge "{each.hedge}"'
    return Head(
        id=StatementId(f"story-{story.sha256[:8]}-{each.draft}"),
        true_on=When.parse(each.true_on) if each.true_on else None,
        known_on=source.date,
        status=Status(each.status),
        certainty=Certainty.SECOND_HAND,
        sources=(source.id,),
        quote=each.quote,
        attribution=_attribution(each.attribution),  # type: ignore[arg-type]  # one of the kinds
        attributed_to=each.attributed_to,
        note=note,
    )


def _attribution(kind: str) -> str:
    kinds = ("document", "named", "spokesperson", "anonymous", "reporter", "declined_to_comment")
    return kind if kind in kinds else "unstated"


def new_parties(statements: Sequence[Statement]) -> Iterator[str]:
    """Names of parties that a confirmation adds."""
    yield from (statement.name for statement in statements if isinstance(statement, Entity))
