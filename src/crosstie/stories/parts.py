"""Parts and members: which company is a unit of which, and who belongs to an alliance."""

from collections.abc import Iterator, Sequence

from crosstie.ledger.statements import Status
from crosstie.stories import lexicon
from crosstie.stories.discourse import Context, Referent
from crosstie.stories.sites import Found, Sentence
from crosstie.stories.status import Standing
from crosstie.stories.units import Unit


def parts_in(units: Sequence[Unit], context: Context) -> Iterator[tuple[str, str, int, int]]:  # noqa: C901 (one branch per way of saying it)
    """Every "Alfa's Beta venture", "its unit, Beta", "Beta, a unit of Alfa": parent, child and span."""
    for k, unit in enumerate(units):
        if unit.kind == "description" and unit.noun in lexicon.PART_NOUNS and unit.owner in context.parties:
            inner = _named_inside(unit, context)
            if inner:
                yield unit.owner, inner, unit.start, unit.end
        if unit.kind != "name" or unit.person:
            continue
        before = units[k - 2 : k]
        if (
            len(before) == 2
            and before[1].kind == "possessive"
            and before[0].kind == "name"
            and _is_part_word(units[k + 1 : k + 2])
        ):
            yield before[0].party, unit.party, before[0].start, units[k + 1].end
        elif (
            units[k - 1 : k] and units[k - 1].low in ("its", "their") and _is_part_word(units[k + 1 : k + 2])
        ):
            owner = next((u.party for u in units[:k] if u.kind == "name" and not u.person), "")
            if owner and owner != unit.party:
                yield owner, unit.party, units[k - 1].start, units[k + 1].end
        elif unit.noun in lexicon.PART_NOUNS and unit.owner in context.parties:
            yield unit.owner, unit.party, unit.start, unit.end
        elif (owned := _copula(units, k)) is not None:
            yield owned.owner, unit.party, unit.start, owned.end
        elif unit.noun in lexicon.PART_NOUNS and unit.owner == "its" and k:
            owner = next((u.party for u in units[:k] if u.kind == "name" and not u.person), "")
            if owner and owner != unit.party:
                yield owner, unit.party, unit.start, unit.end
        elif (
            unit.noun in lexicon.PART_NOUNS
            and k + 2 < len(units)
            and units[k + 1].low == "of"
            and units[k + 2].kind == "name"
        ):
            yield units[k + 2].party, unit.party, unit.start, units[k + 2].end


def _copula(units: Sequence[Unit], k: int) -> Unit | None:
    """Such as "Beta is (became) a unit of Alfa"."""
    for j in range(k + 1, min(k + 5, len(units))):
        if (
            units[j].kind == "description"
            and units[j].noun in lexicon.PART_NOUNS
            and units[j].owner
            and units[j].low == "<indefinite>"
        ):
            said = {u.low for u in units[k + 1 : j]}
            return (
                units[j]
                if said & {"is", "was", "became", "remains", "remained"} and "not" not in said
                else None
            )
        if units[j].kind != "word" and units[j].kind != "moment":
            return None
    return None


def _named_inside(unit: Unit, context: Context) -> str:
    words = context.text[unit.start : unit.end]
    return next(
        (
            name
            for name, party in context.parties.items()
            if name != unit.owner and any(f" {form} " in words for form in party.forms)
        ),
        "",
    )


def _is_part_word(units: Sequence[Unit]) -> bool:
    return bool(units) and units[0].low in lexicon.PART_NOUNS


def parts_of(sentence: Sentence) -> Iterator[Found]:
    """Every part of a group that a sentence names and none before it did."""
    seen = {
        (e.party("parent").names, e.party("child").names)
        for e in sentence.earlier
        if e.kind == "subsidiary_or_arm"
    }
    for parent, child, start, end in parts_in(sentence.units, sentence.context):
        parties = (("parent", Referent((parent,))), ("child", Referent((child,))))
        if ((parent,), (child,)) not in seen:
            yield Found("subsidiary_or_arm", Standing(Status.BACKGROUND), parties, start, end)


def members_of(sentence: Sentence) -> Iterator[Found]:
    """Such as "a three-way alliance that also includes Gamma"."""
    units = sentence.units
    for k, unit in enumerate(units):
        if unit.low not in ("includes", "include", "comprises", "including") or k < 2:
            continue
        group = next(
            (
                u
                for u in reversed(units[max(0, k - 4) : k])
                if u.kind == "description" and u.noun in ("alliance", "group", "consortium", "partnership")
            ),
            None,
        )
        members = [u for u in units[k + 1 : k + 9] if u.kind == "name"]
        if group is None or not members:
            continue
        text = sentence.context.text
        words = text[group.start : group.end].removeprefix("a ").removeprefix("the ")
        parties = (*(("member", Referent((m.party,))) for m in members), ("group", Referent((words,))))
        yield Found("membership", Standing(Status.BACKGROUND), parties, group.start, members[-1].end)
