"""The nearest name, for a person who mistyped one."""

from collections.abc import Iterable


def nearest(word: str, names: Iterable[str], *, alike: float = 70.0) -> str:
    """The name most like a word, or the empty text where none is alike.

    Likeness is 100 times the normalised edit similarity (insertions, deletions and swaps).

    >>> nearest("nisan", ["nissan", "renault"]), nearest("zzz", ["nissan"])
    ('nissan', '')
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (only a mistake needs it)

    found = process.extractOne(word, list(names), scorer=fuzz.ratio, score_cutoff=alike)
    return str(found[0]) if found else ""


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """The end of a message about an unknown name.

    >>> did_you_mean("nisan", ["nissan"])
    "; did you mean 'nissan'?"
    """
    near = nearest(word, names)
    return f"; did you mean {near!r}?" if near else ""
