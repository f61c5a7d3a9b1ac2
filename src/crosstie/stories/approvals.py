"""Frames of approvals and refusals by an authority."""

from collections.abc import Iterator
from dataclasses import replace

from crosstie.ledger.statements import Status
from crosstie.stories import lexicon
from crosstie.stories.discourse import NOBODY, Referent
from crosstie.stories.grammar import AUXILIARIES, words_between
from crosstie.stories.sites import (
    Found,
    Site,
    all_of,
    made,
    money_of,
    owner_before,
    standing_of,
    subject_referent,
)
from crosstie.stories.status import Standing, standing

_DEAL_WORDS = frozenset(
    "acquisition takeover purchase merger deal sale bid offer transaction investment spin-off ipo buyback plan tie-up stake combination listing buyout proposal agreement".split()
)


def approved(site: Site) -> Iterator[Found]:
    """Approvals and refusals by an authority: "the regulator cleared the takeover"."""
    by = site.arguments.by
    noun = site.trigger.form == "noun"
    if noun:
        yield from _approval_noun(site)
        return
    if site.units[site.at].low == "clear" and site.units[site.at - 1].low not in (
        "to",
        "will",
        "would",
        "may",
        "could",
    ):
        return  # "it was not clear whether"
    if not (site.arguments.words & _DEAL_WORDS) and not (site.passive and _subject_is_deal(site)):
        return
    authority = all_of(site, by.get("by", ())) if site.passive else subject_referent(site)
    plain = "" if site.passive else _plain_subject(site)
    authority = Referent((plain,)) if plain else authority
    acquirer = (
        all_of(site, by.get("'s", ()))
        if by.get("'s")
        else NOBODY
        if site.passive
        else all_of(site, by.get("by", ()))
    )
    target = all_of(site, site.arguments.objects[:1], acquirer.names)
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
            money=money_of(site),
        )


_PHRASE_STARTS = frozenset((",", ";", "that", "said", "after", "if", "until", "and"))


def _plain_subject(site: Site) -> str:
    """An authority that is no name: "a federal judge", "shareholders of Alfa"."""
    units, first = site.units, site.at
    while first > 0 and units[first - 1].kind != "moment" and units[first - 1].low not in _PHRASE_STARTS:
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
    authority = all_of(site, (*by.get("by", ()), *by.get("from", ())))
    owner = owner_before(site)
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
