"""Files of judgements: what ``crosstie match`` found, and what persons decide about it, as statements.

A file of judgements is a ledger. A pair joined by identifier is a ``same_as`` that counts; a proposal is one with
the status ``opinion``, which never does; what a person decides is a further ``same_as``; what is undone is
a ``retraction``. Nothing that was written is ever changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from crosstie.formats import ledger_text
from crosstie.formats.ledger_printing import Page, page_text
from crosstie.identity.judged import judged
from crosstie.identity.matching import Match, Matched
from crosstie.ledger.dates import When
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.printing import content_hash
from crosstie.ledger.standing import judgements, standing
from crosstie.ledger.statements import (
    Certainty,
    Head,
    PartyId,
    Retraction,
    SameAs,
    Source,
    SourceId,
    Statement,
    StatementId,
    Status,
)
from crosstie.questions.appending import appended
from crosstie.text.problem import CrosstieError, Problem
from crosstie.text.strict_yaml import Map, decode, read_tree
from crosstie.text.writing import write_atomically

SOURCE = Source(
    id=SourceId("crosstie-match"),
    title="crosstie match: equal identifiers, names and countries",
    kind="computation",
)
NAME = "crosstie match"


@dataclass(frozen=True, slots=True)
class Judging:
    """A file of judgements under review."""

    path: Path
    ledger: Ledger
    reviewer: str
    known: date

    @property
    def standing(self) -> tuple[SameAs, ...]:
        """Judgements that stand, one for each pair, the latest."""
        return judgements(standing(self.ledger.statements, date.max).firm)

    @property
    def open(self) -> tuple[SameAs, ...]:
        """Proposals that nobody has decided, in order; each pair once."""
        decided = judged(self.standing)
        found: dict[frozenset[PartyId], SameAs] = {}
        for each in self.ledger.statements:
            if isinstance(each, SameAs) and each.head.status is Status.OPINION:
                found.setdefault(frozenset((each.party, each.other)), each)
        return tuple(each for each in found.values() if not decided.decided(each.party, each.other))


def is_judgements(path: str) -> bool:
    """Whether a file is a ledger (as a file of judgements is), not a file of a story's drafts."""
    place = Path(path)
    if not place.is_file():
        return False
    root = read_tree(decode(place.read_bytes(), path)[0], path).root
    return isinstance(root, Map) and "statements" in root.entries and "drafts" not in root.entries


def start(path: str, *, reviewer: str, known: date) -> Judging:
    """Begin (or go on with) reviewing a file of judgements.

    Raises
    ------
    CrosstieError
        No such file, nobody who reviews, or a file that cannot be read.
    """
    if not reviewer.strip():
        raise CrosstieError("who reviews? give --reviewer NAME")
    return Judging(Path(path), _load(Path(path)), reviewer.strip(), known)


def _load(path: Path) -> Ledger:
    """The file alone: the parties it speaks of are declared by the ledgers that were compared.

    Raises
    ------
    CrosstieError
        It has an error, so that adding to it could lose something.
    """
    ledger = ledger_text.load(path, elsewhere=lambda _, names: names)
    for problem in ledger.problems:
        if problem.severity == "error":
            raise CrosstieError(f"{problem}; mend this first")
    return ledger


def decided(judging: Judging, party: str) -> tuple[SameAs, ...]:
    """Standing judgements about a party, to be looked at again.

    Raises
    ------
    CrosstieError
        Nobody has judged anything about it.
    """
    found = tuple(each for each in judging.standing if party in {each.party, each.other})
    if not found:
        raise CrosstieError(
            f"{party!r}: no judgement that stands is about it; give a party's id as it is written"
        )
    return found


def decide(judging: Judging, pair: SameAs, *, same: bool) -> Judging:
    """Judge a pair one party or two; written at once, and what it contradicts is among the ledger's problems."""
    made = SameAs(
        head=_head(judging, pair.head.note),
        party=pair.party,
        other=pair.other,
        same=same,
        score=pair.score,
        judged_by=judging.reviewer,
    )
    return _written(judging, made)


def undo(judging: Judging, judgement: SameAs) -> Judging:
    """Take a judgement back: the pair is open again."""
    return _written(judging, Retraction(head=_head(judging, ""), retracts=judgement.head.id))


def _head(judging: Judging, note: str) -> Head:
    known = When.on(judging.known)
    named = content_hash(
        "judged", {"note": note, "by": judging.reviewer, "nth": str(len(judging.ledger.statements))}
    )
    return Head(
        id=StatementId(f"judged-{named}"),
        known_on=known,
        certainty=Certainty.INFERRED,
        attribution="named",
        attributed_to=judging.reviewer,
        note=note,
    )


def _written(judging: Judging, made: Statement) -> Judging:
    content = appended(judging.path, (made,), (), judging.ledger.sources)
    before = judging.path.read_bytes()
    write_atomically(judging.path, content)
    try:
        return replace(judging, ledger=_load(judging.path))
    except CrosstieError:
        write_atomically(judging.path, before)
        raise


def contradictions(judging: Judging) -> tuple[Problem, ...]:
    """Judgements that stand and cannot all be right, with their places."""
    return tuple(
        each for each in standing(judging.ledger.statements, date.max).problems if each.kind == "same-as"
    )


def describe(pair: SameAs, place: str) -> tuple[str, ...]:
    """What a reviewer sees of one pair."""
    score = f", score {float(pair.score):.2f}" if pair.score is not None else ""
    verdict = {True: "judged one", False: "judged apart"}[pair.same]
    state = (
        f"proposed by {pair.judged_by}"
        if pair.head.status is Status.OPINION
        else f"{verdict} by {pair.judged_by}"
    )
    return (
        f"{place}: {pair.party} and {pair.other}{score}, {state}",
        *(f"  {part}" for part in pair.head.note.split("; ")),
    )


def write(found: Matched, path: str, today: date) -> tuple[int, int]:
    """Add what was found to a file of judgements, made where there is none: (joined, proposed) that are new.

    Raises
    ------
    CrosstieError
        The file is no file of judgements; it is left as it was.
    """
    place = Path(path)
    ledger = _load(place) if place.exists() else Ledger()
    have = {each.head.id for each in ledger.statements}
    made = [_statement(each, today) for each in (*found.joined, *found.proposed)]
    new = [each for each in made if each.head.id not in have]
    if new:
        write_atomically(place, _text(place, ledger, new))
    joined = sum(each.head.status is not Status.OPINION for each in new)
    return joined, len(new) - joined


def write_into_register(found: Matched, path: str, today: date) -> int:
    """Store the joined pairs in a register, beside the parties they join: how many are new.

    Proposals are not stored: nobody could decide them there.

    Raises
    ------
    CrosstieError
        Not a register, or one that is only read (a folder).
    """
    from crosstie.engines.register import store  # noqa: PLC0415 (DuckDB is asked for only by a register)

    made = [_statement(each, today) for each in found.joined]
    return store.append(Path(path), [SOURCE, *made] if made else []).total


def _text(place: Path, ledger: Ledger, new: Sequence[SameAs]) -> str:
    sources: Mapping[SourceId, Source] = {**ledger.sources, SOURCE.id: SOURCE}
    if not ledger.statements:
        return page_text(Page(sources=(SOURCE,), statements=tuple(new)), sources)
    return appended(place, new, () if SOURCE.id in ledger.sources else (SOURCE,), sources)


def _statement(each: Match, today: date) -> SameAs:
    """A joined pair counts from the day from which both parties were known; a proposal never counts."""
    known = When.parse(each.since) if each.since else None
    status = Status.COMPLETED if each.certain else Status.OPINION
    pair = {"party": each.one.party, "other": each.other.party, "status": str(status)}
    return SameAs(
        head=Head(
            id=StatementId(f"match-{content_hash('same_as', pair)}"),
            known_on=known if each.certain else When.on(today),
            status=status,
            certainty=Certainty.COMPUTED,
            sources=(SOURCE.id,),
            note=f"{each.why}; {each.one.where} and {each.other.where}",
        ),
        party=each.one.party,
        other=each.other.party,
        score=Fraction(str(each.score)),
        judged_by=NAME,
    )
