"""Goods that change hands are no companies: planes, units, products."""

from crosstie.stories import lexicon
from crosstie.stories.grammar import AUXILIARIES, FOLLOWERS, PREPOSITIONS
from crosstie.stories.names import has_legal_form
from crosstie.stories.sites import STAKE_WORDS, Site, share_of
from crosstie.stories.triggers import TRIGGERS
from crosstie.stories.units import Unit

_NUMBERS = frozenset(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty dozen dozens score scores several many hundreds thousands number more additional".split()
)


def is_of_things(site: Site) -> bool:
    """Such as "bought 12 Airbus jets", "units sold by GM": goods change hands, not companies."""
    units, objects = site.units, site.arguments.objects
    before = units[site.at - 1] if site.at else None
    reduced = (
        site.trigger.form in ("past", "participle")
        and not site.passive
        and units[site.after : site.after + 1]
        and units[site.after].low == "by"
    )
    if reduced and before is not None and before.kind == "word":
        return True
    if site.passive and site.subject.units:
        return _is_goods(site, site.subject.units[-1]) or _has_other_subject(site)
    if not objects or objects[0].kind != "name":
        return False
    at = units.index(objects[0])
    between = [u.low for u in units[site.after : at]]
    counted = any(low[0].isdigit() or low in _NUMBERS for low in between) and not set(between) & STAKE_WORDS
    following = units[at + 1] if at + 1 < len(units) else None
    return counted or (following is not None and _is_goods_word(following))


def _has_other_subject(site: Site) -> bool:
    """Such as "Beta, in which several factories will be sold": the subject is a plain noun, not the name before it."""
    at = site.units.index(site.subject.units[-1])
    for k in range(site.at - 1, at, -1):
        if site.units[k].low in ("to", "that", "and"):
            at = k
            break
    return any(_is_plain_noun(unit) and unit.low not in STAKE_WORDS for unit in site.units[at + 1 : site.at])


def _is_goods(site: Site, unit: Unit) -> bool:
    """A name without legal form that is "sold" to nobody for nothing may be a product."""
    bare = unit.kind == "name" and not has_legal_form(unit.party) and site.trigger.sense == "sell"
    priced = any(u.amount and u.amount.kind == "money" for _, u in site.arguments.amounts)
    return bare and not (
        site.arguments.by.get("to") or site.arguments.by.get("by") or priced or share_of(site)
    )


_GOODS = frozenset(
    "aircraft jet plane passenger gas oil power equipment software technology chip battery steel plant factory store brand site catalogue".split()
)


def _is_goods_word(unit: Unit) -> bool:
    """A plural or a word for goods after a name: "Airbus jets", "Airbus aircraft"."""
    plural = unit.low.endswith("s") and not unit.low.endswith("ss")
    return _is_plain_noun(unit) and (plural or unit.low in _GOODS)


def _is_plain_noun(unit: Unit) -> bool:
    low = unit.low
    known = lexicon.COMMON_HEADS | lexicon.COMPANY_NOUNS | AUXILIARIES | PREPOSITIONS | FOLLOWERS
    return (
        unit.kind == "word"
        and low.isalpha()
        and low not in known
        and low not in TRIGGERS
        and not low.endswith(("ed", "ly", "ing"))
    )
