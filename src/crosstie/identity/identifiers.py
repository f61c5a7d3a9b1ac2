"""Schemes of identifiers that are one under several names, and their values in one spelling.

A scheme is in the table only where one value names one party, whoever writes it: these join parties. An
identifier of any other scheme ("registration number", a tax number of an unnamed office) is a hint for a
person and joins nothing. Names follow org-id.guide, whose page of a list is ``https://org-id.guide/list/NAME``.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from crosstie.identity import check_digits
from crosstie.ledger.statements import Identifier

Read = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A list of parties: its name, what else it is called, how a value is read, who says so.

    ``read`` gives the value in one spelling, or the empty text where it is none of this list.
    ``one_each`` says that a party has one value of it, so that two different ones are two parties.
    """

    name: str
    aliases: tuple[str, ...]
    read: Read
    reference: str
    one_each: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """An identifier in one spelling: comparable with any other of the same scheme."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


def _like(pattern: str, check: Callable[[str], bool] = bool) -> Read:
    """Values of a pattern, without regard to case and to anything but letters and digits, that pass a check."""
    matcher = re.compile(pattern, re.ASCII)

    def read(text: str) -> str:
        plain = re.sub(r"[\W_]+", "", text).upper()
        return plain if matcher.fullmatch(plain) and check(plain) else ""

    return read


def _numbers(length: int, check: Callable[[str], bool] = bool, *, shortest: int = 0) -> Read:
    """Digits of a length, with zeros in front where they were lost."""

    def read(text: str) -> str:
        digits = re.sub(r"[\W_]+", "", text)
        if not digits.isascii() or not digits.isdigit() or not (shortest or length) <= len(digits) <= length:
            return ""
        padded = digits.zfill(length)
        return padded if check(padded) else ""

    return read


def _british(text: str) -> str:
    """A company number: eight digits, or two letters and six; lost zeros come back.

    >>> _british("1234567"), _british("sc84330"), _british("12-34"), _british("none")
    ('01234567', 'SC084330', '00001234', '')
    """
    match = re.fullmatch(r"([A-Z]{0,2}|R0)(\d{1,8})", re.sub(r"[\W_]+", "", text).upper(), re.ASCII)
    if not match or len(match[1]) == 1:
        return ""
    number = match[2].lstrip("0").zfill(8 - len(match[1]))
    return match[1] + number if len(number) == 8 - len(match[1]) and number.strip("0") else ""


def _french(text: str) -> str:
    """A SIREN, out of a SIREN, a SIRET or "RCS Paris 780 129 987"."""
    digits = re.sub(r"\D", "", text)
    return digits[:9] if len(digits) in {9, 14} and check_digits.luhn(digits[:9]) else ""


def _prefixed(prefix: str, read: Read) -> Read:
    return lambda text: read(re.sub(rf"^\W*{prefix}\W*", "", text.strip(), flags=re.IGNORECASE))


def _belgian(digits: str) -> bool:
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


def _australian(digits: str) -> bool:
    if digits[0] == "0":
        return False
    less_one = str(int(digits[0]) - 1) + digits[1:]
    return check_digits.weighted(less_one, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19), 89) == 0


def _russian(digits: str) -> bool:
    return check_digits.weighted(digits[:9], (2, 4, 10, 3, 5, 9, 4, 6, 8), 11) % 10 == int(digits[9])


def _japanese(digits: str) -> bool:
    return 9 - check_digits.weighted(digits[1:], (2, 1) * 6, 9) == int(digits[0])


def _czech(digits: str) -> bool:
    right = (11 - check_digits.weighted(digits[:7], (8, 7, 6, 5, 4, 3, 2), 11)) % 10
    return digits[0] != "9" and right == int(digits[7])


def _isin(text: str) -> bool:
    return check_digits.luhn(check_digits.digits_of(text))


def _danish(digits: str) -> bool:
    return check_digits.weighted(digits, (2, 7, 6, 5, 4, 3, 2, 1), 11) == 0


def _norwegian(digits: str) -> bool:
    return check_digits.mod_11(digits, (3, 2, 7, 6, 5, 4, 3, 2))


def _swiss(text: str) -> bool:
    return check_digits.mod_11(text[3:], (5, 4, 3, 2, 7, 6, 5, 4))


def _finnish(digits: str) -> bool:
    return check_digits.mod_11(digits, (7, 9, 10, 5, 8, 4, 2))


_ORG_ID = "https://org-id.guide/list/"
_RA = "https://www.gleif.org/en/about-lei/code-lists/gleif-registration-authorities-list"

SCHEMES: tuple[Scheme, ...] = (
    Scheme("LEI", ("XI-LEI", "leiCode", "LEI code", "Legal Entity Identifier", "Global Legal Entity Identifier Index"),
           _like(r"[0-9A-Z]{18}[0-9]{2}", check_digits.mod_97_10), "ISO 17442-1:2020; https://org-id.guide/list/XI-LEI"),
    Scheme("ISIN", ("isinCode", "ISIN code", "International Securities Identification Number"),
           _like(r"[A-Z]{2}[0-9A-Z]{9}[0-9]", _isin), "ISO 6166:2021", one_each=False),
    Scheme("CUSIP", (), _like(r"[0-9A-Z]{8}[0-9]", check_digits.cusip), "https://www.cusip.com/identifiers.html", one_each=False),
    Scheme("CIK", ("US-SEC-CIK", "Central Index Key", "SEC CIK"), _numbers(10, shortest=1),
           "https://www.sec.gov/search-filings/cik-lookup", one_each=False),
    Scheme("GB-COH", ("Companies House", "UK company number", "RA000585", "RA000586", "RA000587"), _british,
           f"{_ORG_ID}GB-COH; {_RA}"),
    Scheme("FR-SIREN", ("FR-RCS", "SIREN", "SIRET", "FR-INSEE", "RA000189", "RA000192"), _french, f"{_ORG_ID}FR-RCS; {_RA}"),
    Scheme("DK-CVR", ("CVR", "Danish Central Business Register", "RA000170"), _prefixed("DK", _numbers(8, _danish)),
           f"{_ORG_ID}DK-CVR; {_RA}"),
    Scheme("NO-BRC", ("NO-ORG", "Brønnøysundregistrene"), _numbers(9, _norwegian), f"{_ORG_ID}NO-BRC"),
    Scheme("SE-ON", ("SE-BLV", "Organisationsnummer", "RA000544"), _numbers(10, check_digits.luhn), f"{_ORG_ID}SE-ON; {_RA}"),
    Scheme("FI-PRO", ("Y-tunnus", "Finnish Business ID"), _numbers(8, _finnish), f"{_ORG_ID}FI-PRO"),
    Scheme("NL-KVK", ("KvK", "Kamer van Koophandel", "RA000463"), _numbers(8, shortest=7), f"{_ORG_ID}NL-KVK; {_RA}"),
    Scheme("BE-BCE_KBO", ("BE-KBO", "KBO", "BCE"), _prefixed("BE", _numbers(10, _belgian, shortest=9)), f"{_ORG_ID}BE-BCE_KBO"),
    Scheme("CH-UID", ("Swiss UID",), _like(r"CHE[0-9]{9}", _swiss), "https://www.uid.admin.ch"),
    Scheme("LU-RCS", ("RA000432",), _like(r"B[0-9]{1,6}"), f"{_ORG_ID}LU-RCS; {_RA}"),
    Scheme("IE-CRO", ("RA000402",), _numbers(6, shortest=4), f"{_ORG_ID}IE-CRO; {_RA}"),
    Scheme("CZ-ICO", ("RA000163",), _numbers(8, _czech, shortest=6), f"{_ORG_ID}CZ-ICO; {_RA}"),
    Scheme("PL-KRS", ("KRS",), _numbers(10, shortest=5), f"{_ORG_ID}PL-KRS"),
    Scheme("RU-INN", ("INN", "innCode"), _numbers(10, _russian), f"{_ORG_ID}RU-INN"),
    Scheme("RU-OGRN", ("OGRN", "ogrnCode"), _like(r"[1-9][0-9]{12}", lambda text: int(text[:12]) % 11 % 10 == int(text[12])),
           f"{_ORG_ID}RU-OGRN"),
    Scheme("AU-ABN", ("ABN", "Australian Business Register"), _numbers(11, _australian), f"{_ORG_ID}AU-ABN"),
    Scheme("JP-JCN", ("Corporate Number Japan", "法人番号"), _numbers(13, _japanese), f"{_ORG_ID}JP-JCN"),
    Scheme("US-SAM", ("UEI", "US-UEI"), _like(r"[0-9A-Z]{12}"), f"{_ORG_ID}US-SAM", one_each=False),
    Scheme("ICIJ", (), _numbers(12, shortest=1), "https://offshoreleaks.icij.org/pages/database"),
)  # fmt: skip
"""The schemes in which one value names one party. A party may have several ISINs, CUSIPs, CIKs and UEIs."""


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


_BY_NAME = MappingProxyType({_plain(name): each for each in SCHEMES for name in (each.name, *each.aliases)})
_ONE_EACH = frozenset(each.name for each in SCHEMES if each.one_each)
_OPEN_CORPORATES = re.compile(r"(?:https?://)?opencorporates\.com/companies/(\w+)/([^/?#\s]+)", re.IGNORECASE)
_OF_COUNTRY = MappingProxyType(
    {"gb": "GB-COH", "fr": "FR-SIREN", "dk": "DK-CVR", "no": "NO-BRC", "nl": "NL-KVK", "be": "BE-BCE_KBO",
     "fi": "FI-PRO", "se": "SE-ON", "ch": "CH-UID", "lu": "LU-RCS", "cz": "CZ-ICO", "pl": "PL-KRS", "ie": "IE-CRO"}
)  # fmt: skip
"""Whose numbers OpenCorporates uses in a country's addresses (https://opencorporates.com/registers)."""


def known(identifier: Identifier) -> Known | None:
    """An identifier in one spelling; ``None`` where its scheme joins nobody, or the value is none of it.

    >>> str(known(Identifier(scheme="Companies House", value="1234567")))
    'GB-COH 01234567'
    >>> str(known(Identifier(scheme="OpenCorporates", value="https://opencorporates.com/companies/gb/SC84330")))
    'GB-COH SC084330'
    >>> print(known(Identifier(scheme="registration number", value="1234567")))
    None
    """
    scheme, text = scheme_of(identifier.scheme), identifier.value
    address = _OPEN_CORPORATES.fullmatch(text.strip())
    if address:
        scheme, text = scheme_of(_OF_COUNTRY.get(address[1].lower(), "")), address[2]
    if scheme is None:
        return None
    value = scheme.read(_without_name(scheme, text))
    return Known(scheme.name, value) if value else None


def scheme_of(name: str) -> Scheme | None:
    """The scheme that a name means, whatever its case and punctuation.

    >>> scheme_of("xi-lei").name, scheme_of("KvK").name, scheme_of("internal number")
    ('LEI', 'NL-KVK', None)
    """
    return _BY_NAME.get(_plain(name)) if name else None


def _without_name(scheme: Scheme, text: str) -> str:
    """``GB-COH-01234567`` and ``LEI:…`` are written with the list's own name."""
    for name in (scheme.name, *scheme.aliases):
        if (
            len(name) > 2
            and text[: len(name)].casefold() == name.casefold()
            and text[len(name) :][:1] in "-: "
        ):
            return text[len(name) + 1 :]
    return text


def wrong(identifier: Identifier) -> str:
    """What is wrong with a value of a scheme that we know, or nothing.

    >>> wrong(Identifier(scheme="LEI", value="969500F7JLTX36OUI696"))
    "'969500F7JLTX36OUI696' is no LEI: its form or its check digits are wrong"
    """
    scheme = scheme_of(identifier.scheme)
    if scheme is None or known(identifier) is not None:
        return ""
    return f"{identifier.value!r} is no {scheme.name}: its form or its check digits are wrong"


def conflict(one: Iterable[Known], other: Iterable[Known]) -> tuple[Known, Known] | None:
    """Two different values of a scheme of which a party has one; ``None`` where the two may be one party.

    >>> from crosstie.identity.identifiers import Known
    >>> conflict([Known("DK-CVR", "24256790")], [Known("DK-CVR", "61056416")]) is None
    False
    """
    mine: dict[str, set[Known]] = {}
    for each in one:
        mine.setdefault(each.scheme, set()).add(each)
    for scheme in sorted(mine.keys() & {each.scheme for each in other} & _ONE_EACH):
        theirs = {each for each in other if each.scheme == scheme}
        if not mine[scheme] & theirs:
            return min(mine[scheme]), min(theirs)
    return None


def doubled(held: Iterable[Known]) -> tuple[Known, Known] | None:
    """Two values of a scheme of which a party has one, or ``None``."""
    first: dict[str, Known] = {}
    for each in sorted(set(held)):
        if each.scheme in _ONE_EACH and first.setdefault(each.scheme, each) != each:
            return first[each.scheme], each
    return None
