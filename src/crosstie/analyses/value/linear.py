"""Solve linear systems exactly, or in floating point."""

from fractions import Fraction

import numpy as np

from crosstie.analyses.value.system import Matrix


class SingularError(ArithmeticError):
    """No single solution."""


def solve(matrix: Matrix, right: Matrix) -> Matrix:
    """Solve ``matrix @ x = right``, in fractions where the matrix has them.

    Examples
    --------
    >>> import numpy as np
    >>> from fractions import Fraction as F
    >>> solve(np.array([[F(2), F(1)], [F(1), F(3)]]), np.array([F(3), F(5)])).tolist()
    [Fraction(4, 5), Fraction(7, 5)]

    Raises
    ------
    SingularError
        No single solution.
    """
    if matrix.dtype == object:
        return _eliminate(matrix.copy(), right.copy())
    try:
        found = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError as error:
        raise SingularError from error
    if not np.all(np.isfinite(found)) or np.abs(matrix @ found - right).max(initial=0) > 1e-6 * (
        1 + np.abs(right).max(initial=0)
    ):
        raise SingularError
    return np.asarray(found)


def _eliminate(matrix: Matrix, right: Matrix) -> Matrix:
    """Gauss–Jordan elimination in fractions."""
    size = len(right)
    for column in range(size):
        pivot = next((row for row in range(column, size) if matrix[row, column]), None)
        if pivot is None:
            raise SingularError
        if pivot != column:
            matrix[[column, pivot]] = matrix[[pivot, column]]
            right[[column, pivot]] = right[[pivot, column]]
        scale = Fraction(1) / matrix[column, column]
        matrix[column] = matrix[column] * scale
        right[column] *= scale
        for row in range(size):
            factor = matrix[row, column]
            if row != column and factor:
                matrix[row] = matrix[row] - factor * matrix[column]
                right[row] -= factor * right[column]
    return right
