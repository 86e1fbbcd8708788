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


def test_a_korean_family_name_that_reads_as_a_word_is_kept():
    known = Known(Kind.NAME, "Noh^Minseo==노^민서")
    assert _found("CHEST PA_노민서", Nature.DESCRIPTION, known) == [("A", "노민서")]
