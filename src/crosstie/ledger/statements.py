"""The kinds of statement: one frozen record each, one shared head, no inheritance.

The fields and their types are the schema: the reader, the printer, the JSON Schema and the columns
of a register are all derived from them. ``field(metadata={"key": True})`` marks the field whose
value stands behind the kind's own name in a text ledger (``- entity: nissan``).
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal, NewType

from crosstie.ledger.amounts import Base, Interval, Money, Quantity
from crosstie.ledger.dates import When
from crosstie.text.problem import NOWHERE, Place

PartyId = NewType("PartyId", str)
ShareClassId = NewType("ShareClassId", str)
StatementId = NewType("StatementId", str)
SourceId = NewType("SourceId", str)
AgreementId = NewType("AgreementId", str)
DealId = NewType("DealId", str)
StepId = NewType("StepId", str)
EventId = NewType("EventId", str)


class Status(StrEnum):
    """How far along something is; the one vocabulary, weakest first (the last six never count)."""

    RUMOURED = "rumoured"
    IN_TALKS = "in_talks"
    PLANNED = "planned"
    AGREED_IN_PRINCIPLE = "agreed_in_principle"
    AGREED = "agreed"
    PENDING_APPROVAL = "pending_approval"
    COMPLETED = "completed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    POSTPONED = "postponed"
    OPINION = "opinion"
    BACKGROUND = "background"
    COMMENT = "comment"

    @property
    def firmness(self) -> int:
        """Rank from 1 (rumoured) to 7 (completed); 0 for what never counts.

        >>> Status.COMPLETED.firmness, Status.DENIED.firmness
        (7, 0)
        """
        return _FIRMNESS.get(self.value, 0)


_FIRMNESS = {
    name: rank
    for rank, name in enumerate(
        ("rumoured", "in_talks", "planned", "agreed_in_principle", "agreed", "pending_approval", "completed"),
        1,
    )
}


class Certainty(StrEnum):
    """How sure a statement is, surest first; the last two are unverified."""

    FIRST_HAND = "first_hand"  # read in an issuer's filing, a regulator's text, a statute
    SECOND_HAND = "second_hand"  # read in the press
    COMPUTED = "computed"  # arithmetic from read numbers
    INFERRED = "inferred"  # reasoned, stated by no source
    RECALLED = "recalled"  # remembered, read nowhere

    @property
    def is_unverified(self) -> bool:
        """Whether output must mark it as unverified."""
        return self in (Certainty.INFERRED, Certainty.RECALLED)


PartyType = Literal["company", "person", "state", "trust", "fund", "unknown", "group"]
Matter = Literal["all", "ordinary", "special", "director_election", "shareholder_proposal"]
Instruction = Literal["as_instructed", "neutral", "abstain", "for", "against"]
AttributionKind = Literal[
    "unstated", "document", "named", "spokesperson", "anonymous", "reporter", "declined_to_comment"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something was said: shared by any number of statements."""

    id: SourceId
    title: str = ""
    publisher: str = ""
    address: str = ""
    date: When | None = None
    kind: str = ""  # filing, press release, press, statute, register, story, ...
    attribution: AttributionKind = "unstated"
    attributed_to: str = ""  # the words: "people familiar with the situation"
    group: str = ""  # sources of one group are one source: syndicated copies, the same unnamed people
    sha256: str = ""
    note: str = ""
    where: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every statement has: two clocks, status, certainty, source, place.

    ``true_on`` is when it became so, ``until`` the first day on which a state is no longer so,
    ``known_on`` the day from which one could know it (its last possible day counts).
    """

    id: StatementId
    true_on: When | None = None
    until: When | None = None
    known_on: When | None = None
    status: Status = Status.COMPLETED
    certainty: Certainty = Certainty.SECOND_HAND
    sources: tuple[SourceId, ...] = ()
    quote: str = ""
    attribution: AttributionKind = "unstated"
    attributed_to: str = ""
    event: EventId = EventId("")
    step: StepId = StepId("")
    note: str = ""
    where: Place = NOWHERE


KEY: dict[str, Any] = {"key": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An identifier in a named scheme: LEI, ISIN, org-id, Wikidata, ..."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A party: a company, person, state, trust, fund or somebody unknown."""

    head: Head
    party: PartyId = field(metadata=KEY)
    name: str = ""
    type: PartyType = "company"
    jurisdiction: str = ""  # ISO 3166: FR, JP, US-DE
    listed: str = ""  # where its shares are traded on a regulated market
    year_end: str = ""  # MM-DD on which its fiscal year ends
    names: tuple[str, ...] = ()  # other names it goes by
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareClass:
    """A class of shares of one issuer."""

    head: Head
    share_class: ShareClassId = field(metadata=KEY)
    issuer: PartyId
    name: str = ""
    votes_per_share: Fraction = Fraction(1)
    par: Money | None = None
    double_after_years: Fraction | None = None  # votes double when registered so long in one name


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A holder's shares on the ledger's first day for it; without a holder, the class's issued total.

    ``holder`` equal to the issuer is treasury. What a total exceeds the named holders' by is the
    unknown holders'.
    """

    head: Head
    share_class: ShareClassId
    shares: Quantity
    holder: PartyId | None = None
    registered_on: When | None = None  # in the holder's name since; unset is bearer form


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """New shares; ``holder`` unset is unknown holders."""

    head: Head
    share_class: ShareClassId
    shares: Quantity
    holder: PartyId | None = None
    price: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Shares change hands; ``seller`` or ``buyer`` unset is unknown holders."""

    head: Head
    share_class: ShareClassId
    shares: Quantity
    seller: PartyId | None = None
    buyer: PartyId | None = None
    price: Money | None = None
    settled_on: When | None = None
    recorded_on: When | None = None
    registered: bool = False  # the buyer's lot is registered from this day (else bearer)
    keeps_registration: bool = False  # inheritance, merger: the lot's date travels


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One named part of a list: so many shares of one holder."""

    holder: PartyId | None = None
    shares: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Repurchase:
    """The issuer buys a total into treasury; what the named sellers do not fill, unknown holders sold."""

    head: Head
    share_class: ShareClassId
    shares: Quantity
    sellers: tuple[Part, ...] = ()
    price: Money | None = None
    settled_on: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Treasury shares cease to exist."""

    head: Head
    share_class: ShareClassId
    shares: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A holder's shares of one class (or an instrument) become ``ratio`` times as many of another."""

    head: Head
    share_class: ShareClassId
    into: ShareClassId
    shares: Quantity
    holder: PartyId | None = None
    ratio: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Every share becomes ``ratio`` shares (below 1: consolidation)."""

    head: Head
    share_class: ShareClassId
    ratio: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """One class is absorbed: its holders get ``ratio`` new shares of ``into`` each; treasury gets none."""

    head: Head
    share_class: ShareClassId
    into: ShareClassId
    ratio: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A settlor puts shares into a trust, which then holds them for its beneficiaries."""

    head: Head
    share_class: ShareClassId
    settlor: PartyId
    trust: PartyId
    shares: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A trust gives shares out to a beneficiary."""

    head: Head
    share_class: ShareClassId
    trust: PartyId
    beneficiary: PartyId
    shares: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is known to be held over a span, where no event is: exact, an interval, or words.

    ``share`` is a part of ``base``; ``votes`` a part of the votes; ``words`` such as "controls".
    Only direct, separate holdings become edges; ``direct="no"`` are kept as checks.
    """

    head: Head
    holder: PartyId
    issuer: PartyId
    share: Interval | None = None
    shares: Quantity | None = None
    votes: Interval | None = None
    base: Base = "unstated"
    share_class: ShareClassId | None = None
    words: str = ""
    direct: Literal["yes", "no", "unknown"] = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderBound:
    """No undisclosed holder of this company has more than so much."""

    head: Head
    issuer: PartyId
    at_most: Interval
    base: Base = "unstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """Who takes the economic part of a trust (or fund): the settlor and protector may be named too."""

    head: Head
    trust: PartyId
    holder: PartyId
    share: Interval = field(default_factory=lambda: Interval.exactly(1))
    role: Literal["beneficiary", "settlor", "trustee", "protector"] = "beneficiary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A contract between parties."""

    head: Head
    agreement: AgreementId = field(metadata=KEY)
    title: str = ""
    parties: tuple[PartyId, ...] = ()
    replaces: tuple[AgreementId, ...] = ()


RightKind = Literal[
    "vote_cap",
    "double_vote",
    "suspended_votes",
    "voting_instruction",
    "lock_up",
    "standstill",
    "first_offer",
    "put",
    "call",
    "board_seat",
    "acting_in_concert",
    "no_control",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right or duty in force over a span (``true_on`` to ``until``).

    vote_cap: ``holder`` casts freely at most ``limit`` of ``base`` at ``issuer``; the excess is ``excess``.
    double_vote: the holder's shares (``shares``, or all) carry two votes. suspended_votes: they carry none.
    voting_instruction: ``instructed_by`` says how ``holder`` votes on ``matter``, or it votes ``how``.
    acting_in_concert: ``parties`` act together at ``issuer``. no_control: a sourced statement that
    ``holder`` does not control ``issuer``, which rebuts a presumption.
    """

    head: Head
    right: RightKind
    holder: PartyId | None = None
    issuer: PartyId | None = None
    agreement: AgreementId | None = None
    parties: tuple[PartyId, ...] = ()
    limit: Interval | None = None
    base: Base = "unstated"
    shares: Quantity | None = None
    share_class: ShareClassId | None = None
    matter: Matter = "all"
    how: Instruction = "as_instructed"
    instructed_by: PartyId | None = None
    excess: Literal["lost", "neutral"] = "lost"
    price: Money | None = None
    seats: int | None = None
    basis: str = ""  # why: a law's article, a clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A person holds a role in a body over a span."""

    head: Head
    person: PartyId
    body: PartyId
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal: its steps carry the planned events."""

    head: Head
    deal: DealId = field(metadata=KEY)
    title: str = ""
    parties: tuple[PartyId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a deal: the statements whose head names it happen together, within the window."""

    head: Head
    step: StepId = field(metadata=KEY)
    deal: DealId
    order: int
    title: str = ""
    conditions: tuple[str, ...] = ()
    after: tuple[StepId, ...] = ()
    window: When | None = None


Measure = Literal[
    "shares",
    "issued",
    "outstanding",
    "treasury",
    "of_issued",
    "of_outstanding",
    "votes",
    "theoretical_votes",
    "exercisable_votes",
    "of_theoretical",
    "of_exercisable",
    "of_free",
    "look_through",
    "amount",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A published figure that loading verifies on its day.

    ``group`` adds the holder's trusts and subsidiaries. ``rounding`` is the printed step (0.01% or 1);
    a figure agrees when ours, rounded or cut to that step, is the one printed.
    """

    head: Head
    measure: Measure
    value: Interval
    issuer: PartyId | None = None
    holder: PartyId | None = None
    share_class: ShareClassId | None = None
    group: bool = False
    rounding: Fraction | None = None
    formula: str = ""  # with measure "amount": an arithmetic expression over ledger figures
    disagrees: str = ""  # why this figure is expected to disagree


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """From ``known_on`` on, ``field`` of statement ``corrects`` reads ``value``."""

    head: Head
    corrects: StatementId
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """From ``known_on`` on, the statement no longer stands."""

    head: Head
    retracts: StatementId


@dataclass(frozen=True, slots=True, kw_only=True)
class SameAs:
    """A judgement that two names are one party (or, ``same=False``, that they are not)."""

    head: Head
    party: PartyId
    other: PartyId
    same: bool = True
    score: Fraction | None = None
    judged_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What may become shares: convertible bonds, options, warrants."""

    head: Head
    instrument: Literal["convertible", "option", "warrant"]
    share_class: ShareClassId
    shares: Quantity
    holder: PartyId | None = None
    window: When | None = None
    price: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteTotal:
    """A published total of votes, as of ``true_on``; what named lots do not explain is unknown holders'."""

    head: Head
    issuer: PartyId
    theoretical: int | None = None
    exercisable: int | None = None
    shares: int | None = None  # shares making up the capital


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something said that moves no shares: talks, opinion, background, a denial."""

    head: Head
    about: tuple[PartyId, ...] = ()
    predicate: str = ""
    text: str = ""
    amount: str = ""
    part_of: StatementId | None = None


Event = (
    Opening | Issue | Transfer | Repurchase | Cancellation | Conversion | Split | Merger
    | Contribution | Distribution
)  # fmt: skip

Statement = (
    Entity | ShareClass | Event | Holding | HolderBound | Beneficiary | Agreement | Right | Office | Deal
    | Step | Check | Correction | Retraction | SameAs | Instrument | VoteTotal | Remark
)  # fmt: skip


def known_from(head: Head) -> date | None:
    """The first day on which the statement is surely known; ``None`` where nothing says."""
    return head.known_on.latest if head.known_on else None
