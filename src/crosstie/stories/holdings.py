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


def possessed(sentence: Sentence) -> Iterator[Found]:
    """Such as "its 28% stake in Beta", "Alfa's 30 percent interest in Beta": a holding mentioned by the way."""
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
