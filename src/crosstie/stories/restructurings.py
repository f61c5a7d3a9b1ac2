"""Frames of mergers, listings, carve-outs, buybacks and joint ventures."""

from collections.abc import Iterator

from crosstie.stories.discourse import NOBODY, Referent
from crosstie.stories.grammar import words_between
from crosstie.stories.sites import (
    Found,
    Site,
    all_of,
    count_of,
    governed_by_approval,
    is_company,
    made,
    money_of,
    owner_before,
    share_of,
    subject_referent,
)
from crosstie.stories.units import Unit


def merged(site: Site) -> Iterator[Found]:
    """Mergers: "Alfa and Beta will merge", "a merger between Alfa and Beta"."""
    if governed_by_approval(site):
        return
    by, args = site.arguments.by, site.arguments
    objects = all_of(
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
        owner = owner_before(site)
        subject = owner if owner.names else subject if site.subject.finite or not objects.names else NOBODY
    if site.trigger.form != "noun" and len(objects.names) > 1:
        subject = NOBODY  # somebody else merges the two
    names = [
        *(Referent((n,), subject.proposed, subject.words) for n in subject.names),
        *(Referent((n,), objects.proposed, objects.words) for n in objects.names if n not in subject.names),
    ]
    if len(names) < 2 or not all(is_company(site, n) for n in names[:2]):
        return
    yield made(site, "merger", tuple(zip("abcd", names[:4], strict=False)), money=money_of(site))


def listed(site: Site) -> Iterator[Found]:
    """Listings: "an initial public offering of Beta", "Alfa plans to list Beta"."""
    sponsor = subject_referent(site)
    args = site.arguments
    if governed_by_approval(site):
        return
    noun = site.trigger.form == "noun"
    issuer = all_of(site, args.objects[:1], () if noun else sponsor.names)
    if noun:
        owner = owner_before(site)
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
        issuer, sponsor = subject_referent(site), all_of(site, args.by.get("by", ()))
    if (
        not issuer.names
        or not is_company(site, issuer)
        or (site.units[site.at].low == "listing" and not noun)
    ):
        return
    if set(sponsor.names) & set(issuer.names):
        sponsor = Referent((issuer.parent,)) if issuer.parent else NOBODY
    yield made(
        site, "ipo", (("issuer", issuer), ("sponsor", sponsor)), share=share_of(site), money=money_of(site)
    )


def _market_after(site: Site) -> bool:
    near = words_between(site.units, site.after, site.after + 6)
    return near.startswith(("on", "in", "its shares", "shares", "at")) or "stock" in near


def spun(site: Site) -> Iterator[Found]:
    """Carve-outs: "Alfa will spin off its water unit"."""
    parent, child = subject_referent(site), all_of(site, site.arguments.objects[:1])
    if governed_by_approval(site):
        return
    if site.passive:
        parent, child = (
            all_of(site, (*site.arguments.by.get("by", ()), *site.arguments.by.get("from", ()))),
            parent,
        )
    if site.trigger.form == "noun":
        owner = owner_before(site)
        parent = owner if owner.names else parent if site.subject.finite else NOBODY
    if not child.names or set(child.names) & set(parent.names) or not is_company(site, child):
        return
    yield made(site, "carve_out", (("parent", parent), ("child", child)), share=share_of(site))


def repurchased(site: Site) -> Iterator[Found]:
    """Buybacks: "Alfa bought back 3% of its shares"."""
    issuer = subject_referent(site)
    if site.trigger.form == "noun":
        owner = owner_before(site)
        issuer = owner if owner.names else issuer
    own = (
        site.trigger.form == "noun"
        or site.arguments.words & {"shares", "stock"}
        or share_of(site)
        or count_of(site)
        or not site.arguments.objects
    )
    if issuer.names and own and is_company(site, issuer):
        yield made(
            site,
            "buyback",
            (("issuer", issuer),),
            share=share_of(site),
            money=money_of(site),
            shares=count_of(site),
        )


_VENTURING = frozenset(
    """form formed formation creation set create created establish established launch launched start forming creating
    agreed agreement discussing into signed plan plans planning build on for about""".split()
)


def ventured(site: Site) -> Iterator[Found]:
    """Joint ventures: "Alfa and Beta will set up a joint venture"."""
    before = words_between(site.units, max(0, site.at - 6), site.at)
    if site.units[site.at].low != "<indefinite>" or not _VENTURING & set(before.split()):
        return
    partners = all_of(site, (*site.arguments.by.get("with", ()), *_with_before(site)))
    subject = subject_referent(site)
    names = tuple(dict.fromkeys((*subject.names, *partners.names)))
    if len(names) < 2:
        return
    referents = [Referent((n,), subject.proposed or partners.proposed, subject.words) for n in names]
    yield made(
        site,
        "joint_venture",
        tuple(zip("abcd", referents[:4], strict=False)),
        money=money_of(site),
        share=None,
    )


def _with_before(site: Site) -> Iterator[Unit]:
    """Partners named before the event word: "talks with Beta on a joint venture"."""
    units = site.units
    for k in range(site.subject.begin + 1, site.at):
        if units[k].is_noun_phrase and words_between(units, max(0, k - 4), k).split()[-3:].count("with"):
            yield units[k]
