"""Score a reading against gold statements: per field, strict and by alias, and every false assertion by name."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crosstie.ledger.amounts import Interval, Money
from crosstie.ledger.dates import When
from crosstie.ledger.statements import Status
from crosstie.stories.names import stem
from crosstie.stories.reader import Draft, Reading, read_story

Gold = Mapping[str, Any]
FIELDS = ("event", "status", "parties", "share", "money", "true_on", "attribution")

_DEALS = frozenset(("stake_purchase", "stake_sale", "takeover"))
_STATUS = {
    "ongoing": {Status.COMPLETED, Status.COMMENT, Status.BACKGROUND},
    "declined_to_comment": {Status.COMMENT},
    "": set(Status),
}
_ATTRIBUTION = {"on_record": {"named"}, "people_familiar": {"anonymous"}}
_ALIAS_ATTRIBUTION = frozenset(("named", "document", "spokesperson"))
_SWAPS = (
    ("acquirer", "target"),
    ("acquirer", "seller"),
    ("seller", "target"),
    ("holder", "issuer"),
    ("parent", "child"),
    ("issuer", "sponsor"),
)


@dataclass(frozen=True, slots=True)
class Count:
    """Right answers, answers given and answers wanted."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def plus(self, right: int, given: int, wanted: int) -> "Count":
        """The count with one comparison added."""
        return Count(self.right + right, self.given + given, self.wanted + wanted)

    @property
    def precision(self) -> float:
        """Right among given (1 where none was given)."""
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        """Right among wanted (1 where none was wanted)."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both.

        >>> Count(3, 4, 6).f1
        0.6
        """
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """One story's comparison: counts per field (strict, alias), dates by grain, spans, and what is wrong."""

    strict: Mapping[str, Count]
    alias: Mapping[str, Count]
    grains: Mapping[str, Count]
    exact_spans: int
    drafts: int
    false_assertions: tuple[str, ...]
    missed: tuple[str, ...]
    unasked: tuple[str, ...]


def read_gold(path: Path) -> Gold:
    """A gold file, its statements and traps."""
    gold: Gold = json.loads(path.read_text(encoding="utf-8"))
    return gold


def score_file(story: Path) -> Score:
    """Read one story beside its gold file and compare."""
    gold = read_gold(story.with_suffix(".gold.json"))
    text = story.read_text(encoding="utf-8")
    published = date.fromisoformat(gold["published"]) if gold.get("published") else None
    return score(text, read_story(text, published=published, name=story.stem), gold)


def score(text: str, reading: Reading, gold: Gold) -> Score:
    """Compare a reading with gold."""
    pairs, unmatched = _matched(gold["statements"], reading.drafts)
    optional = {id(g) for g in gold["statements"] if g.get("optional")}
    wanted = [g for g in gold["statements"] if id(g) not in optional]
    asked = [(g, d) for g, d in pairs if d is not None and id(g) not in optional]
    strict = _fields(asked, unmatched, wanted, strict=True)
    alias = _fields(asked, unmatched, wanted, strict=False)
    false = [
        *(_false(reading.name, g, d) for g, d in pairs if d is not None),
        *(_uncalled(reading.name, d, gold) for d in unmatched),
    ]
    return Score(
        strict,
        alias,
        _grains(asked, wanted),
        sum(text[d.start : d.end] == d.quote for d in reading.drafts),
        len(reading.drafts),
        tuple(line for line in false if line),
        tuple(
            f"{reading.name}: {g['event']}: {_quote(g)}"
            for g, d in pairs
            if d is None and id(g) not in optional
        ),
        tuple(f"{reading.name}: {d.kind} {d.status}: {d.quote}" for d in unmatched),
    )


def _quote(gold: Gold) -> str:
    quote: str = gold["evidence"][0]["quote"]
    return quote


def _matched(
    statements: Sequence[Gold], drafts: Sequence[Draft]
) -> tuple[list[tuple[Gold, Draft | None]], list[Draft]]:
    """Pair each gold statement with the draft that shares most with it; each draft once."""
    ranked = sorted(
        (
            (-_likeness(g, d), i, j)
            for i, g in enumerate(statements)
            for j, d in enumerate(drafts)
            if _alike(g, d)
        ),
    )
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, i, j in ranked:
        if i not in taken and j not in used:
            taken[i] = j
            used.add(j)
    pairs = [(g, drafts[taken[i]] if i in taken else None) for i, g in enumerate(statements)]
    return pairs, [d for j, d in enumerate(drafts) if j not in used]


def _alike(gold: Gold, draft: Draft) -> bool:
    span = gold["evidence"][0]
    overlap = min(span["end"], draft.end) - max(span["start"], draft.start)
    kind = gold["event"] == draft.kind or {gold["event"], draft.kind} <= _DEALS
    return kind and overlap > 0


def _likeness(gold: Gold, draft: Draft) -> int:
    right = sum(bool(_compare(field, gold, draft, strict=False)[0]) for field in FIELDS)
    same_kind: bool = gold["event"] == draft.kind
    away: int = abs(gold["evidence"][0]["start"] - draft.start)
    return 1000 * right + 500 * same_kind - min(away, 400)


def _fields(
    asked: Sequence[tuple[Gold, Draft]], unmatched: Sequence[Draft], wanted: Sequence[Gold], *, strict: bool
) -> dict[str, Count]:
    counts = dict.fromkeys(FIELDS, Count())
    found = {id(g) for g, _ in asked}
    for gold, draft in asked:
        for field in FIELDS:
            counts[field] = counts[field].plus(*_compare(field, gold, draft, strict=strict))
    for gold in wanted:
        if id(gold) not in found:
            for field in FIELDS:
                counts[field] = counts[field].plus(0, 0, _wanted(field, gold))
    counts["event"] = counts["event"].plus(0, len(unmatched), 0)
    return counts


def _wanted(field: str, gold: Gold) -> int:
    if field == "parties":
        return len(gold.get("parties", {}))
    if field in ("event", "attribution"):
        return 1
    return int(
        bool(
            gold.get(field)
            or (field == "share" and gold.get("stake"))
            or (field == "true_on" and _gold_date(gold))
        )
    )


def _compare(field: str, gold: Gold, draft: Draft, *, strict: bool) -> tuple[int, int, int]:  # noqa: PLR0911 (one line per case)
    match field:
        case "event":
            right = gold["event"] == draft.kind or (not strict and {gold["event"], draft.kind} <= _DEALS)
            return int(right), 1, 1
        case "status":
            return _status(gold, draft, strict=strict)
        case "parties":
            return _party_counts(gold, draft, strict=strict)
        case "share":
            return _interval(gold_share(gold), draft.share.interval if draft.share else None)
        case "money":
            return _money(gold, draft)
        case "true_on":
            given = draft.when.when if draft.when and draft.when.when.grain != "unknown" else None
            return _date(_gold_date(gold), given, strict=strict)
        case _:
            return int(_same_attribution(gold, draft, strict=strict)), 1, 1


def _status(gold: Gold, draft: Draft, *, strict: bool) -> tuple[int, int, int]:
    words = gold.get("status", "")
    if not words:
        return 0, 0, 0
    allowed = _STATUS.get(words) or {Status(words)}
    if gold.get("status_also"):
        allowed = {*allowed, Status(gold["status_also"])}
    near = not strict and any(
        s.firmness
        and draft.status.firmness
        and draft.status.firmness <= s.firmness
        and s.firmness - draft.status.firmness <= 1
        for s in allowed
    )
    return int(draft.status in allowed or near), 1, 1


def _same_name(one: str, other: str, *, strict: bool) -> bool:
    if one.casefold().rstrip(".") == other.casefold().rstrip("."):
        return True
    first, second = stem(one).casefold(), stem(other).casefold()
    return not strict and (
        first == second
        or first.startswith(second)
        or second.startswith(first)
        or first in second
        or second in first
    )


def _party_counts(gold: Gold, draft: Draft, *, strict: bool) -> tuple[int, int, int]:
    wanted = list(gold.get("parties", {}).items())
    given = [(role, name) for role, referent in draft.parties for name in referent.names]
    if strict:
        right = sum(
            any(role == r and _same_name(name, n, strict=True) for r, n in given) for role, name in wanted
        )
        return right, max(right, sum(role in dict(wanted) for role, _ in given)), len(wanted)
    right = sum(any(_same_name(name, n, strict=False) for _, n in given) for _, name in wanted)
    return right, max(right, sum(role in dict(wanted) for role, _ in given)), len(wanted)


def gold_share(gold: Gold) -> Interval | None:
    """The share a gold statement wants: its own form, or a stake with its ends in percent."""
    if gold.get("share"):
        return Interval.parse(gold["share"])
    stake = gold.get("stake")
    if not stake:
        return None
    low, high = stake.get("min"), stake.get("max")
    return Interval.parse(f"<={high}%") if low is None else Interval.parse(f"{low}-{high}%")


def _interval(wanted: Interval | None, given: Interval | None) -> tuple[int, int, int]:
    return int(wanted is not None and wanted == given), int(given is not None), int(wanted is not None)


def _money(gold: Gold, draft: Draft) -> tuple[int, int, int]:
    forms = [Money.parse(gold[key]) for key in ("money", "money_also") if gold.get(key)]
    given = draft.money
    right = given is not None and any(
        m.interval == given.interval and m.currency == given.currency for m in forms
    )
    return int(right), int(given is not None), int(bool(forms))


def _gold_date(gold: Gold) -> When | None:
    if gold.get("true_on"):
        return When.parse(gold["true_on"])
    said = gold.get("date") or {}
    if said.get("value"):
        return When.parse(said["value"])
    return When.parse(f"not before {said['earliest']}") if said.get("earliest") else None


def _date(wanted: When | None, given: When | None, *, strict: bool) -> tuple[int, int, int]:
    right = (
        wanted is not None
        and given is not None
        and (wanted.earliest, wanted.latest) == (given.earliest, given.latest)
    )
    if not strict and wanted and given and wanted.earliest and given.earliest:
        right = right or (
            given.earliest <= wanted.earliest and (wanted.latest or date.max) <= (given.latest or date.max)
        )
    return int(right), int(given is not None), int(wanted is not None)


def _same_attribution(gold: Gold, draft: Draft, *, strict: bool) -> bool:
    kind = gold.get("attribution", {}).get("kind", "reporter")
    allowed = _ATTRIBUTION.get(kind, {kind})
    if draft.attribution.kind in allowed:
        return True
    return not strict and {kind, draft.attribution.kind} <= _ALIAS_ATTRIBUTION


def _grains(asked: Sequence[tuple[Gold, Draft]], wanted: Sequence[Gold]) -> dict[str, Count]:
    counts: dict[str, Count] = {}
    found = {id(g): d for g, d in asked}
    for gold in wanted:
        when = _gold_date(gold)
        if when is None:
            continue
        draft = found.get(id(gold))
        right, given, _ = _compare("true_on", gold, draft, strict=True) if draft else (0, 0, 0)
        counts[when.grain] = counts.get(when.grain, Count()).plus(right, given, 1)
    return counts


def _false(name: str, gold: Gold, draft: Draft) -> str:
    """Whether a draft claims more than the words: too strong a status, a hedge lost, a party swapped."""
    words = gold.get("status", "")
    firmest = max((s.firmness for s in _STATUS.get(words) or {Status(words)}), default=7)
    if gold.get("status_also"):
        firmest = max(firmest, Status(gold["status_also"]).firmness)
    if draft.status.firmness > firmest and gold["event"] not in ("officer_role", "cooperation"):
        return f"{name}: status too strong: {draft.status} for {words}: {draft.quote}"
    share = gold_share(gold)
    if share and draft.share and not share.is_exact and draft.share.interval.is_exact:
        return f"{name}: hedge lost: {draft.share.interval} for {share}: {draft.quote}"
    wanted = gold.get("parties", {})
    for one, other in _SWAPS:
        if (
            one in wanted
            and other in wanted
            and _same_name(draft.party(one), wanted[other], strict=True)
            and draft.party(one)
        ):
            return f"{name}: party swapped: {draft.party(one)} as {one}: {draft.quote}"
    return ""


def _uncalled(name: str, draft: Draft, gold: Gold) -> str:
    """A firm claim that no gold statement makes, or any claim with a share read from a trap."""
    trapped = any(draft.start <= t["quote"]["start"] and t["quote"]["end"] <= draft.end for t in _traps(gold))
    firm = draft.status.firmness >= Status.AGREED_IN_PRINCIPLE.firmness
    moved = draft.kind in _DEALS or draft.kind in (
        "holding",
        "merger",
        "ipo",
        "carve_out",
        "buyback",
        "approval",
        "officer_change",
        "joint_venture",
        "agreement",
    )
    if moved and (firm or (trapped and draft.status.firmness and draft.share)):
        return f"{name}: not in the story: {draft.kind} {draft.status}: {draft.quote}"
    return ""


def _traps(gold: Gold) -> Iterable[Gold]:
    return [t if isinstance(t["quote"], dict) else {"quote": t} for t in gold.get("traps", ())]


def total(scores: Iterable[Score]) -> Score:
    """The sum of several stories' scores."""
    strict, alias = dict.fromkeys(FIELDS, Count()), dict.fromkeys(FIELDS, Count())
    grains: dict[str, Count] = {}
    listed = list(scores)
    for one in listed:
        for whole, part in ((strict, one.strict), (alias, one.alias), (grains, one.grains)):
            for key, count in part.items():
                whole[key] = whole.get(key, Count()).plus(count.right, count.given, count.wanted)
    return Score(
        strict,
        alias,
        grains,
        sum(s.exact_spans for s in listed),
        sum(s.drafts for s in listed),
        tuple(line for s in listed for line in s.false_assertions),
        tuple(line for s in listed for line in s.missed),
        tuple(line for s in listed for line in s.unasked),
    )
