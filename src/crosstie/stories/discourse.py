"""Who "it", "the carmaker" and "the French unit" stand for: proposed from what the story said, never silently."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosstie.stories import lexicon
from crosstie.stories.names import Party
from crosstie.stories.units import Unit


@dataclass(frozen=True, slots=True)
class Referent:
    """The party (or parties) a noun phrase stands for; ``proposed`` where a person should look.

    >>> str(Referent(("Beta SA",), True, "the French unit"))
    'Beta SA (proposed for "the French unit")'
    """

    names: tuple[str, ...]
    proposed: bool = False
    words: str = ""
    parent: str = ""

    def __str__(self) -> str:
        said = ", ".join(self.names)
        return (
            f'{said} (proposed for "{self.words}")'
            if self.proposed and self.words not in self.names
            else said
        )


NOBODY = Referent(())


@dataclass(frozen=True, slots=True)
class Context:
    """What one sentence knows: the story's parties, their qualifiers, parts of groups, and who was spoken of."""

    text: str
    parties: Mapping[str, Party]
    qualifiers: Mapping[str, frozenset[str]]
    children: tuple[tuple[str, str], ...]
    recent: tuple[str, ...]  # companies, the most recent subject first
    people: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()  # the parties of the last deal spoken of
    lead: str = ""  # the first company the story names


_PLURAL = frozenset(
    "companies firms groups partners rivals carmakers automakers banks lenders sides parties both they their them".split()
)
_GENERIC = frozenset(
    "company group firm business concern giant entity corporation target acquirer buyer seller owner parent rival partner".split()
)


def refer(unit: Unit, context: Context, *, others: Sequence[str] = ()) -> Referent:  # noqa: PLR0911 (one line per case)
    """The party behind a unit; ``others`` are parties it cannot be (the subject, when it is the object)."""
    words = context.text[unit.start : unit.end]
    if unit.kind == "name":
        return Referent((unit.party,), parent=_owner(unit, context, others))
    if unit.kind == "pronoun":
        return _pronoun(unit, words, context, others)
    if unit.low == "<indefinite>" and unit.owner in context.parties:
        return Referent((words,), parent=unit.owner)
    if unit.noun in _PLURAL or unit.low == "both":
        pair = _pair(context)
        return Referent(pair, proposed=True, words=words) if pair else Referent((words,))
    if unit.noun in lexicon.PART_NOUNS:
        return _part(unit, words, context, others)
    if unit.low == "<indefinite>":
        return Referent((words,))
    if unit.noun in ("family", "government", "state", "treasury") or {
        "new",
        "combined",
        "merged",
        "enlarged",
        "resulting",
    } & set(unit.qualifiers):
        return Referent((words,))
    best = _best(unit, context, others)
    return Referent((best,), proposed=True, words=words) if best else Referent((words,))


def _pronoun(unit: Unit, words: str, context: Context, others: Sequence[str]) -> Referent:
    if unit.low in ("they", "their", "them", "both"):
        meant = context.pair or tuple(name for name in context.recent if name not in others)[:1]
        return Referent(meant, proposed=True, words=words) if meant else NOBODY
    if unit.low in ("he", "she", "him", "her", "his"):
        return Referent(context.people[:1], proposed=True, words=words) if context.people else NOBODY
    found = next((name for name in context.recent if name not in others), "")
    return Referent((found,), proposed=True, words=words) if found and unit.low in ("it", "its") else NOBODY


def _pair(context: Context) -> tuple[str, ...]:
    if context.pair:
        return context.pair
    return context.recent[:2] if len(context.recent) >= 2 else ()


def _owner(unit: Unit, context: Context, others: Sequence[str]) -> str:
    if unit.owner in context.parties:
        return unit.owner
    if unit.owner == "its":
        return context.recent[0] if context.recent else ""
    if unit.owner.startswith("@"):
        return next((name for name in context.recent if name not in others), "")
    return ""


def _part(unit: Unit, words: str, context: Context, others: Sequence[str]) -> Referent:
    """A unit of somebody: the one child the story names for that owner is proposed, else the words stand."""
    owner = _owner(unit, context, others)
    children = [child for parent, child in context.children if parent == owner or not owner]
    wanted = set(unit.qualifiers) - lexicon.DEMONYMS
    fitting = [child for child in children if wanted & context.qualifiers.get(child, frozenset())] or children
    if len(set(fitting)) == 1 and unit.low != "<indefinite>" and unit.noun != "assets":
        return Referent(
            (fitting[0],), proposed=True, words=words, parent=owner or _parent(fitting[0], context)
        )
    return Referent((_shown(words, unit),), parent=owner)


def _shown(words: str, unit: Unit) -> str:
    """A part's own words without its owner: "coatings division"."""
    head = " ".join((*unit.qualifiers, unit.noun))
    at = words.lower().find(head)
    return words[at:] if at >= 0 and unit.owner else words


def _parent(child: str, context: Context) -> str:
    return next((parent for parent, other in context.children if other == child), "")


def _best(unit: Unit, context: Context, others: Sequence[str]) -> str:
    candidates = [name for name in context.recent if name not in others]
    if any(word.endswith("-based") for word in unit.qualifiers):
        return ""  # somebody new, said by where it is
    wanted = {unit.noun, *unit.qualifiers} - _GENERIC - lexicon.DEMONYMS
    nationality = set(unit.qualifiers) & lexicon.DEMONYMS

    def fit(name: str) -> int:
        said = context.qualifiers.get(name, frozenset()) | {word.lower() for word in name.split()}
        return 2 * len(wanted & said) + len(nationality & said)

    return max(candidates, key=fit, default="")


def qualifiers_of(sentences: Iterable[Sequence[Unit]]) -> Mapping[str, frozenset[str]]:
    """What the story calls each name: "Danish cable maker" before or after it."""
    found: dict[str, frozenset[str]] = {}
    for units in sentences:
        for unit in units:
            if unit.kind == "name" and unit.noun:
                found[unit.party] = found.get(unit.party, frozenset()) | {unit.noun, *unit.qualifiers}
    return found
