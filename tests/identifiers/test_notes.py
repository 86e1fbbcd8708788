"""Notes as they are written in wards and reading rooms of many countries, and words beside them that name no one."""

# ruff: noqa: RUF001 - texts of many scripts look alike on purpose

import pytest

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known

FOUND = Detectors()


def _found(text, nature=Nature.FREE_TEXT, *known):
    return [(hit.letter, text[hit.start : hit.end]) for hit in FOUND.find(text, Identity.learn(known), Field(nature))]


@pytest.mark.parametrize(
    ("text", "letter", "value"),
    [
        ("erikoislääkäri Korpela Marjatta", "A", "Korpela Marjatta"),
        ("Anyja neve: Nagy-Farkas Erzsébet", "A", "Nagy-Farkas Erzsébet"),
        ("verslag: Hendrika van der Linden", "A", "Hendrika van der Linden"),
        ("d/w O'Callaghan (ward)", "A", "O'Callaghan"),
        ("NOK: Brendan O'Callaghan (husband)", "A", "Brendan O'Callaghan"),
        ("radiograf Henriette skrev", "A", "Henriette"),
        ("Técnico Edmilson", "A", "Edmilson"),
        ("Hi Declan, please protocol this one", "A", "Declan"),
        ("Mit freundlichen Grüßen Annegret Hollmann", "A", "Annegret Hollmann"),
        ("maiden name Winterbourne", "A", "Winterbourne"),
        ('goes by "Wilhelmina"', "A", "Wilhelmina"),
        ("née Winterbourne", "A", "Winterbourne"),
        ("checked by Stern.", "A", "Stern"),
        ("HUNTER, GISELA", "A", "HUNTER, GISELA"),
        ("seen with Gisela Young", "A", "Gisela Young"),
        ("BS Trương Minh Quân", "A", "Trương Minh Quân"),
        ("의뢰의: 남궁선희", "A", "남궁선희"),
        ("보호자(남편) 박정호", "A", "박정호"),
        ("טכנאית: אליעזר", "A", "אליעזר"),
        ("पति राजेन्द्र त्रिपाठी, पता", "A", "राजेन्द्र त्रिपाठी"),
        ("NK1|1|CALLAGHAN^BRENDAN|SPO||01632960441", "A", "CALLAGHAN^BRENDAN"),
        ("NK1|1|CALLAGHAN^BRENDAN|SPO||01632960441", "D", "01632960441"),
        ("PID|1||4711823^^^H^MR||LINDEN^HENDRIKA||19620307|F|||4 Elm Rd^^Odell", "H", "4711823"),
        ("ORC|RE|Q4711823|F-1", "R", "Q4711823"),
        ("bleep 4471", "D", "4471"),
        ("(DECT 4471)", "D", "4471"),
        ("puh. 040 123 7788", "D", "040 123 7788"),
        ("0 (312) 447 18 22", "D", "0 (312) 447 18 22"),
        ("call on 0551238874", "D", "0551238874"),
        ("permis de conduire n° 14AA00027", "K", "14AA00027"),
        ("CRM 118774-SP", "K", "118774-SP"),
        ("reg KX19 FTU", "L", "KX19 FTU"),
        ("rendszám ABC-447", "L", "ABC-447"),
        ("BPJS 0001448872210", "I", "0001448872210"),
        ("NAM LEFH 6253 0719", "I", "LEFH 6253 0719"),
        ("unit =W4471 24 118774", "R", "=W4471 24 118774"),
        ("alamat Jl. Melati No. 27, Kediri", "B", "Jl. Melati No. 27"),
        ("כתובת: ויצמן 12, רעננה", "B", "ויצמן 12, רעננה"),
        ("Domicilio: Cascina Bruna 4, Lecco", "B", "Cascina Bruna 4, Lecco"),
        ("nata il 28/11/1939 a Lecco", "B", "Lecco"),
        ("S.L.P. 4471", "B", "S.L.P. 4471"),
        ("Rücksprache am 27.09. um 14 Uhr", "C", "27.09"),
        ("kuvat Kouvolassa 27.06.15", "C", "27.06.15"),
        ("svar 28/12-2018", "C", "28/12-2018"),
        ("adm 06/10 with pain", "C", "06/10"),
        ("R5.11.7 前回検査", "C", "R5.11.7"),
        ("1月19日再診", "C", "1月19日"),
        ("refere queda em 21/10", "C", "21/10"),
        ("telefonicamente il 17/11/21", "C", "17/11/21"),
        ("Printed by maren.lindqvist on ws4", "A", "maren.lindqvist"),
        ("avisé au 418 554-7718", "D", "418 554-7718"),
        ("oğlu ile: Tuğba Akın", "A", "Tuğba Akın"),
        ("Anne adı Nuray, baba adı Orhan.", "A", "Orhan"),
        ("由季雅琴医生复核", "A", "季雅琴"),
        ("Со слов дочери (Людмила)", "A", "Людмила"),
        ("妻 長谷部隆、再診", "A", "長谷部隆"),
        ("TAJ száma 131 895 122", "G", "131 895 122"),
        ("CRM-SP 118774", "K", "118774"),
        ("Station 3B, Tel. 4471", "D", "4471"),
        ("Endereço: Travessa Nova, fone 43 3341 7782", "D", "43 3341 7782"),
        ("Prelim by Declan Winter; final by O'Callaghan.", "A", "O'Callaghan"),
        ("Faxed to 616.555.0148", "E", "616.555.0148"),
        ("Telefonnummer: 0551 334871", "D", "0551 334871"),
        ("联系人（儿子）13833188724", "D", "13833188724"),
        ("dalla figlia Donatella (cell. 0761/334871)", "A", "Donatella"),
        ("partner Opal, who drives", "A", "Opal"),
        ("besproken met collega ten Broeke", "A", "ten Broeke"),
        ("Συνοδός: κόρη Θεοδώρα Ζερβάκη", "A", "Θεοδώρα Ζερβάκη"),
        ("परिजन: विनोद मिश्रा मोबाइल", "A", "विनोद मिश्रा"),
        ("at 4417 Old Mill Rd Apt 3B", "B", "4417 Old Mill Rd Apt 3B"),
        ("randevu, cep 0532 718 44 21", "D", "0532 718 44 21"),
    ],
)
def test_what_a_note_says_of_somebody_is_found_whole(text, letter, value):
    assert (letter, value) in _found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Couinaud segment IVb, Bismuth-Corlette IIIa, Todani Ia",
        "M. Bechterew, Baker-Zyste",
        "Lauge-Hansen SER IV",
        "مرض كرون، كيس بيكر",
        "Lutut Kanan, Bahu Kiri, Dada PA",
        "Goti la Kulia, Kifua PA",
        "Khớp Gối Phải, Ngực Thẳng, Cột Sống Cổ",
        "무릎 우측 정면, 흉부 후전",
        "Elekta Versa HD, Varian TrueBeam STx",
        "QA^DAILY",
        "Sister Mary Joseph nodule",
        "SNOMED 127954009, LOINC 36813-4",
        "Cat# 10-4471, P/N 718-822-9033",
        "VER 4.1-20190612 patch 3",
        "batch A20240112",
        "dose index 447-18-8229.5",
        "ext 120 mm",
        "Linea di Hilgenreiner, angolo di Böhler",
        "firmware v3.2.1 (2019-06-12)",
        "R-00339 SRT No; G-A101 SRT Left",
        "Cios Alpha; Orbic 3D",
        "sun.marlin.render, java.awt.marina",
        "em 1/3 superior, 2/3 distal",
        "reviewed by Radiology.",
        "approved by Committee.",
    ],
)
@pytest.mark.parametrize("nature", [Nature.FREE_TEXT, Nature.DESCRIPTION])
def test_a_word_of_medicine_or_of_a_device_is_left_alone(text, nature):
    assert _found(text, nature) == []


@pytest.mark.parametrize(
    "number",
    [
        "0101006500006", "7523169263", "37605030299", "A123456(3)", "784-1962-1234567-1", "34101-1234567-3",
        "620307-14-5018", "3374014703620003", "26203070123456", "070362-11234",
    ],
)  # fmt: skip
def test_a_number_of_a_register_is_one_by_its_form_and_check_digit(number):
    assert ("G", number) in _found(f"id {number} seen")


def test_a_birth_number_that_holds_the_known_day_is_a_number_of_a_register():
    born = Known(Kind.DATE, "19500715")
    assert _found("RČ 500715/8211", Nature.FREE_TEXT, born) == [("G", "500715/8211")]


def test_initials_and_a_year_are_a_code_and_the_name_of_a_kernel_is_none():
    person = (Known(Kind.NAME, "Rydberg^Britta"), Known(Kind.DATE, "19590703"))
    assert ("A", "BR59") in _found("subject BR59", Nature.DESCRIPTION, *person)
    assert _found("Thorax 1.0 Br59 Q3", Nature.DESCRIPTION, *person) == []
