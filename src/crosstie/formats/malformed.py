"""A record that is not what its format says: one line, whatever Python calls the mistake."""

import re

from crosstie.text.problem import Place, Problem, cited, shortened

MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What reading a record of another shape can raise; anything else is a mistake of ours."""

_LONGEST = 200
# Python's own words, which say nothing to who made the file
_PYTHON = re.compile(
    r"object is not|object has no|unhashable|unsupported operand|indices must be|not supported between|"
    r"can only concatenate|argument|expected str|not all arguments|cannot unpack|must be str|to unpack"
)


def malformed(what: str, error: Exception, where: Place, kind: str) -> Problem:
    """The problem of a record that is skipped.

    >>> print(malformed("PSC record", KeyError("kind"), Place("a.jsonl", 3), "psc"))
    a.jsonl:3: not a PSC record: 'kind' is missing: skipped
    """
    return Problem(f"not {_article(what)} {what}: {reason(error)}: skipped", where, kind)


def _article(what: str) -> str:
    return "an" if what[0] in "AEIOUO" else "a"


def reason(error: Exception) -> str:
    r"""What is wrong, in one short line.

    >>> reason(ValueError("no\nsuch day")), reason(TypeError("'int' object is not iterable"))
    ('no such day', 'a value of another kind than the format has')
    """
    if isinstance(error, KeyError):
        return f"{cited(str(error.args[0]) if error.args else '')} is missing"
    if isinstance(error, LookupError) and "encoding" in str(error):
        return "an encoding that there is not; save the file as UTF-8"
    if isinstance(error, UnicodeError):
        return "a text with half a character in it (a surrogate without its other half)"
    if isinstance(error, RecursionError):
        return "nested too deeply to be read"
    said = shortened(str(error), _LONGEST)
    if not isinstance(error, TypeError | ValueError) or _PYTHON.search(said) or not said:
        return "a value of another kind than the format has"
    return said
