"""Ages, dates, streets, plates, wards, towns and people as notes of single countries write them."""

# ruff: noqa: RUF001 - texts of many scripts look alike on purpose

import pytest

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity, Known
from auditor.identifiers.kind import Kind


@pytest.fixture(scope="module")
def detectors():
    return Detectors()


def _found(detectors, text):
    return {(hit.letter, text[hit.start : hit.end]) for hit in detectors.find(text)}


@pytest.mark.parametrize(
    ("text", "letter", "value"),
    [
        ("97-v nainen, kaatunut", "C", "97-v nainen"),
        ("kobieta 96-letnia, upadek", "C", "96-letnia"),
        ("pacjent lat 91", "C", "91"),
        ("žena 98 r., pád", "C", "žena 98 r"),
        ("женщина, 93-летняя", "C", "93-летняя"),
        ("ur. 14.02.1937r.", "C", "14.02.1937"),
        ("przyjęta 3.4.23", "C", "3.4.23"),
        ("kontrol 5 NİSAN 2023", "C", "5 NİSAN 2023"),
        ("kuvattu 6/11 2023", "C", "6/11 2023"),
        ("檢查日期 112/07/09", "C", "112/07/09"),
        ("Hálkova 831/12", "B", "Hálkova 831/12"),
        ("os. Słoneczne 7 m. 31", "B", "os. Słoneczne 7 m. 31"),
        ("214. sokak no 8", "B", "214. sokak no 8"),
        ("Kauno g. 18-6", "B", "Kauno g. 18-6"),
        ("88/3 ม.9 ต.หนองบัว", "B", "88/3 ม.9 ต.หนองบัว"),
        ("muuttanut Porista", "B", "Porista"),
        ("Adana ilinden geldi", "B", "Adana"),
        ("m. Radom", "B", "Radom"),
        ("NZOZ Pod Lipami", "B", "NZOZ Pod Lipami"),
        ("Porin ksks", "B", "Porin ksks"),
        ("Teho paikka 3", "B", "Teho paikka 3"),
        ("urologie p. 9", "B", "urologie p. 9"),
        ("4. kat 412 nolu oda", "B", "4. kat 412 nolu oda"),
        ("รถทะเบียน 7ขค 418", "L", "7ขค 418"),
        ("AN 66-310778", "J", "66-310778"),
        ("J. Hruška, ČLK 2208144713", "K", "2208144713"),
        ("r. č. 405912/318", "G", "405912/318"),
        ("Radiologi Heikkinen", "A", "Heikkinen"),
        ("lekarka Zawadzka", "A", "Zawadzka"),
        ("lékař Hruška", "A", "Hruška"),
        ("téc radiologia: otávio fontes", "A", "otávio fontes"),
        ("Filho(a) de Otávio Fontes", "A", "Otávio Fontes"),
        ("Nermin hanım çekimi yaptı", "A", "Nermin"),
        ("badanie pana Zawadzkiego", "A", "Zawadzkiego"),
        ("potilaan Heikkisen pyyntö", "A", "Heikkisen"),
        ("chị Hoa sợ máy", "A", "Hoa"),
        ("η Χρυσάνθη φοβάται", "A", "Χρυσάνθη"),
        ("الممرضة هدى الزيدي", "A", "هدى الزيدي"),
    ],
)
def test_what_a_local_note_tells_is_found_with_its_letter(detectors, text, letter, value):
    assert (letter, value) in _found(detectors, text)


@pytest.mark.parametrize(
    "text",
    [
        "syngo CT 1.2.10",
        "Image 3.4.12",
        "512 512 128",
        "Sensation 64",
        "Slice 10/24",
        "95 mm frau",
        "hasta kontrast aldı",
        "Pacjent Klaustrofobia",
        "patient Siemens scanner",
        "bà Đau bụng",
        "Η Αορτή έχει",
    ],
)
def test_what_only_looks_like_it_is_left_alone(detectors, text):
    assert _found(detectors, text) == set()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Veselý^Radim", "veselý pacient, spolupracuje"),
        ("Dziedzic^Zofia", "dziedziczna koagulopatia"),
        ("Koivu^Anja", "koivuallergia"),
        ("Hoang^Chi", "choáng váng"),
        ("Thắng^Chi", "trong tháng sau"),
    ],
)
def test_a_word_that_begins_like_a_known_name_and_an_initial_is_a_word(detectors, name, text):
    assert detectors.find(text, Identity.learn([Known(Kind.NAME, name)])) == ()


@pytest.mark.parametrize(("value", "letters"), [("0441237788", {"D"}), ("447911203344", {"D"}), ("537341.5", set())])
def test_a_telephone_number_in_a_place_for_measures_is_found(detectors, value, letters):
    assert {hit.letter for hit in detectors.find(value, field=Field(Nature.CODE))} == letters


@pytest.mark.parametrize("value", ["0000000012", "20240512101112", "1717171717171", "370000000", "512"])
def test_counts_and_times_in_places_for_measures_are_nobodys(detectors, value):
    assert detectors.find(value, field=Field(Nature.CODE)) == ()


@pytest.mark.parametrize(
    ("text", "nature", "label", "found"),
    [
        ("VO_CT00012.dcm", Nature.FILE_NAME, "", {"VO"}),
        ("Vo_3/ST0", Nature.FILE_NAME, "", {"Vo"}),
        ("CT_VO.dcm", Nature.FILE_NAME, "", set()),
        ("VO", Nature.CODE, "SourceApplicationEntityTitle", {"VO"}),
        ("VO", Nature.CODE, "BodyPartExamined", set()),
    ],
)
def test_a_family_name_of_two_letters_begins_a_file_name_or_is_all_of_a_title(detectors, text, nature, label, found):
    identity = Identity.learn([Known(Kind.NAME, "Võ^Thanh Bình")])
    hits = detectors.find(text, identity, Field(nature, label))
    assert {text[hit.start : hit.end] for hit in hits} == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Park^Jiyeon==박^지연", "동맥기 35초 지연", set()),
        ("Park^Jiyeon==박^지연", "박지연 환자", {"박지연"}),
        ("Kim^Jungdo==김^정도", "팬텀 정도관리", set()),
        ("Kim^Bora==김^보라", "보라 환아", {"보라"}),
    ],
)
def test_a_given_name_of_korea_is_no_part_of_another_word(detectors, name, text, found):
    hits = detectors.find(text, Identity.learn([Known(Kind.NAME, name)]), Field(Nature.BYTES))
    assert {text[hit.start : hit.end] for hit in hits} == found
