"""A CSV edge list: one holding a line, ``holder,issuer,share`` and optionally ``votes``."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import Certainty, Entity, Head, Holding, PartyId, StatementId
from crosstie.text.problem import Place, Problem, ProblemError

REQUIRED = ("holder", "issuer", "share")
_SHARES = "write a part of one or a percentage: 0.15, 15%, 1/3, 25-50%, <=15%, >25%"


@dataclass(frozen=True, slots=True)
class EdgeList:
    """What a CSV edge list says: its holdings, in order, and its problems."""

    holdings: tuple[Holding, ...]
    problems: tuple[Problem, ...]


def load(path: str | Path) -> EdgeList:
    """Read a file; a line that cannot be read is a problem, the others still load.

    Raises
    ------
    ProblemError
        The file is not UTF-8 or its first line does not name the columns.
    OSError
        The file cannot be opened.
    """
    try:
        text = Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(str(path), error.object.count(b"\n", 0, error.start) + 1)
        raise ProblemError(Problem("not UTF-8 text; save the file as UTF-8", place)) from error
    return loads(text, str(path))


def loads(text: str, file: str = "text") -> EdgeList:
    r"""Read a text.

    >>> [str(h.share) for h in loads("holder,issuer,share\nana,alpha,15%\nbo,alpha,25-50%\n").holdings]
    ['3/20', '[1/4, 1/2]']
    >>> loads("holder,issuer,share\nana,alpha,much\n", "a.csv").problems[0].where
    Place(file='a.csv', line=2)

    Raises
    ------
    ProblemError
        The first line does not name the columns.
    """
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    return of_cells(_rows(reader, file), file)


def of_cells(rows: Iterator[tuple[Place, list[str]]], file: str) -> EdgeList:
    """Read rows of texts, the first of which names the columns.

    Raises
    ------
    ProblemError
        The first row does not name the columns.
    """
    holdings: list[Holding] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    known: dict[str, Interval] = {}
    place = Place(file, 1)
    try:
        header = _header(next(rows, (place, []))[1], file)
        for place, cells in rows:
            try:
                holding = _holding(dict(zip(header, cells, strict=True)), place, known)
            except ValueError as error:
                problems.append(Problem(_why(error, header, cells), place, kind="edge-list"))
                continue
            problems.extend(_twice(holding, seen))
            holdings.append(holding)
    except csv.Error as error:
        after = Place(file, place.line + 1)
        problems.append(Problem(f"not CSV: {error}; nothing after this line was read", after, "edge-list"))
    return EdgeList(_of_issued(holdings), tuple(problems))


def _of_issued(holdings: Sequence[Holding]) -> tuple[Holding, ...]:
    """Where a company is listed among its own holders, the shares listed are parts of all issued ones."""
    own = {each.issuer for each in holdings if each.holder == each.issuer}
    return tuple(replace(each, base="issued") if each.issuer in own else each for each in holdings)


def _rows(reader: "Iterator[list[str]]", file: str) -> Iterator[tuple[Place, list[str]]]:
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Place(file, line), [cell.strip() for cell in cells]
        line = reader.line_num + 1  # type: ignore[attr-defined]


def _header(cells: Sequence[str], file: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    missing = [name for name in REQUIRED if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if missing or twice:
        what = f"no column {', '.join(missing)}" if missing else f"two columns named {twice[0]!r}"
        said = ", ".join(names) or "nothing"
        raise ProblemError(
            Problem(
                f"{what}; the first line must name the columns holder,issuer,share[,votes] and says: {said}",
                Place(file, 1),
                kind="edge-list",
            )
        )
    return names


def _holding(cells: dict[str, str], place: Place, known: dict[str, Interval]) -> Holding:
    for name in REQUIRED:
        if not cells[name]:
            raise ValueError(f"{name} is empty")
    votes = cells.get("votes", "")
    return Holding(
        head=Head(id=StatementId(f"line {place.line}"), certainty=Certainty.SECOND_HAND, where=place),
        holder=PartyId(cells["holder"]),
        issuer=PartyId(cells["issuer"]),
        share=_part("share", cells["share"], known),
        votes=_part("votes", votes, known) if votes else None,
    )


def _part(column: str, text: str, known: dict[str, Interval]) -> Interval:
    """A share, read once however often its text stands in the file."""
    if text not in known:
        known[text] = _read_part(column, text)
    return known[text]


def _read_part(column: str, text: str) -> Interval:
    try:
        part = Interval.parse(text)
    except ValueError as error:
        raise ValueError(f"{column} {text!r} is not a share: {_SHARES}") from error
    if part.low > 1 or (part.high is not None and part.high > 1):
        raise ValueError(f"{column} {text!r} is over 100%: {_SHARES}")
    if part.high is None:
        return Interval(part.low, Fraction(1), part.low_open, high_open=False)
    return part


def _why(error: ValueError, header: Sequence[str], cells: Sequence[str]) -> str:
    if len(header) != len(cells):
        return f"{len(cells)} cells where the first line names {len(header)} columns"
    return str(error)


def _twice(holding: Holding, seen: dict[tuple[str, str], int]) -> Iterator[Problem]:
    pair = (holding.holder, holding.issuer)
    first = seen.setdefault(pair, holding.head.where.line)
    if first != holding.head.where.line:
        yield Problem(
            f"{holding.holder} in {holding.issuer} is also on line {first}; the two are added",
            holding.head.where,
            "edge-list",
            "warning",
            holding.head.id,
        )


def parties_of(holdings: Sequence[Holding]) -> Iterator[Entity]:
    r"""An entity for each name of an edge list, which says nothing else of it.

    >>> [party.name for party in parties_of(loads("holder,issuer,share\nana,alpha,15%\n").holdings)]
    ['ana', 'alpha']
    """
    where = {end: h.head.where for h in reversed(holdings) for end in (h.issuer, h.holder)}
    for name in dict.fromkeys(end for h in holdings for end in (h.holder, h.issuer)):
        yield Entity(head=Head(id=StatementId(name), where=where[name]), party=name, name=name)
