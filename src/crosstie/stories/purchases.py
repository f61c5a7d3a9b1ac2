"""Frames of purchases, investments, sales and offers."""

from collections.abc import Iterator

from crosstie.ledger.statements import Status
from crosstie.stories.discourse import NOBODY, Referent
from crosstie.stories.goods import is_of_things
from crosstie.stories.sites import (
    DEALS,
    STAKE_WORDS,
    Found,
    Parties,
    Site,
    all_of,
    as_proposed,
    count_of,
    earlier_event,
    governed_by_approval,
    is_company,
    made,
    money_of,
    owner_before,
    share_of,
    standing_of,
    subject_referent,
    together,
)
from crosstie.stories.status import Standing


def bought(site: Site) -> Iterator[Found]:
    """Purchases of a company or a stake: "Alfa agreed to buy 20% of Beta from Gamma"."""
    if (
        is_of_things(site)
        or governed_by_approval(site)
        or (
            site.trigger.form == "noun"
            and site.units[site.after : site.after + 1]
            and site.units[site.after].low
            in ("offer", "bid", "proposal", "approach", "talks", "target", "speculation", "price")
        )
    ):
        return
    words = site.arguments.words
    if _is_paying(site) and (not words & {"for"} or (money_of(site) is None and not words & STAKE_WORDS)):
        return
    acquirer, seller, target = _roles_of_purchase(site)
    share, count = share_of(site), count_of(site)
    staked = bool(share or count or site.arguments.words & STAKE_WORDS)
    if not target.names and staked:
        target = plain_target(site)
    if not target.names and staked and site.trigger.form != "noun":
        target = as_proposed(held_before(site, acquirer), "the stake")
    if (
        not target.names
        or not is_company(site, target)
        or (not acquirer.names and site.trigger.form == "noun" and not site.passive and not share)
    ) and not (target.names and is_company(site, target) and site.arguments.by.get("by")):
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
    yield made(site, kind, parties, share=share, money=money_of(site), shares=count)


def held_before(site: Site, holder: Referent) -> Referent:
    """What the holder bought, held or sold before in the story: "its stake"; else what the last deal was about."""
    deals = [e for e in reversed(site.sentence.earlier) if e.kind in DEALS]
    own = [
        e
        for e in deals
        if any(set(e.party(role).names) & set(holder.names) for role in ("acquirer", "seller", "holder"))
    ]
    found = next(iter((*own, *deals)), None)
    if found is None:
        return NOBODY
    return found.party("target") if found.party("target").names else found.party("issuer")


def plain_target(site: Site) -> Referent:
    """What a stake is in where no name says it: "a stake in a portfolio of wind farms"."""
    units = site.units
    for k in range(site.after, min(site.arguments.end, len(units) - 2)):
        if units[k].low not in STAKE_WORDS or units[k + 1].low not in ("in", "of"):
            continue
        first = k + 2
        last = first
        while (
            last < min(site.arguments.end, first + 9)
            and units[last].kind in ("word", "amount")
            and units[last].low not in _AFTER_PLAIN
        ):
            last += 1
        plain = {unit.low for unit in units[first : min(first + 3, last)]}
        if plain & _NO_COMPANY:
            continue
        words = site.sentence.context.text[units[first].start : units[last - 1].end] if last > first else ""
        return Referent((words,)) if words and not units[first].is_noun_phrase else NOBODY
    return NOBODY


_NO_COMPANY = frozenset(
    "market cash stages total exchange return auction deal transaction offering open tranches full".split()
)
_AFTER_PLAIN = frozenset("to from for by and that which it them at on after before as with including".split())


def _is_paying(site: Site) -> bool:
    """Such as "paid 2 billion for Beta", "swaps shares for a stake in Beta"."""
    return site.units[site.at].low.startswith(("pay", "paid", "swap", "exchang"))


def _roles_of_purchase(site: Site) -> tuple[Referent, Referent, Referent]:
    by, subject = site.arguments.by, subject_referent(site)
    seller = all_of(site, by.get("from", ()))
    if _is_paying(site):
        return subject, NOBODY, all_of(site, by.get("for", ())[:1], subject.names)
    if site.passive:
        return all_of(site, by.get("by", ())), seller, subject
    if site.trigger.form == "noun":
        owner = owner_before(site)
        acquirer = all_of(site, by.get("by", ())) or NOBODY
        if not acquirer.names:
            acquirer = owner if owner.names else subject if site.subject.finite else NOBODY
        return acquirer, seller, all_of(site, site.arguments.objects[:1], acquirer.names)
    possessors = [u for u in by.get("'s", ()) if u.is_noun_phrase]
    target = all_of(site, together(site), subject.names)
    if not seller.names and possessors and target.names:
        seller = all_of(site, possessors[:1])
    return subject, seller, target


def invested(site: Site) -> Iterator[Found]:
    """Investments: "Alfa will invest in Beta"."""
    target = all_of(site, site.arguments.objects[:1])
    investor = subject_referent(site)
    if site.trigger.form == "noun":
        owner = owner_before(site)
        investor = (
            all_of(site, site.arguments.by.get("by", ()))
            if site.arguments.by.get("by")
            else owner
            if owner.names
            else investor
        )
    target = all_of(site, site.arguments.objects[:1], investor.names)
    if (
        not target.names
        or not investor.names
        or not is_company(site, target)
        or set(target.names) & set(investor.names)
    ):
        return
    parent = Referent((target.parent,)) if target.parent and target.parent not in investor.names else NOBODY
    yield made(
        site,
        "stake_purchase",
        (("acquirer", investor), ("target", target), ("parent", parent)),
        share=share_of(site),
        money=money_of(site),
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


def changed(site: Site) -> Iterator[Found]:
    """Such as "raise its stake in Beta to 20%", "cut its holding to 9.8%", "take a stake in Beta"."""
    if not _near_stake(site):
        return
    holder, target = subject_referent(site), all_of(site, site.arguments.objects[:1])
    if site.passive:
        holder, target = all_of(site, site.arguments.by.get("by", ())), subject_referent(site)
    if not target.names:
        target = plain_target(site)
    if not target.names or set(target.names) == set(holder.names):
        held = held_before(site, holder)
        target = as_proposed(held, "the stake") if held.names else target
    if (
        not target.names
        or not holder.names
        or not is_company(site, target)
        or set(target.names) & set(holder.names)
    ):
        return
    share = share_of(site, ("to",)) or share_of(site, ("", "of", "for"))
    resulting = site.trigger.form == "ing" and site.at and site.units[site.at - 1].low == ","
    if resulting and share is None:
        return
    if resulting:
        earlier_here = earlier_event(site, *DEALS)
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
    extra: Parties = () if selling else (("seller", all_of(site, site.arguments.by.get("from", ()))),)
    yield made(
        site,
        "stake_sale" if selling else "stake_purchase",
        (*roles, *extra),
        share=share,
        money=money_of(site),
    )


def sold(site: Site) -> Iterator[Found]:
    """Sales: "Alfa sold its stake in Beta to Gamma"."""
    by = site.arguments.by
    if governed_by_approval(site) or is_of_things(site):
        return
    seller, buyer = subject_referent(site), all_of(site, by.get("to", ()))
    target = all_of(site, site.arguments.objects[:1], seller.names)
    if site.passive:
        seller, target = all_of(site, by.get("by", ())), seller
    elif site.trigger.form == "noun":
        owner = owner_before(site)
        seller = (
            all_of(site, by.get("by", ()))
            if by.get("by")
            else owner
            if owner.names
            else seller
            if site.subject.finite
            else NOBODY
        )
    share = share_of(site, ("", "of"))
    staked = bool(site.arguments.words & (STAKE_WORDS - {"share"}) or share or count_of(site))
    if not target.names and staked:
        target = plain_target(site)
    if not target.names and staked and site.trigger.form != "noun":
        held = held_before(site, seller)
        target = as_proposed(held if held.names else _before_subject(site), "the stake")
    if not target.names or not is_company(site, target) or set(target.names) == set(seller.names):
        return
    if site.trigger.form in ("base", "s") and not site.subject.chain and not staked:
        return
    yield made(
        site,
        "stake_sale",
        (("seller", seller), ("target", target), ("acquirer", buyer)),
        share=share,
        money=money_of(site),
        shares=count_of(site),
    )


def _before_subject(site: Site) -> Referent:
    """Find Beta in "Beta founder Ana Silva sold her 22% holding"."""
    if not site.subject.units or not site.subject.units[-1].person:
        return NOBODY
    before = [
        u for u in site.units[: site.units.index(site.subject.units[-1])] if u.kind == "name" and not u.person
    ]
    return Referent((before[-1].party,)) if before else NOBODY


def bids(site: Site) -> Iterator[Found]:
    """Offers: "Alfa's bid for Beta", "offered 48 lira per share"."""
    by, priced = (
        site.arguments.by,
        any(u.amount and u.amount.kind in ("money", "per_share") for _, u in site.arguments.amounts),
    )
    if site.trigger.form != "noun":
        target = all_of(site, by.get("for", ()))
        earlier = earlier_event(site, "takeover", "merger", "stake_purchase")
        if not target.names and priced and earlier:
            target = as_proposed(earlier.party("target"), "the offer")
        if (
            not (priced or (site.units[site.after : site.after + 1] and site.units[site.after].low == "for"))
            or not target.names
        ):
            return
        yield made(
            site,
            "takeover",
            (("acquirer", subject_referent(site)), ("target", target)),
            at=_offered(site),
            money=money_of(site),
            share=share_of(site),
        )
        return
    owner, target = owner_before(site), all_of(site, by.get("for", ()))
    maker = owner if owner.names else all_of(site, (*by.get("from", ()), *by.get("by", ())))
    if not maker.names and site.subject.finite and target.names:
        maker = subject_referent(site)
    if maker.names and not target.names and site.subject.finite and not owner.names:
        target = subject_referent(site)
    if not target.names:
        earlier = earlier_event(site, "takeover", "merger", "stake_purchase")
        target = as_proposed(earlier.party("target"), "the offer") if earlier and money_of(site) else NOBODY
    if target.names and is_company(site, target) and not set(target.names) & set(maker.names):
        yield made(
            site,
            "takeover",
            (("acquirer", maker), ("target", target)),
            at=_offered(site),
            money=money_of(site),
            share=share_of(site),
        )


def _offered(site: Site) -> Standing:
    """An offer made is a plan of its maker, whatever form its verb has."""
    read = standing_of(site)
    return (
        Standing(Status.PLANNED, read.cue or "offer")
        if read.status in (Status.COMPLETED, Status.AGREED) and "agreed" not in site.subject.chain
        else read
    )
