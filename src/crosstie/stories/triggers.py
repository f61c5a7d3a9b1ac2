"""Words that open an event: verbs in all their forms, and nouns."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Form = Literal["base", "s", "past", "participle", "ing", "noun"]
Sense = Literal[
    "buy", "invest", "raise", "take", "sell", "cut", "merge", "list", "spin", "repurchase", "own", "approve", "refuse",
    "meet", "bid", "venture", "agree", "talk", "cooperate", "leave", "appoint", "succeed", "become", "give",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trigger:
    """One word that may open an event: what it means, its form, and a particle it needs."""

    sense: Sense
    form: Form
    particle: tuple[str, ...] = ()


_VERBS: tuple[tuple[Sense, str, tuple[str, ...]], ...] = (
    ("buy", "buy/bought purchase acquire", ()),
    ("buy", "snap/snapped", ("up",)),
    ("buy", "pay/paid swap/swapped exchange", ()),
    ("buy", "buy/bought", ("out",)),
    ("buy", "take/took/taken", ("over",)),
    ("invest", "invest", ("in",)),
    ("raise", "raise increase lift boost double", ()),
    ("take", "take/took/taken build/built amass secure", ()),
    ("sell", "sell/sold divest offload unload place", ()),
    ("sell", "dispose", ("of",)),
    ("cut", "cut/cut reduce trim lower halve pare/pared", ()),
    ("merge", "merge combine", ()),
    ("list", "list float", ()),
    ("list", "go/went/gone", ("public",)),
    ("spin", "spin/spun", ("off", "out")),
    ("spin", "carve", ("out",)),
    ("spin", "split/split hive", ("off",)),
    ("spin", "demerge", ()),
    ("repurchase", "repurchase", ()),
    ("repurchase", "buy/bought", ("back",)),
    ("own", "own hold/held control/controlled have/had", ()),
    ("approve", "approve authorize authorise clear back", ()),
    ("refuse", "block veto prohibit", ()),
    ("meet", "meet/met attend convene", ()),
    ("bid", "bid/bid offer/offered", ()),
    ("cooperate", "cooperate collaborate reactivate", ()),
    ("cooperate", "partner", ("with",)),
    ("leave", "resign quit/quit retire depart oust dismiss fire exit", ()),
    ("leave", "step/stepped stand/stood", ("down", "aside")),
    ("appoint", "appoint name elect promote hire nominate pick tap/tapped", ()),
    ("succeed", "succeed replace", ()),
    ("become", "become/became/become", ()),
    ("give", "give/gave/given leave/left bring/brought", ()),
)
_NOUNS: tuple[tuple[Sense, str], ...] = (
    ("buy", "acquisition acquisitions takeover take-over purchase buyout buy-out"),
    ("invest", "investment"),
    ("sell", "sale disposal divestment divestiture sell-off selloff"),
    ("merge", "merger combination tie-up"),
    ("list", "ipo listing flotation offering"),
    ("spin", "spin-off spinoff carve-out demerger separation"),
    ("repurchase", "buyback buy-back repurchase"),
    ("bid", "bid offer proposal approach"),
    ("agree", "agreement deal accord pact contract memorandum letter"),
    ("talk", "talks negotiations discussions"),
    ("meet", "meeting"),
    ("approve", "approval clearance consent"),
    ("leave", "departure resignation ouster retirement dismissal exit"),
    ("appoint", "appointment nomination"),
)


def _inflect(entry: str) -> tuple[tuple[str, Form], ...]:
    lemma, *rest = entry.split("/")
    past = rest[0] if rest else _past(lemma)
    participle = rest[1] if len(rest) > 1 else past
    present: tuple[tuple[str, Form], ...] = ((lemma, "base"), (_third(lemma), "s"))
    done: tuple[tuple[str, Form], ...] = ((past, "past"), (participle, "participle"))
    # "quit", "cut" and "split" are their own past: told of a subject, they happened
    ordered = (*done, *present) if past == lemma else (*present, *done)
    return (*ordered, (_ing(lemma, past), "ing"))


def _past(lemma: str) -> str:
    if lemma.endswith("e"):
        return lemma + "d"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ied"
    return lemma + "ed"


def _third(lemma: str) -> str:
    if lemma == "have":
        return "has"
    if lemma.endswith(("s", "x", "ch", "sh", "z")) or lemma == "go":
        return lemma + "es"
    return lemma[:-1] + "ies" if lemma.endswith("y") and lemma[-2] not in "aeiou" else lemma + "s"


def _ing(lemma: str, past: str) -> str:
    if lemma.endswith("e") and lemma not in ("be", "see"):
        return lemma[:-1] + "ing"
    doubled = past == lemma + lemma[-1] + "ed" or lemma in (
        "cut",
        "spin",
        "split",
        "bid",
        "quit",
        "step",
        "trim",
        "tap",
        "snap",
    )
    return lemma + lemma[-1] + "ing" if doubled else lemma + "ing"


def _table() -> Mapping[str, tuple[Trigger, ...]]:
    found: dict[str, list[Trigger]] = {}
    for sense, entries, particle in _VERBS:
        for entry in entries.split():
            doubled = {"trim": "trimmed", "snap": "snapped", "step": "stepped"}.get(entry.partition("/")[0])
            whole = entry if "/" in entry or not doubled else f"{entry}/{doubled}"
            for word, form in _inflect(whole):
                found.setdefault(word, []).append(Trigger(sense, form, particle))
    for sense, words in _NOUNS:
        for word in words.split():
            found.setdefault(word, []).append(Trigger(sense, "noun"))
    ordered = {
        word: tuple(sorted(triggers, key=lambda t: not t.particle)) for word, triggers in found.items()
    }
    return MappingProxyType(ordered)


TRIGGERS: Mapping[str, tuple[Trigger, ...]] = _table()
VERBS = frozenset(word for word, triggers in TRIGGERS.items() if any(t.form != "noun" for t in triggers))
