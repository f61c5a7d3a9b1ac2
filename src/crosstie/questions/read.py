"""Read stories into drafts; several stories on one deal line up."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from crosstie.ledger.statements import Entity
from crosstie.stories.documents import read_in_order, story_files
from crosstie.stories.drafts import DraftFile, draft_file, published_on, write_drafts
from crosstie.stories.names import known_names
from crosstie.stories.reader import Reading, read_story
from crosstie.text.problem import CrosstieError, Place, Problem
from crosstie.text.writing import write_atomically


@dataclass(frozen=True, slots=True)
class ReadStories:
    """Every story read, its drafts, and what could not be read."""

    files: tuple[DraftFile, ...]
    problems: tuple[Problem, ...]


def read(
    path: str,
    *,
    published: date | None = None,
    ledger: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> ReadStories:
    """Read a story, a folder of stories, or standard input (``-``) into drafts.

    Raises
    ------
    CrosstieError
        A single story that cannot be read, or a folder of which none can.
    """
    paths = story_files(path)
    known = ledger_names(ledger) if ledger else {}
    files: list[DraftFile] = []
    problems: list[Problem] = []
    for number, (name, text) in enumerate(read_in_order(paths), 1):
        if progress:
            progress(number, len(paths))
        made = text if isinstance(text, CrosstieError) else _read(name, text, published, known, problems)
        if isinstance(made, CrosstieError):
            if len(paths) == 1:
                raise made
            problems.append(Problem(str(made), kind="unreadable-story", severity="warning"))
        else:
            files.append(made)
    if not files:
        raise CrosstieError(f"{path}: none of {len(paths)} stories could be read; the first: {problems[0]}")
    return ReadStories(tuple(files), tuple(problems))


def _read(
    name: str, text: str, published: date | None, known: Mapping[str, str], problems: list[Problem]
) -> DraftFile | CrosstieError:
    shown = "standard input" if name == "-" else name
    reading = read_story(
        text, published=published, known=known, name=Path(name).name if name != "-" else "stdin"
    )
    if not reading.layout.body:
        return CrosstieError(f"{shown}: no story in it: only headings, links or notices")
    if not reading.layout.published:
        where = Place(shown)
        problems.append(
            Problem(
                "no day of publication: dates such as 'Thursday' stay unknown; give --published",
                where,
                "no-publication-date",
                "warning",
            )
        )
    return draft_file(reading, body_hash(text, reading))


def body_hash(text: str, reading: Reading) -> str:
    """A hash of the body's words: the same for a copy with another dateline, headline or footer."""
    words = " ".join(re.findall(r"\w+", " ".join(text[a:b] for a, b in reading.layout.body).casefold()))
    return sha256(words.encode()).hexdigest()[:16]


def ledger_names(ledger: str) -> Mapping[str, str]:
    """Every name of a ledger's parties, each to its party's id."""
    from crosstie.questions.opening import load_ledger  # noqa: PLC0415 (only with --ledger)

    pairs: list[tuple[str, str]] = []
    for statement in load_ledger(ledger).statements:
        if isinstance(statement, Entity):
            pairs += [(name, str(statement.party)) for name in _names(statement)]
    return known_names(dict.fromkeys(pairs))


def _names(entity: Entity) -> Iterator[str]:
    yield from (name for name in (entity.name, *entity.names) if name)
    yield str(entity.party)
    yield from (identifier.value for identifier in entity.identifiers)


def write(file: DraftFile, path: Path) -> None:
    """Write the drafts of one story into a file that ``crosstie review`` confirms.

    Raises
    ------
    CrosstieError
        A file is there whose drafts somebody has reviewed: it is not overwritten.
    """
    if path.exists() and re.search(
        r"^\s+review: (?:confirmed|rejected)",
        path.read_text(encoding="utf-8", errors="replace"),
        re.MULTILINE,
    ):
        raise CrosstieError(f"{path}: holds reviewed drafts; write to another file")
    write_atomically(path, write_drafts(file))


def seconded(found: ReadStories, path: str, settings: str) -> ReadStories:
    """Let a language model second the drafts of each story, add to them, or dispute them.

    Raises
    ------
    CrosstieError
        The extra is not installed, the settings cannot be read, or the model does not answer in form.
    """
    try:
        from crosstie.stories import seconding  # noqa: PLC0415 (an extra)
    except ImportError:
        raise CrosstieError(
            "a language model needs httpx and pydantic: pip install 'crosstie[llm]'"
        ) from None
    using = seconding.read_settings(settings)
    if path == "-":
        raise CrosstieError("--second reads the story again: give a file, not standard input")
    texts = {
        Path(name).name: text for name, text in read_in_order(story_files(path)) if isinstance(text, str)
    }
    files, problems = [], list(found.problems)
    for file in found.files:
        text = texts[file.story.name]
        names = [name for each in file.entries for name in each.parties.values()]
        answer = seconding.ask(using, text)
        heard = seconding.second(
            file, text, answer, model=using.model, published=published_on(file), names=names
        )
        files.append(heard.file)
        problems += [
            Problem(line, Place(file.story.name), "refused-by-words", "note") for line in heard.refused
        ]
    return ReadStories(tuple(files), tuple(problems))
