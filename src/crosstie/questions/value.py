"""Equity values of a ledger's companies, from outside assets and debts in CSV files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crosstie.analyses.value.clearing import NO_COSTS, Recovery, clear
from crosstie.analyses.value.equity import equity
from crosstie.analyses.value.ranges import EquityBounds, TooManyPartiesError, equity_bounds, has_ranges
from crosstie.analyses.value.result import Values
from crosstie.analyses.value.system import Debt, system_of
from crosstie.formats.accounts import DebtLine, OutsideAssets, load_assets, load_debts
from crosstie.ledger.amounts import Interval
from crosstie.network.network import Network, UnknownPartyError
from crosstie.questions.clocks import Clocks
from crosstie.questions.everyone import Everyone, everyone, over_100, problems_of
from crosstie.questions.naming import finder
from crosstie.questions.opening import open_ledger
from crosstie.text.problem import CrosstieError, Problem

KEYS = ("company", "outside_assets", "equity", "to_outside_holders")


@dataclass(frozen=True, slots=True)
class Answer:
    """One row a company; in which columns some row has a range; problems."""

    rows: Iterator[dict[str, object]]
    ranged: frozenset[str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """How debts are paid: by their ranks or all alike, and what bankruptcy leaves."""

    equal_ranks: bool = False
    recovery: Recovery = NO_COSTS


def valued(path: str, clocks: Clocks, assets: str, debts: str | None, terms: Terms) -> Answer:
    """The rows of all companies; without debts, those of a large register are valued at once.

    Raises
    ------
    CrosstieError
        As :func:`value_in_ledger`.
    """
    if debts is None:
        with everyone(path, clocks) as all_:
            if all_ is not None:
                return _of_everybody(all_, clocks, assets)
    try:
        found, problems = value_in_ledger(path, clocks, assets, debts, terms)
    except TooManyPartiesError:
        with everyone(path, clocks, least=0) as all_:
            if all_ is None:
                raise
            return _of_everybody(all_, clocks, assets)
    rows = [{key: getattr(row, key) for key in KEYS} for row in found.rows()]
    ranged = frozenset(key for key in KEYS if any(isinstance(row[key], Interval) for row in rows))
    return Answer(iter(rows), ranged, problems)


def _of_everybody(all_: Everyone, clocks: Clocks, assets: str) -> Answer:
    from crosstie.questions import value_at_once  # noqa: PLC0415 (the compiler is slow to load)

    worth = value_at_once.worth_of_everybody(all_, load_assets(assets))
    over = problems_of(all_.together, frozenset(over_100(all_, clocks)), clocks)
    problems = dict.fromkeys((*value_at_once.problems_of(all_, worth), *over))
    ranged = (
        frozenset({"equity", "to_outside_holders"}) if worth.most is not worth.equity else frozenset[str]()
    )
    return Answer(value_at_once.rows(all_, worth), ranged, tuple(problems))


def value_in_ledger(
    path: str, clocks: Clocks, assets: str, debts: str | None = None, terms: Terms | None = None
) -> tuple[Values | EquityBounds, tuple[Problem, ...]]:
    """Value the companies of a ledger, and say what is doubtful about the files.

    Raises
    ------
    CrosstieError
        Nothing to value, a file that cannot be read, or ranges of holdings together with debts.
    """
    opened = open_ledger(path, clocks)
    worth = load_assets(assets)
    owed = load_debts(debts) if debts is not None else ()
    strangers = _strangers(opened.network, worth, owed)
    found = _value(opened.network, worth, owed, terms or Terms())
    return found, (*opened.problems, *strangers)


def _value(
    network: Network, worth: Sequence[OutsideAssets], owed: Sequence[DebtLine], terms: Terms
) -> Values | EquityBounds:
    find = finder(network)
    amounts: dict[str, Fraction] = {}
    for line in worth:
        company = _id_of(network, find, line.company)
        if company in amounts:
            raise CrosstieError(f"{line.where}: {line.company} is also on another line under another name")
        amounts[company] = line.amount
    lines = [
        Debt(
            _id_of(network, find, line.debtor),
            _id_of(network, find, line.creditor),
            line.amount,
            line.seniority,
        )
        for line in owed
    ]
    if has_ranges(network):
        if lines:
            raise CrosstieError(
                "some holdings are ranges: with debts, values need single numbers; state them, or leave out --debts"
            )
        return equity_bounds(network, amounts)
    system = system_of(network, amounts, lines, equal_ranks=terms.equal_ranks)
    return clear(system, terms.recovery) if lines else equity(system)


def _id_of(network: Network, find: Callable[[str], int], asked: str) -> str:
    """The id of a party by id, name or identifier; a stranger keeps its name."""
    try:
        return network.parties[find(asked)].id
    except UnknownPartyError:
        return asked


def _strangers(
    network: Network, worth: Sequence[OutsideAssets], owed: Sequence[DebtLine]
) -> tuple[Problem, ...]:
    """Companies of the files that the ledger does not know: valued, but perhaps misspelt."""
    found: dict[str, Problem] = {}
    find = finder(network)
    for company, where in [(a.company, a.where) for a in worth] + [(d.debtor, d.where) for d in owed]:
        try:
            find(company)
        except UnknownPartyError as unknown:
            said = f"{unknown}; valued as a company that nobody is stated to hold"
            found.setdefault(company, Problem(said, where, "unknown-party", "warning"))
    return tuple(found.values())
