"""Clearing: what is paid on debts, and what shares are worth, when companies hold and owe each other."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from crosstie.analyses.power.game import Weight, exact_number
from crosstie.analyses.value.linear import SingularError, solve
from crosstie.analyses.value.result import Values
from crosstie.analyses.value.system import Matrix, System
from crosstie.text.problem import CrosstieError

_NEAR = 1e-12  # relative: below it a float is not yet a shortfall


@dataclass(frozen=True, slots=True)
class Recovery:
    """What bankruptcy leaves: a part of outside assets, and a part of what others pay and are worth."""

    outside: Fraction = Fraction(1)
    inside: Fraction = Fraction(1)

    @classmethod
    def of(cls, outside: Weight = 1, inside: Weight = 1) -> "Recovery":
        """Read two parts in [0, 1].

        Raises
        ------
        CrosstieError
            Not numbers, or outside.
        """
        parts = exact_number(outside, "the recovered part"), exact_number(inside, "the recovered part")
        for part in parts:
            if not 0 <= part <= 1:
                raise CrosstieError(f"the recovered part {float(part):g} is outside [0, 1]")
        return cls(*parts)


NO_COSTS = Recovery()


def clear(system: System, recovery: Recovery = NO_COSTS) -> Values:
    r"""Clear all debts at once: the greatest payments and equities that are consistent.

    With :math:`A_i = a_i + \sum_j C_{ij} v_j + \text{payments to } i`, a company that can pays all; otherwise its
    debts are paid rank by rank from :math:`\alpha a_i + \beta (A_i - a_i)`; equity is :math:`(A_i - D_i)^+`. One
    rank, no shares: Eisenberg–Noe; with α, β: Rogers–Veraart; shares: Suzuki; ranks and shares: Fischer,
    Elsinger. Found by fictitious defaults: all are taken as solvent, those who cannot pay fall by
    a rank, and the rest is solved as a linear complementarity problem, until nobody falls.

    Raises
    ------
    CrosstieError
        Companies that hold all of each other leave their value open.

    Examples
    --------
    >>> from crosstie.analyses.value.system import Debt, make_system
    >>> debts = [Debt("a", "b", Fraction(20)), Debt("b", "a", Fraction(5)), Debt("b", "", Fraction(5))]
    >>> found = clear(make_system(["a", "b"], {"a": 10, "b": 0}, {}, debts))
    >>> [float(p) for p in found.paid[0]], found.in_default
    ([15.0, 10.0], (True, False))

    References
    ----------
    Eisenberg & Noe (2001), Management Science 47; Suzuki (2002), Journal of Economic Dynamics and
    Control 26; Elsinger (2009), OeNB Working Paper 156; Rogers & Veraart (2013), Management Science 59;
    Fischer (2014), Mathematical Finance 24.
    """
    books = _Books.of(system, recovery)
    states = np.full(system.size, len(books.due))
    while True:
        equity, paid = books.settle(states)
        falls = books.short(states, equity, paid)
        if not falls.any():
            break
        states[falls] -= 1
    lost = books.lost(states, equity, paid)
    return Values(system, equity, tuple(paid), tuple((states < len(books.due)).tolist()), lost)


@dataclass(frozen=True, slots=True)
class _Books:
    """All claims of a system: ``due[s][i]`` at rank *s*, ``share[s][i, j]`` the part of it owed to *j*."""

    system: System
    recovery: tuple[Any, Any]
    due: tuple[Matrix, ...]
    share: tuple[Matrix, ...]

    @classmethod
    def of(cls, system: System, recovery: Recovery) -> "_Books":
        due = tuple(o.sum(axis=1) + x for o, x in zip(system.owed, system.owed_outside, strict=True))
        share = tuple(
            np.array([row / d if d else row for row, d in zip(o, total, strict=True)], dtype=o.dtype).reshape(
                o.shape
            )
            for o, total in zip(system.owed, due, strict=True)
        )
        parts = (recovery.outside, recovery.inside)
        exact = system.assets.dtype == object
        return cls(system, parts if exact else (float(parts[0]), float(parts[1])), due, share)

    def due_before(self, rank: int) -> Matrix:
        """Per company, what ranks before this one."""
        total = self.system.assets * 0
        for due in self.due[:rank]:
            total = total + due
        return total

    def income(self, equity: Matrix, paid: list[Matrix]) -> Matrix:
        """What comes from shares in others and from their debts."""
        total = self.system.held @ equity
        for share, payment in zip(self.share, paid, strict=True):
            total = total + share.T @ payment
        return np.asarray(total)

    def settle(self, states: "np.ndarray") -> tuple[Matrix, list[Matrix]]:
        """Solve for one unknown per company: equity of the solvent, else the payment at its own rank.

        Ranks before are paid in full, ranks after get nothing. The unknowns are positive parts of
        linear functions that only grow with each other: the least solution grows from nothing.
        """
        ranks = len(self.due)
        solvent = states == ranks
        sure = [np.where(states > s, due, due * 0) for s, due in enumerate(self.due)]
        flow = np.where(solvent[None, :], self.system.held, self.system.held * 0)
        for s, share in enumerate(self.share):
            flow = flow + np.where((states == s)[None, :], share.T, share.T * 0)
        before = self.system.assets * 0
        for s in range(ranks + 1):
            before = np.where(states == s, self.due_before(s), before)
        keep_outside, keep_inside = (np.where(solvent, 1, part) for part in self.recovery)
        base = keep_outside * self.system.assets + keep_inside * self.income(before * 0, sure)
        own = _positive_parts(keep_inside[:, None] * flow, base - before)
        return np.where(solvent, own, own * 0), [
            np.where(states == s, own, paid) for s, paid in enumerate(sure)
        ]

    def short(self, states: "np.ndarray", equity: Matrix, paid: list[Matrix]) -> "np.ndarray":
        """Who cannot pay what its state says: all its debts, or all ranks before its own."""
        income = self.income(equity, paid)
        ranks = len(self.due)
        kept_outside, kept_inside = self.recovery
        falls = np.zeros(len(states), np.bool_)
        for s in range(1, ranks + 1):
            here = states == s
            at_hand = self.system.assets + income
            if s < ranks:
                at_hand = self.system.assets * kept_outside + income * kept_inside
            needed = self.due_before(s)
            slack = 0 if at_hand.dtype == object else _NEAR * (1 + np.abs(needed))
            falls |= here & np.asarray(at_hand < needed - slack, dtype=np.bool_)
        return falls

    def lost(self, states: "np.ndarray", equity: Matrix, paid: list[Matrix]) -> Matrix:
        """What bankruptcy costs each company."""
        income = self.income(equity, paid)
        cost = self.system.assets * (1 - self.recovery[0]) + income * (1 - self.recovery[1])
        return np.asarray(np.where(states < len(self.due), cost, cost * 0))


def _positive_parts(flow: Matrix, base: Matrix) -> Matrix:
    """The least solution of ``x = max(0, base + flow @ x)`` for flow that is not negative.

    Those above zero are solved as equations; the set only grows, so this ends within n rounds.
    """
    found = base * 0
    inside = np.zeros(len(base), np.bool_)
    while True:
        more = ~inside & np.asarray(base + flow @ found > 0, dtype=np.bool_)
        if not more.any():
            return found
        inside |= more
        at = np.nonzero(inside)[0]
        matrix = np.eye(len(at), dtype=flow.dtype) - flow[np.ix_(at, at)]
        try:
            found[at] = solve(matrix, base[at])
        except SingularError as error:
            raise CrosstieError(
                "companies that hold or owe all of themselves leave their value open"
            ) from error
