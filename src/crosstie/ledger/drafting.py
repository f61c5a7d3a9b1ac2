"""Draw up one company's column as amounts: what events count, what is stated, and what votes go with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from crosstie.ledger.amounts import ALL, Interval, Quantity
from crosstie.ledger.books import Lot, Position, plain, unknown_quantity
from crosstie.ledger.dates import add_months
from crosstie.ledger.linear import Amount, interval_of, product
from crosstie.ledger.state import CountedVotes
from crosstie.ledger.statements import Holding, PartyId, Right, ShareClass, ShareClassId, StatementId
from crosstie.text.problem import Problem

MAJORITY = Interval(Fraction(1, 2), Fraction(1), low_open=True)
MOST_COPIES = 1_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """All that is said of one company on one day."""

    issuer: PartyId
    positions: tuple[Position, ...]
    classes: Mapping[ShareClassId, ShareClass]
    holdings: tuple[Holding, ...]
    rights: tuple[Right, ...]
    day: date
    total: CountedVotes | None = None
    suspended: frozenset[str] = frozenset()


@dataclass(slots=True)
class Draft:
    """Amounts of one company; ``ranges`` grows by what is only stated as a range.

    ``counted`` is false where amounts are parts of one; ``issued_base`` whether such parts are of issued shares.
    """

    issuer: PartyId
    ranges: list[Interval]
    counted: bool = True
    issued_base: bool = False
    issued: Amount = 0
    treasury: Amount = 0
    treasury_counted_on: str = ""
    treasury_said: list[StatementId] = field(default_factory=list)
    held: dict[PartyId, Amount] = field(default_factory=dict)
    votes: dict[PartyId, Amount] = field(default_factory=dict)
    said: dict[PartyId, list[StatementId]] = field(default_factory=dict)
    said_of_all: list[StatementId] = field(default_factory=list)
    all_votes: Amount = 0
    treasury_votes: Amount = 0
    problems: list[Problem] = field(default_factory=list)


def draw_up_own(said: Said, ranges: list[Interval]) -> Draft:
    """What events and statements give, before any published total."""
    draft = Draft(said.issuer, ranges)
    doubled = {right.holder for right in said.rights if right.right == "double_vote"}
    counted = [each for each in said.positions if each.unit == "shares"]
    for position in counted or said.positions:
        _count_position(draft, position, said, doubled)
    if not said.positions:
        _open_stated(draft, said)
    draft.counted = bool(counted) or (not said.positions and draft.issued != 1)
    draft.issued_base = bool(said.positions)
    for holding in said.holdings:
        if holding.holder == said.issuer:
            _state_treasury(draft, holding, said)
    for holding in said.holdings:
        if holding.holder != said.issuer:
            _state_holding(draft, holding, said)
    for right in said.rights:
        if right.right == "double_vote" and right.holder in draft.held:
            _double(draft, right, said)
    return draft


def _count_position(draft: Draft, position: Position, said: Said, doubled: Iterable[PartyId | None]) -> None:
    share_class = said.classes[position.share_class]
    weight = plain(share_class.votes_per_share)
    draft.issued += position.issued
    draft.treasury += position.treasury
    draft.all_votes += position.issued * weight
    draft.treasury_votes += position.treasury * weight
    if position.treasury_counted_on and position.treasury_counted_on > date.min:
        draft.treasury_counted_on = max(draft.treasury_counted_on, position.treasury_counted_on.isoformat())
    draft.treasury_said += position.treasury_said
    draft.said_of_all += position.said_of_all
    for holder, lots in position.lots.items():
        extra: Amount = 0
        if share_class.double_after_years is not None and holder not in doubled:
            extra = _old_enough(lots, share_class, said.day) * weight
        held = position.held(holder)
        draft.held[holder] = draft.held.get(holder, 0) + held
        draft.votes[holder] = draft.votes.get(holder, 0) + held * weight + extra
        draft.all_votes += extra
        draft.said.setdefault(holder, []).extend(position.said.get(holder, ()))


def _old_enough(lots: Iterable[Lot], share_class: ShareClass, day: date) -> Amount:
    """Shares registered in one name for the years that double their votes."""
    years = share_class.double_after_years
    assert years is not None  # noqa: S101 (the caller's test)
    months = -int(-years * 12 // 1)
    shares: Amount = 0
    for lot in lots:
        if lot.registered_on is not None and _later(lot.registered_on, months) <= day:
            shares += lot.shares
    return shares


def _later(since: date, months: int) -> date:
    return since if since == date.min else add_months(since, months)


def _open_stated(draft: Draft, said: Said) -> None:
    shares = said.total.total.shares if said.total else None
    draft.issued = shares if shares is not None else 1
    draft.all_votes = draft.issued * _weight(said, None)


def _weight(said: Said, share_class: ShareClassId | None) -> int | Fraction:
    """Votes a share carries: of the class named, or of the company's only class."""
    if share_class is not None and share_class in said.classes:
        return plain(said.classes[share_class].votes_per_share)
    own = [each for each in said.classes.values() if each.issuer == said.issuer]
    return plain(own[0].votes_per_share) if len(own) == 1 else 1


def _state_treasury(draft: Draft, holding: Holding, said: Said) -> None:
    amount = _stated(draft, holding, draft.issued)
    if amount is None:
        return
    draft.treasury += amount
    draft.treasury_votes += amount * _weight(said, holding.share_class)
    draft.treasury_said.append(holding.head.id)
    draft.issued_base = True
    when = holding.head.true_on
    if when and when.latest:
        draft.treasury_counted_on = max(draft.treasury_counted_on, when.latest.isoformat())


def _state_holding(draft: Draft, holding: Holding, said: Said) -> None:
    outstanding = draft.issued - draft.treasury
    base = holding.base
    amount = None
    if base in {"issued", "outstanding", "unstated"}:
        whole = draft.issued if base == "issued" else outstanding
        amount = _stated(draft, holding, _of_class(holding, whole, said))
        draft.issued_base |= base == "issued"
    holder = holding.holder
    if amount is not None:
        draft.held[holder] = amount if holder not in draft.held else draft.held[holder] + amount
        weight = _weight(said, holding.share_class)
        votes = amount if weight == 1 else amount * weight
        draft.votes[holder] = votes if holder not in draft.votes else draft.votes[holder] + votes
    elif holder not in draft.held and not _says_share(said, holder):
        rest = interval_of(outstanding, draft.ranges)
        anything = unknown_quantity(Interval(Fraction(0), rest.high), draft.ranges)
        draft.held[holder] = anything
        draft.votes[holder] = anything * _weight(said, holding.share_class)
    draft.said.setdefault(holder, []).append(holding.head.id)


def _says_share(said: Said, holder: PartyId) -> bool:
    return any(each.holder == holder and each.share is not None for each in said.holdings)


def _of_class(holding: Holding, whole: Amount, said: Said) -> Amount:
    """A part of one class where one is named and counted, else of the whole company."""
    for position in said.positions:
        if position.share_class == holding.share_class:
            return position.issued if holding.base == "issued" else position.outstanding
    return whole


def _stated(draft: Draft, holding: Holding, whole: Amount) -> Amount | None:
    """The shares a statement gives its holder; ``None`` where it gives none that can be counted."""
    if holding.shares is not None and holding.shares.unit == "shares":
        if draft.issued == 1:
            return None
        span = holding.shares.interval
        return plain(span.low) if span.is_exact else unknown_quantity(span, draft.ranges)
    part = holding.share
    if holding.shares is not None:
        part = holding.shares.interval
        whole = draft.issued if holding.shares.base == "issued" else whole
    if part is None:
        return None
    if part.is_exact:
        return whole * plain(part.low)
    return unknown_quantity(product(_at_most_all(part), interval_of(whole, draft.ranges)), draft.ranges)


def _at_most_all(part: Interval) -> Interval:
    """A part of a whole is at most the whole."""
    return part if part.high is not None else Interval(part.low, Fraction(1), part.low_open)


def _double(draft: Draft, right: Right, said: Said) -> None:
    """One more vote on the shares that carry two, never on more than are held."""
    holder = right.holder
    assert holder is not None  # noqa: S101 (the caller's test)
    held = draft.held[holder]
    shares = _at_most(draft, right.shares, held) if right.shares else held
    extra = shares * _weight(said, right.share_class)
    draft.votes[holder] += extra
    draft.all_votes += extra
    draft.said.setdefault(holder, []).append(right.head.id)


def _at_most(draft: Draft, stated: Quantity, held: Amount) -> Amount:
    span, have = stated.interval, interval_of(held, draft.ranges)
    if stated.unit == "fraction":
        return held * plain(span.low)
    if have.low >= span.low and span.is_exact:
        return plain(span.low)
    if have.high is not None and have.high <= span.low:
        return held
    top = have.high if span.high is None else min(span.high, have.high or span.high)
    return unknown_quantity(Interval(min(span.low, have.low), top), draft.ranges)


def asleep_votes(said: Said) -> frozenset[str]:
    """Holders whose votes are suspended, by right or by law."""
    return said.suspended | {
        right.holder for right in said.rights if right.right == "suspended_votes" and right.holder
    }


def state_votes(draft: Draft, said: Said) -> None:
    """Where votes are stated apart from shares, the holder has that part of all votes less treasury's."""
    base = draft.all_votes - draft.treasury_votes
    around = interval_of(base, draft.ranges)
    for holding in said.holdings:
        part = _votes_said(holding)
        if part is None or holding.holder == said.issuer:
            continue
        if part.is_exact:
            draft.votes[holding.holder] = base * plain(part.low)
        else:
            draft.votes[holding.holder] = unknown_quantity(product(_at_most_all(part), around), draft.ranges)


def _votes_said(holding: Holding) -> Interval | None:
    """A part of the votes; "controls" is more than half of them; other words alone say nothing of votes."""
    if holding.votes is not None:
        return holding.votes
    if holding.base not in {"issued", "outstanding", "unstated"}:
        return holding.share
    if "control" in holding.words.lower():
        return MAJORITY
    return ALL if holding.words and holding.share is None and holding.shares is None else None


def spread(draft: Draft, holder: PartyId) -> tuple[StatementId, ...]:
    """The statements behind a stake: the holder's, and those that changed the whole (where they are few)."""
    own = draft.treasury_said if holder == draft.issuer else draft.said.get(holder, [])
    few = len(draft.held) * len(draft.said_of_all) <= MOST_COPIES
    return tuple(dict.fromkeys([*own, *(draft.said_of_all if few else ())]))
