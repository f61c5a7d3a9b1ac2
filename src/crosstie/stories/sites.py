"""An event word in its sentence: subject, arguments, amounts, date and standing, worked out once for every frame."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crosstie.stories.discourse import NOBODY, Context, Referent, refer
from crosstie.stories.grammar import Arguments, Subject, arguments_of, subject_of, words_between
from crosstie.stories.moments import Moment
from crosstie.stories.quantities import Amount
from crosstie.stories.status import Standing, standing
from crosstie.stories.triggers import TRIGGERS, Trigger
from crosstie.stories.units import Unit

Parties = tuple[tuple[str, Referent], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One event read from a sentence, before attribution."""

    kind: str
    standing: Standing
    parties: Parties
    start: int
    end: int
    share: Amount | None = None
    shares: Amount | None = None
    money: Amount | None = None
    when: Moment | None = None
    words: str = ""  # a subtype, or what kind of holding
    trigger: tuple[int, int] = (0, 0)

    def party(self, role: str) -> Referent:
        """The party in a role; nobody where the words name none."""
        return next((referent for name, referent in self.parties if name == role), NOBODY)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence's units, what is known when it begins, and the events before it."""

    units: tuple[Unit, ...]
    context: Context
    earlier: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """An event word in its sentence, with subject, arguments and standing worked out."""

    sentence: Sentence
    at: int
    after: int
    trigger: Trigger
    subject: Subject
    arguments: Arguments
    passive: bool

    @property
    def units(self) -> tuple[Unit, ...]:
        """The sentence's units."""
        return self.sentence.units


STAKE_WORDS = frozenset(
    (
        "stake",
        "stakes",
        "interest",
        "holding",
        "holdings",
        "shares",
        "shareholding",
        "minority",
        "majority",
        "share",
    )
)


def site_of(sentence: Sentence, at: int, after: int, trigger: Trigger) -> Site:
    """An event word with its subject, arguments and voice."""
    units = sentence.units
    subject, arguments = subject_of(units, at), arguments_of(units, after)
    return Site(sentence, at, after, trigger, subject, arguments, _is_passive(units, at, trigger, arguments))


def _is_passive(units: Sequence[Unit], at: int, trigger: Trigger, arguments: Arguments) -> bool:
    if trigger.form not in ("past", "participle"):
        return False
    for k in range(at - 1, max(at - 4, -1), -1):
        if units[k].low in ("is", "are", "was", "were", "be", "been", "being", "get", "gets", "got"):
            return True
        if not units[k].low.endswith("ly") and units[k].low not in (
            "not",
            "also",
            "fully",
            "jointly",
            "<share>",
            "majority",
            "partly",
            "wholly",
            "now",
            "already",
            "then",
        ):
            break
    following = units[at + 1] if at + 1 < len(units) else None
    before = units[at - 1] if at else None
    held = before is not None and (
        before.is_noun_phrase
        or before.low in STAKE_WORDS | {",", "jointly", "wholly", "now", "partly", "<share>"}
    )
    return held and following is not None and following.low == "by" and bool(arguments.by.get("by"))


def context_at(sentence: Sentence, offset: int) -> Context:
    """What is known at an offset: the companies and people this sentence named before it come first."""
    context = sentence.context
    before = [u for u in sentence.units if u.kind == "name" and u.end <= offset]
    owned = [
        u
        for u in sentence.units
        if u.owner in context.parties and u.end <= offset and u.kind == "description"
    ]
    named = sorted(
        (*((u.start, u.party) for u in before if not u.person), *((u.start, u.owner) for u in owned))
    )
    companies = [party for _, party in named if may_hold(party, context)]
    people = [u.party for u in reversed(before) if u.person]
    return replace(
        context,
        recent=tuple(dict.fromkeys((*companies, *context.recent))),
        people=tuple(dict.fromkeys((*people, *context.people))),
    )


def may_hold(party: str, context: Context) -> bool:
    """Whether a party can hold shares, as far as its kind tells."""
    known = context.parties.get(party)
    return known is None or known.kind not in ("person", "place", "authority", "publication")


def who(site: Site, unit: Unit, *, others: Sequence[str] = ()) -> Referent:
    """The party behind a unit at this site."""
    return refer(unit, context_at(site.sentence, unit.start), others=others)


def subject_referent(site: Site) -> Referent:
    """All subjects of a site as one referent."""
    made = [who(site, unit) for unit in site.subject.units]
    names = tuple(dict.fromkeys(name for referent in made for name in referent.names))
    words = ", ".join(r.words for r in made if r.words)
    return Referent(names, any(r.proposed for r in made), words, made[0].parent if made else "")


def all_of(site: Site, units: Sequence[Unit], others: Sequence[str] = ()) -> Referent:
    """Several units as one referent, each party once."""
    made = [who(site, unit, others=others) for unit in units]
    names = tuple(dict.fromkeys(name for referent in made for name in referent.names))
    return Referent(
        names,
        any(r.proposed for r in made),
        ", ".join(r.words for r in made if r.words),
        next((r.parent for r in made if r.parent), ""),
    )


def owner_before(site: Site) -> Referent:
    """The possessor of an event noun: "Alfa's 3 billion bid", "its acquisition"."""
    units = site.units
    for k in range(site.at - 1, max(site.at - 6, -1), -1):
        if units[k].kind == "possessive" and k:
            return who(site, units[k - 1]) if units[k - 1].is_noun_phrase else NOBODY
        if units[k].low in ("its", "their"):
            return refer(units[k], context_at(site.sentence, units[k].start))
        if units[k].is_noun_phrase or (
            units[k].kind == "word" and units[k].low in ("of", "in", "to", "for", "the", "a", "an")
        ):
            return NOBODY
    return NOBODY


def standing_of(site: Site) -> Standing:
    """The status the site's words give; of an event noun that is itself the subject, its predicate's."""
    form = site.trigger.form
    if form == "noun" and not site.subject.finite:
        return standing(site.subject.chain, form, _predicate(site))
    chain = site.subject.chain
    before = site.units[site.at - 1].low if site.at else ""
    if form in ("past", "participle") and before == "to":
        form = "base"
    if form == "s" and site.trigger.sense != "own":
        return standing(chain, "past" if chain else "base")
    return standing(chain, form, _tail(site))


def _tail(site: Site) -> str:
    """Words after the arguments that still govern: "subject to approval", "if regulators agree"."""
    rest = words_between(site.units, site.arguments.end, len(site.units))
    cues = [cue for cue in ("subject to", "pending", "conditional on", "awaiting") if cue in rest]
    return cues[0] if cues and site.trigger.sense in ("buy", "sell", "merge", "bid", "venture") else ""


def _predicate(site: Site) -> str:
    return words_between(site.units, site.arguments.end, min(site.arguments.end + 9, len(site.units)))


def share_of(site: Site, slots: Sequence[str] = ("", "of", "for", "to")) -> Amount | None:
    """The part of a company that the event is about; the one after these prepositions."""
    for slot, unit in site.arguments.amounts:
        if unit.amount and unit.amount.kind == "share" and slot in slots and not _of_a_stake(site, unit):
            return unit.amount
    if site.trigger.form == "noun" or site.passive:
        return next(
            (
                u.amount
                for u in reversed(site.units[max(0, site.at - 5) : site.at])
                if u.amount and u.amount.kind == "share"
            ),
            None,
        )
    return None


def _of_a_stake(site: Site, unit: Unit) -> bool:
    """Such as "half of its stake": a part of a holding, not of the company."""
    near = words_between(site.units, site.units.index(unit) + 1, site.units.index(unit) + 6).split()
    return (
        near[:1] == ["of"]
        and bool({"stake", "holding", "interest", "shareholding"} & set(near[1:5]))
        and "<share>" not in near
    )


def money_of(site: Site) -> Amount | None:
    """The price or amount: after the event word, right before an event noun, or told as a price."""
    for _, unit in site.arguments.amounts:
        if unit.amount and unit.amount.kind == "money":
            return unit.amount
    near = site.units[max(0, site.at - 6) : site.at]
    if site.trigger.form == "noun":
        for unit in reversed(near):
            if unit.amount and unit.amount.kind == "money":
                return unit.amount
    rest = site.units[site.arguments.end :]
    for k, unit in enumerate(rest):
        if (
            unit.amount
            and unit.amount.kind == "money"
            and k
            and _is_price(words_between(rest, max(0, k - 4), k))
        ):
            return unit.amount
    return None


def _is_price(words: str) -> bool:
    return any(cue in words for cue in ("fetch", "worth", "valued at", "for", "raise", "total of", "pay"))


def count_of(site: Site) -> Amount | None:
    """The number of shares."""
    return next((u.amount for _, u in site.arguments.amounts if u.amount and u.amount.kind == "shares"), None)


_SAYING = frozenset(
    "said says told announced reported added wrote confirmed disclosed showed published say statement filing interview note".split()
)


def when_of(site: Site) -> Moment | None:
    """The date of the event: in its own clause first; never the date on which somebody said it."""
    units = site.units
    in_clause = [u for u in site.arguments.moments if not _is_saying(units, units.index(u))]
    if in_clause:
        return in_clause[0].moment
    for k in range(site.subject.begin, site.at):
        if units[k].kind == "moment" and not _is_saying(units, k):
            return units[k].moment
    lead = [
        k
        for k, u in enumerate(units[: site.at])
        if u.kind == "moment" and k <= 2 and not _is_saying(units, k)
    ]
    if lead and not any(
        t for u in units[lead[0] : site.at] for t in TRIGGERS.get(u.low, ()) if t.form in ("past", "s")
    ):
        return units[lead[0]].moment
    return _later_moment(site)


def _later_moment(site: Site) -> Moment | None:
    """A date after the clause, as long as no other event word stands between."""
    units = site.units
    for k in range(site.arguments.end, len(units)):
        low = units[k].low
        if units[k].kind == "moment":
            return None if _is_saying(units, k) else units[k].moment
        if (
            low in _SAYING
            or low
            in (
                "after",
                "before",
                "since",
                "when",
                "because",
                ";",
                "which",
                "while",
                "but",
                "who",
                "that",
                "and",
                "according",
            )
            or (low in TRIGGERS and units[k].kind == "word")
        ):
            return None
    return None


def _is_saying(units: Sequence[Unit], k: int) -> bool:
    near = [u.low for u in units[max(0, k - 3) : k] if u.low not in ("on", "in", "late", "earlier", ",", "a")]
    return bool(near) and near[-1] in _SAYING


def made(  # noqa: PLR0913 (all that it needs)
    site: Site,
    kind: str,
    parties: Parties,
    *,
    at: Standing | None = None,
    share: Amount | None = None,
    words: str = "",
    money: Amount | None = None,
    shares: Amount | None = None,
) -> Found:
    """An event at a site: its clause is the span, its date the clause's."""
    units = site.units
    last = max(site.arguments.end - 1, site.after - 1)
    while last > site.after - 1 and (
        units[last].kind == "mark"
        or units[last].low in ("and", "or", "also", "to", "for", "in", "with", "a", "the")
    ):
        last -= 1
    moment = when_of(site)
    first = min(site.subject.begin, site.at)
    start, end = units[first].start, units[last].end
    for piece in (share, money, moment):
        if piece:
            start, end = min(start, piece.start), max(end, piece.end)
    named = tuple((role, referent) for role, referent in parties if referent.names)
    return Found(kind, at or standing_of(site), named, start, end, share, shares, money, moment, words)


def earlier_event(site: Site, *kinds: str) -> Found | None:
    """The last event of these kinds before this one."""
    return next((e for e in reversed(site.sentence.earlier) if e.kind in kinds), None)


DEALS = ("stake_purchase", "stake_sale", "takeover", "holding", "merger")


def as_proposed(referent: Referent, words: str) -> Referent:
    """A referent that a person should look at."""
    return replace(referent, proposed=True, words=referent.words or words) if referent.names else referent


def together(site: Site) -> tuple[Unit, ...]:
    """The first object and those listed with it: "Beta and Gamma"."""
    objects = site.arguments.objects
    joined = list(objects[:1])
    for before, after in itertools.pairwise(objects):
        units = site.units
        between = words_between(units, units.index(before) + 1, units.index(after)).replace(",", "").split()
        plain = all(word in ("and", "the", "its", "rival") for word in between)
        if not plain or after.kind != "name" or before.kind != "name":
            break
        joined.append(after)
    return tuple(joined)


def is_company(site: Site, target: Referent) -> bool:
    """Whether a referent can be owned: no person, authority, publication or place."""
    kinds = [
        site.sentence.context.parties[name].kind
        for name in target.names
        if name in site.sentence.context.parties
    ]
    return not any(kind in ("person", "authority", "publication", "place") for kind in kinds)


def governed_by_approval(site: Site) -> bool:
    """The object of "approved" is the approval's own; what is approved need not be done."""
    if site.trigger.form != "noun":
        return False
    before = site.units[max(0, site.at - 8) : site.at]
    return any(
        t.sense in ("approve", "refuse")
        for u in before
        if u.kind == "word"
        for t in TRIGGERS.get(u.low, ())
        if t.form != "noun"
    )
