"""Small exact arithmetic over ledger figures: ``100242900 / outstanding('nissan')``."""

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from crosstie.ledger.amounts import parse_number

Figure = Callable[[str, tuple[str, ...]], Fraction]

_OPERATIONS: Mapping[type, Callable[[Fraction, Fraction], Fraction]] = MappingProxyType(
    {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
)
LONGEST = 500
_GRAMMAR = "numbers, + - * / ( ) and figures such as issued('nissan') or of_issued('nissan', 'renault')"


def evaluate(formula: str, figure: Figure) -> Fraction:
    """The value of a formula; ``figure`` gives a named one its value from the ledger.

    >>> evaluate("(280690000 - 99132100) / 100", lambda name, parties: Fraction(0))
    Fraction(1815579, 1)

    Raises
    ------
    ValueError
        Something else stands in it, or it divides by nothing; the message says what may stand.
    """
    if len(formula) > LONGEST:
        raise ValueError(f"the formula has {len(formula)} characters; at most {LONGEST} are read")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"not a formula: {formula!r}; write {_GRAMMAR}") from error
    return _value(tree.body, formula, figure)


def _value(node: ast.expr, formula: str, figure: Figure) -> Fraction:
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return parse_number(ast.get_source_segment(formula.strip(), node) or "")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, formula, figure)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATIONS:
            one, other = _value(left, formula, figure), _value(right, formula, figure)
            if isinstance(sign, ast.Div) and other == 0:
                raise ValueError(f"division by zero in {formula!r}")
            return _OPERATIONS[type(sign)](one, other)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return figure(name, tuple(_text(each, formula) for each in arguments))
        case _:
            raise ValueError(f"{ast.unparse(node)!r} may not stand in a formula; write {_GRAMMAR}")


def _text(node: ast.expr, formula: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"a party stands in quotes in {formula!r}, such as issued('nissan')")
