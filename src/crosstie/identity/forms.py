"""Legal forms as they are written in names, each with the spellings that mean the same.

The spellings are those of ISO 20275 (Entity Legal Forms; GLEIF's list of 2023-09-28, in the public domain,
https://www.gleif.org/en/about-lei/code-lists/iso-20275-entity-legal-forms-code-list) with the English and
transliterated ones that registers use. Forms of several countries that share a spelling (SA, AS, SE) are one.
"""

from collections.abc import Sequence
from types import MappingProxyType

# form -> spellings as plain words (no case, accents or points); "a / b" separates them
_SPELLINGS = {
    "ltd": "ltd / limited / limted / limitd / limied / lmited / limitied / limitted / limeted / ltd liability / private limited company / limited company / cyf / cyfyngedig",
    "plc": "plc / public limited company / public ltd co / ccc / cwmni cyfyngedig cyhoeddus",
    "co ltd": "co ltd / company limited / co limited / company ltd / coltd",
    "pvt ltd": "pvt ltd / private limited / private ltd / pvt limited / p ltd",
    "pty ltd": "pty ltd / proprietary limited / pty limited / proprietary ltd / pty",
    "pte ltd": "pte ltd / pte limited / pte",
    "llc": "llc / limited liability company / ltd liability company / limited liability co",
    "llp": "llp / limited liability partnership / pac / partneriaeth atebolrwydd cyfyngedig",
    "lp": "lp / limited partnership",
    "inc": "inc / incorporated",
    "corp": "corp / corporation",
    "co": "co / company / cie / compagnie / companhia",
    "dac": "dac / designated activity company",
    "uc": "uc / unlimited company / unltd / unlimited",
    "clg": "clg / company limited by guarantee",
    "sa": "sa / societe anonyme / sociedad anonima / sociedade anonima / societa anonima",
    "sas": "sas / societe par actions simplifiee / sasu / sociedad por acciones simplificada",
    "sarl": "sarl / societe a responsabilite limitee / sa rl / s a rl / eurl",
    "sca": "sca / societe en commandite par actions / kgaa / kommanditgesellschaft auf aktien",
    "snc": "snc / societe en nom collectif / societa in nome collettivo",
    "scs": "scs / societe en commandite simple / scsp / societe en commandite speciale",
    "gie": "gie / groupement d interet economique",
    "sicav": "sicav / societe d investissement a capital variable",
    "gmbh": "gmbh / gesellschaft mit beschrankter haftung / gesellschaft mbh / ges mbh / gesmbh / mbh",
    "ug": "ug / unternehmergesellschaft / ug haftungsbeschrankt / unternehmergesellschaft haftungsbeschrankt",
    "ag": "ag / aktiengesellschaft",
    "kg": "kg / kommanditgesellschaft",
    "gmbh co kg": "gmbh co kg / gmbh und co kg / gmbh and co kg / gmbh cie kg / ag co kg",
    "ohg": "ohg / offene handelsgesellschaft",
    "ev": "ev / eingetragener verein",
    "eg": "eg / eingetragene genossenschaft",
    "se": "se / societas europaea / europaische gesellschaft / societe europeenne",
    "ae": "anonimi etaireia / anonymi etaireia",
    "nv": "nv / naamloze vennootschap",
    "bv": "bv / besloten vennootschap / besloten vennootschap met beperkte aansprakelijkheid",
    "spa": "spa / societa per azioni",
    "srl": "srl / societa a responsabilita limitata / sociedad de responsabilidad limitada / s r l",
    "sl": "sl / sociedad limitada / slu / sociedad limitada unipersonal",
    "sau": "sau / sociedad anonima unipersonal",
    "lda": "lda / ltda / limitada / sociedade limitada / sociedade por quotas",
    "sa de cv": "sa de cv / sociedad anonima de capital variable",
    "sab de cv": "sab de cv / sociedad anonima bursatil de capital variable",
    "aps": "aps / anpartsselskab",
    "as": "as / aktieselskab / aksjeselskap / aktsiaselts / akciju sabiedriba / akciova spolecnost / akciova spolocnost",
    "asa": "asa / allmennaksjeselskap",
    "ab": "ab / aktiebolag / aktiebolaget / ab publ",
    "oy": "oy / osakeyhtio / oy ab",
    "oyj": "oyj / julkinen osakeyhtio / oyj abp",
    "sp z oo": "sp z oo / sp z o o / spolka z ograniczona odpowiedzialnoscia / spzoo",
    "spolka akcyjna": "spolka akcyjna",
    "sro": "sro / s r o / spol s r o / spolecnost s rucenim omezenym / spolocnost s rucenim obmedzenym",
    "kft": "kft / korlatolt felelossegu tarsasag",
    "zrt": "zrt / zartkoruen mukodo reszvenytarsasag",
    "nyrt": "nyrt / nyilvanosan mukodo reszvenytarsasag",
    "doo": "doo / d o o / drustvo s ogranicenom odgovornoscu / druzba z omejeno odgovornostjo",
    "dd": "dd / dionicko drustvo / delniska druzba",
    "ood": "ood / druzhestvo s ogranichena otgovornost",
    "eood": "eood / ednolichno druzhestvo s ogranichena otgovornost",
    "uab": "uab / uzdaroji akcine bendrove",
    "sia": "sia / sabiedriba ar ierobezotu atbildibu",
    "ou": "osauhing",
    "ooo": "ooo / obshchestvo s ogranichennoi otvetstvennostyu / obshchestvo s ogranichennoy otvetstvennostyu"
           " / obshchestvo s ogranichennoi otvetstvennost iu",
    "ao": "ao / aktsionernoe obshchestvo / akcionernoe obshchestvo / jsc / joint stock company",
    "pao": "pao / publichnoe aktsionernoe obshchestvo / pjsc / public joint stock company",
    "oao": "oao / otkrytoe aktsionernoe obshchestvo / ojsc / open joint stock company",
    "zao": "zao / zakrytoe aktsionernoe obshchestvo / cjsc / closed joint stock company",
    "anonim": "anonim sirketi / anonim sirket",
    "ltd sti": "ltd sti / limited sirketi / limited sirket",
    "kk": "kk / kabushiki kaisha / kabushikikaisha / kabushiki gaisha",
    "gk": "gk / godo kaisha",
    "yk": "yk / yugen kaisha",
    "pt": "pt / perseroan terbatas",
    "tbk": "tbk",
    "sdn bhd": "sdn bhd / sendirian berhad",
    "bhd": "bhd / berhad",
}  # fmt: skip

FORMS = MappingProxyType(
    {
        tuple(spelling.split()): form
        for form, spellings in _SPELLINGS.items()
        for spelling in spellings.split(" / ")
    }
)
"""A spelling's words, and the form they mean."""

_IN_FRONT = frozenset(
    {
        "ab",
        "as",
        "oy",
        "kk",
        "gk",
        "yk",
        "pt",
        "ooo",
        "ao",
        "pao",
        "oao",
        "zao",
        "uab",
        "sia",
        "ou",
        "doo",
        "ood",
    }
)
"""Forms whose short spelling stands before a name as well; spelled out, any form may."""

_SPELLED_OUT = 7
"""Letters of a form that is no abbreviation: "limited", "company"."""

_BEGINNINGS = frozenset(words[0] for words in FORMS)
_LONGEST = max(len(words) for words in FORMS)

_SCRIPTS = (
    ("株式会社", "kk"), ("有限会社", "yk"), ("合同会社", "gk"), ("(株)", "kk"), ("(有)", "yk"), ("주식회사", "co ltd"), ("(주)", "co ltd"),
    ("股份有限公司", "co ltd"), ("有限责任公司", "co ltd"), ("有限責任公司", "co ltd"), ("有限公司", "co ltd"),
)  # fmt: skip
"""Forms of scripts that write no space between words."""


def split_script(name: str) -> tuple[str, tuple[str, ...]]:
    """A name in Chinese, Japanese or Korean letters without its form at either end.

    >>> split_script("株式会社東京")
    ('東京', ('kk',))
    """
    for written, form in _SCRIPTS:
        rest = name.removeprefix(written) if name.startswith(written) else name.removesuffix(written)
        if rest != name and rest.strip():
            return rest.strip(), (form,)
    return name, ()


def split_forms(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Plain words without the legal forms at their ends, and the forms; a name is never all form.

    >>> split_forms("acme trading co ltd".split())
    (('acme', 'trading'), ('co ltd',))
    >>> split_forms("aktiebolaget volvo".split()), split_forms("ltd".split())
    ((('volvo',), ('ab',)), (('ltd',), ()))
    """
    left = tuple(words)
    found: list[str] = []
    while True:
        form, rest = _at_end(left)
        if not form:
            form, rest = _in_front(left)
        if not form:
            return left, tuple(sorted(set(found)))
        found.append(form)
        left = rest


def in_short(words: Sequence[str]) -> tuple[str, ...]:
    """Words with each spelled-out form, wherever it stands, in its short spelling.

    >>> in_short("master fund public limited company growth".split())
    ('master', 'fund', 'plc', 'growth')
    """
    found: list[str] = []
    at = 0
    while at < len(words):
        length, form = _spelled_out(words, at)
        found += form.split() if length else [words[at]]
        at += length or 1
    return tuple(found)


def _spelled_out(words: Sequence[str], at: int) -> tuple[int, str]:
    if words[at] not in _BEGINNINGS:
        return 0, ""
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        form = FORMS.get(tuple(words[at : at + length]))
        if form and (length > 1 or len(words[at]) >= _SPELLED_OUT):
            return length, form
    return 0, ""


def _at_end(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        end = words[-length:]
        form = FORMS.get(end)
        if form is None and length > 1 and all(len(word) == 1 for word in end):
            form = FORMS.get(("".join(end),))  # P L C
        if form:
            return form, words[:-length]
    return "", words


def _in_front(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        form = FORMS.get(words[:length])
        if form and (length > 1 or form in _IN_FRONT or len(words[0]) >= _SPELLED_OUT):
            return form, words[length:]
    return "", words
