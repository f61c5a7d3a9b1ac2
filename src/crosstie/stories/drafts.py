"""Drafts as a file: what a person confirms, edits or rejects; its key ``drafts`` keeps it out of every ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from crosstie.ledger.amounts import Interval, Money
from crosstie.ledger.dates import When
from crosstie.ledger.statements import Status
from crosstie.stories.quantities import Amount
from crosstie.stories.reader import READER, Draft, Reading
from crosstie.text.problem import CrosstieError
from crosstie.text.strict_yaml import Map, Value, decode, read_tree
from crosstie.text.yaml_text import Plain, write_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryHead:
    """Which story the drafts are from."""

    name: str
    sha256: str
    words: str = ""  # a hash of the body's words: syndicated copies share it
    date: str = ""
    publisher: str = ""
    reader: str = READER


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One draft as written in a file: texts only; ``review`` is open, confirmed or rejected."""

    draft: str
    kind: str
    status: str
    quote: str
    span: str
    parties: Mapping[str, str]
    proposed: Mapping[str, str]
    subtype: str = ""
    share: str = ""
    shares: str = ""
    money: str = ""
    hedge: str = ""
    true_on: str = ""
    date_rule: str = ""
    alternatives: tuple[str, ...] = ()
    attribution: str = "reporter"
    attributed_to: str = ""
    said_on: str = ""
    group: str = ""
    cue: str = ""
    part_of: str = ""
    by: str = READER
    review: str = "open"
    reason: str = ""
    reviewer: str = ""
    edited: tuple[str, ...] = ()
    seconded: str = ""  # the language model that said the same
    disputed: tuple[str, ...] = ()  # where it said otherwise

    @property
    def interval(self) -> Interval | None:
        """The share as bounded."""
        return Interval.parse(self.share) if self.share else None

    @property
    def bounds(self) -> tuple[int, int]:
        """Offsets of the quote, in code points."""
        start, _, end = self.span.partition("-")
        return int(start), int(end)


@dataclass(frozen=True, slots=True)
class DraftFile:
    """All drafts of one story."""

    story: StoryHead
    entries: tuple[Entry, ...]


def interval_text(interval: Interval) -> str:
    """A share as :meth:`Interval.parse` reads it, in percent where that is exact.

    >>> [interval_text(Interval.parse(t)) for t in ("15%", "<=15%", ">50%", "10-20%", "1/3")]
    ['15%', '<=15%', '>50%', '[10%, 20%]', '1/3']
    """
    low, high = interval.low, interval.high
    if interval.is_exact:
        return _percent(low)
    if low == 0 and not interval.low_open and high is not None:
        return f"{'<' if interval.high_open else '<='}{_percent(high)}"
    if high == 1 and not interval.high_open and _percent(low).endswith("%"):
        return f"{'>' if interval.low_open else '>='}{_percent(low)}"
    top = Fraction(1) if high is None else high
    return f"{'(' if interval.low_open else '['}{_percent(low)}, {_percent(top)}{')' if interval.high_open else ']'}"


def _percent(value: Fraction) -> str:
    hundred = value * 100
    text = _decimal(hundred)
    return f"{text}%" if text else str(value)


def _decimal(value: Fraction) -> str:
    """A finite decimal, or nothing where there is none."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return ""
    whole = f"{float(value):.10f}".rstrip("0").rstrip(".")
    return whole if Fraction(whole) == value else ""


def amount_text(interval: Interval) -> str:
    """A count or an amount of money as :meth:`Interval.parse` reads it.

    >>> amount_text(Interval.parse("<=600000000")), amount_text(Interval.parse("[2.5, 3]"))
    ('<=600000000', '[2.5, 3]')
    """
    low, high = _number(interval.low), None if interval.high is None else _number(interval.high)
    if interval.is_exact:
        return low
    if high is None:
        return f"{'>' if interval.low_open else '>='}{low}"
    if interval.low == 0 and not interval.low_open:
        return f"{'<' if interval.high_open else '<='}{high}"
    return f"{'(' if interval.low_open else '['}{low}, {high}{')' if interval.high_open else ']'}"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else _decimal(value) or str(value)


def draft_file(reading: Reading, words: str) -> DraftFile:
    """The drafts of a reading as they are written to a file."""
    published = reading.layout.published
    head = StoryHead(
        name=reading.name,
        sha256=reading.sha256,
        words=words,
        date=published.isoformat() if published else "",
        publisher=reading.layout.publisher,
    )
    ids = {party.name: party.id for party in reading.parties if party.id}
    return DraftFile(head, tuple(entry(draft, ids) for draft in reading.drafts))


def entry(draft: Draft, ids: Mapping[str, str] | None = None) -> Entry:
    """One draft as texts; a party that a ledger knows by its id there."""
    known = ids or {}
    parties: dict[str, str] = {}
    proposed: dict[str, str] = {}
    for role, referent in draft.parties:
        key = (
            role
            if role not in parties
            else next(f"{role}{n}" for n in range(2, 99) if f"{role}{n}" not in parties)
        )
        parties[key] = " + ".join(known.get(name, name) for name in referent.names)
        if referent.proposed and referent.words:
            proposed[key] = referent.words
    when = draft.when
    return Entry(
        draft=str(draft.number),
        kind=draft.kind,
        subtype=draft.subtype,
        status=draft.status.value,
        quote=draft.quote,
        span=f"{draft.start}-{draft.end}",
        parties=parties,
        proposed=proposed,
        share=interval_text(draft.share.interval) if draft.share else "",
        shares=amount_text(draft.shares.interval) if draft.shares else "",
        money=_money_text(draft.money),
        hedge="; ".join(
            dict.fromkeys(a.hedge for a in (draft.share, draft.shares, draft.money) if a and a.hedge)
        ),
        true_on=when.when.text if when and when.when.grain != "unknown" else "",
        date_rule=when.rule if when else "",
        alternatives=when.alternatives if when else (),
        attribution=draft.attribution.kind,
        attributed_to=draft.attribution.who,
        said_on=draft.said_on.when.text if draft.said_on and draft.said_on.when.grain != "unknown" else "",
        group=draft.attribution.group,
        cue=draft.cue,
        part_of=str(draft.part_of or ""),
        by=draft.by,
    )


def _money_text(amount: Amount | None) -> str:
    return f"{amount_text(amount.interval)} {amount.currency}" if amount else ""


_HEADER = """\
# Drafts read from a story: nothing here is part of a ledger or of any calculation.
# 'crosstie review THIS LEDGER' confirms them one by one into a ledger.
"""


def write_drafts(file: DraftFile) -> str:
    """The text of a draft file."""
    story = {
        field.name: getattr(file.story, field.name)
        for field in fields(StoryHead)
        if getattr(file.story, field.name)
    }
    listed: list[Plain] = [_plain(each) for each in file.entries]
    plain: Mapping[str, Plain] = {"story": story, "drafts": listed}
    return _HEADER + "\n".join(write_yaml(plain)) + "\n"


def _plain(each: Entry) -> Mapping[str, Plain]:
    shown: dict[str, Plain] = {}
    for field in fields(Entry):
        value = getattr(each, field.name)
        if isinstance(value, Mapping):
            if value:
                shown[field.name] = dict(value)
        elif isinstance(value, tuple):
            if value:
                shown[field.name] = list(value)
        elif value:
            shown[field.name] = str(value)
    return shown


def read_drafts(path: Path) -> DraftFile:
    """A draft file as written.

    Raises
    ------
    CrosstieError
        Not a draft file, or one that cannot be read; the message names file and line.
    """
    text, problems = decode(path.read_bytes(), str(path))
    tree = read_tree(text, str(path))
    for problem in (*problems, *tree.problems):
        raise CrosstieError(str(problem))
    root = tree.root
    if not isinstance(root, Map) or "drafts" not in root.entries:
        raise CrosstieError(
            f"{path}: not a draft file: it has no key 'drafts'; write one with 'crosstie read STORY -o {path.name}'"
        )
    listed = root.entries["drafts"]
    items = listed if isinstance(listed, list) else []
    story = root.entries.get("story")
    return DraftFile(_head(story, path), tuple(_entry(item, path) for item in items))


def _head(value: Value, path: Path) -> StoryHead:
    if not isinstance(value, Map) or not isinstance(value.entries.get("sha256"), str):
        raise CrosstieError(f"{path}: the key 'story' must be a mapping with name and sha256")
    known = {field.name for field in fields(StoryHead)}
    return StoryHead(**{key: str(text) for key, text in value.entries.items() if key in known})


def _entry(item: Value, path: Path) -> Entry:
    if not isinstance(item, Map):
        raise CrosstieError(f"{path}: a draft is a mapping with draft, kind, status, quote, span and parties")
    missing = [
        key
        for key in ("draft", "kind", "status", "quote", "span")
        if not isinstance(item.entries.get(key), str)
    ]
    if missing:
        raise CrosstieError(f"{path}:{item.line}: a draft without {missing[0]!r}")
    known = {field.name: field for field in fields(Entry)}
    unknown = next((key for key in item.entries if key not in known), "")
    if unknown:
        raise CrosstieError(
            f"{path}:{item.line_of(unknown)}: no such key of a draft: {unknown!r}; one of {', '.join(known)}"
        )
    values = {key: _value(key, value) for key, value in item.entries.items()}
    made = Entry(**{"parties": {}, "proposed": {}, **values})  # type: ignore[arg-type]  # keys checked above
    wrong = wrong_value(made)
    if wrong:
        raise CrosstieError(f"{path}:{item.line}: {wrong}")
    return made


def _value(key: str, value: Value) -> object:
    if key in ("parties", "proposed"):
        return {name: str(text) for name, text in value.entries.items()} if isinstance(value, Map) else {}
    if key in ("alternatives", "edited", "disputed"):
        return tuple(str(each) for each in value) if isinstance(value, list) else ()
    return value if isinstance(value, str) else ""


def wrong_value(each: Entry) -> str:
    """What is wrong with an entry's values; nothing where all can be read."""
    readers = (
        ("share", Interval.parse), ("shares", Interval.parse), ("money", Money.parse), ("true_on", When.parse), ("status", Status),
    )  # fmt: skip
    for name, reader in readers:
        text = getattr(each, name)
        try:
            if text:
                reader(text)
        except ValueError as error:
            return f"draft {each.draft}: {name}: {error}"
    if each.review not in ("open", "confirmed", "rejected"):
        return f"draft {each.draft}: review is open, confirmed or rejected, not {each.review!r}"
    try:
        each.bounds  # noqa: B018 (reads the span)
    except ValueError:
        return f"draft {each.draft}: span is START-END in code points, not {each.span!r}"
    return ""


def with_entry(file: DraftFile, changed: Entry) -> DraftFile:
    """The file with one entry in place of the one of the same number."""
    return replace(
        file, entries=tuple(changed if each.draft == changed.draft else each for each in file.entries)
    )


def published_on(file: DraftFile) -> date | None:
    """The story's day of publication, where it is known."""
    return date.fromisoformat(file.story.date) if file.story.date else None


def rows(entries: Sequence[Entry]) -> list[dict[str, object]]:
    """Rows for printing, with the keys that ``crosstie read`` promises."""
    return [
        {
            "quote": each.quote,
            "start": each.bounds[0],
            "end": each.bounds[1],
            "kind": each.kind,
            "parties": "; ".join(f"{role}: {name}" for role, name in each.parties.items()),
            "share": each.interval,
            "status": each.status,
            "true_on": each.true_on or None,
            "attribution": each.attribution,
            "attributed_to": each.attributed_to or None,
            "money": each.money or None,
        }
        for each in entries
    ]


KEYS = (
    "quote",
    "start",
    "end",
    "kind",
    "parties",
    "share",
    "status",
    "true_on",
    "attribution",
    "attributed_to",
    "money",
)
