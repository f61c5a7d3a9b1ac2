"""Names as they are compared: spellings of one legal form, alphabets, articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosstie.identity.forms import FORMS, in_short, split_forms
from crosstie.identity.names import read_name, read_person, telling_apart

ALIKE = [
    ("Nissan Motor Co., Ltd.", "NISSAN MOTOR COMPANY LIMITED"),
    ("Société Générale S.A.", "SOCIETE GENERALE SA"),
    ("Volkswagen Aktiengesellschaft", "VOLKSWAGEN AG"),
    ("A.P. Møller - Mærsk A/S", "AP Moller-Maersk AS"),
    ("株式会社東芝", "東芝（株）"),
    ("Kabushiki Kaisha Toshiba", "Toshiba K.K."),
    ("ПАО «Газпром»", "PAO Gazprom"),
    ("Публичное акционерное общество Газпром", "Gazprom PJSC"),
    ("Robert Bosch Gesellschaft mit beschränkter Haftung", "Robert Bosch GmbH"),
    ("Meyer GmbH & Co. KG", "MEYER GMBH UND CO KG"),
    ("GE Financing (Luxembourg) S.à r.l.", "GE FINANCING LUXEMBOURG SARL"),
    ("DAILY MAIL AND GENERAL TRUST P L C", "Daily Mail & General Trust plc"),
    ("AB Volvo", "Volvo Aktiebolag"),
    ("The Acme Company Limited", "Acme Company Limited (The)"),
    ("Acme Sp. z o.o.", "ACME SPÓŁKA Z OGRANICZONĄ ODPOWIEDZIALNOŚCIĄ"),
    ("Straße & Söhne AG", "Strasse und Soehne AG"),
    ("SEI Master Fund plc - Growth", "SEI MASTER FUND PUBLIC LIMITED COMPANY - GROWTH"),
    ("삼성전자 주식회사", "삼성전자(주)"),
]
APART = [
    ("Fund I LP", "Fund II LP"),
    ("Series 2006-A Trust", "Series 2006-B Trust"),
    ("Biffa Bidco Limited", "Biffa Midco Limited"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_spellings_of_one_name_have_a_reading_in_common(one, other):
    mine = {(each.words, each.forms) for each in read_name(one)}
    assert mine & {(each.words, each.forms) for each in read_name(other)}


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_numbers_a_party_in_a_series_tells_it_apart(one, other):
    assert telling_apart(read_name(one)[0].words) != telling_apart(read_name(other)[0].words)


@pytest.mark.parametrize("name", ["Limited", "S.A.", "株式会社", "The", "Co", "&", "GmbH & Co. KG", "A/S"])
def test_a_name_that_is_all_form_keeps_something_or_is_none(name):
    assert all(each.words for each in read_name(name))


@given(st.text(max_size=60))
def test_any_text_is_read(name):
    for each in (*read_name(name), *read_person(name)):
        assert each.words
        assert each.written == name


@given(
    st.lists(
        st.sampled_from(sorted({word for words in FORMS for word in words} | {"acme", "volvo"})),
        min_size=1,
        max_size=8,
    )
)
def test_setting_forms_apart_ends_and_loses_no_word_in_the_middle(words):
    left, forms = split_forms(words)
    assert left
    assert "acme" not in words or "acme" in left
    assert "volvo" not in words or "volvo" in left
    assert split_forms(left)[1] == () or forms
    assert in_short(in_short(words)) == in_short(words) or "acme" not in words


def test_a_persons_title_is_no_part_of_the_name():
    assert read_person("Sir Ana María Silva")[0].sorted == ("ana", "maria", "silva")
