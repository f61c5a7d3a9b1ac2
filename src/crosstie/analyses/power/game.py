"""Weighted voting games: whole-number weights and a quota, nothing rounded on the way in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from crosstie.text.problem import CrosstieError

Weight = int | float | str | Fraction | Decimal


@dataclass(frozen=True, slots=True)
class Game:
    """Holders with whole votes; a coalition wins when its votes reach the quota.

    ``weights`` are the votes as given, ``units`` the same in whole numbers without a common divisor,
    and ``quota`` the fewest units that win.
    """

    holders: tuple[str, ...]
    weights: tuple[Fraction, ...]
    units: tuple[int, ...]
    quota: int

    @property
    def size(self) -> int:
        """How many holders."""
        return len(self.units)

    @property
    def total(self) -> int:
        """All units."""
        return sum(self.units)


def quota_game(quota: Weight, weights: Sequence[Weight], holders: Sequence[str] = ()) -> Game:
    """A game in which votes of at least the quota win: ``[quota; weights]``.

    Raises
    ------
    CrosstieError
        A weight that is negative or not a number, weights that sum to zero, or a quota outside
        (0, sum of weights].

    Examples
    --------
    >>> quota_game(51, [50, 30, 20]).units
    (5, 3, 2)
    >>> quota_game(51, [50, 30, 20]).quota     # 51 of 100 is 5.1 of 10: the fewest that win are 6
    6
    """
    exact = exact_weights(weights)
    needed = exact_number(quota, "the quota")
    if not 0 < needed <= sum(exact):
        raise CrosstieError(
            f"the quota {_shown(needed)} is outside (0, {_shown(sum(exact))}]: "
            "it is so many votes, at most all of them"
        )
    units, scale = _units(exact)
    return Game(_names(holders, exact), exact, units, math.ceil(needed * scale))


def majority_game(weights: Sequence[Weight], *, quota: Weight = 0.5, holders: Sequence[str] = ()) -> Game:
    """A game in which more than a part of all votes wins; with a quota of 1, all of them.

    Raises
    ------
    CrosstieError
        As :func:`quota_game`; the quota is a part in (0, 1].

    Examples
    --------
    >>> majority_game([50, 30, 20]).quota      # more than 5 of 10
    6
    """
    exact = exact_weights(weights)
    part = check_part(quota)
    units, _ = _units(exact)
    total = sum(units)
    return Game(_names(holders, exact), exact, units, min(math.floor(part * total) + 1, total))


def check_part(quota: Weight) -> Fraction:
    """A quota as a part of all votes, in (0, 1].

    Raises
    ------
    CrosstieError
        Not a number, or outside.
    """
    part = exact_number(quota, "the quota")
    if not 0 < part <= 1:
        raise CrosstieError(
            f"the quota {_shown(part)} is outside (0, 1]: it is a part of all votes, such as 0.5"
        )
    return part


def exact_weights(weights: Sequence[Weight]) -> tuple[Fraction, ...]:
    """Weights as exact numbers; a float counts as the shortest decimal that prints it.

    Raises
    ------
    CrosstieError
        None, a negative one, one that is no number, or all zero.

    Examples
    --------
    >>> exact_weights([0.1, 2])
    (Fraction(1, 10), Fraction(2, 1))
    """
    if not weights:
        raise CrosstieError("no weights: give at least one, such as 50,20,21")
    exact = tuple(exact_number(weight, f"weight {i}") for i, weight in enumerate(weights, 1))
    for i, weight in enumerate(exact, 1):
        if weight < 0:
            raise CrosstieError(f"weight {i} is negative: {_shown(weight)}; votes are zero or more")
    if not sum(exact):
        raise CrosstieError("the weights sum to zero: nobody has a vote")
    return exact


def exact_number(value: Weight, what: str) -> Fraction:
    """One finite number, exactly.

    Raises
    ------
    CrosstieError
        Infinite, or no number; the message names what it was for.
    """
    try:
        return Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    except (ValueError, OverflowError, TypeError, ZeroDivisionError) as error:
        raise CrosstieError(f"{what} is not a number: {value!r}") from error


def _units(exact: tuple[Fraction, ...]) -> tuple[tuple[int, ...], Fraction]:
    """Whole numbers without a common divisor, and what one vote is worth in them."""
    denominator = math.lcm(*(weight.denominator for weight in exact))
    whole = [int(weight * denominator) for weight in exact]
    divisor = math.gcd(*whole)
    return tuple(w // divisor for w in whole), Fraction(denominator, divisor)


def _names(holders: Sequence[str], exact: Sequence[Fraction]) -> tuple[str, ...]:
    if holders and len(holders) != len(exact):
        raise CrosstieError(f"{len(holders)} holders but {len(exact)} weights")
    return tuple(holders) or tuple(str(i) for i in range(1, len(exact) + 1))


def _shown(number: Fraction | int) -> str:
    return str(number) if Fraction(number).denominator == 1 else f"{float(number):g}"
