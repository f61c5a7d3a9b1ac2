"""What becomes of a deal told before: it closes, is delayed or collapses."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from crosstie.stories.grammar import subject_of, words_between
from crosstie.stories.sites import (
    Found,
    Sentence,
    as_proposed,
)
from crosstie.stories.status import standing
from crosstie.stories.units import Unit

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
