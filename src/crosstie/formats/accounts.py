"""CSV files of outside assets (``company,outside_assets``) and of debts (``debtor,creditor,amount,seniority``)."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from crosstie.ledger.amounts import parse_number
from crosstie.text.inputs import read_whole
from crosstie.text.problem import Place, Problem, ProblemError

ASSETS = ("company", "outside_assets")
_LARGEST = 2**29
DEBTS = ("debtor", "creditor", "amount")


@dataclass(frozen=True, slots=True)
class OutsideAssets:
    """What one company has besides shares in and claims on the others; below zero, what it owes beyond them."""

    company: str
    amount: Fraction
    where: Place


@dataclass(frozen=True, slots=True)
class DebtLine:
    """A debt; seniority 1 is paid first."""

    debtor: str
    creditor: str
    amount: Fraction
    seniority: int
    where: Place


def load_assets(path: str | Path) -> tuple[OutsideAssets, ...]:
    """Read outside assets, one company a line.

    Raises
    ------
    ProblemError
        A line that cannot be read, or a company twice: a value from half a file would be wrong.
    """
    return read_assets(_text(path), str(path))


def read_assets(text: str, file: str = "text") -> tuple[OutsideAssets, ...]:
    r"""Read outside assets from a text.

    >>> read_assets("company,outside_assets\nalpha,\"1,000\"\n")[0].amount
    Fraction(1000, 1)
    """
    found: dict[str, OutsideAssets] = {}
    for place, cells in _rows(text, file, ASSETS):
        company = _filled(cells, "company", place)
        if company in found:
            raise _problem(
                f"{company} is also on line {found[company].where.line}; write one line each", place
            )
        found[company] = OutsideAssets(company, _amount(cells, "outside_assets", place), place)
    return tuple(found.values())


def load_debts(path: str | Path) -> tuple[DebtLine, ...]:
    """Read debts; without a column ``seniority``, or where it is empty, a debt ranks 1.

    Raises
    ------
    ProblemError
        A line that cannot be read.
    """
    return read_debts(_text(path), str(path))


def read_debts(text: str, file: str = "text") -> tuple[DebtLine, ...]:
    r"""Read debts from a text.

    >>> read_debts("debtor,creditor,amount,seniority\na,b,10,2\n")[0].seniority
    2
    """
    found = []
    for place, cells in _rows(text, file, DEBTS):
        debtor, creditor = _filled(cells, "debtor", place), _filled(cells, "creditor", place)
        if debtor == creditor:
            raise _problem(f"{debtor} owes itself; write whom it owes", place)
        amount = _amount(cells, "amount", place)
        if amount < 0:
            raise _problem(f"amount {cells['amount']!r} is negative; turn debtor and creditor round", place)
        found.append(DebtLine(debtor, creditor, amount, _seniority(cells, place), place))
    return tuple(found)


def _text(path: str | Path) -> str:
    try:
        return read_whole(Path(path), _LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _problem("not UTF-8 text; save the file as UTF-8", Place(str(path), 1)) from error


def _rows(text: str, file: str, required: Sequence[str]) -> Iterator[tuple[Place, dict[str, str]]]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            place = Place(file, line)
            line = reader.line_num + 1
            stripped = [cell.strip() for cell in cells]
            if not header:
                header = _header(stripped, required, place)
            elif any(stripped):
                yield place, _named(header, stripped, place)
    except csv.Error as error:
        raise _problem(f"not CSV: {error}", Place(file, reader.line_num)) from error
    if not header:
        raise _problem(f"empty; the first line must name the columns {','.join(required)}", Place(file, 1))


def _header(names: list[str], required: Sequence[str], place: Place) -> list[str]:
    missing = [name for name in required if name not in names]
    if missing:
        said = ", ".join(name for name in names if name) or "nothing"
        raise _problem(
            f"no column {', '.join(missing)}; the first line must name the columns {','.join(required)} and says: {said}",
            place,
        )
    return names


def _named(header: Sequence[str], cells: Sequence[str], place: Place) -> dict[str, str]:
    if len(header) != len(cells):
        raise _problem(f"{len(cells)} cells where the first line names {len(header)} columns", place)
    return dict(zip(header, cells, strict=True))


def _filled(cells: dict[str, str], name: str, place: Place) -> str:
    if not cells[name]:
        raise _problem(f"{name} is empty", place)
    return cells[name]


def _amount(cells: dict[str, str], name: str, place: Place) -> Fraction:
    text = cells[name]
    below = text.startswith(("-", "−"))
    digits = text[1:].strip() if below else text
    try:
        amount = (
            Fraction(digits)
            if re.fullmatch(r"[\d.]+[eE][+-]?\d{1,3}", digits, re.ASCII)
            else parse_number(digits)
        )
    except ValueError as error:
        raise _problem(f"{name} {text!r} is not an amount; write a number such as 1250.5", place) from error
    return -amount if below else amount


def _seniority(cells: dict[str, str], place: Place) -> int:
    text = cells.get("seniority", "") or "1"
    if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII):
        raise _problem(
            f"seniority {text!r} is not a rank; write 1 for what is paid first, then 2, 3, …", place
        )
    return int(text)


def _problem(message: str, place: Place) -> ProblemError:
    return ProblemError(Problem(message, place, kind="accounts"))
