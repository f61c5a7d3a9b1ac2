"""Take a company's published vote totals into its column."""

from crosstie.ledger.amounts import Interval
from crosstie.ledger.books import count
from crosstie.ledger.drafting import Draft, Said, asleep_votes, draw_up_own, state_votes
from crosstie.ledger.linear import Amount, interval_of, sum_of
from crosstie.ledger.state import CountedVotes
from crosstie.ledger.statements import PartyId
from crosstie.text.problem import Problem


def draw_up(said: Said, ranges: list[Interval]) -> Draft:
    """The amounts of one company, its published vote total taken in; new ranges go to the end of ``ranges``."""
    draft = draw_up_own(said, ranges)
    if said.total is not None:
        _adopt_total(draft, said, said.total)
    state_votes(draft, said)
    return draft


def _adopt_total(draft: Draft, said: Said, counted: CountedVotes) -> None:
    """Unknown holders have the published votes that named lots do not explain, from that day on.

    The difference of a published total and what the ledger gives for its own day is carried on, so that
    what changed since still counts. What theoretical exceed exercisable votes by is treasury's after
    the suspended ones.
    """
    total = counted.total
    then = Said(
        said.issuer, counted.positions, counted.classes, counted.holdings, counted.rights, counted.counted_on,
        CountedVotes(total, (), {}, (), (), counted.counted_on) if not counted.positions else None,
    )  # fmt: skip
    past = draw_up_own(then, draft.ranges)
    _check_capital(draft, counted, past)
    asleep = _asleep_then(past, said, then, total.theoretical, total.exercisable)
    theoretical: Amount | None = total.theoretical
    if theoretical is None and total.exercisable is not None:
        theoretical = total.exercisable + asleep + past.treasury_votes
    if theoretical is None:
        return
    named = sum_of(past.votes.values())
    _check_total(draft, counted, theoretical, named + past.treasury_votes)
    draft.all_votes += theoretical - past.all_votes
    if total.theoretical is not None and total.exercisable is not None:
        gap = total.theoretical - total.exercisable - asleep
        if interval_of(gap, draft.ranges).high == 0 and gap != 0:
            _tell(
                draft,
                counted,
                f"theoretical less exercisable votes are {total.theoretical - total.exercisable:,}, fewer than"
                f" the {count(asleep, draft.ranges)} said to be suspended",
            )
            return
        draft.treasury_votes += gap - past.treasury_votes
        if interval_of(draft.treasury_votes, draft.ranges).high == 0:
            draft.treasury_votes = 0


def _check_capital(draft: Draft, counted: CountedVotes, past: Draft) -> None:
    """Published shares making up the capital are a check of the events' issued total."""
    shares = counted.total.shares
    if shares is not None and counted.positions and past.counted and past.issued != shares:
        issued = count(past.issued, draft.ranges)
        _tell(draft, counted, f"unexplained change in issued: {issued} by its events, {shares:,} published")


def _check_total(draft: Draft, counted: CountedVotes, theoretical: Amount, named: Amount) -> None:
    left = interval_of(named, draft.ranges).low - interval_of(theoretical, draft.ranges).low
    if left > 0:
        _tell(
            draft,
            counted,
            f"{count(theoretical, draft.ranges)} theoretical votes published, but the named holders and treasury"
            f" have {count(named, draft.ranges)}",
        )


def _tell(draft: Draft, counted: CountedVotes, message: str) -> None:
    head = counted.total.head
    draft.problems.append(
        Problem(
            f"{draft.issuer} on {counted.counted_on}: {message}", head.where, "vote-total", statement=head.id
        )
    )


def _asleep_then(
    past: Draft, said: Said, then: Said, theoretical: int | None, exercisable: int | None
) -> Amount:
    """Votes asleep on the day of the total: by right, and by law where the published gap has room for them."""
    asleep = sum_of(past.votes.get(PartyId(holder), 0) for holder in asleep_votes(then))
    by_law = sum_of(past.votes.get(PartyId(h), 0) for h in said.suspended - asleep_votes(then))
    if theoretical is None or exercisable is None:
        return asleep
    room = theoretical - exercisable - asleep - by_law
    return asleep + by_law if interval_of(room, past.ranges).high != 0 else asleep
