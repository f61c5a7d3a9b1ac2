"""A name as it is compared: no case, accents or punctuation, one alphabet, its legal form apart."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from crosstie.identity.forms import in_short, split_forms, split_script

_CONNECTING = frozenset({"and", "und", "et", "og", "och", "en"})
_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "sir", "lady", "lord", "dame", "prof", "professor", "baron", "baroness"}
)
_LEVELS = frozenset({"topco", "holdco", "midco", "bidco", "newco", "finco", "opco", "propco", "parentco"})
_ROMAN = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class ReadName:
    """One reading of a name: its words in order, the legal forms that were set apart, the name as written."""

    words: tuple[str, ...]
    forms: tuple[str, ...]
    written: str

    @property
    def squeezed(self) -> str:
        """All words without spaces: "soft bank" and "softbank" are written alike."""
        return "".join(self.words)

    @property
    def sorted(self) -> tuple[str, ...]:
        """The words in the order of the alphabet."""
        return tuple(sorted(self.words))


def read_name(name: str) -> tuple[ReadName, ...]:
    """The readings of a name of a company: one, or two where ä, ö, ü may have been written ae, oe, ue.

    >>> read_name("Société Générale S.A.")[0].words, read_name("Société Générale S.A.")[0].forms
    (('societe', 'generale'), ('sa',))
    >>> [reading.squeezed for reading in read_name("Müller & Söhne GmbH")]
    ['mullersohne', 'muellersoehne']
    >>> read_name("ООО Роснефть")[0].words, read_name("日産自動車株式会社")[0].words
    (('rosneft',), ('日産自動車',))
    """
    plain = unicodedata.normalize("NFKC", name)
    bare, forms = split_script(plain) if not plain.isascii() else (plain, ())
    found = dict.fromkeys(_reading(text, forms, name) for text in _spellings(bare))
    return tuple(each for each in found if each.words)


def read_person(name: str) -> tuple[ReadName, ...]:
    """The readings of a person's name: words without titles; the order does not count when compared.

    >>> read_person("Dr. Ana María Silva")[0].words
    ('ana', 'maria', 'silva')
    """
    found = []
    for text in _spellings(unicodedata.normalize("NFKC", name)):
        words = tuple(word for word in _words(text) if word not in _TITLES)
        found.append(ReadName(words, (), name))
    return tuple(each for each in dict.fromkeys(found) if each.words)


def _spellings(name: str) -> Iterator[str]:
    yield name
    if not name.isascii() and re.search("[äöüÄÖÜ]", name):
        yield re.sub("[äöüÄÖÜ]", lambda match: {"ä": "ae", "ö": "oe", "ü": "ue"}[match[0].lower()], name)


def _reading(text: str, forms: tuple[str, ...], written: str) -> ReadName:
    words, more = split_forms(_without_the(_words(text)))
    kept = tuple(word for word in in_short(words) if word not in _CONNECTING) or words
    return ReadName(kept, tuple(sorted({*forms, *more})), written)


def _without_the(words: list[str]) -> list[str]:
    """Without the article in front, which registers also write behind: "Acme Company Limited (The)"."""
    if len(words) > 1 and words[0] == "the":
        return words[1:]
    return words[:-1] if len(words) > 1 and words[-1] == "the" else words


def _words(text: str) -> list[str]:
    """Plain words: one alphabet, no case, no points inside abbreviations, no punctuation.

    >>> _words("J.P. Morgan & Co."), _words("A/S Smith's (UK)")
    (['jp', 'morgan', 'co'], ['as', 'smiths', 'uk'])
    """
    plain = text if text.isascii() else _in_latin(text)
    plain = re.sub(r"['`´’]", "", plain.casefold())
    plain = re.sub(r"(?<=\b\w)[./](?=\w\b)|(?<=\b\w)\.(?!\w)", "", plain)  # S.A. is SA, A/S is AS
    return re.sub(r"[\W_]+", " ", plain).split()


def _in_latin(text: str) -> str:
    """Accents away, other alphabets in Latin letters; Chinese, Japanese and Korean stay as they are."""
    if _EASTERN.search(text):
        return text
    from anyascii import anyascii  # noqa: PLC0415 (only for what is not ASCII)

    return str(anyascii(text)).replace("<<", " ").replace(">>", " ")


def telling_apart(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that tell parties of one group apart: figures, single letters, Roman numerals, "bidco".

    Two names that differ in one of them are never alike, however few letters that is.

    >>> telling_apart(("fund", "ii", "2006", "a"))
    ('2006', 'a', 'ii')
    """
    return tuple(
        sorted(
            word
            for word in words
            if len(word) == 1 or word in _LEVELS or not word.isalpha() or _ROMAN.fullmatch(word)
        )
    )
