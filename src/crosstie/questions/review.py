"""Confirm, edit or reject drafts: confirmed ones become statements of a ledger, rejected ones are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crosstie.formats import ledger_text
from crosstie.formats.ledger_printing import Page, page_text
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Source, SourceId, Statement
from crosstie.questions.appending import appended
from crosstie.stories.confirming import Confirmed, confirm, new_parties
from crosstie.stories.drafts import DraftFile, Entry, read_drafts, with_entry, write_drafts, wrong_value
from crosstie.text.problem import CrosstieError
from crosstie.text.writing import write_atomically

EDITABLE = ("kind", "status", "share", "shares", "money", "true_on", "attribution", "attributed_to")


@dataclass(frozen=True, slots=True)
class Review:
    """A draft file under review into one ledger."""

    path: Path
    ledger_path: Path
    file: DraftFile
    reviewer: str

    @property
    def open(self) -> tuple[Entry, ...]:
        """Drafts that nobody has decided yet, in order."""
        return tuple(each for each in self.file.entries if each.review == "open")


def start(draft: str, ledger: str, *, reviewer: str) -> Review:
    """Begin (or go on with) a review.

    Raises
    ------
    CrosstieError
        No draft file, no ledger, or a ledger that statements cannot be added to.
    """
    path, ledger_path = Path(draft), Path(ledger)
    if not path.is_file():
        raise CrosstieError(f"{draft}: no such draft file")
    if not ledger_path.exists():
        raise CrosstieError(f"{ledger}: no such ledger; start one with: crosstie new {ledger}")
    if not reviewer.strip():
        raise CrosstieError("who reviews? give --reviewer NAME")
    if ledger_path.is_file() and ledger_path.resolve() == path.resolve():
        raise CrosstieError(f"{draft}: is the draft file itself; give a ledger")
    ledger_text.load(ledger_path)
    return Review(path, ledger_path, read_drafts(path), reviewer.strip())


def edit(each: Entry, changes: Mapping[str, str]) -> Entry:
    """A draft with some values changed by a person; the quoted words never change.

    Raises
    ------
    CrosstieError
        No such value, or one that cannot be read.
    """
    parties, proposed, plain = dict(each.parties), dict(each.proposed), {}
    for key, text in changes.items():
        if key in EDITABLE:
            plain[key] = text
        elif key in parties or key in _ROLES:
            parties[key] = text
            proposed.pop(key, None)
            if not text:
                del parties[key]
        else:
            raise CrosstieError(f"cannot edit {key!r}; one of {', '.join((*EDITABLE, *parties))}")
    edited = tuple(dict.fromkeys((*each.edited, *changes)))
    made = replace(each, **plain, parties=parties, proposed=proposed, edited=edited)  # type: ignore[arg-type]  # texts
    wrong = wrong_value(made)
    if wrong:
        raise CrosstieError(wrong)
    return made


_ROLES = frozenset(
    (
        "acquirer",
        "target",
        "seller",
        "parent",
        "child",
        "holder",
        "issuer",
        "sponsor",
        "person",
        "role",
        "org",
        "a",
        "b",
        "c",
        "d",
        "authority",
    )
)


def accept(review: Review, each: Entry) -> tuple[Review, Confirmed]:
    """Confirm a draft: its statements are in the ledger, whole, before the draft is marked.

    Raises
    ------
    CrosstieError
        The ledger cannot take the statement; neither file has changed.
    """
    ledger = ledger_text.load(review.ledger_path)
    made = confirm(each, review.file.story, ledger, reviewer=review.reviewer)
    if not made.repeats:
        _add(review, made, ledger)
    return _marked(review, replace(each, review="confirmed", reviewer=review.reviewer)), made


def reject(review: Review, each: Entry, reason: str) -> Review:
    """Reject a draft with a reason; it stays in its file, for learning from it.

    Raises
    ------
    CrosstieError
        No reason given.
    """
    if not reason.strip():
        raise CrosstieError("a rejection needs a reason")
    return _marked(review, replace(each, review="rejected", reason=reason.strip(), reviewer=review.reviewer))


def _marked(review: Review, each: Entry) -> Review:
    file = with_entry(review.file, each)
    write_atomically(review.path, write_drafts(file))
    return replace(review, file=file)


def _add(review: Review, made: Confirmed, ledger: Ledger) -> None:
    sources = {**ledger.sources, **{source.id: source for source in made.sources}}
    if review.ledger_path.is_dir():
        name = next(iter(made.statements)).head.sources[0]
        path = review.ledger_path / f"{name}.yaml"
        content = _page(path, made, ledger, sources)
    else:
        path = review.ledger_path
        content = appended(path, made.statements, made.sources, sources)
    before = path.read_bytes() if path.exists() else None
    write_atomically(path, content)
    _check_added(review, path, before, made, ledger)


def _check_added(review: Review, path: Path, before: bytes | None, made: Confirmed, ledger: Ledger) -> None:
    """The ledger still loads, with every new statement and no new error; otherwise it is put back."""
    after = ledger_text.load(review.ledger_path)
    have = {statement.head.id for statement in after.statements}
    lost = [s.head.id for s in made.statements if s.head.id not in have]
    known = {problem.message for problem in ledger.problems}
    new = [p for p in after.problems if p.severity == "error" and p.message not in known]
    if not lost and not new:
        return
    if before is None:
        path.unlink()
    else:
        write_atomically(path, before)
    raise CrosstieError(
        f"the ledger cannot take it: {new[0] if new else f'statement {lost[0]} was not read back'}; nothing was changed"
    )


def _page(path: Path, made: Confirmed, ledger: Ledger, sources: Mapping[SourceId, Source]) -> str:
    """The file of one story's confirmed statements, in canonical form."""
    name = str(path)
    old_sources = tuple(source for source in ledger.sources.values() if source.where.file == name)
    old = tuple(statement for statement in ledger.statements if statement.head.where.file == name)
    return page_text(
        Page(sources=(*old_sources, *made.sources), statements=(*old, *made.statements)), sources
    )


def describe(each: Entry) -> tuple[str, ...]:
    """What a reviewer sees of one draft."""
    lines = [
        f"draft {each.draft}: {each.kind}{f' ({each.subtype})' if each.subtype else ''}, {each.status}{f' ({each.cue!r})' if each.cue else ''}",
        f'  "{each.quote}"',
    ]
    for role, name in each.parties.items():
        guess = f"   PROPOSED for {each.proposed[role]!r}" if role in each.proposed else ""
        lines.append(f"  {role}: {name}{guess}")
    for key in (
        "share",
        "shares",
        "money",
        "hedge",
        "true_on",
        "date_rule",
        "attribution",
        "attributed_to",
        "part_of",
    ):
        lines += [f"  {key}: {getattr(each, key)}"] if getattr(each, key) else []
    if each.alternatives:
        lines.append(f"  or: {', '.join(each.alternatives)}")
    return tuple(lines)


def outcome(made: Confirmed) -> str:
    """One line on what a confirmation did."""
    if made.repeats:
        return f"already in the ledger as {made.repeats}: no second source"
    parties = list(new_parties(made.statements))
    statement: Statement = made.statements[-1]
    added = f"; new parties: {', '.join(parties)}" if parties else ""
    return f"written as {statement.head.id}{added}"
