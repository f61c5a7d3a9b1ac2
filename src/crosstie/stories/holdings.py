"""Frames of holdings: what is owned, and what a deal would give."""

from collections.abc import Iterator, Sequence

from crosstie.ledger.statements import Status
from crosstie.stories.discourse import NOBODY, Referent, refer
from crosstie.stories.sites import (
    STAKE_WORDS,
    Found,
    Sentence,
    Site,
    all_of,
    context_at,
    is_company,
    made,
    share_of,
    standing_of,
    subject_referent,
)
from crosstie.stories.status import Standing
from crosstie.stories.triggers import TRIGGERS
from crosstie.stories.units import Unit


def owned(site: Site) -> Iterator[Found]:
    """Holdings: "Alfa owns 20% of Beta", "Beta is controlled by Alfa"."""
    low, units = site.units[site.at].low, site.units
    share = share_of(site, ("", "of"))
    words = site.arguments.words
    staked = share is not None or bool(words & {"stake", "majority", "minority"})
    outright = low in ("owns", "owned", "controls", "controlled")
    if (site.at and units[site.at - 1].low == "on") or _is_auxiliary(site):
        return
    if (
        not (staked or outright)
        or site.trigger.form == "ing"
        or (low in ("have", "has", "had", "having") and not share)
    ):
        return
    holder, issuer = subject_referent(site), all_of(site, site.arguments.objects[:1])
    if site.passive:
        holder, issuer = all_of(site, site.arguments.by.get("by", ())), subject_referent(site)
        share = share or next(
            (
                u.amount
                for u in reversed(units[max(0, site.at - 3) : site.at])
                if u.amount and u.amount.kind == "share"
            ),
            None,
        )
    if set(issuer.names) & set(holder.names) and not site.passive:
        issuer = all_of(site, site.arguments.objects[:1], holder.names)
    if not issuer.names and holder.names:
        issuer = _antecedent(site, holder.names)
    if (
        not holder.names
        or not issuer.names
        or not is_company(site, issuer)
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


def _antecedent(site: Site, others: Sequence[str]) -> Referent:
    """Find Beta in "Beta, in which Alfa holds a 24% stake"."""
    units = site.units
    for k in range(site.subject.begin, 1, -1):
        if units[k - 1].low == "which" and units[k - 2].low in ("in", "of"):
            before = next((u for u in reversed(units[: k - 2]) if u.is_noun_phrase), None)
            return all_of(site, (before,), others) if before else NOBODY
    return _held_by_shareholder(site)


def _held_by_shareholder(site: Site) -> Referent:
    """Find Beta in "Beta's biggest shareholder, Alfa, which holds 20%"."""
    units = site.units
    for k in range(site.at):
        if (
            units[k].noun in ("shareholder", "investor", "owner")
            and units[k].owner in site.sentence.context.parties
        ):
            return Referent((units[k].owner,))
        if units[k].low in ("shareholder", "investor", "owner", "stakeholder") or units[k].noun in (
            "shareholder",
            "investor",
            "owner",
        ):
            whole = [u for u in units[max(0, k - 5) : k] if u.kind == "possessive"]
            if whole:
                return all_of(site, (units[units.index(whole[-1]) - 1],))
    return NOBODY


def _is_auxiliary(site: Site) -> bool:
    """Such as "has sold": no holding."""
    if site.units[site.at].low not in ("has", "have", "had", "having"):
        return False
    ahead = [
        u
        for u in site.units[site.after : site.after + 4]
        if not u.low.endswith("ly") and u.low not in ("not", "also", "already", "since", "just")
    ]
    return (
        bool(ahead)
        and ahead[0].kind == "word"
        and (
            ahead[0].low == "been"
            or ahead[0].low.endswith("ed")
            or any(t.form in ("past", "participle") for t in TRIGGERS.get(ahead[0].low, ()))
        )
    )


def given(site: Site) -> Iterator[Found]:
    """Such as "would give the Italian company a 52% stake in Beta": the result of a deal."""
    args = site.arguments
    share = share_of(site, ("", "of", "with", "to"))
    if share is None or not (args.words & STAKE_WORDS) or (not args.objects and not args.by.get("with")):
        return
    issuers = [u for u in args.objects if u.start > share.end]
    holders = [u for u in args.objects if u.end <= share.start]
    if site.units[site.at].low.startswith(("bring", "brought")) and not issuers:
        return
    if not holders or not issuers:
        return
    issuer = all_of(site, issuers[:1])
    holder = all_of(site, holders[:1], issuer.names)
    yield made(site, "holding", (("holder", holder), ("issuer", issuer)), share=share, words="result")


_BEFORE_STAKE = frozenset("direct indirect minority majority controlling voting equity remaining".split())
_BEFORE_SHARE = frozenset("remaining existing current entire direct roughly own".split())


def possessed(sentence: Sentence) -> Iterator[Found]:
    """Such as "its 28% stake in Beta", "Alfa's 30 percent interest in Beta": a holding mentioned by the way."""
    units = sentence.units
    for k in range(1, len(units) - 2):
        amount = units[k].amount
        held, holder_unit = _stake_in(units, k), _possessor(units, k)
        if amount is None or amount.kind != "share" or held is None or holder_unit is None:
            continue
        holder = refer(holder_unit, context_at(sentence, holder_unit.start))
        issuer = refer(held, context_at(sentence, held.start), others=holder.names)
        parties = (("holder", holder), ("issuer", issuer))
        if holder.names and issuer.names and holder.names != issuer.names:
            trigger = (units[k].start, units[k].end)
            done = Standing(Status.COMPLETED)
            yield Found("holding", done, parties, holder_unit.start, held.end, amount, trigger=trigger)


def _stake_in(units: Sequence[Unit], k: int) -> Unit | None:
    """Beta after the share in "its 28% voting stake in Beta"."""
    tail = k + 1
    while tail < len(units) and units[tail].low in _BEFORE_STAKE:
        tail += 1
    if tail + 1 >= len(units) or units[tail].low not in (
        "stake",
        "interest",
        "holding",
        "shareholding",
        "share",
    ):
        return None
    near = units[tail + 2 : tail + 6] if units[tail + 1].low in ("in", "of") else ()
    return next((unit for unit in near if unit.is_noun_phrase), None)


def _possessor(units: Sequence[Unit], k: int) -> Unit | None:
    """Alfa before the share in "Alfa's remaining 28% stake"; also "its" and "their"."""
    before = k - 1
    while before > 0 and units[before].low in _BEFORE_SHARE:
        before -= 1
    if units[before].low in ("its", "their"):
        return units[before]
    named = units[before - 1] if units[before].kind == "possessive" and before else None
    return named if named is not None and named.is_noun_phrase else None
