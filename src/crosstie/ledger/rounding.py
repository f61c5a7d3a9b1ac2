"""When a printed figure and a computed one agree."""

from fractions import Fraction


def printed_step(printed: Fraction) -> Fraction:
    """The last decimal place that a number shows (its zeros at the end are not seen).

    >>> printed_step(Fraction("0.3571")), printed_step(Fraction(1326231327)), printed_step(Fraction(1, 3))
    (Fraction(1, 10000), Fraction(1, 1), Fraction(0, 1))
    """
    step = Fraction(1)
    for _ in range(20):
        if (printed / step).denominator == 1:
            return step
        step /= 10
    return Fraction(0)


def agrees(ours: Fraction, printed: Fraction, step: Fraction | None = None) -> bool:
    """Whether ours, rounded half up or cut to the printed step, is the one printed.

    >>> agrees(Fraction(1326231327, 3713998612), Fraction("0.3570")), agrees(Fraction(2, 3), Fraction("0.67"))
    (True, True)
    >>> agrees(Fraction(1, 3), Fraction("0.34"))
    False
    """
    by = printed_step(printed) if step is None else step
    if by == 0:
        return ours == printed
    below = ours / by - (ours / by) % 1
    half_up = below + (1 if (ours / by) % 1 >= Fraction(1, 2) else 0)
    return printed in {below * by, half_up * by}
