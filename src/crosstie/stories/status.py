"""How far along: the status of an event from the words that govern it, weakest cue first, vetoes above all."""

import re
from dataclasses import dataclass

from crosstie.ledger.statements import Status


@dataclass(frozen=True, slots=True)
class Standing:
    """A status and the words it rests on."""

    status: Status
    cue: str = ""


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(?:" + "|".join(patterns) + r")(?![\w-])")


_DENIED = _words(
    r"den(?:y|ied|ies|ying)", r"(?:has|had|have|with) no (?:plans?|intention|interest|desire)", r"no (?:plans?|intention|talks|discussions|such) (?:\w+ )?",
    r"rul(?:ed?|es|ing) out", r"reject(?:ed|s|ing)?", r"rebuff(?:ed|s|ing)?", r"spurn(?:ed|s|ing)?", r"turn(?:ed|s|ing)? down", r"dismiss(?:ed|es|ing)?",
    r"refus(?:ed|es|ing)", r"block(?:ed|s|ing)?", r"veto(?:ed|es|ing)?", r"prohibit(?:ed|s|ing)?", r"no (?:\w+ )?(?:agreement|deal|accord|merger|sale|offer|bid)", r"never", r"unaware of", r"groundless", r"baseless", r"not true", r"untrue", r"opposed",
)  # fmt: skip
_NEGATED = re.compile(
    r"(?<![\w-])(?:not|n't|\w+n't|no longer|neither|nor|without)(?![\w-])(?! (?:only|immediately|yet))(?!.{0,40}\b(?:deny|confirm)\b)"
)
_UNDENIED = re.compile(r"(?:not|n't|\w+n't|never|declined to|refused to) (?:confirm or )?deny")
_NOT_YET = re.compile(r"(?<![\w-])(?:not|n't|\w+n't|has|have) yet(?: to)?(?![\w-])|no (?:final )?decision")
_WITHDRAWN = _words(
    r"walk(?:ed|s|ing)? away", r"scrap(?:ped|s|ping)?", r"drop(?:ped|s|ping)?", r"abandon(?:ed|s|ing)?", r"terminat(?:ed|es|e|ing)",
    r"call(?:ed|s|ing)? off", r"withdr(?:aw|ew|awn|aws|awing|awal)", r"pull(?:ed|s|ing)? out", r"pull(?:ed|s) (?:its|the|their)", r"collaps(?:ed|es|e)", r"cancel(?:s|ed|led|ing|ling|lation)?",
    r"end(?:ed|s|ing) (?:\w+ ){0,3}(?:talks|negotiations|discussions)", r"f(?:ell|ell through|all through|alls through|allen apart|ell apart)", r"laps(?:ed|es)", r"br(?:oke|oken|eaks?|eaking) (?:off|down)",
    r"ditch(?:ed|es|ing)?", r"fail(?:ed|s) to", r"back(?:ed|s|ing) out", r"(?:gave|give|giving|given) up", r"unwound", r"aborted", r"no longer",
)  # fmt: skip
_POSTPONED = _words(
    r"postpon(?:ed|es|e|ing)", r"delay(?:ed|s|ing)?", r"on hold", r"paus(?:ed|es|e|ing)", r"suspend(?:ed|s|ing)? (?:talks|plans|\w+ plans|negotiations|\w+ sale|work)",
    r"push(?:ed|es|ing)? back", r"defer(?:red|s|ring)?", r"shelv(?:ed|es|e|ing)", r"put off", r"held back",
)  # fmt: skip
_OPINION = _words(
    r"should", r"ought to", r"make sense", r"makes sense", r"would be better", r"analysts? (?:\w+ ){0,4}(?:expect|estimate|predict|see)s?", r"urg(?:ed|es|ing)",
    r"called (?:on|for)", r"calls? (?:on|for)", r"recommend(?:ed|s)?", r"argu(?:ed|es)", r"in (?:our|my) view", r"believes?",
)  # fmt: skip
_PAST_PLAN = _words(
    r"had (?:\w+ly |earlier |previously |once |also )?(?:planned|hoped|intended|aimed|wanted|expected|been (?:planning|expected|due|aiming|hoping|seeking))",
    r"was to have",
    r"were to have",
    r"once planned",
)
_RUMOURED = _words(
    r"consider(?:s|ed|ing)?", r"explor(?:es|ed|e|ing)", r"weigh(?:s|ed|ing)?", r"mull(?:s|ed|ing)?", r"stud(?:y|ies|ied|ying)", r"evaluat(?:es|ed|e|ing)",
    r"assess(?:es|ed|ing)?", r"review(?:s|ed|ing)?", r"look(?:s|ed|ing)? (?:at|into)", r"interest(?:ed)? in", r"interest", r"may", r"might", r"could", r"potential(?:ly)?",
    r"possib(?:le|ly|ility)", r"reportedly", r"(?:is|are|was) said to", r"believed to", r"rumou?r(?:ed|s)?", r"speculation", r"approach(?:ed|es)?", r"sound(?:ed|ing)? out", r"whether", r"if", r"unless",
    r"options?", r"contemplat(?:es|ed|e|ing)", r"toy(?:s|ed|ing) with", r"gaug(?:es|ed|ing)", r"would consider", r"among (?:\w+ )?(?:potential )?(?:bidders|suitors)", r"eye(?:s|d|ing)?", r"open to",
    r"the idea of", r"attract(?:ed|s|ing)? (?:\w+ )?interest", r"studying", r"newspaper", r"likely",
)  # fmt: skip
_TALKS = _words(
    r"talks?", r"negotiat(?:e|es|ed|ing|ions?|or|ors)", r"discuss(?:es|ed|ing|ions?)?", r"closing in on", r"close to", r"clos(?:e|ing|er) (?:to|on)", r"near(?:s|ed|ing)?",
    r"edging (?:closer|toward)", r"work(?:s|ed|ing) (?:\w+ )?(?:on|toward|towards)", r"finali[sz](?:e|ing)", r"in the process of", r"advanc(?:ing|ed) (?:stage|stages)", r"thrash(?:ing)? out", r"hammer(?:ing)? out", r"make progress",
    r"progressing", r"final stages", r"last stages",
)  # fmt: skip
_PLANNED = _words(
    r"plan(?:s|ned|ning)?", r"intend(?:s|ed|ing)?", r"intention", r"aim(?:s|ed|ing)?", r"target(?:s|ed|ing)?", r"seek(?:s|ing)?", r"sought", r"want(?:s|ed|ing)?", r"will", r"would", r"'ll",
    r"due", r"expect(?:s|ed|ing)?", r"set to", r"propos(?:e|es|ed|ing|als?)", r"offer(?:s|ed|ing)?", r"bid(?:s|ding)?", r"prepar(?:e|es|ed|ing)", r"hop(?:e|es|ed|ing)", r"decided", r"decision",
    r"going to", r"launch(?:es|ed|ing)?", r"commit(?:s|ted|ting)?", r"pledg(?:e|es|ed|ing)", r"vow(?:s|ed|ing)?", r"announc(?:ed|es|ing) (?:\w+ ){0,3}plans?", r"scheduled", r"must", r"shall", r"need(?:s|ed)? to", r"try(?:ing)?",
    r"tries", r"push(?:ing)? for", r"poised to", r"ready to", r"about to", r"firm up", r"strategy", r"mandat(?:e|ed)", r"chance to", r"goal of", r"on the verge of", r"start(?:ed)? the process",
    r"option to", r"right to", r"in order to", r"obliged to", r"required to", r"ordered", r"able to", r"allow(?:s|ed|ing)?", r"filed", r"appl(?:y|ied|ies)", r"is to", r"are to", r"to be", r"attempt(?:s|ed)?", r"has to", r"have to",
)  # fmt: skip
_PRINCIPLE = _words(
    r"memorandum of understanding", r"mou", r"letters? of intent", r"in principle", r"in-principle", r"preliminary (?:\w+ )?(?:agreement|deal|accord|pact)", r"non-binding", r"nonbinding",
    r"framework (?:agreement|deal|accord)", r"heads of (?:terms|agreement)", r"term sheet", r"tentative(?:ly)?", r"provisional(?:ly)?", r"outlined", r"outline (?:agreement|deal)", r"agreed the outline",
)  # fmt: skip
_AGREED = _words(
    r"agreed", r"agrees", r"signed", r"signs", r"signing of", r"definitive (?:\w+ )?agreement", r"binding agreement", r"str(?:uck|ike|ikes)(?: a| an)? (?:deal|agreement|accord|pact)", r"struck", r"reach(?:ed|es) (?:an? |the )?(?:\w+ )?(?:agreement|deal|accord|pact|settlement)",
    r"sealed", r"clinch(?:ed|es)", r"inked", r"entered into", r"contracted to", r"has a deal", r"accepted", r"under (?:an? |the )?(?:agreement|deal|pact|accord)", r"as part of (?:an? |the )?(?:deal|agreement|accord)",
    r"deal to", r"agreement to", r"(?:deal|agreement) (?:for|under which|that)",
)  # fmt: skip
_PENDING = _words(
    r"subject to", r"await(?:s|ing|ed)?", r"pending", r"conditional (?:on|upon)", r"requires? (?:\w+ ){0,3}(?:approval|clearance|consent)", r"still (?:\w+ ){0,3}(?:needs?|requires?)", r"seek(?:s|ing)? (?:\w+ ){0,3}(?:approval|clearance)",
    r"needs? (?:\w+ ){0,4}(?:approval|clearance|consent|blessing)",
)  # fmt: skip
_DONE = _words(
    r"complet(?:ed|es)", r"closed", r"finali[sz]ed", r"finished", r"concluded", r"consummated", r"has (?:\w+ )?(?:bought|sold|acquired|purchased)", r"took effect", r"wrapped up", r"went through",
)  # fmt: skip
_CONDITION = re.compile(r"(?<![\w-])(?:whether|if|unless)(?![\w-])")

_LEVELS: tuple[tuple[Status, re.Pattern[str]], ...] = (
    (Status.RUMOURED, _RUMOURED),
    (Status.IN_TALKS, _TALKS),
    (Status.PLANNED, _PLANNED),
    (Status.AGREED_IN_PRINCIPLE, _PRINCIPLE),
    (Status.AGREED, _AGREED),
)


def standing(chain: str, form: str, after: str = "") -> Standing:
    """The status of an event.

    Parameters
    ----------
    chain
        The words that govern it, in small letters: auxiliaries, verbs and nouns between subject and event.
    form
        The event word's own form: ``past`` or ``participle`` says it happened, where nothing above weakens it.
    after
        The predicate of an event noun that is itself the subject ("the merger collapsed").

    >>> standing("is in advanced talks to", "base").status, standing("denied that it was in", "noun").status
    (<Status.IN_TALKS: 'in_talks'>, <Status.DENIED: 'denied'>)
    >>> standing("", "past").status, standing("agreed to", "base").cue
    (<Status.COMPLETED: 'completed'>, 'agreed')
    """
    words = f"{chain} | {after}"
    for status, pattern in (
        (Status.BACKGROUND, _PAST_PLAN),
        (Status.WITHDRAWN, _WITHDRAWN),
        (Status.POSTPONED, _POSTPONED),
    ):
        cue = pattern.search(words)
        if cue:
            return Standing(status, cue[0])
    not_yet = _NOT_YET.search(words)
    undenied = _UNDENIED.search(words)
    if undenied:
        return Standing(Status.RUMOURED, undenied[0])
    denied = None if not_yet else _DENIED.search(words) or _NEGATED.search(words)
    if denied:
        return Standing(Status.DENIED, denied[0].strip())
    opinion = _OPINION.search(words)
    if opinion:
        return Standing(Status.OPINION, opinion[0])
    return _weakest(words, form, bool(not_yet))


def _weakest(words: str, form: str, not_yet: bool) -> Standing:  # noqa: FBT001 (a fact, not an option)
    cues = [(status, pattern.search(words)) for status, pattern in _LEVELS]
    found = [Standing(status, cue[0]) for status, cue in cues if cue]
    if not_yet:
        found.append(Standing(Status.PLANNED, "yet"))
    pending, done = _PENDING.search(words), _DONE.search(words)
    weakest = min(found, key=lambda s: s.status.firmness, default=None)
    if weakest and weakest.status == Status.IN_TALKS and _CONDITION.search(words):
        return weakest
    if weakest:
        return _pended(weakest, pending)
    if done or form in ("past", "participle"):
        return (
            Standing(Status.PENDING_APPROVAL, pending[0])
            if pending
            else Standing(Status.COMPLETED, done[0] if done else "")
        )
    if pending:
        return Standing(Status.PENDING_APPROVAL, pending[0])
    return Standing(Status.PLANNED, "")


def _pended(weakest: Standing, pending: re.Match[str] | None) -> Standing:
    if pending and weakest.status == Status.AGREED:
        return Standing(Status.PENDING_APPROVAL, pending[0])
    return weakest


def weaker(one: Standing, other: Standing) -> Standing:
    """The weaker of two: what an event inside another may claim at most."""
    if not one.status.firmness or not other.status.firmness:
        return one if not one.status.firmness else other
    return min(one, other, key=lambda s: s.status.firmness)
