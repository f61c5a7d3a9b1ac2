"""Read a story: from its text to drafts, each with the exact words it rests on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from crosstie.ledger.statements import Status
from crosstie.stories.attribution import REPORTER, Attribution, attribution_at, attributions_in
from crosstie.stories.discourse import Context, Referent, qualifiers_of, refer
from crosstie.stories.frames import read_frames
from crosstie.stories.layout import Layout, lay_out
from crosstie.stories.moments import Moment, Tense, find_moments
from crosstie.stories.names import Name, Party, Role, mark_people, names_in, resolve, roles_in
from crosstie.stories.offices import read_offices
from crosstie.stories.parts import members_of, parts_in, parts_of
from crosstie.stories.quantities import Amount, find_amounts
from crosstie.stories.sentences import split_sentences
from crosstie.stories.sites import Found, Sentence, context_at, may_hold
from crosstie.stories.units import Unit, tense_at, units_of

READER = "crosstie-rules/1"


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing a story says, not yet confirmed by anybody.

    ``quote`` is ``text[start:end]`` exactly; ``part_of`` is the number of the draft that it is embedded in.
    """

    number: int
    quote: str
    start: int
    end: int
    kind: str
    subtype: str
    parties: tuple[tuple[str, Referent], ...]
    status: Status
    cue: str
    attribution: Attribution
    share: Amount | None = None
    shares: Amount | None = None
    money: Amount | None = None
    when: Moment | None = None
    said_on: Moment | None = None
    part_of: int = 0
    by: str = READER

    def party(self, role: str) -> str:
        """The name in a role, or nothing."""
        return next((", ".join(referent.names) for name, referent in self.parties if name == role), "")


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one story."""

    name: str
    sha256: str
    layout: Layout
    parties: tuple[Party, ...]
    drafts: tuple[Draft, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence with all that was found in it."""

    start: int
    end: int
    amounts: tuple[Amount, ...]
    moments: tuple[Moment, ...]
    roles: tuple[Role, ...]
    names: tuple[Name, ...]


def read_story(
    text: str, *, published: date | None = None, known: Mapping[str, str] | None = None, name: str = ""
) -> Reading:
    """Read one story into drafts.

    Parameters
    ----------
    text
        The story; offsets count its code points and nothing of it is changed.
    published
        Its day of publication, where the text does not say.
    known
        A ledger's own names, each to its party's id.
    name
        What to call the story in messages.

    Examples
    --------
    >>> reading = read_story("OSLO, March 12, 2024 (Wire) -- Alfa ASA agreed to buy as much as 15% of Beta AS.")
    >>> [(d.kind, d.status.value, d.party("target"), str(d.share.interval)) for d in reading.drafts]
    [('stake_purchase', 'agreed', 'Beta AS', '[0, 3/20]')]
    """
    layout = lay_out(text, published)
    pieces = [piece for start, end in layout.body for piece in _pieces(text, start, end, layout.published)]
    roles = [role for piece in pieces for role in piece.roles]
    names, parties = resolve(text, [name for piece in pieces for name in piece.names], roles, known or {})
    names, parties = mark_people(names, parties, text, roles)
    sentences = [(piece, _units(text, piece, names)) for piece in pieces]
    context = _context(text, parties, [units for _, units in sentences])
    drafts = _numbered(tuple(_read_all(text, sentences, context)))
    notes = () if layout.published else ("no day of publication: relative dates are unknown",)
    return Reading(name, sha256(text.encode()).hexdigest(), layout, parties, drafts, notes)


def _pieces(text: str, start: int, end: int, published: date | None) -> Iterator[_Piece]:
    for first, last in split_sentences(text, start, end):
        words = text[first:last]
        amounts = tuple(replace(a, start=a.start + first, end=a.end + first) for a in find_amounts(words))
        moments = tuple(
            replace(m, start=m.start + first, end=m.end + first)
            for m in find_moments(words, published, _tenses(words))
        )
        moments = tuple(m for m in moments if not any(a.start < m.end and m.start < a.end for a in amounts))
        roles = roles_in(text, first, last)
        taken = [
            *((r.start, r.end) for r in roles),
            *((a.start, a.end) for a in amounts),
            *((m.start, m.end) for m in moments),
        ]
        yield _Piece(first, last, amounts, moments, roles, names_in(text, first, last, taken))


def _tenses(words: str) -> "_TenseAt":
    return _TenseAt(words)


@dataclass(frozen=True, slots=True)
class _TenseAt:
    words: str

    def __call__(self, offset: int) -> Tense:
        before = tense_at(self.words[:offset])
        if before != "unknown":
            return before
        return tense_at(" ".join(reversed(self.words[offset:].split()[:12])))


def _units(text: str, piece: _Piece, names: Sequence[Name]) -> tuple[Unit, ...]:
    here = [name for name in names if piece.start <= name.start and name.end <= piece.end]
    return units_of(
        text,
        piece.start,
        piece.end,
        names=here,
        roles=piece.roles,
        amounts=piece.amounts,
        moments=piece.moments,
    )


def _context(text: str, parties: Sequence[Party], sentences: Sequence[Sequence[Unit]]) -> Context:
    known = {party.name: party for party in parties}
    qualifiers = qualifiers_of(sentences)
    lead = next(
        (
            u.party
            for units in sentences
            for u in units
            if u.kind == "name" and may_hold(u.party, Context(text, known, qualifiers, (), ()))
        ),
        "",
    )
    bare = Context(text, known, qualifiers, (), (), lead=lead)
    children = tuple(
        dict.fromkeys((parent, child) for units in sentences for parent, child, *_ in parts_in(units, bare))
    )
    return replace(bare, children=children)


def _read_all(
    text: str, sentences: Sequence[tuple[_Piece, tuple[Unit, ...]]], context: Context
) -> Iterator[Draft]:
    earlier: tuple[Found, ...] = ()
    said: tuple[Attribution, ...] = ()
    for piece, units in sentences:
        sentence = Sentence(units, context, earlier)
        attributions = attributions_in(text, piece.start, piece.end, said)
        events = read_frames(sentence)
        found = (
            *events,
            *read_offices(replace(sentence, earlier=(*earlier, *events))),
            *parts_of(sentence),
            *members_of(sentence),
        )
        yield from (
            _draft(text, piece, _with_content(event, found), attributions, found, units) for event in found
        )
        yield from _responses(text, sentence, attributions)
        earlier, said = (*earlier, *found), (*said, *attributions)
        context = _next(context, units, found)


def _next(context: Context, units: Sequence[Unit], found: Sequence[Found]) -> Context:
    """What the next sentence knows: this one's subject first, then the others it named."""
    now = context_at(Sentence(tuple(units), context), units[-1].end if units else 0)
    first = next((u for u in units if u.is_noun_phrase), None)
    recent = now.recent
    if first is not None and first.kind != "name":
        meant = tuple(n for n in refer(first, context).names[:1] if may_hold(n, context))
        recent = tuple(dict.fromkeys((*meant, *recent)))
    pair = next((_pair_of(event) for event in found if _pair_of(event)), context.pair)
    return replace(now, recent=recent, pair=pair)


def _pair_of(event: Found) -> tuple[str, ...]:
    if event.kind not in (
        "agreement",
        "merger",
        "joint_venture",
        "cooperation",
        "takeover",
        "stake_purchase",
    ):
        return ()
    names = [
        name
        for role, referent in event.parties
        if role in ("a", "b", "acquirer", "target", "parent", "seller")
        for name in referent.names
    ]
    if event.party("parent").names and event.party("acquirer").names:
        names = [*event.party("acquirer").names, *event.party("parent").names]
    return tuple(dict.fromkeys(names))[:2] if len(set(names)) >= 2 else ()


_BY_THE_WAY = ("officer_role", "subsidiary_or_arm", "membership")


def _said_on(piece: _Piece, event: Found, attribution: Attribution) -> Moment | None:
    """The day on which it was said: the date right after the words that say so."""
    after = [
        m
        for m in piece.moments
        if event.when is not m and attribution.end and 0 <= m.start - attribution.end < 12
    ]
    return after[0] if after else None


def _draft(  # noqa: PLR0913, PLR0917 (all that it needs)
    text: str,
    piece: _Piece,
    event: Found,
    attributions: Sequence[Attribution],
    found: Sequence[Found],
    units: Sequence[Unit],
) -> Draft:
    speaking = [a for a in attributions if a.kind != "declined_to_comment"]
    attribution = _named_in_full(attribution_at(speaking, event.start, event.end, text), units)
    start, end = event.start, event.end
    if attribution.kind != "reporter" and event.kind not in _BY_THE_WAY:
        start, end = _with_words_of(text, piece, start, end, attribution)
    status, cue = event.standing.status, event.standing.cue
    outer = _outer(event, found)
    event = _with_speaker(event, attribution, units)
    if outer and outer.standing.status.firmness and status.firmness > outer.standing.status.firmness:
        status, cue = outer.standing.status, outer.standing.cue
    if event.kind in _BY_THE_WAY:
        attribution = REPORTER
    said_on = _said_on(piece, event, attribution)
    return Draft(
        0,
        text[start:end],
        start,
        end,
        event.kind,
        event.words,
        event.parties,
        status,
        cue,
        attribution,
        event.share,
        event.shares,
        event.money,
        event.when,
        said_on,
        part_of=found.index(outer) + 1 if outer else 0,
    )


def _named_in_full(attribution: Attribution, units: Sequence[Unit]) -> Attribution:
    """A person's or company's fullest name in place of a short form: "de Meo" is "Luca de Meo"."""
    if attribution.kind != "named":
        return attribution
    inside = [
        u for u in units if u.kind == "name" and attribution.start <= u.start and u.end <= attribution.end
    ]
    people = [u for u in inside if u.person]
    if people:
        return replace(attribution, who=people[-1].party)
    if attribution.who == "it":
        first = next((u for u in units if u.kind == "name" and not u.person), None)
        return replace(attribution, who=first.party) if first else attribution
    return (
        replace(attribution, who=inside[0].party)
        if len(inside) == 1 and len(attribution.who.split()) <= 3
        else attribution
    )


def _with_content(event: Found, found: Sequence[Found]) -> Found:
    """An agreement takes the target of what is agreed; of an investment, who invests and who agrees to it."""
    content = next(
        (e for e in found if e.kind != "agreement" and _outer(e, found) is event and e.party("target").names),
        None,
    )
    if event.kind != "agreement" or content is None or event.party("target").names:
        return event
    target, parties = content.party("target"), event.parties
    if {name for _, referent in parties for name in referent.names} & set(target.names):
        return event
    investor = content.party("acquirer").names
    if content.words == "investment" and investor:
        parties = tuple(("investor" if r.names == investor else "counterparty", r) for _, r in parties)
    return replace(event, parties=(*parties, ("target", target)))


def _with_speaker(event: Found, attribution: Attribution, units: Sequence[Unit]) -> Found:
    """What a spokesperson says is said for a company: it is named too."""
    inside = [
        u
        for u in units
        if u.kind == "name" and not u.person and attribution.start <= u.start < attribution.end
    ]
    if attribution.kind != "spokesperson" or not inside:
        return event
    return replace(event, parties=(*event.parties, ("speaker_org", Referent((inside[0].party,)))))


def _outer(event: Found, found: Sequence[Found]) -> Found | None:
    """The agreement that an event is the content of: "an agreement for Beta to invest"."""
    if event.kind in (
        "officer_role",
        "subsidiary_or_arm",
        "membership",
        "holding",
        "agreement",
        "officer_change",
        "approval",
    ):
        return None
    return next(
        (
            o
            for o in found
            if o.kind == "agreement" and o.trigger[1] <= event.trigger[0] and o.start <= event.trigger[0]
        ),
        None,
    )


def _with_words_of(
    text: str, piece: _Piece, start: int, end: int, attribution: Attribution
) -> tuple[int, int]:
    """Widen the words to take in who says so, where nothing but a comma or the clause lies between."""
    if attribution.start >= end:
        gap = text[end : attribution.start]
        near = ";" not in gap and len(gap.split()) <= 12
        return start, min(max(end, attribution.end), piece.end) if near else end
    if attribution.start < start and attribution.scope[0] == attribution.start:
        return attribution.start, end
    return start, max(end, attribution.end) if attribution.start < end else end


def _responses(text: str, sentence: Sentence, attributions: Sequence[Attribution]) -> Iterator[Draft]:
    for attribution in attributions:
        names = _speakers(sentence, attribution) if attribution.kind == "declined_to_comment" else ()
        if not names:
            continue
        parties = tuple(("speaker_org", Referent((name,))) for name in names)
        start, end = attribution.start, attribution.end
        at = text.find(attribution.who, start, end) if attribution.who else start
        start = max(start, at) if text[start] not in '“"' else start
        yield Draft(
            0, text[start:end], start, end, "response", "", parties, Status.COMMENT, "declined to comment", attribution
        )  # fmt: skip


def _speakers(sentence: Sentence, attribution: Attribution) -> tuple[str, ...]:
    """Whose answer it is: the names before the first relative clause, of a quotation the sentence's own."""
    units = sentence.units
    inside = [u for u in units if attribution.start <= u.start < attribution.end]
    until = next((u.start for u in inside if u.low in ("which", "who", "whose")), attribution.end)
    names = tuple(
        dict.fromkeys(u.party for u in inside if u.kind == "name" and not u.person and u.start < until)
    )
    if names:
        return names
    return tuple(dict.fromkeys(u.party for u in units if u.kind == "name" and not u.person))[:1]


def _numbered(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Number drafts in the story's order; one said twice in the very same words stays one."""
    unique: dict[tuple[object, ...], Draft] = {}
    for draft in drafts:
        key = (draft.kind, draft.start, draft.end, draft.parties, draft.status, draft.share)
        unique.setdefault(key, draft)
    ordered = sorted(unique.values(), key=lambda d: (d.start, d.end, d.kind))
    agreements = [d for d in ordered if d.kind == "agreement"]
    numbered = {id(d): n for n, d in enumerate(ordered, 1)}
    return tuple(
        replace(d, number=numbered[id(d)], part_of=_parent_number(d, agreements, numbered)) for d in ordered
    )


def _parent_number(draft: Draft, agreements: Sequence[Draft], numbered: Mapping[int, int]) -> int:
    if not draft.part_of:
        return 0
    holding = [a for a in agreements if a.start <= draft.start <= a.end or a.start <= draft.end <= a.end]
    return numbered[id(holding[0])] if holding else 0


def statuses(reading: Reading) -> Mapping[Status, int]:
    """How many drafts there are of each status."""
    return Counter(draft.status for draft in reading.drafts)
