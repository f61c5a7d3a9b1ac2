"""One company's column on one day: who holds how much of it, by count or by statement, and with what votes."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from crosstie.ledger.amounts import Interval
from crosstie.ledger.drafting import Draft, Said, asleep_votes, spread
from crosstie.ledger.linear import Amount, interval_of, ratio
from crosstie.ledger.published import draw_up
from crosstie.ledger.state import State
from crosstie.ledger.statements import Holding, PartyId, Right, ShareClassId, StatementId, VoteTotal
from crosstie.text.problem import Problem

Pairs = Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Stake:
    """What one holder has: shares and votes as counts (``None`` where nobody counts) and as parts.

    ``of_votes`` is a part of the theoretical votes less treasury's, ``of_theoretical`` of all of them.
    """

    holder: PartyId
    shares: Interval | None
    of_issued: Interval | None
    of_outstanding: Interval
    votes: Interval | None
    of_votes: Interval
    of_theoretical: Interval
    suspended: bool = False
    statements: tuple[StatementId, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A company: its stakes, its unknown holders, its treasury, and the totals they are parts of.

    Counts are ``None`` where nobody counts. ``theoretical_votes`` include treasury's and suspended ones.
    ``vote_total`` is the published one that the unknown holders' votes rest on.
    """

    issuer: PartyId
    stakes: tuple[Stake, ...]
    unknown: Stake
    treasury: Stake
    issued: Interval | None
    outstanding: Interval | None
    theoretical_votes: Interval | None
    treasury_votes: Interval | None
    treasury_counted_on: str = ""
    vote_total: VoteTotal | None = None
    problems: tuple[Problem, ...] = ()


def columns_of(state: State, suspended: Pairs = ()) -> tuple[Column, ...]:
    """The column of every company; ``suspended`` adds (holder, company) pairs whose votes sleep by law."""
    return tuple(_columns(state, suspended))


def column_of(
    state: State, issuer: PartyId, share_class: ShareClassId | None = None, suspended: Pairs = ()
) -> Column | None:
    """The column of one company, or of one of its classes alone; ``None`` where nothing is said of it."""
    one = share_class is not None
    alone = replace(
        state,
        positions=tuple(
            p for p in state.positions if p.issuer == issuer and share_class in (None, p.share_class)
        ),
        holdings=tuple(
            h for h in state.holdings if h.issuer == issuer and share_class in (None, h.share_class)
        ),
        vote_totals=() if one else tuple(t for t in state.vote_totals if t.total.issuer == issuer),
        rights=tuple(r for r in state.rights if r.issuer == issuer),
    )
    return next(_columns(alone, suspended), None)


def _columns(state: State, suspended: Pairs) -> Iterator[Column]:
    holdings: dict[PartyId, list[Holding]] = {}
    for holding in state.holdings:
        holdings.setdefault(holding.issuer, []).append(holding)
    rights: dict[PartyId | None, list[Right]] = {}
    for right in state.rights:
        rights.setdefault(right.issuer, []).append(right)
    positions = state.positions_by_issuer()
    totals = {each.total.issuer: each for each in state.vote_totals}
    ranges = list(state.ranges)
    for issuer in dict.fromkeys([*positions, *holdings, *totals]):
        said = Said(
            issuer,
            positions.get(issuer, ()),
            state.classes,
            tuple(holdings.get(issuer, ())),
            tuple(rights.get(issuer, ())),
            state.true_on,
            totals.get(issuer),
            frozenset(holder for holder, company in suspended if company == issuer),
        )
        yield _close(said, draw_up(said, ranges))


def _close(said: Said, draft: Draft) -> Column:
    whole = _Whole(
        draft.issued, draft.issued - draft.treasury, draft.all_votes, draft.all_votes - draft.treasury_votes
    )
    unknown_shares = _rest(whole.outstanding, draft.held.values(), draft)
    alike = draft.votes == draft.held and whole.votes == whole.outstanding
    unknown_votes = unknown_shares if alike else _rest(whole.votes, draft.votes.values(), draft)
    asleep = asleep_votes(said)
    stakes = [
        _stake(draft, whole, holder, shares, draft.votes[holder], holder in asleep)
        for holder, shares in draft.held.items()
        if shares != 0 or draft.votes[holder] != 0
    ]
    return Column(
        said.issuer,
        tuple(stakes),
        _stake(draft, whole, PartyId(""), unknown_shares, unknown_votes, asleep=False),
        _treasury(draft, whole),
        _count(draft, whole.issued),
        _count(draft, whole.outstanding),
        _count(draft, whole.all_votes),
        _count(draft, draft.treasury_votes),
        draft.treasury_counted_on,
        said.total.total if said.total else None,
        tuple(draft.problems),
    )


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a stake is a part of: ``votes`` are all votes less treasury's."""

    issued: Amount
    outstanding: Amount
    all_votes: Amount
    votes: Amount


def _rest(whole: Amount, parts: Iterable[Amount], draft: Draft) -> Amount:
    left = whole
    for part in parts:
        left -= part
    return 0 if interval_of(left, draft.ranges).high == 0 else left


def _count(draft: Draft, amount: Amount) -> Interval | None:
    return interval_of(amount, draft.ranges) if draft.counted else None


def _stake(  # noqa: PLR0913, PLR0917 (who has how much of what)
    draft: Draft,
    whole: _Whole,
    holder: PartyId,
    shares: Amount,
    votes: Amount,
    asleep: bool,  # noqa: FBT001 (asleep or awake)
) -> Stake:
    of_outstanding = ratio(shares, whole.outstanding, draft.ranges)
    alike = votes is shares
    of_votes = (
        of_outstanding
        if alike and whole.votes == whole.outstanding
        else ratio(votes, whole.votes, draft.ranges)
    )
    of_all = of_votes if whole.all_votes == whole.votes else ratio(votes, whole.all_votes, draft.ranges)
    counted = _count(draft, shares)
    return Stake(
        holder,
        counted,
        _of_issued(draft, whole, shares),
        of_outstanding,
        counted if alike else _count(draft, votes),
        of_votes,
        of_all,
        asleep,
        () if not holder else spread(draft, holder),
    )


def _of_issued(draft: Draft, whole: _Whole, shares: Amount) -> Interval | None:
    return ratio(shares, whole.issued, draft.ranges) if draft.counted or draft.issued_base else None


def _treasury(draft: Draft, whole: _Whole) -> Stake:
    nothing = Interval.exactly(0)
    return Stake(
        draft.issuer,
        _count(draft, draft.treasury),
        _of_issued(draft, whole, draft.treasury),
        nothing,
        _count(draft, draft.treasury_votes),
        nothing,
        ratio(draft.treasury_votes, whole.all_votes, draft.ranges),
        statements=spread(draft, draft.issuer),
    )
