"""Short elements (LO, SH) hold what sentences hold, and what pictures and series are called stays alone."""

# ruff: noqa: RUF001 - texts of many scripts look alike on purpose

import pytest

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known

FOUND = Detectors()


def _found(text, nature=Nature.DESCRIPTION, *known):
    return [(hit.letter, text[hit.start : hit.end]) for hit in FOUND.find(text, Identity.learn(known), Field(nature))]


@pytest.mark.parametrize(
    ("text", "letter", "value"),
    [
        ("tlm 913 447 182", "D", "913 447 182"),
        ("(31) 3447-1829", "D", "(31) 3447-1829"),
        ("(31)3447-1829", "D", "(31)3447-1829"),
        ("01044718231", "D", "01044718231"),
        ("031) 447-1823", "D", "031) 447-1823"),
        ("팩스 02-447-1823", "E", "02-447-1823"),
        ("Hosp No: 447182", "H", "447182"),
        ("Boletim n. AT447182", "J", "AT447182"),
        ("수납번호 447182300", "J", "447182300"),
        ("OSDE 44718230 4 03", "I", "44718230"),
        ("MP 44.718", "K", "44.718"),
        ("의사제44718호", "K", "제44718호"),
        ("차량 64나 4471", "L", "64나 4471"),
        ("京A44718 parked", "L", "京A44718"),
        ("品川 300 あ 44-71", "L", "品川 300 あ 44-71"),
        ("А447ВС77", "L", "А447ВС77"),
        ("mulher, 94a, queda", "C", "mulher, 94a"),
        ("F/101 fall", "C", "F/101"),
        ("만 96세", "C", "96세"),
        ("99살 여환", "C", "99살"),
        ("seen '19.4.7", "C", "'19.4.7"),
        ("생년월일 61.07.14", "C", "61.07.14"),
        ("innlagt 07.03.", "C", "07.03"),
        ("admitted 07/11/22", "C", "07/11/22"),
        ("R. Itapeva 447 casa 3", "B", "R. Itapeva 447 casa 3"),
        ("QNL 14 Conjunto B Casa 7", "B", "QNL 14 Conjunto B Casa 7"),
        ("H. No 14, Street 7, Sector G-9/2", "B", "14, Street 7, Sector G-9/2"),
        ("인천 남동구 구월동 447-18", "B", "인천 남동구 구월동 447-18"),
        ("44 Hyowon-ro, Suwon-si", "B", "44 Hyowon-ro, Suwon-si"),
        ("Brīvības iela 44", "B", "Brīvības iela 44"),
        ("우편번호 44718", "B", "44718"),
        ("Barangay Malinta", "B", "Malinta"),
        ("гр. Русе, тел.", "B", "Русе"),
        ("수원시 거주", "B", "수원시"),
        ("UTI leito 7", "B", "UTI leito 7"),
        ("44병동 4471호", "B", "44병동 4471호"),
        ("KBC Osijek", "B", "KBC Osijek"),
        ("Kantonsspital Glarus", "B", "Kantonsspital Glarus"),
        ("born 5.3.1948 in Casablanca", "B", "Casablanca"),
        ("Hospital das Clínicas de Bauru", "B", "Hospital das Clínicas de Bauru"),
        ("téc. Jacinta plantão", "A", "Jacinta"),
        ("seu Raimundo dormiu", "A", "Raimundo"),
        ("pcte Neide calma", "A", "Neide"),
        ("mãe: lucinda peixoto", "A", "lucinda peixoto"),
        ("sra peixoto se mexeu", "A", "peixoto"),
        ("sønn Torgeir ringer", "A", "Torgeir"),
        ("담당의: 안정훈", "A", "안정훈"),
        ("간호사 황보람 인계", "A", "황보람"),
        ("수술: 문세진 과장", "A", "문세진"),
        ("φαξ 210 4471829", "E", "210 4471829"),
        ("τηλ επικοινωνίας 24210-44718", "D", "24210-44718"),
        ("24210-44718", "D", "24210-44718"),
        ("00966564471829", "D", "00966564471829"),
        ("091.447.1829", "D", "091.447.1829"),
        ("رقم الزيارة V44718230", "J", "V44718230"),
        ("mã tiếp nhận TN447182", "J", "TN447182"),
        ("αρ. νοσηλείας 44718230", "J", "44718230"),
        ("Αρ. Ασφάλισης 44718230", "I", "44718230"),
        ("medical aid no 447182300", "I", "447182300"),
        ("όχημα ΕΧΝ-4471", "L", "ΕΧΝ-4471"),
        ("driver of CA 447-182", "L", "CA 447-182"),
        ("م ه ر 4471", "L", "م ه ر 4471"),
        ("96 χρονών", "C", "96 χρονών"),
        ("97-jarige dame", "C", "97-jarige"),
        ("nam, 94t, khó", "C", "nam, 94t"),
        ("مواليد 18/12/1347هـ", "C", "18/12/1347"),
        ("25 رمضان 1415هـ", "C", "25 رمضان 1415"),
        ("7-4-1446 H", "C", "7-4-1446"),
        ("16-ΙΟΥΛΙΟΥ-1929", "C", "16-ΙΟΥΛΙΟΥ-1929"),
        ("14 Julie 1932", "C", "14 Julie 1932"),
        ("adm 8.4.25", "C", "8.4.25"),
        ("chụp 11 tháng 9, 2024", "C", "11 tháng 9, 2024"),
        ("stays at 238 Long St", "B", "238 Long St"),
        ("Stand 447, Ext 12, Giyani", "B", "Stand 447, Ext 12, Giyani"),
        ("tổ 8, khu phố 9", "B", "tổ 8, khu phố 9"),
        ("Αθηνάς 23 και", "B", "Αθηνάς 23"),
        ("ص.ب 4471", "B", "ص.ب 4471"),
        ("الرمز البريدي 44718", "B", "44718"),
        ("κάτοικος Βόλου", "B", "Βόλου"),
        ("من سكان Tabuk", "B", "Tabuk"),
        ("جناح 4 سرير 12", "B", "جناح 4 سرير 12"),
        ("Trauma Unit C14", "B", "Trauma Unit C14"),
        ("χειρουργός: Π. Μελάς", "A", "Π. Μελάς"),
        ("Pt 문세진 c/o pain", "A", "문세진"),
        ("제44718호 문세진", "A", "문세진"),
    ],
)
@pytest.mark.parametrize("nature", [Nature.DESCRIPTION, Nature.FREE_TEXT])
def test_what_short_elements_say_of_somebody_is_found(text, letter, value, nature):
    assert (letter, value) in _found(text, nature)


@pytest.mark.parametrize(
    "text",
    [
        "POLYGONE DE WILLIS PERMÉABLE", "CITERNE DE GALIEN LIBRE", "VESÍCULA BILIAR CON LITIASIS ÚNICA DE 12 MM",
        "TÉCNICA: TC DE ABDOMEN Y PELVIS", "ESPAÇOS DE VIRCHOW-ROBIN PROEMINENTES", "MR KAN ÖVERVÄGAS",
        "TOMOGRAFIA COMPUTADORIZADA DO CRÂNIO", "Loggia di Morrison libera", "Сильвиева борозда симметрична.",
        "Cape Town stroke protocol", "slice 1.5.12", "grade 2.3.10", "MR Abdomen", "MR Sella",
        "quy trình đột quỵ Hà Nội",
        "LUT 3/12/1999", "유방촬영 판독용", "정상 소견", "검사 전 금식", "환자 상태 양호", "Pt supine, feet first",
        "SW syngo MR XA31", "May-Thurner, Budd-Chiari, Dunbar", "R. Kidney 12 mm", "PERFIL JOELHO D",
        "ANGIO FASE ARTERIAL", "95 F", "OS 512 256", "spine 20190312A", "RN 4 of 7", "Sector 3 of 8", "T2 tse 12.30.45",
        "Baker cyst, Morton neuroma, Freiberg infraction", "Port-a-Cath, Hickman, Swan-Ganz", "tube 0447, focal 1.2",
    ],
)  # fmt: skip
@pytest.mark.parametrize("nature", [Nature.DESCRIPTION, Nature.FREE_TEXT])
def test_what_a_series_is_called_is_left_alone(text, nature):
    assert _found(text, nature) == []


def test_seconds_are_no_korean_who_sounds_like_them():
    known = Known(Kind.NAME, "Cho^Minseo==조^민서")
    assert _found("동맥기 35초 지연", Nature.FREE_TEXT, known) == []
    assert _found("조민서 35초", Nature.FREE_TEXT, known) == [("A", "조민서")]


def test_syllables_in_small_letters_are_no_vietnamese_of_that_name():
    known = Known(Kind.NAME, "Dương^Thị Bình")
    assert _found("gan bình thường, dương tính", Nature.FREE_TEXT, known) == []
    assert ("A", "Dương Thị Bình") in _found("bn Dương Thị Bình", Nature.FREE_TEXT, known)


@pytest.mark.parametrize(
    ("native", "latin"), [("Μαυρίδης", "MAVRIDIS"), ("Φραγκούλη", "Fragkouli"), ("Ξενάκη", "XENAKI")]
)
def test_a_name_in_greek_is_sought_as_passports_write_it(native, latin):
    assert ("A", latin) in _found(f"CT THORAX {latin}", Nature.DESCRIPTION, Known(Kind.NAME, f"{native}^Άννα"))


def test_a_korean_family_name_that_reads_as_a_word_is_kept():
    known = Known(Kind.NAME, "Noh^Minseo==노^민서")
    assert _found("CHEST PA_노민서", Nature.DESCRIPTION, known) == [("A", "노민서")]
