"""Names in a story: capitalised sequences, their fullest form, and the short forms this story uses for them.

No list of companies decides anything here: a name is found by how it is written and used, so that replacing
every name by one never seen before changes nothing but the names.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from crosstie.stories import lexicon
from crosstie.stories.triggers import VERBS
from crosstie.text.problem import CrosstieError

PartyKind = Literal["company", "person", "authority", "publication", "place", "family", "name"]


@dataclass(frozen=True, slots=True)
class Name:
    """One mention of a name: its span, whether "'s" follows, and the party it stands for."""

    start: int
    end: int
    text: str
    party: str = ""
    kind: PartyKind = "name"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody a story names: the fullest form, its kind, all forms used, and the ledger's id if it knows it."""

    name: str
    kind: PartyKind
    forms: tuple[str, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A role phrase, such as "Chief Executive Officer"."""

    start: int
    end: int
    text: str


_WORD = re.compile(r"Sp\.\s?z\s?o\.\s?o\b|[^\W_]+(?:[-/.&][^\W_]+|['’](?!s(?!\w))[^\W_]+)*\+?", re.UNICODE)
_LOWER_LINKS = frozenset("de da do dos das del della di du des la le van von der den y e bin al el".split())
_OF_HEADS = frozenset(
    """bank company corporation ministry department university republic government board kingdom office institute
    banco banque banca state group house council federation chamber court city port""".split()
)
_NOT_NAMES = frozenset(
    """ev ceo cfo coo cto ipo i us u.s uk u.k eu ai gdp tv it usa u.s.a un fy q1 q2 q3 q4 h1 h2 m&a esg pc suv lng ebitda r&d
    cad usd eur gbp aud jpy chf inr mr mrs ms dr spac reit bc ad am pm gmt est et jr sr ltv""".split()
)
_ROLE = re.compile(
    r"(?<![\w-])(?:(?:acting|interim|former|outgoing|incoming|new|then|deputy|co-)[\s-])*(?P<role>"
    + "|".join(
        sorted((re.escape(role).replace(r"\ ", r"\s") for role in lexicon.ROLES), key=len, reverse=True)
    )
    + r")(?!\w)(?!-)",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"\s+(?:said|says|told|added|wrote|declined|resigned|quit|stepped|succeeds|succeeded|replaces|replaced|will (?:replace|succeed|step|become|leave|retire)"
    r"|joined|was (?:named|appointed|elected|fired|ousted|dismissed)|has (?:resigned|quit|left)|retired)\b"
)
_APPOSED_ROLE = re.compile(
    r",?\s+(?:\d\d,\s+)?(?:(?:the|its|their|a|who is|currently|now|as|to become|as the|as its)\s+)*(?:[\w’'&.-]+\s+){0,3}?(?:"
    + "|".join(sorted((re.escape(role) for role in lexicon.ROLES), key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)


def roles_in(text: str, start: int, end: int) -> tuple[Role, ...]:
    """Role phrases between two offsets.

    >>> [role.text for role in roles_in("Alfa Chief Executive Officer Ana Silva", 0, 38)]
    ['Chief Executive Officer']
    """
    found = (
        Role(match.start("role"), match.end("role"), match["role"])
        for match in _ROLE.finditer(text, start, end)
    )
    return tuple(
        role for role in found if not role.text.isupper() or role.text.lower() in ("ceo", "cfo", "coo", "cto")
    )


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    first: bool

    @property
    def low(self) -> str:
        return self.text.lower()


def _tokens(text: str, start: int, end: int) -> list[_Token]:
    tokens = []
    for match in _WORD.finditer(text, start, end):
        last = match.end()
        bare = match[0].replace(".", "").replace("/", "").lower()
        dotted = (
            bare in lexicon.LEGAL
            or bare.startswith("sp z")
            or "." in match[0]
            or (len(bare) == 1 and match[0].isupper())
        )
        if text[last : last + 1] == "." and dotted and (last + 1 < end or "." in match[0]):
            last += 1
        quoted = (
            text[start : match.start()].strip(" \n\"“”‘'(`«") == ""
            or text[: match.start()].rstrip()[-1:] in '"“‘`«:;—–'
        )
        tokens.append(_Token(match.start(), last, text[match.start() : last], quoted))
    return tokens


def _is_capital(token: _Token) -> bool:
    text = token.text
    return (
        text[0].isupper()
        or (text[0].isdigit() and any(c.isupper() for c in text[1:2]))
        or (text[0].islower() and len(text) > 2 and any(c.isupper() for c in text[1:3]))
    )


def names_in(text: str, start: int, end: int, taken: Sequence[tuple[int, int]] = ()) -> tuple[Name, ...]:
    """Capitalised sequences of one sentence, roles and other ``taken`` spans left out.

    >>> text = "Danish cable maker Havkabel A/S and PT Samudra Tbk, led by Chairman Ana de Wit, met."
    >>> [name.text for name in names_in(text, 0, len(text), [(r.start, r.end) for r in roles_in(text, 0, len(text))])]
    ['Havkabel A/S', 'PT Samudra Tbk', 'Ana de Wit']
    """
    tokens = _tokens(text, start, end)
    names: list[Name] = []
    run: list[_Token] = []
    for index, token in enumerate(tokens):
        if _free(token, taken) and _continues(text, run, tokens, index):
            run.append(token)
            continue
        names.extend(_named(text, run))
        run = [token] if _free(token, taken) and _begins(tokens, index) else []
    names.extend(_named(text, run))
    return tuple(names)


def _free(token: _Token, taken: Sequence[tuple[int, int]]) -> bool:
    return not any(token.start < end and start < token.end for start, end in taken)


def _begins(tokens: Sequence[_Token], index: int) -> bool:
    token = tokens[index]
    if _TICKER.fullmatch(token.text):
        return False
    if _is_capital(token) and token.low not in lexicon.MONTH_DAY_WORDS:
        return not (token.first and token.low in lexicon.OPENERS)
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    return (
        token.low in _LOWER_LINKS
        and token.low not in ("e", "y", "al", "la", "le", "do", "das", "des")
        and following is not None
        and following.start == token.end + 1
        and _is_capital(following)
    )


def _continues(text: str, run: Sequence[_Token], tokens: Sequence[_Token], index: int) -> bool:  # noqa: PLR0911 (one line per case)
    if not run or _TICKER.fullmatch(tokens[index].text):
        return False
    gap, token = text[run[-1].end : tokens[index].start], tokens[index]
    bare = token.low.replace(".", "").replace("/", "")
    if gap.strip() in (",", ".,") and bare in lexicon.LEGAL and _is_capital(token):
        return bool(re.fullmatch(r"\.?,\s", gap)) and bare not in ("de", "se", "public", "co")
    if gap == " & " or (gap == "&" and _is_capital(token)):
        return _is_capital(token)
    if not re.fullmatch(r"[ \n]", gap) or token.low in lexicon.MONTH_DAY_WORDS:
        return False
    if _is_capital(token):
        return True
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    linked = (
        following is not None
        and _is_capital(following)
        and re.fullmatch(r"[ \n]", text[token.end : following.start])
    )
    if token.low in _LOWER_LINKS or (token.low in ("z", "o.o") and linked):
        return bool(linked)
    if token.low == "of":
        return bool(linked) and run[-1].low in _OF_HEADS
    if token.low in _SMALL_FORMS:
        return True
    if token.text.isdigit():
        return len(token.text) <= 3 and following is not None and following.text[0].islower()
    return token.low == "and" and following is not None and bool(linked) and following.low in _AND_SONS


def _named(text: str, run: Sequence[_Token]) -> list[Name]:
    """A run of capitals as one name; openers, stop words and bare nationalities are none."""
    kept = list(run)
    while len(kept) > 1 and kept[0].first and kept[0].low in _FUNCTION:
        kept = kept[1:]
    while kept and (
        kept[0].low in ("the", "mr", "mrs", "ms", "dr", "sir", "lord")
        or kept[0].text in ("Mr.", "Ms.", "Dr.")
    ):
        kept = kept[1:]
    while len(kept) > 1 and kept[0].low.endswith(_COMPOUNDS):
        kept = kept[1:]
    if not kept:
        return []
    lows = [token.low.rstrip(".") for token in kept]
    if all(low in _NOT_NAMES or low in lexicon.DEMONYMS for low in lows) or lows[-1].endswith(_COMPOUNDS):
        return []
    if lows[0] in lexicon.DEMONYMS and len(kept) == 2 and lows[1] in _NOT_NAMES:
        return []
    if kept[0].first and len(kept) == 1 and lows[0] in lexicon.OPENERS:
        return []
    if len(kept) > 1 and kept[0].first and (lows[0] in _HERALDS or lows[0].endswith("maker")):
        kept = kept[1:]
    start, end = kept[0].start, kept[-1].end
    family = re.match(r"\sfamily\b", text[end:])
    if family:
        return [Name(start, end + family.end(), text[start : end + family.end()], kind="family")]
    return [Name(start, end, text[start:end])]


_FUNCTION = frozenset(
    "but and if with in on at for by from as when while after before since because although though or so yet until unless however both that this these".split()
)
_SMALL_FORMS = frozenset("plc gmbh oyj inc ltd llc spa asa ag".split())
_TICKER = re.compile(r"[A-Z0-9]{2,6}\.[A-Z]{1,3}")
_AND_SONS = frozenset(("company", "co", "co.", "sons", "brothers", "bros", "bros.", "partners", "associates"))
_COMPOUNDS = ("-based", "-owned", "-backed", "-listed", "-led", "-controlled", "-born", "-style", "-made")
_ABSTRACT = re.compile(r"(?:tion|sion|ment|ing|ity|ance|ence|ness|ship|ure|ages?|ism|ers?)s?$")
# company nouns that open a sentence before a name: "Retailer Alfa", "Parent Beta"
_HERALDS = lexicon.COMPANY_NOUNS - frozenset(
    "group bank trust exchange club union partners family fund alliance partnership association consortium studio operations".split()
)


def resolve(
    text: str,
    names: Sequence[Name],
    roles: Sequence[Role],
    known: Mapping[str, str],
) -> tuple[tuple[Name, ...], tuple[Party, ...]]:
    """Give each mention its party: the ledger's own names first, then the story's fullest form.

    A short form belongs to a full form that begins with it (a person's ends with it), or whose initials it is;
    one that fits two full forms stays its own name, because nothing in the words decides.
    """
    ends = frozenset(role.end for role in roles)
    people = {name.text for name in names if _is_person(text, name, ends)}
    surely = _sure_words(text, names)
    usable = [name for name in names if name.text in people or _is_name(text, name, surely)]
    fulls = _full_forms([name.text for name in usable], people)
    glossed = _glosses(text, usable)
    links = {form: _linked(form, fulls, people, glossed) for form in {name.text for name in usable}}
    return _parties([replace(name, party=links[name.text]) for name in usable], known)


def _sure_words(text: str, names: Sequence[Name]) -> frozenset[str]:
    """Words that are surely of a name: written with a capital inside a sentence, or first of a longer name."""
    inside = {word for name in names if not _opens(text, name.start) for word in name.text.split()}
    return frozenset(inside | {name.text.split()[0] for name in names if " " in name.text})


def _is_name(text: str, name: Name, surely: frozenset[str]) -> bool:
    """A single capitalised word that opens a sentence is a name only if it is one elsewhere too."""
    if " " in name.text or name.text in surely or not _opens(text, name.start):
        return True
    after = text[name.end : name.end + 40]
    word = re.match(r"\s+([a-z]+)", after)
    if (
        word
        and (word[1] in VERBS or word[1].endswith("ed"))
        and not word[1].endswith("ing")
        and name.text.lower() not in lexicon.OPENERS
        and not _ABSTRACT.search(name.text)
        and not re.search(rf"\b{re.escape(name.text.lower())}\b", text)
    ):
        return True
    if re.match(r"['’]s\s", after):
        return True
    return bool(
        re.match(
            r"\s+(?:has|is|was|will|said|agreed|plans|bought|sold|owns|holds|also|and [A-Z]|acquired|completed|denied|signed|would|may|announced|bids?|sells|buys|wants|aims|seeks|had|intends|reported|declined)\b|,",
            after,
        )
    ) and not text[name.start : name.end].endswith("s")


def _opens(text: str, start: int) -> bool:
    first = max(0, start - 60)
    before = text[first:start].rstrip(" \n\"“‘'(")
    return not before or before[-1] in '.!?:;-—–”"' or text[first + len(before) : start].count("\n") > 1


_INSTALLED = re.compile(
    r"\b(?:named|names|naming|appointed|appoints|appointing|elected|promoted|hired|hires|replacing|succeeding|replaces|succeeds|replaced|succeeded)\s$"
)


def _is_person(text: str, name: Name, ends: frozenset[int]) -> bool:  # noqa: PLR0911 (one line per case)
    words = [word.strip(".").lower().replace(".", "").replace("/", "") for word in name.text.split()]
    if words[-1] in lexicon.SUFFIXES or any(ch.isdigit() for ch in name.text) or words[0] in lexicon.DEMONYMS:
        return False
    before = text[max(0, name.start - 40) : name.start]
    if re.search(r"\b(?:Mr|Mrs|Ms|Dr|Sir|Lord)\.?\s$", before):
        return True
    if name.start - 1 in ends or (name.start - 2 in ends and text[name.start - 2] == ","):
        return True
    if len(words) < 2 or words[-1] in lexicon.PUBLICATIONS or words[-1] in lexicon.AUTHORITIES:
        return False
    after = text[name.end : name.end + 80]
    if (re.match(r",\swho\b", after) and not before.endswith("of ")) or _INSTALLED.search(before):
        return True
    if _APPOSED_ROLE.match(after) and not re.match(r"\s+(?:and|in|of|to|said|has|is|was|will)\b", after):
        return after.startswith(",") or bool(re.match(r"\s+(?:as|to become)\b", after))
    return (
        bool(_SPEAKS.match(after))
        and len(words) in (2, 3)
        and not re.match(r"\s+(?:replaced|joined|declined|added)", after)
    )


def _bare(name: str) -> str:
    return name.replace(".", "").replace("/", "").replace("’", "'").casefold()


def stem(name: str) -> str:
    """A company's name without its legal form.

    >>> stem("Nissan Motor Co."), stem("PT Samudra Energi Tbk"), stem("Grupo Tlaloc S.A.B. de C.V.")
    ('Nissan Motor', 'Samudra Energi', 'Grupo Tlaloc')
    """
    words = name.replace(",", " ").split()
    while len(words) > 1 and _bare(words[-1]) in lexicon.LEGAL:
        words = words[:-1]
    while len(words) > 2 and words[-1] == "&":
        words = words[:-1]
    while len(words) > 1 and words[0].lower() in ("pt", "ooo", "pao", "oao", "zao", "ao"):
        words = words[1:]
    return " ".join(words)


def has_legal_form(name: str) -> bool:
    """Whether a name ends in (or begins with) a company's legal form or a word only companies end in."""
    words = name.replace(",", " ").split()
    return len(words) > 1 and (_bare(words[-1]) in lexicon.SUFFIXES or words[0].lower() in lexicon.PREFIXES)


def _full_forms(texts: Sequence[str], people: Iterable[str]) -> tuple[str, ...]:
    """Distinct forms, fullest first; ties keep the story's order."""
    distinct = list(dict.fromkeys(texts))
    persons = set(people)
    return tuple(sorted(distinct, key=lambda form: (-len(form.split()), form in persons)))


def _glosses(text: str, names: Sequence[Name]) -> Mapping[str, str]:
    """Abbreviations a story explains: "Électricité de France (EDF)"."""
    found = {}
    for before, after in itertools.pairwise(names):
        if re.fullmatch(r"\s\(", text[before.end : after.start]) and text[after.end : after.end + 1] == ")":
            found[after.text] = before.text
    return found


def _linked(form: str, fulls: Sequence[str], people: set[str], glossed: Mapping[str, str]) -> str:
    """The fullest form that a form shortens; itself where there is none, or more than one."""
    target = glossed.get(form, form)
    target = f"{target}." if f"{target}." in fulls else target
    head = stem(target).split()[0].casefold()
    near = [full for full in fulls if full != target and (head in full.casefold() or target.isupper())]
    fits = [full for full in near if _is_short_of(target, full, person=full in people)]
    top = [
        full
        for full in fits
        if not any(other != full and _is_short_of(full, other, person=other in people) for other in fits)
    ]
    exact = [full for full in fits if stem(full).casefold() == stem(target).casefold()]
    if exact and target == stem(target):
        return exact[0]  # "Orlika" is Orlika SA, though there is an Orlika Hurt too
    distinct = {stem(full).casefold(): full for full in reversed(top)}
    firms = [full for full in distinct.values() if full not in people and not full.endswith(" family")]
    if len(distinct) > 1 and len(firms) == 1:
        return firms[0]  # a firm and its founder or family share a name: the story is about the firm
    return next(iter(distinct.values())) if len(distinct) == 1 else target


def _is_short_of(short: str, full: str, *, person: bool) -> bool:
    """Whether one form shortens the other."""
    words, whole = [w.casefold() for w in stem(short).split()], [w.casefold() for w in stem(full).split()]
    if person:
        return len(words) < len(whole) and whole[-len(words) :] == words
    if len(whole) > 1 and words == whole[1:] and (whole[0] in _GENERIC_FIRST or _is_telling(words, full)):
        return True
    if words == whole:
        return len(full.split()) > len(short.split())
    if len(words) < len(whole) and whole[: len(words)] == words and stem(short) == short:
        return (
            words[0] not in ("bank", "grupo", "groupe", "banco", "new", "royal")
            and words[0] not in lexicon.DEMONYMS
        ) or len(words) > 1
    significant = [w for w in re.split(r"[\s-]+", stem(full)) if w[:1].isupper()]
    initials = "".join(w[0] for w in significant)
    every = "".join(w[0] for w in full.replace(",", " ").split() if w[:1].isupper())
    return (
        short.isupper() and len(short) >= 2 and short.replace(".", "").replace("&", "") in (initials, every)
    )


def _is_telling(words: Sequence[str], full: str) -> bool:
    """Whether a company's last word alone can stand for it: "Bertolli" for "Camiceria Bertolli S.r.l."."""
    return (
        len(words) == 1
        and stem(full) != full
        and words[0] not in lexicon.SUFFIXES
        and words[0] not in lexicon.COMMON_HEADS
    )


_GENERIC_FIRST = frozenset(
    "maison casa house bank banco banca banque grupo groupe gruppo compagnie compañía cia société royal grupa group".split()
)


def _parties(linked: Sequence[Name], known: Mapping[str, str]) -> tuple[tuple[Name, ...], tuple[Party, ...]]:
    forms: dict[str, list[str]] = {}
    for name in linked:
        forms.setdefault(name.party, []).append(name.text)
    by_stem = {stem(name).casefold(): party for name, party in known.items()}
    parties = tuple(
        Party(full, _kind(full), tuple(dict.fromkeys(used)), _known_id((full, *used), by_stem))
        for full, used in forms.items()
    )
    kinds = {party.name: party.kind for party in parties}
    return tuple(replace(name, kind=kinds[name.party]) for name in linked), parties


def _known_id(forms: Iterable[str], by_stem: Mapping[str, str]) -> str:
    return next((by_stem[stem(form).casefold()] for form in forms if stem(form).casefold() in by_stem), "")


def _kind(full: str) -> PartyKind:
    words = full.split()
    low = [_bare(word) for word in words]
    if full.endswith(" family"):
        return "family"
    if has_legal_form(full):
        return "company"
    if low[-1] in lexicon.AUTHORITIES or low[0] in ("ministry", "department"):
        return "authority"
    if low[-1] in lexicon.PUBLICATIONS:
        return "publication"
    return "place" if all(word in lexicon.COUNTRIES or word in lexicon.DEMONYMS for word in low) else "name"


def mark_people(
    names: Sequence[Name], parties: Sequence[Party], text: str, roles: Sequence[Role]
) -> tuple[tuple[Name, ...], tuple[Party, ...]]:
    """Mark the parties that any mention shows to be a person."""
    ends = frozenset(role.end for role in roles)
    people = {name.party for name in names if name.kind == "name" and _is_person(text, name, ends)}
    marked = tuple(replace(party, kind="person") if party.name in people else party for party in parties)
    return tuple(replace(name, kind="person") if name.party in people else name for name in names), marked


def known_names(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The ledger's own names and identifiers, each to its party's id.

    Raises
    ------
    CrosstieError
        One name that stands for two parties.
    """
    found: dict[str, str] = {}
    for name, party in pairs:
        if found.setdefault(name, party) != party:
            raise CrosstieError(f"the ledger has two parties named {name!r}: {found[name]} and {party}")
    return found
