"""Frames of approvals, meetings, agreements, talks and cooperation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from crosstie.ledger.statements import Status
from crosstie.stories import lexicon
from crosstie.stories.discourse import NOBODY, Referent, refer
from crosstie.stories.grammar import AUXILIARIES, Subject, subject_of, words_between
from crosstie.stories.sites import (
    Found,
    Parties,
    Sentence,
    Site,
    all_of,
    as_proposed,
    context_at,
    is_company,
    made,
    money_of,
    owner_before,
    standing_of,
    subject_referent,
)
from crosstie.stories.status import Standing, standing
from crosstie.stories.units import Unit

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


_RESUMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "deal": ("takeover", "stake_purchase", "stake_sale", "merger", "joint_venture"),
        "transaction": ("takeover", "stake_purchase", "stake_sale", "merger"),
        "purchase": ("takeover", "stake_purchase", "stake_sale"),
        "acquisition": ("takeover", "stake_purchase", "stake_sale"),
        "takeover": ("takeover", "stake_purchase"),
        "sale": ("stake_sale", "stake_purchase", "takeover"),
        "merger": ("merger",),
        "listing": ("ipo",),
        "ipo": ("ipo",),
        "offering": ("ipo",),
        "spin-off": ("carve_out",),
        "investment": ("stake_purchase",),
        "buyback": ("buyback",),
    }
)
_FATES = frozenset(
    """close closes closed closing complete completed completion finalized finalised concluded collapsed collapse scrapped postponed delayed
    abandoned terminated cancelled canceled withdrawn shelved suspended lapsed consummated""".split()
)


def resumed(sentence: Sentence, found: Sequence[Found]) -> Iterator[Found]:
    """What becomes of a deal told before: "The takeover is expected to close", "Alfa aims to complete the purchase"."""
    units = sentence.units
    for at in range(1, len(units)):
        kinds = _RESUMED.get(units[at].low, ()) if units[at].kind == "word" else ()
        before = next((e for e in reversed(sentence.earlier) if e.kind in kinds), None)
        named = units[at - 1].low in ("the", "this", "its") and not any(
            e.trigger[0] == units[at].start for e in found
        )
        if before is None or not named:
            continue
        opens = at < 2 or units[at - 2].low in ("said", "that", ",", "“", '"')
        if at >= 2 and units[at - 2].low in _FINISHING:
            yield _finishing(sentence, at, before)
        elif opens and at < 9 and (fate := _fate_word(units, at)):
            yield _fate(sentence, at, fate, before)


def _fate_word(units: Sequence[Unit], at: int) -> int:
    """The verb that says how a deal ends, after the noun at ``at``; 0 where there is none."""
    for k in range(at + 1, min(at + 26, len(units) - 1)):
        if units[k].low in _FATES and units[k].kind == "word" and units[k + 1].low != "to":
            return k
    return 0


_FINISHING = frozenset(
    "complete completed completing close closed finalize finalise finalized finalised finish finished".split()
)


def _finishing(sentence: Sentence, at: int, before: Found) -> Found:
    """Such as "Alfa aims to complete the purchase by June"."""
    units, verb = sentence.units, at - 2
    subject = subject_of(units, verb)
    form = "past" if units[verb].low.endswith("ed") and not subject.chain.endswith((" to", " be")) else "base"
    ahead = range(at + 1, min(at + 9, len(units)))
    last = next((k for k in ahead if units[k].kind == "moment"), at)
    parties = tuple(
        (role, as_proposed(referent, f"the {units[at].low}")) for role, referent in before.parties
    )
    start = units[min(subject.begin, verb)].start
    said = standing(subject.chain, form)
    return Found(
        before.kind,
        said,
        parties,
        start,
        units[last].end,
        when=units[last].moment,
        words="what becomes of it",
        trigger=(units[at].start, units[at].end),
    )


def _fate(sentence: Sentence, at: int, fate: int, before: Found) -> Found:
    units = sentence.units
    words = words_between(units, at + 1, fate + 1).replace("should", "expected").replace("could", "may")
    last = next(
        (
            k
            for k in range(fate + 1, min(fate + 9, len(units)))
            if units[k].kind == "moment" or units[k].low in ("said", ";", ".", "which", "while", "after")
        ),
        fate,
    )
    moment = units[last].moment
    parties = tuple(
        (role, as_proposed(referent, f"the {units[at].low}")) for role, referent in before.parties
    )
    form = "past" if units[fate].low.endswith("ed") and units[fate - 1].low not in ("be", "to") else "base"
    end = units[last].end if moment else units[fate].end
    said = standing(words.removesuffix(units[fate].low) if form == "base" else words, form)
    return Found(
        before.kind,
        said,
        parties,
        units[at - 1].start,
        end,
        when=moment,
        words="what becomes of it",
        trigger=(units[at].start, units[at].end),
    )
