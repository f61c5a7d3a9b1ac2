"""Check digits of identifiers, as their standards define them: small, exact, told apart by name.

The widely used library for these, python-stdnum, is under the LGPL; the tests compare every function with it.
"""

from collections.abc import Sequence


def digits_of(text: str) -> str:
    """Letters as two digits (A is 10, Z is 35), digits as they are.

    >>> digits_of("5493Z")
    '549335'
    """
    return "".join(str(int(character, 36)) for character in text)


def mod_97_10(text: str) -> bool:
    """ISO/IEC 7064 MOD 97-10, by which an LEI (ISO 17442) ends.

    >>> mod_97_10("969500F7JLTX36OUI695"), mod_97_10("969500F7JLTX36OUI696")
    (True, False)
    """
    return int(digits_of(text)) % 97 == 1


def luhn(digits: str) -> bool:
    """The Luhn formula over digits, the last of which is the check digit.

    >>> luhn("780129987"), luhn("780129986")
    (True, False)
    """
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def cusip(text: str) -> bool:
    """A CUSIP's last digit: every second value doubled, the digits of all added, from ten.

    >>> cusip("037833100")
    True
    """
    values = [int(character, 36) * (2 if place % 2 else 1) for place, character in enumerate(text[:8])]
    return (10 - sum(value // 10 + value % 10 for value in values) % 10) % 10 == int(text[8])


def weighted(digits: str, weights: Sequence[int], modulus: int) -> int:
    """The remainder of digits times weights.

    >>> weighted("24256790", (2, 7, 6, 5, 4, 3, 2, 1), 11)
    0
    """
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % modulus


def mod_11(digits: str, weights: Sequence[int]) -> bool:
    """The last digit is 11 less the weighted remainder of the others (11 is 0, 10 is no digit).

    >>> mod_11("923609016", (3, 2, 7, 6, 5, 4, 3, 2))
    True
    """
    return (11 - weighted(digits[:-1], weights, 11)) % 11 == int(digits[-1])
