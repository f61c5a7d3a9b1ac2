"""Edge lists: one holding a row, ``holder, issuer, share`` and optionally ``votes``; here as CSV."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from crosstie.formats.streams import lines
from crosstie.ledger.amounts import Interval
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Certainty, Entity, Head, Holding, PartyId, StatementId
from crosstie.ledger.telling import Telling, telling
from crosstie.ledger.values import show_interval
from crosstie.text.problem import Place, Problem, ProblemError, cited, shortened
from crosstie.text.writing import whole_file

LOSES = ("every column but holder, issuer, share and votes",)
WRITTEN_LOSES = ("all but one day's direct holdings with a share of the outstanding ones, by id",)

REQUIRED = ("holder", "issuer", "share")
COLUMNS = (*REQUIRED, "votes")
_SHARES = "write a part of one or a percentage: 0.15, 15%, 1/3, 25-50%, <=15%, >25%"
Cells = tuple[Place, list[str]]


@dataclass(frozen=True, slots=True)
class EdgeList:
    """What an edge list says: its holdings, in order, and its problems."""

    holdings: tuple[Holding, ...]
    problems: tuple[Problem, ...]


def load(path: str | Path) -> EdgeList:
    """Read a CSV file, compressed or not; a line that cannot be read is a problem, the others still load.

    Raises
    ------
    ProblemError
        The first line does not name the columns.
    OSError
        The file cannot be opened.
    """
    return of_cells(_file_rows(Path(path)), str(path))


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
    return of_cells(_rows(enumerate(text.split("\n"), 1), file), file)


def read_csv(path: Path) -> Iterator[Entity | Holding | Problem]:
    """The parties, holdings and problems of a CSV file, one after the other."""
    return read_cells(lambda: _file_rows(path), path)


def read_cells(
    rows: Callable[[], Iterator[Cells | Problem]], path: Path
) -> Iterator[Entity | Holding | Problem]:
    """A party where it is first named, then each holding; the rows are gone through twice, never kept."""
    own = _own_holders(rows(), str(path))
    named: set[PartyId] = set()
    for item in _read(rows(), str(path)):
        if isinstance(item, Problem):
            yield item
            continue
        for party in (item.holder, item.issuer):
            if party not in named:
                named.add(party)
                yield _party(party, item.head.where)
        identity = StatementId(f"{path.name}#{item.head.where.line}")  # of several files, each has its lines
        base = "issued" if item.issuer in own else item.base
        yield replace(item, head=replace(item.head, id=identity), base=base)


def _own_holders(rows: Iterator[Cells | Problem], file: str) -> set[str]:
    """The companies that are listed among their own holders."""
    own: set[str] = set()
    header: list[str] = []
    for row in rows:
        if isinstance(row, Problem):
            continue
        header = header or _header(row[1], file)
        cells = dict(zip(header, row[1], strict=False))
        if "issuer" in cells and cells.get("holder") == cells["issuer"]:
            own.add(cells["issuer"])
    return own


def of_cells(rows: Iterator[Cells | Problem], file: str) -> EdgeList:
    """Read rows of texts, the first of which names the columns.

    Raises
    ------
    ProblemError
        The first row does not name the columns.
    """
    holdings: list[Holding] = []
    problems: list[Problem] = []
    for item in _read(rows, file):
        if isinstance(item, Problem):
            problems.append(item)
        else:
            holdings.append(item)
    return EdgeList(_of_issued(holdings), tuple(problems))


def _read(rows: Iterator[Cells | Problem], file: str) -> Iterator[Holding | Problem]:
    seen: dict[tuple[str, str], int] = {}
    known: dict[str, Interval] = {}
    header: list[str] = []
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        place, cells = row
        if not header:
            header = _header(cells, file)
            continue
        try:
            holding = _holding(dict(zip(header, cells, strict=True)), place, known)
        except ValueError as error:
            yield Problem(_why(error, header, cells), place, kind="edge-list")
            continue
        yield from _twice(holding, seen)
        yield holding
    if not header:
        _header([], file)


def _of_issued(holdings: Sequence[Holding]) -> tuple[Holding, ...]:
    """Where a company is listed among its own holders, the shares listed are parts of all issued ones."""
    own = {each.issuer for each in holdings if each.holder == each.issuer}
    return tuple(replace(each, base="issued") if each.issuer in own else each for each in holdings)


def _file_rows(path: Path) -> Iterator[Cells | Problem]:
    return _rows(lines(path), str(path))


def _rows(said: Iterable[tuple[int, str] | Problem], file: str) -> Iterator[Cells | Problem]:
    troubles: list[Problem] = []
    reader = csv.reader(_texts(said, troubles), strict=True)
    cells: list[str] | None = []
    while cells is not None:
        place = Place(file, reader.line_num + 1)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Problem(f"not CSV: {error}: skipped", place, "edge-list")
            continue
        yield from troubles
        troubles.clear()
        if cells and any(cell.strip() for cell in cells):
            yield place, [cell.strip() for cell in cells]


def _texts(said: Iterable[tuple[int, str] | Problem], troubles: list[Problem]) -> Iterator[str]:
    """The lines that can be read; an empty one stands where one cannot, so that numbers stay right."""
    for line in said:
        if isinstance(line, Problem):
            troubles.append(line)
            yield "\n"
        else:
            yield line[1] + "\n"


def _header(cells: Sequence[str], file: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    missing = [name for name in REQUIRED if name not in names]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if missing or twice:
        what = f"no column {', '.join(missing)}" if missing else f"two columns named {cited(twice[0])}"
        said = shortened(", ".join(names)) or "nothing"
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
        raise ValueError(f"{column} {cited(text)} is not a share: {_SHARES}") from error
    if part.low > 1 or (part.high is not None and part.high > 1):
        raise ValueError(f"{column} {cited(text)} is over 100%: {_SHARES}")
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
            f"{shortened(holding.holder)} in {shortened(holding.issuer)} is also on line {first}; the two are added",
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
        yield _party(name, where[name])


def _party(name: PartyId, where: Place) -> Entity:
    return Entity(head=Head(id=StatementId(name), where=where), party=name, name=name)


class Edge(NamedTuple):
    """A row to write: two ids, and parts of one."""

    holder: str
    issuer: str
    share: Interval
    votes: Interval | None


def edges_of(said: Ledger | Telling) -> Iterator[Edge]:
    """The direct holdings of a day that have a share."""
    for each in telling(said).stated(Holding):
        if isinstance(each, Holding) and each.share is not None and each.direct != "no":
            yield Edge(each.holder, each.issuer, each.share, each.votes)


def write_csv(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no dates)
    """Write ``holder,issuer,share,votes``; ids stand there unchanged, and what a spreadsheet would run is told."""
    risky: list[str] = []
    with whole_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for edge in edges_of(said):
            risky += [party for party in edge[:2] if party.startswith(_RUN_BY_SPREADSHEETS)]
            writer.writerow((edge.holder, edge.issuer, show_interval(edge.share), show_part(edge.votes)))
        text.detach()
    return tuple(_warning(risky, path))


_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def _warning(risky: Sequence[str], path: Path) -> Iterator[Problem]:
    if risky:
        message = (
            f"{len(set(risky)):,} ids such as {cited(risky[0])} begin like a formula; a spreadsheet must import this "
            "file's columns as text (export --to excel writes them as text)"
        )
        yield Problem(message, Place(str(path)), "formula", "warning")


def show_part(part: Interval | None) -> str:
    """A part as an edge list writes it; none is an empty cell."""
    return "" if part is None else show_interval(part)
