"""Offices held, taken and left: who has which role where, and who comes and goes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from crosstie.ledger.statements import Status
from crosstie.stories import lexicon
from crosstie.stories.discourse import NOBODY, Context, Referent
from crosstie.stories.grammar import subject_of, words_between
from crosstie.stories.moments import Moment
from crosstie.stories.sites import Found, Sentence, context_at, may_hold
from crosstie.stories.status import Standing, standing
from crosstie.stories.triggers import TRIGGERS
from crosstie.stories.units import Unit

_LEAVING_NOUNS = frozenset(
    ("departure", "resignation", "ouster", "retirement", "dismissal", "exit", "removal")
)


def read_offices(sentence: Sentence) -> tuple[Found, ...]:
    """Roles held and changes of office; a role named only for somebody who leaves it is part of the change."""
    unique = {(c.words, c.party("person").names): c for c in reversed(tuple(_changes(sentence)))}
    changes = tuple(reversed(unique.values()))
    held = [role for role in _held(sentence) if not any(_same_person(role, change) for change in changes)]
    return (*changes, *held)


def _same_person(role: Found, change: Found) -> bool:
    return role.party("person").names == change.party("person").names


def _held(sentence: Sentence) -> Iterator[Found]:
    units = sentence.units
    for k, unit in enumerate(units):
        if unit.kind != "role" or unit.low not in lexicon.OFFICES or _is_former(sentence.context.text, unit):
            continue
        person = _person_beside(units, k)
        if person is None:
            continue
        org, begin = _organisation(sentence, k, person)
        start, end = min(begin, unit.start, person.start), max(unit.end, person.end)
        foreign = org.proposed and unit.low == "president" and units[k - 1].low != "its"
        if org.names and not foreign:
            yield Found(
                "officer_role",
                Standing(Status.BACKGROUND),
                _parties(sentence, person, unit, org),
                start,
                end,
                trigger=(unit.start, unit.end),
            )


_FORMER = re.compile(r"\b(?:former|ex|then|late|next|future|one-time|retired)[\s-]+(?:[\w.&’'-]+\s+){0,3}$")


def _is_former(text: str, unit: Unit) -> bool:
    return bool(_FORMER.search(text[max(0, unit.start - 50) : unit.start]))


def _parties(
    sentence: Sentence, person: Unit, role: Unit | None, org: Referent
) -> tuple[tuple[str, Referent], ...]:
    named = (("person", Referent((person.party,))),)
    with_role = (("role", Referent((sentence.context.text[role.start : role.end],))),) if role else ()
    return (*named, *with_role, ("org", org))


def _person_beside(units: Sequence[Unit], k: int) -> Unit | None:
    """The person of a role: after it, after a comma, or before ", chief executive of Alfa"."""
    after = units[k + 1 : k + 3]
    if after and after[0].kind == "name" and after[0].person:
        return after[0]
    if len(after) == 2 and after[0].low == "," and after[1].kind == "name" and after[1].person:
        return after[1]
    if (
        len(after) >= 1
        and after[0].low == "of"
        and k + 4 < len(units)
        and units[k + 3].low == ","
        and units[k + 4].person
    ):
        return units[k + 4]
    for before in range(k - 1, max(k - 6, -1), -1):
        if units[before].low == ",":
            return (
                units[before - 1]
                if before and units[before - 1].kind == "name" and units[before - 1].person
                else None
            )
        if units[before].kind not in ("word", "name", "possessive", "pronoun", "description"):
            return None
    return None


def _organisation(sentence: Sentence, k: int, person: Unit) -> tuple[Referent, int]:
    """Whose role: the name before it, "of Alfa" after it, "its", else the company spoken of."""
    units, at = sentence.units, k - 1
    if at >= 0 and units[at].kind == "possessive":
        at -= 1
    if at >= 0 and units[at].kind == "name" and not units[at].person:
        return Referent((units[at].party,)), units[at].start
    if at >= 0 and units[at].kind == "description" and units[at + 1].kind == "possessive":
        return _spoken_of(sentence, units[k].start), units[at].start
    for ahead in (k + 1, k + 2):
        if ahead + 1 < len(units) and units[ahead].low in ("of", "at") and units[ahead + 1].is_noun_phrase:
            named = units[ahead + 1]
            return (
                Referent((named.party,)) if named.kind == "name" else _spoken_of(sentence, named.start)
            ), units[k].start
    if units[k - 1 : k] and units[k - 1].low == "its":
        return _spoken_of(sentence, units[k].start), units[k - 1].start
    return _of_the_story(sentence, min(units[k].start, person.start)), units[k].start


def _of_the_story(sentence: Sentence, offset: int) -> Referent:
    """A bare "Chief Executive Ana Silva" is of the company this sentence names first, else of the story's first."""
    named = [
        u.party
        for u in sentence.units
        if u.kind == "name" and not u.person and u.end <= offset and may_hold(u.party, sentence.context)
    ]
    party = named[0] if named else sentence.context.lead
    return (
        Referent((party,), proposed=True, words="the company spoken of")
        if party
        else _spoken_of(sentence, offset)
    )


def _spoken_of(sentence: Sentence, offset: int) -> Referent:
    recent = context_at(sentence, offset).recent
    return Referent(recent[:1], proposed=True, words="the company spoken of") if recent else NOBODY


def _changes(sentence: Sentence) -> Iterator[Found]:
    units = sentence.units
    for k, unit in enumerate(units):
        if unit.kind != "word":
            continue
        for trigger in TRIGGERS.get(unit.low, ()):
            if trigger.particle and not any(u.low in trigger.particle for u in units[k + 1 : k + 2]):
                continue
            if trigger.sense == "leave":
                yield from _left(sentence, k, trigger.form)
            elif trigger.sense == "appoint" and trigger.form != "noun":
                yield from _taken(sentence, k, trigger.form)
            elif trigger.sense in ("succeed", "become"):
                yield from _followed(sentence, k, trigger.form, trigger.sense)
            else:
                continue
            break


def _people(units: Sequence[Unit], first: int, last: int) -> list[Unit]:
    return [u for u in units[max(first, 0) : last] if u.kind == "name" and u.person]


def _role_near(units: Sequence[Unit], first: int, last: int) -> Unit | None:
    return next(
        (
            u
            for u in units[max(first, 0) : last]
            if u.kind == "role" and u.low in lexicon.OFFICES | {"head", "chief"}
        ),
        None,
    )


def _left(sentence: Sentence, k: int, form: str) -> Iterator[Found]:
    units = sentence.units
    if form == "noun" or units[k].low in _LEAVING_NOUNS:
        if k + 1 >= len(units) or units[k + 1].low != "of":
            return
        people, role = _people(units, k + 1, k + 8), _role_near(units, k, k + 8)
        if people:
            yield _change(
                sentence,
                k,
                people[0],
                role,
                "departure",
                _noun_standing(units, k),
                units[k - 1].start if k and units[k - 1].low == "the" else units[k].start,
            )
        return
    passive = any(u.low in ("was", "were", "be", "been", "is") for u in units[max(0, k - 3) : k])
    verb_of_others = units[k].low.startswith(("oust", "dismiss", "fire")) and not passive
    people = _people(units, k + 1, k + 6) if verb_of_others else list(reversed(_people(units, 0, k)))
    if not people:
        return
    role = _role_near(units, 0, len(units))
    yield _change(
        sentence,
        k,
        people[0],
        role,
        "departure",
        _verb_standing(units, k, form),
        min(people[0].start, role.start if role else people[0].start),
    )


def _taken(sentence: Sentence, k: int, form: str) -> Iterator[Found]:
    units = sentence.units
    passive = form in ("past", "participle") and any(
        u.low in ("was", "were", "be", "been", "is") for u in units[max(0, k - 3) : k]
    )
    people = list(reversed(_people(units, 0, k))) if passive else _people(units, k + 1, k + 10)
    after = units.index(people[0]) if people else k
    role = _role_near(units, after, min(k + 16, len(units))) or _role_near(units, k, min(k + 16, len(units)))
    if not people or role is None:
        return
    subject = subject_of(units, k)
    begin = people[0].start if passive else units[subject.begin].start
    yield _change(sentence, k, people[0], role, "appointment", _verb_standing(units, k, form), begin)


def _followed(sentence: Sentence, k: int, form: str, sense: str) -> Iterator[Found]:
    units = sentence.units
    incoming, outgoing = list(reversed(_people(units, 0, k))), _people(units, k + 1, k + 7)
    if units[k - 1].low in ("be", "was", "been", "is", "were") and form in ("past", "participle"):
        incoming, outgoing = outgoing, incoming
    if not incoming:
        return
    role = _role_near(units, k, min(k + 14, len(units)))
    pronoun = next((u for u in units[k + 1 : k + 3] if u.low in ("him", "her")), None)
    if (sense == "become" and role is None) or (sense == "succeed" and not (outgoing or pronoun)):
        return
    lead = _role_near(units, 0, k)
    if sense == "succeed" and lead and role and outgoing and role.end <= outgoing[0].start:
        role = lead  # "chief executive Ana, who replaced founder Rui": the later role is the other's
    begin = min(
        incoming[0].start, lead.start if lead and lead.end <= incoming[0].start else incoming[0].start
    )
    yield _change(sentence, k, incoming[0], role, "appointment", _verb_standing(units, k, form), begin)


def _noun_standing(units: Sequence[Unit], k: int) -> Standing:
    read = standing(words_between(units, max(0, k - 6), k), "past")
    return read if read.status.firmness else Standing(Status.COMPLETED)


def _verb_standing(units: Sequence[Unit], k: int, form: str) -> Standing:
    chain = subject_of(units, k).chain
    own = "base" if form == "past" and chain.split()[-1:] == ["to"] else form
    return standing(chain, "past" if own == "s" else own)


def _change(  # noqa: PLR0913, PLR0917 (all that it needs)
    sentence: Sentence, k: int, person: Unit, role: Unit | None, subtype: str, at: Standing, start: int
) -> Found:
    units = sentence.units
    moment = _moment(units, k)
    end = max(person.end, units[k].end, role.end if role else 0, moment.end if moment else 0)
    org = _office_of(sentence, role, person)
    previous = next(
        (e for e in reversed(sentence.earlier) if e.kind.startswith("officer") and e.party("role").names),
        None,
    )
    made = Found(
        "officer_change",
        at,
        _parties(sentence, person, role, org),
        start,
        end,
        when=moment,
        words=subtype,
        trigger=(units[k].start, units[k].end),
    )
    if role is None and previous:
        parties = (
            *made.parties[:1],
            ("role", replace(previous.party("role"), proposed=True, words="the same office")),
            *made.parties[1:],
        )
        return replace(made, parties=parties)
    return made


def _office_of(sentence: Sentence, role: Unit | None, person: Unit) -> Referent:
    if role is None:
        return _spoken_of(sentence, sentence.units[-1].end)
    org, _ = _organisation(sentence, sentence.units.index(role), person)
    if not org.proposed:
        return org
    first = next(
        (u for u in sentence.units if u.kind == "name" and not u.person and u.end <= sentence.units[-1].end),
        None,
    )
    known: Context = sentence.context
    party = known.parties.get(first.party) if first else None
    return (
        Referent((first.party,), proposed=True, words="the company spoken of")
        if first and party and party.kind in ("company", "name")
        else org
    )


def _moment(units: Sequence[Unit], k: int) -> Moment | None:
    saying = ("said", "says", "told", "announced", "reported", "statement")
    for j in range(k - 1, max(k - 4, -1), -1):
        if units[j].moment and not any(u.low in saying for u in units[max(j - 2, 0) : j]):
            return units[j].moment  # "the board on Thursday appointed"
    for j in range(k + 1, min(k + 14, len(units))):
        if units[j].moment and units[j - 1].low not in saying and (j < 2 or units[j - 2].low not in saying):
            return units[j].moment
        if units[j].low in (
            ";",
            "who",
            "replacing",
            "succeeding",
            "which",
            "while",
            "after",
            "before",
            "because",
            "but",
        ):
            return None
    return None
