"""Which companies of a ledger the holdings of listed persons reach."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from crosstie.questions.clocks import Clocks
from crosstie.questions.everyone import at_once
from crosstie.questions.opening import About, open_ledger
from crosstie.questions.rules import day_of_ledger
from crosstie.rulebooks.names import Listed, Match, matches
from crosstie.rulebooks.reading import built_in, with_folder
from crosstie.rulebooks.rule import in_force, pick
from crosstie.rulebooks.screening import Screened, screen
from crosstie.text.inputs import read_whole
from crosstie.text.problem import CrosstieError, Place, Problem, ProblemError

KEYS = ("company", "blocked", "share", "through", "decided", "known_share", "worst_case")
RULES = {"ofac": "US-2", "eu": "EU-5", "uk": "UK-3"}
RuleName = Literal["ofac", "eu", "uk"]
_IDENTIFIERS = ("leiCode", "isinCode", "registrationNumber", "innCode", "ogrnCode", "wikidataId", "taxNumber")


@dataclass(frozen=True, slots=True)
class ScreenAnswer:
    """The companies reached, who was matched and how, problems, and notes on how far the answer goes."""

    rows: tuple[Screened, ...]
    matched: tuple[Match, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def screen_ledger(
    path: str, list_path: str, rule: RuleName, clocks: Clocks, folder: str | None = None
) -> ScreenAnswer:
    """Screen the companies of a ledger against a list, under one country's rule.

    A party is taken for a listed person by the same identifier or the same name once written alike;
    names that are only similar are told with their score and block nothing.

    Raises
    ------
    CrosstieError
        Nothing there, a list without names, or no such rule on that day.
    """
    listed, bad_lines = read_list(list_path)
    opened = open_ledger(path, clocks, _about(path, listed))
    rules = with_folder(built_in(), folder) if folder else built_in()
    provision = in_force(pick(rules, (RULES[rule],))[0], clocks.on)
    if provision is None:
        raise CrosstieError(f"rule {RULES[rule]} ({rule}) was not yet in force on {clocks.on}")
    day = day_of_ledger(opened, clocks.on)
    parties = opened.network.parties
    found = matches([((p.id, p.name, *p.names), p.identifiers) for p in parties if not p.unknown_of], listed)
    known = [i for i, p in enumerate(parties) if not p.unknown_of]
    matched = tuple(Match(known[m.party], m.listed, m.by, m.score) for m in found)
    certain = frozenset(match.party for match in matched if match.certain)
    rows = screen(day, certain, provision)
    checked = pick(rules, (RULES[rule],))[0]
    law = f"{checked.law}, from {provision.since}, last checked {checked.last_checked_on}"
    unsure = f"; unverified ({provision.sure.value})" if provision.sure.is_unverified else ""
    notes = (*_told(matched, [p.id for p in parties]), f"not legal advice; {law}{unsure}")
    return ScreenAnswer(rows, matched, (*opened.problems, *bad_lines), notes)


def _about(path: str, listed: Sequence[Listed]) -> About | None:
    """In a large register: the parties that are or may be listed, all they hold, and all that hold these."""
    with at_once(path) as together:
        if together is None:
            return None
        from crosstie.engines.register.finding import names_of_all  # noqa: PLC0415 (DuckDB is asked for only by a register)

        parties = list(names_of_all(together))
    found = matches([(names, identifiers) for _, names, identifiers in parties], listed)
    return About(tuple(dict.fromkeys(parties[match.party][0] for match in found)), "through")


def _told(matched: Sequence[Match], ids: Sequence[str]) -> Iterator[str]:
    for match in sorted(matched, key=lambda each: (not each.certain, -each.score, each.party)):
        if match.certain:
            yield f"listed: {ids[match.party]} is {match.listed!r} (by {match.by})"
        else:
            yield f"possible match, not counted: {ids[match.party]} and {match.listed!r} (score {match.score:g})"
    if not any(match.certain for match in matched):
        yield "no party of the ledger is on the list"


_LARGEST_LIST = 2**29


def read_list(path: str) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    """Read a list of names: a CSV with a column ``name``, or FollowTheMoney JSON lines.

    Raises
    ------
    CrosstieError
        No such file, not UTF-8, or no column ``name``.
    """
    try:
        text = read_whole(Path(path), _LARGEST_LIST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(path, error.object.count(b"\n", 0, error.start) + 1)
        raise ProblemError(Problem("not UTF-8 text; save the file as UTF-8", place)) from error
    if text.lstrip().startswith("{"):
        return _read_json_lines(text, path)
    return _read_csv(text, path)


def _read_csv(text: str, path: str) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    try:
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        if "name" not in columns:
            said = ", ".join(columns) or "nothing"
            message = (
                f"no column 'name'; the first line must name the columns name[,scheme,id] and says: {said}"
            )
            raise ProblemError(Problem(message, Place(path, 1), kind="list"))
        reader.fieldnames = columns
        found, problems = [], []
        for row in reader:
            name = (row.get("name") or "").strip()
            scheme, value = (row.get("scheme") or "").strip(), (row.get("id") or "").strip()
            if name:
                found.append(Listed(name, (), ((scheme, value),) if scheme and value else ()))
            elif any((each or "").strip() for each in row.values() if isinstance(each, str)):
                problems.append(
                    Problem("name is empty; the line is left out", Place(path, reader.line_num), "list")
                )
    except csv.Error as error:
        raise ProblemError(
            Problem(f"not CSV: {error}", Place(path, reader.reader.line_num), "list")
        ) from error
    return tuple(found), tuple(problems)


def _read_json_lines(text: str, path: str) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    found, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entity = json.loads(line)
            person = _entity(entity)
        except (ValueError, RecursionError, AttributeError, TypeError):
            message = (
                "not a FollowTheMoney entity; write one JSON object with 'schema' and 'properties' a line"
            )
            problems.append(Problem(message, Place(path, number), "list"))
            continue
        if person:
            found.append(person)
    return tuple(found), tuple(problems)


def _entity(entity: dict[str, dict[str, list[str]]]) -> Listed | None:
    """A listed person from a FollowTheMoney entity; ``None`` for one without a name (an address, a link)."""
    properties = entity.get("properties", {})
    names = [str(each) for key in ("name", "alias", "previousName") for each in properties.get(key, ())]
    caption = str(entity.get("caption", ""))
    identifiers = [(key, str(each)) for key in _IDENTIFIERS for each in properties.get(key, ())]
    if not names:
        return None
    return Listed(caption or names[0], tuple(names), tuple(identifiers))
