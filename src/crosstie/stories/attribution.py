"""By whose word: the attribution of each part of a sentence, and which unnamed group "they" points back to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crosstie.ledger.statements import AttributionKind


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says it: kind, the words, the span of the phrase, and the part of the sentence it covers.

    ``group`` is one for one unnamed group all through a story: its members are one source.
    """

    kind: AttributionKind
    who: str
    start: int
    end: int
    scope: tuple[int, int]
    group: str = ""


REPORTER = Attribution("reporter", "", 0, 0, (0, 0))

_SAY = r"(?:said|says|say|told|tells|added|adds|wrote|announced|reported|reports|confirmed|disclosed|showed|shows|stated|noted|explained|indicated|estimated?|cautioned|warned|acknowledged|insisted|denied|argued|predicted|reiterated)"
_WHO = r"(?:(?!\b(?:while|but|because|although|that|which|said)\b)[^,;:“”\"()\n]|\([^()\n]{1,20}\)|\n(?!\n)){1,140}?"
_ACCORDING = re.compile(
    rf"\b(?:according to|cited by|as reported by|citing)\s+(?P<who>{_WHO}(?:,? who [^,;.]+)?)(?=[,;]|\.(?:\s|$|[\"”])|$|\s+(?:said|who|that|which)\b)",
    re.IGNORECASE,
)
_POST = re.compile(
    rf"[,”\"]\s*[”\"]?\s*(?P<who>{_WHO})\s+(?P<say>{_SAY})\b(?P<rest>[^;“”\"]*)", re.IGNORECASE
)
_INVERTED = re.compile(
    rf"[,”\"]\s*[”\"]?\s*(?P<say>said|says|according to)\s+(?P<who>{_WHO})(?=[,;]|\.(?:\s|$)|$|\s+(?:on|in|at|after|during|by)\s)",
    re.IGNORECASE,
)
_PRE = re.compile(
    rf"\s*(?:[“\"(]\s*)?(?P<who>{_WHO}(?:,[^,;“”\"]{{1,90}},)?)\s+(?:also |later |earlier |has |had |have )?(?P<say>{_SAY})\b(?!\s*\.$)",
    re.IGNORECASE,
)
_DECLINED = re.compile(
    r"\b(?:declined (?:immediate )?(?:to )?comment|declined to (?:immediately )?(?:comment|discuss|elaborate|confirm|say)|refused to comment|would(?:n['’]t| not) comment|had no (?:immediate )?comment|no comment\b"
    r"|(?:did|do|does)(?:n['’]t| not) (?:immediately )?(?:respond|reply|return|answer|comment)"
    r"|(?:was|were)(?:n['’]t| not) (?:immediately )?(?:available|reachable)(?: for| to)? comment|not (?:immediately )?available (?:for|to) comment|not (?:immediately )?reachable for comment"
    r"|could(?:n['’]t| not) (?:immediately )?be reached|neither confirm(?:ed)? nor den(?:y|ied))",
    re.IGNORECASE,
)
_UNNAMED = re.compile(
    r"\b(?:people|persons?|sources?|individuals?|insiders?|somebody|someone|officials?|executives?|bankers?|bookrunners?|employees?|advisers?|dealmakers?|diplomats?)\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"(?:they|(?:some of |one of |two of |both of )?the (?:[a-z]+ )?(?:people|persons?|sources?|officials?|individuals?|insiders?|bankers?)|the person|the source|(?:one|two|three|both|some) of (?:them|the people|the sources))(?:\s+(?:also|added))?",
    re.IGNORECASE,
)
_SPOKES = re.compile(
    r"\bspokes(?:man|woman|person|people|men|women)\b|\brepresentatives?\b|\bpress (?:officer|office|department)\b",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"\b(?:filings?|documents?|reports?|statements?|newspapers?|prospectus|memos?|letters?|notices?|disclosures?|terms|presentation|releases?|website|circular|note|term sheet|data|records?|register|minutes|magazine|court papers?|exchange)\b",
    re.IGNORECASE,
)
_PUBLICATION = re.compile(
    r"\b(?:Times|Journal|Post|News|Herald|Gazette|Courier|Courant|Tribune|Telegraph|Guardian|Press|Agency|Zeitung|Reuters|Bloomberg|Echos|Monde|Figaro|Nikkei|Handelsblatt|Sole)\b"
)
_IN_DOCUMENT = re.compile(
    r"\b(?:in|through|via) (?:an? |the |its |their |his |her )?(?:[\w-]+ ){0,3}(?:statement|filing|release|disclosure|prospectus|circular|announcement|notice|document|letter|memo|note)\b",
    re.IGNORECASE,
)
_NOT_WHO = re.compile(
    r"^(?:and|but|it is|there|as|if|when|because|after|before|in|on|at|to|of|for|with|from)\b|\b(?:is|was|were|are|will|would|has|have|had|be|been|to be)\b",
    re.IGNORECASE,
)


def attributions_in(
    text: str, start: int, end: int, before: Sequence[Attribution]
) -> tuple[Attribution, ...]:
    """Every attribution phrase of a sentence; ``before`` are those of earlier sentences, for "they said".

    >>> text = "Alfa may buy Beta, people familiar with the matter said."
    >>> [(a.kind, a.who) for a in attributions_in(text, 0, len(text), ())]
    [('anonymous', 'people familiar with the matter')]
    """
    sentence = text[start:end]
    declined = _DECLINED.search(sentence)
    if declined:
        who = sentence[: declined.start()].strip(" ,\n")
        who = re.split(r"\b(?:while|but|and (?=an? (?:spokes|repr)))\b", who)[-1].strip(" ,\n")
        last = declined.end()
        speaker = (
            _POST.search(sentence, last - 1) if re.match(r"[“\"]?(?:we|i)\b", who, re.IGNORECASE) else None
        )
        if speaker:  # "We do not comment on rumours," a spokesman said
            who, last = speaker["who"].strip(), speaker.end("say")
        return (Attribution("declined_to_comment", who, start, start + last, (start, end)),)
    found: list[Attribution] = []
    for pattern, place in ((_ACCORDING, "any"), (_INVERTED, "after"), (_POST, "after"), (_PRE, "before")):
        for match in [pattern.match(sentence)] if place == "before" else pattern.finditer(sentence):
            if match and not any(
                a.start < start + _last(match) and start + match.start("who") < a.end for a in found
            ):
                found.extend(_made(text, start, end, match, place, (*before, *found)))
    return tuple(sorted(found, key=lambda a: a.start))


def _last(match: re.Match[str]) -> int:
    return max(match.end("who"), match.end("say") if match.groupdict().get("say") else 0)


def _made(  # noqa: PLR0913, PLR0917 (all that it needs)
    text: str, start: int, end: int, match: re.Match[str], place: str, before: Sequence[Attribution]
) -> list[Attribution]:
    who = match["who"].strip(" ,\n")
    if not who or _NOT_WHO.search(who.split(",")[0]) or len(who.split(",")[0].split()) > 14:
        return []
    say = match.groupdict().get("say") or ""
    rest = text[start + match.end("who") : end] if place != "before" else text[start + match.end() : end]
    kind = _kind(who, rest if say else "", before)
    if kind is None:
        return []
    begin, last = start + match.start("who"), start + _last(match)
    if place == "any" or (place == "after" and say == "according to"):
        begin = start + match.start()
    scope = (begin, end) if place == "before" else (start, end)
    made = Attribution(kind, who, begin, last, scope)
    return [_grouped(made, before)]


def _kind(who: str, rest: str, before: Sequence[Attribution]) -> AttributionKind | None:  # noqa: PLR0911 (one line per case)
    if _BACK.fullmatch(who) and any(a.kind == "anonymous" for a in before):
        return "anonymous"
    if _SPOKES.search(who):
        return "spokesperson"
    if _UNNAMED.search(who) and not _has_name_head(who):
        return "anonymous"
    if re.search(r"\breports? (?:said|say|added)|^the report$", who, re.IGNORECASE) or (
        _DOCUMENT.search(who) and not _has_name_head(who)
    ):
        return "document"
    if _PUBLICATION.search(who.split(",", maxsplit=1)[0]) and re.match(
        r"\s*(?:newspaper|daily)?\s*(?:reported|reports|said)", rest
    ):
        return "document"
    if _IN_DOCUMENT.search(rest[:120]) and not _is_person_like(who):
        return "document"
    return "named"


def _has_name_head(who: str) -> bool:
    """A named official: the phrase's last words are capitalised, and nobody is "familiar with" anything."""
    if re.search(
        r"\b(?:familiar|knowledge|briefed|close to|involved|aware|informed|direct|who asked)\b", who
    ):
        return False
    return bool(re.search(r"[A-Z]\w+\s+[A-Z][\w-]+$", who)) and not re.search(
        r"\b(?:at|of|from|for)\s+[A-Z]", who
    )


def _is_person_like(who: str) -> bool:
    return bool(
        re.search(
            r"\b(?:he|she|chair\w*|chief|president|director|minister|CEO|CFO|head|founder|analysts?)\b", who
        )
    ) and not re.match(r"analysts?\b", who)


def _grouped(made: Attribution, before: Sequence[Attribution]) -> Attribution:
    """One unnamed group keeps its first wording; "another person" is a group of its own."""
    if made.kind != "anonymous":
        if made.who.lower() in ("it", "he", "she") or made.who.lower().startswith(("the ", "they")):
            return made
        return made
    earlier = [a for a in before if a.kind == "anonymous"]
    if earlier and _BACK.fullmatch(made.who):
        return replace(made, who=earlier[-1].who, group=earlier[-1].group)
    return replace(made, group=f"unnamed-{len({a.group for a in earlier}) + 1}")


def attribution_at(found: Sequence[Attribution], start: int, end: int, text: str) -> Attribution:
    """The attribution that covers a span: the next one after it, else the one whose words come before it."""
    after = [a for a in found if a.start >= start and a.scope[0] <= start and a.scope[0] < a.start]
    for candidate in after:
        between = text[end : candidate.start]
        if not re.search(r";|\bwhile\b|, but\b|\.\s", between):
            return candidate
    before = [
        a for a in found if a.start <= start and a.scope == (a.start, a.scope[1]) and start < a.scope[1]
    ]
    return before[-1] if before else REPORTER
