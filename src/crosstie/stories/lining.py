"""Several stories on one deal: what each adds, repeats or contradicts, and how the deal's status grows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Status
from crosstie.stories.confirming import fold, slug
from crosstie.stories.drafts import DraftFile, Entry, interval_text
from crosstie.stories.names import stem

_FAMILIES: Mapping[str, str] = {
    "stake_purchase": "stake", "stake_sale": "stake", "takeover": "stake", "merger": "merger", "ipo": "listing",
    "carve_out": "carve-out", "joint_venture": "venture", "buyback": "buyback",
}  # fmt: skip
_OBJECTS = ("target", "issuer", "child")
_SUBJECTS = ("acquirer", "seller", "parent", "sponsor", "a", "b", "c", "d")


@dataclass(frozen=True, slots=True)
class Mention:
    """One story's word on one deal: its status then, and what it does to what was known before."""

    date: str
    story: str
    deal: str
    status: str
    relation: str  # adds, repeats, contradicts
    what: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class _Known:
    """What the stories so far say of one deal."""

    name: str
    family: str
    parties: frozenset[str]
    status: Status
    share: Interval | None
    money: str
    true_on: str


def line_up(files: Sequence[DraftFile]) -> tuple[Mention, ...]:
    """All mentions of deals in the stories' order of publication.

    A copy of a story that was seen already (same words) adds nothing and is left out.
    """
    known: list[_Known] = []
    mentions: list[Mention] = []
    seen: set[str] = set()
    for file in sorted(files, key=lambda each: (each.story.date or "9999", each.story.name)):
        if file.story.words and file.story.words in seen:
            continue
        seen.add(file.story.words)
        mentions += [_mention(each, file, known) for each in file.entries if each.kind in _FAMILIES]
    return tuple(mentions)


def _names(each: Entry, roles: Sequence[str]) -> frozenset[str]:
    return frozenset(
        fold(stem(name)) for role in roles for name in each.parties.get(role, "").split(" + ") if name
    )


def _mention(each: Entry, file: DraftFile, known: list[_Known]) -> Mention:
    at = next((k for k, deal in enumerate(known) if _is_of(each, deal)), None)
    if at is None:
        deal = _new(each)
        known.append(deal)
        return Mention(file.story.date, file.story.name, deal.name, each.status, "adds", "the deal", each)
    deal = known[at]
    clashes, news = tuple(_clashes(each, deal)), tuple(_news(each, deal))
    known[at] = _grown(each, deal)
    relation = "contradicts" if clashes else "adds" if news else "repeats"
    return Mention(
        file.story.date, file.story.name, deal.name, each.status, relation, "; ".join(clashes or news), each
    )


def _is_of(each: Entry, deal: _Known) -> bool:
    """The same family of event about the same object, or between the same two parties."""
    if _FAMILIES[each.kind] != deal.family:
        return False
    objects, subjects = _names(each, _OBJECTS), _names(each, _SUBJECTS)
    about = any(_same(one, other) for one in objects for other in deal.parties)
    shared = sum(any(_same(one, other) for other in deal.parties) for one in objects | subjects)
    return (about and (shared >= 2 or not subjects)) or shared >= 2


def _same(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other} ") or other.startswith(f"{one} ")


def _new(each: Entry) -> _Known:
    parties = _names(each, (*_OBJECTS, *_SUBJECTS))
    object_ = next((each.parties[role] for role in (*_OBJECTS, "b") if role in each.parties), "")
    subject = next(
        (
            each.parties[role]
            for role in ("acquirer", "seller", "a", "parent", "sponsor")
            if role in each.parties
        ),
        "",
    )
    name = "-".join(slug(part) for part in (subject, object_) if part)
    return _Known(
        f"{name}-{_FAMILIES[each.kind]}",
        _FAMILIES[each.kind],
        parties,
        Status(each.status),
        each.interval,
        each.money,
        each.true_on,
    )


def _clashes(each: Entry, deal: _Known) -> Iterator[str]:
    status = Status(each.status)
    if status == Status.DENIED and deal.status.firmness:
        yield f"denied, was {deal.status}"
    if status.firmness and deal.status == Status.DENIED:
        yield f"{status}, was denied"
    share = each.interval
    if share and deal.share and _disjoint(share, deal.share):
        yield f"share {each.share}, was {interval_text(deal.share)}"


def _disjoint(one: Interval, other: Interval) -> bool:
    low, high = (
        max(one.low, other.low),
        min(x for x in (one.high, other.high) if x is not None)
        if one.high is not None or other.high is not None
        else None,
    )
    return high is not None and (
        low > high or (low == high and not (one.contains(low) and other.contains(low)))
    )


def _news(each: Entry, deal: _Known) -> Iterator[str]:
    status = Status(each.status)
    if status != deal.status and (status.firmness > deal.status.firmness or not status.firmness):
        yield f"{deal.status} → {status}"
    elif status.firmness and status.firmness < deal.status.firmness:
        yield f"{status}, weaker than {deal.status}"
    if each.share and each.interval != deal.share:
        yield f"share {each.share}"
    if each.money and each.money != deal.money:
        yield f"money {each.money}"
    if each.true_on and each.true_on != deal.true_on:
        yield f"date {each.true_on}"
    more = _names(each, _SUBJECTS) - deal.parties
    if more and not all(any(_same(one, other) for other in deal.parties) for one in more):
        yield f"party {', '.join(sorted(more))}"


def _grown(each: Entry, deal: _Known) -> _Known:
    status = Status(each.status)
    vetoed = status in (Status.DENIED, Status.WITHDRAWN, Status.POSTPONED)
    moves = vetoed or status.firmness > deal.status.firmness or (status.firmness and not deal.status.firmness)
    return replace(
        deal,
        parties=deal.parties | _names(each, (*_OBJECTS, *_SUBJECTS)),
        status=status if moves else deal.status,
        share=each.interval or deal.share,
        money=each.money or deal.money,
        true_on=each.true_on or deal.true_on,
    )


KEYS = ("date", "story", "deal", "status", "relation", "what", "quote")


def rows(mentions: Sequence[Mention]) -> list[dict[str, object]]:
    """Rows for printing: the status history of each deal, deal by deal."""
    order = {name: k for k, name in enumerate(dict.fromkeys(mention.deal for mention in mentions))}
    ordered = sorted(mentions, key=lambda mention: order[mention.deal])
    return [
        {
            "date": each.date or None, "story": each.story, "deal": each.deal, "status": each.status, "relation": each.relation,
            "what": each.what, "quote": each.entry.quote,
        }
        for each in ordered
    ]  # fmt: skip
