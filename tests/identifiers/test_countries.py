"""Names, dates, numbers and streets as different countries write them."""

# ruff: noqa: RUF001 - texts of many scripts look alike on purpose

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.identifiers import dates, registers
from auditor.identifiers.calendars import from_hijri, from_jalali, to_hijri, to_jalali
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import FREE_TEXT, Field, Nature
from auditor.identifiers.identity import Identity, Known
from auditor.identifiers.kind import Kind
from fixtures.variants.numbers import number

FOUND = Detectors()
DAY = date(1987, 9, 4)


def _kinds(text, field=FREE_TEXT, *known):
    return {(text[hit.start : hit.end], hit.kind) for hit in FOUND.find(text, Identity.learn(known), field)}


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("4.IX.1987", "24.XII.2001"), ("1987. IX. 4", "2001. XII. 24"), ("1987. 09. 04", "2001. 12. 24"),
        ("4 กันยายน 2530", "24 ธันวาคม 2544"), ("4 ก.ย. 2530", "24 ธ.ค. 2544"), ("04/09/2530", "24/12/2544"),
        ("1366/06/13", "1380/10/03"), ("4 tháng 9 năm 1987", "24 tháng 12 năm 2001"),
        ("4 ספטמבר 1987", "24 דצמבר 2001"), ("4 سبتمبر 1987", "24 ديسمبر 2001"), ("4 सितंबर 1987", "24 दिसंबर 2001"),
        ("4. september 1987", "24. december 2001"), ("4 Eylül 1987", "24 Aralık 2001"),
        ("4 rujna 1987", "24 prosinca 2001"), ("10/1/1408 هـ", "08/10/1422"), ("10 محرم 1408هـ", "08 شوال 1422"),
    ],
)  # fmt: skip
def test_a_date_of_any_country_is_read_and_written_again_in_its_layout(written, again):
    (found,) = dates.find(written)
    assert found.date == DAY
    assert dates.rewrite(written, found, date(2001, 12, 24)) == again


@given(st.integers(0, 73_000))
def test_the_iranian_calendar_counts_every_day_once(days):
    day = date(1850, 1, 1) + timedelta(days=days)
    year, month, of_month = to_jalali(day)
    assert from_jalali(year, month, of_month) == day
    assert from_jalali(year, 13, 1) is None


@given(st.integers(0, 73_000))
def test_the_islamic_calendar_counts_every_day_once(days):
    day = date(1850, 1, 1) + timedelta(days=days)
    assert from_hijri(*to_hijri(day)) == day
    assert from_hijri(1445, 13, 1) is None


@pytest.mark.parametrize("text", ["seen 05.09.22", "seen 870904", "seen 4/9 1987"])
def test_short_forms_count_when_the_day_is_known(text):
    known = Known(Kind.DATE, "19220905" if "22" in text else "19870904")
    assert {kind for _, kind in _kinds(text, FREE_TEXT, known)} == {Kind.DATE}
    assert not _kinds(text.replace("05.09.22", "5/9").replace("870904", "878904").replace("4/9 1987", "4/99 1987"))


@pytest.mark.parametrize("country", ["amka", "kennitala", "my_number", "svnr_at", "taiwanese", "tckn"])
def test_a_number_of_a_register_is_known_by_its_check_digit(country):
    test = getattr(registers, country.removesuffix("_at"))
    random = Random(5)  # noqa: S311 - numbers of nobody
    for _ in range(40):
        valid = number(country, random, DAY)
        assert test(valid)
        digit = next(place for place, char in enumerate(valid) if char.isdigit() and place > 4)
        assert not test(valid[:digit] + str((int(valid[digit]) + 1) % 10) + valid[digit + 1 :])


@pytest.mark.parametrize("country", ["bsn", "iranian", "nif_pt", "rnokpp", "saudi", "taj", "tz_il"])
def test_weak_check_digits_speak_in_attributes_for_identifiers_alone(country):
    valid = number(country, Random(8), DAY)  # noqa: S311 - numbers of nobody
    field = Field(Nature.IDENTIFIER, "OtherPatientIDs")
    assert {kind for _, kind in _kinds(valid, field)} == {Kind.NATIONAL_ID}
    assert Kind.NATIONAL_ID not in {kind for _, kind in _kinds(f"see {valid} there")} or country == "taj"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("المريض: القحطاني منيرة", "القحطاني منيرة"), ("زوجها فهد القحطاني", "فهد القحطاني"),
        ('ד"ר גולדשמידט', "גולדשמידט"), ("डॉ. कुलकर्णी", "कुलकर्णी"), ("นาย ธนาธร ศรีประเสริฐ", "ธนาธร ศรีประเสริฐ"),
        ("家属：郝建军", "郝建军"), ("보호자 남궁민수", "남궁민수"), ("муж Верхоланцев Артемий", "Верхоланцев Артемий"),
        ("eşi Tuğrul Çağlayangil", "Tuğrul Çağlayangil"), ("manžel Zbyněk Dvořáček", "Zbyněk Dvořáček"),
        ("daughter Femke", "Femke"), ("Sig.ra Rossi", "Rossi"), ("Dr_Patel", "Patel"),
        ("mãe Jandira do Prado", "Jandira do Prado"),
    ],
)  # fmt: skip
def test_names_nobody_knew_are_found_beside_titles_and_relations(text, name):
    assert (name, Kind.NAME) in _kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "ул. Малышева, д. 36, кв. 14", "Οδός Πανεπιστημίου 52", "שדרות רוטשילד 104", "شارع الملك فهد 112",
        "Atatürk Caddesi No: 44", "88/12 ถนนสุขุมวิท", "Skólavörðustígur 11", "Kossuth Lajos utca 27",
        "Wagga Wagga NSW 2650",
    ],
)  # fmt: skip
def test_streets_of_many_scripts(text):
    assert Kind.ADDRESS in {kind for _, kind in _kinds(f"A: {text}.")}


@pytest.mark.parametrize(
    "text",
    [
        "Salter-Harris II", "Le Fort II", "Garden III, Pauwels II", "Signe de Babinski négatif", "Ratio 12/05/98",
        "calibrated by Siemens", "planned by Monaco", "MRT Schädel nativ",
        "МРТ головного мозга", "חזה תקין", "胸部CT平扫",
        "Morbus Scheuermann BWS", "Kontrolle nach Billroth II", "膝 左",
    ],
)  # fmt: skip
def test_grades_makers_and_findings_are_nobody(text):
    assert not _kinds(text, FREE_TEXT, Known(Kind.NAME, "Zuo^Wei=左^伟"))


def test_a_name_cut_off_by_its_field_is_known_by_seven_letters():
    known = Known(Kind.NAME, "Steinwendtner^Waltraud")
    assert ("STEINWENDTN", Kind.NAME) in _kinds("CT_STEINWENDTN", Field(Nature.CODE), known)
    assert not _kinds("CT_STEIN", Field(Nature.CODE), known)


def test_a_family_name_of_one_sign_counts_where_it_stands_alone():
    known = Known(Kind.NAME, "Wang^Xiaodong=王^小东")
    assert ("王", Kind.NAME) in _kinds("Abdomen 王", Field(Nature.DESCRIPTION), known)
    assert not _kinds("国王病", FREE_TEXT, known)


def test_the_label_before_a_known_number_decides_what_it_is():
    known = Known(Kind.RECORD_NUMBER, "727766816")
    assert _kinds("TAJ 727 766 816", FREE_TEXT, known) == {("727 766 816", Kind.NATIONAL_ID)}
    assert _kinds("see 727766816", FREE_TEXT, known) == {("727766816", Kind.RECORD_NUMBER)}


@pytest.mark.parametrize(
    ("uid", "found"), [("1.2.3.2016.5.3.7", True), ("1.2.3.12016.5.3.7", False), ("1.2.3.2016.5.4.7", False)]
)
def test_a_known_date_in_three_components_of_a_uid(uid, found):
    assert bool(_kinds(uid, Field(Nature.UID), Known(Kind.DATE, "20160503"))) is found


@pytest.mark.parametrize("text", ["YAKUSHIJI Shintarou", "やくしじ", "ﾔｸｼｼﾞ ｼﾝﾀﾛｳ", "ヤクシジ　シンタロウ"])
def test_a_name_in_half_width_kana_is_sought_in_every_script(text):
    assert {kind for _, kind in _kinds(text, FREE_TEXT, Known(Kind.NAME, "ﾔｸｼｼﾞ^ｼﾝﾀﾛｳ"))} == {Kind.NAME}
