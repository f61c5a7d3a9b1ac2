"""Event frames: purchases, sales, mergers, listings, holdings and the rest, each with parties, amounts and standing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from crosstie.ledger.statements import Status
from crosstie.stories import lexicon
from crosstie.stories.discourse import NOBODY, Context, Referent, refer
from crosstie.stories.grammar import AUXILIARIES, Arguments, Subject, arguments_of, subject_of, words_between
from crosstie.stories.moments import Moment
from crosstie.stories.quantities import Amount
from crosstie.stories.status import Standing, standing
from crosstie.stories.triggers import TRIGGERS, Sense, Trigger
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


def read_frames(sentence: Sentence) -> tuple[Found, ...]:
    """Every event of one sentence, in order."""
    found: list[Found] = []
    taken_until = -1
    for at, unit in enumerate(sentence.units):
        if at <= taken_until:
            continue
        for trigger, after in _triggers(sentence.units, at):
            here = replace(sentence, earlier=(*sentence.earlier, *found))
            made = tuple(_HANDLERS[trigger.sense](_site(here, at, after, trigger)))
            if made:
                found.extend(
                    replace(event, trigger=(unit.start, sentence.units[after - 1].end)) for event in made
                )
                taken_until = after - 1
                break
    sold = [e for e in found if e.kind == "stake_sale" and e.standing.status == Status.COMPLETED]
    found.extend(h for h in _possessed(sentence) if not any(s.start <= h.trigger[0] <= s.end for s in sold))
    return tuple(found)


def _triggers(units: Sequence[Unit], at: int) -> Iterator[tuple[Trigger, int]]:
    unit = units[at]
    if (
        unit.kind == "description"
        and unit.noun in ("venture", "joint-venture")
        and (unit.noun != "venture" or "joint" in unit.qualifiers)
    ):
        yield Trigger("venture", "noun"), at + 1
    if unit.kind != "word":
        return
    if (
        unit.low in ("offering", "offerings")
        and words_between(units, at - 2, at) not in ("initial public",)
        and words_between(units, at - 1, at) not in ("share", "public")
    ):
        return
    for trigger in TRIGGERS.get(unit.low, ()):
        if not trigger.particle:
            if not (trigger.form in ("base", "s") and _is_noun_use(units, at)):
                yield trigger, at + 1
            continue
        for k in range(at + 1, min(at + 7, len(units))):
            if units[k].low in trigger.particle:
                yield trigger, k + 1 if k == at + 1 else at + 1
                break


def _is_noun_use(units: Sequence[Unit], at: int) -> bool:
    """ "a bid", "its purchase": a word that is a verb's base form used as a noun."""
    before = units[at - 1].low if at else ""
    return before in (
        "a",
        "an",
        "the",
        "its",
        "their",
        "this",
        "that",
        "any",
        "of",
        "final",
        "initial",
        "possible",
        "potential",
        "new",
        "rival",
        "takeover",
        "tender",
        "share",
        "stock",
        "<share>",
        "<money>",
        "'s",
    ) and any(t.form == "noun" for t in TRIGGERS[units[at].low])


def _site(sentence: Sentence, at: int, after: int, trigger: Trigger) -> Site:
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
    return following is not None and following.low == "by" and bool(arguments.by.get("by"))


def context_at(sentence: Sentence, offset: int) -> Context:
    """What is known at an offset: the companies and people this sentence named before it come first."""
    context = sentence.context
    before = [u for u in sentence.units if u.kind == "name" and u.end <= offset]
    companies = [u.party for u in before if not u.person and _may_hold(u.party, context)]
    people = [u.party for u in reversed(before) if u.person]
    return replace(
        context,
        recent=tuple(dict.fromkeys((*companies, *context.recent))),
        people=tuple(dict.fromkeys((*people, *context.people))),
    )


def _may_hold(party: str, context: Context) -> bool:
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


def _all(site: Site, units: Sequence[Unit], others: Sequence[str] = ()) -> Referent:
    made = [who(site, unit, others=others) for unit in units]
    names = tuple(dict.fromkeys(name for referent in made for name in referent.names))
    return Referent(
        names,
        any(r.proposed for r in made),
        ", ".join(r.words for r in made if r.words),
        next((r.parent for r in made if r.parent), ""),
    )


def _owner_before(site: Site) -> Referent:
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
    if form == "s" and site.trigger.sense not in ("own",):
        return standing(chain, "past" if chain else "base")
    return standing(chain, form, _tail(site))


def _tail(site: Site) -> str:
    """Words after the arguments that still govern: "subject to approval", "if regulators agree"."""
    rest = words_between(site.units, site.arguments.end, len(site.units))
    cues = [cue for cue in ("subject to", "pending", "conditional on", "awaiting") if cue in rest]
    return cues[0] if cues and site.trigger.sense in ("buy", "sell", "merge", "bid", "venture") else ""


def _predicate(site: Site) -> str:
    return words_between(site.units, site.arguments.end, min(site.arguments.end + 9, len(site.units)))


def _share(site: Site, slots: Sequence[str] = ("", "of", "for", "to")) -> Amount | None:
    for slot, unit in site.arguments.amounts:
        if unit.amount and unit.amount.kind == "share" and slot in slots:
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


def _money(site: Site) -> Amount | None:
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


def _count(site: Site) -> Amount | None:
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
    lead = [k for k, u in enumerate(units[: site.at]) if u.kind == "moment" and k <= 2]
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


def made(
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


def _earlier(site: Site, *kinds: str) -> Found | None:
    return next((e for e in reversed(site.sentence.earlier) if e.kind in kinds), None)


_DEALS = ("stake_purchase", "stake_sale", "takeover", "holding", "merger")


def _as_proposed(referent: Referent, words: str) -> Referent:
    return replace(referent, proposed=True, words=referent.words or words) if referent.names else referent


# --- purchases and sales ---------------------------------------------------------------------------------------


def _bought(site: Site) -> Iterator[Found]:
    if _governed_by_approval(site) or (
        site.trigger.form == "noun"
        and site.units[site.after : site.after + 1]
        and site.units[site.after].low
        in ("offer", "bid", "proposal", "approach", "talks", "target", "speculation", "price")
    ):
        return
    acquirer, seller, target = _roles_of_purchase(site)
    share, count = _share(site), _count(site)
    staked = bool(share or count or site.arguments.words & STAKE_WORDS)
    if not target.names and staked and site.trigger.form != "noun":
        earlier = _earlier(site, *_DEALS)
        target = _as_proposed(earlier.party("target") if earlier else NOBODY, "the stake")
    if (
        not target.names
        or not _is_company(site, target)
        or (not acquirer.names and site.trigger.form == "noun" and not site.passive and not share)
    ):
        if not (target.names and _is_company(site, target) and site.arguments.by.get("by")):
            return
    if set(acquirer.names) & set(target.names):
        return
    whole = share is None or (share.interval.is_exact and share.interval.low == 1)
    kind = "takeover" if whole and not (site.arguments.words & STAKE_WORDS or count) else "stake_purchase"
    parent = (
        Referent((target.parent,))
        if target.parent and target.parent not in acquirer.names and not seller.names
        else NOBODY
    )
    parties = (("acquirer", acquirer), ("target", target), ("seller", seller), ("parent", parent))
    yield made(site, kind, parties, share=share, money=_money(site), shares=count)


def _roles_of_purchase(site: Site) -> tuple[Referent, Referent, Referent]:
    by, subject = site.arguments.by, subject_referent(site)
    seller = _all(site, by.get("from", ()))
    if site.passive:
        return _all(site, by.get("by", ())), seller, subject
    if site.trigger.form == "noun":
        owner = _owner_before(site)
        acquirer = _all(site, by.get("by", ())) or NOBODY
        if not acquirer.names:
            acquirer = owner if owner.names else subject if site.subject.finite else NOBODY
        return acquirer, seller, _all(site, site.arguments.objects[:1], acquirer.names)
    possessors = [u for u in by.get("'s", ()) if u.is_noun_phrase]
    target = _all(site, _together(site), subject.names)
    if not seller.names and possessors and target.names:
        seller = _all(site, possessors[:1])
    return subject, seller, target


def _together(site: Site) -> tuple[Unit, ...]:
    """The first object and those listed with it: "Beta and Gamma"."""
    objects = site.arguments.objects
    joined = list(objects[:1])
    for before, after in zip(objects, objects[1:], strict=False):
        units = site.units
        between = words_between(units, units.index(before) + 1, units.index(after)).replace(",", "").split()
        plain = all(word in ("and", "the", "its", "rival") for word in between)
        if not plain or after.kind != "name" or before.kind != "name":
            break
        joined.append(after)
    return tuple(joined)


def _is_company(site: Site, target: Referent) -> bool:
    kinds = [
        site.sentence.context.parties[name].kind
        for name in target.names
        if name in site.sentence.context.parties
    ]
    return not any(kind in ("person", "authority", "publication", "place") for kind in kinds)


def _governed_by_approval(site: Site) -> bool:
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


def _invested(site: Site) -> Iterator[Found]:
    target = _all(site, site.arguments.objects[:1])
    investor = subject_referent(site)
    if site.trigger.form == "noun":
        owner = _owner_before(site)
        investor = (
            _all(site, site.arguments.by.get("by", ()))
            if site.arguments.by.get("by")
            else owner
            if owner.names
            else investor
        )
    target = _all(site, site.arguments.objects[:1], investor.names)
    if (
        not target.names
        or not investor.names
        or not _is_company(site, target)
        or set(target.names) & set(investor.names)
    ):
        return
    parent = Referent((target.parent,)) if target.parent and target.parent not in investor.names else NOBODY
    yield made(
        site,
        "stake_purchase",
        (("acquirer", investor), ("target", target), ("parent", parent)),
        share=_share(site),
        money=_money(site),
        words="investment",
    )


def _near_stake(site: Site, reach: int = 7) -> bool:
    near = site.units[site.after : site.after + reach]
    for k, unit in enumerate(near):
        if unit.low in STAKE_WORDS - {"share", "shares", "interest"}:
            return True
        if unit.amount and unit.amount.kind == "share":
            return site.trigger.sense == "take" and (
                k == 0 or near[k - 1].low in ("a", "an", "the", "to", "of")
            )
        if (
            unit.low == "interest"
            and k
            and (
                near[k - 1].kind == "amount"
                or near[k - 1].low in ("minority", "majority", "controlling", "its")
            )
        ):
            return True
    return False


def _changed(site: Site) -> Iterator[Found]:
    """ "raise its stake in Beta to 20%", "cut its holding to 9.8%", "take a stake in Beta"."""
    if not _near_stake(site):
        return
    holder, target = subject_referent(site), _all(site, site.arguments.objects[:1])
    if site.passive:
        holder, target = _all(site, site.arguments.by.get("by", ())), subject_referent(site)
    if not target.names or set(target.names) == set(holder.names):
        earlier = _earlier(site, *_DEALS)
        target = (
            _as_proposed(
                (earlier.party("target").names and earlier.party("target")) or earlier.party("issuer"),
                "the stake",
            )
            if earlier
            else target
        )
    if not target.names or not holder.names or not _is_company(site, target):
        return
    share = _share(site, ("to",)) or _share(site, ("", "of", "for"))
    resulting = site.trigger.form == "ing" and site.at and site.units[site.at - 1].low == ","
    if resulting:
        earlier_here = _earlier(site, *_DEALS)
        yield made(
            site,
            "holding",
            (("holder", holder), ("issuer", target)),
            at=earlier_here.standing if earlier_here else None,
            share=share,
            words="result",
        )
        return
    selling = site.trigger.sense == "cut"
    roles = (
        (("seller", holder), ("target", target)) if selling else (("acquirer", holder), ("target", target))
    )
    extra: Parties = () if selling else (("seller", _all(site, site.arguments.by.get("from", ()))),)
    yield made(
        site, "stake_sale" if selling else "stake_purchase", (*roles, *extra), share=share, money=_money(site)
    )


def _sold(site: Site) -> Iterator[Found]:
    by = site.arguments.by
    if _governed_by_approval(site):
        return
    seller, buyer = subject_referent(site), _all(site, by.get("to", ()))
    target = _all(site, site.arguments.objects[:1], seller.names)
    if site.passive:
        seller, target = _all(site, by.get("by", ())), seller
    elif site.trigger.form == "noun":
        owner = _owner_before(site)
        seller = (
            _all(site, by.get("by", ()))
            if by.get("by")
            else owner
            if owner.names
            else seller
            if site.subject.finite
            else NOBODY
        )
    share = _share(site, ("", "of"))
    staked = bool(site.arguments.words & (STAKE_WORDS - {"share"}) or share or _count(site))
    if not target.names and staked and site.trigger.form != "noun":
        earlier = _earlier(site, *_DEALS)
        target = _as_proposed(
            (earlier.party("target") if earlier.party("target").names else earlier.party("issuer"))
            if earlier
            else NOBODY,
            "the stake",
        )
    if not target.names or not _is_company(site, target) or set(target.names) == set(seller.names):
        return
    if site.trigger.form in ("base", "s") and not site.subject.chain and not staked:
        return
    yield made(
        site,
        "stake_sale",
        (("seller", seller), ("target", target), ("acquirer", buyer)),
        share=share,
        money=_money(site),
        shares=_count(site),
    )


def _bid(site: Site) -> Iterator[Found]:
    by, priced = (
        site.arguments.by,
        any(u.amount and u.amount.kind in ("money", "per_share") for _, u in site.arguments.amounts),
    )
    if site.trigger.form != "noun":
        target = _all(site, by.get("for", ()))
        earlier = _earlier(site, "takeover", "merger", "stake_purchase")
        if not target.names and priced and earlier:
            target = _as_proposed(earlier.party("target"), "the offer")
        if (
            not (priced or site.units[site.after : site.after + 1] and site.units[site.after].low == "for")
            or not target.names
        ):
            return
        yield made(
            site,
            "takeover",
            (("acquirer", subject_referent(site)), ("target", target)),
            at=_offered(site),
            money=_money(site),
            share=_share(site),
        )
        return
    owner, target = _owner_before(site), _all(site, by.get("for", ()))
    maker = owner if owner.names else _all(site, (*by.get("from", ()), *by.get("by", ())))
    if not maker.names and site.subject.finite and target.names:
        maker = subject_referent(site)
    if maker.names and not target.names and site.subject.finite and not owner.names:
        target = subject_referent(site)
    if not target.names:
        earlier = _earlier(site, "takeover", "merger", "stake_purchase")
        target = _as_proposed(earlier.party("target"), "the offer") if earlier and _money(site) else NOBODY
    if target.names and _is_company(site, target) and not set(target.names) & set(maker.names):
        yield made(
            site,
            "takeover",
            (("acquirer", maker), ("target", target)),
            at=_offered(site),
            money=_money(site),
            share=_share(site),
        )


def _offered(site: Site) -> Standing:
    """An offer made is a plan of its maker, whatever form its verb has."""
    read = standing_of(site)
    return (
        Standing(Status.PLANNED, read.cue or "offer")
        if read.status in (Status.COMPLETED, Status.AGREED) and "agreed" not in site.subject.chain
        else read
    )


# --- mergers, listings, carve-outs, buybacks, ventures -----------------------------------------------------------


def _merged(site: Site) -> Iterator[Found]:
    if _governed_by_approval(site):
        return
    by, args = site.arguments.by, site.arguments
    objects = _all(
        site,
        (
            *args.objects[:2],
            *by.get("with", ()),
            *by.get("between", ()),
            *(by.get("to", ()) if site.trigger.form == "noun" else ()),
        ),
    )
    subject = subject_referent(site)
    if site.trigger.form == "noun":
        owner = _owner_before(site)
        subject = owner if owner.names else subject if site.subject.finite or not objects.names else NOBODY
    names = [
        *(Referent((n,), subject.proposed, subject.words) for n in subject.names),
        *(Referent((n,), objects.proposed, objects.words) for n in objects.names if n not in subject.names),
    ]
    if len(names) < 2 or not all(_is_company(site, n) for n in names[:2]):
        return
    yield made(site, "merger", tuple(zip("abcd", names[:4], strict=False)), money=_money(site))


def _listed(site: Site) -> Iterator[Found]:
    sponsor = subject_referent(site)
    args = site.arguments
    if _governed_by_approval(site):
        return
    noun = site.trigger.form == "noun"
    issuer = _all(site, args.objects[:1], () if noun else sponsor.names)
    if noun:
        owner = _owner_before(site)
        if owner.names and not issuer.names:
            issuer = owner
    elif (
        site.units[site.at].low in ("list", "lists", "listed", "listing")
        and not issuer.names
        and not _market_after(site)
    ):
        return
    if not issuer.names:
        issuer, sponsor = sponsor, NOBODY
    if site.passive:
        issuer, sponsor = subject_referent(site), _all(site, args.by.get("by", ()))
    if (
        not issuer.names
        or not _is_company(site, issuer)
        or (site.units[site.at].low == "listing" and not noun)
    ):
        return
    if set(sponsor.names) & set(issuer.names):
        sponsor = Referent((issuer.parent,)) if issuer.parent else NOBODY
    yield made(
        site, "ipo", (("issuer", issuer), ("sponsor", sponsor)), share=_share(site), money=_money(site)
    )


def _market_after(site: Site) -> bool:
    near = words_between(site.units, site.after, site.after + 6)
    return near.startswith(("on", "in", "its shares", "shares", "at")) or "stock" in near


def _spun(site: Site) -> Iterator[Found]:
    parent, child = subject_referent(site), _all(site, site.arguments.objects[:1])
    if _governed_by_approval(site):
        return
    if site.passive:
        parent, child = (
            _all(site, (*site.arguments.by.get("by", ()), *site.arguments.by.get("from", ()))),
            parent,
        )
    if site.trigger.form == "noun":
        owner = _owner_before(site)
        parent = owner if owner.names else parent if site.subject.finite else NOBODY
    if not child.names or set(child.names) & set(parent.names) or not _is_company(site, child):
        return
    yield made(site, "carve_out", (("parent", parent), ("child", child)), share=_share(site))


def _repurchased(site: Site) -> Iterator[Found]:
    issuer = subject_referent(site)
    if site.trigger.form == "noun":
        owner = _owner_before(site)
        issuer = owner if owner.names else issuer
    own = (
        site.trigger.form == "noun"
        or site.arguments.words & {"shares", "stock"}
        or _share(site)
        or _count(site)
        or not site.arguments.objects
    )
    if issuer.names and own and _is_company(site, issuer):
        yield made(
            site,
            "buyback",
            (("issuer", issuer),),
            share=_share(site),
            money=_money(site),
            shares=_count(site),
        )


def _ventured(site: Site) -> Iterator[Found]:
    before = words_between(site.units, max(0, site.at - 6), site.at)
    if site.units[site.at].low != "<indefinite>" or not any(
        w in before.split()
        for w in (
            "form",
            "formed",
            "set",
            "create",
            "created",
            "establish",
            "established",
            "launch",
            "launched",
            "start",
            "forming",
            "creating",
            "agreed",
            "agreement",
            "discussing",
            "into",
            "signed",
            "plan",
            "plans",
            "planning",
            "build",
            "on",
            "for",
            "about",
        )
    ):
        return
    partners = _all(site, (*site.arguments.by.get("with", ()), *_with_before(site)))
    subject = subject_referent(site)
    names = tuple(dict.fromkeys((*subject.names, *partners.names)))
    if len(names) < 2:
        return
    referents = [Referent((n,), subject.proposed or partners.proposed, subject.words) for n in names]
    yield made(
        site, "joint_venture", tuple(zip("abcd", referents[:4], strict=False)), money=_money(site), share=None
    )


def _with_before(site: Site) -> Iterator[Unit]:
    """Partners named before the event word: "talks with Beta on a joint venture"."""
    units = site.units
    for k in range(site.subject.begin + 1, site.at):
        if units[k].is_noun_phrase and words_between(units, max(0, k - 4), k).split()[-3:].count("with"):
            yield units[k]


# --- states ----------------------------------------------------------------------------------------------------


def _owned(site: Site) -> Iterator[Found]:
    low, units = site.units[site.at].low, site.units
    share = _share(site, ("", "of"))
    words = site.arguments.words
    staked = share is not None or bool(words & {"stake", "majority", "minority"})
    outright = low in ("owns", "owned", "controls", "controlled")
    if site.at and units[site.at - 1].low == "on":
        return
    if (
        not (staked or outright)
        or site.trigger.form == "ing"
        or (low in ("have", "has", "had", "having") and not share)
    ):
        return
    holder, issuer = subject_referent(site), _all(site, site.arguments.objects[:1])
    if site.passive:
        holder, issuer = _all(site, site.arguments.by.get("by", ())), subject_referent(site)
        share = share or next(
            (
                u.amount
                for u in reversed(units[max(0, site.at - 3) : site.at])
                if u.amount and u.amount.kind == "share"
            ),
            None,
        )
    if set(issuer.names) & set(holder.names) and not site.passive:
        issuer = _all(site, site.arguments.objects[:1], holder.names)
    if (
        not holder.names
        or not issuer.names
        or not _is_company(site, issuer)
        or set(issuer.names) & set(holder.names)
    ):
        return
    said = standing_of(site)
    if said.status == Status.PLANNED and not said.cue:
        said = Standing(Status.COMPLETED)
    yield made(
        site,
        "holding",
        (("holder", holder), ("issuer", issuer)),
        at=said,
        share=share,
        words="" if share else low,
    )


def _given(site: Site) -> Iterator[Found]:
    """ "would give the Italian company a 52% stake in Beta": the result of a deal."""
    args = site.arguments
    share = _share(site, ("", "of", "with", "to"))
    if share is None or not (args.words & STAKE_WORDS) or not args.objects and not args.by.get("with"):
        return
    issuers = [u for u in args.objects if u.start > share.end]
    holders = [u for u in args.objects if u.end <= share.start]
    if site.units[site.at].low.startswith(("bring", "brought")) and not issuers:
        return
    if not holders or not issuers:
        return
    issuer = _all(site, issuers[:1])
    holder = _all(site, holders[:1], issuer.names)
    yield made(site, "holding", (("holder", holder), ("issuer", issuer)), share=share, words="result")


def _possessed(sentence: Sentence) -> Iterator[Found]:
    """ "its 28% stake in Beta", "Alfa's 30 percent interest in Beta": a holding mentioned by the way."""
    units = sentence.units
    for k, unit in enumerate(units):
        if not (unit.amount and unit.amount.kind == "share") or k + 2 >= len(units) or not k:
            continue
        tail = k + 1
        while tail < len(units) and units[tail].low in (
            "direct",
            "indirect",
            "minority",
            "majority",
            "controlling",
            "voting",
            "equity",
            "remaining",
        ):
            tail += 1
        if (
            tail + 1 >= len(units)
            or units[tail].low not in ("stake", "interest", "holding", "shareholding", "share")
            or units[tail + 1].low not in ("in", "of")
        ):
            continue
        before = k - 1
        while before > 0 and units[before].low in (
            "remaining",
            "existing",
            "current",
            "entire",
            "direct",
            "roughly",
            "own",
        ):
            before -= 1
        holder_unit = units[before - 1] if units[before].kind == "possessive" and before else units[before]
        if units[before].kind != "possessive" and units[before].low not in ("its", "their"):
            continue
        target = next((u for u in units[tail + 2 : tail + 6] if u.is_noun_phrase), None)
        if target is None or not (holder_unit.is_noun_phrase):
            continue
        holder = refer(holder_unit, context_at(sentence, holder_unit.start))
        issuer = refer(target, context_at(sentence, target.start), others=holder.names)
        if holder.names and issuer.names and holder.names != issuer.names:
            yield Found(
                "holding",
                Standing(Status.COMPLETED),
                (("holder", holder), ("issuer", issuer)),
                holder_unit.start,
                target.end,
                unit.amount,
                trigger=(unit.start, unit.end),
            )


# --- approvals, meetings, agreements, cooperation ----------------------------------------------------------------

_DEAL_WORDS = frozenset(
    "acquisition takeover purchase merger deal sale bid offer transaction investment spin-off ipo buyback plan tie-up stake combination listing buyout proposal agreement".split()
)


def _approved(site: Site) -> Iterator[Found]:
    by = site.arguments.by
    noun = site.trigger.form == "noun"
    if noun:
        yield from _approval_noun(site)
        return
    if not (site.arguments.words & _DEAL_WORDS) and not (site.passive and _subject_is_deal(site)):
        return
    authority = _all(site, by.get("by", ())) if site.passive else subject_referent(site)
    plain = "" if site.passive else _plain_subject(site)
    authority = Referent((plain,)) if plain else authority
    acquirer = (
        _all(site, by.get("'s", ()))
        if by.get("'s")
        else NOBODY
        if site.passive
        else _all(site, by.get("by", ()))
    )
    target = _all(site, site.arguments.objects[:1], acquirer.names)
    said = standing_of(site)
    if site.trigger.sense == "refuse":
        said = (
            Standing(Status.DENIED, site.units[site.at].low)
            if said.status in (Status.COMPLETED, Status.DENIED)
            else said
        )
    if authority.names or target.names:
        yield made(
            site,
            "approval",
            (("authority", authority), ("acquirer", acquirer), ("target", target)),
            at=said,
            money=_money(site),
        )


def _plain_subject(site: Site) -> str:
    """An authority that is no name: "a federal judge", "shareholders of Alfa"."""
    units, first = site.units, site.at
    while first > 0 and units[first - 1].low not in (",", ";", "that", "said", "after", "if", "until", "and"):
        first -= 1
    while first < site.at and units[first].low in ("a", "an", "the"):
        first += 1
    last = site.at
    while last > first and (
        units[last - 1].low in AUXILIARIES
        or units[last - 1].kind == "moment"
        or units[last - 1].low in ("on", "also", "not", "to")
    ):
        last -= 1
    if first >= last or not any(
        u.kind == "word" and u.low in lexicon.AUTHORITIES for u in units[first : min(last, first + 4)]
    ):
        return ""
    return site.sentence.context.text[units[first].start : units[last - 1].end]


def _subject_is_deal(site: Site) -> bool:
    return bool(set(words_between(site.units, max(0, site.at - 9), site.at).split()) & _DEAL_WORDS)


def _approval_noun(site: Site) -> Iterator[Found]:
    by = site.arguments.by
    authority = _all(site, (*by.get("by", ()), *by.get("from", ())))
    owner = _owner_before(site)
    chain = f"{words_between(site.units, max(0, site.at - 7), site.at)}"
    pending = any(
        cue in chain
        for cue in (
            "subject to",
            "pending",
            "await",
            "requires",
            "require",
            "needs",
            "need",
            "conditional",
            "seeking",
            "seek",
            "still",
        )
    )
    got = any(
        cue in chain.split()
        for cue in ("won", "received", "got", "obtained", "secured", "gave", "granted", "given")
    )
    if not (pending or got):
        return
    if not authority.names:
        authority = (
            owner
            if owner.names
            else Referent((_plain_authority(site),))
            if _plain_authority(site)
            else NOBODY
        )
    begin = max(site.at - 3, 0)
    while (
        begin > 0
        and words_between(site.units, begin, site.at).split()[:1]
        not in (["subject"], ["pending"], ["requires"], ["needs"], ["won"], ["received"])
        and begin > site.at - 7
    ):
        begin -= 1
    clause = replace(site.subject, begin=begin)
    said = Standing(Status.PENDING_APPROVAL, "subject to") if pending else standing(chain, "past")
    if authority.names:
        yield made(replace(site, subject=clause), "approval", (("authority", authority),), at=said)


_AUTHORITY_WORDS = lexicon.AUTHORITIES | {"regulatory", "shareholder", "boards", "governments"}


def _plain_authority(site: Site) -> str:
    """An approving body that is no name: "the antitrust office", "regulatory approval"."""
    units = site.units
    for k in (
        *range(site.after, min(site.after + 7, len(units))),
        *range(site.at - 1, max(site.at - 3, -1), -1),
    ):
        if units[k].kind == "word" and units[k].low in _AUTHORITY_WORDS:
            last = k
            while (
                last + 1 < len(units)
                and units[last + 1].kind == "word"
                and units[last + 1].low in _AUTHORITY_WORDS
            ):
                last += 1
            return site.sentence.context.text[units[k].start : units[last].end]
    return ""


def _met(site: Site) -> Iterator[Found]:
    units = site.units
    if site.trigger.form in ("noun", "ing"):
        return
    attendee, body = subject_referent(site), _body(site)
    if units[site.at].low in ("meet", "meets", "met", "convene", "convenes", "meeting") and not body:
        near = words_between(units, site.subject.begin - 3, site.at)
        if "board" not in near.split() and "shareholders" not in near.split():
            return
        at = next((k for k in range(site.at, -1, -1) if units[k].low in ("board", "shareholders")), -1)
        if at < 0:
            return
        named = next((u for u in units[at : site.at] if u.is_noun_phrase), None)
        text = site.sentence.context.text[units[at].start : (named.end if named else units[at].end)]
        yield made(site, "meeting", (("body", Referent((text,))),), words="board meeting")
        return
    if body and attendee.names and site.trigger.form != "ing":
        yield made(site, "meeting", (("attendee", attendee), ("body", Referent((body,)))))


def _body(site: Site) -> str:
    """The words before "meeting": whose meeting it is."""
    units = site.units
    for k in range(site.after, min(site.after + 9, len(units))):
        if units[k].low in ("meeting", "summit", "conference") and units[k].kind == "word":
            first = k
            while (
                first > site.after
                and units[first - 1].kind == "word"
                and units[first - 1].low not in ("a", "an", "the", "so-called", "this", "of")
            ):
                first -= 1
            return (
                site.sentence.context.text[units[first].start : units[max(first, k - 1)].end]
                if first < k
                else "meeting"
            )
    return ""


_FORMING = frozenset(
    """sign signed signs signing reach reached reaches reaching strike struck strikes seal sealed clinch clinched ink inked conclude concluded concluding
    outline outlined finalize finalise finalized finalised finalizing finalising negotiate negotiated negotiating announced complete
    firm nearing near close closing terminate terminated cancel renew renewed extend extended enter entered amend amended""".split()
)


def _agreed(site: Site) -> Iterator[Found]:
    units = site.units
    if site.units[site.at].low in ("memorandum", "letter") and words_between(
        units, site.at, site.at + 3
    ) not in ("memorandum of understanding", "letter of intent"):
        return
    before = words_between(units, max(0, site.at - 7), site.at).split()
    after = words_between(units, site.after, site.after + 4).split()
    passive = (
        len(after) > 1
        and after[0] in ("is", "was", "were", "has", "had", "been", "will")
        and bool(set(after[1:4]) & _FORMING)
    )
    if not (set(before) & _FORMING or passive) or "to" in before[-1:]:
        return
    chain = f"{site.subject.chain} {words_between(units, max(0, site.at - 3), site.after + 2)}"
    said = standing(
        _shorn(chain), "past" if _formed(before, after) else "noun", " ".join(after) if passive else ""
    )
    parties, words = _contracting(site), words_between(units, max(0, site.at - 1), site.after)
    if parties:
        yield made(site, "agreement", parties, at=said, words=words, money=_money(site))


def _shorn(chain: str) -> str:
    """Words of the agreement itself, "deal to", are no cue that it was agreed."""
    return chain


def _formed(before: Sequence[str], after: Sequence[str]) -> bool:
    return bool(
        ({*before, *after})
        & {
            "signed",
            "reached",
            "struck",
            "sealed",
            "clinched",
            "inked",
            "concluded",
            "outlined",
            "announced",
            "finalized",
            "finalised",
            "entered",
            "renewed",
            "extended",
            "amended",
            "terminated",
        }
    )


def _contracting(site: Site) -> Parties:
    by = site.arguments.by
    partners = _all(site, (*by.get("with", ()), *by.get("between", ()), *by.get("for", ())))
    subject = subject_referent(site) if site.subject.finite else NOBODY
    names = [
        *(Referent((n,), subject.proposed, subject.words) for n in subject.names),
        *(
            Referent((n,), partners.proposed, partners.words)
            for n in partners.names
            if n not in subject.names
        ),
    ]
    names = [n for n in names if _is_company(site, n)]
    if len(names) < 2:
        context = site.sentence.context
        pair = context.pair or context.recent[:2]
        names = [
            Referent((n,), proposed=True, words="the parties")
            for n in dict.fromkeys((*(n.names[0] for n in names), *pair))
        ][:2]
    target = (
        refer(site.arguments.objects[0], context_at(site.sentence, site.arguments.objects[0].start))
        if site.arguments.objects
        else NOBODY
    )
    parties: Parties = tuple(zip("abcd", names[:4], strict=False))
    return (
        (*parties, ("target", target))
        if target.names and not any(set(target.names) & set(n.names) for n in names) and parties
        else parties
    )


def _talked(site: Site) -> Iterator[Found]:
    """ "talks to finalize the agreement are progressing", "talks with Beta collapsed": talks as a subject."""
    if site.subject.finite and not site.units[site.at - 1 : site.at] or site.at > 12:
        return
    predicate = words_between(site.units, site.after, len(site.units))
    verbs = (
        "progressing",
        "advancing",
        "accelerating",
        "collapsed",
        "continue",
        "continuing",
        "resumed",
        "stalled",
        "ended",
        "broke",
        "under way",
        "underway",
        "failed",
        "ongoing",
        "failing",
    )
    cue = next((v for v in verbs if v in predicate), "")
    starts = (
        site.at <= 2
        or site.units[site.at - 1].low in ("said", "says", "that", "the")
        or site.units[site.at - 2].low in ("said", "that")
    )
    if not cue or not starts:
        return
    fallen = cue in ("collapsed", "broke", "failed", "ended")
    said = standing(predicate, "noun") if fallen else Standing(Status.IN_TALKS, cue)
    parties = _contracting(replace(site, subject=Subject((), "", site.at, finite=False)))
    if parties:
        end = next(k for k in range(site.at, len(site.units)) if site.units[k].low in cue.split())
        event = made(
            replace(site, subject=Subject((), "", site.at, finite=False)),
            "agreement",
            parties,
            at=said,
            words="talks",
        )
        yield replace(event, end=max(event.end, site.units[end].end))


def _cooperated(site: Site) -> Iterator[Found]:
    units = site.units
    shared = any(u.low in ("common", "joint", "shared") for u in units[: site.at])
    partners = _all(
        site, (*site.arguments.by.get("with", ()), *(site.arguments.objects if not site.passive else ()))
    )
    subject = subject_referent(site)
    if site.units[site.at].low == "reactivated" and not shared:
        return
    names = tuple(dict.fromkeys((*subject.names, *partners.names)))
    if len(names) < 2 and shared:
        names = site.sentence.context.pair or site.sentence.context.recent[:2]
    if len(names) < 2:
        return
    begin = _clause_begin(site) if shared else site.subject.begin
    yield made(
        replace(site, subject=replace(site.subject, begin=begin)),
        "cooperation",
        tuple(
            zip(
                "abcd",
                (Referent((n,), proposed=shared, words="the companies") for n in names[:4]),
                strict=False,
            )
        ),
    )


def _clause_begin(site: Site) -> int:
    return next((k + 1 for k in range(site.at - 1, -1, -1) if site.units[k].low in (";", "“", '"')), 0)


def _none(_: Site) -> Iterator[Found]:
    yield from ()


_HANDLERS: Mapping[Sense, Callable[[Site], Iterator[Found]]] = MappingProxyType(
    {
        "buy": _bought,
        "invest": _invested,
        "raise": _changed,
        "take": _changed,
        "cut": _changed,
        "sell": _sold,
        "bid": _bid,
        "merge": _merged,
        "list": _listed,
        "spin": _spun,
        "repurchase": _repurchased,
        "venture": _ventured,
        "own": _owned,
        "give": _given,
        "approve": _approved,
        "refuse": _approved,
        "meet": _met,
        "agree": _agreed,
        "talk": _talked,
        "cooperate": _cooperated,
        "leave": _none,  # offices are read in offices.py
        "appoint": _none,
        "succeed": _none,
        "become": _none,
    }
)
