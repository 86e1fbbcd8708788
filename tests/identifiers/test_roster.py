"""The patient list: columns of any language, as spreadsheets write them, and nothing misread in silence."""

import json

import pytest

from auditor.errors import ConfigError
from auditor.identifiers.roster import Person, load

WANTED = (Person(("Kalyoncu", "Özlem"), ("00458812", "04.11.1951")),)


@pytest.mark.parametrize(
    "header",
    [
        "last_name,first_name,patient_id,birth_date",
        "Nachname;Vorname;Patientennummer;Geburtsdatum",
        "Apellidos;Nombre;NHC;Fecha de nacimiento",
        "Nom;Prénom;NIP;Date de naissance",
        "Sobrenome;Nome;CNS;Data de nascimento",
        "Soyadı;Adı;Hasta No;Doğum tarihi",  # noqa: RUF001 - as Turkish writes it
        "Nazwisko;Imię;PESEL;Data urodzenia",
        "Фамилия;Имя;Номер карты;Дата рождения",
        "Επώνυμο;Όνομα;ΑΜΚΑ;Ημερομηνία γέννησης",  # noqa: RUF001 - as Greek writes it
        "Sukunimi;Etunimi;Hetu;Syntymäaika",
        "Vezetéknév;Keresztnév;TAJ;Születési dátum",
        "姓;名;患者番号;生年月日",
        "성;이름;등록번호;생년월일",
        "familyName,givenName,mrn,birthDate",
    ],
)
def test_names_are_told_from_numbers_in_the_header_of_many_countries(tmp_path, header):
    separator = ";" if ";" in header else ","
    path = tmp_path / "patients.csv"
    path.write_text(header + "\n" + separator.join(("Kalyoncu", "Özlem", "00458812", "04.11.1951")) + "\n", "utf-8-sig")
    assert load(path).people == WANTED


def test_a_list_of_json_lines_may_hold_several_values(tmp_path):
    path = tmp_path / "patients.jsonl"
    row = {"name": ["KALYONCU^ÖZLEM", "Özlem Ertan"], "id": 458812, "note": None}
    path.write_text(json.dumps(row) + "\n\n", "utf-8")
    assert load(path).people == (Person(("KALYONCU^ÖZLEM", "Özlem Ertan"), ("458812",)),)


def test_what_only_has_a_name_is_no_person(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text("mrn,hospital_name,username\n00458812,Hope,okalyoncu\n", "utf-8")
    assert load(path).people == (Person((), ("00458812", "Hope", "okalyoncu")),)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("list.csv", "KALYONCU^OZLEM,00458812,19511104\nERTAN^CAN,00458813,19520101\n", "no column"),
        ("list.jsonl", '{"name": "Kalyoncu"}\nKalyoncu\n', "not JSON"),
        ("list.jsonl", '["Kalyoncu"]\n', "not a JSON object"),
        ("none.jsonl", None, "cannot be read"),
        ("none.csv", None, "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_and_not_repeated(tmp_path, name, text, said):
    path = tmp_path / name
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said) as caught:
        load(path)
    assert "KALYONCU" not in str(caught.value).upper()
