"""Frames of approvals, meetings, agreements, talks and cooperation."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crosstie.ledger.statements import Status
from crosstie.stories.discourse import NOBODY, Referent, refer
from crosstie.stories.grammar import Subject, words_between
from crosstie.stories.sites import (
    Found,
    Parties,
    Site,
    all_of,
    context_at,
    is_company,
    made,
    money_of,
    subject_referent,
)
from crosstie.stories.status import Standing, standing


def met(site: Site) -> Iterator[Found]:
    """Meetings: "the chairman will attend a board meeting Thursday"."""
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
    outline outlined finalize finalise finalized finalised finalizing finalising negotiate negotiated negotiating announced
    firm nearing near closing terminate terminated cancel renew renewed extend extended enter entered amend amended""".split()
)


def agreed(site: Site) -> Iterator[Found]:
    """Agreements made or sought: "signed an agreement", "nearing a deal"."""
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
    nearing = "close to" in " ".join(before)
    if not (set(before) & _FORMING or passive or nearing) or "to" in before[-1:]:
        return
    chain = f"{site.subject.chain} {words_between(units, max(0, site.at - 3), site.after + 2)}"
    said = standing(
        _shorn(chain), "past" if _formed(before, after) else "noun", " ".join(after) if passive else ""
    )
    said = replace(said, status=Status.AGREED) if said.status == Status.COMPLETED else said
    parties, words = _contracting(site), words_between(units, max(0, site.at - 1), site.after)
    if parties:
        yield made(site, "agreement", parties, at=said, words=words, money=money_of(site))


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
    partners = all_of(site, (*by.get("with", ()), *by.get("between", ()), *by.get("for", ())))
    subject = subject_referent(site) if site.subject.finite else NOBODY
    names = [
        *(Referent((n,), subject.proposed, subject.words) for n in subject.names),
        *(
            Referent((n,), partners.proposed, partners.words)
            for n in partners.names
            if n not in subject.names
        ),
    ]
    names = [n for n in names if is_company(site, n)]
    if len(names) < 2:
        context = site.sentence.context
        named = {n.names[0] for n in names}
        pair = context.pair if not named or named & set(context.pair) else ()
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


_GOING = frozenset(
    "progressing advancing accelerating continue continues continuing resumed resume stalled underway ongoing intensified".split()
)
_FALLEN = frozenset("collapsed broke broken failed ended failing".split())


def talked(site: Site) -> Iterator[Found]:
    """Such as "talks to finalize the agreement are progressing", "talks with Beta collapsed": talks as a subject."""
    if (site.subject.finite and not site.units[site.at - 1 : site.at]) or site.at > 12:
        return
    units = site.units
    at = next(
        (
            k
            for k in range(site.after, len(units))
            if units[k].kind == "word" and units[k].low in _GOING | _FALLEN
        ),
        0,
    )
    predicate, cue = words_between(units, site.after, len(units)), units[at].low if at else ""
    starts = (
        site.at <= 2
        or site.units[site.at - 1].low in ("said", "says", "that", "the")
        or site.units[site.at - 2].low in ("said", "that")
    )
    if not cue or not starts:
        return
    said = Standing(Status.IN_TALKS, cue)
    if cue in _FALLEN:
        said = Standing(Status.DENIED if "not" in predicate.split() else Status.WITHDRAWN, cue)
    parties = _contracting(replace(site, subject=Subject((), "", site.at, finite=False)))
    if parties:
        event = made(
            replace(site, subject=Subject((), "", site.at, finite=False)),
            "agreement",
            parties,
            at=said,
            words="talks",
        )
        yield replace(event, end=max(event.end, units[at].end))


def cooperated(site: Site) -> Iterator[Found]:
    """Cooperation without a stake: "Alfa partners with Beta"."""
    units = site.units
    shared = any(u.low in ("common", "joint", "shared") for u in units[: site.at])
    partners = all_of(
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
