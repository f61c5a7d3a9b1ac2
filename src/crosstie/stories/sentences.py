"""Sentences by their offsets, split by syntok (Leitner; MIT), kept whole where a company's legal form ends in a dot."""

import re
from collections.abc import Iterator

_ABBREVIATED = re.compile(
    r"(?:\b(?:Sp|Inc|Co|Corp|Ltd|Bros|Cos|Mr|Mrs|Ms|Dr|St|No|vs|Jr|Sr|approx|[A-Z])|\b[A-Z](?:\.[A-Za-z])+)\.$"
)
_CONTINUES = re.compile(r"[a-z(]|(?:Co|Ltd|Inc|de C\.V)\b")


def split_sentences(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences between two offsets.

    >>> text = "Alfa Co. bought Beta S.A. in May. It paid cash."
    >>> [text[a:b] for a, b in split_sentences(text, 0, len(text))]
    ['Alfa Co. bought Beta S.A. in May.', 'It paid cash.']
    """
    joined: list[tuple[int, int]] = []
    for first, last in _split(text[start:end]):
        span = (start + first, start + last)
        if joined and _belongs(text, joined[-1], span):
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return tuple(joined)


def _split(text: str) -> Iterator[tuple[int, int]]:
    from syntok import segmenter  # noqa: PLC0415 (start-up of other commands)

    for paragraph in segmenter.analyze(text):
        for sentence in paragraph:
            yield sentence[0].offset, sentence[-1].offset + len(sentence[-1].value)


def _belongs(text: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    if before[1] == after[0] and text[after[0]].isalnum():
        return True  # no space: "S.p.A." was cut inside
    return bool(
        _ABBREVIATED.search(text[before[0] : before[1]]) and _CONTINUES.match(text[after[0] : after[1]])
    )
