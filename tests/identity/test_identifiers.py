"""Identifiers in one spelling; check digits compared with python-stdnum, which was written by others."""

import random
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosstie.identity.identifiers import SCHEMES, Known, conflict, doubled, known, scheme_of, wrong
from crosstie.ledger.statements import Identifier

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digits(rnd, length):
    return "".join(rnd.choices("0123456789", k=length))


def letters(rnd, length):
    return "".join(rnd.choices(LETTERS, k=length))


ORACLES = [
    ("LEI", "lei", lambda rnd: letters(rnd, 18) + digits(rnd, 2)),
    ("ISIN", "isin", lambda rnd: rnd.choice(("US", "GB", "FR", "JP")) + letters(rnd, 9) + digits(rnd, 1)),
    ("CUSIP", "cusip", lambda rnd: letters(rnd, 8) + digits(rnd, 1)),
    ("FR-SIREN", "fr.siren", lambda rnd: digits(rnd, 9)),
    ("DK-CVR", "dk.cvr", lambda rnd: rnd.choice("123456789") + digits(rnd, 7)),
    ("NO-BRC", "no.orgnr", lambda rnd: digits(rnd, 9)),
    ("SE-ON", "se.orgnr", lambda rnd: digits(rnd, 10)),
    ("FI-PRO", "fi.ytunnus", lambda rnd: digits(rnd, 8)),
    ("CH-UID", "ch.uid", lambda rnd: "CHE" + digits(rnd, 9)),
    ("CZ-ICO", "cz.dic", lambda rnd: digits(rnd, 8)),
    ("RU-INN", "ru.inn", lambda rnd: digits(rnd, 10)),
    ("RU-OGRN", "ru.ogrn", lambda rnd: digits(rnd, 13)),
    ("AU-ABN", "au.abn", lambda rnd: digits(rnd, 11)),
    ("JP-JCN", "jp.cn", lambda rnd: digits(rnd, 13)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "module", "make"), ORACLES, ids=[each[0] for each in ORACLES])
def test_check_digits_are_those_of_another_implementation(name, module, make):
    theirs = import_module(f"stdnum.{module}")
    scheme = next(each for each in SCHEMES if each.name == name)
    rnd = random.Random(name)
    values = [make(rnd) for _ in range(6000)]
    ours = [bool(scheme.read(value)) for value in values]
    assert ours == [theirs.is_valid(value) for value in values]
    assert 20 < sum(ours) < 2000  # both kinds were among them


def test_a_belgian_number_that_we_take_is_one():
    from stdnum.be import vat  # noqa: PLC0415 (an oracle)

    scheme = scheme_of("KBO")
    rnd = random.Random(1)
    taken = [
        value for value in (rnd.choice("01") + digits(rnd, 9) for _ in range(20_000)) if scheme.read(value)
    ]
    assert len(taken) > 100
    assert all(vat.is_valid(value) for value in taken)  # theirs also takes check digits above 97


@pytest.mark.parametrize(
    ("scheme", "value", "told"),
    [
        ("XI-LEI", "969500F7JLTX36OUI695", "LEI 969500F7JLTX36OUI695"),
        ("Global Legal Entity Identifier Index", "9695 00f7 jltx 36ou i695", "LEI 969500F7JLTX36OUI695"),
        ("leiCode", "LEI:969500F7JLTX36OUI695", "LEI 969500F7JLTX36OUI695"),
        ("Companies House", "31014", "GB-COH 00031014"),
        ("GB-COH", "GB-COH-00031014", "GB-COH 00031014"),
        ("RA000585", "sc84330", "GB-COH SC084330"),
        ("OpenCorporates", "https://opencorporates.com/companies/gb/00031014", "GB-COH 00031014"),
        ("opencorporatesUrl", "opencorporates.com/companies/fr/780129987", "FR-SIREN 780129987"),
        ("FR-RCS", "RCS Nanterre 780 129 987", "FR-SIREN 780129987"),
        ("SIRET", "78012998700023", "FR-SIREN 780129987"),
        ("DK-CVR", "DK 24256790", "DK-CVR 24256790"),
        ("RA000549", "CHE-113.039.621", "None"),  # a list whose name we do not know joins nobody
        ("CH-UID", "CHE‑113.039.621", "CH-UID CHE113039621"),
        ("SEC CIK", "320193", "CIK 0000320193"),
        ("registration number", "00031014", "None"),
        ("OpenCorporates", "https://opencorporates.com/companies/us_de/123", "None"),
    ],
)
def test_one_scheme_under_many_names_and_one_value_in_many_spellings(scheme, value, told):
    assert str(known(Identifier(scheme=scheme, value=value))) == told


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("LEI", "969500F7JLTX36OUI696"),
        ("LEI", ""),
        ("GB-COH", "n/a"),
        ("GB-COH", "00000000"),
        ("ISIN", "٣٤"),
        ("DK-CVR", "²"),
    ],
)
def test_a_value_that_is_none_joins_nobody_and_is_told(scheme, value):
    each = Identifier(scheme=scheme, value=value)
    assert known(each) is None
    assert wrong(each).startswith(f"{value!r} is no {scheme}: ")


@given(st.text(max_size=30), st.text(max_size=40))
def test_any_text_is_read_or_refused(scheme, value):
    found = known(Identifier(scheme=scheme, value=value))
    assert found is None or found.value


@given(st.sampled_from(SCHEMES), st.text(alphabet=LETTERS, max_size=24))
def test_a_value_in_one_spelling_is_read_as_itself(scheme, value):
    once = scheme.read(value)
    assert not once or scheme.read(once) == once


def test_every_name_means_one_scheme():
    names = [name for each in SCHEMES for name in (each.name, *each.aliases)]
    assert all(scheme_of(name).name == each.name for each in SCHEMES for name in (each.name, *each.aliases))
    assert len({name.casefold() for name in names}) == len(names)
    assert all(each.reference for each in SCHEMES)


def test_two_isins_are_no_conflict_and_two_leis_are():
    one, other = Known("ISIN", "US0378331005"), Known("ISIN", "JP3672400003")
    assert conflict([one], [other]) is None
    assert doubled([one, other]) is None
    first, second = Known("LEI", "A"), Known("LEI", "B")
    assert conflict([first], [second]) == (first, second)
    assert conflict([first, second], [second]) is None
    assert doubled([second, first]) == (first, second)
